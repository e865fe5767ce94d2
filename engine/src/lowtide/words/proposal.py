"""The sentences of a proposal: what it asks for, its arithmetic line by line, and what a person must know."""

from __future__ import annotations

PROPOSAL: dict[str, tuple[str, str]] = {
    "heading.proposal.days": ("Days", "日期"),
    "heading.proposal.arithmetic": ("How much", "数量的计算"),
    "heading.proposal.value": ("What it is worth", "价值"),
    "heading.proposal.warnings": ("Mind", "注意"),
    "proposal.title.order": (
        "Order {quantity} of {name} from {supplier} for {location}",
        "向 {supplier} 订货：{name} {quantity}，送 {location}",
    ),
    "proposal.title.production": (
        "Make {quantity} of {name} at {supplier} for {location}",
        "由 {supplier} 生产：{name} {quantity}，送 {location}",
    ),
    "proposal.title.transfer": (
        "Move {quantity} of {name} from {origin} to {location}",
        "从 {origin} 调拨：{name} {quantity}，到 {location}",
    ),
    "proposal.title.expedite": (
        "Ask {supplier} to send {ref} sooner: {quantity} of {name} for {location}",
        "请 {supplier} 加急 {ref}：{name} {quantity}，送 {location}",
    ),
    "proposal.title.chase": ("Chase {supplier}: {lines} overdue", "向 {supplier} 催交：{lines}逾期"),
    "proposal.title.count": (
        "Count {name} at {location}: the record says {quantity}",
        "盘点 {location} 的 {name}：账面为 {quantity}",
    ),
    "proposal.until": ("{title}, until {time}", "{title}，{time} 前下单"),
    "proposal.packs": ("{quantity} ({packs} × {pack})", "{quantity}（{packs} × {pack}）"),
    "proposal.of_unit": ("{quantity} {unit}", "{quantity} {unit}"),
    "proposal.days": (
        "What is ordered on {order_day} comes on {a}; the next order is on {next_day} and comes on {b}. So "
        "the stock has to last to the end of {b}.",
        "{order_day} 下的单 {a} 到货；下一次 {next_day} 下单，{b} 到货。因此库存要够卖到 {b} 当天结束。",
    ),
    "proposal.demand": (
        "Until then {mean} units are expected to be sold, give or take {sd} (standard deviation).",
        "到那时预计销售 {mean} 件，标准差 {sd} 件。",
    ),
    "proposal.level": (
        "{level} units are enough with a chance of {p_level}, one unit less with {p_below}; the service "
        "level asks for {service}.",
        "{level} 件足够的概率为 {p_level}，少一件则为 {p_below}；要求的服务水平为 {service}。",
    ),
    "proposal.level_zero": (
        "No stock is needed with a chance of {p_level}; the service level asks for {service}.",
        "不备货也足够的概率为 {p_level}；要求的服务水平为 {service}。",
    ),
    "proposal.need": (
        "Need = {level} − {available} available − {arriving} expected from open orders = {need} units.",
        "需求量 = {level} − 可用 {available} − 未到订单预计到货 {arriving} = {need} 件。",
    ),
    "proposal.min_max": (
        "Available and open orders make {position} units; at {min} or less the policy orders up to {max}: "
        "{need} units.",
        "可用库存加未到订单共 {position} 件；按策略，不高于 {min} 件时补到 {max} 件：需要 {need} 件。",
    ),
    "proposal.zones": (
        "Zones for {per_day} units a day, a lead time of {lead} and an order every {cycle}: red {red}, "
        "yellow {yellow}, green {green}; the top of yellow is {toy}, the top of green {tog}.",
        "按日均需求 {per_day} 件、提前期 {lead}、订货间隔 {cycle} 计算缓冲区：红区 {red}，黄区 {yellow}，"
        "绿区 {green}；黄区上沿 {toy}，绿区上沿 {tog}。",
    ),
    "proposal.flow": (
        "Net flow = {on_hand} on hand + {on_order} on order − {qualified} qualified demand = {flow}. It is "
        "not above the top of yellow, so the order fills up to the top of green: {need} units.",
        "净流量 = 现有 {on_hand} + 在订 {on_order} − 合格需求 {qualified} = {flow}。净流量不高于黄区上沿，"
        "因此补到绿区上沿：{need} 件。",
    ),
    "proposal.packed": (
        "At least {moq} units an order, in packs of {pack}: {wanted}.",
        "起订量 {moq} 件，按每包 {pack} 件取整：{wanted}。",
    ),
    "proposal.in_packs": ("In packs of {pack}: {wanted}.", "按每包 {pack} 件取整：{wanted}。"),
    "proposal.max": (
        "When it comes, {stock} units stand there, and {max} is the most.",
        "到货时库存为 {stock} 件，上限为 {max} 件。",
    ),
    "proposal.max_fits": (
        "{fits} is the most that fits; with it the chance of a stockout is {chance}.",
        "最多能放下 {fits} 件；按此数量缺货概率为 {chance}。",
    ),
    "proposal.donor": (
        "{origin} has {available} available and keeps {keep} for itself: the level for its own demand to "
        "the end of {b}, and what stays on display. So it can spare {excess}.",
        "{origin} 可用 {available} 件，自留 {keep} 件（保障自身到 {b} 结束的需求和陈列量），可调出 {excess}"
        " 件。",
    ),
    "proposal.donor_promised": (
        "{origin} has {available} available, has promised {promised} of it to other places, and keeps {keep} for "
        "itself: the level for its own demand to the end of {b}, and what stays on display. So it can spare {excess}.",
        "{origin} 可用 {available} 件，其中 {promised} 件已答应调给其他地点，自留 {keep} 件（保障自身到 {b} "
        "结束的需求和陈列量），可调出 {excess} 件。",
    ),
    "proposal.donor_age": ("The stock of {origin} is as of {time}.", "{origin} 的库存数据截至 {time}。"),
    "proposal.until_order": (
        "Until its own order comes on {a}, {location} needs {need} units: {level} − {available} available "
        "− {arriving} expected.",
        "到 {a} 自己的订单到货前，{location} 还需要 {need} 件：{level} − 可用 {available} − 预计到货 "
        "{arriving}。",
    ),
    "proposal.moved": (
        "The lesser of both in packs of {pack}: {quantity}.",
        "取两者较小值，按每包 {pack} 件取整：{quantity}。",
    ),
    "proposal.donor_risk": (
        "The chance that {origin} runs out rises from {before} to {after}.",
        "{origin} 缺货的概率由 {before} 升至 {after}。",
    ),
    "proposal.sooner": (
        "{ref} is due in {due}. If it came in {sooner}, the shelf would be empty less.",
        "{ref} 预计 {due}后到货；若 {sooner}后到货，缺货会减少。",
    ),
    "proposal.overdue": (
        "{ref}: {quantity} of {name} for {location} was due {due}, {late} ago.",
        "{ref}：{location} 的 {name} {quantity}，应于 {due} 到货，已逾期 {late}。",
    ),
    "proposal.recorded": (
        "The record says {recorded}. Stock cannot be below zero, so it is off by {off} at least.",
        "账面为 {recorded}。库存不可能为负，因此至少差 {off}。",
    ),
    "proposal.recorded_stock": ("The record says {recorded}.", "账面为 {recorded}。"),
    "proposal.shortfall": (
        "Demand that is expected to meet an empty shelf until then: {before} units without it, {after} "
        "with it.",
        "到那时预计遇到空货架的需求：不执行为 {before} 件，执行为 {after} 件。",
    ),
    "proposal.risk": (
        "The chance of a stockout falls from {before} to {after}.",
        "缺货概率由 {before} 降至 {after}。",
    ),
    "proposal.risk_same": (
        "The chance of a stockout stays at {before}: it counts the days before the delivery too.",
        "缺货概率仍为 {before}：其中也包括到货前的日子。",
    ),
    "proposal.worth": ("It avoids {avoided} and costs {cost}.", "可避免损失：{avoided}；成本：{cost}。"),
    "proposal.worth_only": ("It avoids {avoided}.", "可避免损失：{avoided}。"),
    "proposal.stake": ("{stake} are at stake.", "涉及 {stake}。"),
    "proposal.mark.late": (
        "The order alone is late: before it comes, the chance of a stockout is {chance}. Look for a "
        "transfer, or expedite an open order.",
        "仅靠订货来不及：到货前缺货概率为 {chance}。请考虑调拨，或对未到订单催货加急。",
    ),
    "proposal.mark.over_max": (
        "With it, the stock passes the maximum of the catalogue.",
        "订货后库存会超过商品目录中的上限。",
    ),
    "proposal.mark.over_max_ask": (
        "With it, the stock passes the maximum of the catalogue. Decide how much.",
        "订货后库存会超过商品目录中的上限，请决定数量。",
    ),
    "proposal.mark.fits_max": (
        "It is less than the need, so that the stock stays under the maximum of the catalogue.",
        "为不超过商品目录中的库存上限，数量少于需求量。",
    ),
    "proposal.mark.donor_short": (
        "It does not cover the whole need: the other place has no more to spare.",
        "不能满足全部需求：对方没有更多可调出的库存。",
    ),
    "proposal.mark.donor_asked": (
        "The owner of the place that gives is asked before it is approved.",
        "批准前须征得调出方负责人同意。",
    ),
    "proposal.mark.lane_unknown": (
        "How long the transfer takes and what it costs is not known: no lanes file names it. It counts as "
        "here tomorrow.",
        "调拨线路文件没有这条线路，耗时和费用未知，按次日到货计算。",
    ),
    "proposal.mark.no_levels": (
        "The policy says `min_max` and gives no `max_level` for this position, so it is ordered for by its "
        "service level.",
        "策略规定 `min_max`，但没有给这个库存点设 `max_level`，因此按服务水平订货。",
    ),
    "proposal.mark.supplier_unknown": (
        "No suppliers file names the supplier: daily orders and deliveries and the lead time of the policy "
        "are taken.",
        "供应商文件中没有这个供应商：按每天可订货、可送货和策略的提前期计算。",
    ),
    "proposal.mark.calendar_unconfirmed": (
        "The holidays of the year are not confirmed yet, so the days may change.",
        "当年节假日安排尚未公布，日期可能变化。",
    ),
    "proposal.mark.wide": (
        "The estimate of demand is wide: its standard deviation is more than twice its mean, for instance "
        "after a few days of sales with one burst. Look at the sales before you approve; `max_stock` of "
        "the catalogue limits the quantity.",
        "需求估计很不确定：标准差超过均值的两倍，例如只有几天销售且其中一天突增。批准前请查看销售情况；"
        "商品目录中的 `max_stock` 可限制数量。",
    ),
    "proposal.mark.no_margin": (
        "The catalogue has no margin for it, so the value is told in sales or in units.",
        "商品目录中没有毛利，价值以销售额或件数表示。",
    ),
    "proposal.mark.no_cost": (
        "The catalogue has no unit cost for it, so limits of approval cannot be checked.",
        "商品目录中没有成本，无法核对审批额度。",
    ),
    "proposal.mark.no_demand": ("No demand is known of this position yet.", "这个库存点还没有需求记录。"),
    "proposal.reason.ordered_already": ("it is ordered already", "已经下单"),
    "proposal.reason.not_needed": ("it is not needed", "不需要"),
    "proposal.reason.too_much": ("it is too much", "数量过多"),
    "proposal.reason.too_little": ("it is too little", "数量过少"),
    "proposal.reason.wrong_supplier": ("another supplier is better", "应换供应商"),
    "proposal.reason.delisted": ("the SKU is no longer sold", "商品已下架"),
    "proposal.reason.no_budget": ("there is no budget", "没有预算"),
    "proposal.reason.other": ("another reason", "其他原因"),
    "proposal.agree": (
        "All {count} numbers came out the same when computed again.",
        "{count} 个数字复算全部一致。",
    ),
    "proposal.disagree": (
        "{wrong} of {count} numbers came out differently when computed again.",
        "复算 {count} 个数字，其中 {wrong} 个不一致。",
    ),
}
