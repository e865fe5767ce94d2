"""The words of the sections of the report and of the columns of their tables."""

from __future__ import annotations

SECTIONS: dict[str, tuple[str, str]] = {
    "figures": ("At a glance", "概览"),
    "next": ("What to do next", "下一步做什么"),
    "opened": ("Alerts by day", "每日预警"),
    "opened.lead": (
        "How many alerts opened each day, and how many were open when it ended.",
        "每天新增的预警数，以及当日结束时未结的预警数。",
    ),
    "opened.empty": ("No alert opened in this period.", "本时段没有新增预警。"),
    "opened.chart": ("Alerts opened by day, by severity", "每日新增预警，按级别"),
    "opened.describe": (
        "{total} opened in {days}; the most on {day}: {most}.",
        "{days}内新增 {total}；最多的是{day}：{most}。",
    ),
    "open.line": ("open", "未结"),
    "open.chart": ("Alerts open at the end of each day", "每日结束时未结预警"),
    "open.describe": (
        "{first} open at the end of the first day, {last} at the end of the last.",
        "首日结束时未结 {first}，末日结束时 {last}。",
    ),
    "worst": ("The most expensive open alerts", "损失最大的未结预警"),
    "worst.lead": (
        "Start at the top: these cost the most if nobody acts.",
        "从上往下处理：若无人处理，这些损失最大。",
    ),
    "worst.empty": (
        "No alert was open at the end of the period: there is nothing that waits for somebody.",
        "时段结束时没有未结预警：没有待处理事项。",
    ),
    "heatmap": ("Where it hurts", "问题集中在哪里"),
    "heatmap.lead": (
        "Expected loss of the open alerts by category and place: the stronger the colour, the more. Shown are the "
        "places and categories with the most at stake.",
        "未结预警的预期损失，按品类和门店：颜色越重，损失越大。仅列出损失最大的门店和品类。",
    ),
    "heatmap.empty": (
        "No alert was open at the end of the period, so no place stands out.",
        "时段结束时没有未结预警，因此没有突出的门店。",
    ),
    "heatmap.describe": (
        "Most is at stake in {category} at {location}: {loss}.",
        "损失最大的是 {location} 的 {category}：{loss}。",
    ),
    "load": ("How much people are asked to bear", "人员负荷"),
    "load.lead": (
        "Alarms an hour for one person. Up to 6 is acceptable, 12 is the most anybody can take (ISA-18.2).",
        "每人每小时收到的预警。6 个以内可接受，12 个为上限（ISA-18.2）。",
    ),
    "load.empty": (
        "No alarm was raised in this period, so nobody was loaded.",
        "本时段没有发出预警，没有负荷。",
    ),
    "load.unowned_of": ("what nobody owns", "无人负责的预警"),
    "load.unowned": ("alerts without an owner", "无人负责的预警"),
    "load.day_chart": (
        "Alarms in the mean hour, by hour of the day (UTC): {owner}",
        "一天中各小时的平均预警数（UTC）：{owner}",
    ),
    "load.day_describe": (
        "The busiest hour begins at {hour}:00, with {most} alarms in the mean.",
        "最忙的是 {hour}:00 起的一小时，平均 {most} 个预警。",
    ),
    "load.acceptable": ("up to 6: acceptable", "不超过 6：可接受"),
    "load.high": ("7 to 12: high", "7 至 12：偏高"),
    "load.overload": ("over 12: too much", "超过 12：过载"),
    "load.limit6": ("6: acceptable", "6：可接受"),
    "load.limit12": ("12: the most", "12：上限"),
    "calibration": ("Can the chances be believed?", "概率可信吗？"),
    "calibration.lead": (
        "Each point is a tenth of the scale: the chance that alerts said when they opened, against the share whose "
        "shelf ran out within their horizon. Points on the line are kept promises. A stockout that a delivery "
        "prevented counts as not come true, so points below the line are also the work of good buyers.",
        "每个点代表一档概率：预警产生时所说的概率，与预测期内实际售空的比例。落在线上即言中。"
        "因到货而避免的缺货算作未应验，所以低于线的点也有采购人员的功劳。",
    ),
    "calibration.empty": (
        "No projected stockout is old enough to be judged: its horizon must have passed.",
        "还没有可以评判的预计缺货：需待其预测期结束。",
    ),
    "calibration.scope": (
        "All projected stockouts of the log that can be judged: {count}.",
        "日志中全部可评判的预计缺货：{count}。",
    ),
    "calibration.x": ("said: chance of a stockout", "预警所说的缺货概率"),
    "calibration.y": ("came true", "实际应验比例"),
    "calibration.kept": ("said = came true", "所说 = 应验"),
    "calibration.point": (
        "said {said}, came true {share} ({low} to {high}, {n})",
        "所说 {said}，应验 {share}（{low} 至 {high}，{n}）",
    ),
    "stock": ("Stock on the shelf", "货架库存"),
    "stock.category": ("Stock by category", "各品类库存"),
    "stock.department": ("Stock by department", "各部门库存"),
    "stock.lead": (
        "Can customers buy it, and how long will it last? The categories and departments where the most positions sell.",
        "顾客买得到吗？还能卖多久？列出在售库存点最多的品类和部门。",
    ),
    "stock.empty": (
        "Nothing has sold in the last 28 days, so there is no shelf that anybody would miss.",
        "近 28 天没有销售，没有可展示的在售库存。",
    ),
    "stock.scale": ("In stock, from {low} to 100%", "有货率，{low} 至 100%"),
    "stock.describe": (
        "{name} has the lowest share in stock: {share}.",
        "有货率最低的是 {name}：{share}。",
    ),
    "dead": ("Dead stock", "呆滞库存"),
    "dead.lead": (
        "Stock that nobody has bought for 90 days: mark it down, return it or move it. The most valuable positions.",
        "90 天无人购买的库存：降价、退货或调拨。列出价值最高的几项。",
    ),
    "dead.total": (
        "In all {positions} ({share} of those with stock), worth {value}.",
        "共 {positions}（占有货库存点的 {share}），价值{value}。",
    ),
    "dead.empty": (
        "Nothing lies dead: everything in stock has been sold lately.",
        "没有呆滞库存：有货商品近期均有销售。",
    ),
    "dead.never_sold": ("never", "从未"),
    "dead.known_since": ("known since {day}", "首见于 {day}"),
    "suppliers": ("Suppliers", "供应商"),
    "suppliers.lead": (
        "Days between the first promise and the arrival. The bar is the middle half of the order lines, the mark the "
        "median; right of the line is late.",
        "首次承诺与实际到货相差的天数。条形为中间一半订单行，刻度为中位数；线右侧为迟到。",
    ),
    "suppliers.empty": (
        "The log has no orders, so nobody can be compared. An order is a movement of `kind` order with a `ref` and, best, "
        "a `due`.",
        "日志中没有订单，无从比较。订单是 `kind` 为 order 的记录，需带 `ref`，最好带 `due`。",
    ),
    "suppliers.none_overdue": ("Nothing is overdue.", "没有逾期的订单。"),
    "suppliers.axis": ("days late", "迟到天数"),
    "suppliers.on_time": ("on time", "准时"),
    "suppliers.text": ("{late} late, {overdue} overdue now", "{late} 迟到，{overdue} 张逾期"),
    "suppliers.describe": (
        "Supplier {name} is behind the most: {overdue} overdue now.",
        "逾期订单最多的是 {name}：{overdue}。",
    ),
    "quality": ("Can the data be believed?", "数据可信吗？"),
    "quality.lead": (
        "What arrived late, twice, or could not be used, of all that was read; and places that have gone quiet.",
        "在读入的全部记录中，迟到、重复或无法使用的部分；以及停止上报的门店。",
    ),
    "quality.clean": (
        "Every record was used: no rejects, no duplicates, nothing late.",
        "所有记录均已使用：无拒收、无重复、无迟到。",
    ),
    "quality.no_silent": ("No place has gone quiet.", "没有停止上报的门店。"),
    "quality.silent": ("Places that have gone quiet", "停止上报的门店"),
    "quality.silent_of": (
        "The first {shown} of {all} quiet places. A place that sells every day is missed first.",
        "共 {all} 个门店停止上报，列出前 {shown} 个：每天都有销售的门店最值得关注。",
    ),
    "quality.last_run": (
        "What came twice or late is counted for the last run, rejects for the whole log.",
        "重复与迟到为最近一次运行的数量，拒收为整个日志的数量。",
    ),
    "quality.checks": ("Records by what is wrong with them", "问题记录"),
    "check.duplicates": ("came twice (dropped)", "重复（已去重）"),
    "check.late": ("behind the clock (used)", "迟到（已采用）"),
    "check.very_late": ("behind by more than the window", "迟到超出窗口"),
    "check.count.older": ("count older than the last one (no effect)", "早于上次盘点（无效果）"),
    "check.count.out_of_window": (
        "count out of the window (as of the clock)",
        "盘点超出窗口（按当前时间计）",
    ),
    "check.void_unmatched": ("void whose record never came", "作废的记录从未出现"),
    "check.void_of_what": ("void of a count or an order", "作废了盘点或订单"),
    "check.over_released": ("positions that gave back more than was promised", "释放多于预留的库存位置"),
    "check.over_received": ("positions that received more than was ordered", "收货多于订货的库存位置"),
    "check.rejected": ("rejected: {code}", "拒收：{code}"),
    "about": ("About this page", "关于本页"),
}

