"""Ingesting: a text that was sent becomes memories, piece by piece, in a job that can be asked after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.domain import errors
from app.domain.principal import Permission, Principal, require
from app.domain.text import unstorable
from app.domain.work import Job, completed, progressed
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.errands import errand
from app.services.inputs import Mode
from app.services.intake import FileForm, Intake, form_of
from app.services.references import project_of
from app.services.transfer import Destination, Transfer
from app.transfer.texts import TextForm, pieces

INGEST_JOB = "ingest"
_TEXT = "text"
_TEXT_FORM = "text_form"
_MAX_REASONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to take in. Its form is told by its name's ending where `form` is None."""

    name: str
    file: bytes
    form: FileForm | None = None
    project: str | None = None
    user: str | None = None
    agent: str | None = None
    categories: tuple[str, ...] = ()
    mode: Mode = Mode.VERBATIM


class Ingest:
    def __init__(
        self, *, store: Store, transfer: Transfer, intake: Intake, clock: Clock, ids: IdFactory, lease: timedelta
    ) -> None:
        self._store, self._transfer, self._intake = store, transfer, intake
        self._clock, self._ids, self._lease = clock, ids, lease

    async def request(self, principal: Principal, *, upload: Upload) -> Job:
        """The job that will do it. Raises Invalid (fields "file" and "name") where there is no text to be read in it."""
        require(principal, Permission.MEMORY_WRITE)
        form = upload.form or form_of(upload.name)
        if form is None:
            raise errors.invalid("name", "has an ending that is not read; .pdf, .docx, .md and .txt are", "unsupported")
        text, text_form = await self._intake.text(upload.file, form=form)
        if not text.strip():
            raise errors.invalid("file", "holds no text", "blank")
        if problem := unstorable(text):
            raise errors.invalid("file", problem, "malformed_text")
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            project = await project_of(uow, principal, upload.project)
            job = errand(
                principal,
                INGEST_JOB,
                project=project.id,
                user=principal.end_user,
                arguments=_arguments(upload, form) | {_TEXT: text, _TEXT_FORM: text_form},
                ids=self._ids,
                now=now,
            )
            await uow.jobs.put_many([job])
        return job

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """The jobs as they ended. One that was stopped goes on where it was; the text is not kept with what is done."""
        require(principal, Permission.MEMORY_WRITE)
        return [await self._take_in(principal, job) for job in jobs]

    async def _take_in(self, principal: Principal, job: Job) -> Job:
        told = job.arguments
        text, form = str(told[_TEXT]), TextForm(told.get(_TEXT_FORM, told["form"]))
        into = Destination(
            project=job.project,
            user=told["user"],
            agent=told["agent"],
            categories=tuple(told["categories"]),
            mode=Mode(told["mode"]),
        )
        digest = hashlib.sha256(f"{told['form']}\x00{text}".encode()).hexdigest()
        found = pieces(text, form=form, name=str(told["name"]))
        added, flaws = int(job.result.get("memories", 0)), list[str]()
        async for loaded in self._transfer.load(principal, digest=digest, title=told["name"], pieces=found, into=into):
            added += loaded.added
            flaws += [f"{flaw.where}: {flaw.reason}" for flaw in loaded.flaws]
            await self._renew(principal, job, added)
        if not added and flaws:
            raise errors.invalid("file", "; ".join(flaws[:_MAX_REASONS]), "malformed")
        result = {"memories": added, "flaws": flaws[:_MAX_REASONS]}
        async with self._store.write(principal) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            rest = {name: value for name, value in held.arguments.items() if name != _TEXT}
            ended = completed(replace(held, arguments=rest), result=result, now=self._clock.now())
            await uow.jobs.put_many([ended])
        return ended

    async def _renew(self, principal: Principal, job: Job, added: int) -> None:
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            held = replace(await uow.jobs.held(job.id, job.fence), result={"memories": added})
            await uow.jobs.put_many(
                [progressed(held, stage="storing", done=0, leased_until=now + self._lease, now=now)]
            )


def _arguments(upload: Upload, form: FileForm) -> dict[str, Any]:
    return {
        "name": upload.name[:200],
        "form": form,
        "user": upload.user,
        "agent": upload.agent,
        "categories": list(upload.categories),
        "mode": upload.mode.value,
    }
