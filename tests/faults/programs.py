"""Processes that tests start, kill, freeze and start again, always with the same command."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.live.freezing import freeze

ROOT: Final = Path(__file__).parents[2]
_START: Final = 300.0
_END: Final = 30.0
_given: set[int] = set()


class Program:
    """`ready` says whether it serves; what it writes goes to a log of its own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        folder: Path,
        ready: Callable[["Program"], bool],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self._command, self._ready = name, list(map(str, command)), ready
        self._log = folder / f"{name}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._from = 0

    @property
    def pid(self) -> int:
        return self._alive().pid

    @property
    def said(self) -> str:
        """What it wrote since its last start."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    def begin(self) -> None:
        """Starts it without waiting."""
        with self._log.open("ab") as log:
            self._from = log.tell()
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self, seconds: float = _START) -> None:
        """Until it serves. One that ended because what it needs was away is started again, as a supervisor would."""
        deadline = time.monotonic() + seconds
        while not self._ready(self):
            assert time.monotonic() < deadline, f"{self.name} did not start: {self._log}"
            time.sleep(0.1)
            if self.ended:
                time.sleep(0.3)
                self.begin()

    def start(self) -> None:
        self.begin()
        self.wait()

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_END)
            self._process = None

    def stop(self) -> int:
        """SIGTERM, as an operator would; the exit code."""
        process = self._alive()
        process.terminate()
        code = process.wait(_END)
        self._process = None
        return code

    def dies(self, seconds: float = _START) -> None:
        """Waits until it has ended by itself."""
        self._alive().wait(seconds)
        self._process = None

    def halts(self, seconds: float = _START) -> None:
        """Waits until it has stopped itself with SIGSTOP."""
        deadline = time.monotonic() + seconds
        while "State:\tT" not in Path(f"/proc/{self.pid}/status").read_text("utf-8"):
            assert time.monotonic() < deadline, f"{self.name} was never there: {self._log}"
            time.sleep(0.05)

    def freeze(self) -> None:
        freeze(self._alive().pid)

    def thaw(self) -> None:
        self._alive().send_signal(signal.SIGCONT)

    @property
    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _alive(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, f"{self.name} does not run"
        return self._process


@contextmanager
def own_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A file system of its own for a folder, so that it can be filled; False where this user may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def ballast(folder: Path) -> Iterator[None]:
    """Fills the file system of the folder to the last byte, and makes room again."""
    heavy = folder / "ballast"
    with heavy.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"0" * size)
    try:
        yield
    finally:
        heavy.unlink()


def free_port() -> int:
    """Below those that outgoing connections take: a server that is away must find it free when it comes back."""
    for port in range(10_000 + os.getpid() % 7_000, 19_000):
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)):
                _given.add(port)
                return port
    raise AssertionError("no port is free")
