"""Connections that are kept up end when they are told to."""

import asyncio
import contextlib

from app.adapters.redis.links import ended


async def test_a_cancellation_that_was_swallowed_is_said_again() -> None:
    deaf, swallowed = asyncio.Event(), 0

    async def connecting() -> None:
        nonlocal swallowed
        while swallowed < 2:
            with contextlib.suppress(asyncio.CancelledError):
                deaf.set()
                await asyncio.sleep(60)
            swallowed += 1
        await asyncio.sleep(60)

    async def listening() -> None:
        await asyncio.sleep(60)

    tasks = [asyncio.create_task(connecting()), asyncio.create_task(listening())]
    await deaf.wait()
    await ended(tasks, within=3.0)
    assert [task.cancelled() for task in tasks] == [True, True]
    assert swallowed == 2
