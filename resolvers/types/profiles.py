"""What is known of a person."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

import strawberry

from resolvers.context import Info
from resolvers.enums import BioForm, BioStyle, ProfileField
from resolvers.fields import MEMORY, many, part


def _memories(told: strawberry.Parent[Any], info: Info) -> Awaitable[Any]:
    return info.context.loaders.memories.load_many(list(told.sources))


def _sources(description: str) -> Any:
    return strawberry.field(resolver=_memories, graphql_type=many(MEMORY | None), description=description)


@strawberry.type(name="ProfileFact", description="One thing that is known of a person.")
class ProfileFactType:
    field: ProfileField = strawberry.field(description="What it is about.")
    value: str = strawberry.field(
        description="As it was said, at most 80 characters; relatives and pets as `dog: Rufus`."
    )
    since: datetime = strawberry.field(description="Since when: what the memory says, or when it was first said.")
    until: datetime | None = strawberry.field(
        description="When it ended or another value took its place; null while it holds."
    )
    confidence: float = strawberry.field(description="0 to 1; what is said again is surer.")
    sources = _sources("The memories that say so, the newest first; at most 20.")


@strawberry.type(name="Profile", description="What the living memories about a person say of them.")
class ProfileType:
    current: list[ProfileFactType] = strawberry.field(
        description="What holds, by field, the surest first; at most 20 of each field."
    )
    former: list[ProfileFactType] = strawberry.field(
        description="What held once, by field, the surest first; at most 20 of each field."
    )
    read: int = strawberry.field(description="How many memories it was read from: the newest 5,000.")
    total: int = strawberry.field(description="How many memories there are about the person.")
    updated_at: datetime | None = strawberry.field(
        description="When the newest of them changed; null where there is none."
    )


@strawberry.type(name="BioSentence", description="A sentence about a person.")
class BioSentenceType:
    text: str = strawberry.field(description="What it says.")
    sources = _sources("The memories that say so.")


@strawberry.type(name="Bio", description="A short paragraph about a person, from their profile.")
class BioType:
    text = part(str, lambda bio: bio.text, "The paragraph; empty where nothing is known.")
    word_count = part(int, lambda bio: len(bio.text.split()), "Its length in words.")
    sentences: list[BioSentenceType] = strawberry.field(
        description="The same a sentence at a time, each with its sources."
    )
    confidence: float = strawberry.field(description="0 to 1: the mean of the facts that it uses.")


@strawberry.type(
    name="Biography",
    description="A person in a few words: written by hand where somebody did, else drawn from memories.",
)
class BiographyType:
    text: str = strawberry.field(description="The words; empty where nothing is known.")
    form: BioForm = strawberry.field(description="How it is laid out.")
    style: BioStyle = strawberry.field(description="How it puts its lists.")
    confidence: float = strawberry.field(description="0 to 1; 1 for what was written by hand.")
    sources = _sources("The memories that it is drawn from; none where it was written by hand.")
    written_at: datetime | None = strawberry.field(
        description="When somebody wrote it by hand; null where it is drawn."
    )
