"""Which found names are entities that are known already. Precision first: what is in doubt is new.

A found name is held against each known entity's own name and aliases, never against what another found
name was resolved to; guesses at slips and initials are held against the own name only, and an entity one of
whose names contradicts the found one is none of its candidates. So no chain of likenesses joins two things.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.graph import Entity, EntityType
from app.extraction import likeness, people
from app.extraction.findings import FoundEntity
from app.extraction.spelling import normal

_SOFT = frozenset({EntityType.ORGANIZATION, EntityType.PRODUCT, EntityType.TECHNOLOGY})
_ABSTRACT = frozenset({EntityType.PRODUCT, EntityType.TECHNOLOGY, EntityType.CONCEPT})
_ALIVE = frozenset({EntityType.PERSON, EntityType.THING})
_SHORT = 5
_WHOLE = 0.95

Likeness = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a found name is. Without an entity it is new; `reason` says what decided, `confidence` is 0..1."""

    name: str
    type: EntityType
    entity: Entity | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A likeness, the names of an entity that it may be held against, and what else could be meant."""

    reason: str
    confidence: float
    alike: Likeness
    names: Callable[[Entity], tuple[str, ...]]
    rival: Likeness


def _own(entity: Entity) -> tuple[str, ...]:
    return (entity.name,)


def _all(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases)


def _nobody(_one: str, _other: str) -> bool:
    return False


def _same(one: str, other: str) -> bool:
    return normal(one) == normal(other)


def _short_or_surname(one: str, other: str) -> bool:
    return people.share_a_short_form(one, other) or people.is_surname_of_either(one, other)


# From the surest to the least sure; the first that fits somebody decides.
_OF_PEOPLE = (
    _Rule("name", 1.0, _same, _all, _nobody),
    _Rule("name without what stands beside it", 0.95, people.is_same_bare, _all, _nobody),
    _Rule("first name", 0.9, people.is_first_name, _all, people.is_surname_of_either),
    _Rule("initials", 0.88, people.is_initialled, _own, _nobody),
    _Rule("short form", 0.88, people.is_short_form, _all, _short_or_surname),
    _Rule("surname", 0.85, people.is_surname, _all, _nobody),
    _Rule("spelling", 0.85, people.is_misspelt, _own, _nobody),
)
_OF_THINGS = (
    _Rule("name", 1.0, _same, _all, _nobody),
    _Rule("spelling of marks", 0.97, likeness.is_other_spelling, _all, _nobody),
    _Rule("spelling without spaces", 0.97, likeness.is_same_unspaced, _all, _nobody),
    _Rule("name without its legal form", 0.93, likeness.is_same_but_for_legal_form, _all, _nobody),
    _Rule("well-known other name", 0.93, likeness.is_well_known_other_name, _all, _nobody),
)
_OF_TOOLS = (_Rule("name without its ending", 0.88, likeness.is_same_tool, _own, _nobody),)
_OF_PLACES = (_Rule("name without its river", 0.88, likeness.is_same_place, _own, _nobody),)
_GUESSES = (
    _Rule("acronym", 0.88, likeness.is_acronym, _all, _nobody),
    _Rule("spelling", 0.86, likeness.is_misspelt, _own, _nobody),
)


def ways_to_say(found: FoundEntity) -> list[str]:
    """The name, and other names by which what it stands for may be known that share no letters with it."""
    others = people.other_forms if found.type in _ALIVE else likeness.well_known_other_names
    return [found.name, *others(found.name)]


def resolve(found: Sequence[FoundEntity], known: Sequence[Entity]) -> list[Resolution]:
    """One resolution for each different found name, in order of first mention."""
    result: dict[tuple[str, EntityType], Resolution] = {}
    for one in found:
        if (one.name, one.type) not in result:
            result[one.name, one.type] = _resolution(one, known)
    return list(result.values())


def _resolution(found: FoundEntity, known: Sequence[Entity]) -> Resolution:
    letters = people.initials(found.name)
    fitting = [entity for entity in known if _types_agree(found, entity) and _begins_alike(letters, entity)]
    for rule in _rules(found.type):
        matches = [entity for entity in fitting if _matches(rule, found, entity)]
        if len(matches) > 1:
            of_type = [entity for entity in matches if entity.type is found.type]
            matches = of_type if len(of_type) == 1 else matches
        if len(matches) > 1:
            return _new(found, f"{len(matches)} known ones have that {rule.reason}")
        if matches:
            (entity,) = matches
            others = [other for other in fitting if other.id != entity.id]
            if any(_rivals(rule, found.name, entity, other) for other in others):
                return _new(found, f"another known one may have that {rule.reason}")
            return Resolution(
                name=found.name, type=found.type, entity=entity, confidence=rule.confidence, reason=rule.reason
            )
    return _new(found, "not known")


def _begins_alike(letters: frozenset[str], entity: Entity) -> bool:
    """No likeness is between names without a word that could begin the same: most of a large graph is passed over."""
    return any(letters & people.initials(name) for name in _all(entity))


def _new(found: FoundEntity, reason: str) -> Resolution:
    return Resolution(name=found.name, type=found.type, entity=None, confidence=1.0, reason=reason)


def _rules(type_: EntityType) -> tuple[_Rule, ...]:
    if type_ in _ALIVE:
        return _OF_PEOPLE
    special = _OF_PLACES if type_ is EntityType.PLACE else _OF_TOOLS if type_ in _ABSTRACT else ()
    return _OF_THINGS + special + _GUESSES


def _types_agree(found: FoundEntity, entity: Entity) -> bool:
    """The same type, or two that rules mix up: a vendor and its product, a person and a pet.

    Across types a short name in capitals is another thing than the same letters in small ones: SWIFT and Swift.
    """
    if found.type is entity.type:
        return True
    pair = {found.type, entity.type}
    if (
        len(found.name) <= _SHORT
        and found.name.isupper() is not entity.name.isupper()
        and _same(found.name, entity.name)
    ):
        return False
    return any(pair <= group for group in (_SOFT, _ABSTRACT, _ALIVE))


def _matches(rule: _Rule, found: FoundEntity, entity: Entity) -> bool:
    """A pet and a person, which rules mix up, are one by the whole name only."""
    name = found.name
    if rule.confidence < _WHOLE and entity.type in _ALIVE and entity.type is not found.type:
        return False
    if not any(rule.alike(name, one) for one in rule.names(entity)):
        return False
    return rule.confidence == 1.0 or not _contradicted(name, entity)


def _contradicted(name: str, entity: Entity) -> bool:
    """Whether the entity has a full name that the found one cannot be, or stands for other words already."""
    if entity.type in _ALIVE:
        return any(people.contradict(name, one) for one in _all(entity))
    return (
        likeness.is_spelt_out(name)
        and any(likeness.is_acronym(one, name) for one in _all(entity))
        and any(
            likeness.is_spelt_out(one) and not likeness.is_misspelt(name, one) and not _same(name, one)
            for one in _all(entity)
        )
    )


def _rivals(rule: _Rule, name: str, match: Entity, other: Entity) -> bool:
    """Whether the name could be the other one's too, or the match's own bare first name could."""
    if rule.confidence == 1.0:
        return False
    if any(rule.rival(name, one) for one in _all(other)):
        return True
    return match.type in _ALIVE and any(
        people.is_first_name(match.name, one) and people.is_first_name(match.name, name)
        for one in _all(other)
        if len(people.person(match.name).words) == 1 < len(people.person(one).words)
    )
