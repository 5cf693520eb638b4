"""The record: one door, opened by a principal.

Every read and write is bound to the principal's tenant and to what it may see. Lists given by ids
keep the order and length of the ids, with None where something is absent or invisible. Reads see
only what was committed, and inside a unit of work also its own writes. Each read is consistent in
itself; only the embedded store gives the reads of one block a common snapshot.
Everything raises Unavailable when the store does not answer.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.account import ApiKey, Member, Organization, Project
from app.domain.graph import Entity, EntityType, Mention, Mentioned, Relation
from app.domain.ids import (
    EntityId,
    KeyId,
    MemberId,
    MemoryId,
    ProjectId,
    RelationId,
    SessionId,
    SourceId,
    UserId,
)
from app.domain.memory import (
    Attached,
    Feedback,
    Glimpse,
    Label,
    LabelCount,
    LinkType,
    Memory,
    MemoryLink,
    MemoryVersion,
    Usage,
)
from app.domain.people import User
from app.domain.principal import Principal
from app.domain.query import Facet, Life, MemoryFilter, MemoryOrder, Page, Tally, Window
from app.domain.work import Event
from app.ports.clusters import ClusterReader, ClusterWriter
from app.ports.deciding import DecisionReader, DecisionWriter
from app.ports.keypaths import KeypathReader
from app.ports.lookup import Lookup
from app.ports.merging import MergeReader, MergeWriter
from app.ports.models import Embedding, TokenTable
from app.ports.notes import NoteReader, NoteWriter
from app.ports.past import PastReader
from app.ports.people import (
    AgentReader,
    AgentWriter,
    SessionReader,
    SessionWriter,
    SourceReader,
    SourceWriter,
    UserReader,
    UserWriter,
)
from app.ports.spending import SpendingReader, SpendingWriter
from app.ports.vocabulary import VocabularyReader, VocabularyWriter
from app.ports.walking import GraphReader
from app.ports.webhooks import WebhookReader, WebhookWriter
from app.ports.work import EventReader, Idempotency, JobReader, JobWriter

# --- accounts -------------------------------------------------------------------------------


class OrganizationReader(Protocol):
    async def get(self) -> Organization:
        """The principal's own tenant."""
        ...


class ProjectReader(Lookup[ProjectId, Project], Protocol):
    async def by_slug(self, slug: str) -> Project | None: ...

    async def with_users(self, slug: str, external_ids: Sequence[str]) -> tuple[Project, list[User | None]] | None:
        """`by_slug` and, of that project, `users.by_external` in one."""
        ...

    async def page(self, window: Window) -> Page[Project]:
        """Oldest first."""
        ...


class ProjectWriter(ProjectReader, Protocol):
    async def put(self, project: Project) -> None:
        """Inserts or replaces by id. Raises Conflict when the slug is taken."""
        ...


class MemberReader(Lookup[MemberId, Member], Protocol):
    async def page(self, window: Window) -> Page[Member]:
        """Oldest first."""
        ...


class MemberWriter(MemberReader, Protocol):
    async def put(self, member: Member) -> None: ...


class KeyReader(Lookup[KeyId, ApiKey], Protocol):
    """Keys have no project: a principal that sees only some projects sees only keys within those."""

    async def page(self, window: Window) -> Page[ApiKey]:
        """Newest first, revoked ones included."""
        ...


class KeyWriter(KeyReader, Protocol):
    async def put(self, key: ApiKey) -> None: ...


# --- memories -------------------------------------------------------------------------------


