"""Bodies that nobody means, on every route: an error in the dialect's words, never a page, never a fault of ours."""

import json

import httpx
import pytest

from app.domain.keys import Dialect
from app.rest.dialects import SPEECHES
from app.rest.routes import Route
from tests.dialects.house import House

DEEP = b"[" * 5_000 + b"]" * 5_000
ODD = {
    "not JSON": b"{",
    "a list": b"[]",
    "a text": b'"text"',
    "null": b"null",
    "bad UTF-8": b'{"text": "\xff\xfe"}',
    "deep": DEEP,
    "a NUL": json.dumps({"text": "a\x00b", "content": "a\x00b", "memory": "a\x00b", "query": "a\x00b"}).encode(),
    "half a surrogate": b'{"text": "\\ud800", "content": "\\ud800", "memory": "\\ud800", "query": "\\ud800"}',
    "a huge number": b'{"k": 1e400, "limit": 99999999999999999999999999, "importance": 1e308}',
    "large": json.dumps({"text": "x" * 5_000_000}).encode(),
}
WRONG_VALUES = [7, -1, True, "", "x", [], [None], {}, {"a": {"b": [1]}}, None]
ROUTES = [(dialect, route) for dialect, speech in sorted(SPEECHES.items()) for route in speech.routes]


@pytest.mark.parametrize(
    ("dialect", "route"), ROUTES, ids=lambda each: f"{each.method} {each.path}" if isinstance(each, Route) else each
)
def test_a_body_that_nobody_means(embedded_house: House, dialect: Dialect, route: Route) -> None:
    key = embedded_house.key(embedded_house.organization(), dialect, "read", "write")
    fields = list(route.body.model_fields)
    bodies = [*ODD.values(), *(json.dumps(dict.fromkeys(fields, value)).encode() for value in WRONG_VALUES)]
    path = route.path.replace("{", "").replace("}", "")
    with httpx.Client(
        base_url=embedded_house.url, timeout=30, headers={"x-api-key": key, "x-end-user-id": "ada"}
    ) as http:
        for body in bodies:
            for kind in ("application/json", "text/plain", "multipart/form-data"):
                said = http.request(route.method, path, content=body, headers={"content-type": kind})
                told = f"{route.method} {path} {body[:80]!r} {kind}: {said.status_code} {said.text[:300]}"
                assert said.status_code < 500, told
                assert "html" not in said.headers.get("content-type", ""), told
                if said.status_code >= 400:
                    assert said.headers["content-type"] == "application/json; charset=utf-8", told
                    assert "errors" not in said.json(), told


@pytest.mark.parametrize("dialect", sorted(SPEECHES))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_an_unknown_route_is_told_in_the_dialects_words(embedded_house: House, dialect: Dialect, method: str) -> None:
    key = embedded_house.key(embedded_house.organization(), dialect, "read")
    with httpx.Client(
        base_url=embedded_house.url, timeout=30, headers={"x-api-key": key, "x-end-user-id": "ada"}
    ) as http:
        for path in (f"/compat/{dialect}/nowhere", SPEECHES[dialect].roots[0] + "/no/such/thing/at/all"):
            said = http.request(method, path)
            assert said.status_code in (404, 405)
            assert said.headers["content-type"] == "application/json; charset=utf-8"
            assert "errors" not in said.json()
