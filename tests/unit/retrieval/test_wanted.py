"""What of a question is looked for."""

import pytest

from app.retrieval import recipes
from app.retrieval.dates import AskedDate
from app.retrieval.ranking import wanted
from app.retrieval.recipes import Recipe


def test_a_date_is_a_signal_of_its_own_and_no_word() -> None:
    asked = wanted("Which bridge opened on 3 May 2024?", (), recipes.HYBRID)
    assert (asked.text, asked.date) == ("Which bridge opened ?", AskedDate(2024, 5, 3))
    assert asked.terms == ["bridge", "opened"]


@pytest.mark.parametrize("recipe", [recipes.KEYWORD, recipes.SEMANTIC], ids=lambda recipe: recipe.name)
def test_where_no_signal_answers_to_a_date_it_stays_in_the_text(recipe: Recipe) -> None:
    asked = wanted("Which bridge opened on 3 May 2024?", (), recipe)
    assert (asked.text, asked.date) == ("Which bridge opened on 3 May 2024?", None)
    assert asked.terms == ["bridge", "opened", "3", "2024"]


@pytest.mark.parametrize("query", ["2024", "3 May 2024", "What was on 2024-05-03?"])
def test_a_question_with_nothing_but_a_date_is_looked_for_by_its_words(query: str) -> None:
    asked = wanted(query, (), recipes.HYBRID)
    assert asked.text == query
    assert asked.date is not None
    assert "2024" in asked.terms
