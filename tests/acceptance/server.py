"""The real server as a process: started, spoken to over HTTP, and killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
STARTUP_SECONDS = 60


class Server:
    """A running `mnemograph serve` on a free port of the loopback address."""

    def __init__(self, data: Path, key: str | None = None, **environment: str) -> None:
        settings = {f"MNEMOGRAPH_{name.upper()}": value for name, value in environment.items()}
        self._log = (data.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0", "--json"],
            cwd=ROOT,
            env={**os.environ, "MNEMOGRAPH_DATA": str(data), **settings},
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        told = json.loads(self._first_line())
        self.url: str = told["graphql"]
        self.address = self.url.removesuffix("/graphql")
        self.key: str = told.get("first_key") or key or ""

    def _first_line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start, exit code {self.process.wait(STARTUP_SECONDS)}")
        return line

    def ask(self, client: httpx.Client, document: str, /, **variables: Any) -> dict[str, Any]:
        """The data of an operation; raises AssertionError on any error."""
        answer = client.post(
            self.url,
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self.key}", "Accept": "application/json"},
        )
        body: dict[str, Any] = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        self.process.kill()
        self.ended()

    def stop(self) -> int:
        """SIGTERM, as an operator would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """The exit code, when it has ended."""
        code = self.process.wait(STARTUP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._log.close()
        return code


@contextmanager
def running(data: Path, key: str | None = None, **environment: str) -> Iterator[Server]:
    server = Server(data, key, **environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def until(condition: Any, *, seconds: float = 60) -> Any:
    """The first truthy answer of `condition`, asked again and again; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"it did not happen within {seconds} s")
