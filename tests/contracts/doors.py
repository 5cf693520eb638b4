"""Every method of the record as a call, and what it gives those who see nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain import errors
from app.domain.cluster import Cluster
from app.domain.graph import EdgeKind
from app.domain.ids import EntityId, MemoryId, OrganizationId, ProjectId, UserId
from app.domain.keypath import Branch, Place
from app.domain.memory import Label, Usage
from app.domain.merges import Holdings, Merge, Rewiring
from app.domain.notes import Shelf
from app.domain.past import Then
from app.domain.principal import Credential, Only, Principal
from app.domain.query import Facet, MemoryFilter, MemoryOrder, Window
from app.domain.spending import Spending
from app.domain.work import EventKind
from app.ports.clusters import Centre, Member
from app.ports.models import TokenTable
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
)

ADA, BEN = UserId("usr_1"), UserId("usr_2")
OURS = a_principal()
NO_KEY = Credential(key=None)

STRANGERS: dict[str, Principal] = {
    "another tenant": a_principal(tenant=OrganizationId("org_2"), actor="stranger", credential=NO_KEY),
    "no project": a_principal(visible=Only(frozenset()), actor="stranger", credential=NO_KEY),
    "another project": a_principal(visible=Only(frozenset({ProjectId("prj_2")})), actor="stranger", credential=NO_KEY),
    "another end user": a_principal(end_user=BEN, actor="stranger", credential=NO_KEY),
}
EVERYONE = frozenset(STRANGERS)
TENANT = frozenset({"another tenant"})
PROJECTS = TENANT | {"no project", "another project"}

WINDOW = Window(limit=10)
ANY = MemoryFilter()
MEM = a_memory().id
HERS = Place(project=PROJECT, user=ADA, keypath="tea.green")
FAR = NOON + timedelta(days=9)
NOW = Then(at=FAR)
HER_TREE = Branch(project=PROJECT, user=ADA)
ENT = an_entity().id
CLS = a_centre().cluster.id
MERGED = EntityId("ent_9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a method is called on our things, what a stranger gets, and from whom it is hidden."""

    call: Callable[[Any], Awaitable[object]]
    nothing: object
    hidden_from: frozenset[str] = EVERYONE


async def memories_of(asked: Awaitable[TokenTable]) -> list[MemoryId]:
    return [*(await asked).memories]


async def members_of(asked: Awaitable[list[Member]]) -> list[tuple[MemoryId, str]]:
    return [(member.memory, member.text) for member in await asked]


async def names_of(asked: Awaitable[list[Centre]]) -> list[Cluster]:
    return [centre.cluster for centre in await asked]


def a_merge(reason: str | None = None) -> Merge:
    return Merge(
        entity=an_entity(id=MERGED, name="A. L.", user=ADA),
        into=ENT,
        aliases=("A. L.",),
        rewiring=Rewiring(mentions_gained=(a_mention(),), relations_lost=(a_relation(),)),
        reason=reason,
        actor="tester",
        at=NOON,
    )


