"""A process that writes memories to a file until it is killed or done, saying what was acknowledged.

`python -m tests.contracts.writing_process FILE NAME COUNT` prints one id a line, after its commit.
"""

import asyncio
import sys
from pathlib import Path

from app.adapters.sqlite.store import open_store
from app.domain.ids import MemoryId
from tests.builders import a_memory, a_principal, an_embedding, an_event
from tests.fakes import FixedClock


async def write(path: Path, name: str, count: int) -> None:
    async with open_store(path, clock=FixedClock()) as store:
        for number in range(count):
            memory = MemoryId(f"mem_{name}_{number}")
            async with store.write(a_principal()) as uow:
                await uow.memories.put_many([a_memory(id=memory, text=f"Tea number {number} of {name}")])
                await uow.memories.embed_many({memory: an_embedding(1, number)})
                uow.emit(an_event(subject=memory))
            sys.stdout.write(f"{memory}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
