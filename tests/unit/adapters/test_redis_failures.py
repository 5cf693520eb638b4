"""Every way in which Redis fails is Redis being away, said in words."""

import inspect
from collections.abc import Iterator

import pytest
from redis import exceptions

from app.adapters.redis.failures import as_our_errors, meaning
from app.domain import errors


def raised_by_the_driver() -> Iterator[type[Exception]]:
    for _, kind in inspect.getmembers(exceptions, inspect.isclass):
        if issubclass(kind, Exception):
            yield kind


def made(kind: type[Exception]) -> Exception:
    """Some refuse to be built from a message."""
    error = kind.__new__(kind)
    error.args = ("refused",)
    return error


@pytest.mark.parametrize("kind", [*raised_by_the_driver(), TimeoutError, ConnectionRefusedError, OSError])
def test_every_exception_of_the_driver_is_told_in_our_words(kind: type[Exception]) -> None:
    error = made(kind)
    with pytest.raises(errors.Unavailable) as caught, as_our_errors():
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.message == meaning(error)
    assert "refused" not in caught.value.message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.AuthenticationError("x"), "Redis refuses the user or the password"),
        (exceptions.NoPermissionError("x"), "Redis does not allow this user to do that"),
        (exceptions.OutOfMemoryError("x"), "Redis is full: raise its maxmemory"),
        (exceptions.ReadOnlyError("x"), "Redis is a read-only replica: name the one that is written to"),
        (exceptions.ResponseError("x"), "Redis refuses a command"),
        (exceptions.ConnectionError("x"), "Redis does not answer"),
        (exceptions.TimeoutError("x"), "Redis does not answer in time"),
    ],
)
def test_the_words_say_what_to_look_at(error: Exception, words: str) -> None:
    assert meaning(error) == words


def test_bugs_of_ours_pass_as_they_are() -> None:
    with pytest.raises(KeyError), as_our_errors():
        raise KeyError("a bug")
