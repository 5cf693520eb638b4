"""Erasing memories: every node that carries their text, or text that is known from them alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from app.adapters.neo4j.block import WriteBlock
from app.adapters.neo4j.clusters import clusters_of, empty_clusters
from app.adapters.neo4j.entities import EntityWrites
from app.adapters.neo4j.server import Found
from app.adapters.neo4j.statements import statements
from app.adapters.records.graph import entity_of, without_names_in
from app.adapters.records.redaction import is_id, is_setting, names_any, redacted
from app.adapters.records.values import dumped
from app.domain.ids import MemoryId
from app.domain.work import JobState

CYPHER: Final = statements("erasure")

_ENDED: Final = tuple(state for state in JobState if state.ended)
_REMEMBERED: Final = timedelta(days=30) // timedelta(microseconds=1)
"""How long a tombstone stays, in microseconds."""
_PAGE: Final = 5_000
_FEW: Final = 20
_NOUN: Final = 4
"""Characters by which an id tells what it is of."""


async def erase_memories(unit: WriteBlock, ids: Sequence[MemoryId]) -> int:
    """How many of the memories were there."""
    doomed = await unit.rows(CYPHER["doomed"], {"ids": sorted(set(ids))})
    if not doomed:
        return 0
    memories = sorted(row["id"] for row in doomed)
    unit.marked.update(memories)
    clusters = await clusters_of(unit, memories)
    first = await unit.change(CYPHER["first_known"], {"ids": memories})
    said = [word for row in doomed for word in (row["text"], row["speaker"]) if word]
    gone = [*memories, *await _erase_graph(unit, memories, said)]
    await empty_clusters(unit, clusters)
    await _erase_notes(unit, gone, since=first["revision"])
    await unit.change(CYPHER["tombstones_drop"], {"before": unit.now - _REMEMBERED})
    for kind in ("session", "source"):
        await _change(unit, f"{kind}s_empty_drop", "ids", sorted({row[kind] for row in doomed if row[kind]}))
    return len(memories)


async def _erase_graph(unit: WriteBlock, memories: Sequence[str], said: Sequence[str]) -> list[str]:
    """Takes the memories out of the graph; the entities and relations that go with them."""
    asked = {"ids": memories}
    touched = {row["id"] for row in await unit.rows(CYPHER["entities_touched"], asked)}
    evidence = await unit.rows(CYPHER["evidence_drop"], asked)
    touched |= {row[end] for row in evidence for end in ("source", "target")}
    await unit.change(CYPHER["memories_drop"], asked)
    await unit.change(CYPHER["versions_drop"], asked)
    await unit.change(CYPHER["feedback_drop"], asked)
    entities = await unit.rows(CYPHER["entities_drop"], {"ids": sorted(touched)}) if touched else []
    await _change(unit, "names_drop", "names", sorted({name for row in entities for name in row["names"]}))
    await _change(unit, "handles_drop", "names", sorted({name for row in entities for name in row["handles"]}))
    aliased = await unit.rows(CYPHER["entities_aliased"], {"ids": sorted(touched)}) if touched else []
    await EntityWrites(unit).put_many(without_names_in([*map(entity_of, aliased)], said))
    relations = [row["relation"] for row in evidence if row["gone"]]
    return [*(row["id"] for row in entities), *(id_ for row in entities for id_ in row["relations"]), *relations]


async def _erase_notes(unit: WriteBlock, gone: Sequence[str], *, since: int) -> None:
    """Takes the text out of what was noted on the way: events, kept answers, jobs."""
    await _change(unit, "events_about_empty", "ids", sorted(set(gone)))
    await _change(unit, "events_empty", "names", await _naming(unit, "events_naming", gone, after=since - 1))
    await _change(unit, "answers_drop", "names", _those_naming(await unit.rows(CYPHER["answers_naming"]), gone))
    jobs = await _naming(unit, "jobs_naming", gone, after="")
    if jobs:
        await _redact_jobs(unit, jobs)


async def _change(unit: WriteBlock, statement: str, name: str, values: Sequence[Any]) -> None:
    """Runs a statement on all of the values, where there are any."""
    if values:
        await unit.change(CYPHER[statement], {name: values})


async def _naming(unit: WriteBlock, statement: str, ids: Sequence[str], *, after: int | str) -> list[Any]:
    """The names of the nodes whose text holds one of the ids, read page by page."""
    found: list[Any] = []
    asked = {"limit": _PAGE, "signs": _signs(ids)}
    while True:
        (page,) = await unit.rows(CYPHER[statement], {**asked, "after": after})
        found += _those_naming(page["candidates"], ids)
        if page["number"] < _PAGE:
            return found
        after = page["last"]


def _signs(ids: Sequence[str]) -> list[str]:
    """What a text that holds one of the ids contains: few ids themselves, of many how they begin."""
    return list(ids) if len(ids) <= _FEW else sorted({id_[:_NOUN] for id_ in ids})


def _those_naming(rows: Iterable[Found], ids: Sequence[str]) -> list[Any]:
    wanted = set(ids)
    return [row["name"] for row in rows if names_any(row["text"], wanted)]


async def _redact_jobs(unit: WriteBlock, jobs: Sequence[str]) -> None:
    """A job that is still to run keeps what it needs; an error may quote, so none stays."""
    rows = await unit.rows(CYPHER["jobs_named"], {"ids": jobs})
    await unit.change(CYPHER["jobs_redact"], {"jobs": list(map(_redacted_job, rows))})
    events = await unit.rows(CYPHER["job_events"], {"ids": jobs})
    silent = [{**event, "data": dumped({**json.loads(event["data"]), "error": None})} for event in events]
    await unit.change(CYPHER["events_replace"], {"events": silent})


def _redacted_job(row: Mapping[str, Any]) -> dict[str, Any]:
    harmless = is_id if row["state"] in _ENDED else is_setting
    return {
        "id": row["id"],
        **{field: dumped(redacted(json.loads(row[field]), harmless)) for field in ("arguments", "result")},
    }
