"""The whole record as flat values: what migration, archives and their way back are made of.

This is the one port whose records are mappings: each holds just what JSON can say, under the names of
`SHAPES`, and two stores that hold the same give the same. What a store derives from it (full text,
folded names, marks for an index) is not in it. Operators' commands only: it knows no principal.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Any, Final, Protocol

from app.domain.ids import OrganizationId

Flat = Mapping[str, Any]
Key = tuple[str | int, ...]


class RecordKind(StrEnum):
    """In the order of copying: what others refer to comes first.

    Events come early: they tell whether one store is a past state of the other. The ledger is last:
    until it names the newest event, a store takes no writes, so half a copy cannot go its own way.
    """

    ORGANIZATION = "organization"
    EVENT = "event"
    MEMBER = "member"
    PROJECT = "project"
    TERM = "term"
    KEY = "key"
    USER = "user"
    AGENT = "agent"
    SESSION = "session"
    SOURCE = "source"
    NOTE = "note"
    ENTITY = "entity"
    MEMORY = "memory"
    VERSION = "version"
    FEEDBACK = "feedback"
    CLUSTER = "cluster"
    MEMBERSHIP = "membership"
    MENTION = "mention"
    LINK = "link"
    RELATION = "relation"
    MERGE = "merge"
    DECISION = "decision"
    WEBHOOK = "webhook"
    JOB = "job"
    ANSWER = "answer"
    SPENDING = "spending"
    LEDGER = "ledger"


class Form(StrEnum):
    """How a value looks in a record; each may be null. Times are whole microseconds, JSON stays the text it is."""

    PLAIN = "plain"
    REAL = "real"
    FLAG = "flag"
    STRINGS = "strings"
    BYTES = "bytes"
    """In base64."""


def _shape(plain: str, **others: Form) -> dict[str, Form]:
    return {**dict.fromkeys(plain.split(), Form.PLAIN), **others}


SHAPES: Final[Mapping[RecordKind, Mapping[str, Form]]] = {
    RecordKind.ORGANIZATION: _shape("id name created_at"),
    RecordKind.EVENT: _shape("revision at actor kind subject project user data"),
    RecordKind.MEMBER: _shape("id name email role created_at", active=Form.FLAG),
    RecordKind.PROJECT: _shape(
        "id slug name description metadata revision created_at updated_at deleted_at",
        content_types=Form.STRINGS,
        relation_types=Form.STRINGS,
    ),
    RecordKind.TERM: _shape("project folded name type", aliases=Form.STRINGS),
    RecordKind.KEY: _shape(
        "id name end_user member last_four beginning created_at expires_at revoked_at last_used_at",
        scopes=Form.STRINGS,
        projects=Form.STRINGS,
        digest=Form.BYTES,
    ),
    RecordKind.USER: _shape("id number project external_id name metadata created_at"),
    RecordKind.AGENT: _shape("id project external_id name created_at"),
    RecordKind.SESSION: _shape("id project user external_id started_at created_at"),
    RecordKind.SOURCE: _shape("id project user kind uri title created_at"),
    RecordKind.NOTE: _shape("number project user shelf source space name body created_at updated_at"),
    RecordKind.ENTITY: _shape(
        "id project user name type description created_at updated_at merged_into", aliases=Form.STRINGS
    ),
    RecordKind.MEMORY: _shape(
        "id number project text user agent session source position role speaker title summary kind type keypath layer "
        "expires_at status skip_reason metadata occurred_at valid_from valid_to created_at updated_at version "
        "deleted_at vector_model token_width access_count last_accessed_at",
        categories=Form.STRINGS,
        tags=Form.STRINGS,
        files=Form.STRINGS,
        importance=Form.REAL,
        feedback=Form.REAL,
        vector=Form.BYTES,
        tokens=Form.BYTES,
    ),
    RecordKind.VERSION: _shape("memory version revision recorded_at actor project user snapshot"),
    RecordKind.FEEDBACK: _shape("memory number reason actor at", value=Form.REAL),
    RecordKind.CLUSTER: _shape(
        "id project user name keywords terms weight model created_at updated_at", cohesion=Form.REAL, total=Form.BYTES
    ),
    RecordKind.MEMBERSHIP: _shape("memory cluster"),
    RecordKind.MENTION: _shape("target spans recorded_at retired_at", weight=Form.REAL),
    RecordKind.LINK: _shape("number target type reason recorded_at retired_at", weight=Form.REAL),
    RecordKind.RELATION: _shape(
        "target relation type valid_from valid_to recorded_at retired_at", weight=Form.REAL, evidence=Form.STRINGS
    ),
    RecordKind.MERGE: _shape("id target project user actor at reason record"),
    RecordKind.DECISION: _shape(
        "id project user newer older why opened_at outcome reason ended_at settled_at settled_by", confidence=Form.REAL
    ),
    RecordKind.WEBHOOK: _shape(
        "id project url description headers form secret heard created_at updated_at",
        events=Form.STRINGS,
        active=Form.FLAG,
    ),
    RecordKind.JOB: _shape(
        "id name project user arguments actor credential end_user state stage done total attempts max_attempts fence "
        "due_at leased_until error error_code result created_at updated_at finished_at"
    ),
    RecordKind.ANSWER: _shape("credential name answer at", fingerprint=Form.BYTES),
    RecordKind.SPENDING: _shape("day calls tokens"),
    RecordKind.LEDGER: _shape("id revision numbered"),
}
"""The names in a record of each kind. Of an edge's kind it is one edge: see EDGES.

