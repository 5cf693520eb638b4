"""What a text says about one person, who is I or goes by a name: cut into statements in which they are all called `@`."""

import re
from collections.abc import Collection, Iterator

_ABBREVIATED = r"(?<!\bSt\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bProf\.)(?<!\bvs\.)"
_CUT = re.compile(rf"{_ABBREVIATED}(?<=[.!?…])\s+|\n+|;\s+|\s[—–]\s")
_WRITTEN_OUT = (
    (re.compile(r"[’`]"), "'"),
    (re.compile(r"\b(I)'?m\b"), r"\1 am"),
    (re.compile(r"\b(\w+)'re\b"), r"\1 are"),
    (re.compile(r"\b(\w+)'ve\b"), r"\1 have"),
    (re.compile(r"\b(\w+)'ll\b"), r"\1 will"),
    (re.compile(r"\b(I|we|he|she|they)'d\b", re.IGNORECASE), r"\1 would"),
    (re.compile(r"\bcan(?:'t|not)\b", re.IGNORECASE), "can not"),
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"n't\b"), " not"),
)
_SKIPPED = re.compile(
    r"\?\W*$|^\W*(?:if|when|unless|suppose|imagine)\b|\b(?:maybe|perhaps|might|wish|pretend\w*|supposedly|joking|kidding)\b"
    r"|\b(?:said|says|told|tells|heard|claims?|thinks|asked|asks) (?:me |us |that )*+(?=\w+ \w)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:\W*(?:oh|hey|hi|hello|yeah|yes|yep|no|well|so|and|but|also|anyway|btw|by the way|actually|honestly|fyi|wow|thanks|ok|okay"
    r"|guess what|these days|nowadays|currently|now|personally|luckily|sadly|update|note|remember|fact)\b[\s,:!.-]*)+",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(r"\b[Cc]all me [A-Z]")
_JOINT = re.compile(r",? (?:and|but) (?=@ )")
_FIRST = re.compile(r"(?<![\w'])(?:I|[Ww]e)(?![\w'])")
_OWN = re.compile(r"(?<![\w'])(?:[Mm]y|[Oo]ur)(?![\w'])")
_THE_USER = r"(?:[Tt]he )?[Uu]ser"
MAX_TEXT, MAX_STATEMENT = 4_000, 300
"""Characters that are read of a text, and of a statement."""


def statements(text: str, *, names: Collection[str], is_own: bool) -> Iterator[str]:
    """Statements that speak of the person, in order; questions, conditions and what others are told to have said left out.

    `names` are theirs; `is_own` tells whether they say it themselves.
    """
    called = _called(names)
    for sentence in _CUT.split(text[:MAX_TEXT]):
        told = sentence.strip()
        if not told or len(told) > MAX_STATEMENT or _SKIPPED.search(told):
            continue
        for pattern, words in _WRITTEN_OUT:
            told = pattern.sub(words, told)
        told = _as_self(told, called, is_own=is_own)
        if "@" in told or (is_own and _ASKED_FOR.search(told)):
            yield from _JOINT.split(_OPENING.sub("", told))


def _called(names: Collection[str]) -> re.Pattern[str]:
    longest = sorted((re.escape(name) for name in names if name), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w'])(?<!name is )(?<!call me )(?<!Call me )(?<!I am )(?:{'|'.join([*longest, _THE_USER])})(?!\w)"
    )


def _as_self(told: str, called: re.Pattern[str], *, is_own: bool) -> str:
    told = called.sub("@", told.replace("@", " "))
    if is_own:
        told = _OWN.sub("@'s", _FIRST.sub("@", told))
    return told
