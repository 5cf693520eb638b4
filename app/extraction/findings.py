"""What extraction is given and what it finds. Offsets count code points of the turn's text, end exclusive."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.graph import EntityType
from app.domain.memory import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One text with what stood before it. `at` is when it was said; relative times count from its date."""

    text: str
    at: datetime
    speaker: str | None = None
    role: str | None = None
    previous: str | None = None
    previous_speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntity:
    """One mention of a name. Salience is 0..1, higher is more central.

    `is_taught`: the project's vocabulary says what it is, and that it has these `aliases` as well.
    """

    name: str
    type: EntityType
    start: int
    end: int
    salience: float = 0.5
    aliases: tuple[str, ...] = ()
    is_taught: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTime:
    """A place on the calendar: `value` is YYYY, YYYY-MM, YYYY-MM-DD or first/last, both days included."""

    text: str
    start: int
    end: int
    value: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRelation:
    """`source` and `target` are names of found entities or of the speaker."""

    source: str
    type: str
    target: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFact:
    """A sentence that stands alone: the speaker by name, relative times as dates. Offsets are its sentence's."""

    statement: str
    kind: Kind
    type: str
    start: int
    end: int
    entities: tuple[str, ...] = ()
    occurred: date | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStatement:
    """A fact of one sentence with what it is about, for when statements are kept instead of their turn."""

    fact: FoundFact
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """All that one turn gave. A skipped turn has a reason, no kind, type, relations or facts."""

    skip_reason: str | None = None
    kind: Kind | None = None
    type: str | None = None
    categories: tuple[str, ...] = ()
    title: str | None = None
    entities: tuple[FoundEntity, ...] = ()
    times: tuple[FoundTime, ...] = ()
    relations: tuple[FoundRelation, ...] = ()
    facts: tuple[FoundFact, ...] = ()
