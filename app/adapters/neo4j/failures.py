"""What the driver raises, in our words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from neo4j import exceptions as driver

from app.domain import errors

AWAY: Final = "the graph store does not answer"
LATE: Final = "the graph store took too long"
CROWDED: Final = "too many writes are waiting"
DEADLOCK: Final = "Neo.TransientError.Transaction.DeadlockDetected"
_MEANINGS: Final[Mapping[str, str]] = {
    "Neo.ClientError.Security.Unauthorized": "the graph store refuses the user or the password",
    "Neo.ClientError.Security.AuthenticationRateLimit": "the graph store refuses the user or the password for a while",
    "Neo.ClientError.Security.CredentialsExpired": "the password of the graph store has to be changed",
    "Neo.ClientError.Database.DatabaseNotFound": "the graph store has no such database",
    "Neo.TransientError.Database.DatabaseUnavailable": "the database of the graph store is not available",
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError": "the graph store has not enough memory for this",
    "Neo.TransientError.General.OutOfMemoryError": "the graph store is out of memory",
    "Neo.ClientError.Transaction.TransactionTimedOut": LATE,
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": LATE,
    "Neo.ClientError.Transaction.LockAcquisitionTimeout": CROWDED,
    "Neo.ClientError.Transaction.LockClientStopped": LATE,
    "Neo.TransientError.Transaction.LockAcquisitionTimeout": CROWDED,
    DEADLOCK: "two writes stood in each other's way",
    "Neo.DatabaseError.General.StorageDamageDetected": "the data of the graph store is damaged: restore a backup",
    "Neo.TransientError.General.DatabaseUnavailable": "the database of the graph store is not available",
}


class TooLate(TimeoutError):
    """The server is there but did not get to it in time; says what took long."""


@contextmanager
def as_our_errors() -> Iterator[None]:
    """Every exception of the driver leaves as one of `app.domain.errors`; anything else passes as it is."""
    try:
        yield
    except driver.ConstraintError as error:
        raise errors.Conflict("it exists already, or refers to something that does not") from error
    except driver.Neo4jError as error:
        if not _at_fault(error):
            raise errors.AppError("the store was used in a wrong way") from error
        raise errors.Unavailable(meaning(error)) from error
    except (driver.TransactionError, driver.ResultError, driver.SessionError, driver.ConfigurationError) as error:
        raise errors.AppError("the store was used in a wrong way") from error
    except TooLate as error:
        raise errors.Unavailable(str(error)) from error
    except (driver.DriverError, driver.GqlError, TimeoutError, OSError) as error:
        raise errors.Unavailable(AWAY) from error


def meaning(error: Exception) -> str:
    """What an operator should read."""
    return _MEANINGS.get(getattr(error, "code", None) or "", AWAY)


def _at_fault(error: driver.Neo4jError) -> bool:
    """Whether the server, and not our statement, is to blame."""
    code = error.code or ""
    return code in _MEANINGS or not code.startswith("Neo.ClientError.")
