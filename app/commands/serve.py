"""`mnemograph serve`: the API on this machine."""

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import opening, screen
from app.commands.folder import Serving, announced, shared
from app.commands.options import Data, Json
from app.domain.errors import Unavailable, invalid

if TYPE_CHECKING:
    import uvicorn

    from app.settings import Settings
    from app.web import Web

_BACKLOG = 2_048
_COLLECT = (10_000, 50, 100)
"""Thousands of live sockets are millions of objects that stay: looking through them all took .4 to 1 s each time."""

_CURL = """curl -s {address}/graphql \\
  -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
  -d '{{"query": "mutation {{ addMemory(input: {{text: \\"Maya moved to Oslo in May\\"}}) {{ memory {{ id text }} }} }}"}}'"""


def serve(
    *,
    host: Annotated[
        str | None, typer.Option("--host", envvar="MNEMOGRAPH_HOST", help="Address to listen on [127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", envvar="MNEMOGRAPH_PORT", min=0, max=65_535, help="Port; 0 takes a free one [8000]."),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Run the server until Ctrl-C: GraphQL, live subscriptions, and the jobs behind them."""
    from dataclasses import replace

    settings = opening.settings_for(data)
    settings = replace(
        settings, host=settings.host if host is None else host, port=settings.port if port is None else port
    )
    raise_file_limit()
    gc.set_threshold(*_COLLECT)
    with _listening(settings.host, settings.port) as listener, shared(settings.data):
        serving = Serving(pid=os.getpid(), address=_address(listener))
        with announced(settings.data, serving), asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, listener, serving, as_json=as_json))
    if not as_json:
        screen.aside().print("Stopped.", style="dim")


async def _serve(settings: "Settings", listener: socket.socket, serving: Serving, *, as_json: bool) -> None:
    from app.bootstrap import build
    from app.edge.server import server_config
    from app.logs import configure_logs
    from app.metrics import Metrics
    from app.serving import hooks_of, telling, web_of

    configure_logs(level=settings.log_level, format=settings.log_format)
    metrics = Metrics()
    async with telling(settings, metrics), build(settings, hooks_of(metrics)) as application:
        web = web_of(settings, lambda: nullcontext(application), metrics)
        config = server_config(web, backlog=_BACKLOG)
        first = await application.services.accounts.first_key(application.operator)
        key = first.secret if first else None
        server = _server(config, web, started=lambda: _tell(settings, serving.address, key, as_json=as_json))
        await server.serve(sockets=[listener])
        if not server.started:
            raise Unavailable("the server did not start; its log above says why")


def _server(config: "uvicorn.Config", web: "Web", *, started: Callable[[], None]) -> "uvicorn.Server":
    """A server that says when it listens, and whose signals end it without a traceback."""
    from app.edge.server import Server

    class TellingServer(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """uvicorn raises a caught signal again after a clean end; here a clean end is the end."""
            loop = asyncio.get_running_loop()
            caught = (signal.SIGINT, signal.SIGTERM)
            if sys.platform == "win32":
                with super().capture_signals():
                    yield
                return
            for number in caught:
                loop.add_signal_handler(number, self.handle_exit, number, None)
            try:
                yield
            finally:
                for number in caught:
                    loop.remove_signal_handler(number)

    return TellingServer(config, web)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken before anything else is opened. Raises Unavailable when another program has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as exc:
        raise invalid("host", f"{host!r} is not an address of this machine") from exc
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as exc:
            raise _refused(exc, host, port) from exc
        yield listener


def _refused(exc: OSError, host: str, port: int) -> Exception:
    match exc.errno:
        case errno.EADDRINUSE:
            return Unavailable(f"port {port} on {host} is in use by another program; choose one with --port")
        case errno.EACCES:
            return invalid("port", f"{port} may not be opened by this user; choose one above 1023", "forbidden")
        case _:
            return invalid("host", f"{host} cannot be listened on: {(exc.strerror or str(exc)).lower()}")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - it is what the operator chose; shown as what opens in a browser
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def raise_file_limit() -> tuple[int, int] | None:
    """Every subscriber is an open file: the soft limit goes up to the hard one. The limits now; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65_536)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):
            return soft, hard
    return wanted, hard


def _tell(settings: "Settings", address: str, key: str | None, *, as_json: bool) -> None:
    """Addresses, and the first key, which exists in plain only in the process that made it."""
    live = address.replace("http", "ws", 1)
    if as_json:
        told = {"graphql": f"{address}/graphql", "websocket": f"{live}/graphql", "health": f"{address}/health"}
        screen.write_json({**told, "first_key": key} if key else told)
        return
    out = screen.out()
    out.print(f"Mnemograph listens on {address}", style="bold")
    out.print(f"  GraphQL    {address}/graphql")
    out.print(f"  WebSocket  {live}/graphql")
    out.print(f"  Health     {address}/health")
    out.print(f"  Data       {settings.data.absolute()}")
    if key:
        out.print("\nYour first API key, shown this once (more: `mnemograph keys create`):", style="bold")
        out.print(f"  {key}", style="green")
        out.print("\nTry it:")
        out.print(_CURL.format(address=address, key=key))
    out.print("\nCtrl-C stops it.", style="dim")
    sys.stdout.flush()
