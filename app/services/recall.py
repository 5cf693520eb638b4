"""Recall: a question becomes ranked memories, each with the factors of its score."""

from app.domain.principal import Principal
from app.services.inputs import Question
from app.services.results import Found


class Recall:
    async def search(self, principal: Principal, *, question: Question) -> Found:
        """At most 100 hits a page, 1,000 in all, best first."""
        raise NotImplementedError
