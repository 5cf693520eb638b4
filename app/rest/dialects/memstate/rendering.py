"""Memories as Memstate's clients know them, and keypaths in their spelling."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.account import Project
from app.domain.errors import NotFound
from app.domain.ids import MemoryId, ProjectId
from app.domain.keypath import names_of, path_of
from app.domain.memory import Memory
from app.rest.call import Call
from app.rest.dialects.memstate.answers import Compact, Found, Full, Version
from app.rest.handles import edition_id, uuid_of
from app.rest.moments import micros_z
from app.rest.speech import Wrong
from app.services.results import Edition

MAX_KEYPATH = 512
_SUMMARY = 100


def keypath_of(text: str | None, *, name: str = "keypath") -> str:
    """Ours of theirs: small letters, slashes as dots."""
    if not text:
        raise Wrong(400, "invalid", f"{name} is required")
    if len(text) > MAX_KEYPATH:
        raise Wrong(400, "invalid", f"{name} must have at most {MAX_KEYPATH} characters")
    return path_of(text.lower().replace("/", ".").split("."))


def prefix_of(text: str | None, *, name: str = "keypath_prefix") -> str | None:
    """An empty one is the root."""
    return keypath_of(text, name=name) if text else None


def shown(keypath: str | None) -> str:
    """Theirs of ours. A dot inside a name, which they do not have, stays written as it is."""
    names = names_of(keypath) if keypath else ()
    return keypath or "" if any("." in name for name in names) else ".".join(names)


def summary_of(memory: Memory) -> str:
    if memory.deleted_at is not None:
        return ""
    text = memory.text
    if len(text) <= _SUMMARY:
        return text
    # One character more than fits tells whether the last word is whole.
    head = text[: _SUMMARY - 2]
    words = head.rstrip() if head[-1].isspace() else head.rsplit(maxsplit=1)[0]
    return words[: _SUMMARY - 3].rstrip() + "..."


def category_of(memory: Memory) -> str:
    """What was written through another door may have a type alone, or nothing."""
    return memory.categories[0] if memory.categories else memory.type or "note"


def ingestion_id(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return f"ing_{digest[:8]}-{digest[8:11]}"


async def project_named(call: Call[Any, Any], project: str | None) -> Project | None:
    """None for one that nobody has used yet."""
    return await call.services.explore.project(call.principal, ref=project.lower()) if project else None


async def slugs(call: Call[Any, Any], projects: Iterable[ProjectId]) -> Mapping[ProjectId, str]:
    ids = list(dict.fromkeys(projects))
    found = await call.services.explore.projects_by_ids(call.principal, ids=ids)
    return {id_: project.slug if project else "" for id_, project in zip(ids, found, strict=True)}


async def editions(call: Call[Any, Any], memories: Sequence[Memory]) -> list[Edition]:
    """These memories, each as it stands in its chain."""
    numbers = [(memory.id, memory.version) for memory in memories]
    found = await call.services.chronicle.editions(call.principal, numbers=numbers)
    return [edition for edition in found if edition]


async def compacts(call: Call[Any, Any], memories: Sequence[Memory]) -> list[Compact]:
    return [compact(each) for each in await editions(call, memories)]


def fulls(call: Call[Any, Any], found: Sequence[Edition]) -> list[Full]:
    owner = uuid_of(call.principal.tenant)
    return [full(each, owner) for each in found]


async def edition(call: Call[Any, Any], memory: MemoryId, version: int | None) -> Edition:
    """One version, or the newest. Raises NotFound."""
    number = version
    if number is None:
        newest = await call.services.chronicle.newest(call.principal, memory=memory)
        number = newest.version
    (found,) = await call.services.chronicle.editions(call.principal, numbers=[(memory, number)])
    if found is None:
        raise NotFound
    return found


def compact(edition: Edition) -> Compact:
    memory, before = edition.version.memory, edition.before
    replaced = before.version if before is not None and before.memory.deleted_at is None else None
    told: Any = {
        "id": edition_id(memory.id, memory.version),
        "summary": summary_of(memory),
        "keypath": shown(memory.keypath),
        "category": category_of(memory),
        "project_id": edition.project.slug if edition.project else "",
        "topics": list(memory.tags),
        "version": memory.version,
        "is_latest": edition.latest,
        "is_deleted": memory.deleted_at is not None,
        **({"supersedes_id": edition_id(memory.id, replaced)} if replaced is not None else {}),
        "needs_review": False,
        "created_at": micros_z(memory.updated_at),
    }
    small: Compact = told
    return small


def full(edition: Edition, owner: str) -> Full:
    memory = edition.version.memory
    content = "" if memory.deleted_at is not None else memory.text
    keypath = shown(memory.keypath)
    small = compact(edition)
    told: Any = {
        "id": small["id"],
        "owner_id": owner,
        "content": content,
        "summary": small["summary"],
        "keypath": keypath,
        "keypath_parts": keypath.split(".") if keypath else [],
        "category": small["category"],
        "project_id": small["project_id"],
        "topics": small["topics"],
        "atoms": [],
        "version": memory.version,
        "is_latest": edition.latest,
        "is_deleted": small["is_deleted"],
        "needs_review": False,
        "source": _label(memory, "source") or "agent",
        "project_revision_created": edition.project_revision or 0,
        "input_character_count": 0,
        "output_character_count": 0,
        "created_at": small["created_at"],
        "updated_at": micros_z(memory.updated_at),
    }
    if "supersedes_id" in small:
        told["supersedes_id"] = small["supersedes_id"]
    if ingestion := _label(memory, "ingestion"):
        told["ingestion_id"] = ingestion_id(ingestion)
        told["parent_keypath"] = keypath.rpartition(".")[0]
    if kind := _label(memory, "conflict_type"):
        told["conflict_type"] = kind
        told["conflict_reason"] = _label(memory, "conflict_reason") or ""
    whole: Full = told
    return whole


def found(memory: Memory, slug: str) -> Found:
    return {
        "id": edition_id(memory.id, memory.version),
        "content": memory.text,
        "summary": summary_of(memory),
        "keypath": shown(memory.keypath),
        "category": category_of(memory),
        "project_id": slug,
        "topics": list(memory.tags),
        "version": memory.version,
        "is_latest": True,
        "is_deleted": False,
        "needs_review": False,
        "created_at": micros_z(memory.updated_at),
        "updated_at": micros_z(memory.updated_at),
    }


def chain(editions: Sequence[Edition]) -> list[Version]:
    """Oldest first, as they are given; each with the one that followed it."""
    told: list[Version] = []
    for place, edition in enumerate(editions):
        small = compact(edition)
        before = small.pop("supersedes_id", None)
        later = editions[place + 1].version if place + 1 < len(editions) else None
        after = edition_id(later.memory.id, later.version) if later else None
        told.append({**small, "superseded_by": after, "supersedes_id": before})
    return told


def _label(memory: Memory, name: str) -> str | None:
    value = memory.metadata.get(name)
    return value if isinstance(value, str) and value else None
