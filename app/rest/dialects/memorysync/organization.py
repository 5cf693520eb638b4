"""What MemorySync's clients ask of the organization, and of the server."""

from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.memories import RELATION_TYPES
from app.rest.dialects.memorysync.scope import check_tenant, project_handle, projects_of, scope_of
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import Where
from app.services.references import DEFAULT_PROJECT

CONTENT_TYPES = ("fact", "event", "status", "relationship", "policy", "decision", "entity", "summary")
MAX_CUSTOM = 32


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
    """Vectors are made with each text, so that there is nothing left to do."""
    scope = await scope_of(call)
    number = await call.services.explore.count_memories(scope.principal, where=Where(project=scope.project))
    return Reply(202, {"status": "accepted", "job_id": f"ref_{call.request_id}", "memories": number})


async def ontology(_call: Call[Nothing, Nothing]) -> Reply:
    return Reply(
        200,
        {
            "content_types": CONTENT_TYPES,
            "relation_types": RELATION_TYPES,
            "builtin_content_types": CONTENT_TYPES,
            "builtin_relation_types": RELATION_TYPES,
            "custom_content_types": (),
            "custom_relation_types": (),
            "max_custom_types": MAX_CUSTOM,
        },
    )
