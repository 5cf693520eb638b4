"""Whatever is raised below becomes an answer here: refusals as they are, the rest masked and logged by id."""

import traceback

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import AppError
from app.edge.answers import Refusal, refusal_of, refuse

_log = structlog.get_logger(__name__)
_MASKED = Refusal(500, "internal", "Something went wrong")


class Faults:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:  # noqa: BLE001 - the edge: nothing may pass unanswered
            refusal = _refusal(error)
            if started:
                # Nothing can be said any more; the server closes a connection whose answer is unfinished.
                _log.warning("http.answer_broken_off", code=refusal.code)
                return
            await refuse(scope, send, refusal)


def _refusal(error: Exception) -> Refusal:
    match error:
        case Refusal():
            return error
        case AppError():
            return refusal_of(error)
        case _:
            # The message may quote a memory; where it happened may not.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("http.internal_error", error=type(error).__name__, traceback=where)
            return _MASKED
