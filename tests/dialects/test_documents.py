"""The OpenAPI documents say what the server does: asked at random by schemathesis, and read as pages."""

import re
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.domain.keys import Dialect
from app.rest.dialects import SPEECHES
from app.rest.openapi import openapi
from tests.dialects.house import House

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
OPERATIONS = [
    (dialect, route.method, route.path) for dialect, speech in sorted(SPEECHES.items()) for route in speech.routes
]
DOCUMENTS = {
    dialect: schemathesis.openapi.from_dict(openapi(speech, version="1")) for dialect, speech in SPEECHES.items()
}


@pytest.mark.parametrize(("dialect", "method", "path"), OPERATIONS)
def test_whatever_is_asked_is_answered_as_the_document_says(
    embedded_house: House, dialect: Dialect, method: str, path: str
) -> None:
    key = embedded_house.key(embedded_house.organization(), dialect, "read", "write")
    operation = DOCUMENTS[dialect][path][method]

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(
            base_url=embedded_house.url, headers={"X-API-Key": key, "X-Dialect": str(dialect), "X-End-User-ID": "ada"}
        )
        case.validate_response(answer, checks=CHECKS)

    ask()


@pytest.mark.parametrize("dialect", sorted(SPEECHES))
def test_a_page_shows_every_route_and_loads_nothing(embedded_house: House, dialect: Dialect) -> None:
    document = httpx.get(f"{embedded_house.url}/openapi/{dialect}.json", timeout=30).json()
    assert document["openapi"] == "3.1.0"
    page = httpx.get(f"{embedded_house.url}/docs/{dialect}", timeout=30)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for route in SPEECHES[dialect].routes:
        assert route.method.lower() in document["paths"][route.path]
        assert f"<code>{route.path}</code>" in page.text
    assert not re.search(r"(src|href)=.?https?:|@import|url\(", page.text)
