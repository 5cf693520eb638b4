"""The text of an API key, in our form and in those of the dialects.

Ours is `mng_<id>_<secret>`. The id part is the key's id without its prefix, so that a key is looked
up by it. The secret part holds 32 random bytes and a CRC-32 over id and secret, which tells a
mistyped key from a wrong one without a look-up.

Clients of the dialects expect keys of a certain prefix and length, which leave no room for an id: there the whole
text is the secret, and the id is drawn from its digest.
"""

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import PREFIXES, KeyId

_BRAND = "mng"
_SECRET_BYTES = 32
_NAMING_BYTES = 20
"""What the letters of an id are made of, and no more: each request of a dialect's key makes them."""
_CHECK_BYTES = 4
_ID_PREFIX = f"{PREFIXES['key']}_"
_ID_LENGTH = 26
_SHAPE = re.compile(rf"{_BRAND}_([0-9a-z]{{26}})_([a-z2-7]{{58}})", re.ASCII)
_HEX = "0123456789abcdef"
_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Dialect(StrEnum):
    """The services whose clients may talk to us as they are."""

    MEMORYSYNC = "memorysync"
    MEMSYNC = "memsync"
    MEMSOLUS = "memsolus"
    MEMSTATE = "memstate"
    BUILDD = "buildd"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForm:
    """How a dialect's keys look: the first prefix is issued, all are read; then `length` letters of `alphabet`."""

    prefixes: tuple[str, ...]
    alphabet: str
    length: int


KEY_FORMS: dict[Dialect, KeyForm] = {
    Dialect.MEMORYSYNC: KeyForm(prefixes=("ms_live_", "ms_test_", "ms_dev_"), alphabet=_ALPHANUMERIC, length=43),
    Dialect.MEMSYNC: KeyForm(prefixes=("memsync_sk_live_",), alphabet=_ALPHANUMERIC, length=43),
    Dialect.MEMSOLUS: KeyForm(prefixes=("msk_live_", "msk_test_", "mk_live_"), alphabet=_ALPHANUMERIC, length=43),
    Dialect.MEMSTATE: KeyForm(prefixes=("mst_",), alphabet=_ALPHANUMERIC, length=32),
    Dialect.BUILDD: KeyForm(prefixes=("mem_",), alphabet=_HEX, length=64),
}
_FORMS = {
    dialect: re.compile(f"(?:{'|'.join(form.prefixes)})[{form.alphabet}]{{{form.length}}}", re.ASCII)
    for dialect, form in KEY_FORMS.items()
}


def format_key(key: KeyId, secret: bytes) -> str:
    """The text that its owner keeps. `secret` is 32 bytes."""
    if len(secret) != _SECRET_BYTES:
        raise ValueError(f"a secret has {_SECRET_BYTES} bytes, not {len(secret)}")
    return f"{_BRAND}_{key.removeprefix(_ID_PREFIX)}_{_encode(secret + _check(key, secret))}"


def format_dialect_key(dialect: Dialect, secret: bytes) -> str:
    """A key as the clients of a dialect know it. `secret` is 32 random bytes, of which the form keeps what fits."""
    form = KEY_FORMS[dialect]
    number, letters = int.from_bytes(secret, "big"), []
    for _ in range(form.length):
        number, rest = divmod(number, len(form.alphabet))
        letters.append(form.alphabet[rest])
    return form.prefixes[0] + "".join(letters)


def dialect_of(text: str) -> Dialect | None:
    """The dialect whose keys look like this."""
    return next((dialect for dialect, form in _FORMS.items() if form.fullmatch(text)), None)


def dialect_meant(text: str) -> Dialect | None:
    """The dialect whose keys begin like this; the rest may be wrong, which that dialect then says."""
    return next((dialect for dialect, form in KEY_FORMS.items() if text.startswith(form.prefixes)), None)


def read_key(text: str) -> tuple[KeyId, bytes] | None:
    """Id and secret; None for whatever cannot be a key of ours."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return _read_dialect_key(text) if dialect_of(text) else None
    key = KeyId(_ID_PREFIX + shape[1])
    raw = base64.b32decode(shape[2].upper() + "======")
    secret, check = raw[:_SECRET_BYTES], raw[_SECRET_BYTES:]
    # The last character has spare bits: only one spelling of a key is a key.
    if check != _check(key, secret) or _encode(raw) != shape[2]:
        return None
    return key, secret


def _read_dialect_key(text: str) -> tuple[KeyId, bytes]:
    named = hashlib.sha256(b"id of the key " + text.encode()).digest()[:_NAMING_BYTES]
    return KeyId(_ID_PREFIX + _encode(named)[:_ID_LENGTH]), text.encode()


def digest_of(secret: bytes) -> bytes:
    """What is stored instead of the secret. 190 random bits and more need no slow hash."""
    return hashlib.sha256(secret).digest()


def beginning(text: str) -> str:
    """What some services show of a key instead."""
    return text[:12]


def last_four(text: str) -> str:
    """What is shown of a key so that its owner recognises it."""
    return text[-4:]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def _check(key: KeyId, secret: bytes) -> bytes:
    return zlib.crc32(key.encode() + secret).to_bytes(_CHECK_BYTES, "big")
