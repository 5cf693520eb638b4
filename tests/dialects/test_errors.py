"""Every error that can be has its words in every dialect."""

import orjson
import pytest

from app.domain import errors
from app.domain.keys import Dialect
from app.edge.answers import Refusal, refusal_of
from app.rest.dialects import SPEECHES

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
