"""Generations of the index: the one that answers, and beside it the one that is being filled.

Two aliases in Weaviate itself say which they are, so that every process learns of them: readers ask by
alias, and writers look it up every few seconds and write to both.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.adapters.weaviate import schema
from app.adapters.weaviate.connection import BATCH, Connection
from app.adapters.weaviate.driver import WeaviateAsyncClient, theirs
from app.adapters.weaviate.schema import Space

BELIEVED_FOR: Final = 2.0
"""Seconds for which a process goes on with what it knows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Names of collections: the one that the alias means, and the one that is being filled."""

    current: str
    filling: str | None

    @property
    def written(self) -> tuple[str, ...]:
        return (self.current,) if self.filling in (None, self.current) else (self.current, str(self.filling))


class Aliases:
    def __init__(
        self, connection: Connection, *, prefix: str, space: Space, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._connection, self._space, self._now = connection, space, now
        self.prefix = prefix
        self._next = f"{prefix}_next"
        self._standing: Standing | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def standing(self) -> Standing:
        """As it was at most `BELIEVED_FOR` seconds ago; the first generation is made where there is none."""
        async with self._reading:
            if self._standing is not None and self._now() - self._read_at <= BELIEVED_FOR:
                return self._standing
            read_at = self._now()
            known = await self._connection.call(self._known)
            standing = known if known is not None else await self._connection.call(self._read, seconds=BATCH)
            self._standing, self._read_at = standing, read_at
            return standing

    def forget(self) -> None:
        """Looks again at the next question."""
        self._standing = None

    def fits(self, collection: str) -> bool:
        """Whether its vectors are of our space."""
        return collection.startswith(f"{self.prefix}_{self._space.digest}_")

    async def begin(self) -> str:
        """The generation that is being filled: one that was begun for our space, or a new one."""

        async def begun(client: WeaviateAsyncClient) -> str:
            standing = await self._read(client)
            if standing.filling in (None, standing.current) or not self.fits(str(standing.filling)):
                await client.alias.delete(alias_name=self._next)
                return await self._made(client, self._next)
            return str(standing.filling)

        self.forget()
        return await self._connection.call(begun, seconds=BATCH)

    async def switch(self, generation: str) -> None:
        """From now on this one answers. Asked twice, it is done once."""

        async def switched(client: WeaviateAsyncClient) -> None:
            await client.alias.update(alias_name=self.prefix, new_target_collection=generation)
            await client.alias.delete(alias_name=self._next)

        self.forget()
        await self._connection.call(switched, seconds=BATCH)
        self.forget()

    async def retired(self) -> list[str]:
        """Drops the generations that neither answer nor are being filled; their names."""

        async def dropped(client: WeaviateAsyncClient) -> list[str]:
            standing = await self._read(client)
            old = [name for name in await self._all(client) if name not in standing.written]
            for name in old:
                await client.collections.delete(name)
            return old

        return await self._connection.call(dropped, seconds=BATCH)

    async def erased(self) -> None:
        """Removes every generation and both aliases: for tests, and for leaving Weaviate."""

        async def erase(client: WeaviateAsyncClient) -> None:
            for alias in (self._next, self.prefix):
                await client.alias.delete(alias_name=alias)
            for name in await self._all(client):
                await client.collections.delete(name)

        self.forget()
        await self._connection.call(erase, seconds=BATCH)

    async def _known(self, client: WeaviateAsyncClient) -> Standing | None:
        aliases = await client.alias.list_all()
        current, filling = aliases.get(self.prefix), aliases.get(self._next)
        return Standing(current.collection, filling.collection if filling else None) if current else None

    async def _read(self, client: WeaviateAsyncClient) -> Standing:
        return await self._known(client) or Standing(await self._made(client, self.prefix), None)

    async def _made(self, client: WeaviateAsyncClient, alias: str) -> str:
        """A new generation under the alias. Of processes that do this at once, one wins and all use its.

        No two ever have one name: who sees another name sees another index, also after the server was emptied.
        """
        name = f"{self.prefix}_{self._space.digest}_{secrets.token_hex(4)}"
        await schema.create(client, name)
        try:
            await client.alias.create(alias_name=alias, target_collection=name)
        except theirs.UnexpectedStatusCodeError:
            known = await client.alias.get(alias_name=alias)
            if known is None:
                raise
            if alias == self.prefix or self.fits(known.collection):
                await client.collections.delete(name)
                return known.collection
            await client.alias.update(alias_name=alias, new_target_collection=name)
        return name

    async def _all(self, client: WeaviateAsyncClient) -> list[str]:
        found = await client.collections.list_all(simple=True)
        ours = re.compile(rf"{re.escape(self.prefix)}_[0-9a-f]{{12}}_[0-9a-f]+")
        return sorted(name for name in found if ours.fullmatch(name))
