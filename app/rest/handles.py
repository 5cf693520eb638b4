"""Ids as the dialects write them: other spellings of ours, both ways, so that nothing has to be kept."""

import re
from functools import lru_cache
from uuid import UUID

from app.domain.ids import BITS, PREFIXES, MemoryId, OrganizationId, is_id, letters_of, number_of

_KNOWN = 4_096
"""Spellings that are not made anew: lists name the same ids again and again."""
_VERSION_BITS = 31
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_DIGITS = re.compile(r"[0-9]{1,60}")


@lru_cache(maxsize=_KNOWN)
def uuid_of(id_: str) -> str:
    """An id of ours as a UUID: both hold 128 bits."""
    digits = f"{number_of(id_.partition('_')[2]):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=_KNOWN)
def id_of(noun: str, text: str) -> str:
    """Our id of a UUID; a text that is none names nothing."""
    try:
        return f"{PREFIXES[noun]}_{letters_of(UUID(text).int)}"
    except ValueError:
        return text


def team_of(tenant: OrganizationId) -> str:
    """The tenant as Buildd names teams."""
    return f"team_{uuid_of(tenant)}"


def edition_id(memory: MemoryId, version: int) -> str:
    """One version of a memory as one name: `mem_…_2`."""
    return f"{memory}_{version}"


def edition_of(text: str) -> tuple[MemoryId, int | None] | None:
    """The memory and the version that a name means; without a number, the newest. None for whatever is no such name."""
    memory, _, number = text.rpartition("_") if text.count("_") > 1 else (text, "", "")
    if not is_id(memory) or (number and not _NUMBER.fullmatch(number)) or text.endswith("_"):
        return None
    return MemoryId(memory), int(number) if number else None


def digits_of(prefix: str, id_: str, version: int = 0) -> str:
    """An id of ours, and perhaps a version, in digits: `job_…`."""
    return f"{prefix}_{number_of(id_.partition('_')[2]) << _VERSION_BITS | version}"


def named_by(digits: str) -> tuple[str, int] | None:
    """What `digits_of` was told: the letters of an id, which its noun's prefix goes before, and a version or 0."""
    if not _DIGITS.fullmatch(digits):
        return None
    value, version = divmod(int(digits), 1 << _VERSION_BITS)
    return None if value >> BITS else (letters_of(value), version)
