"""A question is answered in the way that it wants."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap import Application, build
from app.domain import errors
from app.domain.decisions import Decision
from app.domain.ids import DecisionId, JobId
from app.domain.profile import ProfileField
from app.domain.query import TimeRange
from app.domain.routing import RouteKind
from app.services.inputs import AskedRoute, Mode, NewMemory, NewValue
from app.services.results import Routed
from app.settings import Settings

TEXTS = (
    ("Anna Keller moved to Oslo.", datetime(2026, 3, 5, tzinfo=UTC), "fact"),
    ("Anna Keller plays chess in Bergen.", datetime(2025, 6, 1, tzinfo=UTC), "fact"),
    ("We decided to use Postgres for the ledger.", datetime(2026, 4, 1, tzinfo=UTC), "decision"),
    ("The spare keys hang behind the green door.", datetime(2026, 4, 2, tzinfo=UTC), "note"),
)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    async with build(Settings(data=tmp_path / "data", embedder="numpy")) as opened:
        services, us = opened.services, opened.operator
        drafts = [NewMemory(text=text, occurred_at=at, type=type_) for text, at, type_ in TEXTS]
        mine = [
            NewMemory(text=text, user="ada", speaker="Ada", role="user")
            for text in ("I live in Lyon.", "I love hiking in the Alps.")
        ]
        stored = await services.remember.add_many(us, memories=[*drafts, *mine])
        assert stored.job is not None
        await opened.runner.drain(us.tenant, [JobId(stored.job.id)])
        await services.keypaths.store(us, value=NewValue(keypath="billing.provider", value="Stripe, since 2024"))
        yield opened


async def route(application: Application, query: str, user: str | None = None) -> Routed:
    return await application.services.routing.route(application.operator, asked=AskedRoute(query=query, user=user))


def texts(routed: Routed) -> list[str]:
    return [item.node.memory.text for item in routed.found.hits.items]


async def test_a_keypath_gives_what_lives_there(application: Application) -> None:
    told = await route(application, "What is stored at billing.provider?")
    assert (told.best.kind, told.best.why) == (RouteKind.KEYPATH, "something lives at billing.provider")
    assert told.memory is not None
    assert told.memory.text == "Stripe, since 2024"
    assert texts(told) == ["Stripe, since 2024"]
    gone = await route(application, "billing.owner")
    assert (gone.best.kind, gone.memory) == (RouteKind.KEYPATH, None)


async def test_a_name_gives_the_entity_and_what_mentions_it(application: Application) -> None:
    told = await route(application, "Who is Anna Keller?")
    assert (told.best.kind, told.entity and told.entity.name) == (RouteKind.ENTITY, "Anna Keller")
    assert set(texts(told)) == {TEXTS[0][0], TEXTS[1][0]}
    unknown = await route(application, "Who is Tomas Berg?")
    assert (unknown.best.kind, unknown.entity) == (RouteKind.HYBRID, None)


async def test_a_period_gives_what_was_then(application: Application) -> None:
    told = await route(application, "What happened in March 2026?")
    assert told.best.kind is RouteKind.TIME
    assert told.period == TimeRange(after=datetime(2026, 3, 1, tzinfo=UTC), before=datetime(2026, 4, 1, tzinfo=UTC))
    assert texts(told) == [TEXTS[0][0]]
    when = await route(application, "When did Anna Keller move?")
    assert (when.best.kind, when.period, texts(when)[0]) == (RouteKind.TIME, TimeRange(), TEXTS[0][0])


async def test_a_decision_gives_what_was_decided_and_what_is_at_odds(application: Application) -> None:
    told = await route(application, "What did we decide about the ledger?")
    assert (told.best.kind, texts(told)) == (RouteKind.DECISION, [TEXTS[2][0]])
    assert told.decision is None
    odds = await route(application, "Do any of my notes contradict each other?")
    assert (odds.best.kind, odds.decision) == (RouteKind.DECISION, None)


async def test_an_open_contradiction_is_shown_to_who_asks_for_one(application: Application) -> None:
    services, us = application.services, application.operator
    stored = await services.remember.add_many(
        us,
        memories=[NewMemory(text="Oslo has snow.", mode=Mode.VERBATIM), NewMemory(text="No snow.", mode=Mode.VERBATIM)],
    )
    older, newer = stored.memories
    opened = Decision(
        id=DecisionId("dec_1"),
        project=older.project,
        user=None,
        newer=newer.id,
        older=older.id,
        why="both cannot hold",
        confidence=0.6,
        opened_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    async with services.store.write(us) as uow:
        await uow.decisions.put_many([opened])
    told = await route(application, "Which memories contradict each other?")
    assert (told.best.kind, told.decision) == (RouteKind.DECISION, opened)


async def test_a_count_counts_memories_by_type_name_and_period(application: Application) -> None:
    async def count(query: str) -> int | None:
        told = await route(application, query)
        assert told.best.kind is RouteKind.COUNT
        return told.count

    assert await count("How many notes mention Anna Keller?") == 2
    assert await count("How many memories about Anna Keller are there from 2025?") == 1
    assert await count("Number of decisions so far") == 1
    assert await count("How many gotchas are there?") == 0


async def test_a_profile_gives_what_is_known_of_the_user(application: Application) -> None:
    told = await route(application, "Where do I live?", user="ada")
    assert told.best.kind is RouteKind.PROFILE
    assert [(fact.field, fact.value) for fact in told.facts] == [(ProfileField.HOME, "Lyon")]
    named = await route(application, "What does Ada like?")
    assert (named.best.kind, [fact.field for fact in named.facts]) == (RouteKind.PROFILE, [ProfileField.LIKES])
    nobody = await route(application, "Where do I live?")
    assert (nobody.best.kind, nobody.facts) == (RouteKind.HYBRID, ())


async def test_all_else_is_searched(application: Application) -> None:
    told = await route(application, "Where are the spare keys?")
    assert (told.best.kind, texts(told)[0]) == (RouteKind.HYBRID, TEXTS[3][0])
    assert told.best.confidence == 0.55


@pytest.mark.parametrize(
    "query",
    [
        "What happened in 9999?",
        "What happened on 31 February 2026?",
        "." * 50,
        ".".join("ab" * 40),
        "in year 0",
        "\u202e",
    ],
)
async def test_odd_questions_get_an_answer_or_a_clear_error(application: Application, query: str) -> None:
    try:
        told = await route(application, query)
    except errors.Invalid as problem:
        assert problem.fields[0].field == "query"
    else:
        assert told.best.kind in RouteKind


async def test_an_unknown_user_is_named(application: Application) -> None:
    with pytest.raises(errors.Invalid, match="there is no user 'nobody'"):
        await route(application, "Who am I?", user="nobody")
