"""Storing and forgetting at keypaths."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.services.results import ForgottenKeypaths
from resolvers.context import Context, Info
from resolvers.enums import Storing
from resolvers.errors import outcome
from resolvers.fields import many, mutation
from resolvers.inputs.keypaths import FileDocumentInput, ForgetKeypathInput, StoreAtKeypathInput
from resolvers.mutations.payload import Payload, done
from resolvers.scalars import BigInt
from resolvers.types.memories import MemoryType
from resolvers.types.work import JobType

_SHOWN = 100


@strawberry.type(description="What storeAtKeypath did.")
class StoreAtKeypathPayload(Payload):
    memory = done(
        MemoryType | None, lambda stored: stored.memory, "The memory in its new version, findable from now on."
    )
    change = done(Storing | None, lambda stored: stored.how, "What it came to.")
    revision = done(BigInt | None, lambda stored: stored.revision, "The number of this change in the organization.")


@strawberry.type(description="What forgetKeypath did, or would do.")
class ForgetKeypathPayload(Payload):
    count = done(
        int, lambda told: told.count, "How many memories are forgotten, those drawn from them included.", instead=0
    )
    keypaths = done(list[str], lambda told: told.keypaths[:_SHOWN], "The first 100 of their keypaths.", instead=())
    ids = done(many(strawberry.ID), lambda told: told.ids, "The first 100 of them.", instead=())
    dry_run = done(bool, lambda told: told.dry_run, "Whether nothing was changed.", instead=False)


@strawberry.type(description="What fileDocument did.")
class FileDocumentPayload(Payload):
    memory = done(MemoryType | None, lambda filed: filed.memory, "The whole text, findable until its statements stand.")
    job = done(JobType | None, lambda filed: filed.job, "The job that takes it apart.")


FileDocument: TypeAlias = Annotated[FileDocumentInput, strawberry.argument(description="The text.")]
StoreAtKeypath: TypeAlias = Annotated[
    StoreAtKeypathInput, strawberry.argument(description="The value and its address.")
]
ForgetKeypath: TypeAlias = Annotated[ForgetKeypathInput, strawberry.argument(description="What to forget.")]


@strawberry.type
class KeypathMutations:
    @mutation(StoreAtKeypathPayload, description="Stores a value at a keypath; findable with the answer.")
    async def store_at_keypath(self, info: Info, input: StoreAtKeypath) -> Any:
        ctx = info.context
        return await outcome(ctx.services.keypaths.store(ctx.principal, value=input.stored()))

    @mutation(
        FileDocumentPayload,
        description="Files a text: its headings, labels and subjects name keypaths, at which its statements are stored. "
        "A statement about what is there already is its new version.",
    )
    async def file_document(self, info: Info, input: FileDocument) -> Any:
        ctx = info.context
        return await outcome(ctx.services.filing.take(ctx.principal, document=input.document()))

    @mutation(
        ForgetKeypathPayload,
        description="Forgets what lives at a keypath, or in its whole subtree. restoreMemories brings it back. More than "
        "1,000 memories go in portions: when an error ends that, ask again.",
    )
    async def forget_keypath(self, info: Info, input: ForgetKeypath) -> Any:
        return await outcome(_forget(info.context, input))


async def _forget(ctx: Context, input: ForgetKeypathInput) -> ForgottenKeypaths:
    use_case = ctx.services.keypaths.preview if input.dry_run else ctx.services.keypaths.forget
    return await use_case(ctx.principal, address=input.address(), subtree=input.subtree)
