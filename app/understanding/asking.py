"""What a question asks of a person, and which memories tell it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from app.domain.profile import ProfileField
from app.extraction.profile import told_of_self
from app.extraction.selves import MAX_TEXT
from app.retrieval.scene import Rows, Scene, Values
from app.retrieval.signals import called
from app.retrieval.traits import plain

_SELF: Final = re.compile(r"\b(?:i|me|my|mine|myself)\b")
_FIELDS: Final = {
    ProfileField.HOME: r"where(?: do| does|'s| is| am)? .*\b(?:live|living|based|reside|home)\b|\bmy (?:home|address|city)\b|\bhome town\b|\bwhich (?:city|town|country)\b.*\blive",
    ProfileField.WORK: r"\b(?:job|profession|occupation|do for (?:a living|work))\b|\bwhat (?:do|does) .* do(?: professionally)?\?*$",
    ProfileField.EMPLOYER: r"\b(?:who|where|which company|what company)\b.*\bwork(?:s|ing)?\b(?: for| at)?\?*$|\bemployer\b|\b(?:company|firm)\b.*\bwork",
    ProfileField.LIKES: r"\b(?:likes?|loves?|enjoys?|favou?rites?|prefers?|preferences?|hobby|hobbies|fond of|into|interests?)\b",
    ProfileField.DISLIKES: r"\b(?:dislikes?|hates?|can't stand|avoid|pet peeves?)\b",
    ProfileField.AGE: r"\bhow old\b|\bage\b",
    ProfileField.BIRTHDAY: r"\bbirthday\b|\bborn\b",
    ProfileField.FAMILY: r"\b(?:family|married|wife|husband|spouse|partner|sister|brother|siblings?|children|kids?|parents?|mother|father|son|daughter)\b",
    ProfileField.PETS: r"\b(?:pets?|dogs?|cats?)\b",
    ProfileField.LANGUAGES: r"\blanguages?\b|\bspeaks?\b",
    ProfileField.DIET: r"\b(?:eats?|diet|vegetarian|vegan|allerg\w+|drinks?)\b",
    ProfileField.HEALTH: r"\b(?:health|ill|illness|condition|medication)\b",
    ProfileField.GOALS: r"\b(?:goals?|ambitions?|aims?|dreams? of)\b",
    ProfileField.PLANS: r"\bplans?\b|\bplanning\b",
    ProfileField.EDUCATION: r"\b(?:stud(?:y|ies|ied)|degree|university|school|education)\b",
    ProfileField.ORIGIN: r"\bcomes? from\b|\borigin(?:ally)?\b|\bwhere (?:is|am) .* from\b",
    ProfileField.SKILLS: r"\b(?:skills?|good at|play(?:s)? (?:any|an) instruments?)\b",
    ProfileField.NAME: r"\b(?:my|full) name\b",
}  # fmt: skip
_PATTERNS: Final = {field: re.compile(pattern) for field, pattern in _FIELDS.items()}
_BROAD: Final = frozenset({ProfileField.LIKES, ProfileField.GOALS, ProfileField.PLANS})
"""Fields of which much is told and a part is asked: that something is liked does not say that it is what is asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which fields are asked of whom. `names` are the person's; none: whoever speaks asks about themselves."""

    fields: frozenset[ProfileField]
    names: frozenset[str]


def fields_of(question: str) -> list[ProfileField]:
    """What of a person it asks about; nothing is everything."""
    lower = question.lower().replace("’", "'")
    return [field for field, pattern in _PATTERNS.items() if pattern.search(lower)]


def asks_of_self(question: str) -> bool:
    return _SELF.search(question.lower()) is not None


def wish_of(question: str, names: Collection[str]) -> Wish | None:
    """`names` are those of people that the question holds. None where it asks nothing of a person."""
    fields = frozenset(fields_of(question)) - _BROAD
    if not fields or not (names or asks_of_self(question)):
        return None
    return Wish(fields, frozenset(names))


def telling(wish: Wish, scene: Scene, rows: Rows) -> Values:
    """How surely each of these rows says what is asked, and says that it still holds; 0 elsewhere."""
    values = np.zeros(len(scene), dtype=np.float32)
    known = {plain(name) for name in wish.names}
    for row in rows.tolist():
        glimpse = scene.glimpses[row]
        actor = scene.glimpses[scene.origins[row]].actor or glimpse.actor
        is_own = not known or (actor is not None and called(actor, known))
        names = wish.names | {actor} if is_own and actor else wish.names
        told = _told(glimpse.text[:MAX_TEXT], names, is_own=is_own)
        values[row] = max((told.get(field, 0.0) for field in wish.fields), default=0.0)
    return values


@lru_cache(maxsize=4_096)
def _told(text: str, names: frozenset[str], *, is_own: bool) -> Mapping[ProfileField, float]:
    """The fields of which a text gives a value that holds, and how surely. Read once: what is asked often is found often."""
    spelt = {spelt for name in names for spelt in (name, name.title())}
    found: dict[ProfileField, float] = {}
    for one in told_of_self(text, names=spelt, is_own=is_own):
        if not one.is_former:
            found[one.field] = max(one.confidence, found.get(one.field, 0.0))
    return found
