"""`worker_that_dies.py SIGNAL POINT worker --json`: a worker that a signal meets at a point of indexing.

The points: "claimed" some marks, "writing" what it has read of them, "written" it.
"""

import os
import signal
import sys
from collections.abc import Sequence
from functools import partialmethod

from app.adapters.weaviate.writer import WeaviateWriter
from app.commands.line import main
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.indexer import Indexer
from app.ports.indexing import Document

SIGNAL, POINT = signal.Signals[sys.argv.pop(1)], sys.argv.pop(1)
_wired, _put = Indexer.__init__, WeaviateWriter.put


def met(point: str) -> None:
    """Once: who was halted there goes on afterwards as if nothing had been."""
    global POINT  # noqa: PLW0603 - the program is this one thing
    if point == POINT:
        POINT = ""
        os.kill(os.getpid(), SIGNAL)


async def put(self: WeaviateWriter, tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
    met("writing")
    return await _put(self, tenant, documents)


if __name__ == "__main__":
    Indexer.__init__ = partialmethod(_wired, at=met)  # type: ignore[assignment,method-assign]  # wired as ever, but for this
    WeaviateWriter.put = put  # type: ignore[method-assign]  # likewise
    main()
