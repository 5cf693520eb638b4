"""Remembering: texts and conversations become memories; edits become versions."""

from collections.abc import Sequence

from app.domain.ids import MemoryId
from app.domain.memory import LinkType, Memory, MemoryLink
from app.domain.principal import Principal
from app.services.inputs import MemoryPatch, NewConversation, NewLink, NewMemory
from app.services.results import Remembered


class Remember:
    async def add(self, principal: Principal, *, memory: NewMemory, key: str | None = None) -> Remembered:
        """Stores one text; findable by words and by meaning when this returns. `key` is an idempotency key."""
        raise NotImplementedError

    async def add_many(
        self, principal: Principal, *, memories: Sequence[NewMemory], key: str | None = None
    ) -> Remembered:
        """Stores up to 1,000 texts, all or none. Wrong ones are named by `memories.<index>.<field>`."""
        raise NotImplementedError

    async def add_conversation(
        self, principal: Principal, *, conversation: NewConversation, key: str | None = None
    ) -> Remembered:
        """Stores up to 1,000 messages as memories of a session, in order."""
        raise NotImplementedError

    async def update(
        self, principal: Principal, *, memory: MemoryId, patch: MemoryPatch, expected_version: int | None = None
    ) -> Memory:
        """Writes a new version. Raises Conflict when `expected_version` is no longer current."""
        raise NotImplementedError

    async def link(self, principal: Principal, *, links: Sequence[NewLink]) -> list[MemoryLink]:
        """Links memories, at most 100 at once. Idempotent. A memory cannot be linked to itself."""
        raise NotImplementedError

    async def unlink(self, principal: Principal, *, source: MemoryId, target: MemoryId, link_type: LinkType) -> bool:
        """Whether there was such a link."""
        raise NotImplementedError
