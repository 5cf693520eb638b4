"""Decisions as flat rows and back."""

from app.adapters.records.values import Row, Value, micros, micros_or_none, moment, moment_or_none
from app.domain.decisions import Decision, Outcome


def decision_of(row: Row) -> Decision:
    return Decision(
        id=row["id"],
        project=row["project"],
        user=row["user"],
        newer=row["newer"],
        older=row["older"],
        why=row["why"],
        confidence=row["confidence"],
        opened_at=moment(row["opened_at"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        ended_at=moment_or_none(row["ended_at"]),
        settled_at=moment_or_none(row["settled_at"]),
        settled_by=row["settled_by"],
    )


def decision_values(decision: Decision) -> dict[str, Value]:
    return {
        "id": decision.id,
        "project": decision.project,
        "user": decision.user,
        "newer": decision.newer,
        "older": decision.older,
        "why": decision.why,
        "confidence": decision.confidence,
        "opened_at": micros(decision.opened_at),
        "outcome": decision.outcome,
        "reason": decision.reason,
        "ended_at": micros_or_none(decision.ended_at),
        "settled_at": micros_or_none(decision.settled_at),
        "settled_by": decision.settled_by,
    }
