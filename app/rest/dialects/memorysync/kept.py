"""What clients keep word for word on the v1 plane: transcripts, and state under keys."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NotRequired, Self

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from app.domain.errors import FieldError, Invalid
from app.domain.notes import Note
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.plane import USERS, Name, Plane, fact_metadata, place_of, plane_scope
from app.rest.dialects.memorysync.rendering import label
from app.rest.dialects.memorysync.scope import Scope
from app.rest.dialects.memorysync.shapes import Words
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing, Shape
from app.services.inputs import Erasure, ForgetRequest, Where
from app.services.transcripts import NewTurn
from app.services.turns import Said
from app.services.values import NewValue, read, text_of

_ROLES = {"human": "user", "ai": "assistant"}
_PAGE = 1_000


def _note_number(given: Any) -> Any:
    """`"h_5"`, `"5"` and 5 alike."""
    text = given.strip().removeprefix("h_") if isinstance(given, str) else given
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19 else text


def _role(given: Any) -> Any:
    lowered = given.strip().lower() if isinstance(given, str) else given
    return _ROLES.get(lowered, lowered) if isinstance(lowered, str) else lowered


NoteNumber = Annotated[int, BeforeValidator(_note_number), WithJsonSchema({"type": ["integer", "string"]})]
Source = Annotated[str, Field(min_length=1, max_length=200)]
Path = Annotated[tuple[str, ...], Field(max_length=20)]


# --- what is read ---------------------------------------------------------------------------


class TurnBody(Shape):
    role: Annotated[str, BeforeValidator(_role), StringConstraints(min_length=1, max_length=64)]
    content: str
    seq: Annotated[int, Field(ge=0, le=2**53)] | None = None
    occurred_at: Annotated[str, Field(max_length=64)] | None = None
    payload: Any = None
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class Append(Plane):
    session_id: Name
    turns: Annotated[tuple[TurnBody, ...], Field(min_length=1, max_length=100)]
    source: Source = "api"
    extract: bool = True
    metadata: dict[str, Any] = Field(default_factory=dict)


class ListTurns(Plane):
    session_id: Name
    source: Source | None = None
    limit: Annotated[int, Field(ge=0, le=5_000)] = 0


class DeleteTurns(Plane):
    session_id: Name | None = None
    ids: Annotated[tuple[NoteNumber, ...], Field(max_length=1_000)] | None = None
    source: Source | None = None
    delete_derived_facts: bool = False

    @model_validator(mode="after")
    def _one_selector(self) -> Self:
        if (self.session_id is None) == (not self.ids):
            raise ValueError("give either session_id or ids")
        return self


class State(Plane):
    """A null here is a mistake and not an absence: it could widen what is meant."""

    source: Source = "api"

    @model_validator(mode="before")
    @classmethod
    def _no_nulls(cls, given: Any) -> Any:
        nulls = ("source", "namespace_prefix", "prefix")
        if isinstance(given, Mapping) and any(name in given and given[name] is None for name in nulls):
            raise ValueError("source, namespace_prefix and prefix must not be null")
        return given


class Keyed(State):
    namespace: Annotated[Path, Field(min_length=1)]
    key: Annotated[str, Field(min_length=1, max_length=1_000)]


class Put(Keyed):
    value: dict[str, Any]
    text: str | None = None
    index: bool = True
    extract: bool = False
    replace_derived_facts: bool = False
    metadata: dict[str, Any] = Field(default_factory=dict)


class ListState(State):
    namespace_prefix: Path = ()
    limit: Annotated[int, Field(ge=1, le=5_000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class SearchState(State):
    query: Words
    namespace_prefix: Path = ()
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class DeleteState(State):
    namespace: Annotated[Path, Field(min_length=1)]
    keys: Annotated[tuple[str, ...], Field(max_length=1_000)] | None = None
    delete_derived_facts: bool = False


class Namespaces(State):
    prefix: Path = ()
    max_depth: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


# --- what is written ------------------------------------------------------------------------


class HistoryItem(TypedDict):
    id: str
    session_id: str
    role: str
    content: str
    seq: int | None
    occurred_at: str | None
    payload: Any
    source: str
    created_at: str
    created: NotRequired[bool]


class Appended(TypedDict):
    items: list[HistoryItem]
    request_ids: list[str]
    status: str


class TurnList(TypedDict):
    items: list[HistoryItem]
    total: int


class Deleted(TypedDict):
    deleted_ids: list[str]
    deleted_fact_ids: list[str]


class StateItem(TypedDict):
    id: str
    namespace: Sequence[str]
    key: str
    value: Mapping[str, Any]
    text: str
    source: str
    created_at: str
    updated_at: str
    score: NotRequired[float]


class PutAnswer(TypedDict):
    item: StateItem
    created: bool
    request_id: str | None
    deleted_fact_ids: list[str]
    status: str


class GetAnswer(TypedDict):
    item: StateItem | None


class StateList(TypedDict):
    items: list[StateItem]
    total: int


class NamespaceList(TypedDict):
    namespaces: list[Sequence[str]]


def _handle(note: Note) -> str:
    return f"h_{note.number}"


def _turn(note: Note) -> HistoryItem:
    return {
        "id": _handle(note),
        "session_id": note.space,
        "role": note.body["role"],
        "content": note.body["content"],
        "seq": note.body["seq"],
        "occurred_at": note.body["occurred_at"],
        "payload": note.body["payload"],
        "source": note.source,
        "created_at": micros_offset(note.created_at),
    }


def _item(note: Note) -> StateItem:
    return {
        "id": _handle(note),
        "namespace": read(note.space),
        "key": note.name,
        "value": note.body["value"],
        "text": text_of(note),
        "source": note.source,
        "created_at": micros_offset(note.created_at),
        "updated_at": micros_offset(note.updated_at),
    }


# --- transcripts ----------------------------------------------------------------------------


async def append(call: Call[Append, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    turns = [
        NewTurn(
            role=turn.role,
            content=turn.content,
            seq=turn.seq,
            occurred_at=turn.occurred_at,
            payload=turn.payload,
            key=turn.idempotency_key,
        )
        for turn in asked.turns
    ]
    kept = await call.services.transcripts.append(
        call.principal, place=place_of(scope), session=asked.session_id, source=asked.source, turns=turns
    )
    heard = 0
    for one in kept:
        if asked.extract and one.created and one.note.body["role"] in USERS and one.note.body["content"].strip():
            metadata = {**asked.metadata, "session_id": asked.session_id}
            heard += await _extract(call, scope, one.note, one.note.body["content"], metadata)
    items: list[HistoryItem] = [{**_turn(one.note), "created": one.created} for one in kept]
    return Reply(200, {"items": items, "request_ids": [call.request_id] if heard else [], "status": "ok"})


async def _extract(call: Call[Any, Any], scope: Scope, note: Note, text: str, metadata: Mapping[str, Any]) -> int:
    """How many facts a text held, which are memories now."""
    marked = fact_metadata(metadata, history_id=_handle(note)) | {"source": note.source}
    said = Said(text=text.strip()[:50_000], metadata=marked)
    heard = await call.services.turns.facts(call.principal, place=place_of(scope), said=said)
    return len(heard.memories)


async def list_turns(call: Call[ListTurns, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    notes, total = await call.services.transcripts.turns(
        scope.principal, place=place_of(scope), session=asked.session_id, source=asked.source, latest=asked.limit
    )
    return Reply(200, {"items": [_turn(note) for note in notes], "total": total})


async def delete_turns(call: Call[DeleteTurns, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    gone = await call.services.transcripts.remove(
        scope.principal,
        place=place_of(scope),
        session=asked.session_id,
        numbers=asked.ids or (),
        source=asked.source,
    )
    facts = await _forget_facts(call, scope, gone) if asked.delete_derived_facts else []
    return Reply(200, {"deleted_ids": [_handle(note) for note in gone], "deleted_fact_ids": facts})


async def _forget_facts(call: Call[Any, Any], scope: Scope, notes: Iterable[Note]) -> list[str]:
    """The memories that these notes have left, as far as they are about this owner."""
    handles = tuple(_handle(note) for note in notes)
    if not handles or scope.owner is None:
        return []
    where = Where(project=scope.project, users=(scope.owner,), metadata={"history_id": list(handles)})
    found = await call.services.explore.counted(scope.principal, where=where, limit=_PAGE)
    facts = [one for one in found.items if label(one, "write_origin") == "turn-extraction"]
    if not facts:
        return []
    numbers = (await call.services.numbers.of(call.principal, memories=facts)).memories
    ids = tuple(memory.id for memory in facts)
    await call.services.forget.forget(scope.principal, request=ForgetRequest(ids=ids), erasure=Erasure.FORGET)
    return [f"m_{numbers[id_]}" for id_ in ids]


# --- state ----------------------------------------------------------------------------------


async def put(call: Call[Put, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    new = NewValue(namespace=asked.namespace, key=asked.key, value=asked.value, text=asked.text)
    stored = await call.services.values.put(call.principal, place=place_of(scope), source=asked.source, new=new)
    gone: list[str] = []
    if stored.created and stored.before and asked.replace_derived_facts:
        gone = await _forget_facts(call, scope, [stored.note])
    text = text_of(stored.note)
    heard = asked.extract and stored.created and bool(text.strip())
    facts = await _extract(call, scope, stored.note, text, asked.metadata) if heard else 0
    answer: PutAnswer = {
        "item": _item(stored.note),
        "created": stored.created,
        "request_id": call.request_id if facts else None,
        "deleted_fact_ids": gone,
        "status": "ok",
    }
    return Reply(200, answer)


async def get(call: Call[Keyed, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    note = await call.services.values.get(
        scope.principal, place=place_of(scope), source=asked.source, namespace=asked.namespace, key=asked.key
    )
    return Reply(200, {"item": _item(note) if note else None})


async def list_state(call: Call[ListState, Nothing]) -> Reply:
    asked = call.body
    notes = await _under(call, asked.namespace_prefix)
    shown = notes[asked.offset : asked.offset + asked.limit]
    return Reply(200, {"items": [_item(note) for note in shown], "total": len(notes)})


async def search_state(call: Call[SearchState, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    found = await call.services.values.search(
        scope.principal,
        place=place_of(scope),
        source=asked.source,
        prefix=asked.namespace_prefix,
        query=asked.query,
    )
    items: list[StateItem] = [{**_item(note), "score": score} for note, score in found[: asked.limit]]
    return Reply(200, {"items": items, "total": len(found)})


async def delete_state(call: Call[DeleteState, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    gone = await call.services.values.remove(
        scope.principal, place=place_of(scope), source=asked.source, namespace=asked.namespace, keys=asked.keys
    )
    facts = await _forget_facts(call, scope, gone) if asked.delete_derived_facts else []
    return Reply(200, {"deleted_ids": [_handle(note) for note in gone], "deleted_fact_ids": facts})


async def namespaces(call: Call[Namespaces, Nothing]) -> Reply:
    asked = call.body
    paths = sorted({read(note.space)[: asked.max_depth] for note in await _under(call, asked.prefix)})
    return Reply(200, {"namespaces": paths[asked.offset : asked.offset + asked.limit]})


async def _under(call: Call[Any, Any], prefix: tuple[str, ...]) -> list[Note]:
    scope = await plane_scope(call, call.body.tenant_id, call.body.user_id)
    if any("\x00" in segment for segment in prefix):
        raise Invalid(FieldError("namespace_prefix", "must not contain NUL characters"))
    return await call.services.values.under(
        scope.principal, place=place_of(scope), source=call.body.source, prefix=prefix
    )
