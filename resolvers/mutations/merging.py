"""Joining entities, and taking that back."""

from typing import Annotated, Any, TypeAlias

import strawberry

from resolvers.context import Info
from resolvers.errors import outcome
from resolvers.fields import mutation
from resolvers.inputs.merging import MergeEntitiesInput, SplitEntityInput
from resolvers.mutations.payload import Payload, done
from resolvers.types.graph import EntityNode


@strawberry.type(description="What mergeEntities did.")
class MergeEntitiesPayload(Payload):
    entity = done(EntityNode | None, lambda entity: entity, "The entity that took the others in.")


@strawberry.type(description="What splitEntity did.")
class SplitEntityPayload(Payload):
    entity = done(EntityNode | None, lambda parted: parted.entity, "The entity that stands for itself again.")
    into = done(EntityNode | None, lambda parted: parted.into, "The one that had taken it in.")


MergeEntities: TypeAlias = Annotated[MergeEntitiesInput, strawberry.argument(description="What is one.")]
SplitEntity: TypeAlias = Annotated[SplitEntityInput, strawberry.argument(description="What is not.")]


@strawberry.type
class MergingMutations:
    @mutation(
        MergeEntitiesPayload,
        description="Makes entities one: mentions, relations and names move to the one that stays, all or none. "
        "splitEntity takes it back.",
    )
    async def merge_entities(self, info: Info, input: MergeEntities) -> Any:
        ctx = info.context
        return await outcome(ctx.services.merging.merge(ctx.principal, request=input.value()))

    @mutation(SplitEntityPayload, description="Takes a merge back exactly; what was learnt since stays where it is.")
    async def split_entity(self, info: Info, input: SplitEntity) -> Any:
        ctx = info.context
        return await outcome(ctx.services.merging.split(ctx.principal, entity=input.entity))
