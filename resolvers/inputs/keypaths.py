"""What is stored and forgotten at keypaths."""

from datetime import datetime

import strawberry

from app.services.inputs import Address, NewDocument, NewValue
from resolvers.enums import Kind, Layer
from resolvers.inputs.reading import Reads, filled, optional
from resolvers.scalars import JSON, BigInt

KEYPATH = (
    "Names joined by dots, as `a.b.c`: at most 32 names of at most 512 characters, 1,000 in all, without spaces. "
    "A dot inside a name is `%2E`. Upper and lower case differ."
)
_PROJECT = "A project, by id or slug; the only one the key opens, or `default`, when left out."
_USER = "In what is about this end user, by the caller's own id or ours; in what is about nobody when left out."


@strawberry.input(
    name="FileDocumentInput",
    description="A text to be taken apart: each of its statements goes to a keypath below `project.<slug>`.",
)
class FileDocumentInput(Reads):
    text: str = strawberry.field(description="Plain text or Markdown; 1 to 100,000 characters.")
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    context: str | None = optional(
        "What it is about: names the branch for what has no heading; at most 200 characters."
    )
    origin: str | None = optional("What kind of text it is, as `readme`; at most 200 characters.")

    def document(self) -> NewDocument:
        return filled(NewDocument, self)


@strawberry.input(
    name="StoreAtKeypathInput",
    description="A value for a keypath. Where one lives already, this is its new version: what is left out stays as it "
    "was, but for the times and the summary. Nothing is extracted from it.",
)
class StoreAtKeypathInput:
    keypath: str = strawberry.field(description=KEYPATH)
    value: str = strawberry.field(
        description="Text, or JSON as text; 1 to 100,000 characters, not blank, kept to the byte."
    )
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    agent: str | None = optional("The program that writes it, by the caller's own id or ours; made on first use.")
    session: str | None = optional("The conversation or run it is from, by the caller's own id or ours.")
    title: str | None = optional("At most 500 characters.")
    kind: Kind | None = optional("How it holds.")
    type: str | None = optional("fact, preference, event and so on, or a word of your own; at most 100 characters.")
    categories: list[str] | None = optional("At most 50, of at most 100 characters.")
    tags: list[str] | None = optional("Labels of your own; at most 50, of at most 100 characters.")
    files: list[str] | None = optional("Files it speaks of; at most 50.")
    importance: float | None = optional("0 to 1; 0.5 when nothing tells.")
    layer: Layer | None = optional("How long it is meant to stay.")
    expires_at: datetime | None = optional("When it stops being found.")
    metadata: JSON | None = optional("What to keep with it; at most 16 KiB and 8 levels.")
    occurred_at: datetime | None = optional("When it happened.")
    valid_from: datetime | None = optional("Since when it is true.")
    valid_to: datetime | None = optional("Until when it was true; after validFrom.")
    if_version: int | None = optional("Refuse with conflict unless this version lives there; 0 for nothing.")
    if_revision: BigInt | None = optional("Refuse with conflict when it was changed after this revision.")

    def stored(self) -> NewValue:
        return filled(NewValue, self)


@strawberry.input(name="ForgetKeypathInput", description="An address whose memories to forget. They can be restored.")
class ForgetKeypathInput:
    keypath: str = strawberry.field(description=KEYPATH)
    project: str | None = optional(_PROJECT)
    user: str | None = optional(_USER)
    subtree: bool = strawberry.field(default=False, description="Also whatever lives below it.")
    dry_run: bool = strawberry.field(default=False, description="Only tell what would be forgotten; change nothing.")

    def address(self) -> Address:
        return filled(Address, self)
