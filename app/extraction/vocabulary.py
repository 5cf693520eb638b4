"""A project's vocabulary made ready: all its names are looked for in one pass over a text, however many there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.text import folded
from app.domain.vocabulary import VocabularyTerm
from app.extraction import lexicon
from app.extraction.findings import FoundEntity

_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(slots=True)
class _Node:
    """Where the tokens read so far lead to; `names` are the spellings that end here, with their terms."""

    after: "dict[str, _Node]" = field(default_factory=dict)
    names: list[tuple[str, VocabularyTerm]] = field(default_factory=list)


class Vocabulary:
    """A trie over folded tokens."""

    def __init__(self, terms: Sequence[VocabularyTerm] = ()) -> None:
        self._root = _Node()
        self.by_name = {name.lower(): term for term in terms for name in (term.name, *term.aliases)}
        for term in terms:
            for name in (term.name, *term.aliases):
                self._add(name, term)

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def _add(self, name: str, term: VocabularyTerm) -> None:
        node = self._root
        for match in _TOKEN.finditer(name):
            node = node.after.setdefault(folded(match[0]), _Node())
        node.names.append((name, term))

    def mentions(self, text: str) -> list[FoundEntity]:
        """Every mention in order, the longest where several begin at one place; none overlap.

        Case and accents do not matter, but for a name that is an ordinary word: "Go" is not in "we go".
        """
        tokens = [(match.start(), match.end(), folded(match[0])) for match in _TOKEN.finditer(text)]
        found: list[FoundEntity] = []
        at = 0
        while at < len(tokens):
            stop, term = max(self._from(text, tokens, at), default=(at + 1, None), key=lambda each: each[0])
            if term is not None:
                start, end = tokens[at][0], tokens[stop - 1][1]
                found.append(
                    FoundEntity(
                        name=term.name, type=term.type, start=start, end=end, aliases=term.aliases, is_taught=True
                    )
                )
            at = stop
        return found

    def _from(
        self, text: str, tokens: Sequence[tuple[int, int, str]], first: int
    ) -> Iterator[tuple[int, VocabularyTerm]]:
        """The terms that begin at a token, with where each stops."""
        node: _Node | None = self._root
        for at in range(first, len(tokens)):
            node = node.after.get(tokens[at][2]) if node else None
            if node is None:
                return
            said = text[tokens[first][0] : tokens[at][1]]
            for name, term in node.names:
                if said == name or not lexicon.is_word(name.lower()):
                    yield at + 1, term
                    break


EMPTY: Final = Vocabulary()


def laid_over(found: Sequence[FoundEntity], taught: Sequence[FoundEntity]) -> list[FoundEntity]:
    """What was found, with what is taught in the place of all that it touches; as central as what stood there."""
    if not taught:
        return list(found)
    rest = [one for one in found if not any(_touch(one, term) for term in taught)]
    placed = [
        replace(term, salience=max((one.salience for one in found if _touch(one, term)), default=term.salience))
        for term in taught
    ]
    return sorted([*rest, *placed], key=lambda one: one.start)


def _touch(one: FoundEntity, other: FoundEntity) -> bool:
    return one.start < other.end and other.start < one.end
