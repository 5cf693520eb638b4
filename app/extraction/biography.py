"""A few sentences about a person, from what is known of them; each says where it is known from."""

from collections.abc import Iterator, Sequence

from app.domain.ids import MemoryId
from app.domain.profile import Bio, BioForm, BioSentence, BioStyle, Profile, ProfileFact, ProfileField

F = ProfileField
MOST = 5
"""Values that one sentence lists."""
_STATES = frozenset({"retired", "unemployed", "self-employed", "freelancing", "between jobs"})
_DOING = ("run", "own", "coach", "manage", "teach", "lead")
_LISTED = (
    ("Family", (F.FAMILY,)),
    ("Pets", (F.PETS,)),
    ("Education", (F.EDUCATION,)),
    ("Languages", (F.LANGUAGES,)),
    ("Skills", (F.SKILLS,)),
    ("Likes", (F.LIKES,)),
    ("Dislikes", (F.DISLIKES,)),
    ("Diet", (F.DIET,)),
    ("Health", (F.HEALTH,)),
    ("Goals", (F.GOALS,)),
    ("Plans", (F.PLANS,)),
)


SHORT_WORDS, FULL_WORDS = 50, 200
_ON_THE_JOB = ("Education", "Languages", "Skills", "Goals")
_PHRASES: dict[BioStyle, dict[str, str]] = {
    BioStyle.FACTUAL: {},
    BioStyle.NARRATIVE: {
        "Languages": "Speaks {}.",
        "Likes": "Likes {}.",
        "Dislikes": "Dislikes {}.",
        "Pets": "Shares life with {}.",
        "Skills": "Is skilled in {}.",
        "Goals": "Hopes to {}.",
    },
    BioStyle.CASUAL: {
        "Languages": "Speaks {}.",
        "Likes": "Really into {}.",
        "Dislikes": "Not a fan of {}.",
        "Skills": "Good at {}.",
    },
    BioStyle.FORMAL: {
        "Languages": "Languages spoken include {}.",
        "Likes": "Interests include {}.",
        "Dislikes": "Has expressed a dislike of {}.",
        "Skills": "Areas of expertise include {}.",
    },
}


def worded(bio: Bio, form: BioForm, style: BioStyle) -> str:
    """The bio as a text. A style that has no phrase for something keeps its heading."""
    told = [_styled(sentence.text, style) for sentence in bio.sentences if _belongs(sentence.text, form)]
    if form is BioForm.BULLETS:
        return "\n".join(f"• {text}" for text in told)
    room = SHORT_WORDS if form is BioForm.SHORT else FULL_WORDS
    kept: list[str] = []
    for text in told:
        room -= len(text.split())
        if room < 0:
            break
        kept.append(text)
    return " ".join(kept or told[:1])


def _belongs(text: str, form: BioForm) -> bool:
    heading, mark, _ = text.partition(": ")
    return form is not BioForm.PROFESSIONAL or not mark or heading in _ON_THE_JOB


def _styled(text: str, style: BioStyle) -> str:
    heading, _, values = text.partition(": ")
    phrase = _PHRASES[style].get(heading)
    return phrase.format(values.removesuffix(".")) if phrase and values else text


def bio_of(profile: Profile, *, called: str) -> Bio:
    """`called` is what the person is called where they did not say."""
    facts: dict[ProfileField, list[ProfileFact]] = {}
    for fact in profile.current:
        facts.setdefault(fact.field, []).append(fact)
    written = [*_introduced(facts, called), *_listed(facts)]
    used = [fact for _, some in written for fact in some]
    return Bio(
        sentences=tuple(BioSentence(text=text, sources=_sources(some)) for text, some in written),
        confidence=round(sum(fact.confidence for fact in used) / len(used), 4) if used else 0.0,
    )


def _introduced(facts: dict[ProfileField, list[ProfileFact]], called: str) -> Iterator[tuple[str, list[ProfileFact]]]:
    told: list[tuple[str, list[ProfileFact]]] = []
    first = {field: some[0] for field, some in facts.items()}
    if age := first.get(F.AGE):
        told.append((f"is {age.value} years old", [age]))
    if working := _working(first.get(F.WORK), first.get(F.EMPLOYER)):
        told.append(working)
    for field, words in ((F.HOME, "lives in"), (F.ORIGIN, "comes from"), (F.BIRTHDAY, "has a birthday on")):
        if fact := first.get(field):
            told.append((f"{words} {fact.value}", [fact]))
    name = first.get(F.NAME)
    if told:
        known = [*([name] if name else []), *(fact for _, some in told for fact in some)]
        yield f"{name.value if name else called} {_joined([words for words, _ in told])}.", known
    elif name:
        yield f"Goes by {name.value}.", [name]


def _working(work: ProfileFact | None, employer: ProfileFact | None) -> tuple[str, list[ProfileFact]] | None:
    place = f" at {employer.value}" if employer else ""
    known = [fact for fact in (work, employer) if fact is not None]
    if work is None:
        return (f"works{place}", known) if employer else None
    if work.value in _STATES:
        return f"is {work.value}", [work]
    doing, _, rest = work.value.partition(" ")
    if verb := next((verb for verb in _DOING if doing.startswith(verb)), None):
        return f"{verb}{'es' if verb.endswith('ch') else 's'} {rest}", [work]
    return f"works as {work.value}{place}", known


def _listed(facts: dict[ProfileField, list[ProfileFact]]) -> Iterator[tuple[str, list[ProfileFact]]]:
    for heading, fields in _LISTED:
        told = [fact for field in fields for fact in facts.get(field, ())]
        some = sorted(told, key=lambda fact: fact.value.startswith("no "))[:MOST]
        if some:
            yield f"{heading}: {_joined([fact.value.replace(': ', ' ') for fact in some])}.", some


def _joined(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _sources(facts: Sequence[ProfileFact]) -> tuple[MemoryId, ...]:
    return tuple(dict.fromkeys(memory for fact in facts for memory in fact.sources))
