"""Turns: what a user says in a conversation becomes memories, fact by fact; the turn itself is not kept."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.ids import UserId
from app.domain.memory import Memory
from app.domain.notes import Note, Shelf
from app.domain.principal import Permission, Principal, require
from app.extraction.findings import FoundFact, Turn
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.cast import Cast
from app.services.inputs import Mode, NewMemory
from app.services.references import NOBODY, find_users, project_of
from app.services.remember import Remember
from app.services.sift import Sift
from app.services.transcripts import Place

AGAIN = timedelta(days=30)
"""For so long the same turn is known again."""
_SPACE = "turn"
_LETTER = re.compile(r"[^\W\d_]")


class Outcome(StrEnum):
    """What became of a turn: its facts are memories, or it held none worth keeping, or it was sent before."""

    COMPLETED = "completed"
    LOW_VALUE = "low_value"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn of a user. `metadata` goes with each fact."""

    text: str
    speaker: str | None = None
    occurred_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    outcome: Outcome
    memories: Sequence[Memory] = ()


class Turns:
    def __init__(self, *, store: Store, remember: Remember, sift: Sift, clock: Clock, ids: IdFactory) -> None:
        self._store, self._remember, self._sift = store, remember, sift
        self._clock, self._ids = clock, ids

    async def hear(self, principal: Principal, *, place: Place, said: Said) -> Heard:
        """Stores the facts of a turn, unless it was heard within 30 days."""
        require(principal, Permission.MEMORY_WRITE)
        if is_slight(said.text):
            return Heard(outcome=Outcome.LOW_VALUE)
        name = _digest(said)
        if await self._heard(principal, place, name):
            return Heard(outcome=Outcome.REPLAY)
        heard = await self.facts(principal, place=place, said=said)
        await self._note(principal, place, name)
        return heard

    async def facts(self, principal: Principal, *, place: Place, said: Said) -> Heard:
        """Stores the facts of a turn, whether it was heard before or not."""
        at = said.occurred_at or self._clock.now()
        sifted = await self._sift.facts(Turn(text=said.text, at=at, speaker=said.speaker, role="user"))
        if sifted.reason is not None:
            return Heard(outcome=Outcome.LOW_VALUE)
        drafts = [_fact(place, said, fact) for fact in sifted.facts]
        if sifted.itself:
            drafts = [_fact(place, said, None)]
        stored = await self._remember.add_many(principal, memories=drafts)
        return Heard(outcome=Outcome.COMPLETED, memories=stored.memories)

    async def _heard(self, principal: Principal, place: Place, name: str) -> bool:
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            project = await project_of(reader, principal, place.project)
            user = (await find_users(reader, project.id, [place.user]))[0]
            if user is None:
                return False
            known = await reader.notes.find(project=project.id, user=user.id, shelf=Shelf.SEEN, space=_SPACE, name=name)
        return any(note.created_at > now - AGAIN for note in known)

    async def _note(self, principal: Principal, place: Place, name: str) -> None:
        """After the facts are stored: a turn that failed may be sent again."""
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            project = await project_of(uow, principal, place.project)
            user = await Cast(uow, principal, self._ids, now).user(project.id, place.user) or UserId(NOBODY)
            known = await uow.notes.find(project=project.id, user=user, shelf=Shelf.SEEN, space=_SPACE, name=name)
            await uow.notes.remove([note.number for note in known])
            seen = Note(
                project=project.id,
                user=user,
                shelf=Shelf.SEEN,
                source="",
                space=_SPACE,
                name=name,
                created_at=now,
                updated_at=now,
            )
            await uow.notes.add_many([seen])


def _digest(said: Said) -> str:
    told = "\x1f".join((said.speaker or "", said.occurred_at.isoformat() if said.occurred_at else "", said.text))
    return hashlib.sha256(told.encode()).hexdigest()


def is_slight(text: str) -> bool:
    """Without a letter, or of a single word."""
    return not _LETTER.search(text) or len(text.split()) < 2


def _fact(place: Place, said: Said, fact: FoundFact | None) -> NewMemory:
    return NewMemory(
        text=fact.statement if fact else said.text,
        mode=Mode.VERBATIM,
        project=place.project,
        user=place.user,
        speaker=said.speaker,
        kind=fact.kind if fact else None,
        type=fact.type if fact else None,
        occurred_at=datetime(fact.occurred.year, fact.occurred.month, fact.occurred.day, tzinfo=UTC)
        if fact and fact.occurred
        else said.occurred_at,
        metadata=said.metadata,
    )