A memory's vector is float32, little endian; those of its tokens, by the same model, are int8. Its usage is null where nothing was noted. A cluster's
total is float32 as well. A ledger's
revision is the number of the tenant's newest event, 0 where nothing has happened; `numbered` is the last number that
it has given to a memory, a user or a link.
"""

EDGES: Final = (RecordKind.MENTION, RecordKind.LINK, RecordKind.RELATION)
"""Kinds whose record is all that leads out of one node, retired ones included: `{"of": id, "edges": […]}`, edges sorted."""

_KEYS: Final[Mapping[RecordKind, tuple[str, ...]]] = {
    RecordKind.EVENT: ("revision",),
    RecordKind.TERM: ("project", "folded"),
    RecordKind.NOTE: ("number",),
    RecordKind.VERSION: ("memory", "version"),
    RecordKind.FEEDBACK: ("memory", "number"),
    RecordKind.MEMBERSHIP: ("memory",),
    RecordKind.SPENDING: ("day",),
    RecordKind.ANSWER: ("credential", "name"),
    **dict.fromkeys(EDGES, ("of",)),
}


def key_of(kind: RecordKind, record: Flat) -> Key:
    """What tells a record from the others of its kind and tenant; stores sort by it, text by code points."""
    return tuple(record[name] for name in _KEYS.get(kind, ("id",)))


class Contents(Protocol):
    """What is stored of one tenant."""

    def pages(self, kind: RecordKind) -> AsyncIterator[Sequence[Flat]]:
        """All records of a kind by key, in pages that fit in memory; no page is empty."""
        ...


class Origin(Protocol):
    """Where copies come from. Everything raises Unavailable when the store does not answer."""

    async def tenants(self) -> list[OrganizationId]:
        """Sorted."""
        ...

    async def size(self, tenant: OrganizationId) -> int:
        """How many records a tenant has, edges one by one; for showing progress."""
        ...

    async def revision(self, tenant: OrganizationId) -> int:
        """The tenant's newest revision at present."""
        ...

    def still(self, tenant: OrganizationId) -> AbstractAsyncContextManager[Contents]:
        """The tenant as it is at one moment between two units of work, however long it is read."""
        ...


class Goal(Protocol):
    """Where copies go. Each call is one transaction and harmless when it is repeated."""

    async def tenants(self) -> list[OrganizationId]: ...

    def contents(self, tenant: OrganizationId) -> Contents:
        """The tenant as it is while it is read."""
        ...

    async def take(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        """Inserts or replaces by key. What they refer to is there already; an index beside the record hears of it."""
        ...

    async def drop(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        """Removes what has these records' keys, and what cannot be without it."""
        ...


class Copyable(Origin, Goal, Protocol):
    """A store, as copying sees it."""
