"""What the language model has cost."""

from datetime import date

from app.adapters.sqlite.block import Block
from app.adapters.sqlite.scope import Parameters
from app.adapters.sqlite.statements import statements
from app.domain.spending import Spending

SQL = statements("spending")


class Spendings:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def on(self, day: date) -> Spending:
        row = await self._block.run(lambda on: on.row(SQL["spending_on"], {"day": day.isoformat()}))
        return Spending(calls=row["calls"], tokens=row["tokens"]) if row else Spending()


class SpendingWrites(Spendings):
    async def add(self, day: date, spending: Spending) -> None:
        added: Parameters = {"day": day.isoformat(), "calls": spending.calls, "tokens": spending.tokens}
        await self._block.run(lambda on: on.change(SQL["spending_add"], added))
