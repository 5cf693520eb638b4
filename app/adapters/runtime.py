"""The real clock, identifiers that sort by time, and a wake-up on the event loop."""

import asyncio
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime

from app.domain.ids import PREFIXES, letters_of
from app.ports.runtime import Clock

_RANDOM_BITS = 74
_STEP_BITS = 40
_LOW_BITS = 62


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class OrderedIds:
    """Milliseconds and 74 random bits as UUIDs of version 7 have them (RFC 9562), in base 32.

    Within a millisecond, or after the clock went back, an id is its predecessor plus a random step:
    the order holds and the next id still cannot be guessed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new(self, noun: str) -> str:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        with self._lock:
            if milliseconds > self._last >> _RANDOM_BITS:
                self._last = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
            else:
                self._last += 1 + secrets.randbits(_STEP_BITS)
            value = self._last
        return f"{PREFIXES[noun]}_{letters_of(_uuid7(value))}"

    def secret(self, size: int) -> bytes:
        return secrets.token_bytes(size)


def _uuid7(value: int) -> int:
    """With the six bits that tell what it is: the version after the time, the variant before the last 62."""
    high, low = divmod(value, 1 << _LOW_BITS)
    milliseconds, middle = divmod(high, 1 << (_RANDOM_BITS - _LOW_BITS))
    return milliseconds << 80 | 7 << 76 | middle << 64 | 0b10 << _LOW_BITS | low


class LoopSignal:
    """Remembers one notification until somebody waits, and wakes the loop from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notified = False
        self._waiting: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def notify(self) -> None:
        with self._lock:
            self._notified = True
            waiting = self._waiting
        if waiting is not None:
            loop, woken = waiting
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(woken.set)

    async def wait(self, seconds: float) -> None:
        woken = asyncio.Event()
        with self._lock:
            if self._take():
                return
            self._waiting = (asyncio.get_running_loop(), woken)
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            return
        finally:
            with self._lock:
                self._waiting = None
                self._take()

    def _take(self) -> bool:
        taken, self._notified = self._notified, False
        return taken
