"""Merges of entities as flat rows and back; what moved is one JSON object."""

import json
from typing import Any

from app.adapters.records.graph import entity_of, entity_values, relation_of, relation_values
from app.adapters.records.memories import mention_of
from app.adapters.records.values import Row, Value, dumped, micros, moment
from app.domain.graph import Mention, Relation
from app.domain.merges import Merge, Rewiring


def merge_of(row: Row) -> Merge:
    record = json.loads(row["record"])
    return Merge(
        entity=entity_of(record["entity"]),
        into=row["target"],
        aliases=tuple(record["aliases"]),
        rewiring=Rewiring(
            mentions_lost=tuple(map(mention_of, record["mentions_lost"])),
            mentions_gained=tuple(map(mention_of, record["mentions_gained"])),
            relations_lost=tuple(map(relation_of, record["relations_lost"])),
            relations_gained=tuple(map(relation_of, record["relations_gained"])),
        ),
        reason=row["reason"],
        actor=row["actor"],
        at=moment(row["at"]),
    )


def merge_values(merge: Merge) -> dict[str, Value]:
    moved = merge.rewiring
    record = {
        "entity": entity_values(merge.entity),
        "aliases": list(merge.aliases),
        "mentions_lost": list(map(_mention, moved.mentions_lost)),
        "mentions_gained": list(map(_mention, moved.mentions_gained)),
        "relations_lost": list(map(_relation, moved.relations_lost)),
        "relations_gained": list(map(_relation, moved.relations_gained)),
    }
    return {
        "id": merge.entity.id,
        "target": merge.into,
        "project": merge.entity.project,
        "user": merge.entity.user,
        "actor": merge.actor,
        "at": micros(merge.at),
        "reason": merge.reason,
        "record": dumped(record),
    }


def mention_values(mention: Mention) -> dict[str, Value]:
    spans = dumped([[span.start, span.end] for span in mention.spans])
    return {"memory": mention.memory, "entity": mention.entity, "weight": mention.salience, "spans": spans}


def _mention(mention: Mention) -> dict[str, Any]:
    values = mention_values(mention)
    return {"source": values.pop("memory"), "target": values.pop("entity"), **values}


def _relation(relation: Relation) -> dict[str, Any]:
    return {**relation_values(relation), "evidence": list(relation.evidence)}
