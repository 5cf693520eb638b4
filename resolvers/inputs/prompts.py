"""What a prompt is composed of."""

import strawberry

from app.services.inputs import PromptRequest
from resolvers.enums import Grouping, PromptFormat
from resolvers.inputs.filters import MemoryFilter
from resolvers.inputs.reading import Reads, filled, optional


@strawberry.input(name="ComposePromptInput", description="A prompt to compose from what is remembered.")
class ComposePromptInput(Reads):
    query: str = strawberry.field(description="What the prompt is for, in plain text; 1 to 2,000 characters.")
    budget: int = strawberry.field(
        default=1_500, description="The most tokens of o200k_base that all of it may have; 1 to 200,000."
    )
    where: MemoryFilter | None = strawberry.field(
        name="filter", default=strawberry.UNSET, description="Which memories may be used."
    )
    format: PromptFormat = strawberry.field(default=PromptFormat.MARKDOWN, description="How it is written.")
    grouping: Grouping = strawberry.field(default=Grouping.NONE, description="How memories are put under headings.")
    template: str | None = optional("Text around the memories: holds {memories}, and may hold {query} and {date}.")
    instructions: str | None = optional("What to tell the model first.")
    limit: int = strawberry.field(default=50, description="How many memories at most; 1 to 100.")

    def value(self) -> PromptRequest:
        return filled(PromptRequest, self)
