from datetime import date

import pytest

from app.extraction.conflicts import Effect, Statement, judge


def effect(new: str, old: str) -> Effect:
    return judge(Statement(text=new, speaker="Ana"), Statement(text=old, speaker="Ana")).effect


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("I moved from Lyon to Porto.", "I live in Lyon."),
        ("We use Postgres now.", "We use MySQL."),
        ("We switched from MySQL to Postgres.", "We use MySQL for billing."),
        ("Dana works at Initech now.", "Dana works at Globex."),
        ("Dana left Globex.", "Dana works at Globex."),
        ("I don't like coffee anymore.", "I love coffee."),
        ("The rate limit is now 500.", "The rate limit is 100."),
        ("The timeout is 60 seconds, not 30.", "The timeout is 30 seconds."),
        ("Actually, the deadline is Friday.", "The deadline is Thursday."),
        ("I'm vegetarian now.", "I'm vegan."),
        ("We no longer use Redis.", "We use Redis."),
    ],
)
def test_what_says_that_it_changed_replaces(new: str, old: str) -> None:
    assert effect(new, old) is Effect.REPLACES


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("I hate coffee.", "I love coffee."),
        ("Dana lives in Oslo.", "Dana lives in Bergen."),
        ("My favourite film is Alien.", "My favourite film is Heat."),
    ],
)
def test_two_values_without_a_change_contradict(new: str, old: str) -> None:
    assert effect(new, old) is Effect.CONTRADICTS


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("I might move to Porto.", "I live in Lyon."),
        ("I used to live in Lyon.", "I live in Porto."),
        ("Omar works at Initech now.", "Dana works at Globex."),
        ("I love tea.", "I love coffee."),
        ("We use Redis now.", "We use MySQL."),
        ("If I lived in Porto now, I would surf.", "I live in Lyon."),
        ("I want to work at Initech.", "I work at Globex."),
    ],
)
def test_plans_memories_and_other_people_supersede_nothing(new: str, old: str) -> None:
    assert effect(new, old) in {Effect.ADDS, Effect.UNRELATED}


def test_what_is_older_supersedes_nothing() -> None:
    old = Statement(text="I live in Porto.", speaker="Ana", said=date(2026, 2, 1))
    new = Statement(text="I live in Lyon now.", speaker="Ana", said=date(2026, 1, 1))
    assert judge(new, old).effect is Effect.ADDS


def test_nearness_of_meaning_relates_but_never_supersedes() -> None:
    new, old = Statement(text="Rex barks at night."), Statement(text="The puppy is loud.")
    assert judge(new, old, cosine=0.8).effect is Effect.ADDS
    assert judge(new, old, cosine=0.1).effect is Effect.UNRELATED


def test_a_verdict_gives_its_reason() -> None:
    verdict = judge(Statement(text="I moved from Lyon to Porto."), Statement(text="I live in Lyon."))
    assert (verdict.reason, verdict.confidence) == ("from lyon to porto", 0.95)
