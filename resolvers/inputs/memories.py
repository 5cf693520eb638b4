"""What is stored, changed and linked."""

from datetime import datetime

import strawberry

from app.domain.ids import MemoryId
from app.services.ingest import Upload
from app.services.inputs import MemoryPatch, NewConversation, NewLink, NewMemory, NewMessage, NewSource
from resolvers.enums import Kind, Layer, LinkType, Mode, Repeats, SourceKind
from resolvers.inputs.reading import Reads, filled, optional, patched
from resolvers.scalars import JSON, Base64

_PROJECT = "A project, by id or slug; the only one the key opens, or `default`, when left out."
_USER = "Whom it is about, by the caller's own id or ours; made on first use."
_AGENT = "The program that writes it, by the caller's own id or ours; made on first use."
_SESSION = "The conversation or run it is from, by the caller's own id or ours; made on first use."
_KEY = "At most 256 characters; within 24 hours the same key with the same input has one effect and one answer."


@strawberry.input(name="SourceInput", description="Where memories come from; made on first use of its uri.")
class SourceInput(Reads):
    kind: SourceKind = strawberry.field(description="What it is.")
    uri: str = strawberry.field(description="Its address or file name.")
    title: str | None = optional("Its title.")

    def value(self) -> NewSource:
        return filled(NewSource, self)


@strawberry.input(
    name="MemoryInput", description="One memory to store. What is left out is found by extraction, or stays empty."
)
class MemoryInput(Reads):
    text: str = strawberry.field(description="What to remember; 1 to 50,000 characters.")
    mode: Mode = strawberry.field(default=Mode.EXTRACT, description="What becomes of the text.")
    repeats: Repeats = strawberry.field(
        default=Repeats.JOIN, description="What becomes of it when it is there already."
    )
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    agent: str | None = optional(_AGENT)
    session: str | None = optional(_SESSION)
    source: SourceInput | None = optional("Where it comes from.")
    position: int | None = optional("Its place in its source, from 0.")
    role: str | None = optional("The role of who said it: user, assistant, system, tool.")
    speaker: str | None = optional("The name of who said it.")
    title: str | None = optional("At most 500 characters.")
    summary: str | None = optional("At most 5,000 characters.")
    kind: Kind | None = optional("How it holds.")
    type: str | None = optional("fact, preference, event and so on, or a word of your own; at most 100 characters.")
    categories: list[str] | None = optional("At most 50, of at most 100 characters.")
    tags: list[str] | None = optional("Labels of your own; at most 50, of at most 100 characters.")
    files: list[str] | None = optional("Files it speaks of; at most 50.")
    keypath: str | None = optional("Its address in a tree, as `a.b.c`.")
    importance: float | None = optional("0 to 1; 0.5 when nothing tells.")
    layer: Layer = strawberry.field(default=Layer.RAW, description="How long it is meant to stay.")
    expires_at: datetime | None = optional(
        "When it stops being found; left out: never, or after 24 h (as the server is set) in the layer TASK."
    )
    metadata: JSON | None = optional("What to keep with it; at most 16 KiB and 8 levels.")
    occurred_at: datetime | None = optional("When it happened.")
    valid_from: datetime | None = optional("Since when it is true.")
    valid_to: datetime | None = optional("Until when it was true; after validFrom.")

    def value(self) -> NewMemory:
        return filled(NewMemory, self)


@strawberry.input(
    name="AddMemoryInput", description="One memory to store. What is left out is found by extraction, or stays empty."
)
class AddMemoryInput(MemoryInput):
    idempotency_key: str | None = optional(_KEY)


@strawberry.input(name="AddMemoriesInput", description="Memories to store, all or none.")
class AddMemoriesInput:
    memories: list[MemoryInput] = strawberry.field(description="1 to 1,000, in order.")
    idempotency_key: str | None = optional(_KEY)


@strawberry.input(name="IngestFileInput", description="A file whose text is to be remembered, piece by piece.")
class IngestFileInput(Reads):
    name: str = strawberry.field(
        description="What it is called. Its ending tells how it is read: .pdf, .docx, .pptx, .xlsx, .md, .html, .csv, or "
        "as plain text .txt, none, and those of configuration and source code."
    )
    file: Base64 = strawberry.field(description="Its bytes; as many as a request may have.")
    mode: Mode = strawberry.field(default=Mode.EXTRACT, description="What becomes of the texts.")
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    agent: str | None = optional(_AGENT)
    categories: list[str] | None = optional("For each piece; at most 50, of at most 100 characters.")

    def upload(self) -> Upload:
        return filled(Upload, self)


