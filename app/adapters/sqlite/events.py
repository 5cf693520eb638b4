"""Events and kept answers, as the ports want them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.adapters.records.jobs import KEPT_FOR, event_of
from app.adapters.records.values import dumped, micros
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.event_log import SQL, newest_revision
from app.adapters.sqlite.scope import Parameters, Scoped
from app.domain.ids import ProjectId
from app.domain.work import RecordedEvent


class Events:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def after(self, revision: int, *, project: ProjectId | None, limit: int) -> list[RecordedEvent]:
        asked: Parameters = {"revision": revision, "project": project, "limit": limit}
        return await self._block.run(lambda on: [event_of(row) for row in on.rows(SQL["events_after"], asked)])

    async def numbered(self, revisions: Sequence[int]) -> list[RecordedEvent | None]:
        asked: Parameters = {"revisions": json.dumps(sorted(set(revisions)))}
        rows = await self._block.run(lambda on: on.rows(SQL["events_numbered"], asked))
        found = {row["revision"]: event_of(row) for row in rows}
        return [found.get(revision) for revision in revisions]

    async def revision(self) -> int:
        return await self._block.run(newest_revision)


class Answers:
    """Keys belong to the credential; whoever came without one, to the actor."""

    def __init__(self, block: Block) -> None:
        self._block = block
        principal = block.principal
        self._credential = principal.credential.key or f"actor {principal.actor}"

    async def find(self, key: str) -> tuple[bytes, dict[str, Any]] | None:
        def find(on: Scoped) -> tuple[bytes, dict[str, Any]] | None:
            asked: Parameters = {"credential": self._credential, "name": key, "since": on.now - KEPT_FOR}
            row = on.row(SQL["answer_find"], asked)
            return (row["fingerprint"], json.loads(row["answer"])) if row else None

        return await self._block.run(find)

    async def keep(self, key: str, *, fingerprint: bytes, answer: Mapping[str, Any], at: datetime) -> None:
        values: Parameters = {
            "credential": self._credential,
            "name": key,
            "fingerprint": fingerprint,
            "answer": dumped(answer),
            "at": micros(at),
        }

        def keep(on: Scoped) -> None:
            on.change(SQL["answers_expire"], {"since": on.now - KEPT_FOR})
            on.change(SQL["answer_keep"], values)

        await self._block.run(keep)
