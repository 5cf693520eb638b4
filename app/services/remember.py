"""Remembering: texts and conversations become memories; edits become versions.

Vectors are made before the transaction, so that a text is findable by words and by meaning as soon
as the call returns; the job that the same transaction leaves behind adds entities, facts and links.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain import errors
from app.domain.errors import FieldError
from app.domain.ids import JobId, MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink, Status
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean, normalised
from app.domain.work import EventKind
from app.ports.models import Embedding, Passage
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.addresses import TAKEN, taken_places
from app.services.cast import Cast, Roles
from app.services.changes import memory_event
from app.services.circles import demand_no_circle
from app.services.context import Context
from app.services.drafts import MAX_REFERENCE, batch_size, checked_batch, checked_memory, drafts_of, patched
from app.services.errands import extraction
from app.services.inputs import UNSET, MemoryPatch, Mode, NewConversation, NewLink, NewMemory, Repeats, Rereading
from app.services.layers import TASK_LIFE, Stay, drawn_from, stay_of, staying
from app.services.references import living, project_of
from app.services.results import Remembered
from app.services.vectors import Vectors

MAX_LINKS = 100
_TRIES = 5
"""Of an update that others come before."""
DEFAULT_IMPORTANCE = 0.5
_EDITS = 3


class Remember:
    def __init__(
        self, *, store: Store, vectors: Vectors, clock: Clock, ids: IdFactory, task_life: timedelta = TASK_LIFE
    ) -> None:
        """`task_life` is how long working memory stays when nobody says."""
        self._store, self._vectors, self._clock, self._ids = store, vectors, clock, ids
        self._task_life = task_life
        self._context = Context(store)

    async def add(self, principal: Principal, *, memory: NewMemory, key: str | None = None) -> Remembered:
        """Stores one text; findable by words and by meaning when this returns. `key` is an idempotency key."""
        require(principal, Permission.MEMORY_WRITE)
        draft = checked_memory(memory, now=self._clock.now())
        return await self._store_drafts(principal, [self._timed(draft)], key)

    async def add_many(
        self, principal: Principal, *, memories: Sequence[NewMemory], key: str | None = None
    ) -> Remembered:
        """Stores up to 1,000 texts of one project, all or none. Wrong ones are named by `memories.<index>.<field>`."""
        require(principal, Permission.MEMORY_WRITE)
        drafts = checked_batch(memories, now=self._clock.now())
        for index, draft in enumerate(drafts):
            if draft.project != drafts[0].project:
                raise errors.invalid(f"memories.{index}.project", "must be the same for all memories of one call")
        return await self._store_drafts(principal, [self._timed(draft) for draft in drafts], key)

    async def add_conversation(
        self, principal: Principal, *, conversation: NewConversation, key: str | None = None
    ) -> Remembered:
        """Stores up to 1,000 messages as memories of a session, in order, after those that it has.

        Without a session a new one is opened.
        """
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        named = replace(conversation, session=conversation.session or _name_of_none(self._ids))
        drafts = drafts_of(named, first_position=0, now=now)
        if conversation.session:
            first = await self._context.next_position(principal, drafts[0])
            drafts = [replace(draft, position=first + index) for index, draft in enumerate(drafts)]
        batch = await self._batch(principal, drafts, key, _fingerprint(conversation))
        async with self._store.write(principal) as uow:
            if earlier := await _earlier(uow, batch):
                return earlier
            project = await project_of(uow, principal, named.project)
            cast = Cast(uow, principal, self._ids, now)
            user = await cast.user(project.id, named.user)
            session = await cast.session(project.id, user, named.session, drafts[0].occurred_at)
            last = await uow.memories.last_position(session) if session else None
            first = 0 if last is None else last + 1
            placed = [replace(draft, position=first + index) for index, draft in enumerate(drafts)]
            return await self._write(uow, principal, replace(batch, drafts=placed))

    async def update(
        self,
        principal: Principal,
        *,
        memory: MemoryId,
        patch: MemoryPatch,
        expected_version: int | None = None,
        rereading: Rereading = Rereading.REWORDED,
        mode: Mode = Mode.EXTRACT,
    ) -> Memory:
        """Writes a new version, to be read again in this mode. Raises Conflict when `expected_version` is not current.

        A patch that expects no version is laid over whatever extraction wrote meanwhile.
        """
        require(principal, Permission.MEMORY_WRITE)
        edit = _Edit(memory=memory, patch=patch, expected=expected_version, rereading=rereading, mode=mode)
        for _ in range(_EDITS - 1):
            try:
                return await self._edit(principal, edit)
            except errors.Conflict:
                if expected_version is not None:
                    raise
        return await self._edit(principal, edit)

    async def _edit(self, principal: Principal, edit: "_Edit") -> Memory:
        memory, patch, expected_version = edit.memory, edit.patch, edit.expected
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            current = living((await reader.memories.get_many([memory]))[0])
        if expected_version is not None and expected_version != current.version:
            raise errors.Conflict(f"the memory is at version {current.version}, not {expected_version}")
        changed = patched(current, patch, now=now)
        if patch.layer is not UNSET and patch.expires_at is UNSET:
            stay = stay_of(changed.layer, changed.expires_at, now=now, life=self._task_life)
            changed = replace(changed, expires_at=stay.until)
        reworded = (changed.text, changed.title) != (current.text, current.title)
        vectors = await self._vectors.read(await self._passages(principal, changed)) if reworded else None
        read_again = reworded or edit.rereading is Rereading.ALWAYS
        if read_again:
            changed = replace(changed, status=Status.PENDING, skip_reason=None)
        async with self._store.write(principal) as uow:
            await uow.memories.put_many([changed], expected={memory: current.version})
            if vectors is not None:
                await uow.memories.embed_many({memory: vectors[0]})
            if read_again:
                verbatim = [memory] if edit.mode is Mode.VERBATIM else []
                job = extraction(
                    principal, [changed], verbatim=verbatim, embedded=vectors is not None, ids=self._ids, now=now
                )
                await uow.jobs.put_many([job])
            uow.emit(memory_event(EventKind.MEMORY_UPDATED, changed))
            if (changed.layer, changed.expires_at) != (current.layer, current.expires_at):
                await self._carry(uow, changed, now)
        return changed

    async def embedding(self, principal: Principal, *, memory: Memory) -> tuple[float, ...]:
        """The vector by which a memory is found; empty while the model is away."""
        require(principal, Permission.MEMORY_READ)
        vectors = await self._vectors.read(await self._passages(principal, memory))
        return tuple(map(float, vectors[0].vector)) if vectors else ()

    async def _carry(self, uow: UnitOfWork, memory: Memory, now: datetime) -> None:
        """What was drawn from a memory alone stays as long as it does."""
        stay = Stay(memory.layer, memory.expires_at)
        moved = [staying(each, stay, now=now) for each in await drawn_from(uow, [memory])]
        await uow.memories.put_many(moved)
        for each in moved:
            uow.emit(memory_event(EventKind.MEMORY_UPDATED, each))

    async def label_many(
        self, principal: Principal, *, patches: Sequence[tuple[MemoryId, MemoryPatch]]
    ) -> list[Memory | None]:
        """Writes a new version of each at once, at most 1,000; None for what is absent. The words stay as they are."""
        require(principal, Permission.MEMORY_WRITE)
        batch_size("items", len(patches))
        for index, (_, patch) in enumerate(patches):
            if patch.text is not UNSET or patch.title is not UNSET:
                raise errors.invalid(f"items.{index}.text", "is changed one memory at a time")
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            current = await uow.memories.get_many([id_ for id_, _ in patches])
            changed = [
                patched(memory, patch, now=now) if memory and memory.deleted_at is None else None
                for memory, (_, patch) in zip(current, patches, strict=True)
            ]
            written = [memory for memory in changed if memory]
            await uow.memories.put_many(written)
            for memory in written:
                uow.emit(memory_event(EventKind.MEMORY_UPDATED, memory))
        return changed

    async def link(self, principal: Principal, *, links: Sequence[NewLink]) -> list[MemoryLink]:
        """Links memories, at most 100 at once. Idempotent. Raises Invalid where a memory would lead to itself."""
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        edges = [_link(link, index, now) for index, link in enumerate(links)]
        if not 0 < len(edges) <= MAX_LINKS:
            raise errors.invalid("links", f"must be 1 to {MAX_LINKS}", "out_of_range")
        async with self._store.write(principal) as uow:
            ends = list(dict.fromkeys(end for edge in edges for end in (edge.source, edge.target)))
            memories = dict(zip(ends, await uow.memories.get_many(ends), strict=True))
            _demand_ends(edges, memories)
            await _demand_labels(uow, edges, memories)
            await demand_no_circle(uow, edges)
            await uow.memories.link_many(edges)
            for edge in edges:
                uow.emit(memory_event(EventKind.MEMORY_LINKED, living(memories[edge.source]), target=edge.target))
        return edges

    async def unlink(
        self,
        principal: Principal,
        *,
        source: MemoryId,
        target: MemoryId,
        link_type: LinkType,
        label: str | None = None,
    ) -> bool:
        """Whether there was such a link."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.write(principal) as uow:
            memory = living((await uow.memories.get_many([source]))[0])
            removed = await uow.memories.unlink(source, target, link_type, label)
            if removed:
                uow.emit(memory_event(EventKind.MEMORY_LINKED, memory, target=target, removed=True))
            return removed

    def _timed(self, draft: NewMemory) -> NewMemory:
        stay = stay_of(draft.layer, draft.expires_at, now=self._clock.now(), life=self._task_life)
        return replace(draft, expires_at=stay.until)

    async def _store_drafts(self, principal: Principal, drafts: list[NewMemory], key: str | None) -> Remembered:
        batch = await self._batch(principal, drafts, key, _fingerprint(drafts))
        async with self._store.write(principal) as uow:
            return await _earlier(uow, batch) or await self._write(uow, principal, batch)

    async def _batch(
        self, principal: Principal, drafts: Sequence[NewMemory], key: str | None, fingerprint: bytes
    ) -> "_Batch":
        if key is not None:
            key = clean("idempotency_key", key, limit=MAX_REFERENCE)
        vectors = await self._vectors.read(await self._context.of_drafts(principal, drafts))
        return _Batch(drafts=drafts, vectors=vectors, key=key, fingerprint=fingerprint, now=self._clock.now())

    async def _passages(self, principal: Principal, memory: Memory) -> list[Passage]:
        async with self._store.read(principal) as reader:
            return await self._context.of_memories(reader, [memory])

    async def _write(self, uow: UnitOfWork, principal: Principal, batch: "_Batch") -> Remembered:
        roles = await Cast(uow, principal, self._ids, batch.now).assign(batch.drafts)
        await _refuse_repeats(uow, batch.drafts, roles)
        known = await _known(uow, batch.drafts, roles)
        stored: list[Memory] = []
        fresh: dict[MemoryId, int] = {}
        twins: dict[object, Memory] = {}
        for index, (draft, role, earlier) in enumerate(zip(batch.drafts, roles, known, strict=True)):
            twin = _twin_key(draft, role)
            memory = earlier or (twins.get(twin) if twin else None)
            if memory is None:
                memory = memory_of(draft, role, MemoryId(self._ids.new("memory")), batch.now)
                fresh[memory.id] = index
                if twin:
                    twins[twin] = memory
            stored.append(memory)
        new = [stored[index] for index in fresh.values()]
        await _demand_addresses(uow, new, [*fresh.values()] if len(batch.drafts) > 1 else [], batch.now)
        await uow.memories.put_many(new)
        if batch.vectors is not None:
            await uow.memories.embed_many({memory: batch.vectors[index] for memory, index in fresh.items()})
        for memory in new:
            uow.emit(memory_event(EventKind.MEMORY_CREATED, memory))
        job = None
        if new:
            verbatim = [m.id for m in new if batch.drafts[fresh[m.id]].mode is Mode.VERBATIM]
            embedded = batch.vectors is not None
            job = extraction(principal, new, verbatim=verbatim, embedded=embedded, ids=self._ids, now=batch.now)
            await uow.jobs.put_many([job])
        created = tuple(fresh.get(memory.id) == index for index, memory in enumerate(stored))
        result = Remembered(memories=tuple(stored), created=created, job=job)
        await _keep_answer(uow, batch, result)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Drafts that are ready to be written: checked, embedded (None: the model was away), and once only."""

    drafts: Sequence[NewMemory]
    vectors: Sequence[Embedding] | None
    key: str | None
    fingerprint: bytes
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What is to become of a memory."""

    memory: MemoryId
    patch: MemoryPatch
    expected: int | None
    rereading: Rereading
    mode: Mode