def reads() -> dict[str, Case]:
    life = {"order": MemoryOrder.CREATED_AT, "descending": True}
    return {
        "projects.get_many": Case(
            call=lambda door: door.projects.get_many([PROJECT]), nothing=[None], hidden_from=PROJECTS
        ),
        "projects.by_slug": Case(
            call=lambda door: door.projects.by_slug("default"), nothing=None, hidden_from=PROJECTS
        ),
        "projects.with_users": Case(
            call=lambda door: door.projects.with_users("default", ["ada"]), nothing=None, hidden_from=PROJECTS
        ),
        "projects.page": Case(call=lambda door: door.projects.page(WINDOW), nothing=[], hidden_from=PROJECTS),
        "vocabulary.page": Case(
            call=lambda door: door.vocabulary.page(WINDOW, project=PROJECT), nothing=[], hidden_from=PROJECTS
        ),
        "vocabulary.terms": Case(call=lambda door: door.vocabulary.terms(PROJECT), nothing=[], hidden_from=PROJECTS),
        "organization.get": Case(
            call=lambda door: door.organization.get(), nothing=errors.NotFound, hidden_from=TENANT
        ),
        "members.get_many": Case(
            call=lambda door: door.members.get_many([a_member().id]), nothing=[None], hidden_from=TENANT
        ),
        "members.page": Case(call=lambda door: door.members.page(WINDOW), nothing=[], hidden_from=TENANT),
        "keys.get_many": Case(call=lambda door: door.keys.get_many([a_key().id]), nothing=[None]),
        "keys.page": Case(call=lambda door: door.keys.page(WINDOW), nothing=[]),
        "users.get_many": Case(call=lambda door: door.users.get_many([ADA]), nothing=[None]),
        "users.by_external": Case(call=lambda door: door.users.by_external(PROJECT, ["ada"]), nothing=[None]),
        "notes.find": Case(call=lambda door: door.notes.find(project=PROJECT, user=ADA, shelf=Shelf.STATE), nothing=[]),
        "notes.by_numbers": Case(call=lambda door: door.notes.by_numbers(range(1, 20)), nothing=[None] * 19),
        "users.page": Case(call=lambda door: door.users.page(WINDOW, project=None), nothing=[]),
        "agents.get_many": Case(
            call=lambda door: door.agents.get_many([an_agent().id]), nothing=[None], hidden_from=PROJECTS
        ),
        "agents.by_external": Case(
            call=lambda door: door.agents.by_external(PROJECT, ["helper"]), nothing=[None], hidden_from=PROJECTS
        ),
        "agents.page": Case(call=lambda door: door.agents.page(WINDOW, project=None), nothing=[], hidden_from=PROJECTS),
        "sessions.get_many": Case(call=lambda door: door.sessions.get_many([a_session().id]), nothing=[None]),
        "sessions.by_external": Case(
            call=lambda door: door.sessions.by_external(PROJECT, ADA, ["monday"]), nothing=[None]
        ),
        "sessions.called": Case(call=lambda door: door.sessions.called(PROJECT, ["monday"]), nothing=[]),
        "sessions.page": Case(call=lambda door: door.sessions.page(WINDOW, project=None, user=None), nothing=[]),
        "sources.get_many": Case(call=lambda door: door.sources.get_many([a_source().id]), nothing=[None]),
        "sources.by_uri": Case(call=lambda door: door.sources.by_uri(PROJECT, ADA, a_source().uri), nothing=None),
        "sources.page": Case(call=lambda door: door.sources.page(WINDOW, project=None), nothing=[]),
        "spending.on": Case(call=lambda door: door.spending.on(NOON.date()), nothing=Spending(), hidden_from=TENANT),
        "webhooks.get_many": Case(call=lambda door: door.webhooks.get_many([a_webhook().id]), nothing=[None]),
        "webhooks.page": Case(call=lambda door: door.webhooks.page(WINDOW, project=PROJECT), nothing=[]),
        "webhooks.behind": Case(call=lambda door: door.webhooks.behind(limit=9), nothing=[]),
        "memories.get_many": Case(call=lambda door: door.memories.get_many([MEM]), nothing=[None]),
        "memories.page": Case(call=lambda door: door.memories.page(WINDOW, where=ANY, **life), nothing=[]),
        "memories.count": Case(call=lambda door: door.memories.count(ANY), nothing=0),
        "memories.labels": Case(call=lambda door: door.memories.labels(ANY, by=Label.TYPE), nothing=[]),
        "memories.tally": Case(call=lambda door: door.memories.tally(ANY, by=Facet.USER), nothing=[]),
        "memories.attached": Case(call=lambda door: door.memories.attached([MEM]), nothing=[None]),
        "memories.by_numbers": Case(call=lambda door: door.memories.by_numbers(range(1, 20)), nothing=[None] * 19),
        "memories.link_numbers": Case(call=lambda door: door.memories.link_numbers([a_link()]), nothing=[None]),
        "memories.versions": Case(call=lambda door: door.memories.versions(MEM, WINDOW), nothing=[]),
        "memories.usage": Case(call=lambda door: door.memories.usage([MEM]), nothing=[Usage()]),
        "memories.feedback": Case(call=lambda door: door.memories.feedback(MEM, WINDOW), nothing=[]),
        "memories.same_text": Case(
            call=lambda door: door.memories.same_text(project=PROJECT, user=ADA, texts=[a_memory().text]),
            nothing=[None],
        ),
        "memories.same_words": Case(
            call=lambda door: door.memories.same_words(project=PROJECT, texts=[a_memory().text]), nothing=[[]]
        ),
        "memories.derived_only": Case(call=lambda door: door.memories.derived_only([MEM]), nothing=[]),
        "memories.at_positions": Case(call=lambda door: door.memories.at_positions(a_source().id, [0]), nothing=[None]),
        "memories.last_position": Case(call=lambda door: door.memories.last_position(a_session().id), nothing=None),
        "memories.links": Case(call=lambda door: door.memories.links([MEM]), nothing=[[]]),
        "memories.mentioned": Case(call=lambda door: door.memories.mentioned([MEM]), nothing=[[]]),
        "memories.mentions": Case(call=lambda door: door.memories.mentions([MEM]), nothing=[[]]),
        "memories.expired": Case(call=lambda door: door.memories.expired(limit=9), nothing=[]),
        "memories.session_turns": Case(
            call=lambda door: door.memories.session_turns(a_session().id, start=0, stop=9), nothing=[]
        ),
        "memories.glimpses": Case(call=lambda door: door.memories.glimpses([MEM], reach=2, where=ANY), nothing=[]),
        "memories.speakers": Case(call=lambda door: door.memories.speakers(["Ada"]), nothing=[]),
        "memories.token_vectors": Case(
            call=lambda door: memories_of(door.memories.token_vectors([MEM], model=an_embedding().model)), nothing=[]
        ),
        "keypaths.at": Case(call=lambda door: door.keypaths.at([HERS]), nothing=[None]),
        "keypaths.page": Case(call=lambda door: door.keypaths.page(WINDOW, branch=HER_TREE), nothing=[]),
        "keypaths.below": Case(call=lambda door: door.keypaths.below(HER_TREE), nothing=[]),
        "keypaths.history": Case(call=lambda door: door.keypaths.history(HERS, WINDOW), nothing=[]),
        "past.versions": Case(call=lambda door: door.past.versions([MEM], then=NOW), nothing=[None]),
        "past.exact": Case(call=lambda door: door.past.exact([(MEM, 1)]), nothing=[None]),
        "past.replaced": Case(call=lambda door: door.past.replaced(["water"], project=None, limit=9), nothing=[]),
        "past.edges": Case(
            call=lambda door: door.past.edges([MEM, ENT, ADA], kinds=tuple(EdgeKind), at=FAR, limit=9), nothing=[]
        ),
        "past.moment": Case(call=lambda door: door.past.moment(9), nothing=None, hidden_from=TENANT),
        "past.changes": Case(
            call=lambda door: door.past.changes(WINDOW, project=None, kinds=tuple(EventKind), after=0, since=None),
            nothing=[],
        ),
        "entities.get_many": Case(call=lambda door: door.entities.get_many([ENT]), nothing=[None]),
        "entities.page": Case(
            call=lambda door: door.entities.page(WINDOW, project=None, user=None, types=(), name=None), nothing=[]
        ),
        "entities.count": Case(
            call=lambda door: door.entities.count(project=None, user=None, types=(), name=None), nothing=0
        ),
        "entities.alike": Case(
            call=lambda door: door.entities.alike(project=PROJECT, user=ADA, names=["ada"], limit=9), nothing=[[]]
        ),
        "entities.called": Case(
            call=lambda door: door.entities.called(project=None, names=["ada lovelace"]), nothing=[]
        ),
        "entities.mentioned_by": Case(call=lambda door: door.entities.mentioned_by([ENT], limit=9), nothing=[[]]),
        "entities.mention_counts": Case(call=lambda door: door.entities.mention_counts([ENT]), nothing=[0]),
        "entities.relations": Case(call=lambda door: door.entities.relations([ENT], limit=9), nothing=[[]]),
        "entities.relations_by_id": Case(
            call=lambda door: door.entities.relations_by_id([a_relation().id]), nothing=[None]
        ),
        "merges.get_many": Case(call=lambda door: door.merges.get_many([MERGED]), nothing=[None]),
        "merges.page": Case(call=lambda door: door.merges.page(WINDOW, project=None), nothing=[]),
        "merges.into": Case(call=lambda door: door.merges.into([ENT]), nothing=[[]]),
        "merges.holdings": Case(call=lambda door: door.merges.holdings(ENT), nothing=Holdings()),
        "decisions.get_many": Case(call=lambda door: door.decisions.get_many([a_decision().id]), nothing=[None]),
        "decisions.page": Case(
            call=lambda door: door.decisions.page(WINDOW, project=None, user=None, state=None), nothing=[]
        ),
        "decisions.count": Case(call=lambda door: door.decisions.count(project=None, user=None, state=None), nothing=0),
        "decisions.between": Case(call=lambda door: door.decisions.between([a_decision().newer]), nothing=[[]]),
        "graph.neighborhood": Case(
            call=lambda door: door.graph.neighborhood(ENT, depth=2, kinds=tuple(EdgeKind), limit=9), nothing=None
        ),
        "graph.paths": Case(call=lambda door: door.graph.paths(MEM, ENT, count=1, depth=2), nothing=[]),
        "graph.edges_between": Case(call=lambda door: door.graph.edges_between([MEM, ENT, ADA]), nothing=[]),
        "clusters.get_many": Case(call=lambda door: door.clusters.get_many([CLS]), nothing=[None]),
        "clusters.page": Case(
            call=lambda door: door.clusters.page(WINDOW, project=PROJECT, user=None, least=1), nothing=[]
        ),
        "clusters.sizes": Case(call=lambda door: door.clusters.sizes([CLS]), nothing=[0]),
        "clusters.centres": Case(
            call=lambda door: names_of(door.clusters.centres(project=PROJECT, user=ADA)), nothing=[]
        ),
        "clusters.members": Case(
            call=lambda door: members_of(door.clusters.members(project=PROJECT, user=ADA, limit=9)), nothing=[]
        ),
        "clusters.members_of": Case(call=lambda door: members_of(door.clusters.members_of([CLS], limit=9)), nothing=[]),
        "clusters.candidates": Case(call=lambda door: members_of(door.clusters.candidates([MEM])), nothing=[]),
        "clusters.of_memories": Case(call=lambda door: door.clusters.of_memories([MEM]), nothing=[None]),
        "jobs.get_many": Case(call=lambda door: door.jobs.get_many([a_job().id]), nothing=[None]),
        "jobs.page": Case(call=lambda door: door.jobs.page(WINDOW, project=None, states=(), parked=None), nothing=[]),
        "events.after": Case(call=lambda door: door.events.after(0, project=None, limit=9), nothing=[]),
        "events.numbered": Case(call=lambda door: door.events.numbered(range(1, 9)), nothing=[None] * 8),
        "events.revision": Case(call=lambda door: door.events.revision(), nothing=0, hidden_from=TENANT),
    }


