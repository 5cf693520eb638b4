"""Words meet as they do in the stores' full text."""

import sqlite3

import pytest

from app.retrieval.stems import stem

TEXT = """caresses ponies ties caress cats feed agreed plastered bled motoring sing conflated troubled sized hopping
tanned falling hissing fizzed failing filing happy sky relational conditional rational valenci hesitanci digitizer
conformabli radicalli differentli vileli analogousli vietnamization predication operator feudalism decisiveness
hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful
goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment
dependent adoption homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll
roll ecology incredibly psychology kittens sleeping bicycles repaired a an by yes o'clock 12 2023 x9"""


def test_as_sqlite_stems_them() -> None:
    full_text = sqlite3.connect(":memory:")
    full_text.execute("CREATE VIRTUAL TABLE words USING fts5 (word, tokenize = 'porter unicode61')")
    full_text.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (words, instance)")
    plain = [word for word in TEXT.split() if word.isalnum()]
    full_text.executemany("INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(plain))
    theirs = {plain[row]: term for term, row in full_text.execute("SELECT term, doc FROM terms")}
    assert {word: stem(word) for word in plain} == theirs
    full_text.close()


@pytest.mark.parametrize("word", ["東京", "über", "été", "", "ab"])
def test_other_words_stay_as_they_are(word: str) -> None:
    assert stem(word) == word
