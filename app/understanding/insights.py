"""What stands out among memories: themes, what grows, what recurs, what has gone stale, what is at odds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Final

from app.domain.cluster import Cluster
from app.domain.graph import Entity
from app.domain.ids import ClusterId, EntityId, MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink

RECENT: Final = timedelta(days=30)
UNCONFIRMED: Final = timedelta(days=90)
IMPORTANT: Final = 0.7
EVIDENCE: Final = 10
_TOGETHER: Final = 3
_SAME_DAY: Final = 0.6
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class InsightKind(StrEnum):
    THEME = "THEME"
    GROWING = "GROWING"
    PATTERN = "PATTERN"
    STALE = "STALE"
    CONFLICTING = "CONFLICTING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Something that stands out. `weight` is 0..1 within its kind; `memories` bear it out, the newest first."""

    kind: InsightKind
    label: str
    why: str
    weight: float
    memories: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is looked at. `memories` are the newest first; the rest is about them."""

    memories: Sequence[Memory]
    clusters: Mapping[ClusterId, Cluster]
    places: Mapping[MemoryId, ClusterId | None]
    mentions: Mapping[MemoryId, Sequence[EntityId]]
    entities: Mapping[EntityId, Entity]
    links: Sequence[MemoryLink]
    now: datetime


def insights_in(scene: Scene) -> list[Insight]:
    """By kind, within a kind the weightiest first. The same for the same memories at the same time."""
    found = [*_themes(scene), *_growing(scene), *_pairs(scene), *_weekdays(scene), *_stale(scene), *_conflicts(scene)]
    order = list(InsightKind)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.weight, one.label, one.memories))


def _groups(scene: Scene) -> dict[Cluster, list[Memory]]:
    groups: dict[Cluster, list[Memory]] = {}
    for memory in scene.memories:
        cluster = scene.clusters.get(place) if (place := scene.places.get(memory.id)) else None
        if cluster is not None:
            groups.setdefault(cluster, []).append(memory)
    return {cluster: members for cluster, members in groups.items() if len(members) > 1}


def _themes(scene: Scene) -> Iterator[Insight]:
    for cluster, members in _groups(scene).items():
        share = len(members) / len(scene.memories)
        why = f"{len(members)} of {len(scene.memories)} memories are about {cluster.name}."
        yield _insight(InsightKind.THEME, cluster.name, why, share, members)


def _growing(scene: Scene) -> Iterator[Insight]:
    """At least three in the last 30 days, and more than in all the time before; nothing grows in what began lately."""
    since = scene.now - RECENT
    if all(memory.created_at >= since for memory in scene.memories):
        return
    for cluster, members in _groups(scene).items():
        fresh = [memory for memory in members if memory.created_at >= since]
        before = len(members) - len(fresh)
        if len(fresh) >= _TOGETHER and len(fresh) > before:
            why = f"{len(fresh)} memories about {cluster.name} came in the last {RECENT.days} days, {before} before."
            yield _insight(InsightKind.GROWING, cluster.name, why, len(fresh) / len(members), fresh)


def _pairs(scene: Scene) -> Iterator[Insight]:
    """Two entities that are named together in at least three memories."""
    together: dict[tuple[EntityId, EntityId], list[Memory]] = {}
    for memory in scene.memories:
        named = sorted({id_ for id_ in scene.mentions.get(memory.id, ()) if id_ in scene.entities})
        for pair in combinations(named, 2):
            together.setdefault(pair, []).append(memory)
    for (one, other), memories in together.items():
        if len(memories) >= _TOGETHER:
            first, second = sorted((scene.entities[one].name, scene.entities[other].name))
            why = f"{first} and {second} are named together in {len(memories)} memories."
            weight = len(memories) / len(scene.memories)
            yield _insight(InsightKind.PATTERN, f"{first} and {second}", why, weight, memories)


def _weekdays(scene: Scene) -> Iterator[Insight]:
    """A theme most of whose dated memories fall on one day of the week, on at least three different dates."""
    for cluster, members in _groups(scene).items():
        dated = {memory.occurred_at.date(): memory for memory in members if memory.occurred_at}
        days = Counter(date.weekday() for date in dated)
        if not days:
            continue
        day, times = min(days.items(), key=lambda one: (-one[1], one[0]))
        if times >= _TOGETHER and times / len(dated) >= _SAME_DAY:
            why = f"{times} of {len(dated)} dates about {cluster.name} are a {_DAYS[day]}."
            those = [memory for date, memory in sorted(dated.items(), reverse=True) if date.weekday() == day]
            yield _insight(InsightKind.PATTERN, f"{cluster.name} on {_DAYS[day]}s", why, times / len(dated), those)


def _stale(scene: Scene) -> Iterator[Insight]:
    for memory in scene.memories:
        if memory.valid_to is not None and memory.valid_to < scene.now:
            why = f"It was true until {memory.valid_to.date().isoformat()}."
        elif memory.importance >= IMPORTANT and memory.updated_at < scene.now - UNCONFIRMED:
            days = (scene.now - memory.updated_at).days
            why = f"It is important ({memory.importance:g}) and has not been touched for {days} days."
        else:
            continue
        yield _insight(InsightKind.STALE, _short(memory), why, memory.importance, [memory])


def _conflicts(scene: Scene) -> Iterator[Insight]:
    known = {memory.id: memory for memory in scene.memories}
    for link in dict.fromkeys(scene.links):
        one, other = known.get(link.source), known.get(link.target)
        if link.type is LinkType.CONTRADICTION and one is not None and other is not None:
            why = f"“{_short(one)}” contradicts “{_short(other)}”."
            yield _insight(InsightKind.CONFLICTING, _short(one), why, link.confidence, [one, other])


def _insight(kind: InsightKind, label: str, why: str, weight: float, memories: Sequence[Memory]) -> Insight:
    evidence = tuple(memory.id for memory in memories[:EVIDENCE])
    return Insight(kind=kind, label=label, why=why, weight=round(weight, 4), memories=evidence)


def _short(memory: Memory) -> str:
    text = memory.title or " ".join(memory.text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
