"""Nodes that are inserted or replaced by id, unless out of sight or under a name that another one has."""

from collections.abc import Mapping
from typing import Any

from app.adapters.neo4j.block import Block
from app.domain import errors


async def place(block: Block, statement: str, values: Mapping[str, Any]) -> None:
    """Raises NotFound where the node it would replace is out of the principal's sight, Conflict where its name is taken.

    The statement looks before it writes, because a broken constraint would end the whole transaction.
    """
    (found,) = await block.rows(statement, {"id": values["id"], "values": values})
    if not found["visible"]:
        raise errors.NotFound
    if found["taken"]:
        raise errors.Conflict("another one has this name already")
