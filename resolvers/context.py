"""What a resolver is given."""

from typing import TypeAlias

import strawberry

from app.domain.principal import Principal
from app.services.bundle import Services
from loaders.bundle import Loaders


class Context:
    """One operation's services, caller and loaders.

    A WebSocket keeps its context for as long as it lives, so every operation works on a fork.
    """

    __slots__ = ("_loaders", "principal", "request_id", "services")

    def __init__(self, *, services: Services, principal: Principal, request_id: str) -> None:
        self.services = services
        self.principal = principal
        self.request_id = request_id
        self._loaders: Loaders | None = None

    @property
    def loaders(self) -> Loaders:
        if self._loaders is None:
            self._loaders = Loaders(self.services.store, self.principal, telemetry=self.services.telemetry)
        return self._loaders

    def fork(self) -> "Context":
        """The same caller with loaders that have read nothing yet."""
        return Context(services=self.services, principal=self.principal, request_id=self.request_id)


Info: TypeAlias = strawberry.Info[Context, None]
