"""All loaders of one operation. Each is built when first asked, inside the running operation."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from aiodataloader import DataLoader

from app.domain.account import ApiKey, Member, Organization, Project
from app.domain.cluster import Cluster
from app.domain.decisions import Decision
from app.domain.graph import Entity, Mention, Relation
from app.domain.ids import (
    AgentId,
    ClusterId,
    DecisionId,
    EntityId,
    JobId,
    KeyId,
    MemberId,
    MemoryId,
    OrganizationId,
    ProjectId,
    RelationId,
    SessionId,
    SourceId,
    UserId,
    WebhookId,
    noun_of,
)
from app.domain.memory import Memory, MemoryLink, Usage
from app.domain.people import Agent, Session, Source, User
from app.domain.principal import Permission, Principal
from app.domain.webhook import Webhook
from app.domain.work import Job
from app.ports.store import Reader, Store
from app.ports.telemetry import SILENCE, Telemetry
from loaders.batch import ByLimit, Door


class Loaders:
    """By id: None for what is absent or invisible. By relation: an empty list for it."""

    def __init__(self, store: Store, principal: Principal, *, telemetry: Telemetry = SILENCE) -> None:
        self._door = Door(store, principal, telemetry=telemetry)

    async def node(self, id: str) -> object | None:
        """The thing that an id of ours stands for."""
        noun = noun_of(id)
        return None if noun is None else await _OF_NOUN[noun](self).load(id)

    # By id.

    @cached_property
    def memories(self) -> DataLoader[MemoryId, Memory | None]:
        return self._door.by_id("memories", lambda reader: reader.memories)

    @cached_property
    def entities(self) -> DataLoader[EntityId, Entity | None]:
        return self._door.by_id("entities", lambda reader: reader.entities)

    @cached_property
    def relations(self) -> DataLoader[RelationId, Relation | None]:
        async def read(reader: Reader, ids: Sequence[RelationId]) -> Sequence[Relation | None]:
            return await reader.entities.relations_by_id(ids)

        return self._door.loader("relations", read, absent=None)

    @cached_property
    def decisions(self) -> DataLoader[DecisionId, Decision | None]:
        return self._door.by_id("decisions", lambda reader: reader.decisions)

    @cached_property
    def users(self) -> DataLoader[UserId, User | None]:
        return self._door.by_id("users", lambda reader: reader.users)

    @cached_property
    def agents(self) -> DataLoader[AgentId, Agent | None]:
        return self._door.by_id("agents", lambda reader: reader.agents)

    @cached_property
    def sessions(self) -> DataLoader[SessionId, Session | None]:
        return self._door.by_id("sessions", lambda reader: reader.sessions)

    @cached_property
    def sources(self) -> DataLoader[SourceId, Source | None]:
        return self._door.by_id("sources", lambda reader: reader.sources)

    @cached_property
    def projects(self) -> DataLoader[ProjectId, Project | None]:
        return self._door.by_id("projects", lambda reader: reader.projects)

    @cached_property
    def jobs(self) -> DataLoader[JobId, Job | None]:
        return self._door.by_id("jobs", lambda reader: reader.jobs)

    @cached_property
    def clusters(self) -> DataLoader[ClusterId, Cluster | None]:
        return self._door.by_id("clusters", lambda reader: reader.clusters)

    @cached_property
    def keys(self) -> DataLoader[KeyId, ApiKey | None]:
        return self._door.by_id("keys", lambda reader: reader.keys, needs=Permission.KEY_READ)

    @cached_property
    def webhooks(self) -> DataLoader[WebhookId, Webhook | None]:
        return self._door.by_id("webhooks", lambda reader: reader.webhooks, needs=Permission.WEBHOOK_READ)

    @cached_property
    def members(self) -> DataLoader[MemberId, Member | None]:
        return self._door.by_id("members", lambda reader: reader.members, needs=Permission.MEMBER_READ)

    @cached_property
    def organizations(self) -> DataLoader[OrganizationId, Organization | None]:
        async def read(reader: Reader, ids: Sequence[OrganizationId]) -> Sequence[Organization | None]:
            own = await reader.organization.get()
            return [own if wanted == own.id else None for wanted in ids]

        return self._door.loader("organizations", read, absent=None)

    # By relation.

    @cached_property
    def usage(self) -> DataLoader[MemoryId, Usage]:
        async def read(reader: Reader, ids: Sequence[MemoryId]) -> Sequence[Usage]:
            return await reader.memories.usage(ids)

        return self._door.loader("usage", read, absent=Usage())

    @cached_property
    def mentions(self) -> DataLoader[MemoryId, Sequence[Mention]]:
        """What a memory mentions, by salience. The entities come along, and need not be asked for."""

        async def read(reader: Reader, ids: Sequence[MemoryId]) -> Sequence[Sequence[Mention]]:
            found = await reader.memories.mentioned(ids)
            for entity in (each.entity for told in found for each in told):
                self.entities.prime(entity.id, entity)
            return [[each.mention for each in told] for told in found]

        return self._door.loader("mentions", read, absent=())

    @cached_property
    def links(self) -> DataLoader[MemoryId, Sequence[MemoryLink]]:
        """A memory's links both ways, strongest first."""

        async def read(reader: Reader, ids: Sequence[MemoryId]) -> Sequence[Sequence[MemoryLink]]:
            return await reader.memories.links(ids)

        return self._door.loader("links", read, absent=())

    @cached_property
    def mentioned_by(self) -> DataLoader[tuple[EntityId, int], Sequence[Mention]]:
        """Who mentions an entity, newest first; a key is an entity and how many at most."""

        async def read(reader: Reader, ids: Sequence[EntityId], limit: int) -> Sequence[Sequence[Mention]]:
            return await reader.entities.mentioned_by(ids, limit=limit)

        return self._door.loader("mentioned_by", ByLimit(read), absent=())

    @cached_property
    def entity_relations(self) -> DataLoader[tuple[EntityId, int], Sequence[Relation]]:
        """An entity's relations both ways, heaviest first; a key is an entity and how many at most."""

        async def read(reader: Reader, ids: Sequence[EntityId], limit: int) -> Sequence[Sequence[Relation]]:
            return await reader.entities.relations(ids, limit=limit)

        return self._door.loader("entity_relations", ByLimit(read), absent=())

    @cached_property
    def mention_counts(self) -> DataLoader[EntityId, int]:
        async def read(reader: Reader, ids: Sequence[EntityId]) -> Sequence[int]:
            return await reader.entities.mention_counts(ids)

        return self._door.loader("mention_counts", read, absent=0)

    @cached_property
    def cluster_of(self) -> DataLoader[MemoryId, ClusterId | None]:
        """The cluster that a memory is in."""

        async def read(reader: Reader, ids: Sequence[MemoryId]) -> Sequence[ClusterId | None]:
            return await reader.clusters.of_memories(ids)

        return self._door.loader("cluster_of", read, absent=None)

    @cached_property
    def cluster_sizes(self) -> DataLoader[ClusterId, int]:
        async def read(reader: Reader, ids: Sequence[ClusterId]) -> Sequence[int]:
            return await reader.clusters.sizes(ids)

        return self._door.loader("cluster_sizes", read, absent=0)


_OF_NOUN: dict[str, Callable[[Loaders], DataLoader[Any, Any]]] = {
    "organization": lambda loaders: loaders.organizations,
    "member": lambda loaders: loaders.members,
    "project": lambda loaders: loaders.projects,
    "user": lambda loaders: loaders.users,
    "agent": lambda loaders: loaders.agents,
    "session": lambda loaders: loaders.sessions,
    "source": lambda loaders: loaders.sources,
    "memory": lambda loaders: loaders.memories,
    "entity": lambda loaders: loaders.entities,
    "relation": lambda loaders: loaders.relations,
    "decision": lambda loaders: loaders.decisions,
    "job": lambda loaders: loaders.jobs,
    "key": lambda loaders: loaders.keys,
    "cluster": lambda loaders: loaders.clusters,
    "webhook": lambda loaders: loaders.webhooks,
}
