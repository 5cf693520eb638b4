"""Which found names are entities that are known already. Precision first: what is in doubt is new.

A found name is held against each known entity's own name and aliases, never against what another found
name was resolved to, so that no chain of likenesses can join two different things.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.graph import Entity, EntityType
from app.extraction.findings import FoundEntity

_SOFT = frozenset({EntityType.ORGANIZATION, EntityType.PRODUCT, EntityType.TECHNOLOGY, EntityType.CONCEPT})
_ALIVE = frozenset({EntityType.PERSON, EntityType.THING})
_SMALL = frozenset({"of", "the", "and", "for", "in", "de", "la", "und", "&"})
_LEGAL = frozenset(
    {"inc", "corp", "corporation", "ltd", "limited", "llc", "gmbh", "ag", "co", "plc", "sa", "bv", "company"}
)
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "prof", "professor", "sir", "the"})
_DIMINUTIVES: frozenset[tuple[str, str]] = frozenset(
    (short, full)
    for full, shorts in {
        "alexander": "alex sasha xander", "alexandra": "alex sasha lexi", "andrew": "andy drew", "anthony": "tony", "benjamin": "ben benny",
        "catherine": "cathy kate", "charles": "charlie chuck", "christopher": "chris kit", "christina": "chris tina", "daniel": "dan danny",
        "david": "dave", "deborah": "debbie deb", "dorothy": "dot", "edward": "ed eddie ted", "elizabeth": "liz beth betty eliza lizzie",
        "frederick": "fred freddie", "gregory": "greg", "henry": "harry hank", "isabella": "bella izzy", "jacob": "jake", "james": "jim jimmy jamie",
        "jennifer": "jen jenny", "jessica": "jess jessie", "john": "johnny jack", "jonathan": "jon", "joseph": "joe joey", "joshua": "josh",
        "katherine": "kate kathy katie", "kenneth": "ken kenny", "lawrence": "larry", "leonard": "leo len", "margaret": "maggie meg peggy",
        "matthew": "matt", "michael": "mike mick mikey", "nicholas": "nick", "nicole": "nikki", "pamela": "pam", "patricia": "pat patty trish",
        "patrick": "pat paddy", "peter": "pete", "philip": "phil", "rebecca": "becky becca", "richard": "rick rich dick ricky",
        "robert": "bob rob bobby robbie", "ronald": "ron", "samantha": "sam", "samuel": "sam sammy", "stephanie": "steph", "stephen": "steve",
        "steven": "steve", "susan": "sue susie", "theodore": "ted theo teddy", "thomas": "tom tommy", "timothy": "tim timmy",
        "victoria": "vicky tori", "vincent": "vince", "walter": "walt", "william": "will bill billy liam", "zachary": "zach",
    }.items()
    for short in shorts.split()
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a found name is. Without an entity it is new; `reason` says what decided, `confidence` is 0..1."""

    name: str
    type: EntityType
    entity: Entity | None
    confidence: float
    reason: str


Likeness = Callable[[str, str], bool]


def resolve(found: Sequence[FoundEntity], known: Sequence[Entity]) -> list[Resolution]:
    """One resolution for each different found name, in order of first mention."""
    spellings = [(entity, name) for entity in known for name in (entity.name, *entity.aliases)]
    result: dict[tuple[str, EntityType], Resolution] = {}
    for one in found:
        if (one.name, one.type) not in result:
            result[one.name, one.type] = _resolution(one, spellings)
    return list(result.values())


def _resolution(found: FoundEntity, spellings: Sequence[tuple[Entity, str]]) -> Resolution:
    fitting = [(entity, name) for entity, name in spellings if _types_agree(found.type, entity.type)]
    for reason, confidence, alike in _rules(found.type):
        matches = {entity.id: entity for entity, name in fitting if alike(found.name, name)}
        if len(matches) > 1 and (same := [e for e in matches.values() if e.type is found.type]) and len(same) == 1:
            matches = {same[0].id: same[0]}
        if len(matches) == 1:
            entity = next(iter(matches.values()))
            return Resolution(name=found.name, type=found.type, entity=entity, confidence=confidence, reason=reason)
        if matches:
            return _new(found, f"{len(matches)} known ones have that {reason}")
    return _new(found, "not known")


