"""The heat map of stores and categories."""

from __future__ import annotations

HEATMAP: dict[str, tuple[str, str]] = {
    "view.heat.lead": (
        "Stores by categories: the stronger the colour, the more. Press a cell to see its alerts.",
        "门店与品类：颜色越重，数值越大。点击格子查看其中的告警。",
    ),
    "view.heat.by_loss": ("Expected loss", "预计损失"),
    "view.heat.by_count": ("Number of alerts", "告警数量"),
    "view.heat.measure": ("Shown is", "显示"),
    "view.heat.store": ("Store", "门店"),
    "view.heat.total": ("Total", "合计"),
    "view.heat.caption": (
        "Stores (rows) by categories (columns): {measure}",
        "门店（行）与品类（列）：{measure}",
    ),
    "view.heat.most": (
        "The most is at stake in {store}: {value}, most of it in {category}.",
        "{store} 的数值最大：{value}，其中以 {category} 为主。",
    ),
    "view.heat.all": ("All together: {alerts}, expected loss {loss}.", "合计：{alerts}，预计损失 {loss}。"),
    "view.heat.worst": ("The worst", "最严重的"),
    "view.heat.worst.cells": ("Stores and categories with the most", "数值最大的门店和品类"),
    "view.heat.legend": ("Less", "少"),
    "view.heat.legend.end": ("more: up to {most}", "多：最高 {most}"),
    "view.heat.cell": ("{store}, {category}: {value}, {alerts}", "{store}，{category}：{value}，{alerts}"),
    "view.heat.period": (
        "Alerts that opened in this time. A cell leads to those of them that are open now.",
        "此时段内打开的告警。点击格子查看其中目前未结的告警。",
    ),
    "view.heat.empty": ("No alert is open.", "没有未结告警。"),
    "view.heat.empty_text": (
        "Nothing waits for anybody. Choose a period to see what was at stake before.",
        "没有待处理事项。选择一个时段可查看以前的情况。",
    ),
    "view.heat.empty_period": ("No alert opened in this time.", "此时段内没有打开告警。"),
    "view.heat.empty_period_text": ("Choose a longer period.", "请选择更长的时段。"),
}
