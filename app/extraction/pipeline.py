"""The line of steps from turns to findings."""

from collections.abc import Sequence

from app.extraction.categories import categories
from app.extraction.classify import classify, main_sentence
from app.extraction.entities import find_entities
from app.extraction.facts import find_facts
from app.extraction.filler import statements
from app.extraction.findings import Finding, Turn
from app.extraction.reading import Reading, read
from app.extraction.relations import find_relations
from app.extraction.times import find_times
from app.extraction.vocabulary import EMPTY, Vocabulary, laid_over
from app.ports.models import Analyzer

RULES = "rules-2"


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

    def _one(self, reading: Reading, vocabulary: Vocabulary) -> Finding:
        times = find_times(reading.text, reading.turn.at.date(), reading.tense_at)
        entities = find_entities(reading, times, vocabulary.by_name)
        entities = laid_over(entities, vocabulary.mentions(reading.text) if vocabulary else ())
        said = statements(reading, entities, times)
        if isinstance(said, str):
            return Finding(skip_reason=said, entities=tuple(entities), times=tuple(times))
        main = classify(reading, main_sentence(reading, said, entities, times), times)
        return Finding(
            kind=main.kind,
            type=main.type,
            categories=categories(reading, main.type),
            entities=tuple(entities),
            times=tuple(times),
            relations=tuple(find_relations(reading, said, entities, times)),
            facts=tuple(find_facts(reading, said, entities, times)),
        )