def _new(found: FoundEntity, reason: str) -> Resolution:
    return Resolution(name=found.name, type=found.type, entity=None, confidence=1.0, reason=reason)


def _types_agree(one: EntityType, other: EntityType) -> bool:
    """The same type, or two that rules mix up: a vendor and its product, a person and a pet."""
    return one is other or {one, other} <= _SOFT or {one, other} <= _ALIVE


def _rules(type_: EntityType) -> Iterator[tuple[str, float, Likeness]]:
    """From the surest to the least sure; the first that fits somebody decides."""
    yield "name", 1.0, lambda a, b: normal(a) == normal(b)
    if type_ is EntityType.PERSON or type_ is EntityType.THING:
        yield "first name", 0.9, _is_first_name
        yield "short form", 0.88, _is_short_form
        yield "surname", 0.85, _is_surname
        yield "spelling", 0.85, _is_misspelt_person
        return
    yield "spelling without spaces", 0.97, lambda a, b: _squeezed(a) == _squeezed(b) and len(_squeezed(a)) > 3
    yield "name without its legal form", 0.93, lambda a, b: _without_legal(a) == _without_legal(b) != ""
    yield "acronym", 0.88, lambda a, b: _is_acronym(a, b) or _is_acronym(b, a)
    yield "spelling", 0.86, _is_misspelt


def normal(name: str) -> str:
    """Lower case, without accents, marks and a title in front."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = re.findall(r"[\w+#]+", plain.replace("'s ", " ").replace("’", "'").replace("'", ""))
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return " ".join(words)


def _squeezed(name: str) -> str:
    return re.sub(r"[^\w+#]|_", "", normal(name))


def _without_legal(name: str) -> str:
    words = normal(name).split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words = words[:-1]
    return " ".join(words)


def _is_first_name(one: str, other: str) -> bool:
    a, b = normal(one).split(), normal(other).split()
    return min(len(a), len(b)) == 1 < max(len(a), len(b)) and a[0] == b[0] and len(a[0]) > 1


def _is_surname(one: str, other: str) -> bool:
    """Only when it is said with a title ("Dr. Osei") or in one word for a full name."""
    a, b = normal(one).split(), normal(other).split()
    return len(a) == 1 < len(b) and a[0] == b[-1] and len(a[0]) > 3


def _is_short_form(one: str, other: str) -> bool:
    """ "Liz" and "Elizabeth", "Fred" and "Frederic", with the same surname if both have one."""
    a, b = normal(one).split(), normal(other).split()
    if not a or not b or (len(a) > 1 and len(b) > 1 and a[1:] != b[1:]):
        return False
    short, full = sorted((a[0], b[0]), key=len)
    if short == full:
        return False
    return (short, full) in _DIMINUTIVES or (3 <= len(short) <= len(full) - 3 and full.startswith(short))


def _is_acronym(short: str, full: str) -> bool:
    """ "NHS" and the initials of the words that count."""
    letters = short.replace(".", "")
    words = [word for word in re.findall(r"\w+", full) if word.lower() not in _SMALL]
    return (
        2 <= len(letters) <= 6
        and letters.isupper()
        and len(words) == len(letters) > 1
        and letters == "".join(w[0] for w in words).upper()
    )


def _is_misspelt(one: str, other: str) -> bool:
    a, b = normal(one), normal(other)
    if re.sub(r"\D", "", a) != re.sub(r"\D", "", b) or len(a.split()) != len(b.split()) or a[:1] != b[:1]:
        return False
    if min(len(a), len(b)) < 6 or a.rstrip("s") == b.rstrip("s"):
        return False
    return edit_distance(a, b, limit=2) <= (1 if min(len(a), len(b)) < 10 else 2)


def _is_misspelt_person(one: str, other: str) -> bool:
    """Two full names that differ in one slip inside a long word. Single first names are too close to one another."""
    a, b = normal(one).split(), normal(other).split()
    if len(a) != len(b) or len(a) < 2:
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(different) != 1:
        return False
    x, y = different[0]
    return min(len(x), len(y)) >= 5 and x[0] == y[0] and x[-1] == y[-1] and edit_distance(x, y, limit=1) == 1


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
