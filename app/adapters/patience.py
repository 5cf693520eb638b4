"""Waiting for one's turn, but not for ever."""

import asyncio

from app.domain.errors import Unavailable


async def take(turn: asyncio.Lock | asyncio.Semaphore, *, seconds: float, late: str) -> None:
    """Acquires it, for the caller to release. Raises Unavailable, which says `late`, when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            await turn.acquire()
    except TimeoutError:
        raise Unavailable(late) from None
