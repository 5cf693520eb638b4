"""What the dialects say of themselves: an OpenAPI document, and the same as a page that loads nothing from elsewhere."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.keys import Dialect
from app.edge.answers import JSON, Headers, answer
from app.edge.strict_json import write_json
from app.rest.openapi import openapi
from app.rest.speech import Speech

_HTML = b"text/html; charset=utf-8"
_POLICY = [(b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")]
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "h2{margin-top:2.5rem;border-top:1px solid #d0d7de;padding-top:1rem;font-size:1.05rem}"
    "code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f6f8fa;padding:.75rem;overflow:auto;border-radius:6px}"
    "b{display:inline-block;min-width:4.5rem;color:#0a5}summary{cursor:pointer;color:#57606a}"
    "@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22}h2{border-color:#30363d}}"
)


def documents(speeches: Mapping[Dialect, Speech], *, version: str) -> dict[str, ASGIApp]:
    """By path: `/openapi/<dialect>.json` and `/docs/<dialect>`."""
    found: dict[str, ASGIApp] = {}
    for dialect, speech in speeches.items():
        found[f"/openapi/{dialect}.json"] = Drawn(partial(_document, speech, version))
        found[f"/docs/{dialect}"] = Drawn(partial(_page, speech, version), content_type=_HTML, headers=_POLICY)
    return found


class Drawn:
    """Drawn when it is first asked for: most servers never are."""

    def __init__(self, draw: Callable[[], bytes], *, content_type: bytes = JSON, headers: Headers = ()) -> None:
        self._draw, self._content_type, self._headers = draw, content_type, headers
        self._body: bytes | None = None

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self._body is None:
            self._body = self._draw()
        await answer(send, 200, self._body, content_type=self._content_type, headers=self._headers)


def _document(speech: Speech, version: str) -> bytes:
    return write_json(openapi(speech, version=version))


def _page(speech: Speech, version: str) -> bytes:
    """The document for people."""
    return _written(openapi(speech, version=version), speech).encode()


def _written(document: Mapping[str, Any], speech: Speech) -> str:
    title = escape(speech.title)
    routes = "".join(
        _route(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    schemas = "".join(
        f"<h2 id='{escape(name)}'>{escape(name)}</h2><pre>{_json(schema)}</pre>"
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>Base URL: this server, or <code>/compat/{speech.dialect}</code> on it. "
        f"The same as <a href='/openapi/{speech.dialect}.json'>OpenAPI 3.1</a>.</p>{routes}<h1>Shapes</h1>{schemas}"
    )


def _route(path: str, method: str, operation: Mapping[str, Any]) -> str:
    told = {name: operation[name] for name in ("parameters", "requestBody", "responses") if operation.get(name)}
    return (
        f"<h2><b>{method.upper()}</b><code>{escape(path)}</code></h2><p>{escape(operation['summary'])}</p>"
        f"<details><summary>What it reads and answers</summary><pre>{_json(told)}</pre></details>"
    )


def _json(value: Any) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))
