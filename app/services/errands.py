"""Jobs as they are left behind for workers: whom they act for, and what they are to do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.domain.ids import JobId, MemoryId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.work import Job
from app.ports.runtime import IdFactory
from app.services.references import NOBODY

EXTRACT_JOB = "extract"


def errand(
    principal: Principal,
    name: str,
    *,
    project: ProjectId | None,
    user: UserId | None,
    arguments: dict[str, Any],
    ids: IdFactory,
    now: datetime,
    total: int = 1,
) -> Job:
    """A job that acts for the principal and is due at once."""
    return Job(
        id=JobId(ids.new("job")),
        name=name,
        project=project,
        user=user,
        arguments=arguments,
        actor=principal.actor,
        key=principal.credential.key,
        end_user=principal.end_user,
        total=total,
        due_at=now,
        created_at=now,
        updated_at=now,
    )


def extraction(
    principal: Principal,
    memories: Sequence[Memory],
    *,
    verbatim: Sequence[MemoryId],
    embedded: bool,
    ids: IdFactory,
    now: datetime,
) -> Job:
    """Entities, facts and links for memories of one project, and vectors where they are not `embedded` yet."""
    users = {memory.user for memory in memories}
    return errand(
        principal,
        EXTRACT_JOB,
        project=memories[0].project,
        user=users.pop() if len(users) == 1 else UserId(NOBODY),
        arguments={
            "memories": [memory.id for memory in memories],
            "verbatim": list(verbatim),
            "embedded": embedded,
        },
        ids=ids,
        now=now,
        total=len(memories),
    )
