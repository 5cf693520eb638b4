"""Questions become terms and possible names."""

from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.terms import possible_names, terms_of, without_names


def test_stop_words_go() -> None:
    assert terms_of("What did Anna say about the Berlin office?") == ["anna", "berlin", "office"]


def test_a_question_of_stop_words_keeps_them() -> None:
    assert terms_of("Who was it?") == ["who", "was", "it"]


def test_terms_are_distinct_in_order() -> None:
    assert terms_of("tea, Tea and more TEA with milk") == ["tea", "milk"]


def test_names_are_runs_without_stop_words_at_their_ends() -> None:
    names = possible_names("Where does Ada Lovelace of London work?")
    assert {"Ada Lovelace", "Ada Lovelace of London", "London", "Ada"} <= set(names)
    assert not [name for name in names if name.split()[0].lower() in {"where", "does", "of"}]


def test_names_of_people_are_cut_from_what_is_asked() -> None:
    assert without_names("What is Ada Lovelace's favourite tea?", {"Ada", "Ada Lovelace"}) == "What is favourite tea?"
    assert without_names("Did ada meet Ben in Oslo?", {"Ada", "Ben"}) == "Did meet in Oslo?"


def test_a_question_about_a_name_alone_keeps_it() -> None:
    assert without_names("Who is Ada?", {"Ada"}) == "Who is Ada?"
    assert without_names("Adamant?", {"Ada"}) == "Adamant?"


@given(st.text(max_size=3_000))
def test_any_text_gives_bounded_lists(query: str) -> None:
    assert len(terms_of(query)) <= 64
    assert len(possible_names(query)) <= 64
