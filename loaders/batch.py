"""A loader: keys asked for one by one, read together, answered in order."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from aiodataloader import DataLoader

from app.domain.principal import Permission, Principal
from app.ports.lookup import Lookup
from app.ports.store import Reader, Store
from app.ports.telemetry import SILENCE, Telemetry

MAX_BATCH = 500

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Read = Callable[[Reader, Sequence[K]], Awaitable[Sequence[V]]]


class Door:
    """Opens the store for one principal, and only to what it may read."""

    def __init__(self, store: Store, principal: Principal, *, telemetry: Telemetry = SILENCE) -> None:
        self._store, self._principal, self._telemetry = store, principal, telemetry

    def loader(
        self, name: str, read: Read[K, V], *, absent: V, needs: Permission = Permission.MEMORY_READ
    ) -> DataLoader[K, V]:
        """Keys read in one block a batch; `absent` for all of them without the permission."""

        async def batch(keys: list[K]) -> list[V]:
            if needs not in self._principal.permissions:
                return [absent] * len(keys)
            with self._telemetry.span("batch", name, size=len(keys)):
                async with self._store.read(self._principal) as reader:
                    return list(await read(reader, keys))

        return DataLoader(batch, max_batch_size=MAX_BATCH)

    def by_id(
        self, name: str, pick: Callable[[Reader], Lookup[K, V]], *, needs: Permission = Permission.MEMORY_READ
    ) -> DataLoader[K, V | None]:
        """Things by their ids, None for what is absent or not the principal's to see."""

        async def read(reader: Reader, keys: Sequence[K]) -> Sequence[V | None]:
            return await pick(reader).get_many(keys)

        return self.loader(name, read, absent=None, needs=needs)


class ByLimit(Generic[K, V]):
    """Turns a read of "at most `limit` each" into one for keys that carry their own limit."""

    def __init__(self, read: Callable[[Reader, Sequence[K], int], Awaitable[Sequence[V]]]) -> None:
        self._read = read

    async def __call__(self, reader: Reader, keys: Sequence[tuple[K, int]]) -> Sequence[V]:
        found: dict[tuple[K, int], V] = {}
        for limit in sorted({limit for _, limit in keys}):
            ids = [key for key, wanted in keys if wanted == limit]
            values = await self._read(reader, ids, limit)
            found.update(zip(((key, limit) for key in ids), values, strict=True))
        return [found[key] for key in keys]
