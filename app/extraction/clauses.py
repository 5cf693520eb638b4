"""A statement cut into clauses, each with how it stands: as a fact, of the past, of one occasion, or not settled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from app.extraction import lexicon
from app.extraction.values import begins_with_time


class Standing(Enum):
    """FACT: how things are. PAST: how they were. OCCASION: what happened once. UNSETTLED: said, wished, planned, asked."""

    FACT = "fact"
    PAST = "past"
    OCCASION = "occasion"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Lower case, contractions written out, adverbs and "not" taken out and noted here instead."""

    text: str
    standing: Standing
    is_denied: bool = False
    ended_by: str = ""
    is_changed: bool = False
    is_corrected: bool = False
    is_more: bool = False
    not_this: str = ""

    @property
    def is_of_old(self) -> bool:
        """Whether it says how things were: "was", and no change of them."""
        return bool(re.search(r"\b(?:was|were)\b(?! (?:born|raised))", self.text))

    @property
    def is_told(self) -> bool:
        """Whether it tells what somebody did: the first word behind the subject is a past form."""
        behind = self.text.removeprefix(subject_of(self)).split()
        return bool(behind) and behind[0] not in _AUXILIARIES and lexicon.first_tag(behind[0]) == "VBD"


_UNSETTLED = re.compile(
    r"\b(?:will|would|might|(?<!\d )(?<!in )(?<!of )(?<!by )may(?! \d)|maybe|perhaps|could|should|plan(?:s|ned|ning)?(?! (?:is|are|was) (?:now )?\d)|want(?:s|ed|ing)? to|wants? (?:me|us|him|her|them)|hop(?:es?|ing) to|think(?:s|ing)? (?:of|about)|thinks|consider(?:s|ed|ing)?"
    r"|going to|gonna|if|whether|wonder\w*|dream(?:s|ed|t)?|wish(?:es|ed)?|almost|nearly|about to|asks?|asked|said|says|told|tells|heard|hears|claims|claimed|jok(?:es?|ed|ing)|pretend\w*"
    r"|rumou?r\w*|supposedly|allegedly|apparently|according to|tr(?:y|ies|ied|ying) to|you can|has to|have to|forgot|remember(?:s|ed)?|suggest(?:s|ed)?|propos(?:es?|ed|ing)|need(?:s)? to|looking to|interview|offered|in talks|one day|someday|supposed to|intends?|aims? to)\b|\?"
)
_PAST = re.compile(
    r"\b(?:used to|formerly|previously|originally|back then|in those days|as an? (?:kid|child|student|teenager|boy|girl)|when (?:i|he|she|they|we) (?:was|were)|when \w+ (?:was|were) (?:an? |\d|four|five|six|seven|eight|nine|ten|eleven|twelve|young|little|small|still|in (?:school|college))|in (?:19|20)\d\d|years? ago|once|until (?:\w+ )?(?:19|20)\d\d|before (?:that|then)|before \w+,|at the time|in my (?:youth|childhood|twenties|teens)|ex-\w+)\b"
)
_OCCASION = re.compile(
    r"\b(?<!since )(?:today|yesterday|tonight|this (?:morning|afternoon|evening|time|week|weekend|month|spring|summer|autumn|fall|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|last (?:night|time|week|weekend|month|year|spring|summer|autumn|fall|winter|christmas|\w+day)|in q[1-4]|for (?:an?|one|two|\d+) (?:hours?|days?|minutes?)|right now|the other day)\b"
)
_WHEN_IT_WAS = re.compile(
    rf"(?:\b(?:since|in|on|during|of) )?(?:{_OCCASION.pattern}|\b(?:last|this) \w+\b)"
    r"|\b(?:since|in|on|from) (?:(?:early|late|mid) )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b"
    r"|\b(?:since|on|from) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:an?|a few|two|three|four|five|six|\d+) (?:days?|weeks?|months?) ago\b"
)
_EXCEPTION = re.compile(r"\b(?:only|except|anyway)\b")
_OPENING = re.compile(
    r"^(?:(?:actually|correction|edit|update|note|ok|okay|so|well|and|but|now|today|yesterday|finally|oh|hey|yeah|no|sorry|currently|these days|fyi|btw|by the way|scratch that|my mistake|my bad|i was wrong|we were wrong"
    r"|it (?:turned|turns) out(?: that)?|as of (?:\w+ ){1,3}?\w+,|since (?:\w+ ){1,2}?\w+,|from (?:now|today|\w+day|next week) on(?:wards?)?|starting (?:\w+ )?\w+,|after all)\b[\s,:.—–-]*)+"
)
_CORRECTED = re.compile(
    r"\b(?:actually|correction|corrected|i was wrong|we were wrong|my mistake|my bad|scratch that|(?:turned|turns) out|sorry,)|, not \S|\bis not (?:[\w.-]+ ){1,4}but\b"
)
_CHANGED = re.compile(
    r"\b(?:now|no longer|not (?:.{1,60} )?any ?more|any ?more|instead|from now on|from \w+ on|these days|as of|finally|meanwhile|after all|has become|have become|is gone|are gone|update[d:]?|(?:my|our|his|her|their|the|\w+'s) new)\b"
)
_MORE = re.compile(r"\b(?:also|too|as well|another|additionally|either|in addition|other|both)\b")
_ENDING = re.compile(
    r"\b(?:(?:has|have|had) )?(stopped|quit|gave up|given up|ceased|dropped|finished|completed|done with|abandoned|sold|no longer|decided against)\b"
)
_DENIED = re.compile(r"\b(?:not|never|no longer|cannot|nobody|none)\b")
_ADVERBS = re.compile(
    r" ?\b(?:now|no longer|not|never|any ?more|currently|just|recently|finally|also|still|actually|already|officially|really|truly|absolutely|definitely|instead(?! of)|these days|at the moment|too|as well(?! as)|after all|again|either|always|usually|often|right now|lately|totally)\b"
)
_WRITTEN_OUT = (
    (re.compile(r"\bcan(?:'t|not)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(it|he|she|that|there|who|what)'s\b"), r"\1 is"),
)
_PRONOUNS = frozenset({"i", "we", "you", "he", "she", "they", "it"})
_DETERMINERS = frozenset({"the", "my", "our", "his", "her", "their", "your", "a", "an", "this", "all", "every"})
_AUXILIARIES = lexicon.listed(
    "am is are was were be been has have had do does did can will would might may must could should"
)
_VERBS = frozenset({"VBZ", "VBD", "VBP", "VB", "MD"})
_FINITE = frozenset({"VBZ", "VBD", "MD"})
_FRONTED = re.compile(
    r"^((?:in|on|at|during|before|after|since|until|as|by|this|last|next|every) [\w ]{1,24}?),? (?=(?:i|we|he|she|they|my|our|the) )(.+)$"
)
_SCOPE = re.compile(r"(?:in|on|at|for|during) ")
_NOT_THIS = re.compile(r", not (?:in |on |at )?(.+)$|(?<=\bis )not (?:in |on |at )?((?:[\w.-]+ ){1,3}?)but (?=.)")
_ASKED = re.compile(r"^(do|does|did|is|are|was|were|have|has|can|will|should) (i|we|you|he|she|they|it|the \w+|\w+) ")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\w)|;\s*|\s[—–]\s|:\s+(?=(?:i|we|he|she|they|it) )")
_JOINT = re.compile(
    r",? (?:and|but|so) (?=(?:i|we|he|she|they|it|started|stopped|joined|moved|went|chose|quit|left|now|took|switched|runs?|uses?)\b)|, (?=(?:i|we|he|she|they|it|the \w+(?: \w+)?) (?:am|is|are|was|were|have|has|can|do|does|no longer|\w+ed|\w+s)\b)"
)
_VERBLESS_SUBJECT = re.compile(
    r"^(?:started|stopped|joined|moved|went|chose|quit|left|took|switched|runs?|uses?|got|relocated|gave up|now)\b"
)
_PRONOUN = re.compile(r"^(?:he|she|they|it)\b")
_SUBJECT = re.compile(r"^((?:the|my|our|his|her|their) [\w-]+|[\w.-]+)")


