"""The Analyzer port over spaCy: a blank English pipeline with gazetteers, or a trained one where it is installed.

spaCy and the gazetteers load on the first call, in the worker thread that makes it.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from typing import Any

from app.ports.models import Analysis, NamedSpan, Token

GAZETTEERS = {
    "given_names": "PERSON",
    "places": "PLACE",
    "technologies": "TECHNOLOGY",
    "brands": "ORGANIZATION",
}
TRAINED = "en_core_web_sm"
TRAINED_LABELS = {
    "PERSON": "PERSON",
    "ORG": "ORGANIZATION",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "FAC": "PLACE",
    "EVENT": "EVENT",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "PRODUCT",
    "LAW": "CONCEPT",
    "LANGUAGE": "CONCEPT",
}
NOT_NEEDED = ("tagger", "parser", "lemmatizer", "attribute_ruler")


@dataclass(frozen=True, slots=True)
class _Loaded:
    pipeline: Any
    matcher: Any


class SpacyAnalyzer:
    """Tokens and sentences by rule; names from gazetteers and, with a trained pipeline, from its recogniser."""

    def __init__(self, model: str | None = None) -> None:
        self._model = model or (TRAINED if find_spec(TRAINED) else None)
        self._loaded: _Loaded | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return f"spacy:{self._model or 'blank-en'}+gazetteers"

    def analyze(self, texts: Sequence[str]) -> list[Analysis]:
        loaded = self._ready()
        return [_analysis(doc, loaded.matcher) for doc in loaded.pipeline.pipe(texts, batch_size=256)]

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._model)
            return self._loaded


def _load(model: str | None) -> _Loaded:
    import spacy  # noqa: PLC0415 - half a second to import, and only extraction needs it
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - with spaCy

    pipeline = spacy.load(model, exclude=list(NOT_NEEDED)) if model else spacy.blank("en")
    if "senter" not in pipeline.pipe_names:
        pipeline.add_pipe("sentencizer", first=True)
    matcher = PhraseMatcher(pipeline.vocab, attr="ORTH")
    for file, label in GAZETTEERS.items():
        matcher.add(label, list(pipeline.tokenizer.pipe(_entries(file))))
    return _Loaded(pipeline, matcher)


def _entries(file: str) -> list[str]:
    return (resources.files("app.adapters") / "gazetteer" / f"{file}.txt").read_text("utf-8").split("\n")[:-1]


def _analysis(doc: Any, matcher: Any) -> Analysis:
    tokens = tuple(
        Token(token.text, token.idx, token.idx + len(token), token.text[:1].isalnum())
        for token in doc
        if not token.is_space
    )
    return Analysis(tokens, tuple(_sentences(doc)), tuple(_named(doc, matcher)))


def _sentences(doc: Any) -> Iterator[tuple[int, int]]:
    """Token ranges that count as the caller does: without the tokens that are only white space."""
    start = stop = 0
    begins = new_line = False
    for token in doc:
        begins = begins or token.is_sent_start
        if token.is_space:
            new_line = new_line or "\n" in token.text
            continue
        if stop > start and (begins or (new_line and not token.text[0].islower())):
            yield start, stop
            start = stop
        begins = new_line = False
        stop += 1
    if stop > start:
        yield start, stop


def _named(doc: Any, matcher: Any) -> Iterator[NamedSpan]:
    strings = doc.vocab.strings
    for key, start, stop in matcher(doc):
        yield NamedSpan(doc[start].idx, doc[stop - 1].idx + len(doc[stop - 1]), strings[key])
    for span in doc.ents:
        if label := TRAINED_LABELS.get(span.label_):
            yield NamedSpan(span.start_char, span.end_char, label)
