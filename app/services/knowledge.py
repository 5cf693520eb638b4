"""Knowledge: what is remembered about each user, compiled by category. It is drawn from the memories whenever it is read.

Nothing is kept, so that it can neither be stale nor outlive what it was compiled from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import Memory, Status
from app.domain.principal import Permission, Principal, require
from app.domain.query import Facet, Life, Tally
from app.services.explore import Explore
from app.services.inputs import Sort, Where
from app.services.results import Counted

MAX_COMPILED = 1_000
"""Memories that an entry is compiled from: the newest."""


UNNAMED = "-"
"""As a user: what is about nobody in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeQuery:
    """`user` is the caller's own id, or UNNAMED; `contains` is a part of the memories' texts."""

    project: str | None = None
    user: str | None = None
    category: str | None = None
    contains: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeEntry:
    """What is known of a user (None: of nobody in particular) in a category, as Markdown.

    `version` rises whenever its memories are written, removed or read anew.
    """

    id: str
    user: str | None
    category: str
    content: str
    version: int
    sources: tuple[MemoryId, ...]
    created_at: datetime
    updated_at: datetime


class Knowledge:
    def __init__(self, *, explore: Explore) -> None:
        self._explore = explore

    async def entries(
        self, principal: Principal, *, query: KnowledgeQuery, offset: int = 0, limit: int = 20
    ) -> Counted[KnowledgeEntry]:
        """By category and user."""
        require(principal, Permission.MEMORY_READ)
        shelves = await self._shelves(principal, query)
        shown = shelves[offset : offset + limit]
        return Counted(items=tuple(await self._compiled(principal, query, shown)), total=len(shelves))

    async def entry(self, principal: Principal, *, project: str | None, entry: str) -> KnowledgeEntry:
        """Raises NotFound."""
        require(principal, Permission.MEMORY_READ)
        query = KnowledgeQuery(project=project)
        named = [shelf for shelf in await self._shelves(principal, query) if _id(principal, shelf) == entry]
        found = await self._compiled(principal, query, named)
        if not found:
            raise errors.NotFound("there is no such knowledge")
        return found[0]

    async def _shelves(self, principal: Principal, query: KnowledgeQuery) -> list[Tally]:
        where = replace(_where(query), contains=query.contains, statuses=(Status.COMPLETED,))
        found = await self._explore.tally(principal, where=where, by=Facet.CATEGORY)
        wanted = [shelf for shelf in found if query.category in (None, shelf.value)]
        return [shelf for shelf in wanted if shelf.user is None] if query.user == UNNAMED else wanted

    async def _compiled(
        self, principal: Principal, query: KnowledgeQuery, shelves: Sequence[Tally]
    ) -> list[KnowledgeEntry]:
        """Each shelf as an entry, with all of its memories, whatever was looked for in them."""
        if not shelves:
            return []
        everything = replace(_where(query), life=Life.ANY)
        rounds = await self._explore.tally(principal, where=everything, by=Facet.CATEGORY)
        versions = {(each.user, each.value): each.rounds for each in rounds}
        entries = []
        for shelf in shelves:
            memories = await self._memories(principal, query, shelf)
            if not memories:
                continue
            told = await self._explore.labelled(principal, memories=memories[:1])
            entries.append(
                KnowledgeEntry(
                    id=_id(principal, shelf),
                    user=told[0].user,
                    category=shelf.value,
                    content=_markdown(shelf.value, memories),
                    version=max(1, versions.get((shelf.user, shelf.value), 1)),
                    sources=tuple(memory.id for memory in memories),
                    created_at=min(shelf.first, memories[0].created_at),
                    updated_at=max(shelf.last, *(memory.updated_at for memory in memories)),
                )
            )
        return entries

    async def _memories(self, principal: Principal, query: KnowledgeQuery, shelf: Tally) -> list[Memory]:
        """Oldest first."""
        where = replace(
            _where(query),
            users=(shelf.user,) if shelf.user else (),
            categories=(shelf.value,),
            statuses=(Status.COMPLETED,),
        )
        found = await self._explore.counted(principal, where=where, sort=Sort(descending=True), limit=MAX_COMPILED)
        own = [memory for memory in found.items if memory.user == shelf.user]
        return list(reversed(own))


def _where(query: KnowledgeQuery) -> Where:
    return Where(project=query.project, users=(query.user,) if query.user and query.user != UNNAMED else ())


def _id(principal: Principal, shelf: Tally) -> str:
    """The same as long as there are this tenant, user and category."""
    parts = "\x1f".join((principal.tenant, shelf.user or "", shelf.value))
    return str(uuid5(NAMESPACE_URL, parts))


def _markdown(category: str, memories: Sequence[Memory]) -> str:
    heading = category[:1].upper() + category[1:]
    return "\n\n".join([f"## {heading}", *(memory.text for memory in memories)]) + "\n"


def merged(entries: Sequence[KnowledgeEntry]) -> str:
    """All of it as one document."""
    return "\n".join(entry.content for entry in entries)
