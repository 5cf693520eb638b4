"""Keypaths as lists, maps and trees."""

from collections.abc import Sequence
from typing import Any

from app.domain.account import Project
from app.domain.memory import Memory
from app.rest.call import Call, Reply
from app.rest.dialects.memstate import rendering as shown
from app.rest.dialects.memstate.rendering import prefix_of, project_named
from app.rest.dialects.memstate.shapes import InProject, KeypathList, Subtree
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.references import EVERY_PROJECT


async def keypaths(call: Call[Nothing, KeypathList]) -> Reply:
    asked = call.query
    prefix = prefix_of(asked.prefix, name="prefix")
    project = await project_named(call, asked.project_id)
    paths: list[str] = []
    if project or not asked.project_id:
        ref = project.id if project else EVERY_PROJECT
        found = await call.services.trees.below(call.principal, project=ref, prefix=prefix)
        paths = [shown.shown(memory.keypath) for memory in found.items]
    return Reply(200, {"keypaths": paths, "total": len(paths), "project_id": asked.project_id or ""})


async def subtree(call: Call[Subtree, Nothing]) -> Reply:
    asked = call.body
    prefix = prefix_of(asked.keypath, name="keypath")
    if not asked.project_id:
        raise Wrong(400, "invalid", "project_id is required")
    project = await project_named(call, asked.project_id)
    memories = await _memories(call, project, prefix) if project else ()
    revision = asked.at_revision
    if revision is None:
        revision = project.revision if project else 0
    told: dict[str, Any] = {
        "memories": {shown.shown(memory.keypath): shown.summary_of(memory) for memory in memories},
        "total_count": len(memories),
        "revision_number": revision,
    }
    if asked.include_content:
        found = shown.fulls(call, await shown.editions(call, memories))
        told |= {"full_memories": {each["keypath"]: each for each in found}, "full_memory_count": len(found)}
        if prefix and not asked.recursive and len(found) == 1:
            told["full_memory"] = found[0]
    return Reply(200, told)


async def tree(call: Call[Nothing, InProject]) -> Reply:
    if not call.query.project_id:
        raise Wrong(400, "invalid", "project_id is required")
    project = await project_named(call, call.query.project_id)
    memories: Sequence[Memory] = ()
    if project:
        memories = (await call.services.trees.below(call.principal, project=project.id)).items
    domains = sorted({shown.shown(memory.keypath).partition(".")[0] for memory in memories})
    told = {"project_id": call.query.project_id, "total_memories": len(memories), "domains": domains}
    return Reply(200, told)


async def _memories(call: Call[Subtree, Nothing], project: Project, prefix: str | None) -> Sequence[Memory]:
    """A keypath alone without `recursive`, the whole project without a keypath."""
    asked, trees = call.body, call.services.trees
    if asked.at_revision is not None:
        stood = await trees.then(call.principal, project=project.id, prefix=prefix, revision=asked.at_revision)
        return [memory for memory in stood if asked.recursive or prefix is None or memory.keypath == prefix]
    if asked.recursive or prefix is None:
        return (await trees.below(call.principal, project=project.id, prefix=prefix)).items
    memory = await trees.at(call.principal, project=project.id, keypath=prefix)
    return [memory] if memory else []
