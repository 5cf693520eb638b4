"""Words as the embedded store's full text makes them: one tokenizer, so that every store finds the same.

Servers that cannot stem are given stems, separated by spaces, and asked with stems.
"""

import sqlite3
import threading
import unicodedata
from collections.abc import Sequence
from typing import Final

from app.domain.text import unstorable

_SCHEMA: Final = """
    CREATE VIRTUAL TABLE text USING fts5 (
        words, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
    );
    CREATE VIRTUAL TABLE word USING fts5vocab (text, instance);
"""
MOST_TERMS: Final = 64
_of_this_thread: Final = threading.local()


def stems_of(texts: Sequence[str]) -> list[list[str]]:
    """The stems of each text, as often as they stand in it, in no order. Blocking."""
    found: list[list[str]] = [[] for _ in texts]
    connection = _text()
    rows = ((number, "" if unstorable(text) else text) for number, text in enumerate(texts))
    try:
        connection.executemany("INSERT INTO text (rowid, words) VALUES (?, ?)", rows)
        for number, stem in connection.execute("SELECT doc, term FROM word"):
            found[number].append(stem)
    finally:
        connection.rollback()
    return found


def _text() -> sqlite3.Connection:
    """The thread's own full text, in memory and empty; to make one takes longer than to use it."""
    connection: sqlite3.Connection | None = getattr(_of_this_thread, "text", None)
    if connection is None:
        connection = _of_this_thread.text = sqlite3.connect(":memory:")
        connection.executescript(_SCHEMA)
    return connection


def stems_asked_for(terms: Sequence[str]) -> list[str]:
    """The distinct stems of the first terms that say something."""
    telling = [term for term in dict.fromkeys(terms) if says_something(term)][:MOST_TERMS]
    return list(dict.fromkeys(stem for stems in stems_of(telling) for stem in stems)) if telling else []


def says_something(term: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(unicodedata.category(character)[0] in "LN" for character in term)
