"""What a new statement does to an old one: replaces, contradicts, adds to it, or has nothing to do with it.

Both are read into claims: who, about what, which value. A claim replaces another only when the subject and the
slot are the same, the slot holds one value at a time, and the new one says that something changed. Anything
short of that is left beside the old one: superseding wrongly is the costly error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.extraction.duplicates import word_overlap
from app.extraction.stems import content_stems

RELATED_OVERLAP = 0.2
RELATED_COSINE = 0.55


class Effect(StrEnum):
    REPLACES = "replaces"
    CONTRADICTS = "contradicts"
    ADDS = "adds"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence in the third person or, with its speaker, in the first. `said` is when it was said."""

    text: str
    speaker: str | None = None
    said: date | None = None
    occurred: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Confidence is 0..1."""

    effect: Effect
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Claim:
    """`slot` names what is claimed about the subject, with its object where it needs one ("favourite film")."""

    subject: str
    slot: str
    value: str
    is_denied: bool
    old_value: str = ""


_END = r"(?=[.,;!?]|$| (?:and|but|because|since|now|for|with|instead|anymore|any more|these days|as|so|after|before|until|last|this|next|in|on|at|to|from|when|where|who|which|that|using|too|again|again|today|rather)\b)"
_VALUE = rf"(?:the |a |an |my |our |their |his |her )?(?P<value>[\w@#][\w'’&.+/: -]*?){_END}"
_SUBJECT = r"(?P<subject>[\w'’.& -]{1,40}?)"
_ADVERB = r"(?:now |currently |just |recently |finally |also |still |actually |already |officially |has |have |had |'ve |’ve |is |are |'s |’s |'m |’m |am |'re |’re |was |were )*"
_LOOSE = r"(?P<denied>(?:no longer |not |never |doesn't |don't |doesn’t |don’t |isn't |isn’t |does not |do not |didn't |stopped |quit |gave up )?)"


def _form(slot: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    return slot, re.compile(rf"^{_SUBJECT}(?: |(?=['’])){_ADVERB}{_LOOSE}{_ADVERB}{pattern}", re.IGNORECASE)


_MOVES = (
    (
        "home",
        re.compile(
            rf"^{_SUBJECT} {_ADVERB}(?:moved|relocated|moving|relocating)(?: (?:away|back|house|home))? from (?P<old>[\w'’ -]+?) to {_VALUE}",
            re.IGNORECASE,
        ),
    ),
    (
        "use",
        re.compile(
            rf"^{_SUBJECT} {_ADVERB}(?:moved|switched|migrated|changed|went) from (?P<old>[\w'’.+# -]+?) (?:over )?to {_VALUE}",
            re.IGNORECASE,
        ),
    ),
    ("use", re.compile(rf"^{_SUBJECT} {_ADVERB}replaced (?P<old>[\w'’.+# -]+?) (?:with|by) {_VALUE}", re.IGNORECASE)),
    (
        "use",
        re.compile(
            rf"^{_SUBJECT} {_ADVERB}(?:uses?|using|runs?|chose|prefers?) (?P<value>[\w'’.+# -]+?) (?:now )?(?:instead of|rather than|in place of) (?P<old>[\w'’.+# -]+?){_END}",
            re.IGNORECASE,
        ),
    ),
)
_FORMS = (
    _form("home", rf"(?:lives?|living|lived|based|resides?|settled)(?: now)? in {_VALUE}"),
    _form("home", rf"(?:moved|relocated)(?: back)? to {_VALUE}"),
    _form("employer", rf"(?:works?|working|worked|employed)(?: now)? (?:at|for) {_VALUE}"),
    _form("employer", rf"(?:joined|started at|got a job at|took a job at) {_VALUE}"),
    _form(
        "employer gone",
        rf"(?:left|quit|was fired from|was laid off (?:by|from)|resigned from) (?:my |his |her |their )?(?:job at |work at )?{_VALUE}",
    ),
    _form("role", rf"(?:works? as|working as|promoted to|became) {_VALUE}"),
    _form("name", rf"(?:called|named|renamed to|goes by) {_VALUE}"),
    _form("spouse", rf"(?:married to|engaged to|dating|seeing) {_VALUE}"),
    _form("owner", rf"(?:owned|maintained|led|managed|run) by {_VALUE}"),
    _form(
        "place of it",
        rf"(?:located|hosted|deployed|stored|kept|held|runs?|running|lives?)(?: now)? (?:at|in|on) {_VALUE}",
    ),
    _form(
        "time of it",
        rf"(?:scheduled for|moved to|postponed to|due(?: on)?|starts?(?: at| on)?|begins?(?: at| on)?|set for|happens on|takes place on) {_VALUE}",
    ),
    _form("diet", r"(?P<value>vegan|vegetarian|pescatarian|a meat[- ]eater)\b"),
    _form(
        "state",
        r"(?P<value>single|pregnant|retired|unemployed|divorced|sober|engaged|broken|fixed|deprecated|enabled|disabled|open|closed|on hold|cancelled|canceled|done|finished|blocked|live|down|up)\b",
    ),
)
_TASTE = re.compile(
    rf"^{_SUBJECT} {_ADVERB}(?P<denied>(?:no longer |not |never |doesn't |don't |doesn’t |don’t |does not |do not |can't |cannot |used to )?)(?:really |truly |absolutely )?(?P<verb>likes?|loves?|enjoys?|adores?|hates?|dislikes?|stand|drinks?|eats?|smokes?|plays?|prefers?|wants?) {_VALUE}",
    re.IGNORECASE,
)
_USE = re.compile(
    rf"^{_SUBJECT} {_ADVERB}{_LOOSE}{_ADVERB}(?:uses?|using|used|runs? on|written in|built with|depends on|relies on) {_VALUE}(?: (?:for|as) (?P<purpose>[\w' -]+?){_END})?",
    re.IGNORECASE,
)
_SLOTTED = re.compile(
    rf"^(?:(?P<owner>[\w'’. -]{{1,30}}?)['’]s |the |my |our |their |his |her )?(?P<slot>(?:favou?rite |default |max(?:imum)? |min(?:imum)? |current |main |preferred |new )?[\w-]+(?: [\w-]+){{0,3}}?) {_ADVERB}{_LOOSE}(?:now )?(?:is|are|was|were|equals|set to|changed to|increased to|reduced to|lowered to|raised to|became|=)(?: now| currently| set to| still)? {_LOOSE.replace('denied', 'denied2')}{_VALUE}",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:now|no longer|any ?more|instead|switched|moved|changed|renamed|replaced|became|actually|correction|corrected|update[d:]?|as of|since|from now on|these days|finally|stopped|quit|gave up|left|joined|promoted|migrated|turned out to be|increased|reduced|raised|lowered|postponed|rescheduled|cancell?ed|started|not .{1,40} but|got (?:a|the) (?:new )?job)\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"\b(?:actually|correction|corrected|i was wrong|my mistake|not .{1,30} but|turned out to be|sorry,)\b|, not \S",
    re.IGNORECASE,
)
_UNSETTLED = re.compile(
    r"\b(?:will|'ll|’ll|would|might|may|maybe|perhaps|could|should|plans?|planning|want(?:s|ed)? to|hop(?:es?|ing) to|thinking (?:of|about)|considering|going to|gonna|if|whether|wonder\w*|dreams? of|wish(?:es)?|considered|almost|nearly|about to|used to|once|back then|as a (?:kid|child)|before|formerly|previously|asked|said that|heard|joked|pretend\w*)\b|\?",
    re.IGNORECASE,
)
_PAST_ONLY = re.compile(
    r"\b(?:used to|formerly|previously|back then|as a (?:kid|child)|when (?:i|he|she|they) was|in (?:19|20)\d\d|years? ago|once|originally)\b",
    re.IGNORECASE,
)
_FAMILIES = tuple(
    frozenset(names.split())
    for names in (
        "postgres postgresql mysql mariadb oracle sqlite mssql cockroachdb mongodb dynamodb cassandra",
        "redis memcached valkey",
        "kafka rabbitmq nats sqs pulsar activemq",
        "aws gcp azure heroku hetzner digitalocean fly.io",
        "pip poetry uv pipenv conda",
        "npm yarn pnpm bun",
        "vim neovim emacs vscode pycharm intellij",
        "jira linear trello asana",
        "slack teams discord zulip mattermost",
        "github gitlab bitbucket gitea",
        "jenkins circleci travis",
        "rest graphql grpc",
        "react vue angular svelte",
        "django flask fastapi",
        "tabs spaces",
        "docker podman",
        "windows macos linux",
        "iphone android",
    )
)
_POSITIVE = frozenset({"like", "love", "enjoy", "adore", "drink", "eat", "smoke", "play", "prefer", "want"})
_NEGATIVE = frozenset({"hate", "dislike", "stand"})
_FIRST_PERSON = frozenset({"i", "we", "my", "our", "i'm", "we're"})
_OPENING = re.compile(
    r"^(?:(?:actually|correction|update|note|ok|okay|so|well|and|but|now|today|yesterday|finally|oh|hey|yeah|sorry|currently|these days|as of (?:\w+ ){1,3}\w*|since (?:\w+ ){1,2}\w*|from now on|by the way)\b[\s,:.—-]*)+",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|never|no longer|none|nobody|cannot)\b|n['’]t\b", re.IGNORECASE)


def judge(new: Statement, old: Statement, cosine: float | None = None) -> Verdict:
    """What `new` does to `old`. `cosine` is of their embeddings, None when there is none."""
    if new.said and old.said and new.said < old.said:
        return Verdict(effect=Effect.ADDS, reason="it is older than what is stored", confidence=0.6)
    theirs = list(_claims(old))
    for mine in _claims(new):
        for other in theirs:
            verdict = _between(mine, other, new, old)
            if verdict is not None:
                return verdict
    return _otherwise(new, old, cosine)


def _claims(statement: Statement) -> Iterator[_Claim]:
    text = _OPENING.sub("", statement.text.strip())
    text = re.sub(r"^(I|We)['’]m\b", r"\1 am", text)
    for slot, pattern in _MOVES:
        if match := pattern.search(text):
            yield _Claim(
                _subject(match["subject"], statement),
                slot,
                _plain(match["value"]),
                is_denied=False,
                old_value=_plain(match["old"]),
            )
    for slot, pattern in _FORMS:
        if match := pattern.search(text):
            gone = slot.endswith(" gone")
            denied = gone or bool(match["denied"].strip())
            yield _Claim(
                _subject(match["subject"], statement), slot.removesuffix(" gone"), _plain(match["value"]), denied
            )
    if match := _TASTE.search(text):
        verb = match["verb"].lower().rstrip("s")
        denied = bool(match["denied"].strip()) is not (verb in _NEGATIVE) if verb != "stand" else True
        slot = "taste" if verb in _POSITIVE | _NEGATIVE and verb not in {"drink", "eat", "smoke", "play"} else verb
        yield _Claim(_subject(match["subject"], statement), f"{slot} {_plain(match['value'])}", "yes", denied)
    if match := _USE.search(text):
        purpose = _plain(match["purpose"] or "")
        yield _Claim(
            _subject(match["subject"], statement),
            f"use {purpose}".strip(),
            _plain(match["value"]),
            bool(match["denied"].strip()),
        )
    if (match := _SLOTTED.search(text)) and match["slot"].lower() not in {
        "it",
        "this",
        "that",
        "there",
        "he",
        "she",
        "they",
        "i",
        "we",
    }:
        owner = _subject(match["owner"] or ("i" if re.match(r"(?:my|our)\b", text, re.IGNORECASE) else "it"), statement)
        denied = bool(match["denied"].strip() or match["denied2"].strip())
        yield _Claim(owner, _plain(re.sub(r"^new ", "", match["slot"].lower())), _plain(match["value"]), denied)


def _subject(words: str, statement: Statement) -> str:
    plain = _plain(words)
    if plain in _FIRST_PERSON and statement.speaker:
        return statement.speaker.casefold()
    return "i" if plain in _FIRST_PERSON else plain


def _plain(words: str) -> str:
    lowered = re.sub(r"[’']s$", "", words.casefold().replace("’", "'").strip(" .'"))
    return re.sub(r"^(?:the|a|an|my|our|his|her|their) ", "", lowered).strip()


def _between(mine: _Claim, other: _Claim, new: Statement, old: Statement) -> Verdict | None:
    """The verdict on two claims about one thing, or None when they are about different things."""
    if mine.subject != other.subject or not _same_slot(mine, other):
        return None
    if _PAST_ONLY.search(old.text) or (_UNSETTLED.search(new.text) and not _CORRECTION.search(new.text)):
        reason = "one is a plan, a memory or a report, not how things stand"
        return Verdict(effect=Effect.ADDS, reason=reason, confidence=0.7)
    if mine.old_value:
        return _after_move(mine, other)
    if _same_value(mine.value, other.value):
        return _same_said(mine, other, new, old)
    if mine.is_denied or other.is_denied:
        return Verdict(effect=Effect.ADDS, reason="one denies a value, the other gives another", confidence=0.5)
    return _other_value(mine, other, new, old)


def _same_said(mine: _Claim, other: _Claim, new: Statement, old: Statement) -> Verdict:
    if mine.is_denied == other.is_denied:
        return Verdict(effect=Effect.ADDS, reason=f"both say the same of {mine.slot}", confidence=0.7)
    return _opposite(mine, new, old)


def _after_move(mine: _Claim, other: _Claim) -> Verdict:
    if _same_value(mine.old_value, other.value):
        return Verdict(
            effect=Effect.REPLACES, reason=f"{mine.slot}: from {mine.old_value} to {mine.value}", confidence=0.95
        )
    if mine.slot == "home" and not _same_value(mine.value, other.value):
        return Verdict(
            effect=Effect.CONTRADICTS, reason=f"moved from {mine.old_value}, not from {other.value}", confidence=0.6
        )
    return Verdict(effect=Effect.ADDS, reason="it changes something else", confidence=0.5)


def _opposite(mine: _Claim, new: Statement, old: Statement) -> Verdict:
    """The same said and denied: a change when the new one says so, else two voices."""
    if _CHANGE.search(new.text) and not (new.occurred and old.occurred and new.occurred != old.occurred):
        return Verdict(effect=Effect.REPLACES, reason=f"no longer so: {mine.slot} {mine.value}".strip(), confidence=0.9)
    return Verdict(
        effect=Effect.CONTRADICTS, reason=f"one says it of {mine.slot}, the other denies it", confidence=0.75
    )


def _other_value(mine: _Claim, other: _Claim, new: Statement, old: Statement) -> Verdict:
    if mine.slot.startswith("use") and not any({mine.value, other.value} <= family for family in _FAMILIES):
        return Verdict(effect=Effect.ADDS, reason="one may use several", confidence=0.5)
    if _CORRECTION.search(new.text):
        return Verdict(effect=Effect.REPLACES, reason=f"corrected: {mine.slot} is {mine.value}", confidence=0.9)
    if _CHANGE.search(new.text):
        return Verdict(effect=Effect.REPLACES, reason=f"{mine.slot} is now {mine.value}", confidence=0.85)
    if new.occurred and old.occurred and new.occurred != old.occurred:
        return Verdict(effect=Effect.ADDS, reason="they speak of different times", confidence=0.6)
    return Verdict(effect=Effect.CONTRADICTS, reason=f"two values for {mine.slot}", confidence=0.6)


def _same_slot(mine: _Claim, other: _Claim) -> bool:
    if mine.slot == other.slot:
        return True
    return (
        mine.slot.startswith("use") and other.slot.startswith("use") and (bool(mine.old_value) or bool(other.old_value))
    )


def _same_value(one: str, other: str) -> bool:
    return one == other or content_stems(one.split()) == content_stems(other.split()) != []


def _otherwise(new: Statement, old: Statement, cosine: float | None) -> Verdict:
    """Without two claims about one thing, only nearness is left, and it never supersedes."""
    overlap = word_overlap(new.text, old.text)
    if (
        overlap >= 0.7
        and bool(_NEGATED.search(new.text)) != bool(_NEGATED.search(old.text))
        and not _UNSETTLED.search(new.text)
    ):
        effect = (
            Effect.REPLACES
            if re.search(r"\b(?:no longer|any ?more)\b", new.text, re.IGNORECASE)
            else Effect.CONTRADICTS
        )
        return Verdict(effect=effect, reason="the same words, denied", confidence=0.7)
    if overlap >= RELATED_OVERLAP or (cosine is not None and cosine >= RELATED_COSINE):
        return Verdict(effect=Effect.ADDS, reason="about the same things", confidence=0.5)
    return Verdict(effect=Effect.UNRELATED, reason="about different things", confidence=0.6)
