"""A process that commits events to a SQLite file and hints at them over Redis: FILE URL PREFIX COUNT."""

import asyncio
import sys
from pathlib import Path

from app.adapters.sqlite.store import open_store
from tests.builders import a_principal, an_event
from tests.fakes import FixedClock
from tests.live.redis_server import Process


async def commit(path: Path, url: str, prefix: str, count: int) -> None:
    async with (
        Process(url=url, prefix=prefix).opened() as messaging,
        open_store(path, clock=FixedClock(), on_commit=messaging.committed) as store,
    ):
        for number in range(count):
            async with store.write(a_principal()) as uow:
                uow.emit(an_event(subject=f"mem_{number}"))


if __name__ == "__main__":
    asyncio.run(commit(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
