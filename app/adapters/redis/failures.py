"""What redis-py raises, in our words. Nothing that a user sends reaches Redis, so every failure is Redis being away."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from app.domain import errors

_MEANINGS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.AuthenticationError, "Redis refuses the user or the password"),
    (exceptions.AuthenticationWrongNumberOfArgsError, "Redis refuses the user or the password"),
    (exceptions.ExternalAuthProviderError, "Redis refuses the user or the password"),
    (exceptions.AuthorizationError, "Redis does not allow this user to do that"),
    (exceptions.NoPermissionError, "Redis does not allow this user to do that"),
    (exceptions.BusyLoadingError, "Redis is still loading its data"),
    (exceptions.MaxConnectionsError, "too many calls to Redis are waiting"),
    (exceptions.ConnectionError, "Redis does not answer"),
    (exceptions.TimeoutError, "Redis does not answer in time"),
    (TimeoutError, "Redis does not answer in time"),
    (OSError, "Redis does not answer"),
    (exceptions.OutOfMemoryError, "Redis is full: raise its maxmemory"),
    (exceptions.ReadOnlyError, "Redis is a read-only replica: name the one that is written to"),
    (exceptions.ClusterError, "Redis Cluster is not supported: name a single Redis"),
    (exceptions.RedisClusterException, "Redis Cluster is not supported: name a single Redis"),
    (exceptions.MovedError, "Redis Cluster is not supported: name a single Redis"),
    (exceptions.ResponseError, "Redis refuses a command"),
    (exceptions.InvalidResponse, "what answers is not a Redis"),
    (exceptions.RedisError, "Redis does not answer as expected"),
    (exceptions.ChildDeadlockedError, "the connection to Redis was made before a fork"),
    (exceptions.IncorrectPolicyType, "Redis does not answer as expected"),
)
"""Most specific first."""


@contextmanager
def as_our_errors() -> Iterator[None]:
    """Every failure of Redis leaves as Unavailable; anything else passes as it is."""
    try:
        yield
    except tuple(kind for kind, _ in _MEANINGS) as error:
        raise errors.Unavailable(meaning(error)) from error


def meaning(error: Exception) -> str:
    """What an operator should read."""
    return next(words for kind, words in _MEANINGS if isinstance(error, kind))
