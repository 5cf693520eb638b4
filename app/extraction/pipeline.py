"""The line of steps from turns to findings."""

from collections.abc import Sequence
from dataclasses import replace

from app.extraction.categories import categories, sentence_categories
from app.extraction.classify import classified
from app.extraction.entities import find_entities
from app.extraction.facts import fact_of, find_facts
from app.extraction.filler import phrases, statements
from app.extraction.findings import Finding, FoundEntity, FoundStatement, FoundTime, Turn
from app.extraction.reading import Reading, read
from app.extraction.relations import find_relations
from app.extraction.separating import separated
from app.extraction.times import find_times
from app.extraction.vocabulary import EMPTY, Vocabulary, laid_over
from app.ports.models import Analyzer

RULES = "rules-2"
_CALLED = 0.1
"""The salience of a name that only calls somebody. Whoever tells of themselves calls nobody: there it may be a place."""


class Extractor:
    """Names, times, kind, type, relations and facts of turns. Pure and deterministic; blocks while it works."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    @property
    def version(self) -> str:
        """Of the rules and of the analyzer: what was found under another one may be found again."""
        return f"{RULES}+{self._analyzer.name}"

    def extract(self, turns: Sequence[Turn], *, taught: Sequence[Vocabulary] = ()) -> list[Finding]:
        """One finding a turn, in order. `taught` are the vocabularies of the turns' projects, one a turn."""
        analyses = self._analyzer.analyze([turn.text for turn in turns])
        vocabularies = taught or [EMPTY] * len(turns)
        return [
            self._one(read(turn, analysis), vocabulary)
            for turn, analysis, vocabulary in zip(turns, analyses, vocabularies, strict=True)
        ]

    def talk(self, turns: Sequence[Turn]) -> list[str | None]:
        """For each turn what set phrases it consists of, or None where it says anything else."""
        analyses = self._analyzer.analyze([turn.text for turn in turns])
        readings = [read(turn, analysis) for turn, analysis in zip(turns, analyses, strict=True)]
        return [phrases(reading, *_names_and_times(reading, EMPTY)) for reading in readings]

    def state(self, turns: Sequence[Turn], *, taught: Vocabulary = EMPTY) -> list[list[FoundStatement]]:
        """What each turn states, a sentence at a time, with nothing that says something left out."""
        apart = [replace(turn, text=separated(turn.text)) for turn in turns]
        analyses = self._analyzer.analyze([turn.text for turn in apart])
        return [_statements(read(turn, analysis), taught) for turn, analysis in zip(apart, analyses, strict=True)]

    def _one(self, reading: Reading, vocabulary: Vocabulary) -> Finding:
        entities, times = _names_and_times(reading, vocabulary)
        said = statements(reading, entities, times)
        if isinstance(said, str):
            return Finding(skip_reason=said, entities=tuple(entities), times=tuple(times))
        main = classified(reading, said, entities, times)
        return Finding(
            kind=main.kind,
            type=main.type,
            categories=categories(reading, main.type),
            entities=tuple(entities),
            times=tuple(times),
            relations=tuple(find_relations(reading, said, entities, times)),
            facts=tuple(find_facts(reading, said, entities, times)),
        )


def _names_and_times(reading: Reading, vocabulary: Vocabulary) -> tuple[list[FoundEntity], list[FoundTime]]:
    times = find_times(reading.text, reading.turn.at.date(), reading.tense_at)
    entities = find_entities(reading, times, vocabulary.by_name)
    return list(laid_over(entities, vocabulary.mentions(reading.text) if vocabulary else ())), list(times)


def _statements(reading: Reading, vocabulary: Vocabulary) -> list[FoundStatement]:
    entities, times = _names_and_times(reading, vocabulary)
    said = statements(reading, entities, times)
    if isinstance(said, str):
        return []
    named = [entity for entity in entities if entity.salience > _CALLED]
    facts = [(sentence, fact_of(reading, sentence, named, times)) for sentence in said if not sentence.is_question]
    return [
        FoundStatement(fact=fact, categories=sentence_categories(reading, sentence, fact.type))
        for sentence, fact in facts
        if fact is not None
    ]
