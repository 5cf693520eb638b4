"""The v1 plane: turns of conversations and memories of an owner that the body or the path names."""

import re
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from app.domain.errors import NotFound
from app.domain.memory import MEMORY_TYPES
from app.domain.query import MemoryOrder
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.rendering import label, own_metadata
from app.rest.dialects.memorysync.scope import Scope, memory_ids, project_asked, scoped
from app.rest.dialects.memorysync.search import asked_text
from app.rest.dialects.memorysync.shapes import Instant, Words, memory_number
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing, Shape
from app.services.inputs import Question, SearchMode, Slice, Sort, Where
from app.services.references import NOBODY
from app.services.results import Hit, Labelled
from app.services.transcripts import Place
from app.services.turns import Outcome, Said

USERS = frozenset({"user", "human", "customer", "caller"})
_OTHERS = frozenset({"assistant", "ai", "agent", "bot", "system", "tool", "function", "model"})
_PREFIX = re.compile(rf"\s*({'|'.join(sorted(USERS | _OTHERS))})\s*:\s*", re.IGNORECASE)
_RESERVED = frozenset({"write_origin", "distilled_from", "turn_role", "history_id", "episodic"})
_SEPARATOR = "\x1f"
_TYPES = frozenset(
    {*MEMORY_TYPES, "fact", "event", "status", "relationship", "policy", "decision", "entity", "summary"}
)
_STATUSES = {
    Outcome.COMPLETED: "completed",
    Outcome.LOW_VALUE: "skipped_low_value",
    Outcome.REPLAY: "skipped_replay",
}
Name = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x1f]*$")]


# --- what is read ---------------------------------------------------------------------------


class Plane(Shape):
    tenant_id: Name
    user_id: Name


class NewTurnBody(Plane):
    text: Words
    source: Annotated[str, Field(max_length=64)] = "chat"
    role: Annotated[str, Field(max_length=64)] | None = None
    speaker: Annotated[str, Field(max_length=200)] | None = None
    occurred_at: Instant | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    sync_embed: bool = False


class Recall(Plane):
    prompt: Words
    k: Annotated[int, Field(ge=1, le=50)] = 5
    types: tuple[str, ...] = ()


class ListQuery(Shape):
    limit: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


# --- what is written ------------------------------------------------------------------------


class TurnAnswer(TypedDict):
    memory_id: None
    status: str
    processing_status: str
    embed_mode: str
    already_exists: bool
    request_id: str | None


class Recalled(TypedDict):
    memory_id: str
    value: str
    type: str
    score: float


class RecallAnswer(TypedDict):
    context: str
    memories: list[Recalled]
    used_fallback: bool
    latency_ms: float


class Near(TypedDict):
    memory_id: str
    raw_text: str
    value: str
    score: float


class NearAnswer(TypedDict):
    memories: list[Near]


class Listed(TypedDict):
    memory_id: str
    raw_text: str
    metadata: Mapping[str, Any]
    created_at: str
    source: str | None


class ListAnswer(TypedDict):
    memories: list[Listed]
    total: int


class StatusAnswer(TypedDict):
    memory_id: int
    status: str
    processing_status: str
    embedded: bool
    error: str | None
    created_at: str
    updated_at: str


# --- whose ----------------------------------------------------------------------------------


def owner_name(call: Call[Any, Any], tenant: str, user: str) -> str:
    """The caller's own tenant has the end users that the headers name elsewhere; any other has its own."""
    return user if tenant in ("default", call.principal.tenant) else f"{tenant}{_SEPARATOR}{user}"


async def plane_scope(call: Call[Any, Any], tenant: str, user: str) -> Scope:
    return await scoped(call, await project_asked(call), owner_name(call, tenant, user))


def place_of(scope: Scope) -> Place:
    return Place(project=scope.project, user=scope.owner or scope.user)


def _own(scope: Scope) -> Where:
    """What is about nobody belongs to the caller's own tenant."""
    users = (scope.owner or NOBODY,) if _SEPARATOR in scope.user else ()
    return Where(project=scope.project, users=users)


# --- turns ----------------------------------------------------------------------------------


async def add_turn(call: Call[NewTurnBody, Nothing]) -> Reply:
    turn = call.body
    scope = await plane_scope(call, turn.tenant_id, turn.user_id)
    role, text = role_of(turn)
    if role not in USERS:
        return _turn(call, "skipped_non_user_turn")
    metadata = fact_metadata(turn.metadata) | {"source": turn.source}
    speaker = turn.speaker if turn.speaker and "@" not in turn.speaker else None
    said = Said(text=text, speaker=speaker, occurred_at=turn.occurred_at, metadata=metadata)
    heard = await call.services.turns.hear(call.principal, place=place_of(scope), said=said)
    return _turn(call, _STATUSES[heard.outcome])


def _turn(call: Call[Any, Any], status: str) -> Reply:
    done = status == "completed"
    answer: TurnAnswer = {
        "memory_id": None,
        "status": "processing" if done else "ok",
        "processing_status": status,
        "embed_mode": "none",
        "already_exists": status == "skipped_replay",
        "request_id": call.request_id if done else None,
    }
    return Reply(201, answer)


