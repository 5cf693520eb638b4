"""What a search found, and what a prompt was composed of."""

from collections.abc import Sequence
from typing import Any

import strawberry

from app.services.results import Found, Hit, Item
from resolvers.fields import part
from resolvers.types.connection import PageInfo
from resolvers.types.memories import MemoryType


@strawberry.type(name="ScoreFactor", description="One signal's part in a score.")
class FactorType:
    signal: str = strawberry.field(
        description="Its name: words, meaning, tokens, session, who, date, answer, previous, substance, when, tells, outdated, "
        "graph or feedback (0.5 where none was given; it decides a fifth of the score at most)."
    )
    value: float = strawberry.field(description="How strong it is for this memory, 0 to 1.")
    weight: float = strawberry.field(
        description="How much it counts among those that have a say in this search; below 0 it speaks against."
    )
    contribution = part(
        float, lambda factor: factor.value * factor.weight, "What it adds to the score: value x weight."
    )


def _of_hit(read: Any) -> Any:
    return lambda edge: read(edge.node)


@strawberry.type(description="A memory that was found, with its score.")
class SearchEdge:
    cursor: str = strawberry.field(description="Opaque; holds for this search and this caller only.")
    node = part(MemoryType, _of_hit(lambda hit: hit.memory), "The memory.")
    score = part(float, _of_hit(lambda hit: hit.score), "0 to 1, higher is better; comparable within one search.")
    factors = part(list[FactorType], _of_hit(lambda hit: hit.factors), "What the score is the sum of.")
    stands_for = part(
        list[strawberry.ID],
        _of_hit(lambda hit: hit.stands_for),
        "Memories that say the same and take no place of their own: what this fact was drawn from, or what was drawn "
        "from this memory.",
    )


@strawberry.type(name="SearchStep", description="One step of a search.")
class SearchStepType:
    name: str = strawberry.field(description="What step: a source of candidates, fusion, confirmation.")
    detail: str = strawberry.field(description="What it worked with.")
    candidates: int = strawberry.field(description="How many memories it passed on.")
    milliseconds: float = strawberry.field(description="How long it took.")


@strawberry.type(description="How a search came to its answer.")
class SearchExplanation:
    recipe: str = strawberry.field(description="The name of the weights that were used.")
    degraded: list[str] = strawberry.field(name="degradedSources", description="Sources that did not answer in time.")
    trace: list[SearchStepType] = strawberry.field(name="steps", description="Its steps in order.")


def _memories(found: Found) -> Sequence[Any]:
    return [item.node.memory for item in found.hits.items]


def _edges(found: Found) -> Sequence[Item[Hit]]:
    return found.hits.items


@strawberry.type(description="A page of what a search found, best first; at most 1,000 in all.")
class SearchConnection:
    edges = part(list[SearchEdge], _edges, "The page in order, each with its cursor and its score.")
    nodes = part(list[MemoryType], _memories, "The page in order, for those who need neither cursor nor score.")
    page_info = part(PageInfo, lambda found: found.hits, "Where the page stands in the list.")
    degraded = part(bool, lambda found: bool(found.degraded), "Whether a source of candidates did not answer in time.")
    explain = part(SearchExplanation, lambda found: found, "How the search came to this.")


@strawberry.type(name="Citation", description="A memory that a prompt uses.")
class CitationType:
    marker: str = strawberry.field(description="What stands in the prompt where it is used, as `[1]`.")
    memory: MemoryType = strawberry.field(description="The memory.")
    score: float = strawberry.field(description="0 to 1, higher is better.")


@strawberry.type(description="A message of a chat.")
class PromptMessage:
    role: str = strawberry.field(description="system, user or assistant.")
    content: str = strawberry.field(description="What it says.")


@strawberry.type(name="Prompt", description="Memories put into words for a language model, within a budget of tokens.")
class PromptType:
    text: str = strawberry.field(description="The whole prompt.")
    messages: list[PromptMessage] = strawberry.field(
        description="The same as chat messages; empty unless that format was asked for."
    )
    tokens: int = strawberry.field(description="Its length in tokens of o200k_base; never more than the budget.")
    budget: int = strawberry.field(description="The budget it was asked to keep.")
    citations: list[CitationType] = strawberry.field(description="The memories it uses, in their order.")
    omitted: int = strawberry.field(description="How many relevant memories did not fit.")
