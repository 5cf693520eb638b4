"""Other programs, and what we tell the person who started us."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class Trouble(Exception):
    """What is wrong and what to do about it, in words for the person who started us."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def need(program: str, why: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Trouble(f"{program} was not found: {why}")
    return found


def output(*argv: str) -> str:
    """What a short program printed; empty when it failed or is not there."""
    if shutil.which(argv[0]) is None:
        return ""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 - our own fixed command lines
    return done.stdout if done.returncode == 0 else ""


def run(*argv: str, log: Path, environ: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
    """Runs a long program with its output in `log`. Raises Trouble with the end of it."""
    with log.open("w", encoding="utf-8") as sink:
        done = subprocess.run(argv, stdout=sink, stderr=sink, env=environ, cwd=folder, check=False)  # noqa: S603 - our own fixed command lines
    if done.returncode:
        raise Trouble(f"{Path(argv[0]).name} failed with {done.returncode} (all of it: {log})\n{tail(log)}")


def tail(log: Path) -> str:
    if not log.exists():
        return ""
    lines = log.read_text("utf-8", errors="replace").splitlines()[-15:]
    return "\n".join(f"    {line[:300]}" for line in lines)
