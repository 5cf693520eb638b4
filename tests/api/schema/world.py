"""A whole application without its HTTP edge: the real schema and use cases on a real SQLite file."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from app.adapters.local_bus import LocalBus
from app.adapters.local_limiter import LocalLimiter
from app.adapters.papers import Desk
from app.adapters.runtime import LoopSignal, OrderedIds, SystemClock
from app.adapters.spacy_analysis import SpacyAnalyzer
from app.adapters.sqlite.store import SqliteStore, open_store
from app.bootstrap import Hooks
from app.domain.account import Organization
from app.domain.ids import OrganizationId, ProjectId, UserId
from app.domain.principal import AllProjects, Credential, Only, Principal, Scope, Visible, permissions_of
from app.extraction.pipeline import Extractor
from app.jobs.relay import Relay
from app.ports.models import Embedding, Passage
from app.ports.store import Reader, UnitOfWork
from app.services.accounts import Accounts
from app.services.attention import Attention
from app.services.biographies import Biographies
from app.services.bundle import Services
from app.services.chronicle import Chronicle
from app.services.clusters import Clusters
from app.services.compose import Compose
from app.services.curate import Curate
from app.services.deciding import Deciding
from app.services.deliver import Deliver
from app.services.distil import Distil
from app.services.explore import Explore
from app.services.exports import Exports
from app.services.filing import Filing
from app.services.forget import Forget
from app.services.ingest import Ingest
from app.services.intake import Intake
from app.services.keypaths import Keypaths
from app.services.knowledge import Knowledge
from app.services.live import Live
from app.services.merging import Merging
from app.services.network import Network
from app.services.notices import Notices
from app.services.ontology import Ontologies
from app.services.past import Past
from app.services.profiles import Profiles
from app.services.projects import Projects
from app.services.recall import Recall
from app.services.refresh import Refresh
from app.services.remember import Remember
from app.services.routing import Routing
from app.services.summarize import Summarize
from app.services.teams import Teams
from app.services.transcripts import Transcripts
from app.services.transfer import Transfer
from app.services.trees import Trees
from app.services.understand import Understand
from app.services.values import Values
from app.services.vectors import Vectors
from app.services.vocabulary import Vocabularies
from app.services.webhooks import Webhooks
from app.services.work import Work
from resolvers.context import Context
from resolvers.schema import OperationSchema, make_schema
from tests.builders import a_principal
from tests.fakes import ToldSender

SCHEMA = make_schema()
DIMENSION = 64


class BagOfWords:
    """An embedder for tests: texts that share words are near."""

    model = "bag-of-words"
    dimension = DIMENSION

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [Embedding(self.model, _bag(text)) for text in texts]

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        return await self.embed([passage.text for passage in passages])

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        return Embedding(self.model, _bag(question))


def _bag(text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0] = 0.01
    for word in text.lower().split():
        vector[zlib.crc32(word.strip(".,?!").encode()) % DIMENSION] += 1.0
    return vector / np.float32(np.linalg.norm(vector))


class WordCounter:
    """Counts a token a word."""

    def count(self, text: str) -> int:
        return len(text.split())


class CountingStore:
    """The store, counting how many blocks were opened."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.reads = 0

    def read(self, principal: Principal) -> AbstractAsyncContextManager[Reader]:
        self.reads += 1
        return self._store.read(principal)

    def write(self, principal: Principal) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._store.write(principal)


@dataclass
class World:
    services: Services
    store: CountingStore
    bus: LocalBus
    ids: OrderedIds
    schema: OperationSchema = SCHEMA

    def principal(
        self, *scopes: Scope, tenant: str = "org_ours", projects: Sequence[str] | None = None, user: str | None = None
    ) -> Principal:
        visible: Visible = AllProjects() if projects is None else Only(frozenset(map(ProjectId, projects)))
        return Principal(
            tenant=OrganizationId(tenant),
            actor="tester",
            visible=visible,
            permissions=permissions_of(scopes or (Scope.ADMIN,)),
            credential=Credential(key=None),
            end_user=None if user is None else UserId(user),
        )

    def context(self, principal: Principal | None = None) -> Context:
        return Context(services=self.services, principal=principal or self.principal(), request_id="req_test")

    async def ask(
        self, query: str, variables: Mapping[str, Any] | None = None, *, principal: Principal | None = None
    ) -> dict[str, Any]:
        """The data of an operation that goes well."""
        result = await self.schema.execute(query, dict(variables or {}), self.context(principal))
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async def errors(
        self, query: str, variables: Mapping[str, Any] | None = None, *, principal: Principal | None = None
    ) -> list[dict[str, Any]]:
        """The errors of one that does not, as clients get them."""
        result = await self.schema.execute(query, dict(variables or {}), self.context(principal))
        return [dict(error.formatted) for error in result.errors or []]

    @asynccontextmanager
    async def watch(
        self, query: str, variables: Mapping[str, Any] | None = None, *, principal: Principal | None = None
    ) -> AsyncIterator[AsyncIterator[Any]]:
        stream = await self.schema.stream(query, dict(variables or {}), self.context(principal))
        try:
            yield stream
        finally:
            await stream.aclose()

    async def add(self, text: str, **fields: Any) -> dict[str, Any]:
        """A memory stored word for word, as `{id}`."""
        data = await self.ask(
            "mutation($input: AddMemoryInput!) {"
            " addMemory(input: $input) { memory { id project { id } user { id } } userErrors { code field message } } }",
            {"input": {"text": text, "mode": "VERBATIM", **fields}},
        )
        assert data["addMemory"]["userErrors"] == []
        stored: dict[str, Any] = data["addMemory"]["memory"]
        return stored


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[World]:
    clock = SystemClock()
    ids, bus, signal = OrderedIds(clock), LocalBus(), LoopSignal()
    async with open_store(folder / "memory.db", clock=clock, on_commit=signal.notify) as sqlite:
        for name in ("ours", "theirs"):
            await sqlite.found(
                Organization(id=OrganizationId(f"org_{name}"), name=name, created_at=datetime(2026, 1, 1, tzinfo=UTC))
            )
        store = CountingStore(sqlite)
        world = World(services=_services(store, sqlite, bus, clock, ids), store=store, bus=bus, ids=ids)
        teller = Relay(directory=sqlite, bus=bus, signal=signal, clock=clock, told=Hooks().event)
        relay = asyncio.create_task(teller.run(seen=await sqlite.revisions()))
        try:
            yield world
        finally:
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
            bus.close()


