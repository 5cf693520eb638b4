"""References that callers write, resolved."""

from typing import Any

from app.domain.ids import EntityId, ProjectId
from app.domain.query import MemoryFilter
from app.services.references import filter_of
from tests.builders import a_principal


async def test_what_is_resolved_already_is_not_looked_up() -> None:
    nothing: Any = None
    wanted = MemoryFilter(project=ProjectId("prj_1"), entities=(EntityId("ent_1"),))
    assert await filter_of(nothing, a_principal(), wanted) is wanted
