"""The parts of indexing that entry points use."""

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

    async def backlog(self) -> Backlog:
        return await self.outbox.backlog()
