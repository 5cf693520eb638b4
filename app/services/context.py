"""What was said before: a turn of a session is read after the two turns that precede it.

Only earlier turns count, so that nothing is read anew when a session goes on.
"""

from collections.abc import Mapping, Sequence

from app.domain.errors import Invalid
from app.domain.ids import SessionId
from app.domain.memory import Memory
from app.domain.principal import Principal
from app.ports.models import Passage
from app.ports.store import Reader, Store
from app.services.inputs import NewMemory
from app.services.references import find_sessions, find_users, project_of
from app.services.vectors import passage, passage_of

BEFORE = 2

Talk = tuple[str | None, str | None, str]
"""A session as callers name it: project, user, session."""
Place = tuple[Talk | SessionId, int]


class Context:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def next_position(self, principal: Principal, draft: NewMemory) -> int:
        """Where the draft's session goes on, as the record stands now."""
        async with self._store.read(principal) as reader:
            session = await _session(reader, principal, _talk(draft))
            last = await reader.memories.last_position(session) if session else None
        return 0 if last is None else last + 1

    async def of_drafts(self, principal: Principal, drafts: Sequence[NewMemory]) -> list[Passage]:
        """Each draft's passage: with the turns before it, given with it or on record, where it is a turn."""
        places = [_place(draft) for draft in drafts]
        lines = {place: _line(d.speaker, d.text) for place, d in zip(places, drafts, strict=True) if place}
        gaps = dict.fromkeys(before for place in lines for before in _before(place) if before not in lines)
        if gaps:
            lines |= await self._recorded(principal, [*gaps])
        return [
            _passage(passage_of(draft.title, draft.text), place, lines)
            for draft, place in zip(drafts, places, strict=True)
        ]

    async def of_memories(self, reader: Reader, memories: Sequence[Memory]) -> list[Passage]:
        """Each memory's passage, with the turns on record before it."""
        places = [(m.session, m.position) if m.session and m.position is not None else None for m in memories]
        given = {place: _line(m.speaker, m.text) for place, m in zip(places, memories, strict=True) if place}
        lines: dict[Place, str] = {}
        for session, position in given:
            if not all(before in lines or before in given for before in _before((session, position))):
                lines |= await _turns(reader, session, session, position - BEFORE, position)
        known = lines | given
        return [_passage(passage(memory), place, known) for memory, place in zip(memories, places, strict=True)]

    async def _recorded(self, principal: Principal, gaps: Sequence[Place]) -> dict[Place, str]:
        """The turns on record before the first gap of each session ends; what callers name wrongly is told later."""
        lines: dict[Place, str] = {}
        async with self._store.read(principal) as reader:
            for talk in dict.fromkeys(talk for talk, _ in gaps):
                first = min(position for other, position in gaps if other == talk)
                session = await _session(reader, principal, talk) if isinstance(talk, tuple) else None
                if session:
                    lines |= await _turns(reader, session, talk, first, first + BEFORE)
        return lines


async def _turns(
    reader: Reader, session: SessionId, named: Talk | SessionId, start: int, stop: int
) -> dict[Place, str]:
    turns = await reader.memories.session_turns(session, start=start, stop=stop)
    return {(named, m.position): _line(m.speaker, m.text) for m in turns if m.position is not None}


async def _session(reader: Reader, principal: Principal, talk: Talk) -> SessionId | None:
    project_ref, user_ref, session_ref = talk
    try:
        project = (await project_of(reader, principal, project_ref)).id
    except Invalid:
        return None
    user = principal.end_user
    if user_ref is not None:
        known = (await find_users(reader, project, [user_ref]))[0]
        if known is None:
            return None
        user = known.id
    found = (await find_sessions(reader, project, user, [session_ref]))[0]
    return found.id if found else None


def _talk(draft: NewMemory) -> Talk:
    return draft.project, draft.user, draft.session or ""


def _place(draft: NewMemory) -> Place | None:
    return (_talk(draft), draft.position) if draft.session and draft.position is not None else None


def _before(place: Place) -> list[Place]:
    return [(place[0], position) for position in range(max(0, place[1] - BEFORE), place[1])]


def _passage(alone: str, place: Place | None, lines: Mapping[Place, str]) -> Passage:
    before = tuple(lines[earlier] for earlier in _before(place) if earlier in lines) if place else ()
    return Passage(lines[place], before) if place and before else Passage(alone)


def _line(speaker: str | None, text: str) -> str:
    return f"{speaker}: {text}" if speaker else text
