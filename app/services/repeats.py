"""What an import would store a second time: places of the same file, and texts that came by another one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.ids import ProjectId, SourceId, UserId
from app.domain.memory import Memory
from app.domain.text import normalised
from app.ports.store import Reader
from app.services.inputs import NewMemory
from app.services.references import find_sessions, find_users

_PAGE = 1_000

_Saying = tuple[str, datetime | None, str | None]
"""A text with its time and speaker: what makes two turns of one session the same."""


class Repeats:
    """Remembers, over one import, what was there before it.

    `places` are positions that this very file already filled: a run that was stopped goes on there.
    `texts` are positions whose text is known from elsewhere: a file that has grown adds its new part.
    """

    def __init__(self, *, project: ProjectId, bound: UserId | None, uri: str) -> None:
        self._project, self._bound, self._uri = project, bound, uri
        self._users: dict[str, UserId] = {}
        self._said: dict[tuple[UserId | None, str], Counter[_Saying]] = {}

    async def places(self, reader: Reader, drafts: Sequence[NewMemory]) -> set[int]:
        known: set[int] = set()
        for user, about in await self._by_user(reader, drafts):
            source = await reader.sources.by_uri(self._project, user, self._uri)
            if source is not None:
                positions = [draft.position for draft in about if draft.position is not None]
                found = await reader.memories.at_positions(source.id, positions)
                known.update(position for position, memory in zip(positions, found, strict=True) if memory)
        return known

    async def texts(self, reader: Reader, drafts: Sequence[NewMemory]) -> set[int]:
        known: set[int] = set()
        for user, about in await self._by_user(reader, drafts):
            known.update(await self._loose(reader, user, [draft for draft in about if draft.session is None]))
            for draft in about:
                if draft.session is not None and await self._was_said(reader, user, draft.session, draft):
                    known.update(_position(draft))
        return known

    async def _by_user(
        self, reader: Reader, drafts: Sequence[NewMemory]
    ) -> list[tuple[UserId | None, list[NewMemory]]]:
        """Drafts by whom they are about; those about someone not yet known repeat nothing and are left out."""
        refs = [ref for ref in dict.fromkeys(draft.user for draft in drafts) if ref is not None]
        unknown = [ref for ref in refs if ref not in self._users]
        found = await find_users(reader, self._project, unknown) if unknown else []
        self._users.update({ref: user.id for ref, user in zip(unknown, found, strict=True) if user})
        groups: dict[UserId | None, list[NewMemory]] = {}
        for draft in drafts:
            if draft.user is None or draft.user in self._users:
                about = self._users[draft.user] if draft.user is not None else self._bound
                groups.setdefault(about, []).append(draft)
        return list(groups.items())

    async def _loose(self, reader: Reader, user: UserId | None, drafts: Sequence[NewMemory]) -> set[int]:
        """Outside sessions a text repeats a memory of the same text and time."""
        texts = [draft.text for draft in drafts]
        ids = await reader.memories.same_text(project=self._project, user=user, texts=texts) if texts else []
        wanted = list(dict.fromkeys(id_ for id_ in ids if id_))
        memories = dict(zip(wanted, await reader.memories.get_many(wanted), strict=True)) if wanted else {}
        known: set[int] = set()
        for draft, id_ in zip(drafts, ids, strict=True):
            memory = memories[id_] if id_ else None
            if memory is not None and memory.occurred_at == draft.occurred_at:
                known.update(_position(draft))
        return known

    async def _was_said(self, reader: Reader, user: UserId | None, session: str, draft: NewMemory) -> bool:
        """Inside a session each turn that was there before stands for one turn of the file."""
        if (user, session) not in self._said:
            self._said[user, session] = Counter(await self._sayings(reader, user, session))
        left = self._said[user, session]
        said = (normalised(draft.text), draft.occurred_at, draft.speaker)
        if not left[said]:
            return False
        left[said] -= 1
        return True

    async def _sayings(self, reader: Reader, user: UserId | None, session: str) -> list[_Saying]:
        found = (await find_sessions(reader, self._project, user, [session]))[0]
        if found is None:
            return []
        source = await reader.sources.by_uri(self._project, user, self._uri)
        ours = source.id if source else None
        last = await reader.memories.last_position(found.id)
        sayings: list[_Saying] = []
        for start in range(0, (last if last is not None else -1) + 1, _PAGE):
            turns = await reader.memories.session_turns(found.id, start=start, stop=start + _PAGE)
            sayings += _said_elsewhere(turns, ours)
        return sayings


def _said_elsewhere(turns: Sequence[Memory], ours: SourceId | None) -> Iterator[_Saying]:
    for turn in turns:
        if ours is None or turn.source != ours:
            yield normalised(turn.text), turn.occurred_at, turn.speaker


def _position(draft: NewMemory) -> tuple[int, ...]:
    return () if draft.position is None else (draft.position,)
