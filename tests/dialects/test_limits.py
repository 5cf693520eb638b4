"""A key that has asked too often: what each dialect answers, and the headers that it counts in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.keys import Dialect
from tests.dialects.house import House, opened_house, settings_of

_LIMIT = 1
_PATHS = {
    Dialect.BUILDD: "/api/memories",
    Dialect.MEMORYSYNC: "/memory/export",
    Dialect.MEMSOLUS: "/v1/memories",
    Dialect.MEMSTATE: "/api/v1/status",
    Dialect.MEMSYNC: "/v1/memories",
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("limits") / "data"
    with settings_of("sqlite", folder, models) as settings, opened_house(replace(settings, rate_limit=_LIMIT)) as house:
        yield house


def _asked(house: House, dialect: Dialect, path: str) -> list[httpx.Response]:
    """One answer more than the limit allows."""
    headers = {"x-api-key": house.key(house.organization(), dialect, "read"), "x-end-user-id": "ada"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=30) as http:
        return [http.get(f"/compat/{dialect}{path}") for _ in range(_LIMIT + 1)]


@pytest.mark.parametrize("dialect", Dialect)
def test_after_the_last_request_each_dialect_tells_when_to_come_again(strict: House, dialect: Dialect) -> None:
    *good, refused = _asked(strict, dialect, _PATHS[dialect])
    assert [answer.status_code for answer in good] == [200] * _LIMIT
    assert not any("retry-after" in answer.headers for answer in good)
    assert refused.status_code == 429
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= 60
    assert refused.headers["content-type"] == "application/json; charset=utf-8"
    assert _steady(refused.json()) == _body(dialect, seconds)


def test_memsync_counts_on_every_answer(strict: House) -> None:
    answers = _asked(strict, Dialect.MEMSYNC, "/v1/profile")
    assert [answer.status_code for answer in answers] == [404, 429]
    for answer in answers:
        assert answer.headers["x-ratelimit-limit"] == str(_LIMIT)
        assert answer.headers["x-ratelimit-remaining"] == "0"
        assert answer.headers["x-ratelimit-reset"].isdecimal()
    told, seconds = answers[-1].json(), int(answers[-1].headers["retry-after"])
    assert (told["code"], told["retry_after"], told["status_code"]) == ("RATE_LIMIT_EXCEEDED", seconds, 429)


@pytest.mark.parametrize("dialect", sorted(set(Dialect) - {Dialect.MEMSYNC}))
def test_the_others_name_no_counts(strict: House, dialect: Dialect) -> None:
    named = [name for answer in _asked(strict, dialect, _PATHS[dialect]) for name in answer.headers]
    assert not [name for name in named if name.startswith("x-ratelimit")]


def _steady(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is another in each run."""
    told = {name: value for name, value in body.items() if name not in ("request_id", "timestamp")}
    error = told.get("error")
    if isinstance(error, dict) and "details" in error:
        told["error"] = {**error, "details": {"limit": error["details"]["limit"]}}
    return told


def _body(dialect: Dialect, seconds: int) -> Mapping[str, Any]:
    plain = f"Too many requests; try again in {seconds} s"
    long = f"Rate limit exceeded (per-minute). Try again in {seconds} seconds."
    bodies: Mapping[Dialect, Mapping[str, Any]] = {
        Dialect.BUILDD: {"error": "Rate limit exceeded. Try again later."},
        Dialect.MEMORYSYNC: {
            "detail": long,
            "error": {"code": "RATE_LIMIT_EXCEEDED", "message": long, "retry_after": seconds},
            "retry_after": seconds,
        },
        Dialect.MEMSOLUS: {
            "error": "RATE_LIMITED",
            "message": plain,
            "resource": "requests",
            "limit": _LIMIT,
            "used": _LIMIT,
        },
        Dialect.MEMSTATE: {"error": plain},
        Dialect.MEMSYNC: {
            "error": {"code": "RATE_LIMIT_EXCEEDED", "message": plain, "details": {"limit": _LIMIT}},
            "status": "error",
            "detail": plain,
            "status_code": 429,
            "retry_after": seconds,
        },
    }
    return bodies[dialect]
