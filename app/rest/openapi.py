"""An OpenAPI 3.1 document of a dialect, drawn from what its routes read and write."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from app.rest.routes import Route, segments_of
from app.rest.shapes import Nothing
from app.rest.speech import Speech

_REF = "#/components/schemas/{model}"


def openapi(speech: Speech, *, version: str) -> dict[str, Any]:
    """The document; schemas stand under `components`, each once."""
    schemas: dict[str, Any] = {}
    error = _schema(speech.error_shape, schemas, "serialization")
    paths: dict[str, dict[str, Any]] = {}
    for route in speech.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, error, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": speech.title, "version": version},
        "servers": [{"url": "/"}, {"url": f"/compat/{speech.dialect}"}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route, error: Mapping[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.says,
        "operationId": f"{route.handler.__name__}_{route.method}_{'_'.join(segments_of(route.path))}".replace(
            "{", ""
        ).replace("}", ""),
        "parameters": [*_path(route), *_query(route, schemas)],
        "responses": {str(status): _answer(status, shape, schemas) for status, shape in route.answers.items()},
    }
    statuses = {400, 404, 405, 413, 429, 500, 503, *route.wrong} | (
        set() if route.open and not route.checks else {401, 403}
    )
    operation["responses"] |= {
        str(status): {"description": HTTPStatus(status).phrase, "content": {"application/json": {"schema": error}}}
        for status in sorted(statuses - set(route.answers))
    }
    if route.body is not Nothing:
        kind = "multipart/form-data" if route.form else "application/json"
        operation["requestBody"] = {"content": {kind: {"schema": _schema(route.body, schemas, "validation")}}}
    if route.open:
        operation["security"] = []
    return operation


def _path(route: Route) -> Iterator[dict[str, Any]]:
    for segment in segments_of(route.path):
        if segment.startswith("{"):
            yield {"name": segment[1:-1], "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query(route: Route, schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if route.query is Nothing:
        return
    drawn = route.query.model_json_schema(ref_template=_REF, mode="validation")
    schemas |= drawn.pop("$defs", {})
    for name, schema in drawn.get("properties", {}).items():
        yield {"name": name, "in": "query", "required": name in drawn.get("required", ()), "schema": schema}


def _answer(status: int, shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if shape is bytes:
        described["content"] = {"application/octet-stream": {}}
    elif shape is not None:
        described["content"] = {"application/json": {"schema": _schema(shape, schemas, "serialization")}}
    return described


def _schema(shape: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    drawn = TypeAdapter(shape).json_schema(ref_template=_REF, mode=mode)
    schemas |= drawn.pop("$defs", {})
    title = drawn.get("title")
    if not title or drawn.get("type") != "object":
        return drawn
    schemas[title] = drawn
    return {"$ref": _REF.format(model=title)}
