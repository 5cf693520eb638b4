"""What stays of JSON that may quote an erased memory."""

import re
from collections.abc import Callable
from typing import Any, Final

from app.domain.ids import noun_of

_IDS: Final = re.compile(r"[a-z]{3}_\w+")
_LONGEST_SETTING: Final = 40


def names_any(text: str, ids: set[str]) -> bool:
    """Whether a stored text holds one of the ids."""
    return not ids.isdisjoint(_IDS.findall(text))


def redacted(value: Any, harmless: Callable[[str], bool]) -> Any:
    """JSON without the strings that may be somebody's words."""
    match value:
        case str():
            return value if harmless(value) else ""
        case list():
            return [redacted(item, harmless) for item in value]
        case dict():
            return {key: redacted(item, harmless) for key, item in value.items()}
        case _:
            return value


def is_id(text: str) -> bool:
    return noun_of(text) is not None


def is_setting(text: str) -> bool:
    """A job that is still to run keeps the short words that tell it what to do."""
    return len(text) <= _LONGEST_SETTING and not any(map(str.isspace, text))