MAX_CLAUSES = 8
"""Of one statement. What is longer than a statement is not read to its end."""
_MAX_TEXT, _MAX_CLAUSE = 1_200, 240


def clauses(text: str) -> list[Clause]:
    """In order. A clause without a subject of its own, or with a pronoun for it, takes the one before."""
    return list(islice((one for one in _clauses(text[:_MAX_TEXT]) if len(one.text) <= _MAX_CLAUSE), MAX_CLAUSES))


def _clauses(text: str) -> Iterator[Clause]:
    subject = ""
    for sentence in _SENTENCE_END.split(_written_out(text)):
        whole = sentence.strip(" .!…")
        corrected = bool(_CORRECTED.search(whole))
        body = _OPENING.sub("", whole)
        for part in _JOINT.split(_FRONTED.sub(r"\1 \2", body)):
            stated = _with_subject(part.strip(" ,."), subject)
            told = _in_order(stated)
            if not told:
                continue
            subject = subject or (match[1] if (match := _SUBJECT.match(told)) else "")
            yield _clause(told, whole, corrected=corrected, is_scoped=_is_scoped(stated))


def subject_of(clause: Clause) -> str:
    return subject_words(clause.text.split())


def subject_words(words: list[str]) -> str:
    """The words in front of the first that looks like the verb."""
    if not words or words[0] in _PRONOUNS:
        return words[0] if words else ""
    start = 2 if words[0] in _DETERMINERS or words[0].endswith("'s") else 1
    for at in range(start, len(words)):
        if words[at] in _AUXILIARIES or _may_be_verb(words[at], words[at - 1], is_next=at == start == 1):
            return " ".join(words[:at])
    return words[0]


