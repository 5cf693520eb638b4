"""Forgetting: soft and restorable by default, for good on request."""

from collections.abc import Sequence

from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.services.inputs import Erasure, ForgetRequest
from app.services.results import Forgotten


class Forget:
    async def preview(self, principal: Principal, *, request: ForgetRequest) -> Forgotten:
        """What the same request would forget. Changes nothing."""
        raise NotImplementedError

    async def forget(self, principal: Principal, *, request: ForgetRequest, erasure: Erasure) -> Forgotten:
        """Forgets at once. ERASE needs the permission memory:erase; its job removes the last bytes from the files."""
        raise NotImplementedError

    async def restore(self, principal: Principal, *, ids: Sequence[MemoryId]) -> list[Memory]:
        """Brings forgotten memories back, at most 1,000 at once. NotFound names the first that cannot be."""
        raise NotImplementedError
