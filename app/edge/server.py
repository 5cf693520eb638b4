"""How the process listens: uvicorn, told to add and to believe nothing of its own."""

import socket
from typing import Protocol

import uvicorn
from starlette.types import ASGIApp

from app.edge.lean_socket import LeanSocket

_LEAVE = 5
_PING = 25.0


def server_config(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0, message_limit: int = 1024 * 1024, backlog: int = 2048
) -> uvicorn.Config:
    """Its own access log would show query strings, its proxy headers would let clients choose their address."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        backlog=backlog,
        lifespan="on",
        http="httptools",
        ws=LeanSocket,
        ws_per_message_deflate=False,
        ws_max_size=message_limit,
        ws_ping_interval=_PING,
        ws_ping_timeout=_PING,
        access_log=False,
        log_config=None,
        log_level="warning",  # below that it tells of sockets with their query strings
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_LEAVE,
    )


class Closing(Protocol):
    """An application that can end its live connections: `app.web.Web`."""

    def close_connections(self) -> None: ...


class Server(uvicorn.Server):
    """Ends streams before it waits for answers to end: a stream has no end of its own."""

    def __init__(self, config: uvicorn.Config, app: Closing) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.close_connections()
        await super().shutdown(sockets)
