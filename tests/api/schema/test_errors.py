"""Each error of the domain has its place in GraphQL; what was not meant to be shown is not."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from app.domain import errors
from app.domain.errors import FieldError
from app.domain.ids import JobId
from app.domain.principal import Principal
from app.domain.work import Job, JobState
from app.services.inputs import Slice
from app.services.results import Listing
from app.services.work import Work
from tests.api.schema.world import World

REPLAY = 'mutation { replayJob(input: {id: "job_1"}) { job { id } userErrors { code field message } } }'
JOBS = "{ jobs { nodes { id } } }"
LEAK = "SELECT secret FROM memory -- Traceback"

WRONG = errors.Invalid(
    FieldError("memories.3.occurred_at", "is not a time", "bad_time"),
    FieldError("where.importance_min", "is too small"),
)

# The error, its code, and the `field` of each user error; None where a mutation raises it to the top level.
TABLE: list[tuple[errors.AppError, str, list[list[str] | None] | None]] = [
    (errors.Unauthenticated(), "unauthenticated", None),
    (errors.MissingCredential(), "unauthenticated", None),
    (errors.Forbidden(), "forbidden", [None]),
    (errors.NotFound(), "not_found", [None]),
    (WRONG, "invalid", [["input", "memories", "3", "occurredAt"], ["input", "filter", "importanceMin"]]),
    (errors.Conflict(), "conflict", [None]),
    (errors.Gone(), "gone", [None]),
    (errors.QuotaExceeded(), "quota_exceeded", [None]),
    (errors.RateLimited(2.5), "rate_limited", None),
    (errors.Unavailable(), "unavailable", None),
]
IDS = [code for _, code, *_ in TABLE]


class FailingWork(Work):
    """Use cases that raise."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def replay(self, principal: Principal, *, job: JobId) -> Job:
        raise self._error

    async def jobs(
        self,
        principal: Principal,
        *,
        project: str | None = None,
        states: tuple[JobState, ...] = (),
        parked: bool | None = None,
        page: Slice = Slice(),
    ) -> Listing[Job]:
        raise self._error


def failing(world: World, error: Exception) -> World:
    return replace(world, services=replace(world.services, work=FailingWork(error)))


@pytest.mark.parametrize(("error", "code", "fields"), TABLE, ids=IDS)
async def test_in_a_mutation(
    world: World, error: errors.AppError, code: str, fields: list[list[str] | None] | None
) -> None:
    if fields is None:
        (shown,) = await failing(world, error).errors(REPLAY)
        assert (shown["message"], shown["extensions"]["code"], shown["path"]) == (error.message, code, ["replayJob"])
        return
    payload = (await failing(world, error).ask(REPLAY))["replayJob"]
    assert payload["job"] is None
    assert [each["field"] for each in payload["userErrors"]] == fields
    if fields == [None]:
        assert payload["userErrors"] == [{"code": code, "field": None, "message": error.message}]


@pytest.mark.parametrize(("error", "code"), [(error, code) for error, code, *_ in TABLE], ids=IDS)
async def test_in_a_query(world: World, error: errors.AppError, code: str) -> None:
    (shown,) = await failing(world, error).errors(JOBS)
    named = "memories.3.occurredAt: is not a time; filter.importanceMin: is too small"
    assert shown["message"] == (named if error is WRONG else error.message)
    assert shown["path"] == ["jobs"]
    assert shown["extensions"]["code"] == code


async def test_wrong_fields_are_named_by_code(world: World) -> None:
    payload = (await failing(world, WRONG).ask(REPLAY))["replayJob"]
    assert [(each["code"], each["message"]) for each in payload["userErrors"]] == [
        ("bad_time", "is not a time"),
        ("invalid", "is too small"),
    ]
    (shown,) = await failing(world, WRONG).errors(JOBS)
    assert shown["extensions"]["fields"] == [
        {"field": ["memories", "3", "occurredAt"], "code": "bad_time", "message": "is not a time"},
        {"field": ["filter", "importanceMin"], "code": "invalid", "message": "is too small"},
    ]


async def test_a_rate_limit_says_how_long_to_wait(world: World) -> None:
    (shown,) = await failing(world, errors.RateLimited(2.5)).errors(REPLAY)
    assert shown["extensions"] == {"code": "rate_limited", "retryAfter": 2.5}


@pytest.mark.parametrize("document", [REPLAY, JOBS])
async def test_r4_62_what_is_unexpected_is_masked_and_logged(world: World, document: str) -> None:
    cause = ValueError(LEAK)
    problem = RuntimeError(LEAK)
    problem.__cause__ = cause
    with capture_logs() as logs:
        (shown,) = await failing(world, problem).errors(document)
    assert shown["message"] == "Something went wrong"
    assert shown["extensions"] == {"code": "internal", "id": "req_test"}
    assert "SELECT" not in str(shown)
    (entry,) = [each for each in logs if each["event"] == "graphql.internal_error"]
    assert entry["request_id"] == "req_test"
    assert entry["error"] == ["RuntimeError", "ValueError"]
    assert "in replay" in entry["traceback"][0] or "in jobs" in entry["traceback"][0]
    assert LEAK not in str(entry)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("{ memory { id } }", "Argument 'Query.memory(id:)' of type 'ID!' is required, but it was not provided."),
        ("{ memory(id: ", "Syntax Error: Unexpected <EOF>."),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(world: World, document: str, message: str) -> None:
    shown = await world.errors(document)
    assert shown[0]["message"] == message
    assert shown[0]["extensions"]["code"] == "bad_request"


async def test_a_wrong_variable_is_told_what_is_wrong(world: World) -> None:
    (shown,) = await world.errors("query($id: ID!) { memory(id: $id) { id } }", {"id": [1]})
    assert shown["message"].startswith("Variable '$id' has invalid value: ID cannot represent value: [1]")
    assert shown["extensions"]["code"] == "bad_request"


async def test_a_null_where_none_may_be_is_told_what_is_wrong(world: World) -> None:
    """A variable with a default may stand where null may not; then null shows only when the field is run."""
    (shown,) = await world.errors(
        'query($n: Int = 1) { neighborhood(from: "mem_1", first: $n) { truncated } }', {"n": None}
    )
    assert shown["extensions"]["code"] == "bad_request"
    assert "first" in shown["message"]
