"""Profiles: what the living memories about a user say of them, read when it is asked for and kept until something changes."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.domain import errors
from app.domain.graph import EntityType, Relation
from app.domain.ids import EntityId, MemoryId, UserId
from app.domain.memory import LinkType, Memory
from app.domain.people import User
from app.domain.principal import Permission, Principal, require
from app.domain.profile import Bio, Profile, ProfileField
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.domain.text import folded
from app.extraction.biography import bio_of
from app.extraction.portrait import Seen, portrait
from app.extraction.profile import SelfTold, told_of_self
from app.ports.runtime import Clock
from app.ports.store import Reader, Store

MAX_READ = 5_000
"""Memories, the newest, that a profile is read from."""
_PAGE, _BATCH = 1_000, 500
_KEPT_PROFILES, _KEPT_READINGS = 1_000, 50_000
_RELATED = 100
_OWN_ROLES = frozenset({None, "user", "human"})
_RELATIONS = {
    "lives_in": (ProfileField.HOME, ""),
    "works_at": (ProfileField.EMPLOYER, ""),
    "from": (ProfileField.ORIGIN, ""),
    "studied_at": (ProfileField.EDUCATION, ""),
    "has_pet": (ProfileField.PETS, "pet: "),
    "married_to": (ProfileField.FAMILY, "spouse: "),
    "partner_of": (ProfileField.FAMILY, "partner: "),
    "sibling_of": (ProfileField.FAMILY, "sibling: "),
    "child_of": (ProfileField.FAMILY, "parent: "),
    "parent_of": (ProfileField.FAMILY, "child: "),
    "cousin_of": (ProfileField.FAMILY, "cousin: "),
    "relative_of": (ProfileField.FAMILY, "relative: "),
    "likes": (ProfileField.LIKES, ""),
    "dislikes": (ProfileField.DISLIKES, ""),
}
"""What a relation from the user to an entity says, and what stands before the entity's name."""
_RELATED_CONFIDENCE = 0.6

Names = frozenset[str]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A profile as it stood at a revision; it holds until then, when the next memory it is read from ends."""

    user: User
    revision: int
    until: datetime | None
    profile: Profile


class Profiles:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._profiles: OrderedDict[object, _Kept] = OrderedDict()
        self._readings: OrderedDict[tuple[MemoryId, int, Names], tuple[SelfTold, ...]] = OrderedDict()

    async def profile(self, principal: Principal, *, user: UserId) -> Profile:
        """Raises NotFound where there is no such user in sight."""
        require(principal, Permission.MEMORY_READ)
        key = (principal.tenant, principal.visible, principal.end_user, user)
        async with self._store.read(principal) as reader:
            person = (await reader.users.get_many([user]))[0]
            if person is None:
                raise errors.NotFound("there is no such user")
            revision, now = await reader.events.revision(), self._clock.now()
            kept = self._profiles.get(key)
            if kept and (kept.user, kept.revision) == (person, revision) and (not kept.until or now < kept.until):
                return kept.profile
            memories, total = await _about(reader, person)
            names = _names(person, memories)
            told = await asyncio.to_thread(self._read, memories, names)
            own = await _own(reader, [memory for memory, found in told if found], names)
            seen = [Seen(memory, one) for memory, found in told for one in found if memory.id in own]
            seen += await _related(reader, person, names, {memory.id: memory for memory in memories})
        current, former = portrait(seen, now=now)
        newest = max((memory.updated_at for memory in memories), default=None)
        profile = Profile(user=user, current=current, former=former, read=len(memories), total=total, updated_at=newest)
        until = min((m.expires_at for m in memories if m.expires_at is not None), default=None)
        _keep(self._profiles, key, _Kept(person, revision, until, profile), _KEPT_PROFILES)
        return profile

    async def bio(self, principal: Principal, *, user: UserId) -> Bio:
        """A short paragraph from the profile. Raises NotFound where there is no such user in sight."""
        profile = await self.profile(principal, user=user)
        async with self._store.read(principal) as reader:
            person = (await reader.users.get_many([user]))[0]
        if person is None:
            raise errors.NotFound("there is no such user")
        return bio_of(profile, called=person.name or person.external_id)

    def _read(self, memories: Sequence[Memory], names: Names) -> list[tuple[Memory, tuple[SelfTold, ...]]]:
        """Each text once, however often the profile is asked for. Blocking."""
        told = []
        for memory in memories:
            key = (memory.id, memory.version, names)
            found = self._readings.get(key)
            if found is None:
                found = tuple(told_of_self(memory.text, names=names, is_own=_is_own(memory, names)))
                _keep(self._readings, key, found, _KEPT_READINGS)
            told.append((memory, found))
        return told


def _keep(kept: "OrderedDict[K, V]", key: K, value: V, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


async def _about(reader: Reader, user: User) -> tuple[list[Memory], int]:
    """The newest living memories about a user, and how many there are."""
    where = MemoryFilter(project=user.project, users=(user.id,))
    memories: list[Memory] = []
    window = Window(limit=_PAGE)
    while True:
        page = await reader.memories.page(window, where=where, order=MemoryOrder.CREATED_AT, descending=True)
        memories += [row.item for row in page.rows]
        if not page.more:
            return memories, len(memories)
        if len(memories) >= MAX_READ:
            return memories, await reader.memories.count(where)
        window = Window(limit=_PAGE, position=page.rows[-1].position)


def _names(user: User, memories: Iterable[Memory]) -> Names:
    """What the user is called: by name, by the caller's id where that is one, or as who speaks most for themselves."""
    given = {name for name in (user.name, user.external_id) if name and name.replace(" ", "").isalpha()}
    names = {spelt for name in given for spelt in (name, name.title())}
    speakers = Counter(m.speaker for m in memories if m.speaker and m.role in _OWN_ROLES)
    known = {folded(name) for name in names}
    own = {s for s in speakers if {folded(s), *folded(s).split()} & known}
    if not own and speakers:
        speaker, times = speakers.most_common(1)[0]
        own = {speaker} if 2 * times > speakers.total() else set()
    return frozenset(names | own | {speaker.split()[0] for speaker in own})


