"""What a program reports: rows of figures, each with its goal where it has one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `met` is None where no goal was set."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one program measured, and how. `more` is markdown that follows the table."""

    title: str
    how: str
    rows: tuple[Row, ...]
    more: str = ""


def at_most(what: str, value: float, limit: float, unit: str) -> Row:
    return Row(what=what, figure=_written(value, unit), goal=f"≤ {_written(limit, unit)}", met=value <= limit)


def at_least(what: str, value: float, limit: float, unit: str) -> Row:
    return Row(what=what, figure=_written(value, unit), goal=f"≥ {_written(limit, unit)}", met=value >= limit)


def plain(what: str, value: float, unit: str) -> Row:
    return Row(what=what, figure=_written(value, unit))


def spread(what: str, seconds: Sequence[float]) -> Row:
    """The middle and the slow end of many timings."""
    parts = (f"{name} {percentile(seconds, share) * 1_000:.2f}" for name, share in _SHARES)
    return Row(what=what, figure=" / ".join(parts) + " ms")


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def _written(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{number}{unit}" if unit in ("x", "/s") else f"{number} {unit}"


def markdown(report: Report) -> str:
    """How it was measured, and the table."""
    lines = [report.how, "", "| what | figure | goal | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.figure} | {row.goal} | {_VERDICTS[row.met]} |" for row in report.rows]
    more = [report.more] if report.more else []
    return "\n".join([*lines, "", *more]).rstrip("\n") + "\n"


_VERDICTS = {None: "", True: "met", False: "**missed**"}


def text(report: Report) -> str:
    width = max(len(row.what) for row in report.rows)
    lines = [report.title, report.how, ""]
    for row in report.rows:
        verdict = f"  (goal {row.goal}: {'met' if row.met else 'MISSED'})" if row.goal else ""
        lines.append(f"  {row.what:<{width}}  {row.figure}{verdict}")
    return "\n".join([*lines, *(["", report.more] if report.more else [])]).rstrip("\n") + "\n"
