"""Every error that can be has its words in every dialect."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.domain import errors
from app.domain.keys import Dialect
from app.edge.answers import Refusal, refusal_of
from app.rest.call import Call
from app.rest.dialects import SPEECHES
from app.rest.shapes import Nothing

CLASSES = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.AppError) and each is not errors.AppError
]
DIALECTS = sorted(SPEECHES)


def an_error(kind: type[errors.AppError]) -> errors.AppError:
    match kind:
        case errors.RateLimited:
            return errors.RateLimited(30)
        case errors.Invalid:
            return errors.invalid("text", "must not be blank", "blank")
        case _:
            return kind()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_class_of_the_domain_has_a_row(dialect: Dialect, kind: type[errors.AppError]) -> None:
    speech = SPEECHES[dialect]
    assert kind in speech.errors
    trouble = speech.trouble(refusal_of(an_error(kind)), path="/x", request_id="req_1")
    assert 400 <= trouble.status < 600
    assert orjson.loads(orjson.dumps(speech.words(trouble)))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("status", [400, 404, 405, 413, 500])
def test_what_http_refuses_has_words_too(dialect: Dialect, status: int) -> None:
    speech = SPEECHES[dialect]
    trouble = speech.trouble(Refusal(status, "some_code", "a reason"), path="/x", request_id="req_1")
    assert trouble.status == status
    assert orjson.loads(orjson.dumps(speech.words(trouble)))


async def test_buildd_says_in_its_health_that_the_database_is_away() -> None:
    async def away() -> None:
        raise errors.Unavailable

    nothing: Any = None
    call = Call(
        services=nothing,
        admitted=None,
        body=Nothing(),
        query=Nothing(),
        path={},
        headers={},
        request_id="req_1",
        address="127.0.0.1",
        at=datetime(2026, 4, 8, tzinfo=UTC),
        ready=away,
    )
    route = SPEECHES[Dialect.BUILDD].table.at(["api", "health"])["GET"]
    with pytest.raises(errors.Unavailable) as found:
        await route.handler(call)
    assert said(Dialect.BUILDD, refusal_of(found.value), "/api/health") == (
        503,
        {"status": "error", "message": "Database unreachable", "error": "Database unreachable"},
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/quickstart", "Failed to generate key"),
        ("/compat/buildd/api/quickstart/join", "Failed to join team"),
        ("/api/memories", "a reason"),
    ],
)
def test_buildd_names_what_failed(path: str, message: str) -> None:
    assert said(Dialect.BUILDD, Refusal(500, "internal", "a reason"), path) == (500, {"error": message})


def said(dialect: Dialect, refusal: Refusal, path: str) -> tuple[int, Mapping[str, Any]]:
    speech = SPEECHES[dialect]
    trouble = speech.trouble(refusal, path=path, request_id="req_1")
    return trouble.status, speech.words(trouble)
