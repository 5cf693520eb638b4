"""Kind and type of a sentence, and of a turn by its main statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.graph import EntityType
from app.domain.memory import Kind
from app.extraction import lexicon
from app.extraction.cues import CHAT, WORK, Rule, Tide
from app.extraction.findings import FoundEntity, FoundTime
from app.extraction.reading import Reading, Sentence, is_past, within
from app.extraction.stems import content_stems

_ASKS_TASTE = re.compile(
    r"\b(?:what|which|who)\b[^?]*\b(?:keeps you|makes you|love|like|enjoy|favou?rite|fave|prefer|inspires?|motivates?)\b[^?]*\?"
)
_ASKS_CHOICE = re.compile(r"\b(?:choose|chose|decide|decided|pick|picked|go with|went with|end up)\b[^.!?]*\?\W*$")
_SINCE = re.compile(r"\b(?:since\b[^,.;]{0,40}|(?:until|till)\s+(?:the )?)$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom $", re.IGNORECASE)

_ON_RECORD = re.compile(
    r"(?:open )?question:|open question|(?:still )?(?:undecided|open|unclear)\b|todo\b|tbd\b", re.IGNORECASE
)
_WEIGHED = re.compile(r"(?:should we|do we (?:need|want)|who (?:owns|pays))\b", re.IGNORECASE)
_SUBORDINATORS = frozenset(
    {"who", "that", "which", "what", "since", "you", "if", "than", "as", "where", "how", "when", "whoever", "whatever"}
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ASKS_NOW = re.compile(
    r"^(?!.*\b(?:did|was|were|had|been|happen\w*|new|news|lately|recently|up to|up|going on|go|went|end up|plans?|weekend|happening)\b).*\b(?:do|does|is|are|who|what's|who's|how's|where's|have|has|keeps?|makes?|any)\b.*\?$"
)
_PRONOUNS = frozenset({"i", "we", "he", "she", "they", "you"})
_NOUNS = frozenset({("NN",), ("NNS",)})
_BREAKS = frozenset({",", ";", ":", "and", "but", "so", "-", "–", "—"})
_PRESENT_VERBS = lexicon.listed("is are am 's ’s 'm ’m 're ’re has have 've ’ve use keep love like still")


@dataclass(frozen=True, slots=True)
class Class:
    kind: Kind
    type: str


_PLAIN = Class(Kind.SEMANTIC, "fact")
"""What a statement is that no rule fits."""
_HAPPENED = Class(Kind.EPISODIC, "event")
_TELLING = tuple(Class(Kind.SEMANTIC, type_) for type_ in ("preference", "insight", "reference"))
"""What a turn is meant for that begins so, whatever plain facts follow."""
_ASKS_WAY = re.compile(
    r"^(?:which \w+ (?:goes|should|shall|do|will|would)|should|shall|do (?:we|you want)|are we|can we)\b.*\?$|^[^?.]* or [^?.]*\?$"
)
_ASKED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "discovery",
        re.compile(
            r"^(?:any idea|have you found|(?:so )?what did (?:you|the \w+|your \w+) (?:find|notice|see|show|say)|did you find|what (?:was|is|went) wrong|what(?:'s| is) (?:wrong|causing)"
            r"|which \w+ (?:makes|breaks|causes|is to blame)|where (?:does|do|did) the .* (?:go|come from)|why is .* (?:slow|failing|broken|red|flaky|down)|does .* still)\b"
        ),
    ),
    ("decision", _ASKS_WAY),
    (
        "reference",
        re.compile(r"^what should i read|^where .*\b(?:documented|described|specified|defined|explained|look|find)\b"),
    ),
    (
        "insight",
        re.compile(r"^what (?:should|would) (?:we|you|i) do (?:differently|better)|^what did (?:we|you) learn"),
    ),
    (
        "pattern",
        re.compile(
            r"^how (?:should|do|must) (?:i|we|you) (?:name|write|format|tag|call|commit|structure|test|release)|\bconventions?\b"
        ),
    ),
    (
        "architecture",
        re.compile(
            r"^(?:explain|describe|map out|walk me through)\b|^how (?:is|are|do|does) .* (?:put together|work|flow|connected|built|get to|deployed|talk to)|^what is (?:inside|behind)|^what(?:'s| is) the (?:route|path|flow)"
        ),
    ),
)
"""What type of statement a question asks for."""
_NO = re.compile(r"(?:no|nah|nope|neither)\b(?!.*\b(?:for me|i find|i like)\b)", re.IGNORECASE)
_DECIDED = frozenset({"architecture", "pattern", "fact"})
_PARTS = 3
"""Technologies in one statement from which on it tells how parts connect, unless it lists them."""
_MADE_OF = re.compile(r"\b(?:written in|supports?|knows?|speaks?|licen[cs]es?|versions?)\b")


def classified(
    reading: Reading, said: Sequence[Sentence], entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> Class:
    """Kind and type of a turn: of the sentence that says most, or, where no rule fits that, of how it begins and why it is said."""
    main = _main_sentence(reading, said, entities, times)
    if (
        not reading.is_work
        and _tide(reading, main, times) is Tide.PAST
        and _ASKS_NOW.search(_SENTENCE.split(_before(reading))[-1])
    ):
        main = next((one for one in said if _tide(reading, one, times) is Tide.PRESENT), main)
    found, opening = classify(reading, main, times), classify(reading, said[0], times)
    if opening.type == "decision" and found == _HAPPENED:
        return Class(found.kind, opening.type)
    if opening in _TELLING and found == _PLAIN:
        return opening
    if not reading.is_work:
        return found
    if found.type in _DECIDED and _declines(reading):
        return Class(Kind.SEMANTIC, "decision")
    return Class(Kind.SEMANTIC, _type_of_answer(reading, entities)) if found == _PLAIN else found


def _before(reading: Reading) -> str:
    """The turn before, in lower case."""
    return (reading.turn.previous or "").strip().lower().replace("’", "'")


def _declines(reading: Reading) -> bool:
    """ "Do you want a header?" "No, the address will do.": what is not done after all is decided."""
    return bool(_NO.match(reading.text) and _ASKS_WAY.search(_before(reading)))


def _type_of_answer(reading: Reading, entities: Sequence[FoundEntity]) -> str:
    """What a plain statement about one's work is, by the question that it answers and the parts that it names."""
    previous = _before(reading)
    asked = next((type_ for type_, asks in _ASKED if asks.search(previous)), None)
    if asked is not None:
        return asked
    parts = {entity.name for entity in entities if entity.type is EntityType.TECHNOLOGY}
    return "architecture" if len(parts) >= _PARTS and not _MADE_OF.search(reading.text.lower()) else _PLAIN.type


