"""`RESULTS.md`: a section a program, each with its own stamp; sections that nobody measured stay as they are."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks import figures
from benchmarks.figures import Report

FILE = Path(__file__).with_name("RESULTS.md")
_PACKAGES = ("numpy", "onnxruntime", "spacy", "starlette", "strawberry-graphql", "uvicorn", "websockets")
_HEAD = """# Results

Written by `python -m benchmarks`; goals are those of the design. Ratios hold on any machine, absolute
figures on one like this:

{machine}

Other programs ran beside these where the load before a section says so: it should be near 0.
"""


def keep(report: Report, *, load: float) -> None:
    """Replaces the report's section, or adds it. `load` is how busy the machine was before."""
    sections = {**_sections(), report.title: f"\n*{_stamp()}, load before {load:.1f}*\n\n{figures.markdown(report)}"}
    text = _HEAD.format(machine=_machine()) + "".join(f"\n## {title}\n{body}" for title, body in sections.items())
    FILE.write_text(text, encoding="utf-8")


def _sections() -> dict[str, str]:
    old = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    parts = (part.partition("\n") for part in old.split("\n## ")[1:])
    return {title: body.rstrip("\n") + "\n" for title, _, body in parts}


def _machine() -> str:
    memory = psutil.virtual_memory().total / 1024**3
    parts = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}\n"
        f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {parts}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _stamp() -> str:
    """When, and on what commit."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=FILE.parent
    ).stdout.strip()
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}"