class MemoryReader(Lookup[MemoryId, Memory], Protocol):
    """Forgotten memories are found by id and by filters that ask for them."""

    async def page(self, window: Window, *, where: MemoryFilter, order: MemoryOrder, descending: bool) -> Page[Memory]:
        """Sorted by the order's value, then by id, both in the same direction."""
        ...

    async def count(self, where: MemoryFilter) -> int: ...

    async def by_numbers(self, numbers: Sequence[int]) -> list[MemoryId | None]:
        """The memories that have these numbers, forgotten ones included.

        A number is whole, above 0 and unique in the tenant; given when a memory is first stored, and never again.
        """
        ...

    async def link_numbers(self, links: Sequence[MemoryLink]) -> list[int | None]:
        """Numbers of current links, of the same row; None for those that are no more or lead out of sight."""
        ...

    async def labels(self, where: MemoryFilter, *, by: Label) -> list[LabelCount]:
        """How many of them have each value of a label, the commonest first."""
        ...

    async def tally(self, where: MemoryFilter, *, by: Facet) -> list[Tally]:
        """By value and then user (nobody first), each value that any of these memories has."""
        ...

    async def versions(self, memory: MemoryId, window: Window) -> Page[MemoryVersion]:
        """Newest first; empty when the memory is absent or invisible."""
        ...

    async def usage(self, ids: Sequence[MemoryId]) -> list[Usage]:
        """Zeros where nothing was noted."""
        ...

    async def attached(self, ids: Sequence[MemoryId]) -> list[Attached | None]:
        """All of a kind in one go; None where the memory is absent or invisible."""
        ...

    async def feedback(self, memory: MemoryId, window: Window) -> Page[Feedback]:
        """Newest first; empty when the memory is absent or invisible."""
        ...

    async def same_text(
        self, *, project: ProjectId, user: UserId | None, texts: Sequence[str]
    ) -> list[MemoryId | None]:
        """For each text the oldest live memory of that project and user whose normalised text is equal; one that ends
        by itself only where none stays.

        Normalised by `app.domain.text.normalised`; the store keeps a digest of it with each memory.
        """
        ...

    async def same_words(self, *, project: ProjectId, texts: Sequence[str]) -> list[list[MemoryId]]:
        """For each text all live memories of the project whose normalised text is equal, whoever they are about.

        Oldest first, at most 100.
        """
        ...

    async def derived_only(self, ids: Sequence[MemoryId], *, life: Life = Life.ANY) -> list[MemoryId]:
        """Memories, living or forgotten, that are derived_from or detail_of these and of no other memory of this life.

        Also memories of type summary that are summary_of any of these: they quote them.
        """
        ...

    async def at_positions(self, source: SourceId, positions: Sequence[int]) -> list[MemoryId | None]:
        """For each position of a source the memory that came from there, forgotten ones included."""
        ...

    async def last_position(self, session: SessionId) -> int | None:
        """The highest position in a session, forgotten memories included; None when it has none."""
        ...

    async def links(self, ids: Sequence[MemoryId]) -> list[list[MemoryLink]]:
        """For each memory the links from and to it whose both ends live and are visible, strongest first, at most 100."""
        ...

    async def mentions(self, ids: Sequence[MemoryId]) -> list[list[Mention]]:
        """For each memory what it mentions, by salience, at most 100."""
        ...

    async def mentioned(self, ids: Sequence[MemoryId]) -> list[list[Mentioned]]:
        """`mentions` with the entities themselves."""
        ...

    async def expired(self, *, limit: int) -> list[Memory]:
        """Visible TASK memories whose time is over and that are not forgotten yet, the longest over first."""
        ...

    async def session_turns(self, session: SessionId, *, start: int, stop: int) -> list[Memory]:
        """Live memories of a session with start <= position < stop, by position."""
        ...

    async def glimpses(
        self, ids: Sequence[MemoryId], *, reach: int, where: MemoryFilter, near: Embedding | None = None
    ) -> list[Glimpse]:
        """These memories, what they are derived from, and what stands within `reach` positions of either in its session.

        Those within the filter, each once, in any order; with their cosines to `near`.
        """
        ...

    async def speakers(self, names: Sequence[str]) -> list[str]:
        """Those who said a visible memory and are called by one of these names, or by one and more after it."""
        ...

    async def token_vectors(self, ids: Sequence[MemoryId], *, model: str) -> TokenTable:
        """Of those that are visible and have some by this model, in any order."""
        ...


