"""Hands a document to a process of its own. What hostile files can do to a reader stays in there."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from app.adapters.papers.reader import LOCKED, OTHER, TOO_MUCH
from app.adapters.patience import take
from app.domain import errors
from app.ports.papers import PaperForm

SECONDS: Final = 30.0
"""For one document, by the clock."""
AT_ONCE: Final = 2
WAITING: Final = 60.0
"""Seconds in which it must be one's turn."""
_READER: Final = Path(__file__).with_name("reader.py")
_PROBLEMS: Final = {
    LOCKED: ("is locked with a password", "locked"),
    OTHER: ("is damaged, or no {form} document", "malformed"),
    TOO_MUCH: ("holds more text than is read of one document", "too_long"),
}


class Desk:
    """`seconds` is how long one document may take."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._seconds = seconds

    async def markdown(self, data: bytes, *, form: PaperForm) -> str:
        await take(self._room, seconds=WAITING, late="too many documents are waiting to be read")
        try:
            status, said = await self._read(data, form)
        finally:
            self._room.release()
        if status:
            problem, code = _PROBLEMS.get(status, ("takes too much time or room to be read", "too_long"))
            raise errors.invalid("file", problem.format(form=form), code)
        return said.decode()

    async def _read(self, data: bytes, form: PaperForm) -> tuple[int, bytes]:
        """Its exit status, 0 when all went well, and what it wrote. It is told nothing of our surroundings."""
        reader = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_READER), form),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        try:
            async with asyncio.timeout(self._seconds):
                said, _ = await reader.communicate(data)
        except TimeoutError:
            return -1, b""
        finally:
            if reader.returncode is None:
                reader.kill()
                await reader.wait()
        return reader.returncode or 0, said
