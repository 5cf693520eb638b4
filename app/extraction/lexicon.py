"""English words and the parts of speech they can be. The list is `data/words.txt`, made by `benchmarks.gazetteers`."""

from functools import cache
from importlib import resources


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(words.split())


@cache
def _words() -> dict[str, tuple[str, ...]]:
    lines = (resources.files("app.extraction.data") / "words.txt").read_text("utf-8").splitlines()
    pairs = (line.split(" ") for line in lines)
    return {word: tuple(tags) for word, *tags in pairs}


def tags(word: str) -> tuple[str, ...]:
    """Penn tags of a lower-case word, the commonest first; none when it is not an English word."""
    return _words().get(word, ())


def is_word(word: str) -> bool:
    """Whether a lower-case word is in the dictionary."""
    return word in _words()


def first_tag(word: str) -> str:
    found = _words().get(word)
    return found[0] if found else ""
