"""Entities, relations and edges as flat rows and back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.adapters.records.values import Row, Value, dumped, micros, micros_or_none, moment, moment_or_none, strings
from app.domain.graph import Edge, EdgeKind, Entity, EntityType, Relation
from app.domain.ids import MemoryId
from app.domain.memory import LinkType
from app.domain.text import folded, handles


def entity_of(row: Row) -> Entity:
    return Entity(
        id=row["id"],
        project=row["project"],
        user=row["user"],
        name=row["name"],
        type=EntityType(row["type"]),
        aliases=strings(row["aliases"]),
        description=row["description"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        merged_into=row["merged_into"],
    )


def entity_values(entity: Entity) -> dict[str, Value]:
    return {
        "id": entity.id,
        "project": entity.project,
        "user": entity.user,
        "name": entity.name,
        "type": entity.type,
        "aliases": dumped(entity.aliases),
        "description": entity.description,
        "created_at": micros(entity.created_at),
        "updated_at": micros(entity.updated_at),
        "merged_into": entity.merged_into,
        "folded": folded(entity.name),
    }


def without_names_in(entities: Sequence[Entity], texts: Iterable[str]) -> list[Entity]:
    """Those with aliases that stand in texts which are erased, without these; who else says them teaches them again."""
    if not entities:
        return []
    said = "\n".join(map(folded, texts))
    left = [(entity, tuple(name for name in entity.aliases if folded(name) not in said)) for entity in entities]
    return [replace(entity, aliases=names) for entity, names in left if names != entity.aliases]


def names_of(entity: Entity) -> list[str]:
    """Every folded name by which an entity is known, the canonical one included; none when another took it in."""
    return sorted({folded(name) for name in _names(entity)})


def handles_of(entity: Entity) -> list[str]:
    """By what the entity's names may be meant, however they are written."""
    return sorted({handle for name in _names(entity) for handle in handles(name)})


def _names(entity: Entity) -> tuple[str, ...]:
    return () if entity.merged_into else (entity.name, *entity.aliases)


def relation_of(row: Row) -> Relation:
    return Relation(
        id=row["relation"],
        source=row["source"],
        target=row["target"],
        type=row["type"],
        weight=row["weight"],
        valid_from=moment_or_none(row["valid_from"]),
        valid_to=moment_or_none(row["valid_to"]),
        evidence=tuple(map(MemoryId, strings(row["evidence"]))),
    )


def relation_values(relation: Relation) -> dict[str, Value]:
    return {
        "relation": relation.id,
        "source": relation.source,
        "target": relation.target,
        "type": relation.type,
        "weight": relation.weight,
        "valid_from": micros_or_none(relation.valid_from),
        "valid_to": micros_or_none(relation.valid_to),
    }


def edge_of(row: Iterable[Any]) -> Edge:
    """From source, target, kind, type and weight, by place."""
    source, target, kind, sort, weight = row
    label = None
    if kind == EdgeKind.LINKS:
        sort, label = sort_and_label(sort)
    return Edge(source=source, target=target, kind=EdgeKind(kind), type=sort, weight=weight, label=label)


def link_sort(link_type: LinkType, label: str | None) -> str:
    """A link's type and label in one text: what tells it from others between the same memories."""
    return f"{link_type.value}:{label}" if label else link_type.value


def sort_and_label(stored: str) -> tuple[LinkType, str | None]:
    sort, _, label = stored.partition(":")
    return LinkType(sort), label or None
