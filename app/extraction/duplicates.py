"""Whether a new text says what a stored one says already."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.extraction import lexicon
from app.extraction.clauses import clauses, subject_words
from app.extraction.spelling import edit_distance
from app.extraction.stems import content_stems, stem

NEAR_COSINE = 0.85
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|cannot|hardly|no longer)\b|n['’]t\b", re.IGNORECASE
)
_FIGURE = re.compile(
    r"\d+(?:[.,:/-]\d+)*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|first|second|third|fourth|fifth|last|next|once|twice|half)\b"
)
_TELLING = re.compile(
    r"\b(?:before|after|until|since|up|down|in front|behind|above|below|over|under|off|only|some|most|few|if|unless|except|want(?:s|ed)? to|would|might|may|could|should|used to|plans?|hopes?|almost|again|still|already|better|worse|more|less|own)\b|\?"
)
_LIGHT = frozenset(
    map(stem, lexicon.listed("located situated currently held holds run works direct approximately fully please"))
)
_SYNONYMS = tuple(
    frozenset(map(stem, words.split()))
    for words in (
        "start starts started begin begins began", "call called calls name named names", "buy bought purchase purchased",
        "send sends sent", "raise raised grew grow", "attend attended attends visit visited", "hold holds held keep keeps kept",
        "marry married marries", "end ends ended finish finished", "kid kids child children", "mum mom mother", "dad father",
        "speak speaks spoke", "write writes wrote written", "make makes made", "teach teaches taught", "think thought", "build builds built",
    )
)  # fmt: skip
_CONTRACTED = re.compile(r"n't\b|'(?:s|m|ve|re|ll|d)\b")
_ROUTE = re.compile(r"\bfrom (\w+) to (\w+)")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been) (?:\w+ly )?(?:\w+(?:ed|en)|sent|kept|made|held|run|built|done|told|sold)\b"
)
_EQUATION = re.compile(r"\b(?:is|are|was|were)\b")
_DIRECTED = re.compile(r"\bthan\b|\bof\b|^\w+ (?:is|was) \w+'s\b")
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "`": "'"})


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
    """Case, accents of writing, kinds of quotation marks, white space and closing marks do not make a text another one."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_MARKS)
    return re.sub(r"\s+", " ", folded).strip().rstrip(".!… ")


def compare(new: str, stored: StoredText) -> Duplicate:
    """Exact, near or different. Near loses nothing: the same content, figures, conditions and roles, said otherwise."""
    if normal_text(new) == normal_text(stored.text):
        return Duplicate(key=stored.key, sameness=Sameness.EXACT, score=1.0)
    is_near = (
        (stored.cosine is None or stored.cosine >= NEAR_COSINE)
        and _is_same_content(_stems(new), _stems(stored.text))
        and not _differ_in_detail(new, stored.text)
        and not _is_turned_around(new, stored.text)
    )
    sameness = Sameness.NEAR if is_near else Sameness.DIFFERENT
    return Duplicate(key=stored.key, sameness=sameness, score=word_overlap(new, stored.text))


def find_duplicate(new: str, stored: Sequence[StoredText]) -> Duplicate | None:
    """The best match that is no different text; an exact one wins, then the higher score, then the earlier."""
    same = [d for one in stored if (d := compare(new, one)).sameness is not Sameness.DIFFERENT]
    return max(same, key=lambda d: (d.sameness is Sameness.EXACT, d.score), default=None)


def word_overlap(one: str, other: str) -> float:
    """Shared content stems over all of them, 0..1; 0 when neither has any."""
    a, b = set(_stems(one)), set(_stems(other))
    return len(a & b) / len(a | b) if a | b else 0.0


def _stems(text: str) -> list[str]:
    plain = _CONTRACTED.sub(" ", text.lower().translate(_MARKS))
    return content_stems(re.findall(r"[^\W_]+", plain))


def _is_same_content(new: list[str], old: list[str]) -> bool:
    """Whether every word that says something has its like on the other side, or says next to nothing."""
    alone = [word for word in new if not any(_is_alike(word, other) for other in old)]
    alone += [word for word in old if not any(_is_alike(word, other) for other in new)]
    return bool(set(new) & set(old)) and not set(alone) - _LIGHT


def _is_alike(one: str, other: str) -> bool:
    """One stem, another form of it ("allergic", "allergy"), another spelling ("color"), or a word for the same."""
    if one == other:
        return True
    prefix = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if prefix >= 5 and max(len(one), len(other)) - prefix <= 2:
        return True
    return (prefix >= 4 and edit_distance(one, other, limit=1) == 1) or any({one, other} <= same for same in _SYNONYMS)


def _differ_in_detail(one: str, other: str) -> bool:
    """What a likeness of words must not bridge: figures, a "not", conditions and wishes, a question."""
    details = [
        (sorted(_FIGURE.findall(text.lower())), bool(_NEGATION.search(text)), sorted(_TELLING.findall(text.lower())))
        for text in (one, other)
    ]
    return details[0] != details[1]


def _is_turned_around(one: str, other: str) -> bool:
    """ "Tom gave Ana a book", "Ana gave Tom a book"; not what is only put the other way ("ramen is my favourite food")."""
    a, b = ([clause.text for clause in clauses(text)][:1] for text in (one, other))
    if not a or not b:
        return False
    if [m.groups() for m in _ROUTE.finditer(a[0])] != [m.groups() for m in _ROUTE.finditer(b[0])]:
        return True
    if bool(_PASSIVE.search(a[0])) is not bool(_PASSIVE.search(b[0])):
        return False
    subjects = [set(_stems(subject_words(text[0].split()))) for text in (a, b)]
    is_turned = bool(subjects[0] and subjects[1]) and not subjects[0] & subjects[1]
    return is_turned and not (_EQUATION.search(a[0]) and not _DIRECTED.search(a[0]))
