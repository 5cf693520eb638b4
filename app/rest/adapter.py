"""The way of a request through a dialect: which one, which route, who asks, what was sent, what comes back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import FieldError, Invalid
from app.domain.keys import Dialect
from app.domain.principal import Principal, require
from app.edge.admission import Allowance, Doorkeeper
from app.edge.answers import JSON, Answer, Refusal, answer, request_id
from app.edge.credentials import client_address
from app.edge.strict_json import read_json, write_json
from app.rest.call import Call, Headers, Reply
from app.rest.dispatch import Address
from app.rest.routes import Route, variables_of
from app.rest.shapes import Nothing, Shape
from app.rest.speech import Count, Speech
from app.services.bundle import Services

_MAX_PARTS = 100
_NOTHING = Nothing()


class Voices:
    """Settles as far out as possible which dialect a request speaks, so that whatever goes wrong is said in it.

    Paths that no dialect knows go on to `app` as they are.
    """

    def __init__(
        self, app: ASGIApp, speeches: Mapping[Dialect, Speech], *, native: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        self._app, self._speeches, self._native, self._now = app, speeches, native, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] not in self._native:
            address = Address(self._speeches, scope)
            if address.known:
                scope["state"]["address"] = address
                scope["state"]["came_at"] = self._now()
                speak(scope, address.speech(scope))
        await self._app(scope, receive, send)


def prepares(scope: Scope) -> bool:
    """Whether a route tells browsers itself what they may send it."""
    address: Address | None = scope["state"].get("address")
    return address is not None and any("OPTIONS" in address.routes(speech) for speech in address.knowing)


def speak(scope: Scope, speech: Speech) -> None:
    """From here on errors are told by this dialect."""

    def voice(refusal: Refusal) -> Answer:
        path, method, at = scope["path"], scope["method"], scope["state"]["came_at"]
        trouble = speech.trouble(refusal, path=path, method=method, request_id=request_id(scope), at=at)
        trouble = replace(trouble, allowance=scope["state"].get("allowance"))
        headers = [*refusal.headers, *speech.marks(request_id(scope)), *_counts(speech, scope)]
        return Answer(trouble.status, write_json(speech.words(trouble)), headers)

    scope["state"]["voice"] = voice


def _counts(speech: Speech, scope: Scope) -> Headers:
    state = scope["state"]
    return speech.counts(Count(path=scope["path"], at=state["came_at"], allowance=state.get("allowance")))


class Rest:
    """Answers for the dialects; what belongs to none of them goes on to `app`. `ready` raises while the store is away."""

    def __init__(
        self, app: ASGIApp, *, doorkeeper: Doorkeeper, services: Services, ready: Callable[[], Awaitable[None]]
    ) -> None:
        self._app, self._doorkeeper, self._services, self._ready = app, doorkeeper, services, ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address: Address | None = scope["state"].get("address")
        if address is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        undecided = await _read(request) if len(address.knowing) > 1 else None
        speech = address.speech(scope, undecided)
        speak(scope, speech)
        route = _route(speech, address, scope["method"])
        try:
            principal = await self._asking(route, speech, scope)
            call = await self._call(route, principal, address, request, undecided)
            reply = await route.handler(call)
        finally:
            await request.close()
        headers = [*speech.marks(call.request_id), *_counts(speech, scope), *reply.headers]
        await _send(send, reply, headers)

    async def _asking(self, route: Route, speech: Speech, scope: Scope) -> Principal | None:
        """Who asks is settled before the body is looked at."""
        if route.open and not (route.checks and speech.credential(scope)):
            return None
        principal = await self._admitted(speech, scope)
        require(principal, route.needs)
        return principal

    async def _call(
        self, route: Route, principal: Principal | None, address: Address, request: Request, read: Any
    ) -> Call[Any, Any]:
        multipart = route.form and _is_multipart(request)
        form = await _form(request) if multipart else FormData()
        given = _fields(form) if multipart else (read if read is not None else await _read(request, route.body))
        return Call(
            services=self._services,
            admitted=principal,
            body=_shaped(route.body, given, what="the body"),
            query=_shaped(route.query, _query(request), what="the query"),
            path=variables_of(route, address.segments),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw},
            request_id=request_id(request.scope),
            address=client_address(request.scope),
            at=request.scope["state"]["came_at"],
            ready=self._ready,
            undecided=address.undecided(request.scope, read),
            form=form,
        )

    async def _admitted(self, speech: Speech, scope: Scope) -> Principal:
        """What is left to the key is kept for the headers of the answer, whatever that will be."""
        principal = await self._doorkeeper.recognise(speech.credential(scope), address=client_address(scope))
        allowance: Allowance | None = await self._doorkeeper.spend(principal)
        if allowance is not None:
            scope["state"]["allowance"] = allowance
            allowance.demand()
        return principal


def _route(speech: Speech, address: Address, method: str) -> Route:
    known = address.routes(speech)
    if not known:
        raise Refusal(404, "not_found", "There is nothing at this address")
    route = known.get("GET" if method == "HEAD" else method)
    if route is None:
        allowed = ", ".join(sorted(known))
        raise Refusal(405, "method_not_allowed", f"Use {allowed}", [(b"allow", allowed.encode())])
    return route


async def _form(request: Request) -> FormData:
    """The parts of a multipart body; larger files are kept beside the memory until the request is closed."""
    try:
        return await request.form(max_files=_MAX_PARTS, max_fields=_MAX_PARTS)
    except (HTTPException, MultiPartException, KeyError):  # KeyError: no boundary is named
        raise Refusal(400, "bad_form", "The body is no multipart form") from None


async def _read(request: Request, shape: type[Shape] = Shape) -> Any:
    """The JSON of the body; an empty one is an empty object. What a route does not read may be anything."""
    if shape is Nothing or _is_multipart(request):
        return {}
    raw = await request.body()
    return read_json(raw) if raw.strip() else {}


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def _fields(form: FormData) -> dict[str, Any]:
    """Like a query: a text that is sent more often than once is a list. Of files with one name the last is meant."""
    found: dict[str, Any] = {}
    for name, value in form.multi_items():
        before = found.get(name)
        if isinstance(before, str) and isinstance(value, str):
            found[name] = [before, value]
        elif isinstance(before, list) and isinstance(value, str):
            before.append(value)
        else:
            found[name] = value
    return found


def _query(request: Request) -> dict[str, Any]:
    """A name that stands once is a text, one that stands more often a list."""
    if not request.scope["query_string"]:
        return {}
    pairs = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    return {name: values[0] if len(values) == 1 else values for name, values in pairs.items()}


def _shaped(shape: type[Shape], given: Any, *, what: str) -> Any:
    if shape is Nothing:
        return _NOTHING
    if not isinstance(given, dict):
        raise Invalid(FieldError("", f"{what} must be a JSON object", "wrong_type"))
    try:
        return shape.model_validate(given)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_context=False, include_input=False)
        fields = [FieldError(".".join(map(str, each["loc"])), _said(each["msg"]), each["type"]) for each in found[:100]]
        raise Invalid(*fields) from None


def _said(message: str) -> str:
    """Without what pydantic puts before the words of our own validators."""
    return message.removeprefix("Value error, ")


async def _send(send: Send, reply: Reply, headers: list[tuple[bytes, bytes]]) -> None:
    match reply.body:
        case None:
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        case bytes() as raw:
            kind = next((value for name, value in headers if name == b"content-type"), b"application/octet-stream")
            rest = [pair for pair in headers if pair[0] != b"content-type"]
            await answer(send, reply.status, raw, content_type=kind, headers=rest)
        case body:
            await answer(send, reply.status, write_json(body), content_type=JSON, headers=headers)
