"""What the use cases answer with, where a domain value alone does not say it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from app.domain.account import ApiKey, Organization, Project
from app.domain.decisions import Decision
from app.domain.difference import FieldChange
from app.domain.graph import Edge, Entity, Mention
from app.domain.ids import EntityId, MemoryId, ProjectId, UserId
from app.domain.memory import Feedback, Kind, Memory, MemoryLink, MemoryVersion, Usage
from app.domain.principal import Principal
from app.domain.profile import ProfileFact
from app.domain.query import TimeRange
from app.domain.routing import Guess
from app.domain.work import Event, Job, RecordedEvent

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """A row of a list. Its cursor is made when it is asked for: most readers want the ends of a page only."""

    node: T
    marked: Callable[[], str]

    @property
    def cursor(self) -> str:
        return self.marked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """One page of a list, as Relay's connections need it."""

    items: Sequence[Item[T]]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Generic[T]):
    """Rows of a list from an offset on, and how many it has in all."""

    items: Sequence[T]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A memory with what the caller calls its people, and what reading left on it.

    `number` and `user_number` are those of the memory and its user; a memory that is gone meanwhile has none.
    """

    memory: Memory
    user: str | None
    agent: str | None
    session: str | None
    usage: Usage
    number: int | None
    user_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A memory that is looked at by itself: in its project, with what was last said of it."""

    told: Labelled
    project: Project
    feedback: Feedback | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Users and agents by the caller's own ids, with their numbers of memories."""

    users: tuple[tuple[str, int], ...]
    agents: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Stored memories in the order given. `created` tells which are new: a text that was known is joined.

    `job` is the extraction that follows; None when there is nothing to extract.
    """

    memories: tuple[Memory, ...]
    created: tuple[bool, ...]
    job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody said of themselves, in the third person; `spheres` are one to three of ten parts of a life."""

    text: str
    kind: Kind
    type: str
    categories: tuple[str, ...]
    spheres: tuple[str, ...]
    occurred_at: datetime | None
    valid_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One signal's part in a score: `value` (0..1) times `weight`."""

    signal: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A found memory. `score` (0..1 of the recipe's possible sum) is higher for better; `factors` add up to it.

    `stands_for` are what it was drawn from or what was drawn from it: they say the same and take no place of their own.
    """

    memory: Memory
    score: float
    factors: tuple[Factor, ...]
    stands_for: tuple[MemoryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One step of a search: what went in and out, and how long it took in milliseconds."""

    name: str
    detail: str
    candidates: int
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer to a search. `degraded` names the sources that did not answer."""

    hits: Listing[Hit]
    recipe: str
    degraded: tuple[str, ...]
    trace: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """An answer of the kind that a question wants, beside what was `found`; `others` are kinds that came less near."""

    best: Guess
    found: Found
    others: tuple[Guess, ...] = ()
    memory: Memory | None = None
    entity: Entity | None = None
    count: int | None = None
    facts: tuple[ProfileFact, ...] = ()
    decision: Decision | None = None
    period: TimeRange = TimeRange()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """`marker` stands in the prompt where the memory is used."""

    marker: str
    memory: Memory
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A composed prompt. `tokens` <= `budget` always; `omitted` relevant memories did not fit.

    `text` is the whole prompt; `messages` the same as chat messages, when that format was asked for.
    """

    text: str
    messages: tuple[PromptMessage, ...]
    tokens: int
    budget: int
    citations: tuple[Citation, ...]
    omitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was (or, in a dry run, would be) forgotten: the count, and the first 100 ids."""

    count: int
    ids: tuple[MemoryId, ...]
    dry_run: bool
    job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A document as it was stored, and the job that takes it apart."""

    memory: Memory
    job: Job


class Storing(StrEnum):
    """What storing at a keypath came to: a new memory, a new version, or one that was forgotten and lives again."""

    CREATED = "CREATED"
    SUPERSEDED = "SUPERSEDED"
    REVIVED = "REVIVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A value at its keypath. `revision` is the number of this change, `project_revision` that of the project's writes."""

    memory: Memory
    how: Storing
    revision: int
    project_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypathNode:
    """A keypath in the tree of a project and user: its names, the memory there, if any, and how many live below."""

    project: ProjectId
    user: UserId | None
    path: str
    names: tuple[str, ...]
    memory: MemoryId | None
    below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenKeypaths:
    """What was (or would be) forgotten: the count, the first 100 ids, and all keypaths, sorted."""

    count: int
    ids: tuple[MemoryId, ...]
    keypaths: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change of a memory as the changelog tells it; `version` is what it made, None where that was erased since."""

    recorded: RecordedEvent
    version: MemoryVersion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version in its place: the one `before` it, whether it is what lives now, and the project's write that made it.

    `project_revision` is None for what was not written at a keypath.
    """

    version: MemoryVersion
    project: Project | None
    before: MemoryVersion | None
    latest: bool
    project_revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One write to a project's keypaths, and the versions that it made, as far as they have not been erased since."""

    number: int
    at: datetime
    actor: str
    versions: tuple[MemoryVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedProject:
    """A project that is deleted now: how many memories were forgotten with it, and all their keypaths, sorted.

    `already` tells that it was deleted before.
    """

    project: Project
    count: int
    keypaths: tuple[str, ...]
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two versions of a memory, the fields that differ, and their texts line by line (empty when equal)."""

    before: MemoryVersion
    after: MemoryVersion
    fields: tuple[FieldChange, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A memory on which feedback was given, and what all of it has come to."""

    memory: Memory
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key with its secret, which is shown this once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is asking."""

    organization: Organization
    principal: Principal
    key: ApiKey | None


class Reached(NamedTuple):
    """A node that a walk came to; for a walk as of then a memory is shown as it `stood`."""

    id: str
    distance: int
    stood: Memory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighborhood:
    """Nodes with their distance, and the edges among them; `truncated` when the limit cut it."""

    start: str
    nodes: tuple[Reached, ...]
    edges: tuple[Edge, ...]
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Links among some memories, each once, and what they mention; `counts` are of all memories that do."""

    links: tuple[MemoryLink, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    counts: Mapping[EntityId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One live change: the event and its revision. `gap` means that changes before it were lost: read anew."""

    revision: int
    event: Event | None
    gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """An entity that stands for itself again, and the one that had taken it in."""

    entity: Entity
    into: Entity
