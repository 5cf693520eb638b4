"""What is said of memories that are there: feedback on one, decisions between two, kinds of a project's own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.domain.account import MAX_TYPES, Project
from app.domain.decisions import Decision, DecisionState, Outcome
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import DecisionId, MemoryId
from app.domain.memory import Feedback, Memory
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import DecisionBody, MemoryBody, OntologyBody
from app.rest.dialects.memorysync.memories import RELATION_TYPES, found
from app.rest.dialects.memorysync.rendering import bodies
from app.rest.dialects.memorysync.scope import Scope, project_asked, scope_of
from app.rest.dialects.memorysync.shapes import DecisionQuery, NewFeedbackBody, NewOntology, Resolve
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.services.inputs import NewFeedback, Slice

CONTENT_TYPES = ("fact", "event", "status", "relationship", "policy", "decision", "entity", "summary")
_SIGNALS = {"positive": (1.0, 0.05), "negative": (-1.0, -0.05), "retrieved": (0.1, 0.01), "ignored": (-0.1, -0.01)}
"""What each comes to: the value of our feedback, and what it adds to the importance."""
_MILD = 0.2
_RECENT = timedelta(days=30)
_STEADY = 3
_LABEL = 80
_REASON = "settled by a caller"


# --- feedback -------------------------------------------------------------------------------


async def feedback(call: Call[NewFeedbackBody, Nothing]) -> Reply:
    asked = call.body
    scope = await scope_of(call, end_user=asked.end_user_id)
    before = await found(call, scope, call.path["id"])
    value, step = _SIGNALS[asked.signal]
    given = NewFeedback(memory=before.id, value=value, reason=asked.comment or None, importance_by=step)
    rated = await call.services.curate.give_feedback(scope.principal, feedback=given)
    numbered = await call.services.numbers.of(call.principal, memories=[before])
    return Reply(
        200,
        {
            "memory_id": numbered.memories[before.id],
            "signal": asked.signal,
            "importance_before": before.importance,
            "importance_after": rated.memory.importance,
            "adjustment": round(rated.memory.importance - before.importance, 6),
            "influenced_ranking": True,
            "summary": await _summary(call, scope, before.id),
        },
    )


async def _summary(call: Call[Any, Any], scope: Scope, memory: MemoryId) -> Mapping[str, Any]:
    given: list[Feedback] = []
    after: str | None = None
    while True:
        page = await call.services.curate.feedback(scope.principal, memory=memory, page=Slice(first=100, after=after))
        given += [item.node for item in page.items]
        if not page.has_next:
            break
        after = page.items[-1].cursor
    since = call.services.now() - _RECENT
    recent = [each.value for each in given if each.at >= since]
    return {
        "total_signals": len(given),
        "signal_counts": dict(Counter(_signal(each.value) for each in given)),
        "trend": {
            "momentum": _momentum(recent),
            "consistency": round(abs(sum(recent)) / sum(map(abs, recent)), 4) if any(recent[1:]) else 0.0,
            "trend_multiplier": 1.0,
            "recent_count": len(recent),
        },
    }


def _signal(value: float) -> str:
    """What feedback from any door is called here."""
    if abs(value) > _MILD:
        return "positive" if value > 0 else "negative"
    return "retrieved" if value >= 0 else "ignored"


def _momentum(recent: Sequence[float]) -> str:
    if len(recent) < _STEADY:
        return "neutral"
    mean = sum(recent) / len(recent)
    return "positive" if mean > _MILD else "negative" if mean < -_MILD else "neutral"


# --- decisions ------------------------------------------------------------------------------


async def decisions(call: Call[Nothing, DecisionQuery]) -> Reply:
    scope = await scope_of(call)
    deciding, project = call.services.deciding, scope.project
    page = await deciding.decisions(
        scope.principal, project=project, user=None, state=None, page=Slice(first=call.query.limit)
    )
    total = await deciding.count(scope.principal, project=project, user=None, state=None)
    waiting = await deciding.count(scope.principal, project=project, user=None, state=DecisionState.OPEN)
    told = await _told(call, scope, [item.node for item in page.items])
    return Reply(200, {"decisions": told, "total": total, "open": waiting})


async def resolve(call: Call[Resolve, Nothing]) -> Reply:
    """The winner, or a resolution of ours by name, says which of the two still hold."""
    asked = call.body
    if (asked.decision_id, asked.winning_memory_id, asked.resolution, asked.note) == (None, None, None, None):
        raise Invalid(FieldError("body", "decision_id, winning_memory_id, resolution or note is needed", "required"))
    scope = await scope_of(call, end_user=asked.end_user_id)
    winner = await _winner(call, scope)
    decision = await _decision(call, scope, winner)
    settled = await call.services.deciding.resolve(
        scope.principal,
        decision=decision.id,
        outcome=_outcome(decision, winner, asked.resolution),
        reason=asked.note or asked.resolution or _REASON,
    )
    (told,) = await _told(call, scope, [settled])
    return Reply(200, told)


async def _winner(call: Call[Resolve, Nothing], scope: Scope) -> Memory | None:
    number = call.body.winning_memory_id
    return None if number is None else await found(call, scope, number)


async def _decision(call: Call[Resolve, Nothing], scope: Scope, winner: Memory | None) -> Decision:
    """The one that is named, else the newest open one that the winner is part of. Raises NotFound."""
    named = call.body.decision_id
    if named is not None:
        (known,) = await call.services.deciding.by_ids(scope.principal, ids=[DecisionId(named)])
        if known is None:
            raise NotFound
        return known
    if winner is None:
        raise Invalid(FieldError("decision_id", "is needed where no winning_memory_id is given", "required"))
    after: str | None = None
    while True:
        page = await call.services.deciding.decisions(
            scope.principal,
            project=scope.project,
            user=None,
            state=DecisionState.OPEN,
            page=Slice(first=100, after=after),
        )
        for item in page.items:
            if winner.id in (item.node.newer, item.node.older):
                return item.node
        if not page.has_next:
            raise NotFound
        after = page.items[-1].cursor


def _outcome(decision: Decision, winner: Memory | None, resolution: str | None) -> Outcome:
    if winner is not None:
        if winner.id not in (decision.newer, decision.older):
            raise Invalid(FieldError("winning_memory_id", "is no part of the decision", "unknown"))
        return Outcome.KEEP_NEWER if winner.id == decision.newer else Outcome.KEEP_OLDER
    try:
        return Outcome((resolution or "").strip().upper())
    except ValueError:
        known = ", ".join(outcome.lower() for outcome in Outcome)
        raise Invalid(FieldError("resolution", f"must be one of {known} where no winner is named", "unknown")) from None


async def _told(call: Call[Any, Any], scope: Scope, given: Sequence[Decision]) -> list[DecisionBody]:
    ids = list(dict.fromkeys(end for one in given for end in (one.older, one.newer)))
    memories = [one for one in await call.services.explore.by_ids(scope.principal, ids=ids) if one] if ids else []
    shown = dict(zip((memory.id for memory in memories), await bodies(call, scope, memories), strict=True))
    return [_body(one, shown, {memory.id: memory for memory in memories}) for one in given]


def _body(
    decision: Decision, shown: Mapping[MemoryId, MemoryBody], memories: Mapping[MemoryId, Memory]
) -> DecisionBody:
    """`topic` is what is disputed: the beginning of what was known before."""
    pair = [shown[end] for end in (decision.older, decision.newer) if end in shown]
    kept = {Outcome.KEEP_NEWER: decision.newer, Outcome.KEEP_OLDER: decision.older}.get(
        decision.outcome or Outcome.KEEP_BOTH
    )
    older = memories.get(decision.older)
    return {
        "decision_id": decision.id,
        "kind": "contradiction",
        "status": "resolved" if decision.outcome else "open",
        "topic": (older.title or older.text)[:_LABEL] if older else None,
        "why": decision.why,
        "memory_ids": [one["id"] for one in pair],
        "memories": pair,
        "confidence": decision.confidence,
        "winning_memory_id": shown[kept]["id"] if kept in shown and kept else None,
        "resolution": decision.outcome.lower() if decision.outcome else None,
        "note": decision.reason,
        "detected_at": micros_offset(decision.opened_at),
        "resolved_at": micros_offset(decision.settled_at) if decision.settled_at else None,
    }


# --- kinds ----------------------------------------------------------------------------------


async def ontology(call: Call[Nothing, Nothing]) -> Reply:
    project = await call.services.ontologies.get(call.principal, project=await project_asked(call))
    return Reply(200, _ontology(project))


async def set_ontology(call: Call[NewOntology, Nothing]) -> Reply:
    """What is one of the built-in kinds is left out."""
    asked = call.body
    project = await call.services.ontologies.set(
        call.principal,
        project=await project_asked(call),
        content_types=_custom(asked.content_types, CONTENT_TYPES),
        relation_types=_custom(asked.relation_types, RELATION_TYPES),
    )
    return Reply(200, _ontology(project))


def _custom(given: Sequence[str] | None, built_in: Sequence[str]) -> list[str] | None:
    return None if given is None else [name for name in given if name not in built_in]


def _ontology(project: Project) -> OntologyBody:
    return {
        "content_types": [*CONTENT_TYPES, *project.content_types],
        "relation_types": [*RELATION_TYPES, *project.relation_types],
        "builtin_content_types": CONTENT_TYPES,
        "builtin_relation_types": RELATION_TYPES,
        "custom_content_types": project.content_types,
        "custom_relation_types": project.relation_types,
        "max_custom_types": MAX_TYPES,
    }
