"""What keeps a derived search index in step with the record. The indexer, the repair and bootstrap only.

The record leaves one mark a memory in the transaction that changes it. Whoever indexes reads the
memory's present state, writes it to the index, and settles the mark if the memory has not changed
since: order, duplicates and coalescing do not matter. An embedded store, which is its own index,
has none of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.ids import EntityId, MemoryId, OrganizationId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.ports.models import Embedding
from app.ports.search import Candidate


@dataclass(frozen=True, slots=True)
class Mark:
    """A memory whose state in the index is out of date, and since when. `attempts` counts how often it was claimed."""

    tenant: OrganizationId
    memory: MemoryId
    stamp: int
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that the index has to know of a memory. `stamp` grows with each change that it must see."""

    memory: Memory
    entities: tuple[EntityId, ...]
    embedding: Embedding | None
    stamp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far the index lags behind: marks that wait, since when the oldest does, marks that were given up."""

    waiting: int
    oldest: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A memory in the index, with the stamp that it was written with."""

    memory: MemoryId
    stamp: int


class Outbox(Protocol):
    """The record's side. All methods work across what a principal sees; the tenant is an argument."""

    async def claim_marks(self, *, now: datetime, until: datetime, limit: int) -> list[Mark]:
        """Takes due marks, oldest first, leased until `until`; attempts one higher. Two claimers never share one."""
        ...

    async def settle_marks(self, marks: Sequence[Mark]) -> int:
        """Removes the marks of memories that have not changed since they were claimed; how many.

        Of the others it ends the lease, so that their next state need not wait for it.
        """
        ...

    async def postpone_marks(self, marks: Sequence[Mark], *, due: datetime | None, reason: str) -> None:
        """Ends the lease; to be tried again at `due`, or, with None, given up until `revive_marks`."""
        ...

    async def revive_marks(self) -> int:
        """Makes marks that were given up due again; how many."""
        ...

    async def backlog(self) -> Backlog: ...

    async def documents(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[Document | None]:
        """The present state in the order asked, forgotten ones included; None where there is no such memory."""
        ...

    async def stamps(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        """The present stamps in the order asked; None where there is no such memory."""
        ...

    async def stamps_after(self, tenant: OrganizationId, after: MemoryId | None, *, limit: int) -> list[Entry]:
        """The tenant's memories by id, with their stamps, for a walk over all of them."""
        ...

    async def mark(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> int:
        """Marks these memories, there or not, as due now; how many. One that is marked already stays as it is."""
        ...

    async def tombstones(self, tenant: OrganizationId, *, since: datetime) -> list[MemoryId]:
        """What was erased since then; kept for 30 days."""
        ...


class IndexWriter(Protocol):
    """The index's side. Ids are deterministic, so writing twice is one entry. Raises Unavailable."""

    async def put(self, tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        """Inserts or replaces; the documents that the index refused for good, and why. The others are in."""
        ...

    async def remove(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> None:
        """Those that are not there are passed over."""
        ...

    async def entries(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        """The stamps in the index in the order asked; None where there is no entry."""
        ...

    async def entries_after(
        self, tenant: OrganizationId, after: str | None, *, limit: int
    ) -> tuple[list[Entry], str | None]:
        """A page of all entries in the index's own order, and where the next one starts (None: it was the last)."""
        ...

    async def drop(self, tenant: OrganizationId) -> None:
        """Removes all that the index has of a tenant."""
        ...


@dataclass(frozen=True, slots=True)
class Pending:
    """A memory that the index does not show as it is now; its vector, where it has one of the asked model."""

    memory: MemoryId
    embedding: Embedding | None


class RecordSearch(Protocol):
    """What the record itself can find: enough to read one's writes, and to stand in when the index is away.

    Each method keeps to what the principal sees and to the filter.
    """

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """As in SearchIndex, from the record's own full text, never behind."""
        ...

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """As in SearchIndex."""
        ...

    async def pending(self, principal: Principal, *, where: MemoryFilter, limit: int) -> list[Pending]:
        """Memories with a mark, newest first. Those that were given up count as well."""
        ...
