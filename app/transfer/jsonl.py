"""JSON lines: one memory, or one conversation, a line."""

import json
from collections.abc import Iterable, Iterator

from app.transfer import conversation
from app.transfer.entry import Flaw, Piece
from app.transfer.fields import entry_of, kind_of


def read(lines: Iterable[str], *, name: str) -> Iterator[Piece]:
    """Pieces line by line; a line that cannot be read is a flaw and the next one is read on.

    A line is an object (see `app.transfer.fields` for its names) or a conversation with `messages`.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield from _line(line, where=f"line {number}", name=f"{name}#{number}")


def _line(line: str, *, where: str, name: str) -> Iterator[Piece]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as exc:
        yield Flaw(where=where, reason=f"is not JSON: {exc.msg.lower()} at character {exc.colno}")
        return
    except RecursionError:
        yield Flaw(where=where, reason="is nested too deeply")
        return
    except ValueError as exc:
        yield Flaw(where=where, reason=f"is not JSON: {exc}")
        return
    if not isinstance(record, dict):
        yield Flaw(where=where, reason=f"is {kind_of(record)}, not an object")
    elif isinstance(record.get("messages"), list):
        yield from conversation.turns(record, where=where, session=name)
    else:
        yield entry_of(record, where=where)
