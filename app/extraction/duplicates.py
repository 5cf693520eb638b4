"""Whether a new text says what a stored one says already."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.extraction.stems import content_stems

NEAR_COSINE = 0.93
NEAR_OVERLAP = 0.85
SAME_OVERLAP = 0.95
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|cannot|hardly|no longer)\b|n['’]t\b", re.IGNORECASE
)
_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NAME = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][\w'’-]+")


class Sameness(StrEnum):
    """EXACT: the same words. NEAR: the same said slightly otherwise. DIFFERENT: anything else."""

    EXACT = "exact"
    NEAR = "near"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A stored text to compare with; `cosine` is of the two embeddings, None when there is none."""

    key: str
    text: str
    cosine: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    key: str
    sameness: Sameness
    score: float


def normal_text(text: str) -> str:
    """Case, accents of writing, white space and closing marks do not make a text another one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", folded).strip().rstrip(".!… ")


def compare(new: str, stored: StoredText) -> Duplicate:
    """Exact, near or different. Other figures, names or a negation make any two texts different."""
    if normal_text(new) == normal_text(stored.text):
        return Duplicate(key=stored.key, sameness=Sameness.EXACT, score=1.0)
    overlap = word_overlap(new, stored.text)
    if _differ_in_detail(new, stored.text):
        return Duplicate(key=stored.key, sameness=Sameness.DIFFERENT, score=overlap)
    near = overlap >= SAME_OVERLAP or (
        overlap >= NEAR_OVERLAP and (stored.cosine is None or stored.cosine >= NEAR_COSINE - 0.03)
    )
    near = near or (stored.cosine is not None and stored.cosine >= NEAR_COSINE and overlap >= 0.6)
    return Duplicate(key=stored.key, sameness=Sameness.NEAR if near else Sameness.DIFFERENT, score=overlap)


def find_duplicate(new: str, stored: Sequence[StoredText]) -> Duplicate | None:
    """The best match that is no different text; an exact one wins, then the higher score, then the earlier."""
    same = [d for one in stored if (d := compare(new, one)).sameness is not Sameness.DIFFERENT]
    return max(same, key=lambda d: (d.sameness is Sameness.EXACT, d.score), default=None)


def word_overlap(one: str, other: str) -> float:
    """Shared content stems over all of them, 0..1; 0 when neither has any."""
    a, b = set(_stems(one)), set(_stems(other))
    return len(a & b) / len(a | b) if a | b else 0.0


def _stems(text: str) -> list[str]:
    return content_stems(re.findall(r"[^\W_]+", text.lower()))


def _differ_in_detail(one: str, other: str) -> bool:
    """What a likeness of words must not bridge: figures, a "not", or two different names."""
    if sorted(_FIGURE.findall(one)) != sorted(_FIGURE.findall(other)):
        return True
    if bool(_NEGATION.search(one)) != bool(_NEGATION.search(other)):
        return True
    a, b = ({name.casefold() for name in _NAME.findall(text)} for text in (one, other))
    return bool(a - b) and bool(b - a)
