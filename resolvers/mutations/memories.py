"""Storing, changing, linking, forgetting."""

from typing import Annotated, Any, TypeAlias

import strawberry

from app.domain.ids import MemoryId
from app.services.results import Forgotten
from resolvers.context import Context, Info
from resolvers.errors import outcome
from resolvers.fields import many, mutation
from resolvers.inputs.forgetting import ForgetMemoriesInput, RestoreMemoriesInput
from resolvers.inputs.memories import (
    AddConversationInput,
    AddMemoriesInput,
    AddMemoryInput,
    IngestFileInput,
    LinkMemoriesInput,
    RestoreVersionInput,
    UnlinkMemoriesInput,
    UpdateMemoryInput,
    memory_ids,
)
from resolvers.inputs.reading import given
from resolvers.mutations.payload import Payload, done
from resolvers.types.memories import MemoryLinkType, MemoryType
from resolvers.types.work import JobType

_JOB = "The extraction that follows; null when there is nothing to extract. jobStatus tells how it goes."


@strawberry.type(description="What addMemory did.")
class AddMemoryPayload(Payload):
    memory = done(MemoryType | None, lambda stored: stored.memories[0], "The memory, findable from now on.")
    created = done(
        bool, lambda stored: stored.created[0], "Whether it is new; a text that was known is joined.", instead=False
    )
    job = done(JobType | None, lambda stored: stored.job, _JOB)


@strawberry.type(description="What addMemories or addConversation did.")
class AddMemoriesPayload(Payload):
    memories = done(
        list[MemoryType],
        lambda stored: stored.memories,
        "The memories in the order given, findable from now on.",
        instead=(),
    )
    created = done(
        list[bool],
        lambda stored: stored.created,
        "For each whether it is new; a text that was known is joined.",
        instead=(),
    )
    job = done(JobType | None, lambda stored: stored.job, _JOB)


@strawberry.type(description="What ingestFile did.")
class IngestFilePayload(Payload):
    job = done(JobType | None, lambda job: job, "The job that stores it; jobStatus tells how it goes.")


@strawberry.type(description="What updateMemory did.")
class UpdateMemoryPayload(Payload):
    memory = done(MemoryType | None, lambda memory: memory, "The memory in its new version.")


@strawberry.type(description="What restoreVersion did.")
class RestoreVersionPayload(Payload):
    memory = done(MemoryType | None, lambda memory: memory, "The memory in its new version.")


@strawberry.type(description="What linkMemories did.")
class LinkMemoriesPayload(Payload):
    links = done(list[MemoryLinkType], lambda links: links, "The links as they stand, in the order given.", instead=())


@strawberry.type(description="What unlinkMemories did.")
class UnlinkMemoriesPayload(Payload):
    removed = done(bool, lambda removed: removed, "Whether there was such a link.", instead=False)


@strawberry.type(description="What forgetMemories did, or would do.")
class ForgetMemoriesPayload(Payload):
    count = done(
        int, lambda forgotten: forgotten.count, "How many memories this has forgotten, in all portions.", instead=0
    )
    ids = done(many(strawberry.ID), lambda forgotten: forgotten.ids, "The first 100 of them.", instead=())
    dry_run = done(bool, lambda forgotten: forgotten.dry_run, "Whether nothing was changed.", instead=False)
    job = done(
        JobType | None,
        lambda forgotten: forgotten.job,
        "For an erase, the job that removes the last bytes from the files.",
    )


@strawberry.type(description="What restoreMemories did.")
class RestoreMemoriesPayload(Payload):
    memories = done(list[MemoryType], lambda memories: memories, "The memories that live again.", instead=())


AddMemory: TypeAlias = Annotated[AddMemoryInput, strawberry.argument(description="The memory to store.")]
AddMemories: TypeAlias = Annotated[AddMemoriesInput, strawberry.argument(description="The memories to store.")]
IngestFile: TypeAlias = Annotated[IngestFileInput, strawberry.argument(description="The file.")]
AddConversation: TypeAlias = Annotated[AddConversationInput, strawberry.argument(description="The messages to store.")]
UpdateMemory: TypeAlias = Annotated[UpdateMemoryInput, strawberry.argument(description="What to change.")]
RestoreVersion: TypeAlias = Annotated[RestoreVersionInput, strawberry.argument(description="What to go back to.")]
LinkMemories: TypeAlias = Annotated[LinkMemoriesInput, strawberry.argument(description="The links to make.")]
UnlinkMemories: TypeAlias = Annotated[UnlinkMemoriesInput, strawberry.argument(description="The link to remove.")]
ForgetMemories: TypeAlias = Annotated[ForgetMemoriesInput, strawberry.argument(description="What to forget.")]
RestoreMemories: TypeAlias = Annotated[RestoreMemoriesInput, strawberry.argument(description="What to bring back.")]