def _main_sentence(
    reading: Reading, said: Sequence[Sentence], entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> Sentence:
    """The sentence that says most: dated, in the past, about the speaker, with names; earlier ones first."""

    def weight(place: int) -> float:
        sentence = said[place]
        words = reading.words(sentence)
        names = sum(e.salience > 0.1 for e in within(entities, sentence))
        return (
            3.0 * bool(within(times, sentence))
            + 1.5 * has_past_event(reading, sentence)
            + 1.0 * bool({"i", "my", "we", "our", "me"}.intersection(words))
            + 0.5 * min(names, 2)
            + 0.15 * min(len(content_stems(words)), 10)
            - 0.3 * place
            - 1.5 * (sentence.is_question and not opens_question(reading, sentence))
        )

    return said[max(range(len(said)), key=weight)]


def opens_question(reading: Reading, sentence: Sentence) -> bool:
    """Whether a question is put on record ("Open question: …", "Should we …? Still undecided.") rather than asked."""
    return bool(_ON_RECORD.match(sentence.text) or (reading.is_work and _WEIGHED.match(sentence.text)))


def classify(reading: Reading, sentence: Sentence, times: Sequence[FoundTime]) -> Class:
    """Kind and type of one statement: what the first rule that fits it says."""
    text = sentence.text.lower().replace("’", "'")
    tide = _tide(reading, sentence, times)
    if not reading.is_work and tide is Tide.PRESENT and _ASKS_TASTE.search(_before(reading)):
        return Class(Kind.SEMANTIC, "preference")
    if not reading.is_work and tide is Tide.PAST and _ASKS_CHOICE.search(_before(reading)):
        return Class(Kind.EPISODIC, "decision")
    for rule in WORK if reading.is_work else CHAT:
        if _fits(rule, text, tide):
            return Class(rule.kind or (Kind.SEMANTIC if tide is Tide.PRESENT else Kind.EPISODIC), rule.type)
    return _PLAIN


def _fits(rule: Rule, text: str, tide: Tide) -> bool:
    return tide in rule.tides and bool(rule.says.search(text)) and not (rule.unless and rule.unless.search(text))


def _tide(reading: Reading, sentence: Sentence, times: Sequence[FoundTime]) -> Tide:
    """Whether a statement has a date, tells of the past, or says how things are."""
    if any(_dates(reading, sentence, time) for time in within(times, sentence)):
        return Tide.DATED
    return Tide.PAST if has_past_event(reading, sentence) else Tide.PRESENT


def _dates(reading: Reading, sentence: Sentence, time: FoundTime) -> bool:
    """ "Since May", "until June" and "an app from 2017" date nothing."""
    before = reading.text[sentence.start : time.start]
    return not (_SINCE.search(before) or (time.text.isdigit() and _FROM.search(before)))


def has_past_event(reading: Reading, sentence: Sentence) -> bool:
    """A verb in the past that is not inside "what I thought" or "glad you came"."""
    return any(
        is_past(reading, i) and not _subordinate(reading, sentence, i) for i in range(sentence.first, sentence.stop)
    )


def _subordinate(reading: Reading, sentence: Sentence, i: int) -> bool:
    near = reading.lowers[max(sentence.first, i - 4) : i]
    return not _SUBORDINATORS.isdisjoint(near) or _is_relative(reading, sentence, i)


def _is_relative(reading: Reading, sentence: Sentence, i: int) -> bool:
    """ "I've got a little simulator I wrote": after a noun, in a clause that has its verb."""
    if i - sentence.first < 3 or reading.lowers[i - 1] not in _PRONOUNS or reading.tags[i - 2][:1] not in _NOUNS:
        return False
    before = reading.lowers[sentence.first : i - 2]
    clause = before[max((k + 1 for k, word in enumerate(before) if word in _BREAKS), default=0) :]
    return not _PRESENT_VERBS.isdisjoint(clause)
