"""Memsolus' words for what we measure: priorities for importance, signals for feedback, relevance for scores, types of things."""

from collections.abc import Sequence
from math import inf, nextafter

from app.domain.graph import EntityType
from app.rest.speech import Wrong

IMPORTANCE = {"LOW": 0.2, "MEDIUM": 0.5, "HIGH": 0.8}
_THIRD, _TWO_THIRDS = 1 / 3, 2 / 3
SPANS = {
    "LOW": (0.0, nextafter(_THIRD, -inf)),
    "MEDIUM": (_THIRD, _TWO_THIRDS),
    "HIGH": (nextafter(_TWO_THIRDS, inf), 1.0),
}
SIGNALS = {"POSITIVE": 1.0, "NEUTRAL": 0.0, "NEGATIVE": -1.0}
_RELEVANT, _SOMEWHAT = 0.5, 0.25

_REFERENCE = {
    EntityType.PERSON: "PERSON",
    EntityType.ORGANIZATION: "ORGANIZATION",
    EntityType.PLACE: "PLACE",
}
_ASKED = {
    "LOCATION": (EntityType.PLACE,),
    "THING": tuple(type_ for type_ in EntityType if type_ not in _REFERENCE),
}


def importance_of(priority: object) -> float | None:
    """Raises INVALID_PRIORITY; None is no priority."""
    if priority is None:
        return None
    _demand_priority(priority)
    return IMPORTANCE[str(priority)]


def priority_of(importance: float) -> str:
    if importance < _THIRD:
        return "LOW"
    return "MEDIUM" if importance <= _TWO_THIRDS else "HIGH"


def spans_of(priority: object, priorities: Sequence[str]) -> tuple[tuple[float, float], ...]:
    """What several of them mean, else one, else nothing. Raises INVALID_PRIORITY."""
    wanted = priorities or ((priority,) if priority not in (None, "") else ())
    for each in wanted:
        _demand_priority(each)
    return tuple(SPANS[str(each)] for each in dict.fromkeys(wanted))


def _demand_priority(priority: object) -> None:
    if not isinstance(priority, str) or priority not in IMPORTANCE:
        raise Wrong(422, "INVALID_PRIORITY", f"priority must be one of {', '.join(IMPORTANCE)}")


def signal_of(value: float) -> str:
    if value == 0:
        return "NEUTRAL"
    return "POSITIVE" if value > 0 else "NEGATIVE"


def relevance_of(score: float) -> str:
    if score >= _RELEVANT:
        return "HIGH"
    return "MEDIUM" if score >= _SOMEWHAT else "LOW"


def type_of(entity: EntityType) -> str:
    """One of the four that the reference knows."""
    return _REFERENCE.get(entity, "THING")


def types_asked(name: str | None) -> tuple[str, ...] | None:
    """The types of ours that a filter means; None when it means none of them. Nothing asked is no condition."""
    if name is None:
        return ()
    upper = name.upper()
    if upper in _ASKED:
        return tuple(type_.value for type_ in _ASKED[upper])
    return (upper,) if upper in EntityType.__members__ else None
