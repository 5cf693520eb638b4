"""What ranking takes from a text, once: its stems, whether it asks, the times it names, how much it states."""

import math
import re
import unicodedata
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.ids import MemoryId
from app.domain.memory import Glimpse
from app.retrieval.stems import stem
from app.retrieval.terms import STOP_WORDS

KEPT = 20_000
_WORD = re.compile(r"\w+", re.UNICODE)
_STATEMENT = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_MOST_TIMES = 3
_TIME = re.compile(
    r"(?i)\b(?:yesterday|today|tonight|tomorrow|ago|last|next|week(?:end)?s?|months?|years?|days?|morning|evening"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|since|recently|\d+)\b"
)
_FULL = math.log(1 + 60)
"""A text of sixty telling words says as much as counts."""


@dataclass(frozen=True, slots=True)
class Traits:
    """`stems` are counted over the heading, the text and the name of who said it; `substance` and `times` are 0..1."""

    stems: Mapping[str, int]
    length: int
    asks: bool
    times: float
    substance: float


class TraitBook:
    """The traits of the memories that were looked at last. Used from one thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[MemoryId, int], Traits] = OrderedDict()

    def of(self, glimpse: Glimpse) -> Traits:
        key = glimpse.id, glimpse.version
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = traits_of(glimpse)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
        return found


def traits_of(glimpse: Glimpse) -> Traits:
    said = " ".join(part for part in (glimpse.actor, glimpse.heading, glimpse.text) if part)
    stems = Counter(stems_of(said))
    return Traits(
        stems=stems,
        length=stems.total(),
        asks="?" in glimpse.text,
        times=min(_MOST_TIMES, len(_TIME.findall(glimpse.text))) / _MOST_TIMES,
        substance=_substance(glimpse.text),
    )


def stems_of(text: str) -> list[str]:
    """Stems in order, whatever their case and accents."""
    return [stem(word) for word in _WORD.findall(plain(text))]


def plain(text: str) -> str:
    """Case-folded, without accents."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))


def _substance(text: str) -> float:
    """How much is stated: greetings and questions state little."""
    statements = " ".join(part for part in _STATEMENT.findall(text) if not part.rstrip().endswith("?"))
    telling = {word for word in _WORD.findall(statements.casefold()) if word not in STOP_WORDS}
    return min(1.0, math.log(1 + len(telling)) / _FULL)
