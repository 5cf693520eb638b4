"""Markdown: each section is a memory, titled by the path of its headings."""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from app.domain.memory import MAX_TITLE
from app.transfer.chunks import chunks
from app.transfer.entry import Piece
from app.transfer.fields import entry_of

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SETTING = re.compile(r"([A-Za-z_][\w-]*)\s*:\s*(.*)$")
_FRONT = ("title", "user", "agent", "session", "tags", "categories", "date", "type", "importance", "keypath")
_FRONT_LIMIT = 200


def read(lines: Iterable[str]) -> Iterator[Piece]:
    """Sections in order; long ones are cut between paragraphs. Front matter sets fields of all of them.

    Front matter may hold `title` (the first part of every title), `user`, `agent`, `session`, `tags`,
    `categories`, `date`, `type`, `importance` and `keypath` (of the first part; the others are numbered below it);
    other lines of it are passed over.
    """
    numbered = list(enumerate((line.rstrip("\r\n") for line in lines), start=1))
    front, numbered = _front_matter(numbered)
    root, keypath = front.pop("title", None), front.pop("keypath", None)
    parts = count(1)
    for number, path, paragraphs in _sections(numbered):
        titles = [title for title in (root, *path) if title]
        title = {"title": " › ".join(dict.fromkeys(titles))[:MAX_TITLE]} if titles else {}
        for part in chunks(paragraphs):
            address = _address(keypath, next(parts))
            yield entry_of({**front, **title, **address, "text": part}, where=f"line {number}")


def _address(keypath: str | None, part: int) -> dict[str, str]:
    """One memory stands at a keypath: the first part of the file; the others stand below it, numbered from 2."""
    if keypath is None:
        return {}
    return {"keypath": keypath if part == 1 else f"{keypath}.{part}"}


def _front_matter(lines: list[tuple[int, str]]) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    if not lines or lines[0][1].strip() != "---":
        return {}, lines
    for place, (_, line) in enumerate(lines[1 : _FRONT_LIMIT + 1], start=1):
        if line.strip() in ("---", "..."):
            return _settings([text for _, text in lines[1:place]]), lines[place + 1 :]
    return {}, lines


def _settings(lines: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    name = ""
    for line in lines:
        if line.lstrip().startswith("- ") and name and isinstance(found.get(name, []), list):
            found.setdefault(name, []).append(_bare(line.lstrip()[2:]))
        elif match := _SETTING.match(line):
            name = match[1].lower()
            if name in _FRONT and match[2]:
                found[name] = _value(name, match[2])
    return {name: value for name, value in found.items() if name in _FRONT}


def _value(name: str, text: str) -> Any:
    if name in ("tags", "categories"):
        return [item for part in text.strip().strip("[]").split(",") if (item := _bare(part))]
    if name == "importance":
        try:
            return float(text)
        except ValueError:
            return text
    return _bare(text)


def _bare(text: str) -> str:
    return text.strip().strip("\"'").strip()


def _sections(lines: list[tuple[int, str]]) -> Iterator[tuple[int, list[str], list[str]]]:
    """Number of a section's first line of text, the headings above it, and its paragraphs."""
    path: list[tuple[int, str]] = []
    start, paragraphs, waiting, fence = 0, list[str](), list[str](), ""
    for number, line in lines:
        heading = None if fence else _HEADING.match(line)
        if heading or (not line.strip() and not fence):
            if waiting:
                paragraphs.append("\n".join(waiting))
                waiting = []
            if heading:
                if paragraphs:
                    yield start, [title for _, title in path], paragraphs
                paragraphs, level = [], len(heading[1])
                path = [above for above in path if above[0] < level] + [(level, heading[2].strip())]
            continue
        start = start if paragraphs or waiting else number
        waiting.append(line.rstrip())
        fence = _fence_after(fence, line)
    if waiting:
        paragraphs.append("\n".join(waiting))
    if paragraphs:
        yield start, [title for _, title in path], paragraphs


def _fence_after(fence: str, line: str) -> str:
    match = _FENCE.match(line)
    if not match:
        return fence
    if not fence:
        return match[1]
    closes = match[1][0] == fence[0] and len(match[1]) >= len(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence
