"""A portrait: values that texts give of a person, put together; what holds, and what held once."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import prod

from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.domain.profile import SINGLE, ProfileFact, ProfileField
from app.domain.text import folded
from app.extraction.profile import SelfTold

MOST = 20
"""Facts of one field that are shown."""
MAX_SOURCES = 20
_HIGHEST = 0.99
_AGAIN = 0.3
"""How much of its own confidence a repetition adds."""
_OPPOSITE = {ProfileField.LIKES: ProfileField.DISLIKES, ProfileField.DISLIKES: ProfileField.LIKES}
_ARTICLES = ("a ", "an ", "the ", "my ", "their ")
_FIELDS = tuple(ProfileField)
_INTENDED = (ProfileField.GOALS, ProfileField.PLANS)
_BORN = re.compile(
    r"(?:(?:step|grand|half|twin|god|great|older|younger|big|little)[- ]?)*"
    r"(?:mother|father|mom|mum|dad|parents?|sister|brother|siblings?|son|daughter|child|children|twins?|aunt|uncle|cousin|niece|nephew"
    r"|grandma|grandpa|granny|nana)\b.*: "
)
"""Nobody ceases to be somebody's brother."""
_MOVE = re.compile(r"(?:move|relocate)(?: back)? to (.+)")
_DATED = re.compile(r"\b(?:19|20)\d\d\b")
_WHEN = re.compile(
    r" (?:(?:this|next) \w+|between \d.*|(?:in|on|by) (?:\d|(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b).*|tomorrow|soon)$"
)
"""Where it ends a goal or a plan, that is the same one with or without."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A value with the memory that gives it. A relation's value adds to one that names the same already."""

    memory: Memory
    told: SelfTold
    is_related: bool = False

    @property
    def at(self) -> datetime:
        return self.memory.occurred_at or self.memory.created_at


@dataclass(slots=True)
class _Value:
    """All that was said of one value, in order of time. `lasts`: it does not end with what was said in the same breath."""

    field: ProfileField
    name: str
    said: list[Seen]
    lasts: bool = False

    @property
    def last(self) -> Seen:
        return self.said[-1]

    def ended(self, now: datetime) -> datetime | None:
        """When it ended, by what was said of it alone: the last word was that it is over, or all of it was superseded."""
        if self.last.told.is_former:
            return self.last.at
        if self.lasts:
            return None
        closed = [one.memory.valid_to for one in self.said if not one.told.is_former]
        ends = [end for end in closed if end is not None and end <= now]
        return max(ends) if ends and len(ends) == len(closed) else None

    def _words(self) -> str:
        """As it was said last; a date goes before "this spring"."""
        told = [one.told.value for one in self.said if not one.is_related] or [self.said[0].told.value]
        return next((value for value in reversed(told) if _DATED.search(value)), told[-1])

    def fact(self, until: datetime | None) -> ProfileFact:
        begun = self.said[0].memory.valid_from or self.said[0].at
        doubts = [1 - self.said[0].told.confidence, *(1 - _AGAIN * one.told.confidence for one in self.said[1:])]
        newest = dict.fromkeys(one.memory.id for one in reversed(self.said))
        return ProfileFact(
            field=self.field,
            value=self._words(),
            since=begun,
            until=until,
            confidence=round(min(_HIGHEST, 1 - prod(doubts)), 4),
            sources=tuple(newest)[:MAX_SOURCES],
        )


def portrait(seen: Sequence[Seen], *, now: datetime) -> tuple[tuple[ProfileFact, ...], tuple[ProfileFact, ...]]:
    """Current and former facts, by field, the surest and then the newest first; at most twenty a field of each."""
    values = _values(seen)
    current: list[ProfileFact] = []
    former: list[ProfileFact] = []
    for value in values:
        until = value.ended(now) or _superseded(value, values)
        (former if until else current).append(value.fact(until))
    return _ordered(current), _ordered(former)


def _values(seen: Sequence[Seen]) -> list[_Value]:
    """In order of time; relations after texts, so that they add to what those say."""
    values: dict[tuple[ProfileField, str], _Value] = {}
    for one in sorted(seen, key=lambda each: (each.is_related, each.at, each.memory.id)):
        field, key = one.told.field, _key(one.told.field, one.told.value)
        if one.is_related:
            key = next((k for f, k in values if f is field and _names_same(k, key)), key)
        value = values.setdefault((field, key), _Value(field, key, []))
        if not (one.is_related and any(known.memory.id == one.memory.id for known in value.said)):
            value.said.append(one)
    beside = _fields_beside(seen)
    for value in values.values():
        value.said.sort(key=lambda each: (each.at, each.memory.id))
        value.lasts = (
            value.field is ProfileField.NAME
            or bool(_BORN.match(value.name))
            or (value.field not in SINGLE and any(beside[one.memory.id] & SINGLE for one in value.said))
        )
    return list(values.values())


def _fields_beside(seen: Sequence[Seen]) -> dict[MemoryId, set[ProfileField]]:
    """What each memory tells of: where one tells of a home as well as of a cat, it is the home that was superseded."""
    told: dict[MemoryId, set[ProfileField]] = defaultdict(set)
    for one in seen:
        told[one.memory.id].add(one.told.field)
    return {memory: fields - {ProfileField.NAME} for memory, fields in told.items()}


def _key(field: ProfileField, value: str) -> str:
    key = folded(value)
    if field in _INTENDED:
        key = _WHEN.sub("", key)
    return next((key.removeprefix(article) for article in _ARTICLES if key.startswith(article)), key)


def _names_same(known: str, other: str) -> bool:
    """ "Wife: Clara" and "spouse: Clara"; "Lisbon" and "Lisbon, Portugal"."""
    return known.rpartition(": ")[2].split(",")[0] == other.rpartition(": ")[2].split(",")[0]


def _superseded(value: _Value, values: Sequence[_Value]) -> datetime | None:
    """When another value took its place: of a field with one at a time the next, of a taste its opposite; a plan is done."""
    held = [one for one in values if not one.last.told.is_former and one is not value]
    if value.field in _INTENDED:
        moved = _MOVE.match(value.name)
        rivals = [one for one in held if moved and one.field is ProfileField.HOME and _names_same(one.name, moved[1])]
    elif value.field in SINGLE:
        rivals = [one for one in held if one.field is value.field]
    else:
        rivals = [one for one in held if one.field is _OPPOSITE.get(value.field) and one.name == value.name]
    later = [one.last.at for one in rivals if (one.last.at, one.last.memory.id) > (value.last.at, value.last.memory.id)]
    return min(later) if later else None


def _ordered(facts: Sequence[ProfileFact]) -> tuple[ProfileFact, ...]:
    found = sorted(facts, key=lambda fact: (_FIELDS.index(fact.field), -fact.confidence, -fact.since.timestamp()))
    grouped = groupby(found, key=lambda fact: fact.field)
    return tuple(fact for _, some in grouped for fact in list(some)[:MOST])
