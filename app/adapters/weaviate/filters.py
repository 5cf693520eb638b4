"""A MemoryFilter, and what a principal sees, as Weaviate's conditions.

What they cannot say is left out, never said wrongly: the record confirms every hit.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from app.adapters.weaviate.driver import Condition, Filter
from app.adapters.weaviate.moments import is_exact, micros
from app.adapters.weaviate.objects import NOBODY
from app.domain.principal import AllProjects, Only, Principal
from app.domain.query import Life, MemoryFilter


def conditions(principal: Principal, where: MemoryFilter, *, now: datetime) -> Condition | None:
    found = [*_sight(principal), *_among(where), *_life(where.life, now), *_numbers(where), *_times(where)]
    return Filter.all_of(found) if found else None


def _sight(principal: Principal) -> Iterator[Condition]:
    match principal.visible:
        case AllProjects():
            pass
        case Only(projects):
            yield Filter.by_property("project").contains_any(sorted(projects))
        case never:
            assert_never(never)
    if principal.end_user is not None:
        yield Filter.by_property("user").contains_any([principal.end_user, NOBODY])


def _among(where: MemoryFilter) -> Iterator[Condition]:
    lists: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("memory", where.ids),
        ("user", tuple(user or NOBODY for user in where.users)),
        ("agent", where.agents),
        ("session", where.sessions),
        ("source", where.sources),
        ("kind", where.kinds),
        ("type", where.types),
        ("categories", where.categories),
        ("tags", where.tags),
        ("entities", where.entities),
        ("layer", where.layers),
        ("status", where.statuses),
        ("project", (where.project,) if where.project else ()),
        ("keypaths", (where.keypath,) if where.keypath else ()),
    )
    for name, values in lists:
        # Terms are trimmed: one that is all white space is no term.
        if values and all(value.strip() for value in values):
            yield Filter.by_property(name).contains_any([str(value) for value in values])


def _life(life: Life, now: datetime) -> Iterator[Condition]:
    forgotten, expires = Filter.by_property("forgotten"), Filter.by_property("expires")
    match life:
        case Life.LIVE:
            yield forgotten.equal(False)
            yield expires.greater_than(micros(now))
        case Life.FORGOTTEN:
            yield Filter.any_of([forgotten.equal(True), expires.less_or_equal(micros(now))])
        case Life.ANY:
            pass
        case never:
            assert_never(never)


def _numbers(where: MemoryFilter) -> Iterator[Condition]:
    importance = Filter.by_property("importance")
    if where.importance_min is not None:
        yield importance.greater_or_equal(float(where.importance_min))
    if where.importance_max is not None:
        yield importance.less_or_equal(float(where.importance_max))
    if where.importances:
        yield Filter.any_of(
            [
                Filter.all_of([importance.greater_or_equal(float(least)), importance.less_or_equal(float(most))])
                for least, most in where.importances
            ]
        )


def _times(where: MemoryFilter) -> Iterator[Condition]:
    """Validity overlaps a range when it ends after its start and begins before its end."""
    bounds = (
        (where.occurred.after, Filter.by_property("occurred").greater_or_equal),
        (where.occurred.before, Filter.by_property("occurred").less_than),
        (where.recorded.after, Filter.by_property("recorded").greater_or_equal),
        (where.recorded.before, Filter.by_property("recorded").less_than),
        (where.valid.after, Filter.by_property("valid_to").greater_than),
        (where.valid.before, Filter.by_property("valid_from").less_than),
    )
    for moment, compared in bounds:
        if moment is not None and is_exact(bound := micros(moment)):
            yield compared(bound)
