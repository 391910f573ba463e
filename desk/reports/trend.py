"""Trend pictures as inline SVG: one line a figure, its target, no script and no fonts of their own."""

from collections.abc import Sequence
from datetime import date
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 150, 44, 22, 12


def trend(
    points: Sequence[tuple[date, float | None]], *, title: str, target: float | None, share: bool, target_word: str
) -> Markup:
    """A picture of a figure over time. Days without a value break the line; a single one is a dot.

    Parameters
    ----------
    share : whether values are shares, shown in percent.
    """
    known = [value for _, value in points if value is not None]
    low, high = _bounds([*known, *([target] if target is not None else [])], share)
    step = (WIDTH - LEFT - 10) / max(1, len(points) - 1)

    def x(index: int) -> float:
        return round(LEFT + index * step, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" class="trend">',
        f"<title>{escape(title)}</title>",
    ]
    for value in (low, (low + high) / 2, high):
        at = y(value)
        parts.append(f'<line x1="{LEFT}" y1="{at}" x2="{WIDTH - 10}" y2="{at}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{at + 4}" text-anchor="end">{_label(value, share)}</text>')
    if target is not None:
        at = y(target)
        parts.append(f'<line x1="{LEFT}" y1="{at}" x2="{WIDTH - 10}" y2="{at}" class="target"/>')
        label = escape(f"{target_word} {_label(target, share)}")
        parts.append(f'<text x="{WIDTH - 12}" y="{at - 3}" text-anchor="end" class="target-label">{label}</text>')
    for run in _runs(points):
        if len(run) > 1:
            line = " ".join(f"{x(index)},{y(value)}" for index, value in run)
            parts.append(f'<polyline points="{line}" class="line"/>')
        for index, value in run:
            said = f"{points[index][0]}: {_label(value, share)}"
            parts.append(f'<circle cx="{x(index)}" cy="{y(value)}" r="2.5"><title>{escape(said)}</title></circle>')
    for index in sorted({0, len(points) // 2, len(points) - 1}) if points else ():
        anchor = "start" if index == 0 else "end" if index == len(points) - 1 else "middle"
        day = points[index][0]
        parts.append(f'<text x="{x(index)}" y="{HEIGHT - 6}" text-anchor="{anchor}">{day.month}-{day.day:02d}</text>')
    return Markup("".join(parts) + "</svg>")


def _bounds(values: Sequence[float], share: bool) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = max((high - low) * 0.1, 0.02 if share else max(abs(high) * 0.05, 1.0))
    low, high = max(0.0, low - margin), high + margin
    return (low, min(high, 1.0) if share and high <= 1.05 + margin else high) if high > low else (0.0, 1.0)


def _runs(points: Sequence[tuple[date, float | None]]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, (_, value) in enumerate(points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _label(value: float, share: bool) -> str:
    return f"{value:.0%}" if share else f"{value:.0f}"
