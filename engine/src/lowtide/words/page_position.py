"""The page of a position: its stock, its orders, its alerts, its rules."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "pos.stock": ("Stock now", "当前库存"),
    "pos.as_of": ("as of", "截至"),
    "pos.on_hand_word": ("On hand", "现有库存"),
    "pos.less": ("of these {reserved} reserved, {held} on hold", "其中预留 {reserved}，冻结 {held}"),
    "pos.transit": ("{n} of it in transit", "其中在途 {n}"),
    "pos.alerts": ("Open alerts", "未结束的告警"),
    "pos.orders": ("On order", "在途订单"),
    "pos.overdue": ("overdue", "已逾期"),
    "pos.targets_word": ("What the stock should be", "库存目标"),
    "pos.past": ("Earlier alerts", "以往告警"),
    "pos.policy": ("Rules that hold here", "适用规则"),
    "pos.default": ("default", "默认值"),
    "pos.col.key": ("Rule", "规则"),
    "pos.col.value": ("Value", "取值"),
    "pos.col.layer": ("Set by", "来源"),
}
