"""Say things the way a planner says them, in English and in Chinese.

Every sentence of an explanation is a template here, by key and language, so that the two languages say the
same and a third is one more column. The words for the severities are the trade's: 关注, 预警, 紧急.
"""

from __future__ import annotations

from typing import Literal, get_args

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)

TYPE: dict[str, dict[Lang, str]] = {
    "projected_stockout": {"en": "projected stockout", "zh": "预计缺货"},
    "out_of_stock": {"en": "out of stock", "zh": "缺货"},
    "below_reorder_point": {"en": "below reorder point", "zh": "低于再订货点"},
    "overdue_supply": {"en": "overdue supply", "zh": "到货逾期"},
    "sales_spike": {"en": "sales spike", "zh": "销量激增"},
    "negative_stock": {"en": "negative stock", "zh": "负库存"},
}

SEVERITY: dict[str, dict[Lang, str]] = {
    "watch": {"en": "watch", "zh": "关注"},
    "warning": {"en": "warning", "zh": "预警"},
    "critical": {"en": "critical", "zh": "紧急"},
}

ENTRY: dict[str, dict[Lang, str]] = {
    "OPENED": {"en": "opened", "zh": "打开"},
    "WORSENED": {"en": "worsened", "zh": "加重"},
    "EASED": {"en": "eased", "zh": "缓和"},
    "REVISED": {"en": "revised", "zh": "更正"},
    "FLAPPING": {"en": "marked as flapping", "zh": "标记为反复"},
    "CLEARED": {"en": "cleared", "zh": "解除"},
    "EXPIRED": {"en": "expired", "zh": "过期"},
    "SUPERSEDED": {"en": "superseded by a graver alert", "zh": "被更严重的预警取代"},
    "ACKNOWLEDGED": {"en": "acknowledged", "zh": "确认"},
    "ASSIGNED": {"en": "assigned", "zh": "指派"},
    "STARTED": {"en": "started work", "zh": "开始处理"},
    "RESOLVED": {"en": "resolved", "zh": "处理完毕"},
    "CLOSED": {"en": "closed", "zh": "关闭"},
    "REOPENED": {"en": "reopened", "zh": "重新打开"},
    "NOTED": {"en": "noted", "zh": "备注"},
}

FEEDBACK: dict[str, dict[Lang, str]] = {
    "right": {"en": "right", "zh": "正确"},
    "false": {"en": "false", "zh": "误报"},
    "unnecessary": {"en": "unnecessary", "zh": "不必要"},
}

REASON: dict[str, dict[Lang, str]] = {
    "p_stockout_over_line": {"en": "the chance of running out is over a line", "zh": "缺货概率越过界限"},
    "p_stockout_under_exit_line": {
        "en": "the chance of running out is under the exit line",
        "zh": "缺货概率低于解除线",
    },
    "available_at_or_below_zero": {"en": "nothing is available", "zh": "可用库存不大于零"},
    "available_again": {"en": "there is available stock again", "zh": "可用库存恢复"},
    "superseded_by_out_of_stock": {"en": "the stock has run out", "zh": "已缺货"},
    "superseded_by_projected_stockout": {"en": "a stockout is projected", "zh": "已预计缺货"},
    "inventory_position_below_reorder_point": {
        "en": "the inventory position is below the reorder point",
        "zh": "库存头寸低于再订货点",
    },
    "inventory_position_at_reorder_point": {
        "en": "the inventory position is at the reorder point again",
        "zh": "库存头寸回到再订货点",
    },
    "supply_overdue": {"en": "a supply is overdue", "zh": "有供货逾期未到"},
    "supply_received_redated_or_cancelled": {
        "en": "the supply was received, re-dated or cancelled",
        "zh": "供货已收到、改期或取消",
    },
    "demand_of_the_day_beyond_spike_p": {
        "en": "the day's demand is beyond what is likely",
        "zh": "当日需求远超正常范围",
    },
    "spike_hold_passed": {"en": "no further spike for the holding time", "zh": "持续期内未再激增"},
    "on_hand_below_zero": {"en": "the record is below zero", "zh": "账面库存为负"},
    "on_hand_not_below_zero": {"en": "the record is no longer below zero", "zh": "账面库存不再为负"},
    "corrected_by_void": {"en": "corrected by a void", "zh": "由作废记录更正"},
    "corrected_by_count": {"en": "corrected by a count", "zh": "由盘点更正"},
    "late_record": {"en": "corrected by a late record", "zh": "由迟到记录更正"},
    "opened_too_often": {"en": "it opened too often lately", "zh": "近期反复打开"},
    "low_turnover": {"en": "the item hardly sells (low-turnover exemption)", "zh": "低周转豁免"},
}

