"""What MemorySync's clients ask of the organization, and of the server."""

from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.scope import check_tenant, project_handle, projects_of, scope_of
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Where
from app.services.references import DEFAULT_PROJECT


async def projects(call: Call[Nothing, Nothing]) -> Reply:
    """A bare array; clients read the tenant off its first element."""
    check_tenant(call)
    told = [
        {
            "id": project_handle(project.id),
            "name": project.name,
            "tenant_id": call.principal.tenant,
            "is_default": project.slug == DEFAULT_PROJECT,
            "memory_count": await call.services.explore.count_memories(call.principal, where=Where(project=project.id)),
            "archived_at": None,
            "created_at": micros_offset(project.created_at),
            "updated_at": micros_offset(project.updated_at),
        }
        for project in await projects_of(call)
    ]
    return Reply(200, told)


async def purge(_call: Call[Nothing, Nothing]) -> Reply:
    """It erases an account, which no key may."""
    raise Wrong(403, "FORBIDDEN", "Accounts are not erased with an API key; use DELETE /memory/forget for memories")


async def refresh(call: Call[Nothing, Nothing]) -> Reply:
    """Reads the end user's memories anew; `job(id:)` of GraphQL tells how far that is."""
    scope = await scope_of(call)
    job = await call.services.refresh.begin(call.principal, project=scope.project, user=scope.owner or scope.user)
    return Reply(202, {"status": "accepted", "job_id": job.id, "memories": job.total})
