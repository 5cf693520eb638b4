"""What an organization's language model has cost, day by day, as a part of the record: see `app.ports.store`."""

from datetime import date
from typing import Protocol

from app.domain.spending import Spending


class SpendingReader(Protocol):
    async def on(self, day: date) -> Spending:
        """What the organization has spent on this day, in UTC; nothing where it did not."""
        ...


class SpendingWriter(SpendingReader, Protocol):
    async def add(self, day: date, spending: Spending) -> None:
        """On top of what was spent that day."""
        ...
