"""Rules for text that comes from outside, and the two ways of folding it."""

import re
import unicodedata

from app.domain import errors

_BARE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "'": "", "’": ""}
)
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(["of", "the", "and", "for", "in", "de", "la", "und", "on", "at", "to", "with"])
_LONGEST_ACRONYM = 6


def clean(field: str, text: str, *, limit: int) -> str:
    """`text` in NFC without outer white space. Raises Invalid when there is nothing to see, too long or not storable."""
    problem = unstorable(text)
    if problem:
        raise errors.invalid(field, problem, "malformed_text")
    stripped = unicodedata.normalize("NFC", text).strip()
    if len(stripped) > limit:
        raise errors.invalid(field, f"has {len(stripped):,} characters; the limit is {limit:,}", "too_long")
    if all(unicodedata.category(character) == "Cf" for character in stripped):
        raise errors.invalid(field, "must not be blank", "blank")
    return stripped


def unstorable(text: str) -> str | None:
    """Why a text cannot be stored as Unicode, or None."""
    if "\x00" in text:
        return "must not contain NUL characters"
    if any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else False:
        return "must not contain lone surrogates"
    return None


def folded(name: str) -> str:
    """A name for comparison: no case, no accents, single spaces."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.split())


def normalised(text: str) -> str:
    """A text for finding exact duplicates: folded case, single spaces, no final punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".!? ")


def handles(name: str) -> frozenset[str]:
    """Short keys that two ways of writing a name have in common: how each word begins, how it ends, what it is for short.

    A slip of the pen leaves one of a word's two keys as it was. "=nhs" is both "NHS" and "National Health Service".
    """
    words = _WORD.findall(folded(name).translate(_BARE))
    found = {word[:3] for word in words}
    found |= {f"{word[0]}-{word[-2:]}" for word in words if len(word) > 2}
    for counted in (words, [word for word in words if word not in _SMALL]):
        if 1 < len(counted) <= _LONGEST_ACRONYM:
            found.add("=" + "".join(word[0] for word in counted))
    if len(words) == 1:
        (word,) = words
        found.add(f"={word}" if len(word) <= _LONGEST_ACRONYM else f"={word[0]}{len(word) - 2}{word[-1]}")
    return frozenset(found)
