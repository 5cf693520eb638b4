"""The spheres of a life that a statement belongs to: ten broad ones, by its words and by what it was taken for."""

import re
from collections.abc import Sequence

from app.extraction.stems import stem

SPHERES = (
    "identity",
    "career",
    "interests",
    "relationships",
    "health",
    "finance",
    "learning",
    "travel",
    "productivity",
    "private",
)
OTHERWISE = "identity"
MOST = 3
_WORD = re.compile(r"\w+")

_WORDS = {
    "identity": "name age birthday born live lives living hometown nationality citizen pronouns religion faith church moved move apartment house home vegan vegetarian",
    "career": "job career work works working employer boss colleague coworker office promotion interview company startup business client engineer developer manager designer scientist nurse doctor teacher lawyer consultant freelance freelancer analyst architect accountant founder intern",
    "interests": "hobby hobbies love loves enjoy enjoys like likes favorite favourite game games gaming paint painting draw drawing music guitar piano violin cello book books reading cinema film photography pottery hiking dance dancing garden gardening knitting chess sport sports basketball soccer football tennis swimming climbing cycling surfing cooking baking recipe restaurant coffee tea wine podcast concert band",
    "relationships": "family mother father mom dad mum son daughter kid kids child children baby sister brother wife husband spouse partner boyfriend girlfriend fiance friend friends parents grandma grandpa cousin aunt uncle niece nephew married wedding divorced dating engaged anniversary roommate neighbor neighbour dog cat pet pets puppy kitten",
    "health": "health doctor hospital sick illness therapy therapist medicine medication insulin diet weight injury hurt surgery pain sleep insomnia stress anxiety depression asthma diabetes allergic allergy allergies migraine clinic dentist gym workout yoga fitness marathon vitamin pregnant blood",
    "finance": "money budget salary loan savings save invest investing investment investments stocks mortgage rent debt tax taxes bank crypto pension income insurance",
    "learning": "learn learns learning study studies studying student school college university class classes course courses exam exams degree lesson lessons homework tutorial certification thesis language graduated graduate",
    "travel": "trip travel travels travelling traveling flight flights hotel vacation holiday abroad airport cruise passport visa backpacking itinerary visit visited visiting",
    "productivity": "task tasks todo deadline calendar schedule meeting meetings workflow notion vim tmux editor mode shortcut tool tools project projects goal goals habit habits routine organize remind reminder notifications code codes coding deploy deploys database server",
    "private": "password passwords secret secrets pin confidential passcode ssn credential credentials private",
}  # fmt: skip
_SPHERE_OF = {stem(word): sphere for sphere, words in _WORDS.items() for word in words.split()}
_OF_CATEGORY = {
    "family": "relationships",
    "relationships": "relationships",
    "pets": "relationships",
    "health": "health",
    "work": "career",
    "education": "learning",
    "travel": "travel",
    "food": "interests",
    "hobbies": "interests",
    "home": "identity",
    "beliefs": "identity",
    "money": "finance",
    "engineering": "productivity",
    "security": "private",
}
"""Where what extraction calls a category belongs."""


def sphere_of(category: str) -> str | None:
    """Of one of our categories, or of a sphere by its own name; None for what callers made up."""
    name = category.strip().lower()
    return name if name in SPHERES else _OF_CATEGORY.get(name)


TRAITS = {
    "learning": "curious",
    "travel": "adventurous",
    "health": "health-conscious",
    "relationships": "caring",
    "career": "ambitious",
    "interests": "passionate",
    "finance": "prudent",
    "productivity": "organized",
}
"""What those are who speak of a sphere."""


def names_of(sphere: str) -> tuple[str, ...]:
    """The sphere and those of our categories that belong to it."""
    return (sphere, *(category for category, belongs in _OF_CATEGORY.items() if belongs == sphere != category))


def spheres(text: str, *, categories: Sequence[str], type_: str | None) -> tuple[str, ...]:
    """One to three, the one with most to say for it first."""
    counts: dict[str, int] = {}
    for word in _WORD.findall(text.lower()):
        if sphere := _SPHERE_OF.get(stem(word)):
            counts[sphere] = counts.get(sphere, 0) + 1
    for category in categories:
        if sphere := sphere_of(category):
            counts.setdefault(sphere, 1)
    if not counts and type_ == "preference":
        counts["interests"] = 1
    return tuple(sorted(counts, key=lambda sphere: -counts[sphere])[:MOST]) or (OTHERWISE,)
