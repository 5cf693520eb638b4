"""Filing: a document becomes values at keypaths, one for each of its statements.

The whole text is stored and findable at once; the job that takes it apart lets go of it when its statements stand.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain import errors
from app.domain.account import Project
from app.domain.ids import MemoryId
from app.domain.keypath import MAX_KEYPATH, Place, path_of
from app.domain.memory import MAX_VALUE, Memory
from app.domain.principal import Permission, Principal, require
from app.domain.text import clean, normalised
from app.domain.work import EventKind, Job, completed
from app.extraction.outline import Statement, outline
from app.ports.models import Embedding, Passage
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.addresses import is_living
from app.services.cast import Cast
from app.services.changes import memory_event
from app.services.errands import errand, extraction
from app.services.forget import let_go
from app.services.inputs import NewDocument, NewMemory
from app.services.keypaths import EVENTS
from app.services.results import Filed, Storing
from app.services.revisions import next_revision
from app.services.vectors import Vectors, passage_of

FILE_JOB: Final = "file"
ALIKE: Final = 0.5
"""How much of the words of two statements about one thing is shared where one takes the other's place."""
CANDIDATES: Final = 20
"""How many statements may speak of one thing side by side."""
_WORD: Final = re.compile(r"\w+")


class Filing:
    def __init__(self, *, store: Store, vectors: Vectors, clock: Clock, ids: IdFactory) -> None:
        self._store, self._vectors, self._clock, self._ids = store, vectors, clock, ids

    async def take(self, principal: Principal, *, document: NewDocument) -> Filed:
        """Stores the text and leaves the job that files it."""
        require(principal, Permission.MEMORY_WRITE)
        text = clean("text", document.text, limit=MAX_VALUE)
        labels = {
            name: clean(name, value, limit=200)
            for name, value in (("context", document.context), ("source", document.origin))
            if value and value.strip()
        }
        now = self._clock.now()
        vectors = await self._vectors.read([Passage(passage_of(None, text))])
        async with self._store.write(principal) as uow:
            draft = NewMemory(text="-", project=document.project, user=document.user)
            (role,) = await Cast(uow, principal, self._ids, now).assign([draft])
            id_ = MemoryId(self._ids.new("memory"))
            memory = Memory(
                id=id_,
                project=role.project,
                user=role.user,
                text=text,
                metadata={"source": labels["source"]} if "source" in labels else {},
                created_at=now,
                updated_at=now,
            )
            await uow.memories.put_many([memory])
            if vectors is not None:
                await uow.memories.embed_many({id_: vectors[0]})
            uow.emit(memory_event(EventKind.MEMORY_CREATED, memory))
            job = self._job(principal, memory, labels, now)
            await uow.jobs.put_many([job])
        return Filed(memory=memory, job=job)

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """The jobs as they ended. Safe to run twice: a text that has been let go is not filed again."""
        require(principal, Permission.MEMORY_WRITE)
        return [await self._run(principal, job) for job in jobs]

    async def _run(self, principal: Principal, job: Job) -> Job:
        document = MemoryId(job.arguments["memory"])
        async with self._store.read(principal) as reader:
            (memory,) = await reader.memories.get_many([document])
            (project,) = await reader.projects.get_many([memory.project]) if memory else (None,)
        if memory is None or project is None or memory.deleted_at is not None:
            statements: list[Statement] = []
        else:
            context = job.arguments.get("context")
            statements = await asyncio.to_thread(outline, memory.text, context=context)
        vectors = await self._vectors.read([Passage(passage_of(s.heading, s.text)) for s in statements])
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            result: dict[str, Any] = {"keypaths": [], "created": 0, "conflicts": 0}
            if memory is not None and project is not None and statements:
                desk = _Desk(uow, self._ids, project=project, document=memory, job=job, now=now)
                filed = await desk.file(statements, vectors)
                await self._write(uow, principal, filed, embedded=vectors is not None, now=now)
                number = await next_revision(uow, project.id, now)
                for each in filed:
                    uow.emit(memory_event(EVENTS[each.how], each.memory, project_revision=number))
                noted = {"project_revision": number}
                await let_go(uow, [memory.id], now=now, noted=noted)
                result = _told(filed, number)
            ended = completed(held, result=result, now=self._clock.now())
            await uow.jobs.put_many([ended])
        return ended

    async def _write(
        self, uow: UnitOfWork, principal: Principal, filed: "Sequence[_Filed]", *, embedded: bool, now: datetime
    ) -> None:
        memories = [each.memory for each in filed]
        await uow.memories.put_many(memories)
        if embedded:
            await uow.memories.embed_many({each.memory.id: each.vector for each in filed if each.vector is not None})
        elif memories:
            every = [memory.id for memory in memories]
            job = extraction(principal, memories, verbatim=every, embedded=False, ids=self._ids, now=now)
            await uow.jobs.put_many([job])

    def _job(self, principal: Principal, memory: Memory, labels: dict[str, str], now: datetime) -> Job:
        return errand(
            principal,
            FILE_JOB,
            project=memory.project,
            user=memory.user,
            arguments={"memory": memory.id, **labels},
            ids=self._ids,
            now=now,
        )