async def _earlier(uow: UnitOfWork, batch: _Batch) -> Remembered | None:
    """The answer that the same call got before under this key."""
    found = await uow.idempotency.find(batch.key) if batch.key else None
    if found is None:
        return None
    used_for, answer = found
    if used_for != batch.fingerprint:
        raise errors.Conflict("this idempotency key was used for another input")
    memories = await uow.memories.get_many([MemoryId(id_) for id_ in answer["memories"]])
    job = (await uow.jobs.get_many([JobId(answer["job"])]))[0] if answer["job"] else None
    kept = [(m, new) for m, new in zip(memories, answer["created"], strict=True) if m is not None]
    return Remembered(memories=tuple(m for m, _ in kept), created=tuple(new for _, new in kept), job=job)


async def _keep_answer(uow: UnitOfWork, batch: _Batch, result: Remembered) -> None:
    if batch.key is None:
        return
    answer = {
        "memories": [memory.id for memory in result.memories],
        "created": list(result.created),
        "job": result.job.id if result.job else None,
    }
    await uow.idempotency.keep(batch.key, fingerprint=batch.fingerprint, answer=answer, at=batch.now)


def _fingerprint(given: object) -> bytes:
    return hashlib.sha256(repr(given).encode()).digest()


async def _demand_addresses(uow: UnitOfWork, new: Sequence[Memory], indices: Sequence[int], now: datetime) -> None:
    """Raises Invalid for keypaths at which a memory lives; `indices` are the places of the new ones in a batch."""
    taken = await taken_places(uow, new, now)
    wrong = [
        FieldError(f"memories.{indices[place]}.keypath" if indices else "keypath", TAKEN.format(other=other), "taken")
        for place, other in taken.items()
    ]
    if wrong:
        raise errors.Invalid(*wrong[:100])


