"""How a command ends: an exit code with a meaning, and one line for what went wrong."""

import json
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from app.domain.errors import AppError, Invalid

DONE, NOTHING, USAGE, INVALID, NOT_FOUND, CONFLICT, UNAVAILABLE, NOT_ALLOWED, LIMITED, IN_PART, BUG = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70,
)  # fmt: skip

EXIT_CODES = (
    "Exit codes: 0 done, 1 nothing found or a job failed, 2 wrong usage, 3 invalid input, 4 not found, 5 conflict, "
    "6 unavailable, 7 not allowed, 8 over a limit, 9 done in part (some lines were not imported), "
    "70 a bug, 130 interrupted."
)

_CODES = {
    "invalid": INVALID,
    "not_found": NOT_FOUND,
    "gone": NOT_FOUND,
    "conflict": CONFLICT,
    "unavailable": UNAVAILABLE,
    "unauthenticated": NOT_ALLOWED,
    "forbidden": NOT_ALLOWED,
    "quota_exceeded": LIMITED,
    "rate_limited": LIMITED,
}


def report(error: Exception, *, as_json: bool) -> int:
    """Tells the error on stderr, as a line or as a JSON document, and gives the exit code."""
    if (
        isinstance(error, BaseExceptionGroup)
        and len(error.exceptions) == 1
        and isinstance(error.exceptions[0], Exception)
    ):
        return report(error.exceptions[0], as_json=as_json)
    if not isinstance(error, AppError):
        error = _Bug(error)
    document = {"error": {"code": error.code, "message": error.message, "fields": _fields(error)}}
    _say(json.dumps(document, ensure_ascii=False) if as_json else f"Error ({error.code}): {error.message}")
    return _CODES.get(error.code, BUG)


class _Bug(AppError):
    """Something that should not happen; the traceback goes into a file."""

    def __init__(self, cause: Exception) -> None:
        name = f"mnemograph-{datetime.now(UTC):%Y%m%d-%H%M%S}-{token_hex(4)}.log"
        path = Path(tempfile.gettempdir()) / name
        try:
            path.write_text("".join(traceback.format_exception(cause)), encoding="utf-8")
            where = f"the details are in {path}"
        except OSError:
            where = f"{type(cause).__name__}"
        super().__init__(f"this is a bug in mnemograph, please report it; {where}")


def _fields(error: AppError) -> list[dict[str, str]]:
    if not isinstance(error, Invalid):
        return []
    return [{"field": e.field, "message": e.message, "code": e.code} for e in error.fields]


def _say(line: str) -> None:
    sys.stderr.write(line.replace("\n", " ") + "\n")
