import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.domain.ids import KeyId
from app.domain.keys import format_key
from app.logs import configure_logs

KEY = format_key(KeyId("key_01jd0000000000000000000000"), b"s" * 32)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


ODD = "a\r\nb\x1b[31mred\u202ereversed\u2028line\x00"


@pytest.mark.parametrize("format_", ["json", "console"])
def test_r4_94_whatever_is_logged_stays_one_line(out: io.StringIO, format_: str) -> None:
    configure_logs(level="info", format=format_, stream=out)
    structlog.get_logger().info("seen", path=ODD, more=[ODD, {"inner": ODD}])
    text = out.getvalue()
    assert len(text.splitlines()) == 1
    for character in "\r\x1b\u202e\u2028\x00":
        assert character not in text


@pytest.mark.parametrize("format_", ["json", "console"])
def test_r4_93_a_key_is_hidden_wherever_it_stands(out: io.StringIO, format_: str) -> None:
    configure_logs(level="info", format=format_, stream=out)
    structlog.get_logger().info(f"seen {KEY}", path=f"/x/{KEY}/y", more={KEY: [KEY]})
    logging.getLogger("library").warning("seen %s", KEY)
    assert KEY[:20] not in out.getvalue()
    assert out.getvalue().count("mng_…") + out.getvalue().count("mng_\\u2026") == 5


def test_a_line_of_json_has_event_level_and_time(out: io.StringIO) -> None:
    configure_logs(level="info", format="json", stream=out)
    structlog.get_logger().warning("thing.happened", count=3)
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "thing.happened", "level": "warning", "count": 3}


def test_what_is_below_the_level_is_not_logged(out: io.StringIO) -> None:
    configure_logs(level="warning", format="json", stream=out)
    structlog.get_logger().info("thing.happened")
    logging.getLogger("library").info("something")
    assert out.getvalue() == ""


def test_r4_93_of_a_librarys_exception_the_text_is_left_out(out: io.StringIO) -> None:
    configure_logs(level="info", format="json", stream=out)
    try:
        json.loads("{}")[f"{KEY} canary"]
    except KeyError:
        logging.getLogger("library").exception("it failed")
    line = json.loads(out.getvalue())
    assert line["event"] == "it failed"
    assert line["error"] == "KeyError"
    assert "test_logs.py" in line.pop("traceback")
    assert "mng_01" not in out.getvalue()


SAID = "what somebody wrote"


async def _fails() -> None:
    try:
        json.loads("{}")[SAID]
    except KeyError as error:
        raise ValueError(SAID) from error


@pytest.mark.parametrize("format_", ["json", "console"])
async def test_r4_93_of_our_own_exceptions_too_with_all_that_is_behind_them(out: io.StringIO, format_: str) -> None:
    configure_logs(level="info", format=format_, stream=out)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_fails())
    except ExceptionGroup as error:
        structlog.get_logger().critical("work.ended", exc_info=error)
        structlog.get_logger().warning("job.failed", exc_info=True)
        structlog.get_logger().warning("job.failed", exc_info=False)
    told = out.getvalue()
    assert SAID not in told
    first, second, third = told.splitlines()
    for name in ("ExceptionGroup", "ValueError", "KeyError"):
        assert name in first
        assert name in second
    assert "traceback" not in third