@strawberry.type
class MemoryMutations:
    @mutation(AddMemoryPayload, description="Stores one text; findable by words and by meaning with the answer.")
    async def add_memory(self, info: Info, input: AddMemory) -> Any:
        ctx = info.context
        key = given(input.idempotency_key)
        return await outcome(ctx.services.remember.add(ctx.principal, memory=input.value(), key=key))

    @mutation(AddMemoriesPayload, description="Stores up to 1,000 texts, all or none.")
    async def add_memories(self, info: Info, input: AddMemories) -> Any:
        ctx = info.context
        memories = [each.value() for each in input.memories]
        key = given(input.idempotency_key)
        return await outcome(ctx.services.remember.add_many(ctx.principal, memories=memories, key=key))

    @mutation(
        AddMemoriesPayload,
        description="Stores up to 1,000 messages as memories of a session, in order, all or none.",
    )
    async def add_conversation(self, info: Info, input: AddConversation) -> Any:
        ctx = info.context
        key = given(input.idempotency_key)
        return await outcome(ctx.services.remember.add_conversation(ctx.principal, conversation=input.value(), key=key))

    @mutation(
        IngestFilePayload,
        description="Remembers what a file says: its text is read at once, and a job stores it as memories, in order. "
        "The same file a second time adds nothing.",
    )
    async def ingest_file(self, info: Info, input: IngestFile) -> Any:
        ctx = info.context
        return await outcome(ctx.services.ingest.request(ctx.principal, upload=input.upload()))

    @mutation(UpdateMemoryPayload, description="Writes a new version of a memory.")
    async def update_memory(self, info: Info, input: UpdateMemory) -> Any:
        return await outcome(_update(info.context, input))

    @mutation(
        RestoreVersionPayload,
        description="Writes what a memory said in an earlier version as its newest one. A forgotten memory lives again.",
    )
    async def restore_version(self, info: Info, input: RestoreVersion) -> Any:
        ctx = info.context
        expected = given(input.expected_version)
        return await outcome(
            ctx.services.chronicle.restore(
                ctx.principal, memory=MemoryId(input.id), version=input.version, expected_version=expected
            )
        )

    @mutation(LinkMemoriesPayload, description="Links memories, up to 100 at once. Idempotent.")
    async def link_memories(self, info: Info, input: LinkMemories) -> Any:
        ctx = info.context
        links = [each.value() for each in input.links]
        return await outcome(ctx.services.remember.link(ctx.principal, links=links))

    @mutation(UnlinkMemoriesPayload, description="Removes a link between memories. Idempotent.")
    async def unlink_memories(self, info: Info, input: UnlinkMemories) -> Any:
        ctx = info.context
        source, target = memory_ids([input.source, input.target])
        return await outcome(
            ctx.services.remember.unlink(
                ctx.principal, source=source, target=target, link_type=input.type, label=given(input.label)
            )
        )

    @mutation(
        ForgetMemoriesPayload,
        description="Forgets memories: hidden everywhere when this answers, and restorable unless erased. Up to 1,000, "
        "those included that were drawn from them, go all or none; more go in portions of 1,000, each whole: when an "
        "error ends that, ask again, which goes on with what is left.",
    )
    async def forget_memories(self, info: Info, input: ForgetMemories) -> Any:
        return await outcome(_forget(info.context, input))

    @mutation(RestoreMemoriesPayload, description="Brings forgotten memories back, all or none.")
    async def restore_memories(self, info: Info, input: RestoreMemories) -> Any:
        ctx = info.context
        return await outcome(ctx.services.forget.restore(ctx.principal, ids=memory_ids(input.ids)))


async def _update(ctx: Context, input: UpdateMemoryInput) -> Any:
    return await ctx.services.remember.update(
        ctx.principal, memory=MemoryId(input.id), patch=input.patch(), expected_version=given(input.expected_version)
    )


async def _forget(ctx: Context, input: ForgetMemoriesInput) -> Forgotten:
    use_case = ctx.services.forget.preview if input.dry_run else ctx.services.forget.forget
    return await use_case(ctx.principal, request=input.value(), erasure=input.erasure)
