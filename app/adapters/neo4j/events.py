"""Events and kept answers, as the ports want them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.statements import statements
from app.adapters.records.jobs import KEPT_FOR, event_of
from app.adapters.records.values import dumped, micros
from app.domain.ids import ProjectId
from app.domain.work import RecordedEvent

CYPHER: Final = statements("events")


class Events:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def after(self, revision: int, *, project: ProjectId | None, limit: int) -> list[RecordedEvent]:
        asked = {"revision": revision, "project": project, "limit": limit}
        return [event_of(row) for row in await self._block.rows(CYPHER["events_after"], asked)]

    async def numbered(self, revisions: Sequence[int]) -> list[RecordedEvent | None]:
        asked = {"revisions": sorted(set(revisions))}
        rows = await self._block.rows(CYPHER["events_numbered"], asked)
        found = {row["revision"]: event_of(row) for row in rows}
        return [found.get(revision) for revision in revisions]

    async def revision(self) -> int:
        row = await self._block.row(CYPHER["revision"])
        return row["revision"] if row else 0


class Answers:
    """Keys belong to the credential; whoever came without one, to the actor."""

    def __init__(self, block: Block) -> None:
        self._block = block
        principal = block.principal
        self._credential = principal.credential.key or f"actor {principal.actor}"

    async def find(self, key: str) -> tuple[bytes, dict[str, Any]] | None:
        asked = {"credential": self._credential, "name": key, "since": self._block.now - KEPT_FOR}
        row = await self._block.row(CYPHER["answer_find"], asked)
        return (row["fingerprint"], json.loads(row["answer"])) if row else None

    async def keep(self, key: str, *, fingerprint: bytes, answer: Mapping[str, Any], at: datetime) -> None:
        values = {
            "credential": self._credential,
            "name": key,
            "fingerprint": fingerprint,
            "answer": dumped(answer),
            "at": micros(at),
            "since": self._block.now - KEPT_FOR,
        }
        await self._block.rows(CYPHER["answer_keep"], values)