@strawberry.input(name="MessageInput", description="One message of a conversation.")
class MessageInput(Reads):
    text: str = strawberry.field(description="What was said; 1 to 50,000 characters.")
    role: str = strawberry.field(default="user", description="user, assistant, system or tool.")
    name: str | None = optional("Who said it.")
    time: datetime | None = optional("When; the conversation's time when left out.")
    metadata: JSON | None = optional("What to keep with it; at most 16 KiB and 8 levels.")

    def value(self) -> NewMessage:
        return filled(NewMessage, self)


@strawberry.input(name="AddConversationInput", description="Messages in order. They go on where the session stands.")
class AddConversationInput(Reads):
    messages: list[MessageInput] = strawberry.field(description="1 to 1,000, in order.")
    mode: Mode = strawberry.field(default=Mode.EXTRACT, description="What becomes of the texts.")
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    agent: str | None = optional(_AGENT)
    session: str | None = optional(_SESSION)
    source: SourceInput | None = optional("Where it comes from.")
    time: datetime | None = optional("When it took place.")
    tags: list[str] | None = optional("Labels for each message; at most 50, of at most 100 characters.")
    idempotency_key: str | None = optional(_KEY)

    def value(self) -> NewConversation:
        return filled(NewConversation, self)


@strawberry.input(
    name="UpdateMemoryInput",
    description="New values for some fields. A field left out stays as it is; null empties it.",
)
class UpdateMemoryInput:
    id: strawberry.ID = strawberry.field(description="The memory.")
    expected_version: int | None = optional("Refuse with conflict when this is no longer its version.")
    text: str | None = optional("1 to 50,000 characters; not null.")
    title: str | None = optional("At most 500 characters.")
    summary: str | None = optional("At most 5,000 characters.")
    kind: Kind | None = optional("How it holds.")
    type: str | None = optional("fact, preference, event and so on, or a word of your own; at most 100 characters.")
    categories: list[str] | None = optional("All of them; at most 50, of at most 100 characters.")
    tags: list[str] | None = optional("All of them; at most 50, of at most 100 characters.")
    files: list[str] | None = optional("All of them; at most 50.")
    importance: float | None = optional("0 to 1; not null.")
    layer: Layer | None = optional("How long it is meant to stay; not null.")
    expires_at: datetime | None = optional("When it stops being found; null for never.")
    metadata: JSON | None = optional("All of them; at most 16 KiB and 8 levels.")
    occurred_at: datetime | None = optional("When it happened.")
    valid_from: datetime | None = optional("Since when it is true.")
    valid_to: datetime | None = optional("Until when it was true; after validFrom.")

    def patch(self) -> MemoryPatch:
        return patched(
            MemoryPatch,
            self,
            emptied={"categories": (), "tags": (), "files": (), "metadata": {}},
            needed=frozenset({"text", "importance", "layer"}),
        )


@strawberry.input(name="RestoreVersionInput", description="An earlier version of a memory to go back to.")
class RestoreVersionInput:
    id: strawberry.ID = strawberry.field(description="The memory, which may be forgotten.")
    version: int = strawberry.field(description="Which of its versions.")
    expected_version: int | None = optional("Refuse with conflict when this is no longer its version.")


@strawberry.input(name="MemoryLinkInput", description="A link to make, read from source to target.")
class LinkInput(Reads):
    source: strawberry.ID = strawberry.field(description="The memory it starts from.")
    target: strawberry.ID = strawberry.field(description="The memory it leads to; another one.")
    type: LinkType = strawberry.field(description="What the source is to the target.")
    confidence: float = strawberry.field(default=1.0, description="How sure it is, 0 to 1.")
    label: str | None = optional("One of the project's relationTypes, for a link of type REFERENCES.")

    def value(self) -> NewLink:
        return filled(NewLink, self)


@strawberry.input(
    name="LinkMemoriesInput", description="Links to make, all or none. One that exists takes the new confidence."
)
class LinkMemoriesInput:
    links: list[LinkInput] = strawberry.field(description="1 to 100.")


@strawberry.input(name="UnlinkMemoriesInput", description="A link to remove.")
class UnlinkMemoriesInput:
    source: strawberry.ID = strawberry.field(description="The memory it starts from.")
    target: strawberry.ID = strawberry.field(description="The memory it leads to.")
    type: LinkType = strawberry.field(description="What the source is to the target.")
    label: str | None = optional("The label of the link, where it has one.")


def memory_ids(ids: list[strawberry.ID]) -> tuple[MemoryId, ...]:
    return tuple(MemoryId(each) for each in ids)
