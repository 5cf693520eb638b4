"""How a name is written: what case, accents, marks and small slips leave the same."""

import re
import unicodedata
from functools import lru_cache

from app.extraction import lexicon

_SPELT = {
    "st": "saint",
    "mt": "mount",
    "ft": "fort",
    "univ": "university",
    "intl": "international",
    "dept": "department",
}
_BARE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_WORD = re.compile(r"[\w+#]+")


@lru_cache(maxsize=20_000)
def normal(name: str) -> str:
    """Lower case, without accents, marks, an article in front and "and"; initials stand together."""
    plain = _plain(name).replace("'", "")
    words = _initials_joined(_WORD.findall(plain))
    words = [_SPELT.get(word, word) for word in words if word != "and"] or words or [plain.strip()]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=20_000)
def spellings(name: str) -> frozenset[str]:
    """The normal forms that stand for the same name: as it is, with umlauts written out, without a possessive."""
    marked = unicodedata.normalize("NFC", name.casefold())
    written_out = "".join(_UMLAUTS.get(letter, letter) for letter in marked)
    owner = re.sub(r"['’`]s$", "", name)
    return frozenset(normal(form) for form in (name, written_out, owner))


def squeezed(name: str) -> str:
    """The normal form without spaces."""
    return normal(name).replace(" ", "").replace("_", "")


def digits(name: str) -> str:
    return re.sub(r"\D+", " ", normal(name)).strip()


def is_slip(one: str, other: str) -> bool:
    """Two words that are one, mistyped: the same first letter, long enough, and not two dictionary words."""
    short = min(len(one), len(other))
    if short < 6 or one[0] != other[0] or one.rstrip("s") == other.rstrip("s"):
        return False
    if lexicon.is_word(one) and lexicon.is_word(other):
        return False
    return edit_distance(one, other, limit=2) <= (1 if short < 10 else 2)


def edit_distance(one: str, other: str, *, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; anything above `limit` is `limit` + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        after = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        before, row = row, after
    return min(row[-1], limit + 1)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_BARE))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'").replace("`", "'")


def _initials_joined(words: list[str]) -> list[str]:
    """ "u s a" and "a s" become one word each."""
    joined: list[str] = []
    in_row = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and in_row:
            joined[-1] += word
        else:
            joined.append(word)
        in_row = single
    return joined
