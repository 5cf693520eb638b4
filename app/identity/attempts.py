"""Wrong keys, counted: by address, by the key they claim to be, and altogether.

An address that has tried too much is not heard for a while, except with a secret that was right
before. Elsewhere a right key is always let in, however many wrong ones claim its id: guessing from
many addresses is slowed and never locks the owner out.
"""

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta

from app.domain.errors import RateLimited
from app.domain.ids import KeyId
from app.ports.messaging import Limiter
from app.ports.runtime import Clock

BY_ADDRESS = 20
BY_KEY = 60
ALTOGETHER = 600
WINDOW = 60.0

_REMEMBERED = 4_096


class Attempts:
    def __init__(self, *, clock: Clock, limiter: Limiter) -> None:
        self._clock, self._limiter = clock, limiter
        self._unheard: OrderedDict[str, datetime] = OrderedDict()
        self._right: OrderedDict[bytes, None] = OrderedDict()

    def admit(self, address: str, digest: bytes) -> None:
        """Raises RateLimited while the address is not heard."""
        if not self._unheard:
            return
        until = self._unheard.get(_network(address))
        if until is None or digest in self._right:
            return
        wait = (until - self._clock.now()).total_seconds()
        if wait > 0:
            raise RateLimited(wait)
        del self._unheard[_network(address)]

    async def failed(self, address: str, key: KeyId | None) -> None:
        """Counts a wrong key. Raises RateLimited when there were too many."""
        network = _network(address)
        wait = await self._wait(f"wrong-key:address:{network}", BY_ADDRESS)
        if wait > 0:
            self._unheard[network] = self._clock.now() + timedelta(seconds=wait)
            _trim(self._unheard)
        if key is not None:
            wait = max(wait, await self._wait(f"wrong-key:key:{key}", BY_KEY))
        wait = max(wait, await self._wait("wrong-key", ALTOGETHER))
        if wait > 0:
            raise RateLimited(wait)

    async def _wait(self, key: str, limit: int) -> float:
        return (await self._limiter.take(key, limit=limit, window=WINDOW)).wait

    def succeeded(self, digest: bytes) -> None:
        self._right[digest] = None
        self._right.move_to_end(digest)
        _trim(self._right)


def _trim(entries: OrderedDict[str, datetime] | OrderedDict[bytes, None]) -> None:
    while len(entries) > _REMEMBERED:
        entries.popitem(last=False)


def _network(address: str) -> str:
    """An IPv6 customer holds a whole /64: it counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
