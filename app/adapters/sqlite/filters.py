"""A MemoryFilter as SQL: conditions from constants, values as parameters, over the alias m."""

from collections.abc import Iterator
from typing import Final

from app.adapters.records.filters import lists, values
from app.adapters.records.values import Value, dumped
from app.adapters.sqlite.scope import listed
from app.adapters.sqlite.statements import fragment
from app.domain.query import Life, MemoryFilter

_LIVE: Final = fragment("live", "m")
_LIFE: Final = {Life.LIVE: _LIVE, Life.FORGOTTEN: f"NOT {_LIVE}", Life.ANY: "TRUE"}

_AMONG: Final = {
    "ids": "m.id IN (SELECT value FROM json_each(:f_ids))",
    "users": "m.user IN (SELECT value FROM json_each(:f_users))",
    "users_or_nobody": "(m.user IS NULL OR m.user IN (SELECT value FROM json_each(:f_users_or_nobody)))",
    "agents": "m.agent IN (SELECT value FROM json_each(:f_agents))",
    "sessions": "m.session IN (SELECT value FROM json_each(:f_sessions))",
    "sources": "m.source IN (SELECT value FROM json_each(:f_sources))",
    "kinds": "m.kind IN (SELECT value FROM json_each(:f_kinds))",
    "types": "m.type IN (SELECT value FROM json_each(:f_types))",
    "layers": "m.layer IN (SELECT value FROM json_each(:f_layers))",
    "statuses": "m.status IN (SELECT value FROM json_each(:f_statuses))",
    "categories": (
        "m.key IN (SELECT memory FROM label"
        " WHERE kind = 'category' AND value IN (SELECT value FROM json_each(:f_categories)))"
    ),
    "tags": (
        "m.key IN (SELECT memory FROM label WHERE kind = 'tag' AND value IN (SELECT value FROM json_each(:f_tags)))"
    ),
    "files": (
        "NOT EXISTS (SELECT 1 FROM json_each(:f_files) AS wanted"
        " WHERE wanted.value NOT IN (SELECT value FROM json_each(m.files)))"
    ),
    "entities": (
        "m.id IN (SELECT source FROM edge WHERE tenant = :tenant AND kind = 'mentions' AND retired_at IS NULL"
        " AND target IN (SELECT value FROM json_each(:f_entities)))"
    ),
    "clusters": (
        "m.key IN (SELECT memory FROM membership"
        " WHERE tenant = :tenant AND cluster IN (SELECT value FROM json_each(:f_clusters)))"
    ),
}

_PLAIN: Final = {
    "project": "m.project = :f_project",
    "importance_min": "m.importance >= :f_importance_min",
    "importance_max": "m.importance <= :f_importance_max",
    # "/" is the character after "."
    "keypath": "(m.keypath = :f_keypath OR (m.keypath >= :f_keypath || '.' AND m.keypath < :f_keypath || '/'))",
    "contains": "(instr(small(m.text), :f_contains) OR instr(small(coalesce(m.title, '')), :f_contains))",
    "importances": (
        "EXISTS (SELECT 1 FROM json_each(:f_importances) AS span"
        " WHERE m.importance >= span.value ->> 0 AND m.importance <= span.value ->> 1)"
    ),
    "metadata": (
        "NOT EXISTS (SELECT 1 FROM json_each(:f_metadata) AS wanted WHERE NOT EXISTS ("
        "SELECT 1 FROM json_each(m.metadata) AS held, json_each(wanted.value) AS any"
        " WHERE held.key = wanted.key AND m.metadata -> held.fullkey = any.value))"
    ),
    "occurred_after": "m.occurred_at >= :f_occurred_after",
    "occurred_before": "m.occurred_at < :f_occurred_before",
    "recorded_after": "m.created_at >= :f_recorded_after",
    "recorded_before": "m.created_at < :f_recorded_before",
    "valid_after": "(m.valid_to IS NULL OR m.valid_to > :f_valid_after)",
    "valid_before": "(m.valid_from IS NULL OR m.valid_from < :f_valid_before)",
}


def filtered(where: MemoryFilter) -> tuple[str, dict[str, Value]]:
    """Conditions, each led by AND, and their parameters."""
    conditions = [_LIFE[where.life]]
    parameters: dict[str, Value] = {}
    for name, any_ in lists(where):
        if any_:
            conditions.append(_AMONG[name])
            parameters[f"f_{name}"] = listed(any_)
    for name, value in (*values(where), *_own(where)):
        if value is not None:
            conditions.append(_PLAIN[name])
            parameters[f"f_{name}"] = value
    return "".join(f" AND {condition}" for condition in conditions), parameters


def _own(where: MemoryFilter) -> Iterator[tuple[str, Value]]:
    """What JSON says."""
    if where.importances:
        yield "importances", dumped(where.importances)
    if where.metadata:
        yield "metadata", dumped({name: list(map(dumped, any_)) for name, any_ in where.metadata})