def _may_be_verb(word: str, before: str, *, is_next: bool) -> bool:
    tags = lexicon.tags(word)
    if before in {"and", "of", "for"} or not tags:
        return False
    return tags[0] in _VERBS or bool(set(tags) & (_VERBS if is_next else _FINITE))


def _clause(told: str, sentence: str, *, corrected: bool, is_scoped: bool) -> Clause:
    refused = _NOT_THIS.search(told)
    bare = told.replace(refused[0], "", 1) if refused else told
    ending = _ENDING.search(bare)
    ended = ending is not None
    return Clause(
        text=_tidy(_ADVERBS.sub("", _ENDING.sub("", bare))),
        standing=_standing(sentence),
        is_denied=ended or _is_denied(bare),
        ended_by=ending[1] if ending else "",
        is_changed=ended or bool(_CHANGED.search(sentence)),
        is_corrected=corrected,
        is_more=bool(_MORE.search(told)) or is_scoped or (ended and bool(_EXCEPTION.search(told))),
        not_this=next(filter(None, refused.groups()), "") if refused else "",
    )


def _is_denied(text: str) -> bool:
    """Whether the verb itself is denied, not something further on ("some of it not so great")."""
    match = _DENIED.search(text)
    if match is None:
        return False
    before = _ADVERBS.sub("", text[: match.start()]).split()
    return len(before) - len(subject_words(text.split()).split()) <= 2


def _standing(sentence: str) -> Standing:
    if _UNSETTLED.search(sentence):
        return Standing.UNSETTLED
    if _PAST.search(sentence):
        return Standing.PAST
    return Standing.OCCASION if _OCCASION.search(sentence) else Standing.FACT


def timeless(text: str) -> str:
    """Without when it happened."""
    return _tidy(_WHEN_IT_WAS.sub(" ", text))


def _written_out(text: str) -> str:
    plain = re.sub(r"\s+", " ", text.strip().casefold().replace("’", "'").replace("`", ""))
    for pattern, words in _WRITTEN_OUT:
        plain = pattern.sub(words, plain)
    return plain


def _with_subject(told: str, subject: str) -> str:
    if _VERBLESS_SUBJECT.match(told):
        return f"{subject or 'i'} {told}"
    return _PRONOUN.sub(subject, told, count=1) if subject else told


def _is_scoped(told: str) -> bool:
    """Whether it holds of a part only, said in front: "on staging", "for the new service"."""
    match = _FRONTED.match(told)
    return bool(match and _SCOPE.match(match[1]) and not begins_with_time(match[1]))


def _in_order(told: str) -> str:
    """The subject first, also where a time stands in front or a question turns them round."""
    return _ASKED.sub(r"\2 \1 ", _FRONTED.sub(r"\2 \1", told))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,.")
