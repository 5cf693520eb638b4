"""The command line on a data folder of its own: as a child process, or inside this one, which is quicker."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import structlog

from app.commands.line import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class CommandLine(Protocol):
    @property
    def data(self) -> Path: ...

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ended: ...

    def on(self, data: Path) -> "CommandLine":
        """The same command line on another folder."""
        ...


def furnished(data: Path, models: Path) -> Path:
    """A data folder with nothing in it but the model, which takes seconds to be made ready."""
    data.mkdir()
    (data / "models").symlink_to(models)
    return data


@dataclass(frozen=True, slots=True)
class Child:
    """Each command is a process."""

    data: Path

    def on(self, data: Path) -> CommandLine:
        return Child(data)

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ended:
        done = subprocess.run(
            _command(*arguments),
            input=stdin.encode(),
            capture_output=True,
            env=self._environment(**settings),
            cwd=ROOT,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str, **settings: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            _command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(**settings),
            cwd=ROOT,
        )

    def _environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MNEMOGRAPH_")}
        return {**kept, "MNEMOGRAPH_DATA": str(self.data), **settings}


@dataclass(frozen=True, slots=True)
class Inside:
    """Each command is a call of the same entry point, with its own arguments, environment and streams."""

    data: Path
    monkeypatch: pytest.MonkeyPatch

    def on(self, data: Path) -> CommandLine:
        return Inside(data, self.monkeypatch)

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ended:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        code = 0
        with self.monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("MNEMOGRAPH_")]:
                patch.delenv(name)
            for name, value in {"MNEMOGRAPH_DATA": str(self.data), **settings}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["mnemograph", *arguments])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                main()
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 0
            finally:
                structlog.reset_defaults()
        return Ended(code, _written(out), _written(err))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app", *arguments]


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode()
