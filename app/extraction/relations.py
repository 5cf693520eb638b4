"""Relations between named entities, and between the speaker and a named entity, from set phrases.

A relation is one directed word, as it was said; `app.domain.ties` tells which of them are the same tie from the
other end, and linking keeps each once.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from app.domain.graph import EntityType
from app.domain.ties import SYMMETRIC
from app.extraction.findings import FoundEntity, FoundRelation, FoundTime
from app.extraction.reading import Reading, Sentence, within

REACH = 160
"""How far from a name, in code points, words may stand that say what it is to another."""

_KINSHIP = {
    "friend_of": "friend buddy pal bestie mate",
    "married_to": "wife husband spouse",
    "partner_of": "partner boyfriend girlfriend fiancé fiancée fiance fiancee",
    "sibling_of": "sister brother sibling twin",
    "child_of": "mother father mom dad mum mama papa parent",
    "parent_of": "son daughter child kid baby",
    "colleague_of": "colleague coworker co-worker teammate",
    "cousin_of": "cousin",
    "neighbour_of": "neighbour neighbor roommate flatmate",
    "reports_to": "boss manager lead supervisor",
    "has_pet": "dog cat puppy pup kitten kitty pet parrot hamster rabbit bunny horse turtle",
    "relative_of": "uncle aunt auntie niece nephew grandma grandpa grandmother grandfather",
    "taught_by": "teacher coach mentor professor therapist doctor",
}
_KIN_OF = {word: relation for relation, words in _KINSHIP.items() for word in words.split()}
_KIN = "|".join(sorted(_KIN_OF, key=len, reverse=True))
_SPEAKER_KIN = re.compile(
    rf"\b(?:my|our)(?: \w+)?? (?P<kin>{_KIN})(?: is|'s name is|, (?:whose name is|named)| (?:called|named|is called|is named))?,? $",
    re.IGNORECASE,
)
_KIN_AFTER = re.compile(rf"^(?:,| is| was) (?:my|our)(?: \w+)?? (?P<kin>{_KIN})\b", re.IGNORECASE)
_IS = re.compile(r"^ (?:is|was)(?: also| now)? $", re.IGNORECASE)
_KIN_BEHIND = re.compile(rf"^['’]s(?: (?!ex\b|former\b)\w+)?? (?P<kin>{_KIN})\b(?!['’-])", re.IGNORECASE)
_POSSESSED_KIN = re.compile(rf"^['’]s(?: \w+)?? (?P<kin>{_KIN})(?: is| named| called)?,? $", re.IGNORECASE)

_PERSON = frozenset({EntityType.PERSON})
_GROUP = frozenset({EntityType.ORGANIZATION})
_PLACE = frozenset({EntityType.PLACE})
_THING = frozenset({EntityType.TECHNOLOGY, EntityType.PRODUCT, EntityType.CONCEPT})
_SYSTEM = frozenset({EntityType.TECHNOLOGY, EntityType.PRODUCT})
_ANY = frozenset(EntityType)
_ADVERB = (
    r"(?:\w+ly |just |also |still |now |recently |currently |have |has |'ve |’ve |am |'m |’m |is |are |'re |’re )*"
)

Phrase = tuple[re.Pattern[str], str, frozenset[EntityType], frozenset[EntityType]]


def _phrase(words: str) -> re.Pattern[str]:
    return re.compile(rf"^ ?{_ADVERB}(?:{words}) (?:the |a |an |my |our |at the |in the )?$", re.IGNORECASE)


_BETWEEN: tuple[Phrase, ...] = (
    (
        _phrase(
            r"work(?:s|ed|ing)? (?:at|for)|joined|interns? (?:at|with)|employed (?:at|by)|got a job (?:at|with)|start(?:s|ed|ing)? (?:work(?:ing)? )?at"
        ),
        "works_at",
        _PERSON,
        _GROUP,
    ),
    (_phrase(r"employs|hired|has hired"), "employs", _GROUP, _PERSON),
    (_phrase(r"(?:works?|worked|working|pairs?|paired|collaborat(?:es|ed|ing)) with"), "works_with", _PERSON, _PERSON),
    (
        _phrase(
            r"liv(?:es?|ed|ing) in|mov(?:es?|ed|ing) (?:back )?to|settled in|relocat(?:es?|ed|ing) to|based in|resid(?:es?|ing) in"
        ),
        "lives_in",
        _PERSON,
        _PLACE,
    ),
    (_phrase(r"(?:was |were )?(?:born|raised) in|grew up in|comes? from|from"), "from", _PERSON, _PLACE),
    (
        _phrase(r"visit(?:s|ed|ing)?|went to|been to|travel(?:l?ed|s|l?ing) to|flew to|back from|drove to"),
        "visited",
        _PERSON,
        _PLACE,
    ),
    (
        _phrase(r"stud(?:y|ies|ied|ying) at|graduated from|goes to|attend(?:s|ed|ing)?|enrolled (?:at|in)"),
        "studied_at",
        _PERSON,
        _GROUP,
    ),
    (_phrase(r"(?:got )?(?:married|marries|engaged)(?: to)?|weds?"), "married_to", _PERSON, _PERSON),
    (_phrase(r"manages|leads|supervises"), "manages", _PERSON, _PERSON),
    (_phrase(r"reports to|works under"), "reports_to", _PERSON, _PERSON),
    (
        _phrase(
            r"owns|maintains|runs|is responsible for|looks after|founded|created|built|wrote|designed|leads|manages"
        ),
        "owns",
        _PERSON,
        _SYSTEM | _GROUP,
    ),
    (_phrase(r"met(?: with| up with)?|talked to|talked with|spoke (?:to|with)|saw"), "met", _PERSON, _PERSON),
    (
        _phrase(
            r"us(?:es?|ed|ing)|switched to|mov(?:ed|ing) to|migrat(?:ed|ing) to|learn(?:s|ed|ing)?|speaks?|prefers?|chose|picked|going with|went with"
        ),
        "uses",
        _PERSON | _GROUP | _SYSTEM,
        _THING,
    ),
    (
        _phrase(
            r"(?:is )?(?:written|built|implemented|coded) (?:in|with|on)|runs on|deploys to|hosted on|depends on|needs|requires|relies on|backed by|is based on"
        ),
        "depends_on",
        _SYSTEM,
        _THING | _GROUP,
    ),
    (
        _phrase(
            r"talks to|connects to|calls|reads from|writes to|sends \w+ to|publishes to|consumes from|feeds|-> ?|→ ?"
        ),
        "connects_to",
        _SYSTEM,
        _SYSTEM,
    ),
    (_phrase(r"replac(?:es|ed|ing)|supersedes|instead of"), "replaces", _SYSTEM, _SYSTEM),
    (_phrase(r"(?:is )?part of|belongs to|owned by|a subsidiary of"), "part_of", _GROUP | _SYSTEM | _PLACE, _ANY),
    (_phrase(r"in|near"), "located_in", _GROUP | frozenset({EntityType.EVENT}), _PLACE),
    (
        _phrase(r"lov(?:es?|ed|ing)|likes?|liked|enjoy(?:s|ed|ing)?|adores?|(?:is |am |'m )?a (?:big |huge )?fan of"),
        "likes",
        _PERSON,
        _ANY,
    ),
    (_phrase(r"hates?|hated|dislikes?|can't stand"), "dislikes", _PERSON, _ANY),
    (
        _phrase(r"(?:is )?(?:play(?:s|ed|ing)|read(?:s|ing)?|watch(?:es|ed|ing)?|finished)"),
        "enjoys",
        _PERSON,
        frozenset({EntityType.PRODUCT}),
    ),
    (_phrase(r"adopted|has|have|got|bought"), "owns", _PERSON, frozenset({EntityType.THING, EntityType.PRODUCT})),
)
_SINCE = re.compile(r"\bsince $", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|n't|n’t|used to|would|might|maybe|if|plans? to|want(?:s|ed)? to|hopes? to|going to|gonna)\b|n't\b|n’t\b",
    re.IGNORECASE,
)
_LAST_CLAUSE = re.compile(r".*(?:,| and| but) ", re.IGNORECASE | re.DOTALL)
_FIRST = re.compile(r"\b(?:I|we|I'm|I’m|we're|we’re|I've|I’ve|we've|we’ve|I'd|I’d)(?=[\s'’])", re.IGNORECASE)


def find_relations(
    reading: Reading, said: Sequence[Sentence], entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> list[FoundRelation]:
    """Relations that the statements express outright; what is denied, wished or supposed gives none."""
    found: dict[tuple[str, str, str], FoundRelation] = {}
    for sentence in said:
        if sentence.is_question:
            continue
        named = [e for e in within(entities, sentence) if e.salience > 0.1]
        since = _since(reading, sentence, times)
        for source, type_, target in _triples(reading, sentence, named):
            key = (source, type_, target)
            if source != target and not (type_ in SYMMETRIC and (target, type_, source) in found):
                found.setdefault(key, FoundRelation(source=source, type=type_, target=target, since=since))
    return list(found.values())


def _since(reading: Reading, sentence: Sentence, times: Sequence[FoundTime]) -> date | None:
    return next((t.first for t in within(times, sentence) if _SINCE.search(reading.before(t.start))), None)


def _triples(reading: Reading, sentence: Sentence, named: Sequence[FoundEntity]) -> Iterator[tuple[str, str, str]]:
    speaker = reading.turn.speaker
    for entity in named:
        before = reading.text[max(sentence.start, entity.start - REACH) : entity.start]
        after = reading.text[entity.end : min(sentence.end, entity.end + REACH)]
        if speaker and entity.type in {EntityType.PERSON, EntityType.THING}:
            yield from _kin(speaker, entity, before, after)
        if speaker and not _NEGATED.search(before):
            yield from _own(speaker, entity, before)
    for one, other in pairwise(named):
        between = reading.text[one.end : other.start]
        yield from _pair(one, other, between)
        behind = _KIN_BEHIND.match(reading.text[other.end : min(sentence.end, other.end + REACH)])
        if behind and _IS.match(between) and other.type in {EntityType.PERSON, EntityType.THING}:
            yield other.name, _KIN_OF[behind["kin"].lower()], one.name
        clause = _LAST_CLAUSE.search(between)
        if clause and named[0].end <= one.start:
            yield from _pair(named[0], other, between[clause.end() - 1 :])


def _kin(speaker: str, entity: FoundEntity, before: str, after: str) -> Iterator[tuple[str, str, str]]:
    match = _SPEAKER_KIN.search(before) or _KIN_AFTER.search(after)
    if match:
        yield speaker, _KIN_OF[match["kin"].lower()], entity.name


def _own(speaker: str, entity: FoundEntity, before: str) -> Iterator[tuple[str, str, str]]:
    """What the speaker does: the words from the last "I" or "we" up to the name."""
    starts = [match.end() for match in _FIRST.finditer(before)]
    if not starts:
        return
    for pattern, type_, sources, targets in _BETWEEN:
        if EntityType.PERSON in sources and entity.type in targets and pattern.match(before[starts[-1] :]):
            yield speaker, type_, entity.name
            return


def _pair(one: FoundEntity, other: FoundEntity, between: str) -> Iterator[tuple[str, str, str]]:
    if _NEGATED.search(between) or len(between) > 60:
        return
    if match := _POSSESSED_KIN.match(between):
        yield one.name, _KIN_OF[match["kin"].lower()], other.name
        return
    for pattern, type_, sources, targets in _BETWEEN:
        if one.type in sources and other.type in targets and pattern.match(between):
            yield one.name, type_, other.name
            return
