"""The text of an API key: `mng_<id>_<secret>`.

The id part is the key's id without its prefix, so that a key is looked up by it. The secret part
holds 32 random bytes and a CRC-32 over id and secret, which tells a mistyped key from a wrong one
without a look-up.
"""

import base64
import hashlib
import re
import zlib

from app.domain.ids import PREFIXES, KeyId

_BRAND = "mng"
_SECRET_BYTES = 32
_CHECK_BYTES = 4
_ID_PREFIX = f"{PREFIXES['key']}_"
_SHAPE = re.compile(rf"{_BRAND}_([0-9a-z]{{26}})_([a-z2-7]{{58}})", re.ASCII)


def format_key(key: KeyId, secret: bytes) -> str:
    """The text that its owner keeps. `secret` is 32 bytes."""
    if len(secret) != _SECRET_BYTES:
        raise ValueError(f"a secret has {_SECRET_BYTES} bytes, not {len(secret)}")
    return f"{_BRAND}_{key.removeprefix(_ID_PREFIX)}_{_encode(secret + _check(key, secret))}"


def read_key(text: str) -> tuple[KeyId, bytes] | None:
    """Id and secret; None for whatever `format_key` cannot have made."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    key = KeyId(_ID_PREFIX + shape[1])
    raw = base64.b32decode(shape[2].upper() + "======")
    secret, check = raw[:_SECRET_BYTES], raw[_SECRET_BYTES:]
    # The last character has spare bits: only one spelling of a key is a key.
    if check != _check(key, secret) or _encode(raw) != shape[2]:
        return None
    return key, secret


def digest_of(secret: bytes) -> bytes:
    """What is stored instead of the secret. 256 random bits need no slow hash."""
    return hashlib.sha256(secret).digest()


def last_four(text: str) -> str:
    """What is shown of a key so that its owner recognises it."""
    return text[-4:]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def _check(key: KeyId, secret: bytes) -> bytes:
    return zlib.crc32(key.encode() + secret).to_bytes(_CHECK_BYTES, "big")
