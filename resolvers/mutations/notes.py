"""Keeping turns and values word for word."""

from typing import Annotated, Any, TypeAlias

import strawberry

from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.notes import AppendTurnsInput, PutValueInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.notes import StoredValueType, TranscriptTurnType


@strawberry.type(description="What appendTurns did.")
class AppendTurnsPayload(Payload):
    turns = done(
        list[TranscriptTurnType],
        lambda kept: [each.note for each in kept],
        "The turns in the order given; one that was there already is as it was.",
        instead=(),
    )
    count = done(int, lambda kept: sum(each.created for each in kept), "How many of them are new.", instead=0)


@strawberry.type(description="What putValue did.")
class PutValuePayload(Payload):
    value = done(StoredValueType | None, lambda stored: stored.note, "The value as it stands now.")
    changed = done(bool, lambda stored: stored.created, "Whether it is another than before.", instead=False)


AppendTurns: TypeAlias = Annotated[AppendTurnsInput, strawberry.argument(description="The turns.")]
PutValue: TypeAlias = Annotated[PutValueInput, strawberry.argument(description="The value and its key.")]


@strawberry.type
class NoteMutations:
    @mutation(
        AppendTurnsPayload,
        description="Keeps turns of a conversation word for word. They are no memories; addConversation makes such.",
    )
    async def append_turns(self, info: Info, input: AppendTurns) -> Any:
        ctx = info.context
        turns = [each.value() for each in input.turns]
        return await outcome(
            ctx.services.transcripts.append(
                ctx.principal, place=input.at(), session=input.session, source=input.source, turns=turns
            )
        )

    @mutation(PutValuePayload, description="Keeps a value under a key of a namespace. It is no memory.")
    async def put_value(self, info: Info, input: PutValue) -> Any:
        ctx = info.context
        return await outcome(
            ctx.services.values.put(ctx.principal, place=input.at(), source=input.source, new=input.new())
        )
