"""Stretches of the calendar and their notation: YYYY, YYYY-MM, YYYY-MM-DD or first/last."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

SEASON_STARTS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date
    value: str


def day(when: date) -> Period:
    return Period(when, when, when.isoformat())


def days(first: date, last: date) -> Period:
    """An interval; one of a single day is that day."""
    if last < first:
        raise ValueError("the interval ends before it begins")
    return day(first) if first == last else Period(first, last, f"{first.isoformat()}/{last.isoformat()}")


def month(year: int, number: int) -> Period:
    last = date(year, number, monthrange(year, number)[1])
    return Period(last.replace(day=1), last, f"{year:04d}-{number:02d}")


def year(number: int) -> Period:
    return Period(date(number, 1, 1), date(number, 12, 31), f"{number:04d}")


def week(when: date) -> Period:
    """Monday to Sunday around a day."""
    monday = when - timedelta(days=when.weekday())
    return days(monday, monday + timedelta(days=6))


def weekend(when: date) -> Period:
    """Saturday and Sunday of the week around a day."""
    saturday = when - timedelta(days=when.weekday()) + timedelta(days=5)
    return days(saturday, saturday + timedelta(days=1))


def quarter(year_: int, number: int) -> Period:
    return days(date(year_, 3 * number - 2, 1), month(year_, 3 * number).last)


def season(year_: int, name: str) -> Period:
    """Three months from the season's start; a winter is named for the year in which it begins."""
    first = date(year_, SEASON_STARTS[name], 1)
    return days(first, first + relativedelta(months=3) - timedelta(days=1))
