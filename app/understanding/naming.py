"""The words that tell a group of texts from the others."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Final

from app.domain.ids import noun_of
from app.retrieval.stems import stem
from app.retrieval.terms import STOP_WORDS, words_of

KEYWORDS: Final = 6
_SHORTEST: Final = 3
_PLAIN: Final = frozenset(
    [
        *("also", "always", "another", "anyone", "anything", "around", "ask", "away", "back", "bit"),
        *("came", "come", "coming", "day", "days", "done", "else", "even", "ever", "every", "everyone"),
        *("everything", "far", "feel", "felt", "find", "found", "gave", "get", "gets", "getting", "give"),
        *("glad", "going", "gone", "gonna", "good", "got", "great", "guess", "happen", "happy", "hard"),
        *("hear", "hello", "hey", "hope", "keep", "kind", "knew", "know", "last", "later", "let", "like"),
        *("little", "long", "look", "looking", "lot", "lots", "love", "made", "make", "makes", "making"),
        *("many", "maybe", "mean", "might", "month", "months", "more", "morning", "much", "must", "need"),
        *("needs", "never", "new", "next", "nice", "night", "now", "okay", "old", "one", "ones", "only"),
        *("people", "put", "quite", "ready", "really", "right", "said", "saw", "say", "saying", "says"),
        *("see", "seems", "seen", "since", "someone", "something", "soon", "sounds", "started"),
        *("still", "stuff", "such", "sure", "take", "taking", "talk", "tell", "than", "thank", "thanks"),
        *("that", "thing", "things", "think", "thinking", "this", "though", "thought", "three"),
        *("time", "times", "today", "together", "told", "tomorrow", "tonight", "took", "tried", "try"),
        *("trying", "two", "use", "used", "using", "usually", "want", "wanted", "wants", "way", "week"),
        *("weeks", "well", "went", "will", "wish", "without", "wonder", "work", "working", "wow", "yeah"),
        *("year", "years", "yes", "yesterday", "yet"),
    ]
)
"""Words of all talk: they stand in any group and name none."""


def words_in(text: str) -> set[str]:
    """The words of a text that could name what it is about."""
    return {
        word
        for word in words_of(text)
        if len(word) >= _SHORTEST and word not in STOP_WORDS and word not in _PLAIN and not word.isdecimal()
    }


def keywords_of(terms: Mapping[str, int], others: Sequence[Mapping[str, int]]) -> tuple[str, ...]:
    """At most six words, the most telling first: common here, rare in the other groups. One form of each word."""
    own = _by_stem(terms)
    elsewhere = Counter(key for other in others for key in {stem(term) for term, count in other.items() if count > 0})
    groups = len(others) + 1
    scores = {key: sum(forms.values()) * log(1 + groups / (1 + elsewhere[key])) for key, forms in own.items()}
    ranked = sorted(scores, key=lambda key: (-scores[key], key))
    return tuple(_form(own[key]) for key in ranked[:KEYWORDS])


def _by_stem(terms: Mapping[str, int]) -> dict[str, Counter[str]]:
    forms: dict[str, Counter[str]] = {}
    for term, count in _worded(terms.items()):
        forms.setdefault(stem(term), Counter())[term] += count
    return forms


def _worded(terms: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Without the ids of entities."""
    return ((term, count) for term, count in terms if count > 0 and noun_of(term) is None)


def _form(forms: Counter[str]) -> str:
    """The commonest form, of two equally common ones the shorter."""
    return min(forms, key=lambda form: (-forms[form], len(form), form))
