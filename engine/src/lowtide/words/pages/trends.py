"""The trends of alerts and stock."""

from __future__ import annotations

TRENDS: dict[str, tuple[str, str]] = {
    "view.trends.lead": (
        "How alerts and stock went. A step is a day; over more than 13 weeks it is a week.",
        "告警与库存的变化。以天为单位；超过 13 周时以周为单位。",
    ),
    "view.trends.empty": ("Nothing happened in this time.", "此时段内没有记录。"),
    "view.trends.empty_text": (
        "No movement and no alert of these days is in the warehouse. Choose a longer period, or run your data.",
        "数据仓库中没有这些天的库存变动和告警。请选择更长的时段，或处理您的数据。",
    ),
    "view.trends.opened": ("Alerts that opened", "打开的告警"),
    "view.trends.others": ("watch and warning", "关注和预警"),
    "view.trends.open": ("Alerts open at the end of the step", "期末未结告警"),
    "view.trends.loss": ("Expected loss of the alerts that opened", "打开的告警的预计损失"),
    "view.trends.out": ("Share of stock days that were out of stock", "缺货的库存日比例"),
    "view.trends.describe": (
        "From {first} to {last}; the most, {most}, on {day}.",
        "从 {first} 到 {last}；最高 {most}，在{day}。",
    ),
    "view.trends.table": ("The figures of each step", "各期数据"),
    "view.trends.step": ("Begins", "开始"),
    "view.trends.ended": ("Ended", "结束"),
    "view.trends.acknowledged": ("Acknowledged", "已确认"),
    "view.trends.open_short": ("Open at end", "期末未结"),
    "view.trends.opened_short": ("Opened", "打开"),
    "view.trends.demand": ("Units sold", "销量"),
    "view.trends.stockouts": ("Stockouts", "缺货次数"),
    "view.trends.in_stock": ("In stock", "有货率"),
    "view.trends.stock_value": ("Stock now, at cost", "当前库存（成本）"),
    "view.trends.unit": ("alerts", "个"),
    "view.trends.money": ("expected loss", "预计损失"),
    "view.trends.share": ("per cent", "百分比"),
}
