"""What the driver of Neo4j raises leaves as an error of ours, whatever it is."""

import asyncio
from collections.abc import Iterator

import pytest
from neo4j import exceptions as driver

from app.adapters.neo4j.failures import AWAY, CROWDED, LATE, TooLate, as_our_errors
from app.domain import errors

UNAVAILABLE = {
    "Neo.ClientError.Security.Unauthorized": "the graph store refuses the user or the password",
    "Neo.ClientError.Security.AuthenticationRateLimit": "the graph store refuses the user or the password for a while",
    "Neo.ClientError.Database.DatabaseNotFound": "the graph store has no such database",
    "Neo.ClientError.Transaction.TransactionTimedOut": LATE,
    "Neo.ClientError.Transaction.LockAcquisitionTimeout": CROWDED,
    "Neo.TransientError.Transaction.LockAcquisitionTimeout": CROWDED,
    "Neo.TransientError.Transaction.DeadlockDetected": "two writes stood in each other's way",
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError": "the graph store has not enough memory for this",
    "Neo.TransientError.General.NobodyKnowsYet": AWAY,
    "Neo.DatabaseError.General.UnknownError": AWAY,
}


def classes() -> Iterator[type[Exception]]:
    for value in vars(driver).values():
        if isinstance(value, type) and issubclass(value, driver.GqlError):
            yield value


def told(foreign: Exception) -> errors.AppError:
    with pytest.raises(errors.AppError) as caught, as_our_errors():
        raise foreign
    assert caught.value.__cause__ is foreign
    return caught.value


def server_says(code: str) -> driver.Neo4jError:
    error: driver.Neo4jError = driver.Neo4jError._hydrate_neo4j(code=code, message="theirs")
    return error


@pytest.mark.parametrize("foreign", sorted(set(classes()), key=str))
def test_every_class_of_the_driver_is_told_in_our_words(foreign: type[Exception]) -> None:
    told_of = told(foreign("theirs"))
    assert "theirs" not in told_of.message
    wrong_use = (
        driver.TransactionError,
        driver.ResultError,
        driver.SessionError,
        driver.ConfigurationError,
    )
    expected = (
        errors.Conflict
        if issubclass(foreign, driver.ConstraintError)
        else errors.AppError
        if issubclass(foreign, wrong_use)
        else errors.Unavailable
    )
    assert type(told_of) is expected


@pytest.mark.parametrize("code", sorted(UNAVAILABLE))
def test_what_the_server_is_to_blame_for_is_said(code: str) -> None:
    problem = told(server_says(code))
    assert type(problem) is errors.Unavailable
    assert problem.message == UNAVAILABLE[code]


def test_a_broken_constraint_is_a_conflict() -> None:
    assert type(told(server_says("Neo.ClientError.Schema.ConstraintValidationFailed"))) is errors.Conflict


def test_a_statement_of_ours_that_is_wrong_is_not_the_servers_fault() -> None:
    assert type(told(server_says("Neo.ClientError.Statement.SyntaxError"))) is errors.AppError


@pytest.mark.parametrize("silence", [TimeoutError(), ConnectionResetError("reset"), OSError("theirs")])
def test_silence_is_a_store_that_does_not_answer(silence: Exception) -> None:
    assert told(silence).message == AWAY


def test_who_comes_too_late_is_told_why() -> None:
    assert told(TooLate(CROWDED)).message == CROWDED


@pytest.mark.parametrize("foreign", [KeyError("k"), asyncio.CancelledError()])
def test_other_errors_pass_as_they_are(foreign: BaseException) -> None:
    with pytest.raises(type(foreign)) as caught, as_our_errors():
        raise foreign
    assert caught.value is foreign
