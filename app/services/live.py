"""Live: the state first, then each change, nothing missed in between, in order.

Each watch checks the permission when it starts, tells only what the principal sees, and ends when
its credential expires or is revoked.
"""

from collections.abc import AsyncIterator

from app.domain.ids import JobId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.domain.work import EventKind, Job
from app.services.inputs import Where
from app.services.results import Change


class Live:
    def job(self, principal: Principal, *, job: JobId) -> AsyncIterator[Job]:
        """The job as it is, then as it becomes, until it has ended. Raises NotFound."""
        raise NotImplementedError

    def jobs(self, principal: Principal, *, project: str | None) -> AsyncIterator[Job | Change]:
        """Jobs that have not ended, oldest first, then each job that changes. A Change tells of a gap."""
        raise NotImplementedError

    def memories(
        self, principal: Principal, *, project: str | None, where: Where, kinds: tuple[EventKind, ...]
    ) -> AsyncIterator[Change]:
        """First a Change without event at the present revision, then each change of a memory.

        `where` may hold users, agents, sessions, types, kinds, tags and categories.
        """
        raise NotImplementedError

    def graph(self, principal: Principal, *, project: str | None) -> AsyncIterator[Change]:
        """First the present revision, then each change of an entity, a relation or a link."""
        raise NotImplementedError

    async def memory(self, principal: Principal, *, change: Change) -> Memory | None:
        """The memory a change is about, read once for all who watch with the same sight."""
        raise NotImplementedError
