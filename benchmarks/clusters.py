"""How well memories are grouped: `python -m benchmarks.clusters [FILE]` over labelled topics, as they come and re-balanced.

Purity is the share of memories whose group is mostly about their topic; ARI (adjusted Rand index) is 1 for the same
partition and 0 for one by chance. Memories that are in a group of their own count as such.
"""

import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from math import comb
from pathlib import Path
from time import perf_counter

from app.adapters.embedding.minilm import open_minilm
from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, MemoryId, ProjectId
from app.ports.clusters import Centre, Member
from app.understanding.grouping import assign, rebalance

TOPICS = Path(__file__).parents[1] / "tests" / "labelled" / "topics.json"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORDERS = 5


def purity(labels: Sequence[str], groups: Sequence[str]) -> float:
    """0..1; groups of one are not counted as pure, for nothing was grouped."""
    by_group: dict[str, Counter[str]] = {}
    for label, group in zip(labels, groups, strict=True):
        by_group.setdefault(group, Counter())[label] += 1
    shared = [topics for topics in by_group.values() if topics.total() > 1]
    return sum(max(topics.values()) for topics in shared) / max(sum(topics.total() for topics in shared), 1)


def adjusted_rand(labels: Sequence[str], groups: Sequence[str]) -> float:
    pairs = sum(comb(n, 2) for n in Counter(zip(labels, groups, strict=True)).values())
    ours = sum(comb(n, 2) for n in Counter(groups).values())
    theirs = sum(comb(n, 2) for n in Counter(labels).values())
    chance = ours * theirs / comb(len(labels), 2)
    return (pairs - chance) / ((ours + theirs) / 2 - chance)


class Part:
    """A part of the record that grows one memory at a time."""

    def __init__(self) -> None:
        self.centres: dict[ClusterId, Centre] = {}
        self.members: dict[MemoryId, Member] = {}
        self._numbers = count()

    def begin(self) -> Cluster:
        number = next(self._numbers)
        moment = NOW + timedelta(seconds=number)
        return Cluster(
            id=ClusterId(f"cls_{number:04}"), project=ProjectId("prj"), user=None, created_at=moment, updated_at=moment
        )

    def add(self, member: Member) -> None:
        model = member.embedding.model
        found = assign([*self.centres.values()], [member], begin=self.begin, model=model, now=NOW)
        self.centres |= {centre.cluster.id: centre for centre in found.centres}
        self.members[member.memory] = replace(member, cluster=found.places.get(member.memory))

    def refresh(self) -> float:
        """Seconds that it took."""
        members = sorted(self.members.values(), key=lambda member: member.memory)
        begun = perf_counter()
        model = members[0].embedding.model
        found = rebalance([*self.centres.values()], members, begin=self.begin, model=model, now=NOW)
        took = perf_counter() - begun
        self.centres = {centre.cluster.id: centre for centre in found.centres}
        self.members = {m.memory: replace(m, cluster=found.places.get(m.memory)) for m in members}
        return took

    def groups(self) -> list[str]:
        return [str(member.cluster or member.memory) for _, member in sorted(self.members.items())]


def topics_in(path: Path) -> dict[str, list[str]]:
    topics: dict[str, list[str]] = json.loads(path.read_text("utf-8"))["topics"]
    return topics


async def read(topics: dict[str, list[str]]) -> tuple[list[str], list[Member]]:
    pairs = [(topic, text) for topic, texts in topics.items() for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        async with open_minilm(cache=Path(folder), engine="numpy") as embedder:
            embeddings = await embedder.embed([text for _, text in pairs])
    members = [
        Member(memory=MemoryId(f"mem_{place:04}"), cluster=None, text=text, embedding=embedding, entities=())
        for place, ((_, text), embedding) in enumerate(zip(pairs, embeddings, strict=True))
    ]
    return [topic for topic, _ in pairs], members


def measured(labels: Sequence[str], part: Part) -> str:
    groups = part.groups()
    sizes = Counter(groups)
    shared = sum(size > 1 for size in sizes.values())
    grouped = sum(size for size in sizes.values() if size > 1) / len(groups)
    figures = f"purity {purity(labels, groups):.3f}  ARI {adjusted_rand(labels, groups):.3f}"
    return f"{figures}  groups {shared}  in one {grouped:.0%}"


async def main(topics: dict[str, list[str]]) -> None:
    labels, members = await read(topics)
    for number in range(ORDERS):
        order = list(members)
        random.Random(number).shuffle(order)
        part = Part()
        begun = perf_counter()
        for member in order:
            part.add(member)
        each = (perf_counter() - begun) / len(order)
        print(f"order {number}  as they come  {measured(labels, part)}  {each * 1000:.2f} ms each")
        took = part.refresh()
        print(f"         re-balanced   {measured(labels, part)}  {took * 1000:.0f} ms in all")
    for centre in sorted(part.centres.values(), key=lambda centre: -centre.cluster.weight):
        if centre.cluster.weight > 1:
            print(f"{centre.cluster.weight:4}  {centre.cluster.cohesion:.2f}  {', '.join(centre.cluster.keywords)}")


if __name__ == "__main__":
    asyncio.run(main(topics_in(Path(sys.argv[1]) if len(sys.argv) > 1 else TOPICS)))