NO_TEAMS: Any = None
"""The schema knows none."""


def _services(store: CountingStore, index: SqliteStore, bus: LocalBus, clock: SystemClock, ids: OrderedIds) -> Services:
    vectors = Vectors(BagOfWords())
    attention = Attention(store=store, clock=clock)
    recall = Recall(store=store, index=index, vectors=vectors, attention=attention, clock=clock)
    accounts = Accounts(store=store, clock=clock, ids=ids)
    remember = Remember(store=store, vectors=vectors, clock=clock, ids=ids)
    explore = Explore(store=store, attention=attention)
    intake = Intake(papers=Desk())
    transfer = Transfer(remember=remember, explore=explore, store=store)
    nothing: Any = None  # what only dialects ask for
    deciding = Deciding(store=store, clock=clock)
    profiles = Profiles(store=store, clock=clock)
    routing = Routing(store=store, recall=recall, explore=explore, deciding=deciding, profiles=profiles, clock=clock)
    sender = ToldSender()
    notices = Notices(store=store, forms={})
    deliver = Deliver(store=store, notices=notices, sender=sender, clock=clock, jitter=lambda: 0.5)
    return Services(
        remember=remember,
        recall=recall,
        curate=Curate(store=store, clock=clock),
        compose=Compose(recall=recall, store=store, tokens=WordCounter(), clock=clock),
        forget=Forget(store=store, clock=clock, ids=ids),
        merging=Merging(store=store, clock=clock),
        deciding=deciding,
        routing=routing,
        filing=Filing(store=store, vectors=vectors, clock=clock, ids=ids),
        trees=Trees(store=store, clock=clock),
        projects=Projects(store=store, clock=clock, ids=ids),
        keypaths=Keypaths(store=store, vectors=vectors, clock=clock, ids=ids),
        past=Past(store=store, clock=clock),
        chronicle=Chronicle(store=store, vectors=vectors, clock=clock, ids=ids),
        clusters=Clusters(store=store, clock=clock, ids=ids),
        summarize=Summarize(store=store, vectors=vectors, tokens=WordCounter(), clock=clock, ids=ids),
        understand=Understand(store=store, clock=clock),
        explore=explore,
        network=Network(store=store, recall=recall),
        knowledge=Knowledge(explore=explore),
        exports=Exports(store=store, explore=explore, clock=clock, ids=ids),
        ingest=Ingest(store=store, transfer=transfer, intake=intake, clock=clock, ids=ids, lease=timedelta(minutes=1)),
        intake=intake,
        profiles=profiles,
        biographies=Biographies(store=store, profiles=profiles, limiter=LocalLimiter(clock), clock=clock, ids=ids),
        distil=Distil(store=store, extractor=Extractor(SpacyAnalyzer(None)), clock=clock),
        ontologies=Ontologies(store=store, clock=clock),
        refresh=Refresh(
            store=store, explore=explore, vectors=vectors, clock=clock, ids=ids, lease=timedelta(minutes=1)
        ),
        vocabularies=Vocabularies(store=store, clock=clock),
        accounts=accounts,
        work=Work(store=store, clock=clock),
        live=Live(store=store, bus=bus, clock=clock),
        teams=Teams(
            store=store,
            accounts=accounts,
            limiter=LocalLimiter(clock),
            clock=clock,
            ids=ids,
            found=index.found,
            operator=lambda tenant: a_principal(tenant=tenant),
            opened=False,
        ),
        deliver=deliver,
        webhooks=Webhooks(store=store, deliver=deliver, notices=notices, sender=sender, clock=clock, ids=ids),
        imports=nothing,
        numbers=nothing,
        scopes=nothing,
        sift=nothing,
        turns=nothing,
        transcripts=Transcripts(store=store, clock=clock, ids=ids),
        values=Values(store=store, clock=clock, ids=ids),
        now=nothing,
        store=store,
    )
