"""Identifiers: a three-letter prefix, an underscore and 26 base32 characters.

They sort by creation time to the millisecond and carry 74 random bits, so they are unguessable; as a number each is a UUID of version 7.
The prefix names the type, which makes every id a valid global id for Relay's `node(id:)`.
"""

import re
from typing import Final, NewType

OrganizationId = NewType("OrganizationId", str)
MemberId = NewType("MemberId", str)
ProjectId = NewType("ProjectId", str)
UserId = NewType("UserId", str)
AgentId = NewType("AgentId", str)
SessionId = NewType("SessionId", str)
SourceId = NewType("SourceId", str)
MemoryId = NewType("MemoryId", str)
EntityId = NewType("EntityId", str)
RelationId = NewType("RelationId", str)
DecisionId = NewType("DecisionId", str)
JobId = NewType("JobId", str)
KeyId = NewType("KeyId", str)
ClusterId = NewType("ClusterId", str)
WebhookId = NewType("WebhookId", str)

PREFIXES: dict[str, str] = {
    "organization": "org",
    "member": "mbr",
    "project": "prj",
    "user": "usr",
    "agent": "agt",
    "session": "ses",
    "source": "src",
    "memory": "mem",
    "entity": "ent",
    "relation": "rel",
    "decision": "dec",
    "job": "job",
    "key": "key",
    "cluster": "cls",
    "webhook": "whk",
}
"""Noun to prefix; `app.ports.runtime.IdFactory` makes ids from it, `node(id:)` reads it backwards."""

BITS: Final = 128
"""What an id holds beside its prefix."""
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS: Final = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
_FORM: Final = re.compile(r"[a-z]{3}_[0-9a-z]{26}")

NOUNS: dict[str, str] = {prefix: noun for noun, prefix in PREFIXES.items()}


def noun_of(value: str) -> str | None:
    """The noun an id stands for, or None when its prefix is not one of ours."""
    prefix, _, rest = value.partition("_")
    return NOUNS.get(prefix) if rest else None


def is_id(value: str) -> bool:
    """Whether it has the whole form of one of our ids; `usr_42` may well be what a caller calls a user."""
    return _FORM.fullmatch(value) is not None and noun_of(value) is not None


def letters_of(number: int) -> str:
    """A number of 128 bits as the letters of an id, after the underscore."""
    return "".join(_LETTERS[number >> shift & 31] for shift in range(125, -1, -5))


def number_of(letters: str) -> int:
    """`letters_of` backwards; nothing is 0."""
    return int(letters.translate(_DIGITS) or "0", 32)
