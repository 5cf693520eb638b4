"""Values by id, in the order of the ids: one statement for all of them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.server import NOTHING, Found, Parameters

T = TypeVar("T")


async def by_ids(
    block: Block, statement: str, ids: Sequence[str], take: Callable[[Found], T], parameters: Parameters = NOTHING
) -> list[T | None]:
    """One value per id, None where the statement finds no row with that `id`."""
    return await _by(block, statement, ids, take, parameters, field="id")


async def by_external_ids(
    block: Block, statement: str, ids: Sequence[str], take: Callable[[Found], T], parameters: Parameters
) -> list[T | None]:
    """The same for the ids by which callers know their own things."""
    return await _by(block, statement, ids, take, parameters, field="external_id")


async def grouped(
    block: Block, statement: str, ids: Sequence[str], take: Callable[[Found], T], parameters: Parameters = NOTHING
) -> list[list[T]]:
    """For each id the rows whose `of` is that id, in the statement's order."""
    groups: dict[str, list[T]] = {key: [] for key in ids}
    for row in await _asked(block, statement, ids, parameters):
        groups[row["of"]].append(take(row))
    return [groups[key] for key in ids]


async def _by(
    block: Block, statement: str, ids: Sequence[str], take: Callable[[Found], T], parameters: Parameters, *, field: str
) -> list[T | None]:
    found = {row[field]: take(row) for row in await _asked(block, statement, ids, parameters)}
    return [found.get(key) for key in ids]


async def _asked(block: Block, statement: str, ids: Sequence[str], parameters: Parameters) -> list[Found]:
    return await block.rows(statement, {**parameters, "ids": sorted(set(ids))}) if ids else []
