"""Opening the index. Nothing is asked of Weaviate until it is needed, so that an app starts without it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from app.adapters.weaviate.breaker import Breaker, State
from app.adapters.weaviate.connection import Connection
from app.adapters.weaviate.driver import WeaviateAsyncClient
from app.adapters.weaviate.generations import BELIEVED_FOR, Aliases
from app.adapters.weaviate.schema import Space
from app.adapters.weaviate.search import WeaviateSearch
from app.adapters.weaviate.writer import WeaviateWriter
from app.domain.errors import invalid
from app.ports.runtime import Clock

_PREFIX: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaviateIndex:
    """The index of one installation. `breaker` can be read for metrics."""

    connection: Connection
    aliases: Aliases
    space: Space
    clock: Clock
    search: WeaviateSearch
    writer: WeaviateWriter

    @property
    def answers(self) -> bool:
        """Whether it is asked at all: False after some failures in a row, until it answers again."""
        return self.connection.breaker.state is State.CLOSED

    @property
    def breaker(self) -> State:
        return self.connection.breaker.state

    @property
    def lag(self) -> float:
        """Seconds until every writer knows of a generation that was begun."""
        return BELIEVED_FOR

    def searching(self, generation: str) -> WeaviateSearch:
        return WeaviateSearch(self.connection, self.aliases, self.space, self.clock, generation=generation)

    def writing(self, generation: str) -> WeaviateWriter:
        return WeaviateWriter(self.connection, self.aliases, self.space, generation=generation)

    async def begin(self) -> str:
        """The generation to fill: the one that was begun, or a new one."""
        return await self.aliases.begin()

    async def switch(self, generation: str) -> None:
        await self.aliases.switch(generation)

    async def retire(self) -> list[str]:
        return await self.aliases.retired()

    async def incarnation(self) -> str:
        """Changes with every start of the server, where a node is elected anew, and when another collection answers."""

        async def asked(client: WeaviateAsyncClient) -> str:
            nodes = (await client.cluster.statistics()).statistics
            return " ".join(sorted(f"{node.name}:{node.raft.term}" for node in nodes))

        return f"{(await self.aliases.standing()).current} {await self.connection.call(asked)}"

    async def ready(self) -> None:
        """Raises Unavailable, or returns: for readiness and `doctor`."""
        await self.connection.call(self._asked_for_version)

    async def erase(self) -> None:
        """Removes everything of this installation."""
        await self.aliases.erased()

    async def _asked_for_version(self, client: WeaviateAsyncClient) -> str:
        return str((await client.get_meta())["version"])


@asynccontextmanager
async def open_index(
    *, url: str, grpc: str, key: str, prefix: str = "Mnemograph", model: str, dimension: int, clock: Clock
) -> AsyncIterator[WeaviateIndex]:
    """`grpc` is host:port; `prefix` keeps installations on one server apart. Raises Invalid for what is no such thing."""
    if not _PREFIX.fullmatch(prefix):
        raise invalid("MNEMOGRAPH_WEAVIATE_PREFIX", f"{prefix!r} is not a capital followed by letters and digits")
    connection = Connection(url=url, grpc=grpc, key=key, breaker=Breaker())
    space = Space(model, dimension)
    aliases = Aliases(connection, prefix=prefix, space=space)
    try:
        yield WeaviateIndex(
            connection=connection,
            aliases=aliases,
            space=space,
            clock=clock,
            search=WeaviateSearch(connection, aliases, space, clock),
            writer=WeaviateWriter(connection, aliases, space),
        )
    finally:
        await connection.close()
