"""Knowledge pages, and what stands out."""

from asyncio import gather
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET

from app.domain.ids import MemoryId
from app.services.understand import Intelligence
from resolvers.context import Info
from resolvers.enums import InsightKind
from resolvers.fields import part
from resolvers.types.connection import within
from resolvers.types.memories import MemoryType


async def _memories(info: Info, ids: tuple[MemoryId, ...]) -> list[Any]:
    loaded = await gather(*(info.context.loaders.memories.load(id_) for id_ in ids))
    return [memory for memory in loaded if memory is not None]


async def _evidence(parent: strawberry.Parent[Any], info: Info) -> Any:
    return await _memories(info, parent.memories)


@strawberry.type(name="PageLine", description="A statement on a knowledge page.")
class PageLineType:
    text: str = strawberry.field(description="What it says.")
    memories = strawberry.field(
        resolver=_evidence, graphql_type=list[MemoryType], description="The memories that say so."
    )


@strawberry.type(name="PageSection", description="A part of a knowledge page.")
class PageSectionType:
    title: str = strawberry.field(description="Its heading.")
    lines: list[PageLineType] = strawberry.field(description="Its statements; at most 20.")


async def _cited(page: strawberry.Parent[Any], info: Info) -> Any:
    return await _memories(info, page.citations)


@strawberry.type(name="KnowledgePage", description="What the graph holds of one entity, compiled.")
class KnowledgePageType:
    title: str = strawberry.field(description="The entity's name.")
    markdown: str = strawberry.field(description="The whole page; [n] stands for the n-th citation.")
    sections: list[PageSectionType] = strawberry.field(
        description="Who or what it is, facts, what is said, timeline, related; those that hold something."
    )
    citation_ids = part(list[strawberry.ID], lambda page: page.citations, "The cited memories, by number from 1.")
    citations = strawberry.field(
        resolver=_cited, graphql_type=list[MemoryType], description="The cited memories that are still there."
    )


@strawberry.type(name="Insight", description="Something that stands out among memories.")
class InsightType:
    kind: InsightKind = strawberry.field(description="In what way.")
    label: str = strawberry.field(description="What it is about.")
    why: str = strawberry.field(description="A plain sentence that says why.")
    weight: float = strawberry.field(description="How much, 0 to 1 within its kind.")
    memories = strawberry.field(
        resolver=_evidence, graphql_type=list[MemoryType], description="The memories that bear it out; at most 10."
    )


Kinds: TypeAlias = Annotated[
    list[InsightKind] | None, strawberry.argument(description="In these ways only; in all when not given.")
]
Limit: TypeAlias = Annotated[int, strawberry.argument(name="first", description="How many at most, 1 to 100.")]


def _insights(found: strawberry.Parent[Intelligence], kinds: Kinds = UNSET, limit: Limit = 20) -> Any:
    fitting = [one for one in found.insights if not kinds or one.kind in kinds]
    return fitting[: within(limit)]


@strawberry.type(name="Intelligence", description="What stands out among memories.")
class IntelligenceType:
    insights = strawberry.field(
        resolver=_insights,
        graphql_type=list[InsightType],
        description="By kind, within a kind the weightiest first.",
    )
    read_count = part(int, lambda found: found.read, "How many memories were looked at: the newest, at most 1,000.")
    at: datetime = strawberry.field(description="The moment that it speaks of.")
