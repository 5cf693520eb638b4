"""Erasing memories: every row that carries their text, or text that is known from them alone."""

import json
from collections.abc import Sequence
from typing import Final

from app.adapters.records.graph import entity_of, without_names_in
from app.adapters.records.redaction import is_id, is_setting, names_any, redacted
from app.adapters.records.values import dumped
from app.adapters.sqlite.clusters import clusters_of, empty
from app.adapters.sqlite.entities import put_entities
from app.adapters.sqlite.scope import NOTHING, Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.vector_changes import VectorChanges
from app.domain.ids import MemoryId
from app.domain.work import JobState

SQL = statements("erasure")

_ENDED: Final = tuple(state for state in JobState if state.ended)


def erase_memories(on: Scoped, vectors: VectorChanges, ids: Sequence[MemoryId]) -> int:
    """How many of the memories were there."""
    doomed = on.rows(SQL["doomed"], {"ids": listed(set(ids))})
    if not doomed:
        return 0
    for row in doomed:
        vectors.remove(row["key"], tenant=on.principal.tenant, project=row["project"], user=row["user"])
    memories = [row["id"] for row in doomed]
    clusters = clusters_of(on, memories)
    first = on.row(SQL["first_known"], {"ids": listed(memories)})
    said = [word for row in doomed for word in (row["text"], row["speaker"]) if word]
    gone = [*memories, *_erase_graph(on, memories, said)]
    _erase_records(on, gone, since=first["revision"] if first else 0)
    on.change(SQL["versions_drop"], {"ids": listed(memories)})
    on.change(SQL["feedback_drop"], {"ids": listed(memories)})
    on.change(SQL["memories_drop"], {"ids": listed(memories)})
    empty(on, clusters)
    for kind in ("session", "source"):
        on.change(SQL[f"{kind}s_empty_drop"], {"ids": listed({row[kind] for row in doomed if row[kind]})})
    return len(memories)


def _erase_graph(on: Scoped, memories: Sequence[str], said: Sequence[str]) -> list[str]:
    """Takes the memories out of the graph; the entities and relations that go with them."""
    touched = [row["id"] for row in on.rows(SQL["entities_touched"], {"ids": listed(memories)})]
    relations = on.rows(SQL["relations_doomed"], {"ids": listed(memories)})
    on.change(SQL["edges_drop"], {"keys": listed(row["key"] for row in relations)})
    on.change(SQL["evidence_drop"], {"ids": listed(memories)})
    on.change(SQL["edges_of_nodes_drop"], {"ids": listed(memories)})
    entities = [row["id"] for row in on.rows(SQL["entities_unsupported"], {"ids": listed(touched)})]
    loose = [row["relation"] for row in on.rows(SQL["relations_of_entities"], {"ids": listed(entities)})]
    for statement in ("edges_of_nodes_drop", "names_drop", "entities_drop"):
        on.change(SQL[statement], {"ids": listed(entities)})
    aliased = [entity_of(row) for row in on.rows(SQL["entities_aliased"], {"ids": listed(touched)})]
    put_entities(on, without_names_in(aliased, said))
    return [*entities, *loose, *(row["relation"] for row in relations)]


def _erase_records(on: Scoped, gone: Sequence[str], *, since: int) -> None:
    """Takes the text out of what was noted on the way: events, kept answers, jobs."""
    about = [row["position"] for row in on.rows(SQL["events_about"], {"ids": listed(gone)})]
    naming = _naming(on, "events_since", gone, {"revision": since})
    on.change(SQL["events_empty"], {"positions": listed([*about, *naming])})
    on.change(SQL["answers_drop"], {"names": listed(_naming(on, "answers_all", gone))})
    jobs = listed(_naming(on, "jobs_all", gone))
    on.change(SQL["job_events_redact"], {"ids": jobs})
    for job in on.rows(SQL["jobs_by_ids"], {"ids": jobs}):
        harmless = is_id if job["state"] in _ENDED else is_setting
        values = {field: dumped(redacted(json.loads(job[field]), harmless)) for field in ("arguments", "result")}
        on.change(SQL["job_redact"], {"id": job["id"], **values})


def _naming(on: Scoped, statement: str, ids: Sequence[str], parameters: Parameters = NOTHING) -> list[str | int]:
    """The names of the rows whose text holds one of the ids."""
    wanted = set(ids)
    return [row["name"] for row in on.each(SQL[statement], parameters) if names_any(row["text"], wanted)]
