"""Memories, as a unit of work changes them."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from app.adapters.neo4j.block import WriteBlock
from app.adapters.neo4j.erasure import erase_memories
from app.adapters.neo4j.memories import CYPHER, Memories
from app.adapters.neo4j.search import words_of
from app.adapters.records.graph import link_sort
from app.adapters.records.memories import digest_of, memory_values, usage_of
from app.adapters.records.values import dumped, facet, micros, micros_or_none
from app.domain import errors
from app.domain.graph import Mention
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Layer, LinkType, Memory, MemoryLink, Usage
from app.ports.models import Embedding

NOWHERE = -1
"""What `place` says of a memory without a position: an index passes over what is absent."""


class MemoryWrites(Memories):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit = block

    async def put_many(self, memories: Sequence[Memory], *, expected: Mapping[MemoryId, int] | None = None) -> None:
        await self._demand_versions(expected or {})
        for memory in memories:
            self._unit.demand(project=memory.project, user=memory.user)
        values = await asyncio.to_thread(memory_rows, self._unit.principal.tenant, memories)
        asked = {"revision": self._unit.revision + 1, "actor": self._unit.principal.actor}
        for rows in _rounds(values):
            await self._write("memories_put", {**asked, "memories": rows}, wanted=len(rows))
        self._unit.marked.update(memory.id for memory in memories)

    async def embed_many(self, vectors: Mapping[MemoryId, Embedding]) -> None:
        rows = [_vector(memory, vectors[memory]) for memory in sorted(vectors)]
        await self._write("vectors_put", {"vectors": rows}, wanted=len(rows))
        self._unit.marked.update(vectors)

    async def link_many(self, links: Sequence[MemoryLink]) -> None:
        await self._write("links_put", {"links": list(map(_link, links))}, wanted=len(links))

    async def unlink(self, source: MemoryId, target: MemoryId, link_type: LinkType, label: str | None = None) -> bool:
        asked = {"source": source, "target": target, "type": link_sort(link_type, label)}
        return bool((await self._unit.change(CYPHER["link_retire"], asked))["retired"])

    async def mention_many(self, mentions: Mapping[MemoryId, Sequence[Mention]]) -> None:
        for told in mentions.values():
            if len({mention.entity for mention in told}) < len(told):
                raise errors.Conflict("a memory mentions an entity once")
        rows = [{"id": memory, "mentions": list(map(_mention, mentions[memory]))} for memory in sorted(mentions)]
        await self._write("mentions_put", {"memories": rows}, wanted=len(rows))
        self._unit.marked.update(mentions)

    async def erase(self, ids: Sequence[MemoryId]) -> int:
        return await erase_memories(self._unit, ids)

    async def note_access(self, ids: Sequence[MemoryId], *, at: datetime) -> None:
        reads = [{"id": id_, "times": times} for id_, times in sorted(Counter(ids).items())]
        await self._unit.change(CYPHER["access_note"], {"reads": reads, "at": micros(at)})

    async def give_feedback(self, memory: MemoryId, *, value: float, reason: str | None) -> Usage:
        given = {"memory": memory, "value": value, "reason": reason, "actor": self._unit.principal.actor}
        usage = await self._unit.change(CYPHER["feedback_give"], given)
        if not usage:
            raise errors.NotFound
        return usage_of(usage)

    async def _write(self, statement: str, asked: Mapping[str, Any], *, wanted: int) -> None:
        """Raises NotFound unless the statement has written all that was wanted."""
        if wanted and (await self._unit.change(CYPHER[statement], asked)).get("written") != wanted:
            raise errors.NotFound

    async def _demand_versions(self, expected: Mapping[MemoryId, int]) -> None:
        if not expected:
            return
        rows = await self._unit.rows(CYPHER["memories_present"], {"ids": sorted(expected)})
        present = {row["id"]: row["version"] for row in rows if row["visible"]}
        for memory, version in expected.items():
            if memory not in present:
                raise errors.NotFound
            if present[memory] != version:
                raise errors.Conflict(
                    f"memory {memory} has changed: version {version} was expected, {present[memory]} is current"
                )


def memory_rows(tenant: OrganizationId, memories: Sequence[Memory]) -> list[dict[str, Any]]:
    """For each the values of its node, and the snapshot of its version. Blocking."""
    return [_row(memory, words) for memory, words in zip(memories, words_of(tenant, memories), strict=True)]


def _rounds(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """In order, no memory twice in a round: a statement sees each as it stood before all of its rows."""
    rounds: list[list[dict[str, Any]]] = []
    seen: Counter[str] = Counter()
    for row in rows:
        id_ = row["values"]["id"]
        if seen[id_] == len(rounds):
            rounds.append([])
        rounds[seen[id_]].append(row)
        seen[id_] += 1
    return rounds


def _row(memory: Memory, words: Mapping[str, str]) -> dict[str, Any]:
    values = memory_values(memory)
    snapshot = dumped([*values.values()])
    lists = {name: list(getattr(memory, name)) for name in ("categories", "tags", "files")}
    facets = [facet(name, value) for name, value in memory.metadata.items()]
    place = memory.position if memory.position is not None else NOWHERE
    derived = {
        "digest": digest_of(memory.text).hex(),
        "place": place,
        "holder": _holder(memory),
        "expiring": _expiring(memory),
        "facets": facets,
    }
    return {"snapshot": snapshot, "values": {**values, **lists, **words, **derived}}


def _holder(memory: Memory) -> str | None:
    """In whose tree of keypaths it stands: a user's, or nobody's."""
    return (memory.user or "") if memory.keypath is not None else None


def _expiring(memory: Memory) -> int | None:
    """When a sweep has to forget it: working memory only."""
    ends = memory.layer is Layer.TASK and memory.deleted_at is None
    return micros_or_none(memory.expires_at) if ends else None


def _vector(memory: MemoryId, embedding: Embedding) -> dict[str, Any]:
    """One without tokens says so, so that none of an earlier text are left."""
    vector, tokens = np.ascontiguousarray(embedding.vector, dtype="<f4"), embedding.tokens
    return {
        "id": memory,
        "vector": vector.tobytes(),
        "model": embedding.model,
        "dimension": vector.size,
        "tokens": None if tokens is None else tokens.tobytes(),
        "width": None if tokens is None else tokens.shape[1],
    }


def _link(link: MemoryLink) -> dict[str, Any]:
    return {
        "source": link.source,
        "target": link.target,
        "type": link_sort(link.type, link.label),
        "weight": link.confidence,
        "recorded_at": micros(link.created_at),
        "reason": link.reason,
    }


def _mention(mention: Mention) -> dict[str, Any]:
    return {
        "entity": mention.entity,
        "weight": mention.salience,
        "spans": dumped([[span.start, span.end] for span in mention.spans]),
    }
