"""Which kind of answer a question wants, by its wording and by what the record knows of the names in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.domain.routing import Guess, RouteKind
from app.domain.text import folded
from app.extraction.times import Tense, find_times
from app.retrieval.dates import asked_date
from app.understanding.asking import asks_of_self, fields_of

LEAST: Final = 0.55
"""Below that, a question is simply searched."""

_PATH: Final = re.compile(r"(?<![\w.@/%:-])[\w%-]+(?:\.[\w%-]+)+(?![\w@/]|\.\w)")
_AT_PATH: Final = re.compile(
    r"\b(?:keypath|key path|stored (?:at|under)|value (?:of|at|for)|what(?:'s| is) (?:at|under))\b"
)
_RECORDS: Final = {
    "fact": "facts?",
    "preference": "preferences?",
    "event": "events?",
    "decision": "decisions?",
    "gotcha": "gotchas?",
    "pattern": "patterns?",
    "insight": "insights?",
    "reference": "references?",
    "summary": "summar(?:y|ies)",
    "": "memor(?:y|ies)|notes?|entries|records?|items|things (?:do|have) (?:you|we) (?:remember|know|stored|kept)",
}
"""What can be counted, by its type; memories of any type last."""
_RECORD: Final = "|".join(_RECORDS.values())
_COUNTED: Final = re.compile(
    rf"\b(?:how many|number of|count(?: of)?|total(?: number)? of)(?: \w+){{0,3}}? (?P<what>{_RECORD})\b"
)
_TIMES_SAID: Final = re.compile(
    r"\bhow (?:often|many times)\b.*\b(?:mention|talk|sp[eo]ak|spoke|come up|came up|sa(?:y|id)|writ|wrote|discuss|brought? up|bring up)"
)
_WE: Final = r"(?:we|you|i|they|he|she|the team|everyone|[a-z]+)"
_DECIDED: Final = re.compile(
    rf"\b(?:did|have|has|had|do|does) {_WE} (?:ever |finally |already |all |eventually )*"
    r"(?:decide|ch[o]{1,2}se|chosen|settle|agree|pick|opt|go with|gone with|commit to|rule out|ruled out)"
    r"|\bdecisions?\b|\b(?:was|were|been|got|is) (?:\w+ )?(?:decided|agreed|chosen|settled|ruled out)\b"
    r"|\bwhy (?:did|do|are|have|had) (?:we|they|the team|you) "
    r"(?:choos|chose|pick|us[ei]|go|gone|switch|mov|settl|drop|adopt|reject|prefer|abandon|migrat|replac)"
    r"|\bwhich (?:option|alternative|proposal)\b.* (?:go|gone|went|take|took|win|won)\b"
    r"|\b(?:we|they|the team) (?:decided|agreed|settled|chose|picked|opted)\b"
)
_AT_ODDS: Final = re.compile(
    r"\bcontradict|\bconflicting\b|\binconsisten|\bat odds\b|\bdisagree(?:s|ing|ments?)?\b|\bincompatible\b"
    r"|\b(?:any|which|what|open|unresolved|unsettled|there|these|two) (?:\w+ )?conflicts?\b"
    r"|\b(?:memories|facts|notes|statements|things) (?:that )?(?:\w+ )?conflict\b"
)
_WHEN: Final = re.compile(
    r"^(?:and |so |but )?(?:since |until |till )?when\b|\b(?:since|until|till|from|by) when\b|\bwhen (?:did|was|were|is|are|will|do|does|had|has|have)\b"
    r"|\b(?:what|which) (?:exact )?(?:day|date|time|year|month|week|weekday|season)\b|\bhow long (?:ago|have|has|did|was|were|until|since|do|does|is)\b"
    r"|\bhow recently\b|\bthe (?:last|first|latest|most recent) time\b"
)
_HAPPENED: Final = re.compile(
    r"\bhappen|\bgo(?:ing|es|ne)? on\b|\bwent on\b|\bnews\b|\bwhat did\b|\bwhat (?:was|were|is|are|have|has)\b|\banything\b|\bnew\b|\bchanged?\b|\btimeline\b"
)
_ABOUT: Final = re.compile(
    r"\b(?:tell|remind|teach|brief|fill) me (?:\w+ )?(?:about|on|of|in on)\b|\b(?:everything|all|anything|something|more|info|information|details|background|facts|notes|dossier) "
    r"(?:there is |that |to |we (?:have|know) |you (?:have|know) )*(?:about|on|regarding|know about)\b"
    r"|\bwhat (?:do|did|can|else|all)(?: \w+){0,3} (?:know|tell|remember|have|recall|say)(?: \w+){0,2} (?:about|on|of)\b|\b(?:describe|overview of|profile of|bio of|introduce|page (?:on|of|about|for))\b"
)
_IS_WHAT: Final = re.compile(
    r"^(?:so |and )?(?:who|what)(?:'s| is| are| was| were)(?: exactly| again)? (?:the |a |an |our |this )?"
)
_KIN: Final = re.compile(
    r"\b(?:related|connected|linked|relation(?:ship)? (?:of|between)|connection between|have to do with|know each other|associated)\b"
)
_WHO_AM_I: Final = re.compile(
    r"\bwho (?:am i|i am)\b|\b(?:about|describe|know|introduce|profile of) me\b|\bmy (?:profile|bio|biography)\b|\bmyself\b"
)
_PAST: Final = re.compile(r"\b(?:did|was|were|had|used to|yesterday|ago|last)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the record knows of a question.

    `keypath` is one that the question names and something lives at; `entities` and `users` are the names in it that
    are known as such; `is_personal`: it is asked about one user, who may be "I" in it.
    """

    keypath: str | None = None
    entities: Sequence[str] = ()
    users: Sequence[str] = ()
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a question names, both included."""

    first: date
    last: date


def guesses(question: str, known: Known, today: date) -> list[Guess]:
    """The best first; the last resort, a hybrid search, is always among them."""
    plain = " ".join(question.replace("’", "'").split())
    lower = plain.lower()
    span = span_of(plain, today)
    found = [
        *_keypath(plain, lower, known),
        *_count(lower),
        *_decision(lower),
        *_time(lower, span),
        *_profile(lower, known, span),
        *_entity(lower, known),
        Guess(kind=RouteKind.HYBRID, why="nothing in it asks for anything in particular", confidence=LEAST),
    ]
    best: dict[RouteKind, Guess] = {}
    for guess in sorted(found, key=lambda one: -one.confidence):
        best.setdefault(guess.kind, guess)
    return list(best.values())


def paths_in(question: str) -> list[str]:
    """What may be keypaths in it, at most 5."""
    return list(dict.fromkeys(_PATH.findall(question)))[:5]


def counted_type(question: str) -> str | None:
    """The type of memory that it counts; None where any will do."""
    found = _COUNTED.search(question.lower())
    if found is None:
        return None
    return next((type_ for type_, words in _RECORDS.items() if type_ and re.fullmatch(words, found["what"])), None)


def is_at_odds(question: str) -> bool:
    return _AT_ODDS.search(question.lower()) is not None


def span_of(question: str, today: date) -> Span | None:
    """The first period that it names, by the calendar or counted from today."""
    asked, _ = asked_date(question)
    times = find_times(question, today, lambda _place: Tense.PAST)
    if times:
        return Span(times[0].first, times[0].last)
    if asked is None or asked.year is None:
        return None
    return _calendar(asked.year, asked.month, asked.day)


def _calendar(year: int, month: int | None, day: int | None) -> Span | None:
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return Span(first, first)
        after = date(year + (month in (None, 12)), 1 if month in (None, 12) else (month or 0) + 1, 1)
    except ValueError:  # 31 February, or the year after 9999
        return None
    return Span(first, after - timedelta(days=1))


def _keypath(plain: str, lower: str, known: Known) -> Iterator[Guess]:
    whole = _PATH.fullmatch(plain.rstrip("?!. ")) is not None
    if known.keypath:
        sure = 0.98 if whole else 0.92
        yield Guess(kind=RouteKind.KEYPATH, why=f"something lives at {known.keypath}", confidence=sure)
    elif paths_in(plain) and _AT_PATH.search(lower):
        yield Guess(kind=RouteKind.KEYPATH, why="it asks for what stands at a keypath", confidence=0.75)
    elif whole and folded(plain) not in {folded(name) for name in known.entities}:
        yield Guess(kind=RouteKind.KEYPATH, why="it is written as a keypath", confidence=0.6)


def _count(lower: str) -> Iterator[Guess]:
    if found := _COUNTED.search(lower):
        yield Guess(kind=RouteKind.COUNT, why=f"it counts {found['what']}", confidence=0.93)
    elif _TIMES_SAID.search(lower):
        yield Guess(kind=RouteKind.COUNT, why="it asks how often something was said", confidence=0.9)


def _decision(lower: str) -> Iterator[Guess]:
    if _AT_ODDS.search(lower):
        yield Guess(kind=RouteKind.DECISION, why="it asks what does not hold together", confidence=0.88)
    elif found := _DECIDED.search(lower):
        yield Guess(kind=RouteKind.DECISION, why=f'it asks what was chosen ("{found[0]}")', confidence=0.85)


def _time(lower: str, span: Span | None) -> Iterator[Guess]:
    if found := _WHEN.search(lower):
        yield Guess(kind=RouteKind.TIME, why=f'it asks for a time ("{found[0].strip()}")', confidence=0.87)
    elif span is not None:
        sure = 0.86 if _HAPPENED.search(lower) else 0.7
        days = f"{span.first} to {span.last}" if span.first != span.last else f"{span.first}"
        yield Guess(kind=RouteKind.TIME, why=f"it names a time ({days})", confidence=sure)


def _profile(lower: str, known: Known, span: Span | None) -> Iterator[Guess]:
    is_self = known.is_personal and asks_of_self(lower)
    if is_self and _WHO_AM_I.search(lower):
        yield Guess(kind=RouteKind.PROFILE, why="it asks about the user as a whole", confidence=0.92)
    if not (is_self or known.users):
        return
    name = known.users[0] if known.users else "the user"
    if known.users and (_ABOUT.search(lower) or _names_only(lower, known.users)):
        yield Guess(kind=RouteKind.PROFILE, why=f"{name} is a user, asked about as a whole", confidence=0.9)
    fields = fields_of(lower)
    if fields and span is None and not _PAST.search(lower):
        told = ", ".join(field.value for field in fields)
        yield Guess(kind=RouteKind.PROFILE, why=f"it asks for {told} of {name}", confidence=0.89)


def _entity(lower: str, known: Known) -> Iterator[Guess]:
    if not known.entities:
        return
    name = known.entities[0]
    if _names_only(lower, known.entities):
        yield Guess(kind=RouteKind.ENTITY, why=f"{name} is known, and all that it names", confidence=0.89)
    elif _ABOUT.search(lower) or _KIN.search(lower):
        yield Guess(kind=RouteKind.ENTITY, why=f"it asks what is known of {name}", confidence=0.84)


def _names_only(lower: str, names: Sequence[str]) -> bool:
    """Whether nothing but a name is left of it, or "who is" a name."""
    rest = folded(_IS_WHAT.sub("", lower, count=1).strip(" ?!.\"'"))
    return rest in {folded(name) for name in names}
