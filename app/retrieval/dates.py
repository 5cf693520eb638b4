"""The date that a question names: a day, a month or a year, in whole or in part."""

import re
from dataclasses import dataclass
from datetime import date

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "(?:" + "|".join(MONTHS) + ")"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_LED = r"(?:\b(?:on|in|during|around|by|of|since|before|after)\s+)?(?:the\s+)?"
_DATE = re.compile(
    rf"(?i){_LED}(?:"
    rf"\b(?P<iso>{_YEAR}-\d\d-\d\d)\b"
    rf"|\b(?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?P<year>{_YEAR})\b)?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>{_DAY})\b(?!\d)(?:,?\s+(?P<year2>{_YEAR})\b)?"
    rf"|\b(?P<month3>{_MONTH})\b(?:,?\s+(?P<year3>{_YEAR})\b)?"
    rf"|\b(?P<year4>{_YEAR})\b)"
)
_VERB = re.compile(r"(?i)^may$")
"""Alone, it is nearly always the verb."""
_IN_WHEN = re.compile(r"(?i)\b(?:when|how long|(?:what|which) (?:year|month|date|day|week|time))\b")
_OF_THE_PAST = re.compile(
    r"(?i)\b(?:did|was|were|had|used to|before|previous(?:ly)?|former(?:ly)?|earlier|originally|once|ever|first|last|history)\b"
)
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class AskedDate:
    """What is known of it; at least a month or a year."""

    year: int | None
    month: int | None
    day: int | None

    def nearness(self, said: date) -> float:
        """1 for what was said at that time or just after, less around it, 0 elsewhere."""
        if self.month is None:
            return 0.3 if self.year == said.year else 0.0
        if self.day is not None:
            return _near_day(said, self.year or said.year, self.month, self.day)
        months = (said.year - (self.year or said.year)) * _DECEMBER + said.month - self.month
        if self.year is None:
            months %= _DECEMBER
        return {0: 1.0, 1: 0.5}.get(months, 0.0)


def asked_date(question: str) -> tuple[AskedDate | None, str]:
    """The first date that a question names, and the question without it."""
    for match in _DATE.finditer(question):
        found = _read(match)
        if found and not _VERB.match(match[0].strip()):
            rest = question[: match.start()] + " " + question[match.end() :]
            return found, " ".join(rest.split())
    return None, question


def asks_when(question: str) -> bool:
    return _IN_WHEN.search(question) is not None


def asks_of_the_past(question: str) -> bool:
    """Whether what is over may be what is asked for."""
    return _OF_THE_PAST.search(question) is not None


def _read(match: re.Match[str]) -> AskedDate | None:
    if match["iso"]:
        year, month, day = match["iso"].split("-")
        return AskedDate(int(year), int(month), int(day)) if 1 <= int(month) <= _DECEMBER else None
    month = match["month"] or match["month2"] or match["month3"]
    day = match["day"] or match["day2"]
    year = match["year"] or match["year2"] or match["year3"] or match["year4"]
    return AskedDate(
        int(year) if year else None,
        MONTHS.index(month.casefold()) + 1 if month else None,
        int(re.sub(r"\D", "", day)) if day else None,
    )


def _near_day(said: date, year: int, month: int, day: int) -> float:
    try:
        after = (said - date(year, month, day)).days
    except ValueError:  # 31 February
        return 0.0
    if 0 <= after <= 2:
        return 1.0
    if -1 <= after <= 9:
        return 0.7
    return 0.3 if -3 <= after <= 31 else 0.0
