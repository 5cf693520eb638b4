"""Distil: what people say of themselves in a conversation, as statements in the third person that stand alone.

Nothing is stored here: who asked decides what to keep.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from app.domain.principal import Permission, Principal, require
from app.domain.text import normalised
from app.extraction.findings import FoundStatement, Turn
from app.extraction.pipeline import Extractor
from app.extraction.spheres import OTHERWISE, SPHERES, TRAITS, names_of, sphere_of, spheres
from app.extraction.vocabulary import EMPTY
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.drafts import drafts_of
from app.services.inputs import NewConversation, NewMemory
from app.services.references import project_of
from app.services.results import Statement
from app.services.vocabulary import Taught

NOBODYS_NAME = "User"
"""What those are called who speak of themselves and have no name."""
_OWN_ROLES = frozenset({"user", "human"})

__all__ = ["NOBODYS_NAME", "OTHERWISE", "SPHERES", "TRAITS", "Distil", "names_of", "sphere_of"]


class Distil:
    def __init__(self, *, store: Store, extractor: Extractor, clock: Clock) -> None:
        self._store, self._extractor, self._clock = store, extractor, clock
        self._taught = Taught()

    async def statements(self, principal: Principal, *, conversation: NewConversation) -> list[Statement]:
        """In order, each once: those of the messages whose role is user; the others are what they answer to.

        Raises Invalid as `messages.<index>.<field>`.
        """
        require(principal, Permission.MEMORY_WRITE)
        messages = drafts_of(conversation, first_position=0, now=self._clock.now())
        async with self._store.read(principal) as reader:
            project = await project_of(reader, principal, conversation.project)
            taught = await self._taught.of(reader, principal.tenant, [project.id])
        turns = _turns(messages)
        vocabulary = taught.get(project.id, EMPTY)
        found = await asyncio.to_thread(self._extractor.state, turns, taught=vocabulary)
        told = [_statement(each) for statements in found for each in statements]
        return list({normalised(each.text): each for each in reversed(told)}.values())[::-1]


def _turns(messages: Sequence[NewMemory]) -> list[Turn]:
    turns = []
    before: NewMemory | None = None
    for message in messages:
        if message.role in _OWN_ROLES and message.occurred_at is not None:
            turn = Turn(text=message.text, at=message.occurred_at, speaker=message.speaker or NOBODYS_NAME)
            turns.append(replace(turn, previous=before.text, previous_speaker=before.speaker) if before else turn)
        before = message
    return turns


def _statement(found: FoundStatement) -> Statement:
    fact = found.fact
    return Statement(
        text=fact.statement,
        kind=fact.kind,
        type=fact.type,
        categories=found.categories,
        spheres=spheres(fact.statement, categories=found.categories, type_=fact.type),
        occurred_at=datetime.combine(fact.occurred, time(), UTC) if fact.occurred else None,
        valid_from=datetime.combine(fact.valid_from, time(), UTC) if fact.valid_from else None,
    )
