"""Transcripts: turns of conversations, kept word for word. They are no memories."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import errors
from app.domain.ids import UserId
from app.domain.notes import Note, Shelf
from app.domain.people import User
from app.domain.principal import Permission, Principal, require
from app.domain.query import Position, Row
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.cast import Cast
from app.services.drafts import batch_size
from app.services.inputs import Slice
from app.services.paging import Binding, cut, listing, window_of
from app.services.references import NOBODY, find_users, project_of
from app.services.results import Listing

MAX_LABEL = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose transcript: an end user, by our id or the caller's own, of a project; None is the one meant anyway."""

    project: str | None
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """`seq` is its place as the caller counts, `payload` any JSON; `key` tells a turn that is sent again."""

    role: str
    content: str
    seq: int | None = None
    occurred_at: str | None = None
    payload: Any = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    note: Note
    created: bool


class Transcripts:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def append(
        self, principal: Principal, *, place: Place, session: str, source: str, turns: Sequence[NewTurn]
    ) -> list[Kept]:
        """Keeps each turn in order; one that is known by its key, or by place, role and words, comes back as it was."""
        require(principal, Permission.MEMORY_WRITE)
        demand_labels({"session": session, "source": source})
        batch_size("turns", len(turns))
        demand_labels({f"turns.{index}.role": turn.role for index, turn in enumerate(turns)})
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            project = await project_of(uow, principal, place.project)
            user = await Cast(uow, principal, self._ids, now).user(project.id, place.user)
            shelf = Shelf.TRANSCRIPT
            owner = user or UserId(NOBODY)
            known = await uow.notes.find(project=project.id, user=owner, shelf=shelf, space=session, source=source)
            told = {mark: note for note in known for mark in _marks(note.body)}
            kept: list[Kept] = []
            for turn in turns:
                body = _body(turn)
                earlier = next((told[mark] for mark in _marks(body) if mark in told), None)
                if earlier is None:
                    draft = Note(
                        project=project.id,
                        user=owner,
                        shelf=Shelf.TRANSCRIPT,
                        source=source,
                        space=session,
                        name=turn.key or "",
                        body=body,
                        created_at=now,
                        updated_at=now,
                    )
                    (note,) = await uow.notes.add_many([draft])
                    told |= dict.fromkeys(_marks(body), note)
                kept.append(Kept(note=earlier or note, created=earlier is None))
        return kept

    async def turns(
        self, principal: Principal, *, place: Place, session: str, source: str | None, latest: int
    ) -> tuple[list[Note], int]:
        """Oldest first, by `seq` where any turn has one, and how many there are; `latest` 0 is all."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await project_of(reader, principal, place.project)
            user = (await find_users(reader, found.id, [place.user]))[0]
            if user is None:
                return [], 0
            shelf = Shelf.TRANSCRIPT
            notes = await reader.notes.find(project=found.id, user=user.id, shelf=shelf, space=session, source=source)
        if any(note.body["seq"] is not None for note in notes):
            notes.sort(key=lambda note: (note.body["seq"] is None, note.body["seq"] or 0, note.number))
        return (notes[-latest:] if latest else notes), len(notes)

    async def page(
        self, principal: Principal, *, place: Place, session: str, source: str | None, page: Slice
    ) -> Listing[Note]:
        """As `turns`, a page at a time."""
        binding = Binding(principal, "transcript", place, session, source)
        window = window_of(page, binding)
        notes, _ = await self.turns(principal, place=place, session=session, source=source, latest=0)
        return listing(cut(rows_of(notes), window), page, binding)

    async def remove(
        self,
        principal: Principal,
        *,
        place: Place,
        session: str | None,
        numbers: Sequence[int],
        source: str | None,
    ) -> list[Note]:
        """Removes a session, or turns by number; those that there were."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.write(principal) as uow:
            found = await project_of(uow, principal, place.project)
            user: User | None = (await find_users(uow, found.id, [place.user]))[0]
            if user is None:
                return []
            notes = await uow.notes.find(
                project=found.id, user=user.id, shelf=Shelf.TRANSCRIPT, space=session, source=source
            )
            gone = [note for note in notes if session is not None or note.number in set(numbers)]
            if gone:
                await uow.notes.remove([note.number for note in gone])
        return gone


def demand_labels(labels: Mapping[str, str]) -> None:
    """Raises Invalid for a label that is empty or longer than 1,000 characters, by its name."""
    for field, label in labels.items():
        if not 1 <= len(label) <= MAX_LABEL:
            raise errors.invalid(field, f"must have 1 to {MAX_LABEL:,} characters", "out_of_range")


def rows_of(notes: Sequence[Note]) -> list[Row[Note]]:
    """Each with its place in the list."""
    return [Row(note, Position(place, str(note.number))) for place, note in enumerate(notes)]


def _body(turn: NewTurn) -> dict[str, Any]:
    return {
        "role": turn.role,
        "content": turn.content,
        "seq": turn.seq,
        "occurred_at": turn.occurred_at,
        "payload": turn.payload,
        "key": turn.key,
    }


def _marks(body: dict[str, Any]) -> list[tuple[str, ...]]:
    """What tells that a turn is one that was sent before."""
    marks: list[tuple[str, ...]] = [("key", body["key"])] if body["key"] is not None else []
    if body["seq"] is not None:
        digest = hashlib.sha256(body["content"].encode()).hexdigest()
        return [*marks, ("place", str(body["seq"]), body["role"], digest)]
    return marks