async def _refuse_repeats(uow: UnitOfWork, drafts: Sequence[NewMemory], roles: Sequence[Roles]) -> None:
    for draft, role in zip(drafts, roles, strict=True):
        if draft.repeats is not Repeats.REFUSE:
            continue
        (alike,) = await uow.memories.same_words(project=role.project, texts=[draft.text])
        if any(memory and memory.text == draft.text for memory in await uow.memories.get_many(alike)):
            raise errors.Conflict("there is a memory with this text already")


async def _known(uow: UnitOfWork, drafts: Sequence[NewMemory], roles: Sequence[Roles]) -> list[Memory | None]:
    """For each draft the memory it would repeat: the same place of a source, or the same text said of nothing else."""
    ids: list[MemoryId | None] = [None] * len(drafts)
    groups: dict[Roles, list[int]] = {}
    for index, role in enumerate(roles):
        groups.setdefault(role, []).append(index)
    for role, indices in groups.items():
        placed = [i for i in indices if role.source and drafts[i].position is not None]
        if role.source and placed:
            positions = [position for i in placed if (position := drafts[i].position) is not None]
            for i, found in zip(placed, await uow.memories.at_positions(role.source, positions), strict=True):
                ids[i] = found
        loose = [i for i in indices if _twin_key(drafts[i], role)]
        if loose:
            texts = [drafts[i].text for i in loose]
            same = await uow.memories.same_text(project=role.project, user=role.user, texts=texts)
            for i, found in zip(loose, same, strict=True):
                ids[i] = found
    wanted = list(dict.fromkeys(id_ for id_ in ids if id_))
    memories = dict(zip(wanted, await uow.memories.get_many(wanted), strict=True)) if wanted else {}
    known = [memories[id_] if id_ else None for id_ in ids]
    return [None if _ends_early(memory, draft) else memory for memory, draft in zip(known, drafts, strict=True)]