ACTION: dict[str, dict[Lang, str]] = {
    "projected_stockout": {
        "en": "Order, expedite the open supply, or transfer from another location.",
        "zh": "下单补货、催促在途供货，或从其他门店调拨。",
    },
    "out_of_stock": {
        "en": "Expedite the open supply, or offer a substitute.",
        "zh": "催促在途供货，或用替代品补位。",
    },
    "below_reorder_point": {"en": "Order.", "zh": "下单补货。"},
    "overdue_supply": {
        "en": "Chase the supplier; re-date or cancel the order when the answer is known.",
        "zh": "催促供应商；得到答复后改期或取消订单。",
    },
    "sales_spike": {
        "en": "Check the price, the shelf and the feed; if the sales are real, order.",
        "zh": "检查价格、货架和数据源；若销量属实，下单补货。",
    },
    "negative_stock": {
        "en": "Correct the record: count the shelf and look for a missing receipt.",
        "zh": "更正库存记录：盘点货架，并查找漏记的收货。",
    },
}

HEADING: dict[str, dict[Lang, str]] = {
    "happened": {"en": "What happened", "zh": "发生了什么"},
    "stock": {"en": "Stock", "zh": "库存"},
    "supply": {"en": "Supply", "zh": "供货"},
    "demand": {"en": "Demand", "zh": "需求"},
    "lines": {"en": "Lines", "zh": "界限"},
    "policy": {"en": "Policy", "zh": "策略"},
    "history": {"en": "History", "zh": "经过"},
    "people": {"en": "What people did", "zh": "人员处理"},
    "action": {"en": "What to do", "zh": "怎么办"},
    "numbers": {"en": "Numbers, computed again", "zh": "数字复算"},
    "engine": {"en": "engine", "zh": "引擎"},
    "recomputed": {"en": "recomputed", "zh": "复算"},
    "difference": {"en": "difference", "zh": "差"},
    "same": {"en": "same", "zh": "一致"},
    "differs": {"en": "DIFFERS", "zh": "不一致"},
}

