"""What callers keep word for word beside the memories."""

from datetime import datetime
from typing import Any

import strawberry

from app.domain.notes import Note
from app.services.values import read
from resolvers.fields import part
from resolvers.scalars import JSON, BigInt
from resolvers.types.connection import Connection


def _payload(note: Note) -> Any:
    """What is no object is wrapped, since JSON here is one."""
    given = note.body["payload"]
    return given if given is None or isinstance(given, dict) else {"value": given}


@strawberry.type(name="TranscriptTurn", description="A turn of a conversation, kept word for word. It is no memory.")
class TranscriptTurnType:
    number: BigInt = strawberry.field(description="Its number, unique in the organization.")
    session = part(str, lambda note: note.space, "The conversation.")
    role = part(str, lambda note: note.body["role"], "Who spoke: user, assistant or another.")
    content = part(str, lambda note: note.body["content"], "What was said; may be empty.")
    place = part(BigInt | None, lambda note: note.body["seq"], "Its place as the caller counts.")
    occurred_at = part(str | None, lambda note: note.body["occurred_at"], "When it was said, as the caller wrote it.")
    payload = part(JSON | None, _payload, "What the caller keeps with it; what is no object stands under `value`.")
    key = part(str | None, lambda note: note.body["key"], "What tells that the turn is sent again.")
    source: str = strawberry.field(description="Who keeps it.")
    created_at: datetime = strawberry.field(description="When it was kept.")


@strawberry.type(name="TranscriptTurnConnection", description="A page of a transcript.")
class TranscriptTurnConnection(Connection[TranscriptTurnType]):
    pass


@strawberry.type(name="StoredValue", description="What a program keeps under a key of a namespace. It is no memory.")
class StoredValueType:
    number: BigInt = strawberry.field(description="Its number, unique in the organization.")
    namespace = part(list[str], lambda note: list(read(note.space)), "Where it stands.")
    key = part(str, lambda note: note.name, "What it is called there.")
    value = part(JSON, lambda note: note.body["value"], "The value.")
    text = part(str | None, lambda note: note.body["text"], "What a search looks at instead of the value.")
    source: str = strawberry.field(description="Who keeps it.")
    created_at: datetime = strawberry.field(description="When the key was first used.")
    updated_at: datetime = strawberry.field(description="When the value was last changed.")


@strawberry.type(name="StoredValueConnection", description="A page of values.")
class StoredValueConnection(Connection[StoredValueType]):
    pass
