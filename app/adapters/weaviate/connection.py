"""One client for the process, made when it is first needed and made anew after an outage."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from app.adapters.weaviate.breaker import Breaker, State
from app.adapters.weaviate.driver import AdditionalConfig, Auth, ConnectionParams, Timeout, WeaviateAsyncClient
from app.adapters.weaviate.faults import Silent, as_our_errors
from app.domain import errors

T = TypeVar("T")

QUERY: Final = 2.0
"""Seconds for what a request waits for."""
BATCH: Final = 30.0
"""Seconds for what the indexer waits for."""

_CONNECT: Final = 2.0
_CLOSE: Final = 1.0


class Connection:
    def __init__(self, *, url: str, grpc: str, key: str, breaker: Breaker) -> None:
        """Raises Invalid for addresses that are none."""
        self._addresses, self._key = _addresses(url, grpc), key
        self.breaker = breaker
        self._client: WeaviateAsyncClient | None = None
        self._connecting = asyncio.Lock()

    async def call(self, asked: Callable[[WeaviateAsyncClient], Awaitable[T]], *, seconds: float = QUERY) -> T:
        """What the client answers within the time. Raises Unavailable, at once while the breaker is open."""
        try:
            with self.breaker.guard(), as_our_errors():
                async with asyncio.timeout(seconds):
                    return await asked(await self._connected())
        except Silent:
            # A channel that was refused waits ever longer before it tries again: the probe starts afresh.
            if self.breaker.state is State.OPEN:
                await self.close()
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await _closed(client)

    async def _connected(self) -> WeaviateAsyncClient:
        if self._client is not None:
            return self._client
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> WeaviateAsyncClient:
        client = WeaviateAsyncClient(
            connection_params=self._addresses,
            auth_client_secret=Auth.api_key(self._key) if self._key else None,
            additional_config=AdditionalConfig(timeout=Timeout(init=_CONNECT, query=QUERY, insert=BATCH)),
        )
        try:
            async with asyncio.timeout(_CONNECT):
                await client.connect()
        except BaseException:
            await _closed(client)
            raise
        return client


async def _closed(client: WeaviateAsyncClient) -> None:
    """Whatever goes wrong in closing: it is thrown away."""
    try:
        with as_our_errors():
            async with asyncio.timeout(_CLOSE):
                await client.close()
    except errors.Unavailable:
        return


def _addresses(url: str, grpc: str) -> ConnectionParams:
    try:
        rest = urlsplit(url)
        host, _, port = grpc.rpartition(":")
        return ConnectionParams.from_params(
            http_host=rest.hostname or "",
            http_port=rest.port or (443 if rest.scheme == "https" else 80),
            http_secure=rest.scheme == "https",
            grpc_host=host,
            grpc_port=int(port),
            grpc_secure=rest.scheme == "https",
        )
    except ValueError as exc:
        raise errors.invalid("MNEMOGRAPH_WEAVIATE_URL", f"{url!r} and {grpc!r} are not two addresses") from exc
