"""Changes: the log of them, and what is different between two versions."""

import json
from datetime import UTC, datetime
from typing import Any

import strawberry

from app.services.results import Entry
from resolvers.enums import MemoryEventKind
from resolvers.fields import MEMORY, PROJECT, linked, part
from resolvers.scalars import BigInt, write_time
from resolvers.types.connection import Connection
from resolvers.types.memories import MemoryVersionType


def _keypath(entry: Entry) -> str | None:
    return entry.version.memory.keypath if entry.version else None


@strawberry.type(name="ChangelogEntry", description="One change of a memory.")
class ChangelogEntryType:
    revision = part(BigInt, lambda entry: entry.recorded.revision, "The number of the change in the organization.")
    at = part(datetime, lambda entry: entry.recorded.at, "When it was made.")
    actor = part(str, lambda entry: entry.recorded.actor, "Who made it.")
    kind = part(MemoryEventKind, lambda entry: MemoryEventKind(entry.recorded.event.kind), "What was done.")
    memory_id = part(strawberry.ID, lambda entry: entry.recorded.event.subject, "Of which memory.")
    keypath = part(str | None, _keypath, "The memory's address, if it has one.")
    version: MemoryVersionType | None = strawberry.field(
        description="The memory as it stood after the change; null where it was erased since."
    )
    memory = linked(
        MEMORY,
        lambda entry: entry.recorded.event.subject,
        lambda loaders: loaders.memories,
        "The memory as it stands now.",
    )
    project = linked(
        PROJECT, lambda entry: entry.recorded.event.project, lambda loaders: loaders.projects, "Where it belongs."
    )


@strawberry.type(name="ChangelogEntryConnection", description="A page of the changelog.")
class ChangelogEntryConnection(Connection[ChangelogEntryType]):
    pass


def _shown(value: Any) -> str | None:
    """Text as it is, times as the schema writes them, anything else as JSON."""
    match value:
        case None | str():
            return value
        case datetime():
            return write_time(value.astimezone(UTC))
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True)


@strawberry.type(name="FieldChange", description="A field of a memory that differs between two versions.")
class FieldChangeType:
    field: str = part(str, lambda change: change.field, "Its name in snake case, as valid_to.")
    before = part(str | None, lambda change: _shown(change.before), "The earlier value: text, a time, or JSON.")
    after = part(str | None, lambda change: _shown(change.after), "The later value: text, a time, or JSON.")


@strawberry.type(name="MemoryDifference", description="What is different between two versions of a memory.")
class MemoryDifferenceType:
    before: MemoryVersionType = strawberry.field(description="The version compared with.")
    after: MemoryVersionType = strawberry.field(description="The version compared.")
    fields: list[FieldChangeType] = strawberry.field(description="The fields that differ; empty when none does.")
    text: str = strawberry.field(
        description="The lines of both texts: gone ones behind `- `, new ones behind `+ `, others behind two spaces; "
        "empty when the texts are equal."
    )
