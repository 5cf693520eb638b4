"""`/profile` and `/users`: who somebody is, by parts of life and in a few words."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import TypedDict

from app.domain.ids import MemoryId
from app.domain.memory import Memory
from app.domain.people import User
from app.domain.profile import BioForm, BioStyle, Profile, ProfileField
from app.rest.call import Call, Reply
from app.rest.dialects.memsync.bodies import categories_of, type_of
from app.rest.dialects.memsync.shapes import BioPatch, BioQuery, GivenBio, ProfileQuery, WhoseQuery
from app.rest.dialects.memsync.whose import called, demand_categories, person, where_of, writer
from app.rest.moments import seconds_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.biographies import Biography
from app.services.distil import TRAITS

LEAST_MEMORIES, LEAST_CATEGORIES = 5, 2
MAX_BIO = 500
_READ, _TOLD = 1_000, 3
_STALE = timedelta(days=7)
_PRIVATE = "private"
_SECTIONS = ("bio", "categories", "stats")
_FORMATS = {form.value.lower(): form for form in BioForm}
_STYLES = {**{style.value.lower(): style for style in BioStyle}, "professional": BioStyle.FORMAL}


class OwnWords(TypedDict):
    common_topics: list[str]
    communication_tone: str
    interests: list[str]
    likes: list[str]
    dislikes: list[str]


class Identity(TypedDict):
    insights: OwnWords
    derived_traits: list[str]


class Insights(TypedDict):
    identity: Identity


class UserProfile(TypedDict):
    user_bio: str
    profiles: dict[str, str]
    insights: Insights


class KeptBio(TypedDict):
    success: bool
    user_bio: str
    is_manual: bool
    updated_at: str


class WholeProfile(TypedDict, total=False):
    user_id: str
    bio: dict[str, Any]
    categories: dict[str, dict[str, Any]]
    insights: list[dict[str, Any]]
    traits: list[dict[str, Any]]
    stats: dict[str, Any]
    privacy_settings: dict[str, Any]
    last_updated: str


class BioBody(TypedDict):
    bio: str
    format: str
    style: str
    word_count: int
    character_count: int
    confidence: float
    source_memories: int
    categories_included: list[str]
    key_themes: list[str]
    generated_at: str
    expires_at: str


class PatchedBio(TypedDict):
    bio: str
    format: str
    style: str
    word_count: int
    character_count: int
    is_manual: bool
    updated_at: str


async def bio_text(call: Call[Any, Any], user_id: str | None) -> str:
    """Empty where nothing is known."""
    user = await person(call, user_id)
    if user is None:
        return ""
    return (await call.services.biographies.read(call.principal, user=user.id, called=called(user))).text


async def user_profile(call: Call[Nothing, WhoseQuery]) -> Reply:
    user_id = call.query.user_id
    memories = await _memories(call, user_id)
    user = await person(call, user_id)
    known = await call.services.profiles.profile(call.principal, user=user.id) if user else None
    groups = _by_category(memories)
    body: UserProfile = {
        "user_bio": await bio_text(call, user_id),
        "profiles": {name: _summary(some) for name, some in groups.items()},
        "insights": {
            "identity": {
                "insights": {
                    "common_topics": list(groups),
                    "communication_tone": "neutral" if memories else "",
                    "interests": _values(known, ProfileField.LIKES),
                    "likes": _values(known, ProfileField.LIKES),
                    "dislikes": _values(known, ProfileField.DISLIKES),
                },
                "derived_traits": [TRAITS[name] for name in groups if name in TRAITS],
            }
        },
    }
    return Reply(200, body)


async def give_bio(call: Call[GivenBio, Nothing]) -> Reply:
    given = call.body
    text = given.user_bio.strip() or None
    await call.services.biographies.write(call.principal, user=writer(call, given.user_id), text=text)
    told = await bio_text(call, given.user_id)
    return Reply(
        200, {"success": True, "user_bio": told, "is_manual": text is not None, "updated_at": seconds_z(call.at)}
    )


async def profile(call: Call[Nothing, ProfileQuery]) -> Reply:
    asked = call.query
    if asked.category:
        demand_categories("category", (asked.category,))
    memories = await _memories(call, asked.user_id)
    user = await person(call, asked.user_id)
    if not memories:
        message = "There is no profile yet"
        raise Wrong(404, "PROFILE_NOT_FOUND", message, suggestion="Store some memories first")
    if asked.refresh and user:
        await call.services.biographies.refresh(call.principal, user=user.id)
    groups = {k: some for k, some in _by_category(memories).items() if asked.category in (None, k)}
    wanted = set(asked.include or _SECTIONS)
    updated = seconds_z(max(memory.updated_at for memory in memories))
    body: WholeProfile = {
        "user_id": f"user_{user.id.partition('_')[2]}" if user else "user_0",
        "privacy_settings": {
            "bio_public": False,
            "categories_public": [],
            "insights_enabled": True,
            "trait_analysis_enabled": True,
        },
        "last_updated": updated,
    }
    if "bio" in wanted:
        body["bio"] = await _short(call, user, updated)
    if "categories" in wanted:
        body["categories"] = {name: _category(some) for name, some in groups.items()}
    if "insights" in wanted:
        body["insights"] = [_insight(n, name, some) for n, (name, some) in enumerate(groups.items(), 1)]
    if "traits" in wanted:
        body["traits"] = [_trait(name, some, len(memories)) for name, some in groups.items() if name in TRAITS]
    if "stats" in wanted:
        body["stats"] = _stats(memories, total=await _total(call, asked.user_id))
    return Reply(200, body)


async def _short(call: Call[Any, Any], user: User | None, updated: str) -> dict[str, Any]:
    told = await call.services.biographies.read(call.principal, user=user.id, called=called(user)) if user else None
    text = told.text if told else ""
    return {
        "summary": text,
        "generated_at": seconds_z(told.written_at) if told and told.written_at else updated,
        "confidence": told.confidence if told else 0.0,
        "word_count": len(text.split()),
    }


def _category(memories: Sequence[Memory]) -> dict[str, Any]:
    return {
        "summary": _summary(memories),
        "memory_count": len(memories),
        "last_updated": seconds_z(max(memory.updated_at for memory in memories)),
    }


def _insight(number: int, name: str, memories: Sequence[Memory]) -> dict[str, Any]:
    return {
        "insight_id": f"insight_{number}",
        "title": f"Speaks of {name}",
        "description": _summary(memories),
        "category": name,
        "confidence": round(min(0.5 + 0.1 * len(memories), 0.95), 2),
        "generated_at": seconds_z(max(memory.updated_at for memory in memories)),
        "memory_count": len(memories),
    }


def _trait(name: str, memories: Sequence[Memory], total: int) -> dict[str, Any]:
    strength = round(len(memories) / total, 2)
    return {"trait": TRAITS[name].capitalize(), "strength": strength, "evidence_count": len(memories), "category": name}


def _stats(memories: Sequence[Memory], *, total: int) -> dict[str, Any]:
    times = [memory.created_at for memory in memories]
    return {
        "total_memories": total,
        "by_category": dict(Counter(name for memory in memories for name in categories_of(memory))),
        "by_type": {"semantic": 0, "episodic": 0, **Counter(map(type_of, memories))},
        "date_range": {"first_memory": seconds_z(min(times)), "last_memory": seconds_z(max(times))},
        "avg_importance": round(sum(memory.importance for memory in memories) / len(memories), 4),
        "top_participants": _common(memories, "participants"),
        "top_locations": _common(memories, "location"),
    }


def _common(memories: Sequence[Memory], label: str) -> list[str]:
    """The values that a label has most often."""
    given = (memory.metadata.get(label) for memory in memories)
    named = (each for value in given for each in (value if isinstance(value, list) else [value]))
    return [name for name, _ in Counter(each for each in named if isinstance(each, str)).most_common(5)]


async def bio(call: Call[Nothing, BioQuery]) -> Reply:
    asked = call.query
    form, style = _form(asked.format), _style(asked.style)
    memories = await _memories(call, asked.user_id)
    user = await person(call, asked.user_id)
    excluded = {_PRIVATE, *demand_categories("exclude_categories", asked.exclude_categories)}
    groups = {name: some for name, some in _by_category(memories).items() if name not in excluded}
    kept = await call.services.biographies.read(call.principal, user=user.id) if user else None
    by_hand = kept is not None and kept.written_at is not None
    if user is None or not (by_hand or (len(memories) >= LEAST_MEMORIES and len(groups) >= LEAST_CATEGORIES)):
        raise Wrong(
            404,
            "BIO_NOT_FOUND",
            "There is no bio yet",
            suggestion=f"A bio needs {LEAST_MEMORIES} memories in {LEAST_CATEGORIES} categories",
            current_memory_count=len(memories),
        )
    if asked.refresh:
        await call.services.biographies.refresh(call.principal, user=user.id)
    without = _without(memories, included=set(), excluded=excluded)
    told = kept if by_hand and kept else await _drawn(call, user, without, form=form, style=style)
    return Reply(200, _bio_body(told, asked, groups, call.at))


async def _drawn(
    call: Call[Any, Any], user: User, without: set[MemoryId], *, form: BioForm, style: BioStyle
) -> Biography:
    return await call.services.biographies.drawn(
        call.principal, user=user.id, form=form, style=style, called=called(user), without=without
    )


def _without(memories: Sequence[Memory], *, included: set[str], excluded: set[str]) -> set[MemoryId]:
    """What a bio leaves out. Where nothing is included by name, all is but what is excluded."""
    named = {memory.id: {*categories_of(memory)} for memory in memories}
    return {id_ for id_, names in named.items() if names & excluded or (included and not names & included)}


def _bio_body(told: Biography, asked: BioQuery, groups: dict[str, list[Memory]], now: datetime) -> BioBody:
    at = told.written_at or now
    return {
        "bio": told.text,
        "format": asked.format,
        "style": _style(asked.style).value.lower(),
        "word_count": len(told.text.split()),
        "character_count": len(told.text),
        "confidence": told.confidence,
        "source_memories": len(told.sources),
        "categories_included": sorted(groups),
        "key_themes": sorted(groups, key=lambda name: -len(groups[name]))[:3],
        "generated_at": seconds_z(at),
        "expires_at": seconds_z(at + _STALE),
    }


async def patch_bio(call: Call[BioPatch, Nothing]) -> Reply:
    given = call.body
    if not given.model_fields_set - {"user_id"}:
        raise Wrong(400, "VALIDATION_ERROR", "Give at least one field")
    form, style = _form(given.format or "full"), _style(given.style or "narrative")
    included = {*demand_categories("include_categories", tuple(given.include_categories))}
    left_out = {*demand_categories("exclude_categories", tuple(given.exclude_categories))}
    excluded = left_out | ({_PRIVATE} - included)
    ref = writer(call, given.user_id)
    if given.bio is not None:
        text = given.bio.strip()
        if len(text) > MAX_BIO:
            message = f"bio has more than {MAX_BIO} characters"
            raise Wrong(400, "BIO_TOO_LONG", message, max_length=MAX_BIO, current_length=len(text))
        await call.services.biographies.write(call.principal, user=ref, text=text or None, form=form, style=style)
        told, by_hand = text, bool(text)
    else:
        user = await person(call, given.user_id)
        if user is None:
            message = "There is no bio yet"
            raise Wrong(404, "BIO_NOT_FOUND", message, suggestion="Store some memories", current_memory_count=0)
        kept = await call.services.biographies.read(call.principal, user=user.id)
        by_hand = kept.written_at is not None and not given.regenerate
        if given.regenerate:
            await call.services.biographies.write(call.principal, user=ref, text=None)
        without = _without(await _memories(call, given.user_id), included=included, excluded=excluded)
        told = kept.text if by_hand else (await _drawn(call, user, without, form=form, style=style)).text
    body: PatchedBio = {
        "bio": told,
        "format": form.value.lower(),
        "style": style.value.lower(),
        "word_count": len(told.split()),
        "character_count": len(told),
        "is_manual": by_hand,
        "updated_at": seconds_z(call.at),
    }
    return Reply(200, body)


async def _memories(call: Call[Any, Any], user_id: str | None) -> Sequence[Memory]:
    """The newest."""
    where = where_of(call, user_id)
    return (await call.services.explore.counted(call.principal, where=where, limit=_READ)).items


async def _total(call: Call[Any, Any], user_id: str | None) -> int:
    return await call.services.explore.count_memories(call.principal, where=where_of(call, user_id))


def _by_category(memories: Sequence[Memory]) -> dict[str, list[Memory]]:
    groups: dict[str, list[Memory]] = {}
    for memory in memories:
        for name in categories_of(memory):
            groups.setdefault(name, []).append(memory)
    return groups


def _summary(memories: Sequence[Memory]) -> str:
    """The newest of them, each as a sentence."""
    return " ".join(re.sub(r"(?<![.!?…])$", ".", memory.text.strip(), count=1) for memory in memories[:_TOLD])


def _values(known: Profile | None, field: ProfileField) -> list[str]:
    return [fact.value for fact in known.current if fact.field is field] if known else []


def _form(name: str) -> BioForm:
    if name not in _FORMATS:
        raise Wrong(400, "INVALID_FORMAT", f"{name!r} is not a format", valid_formats=list(_FORMATS))
    return _FORMATS[name]


def _style(name: str) -> BioStyle:
    if name not in _STYLES:
        raise Wrong(400, "VALIDATION_ERROR", f"style must be one of {', '.join(_STYLES)}")
    return _STYLES[name]
