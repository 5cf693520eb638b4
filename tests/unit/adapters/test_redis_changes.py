"""A subscription that hears nothing is given up, however alive its connection looks."""

import asyncio
from typing import Any

import pytest
from broadcaster import Event

from app.adapters.redis.changes import Changes
from app.adapters.redis.clients import COMMANDS, client_of
from app.adapters.redis.links import Link
from app.adapters.redis.wire import Wire
from app.adapters.runtime import LoopSignal, SystemClock
from app.domain import errors


class Pipe(Wire):
    """A wire that stays in this process. It delivers what is published, as long as it hears."""

    def __init__(self, *, deaf: bool) -> None:
        nowhere = client_of("redis://127.0.0.1:1/0", socket_timeout=COMMANDS)
        super().__init__(reading=nowhere, commands=nowhere, channel="c")
        self._deaf = deaf
        self._said: asyncio.Queue[Event] = asyncio.Queue()
        self.published: list[Any] = []

    async def connect(self) -> None:
        """It is there."""

    async def publish(self, channel: str, message: Any) -> None:
        self.published.append(message)
        if not self._deaf:
            await self._said.put(Event(channel, message))

    async def next_published(self) -> Event:
        return await self._said.get()

    async def lose(self, why: str) -> None:
        self.lost = errors.Unavailable(why)
        await self._said.put(Event("c", ""))


def changes_over(pipe: Pipe, signal: LoopSignal | None = None) -> tuple[Changes, Link]:
    link = Link("changes", SystemClock())
    changes = Changes(
        wire=lambda: pipe, channel="c", token="me", link=link, signal=signal or LoopSignal(), silence=0.01
    )
    return changes, link


async def test_a_subscription_that_does_not_hear_its_own_heartbeat_ends() -> None:
    pipe = Pipe(deaf=True)
    changes, link = changes_over(pipe)
    async with asyncio.timeout(5):
        with pytest.raises(errors.Unavailable, match="delivers nothing"):
            await changes.listen()
    assert pipe.published == ["."]
    assert link.state.connected_since == link.state.heard_at


async def test_one_that_hears_it_stays() -> None:
    pipe = Pipe(deaf=False)
    changes, link = changes_over(pipe)
    listening = asyncio.create_task(changes.listen())
    async with asyncio.timeout(5):
        while len(pipe.published) < 5:  # noqa: ASYNC110 - it is asked from outside
            await asyncio.sleep(0.01)
    assert not listening.done()
    assert link.state.connected_since is not None
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


async def test_a_lost_connection_ends_the_session_and_says_why() -> None:
    pipe = Pipe(deaf=False)
    changes, _ = changes_over(pipe)
    listening = asyncio.create_task(changes.listen())
    await asyncio.sleep(0)
    await pipe.lose("the cable was cut")
    with pytest.raises(errors.Unavailable, match="the cable was cut"):
        await listening


async def test_only_what_others_say_wakes() -> None:
    pipe, signal = Pipe(deaf=False), LoopSignal()
    changes, _ = changes_over(pipe, signal)
    listening = asyncio.create_task(changes.listen())
    await asyncio.sleep(0)
    await signal.wait(5)
    for said in ("me", "."):
        await pipe.publish("c", said)
    waiting = asyncio.create_task(signal.wait(5))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await pipe.publish("c", "another process")
    async with asyncio.timeout(4):
        await waiting
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


async def test_a_link_goes_on_whatever_goes_wrong_in_its_session() -> None:
    link = Link("test", SystemClock())
    tried: list[str] = []

    async def session() -> None:
        tried.append(link.state.problem)
        match len(tried):
            case 1:
                raise errors.Unavailable("away")
            case 2:
                link.heard()
                raise ConnectionResetError
            case 3:
                raise KeyError("a bug")
            case _:
                link.heard()
                await asyncio.Event().wait()

    keeping = asyncio.create_task(link.keep(session))
    async with asyncio.timeout(5):
        while len(tried) < 4:  # noqa: ASYNC110 - it is asked from outside
            await asyncio.sleep(0.01)
    assert tried == ["not connected yet", "away", "Redis does not answer", "it went wrong; the log says how"]
    assert link.state.problem == ""
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_a_failure_while_it_closes_does_not_keep_a_link_alive() -> None:
    link = Link("test", SystemClock())
    begun = asyncio.Event()

    async def session() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ConnectionResetError

    keeping = asyncio.create_task(link.keep(session))
    await begun.wait()
    keeping.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await keeping
