"""`mnemograph serve`: the API on this machine."""

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import opening, screen
from app.commands.folder import Serving, announced, shared
from app.commands.options import Data, Json
from app.domain.errors import Unavailable, invalid

if TYPE_CHECKING:
    from app.settings import Settings

_GRACE_SECONDS = 10
_BACKLOG = 2_048


def serve(
    *,
    host: Annotated[
        str | None, typer.Option("--host", envvar="MNEMOGRAPH_HOST", help="Address to listen on [127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", envvar="MNEMOGRAPH_PORT", help="Port; 0 takes a free one [8000].")
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
    with _listening(settings.host, settings.port) as listener, shared(settings.data):
        address = _address(settings.host, listener)
        with announced(settings.data, address):
            _run(settings, listener, address, as_json=as_json)
