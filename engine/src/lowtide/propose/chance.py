"""The one door of proposals to the core: the distribution of demand and the lines of alerts, the same that alerts have."""

from __future__ import annotations

from lowtide._native import alert_lines, demand_quantile, demand_reaches

__all__ = ["alert_lines", "demand_quantile", "demand_reaches"]
