"""Models that read text: sentence embeddings, language analysis, token counts, language models."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.graph import EntityType
from app.domain.ids import MemoryId
from app.domain.memory import Kind
from app.domain.spending import Spending

Vector = NDArray[np.float32]
TokenVectors = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Embedding:
    """A vector of unit length, float32, shape (dimension,), with the model that made it.

    `tokens` are small vectors of the text's tokens, shape (tokens, width), each of length 127 or nearly;
    None where the model shows none.
    """

    model: str
    vector: Vector
    tokens: TokenVectors | None = None


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The token vectors of some memories in one piece: `counts[i]` rows of `vectors` are those of `memories[i]`."""

    memories: tuple[MemoryId, ...]
    counts: tuple[int, ...]
    vectors: TokenVectors


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with what was said before it, oldest first."""

    text: str
    before: tuple[str, ...] = ()


class Embedder(Protocol):
    """Text to vectors. `model` names the weights: vectors of different models are never compared."""

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One unit vector per text, in order. Any number of texts; long ones are cut to the model's window.

        Safe to call from many tasks at once. Raises Unavailable when the model does not answer.
        """
        ...

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        """Like `embed`, each text as it is meant after what comes before it, where the model can tell.

        With the vectors of its tokens, where the model shows them. With nothing before it, a text has the
        vector that `embed` gives.
        """
        ...

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        """Like `embed` of one text, with the vectors of its tokens but for punctuation and the words in `without`."""
        ...


class TokenCounter(Protocol):
    """Tokens as a language model counts them."""

    def count(self, text: str) -> int:
        """Number of tokens of `text`, exact for the counter's encoding."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a punctuation mark; offsets count code points, end exclusive."""

    text: str
    start: int
    end: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A span that the analyzer's rules or model took for a name, with its `EntityType` value."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text taken apart: tokens in order, sentences as token ranges (start, stop), named spans."""

    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]
    named: tuple[NamedSpan, ...]


class Analyzer(Protocol):
    """Tokens, sentences and known names. `name` goes into what extraction writes, so that a rerun can tell."""

    @property
    def name(self) -> str: ...

    def analyze(self, texts: Sequence[str]) -> list[Analysis]:
        """One analysis per text, in order. Blocking and CPU-bound: run it in a worker thread."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text for a language model to take apart, with what it takes to read it: who said it when, and after what."""

    text: str
    at: datetime
    speaker: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadName:
    """A name that stands in the text at each of these spans (start, end), in code points, end exclusive."""

    name: str
    type: EntityType
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTie:
    """`source` and `target` are found names or the speaker, `type` is one of `app.domain.ties.TIES`."""

    source: str
    type: str
    target: str
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFact:
    """What the text says between `start` and `end`, in a sentence that stands alone; `names` are found names in it.

    Every name and number of the statement stands in the text, or is the speaker, or part of a date.
    """

    statement: str
    kind: Kind
    type: str
    start: int
    end: int
    names: tuple[str, ...]
    occurred: date | None
    valid_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a model found in a text; nothing in it is longer or more than `TextReader` allows."""

    kind: Kind
    type: str
    names: tuple[ReadName, ...] = ()
    ties: tuple[ReadTie, ...] = ()
    facts: tuple[ReadFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How reading a text went: an account, or the problem in words without the text, the answer or a secret.

    `cached` accounts were made before of the same text, and cost nothing.
    """

    account: Account | None
    problem: str | None = None
    cost: Spending = field(default_factory=Spending)
    cached: bool = False


class TextReader(Protocol):
    """A language model that takes texts apart. What a text says is data: it is read, and never followed."""

    @property
    def name(self) -> str:
        """Which model it is."""
        ...

    def most(self, prose: Prose) -> Spending:
        """What one reading may cost, tries included; nothing where its account is kept from before."""
        ...

    async def read(self, prose: Prose) -> Read:
        """An account in which each span stands in the text and each type is one of ours, or the problem.

        Ends within the reader's time-out and raises nothing for what the model or its server does. Safe to call
        from many tasks at once.
        """
        ...
