"""What `doctor` says of servers: facts first, then what is wrong and what to do, and never a secret."""

from datetime import timedelta

from app.commands.finding import Finding, Level
from app.commands.servers import findings
from app.domain import troubles
from app.domain.troubles import ServerName
from app.ports.indexing import Backlog
from app.ports.servers import ServerFacts
from app.startup import Seen
from tests.fakes import FixedClock

NEO4J, WEAVIATE, REDIS = ServerName
NOW = FixedClock().now()
CANARY = "a canary that nobody may see"


def seen(name: ServerName, facts: ServerFacts | None, **more: troubles.Trouble) -> Seen:
    return Seen(name=name, address="host:1", at=NOW, seconds=0.004, facts=facts, **more)


def said(*found: Seen) -> list[Finding]:
    told = list(findings(found, passwords=dict.fromkeys(ServerName, CANARY), insecure_allowed=False))
    assert CANARY not in str(told)
    return told


def test_a_sound_server_is_one_line() -> None:
    facts = ServerFacts(
        version="2026.09.0",
        time=NOW + timedelta(seconds=0.25),
        shown={"database": "neo4j", "schema": "1 of 1", "memories": "12", "jobs waiting": "3"},
    )
    assert said(seen(NEO4J, facts)) == [
        Finding(
            Level.OK,
            "neo4j",
            (
                "2026.09.0 at host:1, answers in 4 ms, clock +0.2 s, "
                "database neo4j, schema 1 of 1, memories 12, jobs waiting 3"
            ),
        )
    ]


def test_a_server_that_is_away_is_named_with_what_to_do() -> None:
    away = {name: troubles.away(name, address="host:1") for name in ServerName}
    told = said(*(seen(name, None, silence=away[name]) for name in ServerName))
    assert [(finding.level, finding.name, finding.detail) for finding in told] == [
        (Level.FAIL, "neo4j", "Neo4j does not answer at host:1"),
        (Level.WARN, "weaviate", "Weaviate does not answer at host:1"),
        (Level.WARN, "redis", "Redis does not answer at host:1"),
    ]
    assert [finding.advice for finding in told] == [away[name].advice for name in ServerName]


def test_what_is_wrong_follows_what_is() -> None:
    facts = ServerFacts(version="7.0.15", troubles=(troubles.evicting("allkeys-lru"),), open_to_anyone=True)
    assert [(finding.level, finding.name) for finding in said(seen(REDIS, facts))] == [
        (Level.OK, "redis"),
        (Level.FAIL, "redis"),
        (Level.WARN, "redis"),
    ]


def lagging(*, waiting: int, seconds: int, dead: int = 0) -> Finding:
    oldest = NOW - timedelta(seconds=seconds) if waiting else None
    backlog = Backlog(waiting=waiting, oldest=oldest, dead=dead)
    return said(seen(NEO4J, ServerFacts(version="2026.09.0", backlog=backlog)))[-1]


def test_the_backlog_of_the_index_is_shown_and_judged() -> None:
    assert lagging(waiting=0, seconds=0) == Finding(Level.OK, "index", "0 memories wait for the index")
    assert lagging(waiting=1_200, seconds=2) == Finding(
        Level.OK, "index", "1,200 memories wait for the index, the oldest for 2 s"
    )
    assert lagging(waiting=3, seconds=3_600) == Finding(
        Level.WARN,
        "index",
        "3 memories wait for the index, the oldest for 3,600 s",
        "see that a worker runs and that Weaviate takes writes",
    )
    assert lagging(waiting=0, seconds=0, dead=2) == Finding(
        Level.FAIL,
        "index",
        "0 memories wait for the index; 2 were refused for good",
        "the worker's log says why; then run `mnemograph reindex`",
    )
