"""What callers hand to the use cases. References are ids of ours or the caller's own names.

`project` is an id or a slug; None means the only project a key opens, else "default".
`user`, `agent` and `session` are the caller's own ids, or ours (`usr_…`, `agt_…`, `ses_…`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from app.domain.ids import ClusterId, MemoryId
from app.domain.keys import Dialect
from app.domain.memory import Kind, Layer, Status
from app.domain.people import SourceKind
from app.domain.query import Life, MemoryFilter, MemoryOrder, TimeRange
from app.domain.work import EventKind


class Mode(StrEnum):
    """EXTRACT links entities and writes the facts it finds beside the text; VERBATIM only links entities."""

    EXTRACT = "EXTRACT"
    VERBATIM = "VERBATIM"


class Repeats(StrEnum):
    """What becomes of a text that is there already.

    JOIN gives the one that is there, unless the new one has a session or a time of its own; MERGE gives it in any case.
    KEEP stores it once more. REFUSE stores nothing where the project has the very same text, whoever that is about.
    """

    JOIN = "JOIN"
    KEEP = "KEEP"
    MERGE = "MERGE"
    REFUSE = "REFUSE"


class Rereading(StrEnum):
    """When an edited memory is read by extraction again: where its words changed, or in any case."""

    REWORDED = "REWORDED"
    ALWAYS = "ALWAYS"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """Where memories come from; created on first use of its `uri` in the project and user."""

    kind: SourceKind
    uri: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemory:
    """One memory to store. Fields left None are found by extraction, or stay empty."""

    text: str
    mode: Mode = Mode.EXTRACT
    repeats: Repeats = Repeats.JOIN
    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    source: NewSource | None = None
    position: int | None = None
    role: str | None = None
    speaker: str | None = None
    title: str | None = None
    summary: str | None = None
    kind: Kind | None = None
    type: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    keypath: str | None = None
    importance: float | None = None
    layer: Layer = Layer.RAW
    expires_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """One message of a conversation. `name` is who said it; `time` falls back to the conversation's."""

    text: str
    role: str = "user"
    name: str | None = None
    time: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """Messages in order. They continue the session where it stands."""

    messages: tuple[NewMessage, ...]
    mode: Mode = Mode.EXTRACT
    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    source: NewSource | None = None
    time: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeedback:
    """What somebody says of a memory: -1 (wrong, of no use) to 1 (right, of use), perhaps with a reason.

    `importance_by` (-1..1) is added to the memory's importance, within 0.05 and 1.
    """

    memory: MemoryId
    value: float
    reason: str | None = None
    importance_by: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerm:
    """A name to teach; `type` is that of an entity, in any case."""

    term: str
    type: str
    aliases: tuple[str, ...] = ()


class Unset(StrEnum):
    """A field of a patch that is left as it is; None empties it."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPatch:
    """New values for some fields. UNSET keeps, None empties what may be empty."""

    text: str | Unset = UNSET
    title: str | Unset | None = UNSET
    summary: str | Unset | None = UNSET
    kind: Kind | Unset | None = UNSET
    type: str | Unset | None = UNSET
    categories: tuple[str, ...] | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    files: tuple[str, ...] | Unset = UNSET
    importance: float | Unset = UNSET
    layer: Layer | Unset = UNSET
    expires_at: datetime | Unset | None = UNSET
    metadata: dict[str, Any] | Unset = UNSET
    occurred_at: datetime | Unset | None = UNSET
    valid_from: datetime | Unset | None = UNSET
    valid_to: datetime | Unset | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """A moment on two clocks: what was known by a time or a revision of the tenant, and what was true at a time."""

    known_at: datetime | None = None
    revision: int | None = None
    true_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangelogWhere:
    """Changes of memories of a project (None: all in sight) after a revision and a time, of some kinds or of all."""

    project: str | None = None
    after: int = 0
    since: datetime | None = None
    kinds: tuple[EventKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A keypath of a project, in what is about a user; without a user, in what is about nobody."""

    keypath: str
    project: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A value to store at a keypath, to the byte. What is None stays as it is under the value before; times do not.

    `if_version` is the version that must stand there (0: nothing lives there), `if_revision` one after which
    nothing may have changed there.
    """

    keypath: str
    value: str
    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    title: str | None = None
    kind: Kind | None = None
    type: str | None = None
    categories: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    importance: float | None = None
    layer: Layer | None = None
    expires_at: datetime | None = None
    metadata: dict[str, Any] | None = None
    occurred_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    if_version: int | None = None
    if_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A text to be taken apart: each of its statements goes to a keypath below `project.<slug>`.

    `context` says what it is about and names the branch for what has no heading; `origin` says what kind of text it is.
    """

    text: str
    project: str | None = None
    user: str | None = None
    context: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypathWhere:
    """Keypaths of a project below `prefix` (None: the root), cut `depth` (1..32) levels further down; see `Address`."""

    project: str | None = None
    user: str | None = None
    prefix: str | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A memory filter as callers write it; see `app.domain.query.MemoryFilter` for what each field means.

    `metadata` names values that its first level has to have; of a list any one. Among `users` None is nobody in particular. `entities` are ids or names. A user, agent, session or entity that is not known matches nothing;
    an unknown project is an error.
    """

    ids: tuple[MemoryId, ...] = ()
    project: str | None = None
    users: tuple[str | None, ...] = ()
    agents: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    clusters: tuple[ClusterId, ...] = ()
    layers: tuple[Layer, ...] = ()
    statuses: tuple[Status, ...] = ()
    files: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    keypath: str | None = None
    contains: str | None = None
    importance_min: float | None = None
    importance_max: float | None = None
    importances: tuple[tuple[float, float], ...] = ()
    occurred: TimeRange = TimeRange()
    valid: TimeRange = TimeRange()
    recorded: TimeRange = TimeRange()
    life: Life = Life.LIVE


Selection: TypeAlias = Where | MemoryFilter
"""Which memories: as a caller writes it, or with every reference resolved already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of a list: `first` after a cursor, or `last` before one. 1..100, 20 when not given."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    by: MemoryOrder = MemoryOrder.CREATED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRoute:
    """A question, and how many hits (1..100) its answer may have; `user` is whom it is asked about, "I" in it."""

    query: str
    project: str | None = None
    user: str | None = None
    first: int = 10


