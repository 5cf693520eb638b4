"""When two names of people are one person's: what is said beside a name, its parts, its short forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from app.extraction import lexicon
from app.extraction.spelling import edit_distance, normal, spellings, squeezed

_TITLES = lexicon.listed("dr mr mrs ms miss mx prof professor sir dame lord lady captain judge doctor saint")
_KIN = lexicon.listed("""sister brother mother father mom mum dad mama papa aunt auntie uncle cousin nephew niece grandma grandpa grandmother
    grandfather granny nana son daughter wife husband partner boyfriend girlfriend fiance fiancee friend neighbour neighbor
    colleague coworker boss manager teacher coach mentor roommate flatmate therapist twin""")
_BESIDE = re.compile(rf"^(?:my|our|your|his|her|their) (?:\w+ )??(?=(?:{'|'.join(sorted(_KIN))}) )", re.IGNORECASE)
_FEMININE = lexicon.listed("a e ia ina ine ita ette etta elle ella son sen ovic ova")
_PARTICLES = lexicon.listed("van von de der den del di da du la le bin ibn al el")
_COMMON = {
    "alexander": "alex sasha xander", "alexandra": "alex sasha lexi", "andrew": "andy drew", "anthony": "tony", "benjamin": "ben benny",
    "catherine": "cathy kate", "charles": "charlie chuck", "christopher": "chris kit", "christina": "chris tina", "daniel": "dan danny",
    "david": "dave", "deborah": "debbie deb", "dorothy": "dot", "edward": "ed eddie ned ted", "elizabeth": "liz beth betty eliza lizzie",
    "francis": "frank", "frederick": "fred freddie", "gregory": "greg", "henry": "harry hank", "isabella": "bella izzy", "jacob": "jake", "james": "jim jimmy jamie",
    "jennifer": "jen jenny", "jessica": "jess jessie", "john": "johnny jack", "jonathan": "jon", "joseph": "joe joey", "joshua": "josh",
    "katherine": "kate kathy katie", "kenneth": "ken kenny", "lawrence": "larry", "leonard": "leo len", "margaret": "maggie meg peggy",
    "matthew": "matt", "michael": "mike mick mikey", "nathaniel": "nate", "nathan": "nate", "gabriel": "gabe", "nicholas": "nick", "nicole": "nikki", "pamela": "pam", "patricia": "pat patty trish",
    "patrick": "pat paddy", "peter": "pete", "philip": "phil", "rebecca": "becky becca", "richard": "rick rich dick ricky",
    "robert": "bob rob bobby robbie", "ronald": "ron", "samantha": "sam", "samuel": "sam sammy", "stephanie": "steph", "stephen": "steve",
    "steven": "steve", "susan": "sue susie", "theodore": "ted theo teddy", "thomas": "tom tommy", "timothy": "tim timmy",
    "victoria": "vicky tori", "vincent": "vince", "walter": "walt", "william": "will bill billy liam", "zachary": "zach",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A name in its parts. `kin` is the family word or the like that stood before it."""

    words: tuple[str, ...]
    kin: str

    @property
    def first(self) -> str:
        return self.words[0]

    @property
    def last(self) -> str:
        return self.words[-1]


@lru_cache(maxsize=20_000)
def person(name: str) -> Person:
    """Hyphens hold a first name together; a title, a possessive and "my sister" stand outside the name."""
    bare = re.sub(r"['’`]s$", "", _BESIDE.sub("", name.strip()))
    words = [normal(word) for word in _in_words(bare).split()]
    kin = ""
    while len(words) > 1 and words[0] in _TITLES | _KIN:
        kin = words[0] if words[0] in _KIN else kin
        words = words[1:]
    return Person(tuple(word.replace(" ", "-") for word in words if word), kin)


def _in_words(name: str) -> str:
    """Initials without their dots and together, so that splitting at spaces gives the words."""
    spaced = re.sub(r"(?<=\b\w)\.\s*", " ", name.strip(" @"))
    return re.sub(r"(?<=\b\w) (?=\w\b)", "", spaced)


def is_same_bare(one: str, other: str) -> bool:
    """The same but for a title, a family word, a hyphen or where the words are cut."""
    a, b = person(one), person(other)
    if (a.kin and b.kin and a.kin != b.kin) or not a.words or not b.words:
        return False
    same = (
        a.words == b.words
        or bool(spellings(one) & spellings(other))
        or normal(" ".join(a.words)) == normal(" ".join(b.words))
    )
    return same or (squeezed(one) == squeezed(other) and len(squeezed(one)) >= 6)


def is_first_name(one: str, other: str) -> bool:
    """One is where the other begins."""
    a, b = person(one), person(other)
    if a.kin and b.kin and a.kin != b.kin:
        return False
    short, full = sorted((a.words, b.words), key=len)
    return 0 < len(short) < len(full) and full[: len(short)] == short and len(short[0]) > 1


def is_initialled(one: str, other: str) -> bool:
    """ "J. Alvarez" and "Jose Alvarez"; "Anna M. Keller" and "Anna Keller"."""
    a, b = person(one).words, person(other).words
    if min(len(a), len(b)) < 2 or a[-1] != b[-1]:
        return False
    if a[0] == b[0]:
        middle, other_middle = sorted((a[1:-1], b[1:-1]), key=len)
        return not middle and len(other_middle) == 1 and len(other_middle[0]) <= 2
    short, full = sorted((a[0], b[0]), key=len)
    return len(short) <= 2 < len(full) and short[0] == full[0] and len(a) == len(b) == 2


