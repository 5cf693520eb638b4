"""Ids as the dialects write them: other spellings of ours, both ways, so that nothing has to be kept."""

from uuid import UUID

from app.domain.ids import PREFIXES, OrganizationId

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26


def uuid_of(id_: str) -> str:
    """An id of ours as a UUID: both hold 128 bits."""
    value = 0
    for letter in id_.partition("_")[2]:
        value = value << 5 | _VALUES[letter]
    return str(UUID(int=value))


def id_of(noun: str, text: str) -> str:
    """Our id of a UUID; a text that is none names nothing."""
    try:
        value = UUID(text).int
    except ValueError:
        return text
    return f"{PREFIXES[noun]}_" + "".join(_ALPHABET[value >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def team_of(tenant: OrganizationId) -> str:
    """The tenant as Buildd names teams."""
    return f"team_{uuid_of(tenant)}"
