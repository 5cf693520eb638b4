"""Links that lead in one direction only: what comes from a thing cannot also be what it comes from."""

from collections.abc import Sequence
from typing import Final

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import LinkType, MemoryLink
from app.services.references import Door

DIRECTED: Final = frozenset({
    *(LinkType.SUPERSEDES, LinkType.DERIVED_FROM, LinkType.DETAIL_OF, LinkType.SUMMARY_OF),
    *(LinkType.CONTINUATION, LinkType.CAUSED_BY, LinkType.EXTENDS),
})  # fmt: skip
STEPS: Final = 100
"""How far a chain of links is followed."""


async def demand_no_circle(door: Door, links: Sequence[MemoryLink]) -> None:
    """Raises Invalid naming the first link that would close a circle, among the new ones and those there are."""
    ways: dict[LinkType, dict[MemoryId, set[MemoryId]]] = {}
    for index, link in enumerate(links):
        if link.type not in DIRECTED:
            continue
        new = ways.setdefault(link.type, {})
        if await _leads(door, link.target, link.source, link.type, new):
            message = f"{link.target} leads to {link.source} by {link.type} already; this would close a circle"
            raise errors.invalid(f"links.{index}.target", message, "circle")
        new.setdefault(link.source, set()).add(link.target)


async def _leads(
    door: Door, start: MemoryId, end: MemoryId, link_type: LinkType, new: dict[MemoryId, set[MemoryId]]
) -> bool:
    seen, frontier = {start}, [start]
    for _ in range(STEPS):
        if end in seen or not frontier:
            break
        found = await door.memories.links(frontier)
        reached = {one.target for links in found for one in links if one.type is link_type and one.source in frontier}
        reached |= {target for memory in frontier for target in new.get(memory, ())}
        frontier = sorted(reached - seen)
        seen |= reached
    return end in seen
