"""The words of signs: their types, why they open and end, what to do, what an explanation says of them."""

from __future__ import annotations

SIGNS: dict[str, tuple[str, str]] = {
    "type.slipping_supply": ("slipping supply", "供货推迟"),
    "type.transfer_mismatch": ("transfer mismatch", "发收不符"),
    "type.count_variance": ("count variance", "盘点差异"),
    "type.phantom_stock": ("phantom stock", "虚假库存"),
    "type.sales_drought": ("sales drought", "销售中断"),
    "type.level_shift": ("level shift", "销量水平变化"),
    "type.overstock": ("overstock", "库存过高"),
    "type.slow_moving": ("slow-moving stock", "滞销库存"),
    "type.dead_stock": ("dead stock", "呆滞库存"),
    "type.expiring": ("expiring stock", "临期库存"),
    "type.process_hole": ("hole in the process", "流程漏洞"),
    "type.silent_feed": ("silent feed", "数据源静默"),
    "reason.supply_slips_and_p_over_line": (
        "a supply comes later than promised, and the chance of running out is over a line",
        "供货晚于承诺，缺货概率越过界限",
    ),
    "reason.supply_came_or_p_under_exit_line": (
        "the supply came, or the chance of running out is under the exit line",
        "供货已到，或缺货概率低于解除线",
    ),
    "reason.superseded_by_overdue_supply": ("the supply is overdue", "供货已逾期"),
    "reason.received_is_not_shipped": (
        "another quantity was received than was shipped",
        "收货数量与发货数量不符",
    ),
    "reason.received_is_shipped": (
        "no ref differs any more: received as shipped, cancelled, or too old to be remembered",
        "已没有不相符的单号：收货与发货相符、已取消，或过久不再保留",
    ),
    "reason.count_far_from_record": ("a count is far from the record", "盘点与账面相差很大"),
    "reason.count_agrees_or_hold_passed": (
        "count and record agree by now, or the holding time has passed",
        "盘点与账面已相符，或保持期已过",
    ),
    "reason.record_without_another": (
        "a record came without the one that should come before it",
        "出现缺少前置记录的单据",
    ),
    "reason.hole_hold_passed": (
        "no further such record for the holding time, or the order is known by now",
        "保持期内未再出现此类单据，或订单现已补上",
    ),
    "reason.no_sale_against_odds": (
        "nothing was sold for so long that the shelf may be empty",
        "长时间没有销售，货架可能是空的",
    ),
    "reason.sold_counted_or_gone": (
        "something was sold, counted, or nothing is left",
        "已有销售或盘点，或已无库存",
    ),
    "reason.superseded_by_phantom_stock": ("the shelf may be empty", "货架可能是空的"),
    "reason.sales_far_below_expected": ("sales are far below what is expected", "销量远低于预期"),
    "reason.sales_as_expected_or_gone": (
        "sales are as expected again, or nothing is left",
        "销量恢复正常，或已无库存",
    ),
    "reason.weekly_sales_shifted": ("weekly sales have shifted", "周销量水平已变化"),
    "reason.level_is_usual_again": (
        "sales are as usual again, or the new level is the usual one",
        "销量恢复原水平，或新水平已成常态",
    ),
    "reason.superseded_by_level_shift": ("the level has shifted", "销量水平已变化"),
    "reason.cover_over_line": ("the stock lasts longer than the line", "库存可售天数超过界限"),
    "reason.cover_under_exit_line": (
        "the stock lasts no longer than the exit line",
        "库存可售天数不超过解除线",
    ),
    "reason.not_sold_for_long": ("nothing was sold for long", "长时间没有销售"),
    "reason.sold_or_gone": ("something was sold, or the stock is gone", "已有销售，或库存已清"),
    "reason.superseded_by_dead_stock": ("the stock is dead by now", "库存已成呆滞"),
    "reason.lot_will_not_be_sold_in_time": (
        "a lot will probably expire before it is sold",
        "一批商品很可能在售出前到期",
    ),
    "reason.units_expired": ("units in stock have expired", "库存中有已过期的商品"),
    "reason.lots_will_be_sold_or_gone": (
        "the lots will probably be sold in time, or are gone",
        "各批次预计能按时售完，或已不在库",
    ),
    "reason.feed_quiet_against_its_rhythm": (
        "nothing came for longer than its rhythm explains",
        "无数据的时间超出其正常规律",
    ),
    "reason.feed_sends_again": ("a record came again", "已重新收到数据"),
    "reason.feed_not_expected_any_more": (
        "nothing came for four weeks, so nothing is expected any more",
        "四周没有数据，不再期待其数据",
    ),
    "reason.not_looked_for": ("the policy no longer looks for it", "策略不再检查此项"),
    "action.slipping_supply": (
        "Chase the supplier for the first promised date, or order elsewhere.",
        "催促供应商按最初承诺的日期到货，或另行采购。",
    ),
    "action.transfer_mismatch": (
        "Reconcile: count what came, and correct the shipment or the receipt.",
        "核对：清点到货，更正发货或收货记录。",
    ),
    "action.count_variance": (
        "Find out why: theft, damage, a missing receipt or a wrong unit. Count again if in doubt.",
        "查明原因：被盗、破损、漏记收货或单位错误。有疑问时再盘一次。",
    ),
    "action.phantom_stock": (
        "Go and look: count this first. The order of the list is a rank, not a chance.",
        "去现场查看：请先盘点此项。列表顺序是排名，不是概率。",
    ),
    "action.sales_drought": (
        "Check the shelf, the price and the feed of the till.",
        "检查货架、价格和收银数据源。",
    ),
    "action.level_shift": (
        "Find the cause: price, place, a neighbour, a new item. Then check how it is ordered for.",
        "查找原因：价格、陈列、周边变化或新品。然后检查其订货设置。",
    ),
    "action.expiring": (
        "Sell the oldest first: mark down or move before it expires.",
        "先卖最旧的：到期前降价或调拨。",
    ),
    "action.process_hole": (
        "Ask who did it, and write the missing record.",
        "询问经手人，并补上缺失的记录。",
    ),
    "action.silent_feed": (
        "Fix the till or the feed of the shop. What it says of sales is not known until then.",
        "修复收银机或门店数据源。在此之前销售情况未知。",
    ),
    "action.overstock": (
        "Order less, move the excess to a place that needs it, or return it.",
        "减少订货，把多余库存调往需要的门店，或退货。",
    ),
    "action.slow_moving": (
        "Check place and price; mark down, return or move.",
        "检查陈列和价格；降价、退货或调拨。",
    ),
    "action.dead_stock": (
        "Mark down, return, move or write off, and take it off the range.",
        "降价、退货、调拨或报损，并下架停售。",
    ),
    "message.do.slipping_supply": ("chase the supplier", "催供应商"),
    "message.do.transfer_mismatch": ("reconcile shipment and receipt", "核对发货与收货"),
    "message.do.count_variance": ("find out why", "查明原因"),
    "message.do.phantom_stock": ("count this first (a rank, not a chance)", "请先盘点（这是排名，不是概率）"),
    "message.do.sales_drought": ("check shelf, price and feed", "查货架、价格和数据源"),
    "message.do.level_shift": ("find the cause", "查找原因"),
    "message.do.expiring": ("mark down or move", "降价或调拨"),
    "message.do.process_hole": ("ask, and write the missing record", "询问并补记录"),
    "message.do.silent_feed": ("fix the till or the feed", "修复收银机或数据源"),
    "message.do.overstock": ("order less, move or return", "少订、调拨或退货"),
    "message.do.slow_moving": ("check place and price", "查陈列和价格"),
    "message.do.dead_stock": ("mark down, return or move", "降价、退货或调拨"),
    "explain.slip_one": (
        "{ref}: {remaining} was first promised for {promised}, and is now due {due}.",
        "{ref}：{remaining} 最初承诺 {promised} 到货，现应于 {due} 到货。",
    ),
    "explain.slip_chance": (
        "As first promised the chance of running out is {promised}; as it stands it is {p}.",
        "若按最初承诺到货，缺货概率为 {promised}；现状为 {p}。",
    ),
    "explain.mismatch_one": (
        "{ref}: {shipped} shipped, {received} received. They should have agreed by {since}.",
        "{ref}：发货 {shipped}，收货 {received}。应在 {since} 前相符。",
    ),
    "explain.mismatch_none": (
        "No ref is left of which another quantity was received than was shipped.",
        "已没有收发数量不符的单号。",
    ),
    "explain.variance": (
        (
            "The count says {counted}, the record said {recorded}: {variance}. A count is told from {least} units and "
            "{share} of the larger number on."
        ),
        "盘点 {counted}，账面 {recorded}：差 {variance}。相差至少 {least} 件且达到较大数的 {share} 时提示。",
    ),
    "explain.variance_over": ("No count is far from the record any more.", "已没有与账面相差很大的盘点。"),
    "explain.hole.receipt": (
        "{n} receipts name no order, although the item is ordered for.",
        "{n} 次收货未注明订单，而该商品是按订单采购的。",
    ),
    "explain.hole.shipment": ("{n} shipments have no order.", "{n} 次发货没有订单。"),
    "explain.hole.return": (
        "{n} returns of an item that was never sold here.",
        "{n} 次退货，而该商品从未在此售出。",
    ),
    "explain.hole.adjustment": ("{n} adjustments give no reason.", "{n} 次调整没有注明原因。"),
    "explain.hole_refs": (
        "No order is known of {refs}, {after} hours after the last record.",
        "{refs} 在最后一条记录 {after} 小时后仍没有订单。",
    ),
    "explain.hole_by": ("The last one came from {source}.", "最近一条来自 {source}。"),
    "explain.hole_none": ("There was no such record lately.", "近期没有此类单据。"),
    "feed.one": ("source {source}", "来源 {source}"),
    "feed.all": ("all sources", "全部来源"),
    "message.quiet": ("sends nothing", "没有数据"),
    "explain.feed_quiet": (
        (
            "Nothing counts as come since {since}. By {due} its rhythm had let expect {expected} records; a feed is silent "
            "at {needed}, after at least {least} hours."
        ),
        (
            "自 {since} 起没有数据。到 {due}，按其规律应有 {expected} 条记录；"
            "缺少 {needed} 条且至少经过 {least} 小时即为静默。"
        ),
    ),
    "explain.feed_all": (
        "All sources of the location are silent together.",
        "该地点的全部来源同时静默。",
    ),
    "explain.feed_learned": (
        "The rhythm was learned from {days} days, by hour of the week.",
        "规律由 {days} 天的数据按每周各小时学得。",
    ),
    "explain.feed_inhibits": (
        "Until it is back, no phantom stock and no sales drought opens at its positions, and its days teach nothing.",
        "恢复之前，其商品不产生虚假库存和销售中断告警，这些日子也不用于学习。",
    ),
    "explain.phantom": (
        (
            "{days} days in stock without a sale, where {usual} a day are usual. The odds that the shelf is empty are "
            "{odds} (line {line}). The odds are a rank: of all such alerts count the highest first. They are not a chance."
        ),
        (
            "在库 {days} 天没有销售，平时每天约 {usual}。货架为空的比值为 {odds}（界限 {line}）。"
            "比值只是排名：请先盘点最高的。它不是概率。"
        ),
    ),
    "explain.drought": (
        (
            "Sales are far below the usual {usual} a day; the last {days} days in stock had none. The score is {score} "
            "(line {line}): such sales are e^{score} times likelier in a drought than in usual times."
        ),
        (
            "销量远低于平时的每天 {usual}；最近在库 {days} 天没有销售。得分 {score}（界限 {line}）："
            "这样的销量在销售中断时出现的可能性是平时的 e^{score} 倍。"
        ),
    ),
    "explain.shift_up": (
        (
            "Since the week of {since} more is sold than the usual {usual} a day; now {rate} a day. "
            "The CUSUM is {cusum} (line {line})."
        ),
        "自 {since} 那周起，销量高于平时的每天 {usual}；现为每天 {rate}。CUSUM 为 {cusum}（界限 {line}）。",
    ),
    "explain.shift_down": (
        (
            "Since the week of {since} less is sold than the usual {usual} a day; now {rate} a day. "
            "The CUSUM is {cusum} (line {line})."
        ),
        "自 {since} 那周起，销量低于平时的每天 {usual}；现为每天 {rate}。CUSUM 为 {cusum}（界限 {line}）。",
    ),
    "explain.shift_over": (
        "The usual level is {usual} a day by now. After {weeks} weeks a new level counts as usual.",
        "现在的平时水平为每天 {usual}。新水平持续 {weeks} 周后视为常态。",
    ),
    "explain.cover": (
        (
            "At {rate} a day the stock lasts {cover} days; the lines are {entry} days to open and {leave} to end. "
            "{excess} units are too many; holding them costs {cost} a month, in units."
        ),
        (
            "按每天 {rate} 计，库存可售 {cover} 天；打开界限 {entry} 天，解除界限 {leave} 天。"
            "多出 {excess} 件，持有一个月的成本相当于 {cost} 件。"
        ),
    ),
    "explain.cover_unknown": ("How long the stock lasts is not known.", "库存可售天数未知。"),
    "explain.idle": (
        (
            "{days} days in stock without a sale; the lines are {slow} days (slow moving) and {dead} days (dead). "
            "Holding it costs {cost} units a month."
        ),
        "在库 {days} 天没有销售；界限为 {slow} 天（滞销）和 {dead} 天（呆滞）。持有一个月的成本相当于 {cost} 件。",
    ),
    "explain.lot": (
        "{left} are left of what can be sold until {expiry}.",
        "可售至 {expiry} 的批次还剩 {left}。",
    ),
    "explain.lots_expired": ("{units} of them have expired.", "其中 {units} 已过期。"),
    "explain.lot_worst": (
        (
            "{units} units must be sold by {expiry}: {days} whole days, in which {mean} are expected to be sold. The chance "
            "that not all of them are is {p}; the line is {line}. {unsold} units are expected to be left."
        ),
        (
            "{expiry} 前须售出 {units} 件：整日数 {days}，预计售出 {mean}。"
            "不能全部售出的概率为 {p}，界限为 {line}。预计剩余 {unsold} 件。"
        ),
    ),
    "explain.lots_gone": ("No lot is left that expires soon.", "已没有即将到期的批次。"),
}