@dataclass(frozen=True, slots=True)
class _Filed:
    """A statement at its keypath. `conflicts`: it took the place of another."""

    memory: Memory
    how: Storing
    vector: Embedding | None
    conflicts: bool


class _Desk:
    """Finds each statement its place, inside the unit of work that stores it."""

    def __init__(
        self, uow: UnitOfWork, ids: IdFactory, *, project: Project, document: Memory, job: Job, now: datetime
    ) -> None:
        self._uow, self._ids, self._now = uow, ids, now
        self._project, self._document, self._job = project, document, job
        self._taken: set[str] = set()

    async def file(self, statements: Sequence[Statement], vectors: Sequence[Embedding] | None) -> list[_Filed]:
        """What is to be written; statements that stand already are left out."""
        filed = []
        for index, statement in enumerate(statements):
            found = await self._place(statement)
            if found is not None:
                filed.append(self._filed(statement, *found, vectors[index] if vectors is not None else None))
        return filed

    async def _place(self, statement: Statement) -> tuple[str, Memory | None] | None:
        """A keypath and what is known there; None where the statement stands already."""
        base = path_of(("project", self._project.slug, *statement.path))[: MAX_KEYPATH - 10]
        for number in range(1, CANDIDATES + 1):
            path = base if number == 1 else f"{base}_{number}"
            if path in self._taken:
                continue
            place = Place(project=self._project.id, user=self._document.user, keypath=path)
            present = (await self._uow.keypaths.at([place]))[0]
            living = present if is_living(present, self._now) else None
            if living is not None and normalised(living.text) == normalised(statement.text):
                self._taken.add(path)
                return None
            if living is None or statement.labelled or _alike(living.text, statement.text) or number == CANDIDATES:
                self._taken.add(path)
                return path, present
        raise errors.Invalid(message=f"too many statements about {base}")

    def _filed(self, statement: Statement, path: str, present: Memory | None, vector: Embedding | None) -> _Filed:
        conflicts = is_living(present, self._now)
        metadata = {**self._document.metadata, "ingestion": self._job.id}
        if conflicts and present is not None:
            metadata |= {"conflict_type": "contradiction", "conflict_reason": f"Replaces: {present.text[:200]}"}
        fresh = Memory(
            id=MemoryId(self._ids.new("memory")),
            project=self._project.id,
            user=self._document.user,
            text=statement.text,
            title=statement.heading,
            type="fact",
            categories=("fact",),
            keypath=path,
            metadata=metadata,
            created_at=self._now,
            updated_at=self._now,
        )
        if present is None:
            return _Filed(fresh, Storing.CREATED, vector, conflicts=False)
        again = replace(fresh, id=present.id, created_at=present.created_at, version=present.version + 1)
        how = Storing.SUPERSEDED if conflicts else Storing.REVIVED
        return _Filed(again, how, vector, conflicts)


def _alike(one: str, other: str) -> bool:
    ours, theirs = (set(_WORD.findall(normalised(text))) for text in (one, other))
    return len(ours & theirs) > ALIKE * len(ours | theirs)


def _told(filed: Sequence[_Filed], number: int) -> dict[str, Any]:
    return {
        "keypaths": sorted(each.memory.keypath for each in filed if each.memory.keypath),
        "created": len(filed),
        "conflicts": sum(each.conflicts for each in filed),
        "project_revision": number,
    }
