"""Values: what programs keep between runs, under a key of a namespace, one of each. They are no memories."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain import errors
from app.domain.ids import UserId
from app.domain.notes import Note, Shelf
from app.domain.principal import Permission, Principal, require
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.retrieval.stems import stem
from app.services.cast import Cast
from app.services.inputs import Slice
from app.services.paging import Binding, cut, listing, window_of
from app.services.references import NOBODY, Door, find_users, project_of
from app.services.results import Listing
from app.services.transcripts import Place, demand_labels, rows_of

Path = tuple[str, ...]
MAX_SEGMENTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """`text` is what a search looks at; the value's JSON where there is none."""

    namespace: Path
    key: str
    value: dict[str, Any]
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """`before` is the value that this one replaced; `created` is False where it was there already."""

    note: Note
    created: bool
    before: Note | None


class Values:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def put(self, principal: Principal, *, place: Place, source: str, new: NewValue) -> Stored:
        require(principal, Permission.MEMORY_WRITE)
        demand_labels({"source": source, "key": new.key})
        _demand_path(new.namespace)
        now = self._clock.now()
        space, body = written(new.namespace), {"value": new.value, "text": new.text}
        async with self._store.write(principal) as uow:
            project = await project_of(uow, principal, place.project)
            user = await Cast(uow, principal, self._ids, now).user(project.id, place.user) or UserId(NOBODY)
            there = await uow.notes.find(
                project=project.id, user=user, shelf=Shelf.STATE, space=space, name=new.key, source=source
            )
            if there and there[0].body == body:
                return Stored(note=there[0], created=False, before=None)
            if there:
                changed = replace(there[0], body=body, updated_at=now)
                await uow.notes.change(changed)
                return Stored(note=changed, created=True, before=there[0])
            draft = Note(
                project=project.id,
                user=user,
                shelf=Shelf.STATE,
                source=source,
                space=space,
                name=new.key,
                body=body,
                created_at=now,
                updated_at=now,
            )
            (note,) = await uow.notes.add_many([draft])
        return Stored(note=note, created=True, before=None)

    async def get(self, principal: Principal, *, place: Place, source: str, namespace: Path, key: str) -> Note | None:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await _found(reader, principal, place, source, space=written(namespace), name=key)
        return found[0] if found else None

    async def under(self, principal: Principal, *, place: Place, source: str, prefix: Path) -> list[Note]:
        """All whose namespace begins with these segments, newest change first."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await _found(reader, principal, place, source)
        within = [note for note in found if read(note.space)[: len(prefix)] == prefix]
        return sorted(within, key=lambda note: (note.updated_at, note.number), reverse=True)

    async def page(
        self, principal: Principal, *, place: Place, source: str, prefix: Path, page: Slice
    ) -> Listing[Note]:
        """As `under`, a page at a time."""
        binding = Binding(principal, "values", place, source, prefix)
        window = window_of(page, binding)
        notes = await self.under(principal, place=place, source=source, prefix=prefix)
        return listing(cut(rows_of(notes), window), page, binding)

    async def search(
        self, principal: Principal, *, place: Place, source: str, prefix: Path, query: str
    ) -> list[tuple[Note, float]]:
        """Those that share words with the query, best first; the score is the part of the query's words (0..1)."""
        wanted = _words(query)
        notes = await self.under(principal, place=place, source=source, prefix=prefix)
        shared = [(note, len(wanted & _words(text_of(note)))) for note in notes]
        scored = [(note, round(number / len(wanted), 6)) for note, number in shared if number]
        return sorted(scored, key=lambda pair: -pair[1])

    async def remove(
        self, principal: Principal, *, place: Place, source: str, namespace: Path, keys: Sequence[str] | None
    ) -> list[Note]:
        """Removes keys of exactly this namespace, all of them where `keys` is None; those that there were."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.write(principal) as uow:
            found = await _found(uow, principal, place, source, space=written(namespace))
            gone = [note for note in found if keys is None or note.name in set(keys)]
            if gone:
                await uow.notes.remove([note.number for note in gone])
        return gone


def _demand_path(namespace: Path) -> None:
    if not 1 <= len(namespace) <= MAX_SEGMENTS:
        raise errors.invalid("namespace", f"must have 1 to {MAX_SEGMENTS} segments", "out_of_range")


_WORD = re.compile(r"\w+")


def _words(text: str) -> set[str]:
    return {stem(word) for word in _WORD.findall(text.lower())}


def written(namespace: Path) -> str:
    return json.dumps(namespace, ensure_ascii=False, separators=(",", ":"))


def read(space: str) -> Path:
    return tuple(json.loads(space))


def text_of(note: Note) -> str:
    """What a search looks at."""
    given: str | None = note.body["text"]
    return given if given is not None else json.dumps(note.body["value"], ensure_ascii=False)


async def _found(
    door: Door,
    principal: Principal,
    place: Place,
    source: str,
    *,
    space: str | None = None,
    name: str | None = None,
) -> list[Note]:
    project = await project_of(door, principal, place.project)
    user = (await find_users(door, project.id, [place.user]))[0]
    if user is None:
        return []
    return await door.notes.find(
        project=project.id, user=user.id, shelf=Shelf.STATE, space=space, name=name, source=source
    )
