"""What a model answered, held against the text: only what stands there is let through."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.adapters.llm.answers import Answer, AnsweredFact, AnsweredRelation
from app.domain.text import folded, unstorable
from app.ports.models import Account, Prose, ReadFact, ReadName, ReadTie

MAX_SPANS: Final = 20
_PLAIN: Final = str.maketrans("‘’“”\u00a0", "''\"\" ")
"""Marks that models like to change, each one character for one: places in the text stay what they are."""
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_CALENDAR: Final = frozenset(
    [
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("i", "the"),
    ]
)
_DAYS, _YEARS = 31, 150


@dataclass(slots=True)
class Grounded:
    """An account of what stands in the text, and what was left out of it and why."""

    account: Account
    wrong: list[str] = field(default_factory=list)


def grounded(answer: Answer, prose: Prose) -> Grounded:
    wrong: list[str] = []
    text = prose.text.translate(_PLAIN)
    names = list(_names(answer, text, wrong))
    known = {folded(one.name) for one in names} | ({folded(prose.speaker)} if prose.speaker else set())
    ties = [_tie(one) for place, one in enumerate(answer.relations) if _is_tie(place, one, known, wrong)]
    source = _Source(prose, text, known)
    facts = [fact for place, one in enumerate(answer.facts) if (fact := _fact(place, one, source, wrong)) is not None]
    account = Account(kind=answer.kind, type=answer.type, names=tuple(names), ties=tuple(ties), facts=tuple(facts))
    return Grounded(account, wrong)


def _names(answer: Answer, text: str, wrong: list[str]) -> Iterator[ReadName]:
    """Each name once, as the text has it."""
    met: set[str] = set()
    for place, entity in enumerate(answer.entities):
        spans = tuple(_places(entity.name, text))
        if not spans:
            wrong.append(f"entities.{place}.name: does not stand in the text")
        elif folded(entity.name) not in met:
            met.add(folded(entity.name))
            start, end = spans[0]
            yield ReadName(name=text[start:end], type=entity.type, spans=spans)


def _is_tie(place: int, told: AnsweredRelation, known: set[str], wrong: list[str]) -> bool:
    ends = [folded(told.source), folded(told.target)]
    missing = [end for end in ends if end not in known]
    if missing:
        wrong.append(f"relations.{place}: source and target must each be one of your entities or the speaker")
    elif ends[0] == ends[1]:
        wrong.append(f"relations.{place}: source and target are the same")
    return not missing and ends[0] != ends[1]


def _tie(told: AnsweredRelation) -> ReadTie:
    return ReadTie(source=told.source, type=told.type, target=told.target, since=told.since)


def _fact(place: int, told: AnsweredFact, source: "_Source", wrong: list[str]) -> ReadFact | None:
    span = next(_places(told.quote, source.text), None)
    statement = " ".join(told.statement.split())
    problem = _unsound(statement) or source.lacks(statement)
    if span is None:
        wrong.append(f"facts.{place}.quote: does not stand in the text")
    elif problem:
        wrong.append(f"facts.{place}.statement: {problem}")
    else:
        return ReadFact(
            statement=statement,
            kind=told.kind,
            type=told.type,
            start=span[0],
            end=span[1],
            names=tuple(dict.fromkeys(name for name in told.entities if folded(name) in source.names)),
            occurred=told.occurred,
            valid_from=told.valid_from,
        )
    return None


def _unsound(statement: str) -> str | None:
    if not statement or unstorable(statement):
        return "is not a sentence"
    if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn"} for character in statement):
        return "has characters that cannot be seen"
    return None


class _Source:
    """The words that a statement may take its names and numbers from."""

    def __init__(self, prose: Prose, text: str, names: Collection[str]) -> None:
        """`text` with its marks made plain; `names`, folded, are those that were found."""
        self.text, self.names = text, names
        said = " ".join(part for part in (prose.text, prose.speaker, prose.before) if part)
        self._words = {folded(word) for word in _WORD.findall(said)}
        self._year = prose.at.year

    def lacks(self, statement: str) -> str | None:
        """The first name or number that is nowhere said, in words; dates may be worked out."""
        for place, word in enumerate(_WORD.findall(statement)):
            if not (folded(word) in self._words or self._is_free(word, is_first=place == 0)):
                return f"{word[:40]!r} is not in the text"
        return None

    def _is_free(self, word: str, *, is_first: bool) -> bool:
        if word.isdecimal():
            number = int(word[:9])
            return number <= _DAYS or abs(number - self._year) <= _YEARS
        return is_first or word[0].islower() or word.casefold() in _CALENDAR or not word[0].isupper()


def _places(said: str, text: str) -> Iterator[tuple[int, int]]:
    """Where it stands as whole words, whatever its case and white space; at most `MAX_SPANS` places."""
    parts: Sequence[str] = said.translate(_PLAIN).split()
    if not parts:
        return
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, parts)) + r"(?!\w)"
    found = re.finditer(pattern, text, re.IGNORECASE)
    for _, match in zip(range(MAX_SPANS), found, strict=False):
        yield match.span()
