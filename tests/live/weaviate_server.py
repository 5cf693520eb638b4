"""A real Weaviate, where one is set up: its address comes from the environment, as for the app."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import pytest

from app.adapters.runtime import SystemClock
from app.adapters.weaviate.index import WeaviateIndex, open_index
from app.ports.runtime import Clock
from tests.live.freezing import freeze

Test = TypeVar("Test", bound=Callable[..., Any])

URL, GRPC, KEY = (os.environ.get(f"MNEMOGRAPH_WEAVIATE_{name}", "") for name in ("URL", "GRPC", "KEY"))
MISSING = "no Weaviate: set MNEMOGRAPH_WEAVIATE_URL, _GRPC and _KEY (`make services` prints them)"

IN_CI = os.environ.get("CI") == "true"
ROOT = Path(__file__).parents[2]
_START: Final = 60.0

live_weaviate = [pytest.mark.live, *([] if URL or IN_CI else [pytest.mark.skip(reason=MISSING)])]
"""For parameters; `only_live` is the same for whole tests. In CI, where there has to be a server, nothing is skipped."""


def only_live(test: Test) -> Test:
    for mark in live_weaviate:
        test = mark(test)
    return test


def open_live(
    prefix: str, *, model: str = "small", dimension: int = 3, clock: Clock | None = None
) -> AbstractAsyncContextManager[WeaviateIndex]:
    return open_index(
        url=URL,
        grpc=GRPC,
        key=KEY,
        prefix=prefix,
        model=model,
        dimension=dimension,
        clock=clock or SystemClock(),
    )


@contextmanager
def own_prefix() -> Iterator[str]:
    """Collections of our own on a shared server, gone afterwards."""
    if not URL:
        pytest.fail(MISSING)
    prefix = f"Test{secrets.token_hex(4)}"
    yield prefix

    async def erase() -> None:
        async with open_live(prefix) as index:
            await index.erase()

    asyncio.run(erase())


class OwnWeaviate:
    """A server in a folder and on ports of its own, which tests may stop, kill and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, self.grpc_port = _free_port(), _free_port()
        self.key = secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, *, clock: Clock | None = None) -> AbstractAsyncContextManager[WeaviateIndex]:
        return open_index(
            url=f"http://127.0.0.1:{self.port}",
            grpc=f"127.0.0.1:{self.grpc_port}",
            key=self.key,
            prefix="Own",
            model="small",
            dimension=3,
            clock=clock or SystemClock(),
        )

    def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    ROOT / "services" / "run-weaviate",
                    self._folder / "data",
                    str(self.port),
                    str(self.grpc_port),
                    self.key,
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START
        while not self._answers():
            assert time.monotonic() < deadline, f"the Weaviate of the tests did not start: {self._folder / 'log'}"
            time.sleep(0.1)

    def send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def freeze(self) -> None:
        if self._process is not None:
            freeze(self._process.pid)

    def kill(self) -> None:
        if self._process is not None:
            self.send(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/v1/.well-known/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
