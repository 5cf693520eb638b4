"""When two names of things, groups, places and tools are one's."""

import re

from app.extraction import lexicon
from app.extraction.spelling import digits, is_slip, normal, spellings, squeezed

_SMALL = frozenset({"of", "the", "and", "for", "in", "de", "la", "und", "on", "at", "to", "with"})
_LEGAL = lexicon.listed(
    "inc incorporated corp corporation ltd limited llc llp lp gmbh ag se kg co plc sa sas sarl srl spa bv nv ab as oy oyj kk pty company"
)
_DATABASE_ENDINGS = ("sql", "ql", "db")
_WELL_KNOWN = tuple(
    frozenset(names)
    for names in (
        ("golang", "go"), ("javascript", "js"), ("typescript", "ts"), ("visual studio code", "vs code"), ("elasticsearch", "elastic search"),
        ("new york city", "new york", "nyc"), ("united states of america", "united states", "usa", "us"), ("united kingdom", "uk"),
        ("european union", "eu"), ("artificial intelligence", "ai"), ("facebook", "fb"), ("gnu linux", "linux"), ("continuous integration", "ci"),
    )
)  # fmt: skip
_RIVER = re.compile(r" (?:am|an der|ob der|upon|on|sur|under) .+$")


def is_other_spelling(one: str, other: str) -> bool:
    return bool(spellings(one) & spellings(other))


def is_same_unspaced(one: str, other: str) -> bool:
    a, b = squeezed(one), squeezed(other)
    return a == b and len(a) > 3 and digits(one) == digits(other)


def is_same_but_for_legal_form(one: str, other: str) -> bool:
    return bool({_without_legal(name) for name in spellings(one)} & {_without_legal(name) for name in spellings(other)})


def is_well_known_other_name(one: str, other: str) -> bool:
    short, full = sorted((normal(one), normal(other)), key=len)
    return any({short, full} <= names for names in _WELL_KNOWN) or _is_numeronym(short, full)


def well_known_other_names(name: str) -> list[str]:
    return sorted({other for names in _WELL_KNOWN if normal(name) in names for other in names} - {normal(name)})


def is_same_tool(one: str, other: str) -> bool:
    """ "Vue.js" and "Vue", "Mongo" and "MongoDB"; "Angular" and "AngularJS" are two."""
    short, full = sorted((one, other), key=len)
    if re.sub(r"[ .]js$", "", full, flags=re.IGNORECASE).casefold() == short.casefold():
        return True
    a, b = squeezed(short), squeezed(full)
    return len(a) >= 5 and any(a + ending == b for ending in _DATABASE_ENDINGS) and not lexicon.is_word(a)


def is_same_place(one: str, other: str) -> bool:
    """ "Frankfurt" and "Frankfurt am Main"."""
    a, b = normal(one), normal(other)
    return a != b and _RIVER.sub("", a) == _RIVER.sub("", b)


def is_acronym(one: str, other: str) -> bool:
    return _stands_for(one, other) or _stands_for(other, one)


def is_misspelt(one: str, other: str) -> bool:
    """One word of several mistyped, or the only one."""
    a, b = normal(one).split(), normal(other).split()
    if digits(one) != digits(other) or len(a) != len(b):
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(different) == 1 and is_slip(*different[0])


def is_spelt_out(name: str) -> bool:
    return len(normal(name).split()) > 1


def _stands_for(short: str, full: str) -> bool:
    """ "NHS" and the initials of the words that count."""
    letters = short.replace(".", "")
    words = [word for word in re.findall(r"\w+", full) if word.lower() not in _SMALL]
    return (
        2 <= len(letters) <= 6
        and letters.isupper()
        and len(words) == len(letters)
        and letters == "".join(word[0] for word in words).upper()
    )


def _is_numeronym(short: str, full: str) -> bool:
    """ "k8s": the first letter, how many follow, the last."""
    match = re.fullmatch(r"([a-z])(\d+)([a-z])", short)
    return bool(match and full == f"{match[1]}{full[1:-1]}{match[3]}" and len(full) == int(match[2]) + 2)


def _without_legal(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words = words[:-1]
    return " ".join(words)
