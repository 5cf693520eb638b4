"""Expressions that place something on the calendar, resolved against the day on which they were said."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import IntEnum

from dateutil.relativedelta import relativedelta

from app.extraction import periods
from app.extraction.findings import FoundTime
from app.extraction.periods import Period

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

_MONTH = (
    r"(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?:\.(?= ))?)"
)
_WEEKDAY = (
    r"(?:mon(?:day|\.)?|tue(?:s(?:day|\.)?|\.)?|wed(?:nesday|s|\.)?|thu(?:r(?:s(?:day|\.)?|\.)?|\.)?"
    r"|fri(?:day|\.)?|sat(?:urday|\.)?|sun(?:day|\.)?)\b"
)
_FULL_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_PART = r"(?: (?:early |late )?(?:morning|afternoon|evening|night|lunchtime))?"
_NUMBER = r"(?:\d{1,4}|an?|" + "|".join(NUMBERS[1:]) + ")"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
_WHICH = r"(?:last|next|this past|this coming|this|the past|the coming|past|coming)"
_UNIT = r"(?:day|weekend|week|fortnight|month|quarter|year|decade)s?"

_HINT = re.compile(
    r"(?i)\d|today|tonight|yesterday|tomorrow|\bago\b|\b(?:last|next|this|past|coming|the)\b|day\b|weekend"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|fall|winter|in an?\b"
    r"|mon|tue|wed|thu|fri|sat|sun|week|month|year|in (?:" + "|".join(NUMBERS[1:]) + r"))"
)


class Tense(IntEnum):
    """Which way a bare weekday, day or month points."""

    PAST = -1
    FUTURE = 1


_BACK = re.compile(r"(?i)\b(?:since|as of|back (?:in|on))\s+(?:the )?$")
_AHEAD = re.compile(
    r"(?i)\b(?:until|till|by|due(?: on)?|moved (?:from|to)|postponed from|pushed from|rescheduled from|postponed to|scheduled for|booked for|go(?:es)? live (?:on|in)|gets? \w+ed(?: \w+)? (?:on|in)|deadline(?: is)?|starting(?: on)?|through)\s+(?:the )?$"
)
_WILL = re.compile(r"(?i),? (?:i|we|he|she|they|it|you)(?:['’]ll| will)\b")
_LOOKS_AHEAD = re.compile(
    r"(?i)\b(?:will|shall|going to|gonna|due|is|are|starts?|begins?|ends?|opens?|expires?|leav(?:e|es|ing)|launch(?:es|ing)?|coming|moving"
    r"|back|next|until|tickets?|see|meet(?:ing)?|plan(?:s|ning)?|be)\b|['’]ll\b|['’](?:re|m) \w+ing\b"
)
Resolve = Callable[[re.Match[str], date, Tense], Period | None]
_RULES: list[tuple[re.Pattern[str], Resolve]] = []


def find_times(text: str, today: date, tense_at: Callable[[int], Tense]) -> list[FoundTime]:
    """Times of a text, in order, without overlaps. What is no date, such as 31 February, is left out."""
    if not _HINT.search(text):
        return []
    found: list[FoundTime] = []
    taken = bytearray(len(text))
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span("span")
            if any(taken[start:end]):
                continue
            period = _resolved(resolve, match, today, tense_at)
            taken[start:end] = b"\1" * (end - start)
            if period is not None:
                found.append(_time(text, start, end, period))
    return sorted(found, key=lambda time: time.start)


def _resolved(resolve: Resolve, match: re.Match[str], today: date, tense_at: Callable[[int], Tense]) -> Period | None:
    start = match.start("span")
    try:
        pointed = _pointed(match.string[max(0, start - 20) : start], match.string[match.end("span") :][:20])
        return resolve(match, today, pointed or tense_at(start))
    except (ValueError, OverflowError):  # a day that no calendar has
        return None


def _pointed(before: str, after: str) -> Tense | None:
    """Where the words next to it point, whatever the verb before says: "since May" back, "until Friday", "in May I'll" ahead."""
    if _BACK.search(before):
        return Tense.PAST
    return Tense.FUTURE if _AHEAD.search(before) or _WILL.match(after) else None


def _time(text: str, start: int, end: int, period: Period) -> FoundTime:
    return FoundTime(
        text=text[start:end], start=start, end=end, value=period.value, first=period.first, last=period.last
    )


def _rule(pattern: str) -> Callable[[Resolve], Resolve]:
    """Rules run in the order of this file; what an earlier one took, a later one leaves."""
    compiled = re.compile(r"(?i)" + pattern)

    def add(resolve: Resolve) -> Resolve:
        _RULES.append((compiled, resolve))
        return resolve

    return add


def _month_number(word: str) -> int:
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower()[:3]))


def _weekday_number(word: str) -> int:
    return next(i for i, name in enumerate(WEEKDAYS) if name.startswith(word.lower()[:3]))


def _number(word: str) -> int:
    lowered = word.lower()
    if lowered in {"a", "an"}:
        return 1
    return NUMBERS.index(lowered) if lowered in NUMBERS else int(word)


def _day_number(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _nearest_year(today: date, number: int, day_: int, tense: Tense) -> int:
    """The year in which a day and month lie nearest in the direction of the tense."""
    year = today.year
    if tense is Tense.PAST and (number, day_) > (today.month, today.day):
        year -= 1
    if tense is Tense.FUTURE and (number, day_) < (today.month, today.day):
        year += 1
    return year


def _weekday_on(today: date, weekday: int, tense: Tense) -> date:
    """The nearest such weekday strictly before or after the day."""
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=(ahead or 7) if tense is Tense.FUTURE else (ahead - 7))


def _step(which: str) -> int:
    lowered = which.lower()
    return -1 if lowered.endswith(("last", "past")) else int(lowered.endswith(("next", "coming")))


@_rule(r"\b(?P<span>(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d))(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?(?![\w-])")
def _iso(match: re.Match[str], _today: date, _tense: Tense) -> Period:
    return periods.day(date(int(match["y"]), int(match["m"]), int(match["d"])))


@_rule(r"(?<![\w./-])(?P<span>(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}))(?![\w/-])")
def _numeric(match: re.Match[str], _today: date, _tense: Tense) -> Period:
    """Dots put the day first; slashes the month, unless it cannot be one."""
    first, second = int(match["a"]), int(match["b"])
    day_first = match["sep"] == "." or first > 12
    day_, month_ = (first, second) if day_first else (second, first)
    return periods.day(date(int(match["y"]), month_, day_))


@_rule(
    rf"(?P<span>\b(?P<a>{_DAY}) ?(?:-|–|to|and|until|through) ?(?P<b>{_DAY})(?: of)? (?P<m>{_MONTH})(?:,? (?P<y>{_YEAR})\b)?)"
)
def _day_range(match: re.Match[str], today: date, tense: Tense) -> Period:
    number, first, last = _month_number(match["m"]), _day_number(match["a"]), _day_number(match["b"])
    year = int(match["y"]) if match["y"] else _nearest_year(today, number, last, tense)
    return periods.days(date(year, number, first), date(year, number, last))


@_rule(rf"(?P<span>\b(?P<m>{_MONTH}) (?P<a>{_DAY}) ?(?:-|–|to|until|through) ?(?P<b>{_DAY})\b(?:,? (?P<y>{_YEAR})\b)?)")
def _month_day_range(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    return _day_range(match, today, tense)


@_rule(
    rf"(?P<span>(?:\b(?P<w>{_WEEKDAY}),? )?(?:the )?\b(?P<d>{_DAY})(?: of)? (?P<m>{_MONTH})(?:,? (?P<y>\d{{4}})\b)?{_PART})"
)
def _day_month(match: re.Match[str], today: date, tense: Tense) -> Period:
    number, day_ = _month_number(match["m"]), _day_number(match["d"])
    if match["y"]:
        return periods.day(date(int(match["y"]), number, day_))
    year = _nearest_year(today, number, day_, tense)
    if match["w"]:  # which year is meant, its weekday tells
        near = (date(near, number, day_) for near in (year, today.year, today.year - 1, today.year + 1))
        return periods.day(
            next((one for one in near if one.weekday() == _weekday_number(match["w"])), date(year, number, day_))
        )
    return periods.day(date(year, number, day_))


@_rule(
    rf"(?P<span>(?:\b(?P<w>{_WEEKDAY}),? )?\b(?P<m>{_MONTH}) (?:the )?(?P<d>{_DAY})\b(?!:)(?:,? (?P<y>\d{{4}})\b)?{_PART})"
)
def _month_day(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    return _day_month(match, today, tense)


@_rule(
    rf"(?P<span>(?P<edge>(?:the )?(?:very )?(?:end|beginning|start|middle) of )"
    rf"(?:(?P<m>{_MONTH})(?:,? (?P<y>{_YEAR}))?|(?P<which>the|this|last|next) (?P<unit>month|year|week|quarter))\b)"
)
def _edge(match: re.Match[str], today: date, tense: Tense) -> Period:
    """The end is its last day, the start its first; a middle has no day of its own."""
    if match["m"]:
        number = _month_number(match["m"])
        year = int(match["y"]) if match["y"] else _nearest_year(today, number, 28, tense)
        whole = periods.month(year, number)
    else:
        whole = _unit_at(today, match["unit"].lower(), _step(match["which"]))
    edge = match["edge"].lower()
    if "middle" in edge:
        return whole
    return periods.day(whole.last if "end" in edge else whole.first)


@_rule(rf"(?:\b(?:early|late|mid)[ -])?(?P<span>\b(?P<m>{_MONTH})(?: of)?,? (?P<y>\d{{4}}))\b")
def _month_year(match: re.Match[str], _today: date, _tense: Tense) -> Period:
    return periods.month(int(match["y"]), _month_number(match["m"]))


@_rule(r"\b(?P<span>the (?:day before yesterday|night before (?:yesterday|last)))\b")
def _before_yesterday(_match: re.Match[str], today: date, _tense: Tense) -> Period:
    return periods.day(today - timedelta(days=2))


@_rule(rf"\b(?P<span>the day after tomorrow{_PART})\b")
def _after_tomorrow(_match: re.Match[str], today: date, _tense: Tense) -> Period:
    return periods.day(today + timedelta(days=2))


@_rule(
    rf"\b(?P<span>(?:(?P<today>today|tonight)|(?P<before>yesterday|last night)|tomorrow){_PART})\b"
    r"(?!['’]s (?:world|society|age|standards|market))"
)
def _day_word(match: re.Match[str], today: date, _tense: Tense) -> Period:
    shift = 0 if match["today"] else -1 if match["before"] else 1
    return periods.day(today + timedelta(days=shift))


@_rule(r"\b(?P<span>this (?:morning|afternoon|evening))\b")
def _part_of_today(_match: re.Match[str], today: date, _tense: Tense) -> Period:
    return periods.day(today)


@_rule(r"\b(?P<span>the (?P<unit>week|weekend|month|year) (?P<which>before last|after next))\b")
def _two_away(match: re.Match[str], today: date, _tense: Tense) -> Period:
    return _unit_at(today, match["unit"].lower(), -2 if match["which"].lower() == "before last" else 2)


@_rule(rf"\b(?P<span>(?P<n>{_NUMBER}) (?P<unit>{_UNIT}) (?P<way>ago|back|earlier|from (?:now|today)))\b")
def _counted(match: re.Match[str], today: date, _tense: Tense) -> Period | None:
    way = match["way"].lower()
    if way == "back" and _preceded(match, r"\b(?:the|those|a few|some)\s*$"):
        return None
    steps = _number(match["n"]) * (1 if way.startswith("from") else -1)
    return _unit_at(today, match["unit"].lower().rstrip("s"), steps)


@_rule(
    rf"\b(?P<span>in (?P<n>{_NUMBER}) (?P<unit>{_UNIT}))(?P<possessive>['’])?(?: time)?\b(?! (?:of|or|on|off|straight|row))"
)
def _ahead(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    """ "in two weeks" lies ahead only when the sentence looks ahead; else it is how long something took."""
    before = re.split(r"[.!?;]", match.string[: match.start("span")])[-1]
    if tense is Tense.PAST or not _LOOKS_AHEAD.search(before):
        return None
    return _unit_at(today, match["unit"].lower().rstrip("s"), _number(match["n"]))


@_rule(rf"\b(?P<span>(?P<which>{_WHICH}) (?P<day>{_WEEKDAY}){_PART})(?!\w)")
def _which_weekday(match: re.Match[str], today: date, tense: Tense) -> Period:
    step, weekday = _step(match["which"]), _weekday_number(match["day"])
    if step == 0:
        this = today - timedelta(days=today.weekday()) + timedelta(days=weekday)
        return periods.day(this)
    return periods.day(_weekday_on(today, weekday, Tense(step) if step else tense))


@_rule(rf"\b(?P<span>(?P<day>{_FULL_WEEKDAY}) (?P<which>last|next|this) week{_PART})\b")
def _weekday_of_week(match: re.Match[str], today: date, _tense: Tense) -> Period:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_step(match["which"]))
    return periods.day(monday + timedelta(days=_weekday_number(match["day"])))


@_rule(rf"\b(?P<span>(?P<which>{_WHICH}) (?P<unit>week|weekend|month|quarter|year|fortnight))(?!['’]s worth)\b(?!-)")
def _which_unit(match: re.Match[str], today: date, _tense: Tense) -> Period | None:
    which, unit = match["which"].lower(), match["unit"].lower()
    if which in {"the past", "past", "the coming", "coming"} and unit != "weekend":
        return None  # a stretch of time, not a place on the calendar
    return _unit_at(today, unit, _step(which))


@_rule(r"\b(?P<span>(?P<which>the) weekend)\b")
def _the_weekend(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    if not _preceded(match, r"\b(?:over|on|at|for|during)\s*$"):
        return None
    return _unit_at(today, "weekend", -1) if tense is Tense.PAST else periods.weekend(today)


@_rule(
    r"\b(?P<span>(?:(?P<which>last|next|this past|this coming|this) )?(?:the )?(?P<season>spring|summer|autumn|fall|winter)"
    rf"(?:,?(?: of)? (?P<y>{_YEAR}))?)\b"
)
def _season(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    name = match["season"].lower()
    if match["y"]:
        return periods.season(int(match["y"]), name)
    this = periods.season(today.year, name)
    if not match["which"]:  # "I left in spring"; "I hike in summer" is no date
        past = this if this.first <= today else periods.season(today.year - 1, name)
        return past if tense is Tense.PAST and _preceded(match, r"\b(?:in|during|over)\s*$") else None
    step = _step(match["which"])
    if step == 0:
        return this
    return _nearest_whole(this, periods.season(today.year + step, name), today, Tense(step))


@_rule(
    rf"\b(?P<span>(?:(?P<q>Q[1-4])|the (?P<ordinal>first|second|third|fourth|[1-4](?:st|nd|rd|th)) quarter)(?:,?(?: of)? (?P<y>{_YEAR}))?)\b"
)
def _quarter(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    if match["ordinal"] and not match["y"]:
        return None  # of a game, as likely as of a year
    number = int(match["q"][1]) if match["q"] else ORDINALS[match["ordinal"].lower()]
    if match["y"]:
        return periods.quarter(int(match["y"]), number)
    this = periods.quarter(today.year, number)
    if tense is Tense.PAST and this.first > today:
        return periods.quarter(today.year - 1, number)
    return periods.quarter(today.year + 1, number) if tense is Tense.FUTURE and this.last < today else this


@_rule(rf"\b(?P<span>(?P<which>last|next|this|this past|this coming) (?P<m>{_MONTH}))(?!\w)")
def _which_month(match: re.Match[str], today: date, _tense: Tense) -> Period:
    number, step = _month_number(match["m"]), _step(match["which"])
    year = today.year
    if step < 0 and number >= today.month:
        year -= 1
    if step > 0 and number <= today.month:
        year += 1
    return periods.month(year, number)


@_rule(
    rf"\b(?:in|by|since|until|till|during|from|before|after|of|for|this|early|late|mid)[ -](?:early |late |mid-?)?(?P<span>(?P<m>{_MONTH}))(?![\w'’])"
)
def _bare_month(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    name = match["m"]
    if not name[0].isupper() or (name[:3].lower() in {"may", "mar"} and name.lower() not in {"may", "march", "mar"}):
        return None
    number = _month_number(name)
    year = today.year
    if tense is Tense.PAST and number > today.month:
        year -= 1
    if tense is Tense.FUTURE and number < today.month:
        year += 1
    return periods.month(year, number)


@_rule(
    rf"\b(?:in|since|by|until|till|from|during|before|after|of|back in|year|early|late) (?P<span>{_YEAR})\b(?![-/:.]\d)(?! (?:people|users|items|words|lines|rows|times|dollars))"
)
def _bare_year(match: re.Match[str], _today: date, _tense: Tense) -> Period:
    return periods.year(int(match["span"]))


@_rule(
    rf"(?P<prefix>\b(?:every|each|most)\s+(?:[a-z]+ |\w+day(?:,| and| or) )?)?(?P<span>\b(?P<day>{_FULL_WEEKDAY}){_PART})(?P<plural>s| of (?:each|every|the) (?:month|quarter|year))?\b"
)
def _bare_weekday(match: re.Match[str], today: date, tense: Tense) -> Period | None:
    if match["prefix"] or match["plural"] or not match["day"][0].isupper():
        return None
    return periods.day(_weekday_on(today, _weekday_number(match["day"]), tense))


@_rule(
    r"\b(?:on|by|until|till|before|after|since|from|through|to|for)\s+(?P<span>the (?P<d>[12]?\d|3[01])(?:st|nd|rd|th))\b(?! (?:of|time|floor|century|year|grade|place|anniversary|birthday|edition))"
)
def _day_of_month(match: re.Match[str], today: date, tense: Tense) -> Period:
    """The nearest month, in the direction of the tense, that has such a day."""
    number = int(match["d"])
    for months in range(4):
        base = today.replace(day=1) + relativedelta(months=int(tense) * months)
        try:
            candidate = base.replace(day=number)
        except ValueError:
            continue
        if (candidate - today).days * int(tense) >= 0:
            return periods.day(candidate)
    raise ValueError(match.group())


def _nearest_whole(this: Period, other: Period, today: date, step: Tense) -> Period:
    """A season that already lies wholly on the wanted side, or the one a year on."""
    fits = this.last < today if step is Tense.PAST else this.first > today
    return this if fits else other


def _unit_at(today: date, unit: str, steps: int) -> Period:
    """The calendar unit that lies so many steps away; days count by date, months and years by name."""
    return _UNITS[unit](today, steps)


def _weekend_at(today: date, steps: int) -> Period:
    """ "Next weekend" is the one that begins next, as "last weekend" is the one that ended last."""
    ahead = steps - 1 if steps > 0 and today.weekday() < 5 else steps
    return periods.weekend(today + timedelta(weeks=ahead))


def _month_at(today: date, steps: int) -> Period:
    there = today + relativedelta(months=steps)
    return periods.month(there.year, there.month)


def _quarter_at(today: date, steps: int) -> Period:
    there = today + relativedelta(months=3 * steps)
    return periods.quarter(there.year, (there.month + 2) // 3)


_UNITS: dict[str, Callable[[date, int], Period]] = {
    "day": lambda today, steps: periods.day(today + timedelta(days=steps)),
    "week": lambda today, steps: periods.week(today + timedelta(weeks=steps)),
    "fortnight": lambda today, steps: periods.week(today + timedelta(weeks=2 * steps)),
    "weekend": _weekend_at,
    "month": _month_at,
    "quarter": _quarter_at,
    "year": lambda today, steps: periods.year(today.year + steps),
    "decade": lambda today, steps: periods.year(today.year + 10 * steps),
}


def _preceded(match: re.Match[str], pattern: str) -> bool:
    return bool(re.search(pattern, match.string[max(0, match.start("span") - 20) : match.start("span")], re.IGNORECASE))
