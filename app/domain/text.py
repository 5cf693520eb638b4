"""Rules for text that comes from outside, and the two ways of folding it."""

import unicodedata

from app.domain import errors


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
