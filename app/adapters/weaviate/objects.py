"""Documents as Weaviate keeps them, under ids that follow from what they are."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.adapters.records.words import stems_of
from app.adapters.weaviate.driver import DataObject
from app.adapters.weaviate.moments import ALWAYS, NEVER, micros
from app.adapters.weaviate.schema import Space
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Memory
from app.ports.indexing import Document

Properties = Mapping[str, Any]
Object = DataObject[Properties, None]

NOBODY: Final = "-"
"""Whom a memory about nobody is about: an empty term cannot be looked up, and no id is this short."""

_NAMESPACE: Final = uuid.UUID("6d9d36f4-6b0c-5d2e-9b6e-3c6a5b0f7a11")
_IN_TEXT, _IN_TITLE, _IN_SUMMARY, _IN_SPEAKER = 2, 4, 2, 1
"""How often a stem is written down, by where it stands: twice the weights of the record's full text."""


def object_id(tenant: OrganizationId, memory: MemoryId) -> uuid.UUID:
    """The separator is in no id, so that no two things share one."""
    return uuid.uuid5(_NAMESPACE, f"{tenant}\x1fmemory\x1f{memory}")


def objects_of(tenant: OrganizationId, documents: Sequence[Document], space: Space) -> list[Object]:
    """Blocking. Only vectors of the space go along; a document of another model has its words and filters."""
    words = _words([document.memory for document in documents])
    return [
        DataObject(
            uuid=object_id(tenant, document.memory.id),
            properties=_properties(document, text),
            vector=document.embedding.vector.tolist() if document.embedding and is_of(document, space) else None,
        )
        for document, text in zip(documents, words, strict=True)
    ]


def is_of(document: Document, space: Space) -> bool:
    return document.embedding is not None and document.embedding.model == space.model


def _words(memories: Sequence[Memory]) -> list[str]:
    parts = [part for memory in memories for part in (memory.text, memory.title, memory.summary, memory.speaker)]
    stems = stems_of([part or "" for part in parts])
    weights = (_IN_TEXT, _IN_TITLE, _IN_SUMMARY, _IN_SPEAKER)
    return [
        " ".join(stem for weight, part in zip(weights, stems[n : n + 4], strict=True) for stem in part * weight)
        for n in range(0, len(stems), 4)
    ]


def _properties(document: Document, words: str) -> Properties:
    memory = document.memory
    maybe = {
        "agent": memory.agent,
        "session": memory.session,
        "source": memory.source,
        "kind": memory.kind,
        "type": memory.type,
        "occurred": micros(memory.occurred_at) if memory.occurred_at else None,
    }
    return {
        "words": words,
        "memory": memory.id,
        "project": memory.project,
        "user": memory.user or NOBODY,
        "layer": memory.layer,
        "status": memory.status,
        "categories": list(memory.categories),
        "tags": list(memory.tags),
        "entities": list(document.entities),
        "keypaths": list(_ancestry(memory.keypath)),
        "importance": memory.importance,
        "valid_from": micros(memory.valid_from) if memory.valid_from else NEVER,
        "valid_to": micros(memory.valid_to) if memory.valid_to else ALWAYS,
        "recorded": micros(memory.created_at),
        "expires": micros(memory.expires_at) if memory.expires_at else ALWAYS,
        "forgotten": memory.deleted_at is not None,
        "stamp": document.stamp,
        **{name: value for name, value in maybe.items() if value is not None},
    }


def _ancestry(keypath: str | None) -> Iterator[str]:
    """Every path that has this one in its subtree, itself included."""
    for place, character in enumerate(keypath or ""):
        if character == "." and place:
            yield (keypath or "")[:place]
    if keypath:
        yield keypath
