"""The goals of names, statements and duplicates, on the labelled lists. What the lists are: `tests/labelled/README.md`."""

from collections.abc import Sequence

import pytest

from app.extraction.conflicts import Effect
from app.extraction.duplicates import Sameness
from benchmarks.judgements import (
    BLIND,
    SECOND,
    THIRD,
    TUNED,
    Judged,
    judged_duplicates,
    judged_names,
    judged_statements,
    merges,
    of_class,
)

WHOLE = (BLIND, THIRD, SECOND, TUNED)


@pytest.fixture(scope="module")
def names() -> list[Judged]:
    return judged_names()


@pytest.fixture(scope="module")
def statements() -> list[Judged]:
    return judged_statements()


@pytest.fixture(scope="module")
def duplicates() -> list[Judged]:
    return judged_duplicates()


def of(judged: Sequence[Judged], *parts: str) -> list[Judged]:
    return [one for one in judged if one.part in parts]


def test_the_lists_are_long_enough_and_cut_in_halves(names: list[Judged], statements: list[Judged]) -> None:
    assert len(of(names, BLIND, TUNED)) >= 240
    assert len(of(statements, BLIND, TUNED)) >= 200
    assert all(len(of(names, part)) >= 100 for part in (BLIND, TUNED))
    assert all(len(of(statements, part)) >= 100 for part in (BLIND, TUNED))


@pytest.mark.parametrize("parts", [(BLIND,), (BLIND, THIRD), WHOLE], ids=" and ".join)
def test_names_are_merged_rightly_and_mostly(names: list[Judged], parts: tuple[str, ...]) -> None:
    score = merges(of(names, *parts))
    assert score.precision >= 0.97
    assert score.recall >= 0.85


@pytest.mark.parametrize("parts", [(BLIND,), (THIRD,), WHOLE], ids=" and ".join)
def test_what_supersedes_does_so_rightly(statements: list[Judged], parts: tuple[str, ...]) -> None:
    assert of_class(of(statements, *parts), Effect.REPLACES).precision >= 0.95


@pytest.mark.parametrize(
    ("effect", "precision", "recall"),
    [
        (Effect.REPLACES, 0.95, 0.80),
        (Effect.CONTRADICTS, 0.95, 0.90),
        (Effect.ADDS, 0.75, 0.90),
        (Effect.UNRELATED, 0.80, 0.75),
    ],
)
def test_each_effect_on_the_blind_half(
    statements: list[Judged], effect: Effect, precision: float, recall: float
) -> None:
    score = of_class(of(statements, BLIND), effect)
    assert (score.precision >= precision, score.recall >= recall) == (True, True)


@pytest.mark.parametrize(
    ("sameness", "precision", "recall"),
    [(Sameness.EXACT, 1.0, 1.0), (Sameness.NEAR, 0.95, 0.80), (Sameness.DIFFERENT, 0.80, 0.95)],
)
def test_what_joins_and_what_stays_apart(
    duplicates: list[Judged], sameness: Sameness, precision: float, recall: float
) -> None:
    score = of_class(of(duplicates, *WHOLE), sameness)
    assert (score.precision >= precision, score.recall >= recall) == (True, True)
