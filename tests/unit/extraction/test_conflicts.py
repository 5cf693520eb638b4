from datetime import date

import pytest

from app.extraction.conflicts import Effect, Statement, Verdict, judge, strongest, tells_of_change


def effect(new: str, old: str) -> Effect:
    return judge(Statement(text=new, speaker="Ana"), Statement(text=old, speaker="Ana")).effect


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("I moved from Lyon to Porto.", "I live in Lyon."),
        ("Paul moved to Porto on 9 November 2026.", "Paul lives in Lyon."),
        ("Paul moved to Porto between 9 and 15 November 2026.", "Nora's brother Paul still lives in Lyon."),
        ("Paul moved to Porto as well, he found a flat there last week.", "My brother Paul still lives in Lyon."),
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
        ("The printer has been fixed.", "The printer is broken."),
        ("Ines has taken over the parser from Karl.", "Karl maintains the parser."),
        ("We raised the upload limit to 50 MB.", "The upload limit is 10 MB."),
        ("We made the repo public.", "The repo is private."),
        ("I finished Dune.", "I'm reading Dune."),
        ("Ana and Marco broke up.", "Ana is dating Marco."),
        ("I was wrong, the tax is 26.4%.", "The tax is 25%."),
        ("It turned out that the bug is not in the parser but in the lexer.", "The bug is in the parser."),
        ("The API now runs on Python 3.12.", "The API runs on Python 3.9."),
        ("From Monday on, the standup is at 10:00.", "The standup is at 9:30."),
        ("Ines is the on-call engineer now.", "The on-call engineer is Karl."),
        ("I sold the Golf last weekend.", "I own a Golf."),
        ("I stopped learning Spanish in June.", "I'm learning Spanish."),
        ("Last week we switched from Jira to Linear.", "We track bugs in Jira."),
        ("Ana and the others use Postgres now.", "We use MySQL."),
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
        ("Leo is taller than Max.", "Max is taller than Leo."),
        ("Priya has two children.", "Priya has no children."),
        ("The library isn't thread-safe.", "The library is thread-safe."),
        ("My birthday is 5 May.", "My birthday is 4 May."),
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
        ("Tom said that I work at Initech now.", "I work at Globex."),
        ("Are we still using MySQL?", "We use MySQL."),
        ("We no longer use Redis for sessions, only as a cache.", "We use Redis."),
        ("This week we meet on Tuesday instead of Monday.", "We meet on Mondays."),
        ("On staging, the port is 9000 now.", "The port is 8080."),
        ("I didn't drink coffee this morning.", "I drink coffee every morning."),
        ("We now support Firefox too.", "We support Chrome."),
        ("Some of it was not so great for Ana.", "Something great happened to Ana."),
        ("We moved to Snowflake.", "I live in Lyon."),
        ("My boss moved to Canada.", "I live in Spain."),
        ("My mom moved to Porto too.", "My brother Paul still lives in Lyon."),
        ("The office printer has been fixed.", "The kitchen printer is broken."),
        ("Gina sold a painting.", "Gina loves painting."),
        ("I left Globex early yesterday.", "I work at Globex."),
        ("I started at the gym on Monday.", "I work at Globex."),
        ("I moved to the front row yesterday.", "I live in Lyon."),
        ("I moved to Porto.", "I started working at Farfetch, I'm on the search team."),
        ("I moved to Porto.", "I'm in a meeting."),
        ("I moved to Porto when Tom was a child.", "I live in Lyon."),
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
    assert (verdict.reason, verdict.confidence) == ("from Lyon to Porto", 0.95)


@pytest.mark.parametrize(
    ("new", "old", "reason"),
    [
        ("My plan is now 45 km.", "My plan is 40 km.", "the number of km is now 45"),
        ("Ana lives in Porto now.", "Ana lives in Lyon.", "home is now Porto"),
        ("The standup starts at 10:00 now.", "The standup starts at 9:30.", "the time is now 10"),
    ],
)
def test_a_reason_is_said_in_plain_words(new: str, old: str, reason: str) -> None:
    assert judge(Statement(text=new, speaker="Ana"), Statement(text=old, speaker="Ana")).reason == reason


@pytest.mark.parametrize(
    ("text", "is_change"),
    [
        ("I moved to Porto last week.", True),
        ("We use Postgres now.", True),
        ("I visited Porto last week.", False),
        ("I plan to move to Porto.", False),
        ("Are we using Postgres now?", False),
    ],
)
def test_a_change_is_told_from_a_plain_event(text: str, *, is_change: bool) -> None:
    assert tells_of_change(text, "Ana") is is_change


def test_of_several_verdicts_what_ends_something_goes_first() -> None:
    adds, doubts, ends = (
        Verdict(effect=effect, reason="", confidence=0.5)
        for effect in (Effect.ADDS, Effect.CONTRADICTS, Effect.REPLACES)
    )
    assert strongest([adds, doubts]) is doubts
    assert strongest([adds, doubts, ends]) is ends
