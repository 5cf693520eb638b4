"""A real Redis: the shared one, whose address comes from the environment as for the app, or one of our own to break."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from redis import Redis

from app.adapters.local_limiter import LocalLimiter
from app.adapters.redis.messaging import RedisMessaging, open_redis
from app.adapters.runtime import LoopSignal, SystemClock
from tests.live.freezing import freeze

Test = TypeVar("Test", bound=Callable[..., Any])

URL = os.environ.get("MNEMOGRAPH_REDIS_URL", "")
PASSWORD = "of-the-tests"
MISSING = "no Redis: set MNEMOGRAPH_REDIS_URL (`make services` prints it)"

live_redis = [pytest.mark.live, pytest.mark.skipif(not URL, reason=MISSING)]
"""For parameters; `only_live` is the same for whole tests."""


def only_live(test: Test) -> Test:
    for mark in live_redis:
        test = mark(test)
    return test


def only_own(test: Test) -> Test:
    """For what starts a Redis of its own."""
    missing = shutil.which("redis-server") is None
    test = pytest.mark.skipif(missing, reason="no redis-server here to start and to break")(test)
    return only_live(test)


@contextmanager
def own_prefix() -> Iterator[str]:
    """Keys of our own on a shared server, gone afterwards."""
    prefix = f"test-{secrets.token_hex(4)}"
    yield prefix
    with Redis.from_url(URL) as client:
        for key in client.scan_iter(f"{prefix}:*"):
            client.delete(key)


@dataclass(frozen=True, slots=True)
class Process:
    """Signals and messaging of one process of ours, as bootstrap wires them."""

    url: str
    prefix: str
    silence: float = 5.0
    changes: LoopSignal = field(default_factory=LoopSignal)
    wake_runner: LoopSignal = field(default_factory=LoopSignal)

    def opened(self) -> AbstractAsyncContextManager[RedisMessaging]:
        clock = SystemClock()
        return open_redis(
            url=self.url,
            prefix=self.prefix,
            clock=clock,
            changes=self.changes,
            jobs=self.wake_runner,
            limiter=LocalLimiter(clock),
            silence=self.silence,
        )


class OwnRedis:
    """A server on a port of its own, which tests may stop, freeze and empty."""

    def __init__(self, *options: str, password: str) -> None:
        self._options, self._password = options, password
        self._port = _free_port()
        self.url = f"redis://:{password}@127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""),
                *("--requirepass", self._password, *self._options),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the Redis of the tests did not start")

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(20)
            self._process = None

    def freeze(self) -> None:
        """It holds its connections and says nothing."""
        if self._process is not None:
            freeze(self._process.pid)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)


@contextmanager
def running_redis(*options: str, password: str = PASSWORD) -> Iterator[OwnRedis]:
    server = OwnRedis(*options, password=password)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
