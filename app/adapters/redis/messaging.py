"""Redis beside the record: it wakes, it counts requests, it holds nothing that could be missed."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from app.adapters.redis.changes import Changes
from app.adapters.redis.clients import BLOCKING, COMMANDS, address_of, client_of, without_password
from app.adapters.redis.failures import as_our_errors
from app.adapters.redis.health import facts_of
from app.adapters.redis.hints import Hints
from app.adapters.redis.jobs import JobSignal
from app.adapters.redis.limiter import RedisLimiter
from app.adapters.redis.links import Link, LinkState, ended
from app.adapters.redis.wire import Wire
from app.domain import errors
from app.domain.troubles import ServerName
from app.ports.messaging import Limiter, Signal
from app.ports.runtime import Clock
from app.ports.servers import ServerFacts

_SILENCE = 5.0
_CLOSE = 3.0
_LAST_WORDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisState:
    """How it stands: sending hints, hearing changes, hearing of jobs, and whether limits are counted together."""

    hints: LinkState
    changes: LinkState
    jobs: LinkState
    limits_shared: bool


class RedisMessaging:
    """`jobs` is the signal for the runner, `limiter` the limiter of all processes. It is a `Server` as well."""

    def __init__(
        self, *, url: str, prefix: str, clock: Clock, changes: Signal, jobs: Signal, limiter: Limiter, silence: float
    ) -> None:
        self._url, self._local_changes = url, changes
        self._commands = client_of(url, socket_timeout=COMMANDS)
        self._reading = client_of(url, socket_timeout=BLOCKING)
        channel, stream, token = f"{prefix}:changes", f"{prefix}:jobs", secrets.token_hex(8)
        self._links = {name: Link(name, clock) for name in ("hints", "changes", "jobs")}
        self._hints = Hints(
            client=self._commands, channel=channel, stream=stream, token=token, link=self._links["hints"]
        )
        self._changes = Changes(
            wire=lambda: Wire(
                reading=client_of(url, socket_timeout=BLOCKING), commands=self._commands, channel=channel
            ),
            channel=channel,
            token=token,
            link=self._links["changes"],
            signal=changes,
            silence=silence,
        )
        self.jobs = JobSignal(client=self._reading, stream=stream, link=self._links["jobs"], local=jobs)
        self.limiter = RedisLimiter(client=self._commands, prefix=f"{prefix}:limit", local=limiter)

    def committed(self) -> None:
        """Wakes this process at once and, in a moment, one worker and the relays of all others. From any thread."""
        self._local_changes.notify()
        self.jobs.notify()
        self._hints.give()

    def state(self) -> RedisState:
        return RedisState(
            hints=self._links["hints"].state,
            changes=self._links["changes"].state,
            jobs=self._links["jobs"].state,
            limits_shared=self.limiter.shared,
        )

    @property
    def name(self) -> ServerName:
        return ServerName.REDIS

    @property
    def address(self) -> str:
        return address_of(self._url)

    async def facts(self) -> ServerFacts:
        """Raises Refused, Unavailable."""
        with as_our_errors():
            async with client_of(without_password(self._url), socket_timeout=COMMANDS) as nobody:
                return await facts_of(self._commands, nobody=nobody)

    def keep(self) -> set[asyncio.Task[None]]:
        """Begins to hold the connections; each of these tasks does until cancelled."""
        sessions = {"hints": self._hints.send, "changes": self._changes.listen, "jobs": self.jobs.listen}
        return {asyncio.create_task(self._links[name].keep(session)) for name, session in sessions.items()}

    async def close(self) -> None:
        """Says what is left to say, if Redis takes it quickly."""
        with suppress(errors.Unavailable, TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await self._hints.flush()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE):
                await asyncio.gather(self._commands.aclose(), self._reading.aclose(), return_exceptions=True)


@asynccontextmanager
async def open_redis(
    *, url: str, prefix: str, clock: Clock, changes: Signal, jobs: Signal, limiter: Limiter, silence: float = _SILENCE
) -> AsyncIterator[RedisMessaging]:
    """Connects in the background: nothing here waits for Redis. Raises Invalid when the address is none.

    `changes` and `jobs` are the signals of this process for its relay and its runner, `limiter` counts while Redis
    is away. Keys and channels begin with `prefix`.
    """
    opened = RedisMessaging(
        url=url, prefix=prefix, clock=clock, changes=changes, jobs=jobs, limiter=limiter, silence=silence
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(opened.close)
        stack.push_async_callback(ended, opened.keep(), within=_CLOSE)
        yield opened
