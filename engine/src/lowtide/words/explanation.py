"""The sentences of an explanation and its headings."""

from __future__ import annotations

HEADINGS: dict[str, tuple[str, str]] = {
    "heading.happened": ("What happened", "发生了什么"),
    "heading.stock": ("Stock", "库存"),
    "heading.supply": ("Supply", "供货"),
    "heading.demand": ("Demand", "需求"),
    "heading.estimate": ("Why this estimate", "估计的依据"),
    "heading.lines": ("Lines", "界限"),
    "heading.policy": ("Policy", "策略"),
    "heading.history": ("History", "经过"),
    "heading.people": ("What was done", "处理经过"),
    "heading.action": ("What to do", "怎么办"),
    "heading.numbers": ("Numbers, computed again", "数字复算"),
    "heading.engine": ("engine", "引擎"),
    "heading.recomputed": ("recomputed", "复算"),
    "heading.difference": ("difference", "差"),
    "heading.same": ("same", "一致"),
    "heading.differs": ("DIFFERS", "不一致"),
}

EXPLANATION: dict[str, tuple[str, str]] = {
    "explain.title": (
        "{severity}: {type} of {name} at {location}",
        "{severity}：{location} 的 {name} {type}",
    ),
    "explain.opened_by_record": (
        "{entry} at {time} by record `{id}` from `{source}`: {reason}.",
        "{time} 由来源 `{source}` 的记录 `{id}` 触发{entry}：{reason}。",
    ),
    "explain.opened_by_clock": (
        "{entry} at {time} as time passed, with no new record: {reason}.",
        "{time} 因时间推移{entry}，没有新记录：{reason}。",
    ),
    "explain.stock": (
        "{on_hand} on hand, {available} available after reservations and holds.",
        "现有 {on_hand}，扣除预留和冻结后可用 {available}。",
    ),
    "explain.no_supply": ("Nothing is on order.", "没有在途订单。"),
    "explain.supply_total": (
        "{on_order} on order, {in_transit} of it in transit.",
        "已订 {on_order}，其中在途 {in_transit}。",
    ),
    "explain.supply_one": (
        "{ref}: {remaining} due {due}; chance to be here by day {days}: {chance}.",
        "{ref}：{remaining}，应于 {due} 到货；第 {days} 天前到货的概率 {chance}。",
    ),
    "explain.supply_late": (
        "{ref}: {remaining} was due {due}, {late} days ago; it does not count as here. Chance by day {days}: {chance}.",
        "{ref}：{remaining} 应于 {due} 到货，已逾期 {late} 天，不计入现有库存；第 {days} 天前到货的概率 {chance}。",
    ),
    "explain.supply_dated": ("{ref}: {remaining} due {due}.", "{ref}：{remaining} 应于 {due} 到货。"),
    "explain.unordered": (
        "Order, and transfer from another location or offer a substitute until it comes.",
        "下单补货；到货前从其他门店调拨，或用替代品补位。",
    ),
    "explain.overdue_one": (
        "{ref}: {remaining} was due {due}; more than the grace of {grace} hours has passed.",
        "{ref}：{remaining} 应于 {due} 到货，已超过 {grace} 小时宽限。",
    ),
    "explain.demand": (
        "{rate} a day; over {days} days {mean} expected, give or take {sd} (standard deviation).",
        "每天 {rate}；{days} 天内预计 {mean}，标准差 {sd}。",
    ),
    "explain.demand_rate": ("{rate} a day expected.", "预计每天 {rate}。"),
    "explain.out_of": (
        "The chance that the shelf runs out on some day up to day {days}: {p}.",
        "到第 {days} 天为止，某日货架售空的概率：{p}。",
    ),
    "explain.when": (
        "Empty by {p10} with 10 %, {p50} with 50 %, {p90} with 90 % chance (today is day 1).",
        "售空时间：10 % 概率{p10}，50 % {p50}，90 % {p90}（今天为第 1 天）。",
    ),
    "explain.on_day": ("day {day}", "第 {day} 天"),
    "explain.beyond": ("a day beyond the horizon", "在预测期之外"),
    "explain.crossed": (
        "{p} is over the {severity} line of {line}; with {trip} available it would not be.",
        "{p} 高于{severity}线 {line}；可用库存达到 {trip} 即不越线。",
    ),
    "explain.kept": (
        "{p} is under the {severity} line of {line}, and not yet under its exit line of {leave}.",
        "{p} 低于{severity}线 {line}，但尚未低于其解除线 {leave}。",
    ),
    "explain.left": ("{p} is under the exit line of {leave}.", "{p} 低于解除线 {leave}。"),
    "explain.exit": (
        "It stops being {severity} under {line}: at {exit} available or more.",
        "概率降到 {line} 以下（可用库存不少于 {exit}）时不再是{severity}。",
    ),
    "explain.empty": (
        "Available is {available}, not above zero, while demand is expected.",
        "可用库存 {available}，不大于零，而仍有需求。",
    ),
    "explain.filled": ("Available is {available}: above zero again.", "可用库存 {available}，已大于零。"),
    "explain.reorder": (
        "The inventory position is {position}; the reorder point is {point}.",
        "库存头寸 {position}；再订货点 {point}。",
    ),
    "explain.safety": (
        "Safety stock {safety}: k {k} × σ {sigma}, for {service}. Reorder point {point}: {mean} expected and the "
        "safety stock.",
        "安全库存 {safety}：k {k} × σ {sigma}，目标为{service}。再订货点 {point}：预计需求 {mean} 加安全库存。",
    ),
    "explain.targets": (
        "Safety stock {safety} and reorder point {point}, for {service}.",
        "安全库存 {safety}，再订货点 {point}，目标为{service}。",
    ),
    "explain.slow": (
        "With only {mean} expected the normal curve is rough: by the distribution of demand itself, a reorder point of "
        "{point} gives {level}.",
        "预计需求仅 {mean}，正态近似较粗：按需求本身的分布，再订货点 {point} 即可达到 {level}。",
    ),
    "explain.service.cycle": ("{level} of order cycles without a stockout", "{level} 的订货周期不缺货"),
    "explain.service.fill": (
        "{level} of demand served from stock, with orders of {quantity}",
        "{level} 的需求由库存满足，每次订货 {quantity}",
    ),
    "explain.spike": (
        (
            "{demand} sold so far on {day}, where {mean} was expected; the chance of that much is {tail} (line {line}, at "
            "least {least} sold)."
        ),
        "{day} 已售 {demand}，预计 {mean}；出现这么多的概率为 {tail}（界限 {line}，至少售出 {least}）。",
    ),
    "explain.negative": (
        "The record says {on_hand} on hand, which no shelf can hold.",
        "记录显示现有 {on_hand}，货架上不可能有负数。",
    ),
    "explain.not_negative": ("The record says {on_hand} on hand again.", "记录已恢复为现有 {on_hand}。"),
    "explain.layer": ("{field} from layer `{layer}`.", "{field} 取自策略层 `{layer}`。"),
    "explain.all_defaults": ("Every value is a default.", "全部取默认值。"),
    "explain.version": ("Policy version {version}.", "策略版本 {version}。"),
    "explain.supersedes": ("It takes the place of alert {id}.", "取代告警 {id}。"),
    "explain.wave": (
        "It hardly sells: {turnover} in {turnover_days} days, and up to {limit} would exempt it from this alert. But {sold} "
        "of them were sold within {days} days ({when}), and {least} or more lift the exemption.",
        "该商品周转很低：{turnover_days} 天内售出 {turnover} 件，不超过 {limit} 件本可豁免此告警。但其中 {sold} 件在 "
        "{days} 天内售出（{when}），达到 {least} 件即解除豁免。",
    ),
    "explain.history": (
        "{seq}. {time} {entry}, {severity}: {reason}",
        "{seq}. {time} {entry}，{severity}：{reason}",
    ),
    "explain.person": ("{time} {entry} by {actor}", "{time} {actor} {entry}"),
    "explain.ladder": ("{time} {entry} by the ladder", "{time} 按升级规则{entry}"),
    "explain.routed": ("{time} routed to {person} ({how})", "{time} 分派给{person}（{how}）"),
    "explain.escalated": (
        "{time} escalated to {person}: step {step}, due {due}",
        "{time} 升级至{person}：第 {step} 级，期限 {due}",
    ),
    "explain.reminded": (
        "{time} reminded {person}: step {step}, due {due}",
        "{time} 再次提醒{person}：第 {step} 级，期限 {due}",
    ),
    "explain.passed": (
        "{time} step {step}, due {due}, was passed over: a later step was due as well",
        "{time} 第 {step} 级（期限 {due}）已略过：后一级也已到期",
    ),
    "explain.snoozed": ("{time} snoozed by {person} until {until}", "{time} {person} 暂缓提醒至 {until}"),
    "schedule.override": ("override", "临时替班"),
    "schedule.absence": ("deputy during an absence", "休假代理"),
    "schedule.rotation": ("rotation", "轮值"),
    "schedule.member": ("member", "成员"),
    "schedule.next open": ("next whose hours begin", "最先上班者"),
    "schedule.fallback": ("fallback", "兜底"),
    "explain.to_owner": (", owner {owner}", "，负责人 {owner}"),
    "explain.with_feedback": (", feedback: {feedback}", "，反馈：{feedback}"),
    "explain.with_comment": (": {comment}", "：{comment}"),
    "explain.agree": (
        "{count} numbers of {entries} entries computed again: all the same.",
        "复算了 {entries} 条记录的 {count} 个数字：全部一致。",
    ),
    "explain.disagree": (
        "{wrong} of {count} numbers differ from what the engine wrote. Please report the alert with `--json`.",
        "{count} 个数字中有 {wrong} 个与引擎写下的不同。请附上 `--json` 的输出反馈。",
    ),
    "explain.nothing_to_check": (
        "This alert states no number that follows from others: there is nothing to compute again.",
        "该告警没有可由其他数据推出的数字，无需复算。",
    ),
}
