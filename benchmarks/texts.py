"""Made-up sentences, the same in every run: plain statements of people, places, things and times."""

import random
from collections.abc import Iterator


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PEOPLE = _words(
    "Ada Ben Carla David Elena Felix Grace Hugo Irene Jonas Karin Liam Maya Nora Oscar Paula Quentin Rosa Simon Tara "
    "Ursula Victor Wendy Xavier Yara Zoe Anton Bella Cyrus Diana"
)
PLACES = _words("Oslo Lisbon Kyoto Boston Berlin Madrid Dublin Vienna Prague Helsinki Toronto Seattle")
_VERBS = _words("repaired painted ordered visited described compared rewrote planned tested shipped photographed")
_ADJECTIVES = _words("blue wooden noisy careful early unusual heavy bright quiet narrow public expensive")
_WHEN = ("last week", "on Monday", "in March", "two days ago", "this spring", "in 2024", "after lunch", "at night")
_SYLLABLES = _words("ba ko ri mes tal dun per vo lin gra sho fen tu ral mik")


def _noun(rng: random.Random) -> str:
    """One of some 3,000 words, the first ones far more often than the last."""
    number = int(3_000 ** rng.random())
    first, rest = number % 15, number // 15
    return _SYLLABLES[first] + _SYLLABLES[rest % 15] + (_SYLLABLES[rest // 15] if rest >= 15 else "")


def sentence(rng: random.Random) -> str:
    """Some 12 words."""
    who, place = rng.choice(PEOPLE), rng.choice(PLACES)
    verb, adjective = rng.choice(_VERBS), rng.choice(_ADJECTIVES)
    return f"{who} {verb} the {adjective} {_noun(rng)} and a {_noun(rng)} in {place} {rng.choice(_WHEN)}."


def sentences(seed: int) -> Iterator[str]:
    """Texts of some 12 words, without end."""
    rng = random.Random(seed)
    while True:
        yield sentence(rng)


def paragraphs(seed: int) -> Iterator[str]:
    """Texts of some 100 words, without end."""
    rng = random.Random(seed)
    while True:
        yield " ".join(sentence(rng) for _ in range(8))


def questions(seed: int) -> Iterator[str]:
    """Questions about such sentences, without end."""
    rng = random.Random(seed)
    while True:
        yield f"What did {rng.choice(PEOPLE)} do with the {_noun(rng)} and the {_noun(rng)} in {rng.choice(PLACES)}?"