SENTENCE: dict[str, dict[Lang, str]] = {
    "title": {
        "en": "{severity}: {type} of {name} at {location}",
        "zh": "{severity}：{location} 的 {name} {type}",
    },
    "opened_by_record": {
        "en": "{entry} at {time} by record `{id}` from `{source}`: {reason}.",
        "zh": "{time} 由来源 `{source}` 的记录 `{id}` 触发{entry}：{reason}。",
    },
    "opened_by_clock": {
        "en": "{entry} at {time} as time passed, with no new record: {reason}.",
        "zh": "{time} 因时间推移{entry}，没有新记录：{reason}。",
    },
    "stock": {
        "en": "{on_hand} on hand, {available} available after reservations and holds.",
        "zh": "现有 {on_hand}，扣除预留和冻结后可用 {available}。",
    },
    "no_supply": {"en": "Nothing is on order.", "zh": "没有在途订单。"},
    "supply_total": {
        "en": "{on_order} on order, {in_transit} of it in transit.",
        "zh": "已订 {on_order}，其中在途 {in_transit}。",
    },
    "supply_one": {
        "en": "{ref}: {remaining} due {due}; chance to be here by day {days}: {chance}.",
        "zh": "{ref}：{remaining}，应于 {due} 到货；第 {days} 天前到货的概率 {chance}。",
    },
    "supply_late": {
        "en": "{ref}: {remaining} was due {due}, {late} days ago; it does not count as here. "
        "Chance by day {days}: {chance}.",
        "zh": "{ref}：{remaining} 应于 {due} 到货，已逾期 {late} 天，不计入现有库存；"
        "第 {days} 天前到货的概率 {chance}。",
    },
    "overdue_one": {
        "en": "{ref}: {remaining} was due {due}; more than the grace of {grace} hours has passed.",
        "zh": "{ref}：{remaining} 应于 {due} 到货，已超过 {grace} 小时宽限。",
    },
    "demand": {
        "en": "{rate} a day; over {days} days {mean} expected, give or take {sd} (standard deviation).",
        "zh": "每天 {rate}；{days} 天内预计 {mean}，标准差 {sd}。",
    },
    "demand_rate": {"en": "{rate} a day expected.", "zh": "预计每天 {rate}。"},
    "out_of": {
        "en": "The chance that the shelf is empty at the end of some day up to day {days}: {p}.",
        "zh": "到第 {days} 天为止，某日结束时货架为空的概率：{p}。",
    },
    "when": {
        "en": "Empty by {p10} with 10 %, {p50} with 50 %, {p90} with 90 % chance (today is day 1).",
        "zh": "售空时间：10 % 概率{p10}，50 % {p50}，90 % {p90}（今天为第 1 天）。",
    },
    "on_day": {"en": "day {day}", "zh": "第 {day} 天"},
    "beyond": {"en": "a day beyond the horizon", "zh": "在预测期之外"},
    "crossed": {
        "en": "{p} is over the {severity} line of {line}; with {trip} available it would not be.",
        "zh": "{p} 高于{severity}线 {line}；可用库存达到 {trip} 即不越线。",
    },
    "kept": {
        "en": "{p} is under the {severity} line of {line}, and not yet under its exit line of {leave}.",
        "zh": "{p} 低于{severity}线 {line}，但尚未低于其解除线 {leave}。",
    },
    "left": {"en": "{p} is under the exit line of {leave}.", "zh": "{p} 低于解除线 {leave}。"},
    "exit": {
        "en": "It stops being {severity} under {line}: at {exit} available or more.",
        "zh": "概率降到 {line} 以下（可用库存不少于 {exit}）时不再是{severity}。",
    },
    "empty": {
        "en": "Available is {available}, not above zero, while demand is expected.",
        "zh": "可用库存 {available}，不大于零，而仍有需求。",
    },
    "filled": {"en": "Available is {available}: above zero again.", "zh": "可用库存 {available}，已大于零。"},
    "reorder": {
        "en": "The inventory position is {position}; the reorder point is {point}.",
        "zh": "库存头寸 {position}；再订货点 {point}。",
    },
    "spike": {
        "en": "{demand} sold so far on {day}, where {mean} was expected; the chance of that much is {tail} "
        "(line {line}, at least {least} sold).",
        "zh": "{day} 已售 {demand}，预计 {mean}；出现这么多的概率为 {tail}"
        "（界限 {line}，至少售出 {least}）。",
    },
    "negative": {
        "en": "The record says {on_hand} on hand, which no shelf can hold.",
        "zh": "记录显示现有 {on_hand}，货架上不可能有负数。",
    },
    "not_negative": {"en": "The record says {on_hand} on hand again.", "zh": "记录已恢复为现有 {on_hand}。"},
    "layer": {"en": "{field} from layer `{layer}`.", "zh": "{field} 取自策略层 `{layer}`。"},
    "all_defaults": {"en": "Every value is a default.", "zh": "全部取默认值。"},
    "version": {"en": "Policy version {version}.", "zh": "策略版本 {version}。"},
    "supersedes": {"en": "It takes the place of alert {id}.", "zh": "取代预警 {id}。"},
    "history": {
        "en": "{seq}. {time} {entry}, {severity}: {reason}",
        "zh": "{seq}. {time} {entry}，{severity}：{reason}",
    },
    "person": {"en": "{time} {entry} by {actor}", "zh": "{time} {actor} {entry}"},
    "to_owner": {"en": ", owner {owner}", "zh": "，负责人 {owner}"},
    "with_feedback": {"en": ", feedback: {feedback}", "zh": "，反馈：{feedback}"},
    "with_comment": {"en": ": {comment}", "zh": "：{comment}"},
    "agree": {
        "en": "{count} numbers of {entries} entries computed again: all the same.",
        "zh": "复算了 {entries} 条记录的 {count} 个数字：全部一致。",
    },
    "disagree": {
        "en": "{wrong} of {count} numbers differ from what the engine wrote. "
        "Please report the alert with `--json`.",
        "zh": "{count} 个数字中有 {wrong} 个与引擎写下的不同。请附上 `--json` 的输出反馈。",
    },
    "nothing_to_check": {
        "en": "This alert states no number that follows from others: there is nothing to compute again.",
        "zh": "该预警没有可由其他数据推出的数字，无需复算。",
    },
}


def say(key: str, lang: Lang, **values: object) -> str:
    """Fill a sentence of this page."""
    return SENTENCE[key][lang].format(**values)


def word(table: dict[str, dict[Lang, str]], key: str, lang: Lang) -> str:
    """Look a word up; a word this page does not know is given back as it is."""
    return table[key][lang] if key in table else key
