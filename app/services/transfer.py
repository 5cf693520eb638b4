"""Transfer: whole files in, and everything out again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Protocol, TypeVar

from app.domain.errors import Invalid
from app.domain.ids import SourceId
from app.domain.memory import Memory, MemoryLink, MemoryVersion
from app.domain.people import Source, SourceKind
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryOrder, Window
from app.domain.work import Job
from app.ports.store import Reader, Store
from app.services.explore import Explore
from app.services.inputs import Mode, NewMemory, NewSource, Slice, Sort, Where
from app.services.references import project_of
from app.services.remember import Remember
from app.services.repeats import Repeats
from app.services.results import Remembered
from app.transfer.entry import Entry, Flaw, Piece

BATCH = 100
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a file's memories go. `user`, `agent` and `session` stand in where the file names none."""

    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
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
K = TypeVar("K", bound=str)


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
        async with self._store.read(principal) as reader:
            project = await project_of(reader, principal, into.project)
        repeats = Repeats(project=project.id, bound=principal.end_user, uri=source.uri)
        numbered = enumerate(pieces)
        while batch := await asyncio.to_thread(_take, numbered):
            flaws = tuple(piece for _, piece in batch if isinstance(piece, Flaw))
            entries = {position: piece for position, piece in batch if isinstance(piece, Entry)}
            drafts = [_draft(entry, position, source, into) for position, entry in entries.items()]
            async with self._store.read(principal) as reader:
                places = await repeats.places(reader, drafts)
                drafts = [draft for draft in drafts if draft.position not in places]
                texts = await repeats.texts(reader, drafts)
            fresh = [draft for draft in drafts if draft.position not in texts]
            stored, refused = await self._store_good(principal, fresh)
            yield _loaded(
                stored,
                skipped=len(places),
                joined=len(texts),
                flaws=(*flaws, *(Flaw(where=entries[place].where, reason=why) for place, why in refused.items())),
            )

    async def _store_good(
        self, principal: Principal, drafts: Sequence[NewMemory]
    ) -> tuple[Remembered | None, dict[int, str]]:
        """Stores the drafts that are right; the others come back by position with the reason."""
        refused: dict[int, str] = {}
        while drafts:
            try:
                return await self._remember.add_many(principal, memories=drafts), refused
            except Invalid as exc:
                wrong = _refusals(exc)
                refused.update({drafts[index].position or 0: why for index, why in wrong.items()})
                drafts = [draft for index, draft in enumerate(drafts) if index not in wrong]
        return None, refused

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
    sources = await _sources(reader, memories)
    mentions = await reader.memories.mentions(ids)
    entities = await reader.entities.get_many(list(dict.fromkeys(m.entity for found in mentions for m in found)))
    names = {entity.id: entity.name for entity in entities if entity}
    links = await reader.memories.links(ids)
    return [
        Record(
            memory=memory,
            project=project.slug if project else None,
            user=users.get(memory.user) if memory.user else None,
            agent=agents.get(memory.agent) if memory.agent else None,
            session=sessions.get(memory.session) if memory.session else None,
            source=sources[memory.source] if memory.source else None,
            entities=tuple(names[m.entity] for m in mentioned if m.entity in names),
            links=tuple(linked),
            versions=await _versions(reader, memory, detail),
        )
        for memory, project, mentioned, linked in zip(memories, projects, mentions, links, strict=True)
    ]


async def _sources(reader: Reader, memories: Sequence[Memory]) -> dict[SourceId, Source | None]:
    wanted = list(dict.fromkeys(memory.source for memory in memories if memory.source))
    return dict(zip(wanted, await reader.sources.get_many(wanted), strict=True))


class _Named(Protocol):
    @property
    def external_id(self) -> str: ...


async def _external(
    lookup: Callable[[Sequence[K]], Awaitable[Sequence[_Named | None]]], ids: Sequence[K | None]
) -> dict[K, str]:
    wanted = list(dict.fromkeys(id_ for id_ in ids if id_ is not None))
    found = await lookup(wanted)
    return {id_: named.external_id for id_, named in zip(wanted, found, strict=True) if named}


async def _versions(reader: Reader, memory: Memory, detail: Detail) -> tuple[MemoryVersion, ...]:
    if detail is Detail.CURRENT:
        return ()
    page = await reader.memories.versions(memory.id, Window(limit=1_000))
    return tuple(row.item for row in page.rows)


def _take(pieces: Iterator[_Numbered]) -> list[_Numbered]:
    return list(islice(pieces, BATCH))


def _loaded(stored: Remembered | None, *, skipped: int, joined: int, flaws: tuple[Flaw, ...]) -> Loaded:
    created = stored.created if stored else ()
    return Loaded(
        added=sum(created),
        joined=joined + len(created) - sum(created),
        skipped=skipped,
        flaws=flaws,
        job=stored.job if stored else None,
    )


def _draft(entry: Entry, position: int, source: NewSource, into: Destination) -> NewMemory:
    return NewMemory(
        text=entry.text,
        mode=into.mode,
        project=into.project,
        user=entry.user or into.user,
        agent=entry.agent or into.agent,
        session=entry.session or into.session,
        source=source,
        position=position,
        role=entry.role,
        speaker=entry.speaker,
        title=entry.title,
        summary=entry.summary,
        kind=entry.kind,
        type=entry.type,
        categories=(*into.categories, *entry.categories),
        tags=(*into.tags, *entry.tags),
        files=entry.files,
        keypath=entry.keypath,
        importance=entry.importance,
        layer=entry.layer,
        expires_at=entry.expires_at,
        metadata=entry.metadata,
        occurred_at=entry.occurred_at,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


def _refusals(refused: Invalid) -> dict[int, str]:
    """Index in the batch to the reasons. What is not about one memory concerns the whole file: raised again."""
    reasons: dict[int, str] = {}
    for error in refused.fields:
        noun, _, rest = error.field.partition(".")
        index, _, field = rest.partition(".")
        if noun != "memories" or not index.isdigit():
            raise refused
        said = f"{field}: {error.message}"
        reasons[int(index)] = f"{reasons[int(index)]}; {said}" if int(index) in reasons else said
    if not reasons:
        raise refused
    return reasons
