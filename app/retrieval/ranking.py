"""A question against a scene: the signals in their order, then, for the best, token by token."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from app.domain.ids import MemoryId
from app.ports.models import TokenTable, TokenVectors
from app.retrieval import dates, fusion, signals
from app.retrieval.dates import AskedDate
from app.retrieval.fusion import Ranked
from app.retrieval.late import interaction
from app.retrieval.recipes import Recipe, Signal
from app.retrieval.scene import Rows, Scene, Values
from app.retrieval.terms import tells, terms_of, without_names
from app.retrieval.traits import plain, stems_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question made ready. `text` is without the names of those who speak and without the date that it asks for.

    `at` is the moment whose truth is asked for; None where what is over will do.
    """

    text: str
    terms: Sequence[str]
    stems: Sequence[str]
    names: Collection[str]
    date: AskedDate | None
    when: bool
    at: datetime | None


def wanted(query: str, names: Collection[str], recipe: Recipe, *, at: datetime | None = None) -> Wanted:
    """`names` are those of people that the query holds.

    A date is taken out only where a signal of the recipe answers to it, and where words are left to look for.
    """
    nameless = without_names(query, names)
    date, dateless = dates.asked_date(nameless) if Signal.DATE in recipe.weights else (None, nameless)
    text = dateless if tells(dateless) else nameless
    terms = terms_of(text)
    return Wanted(
        text=text,
        terms=terms,
        stems=stems_of(" ".join(terms)),
        names=frozenset(plain(name) for name in names),
        date=date,
        when=dates.asks_when(query),
        at=None if date or dates.asks_of_the_past(query) else at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the sources said of the candidates; None: the source did not answer or was not asked.

    Of meaning only who was found: the record tells the cosines of all, so that none is judged on half of the evidence.
    """

    words: Mapping[MemoryId, float] | None
    meaning: Sequence[MemoryId] | None
    graph: Mapping[MemoryId, float] | None


class Part(NamedTuple):
    """One signal's part in a score: its value, 0..1, times its weight."""

    signal: Signal
    value: float
    weight: float


@dataclass(slots=True)
class Judgement:
    """The values of each signal, one a row of the scene, and the recipe without those that had nothing to say.

    `esteem` is what feedback thinks of each row; None where nobody gave any.
    """

    scene: Scene
    recipe: Recipe
    values: dict[Signal, Values] = field(default_factory=dict)
    esteem: Values | None = None

    @property
    def ranked(self) -> list[Ranked]:
        totals = fusion.scores(self.values, self.recipe, len(self.scene))
        totals = fusion.heeding(totals, self.esteem, self.recipe.heeded)
        return fusion.one_place_each(fusion.ordered(self.scene, totals), self.scene)

    def parts(self, row: int, shares: Mapping[Signal, float]) -> list[Part]:
        """What a row's score is the sum of. Feedback weighs by what the other signals give."""
        own = [Part(signal, round(float(self.values[signal][row]), 6), share) for signal, share in shares.items()]
        if self.esteem is None:
            return own
        heeded, whole = self.recipe.heeded, max(0.0, sum(part.value * part.weight for part in own))
        told = Part(Signal.FEEDBACK, round(float(self.esteem[row]), 6), heeded * whole)
        return [*(part._replace(weight=part.weight * (1 - heeded)) for part in own), told]

    def best(self) -> Rows:
        """The rows that are worth a closer look, best first."""
        totals = fusion.scores(self.values, self.recipe, len(self.scene))
        return np.argsort(-totals, kind="stable")[: self.recipe.rescored]

    def closer(self, question: TokenVectors, memories: TokenTable, rows: Rows) -> None:
        """Adds the comparison token by token. Where a memory has no token vectors, its cosine stands in,

        moved by what the comparison differs from the cosine elsewhere.
        """
        values, known = interaction(question, memories, self.scene)
        inside = np.intersect1d(rows, known)
        if not len(inside):
            return
        cosines = self.values.get(Signal.MEANING, np.zeros_like(values))
        rest = np.setdiff1d(rows, inside)
        shown = np.zeros_like(values)
        shown[inside] = values[inside]
        shown[rest] = np.clip(cosines[rest] + (values[inside] - cosines[inside]).mean(), 0, 1)
        self.values[Signal.TOKENS] = shown


def judged(scene: Scene, asked: Wanted, heard: Heard, recipe: Recipe) -> Judgement:
    """Every signal of the recipe but the tokens."""
    values = _values(scene, asked, heard, recipe)
    heard_of = {signal: found for signal, found in values.items() if signal in recipe.weights}
    return Judgement(scene, recipe, heard_of, signals.esteem(scene))


def spoken(judgement: Judgement) -> Judgement:
    """With the recipe cut to the signals that say something here, so that scores are parts of what was possible."""
    always = {Signal.WORDS, Signal.MEANING}
    speaking = [s for s, found in judgement.values.items() if s in always or found.any()]
    values = {s: judgement.values[s] for s in speaking}
    return replace(judgement, recipe=judgement.recipe.of(speaking), values=values)


def _values(scene: Scene, asked: Wanted, heard: Heard, recipe: Recipe) -> dict[Signal, Values]:
    values: dict[Signal, Values] = {}
    if heard.words is not None:
        window = signals.WINDOW[: recipe.reach * 2]
        found = scene.values(heard.words)
        values[Signal.WORDS] = signals.words(scene, asked.stems, window=window, found=found)
    if any(glimpse.cosine is not None for glimpse in scene.glimpses):
        cosines = scene.cosines
        values |= {
            Signal.MEANING: cosines,
            Signal.SESSION: signals.session(scene, cosines),
            Signal.ANSWER: signals.answer(scene, cosines),
            Signal.PREVIOUS: signals.previous(scene, cosines),
        }
    if heard.graph:
        values[Signal.GRAPH] = scene.values(heard.graph)
    return values | {
        Signal.WHO: signals.who(scene, asked.names),
        Signal.DATE: signals.date(scene, asked.date),
        Signal.SUBSTANCE: signals.substance(scene),
        Signal.WHEN: signals.when(scene) if asked.when else np.zeros(len(scene), dtype=np.float32),
        Signal.OUTDATED: signals.outdated(scene, asked.at),
    }
