"""The values that clauses give: numbers with their units, days and hours, versions, states that exclude each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.extraction import lexicon
from app.extraction.stems import content_stems, stem

_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"zero": "0", "both": "2", "twice": "2"}
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})s?\b")
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)}) (\d{{1,2}})\b|({'|'.join(_MONTHS)}))(?: (\d{{4}}))?\b"
)
_CLOCK = re.compile(
    r"\b(?:at|by|from|until|to) (\d{1,2}(?:[:.]\d\d)?)\b(?! (?!am|pm|o'clock|every|on|in)\w)|\b(\d{1,2}:\d\d|\d{1,2}(?= ?[ap]m\b))|\b(noon|midnight)\b"
)
_TIME_FIRST = re.compile(
    rf"(?:(?:in|on|at|by|for|until|from|next|this|every) )*(?:the )?(?:\d|noon\b|midnight\b|(?:{'|'.join((*_DAYS, *_MONTHS))})s?\b)"
)
_AMOUNT = re.compile(
    r"(?P<money>[$€£])? ?(?P<number>(?<![\w.-])\d[\d,.]*\d|(?<![\w.-])\d|\b(?:no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero)\b)(?!-?\d)(?P<percent> ?%)? ?(?P<unit>[a-z]+)?"
)
_VERSION = re.compile(r"\b([a-z][\w+#.-]*) v?(\d+(?:\.\d+)*)\b")
_UNITLESS = lexicon.listed("per a an the and or of in on at to for every each not but from years")

AXES: dict[str, dict[str, str]] = {
    "relationship": {
        "single": "single", "single again": "single", "dating": "dating", "engaged": "engaged", "married": "married", "divorced": "apart",
        "separated": "apart", "widowed": "apart", "broke up": "apart", "split up": "apart", "got married": "married", "got engaged": "engaged",
    },
    "employment": {
        "unemployed": "jobless", "jobless": "jobless", "out of work": "jobless", "between jobs": "jobless", "looking for a job": "jobless",
        "looking for work": "jobless", "retired": "retired", "started a job": "employed", "found a job": "employed", "got a job": "employed",
        "laid off": "jobless", "freelancing": "freelance", "self-employed": "freelance", "employed": "employed", "landed a job": "employed",
    },
    "leave": {"on parental leave": "away", "on maternity leave": "away", "on leave": "away", "on vacation": "away", "on holiday": "away",
              "on sick leave": "away", "back from": "back", "back at work": "back"},
    "health": {"sick": "ill", "ill": "ill", "injured": "ill", "in hospital": "ill", "recovered": "well", "healthy": "well", "recovering": "well", "well again": "well"},
    "pregnancy": {"pregnant": "expecting", "expecting a baby": "expecting", "gave birth": "over", "had the baby": "over"},
    "function": {
        "broken": "out", "down": "out", "failing": "out", "out of order": "out", "offline": "out", "defective": "out", "fixed": "works", "repaired": "works",
        "up": "works", "back up": "works", "online": "works", "works again": "works", "working again": "works", "back online": "works", "green": "works", "red": "out",
    },
    "openness": {
        "open": "open", "closed": "closed", "resolved": "closed", "merged": "merged", "waiting for review": "waiting", "in review": "waiting",
        "blocked": "blocked", "on hold": "blocked", "done": "closed", "in progress": "open", "unblocked": "open", "unresolved": "open", "pending": "waiting",
    },
    "visibility": {"private": "private", "public": "public", "internal": "private", "open source": "public", "closed source": "private"},
    "switch": {"enabled": "on", "disabled": "off", "on": "on", "off": "off", "turned on": "on", "turned off": "off", "active": "on", "inactive": "off", "activated": "on", "deactivated": "off"},
    "support": {"supported": "kept", "deprecated": "going", "removed": "gone", "gone": "gone", "deleted": "gone", "unsupported": "gone", "retired": "gone"},
    "diet": {"vegan": "vegan", "vegetarian": "vegetarian", "pescatarian": "pescatarian", "meat eater": "meat", "eats meat": "meat", "eats steak": "meat",
             "eats chicken": "meat", "eats beef": "meat", "eats pork": "meat", "eats bacon": "meat", "omnivore": "meat"},
    "hand": {"left-handed": "left", "right-handed": "right"},
    "rank of age": {"oldest": "oldest", "youngest": "youngest", "eldest": "oldest"},
    "secrecy": {"hashed": "hashed", "plain text": "plain", "plaintext": "plain", "encrypted": "hashed", "unencrypted": "plain"},
    "sale": {"for sale": "for sale", "sold": "sold"},
    "event": {"takes place": "takes place", "scheduled": "takes place", "called off": "off", "cancelled": "off", "canceled": "off"},
}  # fmt: skip
_AXIS_OF = {words: (axis, state) for axis, states in AXES.items() for words, state in states.items()}
_LOOSE = lexicon.listed(
    "on off up down open back red green single done active public private internal sold removed gone"
)
_IN_STATE = re.compile(
    r"^(?P<subject>\S.*?) (?:(?:am|is|are|have|has|had|been|be|being|was|were|got|get|gets|became|become|went|turned|stored|kept|set to|in|a|an|the) )*"
    rf"(?P<state>{'|'.join(sorted(map(re.escape, _AXIS_OF), key=len, reverse=True))})(?P<rest>$| .*)$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it counts: the stem of the word behind it, "%", "$" or nothing."""

    number: str
    unit: str


def amounts(text: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        number = _NUMBER_WORDS.get(match["number"], match["number"]).replace(",", "").rstrip(".")
        unit = match["unit"] or ""
        counted = "" if unit in _UNITLESS else stem(unit)
        yield Amount(number, match["money"] or (match["percent"] or "").strip() or counted)


def begins_with_time(text: str) -> bool:
    return _TIME_FIRST.match(text) is not None


def when(text: str) -> dict[str, str]:
    """The parts of a time that are given: weekday, date, hour."""
    found: dict[str, str] = {}
    if match := _DAY.search(text):
        found["day"] = match[1]
    if match := _DATE.search(text):
        found["date"] = " ".join(part for part in match.groups() if part)
    if match := _CLOCK.search(_DATE.sub("", text)):
        found["hour"] = next(part for part in match.groups() if part).removesuffix(":00")
    return found


def versions(text: str) -> dict[str, str]:
    """Numbers that follow the name of a thing: "python 3.9"."""
    return {name: number for name, number in _VERSION.findall(text) if _may_have_versions(name)}


def _may_have_versions(name: str) -> bool:
    return name not in _MONTHS and (not lexicon.is_word(name) or lexicon.first_tag(name) in {"NN", "NNP"})


def state(clause: str) -> tuple[str, str, str] | None:
    """(subject, axis, state) of a clause that says in which state something is, or that it came into one."""
    match = _IN_STATE.match(re.sub(r"\bnew ", "", clause))
    if match is None:
        return None
    words = match["state"]
    if (
        words in _LOOSE
        and match["rest"]
        and not re.match(r" (?:in|for|on|at|to|since|until|by|during)\b", match["rest"])
    ):
        return None
    axis, value = _AXIS_OF[words]
    return match["subject"], axis, value


def axis_of(words: str) -> tuple[str, str] | None:
    return _AXIS_OF.get(words)


def value_stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(re.findall(r"[\w+#]+(?:[.:-]\w+)*", text.casefold())))
