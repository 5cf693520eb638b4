"""What the language model has cost."""

from datetime import date
from typing import Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.statements import statements
from app.domain.spending import Spending

CYPHER: Final = statements("spending")


class Spendings:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def on(self, day: date) -> Spending:
        row = await self._block.row(CYPHER["spending_on"], {"day": day.isoformat()})
        return Spending(calls=row["calls"], tokens=row["tokens"]) if row else Spending()


class SpendingWrites(Spendings):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit = block

    async def add(self, day: date, spending: Spending) -> None:
        added = {"day": day.isoformat(), "calls": spending.calls, "tokens": spending.tokens}
        await self._unit.change(CYPHER["spending_add"], added)
