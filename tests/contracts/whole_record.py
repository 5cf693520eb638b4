"""A store that holds something of every kind, for copies: two tenants, the past, odd characters, an erased secret."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from app.domain.decisions import Outcome
from app.domain.graph import EntityType
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
    UserId,
    WebhookId,
)
from app.domain.keys import Dialect
from app.domain.memory import Kind, Layer, LinkType, Memory
from app.domain.merges import Merge, Rewiring
from app.domain.principal import Principal, Scope
from app.domain.spending import Spending
from app.domain.vocabulary import VocabularyTerm
from app.domain.work import EventKind, JobState
from app.ports.store import UnitOfWork
from tests.builders import (
    NOON,
    PROJECT,
    a_centre,
    a_decision,
    a_job,
    a_key,
    a_link,
    a_member,
    a_memory,
    a_mention,
    a_note,
    a_principal,
    a_project,
    a_relation,
    a_session,
    a_source,
    a_user,
    a_webhook,
    an_agent,
    an_embedding,
    an_entity,
    an_event,
    an_organization,
)
from tests.contracts.conftest import WholeStore

US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"), actor="somebody else")
WITH_TOKENS = replace(an_embedding(1, 2, 3), tokens=np.array([[1, -127], [0, 3], [9, 9]], dtype=np.int8))
SECRET = "xyzzy-the-secret-that-was-erased"
ODD = "Ünïcode 𝔘 \u200f\u202e اللغة 漢字 \U0001f9d1\u200d\U0001f680 \ufffd \uffee \t \\ \" '"


async def fill(store: WholeStore) -> None:
    await store.found(an_organization(id=THEM.tenant, name="Theirs"))
    async with store.write(US) as uow:
        await _people(uow)
    async with store.write(US) as uow:
        await _memories(uow)
    async with store.write(US) as uow:
        await _past(uow)
    async with store.write(US) as uow:
        await _drawn(uow)
    async with store.write(US) as uow:
        await uow.memories.erase([MemoryId("mem_secret")])
        uow.emit(an_event(kind=EventKind.MEMORY_ERASED, subject="mem_secret"))
    async with store.write(THEM) as uow:
        await uow.projects.put(a_project())
        await uow.memories.put_many([a_memory(text="Theirs.")])
        uow.emit(an_event())


async def add(store: WholeStore, name: str, principal: Principal = US) -> None:
    """One more memory."""
    async with store.write(principal) as uow:
        memory = MemoryId(f"mem_{name}")
        await uow.memories.put_many([a_memory(id=memory, text=f"Another: {name}.")])
        await uow.memories.embed_many({memory: an_embedding(1, len(name))})
        uow.emit(an_event(subject=memory))


async def _people(uow: UnitOfWork) -> None:
    await uow.projects.put(a_project(description=ODD))
    kinds = {"content_types": ("recipe", ODD), "relation_types": ("cooks",)}
    await uow.projects.put(a_project(id=ProjectId("prj_2"), slug="zwei", name="Zweites", revision=7, **kinds))
    gone = a_project(id=ProjectId("prj_3"), slug="drei", metadata={"git": ODD}, deleted_at=NOON)
    await uow.projects.put(gone)
    terms = [VocabularyTerm(name=ODD, type=EntityType.CONCEPT, aliases=("odd", ODD[:3]))]
    await uow.vocabulary.replace(PROJECT, [*terms, VocabularyTerm(name="Atlas", type=EntityType.PRODUCT)])
    await uow.members.put(a_member())
    await uow.members.put(a_member(id=MemberId("mbr_2"), email=None, active=False, name=ODD))
    await uow.keys.put(a_key(member=MemberId("mbr_1"), expires_at=NOON + timedelta(days=1)))
    bound = a_key(
        id=KeyId("key_2"),
        scopes=frozenset({Scope.READ}),
        projects=frozenset({PROJECT, ProjectId("prj_2")}),
        end_user=UserId("usr_1"),
        digest=bytes(range(32)),
        revoked_at=NOON,
        last_used_at=NOON + timedelta(hours=1),
    )
    await uow.keys.put(bound)
    await uow.users.put(a_user(metadata={"age": 36, "ratio": 0.1, "nested": {"z": 1, "a": [True, None, ODD]}}))
    await uow.users.put(a_user(id=UserId("usr_2"), external_id=ODD, name=None))
    await uow.notes.add_many([a_note(), a_note(name=ODD, body={"odd": [ODD, None, 0.1]})])
    await uow.agents.put(an_agent())
    await uow.agents.put(an_agent(id=AgentId("agt_2"), external_id="other", name=None))
    await uow.sessions.put(a_session(user=UserId("usr_1")))
    await uow.sources.put(a_source(user=UserId("usr_1")))
    await uow.idempotency.keep(f"key {ODD}", fingerprint=b"\x00\xff", answer={"memory": "mem_1"}, at=NOON)
    await uow.idempotency.keep("another", fingerprint=b"", answer={}, at=NOON)
    odd = a_webhook(
        id=WebhookId("whk_2"),
        description=ODD,
        headers=(("X-Odd", ODD), ("X-Other", "")),
        events=("*", "memory.created"),
        active=False,
        form=Dialect.MEMSOLUS,
        heard=3,
    )
    await uow.webhooks.put_many([a_webhook(), odd])
    uow.emit(an_event(kind=EventKind.PROJECT_CREATED, subject=PROJECT, data={"slug": "default", "odd": ODD}))


async def _memories(uow: UnitOfWork) -> None:
    full = Memory(
        id=MemoryId("mem_full"),
        project=PROJECT,
        text=ODD,
        user=UserId("usr_1"),
        agent=AgentId("agt_1"),
        session=a_session().id,
        source=a_source().id,
        position=0,
        role="user",
        speaker="Ada",
        title="A title",
        summary="A summary",
        kind=Kind.EPISODIC,
        type="note",
        categories=("work", ODD),
        tags=("b", "a"),
        files=("notes.md",),
        keypath="a.b",
        importance=0.1 + 0.2,
        expires_at=NOON + timedelta(days=3_000),
        metadata={"e": 1e-7, "big": 2**53, "list": [1, 1.0, "1"]},
        occurred_at=NOON - timedelta(days=40_000),
        valid_from=NOON - timedelta(microseconds=1),
        valid_to=NOON + timedelta(days=1),
        created_at=NOON,
        updated_at=NOON,
    )
    brief = a_memory(id=MemoryId("mem_brief"), layer=Layer.TASK, expires_at=NOON)
    forgotten = a_memory(
        id=MemoryId("mem_gone"), deleted_at=NOON, text="Forgotten, not erased.", skip_reason="greeting"
    )
    secret = a_memory(id=MemoryId("mem_secret"), text=f"It is {SECRET}.")
    await uow.memories.put_many([a_memory(), a_memory(id=MemoryId("mem_2"), project=ProjectId("prj_2"))])
    await uow.memories.put_many([full, brief, forgotten, secret])
    await uow.memories.embed_many(
        {MemoryId("mem_1"): an_embedding(0.1, 0.7), full.id: WITH_TOKENS, secret.id: an_embedding(9, 9)}
    )
    await uow.memories.note_access([full.id], at=NOON)
    await uow.memories.give_feedback(full.id, value=-0.3, reason=ODD)
    await uow.memories.give_feedback(full.id, value=1.0, reason=None)
    await uow.memories.give_feedback(secret.id, value=-1.0, reason=f"Nobody should know {SECRET}")
    await uow.entities.put_many([
        an_entity(aliases=("Countess", ODD)),
        an_entity(id=EntityId("ent_2"), name=ODD, type=EntityType.CONCEPT, user=UserId("usr_1"), description=ODD),
        an_entity(id=EntityId("ent_3"), name=SECRET),
    ])  # fmt: skip
    for event in (full, forgotten):
        uow.emit(an_event(subject=event.id, user=event.user))
    uow.emit(an_event(subject="mem_secret", data={"text": SECRET}))


async def _past(uow: UnitOfWork) -> None:
    """Versions, edges of the past and the present, jobs."""
    one, two = MemoryId("mem_1"), MemoryId("mem_2")
    first = a_mention(memory=one)
    await uow.memories.mention_many({one: [first], MemoryId("mem_secret"): [a_mention(entity=EntityId("ent_3"))]})
    await uow.memories.mention_many({one: [first, a_mention(entity=EntityId("ent_2"), salience=1.0, spans=())]})
    await uow.memories.link_many(
        [a_link(), a_link(type=LinkType.SIMILAR, confidence=1.0), a_link(source=two, target=one)]
    )
    await uow.memories.unlink(one, two, LinkType.SIMILAR)
    relation = a_relation(evidence=(two, one), valid_from=NOON)
    await uow.entities.relate_many([relation])
    await uow.entities.relate_many([replace(relation, weight=0.9, valid_to=NOON + timedelta(days=1))])
    await uow.entities.relate_many(
        [a_relation(id=RelationId("rel_2"), source=EntityId("ent_2"), target=EntityId("ent_1"))]
    )
    merged = an_entity(id=EntityId("ent_4"), name=f"Ada {ODD}", user=UserId("usr_1"), merged_into=EntityId("ent_2"))
    await uow.entities.put_many([merged])
    await uow.merges.put(
        Merge(
            entity=merged,
            into=EntityId("ent_2"),
            aliases=(merged.name,),
            rewiring=Rewiring(mentions_gained=(first,), relations_lost=(relation,)),
            reason=ODD,
            actor="tester",
            at=NOON,
        )
    )
    await uow.memories.link_many([a_link(type=LinkType.SUPERSEDES, reason=ODD)])
    await uow.memories.link_many([a_link(type=LinkType.REFERENCES, label=ODD)])
    settled = {
        "outcome": Outcome.KEEP_NEWER,
        "reason": ODD,
        "ended_at": NOON,
        "settled_at": NOON,
        "settled_by": "tester",
    }
    await uow.decisions.put_many(
        [
            a_decision(),
            a_decision(id=DecisionId("dec_2"), user=UserId("usr_1"), newer=one, older=MemoryId("mem_full"), **settled),
        ]
    )
    changed = a_memory(text="Ada drinks black tea.", version=2, updated_at=NOON + timedelta(hours=1))
    await uow.memories.put_many([changed], expected={one: 1})
    await uow.jobs.put_many([
        a_job(),
        a_job(
            id=JobId("job_2"),
            state=JobState.FAILED,
            user=UserId("usr_1"),
            end_user=UserId("usr_1"),
            error=ODD,
            error_code="unavailable",
            attempts=5,
            result={"memories": ["mem_1"]},
            finished_at=NOON,
        ),
        a_job(id=JobId("job_3"), state=JobState.PROCESSING, fence=1, leased_until=NOON + timedelta(minutes=1)),
    ])  # fmt: skip


async def _drawn(uow: UnitOfWork) -> None:
    """What is drawn from memories, and what drawing it has cost: one cluster that lost a member among them."""
    await uow.clusters.put_many([
        a_centre(0.1 + 0.2, 3.0, name=ODD, keywords=(ODD, "tea"), terms=((ODD, 2),), cohesion=1 / 3),
        a_centre(id=ClusterId("cls_2"), user=UserId("usr_1"), updated_at=NOON + timedelta(hours=1)),
        a_centre(id=ClusterId("cls_3")),
    ])  # fmt: skip
    one, two, full, secret = (MemoryId(f"mem_{name}") for name in ("1", "2", "full", "secret"))
    grouped = {one: "cls_1", two: "cls_1", full: "cls_2", secret: "cls_3", MemoryId("mem_gone"): "cls_3"}
    await uow.clusters.place_many({memory: ClusterId(cluster) for memory, cluster in grouped.items()})
    await uow.spending.add(date(2026, 1, 31), Spending(calls=2, tokens=2_000))
    await uow.spending.add(date(2026, 2, 1), Spending(calls=1, tokens=30))
