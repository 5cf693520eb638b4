"""A JSON document: memories, a conversation, or many."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from app.domain.errors import invalid
from app.transfer import conversation, locomo
from app.transfer.entry import Flaw, Piece
from app.transfer.fields import entry_of, kind_of

_LISTS = ("conversations", "memories", "results", "items", "data")


def read(text: str, *, file: str) -> Iterator[Piece]:
    """Pieces of a document whose shape is recognised by its keys. Raises Invalid, naming the file, when it is not JSON."""
    name = Path(file).stem
    try:
        document = json.loads(text)
    except json.JSONDecodeError as exc:
        flaw = Flaw(where=f"line {exc.lineno}", reason=f"{exc.msg.lower()} at column {exc.colno}; read up to here")
        whole = _whole_items(text)
        if not whole:
            raise invalid("file", f"{file} is not JSON: {exc.msg.lower()} in {flaw.where}", "malformed") from exc
        return chain(_document(whole, name=name), [flaw])
    except RecursionError:
        raise invalid("file", f"{file} is nested too deeply", "malformed") from None
    if not isinstance(document, dict | list):
        raise invalid("file", f"{file} is {kind_of(document)}; a list or an object is needed")
    return _document(document, name=name)


def _whole_items(text: str) -> list[Any]:
    """The items of a list that stand before the place where the text breaks."""
    decoder, items, at = json.JSONDecoder(), list[Any](), _skip(text, 0)
    if text[at : at + 1] != "[":
        return []
    while True:
        try:
            item, at = decoder.raw_decode(text, _skip(text, at + 1))
        except (ValueError, RecursionError):
            return items
        items.append(item)
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            return items


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\ufeff":
        at += 1
    return at


def _document(document: Any, *, name: str) -> Iterator[Piece]:
    if isinstance(document, dict):
        wrapped = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
        if wrapped is None:
            yield from _item(document, where=name, name=name)
            return
        document = wrapped
    if document and all(conversation.is_message(item) for item in document):
        yield from conversation.turns({"messages": document}, where=name, session=name)
        return
    for number, item in enumerate(document, start=1):
        yield from _item(item, where=f"item {number}", name=f"{name}#{number}")


def _item(item: Any, *, where: str, name: str) -> Iterator[Piece]:
    match item:
        case {"messages": list()}:
            yield from conversation.turns(item, where=where, session=name)
        case {"mapping": dict()}:
            yield from conversation.tree(item, where=where, session=name)
        case {"conversation": dict()}:
            yield from locomo.turns(item, where=where, user=name)
        case dict():
            yield entry_of(item, where=where)
        case _:
            yield Flaw(where=where, reason=f"is {kind_of(item)}, not an object")
