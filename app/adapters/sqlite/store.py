"""The embedded store: one SQLite file that is record, search index, directory and job queue."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from app.adapters.sqlite.accounts import (
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
from app.adapters.sqlite.block import Block, WriteBlock
from app.adapters.sqlite.clusters import Clusters, ClusterWrites
from app.adapters.sqlite.decisions import Decisions, DecisionWrites
from app.adapters.sqlite.directory import Doors
from app.adapters.sqlite.entities import Entities, EntityWrites
from app.adapters.sqlite.events import Answers, Events
from app.adapters.sqlite.graph import Graph
from app.adapters.sqlite.jobs import Jobs, JobWrites
from app.adapters.sqlite.keeper import Keeper
from app.adapters.sqlite.keypaths import Keypaths
from app.adapters.sqlite.matrices import Matrices
from app.adapters.sqlite.memories import Memories
from app.adapters.sqlite.memory_writes import MemoryWrites
from app.adapters.sqlite.merges import Merges, MergeWrites
from app.adapters.sqlite.notes import Notes, NoteWrites
from app.adapters.sqlite.past import Past
from app.adapters.sqlite.people import (
    Agents,
    AgentWrites,
    Sessions,
    SessionWrites,
    Sources,
    SourceWrites,
    Users,
    UserWrites,
)
from app.adapters.sqlite.search import MANY, Index
from app.adapters.sqlite.spending import Spendings, SpendingWrites
from app.adapters.sqlite.turns import Group, Turns, Views
from app.adapters.sqlite.webhooks import Webhooks, WebhookWrites
from app.adapters.sqlite.workers import Worker, connect_to_read, prepare
from app.domain.principal import Principal
from app.domain.work import Event
from app.ports.runtime import Clock
from app.ports.store import Reader, UnitOfWork

MATRIX_BYTES = 256 * 1024 * 1024


class SqliteReader:
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


class SqliteUnitOfWork:
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


class SqliteStore(Doors, Index, Keeper):
    """Store, Directory, SearchIndex and StoreKeeper in one."""

    def __init__(self, path: Path, turns: Turns, views: Views, matrices: Matrices, *, many: int) -> None:
        Doors.__init__(self, turns, views)
        Index.__init__(self, views, matrices, many=many)
        Keeper.__init__(self, path, turns, views)

    @asynccontextmanager
    async def read(self, principal: Principal) -> AsyncIterator[Reader]:
        async with self._views.view(principal) as block:
            yield SqliteReader(block)

    @asynccontextmanager
    async def write(self, principal: Principal) -> AsyncIterator[UnitOfWork]:
        async with self._turns.unit(principal) as block:
            yield SqliteUnitOfWork(block)


@asynccontextmanager
async def open_store(
    path: Path,
    *,
    clock: Clock,
    on_commit: Callable[[], None] | None = None,
    readers: int = 3,
    patience: float = 10.0,
    matrix_bytes: int = MATRIX_BYTES,
    many: int = MANY,
) -> AsyncIterator[SqliteStore]:
    """Opens the file, creating or migrating it. Closing waits for what is being written.

    `on_commit` is called after each commit that recorded an event, from another thread. `patience` is how
    many seconds a block waits for its turn. In a file of `many` memories the words of what a user has are ranked among
    these alone. Raises Unavailable where the file cannot be used, saying why.
    """
    matrices = Matrices(limit=matrix_bytes)
    group = Group(matrices=matrices, on_commit=on_commit)
    async with AsyncExitStack() as stack:
        writer = await stack.enter_async_context(_worker("writer", partial(prepare, path)))
        reading = [
            await stack.enter_async_context(_worker(f"reader-{number}", partial(connect_to_read, path)))
            for number in range(readers)
        ]
        turns = Turns(writer, group, clock=clock, patience=patience)
        views = Views(reading, clock=clock, patience=patience)
        yield SqliteStore(path, turns, views, matrices, many=many)


@asynccontextmanager
async def _worker(name: str, opened: Callable[[], sqlite3.Connection]) -> AsyncIterator[Worker]:
    worker = Worker(name=name)
    try:
        await worker.open(opened)
        yield worker
    finally:
        await worker.close()
