"""The looks of a composed prompt: plain text, Markdown or chat messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.memory import Memory
from app.services.inputs import PromptFormat, PromptRequest
from app.services.results import Hit, PromptMessage

_FRAME_TOKENS = 4
"""What chat formats add around each message: its role and its delimiters."""

Rendered = tuple[str, tuple[PromptMessage, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A memory that goes into the prompt, under a heading (empty: none)."""

    marker: str
    hit: Hit
    group: str


class Layout(Protocol):
    @property
    def frame(self) -> int:
        """Tokens that each chat message costs beside its content; 0 for texts."""
        ...

    def render(self, entries: Sequence[Entry]) -> Rendered:
        """The whole prompt, and its messages if it has any."""
        ...


def layout_of(request: PromptRequest, now: datetime) -> Layout:
    match request.format:
        case PromptFormat.TEXT:
            return _Text(request, now, template="Known so far:\n{memories}", heading="{}:")
        case PromptFormat.MARKDOWN:
            return _Text(request, now, template="## What is known\n\n{memories}", heading="### {}")
        case PromptFormat.MESSAGES:
            return _Messages(request, now)


class _Text:
    frame = 0

    def __init__(self, request: PromptRequest, now: datetime, *, template: str, heading: str) -> None:
        self._request, self._now, self._heading = request, now, heading
        self._template = request.template or template

    def render(self, entries: Sequence[Entry]) -> Rendered:
        body = _fill(self._template, _blocks(entries, self._heading), self._request.query, self._now)
        instructions = self._request.instructions
        return (f"{instructions}\n\n{body}" if instructions else body), ()


class _Messages:
    frame = _FRAME_TOKENS

    def __init__(self, request: PromptRequest, now: datetime) -> None:
        self._query = request.query
        self._system = _Text(request, now, template="What is known:\n{memories}", heading="{}:")

    def render(self, entries: Sequence[Entry]) -> Rendered:
        system, _ = self._system.render(entries)
        messages = (PromptMessage(role="system", content=system), PromptMessage(role="user", content=self._query))
        return "\n\n".join(message.content for message in messages), messages


_PLACEHOLDER = re.compile(r"\{(memories|query|date)\}")


def _fill(template: str, memories: str, query: str, now: datetime) -> str:
    """Replaces the placeholders in one pass, so that braces inside a memory stay as they are."""
    values = {"memories": memories, "query": query, "date": now.date().isoformat()}
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], template)


def _blocks(entries: Sequence[Entry], heading: str) -> str:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    blocks = []
    for group, members in groups.items():
        lines = [line_of(entry) for entry in members]
        blocks.append("\n".join([heading.format(group), *lines] if group else lines))
    return "\n\n".join(blocks) if blocks else "(nothing)"


def line_of(entry: Entry) -> str:
    """A memory on one line: when, who, what, and its marker."""
    memory = entry.hit.memory
    said = f"{memory.speaker}: {_one_line(memory)}" if memory.speaker else _one_line(memory)
    when = f"({memory.occurred_at.date().isoformat()}) " if memory.occurred_at else ""
    return f"- {when}{said} {entry.marker}"


def _one_line(memory: Memory) -> str:
    text = f"{memory.title}: {memory.text}" if memory.title else memory.text
    return " ".join(text.split())