class MemoryWriter(MemoryReader, Protocol):
    async def put_many(self, memories: Sequence[Memory], *, expected: Mapping[MemoryId, int] | None = None) -> None:
        """Inserts or replaces by id and keeps each as a version, in the order given.

        `expected` maps ids to the version that the caller read; Conflict when another is current.
        The version stored is `memory.version`: callers raise it by one. Full text follows in the same
        transaction; vectors of replaced text are dropped unless put again.
        """
        ...

    async def embed_many(self, vectors: Mapping[MemoryId, Embedding]) -> None:
        """Stores or replaces vectors, with those of the tokens where there are; searchable when the block commits."""
        ...

    async def link_many(self, links: Sequence[MemoryLink]) -> None:
        """Idempotent; a link that exists takes the new confidence. Both ends must be visible, else NotFound."""
        ...

    async def unlink(
        self, source: MemoryId, target: MemoryId, link_type: LinkType, label: str | None = None
    ) -> bool: ...

    async def mention_many(self, mentions: Mapping[MemoryId, Sequence[Mention]]) -> None:
        """Replaces what each of these memories mentions. They and the entities must be visible, else NotFound."""
        ...

    async def erase(self, ids: Sequence[MemoryId]) -> int:
        """Removes the memories, their versions, vectors, full text, edges and usage for good; how many there were.

        Entities and relations that no other memory supports go too, and sessions and sources that held nothing
        else. The bytes are gone from the files
        after `Store.scrub`.
        """
        ...

    async def note_access(self, ids: Sequence[MemoryId], *, at: datetime) -> None:
        """Each was read once more for each time it stands there; `at` is when the last was."""
        ...

    async def give_feedback(self, memory: MemoryId, *, value: float, reason: str | None) -> Usage:
        """Keeps it as the memory's next, by the principal's actor, and adds it to the usage. Raises NotFound."""
        ...


# --- the graph ------------------------------------------------------------------------------


class EntityReader(Lookup[EntityId, Entity], Protocol):
    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        user: UserId | None,
        types: Sequence[EntityType],
        name: str | None,
    ) -> Page[Entity]:
        """By folded name. `name` matches a part of the name or of an alias, whatever the case; `user` None is every user."""
        ...

    async def count(
        self, *, project: ProjectId | None, user: UserId | None, types: Sequence[EntityType], name: str | None
    ) -> int:
        """How many `page` has in all."""
        ...

    async def alike(
        self, *, project: ProjectId, user: UserId | None, names: Sequence[str], limit: int
    ) -> list[list[Entity]]:
        """For each name at most `limit` entities that share most of its handles (`app.domain.text.handles`).

        Candidates only, those that share more first: of the project's shared part and, when a user is given, of
        that user's.
        """
        ...

    async def called(
        self, *, project: ProjectId | None, names: Sequence[str], users: Sequence[UserId] = ()
    ) -> list[Entity]:
        """Visible entities one of whose folded names (canonical or alias) equals one of the given, folded; oldest first.

        Of the project, or of all where that is None. With users, those of theirs and the shared ones; without, whoever their user is.
        """
        ...

    async def mentioned_by(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Mention]]:
        """For each entity the live memories that mention it, newest first, at most `limit` (1..100) each."""
        ...

    async def mention_counts(self, ids: Sequence[EntityId]) -> list[int]: ...

    async def relations(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Relation]]:
        """For each entity the current relations from and to it, heaviest first, at most `limit` (1..100) each."""
        ...

    async def relations_by_id(self, ids: Sequence[RelationId]) -> list[Relation | None]: ...


class EntityWriter(EntityReader, Protocol):
    async def put_many(self, entities: Sequence[Entity]) -> None: ...

    async def relate_many(self, relations: Sequence[Relation]) -> None:
        """Inserts or replaces by id. Both ends must be visible, else NotFound."""
        ...


# --- the door -------------------------------------------------------------------------------


class Reader(Protocol):
    @property
    def organization(self) -> OrganizationReader: ...
    @property
    def projects(self) -> ProjectReader: ...
    @property
    def vocabulary(self) -> VocabularyReader: ...
    @property
    def members(self) -> MemberReader: ...
    @property
    def keys(self) -> KeyReader: ...
    @property
    def users(self) -> UserReader: ...
    @property
    def notes(self) -> NoteReader: ...
    @property
    def agents(self) -> AgentReader: ...
    @property
    def sessions(self) -> SessionReader: ...
    @property
    def sources(self) -> SourceReader: ...
    @property
    def memories(self) -> MemoryReader: ...
    @property
    def keypaths(self) -> KeypathReader: ...
    @property
    def past(self) -> PastReader: ...
    @property
    def entities(self) -> EntityReader: ...
    @property
    def merges(self) -> MergeReader: ...
    @property
    def decisions(self) -> DecisionReader: ...
    @property
    def graph(self) -> GraphReader: ...
    @property
    def clusters(self) -> ClusterReader: ...
    @property
    def spending(self) -> SpendingReader: ...
    @property
    def webhooks(self) -> WebhookReader: ...
    @property
    def jobs(self) -> JobReader: ...
    @property
    def events(self) -> EventReader: ...


class UnitOfWork(Protocol):
    """One transaction: leaving the block commits everything at once, leaving it by exception nothing."""

    @property
    def organization(self) -> OrganizationReader: ...
    @property
    def projects(self) -> ProjectWriter: ...
    @property
    def vocabulary(self) -> VocabularyWriter: ...
    @property
    def members(self) -> MemberWriter: ...
    @property
    def keys(self) -> KeyWriter: ...
    @property
    def users(self) -> UserWriter: ...
    @property
    def notes(self) -> NoteWriter: ...
    @property
    def agents(self) -> AgentWriter: ...
    @property
    def sessions(self) -> SessionWriter: ...
    @property
    def sources(self) -> SourceWriter: ...
    @property
    def memories(self) -> MemoryWriter: ...
    @property
    def keypaths(self) -> KeypathReader: ...
    @property
    def past(self) -> PastReader: ...
    @property
    def entities(self) -> EntityWriter: ...
    @property
    def merges(self) -> MergeWriter: ...
    @property
    def decisions(self) -> DecisionWriter: ...
    @property
    def graph(self) -> GraphReader: ...
    @property
    def clusters(self) -> ClusterWriter: ...
    @property
    def spending(self) -> SpendingWriter: ...
    @property
    def webhooks(self) -> WebhookWriter: ...
    @property
    def jobs(self) -> JobWriter: ...
    @property
    def events(self) -> EventReader: ...
    @property
    def idempotency(self) -> Idempotency: ...

    def emit(self, event: Event) -> None:
        """Records the event with the commit, under the next revision."""
        ...


class Store(Protocol):
    def read(self, principal: Principal) -> AbstractAsyncContextManager[Reader]:
        """It has no mutating methods."""
        ...

    def write(self, principal: Principal) -> AbstractAsyncContextManager[UnitOfWork]:
        """One unit of work at a time a tenant at least; others wait their turn, at most the store's time-out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReport:
    """What `doctor` shows of a store: facts by name, and what is wrong, in words."""

    facts: Mapping[str, str]
    problems: Sequence[str]


class StoreKeeper(Protocol):
    """What an operator does to the whole store. Bootstrap, command line and the scrub job only."""

    async def scrub(self) -> None:
        """Makes erased bytes vanish from every file of the store: index segments, free pages, log."""
        ...

    async def backup(self, path: str) -> None:
        """A consistent copy while others write. Raises Invalid when the path exists or cannot be written."""
        ...

    async def check(self) -> StoreReport:
        """Integrity, schema version, counts, sizes."""
        ...
