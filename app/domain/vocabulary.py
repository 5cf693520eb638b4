"""What a project calls its things: names that its texts use, with what they are."""

from dataclasses import dataclass

from app.domain.graph import EntityType

MAX_TERMS = 10_000
MAX_NAME = 100
MAX_ALIASES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyTerm:
    """A name that a project taught us, with other spellings of it."""

    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