def is_short_form(one: str, other: str) -> bool:
    """ "Liz" and "Elizabeth", with the same surname if both have one."""
    a, b = person(one), person(other)
    if not a.words or not b.words or (len(a.words) > 1 and len(b.words) > 1 and a.words[1:] != b.words[1:]):
        return False
    short, full = sorted((a.first, b.first), key=len)
    if short == full or (a.kin and b.kin and a.kin != b.kin):
        return False
    forms = short_forms().get(full, frozenset())
    longest = 4 if min(len(a.words), len(b.words)) == 1 else 6
    return short in forms or short.removesuffix("s") in forms or _is_clipped(short, full, longest)


def share_a_short_form(one: str, other: str) -> bool:
    """ "Tom" and "Tommy": both may be the same long name."""
    a, b = person(one), person(other)
    if not a.words or not b.words or len(a.words) > 1 < len(b.words):
        return False
    return any(a.first in shorts and b.first in shorts for shorts in short_forms().values())


def is_surname(one: str, other: str) -> bool:
    """One word, with its particle or a title, for a full name."""
    a, b = person(one).words, person(other).words
    if not 0 < len(a) < len(b) or len(a[-1]) < 3 or not (len(a) == 1 or a[0] in _PARTICLES):
        return False
    return a == b[-len(a) :] or (len(a) == 1 and _is_long_slip(a[0], b[-1]))


def is_surname_of_either(one: str, other: str) -> bool:
    return is_surname(one, other) or is_surname(other, one)


def is_misspelt(one: str, other: str) -> bool:
    """Two names that differ in one slip inside a long word. Short first names are too close to one another."""
    a, b = person(one).words, person(other).words
    if len(a) != len(b):
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(different) == 1 and (
        _is_long_slip(*different[0]) or (len(a) > 1 and _is_doubling_or_swap(*different[0]))
    )


def contradict(one: str, other: str) -> bool:
    """Two full names that no likeness makes one."""
    a, b = person(one).words, person(other).words
    alike: tuple[Callable[[str, str], bool], ...] = (
        is_same_bare, is_first_name, is_initialled, is_short_form, is_surname, is_misspelt,
    )  # fmt: skip
    return len(a) > 1 and len(b) > 1 and not any(like(one, other) for like in alike)


@lru_cache(maxsize=20_000)
def initials(name: str) -> frozenset[str]:
    """The letters that the words of a name may begin with in another form of it: "Bob" with b, and with r for Robert."""
    words = normal(name).split()
    forms = short_forms()
    longer = _long_forms()
    return frozenset(form[0] for word in words for form in (word, *forms.get(word, ()), *longer.get(word, ())))


def other_forms(name: str) -> list[str]:
    """The name with the short and the long forms of its first word in its place."""
    words = person(name).words
    if not words:
        return []
    forms = short_forms().get(words[0], frozenset()) | _long_forms().get(words[0], frozenset())
    return [" ".join((form, *words[1:])) for form in sorted(forms)]


@cache
def _long_forms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for full, shorts in short_forms().items():
        for short in shorts:
            found.setdefault(short, set()).add(full)
    return {short: frozenset(full) for short, full in found.items()}


@cache
def short_forms() -> dict[str, frozenset[str]]:
    """First names with their short forms: those of `data/nicknames.txt`, and the common ones."""
    lines = (resources.files("app.extraction.data") / "nicknames.txt").read_text("utf-8").splitlines()
    listed = {full: frozenset(shorts) for full, *shorts in (line.split() for line in lines)}
    common = {full: frozenset(shorts.split()) for full, shorts in _COMMON.items()}
    return {full: listed.get(full, frozenset()) | common.get(full, frozenset()) for full in listed | common}


def _is_clipped(short: str, full: str, longest: int) -> bool:
    """ "Caro" of "Caroline"; not "Paul" of "Pauline" or "Anna" of "Annabel", which are names of their own."""
    least = len(short) + (3 if longest == 4 else 2)
    clipped = 3 <= len(short) <= longest and len(full) >= least and full.startswith(short) and full.isalpha()
    return clipped and short[-1] not in "ae" and full.removeprefix(short) not in _FEMININE


def _is_long_slip(one: str, other: str) -> bool:
    return (
        min(len(one), len(other)) >= 8
        and one[:2] == other[:2]
        and one[-1] == other[-1]
        and edit_distance(one, other, limit=1) == 1
    )


def _is_doubling_or_swap(one: str, other: str) -> bool:
    """The slips that make no other name: a letter doubled or not, two neighbours swapped inside the word."""
    if min(len(one), len(other)) < 5 or one[0] != other[0] or one[-1] != other[-1]:
        return False
    if len(one) == len(other):
        return sorted(one) == sorted(other) and edit_distance(one, other, limit=1) == 1
    return re.sub(r"(.)\1", r"\1", one) == re.sub(r"(.)\1", r"\1", other)
