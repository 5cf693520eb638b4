"""Events within one process: a bounded queue per subscriber, no task of its own."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from app.domain.ids import OrganizationId
from app.domain.work import RecordedEvent
from app.ports.messaging import Gap

QUEUE_SIZE = 256

Wanted = Callable[[RecordedEvent], bool]


class LocalBus:
    """All methods are called on the event loop."""

    def __init__(self, queue_size: int = QUEUE_SIZE) -> None:
        self._queue_size = queue_size
        self._subscribers: dict[OrganizationId, set[_Subscriber]] = {}
        self._closed = False

    async def publish(self, events: Sequence[RecordedEvent]) -> None:
        for event in events:
            for subscriber in self._subscribers.get(event.tenant, ()):
                subscriber.offer(event)

    def subscribe(self, tenant: OrganizationId, wanted: Wanted) -> "_Subscriber":
        return _Subscriber(self, tenant, wanted, self._queue_size)

    def add(self, subscriber: "_Subscriber") -> None:
        self._subscribers.setdefault(subscriber.tenant, set()).add(subscriber)
        if self._closed:
            subscriber.close()

    def remove(self, subscriber: "_Subscriber") -> None:
        mates = self._subscribers[subscriber.tenant]
        mates.discard(subscriber)
        if not mates:
            del self._subscribers[subscriber.tenant]

    def close(self) -> None:
        """Ends every subscription once it has told what it holds."""
        self._closed = True
        for subscriber in self._all():
            subscriber.close()

    def __len__(self) -> int:
        """How many subscriptions stand."""
        return sum(map(len, self._subscribers.values()))

    def _all(self) -> Iterator["_Subscriber"]:
        for mates in self._subscribers.values():
            yield from mates


class _Subscriber:
    """What one watcher has not read yet. Lost events are always the oldest, so one mark in front tells of them.

    One small object is the subscription, its queue and its iterator, since there are thousands.
    """

    __slots__ = ("_bus", "_closed", "_lost", "_queue", "_size", "_waiter", "_wanted", "tenant")

    def __init__(self, bus: LocalBus, tenant: OrganizationId, wanted: Wanted, size: int) -> None:
        self._bus, self.tenant = bus, tenant
        self._wanted, self._size = wanted, size
        self._queue: deque[RecordedEvent] | None = None  # most watchers wait for long: an empty deque takes 0.7 KiB
        self._lost: int | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False

    async def __aenter__(self) -> AsyncIterator[RecordedEvent | Gap]:
        self._bus.add(self)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._bus.remove(self)

    def offer(self, event: RecordedEvent) -> None:
        if not self._wanted(event):
            return
        if self._queue is None:
            self._queue = deque()
        elif len(self._queue) == self._size:
            first_lost = self._queue.popleft()
            if self._lost is None:
                self._lost = first_lost.revision
        self._queue.append(event)
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> "_Subscriber":
        return self

    async def __anext__(self) -> RecordedEvent | Gap:
        while not self._queue:
            self._queue = None
            if self._closed:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._lost is not None:
            gap, self._lost = Gap(self._lost - 1), None
            return gap
        return self._queue.popleft()
