"""Charts as SVG: drawn once for a screen or a sheet and once for a phone, coloured by the page's style."""

from lowtide.report.charts.bars import Column, Range, bars, ranges
from lowtide.report.charts.calibration import Promise, calibration
from lowtide.report.charts.columns import Limit, Series, columns, lines
from lowtide.report.charts.heatmap import heatmap

__all__ = [
    "Column", "Limit", "Promise", "Range", "Series", "bars", "calibration", "columns", "heatmap", "lines", "ranges",
]  # fmt: skip
