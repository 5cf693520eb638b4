"""Memories, as a unit of work changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.adapters.records.graph import link_sort
from app.adapters.records.memories import digest_of, memory_values, scope_words, usage_of
from app.adapters.records.values import Value, dumped, micros
from app.adapters.sqlite.block import WriteBlock
from app.adapters.sqlite.erasure import erase_memories
from app.adapters.sqlite.event_log import newest_revision
from app.adapters.sqlite.memories import SQL, Memories
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.vector_changes import NewVector, VectorChanges
from app.domain import errors
from app.domain.graph import Mention
from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.memory import LinkType, Memory, MemoryLink, Usage
from app.ports.models import Embedding

VECTORS = statements("vectors")
ENTITIES_VISIBLE = statements("entities")["entities_visible"]


class MemoryWrites(Memories):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._vectors = block.vectors

    async def put_many(self, memories: Sequence[Memory], *, expected: Mapping[MemoryId, int] | None = None) -> None:
        await self._block.run(lambda on: put_memories(on, self._vectors, memories, expected or {}))

    async def embed_many(self, vectors: Mapping[MemoryId, Embedding]) -> None:
        await self._block.run(lambda on: put_vectors(on, self._vectors, vectors))

    async def link_many(self, links: Sequence[MemoryLink]) -> None:
        def link(on: Scoped) -> None:
            on.demand_all(SQL["memories_visible"], [end for link in links for end in (link.source, link.target)])
            on.change_each(SQL["link_put"], [_link_values(link) for link in links])

        await self._block.run(link)

    async def unlink(self, source: MemoryId, target: MemoryId, link_type: LinkType, label: str | None = None) -> bool:
        values: Parameters = {"source": source, "target": target, "type": link_sort(link_type, label)}
        return await self._block.run(lambda on: on.change(SQL["link_retire"], values) > 0)

    async def mention_many(self, mentions: Mapping[MemoryId, Sequence[Mention]]) -> None:
        def mention(on: Scoped) -> None:
            for memory, told in mentions.items():
                _mention(on, memory, told)

        await self._block.run(mention)

    async def erase(self, ids: Sequence[MemoryId]) -> int:
        return await self._block.run(lambda on: erase_memories(on, self._vectors, ids))

    async def note_access(self, ids: Sequence[MemoryId], *, at: datetime) -> None:
        values: Parameters = {"ids": listed(ids), "at": micros(at)}
        await self._block.run(lambda on: on.change(SQL["access_note"], values))

    async def give_feedback(self, memory: MemoryId, *, value: float, reason: str | None) -> Usage:
        def give(on: Scoped) -> Usage:
            given: Parameters = {"memory": memory, "value": value, "reason": reason, "actor": on.principal.actor}
            if not on.change(SQL["feedback_give"], given):
                raise errors.NotFound
            on.change(SQL["feedback_add"], given)
            return usage_of(on.rows(SQL["usage_by_ids"], {"ids": listed([memory])})[0])

        return await self._block.run(give)


@dataclass(slots=True)
class Present:
    """What a write must know of the row that it replaces."""

    key: int
    project: ProjectId
    user: UserId | None
    text: str
    version: int


def put_memories(
    on: Scoped, vectors: VectorChanges, memories: Sequence[Memory], expected: Mapping[MemoryId, int]
) -> None:
    ids = listed({*expected, *(memory.id for memory in memories)})
    present = {row["id"]: Present(*row[1:]) for row in on.rows(SQL["memories_present"], {"ids": ids})}
    _demand_versions(on, present, expected)
    revision = newest_revision(on) + 1
    numbers = iter(new_numbers(on, len({memory.id for memory in memories} - present.keys())))
    for memory in memories:
        on.demand(project=memory.project, user=memory.user)
        values = memory_values(memory)
        snapshot = dumped([*values.values()])
        values["digest"] = digest_of(memory.text)
        values["scope"] = scope_words(tenant=on.principal.tenant, project=memory.project, user=memory.user)
        before = present.get(memory.id)
        if before:
            key = before.key
            _replace(on, vectors, before, memory, values)
        else:
            key = on.insert(SQL["memory_insert"], values | {"number": next(numbers)})
        present[memory.id] = Present(key, memory.project, memory.user, memory.text, memory.version)
        _label(on, key, memory)
        version: dict[str, Value] = {"revision": revision, "actor": on.principal.actor, "snapshot": snapshot}
        on.change(SQL["version_put"], values | version)


def new_numbers(on: Scoped, count: int) -> range:
    """Numbers that the tenant has never given."""
    taken = on.row(SQL["numbers_take"], {"count": count}) if count else None
    return range(taken["numbered"] - count + 1, taken["numbered"] + 1) if taken else range(0)


def _demand_versions(on: Scoped, present: Mapping[str, Present], expected: Mapping[MemoryId, int]) -> None:
    for memory, version in expected.items():
        before = present.get(memory)
        if before is None:
            raise errors.NotFound
        on.demand(project=before.project, user=before.user)
        if before.version != version:
            raise errors.Conflict(
                f"memory {memory} has changed: version {version} was expected, {before.version} is current"
            )


def _replace(on: Scoped, vectors: VectorChanges, before: Present, memory: Memory, values: dict[str, Value]) -> None:
    on.demand(project=before.project, user=before.user)
    on.change(SQL["memory_update"], values | {"key": before.key, "number": None})
    on.change(SQL["labels_drop"], {"key": before.key})
    tenant = on.principal.tenant
    moved = (before.project, before.user) != (memory.project, memory.user)
    kept = on.row(VECTORS["vector_get"], {"key": before.key})
    if kept and (moved or before.text != memory.text):
        vectors.remove(before.key, tenant=tenant, project=before.project, user=before.user)
    if kept and before.text != memory.text:
        on.change(VECTORS["vector_drop"], {"key": before.key})
        on.change(VECTORS["tokens_drop"], {"key": before.key})
    elif kept and moved:
        new = NewVector(before.key, kept["model"], np.frombuffer(kept["data"], dtype="<f4"))
        vectors.add(new, tenant=tenant, project=memory.project, user=memory.user)


def _label(on: Scoped, key: int, memory: Memory) -> None:
    for kind, labels in (("category", memory.categories), ("tag", memory.tags)):
        if labels:
            on.change(SQL["labels_add"], {"key": key, "label_kind": kind, "labels": listed(labels)})


def put_vectors(on: Scoped, changes: VectorChanges, vectors: Mapping[MemoryId, Embedding]) -> None:
    """Raises NotFound when one of the memories is absent or invisible."""
    found = on.rows(SQL["memories_for_vectors"], {"ids": listed(vectors)})
    if len(found) != len(vectors):
        raise errors.NotFound
    for memory, key, project, user, embedded in found:
        embedding = vectors[memory]
        vector = np.ascontiguousarray(embedding.vector, dtype="<f4")
        if embedded:
            changes.remove(key, tenant=on.principal.tenant, project=project, user=user)
        new = NewVector(key, embedding.model, vector)
        changes.add(new, tenant=on.principal.tenant, project=project, user=user)
        on.change(
            VECTORS["vector_put"],
            {"key": key, "model": embedding.model, "dimension": vector.size, "data": vector.tobytes()},
        )
        _put_tokens(on, key, embedding, replacing=bool(embedded))


def _put_tokens(on: Scoped, key: int, embedding: Embedding, *, replacing: bool) -> None:
    if (tokens := embedding.tokens) is not None:
        values: Parameters = {"key": key, "width": tokens.shape[1], "data": tokens.tobytes()}
        on.change(VECTORS["tokens_put"], {**values, "model": embedding.model})
    elif replacing:
        on.change(VECTORS["tokens_drop"], {"key": key})


def _link_values(link: MemoryLink) -> Parameters:
    return {
        "source": link.source,
        "target": link.target,
        "type": link_sort(link.type, link.label),
        "weight": link.confidence,
        "recorded_at": micros(link.created_at),
        "reason": link.reason,
    }


def _mention(on: Scoped, memory: MemoryId, mentions: Sequence[Mention]) -> None:
    on.demand_all(SQL["memories_visible"], [memory])
    on.demand_all(ENTITIES_VISIBLE, [mention.entity for mention in mentions])
    on.change(SQL["mentions_retire"], {"memory": memory})
    on.change_each(
        SQL["mention_add"],
        [
            {
                "memory": memory,
                "entity": mention.entity,
                "weight": mention.salience,
                "spans": dumped([[span.start, span.end] for span in mention.spans]),
            }
            for mention in mentions
        ],
    )