def _is_own(memory: Memory, names: Names) -> bool:
    return memory.role in _OWN_ROLES and (memory.speaker is None or memory.speaker in names)


async def _own(reader: Reader, memories: Sequence[Memory], names: Names) -> Collection[MemoryId]:
    """Those that speak of the user: what was drawn from the words of somebody else has none of their marks left."""
    own = {memory.id for memory in memories}
    unclear = [m.id for m in memories if m.role is None and m.speaker is None]
    sources: dict[MemoryId, MemoryId] = {}
    for start in range(0, len(unclear), _BATCH):
        links = await reader.memories.links(unclear[start : start + _BATCH])
        sources |= {link.source: link.target for found in links for link in found if link.type is LinkType.DERIVED_FROM}
    drawn = [id_ for id_ in unclear if id_ in sources]
    origins = await reader.memories.get_many([sources[id_] for id_ in drawn])
    others = {
        id_ for id_, origin in zip(drawn, origins, strict=True) if origin is not None and not _is_own(origin, names)
    }
    return own - others


async def _related(reader: Reader, user: User, names: Names, memories: dict[MemoryId, Memory]) -> list[Seen]:
    """What the relations of the user's own entity say, by the newest memory that each is known from."""
    called = await reader.entities.called(project=user.project, names=sorted(names), users=[user.id])
    known = {folded(name) for name in names}
    selves = [e.id for e in called if e.type is EntityType.PERSON and folded(e.name) in known] if names else []
    found = [one for some in await reader.entities.relations(selves, limit=_RELATED) for one in some] if selves else []
    told = [one for one in found if one.source in selves and one.type in _RELATIONS]
    targets = list(dict.fromkeys(one.target for one in told))
    entities = await reader.entities.get_many(targets) if targets else []
    labels = {entity.id: entity.name for entity in entities if entity is not None}
    return [seen for one in told for seen in _seen(one, labels, memories)]


def _seen(relation: Relation, labels: dict[EntityId, str], memories: dict[MemoryId, Memory]) -> list[Seen]:
    evidence = [memories[id_] for id_ in relation.evidence if id_ in memories]
    if relation.target not in labels or not evidence:
        return []
    field, before = _RELATIONS[relation.type]
    told = SelfTold(field=field, value=before + labels[relation.target], confidence=_RELATED_CONFIDENCE)
    return [Seen(memory, told, is_related=True) for memory in evidence]