def writes() -> dict[str, Case]:
    refused = errors.NotFound
    link = a_link(source=MEM, target=a_memory(id="mem_2").id)
    return {
        "projects.put": Case(
            call=lambda door: door.projects.put(a_project(name="taken")), nothing=refused, hidden_from=PROJECTS - TENANT
        ),
        "vocabulary.replace": Case(
            call=lambda door: door.vocabulary.replace(PROJECT, []), nothing=refused, hidden_from=PROJECTS - TENANT
        ),
        "members.put": Case(
            call=lambda door: door.members.put(a_member(name="taken")), nothing=None, hidden_from=frozenset()
        ),
        "keys.put": Case(
            call=lambda door: door.keys.put(a_key(name="taken")), nothing=refused, hidden_from=EVERYONE - TENANT
        ),
        "users.put": Case(
            call=lambda door: door.users.put(a_user(name="taken")), nothing=refused, hidden_from=EVERYONE - TENANT
        ),
        "users.remove": Case(call=lambda door: door.users.remove(ADA), nothing=refused),
        "notes.add_many": Case(
            call=lambda door: door.notes.add_many([a_note(name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "notes.change": Case(call=lambda door: door.notes.change(a_note(number=NOTED)), nothing=refused),
        "notes.remove": Case(call=lambda door: door.notes.remove(range(1, 20)), nothing=0),
        "agents.put": Case(
            call=lambda door: door.agents.put(an_agent(name="taken")), nothing=refused, hidden_from=PROJECTS - TENANT
        ),
        "sessions.put": Case(
            call=lambda door: door.sessions.put(a_session(user=ADA, external_id="taken")),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "sources.put": Case(
            call=lambda door: door.sources.put(a_source(user=ADA, title="taken")),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "memories.put_many": Case(
            call=lambda door: door.memories.put_many([a_memory(user=ADA, text="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "memories.embed_many": Case(
            call=lambda door: door.memories.embed_many({MEM: an_embedding(0, 1, 0)}), nothing=refused
        ),
        "memories.link_many": Case(call=lambda door: door.memories.link_many([link]), nothing=refused),
        "memories.unlink": Case(
            call=lambda door: door.memories.unlink(link.source, link.target, link.type), nothing=False
        ),
        "memories.mention_many": Case(call=lambda door: door.memories.mention_many({MEM: []}), nothing=refused),
        "memories.erase": Case(call=lambda door: door.memories.erase([MEM]), nothing=0),
        "memories.note_access": Case(call=lambda door: door.memories.note_access([MEM], at=NOON), nothing=None),
        "memories.give_feedback": Case(
            call=lambda door: door.memories.give_feedback(MEM, value=1.0, reason="taken"), nothing=refused
        ),
        "entities.put_many": Case(
            call=lambda door: door.entities.put_many([an_entity(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "entities.relate_many": Case(
            call=lambda door: door.entities.relate_many([a_relation(type="taken")]), nothing=refused
        ),
        "clusters.put_many": Case(
            call=lambda door: door.clusters.put_many([a_centre(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "clusters.place_many": Case(call=lambda door: door.clusters.place_many({MEM: None}), nothing=None),
        "clusters.remove": Case(call=lambda door: door.clusters.remove([CLS]), nothing=None),
        "decisions.put_many": Case(
            call=lambda door: door.decisions.put_many([a_decision(user=ADA, why="taken")]), nothing=refused
        ),
        "merges.rewire": Case(
            call=lambda door: door.merges.rewire(Rewiring(mentions_lost=(a_mention(),))), nothing=refused
        ),
        "merges.put": Case(
            call=lambda door: door.merges.put(a_merge(reason="taken")),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "merges.remove": Case(call=lambda door: door.merges.remove(MERGED), nothing=refused),
        "jobs.put_many": Case(
            call=lambda door: door.jobs.put_many([a_job(user=ADA, name="taken")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "webhooks.put_many": Case(
            call=lambda door: door.webhooks.put_many([a_webhook(url="https://taken.example")]),
            nothing=refused,
            hidden_from=EVERYONE - TENANT,
        ),
        "webhooks.remove": Case(call=lambda door: door.webhooks.remove([a_webhook().id]), nothing=0),
        "spending.add": Case(
            call=lambda door: door.spending.add(NOON.date(), Spending(calls=9, tokens=9)),
            nothing=None,
            hidden_from=TENANT,
        ),
        "jobs.claim": Case(
            call=lambda door: door.jobs.claim(now=NOON, until=NOON + timedelta(minutes=1), limit=9), nothing=[]
        ),
        "jobs.held": Case(call=lambda door: door.jobs.held(a_job().id, 0), nothing=refused),
        "idempotency.find": Case(call=lambda door: door.idempotency.find("once"), nothing=None),
        "idempotency.keep": Case(
            call=lambda door: door.idempotency.keep("once", fingerprint=b"2", answer={"taken": 1}, at=NOON),
            nothing=None,
        ),
    }


def searches() -> dict[str, Case]:
    return {
        "words": Case(call=lambda ask: ask("words", terms=["tea"], where=ANY, limit=9), nothing=[]),
        "nearest": Case(call=lambda ask: ask("nearest", embedding=an_embedding(), where=ANY, limit=9), nothing=[]),
        "mentioning": Case(call=lambda ask: ask("mentioning", entities=[ENT], where=ANY, limit=9), nothing=[]),
    }


NOTED = 2
"""The number of the note, which follows that of the user."""
READS, WRITES, SEARCHES = reads(), writes(), searches()
