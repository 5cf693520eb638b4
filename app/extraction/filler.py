"""What is only talk: greetings, thanks, praise, agreement, encouragement, platitudes, bare questions, echoes.

A turn is skipped when each of its sentences is. Losing content is the costly error, so a sentence counts as
talk only by a known form, or when it judges, speaks of nobody in particular and adds nothing to what was said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.domain.graph import EntityType
from app.extraction import lexicon
from app.extraction.classify import opens_question
from app.extraction.findings import FoundEntity, FoundTime
from app.extraction.reading import Reading, Sentence, is_past, within
from app.extraction.stems import STOP, content_stems, stem
from app.extraction.talk import FEELING, FORMS, OPENING, opinions

_VERDICT = re.compile(
    r"(?:it|that|this)(?:'s| is| was) (?:\w+ ){0,2}\w+(?:ing|ful|able|ous|ive|ible|some) (?:to|how|that|when|what)\b"
)
_FIRST = frozenset({"i", "my", "me", "mine", "myself", "i've", "i'm"})
_DROPPED = lexicon.listed(
    "been had got took went did made met saw tried started finished bought found felt just having"
)
_WE = frozenset({"we", "our", "us", "ours"})
_THIRD = frozenset({"he", "she", "his", "her", "he's", "she's", "their"})
_SECOND = frozenset({"you", "your", "yours", "yourself", "ya", "u"})
_ADVICE = re.compile(
    r"\b(?:you|u) (?:should|could|might want to|may want to|need to|ought to|can try|have to)\b|(?:^|, )(?:try|check out|consider|avoid|use|start|make sure|add|set|put|give (?!me|(?:her|him|them|it)\b.* from (?:me|us))|ask|visit|go (?:to|see)|get (?:a|an|some))\b|\b(?:i|i'd|would|definitely|highly) (?:\w+ )?(?:recommend|suggest|advise)\b"
)
_REMINDS = re.compile(r"\byou (?:mentioned|said|told (?:me|us))\b")
_FIGURE = re.compile(r"\b\d[\d.,:%]*|https?://\S+")
_OWN_STORY = re.compile(
    r"(?:[-–—,;:]|\b(?:and|but|because|since|so|as|when|after|before)\b)\s*(?:\w+ )?(?:i|we|my|our)\b(?!(?: \w+ly| always| just)? (?:know|knew|bet|hope|guess|wish|believe|could|can't|love|think)\b)"
)
_CLAUSE = re.compile(
    r"[,;]\s+(?:(?:and|but|so|because) )?|\s[-–—]+\s|\s(?:and|but|so)\s(?=(?:i|you|it|that|this|we|they)\b)"
)
_EVERYONE = re.compile(
    r"\bwe(?:'ll|'d|'re|'ve)? (?:\w+ly )?(?:all|gotta|can|could|should|must|need|always|each|both|keep|work)\b|\b(?:ourselves|let's|together)\b"
    r"|\bour (?:own )?(?:lives|life|goals|dreams)\b"
)
_ASKING = lexicon.listed("did do have can could should what how where")
_TELLING = re.compile(
    r"(?:did|have|can) (?:i|you) (?:tell|told|know|hear|heard|mention|mentioned|believe)\b", re.IGNORECASE
)
_MARKS = " ,.!-–—…:;)("
_PAUSE = re.compile(r"[,!.…:;–—-]")
_TAG_QUESTION = re.compile(
    r"(?:\s[-–—]+\s|[,;.…!]\s+)(?:and |so |but )?(?:how|what|who|where|when|why|which|is|are|was|were|do|does|did|have|has|can|could|would|will|any|anything"
    r"|wanna|want|right|huh|eh|yeah|ya know|you know|you|got|isn't|don't|doesn't|care)\b[^.!]*\?+$"
)
_LIGHT = lexicon.listed("greeting farewell interjection")
_PHRASES = _LIGHT | {"thanks", "agreement"}
"""What nobody means to keep, whoever says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a sentence is made of, once the address and the opening words are gone.

    `novel` are stems that say something and that the turn before did not have; `details` counts new names, dates and
    figures; `names_thing` tells of a new name that is nobody's, `knows_thing` of any.
    """

    text: str
    words: tuple[str, ...]
    novel: tuple[str, ...]
    details: int
    names_thing: bool
    knows_thing: bool
    first: bool
    second: bool
    we: bool
    judges: bool
    answers: bool
    is_work: bool


def statements(reading: Reading, entities: Sequence[FoundEntity], times: Sequence[FoundTime]) -> list[Sentence] | str:
    """The sentences that say something or, when none does, why the turn is skipped."""
    remarks = [(sentence, remark(reading, sentence, entities, times)) for sentence in reading.sentences]
    if said := [sentence for sentence, reason in remarks if reason is None]:
        return said
    reasons = [reason for _, reason in remarks if reason is not None]
    return next((reason for reason in reasons if reason not in _LIGHT), reasons[-1] if reasons else "nothing said")


def phrases(reading: Reading, entities: Sequence[FoundEntity], times: Sequence[FoundTime]) -> str | None:
    """What kind of talk a text is that consists of nothing but set phrases; None for any other.

    Unlike in a conversation a short statement is no talk here: nobody hands it over without meaning it.
    """
    said = [_phrase(reading, sentence, entities, times) for sentence in reading.sentences]
    return None if None in said else next(iter(said), "nothing said")


def _phrase(
    reading: Reading, sentence: Sentence, entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> str | None:
    reason = remark(reading, sentence, entities, times)
    if reason is None or reason in _PHRASES:
        return reason
    text = _without_address(sentence, within(entities, sentence)).lower().replace("’", "'")
    opening, bare = _opened(text)
    if opening and not _novel(reading, reading.words(sentence)):
        return "interjection"
    form = _form(bare)
    return form if form in _LIGHT else None


def remark(
    reading: Reading, sentence: Sentence, entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> str | None:
    """What kind of talk a sentence is, or None when it says something."""
    named = within(entities, sentence)
    text = _without_address(sentence, named).lower().replace("’", "'").replace("`", "'")
    opening, stripped = _opened(text)
    if not any(c.isalnum() for c in stripped):
        return "thanks" if "thank" in text else "interjection"
    details = _details(reading, sentence, named, times)
    if sentence.is_question and not opens_question(reading, sentence):
        told = _before_tag(stripped)
        if len(told.split()) < 4:
            return _question(reading, sentence, details)
        stripped = told
    said = _said(reading, stripped, named, details)
    if _is_foreign(said) or (_ADVICE.search(stripped) and (details or len(said.novel) >= 2)):
        return None
    form = _form(stripped) or (None if opening and _PAUSE.search(opening) else _form(text))
    reason = _by_form(said, form) if form else _by_content(said)
    return reason or _by_clauses(reading, stripped, details)


def _by_clauses(reading: Reading, stripped: str, details: int) -> str | None:
    """ "That's incredible, I'm so happy for you": each clause is a set phrase, or says nothing new."""
    clauses = [clause for clause in _CLAUSE.split(stripped) if clause]
    if details or len(clauses) < 2:
        return None
    reasons = [_clause(reading, clause) for clause in clauses]
    return None if None in reasons else reasons[0]


def _clause(reading: Reading, clause: str) -> str | None:
    _, bare = _opened(clause)
    if not any(c.isalnum() for c in bare):
        return "interjection"
    said = _said(reading, bare, (), 0)
    if form := _form(bare) or _form(clause):
        return _by_form(said, form)
    return None if said.novel else "praise" if said.judges else "echo"


def _opened(text: str) -> tuple[str, str]:
    """The words that it opens with ("Oh wow, "), and the rest without its marks."""
    opening = OPENING.match(text)
    end = opening.end() if opening else 0
    return text[:end], text[end:].strip(_MARKS)


def _before_tag(question: str) -> str:
    """What is said before a question is tagged on ("I got married - how about you?"), or nothing."""
    tag = _TAG_QUESTION.search(question)
    return question[: tag.start()].strip(_MARKS) if tag else ""


def _form(text: str) -> str | None:
    return next((reason for reason, pattern in FORMS if pattern.match(text)), None)


def _without_address(sentence: Sentence, named: Sequence[FoundEntity]) -> str:
    """The sentence without the names that only call someone."""
    text = sentence.text
    for entity in reversed(named):
        if entity.salience <= 0.1:
            text = text[: entity.start - sentence.start] + text[entity.end - sentence.start :]
    return re.sub(r"\s*,\s*(?=[,.!?;]|$)", "", re.sub(r"^[\s,!.…–-]+", "", text)).strip()


def _said(reading: Reading, stripped: str, named: Sequence[FoundEntity], details: int) -> _Said:
    words = tuple(re.findall(r"[\w']+", stripped))
    heads = {word.split("'")[0] for word in words}
    second = not _SECOND.isdisjoint(word.split("'")[0] for word in words[:6])
    previous = (reading.turn.previous or "").lower()
    things = [e.name.lower() for e in named if e.salience > 0.1 and e.type is not EntityType.PERSON]
    return _Said(
        text=stripped,
        words=words,
        novel=tuple(s for s in _novel(reading, [word.split("'")[0] for word in words]) if s not in _feeling_stems()),
        details=details,
        names_thing=any(name not in previous for name in things),
        knows_thing=bool(things),
        first=not heads.isdisjoint(_FIRST) or words[0] in _DROPPED,
        second=second,
        we=not heads.isdisjoint(_WE),
        judges=_judges(stripped, words),
        answers=previous.rstrip().endswith("?") and not second,
        is_work=reading.is_work,
    )


def _judges(text: str, words: tuple[str, ...]) -> bool:
    """An opinion, or a verb without its subject ("Needs patience"), said of what the other told."""
    judged = any(word in opinions() or word in FEELING for word in words)
    return judged or bool(_VERDICT.match(text)) or lexicon.first_tag(words[0]) == "VBZ"


def _details(reading: Reading, sentence: Sentence, named: Sequence[FoundEntity], times: Sequence[FoundTime]) -> int:
    """Names, dates and figures that the turn before did not have."""
    previous = (reading.turn.previous or "").lower()
    details = {e.name.lower() for e in named if e.salience > 0.1} - set((reading.turn.speaker or "").lower().split())
    details |= {t.text.lower() for t in within(times, sentence)}
    details |= set(_FIGURE.findall(sentence.text))
    return sum(detail not in previous for detail in details)


def _question(reading: Reading, sentence: Sentence, details: int) -> str | None:
    """A question says something when it tells of the speaker on the way, with a detail that is new."""
    words = reading.words(sentence)
    own = not {"i", "we"}.isdisjoint(words)
    told = own and any(is_past(reading, i) for i in range(sentence.first, sentence.stop))
    asks = words[:1] and words[0] in _ASKING and not _TELLING.match(sentence.text)
    says = told and not asks and (details or len(_novel(reading, words)) >= 3)
    return None if says else "question"


def _novel(reading: Reading, words: Sequence[str]) -> list[str]:
    """Stems of these words that say something and that the turn before did not have."""
    speakers = f"{reading.turn.previous_speaker or ''} {reading.turn.speaker or ''}".lower().split()
    idle = opinions() | FEELING | set(speakers)
    return [s for s in content_stems(word for word in words if word not in idle) if s not in reading.said_before]


@cache
def _feeling_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in FEELING)


def _by_form(said: _Said, form: str) -> str | None:
    """A set phrase is talk unless it goes on to tell of the speaker, or brings a detail; of the other, a detail with what it is about."""
    told = bool(_OWN_STORY.search(said.text)) and len(said.novel) >= 3
    detailed = said.details and form != "promise" and (said.first or not said.second or len(said.novel) >= 3)
    return None if told or detailed else form


def _by_content(said: _Said) -> str | None:
    """Without a set phrase, who it is about and how much is new decide."""
    enough = len(said.novel) >= 2
    if said.details or (enough and (said.names_thing or said.is_work)) or (said.knows_thing and len(said.novel) >= 3):
        return None
    if _is_command(said.words) and len(said.novel) < 4:
        return "encouragement"
    if said.first:
        return None if said.novel or _states_self(said.words) or (said.answers and len(said.words) > 4) else "echo"
    if said.we:
        everyone = bool(_EVERYONE.search(said.text)) and not said.answers
        return None if len(said.novel) >= (5 if everyone else 1) else "platitude"
    return _of_other(said) if said.second else _of_others(said)


def _of_other(said: _Said) -> str | None:
    """To the other about themselves, who know it already, unless they are reminded of what they once said."""
    if len(said.novel) >= 2 and _REMINDS.search(said.text):
        return None
    return None if len(said.novel) >= 5 and not said.judges else "praise" if said.judges else "talk about the other"


def _of_others(said: _Said) -> str | None:
    """About a third one or about things in general; answers and persons need less that is new."""
    of_someone = not _THIRD.isdisjoint(said.words[:3])
    wanted = 2 if said.answers or of_someone or not said.judges else 4
    if len(said.novel) >= wanted or (said.answers and said.novel and not said.judges):
        return None
    return "praise" if said.judges else "platitude"


def _is_foreign(said: _Said) -> bool:
    """Another language: these rules know nothing of it, so it is kept."""
    letters = [word for word in said.words if word.isalpha()]
    unknown = sum(not lexicon.is_word(word) for word in letters)
    return unknown * 5 >= len(letters) * 3 > 0 and (len(letters) >= 4 or not said.text.isascii())


def _is_command(words: Sequence[str]) -> bool:
    return lexicon.first_tag(words[0]) in {"VB", "VBP"} and words[0] not in _FIRST and "'" not in words[0]


def _states_self(words: Sequence[str]) -> bool:
    """A short answer about oneself: "I do, twice"."""
    return len(words) <= 3 and words[0] in {"i", "my"} and FEELING.isdisjoint(words) and bool(set(words) - STOP)
