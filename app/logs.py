"""Logs: events with fields on one line each; never a key, never the text of a memory."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import orjson
import structlog

_KEY = re.compile(r"mng_[0-9a-z]{26}_[0-9A-Za-z]+")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

# C0 and C1 controls, DEL, line separators, and the marks that turn the direction of text.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def configure_logs(*, level: str, format: str, stream: TextIO | None = None) -> None:
    """`level`: debug, info, warning or error. `format`: json, console, or auto (console on a terminal)."""
    out = stream or sys.stderr
    console = format == "console" or (format == "auto" and out.isatty())
    shown = structlog.dev.ConsoleRenderer(colors=out.isatty())
    renderer = shown if console else structlog.processors.JSONRenderer(serializer=_json)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            clean,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _bring_in_stdlib(level)


def clean(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: keys are hidden, and nothing a client sent can start a line or turn the terminal's colours."""
    return {name: _clean(value) for name, value in event.items()}


def without_messages(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: of an exception its kind and place; its message may quote what somebody wrote."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exception() if given else None
    return {**event, **_told(error)}


def _json(event: Mapping[str, Any], **_options: Any) -> str:
    """Every request writes a line, so the quicker writer takes it; what that cannot write must not be lost."""
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return json.dumps(event, default=repr)


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _UNPRINTABLE.sub(_escaped, _KEY.sub("mng_…", value))
        case list() | tuple():
            return [_clean(each) for each in value]
        case dict():
            return {_clean(name): _clean(each) for name, each in value.items()}
        case _:
            return value


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


class _IntoStructlog(logging.Handler):
    """What libraries log goes the same way as our own events; of an exception its kind and place, not its text."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(
            record.levelno, record.getMessage(), logger=record.name, **_exception(record)
        )


def _exception(record: logging.LogRecord) -> dict[str, str]:
    return _told(record.exc_info[1] if record.exc_info else None)


def _told(error: BaseException | None) -> dict[str, str]:
    if error is None:
        return {}
    line = _behind(error)
    places = ("".join((*traceback.format_tb(each.__traceback__), type(each).__name__)) for each in line)
    return {"error": type(error).__name__, "traceback": "\nbehind it:\n".join(places)}


def _behind(error: BaseException) -> list[BaseException]:
    """The error, what it came of, and what a group holds, each once."""
    line: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each in line:
            continue
        line.append(each)
        waiting += [after for after in (each.__cause__, each.__context__) if after is not None]
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    return line


def _bring_in_stdlib(level: str) -> None:
    root = logging.getLogger()
    root.handlers = [_IntoStructlog()]
    root.setLevel(max(_LEVELS[level], logging.INFO))
    # Below a warning uvicorn tells of sockets with their query strings.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
