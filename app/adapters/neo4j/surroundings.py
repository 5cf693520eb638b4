"""What ranking reads of memories: where they stand, who speaks, and the vectors of their tokens."""

from collections.abc import Sequence
from typing import Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.filters import filtered
from app.adapters.neo4j.statements import statements
from app.adapters.records.glimpses import glimpses_of, token_table
from app.domain.ids import MemoryId
from app.domain.memory import Glimpse
from app.domain.query import MemoryFilter
from app.ports.models import Embedding, TokenTable

CYPHER: Final = statements("surroundings")
USER_ROLE: Final = "user"
"""Who said what has no speaker: the user in this role, the agent in any other."""


class Surroundings:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def glimpses(
        self, ids: Sequence[MemoryId], *, reach: int, where: MemoryFilter, near: Embedding | None = None
    ) -> list[Glimpse]:
        conditions, parameters = filtered(where)
        statement = CYPHER["glimpses"].replace("{where}", conditions)
        asked = {**parameters, "ids": sorted(set(ids)), "reach": reach, "user_role": USER_ROLE}
        asked |= {"model": near.model, "dimension": near.vector.size} if near else {"model": None, "dimension": None}
        rows = await self._block.rows(statement, asked)
        sources = {row["glimpse"][0]: tuple(row["sources"]) for row in rows}
        return glimpses_of([row["glimpse"] for row in rows], sources, near)

    async def speakers(self, names: Sequence[str]) -> list[str]:
        rows = await self._block.rows(CYPHER["speakers"], {"names": sorted(set(names))}) if names else []
        return [row["speaker"] for row in rows]

    async def token_vectors(self, ids: Sequence[MemoryId], *, model: str) -> TokenTable:
        rows = await self._block.rows(CYPHER["tokens_of"], {"ids": sorted(set(ids)), "model": model})
        return token_table([(row["id"], row["width"], row["tokens"]) for row in rows])
