"""Porter's stemmer (Program 14, 1980), so that words meet here as they meet in the full text of the stores."""

import re
from functools import lru_cache

_C = r"(?:[^aeiouy]|(?<=[aeiou])y|^y)"
_V = r"(?:[aeiou]|(?<![aeiou])(?<!^)y)"
_MEASURE = re.compile(rf"{_V}+{_C}+")
_VOWEL = re.compile(_V)
_DOUBLE = re.compile(r"([^aeiouylsz])\1$")
_SHORT = re.compile(rf"{_C}{_V}[^aeiouwxy]$")

_SECOND = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "logi": "log", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
_THIRD = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_FOURTH = (
    *("ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize"),
    *("sion", "tion", "al", "er", "ic", "ou"),
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Of a word in lower case; words of other alphabets and numbers stay as they are."""
    if len(word) < 3 or not word.isascii():
        return word
    return _fifth(_fourth(_mapped(_mapped(_first(word), _SECOND), _THIRD)))


def _measure(part: str) -> int:
    return len(_MEASURE.findall(part))


def _first(word: str) -> str:
    word = _plural(word)
    word = _agreed(word) if word.endswith("eed") else _participle(word)
    return word[:-1] + "i" if word.endswith("y") and _VOWEL.search(word[:-1]) else word


def _agreed(word: str) -> str:
    return word[:-1] if _measure(word[:-3]) else word


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _participle(word: str) -> str:
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and _VOWEL.search(rest):
            if rest.endswith(("at", "bl", "iz")):
                return rest + "e"
            if _DOUBLE.search(rest):
                return rest[:-1]
            return rest + "e" if _measure(rest) == 1 and _SHORT.search(rest) else rest
    return word


def _mapped(word: str, endings: dict[str, str]) -> str:
    for ending in sorted((e for e in endings if word.endswith(e)), key=len, reverse=True)[:1]:
        rest = word.removesuffix(ending)
        return rest + endings[ending] if _measure(rest) else word
    return word


def _fourth(word: str) -> str:
    for ending in _FOURTH:
        if word.endswith(ending):
            rest = word[:-3] if ending in {"sion", "tion"} else word.removesuffix(ending)
            return rest if _measure(rest) > 1 else word
    return word


def _fifth(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        measure = _measure(rest)
        if measure > 1 or (measure == 1 and not _SHORT.search(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
