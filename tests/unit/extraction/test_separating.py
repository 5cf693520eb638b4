"""What is told in one sentence and kept in two."""

import pytest

from app.extraction.separating import separated
from app.extraction.spheres import spheres


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("I moved to Lisbon and started a course.", "I moved to Lisbon. I started a course."),
        ("I like tea, and I hate coffee", "I like tea. I hate coffee"),
        ("I prefer dark mode and I love hiking.", "I prefer dark mode. I love hiking."),
        ("My wife and I moved to Porto.", "My wife and I moved to Porto."),
        ("I think Bob and I should go.", "I think Bob and I should go."),
        ("Salt and pepper", "Salt and pepper"),
    ],
)
def test_two_statements_of_oneself_are_told_apart(text: str, apart: str) -> None:
    assert separated(text) == apart


@pytest.mark.parametrize(
    ("text", "categories", "type_", "found"),
    [
        ("User is allergic to peanuts.", (), "fact", ("health",)),
        ("User's password is x.", ("security",), "fact", ("private",)),
        ("User prefers dark roast.", (), "preference", ("interests",)),
        ("Blue is the sky.", ("anything",), "fact", ("identity",)),
        ("It was fun.", ("travel",), "event", ("travel",)),
    ],
)
def test_a_statement_has_a_sphere(text: str, categories: tuple[str, ...], type_: str, found: tuple[str, ...]) -> None:
    assert spheres(text, categories=categories, type_=type_) == found
