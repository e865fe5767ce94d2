"""A position: its stock, what its projection was drawn from, and the drawing."""

from __future__ import annotations

POSITION: dict[str, tuple[str, str]] = {
    "position.title": ("{name}SKU {sku} in {place}", "{name}SKU {sku}，{place}"),
    "position.name": ("{name}, ", "{name}，"),
    "position.on_hand": ("on hand", "现有"),
    "position.allocated": ("allocated", "已预留"),
    "position.held": ("held", "冻结"),
    "position.available": ("available", "可用"),
    "position.on_order": ("on order", "已订"),
    "position.in_transit": ("in transit", "在途"),
    "position.last_movement": ("last movement {time}", "最近变动 {time}"),
    "position.alert": (
        "{severity}: {type}{chance}. `lowtide explain {id}` says why.",
        "{severity}：{type}{chance}。用 `lowtide explain {id}` 查看原因。",
    ),
    "position.chance": (", {chance}", "，{chance}"),
    "position.no_alert": ("No alert is open.", "没有未结束的告警。"),
    "draw.day": ("day", "日期"),
    "draw.available": ("available, 10 to 90 %", "可用库存，10 % 至 90 %"),
    "draw.expected": ("expected", "预计"),
    "draw.chance": ("P(out)", "缺货率"),
    "draw.band": ("10 to 90 %", "10 % 至 90 %"),
    "draw.empty": ("empty", "售空"),
    "draw.trip": ("trip level {level}", "触发水平 {level}"),
    "draw.arrival": ("supply, chance to be here", "供货及到货概率"),
    "weekday.0": ("Mon", "周一"),
    "weekday.1": ("Tue", "周二"),
    "weekday.2": ("Wed", "周三"),
    "weekday.3": ("Thu", "周四"),
    "weekday.4": ("Fri", "周五"),
    "weekday.5": ("Sat", "周六"),
    "weekday.6": ("Sun", "周日"),
    "position.from_entry": (
        "Drawn from the demand and supply of the ledger entry of {time}.",
        "按 {time} 的告警记录中的需求和供货绘制。",
    ),
    "position.from_entry_since": (
        "Drawn from the demand of the ledger entry of {time}, with the stock and supply of now. {since}",
        "按 {time} 的告警记录中的需求，以及当前的库存和供货绘制。{since}",
    ),
    "position.from_demand": (
        "No alert has left an estimate here: it is learned from the {days} days of demand that the warehouse has "
        "since {since_day}, each as a whole day in stock.",
        "此处没有告警留下的估计：由数据仓库自 {since_day} 起的 {days} 天需求学习而来，每天都按整日有库存计。",
    ),
    "position.from_demand_undated": (
        "No alert has left an estimate here: it is learned from the {days} days of demand that the warehouse has "
        "since {since_day}, each as a whole day in stock. Its open supply has no dates or no lateness in the "
        "warehouse and is left out.",
        "此处没有告警留下的估计：由数据仓库自 {since_day} 起的 {days} 天需求学习而来，每天都按整日有库存计。"
        "数据仓库中没有在途供货的日期或延误情况，因此未计入。",
    ),
    "position.from_nothing": (
        "No alert has left an estimate here, and no whole day of demand is known: what is usual before the first day "
        "stands in.",
        "此处没有告警留下的估计，也没有完整一天的需求：以首日之前的一般水平代替。",
    ),
    "position.from_nothing_undated": (
        "No alert has left an estimate here, and no whole day of demand is known: what is usual before the first day "
        "stands in. Its open supply has no dates or no lateness in the warehouse and is left out.",
        "此处没有告警留下的估计，也没有完整一天的需求：以首日之前的一般水平代替。数据仓库中没有在途供货的日期或延误情况，因此未计入。",
    ),
    "position.expected_order": ("expected order", "预计订货"),
    "position.atp": ("available to promise", "可承诺量"),
    "position.discrete": ("discrete", "本批"),
    "position.cumulative": ("cumulative", "累计"),
    "position.now": ("now", "现在"),
    "position.overdue": (
        "{n} units are overdue and have no date: they are not promised.",
        "{n} 件已逾期且没有日期，不计入可承诺量。",
    ),
}
