"""Saying something of memories that are there."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import MemoryId
from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.curating import DemoteMemoryInput, GiveFeedbackInput, PromoteMemoryInput, SetBioInput
from resolvers.inputs.reading import given
from resolvers.mutations.payload import Payload, done
from resolvers.types.memories import MemoryType, Usage
from resolvers.types.people import UserType


@strawberry.type(description="What giveFeedback did.")
class GiveFeedbackPayload(Payload):
    memory = done(MemoryType | None, lambda rated: rated.memory, "The memory; its text and version are as they were.")
    usage = done(Usage | None, lambda rated: rated.usage, "What all the feedback on it has come to.")


@strawberry.type(description="What promoteMemory did.")
class PromoteMemoryPayload(Payload):
    memory = done(MemoryType | None, lambda memory: memory, "The memory in its new version.")


@strawberry.type(description="What demoteMemory did.")
class DemoteMemoryPayload(Payload):
    memory = done(MemoryType | None, lambda memory: memory, "The memory in its new version.")


@strawberry.type(description="What setBio did.")
class SetBioPayload(Payload):
    user = done(UserType | None, lambda user: user, "The user, with the bio as it is now.")


SetBio: TypeAlias = Annotated[SetBioInput, strawberry.argument(description="Whose bio, and its words.")]
PromoteMemory: TypeAlias = Annotated[PromoteMemoryInput, strawberry.argument(description="What is to stay.")]
DemoteMemory: TypeAlias = Annotated[DemoteMemoryInput, strawberry.argument(description="What is to end.")]
GiveFeedback: TypeAlias = Annotated[GiveFeedbackInput, strawberry.argument(description="What you say of a memory.")]


@strawberry.type
class CuratingMutations:
    @mutation(
        GiveFeedbackPayload,
        description="Says whether a memory was right and of use. Search heeds it, for a fifth of a score at most.",
    )
    async def give_feedback(self, info: Info, input: GiveFeedback) -> Any:
        ctx = info.context
        return await outcome(ctx.services.curate.give_feedback(ctx.principal, feedback=input.feedback()))

    @mutation(
        PromoteMemoryPayload,
        description="Keeps working memory: from the layer TASK to RAW, with what was drawn from it. "
        "Refused with conflict where it is RAW already, with gone where its time is over.",
    )
    async def promote_memory(self, info: Info, input: PromoteMemory) -> Any:
        ctx = info.context
        work = ctx.services.curate.promote(ctx.principal, memory=MemoryId(input.id), expires_at=given(input.expires_at))
        return await outcome(work)

    @mutation(
        DemoteMemoryPayload,
        description="Lets a memory end by itself: from the layer RAW to TASK, with what was drawn from it. "
        "Refused with conflict where it is TASK already.",
    )
    async def demote_memory(self, info: Info, input: DemoteMemory) -> Any:
        ctx = info.context
        work = ctx.services.curate.demote(ctx.principal, memory=MemoryId(input.id), expires_at=given(input.expires_at))
        return await outcome(work)

    @mutation(
        SetBioPayload,
        description="Keeps a text as the bio of an end user, or, without one, goes back to what their memories say.",
    )
    async def set_bio(self, info: Info, input: SetBio) -> Any:
        ctx = info.context
        work = ctx.services.biographies.write(
            ctx.principal, user=input.user, text=given(input.text), project=given(input.project)
        )
        return await outcome(work)
