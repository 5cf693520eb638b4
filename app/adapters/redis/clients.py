"""Clients of one Redis: how long they wait, and that they never retry by themselves."""

from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.domain import errors

_CONNECT = 1.0
_POOL = 16
_WAIT_FOR_A_CONNECTION = 0.5

COMMANDS: float = 2.0
"""Seconds that a command may take."""
BLOCKING = None
"""Readers that wait for what comes: a time-out of the socket would end them in silence, so they watch themselves."""


def client_of(url: str, *, socket_timeout: float | None) -> Redis:
    """A client that connects at its first command. Raises Invalid when the address is none."""
    try:
        pool = BlockingConnectionPool.from_url(url, max_connections=_POOL, timeout=_WAIT_FOR_A_CONNECTION)
    except ValueError as exc:
        raise errors.invalid("redis_url", "is not an address like redis://:PASSWORD@HOST:6379/0") from exc
    pool.connection_kwargs.update(
        socket_timeout=socket_timeout, socket_connect_timeout=_CONNECT, retry=Retry(NoBackoff(), 0), retry_on_error=[]
    )
    return Redis.from_pool(pool)


def address_of(url: str) -> str:
    """The address as it may be shown: without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def without_password(url: str) -> str:
    """The same Redis, for who has no credentials."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
