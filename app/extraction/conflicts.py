"""What a new statement does to an old one: replaces, contradicts, adds to it, or has nothing to do with it.

Both are read into claims: of whom, about what, which value. A claim replaces another only when the subject and the
slot are the same, the slot holds one value at a time, and the new one says that something changed. Anything
short of that is left beside the old one: superseding wrongly is the costly error.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from app.extraction import matters
from app.extraction.claims import Claim, claims
from app.extraction.clauses import Clause, Standing, clauses, timeless
from app.extraction.values import amounts, value_stems, when

RELATED_COSINE = 0.55
NEAR_COSINE = 0.8


class Effect(StrEnum):
    REPLACES = "replaces"
    CONTRADICTS = "contradicts"
    ADDS = "adds"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence in the third person or, with its speaker, in the first. `said` is when it was said."""

    text: str
    speaker: str | None = None
    said: date | None = None
    occurred: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Confidence is 0..1."""

    effect: Effect
    reason: str
    confidence: float


_EXCLUSIVE = frozenset(
    {
        "home",
        "place",
        "employer",
        "name",
        "partner",
        "owner",
        "origin",
        "made with",
        "gives",
        "identity",
        "kind",
        "team",
        "study",
    }
)
_ONLY_WHEN_CHANGED = frozenset({"role", "version", "use"})
_SAID = {"identity": "who or what it is", "kind": "what it is", "use": "what is used", "origin": "where it is from"}
_RANK = {Effect.REPLACES: 0, Effect.CONTRADICTS: 1, Effect.ADDS: 2, Effect.UNRELATED: 3}
_COMPARED = re.compile(r"^(?P<one>.+?) (?:is|are) (?P<how>\w+er|more \w+|less \w+) than (?P<other>.+)$")
_NAME = re.compile(r"(?<=[\w,] )[^\W\d_a-z]\w*")
_REST = re.compile(
    r", (?=\D)|\s(?:between|and|but|because|since|so|two|three|\d+ (?:days|weeks|months))\s|\s(?:on|in|from) \d"
)
_TAIL = re.compile(r" (?:for|on|during|as|with) (.+)$")
_GENERAL = re.compile(r"^(?:the|our|we|i|all|every) ")


def judge(new: Statement, old: Statement, cosine: float | None = None) -> Verdict:
    """What `new` does to `old`. `cosine` is of their embeddings, None when there is none."""
    if new.said and old.said and new.said < old.said:
        return Verdict(effect=Effect.ADDS, reason="it is older than what is stored", confidence=0.6)
    mine, theirs = _sides(new.text, new.speaker), _sides(old.text, old.speaker)
    verdicts = [verdict for a in mine for b in theirs for verdict in _between(a, b)]
    if verdicts:
        best = strongest(verdicts)
        return replace(best, reason=_as_written(best.reason, f"{new.text} {old.text}"))
    return _otherwise(mine, theirs, cosine)


def _as_written(reason: str, text: str) -> str:
    """With the capitals that its words have inside the sentences that it speaks of."""
    capitals = {word.casefold(): word for word in _NAME.findall(text)}
    return re.sub(r"\w+", lambda match: capitals.get(match[0], match[0]), reason)


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """Of several on one pair: what ends something goes before what is in doubt, and that before what ends nothing."""
    return min(verdicts, key=lambda v: (_RANK[v.effect], -v.confidence))


def tells_of_change(text: str, speaker: str | None) -> bool:
    """Whether something is said to be so from now on, to be over or to have been wrong, and not only planned or asked."""
    return any(_tells_of_change(side) for side in _sides(text, speaker))


def _tells_of_change(side: "_Side") -> bool:
    if side.clause.standing not in (Standing.FACT, Standing.OCCASION):
        return False
    is_said = side.clause.is_changed or side.clause.is_corrected or bool(side.clause.not_this)
    return is_said or any(claim.is_event or claim.slot == "instead" for claim in side.claims)


@dataclass(frozen=True, slots=True)
class _Side:
    """A clause with what it claims. `content` are its stems, with the speaker where it says "I" or "my"."""

    clause: Clause
    claims: tuple[Claim, ...]
    content: frozenset[str]
    told: matters.Told


@lru_cache(maxsize=1_024)
def _sides(text: str, speaker: str | None) -> tuple[_Side, ...]:
    """Read once for all the statements that it is held against."""
    return tuple(
        _Side(one, tuple(claims(one, speaker)), _content(one, speaker), matters.told(one, speaker))
        for one in clauses(text)
    )


def _content(clause: Clause, speaker: str | None) -> frozenset[str]:
    is_own = re.search(r"\b(?:i|we|my|our|me|us)\b", clause.text)
    return value_stems(clause.text) | ({(speaker or "i").casefold()} if is_own else frozenset())


def _moments(clause: Clause) -> frozenset[str]:
    """The stems that only say since when something is over; what "no longer" holds on some days may hold on others."""
    if clause.ended_by in {"", "no longer"} and " since " not in clause.text:
        return frozenset()
    return value_stems(clause.text) - value_stems(timeless(clause.text))


def _between(new: _Side, old: _Side) -> Iterator[Verdict]:
    """What one clause does to another. Of what is not a fact, nothing is replaced and it replaces nothing."""
    theirs = old.claims
    for mine in new.claims:
        if mine.slot == "instead":
            yield from _instead(mine, new, old)
            continue
        for other in theirs:
            if _same_subject(mine, other) and _same_slot(mine, other):
                yield _of_claims(mine, other, new, old)
    yield from _same_words(new, old)
    yield from _not_this(new, old)
    yield from _same_frame(new, old)
    yield from _turned_around(new, old)


def _is_settled(new: _Side, old: _Side, *, is_event: bool) -> bool:
    """Whether both say how things are; what changes by an event may also have happened on one occasion."""
    if old.clause.standing is not Standing.FACT or old.clause.is_of_old:
        return False
    return new.clause.standing is Standing.FACT or (is_event and new.clause.standing is Standing.OCCASION)


def _of_claims(mine: Claim, other: Claim, new: _Side, old: _Side) -> Verdict:
    is_event = mine.is_event
    if not _is_settled(new, old, is_event=is_event):
        return _adds("one is a plan, a memory or a report, not how things stand")
    if _same_value(mine, other):
        if mine.is_denied == other.is_denied:
            return _adds(f"both say the same of {_matter(mine.slot)}")
        if new.clause.is_more or (mine.is_denied and _is_exception(new, old)):
            return _adds("it holds of a part only")
        return _opposite(_matter(mine.slot), new, is_event=is_event)
    if mine.is_denied or other.is_denied:
        return _adds("one denies a value, the other gives another")
    return _other_value(mine, other, new)


def _is_exception(new: _Side, old: _Side) -> bool:
    """ "No longer for sessions", "not on Fridays", where the old one says nothing of sessions or Fridays."""
    return any(not value_stems(tail) <= old.content for tail in _TAIL.findall(new.clause.text))


def _other_value(mine: Claim, other: Claim, new: _Side) -> Verdict:
    slot = mine.slot
    changed = mine.is_event or new.clause.is_changed
    moves = (
        mine.is_event and slot == "home"
    )  # "Paul moved to Porto as well": as others did, and away from where he lived
    if (new.clause.is_more and not moves) or _is_partial(mine, other):
        return _adds("it gives a second value")
    if slot == "use" and not any({mine.value, other.value} <= family for family in matters.FAMILIES):
        return _adds("one may use several")
    if new.clause.is_corrected:
        return Verdict(
            effect=Effect.REPLACES, reason=f"corrected: {_matter(slot)} is {_told(mine.value)}", confidence=0.9
        )
    if changed:
        return Verdict(effect=Effect.REPLACES, reason=f"{_matter(slot)} is now {_told(mine.value)}", confidence=0.85)
    if slot in _ONLY_WHEN_CHANGED:
        return _adds("both may hold")
    return Verdict(effect=Effect.CONTRADICTS, reason=f"two values for {_matter(slot)}", confidence=0.6)


def _matter(slot: str) -> str:
    """A slot as one says it."""
    name = slot.partition("|")[0]
    if name.startswith("when "):
        return "the time"
    if name.startswith("amount"):
        unit = name.removeprefix("amount").strip()
        return f"the number of {unit}" if unit.isalpha() else "the number"
    return _SAID.get(name, name.removeprefix("state ").removeprefix("is "))


def _told(value: str) -> str:
    """A value without what follows it: when, and the rest of the sentence."""
    return timeless(_REST.split(value, maxsplit=1)[0])


def _is_partial(mine: Claim, other: Claim) -> bool:
    """Said of different times or purposes, so that both may hold."""
    purpose = [re.findall(r" (?:for|as) (\w.+)$", claim.clause.text) for claim in (mine, other)]
    if mine.slot == "use" and purpose[0] and purpose[0] != purpose[1]:
        return True
    times = [when(claim.clause.text) for claim in (mine, other)]
    return mine.slot.startswith("state") and all(times) and times[0] != times[1]


def _same_slot(mine: Claim, other: Claim) -> bool:
    a, _, verb = mine.slot.partition("|")
    b, _, other_verb = other.slot.partition("|")
    if a != b or (verb and other_verb and verb != other_verb):
        return False
    return (
        a in _EXCLUSIVE
        or a in _ONLY_WHEN_CHANGED
        or a.startswith(("is ", "when ", "amount", "state "))
        or _same_value(mine, other)
    )


def _same_value(mine: Claim, other: Claim) -> bool:
    if mine.value == other.value:
        return True
    if mine.slot.startswith(("is ", "when ", "amount", "state ", "version")):
        return False
    a, b = value_stems(mine.value), value_stems(other.value)
    return bool(a and b) and (a <= b or b <= a)


def _same_subject(mine: Claim, other: Claim) -> bool:
    """ "We" may be "I" in what one does, not in where one lives."""
    a, b = mine.subject, other.subject
    if "we" in a.stems ^ b.stems and mine.slot in {"home", "place"}:
        return False
    return a.is_same(b)


def _opposite(matter: str, new: _Side, *, is_event: bool) -> Verdict:
    """The same said and denied: a change when the new one says so, else two voices."""
    if new.clause.is_changed or is_event or new.clause.is_corrected:
        return Verdict(effect=Effect.REPLACES, reason=f"no longer so: {matter}", confidence=0.9)
    return Verdict(effect=Effect.CONTRADICTS, reason=f"one says it of {matter}, the other denies it", confidence=0.75)


def _instead(mine: Claim, new: _Side, old: _Side) -> Iterator[Verdict]:
    """ "From A to B", "B instead of A": what says A of the same subject, or of us in general, is replaced."""
    ended = value_stems(mine.old_value)
    if not ended or not ended <= value_stems(old.clause.text) or old.clause.is_denied:
        return
    if not (
        mine.subject.stems - {"we"} <= old.content
        or (_GENERAL.match(new.clause.text) and _GENERAL.match(old.clause.text))
    ):
        return
    if _is_settled(new, old, is_event=True):
        yield Verdict(effect=Effect.REPLACES, reason=f"from {mine.old_value} to {_told(mine.value)}", confidence=0.95)
    else:
        yield _adds("one is a plan, a memory or a report, not how things stand")


def _same_words(new: _Side, old: _Side) -> Iterator[Verdict]:
    """The same words said and denied. What ends a part of what was said ends all of it, but not the other way round."""
    if new.clause.is_denied == old.clause.is_denied:
        return
    mine = new.content - _moments(new.clause)
    part, whole = (mine, old.content) if new.clause.is_denied else (old.content, mine)
    if len(part) < 2 or not part <= whole or old.clause.is_told:
        return
    if not _can_end(new.clause.ended_by, old.clause.text):
        return
    if not _is_settled(new, old, is_event=bool(new.clause.ended_by)):
        yield _adds("one is a plan, a memory or a report, not how things stand")
    elif not new.clause.is_more:
        yield _opposite("the same words", new, is_event=bool(new.clause.ended_by))


def _can_end(ending: str, text: str) -> bool:
    """What is finished was going on; what is sold was had; a liking is not over because a thing is."""
    if ending in {"finished", "completed", "done with"}:
        return re.search(r"\w{2,}ing\b", text) is not None
    if ending == "sold":
        return re.search(r"\b(?:have|has|owns?|drives?|rents?|keeps?|uses?|rides?)\b", text) is not None
    return ending not in {"dropped", "abandoned"} or not re.search(r"\b(?:likes?|loves?|enjoys?|hates?)\b", text)


def _not_this(new: _Side, old: _Side) -> Iterator[Verdict]:
    """ "B, not A": what says A in other words of the same kind was wrong, or is over."""
    refused = value_stems(new.clause.not_this)
    shared = (new.content & old.content) - refused
    is_refused = bool(refused) and refused <= old.content and not old.clause.is_denied
    if is_refused and shared and _is_settled(new, old, is_event=False):
        yield Verdict(effect=Effect.REPLACES, reason=f"not {new.clause.not_this}", confidence=0.9)


def _same_frame(new: _Side, old: _Side) -> Iterator[Verdict]:
    """The same words around another number or time."""
    if new.clause.is_denied or old.clause.is_denied or new.clause.is_more or new.clause.is_told or old.clause.is_told:
        return
    if not _frame(new) or _frame(new) != _frame(old) or not _is_settled(new, old, is_event=False):
        return
    mine, other = _figures(new.clause.text), _figures(old.clause.text)
    if sum(mine[key] != other[key] for key in mine.keys() & other.keys()) == 1:
        is_change = new.clause.is_changed or new.clause.is_corrected
        effect = Effect.REPLACES if is_change else Effect.CONTRADICTS
        yield Verdict(
            effect=effect, reason="the same words around another figure", confidence=0.8 if is_change else 0.6
        )


def _figures(text: str) -> dict[str, str]:
    return when(text) | {f"amount {number} {one.unit}": one.number for number, one in enumerate(amounts(text))}


def _frame(side: _Side) -> frozenset[str]:
    words = re.sub(r"\S*\d\S*", " ", side.clause.text)
    figures = value_stems(" ".join(when(side.clause.text).values()))
    numbers = value_stems("no one two three four five six seven eight nine ten eleven twelve")
    return value_stems(words) - figures - numbers


def _turned_around(new: _Side, old: _Side) -> Iterator[Verdict]:
    """ "Max is taller than Leo", "Leo is taller than Max"."""
    mine, other = _COMPARED.match(new.clause.text), _COMPARED.match(old.clause.text)
    if mine and other and (mine["one"], mine["how"], mine["other"]) == (other["other"], other["how"], other["one"]):
        yield Verdict(effect=Effect.CONTRADICTS, reason="each is said to exceed the other", confidence=0.8)


def _adds(reason: str) -> Verdict:
    return Verdict(effect=Effect.ADDS, reason=reason, confidence=0.6)


def _otherwise(mine: Sequence[_Side], theirs: Sequence[_Side], cosine: float | None) -> Verdict:
    """Without two claims about one thing, only nearness is left, and it never supersedes."""
    pairs = [(a.told, b.told) for a in mine for b in theirs]
    if all(matters.is_apart(*pair) for pair in pairs) and (cosine is None or cosine < NEAR_COSINE):
        return Verdict(effect=Effect.UNRELATED, reason="of somebody or something else", confidence=0.6)
    if any(matters.is_one_matter(*pair) for pair in pairs) or (cosine is not None and cosine >= RELATED_COSINE):
        return Verdict(effect=Effect.ADDS, reason="about the same things", confidence=0.5)
    return Verdict(effect=Effect.UNRELATED, reason="about different things", confidence=0.6)
