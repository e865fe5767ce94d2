"""The page of the signs: silent feeds, what to count first, what does not move, who slips, missing records."""

from __future__ import annotations

SIGNS: dict[str, tuple[str, str]] = {
    "view.signs.lead": (
        "Faults that the record of stock does not show, as lists to work from.",
        "账面看不到的问题，按清单处理。",
    ),
    "view.signs.empty": ("No sign is open.", "没有未结的征兆。"),
    "view.signs.empty_text": (
        "The policy names the signs that it looks for in `look_for`; without it none is looked for.",
        "策略在 `look_for` 中写明要检查的征兆；没有则不检查。",
    ),
    "view.signs.more": ("{n} more are in the file.", "其余 {n} 个见导出文件。"),
    "view.signs.feeds": ("Silent feeds", "静默的数据源"),
    "view.signs.feeds.lead": (
        "Mend these first: until they send again, nobody knows what was sold there.",
        "请先修复：在恢复之前，无法知道那里的销售情况。",
    ),
    "view.signs.feed": ("Feed", "数据源"),
    "view.signs.since": ("Silent since", "静默开始于"),
    "view.signs.silent": ("For", "已持续"),
    "view.signs.expected": ("Records missed", "缺少的记录"),
    "view.signs.counts": ("Count these first", "请先盘点"),
    "view.signs.counts.lead": (
        "The record has stock, and nothing sells. Begin at the top: the order is a rank and not a chance.",
        "账面有货，却没有销售。从上往下盘点：顺序是排名，不是概率。",
    ),
    "view.signs.rank": ("Rank", "排名"),
    "view.signs.on_hand": ("On record", "账面库存"),
    "view.signs.without_sale": ("Without a sale", "无销售"),
    "view.signs.usual": ("Usual a day", "平时日销"),
    "view.signs.at_rest": ("Stock that does not move", "不动的库存"),
    "view.signs.at_rest.lead": (
        "Mark down, move or return it: its value lies on the shelf, and holding it costs money.",
        "请降价、调拨或退货：货值压在货架上，持有也要花钱。",
    ),
    "view.signs.all": ("in all, each position once", "合计（每个库存点只计一次）"),
    "view.signs.total": ("Value at cost", "成本价值"),
    "view.signs.total_note": (
        "{positions}, each counted once; holding it costs {cost} a month",
        "{positions}，每个只计一次；持有成本每月 {cost}",
    ),
    "view.signs.sum": (
        "{type}: {positions}, {value} at cost; holding it costs {cost} a month.",
        "{type}：{positions}，成本价值 {value}；持有成本每月 {cost}。",
    ),
    "view.signs.sum_lost": (
        "{type}: {positions}, {value} at cost.",
        "{type}：{positions}，成本价值 {value}。",
    ),
    "view.signs.how_long": ("How long", "时长"),
    "view.signs.lasts": ("lasts {days}", "可售 {days}"),
    "view.signs.idle": ("{days} without a sale", "{days}无销售"),
    "view.signs.expires": ("until {day}", "可售至 {day}"),
    "view.signs.expired": ("{n} expired", "{n} 已过期"),
    "view.signs.and": (", ", "，"),
    "view.signs.value": ("Value", "货值"),
    "view.signs.holding": ("Holding a month", "每月持有成本"),
    "view.signs.slips": ("Suppliers that slip", "推迟的供应商"),
    "view.signs.slips.lead": (
        "Later than first promised, and shelves may run empty because of it. One call does for all of a supplier and day.",
        "晚于最初承诺，货架可能因此缺货。每个供应商每天的全部库存点，只需联系一次。",
    ),
    "view.signs.promised": ("First promised", "最初承诺"),
    "view.signs.due": ("Due now", "现应到"),
    "view.signs.positions": ("Positions", "库存点"),
    "view.signs.worst": ("Worst chance", "最高概率"),
    "view.signs.holes": ("Missing records", "缺少的单据"),
    "view.signs.holes.lead": (
        "Records of this month and the last without the one that should come before them, by who or what wrote them.",
        "本月和上月缺少前置单据的记录，按写入者列出。",
    ),
    "view.signs.missing": ("What", "内容"),
    "view.signs.source": ("Source", "来源"),
    "view.signs.open": ("Open", "未结"),
    "view.signs.last": ("Last", "最近"),
    "view.signs.hole.receipt": ("receipt without an order", "没有订单的收货"),
    "view.signs.hole.shipment": ("shipment without an order", "没有订单的发货"),
    "view.signs.hole.return": ("return without a sale", "没有销售的退货"),
    "view.signs.hole.adjustment": ("adjustment without a reason", "没有原因的调整"),
    "view.signs.hole.unordered": ("ref without an order", "没有订单的单号"),
}
