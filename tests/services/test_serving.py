"""The work in the background: it ends with the server; when it ends by itself, the server says that it is not ready."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from app.bootstrap import Application, build
from app.edge.server import Server, server_config
from app.metrics import Metrics
from app.serving import web_of
from app.settings import Settings


class Exhausted(Application):
    async def work(self) -> None:
        raise RuntimeError("something nobody thought of")


@asynccontextmanager
async def served(settings: Settings, kind: type[Application]) -> AsyncIterator[str]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Application]:
        async with build(settings) as application:
            yield kind(**{field.name: getattr(application, field.name) for field in fields(application)})

    web = web_of(settings, opened, Metrics())
    server = Server(server_config(web), web)
    running = asyncio.ensure_future(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    await running


@pytest.mark.parametrize(("kind", "status"), [(Application, 200), (Exhausted, 503)])
async def test_a_server_whose_work_has_ended_is_not_ready(tmp_path: Path, kind: type[Application], status: int) -> None:
    settings = Settings(data=tmp_path / "data", embedder="numpy", log_level="error")
    with capture_logs() as logs:
        async with served(settings, kind) as address, httpx.AsyncClient() as http:
            assert (await http.get(f"{address}/ready")).status_code == status
            assert (await http.get(f"{address}/health")).status_code == 200
    assert ("work.ended" in [entry["event"] for entry in logs]) == (status == 503)
