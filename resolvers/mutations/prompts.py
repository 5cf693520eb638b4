"""Composing prompts."""

from typing import Annotated, Any, TypeAlias

import strawberry

from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.prompts import ComposePromptInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.search import PromptType

ComposePrompt: TypeAlias = Annotated[ComposePromptInput, strawberry.argument(description="What to compose.")]


@strawberry.type(description="What composePrompt made.")
class ComposePromptPayload(Payload):
    prompt = done(PromptType | None, lambda prompt: prompt, "The prompt.")


@strawberry.type
class PromptMutations:
    @mutation(
        ComposePromptPayload,
        description="Puts the memories that matter for a question into a prompt, within a budget of tokens. "
        "It stores nothing, and read scope is enough.",
    )
    async def compose_prompt(self, info: Info, input: ComposePrompt) -> Any:
        ctx = info.context
        return await outcome(ctx.services.compose.prompt(ctx.principal, request=input.value()))
