"""`worker_that_dies.py POINT worker --json`: a worker that SIGKILL ends when its indexer comes to the point."""

import os
import signal
import sys
from functools import partialmethod

from app.commands.line import main
from app.indexing.indexer import Indexer

POINT = sys.argv.pop(1)


def dies(point: str) -> None:
    if point == POINT:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    wired = Indexer.__init__
    Indexer.__init__ = partialmethod(wired, at=dies)  # type: ignore[assignment,method-assign]  # wired as ever, but for this
    main()
