"""Which form of answer a client takes. JSON wherever it is acceptable; a stream only when it is asked for by name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """Content types of answers."""

    JSON = "application/json"
    RESPONSE = "application/graphql-response+json"
    EVENTS = "text/event-stream"
    MULTIPART = "multipart/mixed"


@dataclass(frozen=True, slots=True)
class Accepted:
    """`single` for answers in one piece, `stream` for those in many; None where the client takes neither kind."""

    single: Form | None
    stream: Form | None
    page: bool


_SINGLE = {
    "application/json": Form.JSON,
    "application/graphql-response+json": Form.RESPONSE,
    "application/*": Form.JSON,
    "*/*": Form.JSON,
}
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


def accepted(header: str | None) -> Accepted:
    if header is None or not header.strip():
        return Accepted(Form.JSON, None, page=False)
    single: Form | None = None
    stream: Form | None = None
    page, best = False, 0.0
    for media, parameters in _items(header):
        quality = _quality(parameters.get("q", "1"))
        if quality == 0:
            continue
        if media in _SINGLE and quality > best:
            single, best = _SINGLE[media], quality
        elif stream is None:
            stream = _stream(media, parameters)
        page = page or media == "text/html"
    return Accepted(single, stream, page)


def _stream(media: str, parameters: dict[str, str]) -> Form | None:
    if media == Form.EVENTS:
        return Form.EVENTS
    if media == Form.MULTIPART and parameters.get("subscriptionspec", "").startswith("1.0"):
        return Form.MULTIPART
    return None


def _items(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    for item in _ITEM.findall(header):
        media, _, rest = item.strip().partition(";")
        parameters = {name.lower(): value.strip().strip('"') for name, value in _PARAMETER.findall(f";{rest}")}
        yield media.strip().lower(), parameters


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0
