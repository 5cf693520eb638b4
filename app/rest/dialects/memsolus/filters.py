"""What a list, a search or an export means, as a filter of ours."""

from typing import Any

from app.rest.dialects.memsolus.shapes import Filters, ListQuery, inclusive
from app.rest.dialects.memsolus.terms import spans_of
from app.rest.handles import id_of
from app.services.inputs import Where


def where_of(asked: Filters, **more: Any) -> Where | None:  # fields of Where beside those that all filters have
    """None where nothing can match."""
    recorded = inclusive(asked.created_after, asked.created_before)
    if recorded is None:
        return None
    return Where(
        users=_one(asked.user_id),
        agents=_one(asked.agent_id),
        sessions=_one(asked.session_id),
        importances=spans_of(asked.priority, asked.priorities),
        categories=asked.categories,
        recorded=recorded,
        **more,
    )


def listed_where(asked: ListQuery) -> Where | None:
    entity = id_of("entity", asked.entity_id) if asked.entity_id else asked.entity_name
    pool = {"pool_id": asked.pool_id} if asked.pool_id else None
    return where_of(asked, entities=_one(entity), metadata=pool)


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
