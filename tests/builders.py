"""Values of the domain with sensible fields; name only what a test is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.domain.account import ApiKey, Member, Organization, Project, Role
from app.domain.cluster import Cluster
from app.domain.decisions import Decision
from app.domain.graph import Entity, EntityType, Mention, Relation, Span
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
)
from app.domain.memory import LinkType, Memory, MemoryLink
from app.domain.notes import Note, Shelf
from app.domain.people import Agent, Session, Source, SourceKind, User
from app.domain.principal import AllProjects, Credential, Permission, Principal, Scope
from app.domain.webhook import Webhook
from app.domain.work import Event, EventKind, Job
from app.ports.clusters import Centre
from app.ports.models import Embedding, TokenVectors

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROJECT = ProjectId("prj_1")


def a_principal(**changes: Any) -> Principal:
    principal = Principal(
        tenant=OrganizationId("org_1"),
        actor="tester",
        visible=AllProjects(),
        permissions=frozenset(Permission),
        credential=Credential(key=KeyId("key_1")),
    )
    return replace(principal, **changes)


def an_organization(**changes: Any) -> Organization:
    return replace(Organization(id=OrganizationId("org_1"), name="Ours", created_at=NOON), **changes)


def a_project(**changes: Any) -> Project:
    project = Project(id=PROJECT, slug="default", name="Default", description="", created_at=NOON, updated_at=NOON)
    return replace(project, **changes)


def a_member(**changes: Any) -> Member:
    member = Member(
        id=MemberId("mbr_1"), name="Mia", email="mia@example.org", role=Role.ADMIN, active=True, created_at=NOON
    )
    return replace(member, **changes)


def a_key(**changes: Any) -> ApiKey:
    key = ApiKey(
        id=KeyId("key_1"),
        name="laptop",
        scopes=frozenset({Scope.READ, Scope.WRITE}),
        projects=None,
        end_user=None,
        member=None,
        digest=b"\x01" * 32,
        last_four="abcd",
        created_at=NOON,
        expires_at=None,
        revoked_at=None,
        last_used_at=None,
    )
    return replace(key, **changes)


def a_user(**changes: Any) -> User:
    user = User(id=UserId("usr_1"), project=PROJECT, external_id="ada", name="Ada", created_at=NOON)
    return replace(user, **changes)


def a_note(**changes: Any) -> Note:
    base = Note(
        project=PROJECT,
        user=UserId("usr_1"),
        shelf=Shelf.STATE,
        source="api",
        space='["memories"]',
        name="diet",
        body={"value": {"diet": "vegan"}},
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(base, **changes)


def an_agent(**changes: Any) -> Agent:
    agent = Agent(id=AgentId("agt_1"), project=PROJECT, external_id="helper", name="Helper", created_at=NOON)
    return replace(agent, **changes)


def a_session(**changes: Any) -> Session:
    session = Session(
        id=SessionId("ses_1"), project=PROJECT, user=None, external_id="monday", started_at=NOON, created_at=NOON
    )
    return replace(session, **changes)


def a_source(**changes: Any) -> Source:
    source = Source(
        id=SourceId("src_1"),
        project=PROJECT,
        user=None,
        kind=SourceKind.DOCUMENT,
        uri="file:notes.md",
        title="Notes",
        created_at=NOON,
    )
    return replace(source, **changes)


def a_memory(**changes: Any) -> Memory:
    memory = Memory(
        id=MemoryId("mem_1"), project=PROJECT, text="Ada drinks green tea.", created_at=NOON, updated_at=NOON
    )
    return replace(memory, **changes)


def a_link(**changes: Any) -> MemoryLink:
    link = MemoryLink(
        source=MemoryId("mem_1"), target=MemoryId("mem_2"), type=LinkType.SUPPORTS, confidence=0.8, created_at=NOON
    )
    return replace(link, **changes)


def an_entity(**changes: Any) -> Entity:
    entity = Entity(
        id=EntityId("ent_1"),
        project=PROJECT,
        user=None,
        name="Ada Lovelace",
        type=EntityType.PERSON,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(entity, **changes)


def a_mention(**changes: Any) -> Mention:
    mention = Mention(memory=MemoryId("mem_1"), entity=EntityId("ent_1"), salience=0.5, spans=(Span(0, 3),))
    return replace(mention, **changes)


def a_relation(**changes: Any) -> Relation:
    relation = Relation(
        id=RelationId("rel_1"),
        source=EntityId("ent_1"),
        target=EntityId("ent_2"),
        type="knows",
        weight=0.7,
        valid_from=None,
        valid_to=None,
        evidence=(),
    )
    return replace(relation, **changes)


def a_decision(**changes: Any) -> Decision:
    decision = Decision(
        id=DecisionId("dec_1"),
        project=PROJECT,
        user=None,
        newer=MemoryId("mem_2"),
        older=MemoryId("mem_1"),
        why="two values for home",
        confidence=0.6,
        opened_at=NOON,
    )
    return replace(decision, **changes)


def a_job(**changes: Any) -> Job:
    job = Job(
        id=JobId("job_1"),
        name="extract",
        project=PROJECT,
        arguments={"memory": "mem_1"},
        actor="tester",
        key=KeyId("key_1"),
        due_at=NOON,
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(job, **changes)


def a_webhook(**changes: Any) -> Webhook:
    webhook = Webhook(
        id=WebhookId("whk_1"),
        project=PROJECT,
        url="https://hooks.example.com/in",
        events=("memory.created",),
        secret="whs_live_1",
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(webhook, **changes)


def an_event(**changes: Any) -> Event:
    event = Event(kind=EventKind.MEMORY_CREATED, subject="mem_1", project=PROJECT, user=None, data={})
    return replace(event, **changes)


def an_embedding(*values: float, model: str = "small") -> Embedding:
    """A unit vector in the direction of the values."""
    vector = np.array(values or (1.0, 0.0, 0.0), dtype=np.float32)
    return Embedding(model, vector / np.linalg.norm(vector))


def some_tokens(*rows: tuple[int, ...]) -> TokenVectors:
    return np.array(rows or ((127, 0), (0, 127)), dtype=np.int8)


def a_centre(*values: float, **changes: Any) -> Centre:
    """A cluster whose members' vectors sum up to the values."""
    cluster = Cluster(
        id=ClusterId("cls_1"),
        project=PROJECT,
        user=None,
        name="tea, cups",
        keywords=("tea", "cups"),
        terms=(("tea", 2), ("ent_1", 1)),
        weight=2,
        cohesion=0.5,
        created_at=NOON,
        updated_at=NOON,
    )
    total = np.array(values or (1.0, 0.0, 0.0), dtype=np.float32)
    return Centre(cluster=replace(cluster, **changes), model="small", total=total)
