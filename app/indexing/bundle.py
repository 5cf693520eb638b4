"""The parts of indexing that entry points use."""

import asyncio
from dataclasses import dataclass

from app.indexing.indexer import Indexer
from app.indexing.rebuild import Rebuild
from app.indexing.repair import Repair
from app.ports.indexing import Backlog, Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing:
    """Workers run `indexer` and `repair`; the command line runs `rebuild`."""

    indexer: Indexer
    repair: Repair
    rebuild: Rebuild
    outbox: Outbox

    async def run(self) -> None:
        """Keeps the index in step until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.indexer.run())
            group.create_task(self.repair.run())

    async def backlog(self) -> Backlog:
        return await self.outbox.backlog()
