"""`mnemograph import` of a long conversation: how fast, and with how much memory.

python -m benchmarks.importing
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks import figures, texts
from benchmarks.figures import Report
from benchmarks.server import ROOT, folder, spread_out

MESSAGES = 10_000
_SESSION = 50
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Imported:
    seconds: float
    peak: int


def write_messages(file: Path, count: int = MESSAGES) -> None:
    """JSON lines of 10 users, in sessions of 50 messages, two minutes apart."""
    begun = datetime(2026, 1, 5, 9, tzinfo=UTC)
    with file.open("w", encoding="utf-8") as lines:
        for number, text in enumerate(islice(texts.sentences(4), count)):
            message = {
                "text": text,
                "user": f"user-{number // _SESSION % 10}",
                "session": f"session-{number // _SESSION}",
                "speaker": texts.PEOPLE[number % 2],
                "role": "user",
                "occurred_at": (begun + timedelta(minutes=2 * number)).isoformat(),
            }
            lines.write(json.dumps(message) + "\n")


def imported(file: Path, data: Path, options: Sequence[str]) -> Imported:
    """Raises RuntimeError when the command does not end well."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "import", str(file), "--json", *options],
        cwd=ROOT,
        env={**os.environ, "MNEMOGRAPH_DATA": str(data)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return Imported(time.perf_counter() - started, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def run() -> Report:
    spread_out()
    with folder() as data:
        file = data.parent / "messages.jsonl"
        write_messages(file)
        whole = imported(file, data, ())
        again = imported(file, data, ())
        stored = sum(part.stat().st_size for part in data.glob("mnemograph.db*"))
    with folder() as data:
        file = data.parent / "messages.jsonl"
        write_messages(file)
        texts_only = imported(file, data, ("--no-wait",))
    return Report(
        title="Importing",
        how=f"`mnemograph import` of {MESSAGES:,} messages of some 12 words as JSON lines, into an empty folder, with "
        "all cores; with extraction, and with `--no-wait`, which leaves it to the server's workers.",
        rows=(
            figures.plain("with extraction", MESSAGES / whole.seconds, "/s"),
            figures.plain("with extraction, all of it", whole.seconds, "s"),
            figures.at_most("with extraction, peak memory", whole.peak / _MIB, 600, "MB"),
            figures.plain("findable, extraction still to come", MESSAGES / texts_only.seconds, "/s"),
            figures.at_most("findable, extraction still to come, peak memory", texts_only.peak / _MIB, 600, "MB"),
            figures.plain("the same file again, which adds nothing", MESSAGES / again.seconds, "/s"),
            figures.plain("on disk afterwards", stored / _MIB, "MB"),
        ),
    )


if __name__ == "__main__":
    print(figures.text(run()))
