"""Names with their types. Mentions of one name share one type, whatever single mentions suggest."""

import re
from collections import Counter
from collections.abc import Sequence

from app.domain.graph import EntityType
from app.domain.vocabulary import VocabularyTerm
from app.extraction.findings import FoundEntity, FoundTime
from app.extraction.names import Name, find_names
from app.extraction.naming import LEFT, PERSON, PLACE, Votes, around, is_address, votes
from app.extraction.reading import Reading

ROLES = frozenset({"user", "agent", "assistant", "system", "tool", "human", "bot"})
_STRONG = 3.0
_COORDINATED = re.compile(r"\s*(?:,|and|or|&|, and)\s+")


def find_entities(
    reading: Reading, times: Sequence[FoundTime], vocabulary: dict[str, VocabularyTerm]
) -> list[FoundEntity]:
    """Every mention of a name, in order of the text."""
    people = _speakers(reading)
    names = find_names(reading, times, people, vocabulary)
    types = _types(reading, names, people, vocabulary)
    counts = Counter(name.text for name in names)
    return [
        FoundEntity(
            name=vocabulary[name.text.lower()].name if name.text.lower() in vocabulary else name.text,
            type=types[name.text],
            start=name.start,
            end=name.end,
            salience=_salience(reading, name, counts[name.text]),
        )
        for name in names
    ]


def _speakers(reading: Reading) -> frozenset[str]:
    """Names of those who talk, whole and by word, in lower case; roles such as "user" are no names."""
    found: set[str] = set()
    for speaker in (reading.turn.speaker, reading.turn.previous_speaker):
        if speaker and speaker.lower() not in ROLES:
            found |= {speaker.lower(), *speaker.lower().split()}
    return frozenset(found)


def _types(
    reading: Reading, names: Sequence[Name], people: frozenset[str], vocabulary: dict[str, VocabularyTerm]
) -> dict[str, EntityType]:
    """The winner of each name's points, from all its mentions and from the turn before."""
    totals: dict[str, Votes] = {}
    own = [votes(reading, name) for name in names]
    for i, name in enumerate(names):
        total = totals.setdefault(name.text, Counter())
        total.update(own[i])
        if i and _is_region(reading, names[i - 1], name):
            total[PLACE] += 2.5  # type: ignore[assignment]  # Counter is typed for whole numbers
        for j in (i - 1, i + 1):
            if 0 <= j < len(names) and _coordinated(reading, names[min(i, j)], names[max(i, j)]):
                total.update({kind: points / 3 for kind, points in own[j].items() if points > 0})
    if reading.turn.previous:
        for text, total in totals.items():
            total.update(_before(reading.turn.previous, text))
    return {text: _winner(text, total, people, vocabulary) for text, total in totals.items()}


def _winner(text: str, total: Votes, people: frozenset[str], vocabulary: dict[str, VocabularyTerm]) -> EntityType:
    lower = text.lower()
    if term := vocabulary.get(lower):
        return term.type
    if lower in people or _is_nickname(lower, people):
        return PERSON
    order = list(EntityType)
    return max(order, key=lambda kind: (total[kind], -order.index(kind)))


def _is_nickname(lower: str, people: frozenset[str]) -> bool:
    """ "Bel" for Belinda: the beginning of a speaker's name."""
    return len(lower) >= 3 and any(name.startswith(lower) for name in people)


def _is_region(reading: Reading, city: Name, name: Name) -> bool:
    """ "Edinburgh, Scotland": what stands behind a city, and is not known for anything else."""
    return city.labels == {"PLACE"} and not name.labels and reading.text[city.end : name.start] == ", "


def _coordinated(reading: Reading, one: Name, other: Name) -> bool:
    return bool(_COORDINATED.fullmatch(reading.text[one.end : other.start]))


def _before(previous: str, text: str) -> Votes:
    """What the turn before said a name is: "our cat Olive"."""
    found: Votes = Counter()
    for match in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", previous):
        left = previous[max(0, match.start() - 40) : match.start()].lower()
        for pattern, kind, points in LEFT:
            if points >= _STRONG and pattern.search(left):
                found[kind] += points  # type: ignore[assignment]  # Counter is typed for whole numbers
    return found


def _salience(reading: Reading, name: Name, count: int) -> float:
    """A name that is only called out to is least central; one that opens the sentence or returns, most."""
    if is_address(reading, name):
        return 0.1
    left, _ = around(reading, name)
    return min(1.0, 0.5 + 0.2 * (not left.strip()) + 0.1 * count)
