"""A page for people: asks, runs, watches. It is one file that loads nothing from elsewhere and holds no data."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from app.edge.answers import answer
from app.edge.origins import header
from resolvers.media import accepted

_FILE = Path(__file__).with_name("page.html")
_HTML = b"text/html; charset=utf-8"


class Page:
    """Shown to browsers that open the address; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        text = _FILE.read_text("utf-8")
        self._body = text.encode()
        self._headers = [(b"content-security-policy", _policy(text).encode()), (b"vary", b"Accept")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["method"] == "GET" and b"query=" not in scope["query_string"]
        if asks and accepted(header(scope, b"accept")).page:
            await answer(send, 200, self._body, content_type=_HTML, headers=self._headers)
            return
        await self._app(scope, receive, send)


def _policy(page: str) -> str:
    """Only the script and the style that stand in the page, and requests to where it came from."""
    return (
        f"default-src 'none'; script-src {_hashes(page, 'script')}; style-src {_hashes(page, 'style')}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(page: str, tag: str) -> str:
    inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in inside)
