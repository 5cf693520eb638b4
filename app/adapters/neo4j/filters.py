"""A MemoryFilter as Cypher: conditions from constants, values as parameters, over the variable m."""

from dataclasses import dataclass, replace
from typing import Any, Final

from app.adapters.neo4j.statements import fragment
from app.adapters.records.filters import lists, values
from app.adapters.records.values import facet
from app.domain.query import Life, MemoryFilter

_LIVE: Final = fragment("live", "m")
_LIFE: Final = {Life.LIVE: _LIVE, Life.FORGOTTEN: f"NOT {_LIVE}", Life.ANY: "true"}

_AMONG: Final = {
    "ids": "m.id IN $f_ids",
    "users": "m.user IN $f_users",
    "users_or_nobody": "(m.user IS NULL OR m.user IN $f_users_or_nobody)",
    "agents": "m.agent IN $f_agents",
    "sessions": "m.session IN $f_sessions",
    "sources": "m.source IN $f_sources",
    "kinds": "m.kind IN $f_kinds",
    "types": "m.type IN $f_types",
    "layers": "m.layer IN $f_layers",
    "statuses": "m.status IN $f_statuses",
    "categories": "any(label IN m.categories WHERE label IN $f_categories)",
    "tags": "any(label IN m.tags WHERE label IN $f_tags)",
    "files": "all(wanted IN $f_files WHERE wanted IN m.files)",
    "entities": "EXISTS { (m)-[:MENTIONS]->(x:Entity) WHERE x.tenant = $tenant AND x.id IN $f_entities }",
    "clusters": "EXISTS { (m)-[:GROUPED]->(x:Cluster) WHERE x.tenant = $tenant AND x.id IN $f_clusters }",
}
_ONE: Final = {
    # Only an equality lets an index give the order as well.
    "users": "m.user = $f_users[0]",
    "sessions": "m.session = $f_sessions[0]",
    "sources": "m.source = $f_sources[0]",
}

_PLAIN: Final = {
    "project": "m.project = $f_project",
    "importance_min": "m.importance >= $f_importance_min",
    "importance_max": "m.importance <= $f_importance_max",
    "importances": "any(span IN $f_importances WHERE m.importance >= span[0] AND m.importance <= span[1])",
    "keypath": "(m.keypath = $f_keypath OR m.keypath STARTS WITH $f_keypath + '.')",
    "contains": "(toLower(m.text) CONTAINS $f_contains OR toLower(m.title) CONTAINS $f_contains)",
    "metadata": "all(wanted IN $f_metadata WHERE any(facet IN wanted WHERE facet IN m.facets))",
    "occurred_after": "m.occurred_at >= $f_occurred_after",
    "occurred_before": "m.occurred_at < $f_occurred_before",
    "recorded_after": "m.created_at >= $f_recorded_after",
    "recorded_before": "m.created_at < $f_recorded_before",
    "valid_after": "(m.valid_to IS NULL OR m.valid_to > $f_valid_after)",
    "valid_before": "(m.valid_from IS NULL OR m.valid_from < $f_valid_before)",
}

_PLACED: Final = " AND m.place IS NOT NULL"
_DATED: Final = " AND m.created_at IS NOT NULL AND m.id IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How the memories of a filter are looked up: the start of a statement, which conditions led by AND follow.

    An index serves only where each of its properties is asked for, once: `needs` does so. Where `lead` stands before
    the time of creation in an order, the index gives that order; what asks for a time itself leaves `needs` out.
    """

    match: str
    needs: str = ""
    lead: str | None = None


_BY_IDS: Final = Entrance(match="MATCH (m:Memory) USING INDEX m:Memory(tenant, id) WHERE true")
_BY_ENTITIES: Final = Entrance(
    match="MATCH (x:Entity)<-[:MENTIONS]-(m:Memory) WHERE x.tenant = $tenant AND x.id IN $f_entities"
    " WITH DISTINCT m WHERE true"
)
_BY_CLUSTERS: Final = Entrance(
    match="MATCH (x:Cluster)<-[:GROUPED]-(m:Memory) WHERE x.tenant = $tenant AND x.id IN $f_clusters"
    " WITH DISTINCT m WHERE true"
)
_BY_SESSIONS: Final = Entrance(
    match="MATCH (m:Memory) USING INDEX m:Memory(tenant, session, place) WHERE true", needs=_PLACED
)
_BY_SOURCES: Final = Entrance(
    match="MATCH (m:Memory) USING INDEX m:Memory(tenant, source, place) WHERE true", needs=_PLACED
)
_BY_USERS: Final = Entrance(
    match="MATCH (m:Memory) USING INDEX m:Memory(tenant, user, created_at, id) WHERE true", needs=_DATED
)
_BY_USER: Final = replace(_BY_USERS, lead="m.tenant, m.user")
_BY_PROJECT: Final = Entrance(
    match="MATCH (m:Memory) USING INDEX m:Memory(tenant, project, created_at, id) WHERE true",
    needs=_DATED,
    lead="m.tenant, m.project",
)
_BY_AGE: Final = Entrance(
    match="MATCH (m:Memory) USING INDEX m:Memory(tenant, created_at, id) WHERE true", needs=_DATED, lead="m.tenant"
)


def entrance(where: MemoryFilter) -> Entrance:
    """By the most selective of the filter's conditions."""
    ways = (
        (where.ids, _BY_IDS),
        (where.entities, _BY_ENTITIES),
        (where.clusters, _BY_CLUSTERS),
        (where.sessions, _BY_SESSIONS),
        (where.sources, _BY_SOURCES),
        (where.users and None not in where.users, _BY_USER if len(where.users) == 1 else _BY_USERS),
        (where.project, _BY_PROJECT),
    )
    return next((way for asked, way in ways if asked), _BY_AGE)


def filtered(where: MemoryFilter) -> tuple[str, dict[str, Any]]:
    """Conditions, each led by AND, and their parameters."""
    conditions = [_LIFE[where.life]]
    parameters: dict[str, Any] = {}
    for name, any_ in lists(where):
        if any_:
            conditions.append(_ONE.get(name, _AMONG[name]) if len(any_) == 1 else _AMONG[name])
            parameters[f"f_{name}"] = list(any_)
    if where.metadata:
        conditions.append(_PLAIN["metadata"])
        parameters["f_metadata"] = [[facet(name, value) for value in any_] for name, any_ in where.metadata]
    if where.importances:
        conditions.append(_PLAIN["importances"])
        parameters["f_importances"] = [[float(least), float(most)] for least, most in where.importances]
    for name, value in values(where):
        if value is not None:
            conditions.append(_PLAIN[name])
            parameters[f"f_{name}"] = value
    return "".join(f" AND {condition}" for condition in conditions), parameters
