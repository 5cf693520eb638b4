"""Conflicts: what a new statement means for an old one. Superseding wrongly is the costly error, so doubt adds."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.memory import Kind

_WORD = re.compile(r"\w+")
_NEGATION = frozenset(["not", "never", "no", "longer", "cannot", "nobody", "none", "nothing", "without", "n't"])
_CHANGE = re.compile(
    r"\b(?:now|no longer|any ?more|instead of|switched|moved|changed|replaced|since then)\b", re.IGNORECASE
)
_PLAN = re.compile(
    r"\b(?:plan(?:s|ning)? to|might|maybe|would|could|hope(?:s)? to|want(?:s)? to|used to|if)\b", re.IGNORECASE
)


class Verdict(StrEnum):
    REPLACES = "replaces"
    CONTRADICTS = "contradicts"
    ADDS = "adds"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence with when it was said and by whom."""

    text: str
    at: datetime
    subject: str | None
    kind: Kind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its reason in words and a confidence of 0..1."""

    verdict: Verdict
    reason: str
    confidence: float


def compare(new: Statement, old: Statement) -> Judgement:
    """What `new` does to `old`. Conservative: only a stated change of the same thing replaces."""
    ours, theirs = _words(new.text), _words(old.text)
    shared = (ours & theirs) - _NEGATION
    overlap = len(shared) / max(1, min(len(ours), len(theirs)))
    if new.subject != old.subject or overlap < 0.4:
        return Judgement(verdict=Verdict.UNRELATED, reason="they speak of different things", confidence=0.6)
    if old.kind is not Kind.SEMANTIC or _PLAN.search(new.text) or _PLAN.search(old.text):
        return Judgement(verdict=Verdict.ADDS, reason="one of them does not state how things are", confidence=0.6)
    if _negated(new.text) != _negated(old.text) and overlap >= 0.6:
        return Judgement(verdict=Verdict.CONTRADICTS, reason="one denies what the other says", confidence=0.7)
    if _CHANGE.search(new.text) and new.at > old.at and overlap >= 0.5:
        return Judgement(verdict=Verdict.REPLACES, reason="the newer one tells of a change", confidence=0.7)
    return Judgement(verdict=Verdict.ADDS, reason="they agree or say different things", confidence=0.5)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 2 or word.isdigit()}


def _negated(text: str) -> bool:
    words = _WORD.findall(text.casefold().replace("n't", " not"))
    return bool(_NEGATION.intersection(words))
