"""A turn taken apart once, for every step to read."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.extraction import lexicon
from app.extraction.findings import Turn
from app.extraction.stems import content_stems
from app.extraction.times import Tense
from app.ports.models import Analysis, NamedSpan, Token

DEVELOPMENT = lexicon.listed("""api app apps auth backend backup benchmark bug bugs build builds cache cached ci class classes cli client
    cluster code codebase commit commits config configuration container cron crash crashes cpu daemon dashboard
    data database databases db debug default dependency dependencies deploy deployed deployment deploys dev disk
    docker docs driver endpoint endpoints env error errors exporter feature flag flags framework frontend function
    gateway git gpu handler handlers header headers host hotfix http https import imports index indexes infra
    ingest instance integration invoice invoices job jobs json key keys kernel latency lib library linter lint
    load log login logs memory merge merged method metric metrics migrate migrated migration migrations milliseconds
    module modules mono monorepo node nodes observability on-call outage package packages parser password
    patch payload pipeline plugin pod pods port prod production prototype proxy query queries queue queues rebase
    refactor refactored regex regression release released releases replica repo repos repository request requests
    response retries retry rollback rollout runbook runtime schema schemas script scripts sdk server servers
    service services shard socket software spec sprint sql ssh staging stack storage suite sync syntax table tables
    tenant test tests thread threads ticket tickets timeout timeouts token tokens tool tooling traffic ui upgrade
    upgraded url user users ux validation variable version versions vm webhook webhooks worker workers workflow
    yaml""")
ROLES = frozenset({"user", "agent", "assistant", "system", "tool"})
FUTURE = frozenset(
    {"will", "'ll", "’ll", "shall", "tomorrow", "next", "gonna", "upcoming", "plan", "plans", "planning"}
)
SCHEDULED = lexicon.listed("""starts begins ends opens closes expires launches ships leaves arrives lands runs is are start begin end open close
    expire launch ship leave""")
HELPERS = frozenset({"is", "are", "am", "'m", "’m", "'s", "’s", "be", "been", "was", "were", "'re", "’re"})
_FINITE = frozenset({("VB",), ("VBP",), ("VBZ",), ("VBD",), ("MD",)})
_ASKS_BACK = re.compile(r"\b(?:did|was|were)\b[^.!?]*\?\W*$", re.IGNORECASE)
_QUESTION = re.compile(r"\?[\"'”’)\s]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Token range and character range."""

    first: int
    stop: int
    start: int
    end: int
    text: str

    @property
    def is_question(self) -> bool:
        return bool(_QUESTION.search(self.text))


@dataclass(frozen=True, slots=True)
class Reading:
    """`lowers` and `tags` run along the tokens; `said_before` are the content stems of the turn before."""

    turn: Turn
    tokens: tuple[Token, ...]
    lowers: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    sentences: tuple[Sentence, ...]
    named: tuple[NamedSpan, ...]
    is_technical: bool
    said_before: frozenset[str]

    @property
    def text(self) -> str:
        return self.turn.text

    @property
    def is_work(self) -> bool:
        """Talk with or about programs, as opposed to a chat among people."""
        return self.is_technical or self.turn.role in ROLES

    def words(self, sentence: Sentence) -> tuple[str, ...]:
        """Lower-case tokens of a sentence, marks left out."""
        return tuple(
            self.lowers[i]
            for i in range(sentence.first, sentence.stop)
            if self.tokens[i].is_word or self.lowers[i] in HELPERS
        )

    def sentence_at(self, offset: int) -> Sentence | None:
        index = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1
        return self.sentences[index] if index >= 0 and offset < self.sentences[index].end else None

    def before(self, offset: int) -> str:
        """The few characters that stand before an offset."""
        return self.text[max(0, offset - 20) : offset]

    def tense_at(self, offset: int) -> Tense:
        """Where the verb nearest before an offset points; without one, where the sentence does."""
        sentence = self.sentence_at(offset)
        if sentence is None:
            return Tense.PAST
        for i in range(sentence.stop - 1, sentence.first - 1, -1):
            if self.tokens[i].start >= offset:
                continue
            if self.lowers[i] in SCHEDULED or self.lowers[i] in FUTURE:
                return Tense.FUTURE
            if is_past(self, i):
                return self.tense(sentence) if self.lowers[i] in {"had", "been"} else Tense.PAST
        return self.tense(sentence)

    def tense(self, sentence: Sentence) -> Tense:
        """Future words win; a past form counts unless it is a participle of a present or future one."""
        future = past = False
        if not any(
            self.lowers[i] in HELPERS or self.tags[i][:1] in _FINITE for i in range(sentence.first, sentence.stop)
        ):
            past = bool(_ASKS_BACK.search(self.turn.previous or ""))
        for i in range(sentence.first, sentence.stop):
            lower = self.lowers[i]
            future = future or lower in FUTURE or (lower == "going" and self.lowers[i + 1 : i + 2] == ("to",))
            past = past or is_past(self, i)
        return Tense.PAST if past and not future else Tense.FUTURE


