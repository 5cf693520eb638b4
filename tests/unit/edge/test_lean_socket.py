import asyncio
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from app.edge.lean_socket import LeanSocket, _Gate, _Inbox
from app.edge.server import server_config


async def nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """An application."""


async def test_uvicorn_still_has_what_is_replaced() -> None:
    config = server_config(nothing)
    theirs = WebSocketsSansIOProtocol(config, ServerState(), {})
    assert isinstance(theirs.queue, asyncio.Queue)
    assert isinstance(theirs.writable, asyncio.Event)
    ours = LeanSocket(config, ServerState(), {})
    assert set(vars(ours)) == set(vars(theirs))


def test_the_server_adds_and_believes_nothing_of_its_own() -> None:
    config = server_config(nothing)
    assert config.ws is LeanSocket
    assert isinstance(config, Config)
    assert not config.proxy_headers
    assert not config.server_header
    assert not config.access_log
    assert not config.ws_per_message_deflate


async def test_an_inbox_hands_on_in_order() -> None:
    inbox = _Inbox()
    assert inbox.empty()
    inbox.put_nowait(1)
    inbox.put_nowait(2)
    assert not inbox.empty()
    assert [await inbox.get(), await inbox.get()] == [1, 2]
    assert inbox.empty()


async def test_an_inbox_wakes_its_reader_and_survives_one_that_gave_up() -> None:
    inbox = _Inbox()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await inbox.get()
    reading = asyncio.ensure_future(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait(1)
    inbox.put_nowait(2)
    assert await reading == 1
    assert await inbox.get() == 2


async def test_a_gate_is_open_until_it_is_shut() -> None:
    gate = _Gate()
    await gate.wait()
    gate.clear()
    gate.clear()
    waiting = asyncio.ensure_future(gate.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    await waiting
    gate.set()
    await gate.wait()
