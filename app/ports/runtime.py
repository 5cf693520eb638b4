"""What a program takes from its surroundings: the time and fresh identifiers."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, aware, in UTC, to the microsecond."""
        ...


class IdFactory(Protocol):
    def new(self, noun: str) -> str:
        """A fresh id for a noun of `app.domain.ids.PREFIXES`; later ids sort after earlier ones."""
        ...

    def secret(self, size: int) -> bytes:
        """`size` random bytes fit for secrets."""
        ...
