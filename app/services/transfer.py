"""Transfer: whole files in, and everything out again."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from app.domain.errors import Invalid
from app.domain.ids import UserId
from app.domain.memory import Memory, MemoryLink, MemoryVersion
from app.domain.people import Source, SourceKind
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryOrder, Window
from app.domain.work import Job
from app.ports.store import Reader, Store
from app.services.explore import Explore
from app.services.inputs import Mode, NewMemory, NewSource, Slice, Sort, Where
from app.services.references import find_users, project_of
from app.services.remember import Remember
from app.transfer.entry import Entry, Flaw, Piece

BATCH = 200
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a file's memories go. `user`, `agent` and `session` stand in where the file names none."""

    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    tags: tuple[str, ...] = ()
    mode: Mode = Mode.EXTRACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of one batch of a file.

    `added` memories are new, `joined` texts were known, `skipped` places of the file were imported before.
    """

    added: int
    joined: int
    skipped: int
    flaws: tuple[Flaw, ...]
    job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A memory with the names of what it belongs to, as an export tells it."""

    memory: Memory
    project: str | None
    user: str | None
    agent: str | None
    session: str | None
    source: Source | None
    entities: tuple[str, ...]
    links: tuple[MemoryLink, ...]
    versions: tuple[MemoryVersion, ...] = ()


class Detail(StrEnum):
    """CURRENT tells each memory as it stands, HISTORY its versions too, newest first."""

    CURRENT = "current"
    HISTORY = "history"


_Numbered = tuple[int, Piece]


class Transfer:
    """Imports that may stop anywhere and be run again, and exports that an import can read."""

    def __init__(self, *, remember: Remember, explore: Explore, store: Store) -> None:
        self._remember, self._explore, self._store = remember, explore, store

    async def load(
        self, principal: Principal, *, digest: str, title: str, pieces: Iterable[Piece], into: Destination
    ) -> AsyncIterator[Loaded]:
        """Stores a file's pieces in batches; each yield is in the record.

        A place is known by the file's digest and the piece's index: whatever of the same file is already
        there is passed over before any work. Wrong pieces are told, the others kept.
        """
        require(principal, Permission.MEMORY_WRITE)
        source = NewSource(kind=SourceKind.IMPORT, uri=f"sha256:{digest}", title=title)
        numbered = enumerate(pieces)
        while batch := await asyncio.to_thread(_take, numbered):
            yield await self._load_batch(principal, source, batch, into)

    async def _load_batch(
        self, principal: Principal, source: NewSource, batch: Sequence[_Numbered], into: Destination
    ) -> Loaded:
        flaws = [piece for _, piece in batch if isinstance(piece, Flaw)]
        entries = [(position, piece) for position, piece in batch if isinstance(piece, Entry)]
        known = await self._known(principal, source, entries, into)
        fresh = [numbered for numbered in entries if numbered[0] not in known]
        while fresh:
            drafts = [_draft(entry, position, source, into) for position, entry in fresh]
            try:
                stored = await self._remember.add_many(principal, memories=drafts)
            except Invalid as exc:
                refused = _refusals(exc)
                flaws += [Flaw(where=fresh[index][1].where, reason=why) for index, why in refused.items()]
                fresh = [numbered for index, numbered in enumerate(fresh) if index not in refused]
            else:
                added = sum(stored.created)
                return Loaded(
                    added=added,
                    joined=len(stored.created) - added,
                    skipped=len(known),
                    flaws=tuple(flaws),
                    job=stored.job,
                )
        return Loaded(added=0, joined=0, skipped=len(known), flaws=tuple(flaws), job=None)

    async def _known(
        self, principal: Principal, source: NewSource, entries: Sequence[tuple[int, Entry]], into: Destination
    ) -> set[int]:
        """Positions that were imported before; a source is known by project, user and uri."""
        positions: dict[str | None, list[int]] = {}
        for position, entry in entries:
            positions.setdefault(entry.user or into.user, []).append(position)
        known: set[int] = set()
        async with self._store.read(principal) as reader:
            project = await project_of(reader, principal, into.project)
            for ref, wanted in positions.items():
                user = (await find_users(reader, project.id, [ref]))[0] if ref is not None else None
                if ref is not None and user is None:
                    continue
                about = user.id if user is not None else principal.end_user
                found = await reader.sources.by_uri(project.id, about, source.uri)
                if found is not None:
                    there = await reader.memories.at_positions(found.id, wanted)
                    known.update(position for position, memory in zip(wanted, there, strict=True) if memory)
        return known

    async def dump(self, principal: Principal, *, where: Where, detail: Detail) -> AsyncIterator[Record]:
        """The memories that the filter means, oldest first, with names in place of ids."""
        after: str | None = None
        while True:
            page = await self._explore.memories(
                principal,
                where=where,
                sort=Sort(by=MemoryOrder.CREATED_AT, descending=False),
                page=Slice(first=_PAGE, after=after),
            )
            for record in await self.records(principal, memories=[item.node for item in page.items], detail=detail):
                yield record
            if not page.has_next:
                return
            after = page.items[-1].cursor

    async def records(
        self, principal: Principal, *, memories: Sequence[Memory], detail: Detail = Detail.CURRENT
    ) -> list[Record]:
        """Each memory with its names, in the order given."""
        require(principal, Permission.MEMORY_READ)
        if not memories:
            return []
        async with self._store.read(principal) as reader:
            return await _records(reader, memories, detail)


async def _records(reader: Reader, memories: Sequence[Memory], detail: Detail) -> list[Record]:
    ids = [memory.id for memory in memories]
    projects = await reader.projects.get_many([memory.project for memory in memories])
    users = await _external(reader.users.get_many, [memory.user for memory in memories])
    agents = await _external(reader.agents.get_many, [memory.agent for memory in memories])
    sessions = await _external(reader.sessions.get_many, [memory.session for memory in memories])
    sources = dict[str, Source | None]()
    wanted = list(dict.fromkeys(memory.source for memory in memories if memory.source))
    for source_id, source in zip(wanted, await reader.sources.get_many(wanted), strict=True):
        sources[source_id] = source
    mentions = await reader.memories.mentions(ids)
    entities = await reader.entities.get_many(list(dict.fromkeys(m.entity for found in mentions for m in found)))
    names = {entity.id: entity.name for entity in entities if entity}
    links = await reader.memories.links(ids)
    return [
        Record(
            memory=memory,
            project=project.slug if project else None,
            user=users.get(memory.user or ""),
            agent=agents.get(memory.agent or ""),
            session=sessions.get(memory.session or ""),
            source=sources.get(memory.source or ""),
            entities=tuple(names[m.entity] for m in mentioned if m.entity in names),
            links=tuple(linked),
            versions=await _versions(reader, memory, detail),
        )
        for memory, project, mentioned, linked in zip(memories, projects, mentions, links, strict=True)
    ]
