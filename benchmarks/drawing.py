"""Lines over sizes as SVG files beside the results."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent


def demand_pen() -> None:
    """Before an hour of measuring rather than after it."""
    if find_spec("pygal") is None:
        raise SystemExit("this program draws its figures with pygal: pip install pygal")


def draw(name: str, *, title: str, unit: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> None:
    """Both axes grow by factors: the sizes do, and the values are drawn by their logarithm."""
    # Only who draws needs it: `pip install pygal`.
    import pygal  # type: ignore[import-not-found,import-untyped,unused-ignore] # it has no types
    from pygal.style import CleanStyle  # type: ignore[import-not-found,import-untyped,unused-ignore] # likewise

    chart = pygal.Line(
        logarithmic=True,
        title=title,
        y_title=unit,
        x_title="memories",
        style=CleanStyle,
        width=900,
        height=480,
        js=(),
        disable_xml_declaration=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=3,
        value_formatter=lambda value: f"{value:,.4g}",
    )
    chart.x_labels = [f"{size:,}" for size in sizes]
    for label, values in lines.items():
        chart.add(label, list(values))
    chart.render_to_file(str(HERE / f"{name}.svg"))
