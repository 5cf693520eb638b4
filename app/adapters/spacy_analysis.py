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
    """`words` holds the entries of one word, `matcher` the phrases, which it finds by their tokens."""

    pipeline: Any
    matcher: Any
    words: dict[str, tuple[str, ...]]


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
        """One thread at a time; what spaCy notes about the words of these texts is forgotten afterwards."""
        with self._lock:
            loaded = self._ready()
            with loaded.pipeline.memory_zone():
                return [_analysis(doc, loaded) for doc in loaded.pipeline.pipe(texts, batch_size=256)]

    def _ready(self) -> _Loaded:
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
    tokenizer: Any = pipeline.tokenizer
    words: dict[str, tuple[str, ...]] = {}
    for file, label in GAZETTEERS.items():
        entries = _entries(file)
        for entry in filter(str.isalpha, entries):
            words[entry] = (*words.get(entry, ()), label)
        matcher.add(label, list(tokenizer.pipe(entry for entry in entries if not entry.isalpha())))
    return _Loaded(pipeline, matcher, words)


def _entries(file: str) -> list[str]:
    return (resources.files("app.adapters.gazetteer") / f"{file}.txt").read_text("utf-8").split("\n")[:-1]


def _analysis(doc: Any, loaded: _Loaded) -> Analysis:
    tokens: list[Token] = []
    sentences: list[tuple[int, int]] = []
    first = 0
    for token, begins in _tokens(doc):
        if begins and len(tokens) > first:
            sentences.append((first, len(tokens)))
            first = len(tokens)
        tokens.append(token)
    if len(tokens) > first:
        sentences.append((first, len(tokens)))
    return Analysis(tuple(tokens), tuple(sentences), tuple(_named(doc, tokens, loaded)))


def _tokens(doc: Any) -> Iterator[tuple[Token, bool]]:
    """Tokens that are no white space, and whether a sentence or a line of its own begins with them.

    Read as columns: spaCy makes a new object for every look at a token.
    """
    from spacy.attrs import IDX, IS_SPACE, LENGTH, SENT_START  # noqa: PLC0415 - with spaCy

    text = doc.text
    rows = doc.to_array([IDX, LENGTH, IS_SPACE, SENT_START]).astype("int64").tolist() if len(doc) else []
    begins = new_line = False
    for start, length, is_space, sent_start in rows:
        word = text[start : start + length]
        begins = begins or sent_start == 1
        if is_space:
            new_line = new_line or "\n" in word
            continue
        yield Token(word, start, start + length, word[0].isalnum()), begins or (new_line and not word[0].islower())
        begins = new_line = False


def _named(doc: Any, tokens: Sequence[Token], loaded: _Loaded) -> Iterator[NamedSpan]:
    for token in tokens:
        for label in loaded.words.get(token.text, ()):
            yield NamedSpan(token.start, token.end, label)
    strings = doc.vocab.strings
    for key, start, stop in loaded.matcher(doc):
        yield NamedSpan(doc[start].idx, doc[stop - 1].idx + len(doc[stop - 1]), strings[key])
    for span in doc.ents:
        if trained := TRAINED_LABELS.get(span.label_):
            yield NamedSpan(span.start_char, span.end_char, trained)
