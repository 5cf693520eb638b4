"""What kind of answer a question wants, told by its words."""

import re
from enum import StrEnum


class Intent(StrEnum):
    """FACTUAL asks for one thing, ANALYTICAL for what follows from several, HYBRID for both; CONVERSATIONAL for nothing."""

    FACTUAL = "factual"
    ANALYTICAL = "analytical"
    HYBRID = "hybrid"
    CONVERSATIONAL = "conversational"


_ANALYTICAL = re.compile(
    r"\b(?:why|how come|compare|comparison|versus|vs|difference|differ|trends?|patterns?|summari[sz]e|summary|overview"
    r"|analy[sz]e|analysis|relat(?:e|es|ed|ion|ionship)|explain|evolv\w+|over time|in general|overall|themes?|insights?"
    r"|pros and cons|what (?:do|does) .* think)\b",
    re.IGNORECASE,
)
_FACTUAL = re.compile(
    r"\b(?:who|whom|whose|when|where|which|what|how (?:many|much|long|old|often|far))\b", re.IGNORECASE
)
_TALK = re.compile(
    r"(?:hi|hello|hey|thanks|thank you|good (?:morning|evening|night)|how are you|ok(?:ay)?|bye|goodbye|yes|no|cool|great)"
    r"(?:[ ,]+\w+){0,2}",
    re.IGNORECASE,
)


def intent_of(query: str) -> Intent:
    """Without a cue either way, a question is about a fact."""
    if _TALK.fullmatch(query.strip(" .!?,")):
        return Intent.CONVERSATIONAL
    if _ANALYTICAL.search(query):
        return Intent.HYBRID if _FACTUAL.search(query) else Intent.ANALYTICAL
    return Intent.FACTUAL
