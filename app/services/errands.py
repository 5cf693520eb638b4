"""Jobs that writing memories leaves behind."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.ids import JobId, MemoryId, UserId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.work import Job
from app.ports.runtime import IdFactory
from app.services.references import NOBODY

EXTRACT_JOB = "extract"


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
    return Job(
        id=JobId(ids.new("job")),
        name=EXTRACT_JOB,
        project=memories[0].project,
        user=users.pop() if len(users) == 1 else UserId(NOBODY),
        arguments={
            "memories": [memory.id for memory in memories],
            "verbatim": list(verbatim),
            "embedded": embedded,
        },
        actor=principal.actor,
        key=principal.credential.key,
        end_user=principal.end_user,
        total=len(memories),
        due_at=now,
        created_at=now,
        updated_at=now,
    )
