"""The store past one machine: a Neo4j server that is record, directory, job queue and outbox."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from app.adapters.neo4j.accounts import (
    Keys,
    KeyWrites,
    Members,
    MemberWrites,
    Projects,
    ProjectWrites,
    Tenant,
    Vocabularies,
    VocabularyWrites,
)
from app.adapters.neo4j.block import Block, Turns, WriteBlock
from app.adapters.neo4j.clusters import Clusters, ClusterWrites
from app.adapters.neo4j.decisions import Decisions, DecisionWrites
from app.adapters.neo4j.directory import Doors
from app.adapters.neo4j.entities import Entities, EntityWrites
from app.adapters.neo4j.events import Answers, Events
from app.adapters.neo4j.graph import Graph
from app.adapters.neo4j.jobs import Jobs, JobWrites
from app.adapters.neo4j.keeper import Keeper
from app.adapters.neo4j.keypaths import Keypaths
from app.adapters.neo4j.marks import Marks
from app.adapters.neo4j.memories import Memories
from app.adapters.neo4j.memory_writes import MemoryWrites
from app.adapters.neo4j.merges import Merges, MergeWrites
from app.adapters.neo4j.migrations import migrate
from app.adapters.neo4j.notes import Notes, NoteWrites
from app.adapters.neo4j.past import Past
from app.adapters.neo4j.people import (
    Agents,
    AgentWrites,
    Sessions,
    SessionWrites,
    Sources,
    SourceWrites,
    Users,
    UserWrites,
)
from app.adapters.neo4j.search import Words
from app.adapters.neo4j.server import Limits, Server, open_server
from app.adapters.neo4j.spending import Spendings, SpendingWrites
from app.adapters.neo4j.webhooks import Webhooks, WebhookWrites
from app.adapters.records.values import micros
from app.domain.ids import OrganizationId
from app.domain.principal import Principal
from app.domain.work import Event
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, UnitOfWork


class Neo4jReader:
    """A read block."""

    def __init__(self, block: Block) -> None:
        self.organization = Tenant(block)
        self.projects = Projects(block)
        self.vocabulary = Vocabularies(block)
        self.members = Members(block)
        self.keys = Keys(block)
        self.users = Users(block)
        self.notes = Notes(block)
        self.agents = Agents(block)
        self.sessions = Sessions(block)
        self.sources = Sources(block)
        self.memories = Memories(block)
        self.keypaths = Keypaths(block)
        self.past = Past(block)
        self.entities = Entities(block)
        self.merges = Merges(block)
        self.decisions = Decisions(block)
        self.graph = Graph(block)
        self.clusters = Clusters(block)
        self.spending = Spendings(block)
        self.webhooks = Webhooks(block)
        self.jobs = Jobs(block)
        self.events = Events(block)


class Neo4jUnitOfWork:
    """A write block."""

    def __init__(self, block: WriteBlock) -> None:
        self.organization = Tenant(block)
        self.projects = ProjectWrites(block)
        self.vocabulary = VocabularyWrites(block)
        self.members = MemberWrites(block)
        self.keys = KeyWrites(block)
        self.users = UserWrites(block)
        self.notes = NoteWrites(block)
        self.agents = AgentWrites(block)
        self.sessions = SessionWrites(block)
        self.sources = SourceWrites(block)
        self.memories = MemoryWrites(block)
        self.keypaths = Keypaths(block)
        self.past = Past(block)
        self.entities = EntityWrites(block)
        self.merges = MergeWrites(block)
        self.decisions = DecisionWrites(block)
        self.graph = Graph(block)
        self.clusters = ClusterWrites(block)
        self.spending = SpendingWrites(block)
        self.webhooks = WebhookWrites(block)
        self.jobs = JobWrites(block)
        self.events = Events(block)
        self.idempotency = Answers(block)
        self._events = block.events

    def emit(self, event: Event) -> None:
        self._events.append(event)


class Neo4jStore(Doors, Keeper, Words, Marks):
    """Store, Directory, StoreKeeper, and for a search index beside it RecordSearch and Outbox, in one."""

    def __init__(self, server: Server, turns: Turns, *, clock: Clock) -> None:
        Doors.__init__(self, server)
        Keeper.__init__(self, server)
        Words.__init__(self, server, clock=clock)
        Marks.__init__(self, server, clock=clock)
        self._turns, self._clock = turns, clock

    @asynccontextmanager
    async def read(self, principal: Principal) -> AsyncIterator[Reader]:
        block = Block(self._server, principal, now=micros(self._clock.now()))
        try:
            yield Neo4jReader(block)
        finally:
            block.close()

    @asynccontextmanager
    async def write(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        async with self._turns.unit(principal) as block:
            yield Neo4jUnitOfWork(block)


@asynccontextmanager
async def open_store(
    *,
    url: str,
    user: str,
    password: str,
    database: str,
    clock: Clock,
    ids: IdFactory,
    on_commit: Callable[[OrganizationId], None] | None = None,
    patience: float = 10.0,
    limits: Limits | None = None,
) -> AsyncIterator[Neo4jStore]:
    """Connects, creating or migrating the schema.

    `on_commit` is called after each commit that recorded an event. `patience` is how many seconds a
    unit of work waits for its turn. Raises Unavailable where the server cannot be used, saying why.
    """
    async with open_server(url=url, user=user, password=password, database=database, limits=limits) as server:
        await migrate(server)
        turns = Turns(server, clock=clock, ids=ids, patience=patience, on_commit=on_commit)
        yield Neo4jStore(server, turns, clock=clock)
