"""Conversations in JSON: our own shape, chat completions, and exports of chat applications."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.transfer.entry import Flaw, Piece
from app.transfer.fields import entry_of, kind_of, text_of

_PASSED_OVER = frozenset({"system", "developer", "tool", "function"})
"""Roles whose messages instruct a model or answer it; they are no part of what was said."""


def turns(record: Mapping[str, Any], *, where: str, session: str) -> Iterator[Piece]:
    """The messages of `{"messages": [{role, content|text, name, time}], …}`, each an entry.

    `user`, `agent`, `session` (or `id`), `time` and `tags` beside the messages hold for all of them.
    Messages without text (calls of tools, pictures) and those of systems and tools are passed over.
    """
    shared = {
        "user": _first(record, "user", "user_id"),
        "agent": _first(record, "agent", "agent_id"),
        "session": _first(record, "session", "session_id", "conversation_id", "thread_id", "id", "title") or session,
        "occurred_at": _first(record, "time", "timestamp", "date", "occurred_at", "created_at", "create_time"),
        "tags": _first(record, "tags"),
        "role": "user",
    }
    defaults = {name: value for name, value in shared.items() if value is not None}
    for number, message in enumerate(record["messages"], start=1):
        place = f"{where}, message {number}"
        if not isinstance(message, dict):
            yield Flaw(where=place, reason=f"is {kind_of(message)}, not an object")
        elif _speaks(message):
            yield entry_of(message, where=place, defaults=defaults)


def tree(record: Mapping[str, Any], *, where: str, session: str) -> Iterator[Piece]:
    """The current branch of a conversation kept as a `mapping` of nodes, as chat applications export it."""
    nodes = record["mapping"]
    branch: list[Mapping[str, Any]] = []
    node_id, seen = record.get("current_node") or _last_leaf(nodes), set[str]()
    while isinstance(node_id, str) and node_id in nodes and node_id not in seen:
        seen.add(node_id)
        node = nodes[node_id]
        message = node.get("message") if isinstance(node, dict) else None
        if isinstance(message, dict):
            branch.append(_flat(message))
        node_id = node.get("parent") if isinstance(node, dict) else None
    branch.reverse()
    about = {name: record.get(name) for name in ("id", "conversation_id", "title", "create_time")}
    yield from turns({**about, "messages": branch}, where=where, session=session)


def is_message(record: Any) -> bool:
    """Whether an object is one message of a conversation rather than a memory."""
    return isinstance(record, dict) and "role" in record and ("content" in record or "text" in record)


def _flat(message: Mapping[str, Any]) -> dict[str, Any]:
    author = message.get("author")
    return {
        "role": author.get("role") if isinstance(author, dict) else None,
        "name": author.get("name") if isinstance(author, dict) else None,
        "content": text_of(message.get("content")),
        "time": message.get("create_time"),
    }


def _speaks(message: Mapping[str, Any]) -> bool:
    said = next((message[name] for name in ("content", "text", "message", "memory") if name in message), None)
    if message.get("role") in _PASSED_OVER:
        return False
    return isinstance(said, str) or text_of(said) is not None


def _last_leaf(nodes: Mapping[str, Any]) -> str | None:
    leaves = [name for name, node in nodes.items() if isinstance(node, dict) and not node.get("children")]
    return leaves[-1] if leaves else None


def _first(record: Mapping[str, Any], *names: str) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)