def role_of(turn: NewTurnBody) -> tuple[str, str]:
    """Who spoke, by the first of several signs; and the text without the one that may stand in it."""
    prefix = _PREFIX.match(turn.text)
    text = turn.text[prefix.end() :] if prefix else turn.text
    if turn.role and turn.role.strip():
        return turn.role.strip().lower(), text
    if prefix:
        return prefix[1].lower(), text
    head, at, _ = (turn.speaker or "").partition("@")
    if at and head.strip().lower() in USERS | _OTHERS:
        return head.strip().lower(), text
    told = turn.metadata.get("role")
    return (told.strip().lower() if isinstance(told, str) and told.strip() else "user"), text


def fact_metadata(given: Mapping[str, Any], **marks: str) -> dict[str, Any]:
    """What a fact tells of the turn that it was said in."""
    scalars = {
        name: value
        for name, value in given.items()
        if name not in _RESERVED and isinstance(value, str | int | float | bool)
    }
    repeated = {"metadata": dict(scalars)} if scalars else {}
    return {**scalars, **repeated, "write_origin": "turn-extraction", "turn_role": "user", **marks}


# --- memories -------------------------------------------------------------------------------


async def recall(call: Call[Recall, Nothing]) -> Reply:
    began, asked = perf_counter(), call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    types = tuple(name for name in asked.types if name.lower() in _TYPES)
    hits, fallback = await _hits(call, scope, SearchMode.HYBRID, types), False
    if not hits:
        hits, fallback = await _hits(call, scope, SearchMode.SEMANTIC, types), True
    numbers = (await call.services.numbers.of(call.principal, memories=[hit.memory for hit in hits])).memories
    memories: list[Recalled] = [
        {
            "memory_id": f"m_{numbers[hit.memory.id]}",
            "value": hit.memory.text,
            "type": hit.memory.type or "fact",
            "score": _score(hit),
        }
        for hit in hits
        if hit.memory.id in numbers
    ]
    answer: RecallAnswer = {
        "context": "\n".join(f"- {' '.join(memory['value'].split())}" for memory in memories),
        "memories": memories,
        "used_fallback": fallback and bool(memories),
        "latency_ms": round((perf_counter() - began) * 1_000, 3),
    }
    return Reply(200, answer)


async def query(call: Call[Recall, Nothing]) -> Reply:
    asked = call.body
    scope = await plane_scope(call, asked.tenant_id, asked.user_id)
    hits = await _hits(call, scope, SearchMode.SEMANTIC)
    numbers = (await call.services.numbers.of(call.principal, memories=[hit.memory for hit in hits])).memories
    memories: list[Near] = [
        {
            "memory_id": f"m_{numbers[hit.memory.id]}",
            "raw_text": hit.memory.text,
            "value": hit.memory.text,
            "score": _score(hit),
        }
        for hit in hits
        if hit.memory.id in numbers
    ]
    return Reply(200, {"memories": memories})


async def _hits(call: Call[Recall, Nothing], scope: Scope, mode: SearchMode, types: Sequence[str] = ()) -> list[Hit]:
    text, k = asked_text(call.body.prompt), call.body.k
    question = Question(query=text, mode=mode, where=_own(scope), slice=Slice(first=100 if types else k))
    found = await call.services.recall.search(scope.principal, question=question)
    hits = [item.node for item in found.hits.items]
    return [hit for hit in hits if not types or (hit.memory.type or "fact") in types][:k]


def _score(hit: Hit) -> float:
    return round(max(0.0, min(1.0, hit.score)), 6)


async def listed(call: Call[Nothing, ListQuery]) -> Reply:
    scope = await plane_scope(call, call.path["tenant"], call.path["user"])
    memories, total = await _page(call, scope)
    return Reply(200, {"memories": [_listed(each) for each in memories if each.number], "total": total})


def _listed(told: Labelled) -> Listed:
    memory = told.memory
    return {
        "memory_id": f"m_{told.number}",
        "raw_text": memory.text,
        "metadata": own_metadata(memory),
        "created_at": micros_offset(memory.created_at),
        "source": label(memory, "source"),
    }


async def _page(call: Call[Nothing, ListQuery], scope: Scope) -> tuple[list[Labelled], int]:
    """Newest first; without a limit all."""
    memories: list[Labelled] = []
    left, total = call.query.limit or 10_000_000, 0
    newest = Sort(by=MemoryOrder.CREATED_AT, descending=True)
    while left:
        offset, limit = call.query.offset + len(memories), min(left, 1_000)
        page = await call.services.explore.listed(
            scope.principal, where=_own(scope), sort=newest, offset=min(offset, 10_000_000), limit=limit
        )
        memories, total, left = [*memories, *page.items], page.total, left - len(page.items)
        if len(page.items) < limit:
            break
    return memories, total


async def status(call: Call[Nothing, Nothing]) -> Reply:
    number = memory_number(call.path["id"])
    (id_,) = await memory_ids(call, [number if isinstance(number, int) else 0])
    (memory,) = await call.services.explore.by_ids(call.principal, ids=[id_]) if id_ else (None,)
    if memory is None:
        raise NotFound
    told = memory.status.lower()
    answer: StatusAnswer = {
        "memory_id": number,
        "status": told,
        "processing_status": told,
        "embedded": True,
        "error": "extraction failed" if told == "failed" else None,
        "created_at": micros_offset(memory.created_at),
        "updated_at": micros_offset(memory.updated_at),
    }
    return Reply(200, answer)
