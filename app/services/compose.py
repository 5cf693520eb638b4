"""Compose: ranked memories in a template, within a token budget that is never exceeded."""

from app.domain.principal import Principal
from app.services.inputs import PromptRequest
from app.services.results import Prompt


class Compose:
    async def prompt(self, principal: Principal, *, request: PromptRequest) -> Prompt:
        raise NotImplementedError