def _ends_early(memory: Memory | None, draft: NewMemory) -> bool:
    """Whether joining the draft to the memory would let what is to stay go with what ends."""
    return memory is not None and draft.position is None and draft.expires_at is None and memory.expires_at is not None


def _twin_key(draft: NewMemory, role: Roles) -> object | None:
    """What makes a draft the repetition of another; None when it has a place or a time of its own."""
    if draft.repeats not in (Repeats.JOIN, Repeats.MERGE) or draft.position is not None:
        return None
    if draft.repeats is Repeats.JOIN and (draft.session is not None or draft.occurred_at is not None):
        return None
    if draft.keypath is not None or draft.expires_at is not None:
        return None
    return (role.project, role.user, normalised(draft.text))


def memory_of(draft: NewMemory, role: Roles, id_: MemoryId, now: datetime) -> Memory:
    return Memory(
        id=id_,
        project=role.project,
        text=draft.text,
        user=role.user,
        agent=role.agent,
        session=role.session,
        source=role.source,
        position=draft.position,
        role=draft.role,
        speaker=draft.speaker,
        title=draft.title,
        summary=draft.summary,
        kind=draft.kind,
        type=draft.type,
        categories=draft.categories,
        tags=draft.tags,
        files=draft.files,
        keypath=draft.keypath,
        importance=DEFAULT_IMPORTANCE if draft.importance is None else draft.importance,
        layer=draft.layer,
        expires_at=draft.expires_at,
        status=Status.PENDING,
        metadata=draft.metadata,
        occurred_at=draft.occurred_at,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        created_at=now,
        updated_at=now,
    )


