"""What a client asks: a document, variables, the name of an operation; read from a body, a query string or a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.edge.answers import Refusal
from app.edge.strict_json import read_json


@dataclass(frozen=True, slots=True)
class Asked:
    query: str
    variables: dict[str, Any]
    operation_name: str | None


def from_body(raw: bytes) -> Asked:
    """Raises Refusal with status 400."""
    if not raw:
        raise _bad("The body is empty; send a JSON object with a query")
    return from_value(read_json(raw))


def from_parameters(parameters: list[tuple[str, str]]) -> Asked:
    """From a query string; `variables` and `extensions` are JSON there. Raises Refusal with status 400."""
    given: dict[str, Any] = {}
    for name, text in parameters:
        if name not in ("query", "variables", "operationName", "extensions"):
            continue
        if name in given:
            raise _bad(f"`{name}` is given twice")
        json = name in ("variables", "extensions") and text
        given[name] = read_json(text.encode(), what=f"`{name}`") if json else text or None
    return from_value(given)


def from_value(value: Any) -> Asked:
    """Raises Refusal with status 400."""
    match value:
        case Mapping():
            return _from_mapping(value)
        case list():
            raise Refusal(400, "batching_off", "Lists of operations are not taken; send one at a time")
        case _:
            raise _bad("Send a JSON object with a query")


def _from_mapping(value: Mapping[str, Any]) -> Asked:
    query = value.get("query")
    if query is None:
        raise _bad("`query` is missing")
    if not isinstance(query, str):
        raise _bad("`query` must be a string")
    if not query.strip():
        raise _bad("`query` is empty")
    name = value.get("operationName")
    if not isinstance(name, str | None):
        raise _bad("`operationName` must be a string or null")
    variables, extensions = value.get("variables"), value.get("extensions")
    if not isinstance(variables, dict | None):
        raise _bad("`variables` must be an object or null")
    if not isinstance(extensions, dict | None):
        raise _bad("`extensions` must be an object or null")
    return Asked(query, variables or {}, name or None)


def _bad(message: str) -> Refusal:
    return Refusal(400, "bad_request", message)
