"""What part of life or work a turn is about, by its words."""

from collections.abc import Iterable

from app.extraction.reading import Reading, Sentence
from app.extraction.stems import stem

MAX_CATEGORIES = 3
_WORDS = {
    "family": "family mother father mom dad son daughter kids kid children child sister brother wife husband parents grandma grandpa baby cousin aunt uncle niece nephew",
    "relationships": "friend friends dating married wedding partner boyfriend girlfriend engaged divorce anniversary",
    "health": "doctor hospital health sick illness therapy therapist medicine diet weight injury hurt surgery pain sleep stress anxiety clinic gym workout yoga running fitness",
    "work": "job career work boss colleague coworker office promotion interview salary meeting company project client startup business",
    "education": "school college university class course exam exams degree study studying student teacher learn learning graduate homework",
    "travel": "trip travel travelling flight hotel vacation holiday visit abroad airport beach camping roadtrip tour passport",
    "food": "food cook cooking recipe restaurant dinner lunch breakfast bake baking cake vegan coffee tea wine meal dish",
    "hobbies": "hobby game games gaming painting paint drawing music guitar piano violin book books reading movie film photography pottery hiking dance dancing garden gardening knitting chess sport basketball soccer football tennis swimming",
    "pets": "dog cat puppy kitten pet pets vet parrot hamster rabbit horse",
    "home": "house apartment home rent mortgage move moved kitchen furniture neighbour neighbor roommate landlord",
    "money": "money budget price cost salary loan savings invoice invoices bank tax taxes pay paid",
    "beliefs": "church faith religion politics vote community volunteer volunteering charity rights activism donate",
    "engineering": "code database deploy deployment server api bug test tests build service release migration repo cluster query schema config library framework pipeline latency",
    "security": "password secret token tokens auth encryption vulnerability permission permissions audit credentials tls certificate",
}  # fmt: skip
_CATEGORY_OF = {stem(word): category for category, words in _WORDS.items() for word in words.split()}


def categories(reading: Reading, type_: str) -> tuple[str, ...]:
    """At most three, the one with most words first; ties in order of appearance."""
    words = (lower for token, lower in zip(reading.tokens, reading.lowers, strict=True) if token.is_word)
    return _of(words, type_)


def sentence_categories(reading: Reading, sentence: Sentence, type_: str) -> tuple[str, ...]:
    """The same of one sentence."""
    return _of(reading.words(sentence), type_)


def _of(words: Iterable[str], type_: str) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for word in words:
        if category := _CATEGORY_OF.get(stem(word)):
            counts[category] = counts.get(category, 0) + 1
    ordered = sorted(counts, key=lambda category: -counts[category])
    return tuple(ordered[:MAX_CATEGORIES]) or ((type_,) if type_ in {"decision", "architecture"} else ())
