"""Resolve: which found names are entities that the graph knows. Precision first: in doubt, a new entity."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.graph import Entity, EntityType
from app.domain.text import folded
from app.extraction.findings import FoundEntity


@dataclass(frozen=True, slots=True)
class Resolution:
    """A found name, and the known entity that it means; None: a new one of this type."""

    name: str
    type: EntityType
    entity: Entity | None


def resolve(found: Sequence[FoundEntity], known: Sequence[Entity]) -> list[Resolution]:
    """One per distinct folded name, in order of first appearance."""
    named: dict[str, list[Entity]] = {}
    for entity in known:
        for name in {folded(entity.name), *map(folded, entity.aliases)}:
            named.setdefault(name, []).append(entity)
    distinct: dict[str, FoundEntity] = {}
    for mention in found:
        distinct.setdefault(folded(mention.name), mention)
    return [Resolution(m.name, m.type, _meant(m, named.get(name, []))) for name, m in distinct.items()]


def _meant(mention: FoundEntity, candidates: Sequence[Entity]) -> Entity | None:
    """The only candidate, or the only one of the same type; a canonical name goes before an alias."""
    canonical = [entity for entity in candidates if folded(entity.name) == folded(mention.name)]
    for group in (canonical, candidates):
        same_type = [entity for entity in group if entity.type is mention.type]
        if len(same_type) == 1:
            return same_type[0]
        if len(group) == 1:
            return group[0]
    return None
