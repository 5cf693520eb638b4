"""The start-up check: what stops a start, what is only told, and in which words."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.domain import troubles
from app.domain.errors import Unavailable
from app.domain.troubles import ServerName, Trouble
from app.ports.servers import Refused, Server, ServerFacts
from app.settings import Settings
from app.startup import check, demand_sound, look
from tests.fakes import FixedClock

NEO4J, WEAVIATE, REDIS = ServerName
VERSIONS = {NEO4J: "2026.09.0", WEAVIATE: "1.35.2", REDIS: "7.0.15"}
OURS = "a password of its own"
NOW = FixedClock().now()


@dataclass(frozen=True)
class Told:
    """A server that says what it is told to say, or raises it."""

    name: ServerName
    answer: ServerFacts | Exception | None
    address: str = "host:1"

    async def facts(self) -> ServerFacts:
        match self.answer:
            case None:
                await asyncio.sleep(60)
                raise AssertionError
            case Exception():
                raise self.answer
            case _:
                return self.answer


def facts(name: ServerName, **said: Any) -> Told:
    return Told(name, ServerFacts(**{"version": VERSIONS[name], **said}))


async def found(server: Server, *, password: str = OURS, insecure_allowed: bool = False) -> list[str]:
    (seen,) = await look([server], clock=FixedClock(), patience=0.05)
    return [str(trouble) for trouble in check(seen, password=password, insecure_allowed=insecure_allowed)]


@pytest.mark.parametrize("name", ServerName)
async def test_a_sound_server_has_no_troubles(name: ServerName) -> None:
    assert await found(facts(name, time=NOW + timedelta(seconds=29))) == []


@pytest.mark.parametrize(
    ("name", "password", "variable"),
    [
        (NEO4J, "neo4j", "MNEMOGRAPH_NEO4J_PASSWORD"),
        (NEO4J, "Password", "MNEMOGRAPH_NEO4J_PASSWORD"),
        (WEAVIATE, "changeme", "MNEMOGRAPH_WEAVIATE_KEY"),
        (REDIS, " admin ", "MNEMOGRAPH_REDIS_URL"),
        (REDIS, "test", "MNEMOGRAPH_REDIS_URL"),
    ],
)
async def test_r4_100_default_passwords_stop_the_start(name: ServerName, password: str, variable: str) -> None:
    assert await found(facts(name), password=password) == [
        (
            f"the password of {name} is one that everybody tries first: give it one of its own and set {variable}, "
            "or MNEMOGRAPH_ALLOW_INSECURE_STORES=true where nobody else reaches it"
        )
    ]
    assert await found(facts(name), password=password, insecure_allowed=True) == []


@pytest.mark.parametrize("name", ServerName)
async def test_r4_100_servers_without_a_password_stop_the_start(name: ServerName) -> None:
    (empty,) = await found(facts(name, open_to_anyone=True), password="")
    (opened,) = await found(facts(name, open_to_anyone=True))
    assert empty.startswith(f"{name} is used without a password: give it one")
    assert opened.startswith(f"{name} answers requests without a password: set ")
    assert await found(facts(name, open_to_anyone=True), password="", insecure_allowed=True) == []


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        (NEO4J, "5.26.1", ["Neo4j is 5.26.1: use 2025.06 or newer"]),
        (NEO4J, "2025.06.0", []),
        (WEAVIATE, "1.26.14", ["Weaviate is 1.26.14: use 1.27 or newer"]),
        (WEAVIATE, "1.27.0-rc.0", []),
        (WEAVIATE, "1.9.0", ["Weaviate is 1.9.0: use 1.27 or newer"]),
        (REDIS, "6.0.16", ["Redis is 6.0.16: use 6.2 or newer"]),
        (REDIS, "6.2.0", []),
        (REDIS, "what", ["Redis is what: use 6.2 or newer"]),
    ],
)
async def test_servers_that_are_too_old_are_named(name: ServerName, version: str, expected: list[str]) -> None:
    assert await found(facts(name, version=version)) == expected


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(hours=1), "60 min ahead of"),
        (timedelta(hours=-3), "3.0 h behind"),
        (timedelta(seconds=40), "40 s ahead of"),
    ],
)
async def test_a_clock_that_is_off_is_told_and_stops_nothing(ahead: timedelta, told: str) -> None:
    (sentence,) = await found(facts(NEO4J, time=NOW + ahead))
    assert sentence.startswith(f"the clock of Neo4j is {told} this machine's: set both by NTP")
    await demanded(facts(NEO4J, time=NOW + ahead))


async def test_what_only_the_adapter_sees_comes_with_the_facts_the_stopping_first() -> None:
    told = (troubles.evicting("allkeys-lru"), troubles.wrong_database("memories"))
    assert await found(facts(NEO4J, troubles=told)) == [str(told[1]), str(told[0])]


async def test_a_server_that_is_away_or_refuses_us_is_one_sentence() -> None:
    assert await found(Told(NEO4J, None)) == [
        "Neo4j does not answer at host:1 (within 0.05 s): start it, or correct MNEMOGRAPH_NEO4J_URL"
    ]
    assert await found(Told(WEAVIATE, Unavailable("connection refused"))) == [
        (
            "Weaviate does not answer at host:1 (connection refused): start it, or correct MNEMOGRAPH_WEAVIATE_URL; "
            "until then searches answer from the record, by words"
        )
    ]
    (said,) = await found(Told(REDIS, Unavailable("Redis does not answer")))
    assert said.startswith("Redis does not answer at host:1: start it")
    assert await found(Told(REDIS, Refused(troubles.wrong_password(REDIS)))) == [
        "Redis refuses the user or the password: correct MNEMOGRAPH_REDIS_URL"
    ]


async def demanded(*servers: Server) -> None:
    passwords = dict.fromkeys(ServerName, OURS)
    await demand_sound(servers, passwords=passwords, insecure_allowed=False, clock=FixedClock())


async def test_a_start_names_everything_that_stops_it_and_logs_the_rest() -> None:
    with capture_logs() as logs, pytest.raises(Unavailable) as raised:
        await demanded(
            facts(NEO4J, version="4.4"),
            facts(WEAVIATE, open_to_anyone=True),
            facts(REDIS, troubles=(troubles.evicting("allkeys-lru"),)),
        )
    assert raised.value.message == (
        "Neo4j is 4.4: use 2025.06 or newer; Weaviate answers requests without a password: "
        "set AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=false, or MNEMOGRAPH_ALLOW_INSECURE_STORES=true "
        "where nobody else reaches it"
    )
    assert [(entry["event"], entry["what"]) for entry in logs] == [
        ("startup.trouble", "Redis throws keys away when its memory is full (maxmemory-policy allkeys-lru)")
    ]


async def test_without_the_record_there_is_no_start_without_the_others_there_is() -> None:
    gone = Unavailable("connection refused")
    with capture_logs() as logs:
        await demanded(facts(NEO4J), Told(WEAVIATE, gone), Told(REDIS, gone))
        assert [entry["what"] for entry in logs] == [
            "Weaviate does not answer at host:1 (connection refused)",
            "Redis does not answer at host:1 (connection refused)",
        ]
        with pytest.raises(Unavailable, match=r"^Neo4j does not answer"):
            await demanded(Told(NEO4J, gone), facts(WEAVIATE), facts(REDIS))


@pytest.mark.parametrize(
    "trouble",
    [
        troubles.newer_schema(NEO4J, found=9, known=3),
        troubles.other_vectors(found=384, wanted=768),
        troubles.no_room(NEO4J, what="its disk is full"),
        troubles.no_room(WEAVIATE, what="2 shards are READONLY"),
    ],
)
def test_each_trouble_says_what_is_wrong_and_what_to_do(trouble: Trouble) -> None:
    assert str(trouble) == f"{trouble.what}: {trouble.advice}"
    assert "\n" not in str(trouble)
    assert trouble.what
    assert trouble.advice


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("redis://:se%20cret@host:6379/0", "se cret"),
        ("redis://host/0", ""),
        ("unix:///run/redis.sock?password=se+cret", "se cret"),
    ],
)
def test_the_password_of_redis_is_taken_from_its_address(url: str, password: str) -> None:
    settings = Settings(redis_url=url, neo4j_password="n", weaviate_key="w")
    assert settings.passwords == {NEO4J: "n", WEAVIATE: "w", REDIS: password}
