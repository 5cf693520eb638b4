"""Two entities that are one: what moves when they are joined, and how that is taken back exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.graph import Entity, Mention, Relation
from app.domain.ids import EntityId, MemoryId
from app.domain.ties import told_once

_Key = tuple[EntityId, EntityId, str]
_MORE = 0.1
"""What each further memory adds to a relation's weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that is current about one entity, what forgotten memories say of it included."""

    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewiring:
    """Edges of the graph that end and those that begin."""

    mentions_lost: tuple[Mention, ...] = ()
    mentions_gained: tuple[Mention, ...] = ()
    relations_lost: tuple[Relation, ...] = ()
    relations_gained: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """An entity as it was before another took it in, and all that moved. `aliases` are those that `into` gained."""

    entity: Entity
    into: EntityId
    aliases: tuple[str, ...]
    rewiring: Rewiring
    reason: str | None
    actor: str
    at: datetime


def joined(entity: EntityId, into: EntityId, moving: Holdings, standing: Holdings) -> Rewiring:
    """What hangs on `entity` goes to `into`; what both have becomes one. Nothing is left between the two."""
    named = {one.memory: one for one in standing.mentions}
    there = {_key(one): one for one in standing.relations}
    between = [one for one in moving.relations if _carried(one, entity, into) is None]
    carried = [(one, moved) for one in moving.relations if (moved := _carried(one, entity, into)) is not None]
    met = [there[_key(moved)] for _, moved in carried if _key(moved) in there]
    grown: dict[_Key, Relation] = {}
    for _, moved in carried:
        key = _key(moved)
        grown[key] = _one_relation(moved, grown.get(key) or there.get(key))
    return Rewiring(
        mentions_lost=(*moving.mentions, *(named[one.memory] for one in moving.mentions if one.memory in named)),
        mentions_gained=tuple(_one_mention(one, named.get(one.memory), into) for one in moving.mentions),
        relations_lost=(*(one for one, _ in carried), *dict.fromkeys(met), *between),
        relations_gained=tuple(grown.values()),
    )


def parted(merge: Merge, standing: Holdings) -> Rewiring:
    """Takes the merge back. What `into` came to hold since, and what was read anew since, stays with it."""
    then = merge.rewiring
    mentions = {one.memory: one for one in standing.mentions}
    alike = [one for one in then.mentions_gained if mentions.get(one.memory) == one]
    memories = {one.memory for one in alike}
    relations = {one.id: one for one in standing.relations}
    kept = [(one, relations[one.id]) for one in then.relations_gained if one.id in relations]
    between = [one for one in then.relations_lost if {one.source, one.target} == {merge.entity.id, merge.into}]
    back = [earlier for gained, now in kept for earlier in _earlier(merge, gained, now)]
    return Rewiring(
        mentions_lost=tuple(alike),
        mentions_gained=tuple(one for one in then.mentions_lost if one.memory in memories),
        relations_lost=tuple(now for _, now in kept),
        relations_gained=(*back, *between),
    )


def within(rewiring: Rewiring, memories: Sequence[MemoryId]) -> Rewiring:
    """The rewiring without what rests on memories that are gone."""
    there = frozenset(memories)
    return replace(
        rewiring,
        mentions_gained=tuple(one for one in rewiring.mentions_gained if one.memory in there),
        relations_gained=tuple(_resting_on(rewiring.relations_gained, there)),
    )


def _resting_on(relations: Sequence[Relation], memories: frozenset[MemoryId]) -> Iterator[Relation]:
    for relation in relations:
        evidence = tuple(one for one in relation.evidence if one in memories)
        if evidence or not relation.evidence:
            yield replace(relation, evidence=evidence)


def _key(relation: Relation) -> _Key:
    """Equal for two that say the same, from whichever end."""
    return told_once(relation.source, relation.type, relation.target)


def _carried(relation: Relation, entity: EntityId, into: EntityId) -> Relation | None:
    """The relation with its end moved; None where it would lead from a thing to itself."""
    source = into if relation.source == entity else relation.source
    target = into if relation.target == entity else relation.target
    if source == target:
        return None
    source, target, type_ = told_once(source, relation.type, target)
    return replace(relation, source=source, target=target, type=type_)


def _one_mention(mine: Mention, other: Mention | None, into: EntityId) -> Mention:
    if other is None:
        return replace(mine, entity=into)
    spans = sorted({*mine.spans, *other.spans}, key=lambda span: (span.start, span.end))
    return replace(other, salience=max(mine.salience, other.salience), spans=tuple(spans))


def _one_relation(mine: Relation, other: Relation | None) -> Relation:
    """The other one's, known from the memories of both, since the earlier of their days and until the later."""
    if other is None:
        return mine
    evidence = tuple(dict.fromkeys((*other.evidence, *mine.evidence)))
    more = len(evidence) - max(len(mine.evidence), len(other.evidence))
    since = [one for one in (mine.valid_from, other.valid_from) if one]
    until = [mine.valid_to, other.valid_to]
    return replace(
        other,
        weight=min(1.0, max(mine.weight, other.weight) + _MORE * more),
        valid_from=min(since, default=None),
        valid_to=max(one for one in until if one) if all(until) else None,
        evidence=evidence,
    )


def _earlier(merge: Merge, gained: Relation, now: Relation) -> Iterator[Relation]:
    """The relations that became this one. Memories that told of it since speak of what stays, where something does."""
    came = [
        one
        for one in merge.rewiring.relations_lost
        if (moved := _carried(one, merge.entity.id, merge.into)) is not None and _key(moved) == _key(gained)
    ]
    since = tuple(one for one in now.evidence if one not in gained.evidence)
    stays = next((one for one in came if merge.entity.id not in (one.source, one.target)), came[0])
    for one in came:
        told = (*one.evidence, *since) if one is stays else one.evidence
        yield replace(one, evidence=told)