class SearchMode(StrEnum):
    """Which signals rank: all of them, meaning alone, or words alone."""

    HYBRID = "HYBRID"
    SEMANTIC = "SEMANTIC"
    KEYWORD = "KEYWORD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search. `query` is plain text of at most 2,000 characters."""

    query: str
    mode: SearchMode = SearchMode.HYBRID
    where: Where = Where()
    slice: Slice = Slice()
    as_of: AsOf | None = None


class PromptFormat(StrEnum):
    TEXT = "TEXT"
    MARKDOWN = "MARKDOWN"
    MESSAGES = "MESSAGES"


class Grouping(StrEnum):
    """How composed memories are put under headings."""

    NONE = "NONE"
    TYPE = "TYPE"
    SESSION = "SESSION"
    ENTITY = "ENTITY"
    DAY = "DAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRequest:
    """A prompt to compose. `budget` (1..200,000) counts tokens of o200k_base over all that is returned.

    `template` may hold {memories} (required), {query} and {date}; `instructions` go before it.
    """

    query: str
    budget: int = 1_500
    where: Where = Where()
    format: PromptFormat = PromptFormat.MARKDOWN
    grouping: Grouping = Grouping.NONE
    template: str | None = None
    instructions: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRequest:
    """What to forget: exactly one of `ids`, `where`, `user` and `project`.

    `user` and `project` forget everything about that end user (in `project`, when both are given,
    else wherever it is known) or in that project.
    """

    ids: tuple[MemoryId, ...] = ()
    where: Where | None = None
    user: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRequest:
    """What to sum up: the memories of exactly one of `ids` (at most 500) and `where` (its newest 500).

    At most `max_sentences` (1..50) sentences with `max_tokens` (1..10,000) tokens of o200k_base together.
    """

    ids: tuple[MemoryId, ...] = ()
    where: Where | None = None
    max_sentences: int = 5
    max_tokens: int = 500


class Erasure(StrEnum):
    """FORGET can be restored; ERASE removes text, versions, vectors and traces for good."""

    FORGET = "FORGET"
    ERASE = "ERASE"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to create. `projects` None opens all; `user` (with exactly one project) binds it to one end user.

    `dialect` gives it the form that this dialect's clients expect; it opens the same as any other.
    """

    name: str
    scopes: tuple[str, ...] = ("read", "write")
    projects: tuple[str, ...] | None = None
    user: str | None = None
    expires_at: datetime | None = None
    dialect: Dialect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """`label` is one of the relation types of the source's project, for links of type references."""

    source: MemoryId
    target: MemoryId
    type: str
    confidence: float = 1.0
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityWhere:
    """Which entities: of a project (None: all visible), about a user, of types, with a name part."""

    project: str | None = None
    user: str | None = None
    types: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A neighbourhood to explore from a memory, entity or user: depth 1..4, at most `limit` (1..500) nodes."""

    start: str
    depth: int = 1
    kinds: tuple[str, ...] = ()
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Shortest paths between two nodes: at most `count` (1..5), each of at most `depth` (1..8) edges."""

    start: str
    end: str
    count: int = 1
    depth: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    """Entities, by id or by their only name, that `into` takes in."""

    into: str
    entities: tuple[str, ...]
    reason: str | None = None
