"""Live messages between the record and those who watch it. Losing one loses speed, not data."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from app.domain.ids import OrganizationId
from app.domain.work import RecordedEvent


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were lost here: whoever watches reads the state anew. `revision` is the last one seen."""

    revision: int


class EventBus(Protocol):
    async def publish(self, events: Sequence[RecordedEvent]) -> None:
        """Hands events to the subscribers of their tenants, in order. Never waits for a subscriber."""
        ...

    def subscribe(
        self, tenant: OrganizationId, wanted: Callable[[RecordedEvent], bool]
    ) -> AbstractAsyncContextManager[AsyncIterator[RecordedEvent | Gap]]:
        """The tenant's events from now on that `wanted` picks, in order.

        Entering returns once the subscription stands. The queue is bounded: on overflow the oldest
        events go and one Gap stands in their place. The iterator ends when the bus closes.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of asking for a token: `wait` is 0.0 when it was granted, else seconds until there is one.

    `left` tokens are there after it, and all of them again in `full_in` seconds.
    """

    wait: float
    left: int
    full_in: float


class Limiter(Protocol):
    async def take(self, key: str, *, limit: int, window: float) -> Taken:
        """Takes one of `limit` tokens per `window` seconds, if there is one."""
        ...


class Signal(Protocol):
    """A wake-up without content."""

    def notify(self) -> None:
        """Wakes the waiter, now or at its next wait. Safe from any thread."""
        ...

    async def wait(self, seconds: float) -> None:
        """Returns after a notification, or after `seconds`."""
        ...
