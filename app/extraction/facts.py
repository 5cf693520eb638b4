"""Sentences that stand alone: the speaker by name, relative times as dates, an answer with what was asked about."""

import re
from collections.abc import Sequence
from datetime import date

from app.extraction import lexicon
from app.extraction.classify import Class, classify
from app.extraction.findings import FoundEntity, FoundFact, FoundTime
from app.extraction.reading import Reading, Sentence, within
from app.extraction.stems import content_stems

MAX_FACTS = 8
_LEAD = re.compile(
    r"^(?:(?:yeah|yep|yup|yes|no|nope|well|so|oh|wow|hey|hi|hello|thanks|thank you|sure|ok|okay|cool|nice|great|awesome|honestly|actually|plus|also"
    r"|anyway|btw|by the way|guess what|speaking of which|and|but|man|haha|lol|aww?|definitely|absolutely|totally|exactly|of course|fyi|reminder|note)\b[\s,!.…:;-]*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",? (?:right|huh|eh|you know|haha|lol)(?=[?.!]*$)", re.IGNORECASE)
_DATED_BY = {7: "on", 10: "on"}
_PREPOSITION = re.compile(
    r"\b(?:on|in|at|by|since|until|till|from|before|after|during|for|of|this|over|through|to)\s+(?:the )?$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\s+$", re.IGNORECASE)
_PLAN = re.compile(r"\b(?:will|going to|plans?|planning|next)\b", re.IGNORECASE)
_FORMS: dict[str, str] = {
    "am": "is",
    "'m": " is",
    "have": "has",
    "'ve": " has",
    "do": "does",
    "don't": "doesn't",
    "haven't": "hasn't",
}
_COLLOQUIAL = (
    (re.compile(r"(?:['’]ve |\bhave |\bhas )?\b(?:gotta|hafta)\b(?=\s+\w)"), " have to"),
    (re.compile(r"\b([Ww])anna\b(?=\s+\w)"), r"\1ant to"),
    (re.compile(r"\bI gonna\b"), "I am going to"),
    (re.compile(r"\b([Gg])onna\b"), r"\1oing to"),
    (re.compile(r"\bdunno\b"), "don't know"),
    (re.compile(r"\b([Tt])ryna\b"), r"\1rying to"),
    (re.compile(r"\b([Gg])imme\b"), r"\1ive me"),
    (re.compile(r"  +"), " "),
)
_TOKEN = re.compile(r"\w+|[^\w\s]+|\s+")
_WORD = re.compile(
    r"(?<![\w'’])([iI]|[mM](?:e|y|ine|yself)|[wW]e|[uU]s|[oO]urs?|[oO]urselves)((?:['’](?:m|ve|d|ll|re|s))?)(?![\w'’])"
)
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def find_facts(
    reading: Reading, said: Sequence[Sentence], entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> list[FoundFact]:
    """One fact a statement, at most `MAX_FACTS`. None when the turn is one plain sentence that needs no resolving."""
    facts = [
        fact
        for sentence in said
        if not sentence.is_question and (fact := fact_of(reading, sentence, entities, times)) is not None
    ]
    if len(reading.sentences) == 1 and len(facts) == 1 and facts[0].statement == reading.text.strip():
        return []
    return facts[:MAX_FACTS]


def fact_of(
    reading: Reading, sentence: Sentence, entities: Sequence[FoundEntity], times: Sequence[FoundTime]
) -> FoundFact | None:
    """A sentence as it stands alone; None when nothing is left of it."""
    inside = within(times, sentence)
    named = [e for e in within(entities, sentence) if e.salience > 0.1]
    text = _without_talk(_dated(reading.text, sentence, inside, entities))
    if len(content_stems(re.findall(r"[\w']+", text.lower()))) < 1:
        return None
    found: Class = classify(reading, sentence, times)
    return FoundFact(
        statement=_third_person(text, reading.turn.speaker),
        kind=found.kind,
        type=found.type,
        start=sentence.start,
        end=sentence.end,
        entities=tuple(dict.fromkeys(e.name for e in named)),
        occurred=_occurred(reading, inside),
        valid_from=next((t.first for t in inside if _SINCE.search(reading.text[: t.start])), None),
    )


def _occurred(reading: Reading, times: Sequence[FoundTime]) -> date | None:
    return next((t.first for t in times if not _SINCE.search(reading.before(t.start))), None)


def _dated(text: str, sentence: Sentence, times: Sequence[FoundTime], entities: Sequence[FoundEntity]) -> str:
    """The sentence with its times as dates and without the names that only call someone."""
    edits = [(t.start, t.end, _in_words(text, t)) for t in times]
    edits += [(e.start, e.end, "") for e in within(entities, sentence) if e.salience <= 0.1]
    result, at = "", sentence.start
    for start, end, words in sorted(edits):
        if start < at:
            continue
        result += text[at:start] + words
        at = end
    return result + text[at : sentence.end]


def _in_words(text: str, time: FoundTime) -> str:
    words = spoken(time.value)
    if words.lower() in time.text.lower():
        return time.text
    before = text[max(0, time.start - 12) : time.start]
    if _PREPOSITION.search(before):
        return words.removeprefix("the week of ") if before.lower().rstrip().endswith("of") else words
    if "/" in time.value:
        return f"between {words.replace(' to ', ' and ')}"
    return f"{'on' if len(time.value) == 10 else 'in'} {words}"


def spoken(value: str) -> str:
    """ "7 May 2023", "May 2023", "2023", "5 to 11 June 2023"."""
    if "/" in value:
        first, last = value.split("/")
        a, b = date.fromisoformat(first), date.fromisoformat(last)
        if a.year != b.year:
            return f"{_day(a)} {a.year} to {_day(b)} {b.year}"
        return f"{a.day if a.month == b.month else _day(a)} to {_day(b)} {b.year}"
    parts = [int(part) for part in value.split("-")]
    month = MONTH_NAMES[parts[1] - 1] if len(parts) > 1 else ""
    return " ".join(str(word) for word in (*parts[2:], month, parts[0]) if word)


def _day(when: date) -> str:
    return f"{when.day} {MONTH_NAMES[when.month - 1]}"


def _without_talk(text: str) -> str:
    """Without an opening word, a tag at the end, or the marks that an address leaves behind."""
    trimmed = _ASIDE.sub("", text).strip()
    trimmed = re.sub(r"\s*,\s*(?=[,.!?])|^[\s,.!–—-]+", "", trimmed)
    trimmed = re.sub(r"^[\s,.!–—-]+", "", _LEAD.sub("", trimmed))
    trimmed = re.sub(r"\s{2,}", " ", trimmed).strip()
    if not trimmed:
        return ""
    trimmed = trimmed[0].upper() + trimmed[1:]
    return re.sub(r"!+$", ".", trimmed) if trimmed[-1] in ".!?…" else trimmed + "."


def _third_person(text: str, speaker: str | None) -> str:
    """ "I", "my" and "me" become the speaker, and the verbs that go with "I" follow. Unknown speakers stay "I"."""
    if not speaker or not text:
        return text
    named = _subject_restored(_in_full(text), speaker)
    out: list[str] = []
    at, seen = 0, False
    for match in _WORD.finditer(named):
        out.append(named[at : match.start()])
        word, tail = match[1].lower(), match[2].replace("’", "'").lower()
        out.append(_replaced(word, tail, speaker, again=seen))
        seen = seen or word in {"i", "my"}
        at = match.end()
        if word == "i" and not tail:
            at = _agreeing(named, at, out)
    out.append(named[at:])
    return _without_name_alone("".join(out), speaker)


def _without_name_alone(text: str, speaker: str) -> str:
    """ "I'm Nora, I live in Lyon" says only the second."""
    rest = text.removeprefix(f"{speaker} is {speaker}")
    told = re.sub(r"^,? (?:and )?", "", rest)
    return told if told.startswith(f"{speaker} ") else text


def _in_full(text: str) -> str:
    """ "Wanna" and the like written out, so that the verb in them can follow its subject."""
    for pattern, words in _COLLOQUIAL:
        text = pattern.sub(words, text)
    return text


def _replaced(word: str, tail: str, speaker: str, *, again: bool) -> str:
    own = "their" if again else f"{speaker}'s"
    plain = {
        "i": speaker, "me": speaker, "my": own, "mine": f"{speaker}'s", "myself": "themself",
        "we": f"{speaker} and the others", "us": f"{speaker} and the others", "our": own, "ours": own, "ourselves": "themselves",
    }[word]  # fmt: skip
    singular = word == "i"
    ending = {
        "'m": " is", "'ve": " has" if singular else " have", "'d": " would", "'ll": " will", "'re": " are", "'s": " is", "": "",
    }[tail]  # fmt: skip
    return plain + ending


def _agreeing(text: str, at: int, out: list[str]) -> int:
    """The verb after "I", skipping adverbs, in the third person; returns where the text goes on."""
    match = re.match(
        r"((?:\s+(?:(?!(?:re|app|rep|supp|comp|imp|multip|f|ral|bul)ly\b)\w+ly|just|also|still|always|often|usually|never|really|even|already|sometimes|kinda|sorta|totally|now))*\s+)([\w'’]+)",
        text[at:],
    )
    if match is None:
        return at
    verb = match[2]
    lower = verb.lower().replace("’", "'")
    out.append(match[1] + (_FORMS.get(lower, "").strip() or _third(lower) or verb))
    return at + match.end()


def _third(verb: str) -> str | None:
    """ "go" to "goes", when the word is a verb in its base form and nothing else likely. After "I", "like" is one."""
    found = lexicon.tags(verb)
    if not {"VB", "VBP"} & set(found) or "VBD" in found:
        return None
    if found[0] in {"VBN", "MD", "RB", "IN"} and verb != "like":
        return None
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def _subject_restored(text: str, speaker: str) -> str:
    """ "Got a new job" is said of the speaker: the name goes in front, and "haven't" follows it."""
    opening = re.match(
        r"(?P<adverb>(?:just|recently|finally|already|also|still)\s+)?(?P<verb>[\w'’]+)", text, re.IGNORECASE
    )
    if opening is None:
        return text
    verb, rest = opening["verb"].lower().replace("’", "'"), text[opening.end() :]
    lowered = text[0].lower() + text[1:]
    if verb == "been":
        return f"It has been{rest}" if _SPELL.match(rest) else f"{speaker} has {lowered}"
    if verb == "haven't" and not _ASKED.match(rest):
        return f"{speaker} hasn't{rest}"
    if lexicon.tags(verb)[:1] in {("VBD",), ("VBN",)} and verb not in _NO_PREDICATE:
        return f"{speaker} {lowered}"
    if verb.endswith("ing") and _GOING_ON.match(verb + rest) and not _has_finite_verb(rest):
        return f"{speaker} is {lowered}"
    return text


_NO_PREDICATE = frozenset({"based", "given", "called", "compared", "made"})
_SPELL = re.compile(r" (?:an?|ages|so|too|quite|over|about|almost|nearly|\d+|two|three) ?", re.IGNORECASE)
_ASKED = re.compile(r" (?:you|we|they)\b")
_GOING_ON = re.compile(r"\w+ing (?:to|for|on|the|a|my|some|about|at|with)\b")
_CLAUSE_END = re.compile(
    r"[,;.!?]|\s[–—-]\s|\b(?:and (?:i|it|we)|but|because|which|who|that|as|so|when|where|while)\b", re.IGNORECASE
)


def _has_finite_verb(text: str) -> bool:
    """Whether what begins with "running" has its own verb yet to come ("running a shop is hard"): then it is the subject."""
    words = re.findall(r"[\w’']+", _CLAUSE_END.split(text, maxsplit=1)[0].lower())
    return any(
        _FINITE & set(lexicon.tags(word)[:1])
        or re.search(r"['’]s$|^(?:is|was|has|must|can|could|will|would|makes|helps|feels)$", word)
        for word in words
    )


_FINITE = frozenset({"VBZ", "VBD", "MD"})
