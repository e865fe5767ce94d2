"""The words around the sections: the head of the page, its notes and its foot."""

from __future__ import annotations

PAGE: dict[str, tuple[str, str]] = {
    "page.title": ("Stock and alerts", "库存与告警"),
    "page.made_by": ("Lowtide report", "Lowtide 报告"),
    "page.scope": (
        "{positions} in {places}. Everything up to {clock}, the latest time the log knows.",
        "{places}，{positions}。数据截至 {clock}（日志中的最新时间）。",
    ),
    "page.only_location": ("Only location {name}", "仅门店 {name}"),
    "page.only_category": ("Only category {name}", "仅品类 {name}"),
    "page.compared": (
        "Changes compare with the {days} before: {period}.",
        "变化均与此前{days}（{period}）相比。",
    ),
    "page.not_compared": (
        "The log begins {since}: there is no whole period before to compare with.",
        "日志始于 {since}：此前没有完整的同长时段可比。",
    ),
    "page.partial_day": ("The last day is not over: it ends at {clock}.", "最后一天未满：数据截至 {clock}。"),
    "page.numbers": ("The numbers", "数据表"),
    "page.skip": ("Skip to the figures", "跳到指标"),
    "page.empty_title": ("Nothing to report yet", "暂无可报告内容"),
    "page.empty_text": (
        (
            "The warehouse is empty: no movement has reached it. Run your log with `lowtide run FILE`, or look at a whole "
            "year of real sales with `lowtide demo`, and make this page again."
        ),
        "数据仓库为空：还没有任何库存变动写入。用 `lowtide run FILE` 处理您的日志，"
        "或用 `lowtide demo` 查看一整年的真实销售，然后重新生成本页。",
    ),
    "page.whole": (
        "This section covers the whole pipeline; it cannot be narrowed to {what}.",
        "本节涵盖整个数据管道，无法限定为{what}。",
    ),
    "page.what_location": ("a location", "单个门店"),
    "page.what_category": ("a category", "单个品类"),
    "page.what_both": ("a location and category", "单个门店和品类"),
    "page.as_of": (
        "As of {clock}: the warehouse keeps the stock of now, not of the past.",
        "截至 {clock}：仓库只保存当前库存，不保存历史库存。",
    ),
    "page.first_of": ("The first {shown} of {all}.", "共 {all} 项，列出前 {shown} 项。"),
}

ABOUT: dict[str, tuple[str, str]] = {
    "about.data": ("Data", "数据"),
    "about.data_text": (
        "Pipeline {pipeline}, log from {since} to {clock}; {alerts} in this period.",
        "数据管道 {pipeline}，日志从 {since} 至 {clock}；本时段{alerts}。",
    ),
    "about.clock": ("Clock", "时钟"),
    "about.clock_text": (
        (
            "All times are the log's own, in UTC; no machine clock has a part. Days run from midnight to midnight UTC. What "
            "people did is timed by their own clocks."
        ),
        "所有时间均为日志时间（UTC），与机器时钟无关。日期按 UTC 零点划分。人员操作以其各自时钟计时。",
    ),
    "about.policy": ("Policy", "策略"),
    "about.policy_text": ("In force in this period: {versions}.", "本时段生效的版本：{versions}。"),
    "about.policy_none": ("No alert of this period names a policy.", "本时段没有告警记录策略版本。"),
    "about.money": ("Money", "金额"),
    "about.money_text": ("Losses are {money}.", "损失口径：{money}。"),
    "about.made": ("Made by", "生成"),
    "about.made_text": (
        (
            "Lowtide {version}. The same warehouse gives the same page, byte for byte. Ask `lowtide explain ALERT_ID` for "
            "the arithmetic of an alert."
        ),
        "Lowtide {version}。相同的仓库生成逐字节相同的页面。用 `lowtide explain ALERT_ID` 查看某个告警的计算过程。",
    ),
}
