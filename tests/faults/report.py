"""The table of what was broken and what came of it."""

from collections.abc import Sequence

from tests.faults.trial import Row

HEAD = (
    "| fault | times | acknowledged | unknown | lost | answers again after | index = record after | seen |",
    "|---|--:|--:|--:|--:|--:|--:|---|",
)


def table(rows: Sequence[Row]) -> list[str]:
    return [*HEAD, *map(_line, rows)]


def _line(row: Row) -> str:
    cells = [
        row.fault if row.passed else f"{row.fault} (FAILED)",
        row.times,
        row.acknowledged,
        row.unknown,
        row.lost,
        _seconds(row.answered),
        _seconds(row.settled),
        "; ".join(row.seen),
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"
