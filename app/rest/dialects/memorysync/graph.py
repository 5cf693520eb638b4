"""The graph around memories, in MemorySync's form."""

from collections.abc import Sequence
from typing import Any

from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, noun_of
from app.domain.memory import Memory
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import Edge, Node
from app.rest.dialects.memorysync.memories import found
from app.rest.dialects.memorysync.rendering import memory_type
from app.rest.dialects.memorysync.scope import Scope, scope_of
from app.rest.dialects.memorysync.shapes import GraphQuery
from app.rest.shapes import Nothing
from app.services.inputs import Walk, Where
from app.services.results import Surroundings

_KINDS = (EdgeKind.LINKS, EdgeKind.MENTIONS)
_LABEL = 80


async def graph(call: Call[Nothing, GraphQuery]) -> Reply:
    """Around one memory, or of the newest."""
    scope = await scope_of(call)
    memories, truncated = await _shown(call, scope)
    seen = await call.services.explore.surroundings(scope.principal, ids=[memory.id for memory in memories])
    numbered = (await call.services.numbers.of(call.principal, memories=memories)).memories
    nodes = [_memory(memory, numbered[memory.id]) for memory in memories]
    nodes += [
        {
            "id": f"e_{entity.id}",
            "type": "entity",
            "label": entity.name,
            "entity_type": entity.type.lower(),
            "mentions": seen.counts.get(entity.id, 0),
        }
        for entity in seen.entities
    ]
    edges = await _edges(call, scope, seen, numbered)
    return Reply(
        200,
        {
            "nodes": nodes,
            "edges": edges,
            "total_nodes": len(nodes),
            "total_edges": len(edges),
            "depth": call.query.depth,
            "truncated": truncated,
        },
    )


async def _shown(call: Call[Nothing, GraphQuery], scope: Scope) -> tuple[Sequence[Memory], bool]:
    asked = call.query
    if asked.memory_id is None:
        where = Where(project=scope.project)
        page = await call.services.explore.counted(scope.principal, where=where, limit=asked.limit)
        return page.items, page.total > len(page.items)
    start = await found(call, scope, asked.memory_id)
    walk = Walk(start=start.id, depth=asked.depth, kinds=_KINDS, limit=asked.limit)
    around = await call.services.explore.neighborhood(scope.principal, walk=walk)
    ids = [MemoryId(node.id) for node in around.nodes if noun_of(node.id) == "memory"]
    return [one for one in await call.services.explore.by_ids(scope.principal, ids=ids) if one], around.truncated


def _memory(memory: Memory, number: int) -> Node:
    text = memory.title or memory.text
    return {
        "id": f"m_{number}",
        "type": "memory",
        "memory_id": number,
        "label": text if len(text) <= _LABEL else f"{text[:_LABEL]}…",
        "memory_type": memory_type(memory),
        "importance": memory.importance,
    }


async def _edges(call: Call[Any, Any], scope: Scope, seen: Surroundings, numbers: Any) -> list[Edge]:
    linked = await call.services.numbers.links(scope.principal, links=seen.links)
    edges: list[Edge] = [
        {
            "id": number,
            "source": f"m_{numbers[link.source]}",
            "target": f"m_{numbers[link.target]}",
            "type": link.label or link.type,
            "confidence": link.confidence,
        }
        for link, number in zip(seen.links, linked, strict=True)
        if number is not None
    ]
    known = {entity.id for entity in seen.entities}
    return edges + [
        {
            "id": f"m_{numbers[mention.memory]}-e_{mention.entity}",
            "source": f"m_{numbers[mention.memory]}",
            "target": f"e_{mention.entity}",
            "type": "mentions",
            "confidence": mention.salience,
        }
        for mention in seen.mentions
        if mention.entity in known and mention.memory in numbers
    ]
