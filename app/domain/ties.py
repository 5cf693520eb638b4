"""Which way a relation is told. Ties that say the same from either end are kept once, whichever end told of them."""

from typing import Final

from app.domain.ids import EntityId

SYMMETRIC: Final = frozenset({
    *("friend_of", "married_to", "partner_of", "sibling_of", "colleague_of", "cousin_of", "neighbour_of"),
    *("works_with", "twin_of", "relative_of", "met"),
})  # fmt: skip
INVERSES: Final = {
    "child_of": "parent_of",
    "reports_to": "manages",
    "owned_by": "owns",
    "used_by": "uses",
    "has_part": "part_of",
    "employs": "works_at",
}
"""What is told from the other end, by the word that it is kept under."""
TIES: Final = tuple(sorted({
    *SYMMETRIC, *INVERSES, *INVERSES.values(),
    *("lives_in", "from", "visited", "studied_at", "taught_by", "has_pet", "likes", "dislikes", "enjoys"),
    *("depends_on", "connects_to", "replaces", "located_in", "part_of"),
}))  # fmt: skip
"""Every word that extraction uses."""


def told_once(source: EntityId, type_: str, target: EntityId) -> tuple[EntityId, EntityId, str]:
    """Source, target and type under which a relation is kept: inverse ones turned around, symmetric ones by id."""
    if type_ in INVERSES:
        return target, source, INVERSES[type_]
    if type_ in SYMMETRIC and target < source:
        return target, source, type_
    return source, target, type_
