"""The start-up check: are the servers there, ours, new enough, and closed to others?"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.domain import troubles
from app.domain.errors import Unavailable
from app.domain.troubles import ServerName, Trouble
from app.ports.runtime import Clock
from app.ports.servers import Refused, Server, ServerFacts

OLDEST: Mapping[ServerName, str] = {
    ServerName.NEO4J: "2025.06",
    ServerName.WEAVIATE: "1.27",
    ServerName.REDIS: "6.2",
}
PATIENCE = 15.0
"""Seconds. A Neo4j that has just started was seen to take 6 for its first answers."""
_DRIFT = 30.0
_TRIED_FIRST = frozenset(
    {"neo4j", "neo4j/neo4j", "weaviate", "redis", "mnemograph", "password", "passwort", "passw0rd", "password1"}
    | {"password123", "admin", "admin123", "administrator", "root", "user", "guest", "default", "secret", "example"}
    | {"changeme", "change-me", "change_me", "changeit", "test", "testing", "foobar", "letmein", "qwerty"}
    | {"123", "1234", "123456", "12345678"}
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A server as it was found: its facts, or what kept it from telling them. `at` is our clock then."""

    name: ServerName
    address: str
    at: datetime
    seconds: float
    facts: ServerFacts | None
    silence: Trouble | None = None


async def look(servers: Sequence[Server], *, clock: Clock, patience: float = PATIENCE) -> list[Seen]:
    """Asks all servers at once; in the order given. Never raises for one that is away."""
    return list(await asyncio.gather(*(_look(server, clock, patience) for server in servers)))


async def _look(server: Server, clock: Clock, patience: float) -> Seen:
    loop = asyncio.get_running_loop()
    began = loop.time()
    facts: ServerFacts | None = None
    silence: Trouble | None = None
    try:
        async with asyncio.timeout(patience):
            facts = await server.facts()
    except Refused as refused:
        silence = refused.trouble
    except TimeoutError:
        silence = troubles.away(server.name, address=server.address, why=f"within {patience:g} s")
    except Unavailable as problem:
        # An adapter that knows no more than that it is away has nothing to add.
        why = "" if problem.message.endswith("does not answer") else problem.message
        silence = troubles.away(server.name, address=server.address, why=why)
    return Seen(
        name=server.name,
        address=server.address,
        at=clock.now(),
        seconds=loop.time() - began,
        facts=facts,
        silence=silence,
    )


def check(seen: Seen, *, password: str, insecure_allowed: bool) -> list[Trouble]:
    """What is wrong with one server, the worst first."""
    found = [] if insecure_allowed else list(_insecure(seen, password))
    if seen.silence is not None:
        found.append(seen.silence)
    if seen.facts is not None:
        found += seen.facts.troubles
        found += _judged(seen, seen.facts)
    return sorted(found, key=lambda trouble: not trouble.stops)


async def demand_sound(
    servers: Sequence[Server], *, passwords: Mapping[ServerName, str], insecure_allowed: bool, clock: Clock
) -> None:
    """Looks at all servers and logs what is not well. Raises Unavailable naming everything that stops a start."""
    stopping: list[Trouble] = []
    for seen in await look(servers, clock=clock):
        for trouble in check(seen, password=passwords[seen.name], insecure_allowed=insecure_allowed):
            if trouble.stops:
                stopping.append(trouble)
            else:
                _log.warning("startup.trouble", what=trouble.what, advice=trouble.advice)
    if stopping:
        raise Unavailable("; ".join(map(str, stopping)))


def _insecure(seen: Seen, password: str) -> Iterator[Trouble]:
    if not password:
        yield troubles.empty_password(seen.name)
        return
    if password.strip().casefold() in _TRIED_FIRST:
        yield troubles.default_password(seen.name)
    if seen.facts is not None and seen.facts.open_to_anyone:
        yield troubles.open_to_anyone(seen.name)


def _judged(seen: Seen, facts: ServerFacts) -> Iterator[Trouble]:
    if _numbers(facts.version) < _numbers(OLDEST[seen.name]):
        yield troubles.too_old(seen.name, version=facts.version, oldest=OLDEST[seen.name])
    if facts.time is not None:
        # What the way to the server and back took may be on either side.
        ahead = (facts.time - seen.at).total_seconds()
        if abs(ahead) > _DRIFT + seen.seconds:
            yield troubles.clock_off(seen.name, seconds=ahead)


def _numbers(version: str) -> tuple[int, ...]:
    """The release, without what stands behind it (-rc.0, +build)."""
    release = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in release[1].split(".")) if release else ()
