"""The workspace of a key: the project that is meant where none is named. All routes keep to it."""

from typing import Any

from app.domain.account import Project
from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.domain.query import Life
from app.rest.call import Call
from app.rest.handles import id_of
from app.rest.speech import Wrong
from app.services.inputs import Where


async def home(call: Call[Any, Any], named: str | None = None) -> Project:
    """Raises the dialect's own errors where another workspace was named."""
    explore = call.services.explore
    own = await explore.home(call.principal)
    if named is None or id_of("project", named) == own.id:
        return own
    if await explore.project(call.principal, ref=id_of("project", named)) is None:
        raise Wrong(404, "WORKSPACE_NOT_FOUND", "There is no such workspace")
    raise Wrong(403, "WORKSPACE_ACCESS_DENIED", "This key belongs to another workspace")


def memory_id(call: Call[Any, Any]) -> MemoryId:
    return MemoryId(id_of("memory", call.path["id"]))


async def found(call: Call[Any, Any]) -> Memory:
    """The memory of the path. Raises MEMORY_NOT_FOUND."""
    (memory,) = await call.services.explore.by_ids(call.principal, ids=[memory_id(call)])
    if memory is None or memory.project != (await home(call)).id:
        raise no_memory()
    return memory


async def demand_known(call: Call[Any, Any]) -> MemoryId:
    """The memory of the path, its time over or not. Raises MEMORY_NOT_FOUND."""
    id_ = memory_id(call)
    where = Where(ids=(id_,), project=(await home(call)).id, life=Life.ANY)
    if not await call.services.explore.count_memories(call.principal, where=where):
        raise no_memory()
    return id_


def no_memory() -> Wrong:
    return Wrong(404, "MEMORY_NOT_FOUND", "There is no such memory")
