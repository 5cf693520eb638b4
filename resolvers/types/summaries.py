"""Sentences and counts that stand for many memories."""

import strawberry

from resolvers.fields import MEMORY, linked, part


@strawberry.type(name="SummarySentence", description="A sentence of a summary.")
class SummarySentenceType:
    text: str = strawberry.field(description="As it was written.")
    memory_id = part(strawberry.ID, lambda sentence: sentence.memory, "The memory that it stands in.")
    memory = linked(
        MEMORY, lambda sentence: sentence.memory, lambda loaders: loaders.memories, "The memory that it stands in."
    )


@strawberry.type(name="LabelCount", description="How many memories have a label.")
class LabelCountType:
    value: str = strawberry.field(description="The label.")
    count: int = strawberry.field(description="How many living memories have it.")
