"""Traces and metrics: they arrive as a tree, hold nothing that anybody wrote, and nobody waits for them."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from app.bootstrap import Application, build
from app.domain.errors import Conflict
from app.domain.principal import Principal
from app.domain.troubles import ServerName
from app.domain.work import Job
from app.edge.server import Server, server_config
from app.gauges import breaker_of, jobs_of
from app.jobs.handlers import Handler
from app.metrics import Metrics, Readings
from app.ports.telemetry import SILENCE, Telemetry
from app.serving import hooks_of, telling, web_of
from app.settings import Settings
from app.telemetry import opened
from app.telemetry.collector import Pace, open_collector
from app.telemetry.wrapping import told, told_jobs, told_store
from tests.acceptance.server import ROOT
from tests.builders import a_job, a_principal, a_project, an_event
from tests.otlp_receiver import Receiver, receiving
from tests.services.conftest import Bench

QUICK = Pace(spans=0.05, metrics=0.1, request=0.5, leave=0.5)
CANARY = "zanzibar"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@asynccontextmanager
async def collector(url: str, readings: Readings | None = None, *, sample: float = 1.0) -> AsyncIterator[Telemetry]:
    async with open_collector(
        endpoint=url,
        service="tested",
        version="1",
        sample=sample,
        readings=readings or Readings(),
        pace=QUICK,
    ) as telemetry:
        yield telemetry


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Application]]:
    """The real application with its store told of, behind the real edge; its client has a key."""
    metrics = Metrics()

    @asynccontextmanager
    async def application() -> AsyncIterator[Application]:
        async with telling(settings, metrics), build(settings, hooks_of(metrics)) as built:
            store = told_store(built.services.store, metrics.telemetry)
            services = replace(built.services, store=store, telemetry=metrics.telemetry)
            running.append(replace(built, services=services))
            yield running[0]

    running: list[Application] = []
    web = web_of(settings, application, metrics)
    server = Server(server_config(web), web)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    first = await running[0].services.accounts.first_key(running[0].operator)
    assert first is not None
    headers = {"authorization": f"Bearer {first.secret}"}
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", headers=headers, timeout=10) as client:
        yield client, running[0]
    server.should_exit = True
    await serving


REMEMBER = "mutation($t: String!) { addMemory(input: {text: $t, mode: VERBATIM}) { memory { id } } }"
READ = "query($id: ID!) { a: memory(id: $id) { project { slug } } b: memory(id: $id) { usage { accessCount } } }"


async def conversation(settings: Settings) -> str:
    """Something is remembered and read; the secrets that must not be told."""
    async with served(settings) as (client, _):
        said = {"query": REMEMBER, "variables": {"t": f"{CANARY} lives here"}}
        answer = (await client.post("/graphql", json=said)).json()
        id_ = answer["data"]["addMemory"]["memory"]["id"]
        answer = (await client.post("/graphql", json={"query": READ, "variables": {"id": id_}})).json()
        assert "errors" not in answer, answer
        await client.post(f"/{CANARY}", json={})
        return client.headers["authorization"].removeprefix("Bearer ")


def settings_in(folder: Path, endpoint: str = "") -> Settings:
    return Settings(
        data=folder / "data", embedder="numpy", log_level="error", otel_endpoint=endpoint, neo4j_password=CANARY
    )


async def test_a_request_arrives_as_a_tree_of_request_batch_and_statement(tmp_path: Path, receiver: Receiver) -> None:
    await conversation(settings_in(tmp_path, receiver.url))
    paths = {tuple(receiver.path_to(span)) for span in receiver.spans}
    query = ("request /graphql", "operation query")
    for batch, statement in (("memories", "memories.get_many"), ("projects", "projects.get_many")):
        assert (*query, f"batch {batch}", f"statement {statement}") in paths
    assert ("request other",) in paths
    assert {path[0].split()[0] for path in paths} <= {"request", "operation", "job"}
    sizes = {span.attributes.get("mnemograph.size") for span in receiver.spans if span.name == "batch memories"}
    assert sizes == {1}
    assert receiver.points["mnemograph.batch.duration", "projects"] == 1


async def test_r4_93_neither_memories_nor_secrets_are_told(tmp_path: Path, receiver: Receiver) -> None:
    key = await conversation(settings_in(tmp_path, receiver.url))
    sent = b"".join(body for _, body in receiver.raw)
    assert b"request" in sent
    for canary in (CANARY, key, key.rpartition("_")[2]):
        assert canary.encode() not in sent


async def test_of_an_error_its_kind_is_told_and_not_what_it_says(receiver: Receiver) -> None:
    async with collector(receiver.url) as telemetry:
        for error in (Conflict(CANARY), RuntimeError(CANARY), asyncio.CancelledError(CANARY)):
            with pytest.raises(type(error)), telemetry.span("request", "x"):
                raise error
        with telemetry.span("request", "x") as span:
            span.end_as("2xx")
    outcomes = [span.attributes["mnemograph.outcome"] for span in receiver.spans]
    assert sorted(outcomes) == ["2xx", "RuntimeError", "cancelled", "conflict"]
    assert CANARY.encode() not in b"".join(body for _, body in receiver.raw)


async def test_what_is_asked_outside_of_a_request_or_job_is_not_told(receiver: Receiver) -> None:
    class Port:
        engine = "numpy"

        async def ask(self, keys: list[str], *, limit: int = 3) -> int:
            return len(keys) + limit

    async with collector(receiver.url) as telemetry:
        port = told(Port(), telemetry, name="index", of="port")
        assert await port.ask(["a", "b"], limit=1) == 3
        with telemetry.span("job", "extract", size=2, about="job_1"):
            assert await port.ask(["a", "b"]) == 5
        assert port.engine == "numpy"
    assert [receiver.path_to(span) for span in receiver.spans if "index" in span.name] == [
        ["job extract", "index port.ask"]
    ]
    (job,) = [span for span in receiver.spans if not span.parent]
    assert job.attributes == {
        "mnemograph.what": "extract",
        "mnemograph.size": 2,
        "mnemograph.about": "job_1",
        "mnemograph.outcome": "ok",
    }


async def test_a_unit_of_work_is_told_from_its_turn_to_its_commit(bench: Bench, receiver: Receiver) -> None:
    async with collector(receiver.url) as telemetry:
        store = told_store(bench.store, telemetry)
        with telemetry.span("operation", "mutation"):
            async with store.write(bench.operator) as uow:
                await uow.projects.put(a_project(slug="another"))
                uow.emit(an_event())
            with pytest.raises(Conflict):
                async with store.write(bench.operator):
                    raise Conflict
        async with store.read(bench.operator) as reader:
            assert await reader.events.revision() > 0
    statements = [span for span in receiver.spans if span.name.startswith("statement")]
    assert [(span.name.removeprefix("statement "), span.attributes["mnemograph.outcome"]) for span in statements] == [
        ("begin", "ok"),
        ("projects.put", "ok"),
        ("commit", "ok"),
        ("begin", "ok"),
        ("roll back", "ok"),
    ]


async def test_jobs_that_are_done_together_are_one_span_with_their_statements_in_it(receiver: Receiver) -> None:
    jobs = [a_job(), a_job()]

    class Jobs:
        async def put_many(self, jobs: Sequence[Job]) -> None:
            """As a repository has it."""

    async with collector(receiver.url) as telemetry:
        repository = told(Jobs(), telemetry, name="statement", of="jobs")

        async def run(_principal: Principal, jobs: Sequence[Job]) -> Sequence[Job]:
            await repository.put_many(list(jobs))
            return jobs

        async def abandon(_principal: Principal, _job: Job) -> None:
            """Nothing to tidy up."""

        handlers = told_jobs({"extract": Handler(run=run, abandon=abandon)}, telemetry)
        assert await handlers["extract"].run(a_principal(), jobs) == jobs
    job, statement = sorted(receiver.spans, key=lambda span: span.name)
    assert receiver.path_to(statement) == ["job extract", "statement jobs.put_many"]
    assert (job.attributes["mnemograph.size"], job.attributes["mnemograph.about"]) == (2, jobs[0].id)
    assert statement.attributes["mnemograph.size"] == 2


async def test_gauges_are_sent_as_they_were_read_last(receiver: Receiver) -> None:
    async def nine() -> int:
        return 9

    readings = Readings()
    readings.watch([jobs_of(nine), breaker_of(ServerName.WEAVIATE, lambda: "open")])
    async with collector(receiver.url, readings):
        await readings.refresh()
    assert receiver.points["mnemograph.jobs_waiting", ""] == 9
    assert receiver.points["mnemograph.breaker_open", "weaviate"] == 1


async def test_of_traces_a_share_may_be_sent_while_metrics_count_all(receiver: Receiver) -> None:
    async with collector(receiver.url, sample=0.0) as telemetry:
        with telemetry.span("request", "x"), telemetry.span("batch", "y"):
            pass
    assert receiver.spans == []
    assert receiver.points["mnemograph.batch.duration", "y"] == 1


@pytest.mark.parametrize("state", ["refused", "failing"])
async def test_a_collector_that_is_away_is_nobodys_trouble(state: str, receiver: Receiver) -> None:
    receiver.status = 500
    url = receiver.url if state == "failing" else f"http://127.0.0.1:{free_port()}"
    with capture_logs() as logs:
        async with collector(url) as telemetry:
            for _ in range(6_000):
                with telemetry.span("request", "x"):
                    pass
            await asyncio.sleep(0.2)
    assert receiver.spans == [] or state == "failing"
    assert [entry["event"] for entry in logs] == ["telemetry.does_not_arrive"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def test_off_means_that_nothing_leaves_and_nothing_is_wrapped(tmp_path: Path, receiver: Receiver) -> None:
    await conversation(settings_in(tmp_path))
    assert receiver.raw == []
    async with opened(endpoint="", service="s", version="1", sample=1.0, readings=Readings()) as telemetry:
        assert telemetry is SILENCE
    store = object()
    assert told_store(store, SILENCE) is store  # type: ignore[arg-type]  # any object does
    assert told(store, SILENCE, name="model") is store
    handlers: dict[str, object] = {}
    assert told_jobs(handlers, SILENCE) is handlers  # type: ignore[arg-type]


def test_off_means_that_the_sdk_is_not_even_imported() -> None:
    code = "import sys, app.serving; sys.exit('opentelemetry' in {name.split('.')[0] for name in sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
