"""Grouping memories by meaning and shared entities, one at a time, and re-balancing a whole part now and then.

A memory joins the nearest group, or begins one. A group's identity is its centre: memories come and go, groups that
have grown together become the older one. The same memories in the same order give the same groups.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log
from typing import Final

import numpy as np

from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, MemoryId
from app.ports.clusters import Centre, Member
from app.ports.models import Vector
from app.understanding.naming import keywords_of, words_in

JOIN: Final = 0.30
"""Cosine to the centre, with what shared entities add, from which on a memory belongs to a group."""
MERGE: Final = 0.25
"""Mean cosine among the memories of two groups from which on they are one."""
SHARED: Final = 0.12
"""What an entity adds at most: one that all of the group has, and no other group."""
MAX_GROUPS: Final = 512
ROUNDS: Final = 4
_KEPT_TERMS: Final = 60


@dataclass(slots=True, eq=False)
class Group:
    """A cluster while its members move. `total` is the sum of their vectors, `unit` the same of length 1."""

    cluster: Cluster
    total: Vector
    weight: int
    terms: Counter[str]
    unit: Vector = field(init=False)

    def __post_init__(self) -> None:
        self._turn()

    @property
    def age(self) -> tuple[datetime, str]:
        return self.cluster.created_at, self.cluster.id

    def take(self, member: Member) -> None:
        self.total = self.total + member.embedding.vector
        self.weight += 1
        self.terms.update(terms_in(member))
        self._turn()

    def give(self, member: Member) -> None:
        self.total = self.total - member.embedding.vector
        self.weight -= 1
        self.terms.subtract(terms_in(member))
        self._turn()

    def absorb(self, other: "Group") -> None:
        self.total = self.total + other.total
        self.weight += other.weight
        self.terms.update(other.terms)
        self._turn()

    def _turn(self) -> None:
        length = float(np.linalg.norm(self.total))
        self.unit = self.total / np.float32(length) if length else self.total


@dataclass(frozen=True, slots=True)
class Grouped:
    """What a grouping came to: the clusters that changed, where memories go, and clusters that are no more."""

    centres: tuple[Centre, ...]
    places: Mapping[MemoryId, ClusterId]
    gone: tuple[ClusterId, ...] = ()


def terms_in(member: Member) -> set[str]:
    return {*words_in(member.text), *member.entities}


def assign(
    centres: Sequence[Centre], members: Sequence[Member], *, begin: Callable[[], Cluster], model: str, now: datetime
) -> Grouped:
    """Puts new memories into groups, in their order. Groups of other models stay as they are."""
    groups = [_group_of(centre) for centre in centres if centre.model == model and centre.total is not None]
    touched: dict[ClusterId, Group] = {}
    places: dict[MemoryId, ClusterId] = {}
    for member in members:
        place = _nearest(groups, member, alone=None)
        if place is None and len(groups) >= MAX_GROUPS:
            continue
        if place is None:
            place = len(groups)
            groups.append(_begun(begin(), member))
        group = groups[place]
        group.take(member)
        touched[group.cluster.id] = group
        places[member.memory] = group.cluster.id
    told = [_told(group, groups, model=model, now=now) for group in touched.values()]
    return Grouped(tuple(told), places)


def rebalance(
    centres: Sequence[Centre], members: Sequence[Member], *, begin: Callable[[], Cluster], model: str, now: datetime
) -> Grouped:
    """All memories of a part anew, from the groups that are there; who survives keeps its id.

    Each in turn leaves its group for the nearest one, until nobody moves, or for a few rounds.
    """
    known = {centre.cluster.id: centre.cluster for centre in centres}
    fitting = [member for member in members if member.embedding.model == model]
    groups, places = _standing(known, fitting)
    for _ in range(ROUNDS):
        moved = _moved(groups, places, fitting, begin)
        groups, places = _merged(groups, places)
        if not moved:
            break
    told = tuple(_told(group, groups, model=model, now=now) for group in groups)
    gone = tuple(sorted(known.keys() - {group.cluster.id for group in groups}))
    return Grouped(told, {memory: group.cluster.id for memory, group in places.items()}, gone)


def remade(cluster: Cluster, members: Sequence[Member], others: Iterable[Centre], *, now: datetime) -> Centre:
    """A cluster from its members alone, told from the others."""
    model = members[0].embedding.model
    group = Group(cluster, np.zeros_like(members[0].embedding.vector), 0, Counter())
    for member in members:
        if member.embedding.model == model:
            group.take(member)
    around = [_group_of(other) for other in others if other.total is not None and other.cluster.id != cluster.id]
    return _told(group, [group, *around], model=model, now=now)


def _group_of(centre: Centre) -> Group:
    total = centre.total if centre.total is not None else np.zeros(1, dtype=np.float32)
    return Group(centre.cluster, total, centre.cluster.weight, Counter(dict(centre.cluster.terms)))


def _bonus(groups: Sequence[Group], member: Member) -> Vector:
    """For each group what the entities that it shares with the memory add: the rarer, the more."""
    bonus = np.zeros(len(groups), dtype=np.float32)
    for entity in member.entities:
        having = [place for place, group in enumerate(groups) if group.terms[entity] and group.weight]
        if not having or len(groups) == len(having):
            continue
        rarity = log(len(groups) / len(having)) / log(len(groups))
        for place in having:
            share = groups[place].terms[entity] / groups[place].weight
            bonus[place] = max(bonus[place], SHARED * rarity * share)
    return bonus


def _begun(cluster: Cluster, member: Member) -> Group:
    """With room for its first memory."""
    return Group(cluster, np.zeros_like(member.embedding.vector), 0, Counter())


def _standing(
    known: Mapping[ClusterId, Cluster], members: Sequence[Member]
) -> tuple[list[Group], dict[MemoryId, Group]]:
    """The groups as their members make them, the oldest first, and who stands where."""
    groups: dict[ClusterId, Group] = {}
    places: dict[MemoryId, Group] = {}
    for member in members:
        if member.cluster is None or member.cluster not in known:
            continue
        group = groups.setdefault(member.cluster, _begun(known[member.cluster], member))
        group.take(member)
        places[member.memory] = group
    return sorted(groups.values(), key=lambda group: group.age), places


def _moved(
    groups: list[Group], places: dict[MemoryId, Group], members: Sequence[Member], begin: Callable[[], Cluster]
) -> int:
    """Lets each memory go where it belongs; how many went."""
    moved = 0
    for member in members:
        own = places.pop(member.memory, None)
        alone = own if own is not None and own.weight == 1 else None
        if own is not None and alone is None:
            own.give(member)
        group = _goal(groups, member, alone, begin)
        if group is None:
            moved += own is not None
            continue
        places[member.memory] = group
        if group is alone:
            continue
        group.take(member)
        if alone is not None:
            groups.remove(alone)
        moved += group is not own
    return moved


def _goal(groups: list[Group], member: Member, alone: Group | None, begin: Callable[[], Cluster]) -> Group | None:
    """The nearest group, else the one where it is alone, else a new one while there is room."""
    place = _nearest(groups, member, alone=alone)
    if place is not None:
        return groups[place]
    if alone is not None or len(groups) >= MAX_GROUPS:
        return alone
    groups.append(_begun(begin(), member))
    return groups[-1]


def _merged(groups: list[Group], places: dict[MemoryId, Group]) -> tuple[list[Group], dict[MemoryId, Group]]:
    """The nearest two become one, under the older id, as long as their memories are near enough."""
    kept = sorted((group for group in groups if group.weight), key=lambda group: group.age)
    became: dict[ClusterId, Group] = {}
    means = np.stack([group.total / np.float32(group.weight) for group in kept]) if kept else np.zeros((0, 1))
    near = np.triu(means @ means.T, 1)
    while near.size and near.max() >= MERGE:
        older, younger = divmod(int(np.argmax(near)), len(kept))
        kept[older].absorb(kept[younger])
        became[kept[younger].cluster.id] = kept[older]
        means[older] = kept[older].total / np.float32(kept[older].weight)
        means[younger] = 0
        fresh = means @ means[older]
        near[:older, older], near[older, older + 1 :] = fresh[:older], fresh[older + 1 :]
        near[younger, :] = near[:, younger] = 0
    left = [group for group in kept if group.cluster.id not in became]
    return left, {memory: _end(group, became) for memory, group in places.items()}


def _end(group: Group, became: Mapping[ClusterId, Group]) -> Group:
    while group.cluster.id in became:
        group = became[group.cluster.id]
    return group


def _nearest(groups: Sequence[Group], member: Member, *, alone: Group | None) -> int | None:
    """The place of the group that the memory belongs to; none where all are too far.

    One that is alone does not go to a younger one that is alone as well: that one comes to it.
    """
    if not groups:
        return None
    scores = np.stack([group.unit for group in groups]) @ member.embedding.vector + _bonus(groups, member)
    for place, group in enumerate(groups):
        passed = alone is not None and (group is alone or (group.weight == 1 and group.age > alone.age))
        scores[place] -= np.inf if passed or not group.weight else JOIN
    best = int(np.argmax(scores))
    return best if scores[best] >= 0 else None


def _told(group: Group, groups: Sequence[Group], *, model: str, now: datetime) -> Centre:
    """The cluster as its members have made it, with a name that tells it from the others."""
    terms = sorted(
        ((term, count) for term, count in group.terms.items() if count > 0), key=lambda one: (-one[1], one[0])
    )
    keywords = keywords_of(group.terms, [other.terms for other in groups if other is not group])
    cluster = replace(
        group.cluster,
        name=", ".join(keywords[:3]),
        keywords=keywords,
        terms=tuple(terms[:_KEPT_TERMS]),
        weight=group.weight,
        cohesion=round(float(np.linalg.norm(group.total)) / max(group.weight, 1), 4),
        updated_at=now,
    )
    return Centre(cluster=cluster, model=model, total=group.total.astype(np.float32))
