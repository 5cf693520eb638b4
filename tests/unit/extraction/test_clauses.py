import pytest

from app.extraction.clauses import Clause, Standing, clauses, subject_of


def read(text: str) -> list[Clause]:
    return list(clauses(text))


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("Dana works at Globex.", Standing.FACT),
        ("My birthday is on 4 May.", Standing.FACT),
        ("Dana may leave Globex.", Standing.UNSETTLED),
        ("If Dana leaves, we hire.", Standing.UNSETTLED),
        ("Tom said that Dana left.", Standing.UNSETTLED),
        ("Did Dana leave?", Standing.UNSETTLED),
        ("Dana used to work at Globex.", Standing.PAST),
        ("In 2019 I lived in Lyon.", Standing.PAST),
        ("I slept badly last night.", Standing.OCCASION),
    ],
)
def test_how_a_clause_stands(text: str, standing: Standing) -> None:
    assert [clause.standing for clause in read(text)] == [standing]


def test_what_is_taken_out_of_a_clause_is_noted() -> None:
    (clause,) = read("We no longer use Redis.")
    assert (clause.text, clause.is_denied, clause.ended_by) == ("we use redis", True, "no longer")
    (clause,) = read("Actually, the timeout is 60 seconds, not 30.")
    assert (clause.text, clause.is_corrected, clause.not_this) == ("the timeout is 60 seconds", True, "30")
    (clause,) = read("On staging, the port is 9000 now.")
    assert (clause.text, clause.is_changed, clause.is_more) == ("the port is 9000 on staging", True, True)


def test_a_denial_further_on_does_not_deny_the_clause() -> None:
    assert [clause.is_denied for clause in read("A lot has happened, some of it not so great.")] == [False]


def test_a_clause_without_its_subject_takes_the_one_before() -> None:
    assert [clause.text for clause in read("Ana stopped freelancing and joined an agency.")] == [
        "ana freelancing",
        "ana joined an agency",
    ]
    assert [clause.text for clause in read("The flat is nice, it is near Porto.")][1] == "the flat is near porto"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The rate limit is 100.", "the rate limit"),
        ("Ana's sister lives in Rome.", "ana's sister"),
        ("Anna Keller works at Bosch.", "anna keller"),
        ("I moved.", "i"),
        ("On weekdays I get up at 6.", "i"),
        ("Are we still using MySQL?", "we"),
    ],
)
def test_the_subject_is_what_stands_before_the_verb(text: str, subject: str) -> None:
    assert subject_of(read(text)[0]) == subject


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "¯\\_(ツ)_/¯", "a" * 5_000])
def test_anything_can_be_read(text: str) -> None:
    assert len(read(text)) <= 1