COLUMNS: dict[str, tuple[str, str]] = {
    "col.day": ("Day", "日期"),
    "col.total": ("All", "合计"),
    "col.open": ("Open", "未结"),
    "col.alert": ("Alert", "预警"),
    "col.item": ("Item", "商品"),
    "col.where": ("Place", "门店"),
    "col.available": ("Available, units", "可用（件）"),
    "col.chance": ("Chance to run out", "缺货概率"),
    "col.when": ("Likely empty", "预计售空"),
    "col.loss": ("Expected loss", "预期损失"),
    "col.person": ("Owner", "负责人"),
    "col.owner": ("Owner, state", "负责人与状态"),
    "col.category": ("Category", "品类"),
    "col.department": ("Department", "部门"),
    "col.alerts": ("Open alerts", "未结预警"),
    "col.hour": ("Hour", "小时"),
    "col.mean": ("Mean alarms", "平均预警数"),
    "col.hours": ("Hours", "小时数"),
    "col.per_hour": ("Alarms an hour", "每小时预警"),
    "col.said": ("Said", "所说"),
    "col.share": ("Came true", "应验"),
    "col.interval": ("95% interval", "95% 区间"),
    "col.judged": ("Alerts", "预警数"),
    "col.positions": ("Positions", "库存点"),
    "col.in_stock": ("In stock", "有货率"),
    "col.cover": ("Days of cover", "可售天数"),
    "col.excess": ("Excess", "过量"),
    "col.dead": ("Dead", "呆滞"),
    "col.units": ("Units", "件"),
    "col.value": ("Worth at cost", "成本价值"),
    "col.last_sale": ("Last sale", "最近销售"),
    "col.supplier": ("Supplier", "供应商"),
    "col.orders": ("Order lines", "订单行"),
    "col.late": ("Late", "迟到"),
    "col.middle": ("Days late, middle half", "迟到天数（中间一半）"),
    "col.overdue": ("Overdue now", "当前逾期"),
    "col.short": ("Short-shipped", "少发"),
    "col.check": ("What is wrong", "问题"),
    "col.records": ("Records", "记录"),
    "col.of_all": ("Of all read", "占全部"),
    "col.since": ("Quiet since", "停止时间"),
    "col.selling": ("Days with sales before", "此前销售天数"),
    "col.quiet": ("For", "已持续"),
}
