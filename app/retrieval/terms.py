"""What a question asks for in words: its terms, and the names it may hold."""

import re
from collections.abc import Collection, Iterator

_WORD = re.compile(r"\w+", re.UNICODE)
_MAX_TERMS = 64
_MAX_NAME_WORDS = 4

STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "down",
        "during",
        "each",
        "ever",
        "few",
        "for",
        "from",
        "further",
        "get",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "herself",
        "him",
        "himself",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "know",
        "let",
        "like",
        "make",
        "many",
        "may",
        "me",
        "might",
        "mine",
        "more",
        "most",
        "much",
        "must",
        "my",
        "myself",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "out",
        "over",
        "own",
        "said",
        "same",
        "say",
        "she",
        "should",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "theirs",
        "them",
        "themselves",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "yes",
        "yet",
        "you",
        "your",
        "yours",
        "yourself",
        "d",
        "ll",
        "m",
        "re",
        "s",
        "t",
        "ve",
        "don",
        "doesn",
        "didn",
        "isn",
        "wasn",
        "aren",
        "weren",
        "won",
    ]
)


def words_of(text: str) -> list[str]:
    """Lower-cased words in order."""
    return _WORD.findall(text.casefold())


def terms_of(query: str) -> list[str]:
    """Distinct words without stop words, at most 64; all words when nothing else is left."""
    words = words_of(query)
    telling = [word for word in words if word not in STOP_WORDS]
    return list(dict.fromkeys(telling or words))[:_MAX_TERMS]


def without_names(query: str, names: Collection[str]) -> str:
    """The query without these names, unless nothing telling is left.

    A person's name stands in every text by or about that person: it pulls all of them and tells none apart.
    """
    if not names:
        return query
    longest_first = sorted(names, key=len, reverse=True)
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?:['’]s)?\b", re.IGNORECASE)
    rest = " ".join(named.sub(" ", query).split())
    return rest if tells(rest) else query


def tells(text: str) -> bool:
    """Whether any word is left to look for."""
    return any(word not in STOP_WORDS for word in words_of(text))


def possible_names(query: str) -> list[str]:
    """Runs of one to four words that could name an entity: no run begins or ends with a stop word; at most 64."""
    words = [word.group() for word in _WORD.finditer(query)]
    return list(dict.fromkeys(_runs(words)))[:_MAX_TERMS]


def _runs(words: list[str]) -> Iterator[str]:
    for size in range(_MAX_NAME_WORDS, 0, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if run[0].casefold() not in STOP_WORDS and run[-1].casefold() not in STOP_WORDS:
                yield " ".join(run)
