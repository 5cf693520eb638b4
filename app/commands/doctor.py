"""`mnemograph doctor`: what is well, what is not, and what to do about it."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.commands import opening, screen
from app.commands.ending import NOTHING
from app.commands.finding import Finding, Level
from app.commands.folder import server_of, shared, store_file
from app.commands.options import Data, Json
from app.domain.errors import AppError

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.ports.models import Embedder, TextReader
    from app.ports.store import StoreReport
    from app.settings import Settings

_SENTENCES = ("The ferry leaves at noon.", "The boat departs at twelve.", "Pepper goes well with eggs.")
_READ = "Maya Lindqvist moved to Oslo on 2 January 2026."
_LITTLE_SPACE = 1 << 30
_NO_SPACE = 100 << 20
_FEW_FILES = 4_096
_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def doctor(*, data: Data = None, as_json: Json = False) -> None:
    """Look at everything this program needs, and say what to do where something is wrong."""
    findings: list[Finding] = []
    for finding in _all(data):
        findings.append(finding)
        if not as_json:
            _show(finding)
    failed = any(finding.level is Level.FAIL for finding in findings)
    if as_json:
        listed = [{"level": f.level, "name": f.name, "detail": f.detail, "advice": f.advice} for f in findings]
        screen.write_json({"well": not failed, "findings": listed})
    if failed:
        raise typer.Exit(NOTHING)


def _all(data: Path | None) -> Iterator[Finding]:
    yield _python()
    try:
        settings = opening.settings_for(data)
    except AppError as problem:
        yield Finding(Level.FAIL, "settings", problem.message, "correct these variables of the environment")
        return
    yield _differing(settings)
    yield _folder(settings.data)
    yield _space(settings.data)
    yield _files()
    try:
        yield from _opened(settings)
    except AppError as problem:
        yield Finding(Level.FAIL, "store", problem.message, "see to the data folder, or restore a backup")
    yield _server(settings)


def _python() -> Finding:
    from app.commands.schema import installed

    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(Level.OK, "version", f"mnemograph {installed()}, Python {version}, {sys.platform}")


def _differing(settings: "Settings") -> Finding:
    from app.settings import secrets

    hidden = secrets()
    changed = []
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if value != setting.default:
            changed.append(f"{setting.name}={'***' if setting.name in hidden else value}")
    return Finding(Level.OK, "settings", ", ".join(changed) or "all as by default")


def _folder(data: Path) -> Finding:
    if not data.exists():
        parent = next(folder for folder in data.absolute().parents if folder.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            return Finding(Level.OK, "data", f"{data} will be made on first use")
        return Finding(Level.FAIL, "data", f"{data} cannot be made", f"give yourself rights on {parent}, or set --data")
    if not data.is_dir() or not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Finding(Level.FAIL, "data", f"{data} cannot be written", "make it a folder of this user, or set --data")
    return Finding(Level.OK, "data", f"{data.absolute()} can be written")


def _space(data: Path) -> Finding:
    there = next(folder for folder in (data.absolute(), *data.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free / (1 << 30):,.1f} GiB free"
    if free < _NO_SPACE:
        return Finding(Level.FAIL, "space", detail, "make room on this disk: writes will fail")
    level = Level.WARN if free < _LITTLE_SPACE else Level.OK
    return Finding(level, "space", detail, "make room soon" if level is Level.WARN else "")


def _files() -> Finding:
    from app.commands.serve import raise_file_limit

    limits = raise_file_limit()
    if limits is None:
        return Finding(Level.OK, "files", "no limit on open files is known here")
    soft, hard = limits
    if soft < _FEW_FILES:
        advice = "raise it with `ulimit -Hn` or the service's LimitNOFILE: each subscriber is an open file"
        return Finding(Level.WARN, "files", f"{soft:,} files may be open", advice)
    return Finding(Level.OK, "files", f"{soft:,} files may be open (hard limit {hard:,})")


def _opened(settings: "Settings") -> Iterator[Finding]:
    """What can only be seen from inside; where nothing is stored yet, a store in a temporary folder is tried."""
    if settings.store == "neo4j":
        yield from _servers(settings)
        yield from _models(settings)
    elif store_file(settings.data).exists():
        with shared(settings.data):
            yield from asyncio.run(_inside(settings))
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield from asyncio.run(_inside(replace(settings, data=Path(folder))))


def _servers(settings: "Settings") -> Iterator[Finding]:
    """Nothing is changed there, and nothing needs to work there."""
    from app.bootstrap.looking import look_at_servers
    from app.commands.servers import findings

    found = asyncio.run(look_at_servers(settings))
    return findings(found, passwords=settings.passwords, insecure_allowed=settings.allow_insecure_stores)


def _models(settings: "Settings") -> list[Finding]:
    """The models need no store: an empty one in a temporary folder will do."""

    async def look(folder: Path) -> list[Finding]:
        async with opening.built(replace(settings, store="sqlite", data=folder)) as application:
            return await _within(application)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(look(Path(folder)))


async def _inside(settings: "Settings") -> list[Finding]:
    async with opening.built(settings) as application:
        report = await application.keeper.check()
        return [_store(report), *await _within(application)]


async def _within(application: "Application") -> list[Finding]:
    return [await _embedder(application.embedder), await _analyzer(application), await _model(application.reader)]


def _store(report: "StoreReport") -> Finding:
    if report.problems:
        return Finding(Level.FAIL, "store", "; ".join(report.problems), "restore a backup: `mnemograph restore`")
    return Finding(Level.OK, "store", ", ".join(f"{name} {value}" for name, value in report.facts.items()))


async def _embedder(embedder: "Embedder") -> Finding:
    """Two sentences that mean the same must lie nearer than two that do not."""
    began = time.perf_counter()
    try:
        one, same, other = await embedder.embed(_SENTENCES)
    except AppError as problem:
        return Finding(Level.FAIL, "embedder", problem.message, "look at MNEMOGRAPH_EMBEDDER and what belongs to it")
    engine = getattr(embedder, "engine", None) or "endpoint"
    detail = f"{one.model}, {len(one.vector)} dimensions, {engine}, {time.perf_counter() - began:.1f} s to load and try"
    if float(one.vector @ same.vector) <= float(one.vector @ other.vector):
        return Finding(Level.FAIL, "embedder", f"{detail}; its vectors make no sense", "install the package anew")
    if engine.startswith("numpy"):
        return Finding(Level.WARN, "embedder", detail, "install onnxruntime: it is about three times as fast")
    return Finding(Level.OK, "embedder", detail)


async def _analyzer(application: "Application") -> Finding:
    from importlib.metadata import version

    began = time.perf_counter()
    await asyncio.to_thread(application.warm)
    detail = f"spaCy {version('spacy')}, {time.perf_counter() - began:.1f} s to load"
    model = application.settings.spacy_model
    trained = model or ("en_core_web_sm" if find_spec("en_core_web_sm") else "")
    return Finding(Level.OK, "language", f"{detail}, {trained or 'rules and name lists (no trained pipeline)'}")


async def _model(reader: "TextReader | None") -> Finding:
    """Read one sentence, as extraction would."""
    from datetime import UTC, datetime

    from app.ports.models import Prose

    if reader is None:
        return Finding(Level.OK, "model", "no language model (MNEMOGRAPH_LLM_URL): rules read alone")
    began = time.perf_counter()
    read = await reader.read(Prose(text=_READ, at=datetime(2026, 1, 5, tzinfo=UTC)))
    if read.account is None:
        advice = "look at MNEMOGRAPH_LLM_URL and what belongs to it; until then the rules read alone"
        return Finding(Level.FAIL, "model", f"{reader.name}: {read.problem}", advice)
    seconds = time.perf_counter() - began
    return Finding(Level.OK, "model", f"{reader.name} answers, {seconds:.1f} s and {read.cost.tokens:,} tokens to try")


def _server(settings: "Settings") -> Finding:
    known = server_of(settings.data)
    address = known.address if known else f"http://{settings.host}:{settings.port}"
    try:
        # No proxy of the environment: the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/health", timeout=2):
            return Finding(Level.OK, "server", f"answers at {address}")
    except urllib.error.HTTPError as exc:
        return Finding(Level.WARN, "server", f"{address} answers {exc.code}", "look at the server's log")
    except OSError:
        return Finding(Level.OK, "server", f"none answers at {address}; `mnemograph serve` starts one")


def _show(finding: Finding) -> None:
    from rich.text import Text

    mark, style = _MARKS[finding.level]
    line = Text(f"{mark} ", style=style)
    line.append(f"{finding.name:<9} ", style="bold")
    line.append(screen.printable(finding.detail), style="")
    screen.out().print(line)
    if finding.advice:
        screen.out().print(f"            → {finding.advice}", style=style)