def _name_of_none(ids: IdFactory) -> str:
    """What a session is called that the caller did not name: no id of ours, which would name another session."""
    return ids.new("session").partition("_")[2]


def _demand_ends(edges: Sequence[MemoryLink], memories: Mapping[MemoryId, Memory | None]) -> None:
    wrong = [
        FieldError(f"links.{index}.{end}", "there is no such memory", "unknown")
        for index, edge in enumerate(edges)
        for end, id_ in (("source", edge.source), ("target", edge.target))
        if (memory := memories[id_]) is None or memory.deleted_at is not None
    ]
    if wrong:
        raise errors.Invalid(*wrong)


async def _demand_labels(
    uow: UnitOfWork, edges: Sequence[MemoryLink], memories: Mapping[MemoryId, Memory | None]
) -> None:
    """Raises Invalid unless each label is one of the relation types of the project that its link starts in."""
    labelled = [
        (place, edge.label, living(memories[edge.source])) for place, edge in enumerate(edges) if edge.label is not None
    ]
    ids = sorted({memory.project for _, _, memory in labelled})
    found = await uow.projects.get_many(ids) if ids else []
    known = {project.id: project.relation_types for project in found if project}
    wrong = [
        FieldError(f"links.{place}.label", f"{label!r} is not one of the project's relation types", "unknown")
        for place, label, memory in labelled
        if label not in known.get(memory.project, ())
    ]
    if wrong:
        raise errors.Invalid(*wrong)


def _link(link: NewLink, index: int, now: datetime) -> MemoryLink:
    if link.source == link.target:
        raise errors.invalid(f"links.{index}.target", "must be another memory than the source")
    if not 0 <= link.confidence <= 1:
        raise errors.invalid(f"links.{index}.confidence", "must be between 0 and 1", "out_of_range")
    try:
        link_type = LinkType(link.type)
    except ValueError:
        raise errors.invalid(f"links.{index}.type", f"{link.type!r} is not a link type", "unknown") from None
    if link.label is not None and link_type is not LinkType.REFERENCES:
        raise errors.invalid(f"links.{index}.label", "goes with links of type references alone")
    return MemoryLink(
        source=link.source,
        target=link.target,
        type=link_type,
        label=link.label,
        confidence=link.confidence,
        created_at=now,
    )
