"""Projects: made by use, deleted softly, and their revisions."""

from typing import Any

from app.domain.account import Project
from app.rest.call import Call, Reply
from app.rest.dialects.memstate import rendering as shown
from app.rest.dialects.memstate.answers import ListedProject, ProjectBody, Revision
from app.rest.dialects.memstate.rendering import project_named
from app.rest.dialects.memstate.shapes import InProject, PutProject, Revisions
from app.rest.handles import uuid_of
from app.rest.moments import micros_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Slice, Where
from app.services.results import Written


async def listed(call: Call[Nothing, Nothing]) -> Reply:
    projects = [await _small(call, project) for project in await living(call)]
    return Reply(200, {"projects": projects, "total_projects": len(projects)})


async def put(call: Call[PutProject, Nothing]) -> Reply:
    asked = call.body
    labels = {name: value for name in ("git_remote", "root_path") if (value := getattr(asked, name)) is not None}
    project = await call.services.projects.put(
        call.principal,
        slug=_required(asked.project_id).lower(),
        name=asked.name,
        description=asked.description,
        metadata=labels,
    )
    return Reply(200, await _body(call, project))


async def get(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, await _body(call, await _found(call, call.path["id"])))


async def delete(call: Call[InProject, Nothing]) -> Reply:
    ref = _required(call.body.project_id)
    project = await _found(call, ref)
    deleted = await call.services.projects.delete(call.principal, ref=project.id)
    message = f"Soft-deleted project '{project.slug}' and {deleted.count} memory(ies)"
    return Reply(
        200,
        {
            "project_id": project.slug,
            "deleted_keypaths": [shown.shown(path) for path in deleted.keypaths],
            "deleted_count": deleted.count,
            "message": f"Project '{project.slug}' was already deleted" if deleted.already else message,
        },
    )


async def revisions(call: Call[Nothing, Revisions]) -> Reply:
    project = await _found(call, call.path["id"])
    limit = call.query.limit
    found = await call.services.projects.revisions(call.principal, ref=project.id, limit=limit)
    return Reply(
        200,
        {
            "limit": limit,
            "message": "Writes to the project's keypaths, newest first",
            "project_id": project.slug,
            "revisions": [_revision(each) for each in found],
            "total_revisions": project.revision,
        },
    )


async def living(call: Call[Any, Any]) -> list[Project]:
    """Those that are not deleted, last updated first."""
    found: list[Project] = []
    after: str | None = None
    while True:
        page = await call.services.explore.projects(call.principal, page=Slice(first=100, after=after))
        found += [item.node for item in page.items if item.node.deleted_at is None]
        if not page.has_next:
            return sorted(found, key=lambda project: project.updated_at, reverse=True)
        after = page.items[-1].cursor


async def _found(call: Call[Any, Any], ref: str) -> Project:
    project = await project_named(call, ref)
    if project is None:
        raise Wrong(404, "not_found", f"project '{ref}' not found")
    return project


async def _small(call: Call[Any, Any], project: Project) -> ListedProject:
    told: ListedProject = {
        "id": project.slug,
        "name": project.name,
        "description": project.description,
        "memory_count": await _count(call, project),
        "is_deleted": project.deleted_at is not None,
        "created_at": micros_z(project.created_at),
    }
    if remote := _remote(project):
        told["git_remote"] = remote
    return told


async def _body(call: Call[Any, Any], project: Project) -> ProjectBody:
    found = await call.services.trees.below(call.principal, project=project.id)
    return {
        "id": project.slug,
        "owner_id": uuid_of(call.principal.tenant),
        "name": project.name,
        "description": project.description,
        "git_remote": _remote(project),
        "topics": sorted({tag for memory in found.items for tag in memory.tags}),
        "memory_count": await _count(call, project),
        "keypaths": [shown.shown(memory.keypath) for memory in found.items],
        "is_deleted": project.deleted_at is not None,
        "created_at": micros_z(project.created_at),
        "updated_at": micros_z(project.updated_at),
    }


async def _count(call: Call[Any, Any], project: Project) -> int:
    return await call.services.explore.count_memories(call.principal, where=Where(project=project.id))


def _remote(project: Project) -> str:
    told = project.metadata.get("git_remote")
    return told if isinstance(told, str) else ""


def _revision(written: Written) -> Revision:
    memories = [version.memory for version in written.versions if version.memory.keypath]
    labels = memories[0].metadata if memories else {}
    ingestion = labels.get("ingestion")
    return {
        "revision_number": written.number,
        "created_at": micros_z(written.at),
        "source": str(labels.get("source") or "agent"),
        "ingestion_id": shown.ingestion_id(ingestion) if isinstance(ingestion, str) else None,
        "keypaths": sorted({shown.shown(memory.keypath) for memory in memories}),
    }


def _required(project: str | None) -> str:
    if not project:
        raise Wrong(400, "invalid", "project_id is required")
    return project
