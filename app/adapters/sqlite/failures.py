"""What sqlite3 raises, in our words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain import errors

_MEANINGS: dict[int, str] = {
    sqlite3.SQLITE_BUSY: "the data file is busy: another process is writing to it",
    sqlite3.SQLITE_LOCKED: "the data file is busy: another process is writing to it",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the data folder is not writable",
    sqlite3.SQLITE_PERM: "the data folder is not accessible",
    sqlite3.SQLITE_CANTOPEN: "the data file cannot be opened: the folder is missing or not writable",
    sqlite3.SQLITE_CORRUPT: "the data file is damaged: restore a backup",
    sqlite3.SQLITE_NOTADB: "the data file is not a database: restore a backup or choose another data folder",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_INTERRUPT: "the query was interrupted",
    sqlite3.SQLITE_NOMEM: "there is not enough memory",
}


@contextmanager
def as_our_errors() -> Iterator[None]:
    """Every sqlite3 exception leaves as one of `app.domain.errors`; anything else passes as it is."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise errors.Conflict("it exists already, or refers to something that does not") from error
    except sqlite3.DataError as error:
        raise errors.Invalid(message="a value is too large to be stored") from error
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.NotSupportedError) as error:
        raise errors.AppError("the store was used in a wrong way") from error
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise errors.Unavailable(meaning(error)) from error


def meaning(error: Exception) -> str:
    """What an operator should read; the primary result code is the low byte of the extended one."""
    code = getattr(error, "sqlite_errorcode", None)
    return _MEANINGS.get((code or 0) & 0xFF, "the store does not answer")