class Placed(Protocol):
    """Something found at a place in the text."""

    @property
    def start(self) -> int: ...


FoundT = TypeVar("FoundT", bound=Placed)


def within(found: Sequence[FoundT], sentence: Sentence) -> Sequence[FoundT]:
    """What was found in a sentence, out of all that was found, which is in order."""
    first = bisect_left(found, sentence.start, key=lambda one: one.start)
    return found[first : bisect_left(found, sentence.end, lo=first, key=lambda one: one.start)]


def is_past(reading: Reading, index: int) -> bool:
    """Whether the token is a verb in the past tense, as far as its form and neighbours tell."""
    lower, found = reading.lowers[index], reading.tags[index]
    if "VBD" not in found:
        return lower in {"had", "was", "were", "did"}
    before = reading.lowers[index - 1] if index else ""
    after = reading.lowers[index + 1] if index + 1 < len(reading.lowers) else ""
    if (lower, after) in {("used", "to"), ("got", "ta")} or (lower == "got" and before in HELPERS | PERFECT):
        return False
    is_other = found[0] in {"NN", "JJ", "VB", "IN", "RB"} and "VBN" not in found[:2] and before not in SUBJECTS
    if is_other or ("VBN" in found and index and _is_participle(reading, index, before)):
        return False
    return (
        "VB" not in found or before in SINGULAR or lower == "found"
    )  # "set", "put", "run": the same form in the present


def _is_participle(reading: Reading, index: int, before: str) -> bool:
    """ "has seen", "is stored", "a shared bucket", "stored and shared": no past of its own."""
    if before in PERFECT | HELPERS or before in {"to", "get", "gets", "very", "my", "your", "our"}:
        return True
    if before in _BETWEEN and index > 1 and reading.lowers[index - 2] in PERFECT | HELPERS:
        return True
    if reading.lowers[index + 1 : index + 2] == ("by",) or _hangs_on_with(reading, index):
        return True
    if reading.lowers[index] in NAMING and reading.tags[index - 1][:1] in {("NN",), ("NNS",)}:
        following = reading.tokens[index + 1].text if index + 1 < len(reading.tokens) else ""
        return following[:1].isupper() or following[:1] in {'"', "“", "'", "‘"} or reading.is_work
    if (
        reading.tags[index - 1][:1]
        and reading.tags[index - 1][0] in {"VBG", "DT", "CD", "JJ", "IN", "PRP$", "TO"}
        and before not in SUBJECTS
    ):
        return True
    earlier = reading.lowers[max(0, index - 14) : index]
    return before in {"and", "or"} and any(word in PRESENT_BE for word in earlier)


def _hangs_on_with(reading: Reading, index: int) -> bool:
    """ "With the backups stored elsewhere"."""
    return (
        reading.tags[index - 1][:1] in {("NN",), ("NNS",)} and "with" in reading.lowers[max(0, index - 4) : index - 1]
    )


_BETWEEN = lexicon.listed("always never only still also usually often just now already not then mostly")
PRESENT_BE = frozenset({"is", "are", "be", "'s", "’s", "'re", "’re", "been"})
NAMING = frozenset({"called", "named", "titled", "nicknamed"})  # "two cats called Biscuit and Marble"
PERFECT = frozenset({"have", "has", "'ve", "’ve"})
SINGULAR = frozenset({"he", "she", "it", "who"})
SUBJECTS = frozenset({"i", "we", "he", "she", "they", "it", "who", "you", "that", "which", "and", "just", "also"})


def read(turn: Turn, analysis: Analysis) -> Reading:
    lowers = tuple(token.text.lower() for token in analysis.tokens)
    return Reading(
        turn=turn,
        tokens=analysis.tokens,
        lowers=lowers,
        tags=tuple(lexicon.tags(lower.replace("’", "'")) for lower in lowers),
        sentences=tuple(_sentences(turn.text, analysis)),
        named=analysis.named,
        is_technical=_is_technical(lowers, analysis.named, 1 if turn.role in ROLES else 3),
        said_before=frozenset(content_stems(re.findall(r"[^\W_]+", (turn.previous or "").lower()))),
    )


def _sentences(text: str, analysis: Analysis) -> Iterator[Sentence]:
    for first, stop in analysis.sentences:
        start, end = analysis.tokens[first].start, analysis.tokens[stop - 1].end
        yield Sentence(first, stop, start, end, text[start:end])


def _is_technical(lowers: tuple[str, ...], named: tuple[NamedSpan, ...], enough: int) -> bool:
    """Talk about software: its words, or names of technologies; to a program, one such word will do."""
    technologies = {(span.start, span.end) for span in named if span.label == "TECHNOLOGY"}
    score = sum(lower in DEVELOPMENT for lower in lowers) + 2 * len(technologies)
    return score >= enough
