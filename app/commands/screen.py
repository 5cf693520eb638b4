"""What people see: consoles, and text that is safe to print."""

import json
import re
import sys
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from app.services.transfer import Record

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_UNCUT = 10_000
_EIGHTHS = " ▏▎▍▌▋▊▉"


def out() -> "Console":
    """Answers go here. Without a terminal there is no colour, and lines are not cut."""
    return _console(sys.stdout)


def aside() -> "Console":
    """Everything that is not the answer: stderr."""
    return _console(sys.stderr)


@cache
def _console(file: TextIO) -> "Console":
    from rich.console import Console

    if file.isatty():
        return Console(file=file, highlight=False, emoji=False, markup=False)
    return Console(file=file, highlight=False, emoji=False, markup=False, soft_wrap=True, width=_UNCUT)


def write_json(document: Any) -> None:
    """One JSON document on one line."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """Stored text without what would steer a terminal or turn the reading direction."""
    return _UNPRINTABLE.sub("�", text)


def one_line(text: str, *, width: int) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= width else line[: width - 1] + "…"


def indented(text: str, *, style: str = "") -> None:
    """A paragraph under a heading: wrapped on a terminal, line for line elsewhere."""
    from rich.padding import Padding
    from rich.text import Text

    if out().is_terminal:
        out().print(Padding(Text(text, style=style), (0, 0, 0, 3), expand=False))
    else:
        out().print("\n".join(f"   {line}" for line in text.splitlines()))


def bar(share: float, *, width: int = 10) -> str:
    """A share of 0..1 as a bar of block characters."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[part].strip() if part else "")).ljust(width)


def day(value: datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(UTC).day} {value.astimezone(UTC):%b %Y}"


def about(record: "Record") -> str:
    """What goes with a memory's text, in a line."""
    memory = record.memory
    parts = [day(memory.occurred_at), memory.speaker, record.user, record.session, memory.title, memory.type]
    parts += [f"#{tag}" for tag in memory.tags]
    if memory.valid_to is not None:
        parts.append(f"true until {day(memory.valid_to)}")
    if record.entities:
        parts.append("→ " + ", ".join(record.entities[:8]))
    return " · ".join(one_line(part, width=80) for part in parts if part)


def count(number: int, noun: str) -> str:
    """`1 memory`, `2 memories`."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number:,} {plural}"


def table(*columns: str) -> "Table":
    """A table without frames; the last column takes the room that is left."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made
