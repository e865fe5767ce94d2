"""The words around the sections: the head of the page, units, states, the footer."""

from __future__ import annotations

PAGE: dict[str, tuple[str, str]] = {
    "title": ("Stock and alerts", "库存与预警"),
    "made_by": ("Lowtide report", "Lowtide 报告"),
    "scope": (
        "{positions} in {places}. Everything up to {clock}, the latest time the log knows.",
        "{places}，{positions}。数据截至 {clock}（日志中的最新时间）。",
    ),
    "only_location": ("Only location {name}", "仅门店 {name}"),
    "only_category": ("Only category {name}", "仅品类 {name}"),
    "compared": (
        "Changes compare with the {days} before: {period}.",
        "变化均与此前{days}（{period}）相比。",
    ),
    "not_compared": (
        "The log begins {since}: there is no whole period before to compare with.",
        "日志始于 {since}：此前没有完整的同长时段可比。",
    ),
    "partial_day": ("The last day is not over: it ends at {clock}.", "最后一天未满：数据截至 {clock}。"),
    "numbers": ("The numbers", "数据表"),
    "skip": ("Skip to the figures", "跳到指标"),
    "empty_title": ("Nothing to report yet", "暂无可报告内容"),
    "empty_text": (
        "The warehouse is empty: no movement has reached it. Run your log with `lowtide run FILE`, "
        "or look at a whole year of real sales with `lowtide demo`, and make this page again.",
        "数据仓库为空：还没有任何库存变动写入。用 `lowtide run FILE` 处理您的日志，"
        "或用 `lowtide demo` 查看一整年的真实销售，然后重新生成本页。",
    ),
    "whole": (
        "This section covers the whole pipeline; it cannot be narrowed to {what}.",
        "本节涵盖整个数据管道，无法限定为{what}。",
    ),
    "what_location": ("a location", "单个门店"),
    "what_category": ("a category", "单个品类"),
    "what_both": ("a location and category", "单个门店和品类"),
    "as_of": (
        "As of {clock}: the warehouse keeps the stock of now, not of the past.",
        "截至 {clock}：仓库只保存当前库存，不保存历史库存。",
    ),
    "first_of": ("The first {shown} of {all}.", "共 {all} 项，列出前 {shown} 项。"),
    "unsorted": ("(not in the catalogue)", "（不在商品目录中）"),
    "nobody": ("nobody", "无人"),
    "none": ("–", "–"),
}

UNITS: dict[str, tuple[str, str]] = {
    "alert.one": ("{n} alert", "{n} 个预警"),
    "alert.many": ("{n} alerts", "{n} 个预警"),
    "critical.one": ("{n} critical alert", "{n} 个紧急预警"),
    "critical.many": ("{n} critical alerts", "{n} 个紧急预警"),
    "position.one": ("{n} position", "{n} 个库存点"),
    "position.many": ("{n} positions", "{n} 个库存点"),
    "place.one": ("{n} place", "{n} 个门店"),
    "place.many": ("{n} places", "{n} 个门店"),
    "day.one": ("{n} day", "{n} 天"),
    "day.many": ("{n} days", "{n} 天"),
    "stockout.one": ("{n} stockout", "{n} 次缺货"),
    "stockout.many": ("{n} stockouts", "{n} 次缺货"),
    "order.one": ("{n} order line", "{n} 个订单行"),
    "order.many": ("{n} order lines", "{n} 个订单行"),
    "record.one": ("{n} record", "{n} 条记录"),
    "record.many": ("{n} records", "{n} 条记录"),
    "minutes": ("{n} min", "{n} 分钟"),
    "hours": ("{n} h", "{n} 小时"),
    "days_long": ("{n} days", "{n} 天"),
    "of_28": ("{n} of 28", "28 天中 {n} 天"),
    "in_days": ("in {n} days", "{n} 天后"),
    "today": ("today", "今天"),
    "tomorrow": ("tomorrow", "明天"),
    "out_now": ("empty now", "已售空"),
    "money_margin": ("margin, in the currency of the catalogue", "毛利，以商品目录的币种计"),
    "money_price": ("sales value, in the currency of the catalogue", "销售额，以商品目录的币种计"),
    "money_units": ("units: the catalogue has no prices", "件：商品目录中没有价格"),
    "money_margin_in": ("margin, in {currency}", "毛利，{currency}"),
    "money_price_in": ("sales value, in {currency}", "销售额，{currency}"),
    "unit_margin": ("of margin", "（毛利）"),
    "unit_price": ("of sales", "（销售额）"),
    "unit_units": ("units", "件"),
    "units_of": ("{n} units", "{n} 件"),
    "amount_margin": ("{n} of margin", "毛利 {n}"),
    "amount_price": ("{n} of sales", "销售额 {n}"),
    "at_cost": ("{n} at cost", "成本 {n}"),
    "points": ("{n} points", "{n} 个百分点"),
}

STATES: dict[str, tuple[str, str]] = {
    "state.new": ("new", "新"),
    "state.acknowledged": ("acknowledged", "已确认"),
    "state.in_progress": ("in progress", "处理中"),
    "state.resolved": ("resolved", "已解决"),
    "state.closed": ("closed", "已关闭"),
    "never_sold": ("never", "从未"),
    "known_since": ("known since {day}", "首见于 {day}"),
    "check.duplicates": ("came twice (dropped)", "重复（已去重）"),
    "check.late": ("behind the clock (used)", "迟到（已采用）"),
    "check.very_late": ("behind by more than the window", "迟到超出窗口"),
    "check.count.older": ("count older than the last one (no effect)", "早于上次盘点（无效果）"),
    "check.count.out_of_window": (
        "count out of the window (as of the clock)",
        "盘点超出窗口（按当前时间计）",
    ),
    "check.rejected": ("rejected: {code}", "拒收：{code}"),
}

ABOUT: dict[str, tuple[str, str]] = {
    "about.data": ("Data", "数据"),
    "about.data_text": (
        "Pipeline {pipeline}, log from {since} to {clock}; {alerts} in this period.",
        "数据管道 {pipeline}，日志从 {since} 至 {clock}；本时段{alerts}。",
    ),
    "about.clock": ("Clock", "时钟"),
    "about.clock_text": (
        "All times are the log's own, in UTC; no machine clock has a part. Days run from midnight to midnight UTC. "
        "What people did is timed by their own clocks.",
        "所有时间均为日志时间（UTC），与机器时钟无关。日期按 UTC 零点划分。人员操作以其各自时钟计时。",
    ),
    "about.policy": ("Policy", "策略"),
    "about.policy_text": ("In force in this period: {versions}.", "本时段生效的版本：{versions}。"),
    "about.policy_none": ("No alert of this period names a policy.", "本时段没有预警记录策略版本。"),
    "about.money": ("Money", "金额"),
    "about.money_text": ("Losses are {money}.", "损失口径：{money}。"),
    "about.made": ("Made by", "生成"),
    "about.made_text": (
        "Lowtide {version}. The same warehouse gives the same page, byte for byte. Ask `lowtide explain ALERT_ID` for "
        "the arithmetic of an alert.",
        "Lowtide {version}。相同的仓库生成逐字节相同的页面。用 `lowtide explain ALERT_ID` 查看某个预警的计算过程。",
    ),
}
