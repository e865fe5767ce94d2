"""Silences: the list, and the form that makes one."""

from __future__ import annotations

SILENCES: dict[str, tuple[str, str]] = {
    "view.silences.lead": (
        "What calls nobody for a while, and why. The alerts stay in the queue.",
        "一段时间内不通知任何人的告警及理由。这些告警仍在队列中。",
    ),
    "view.silences.none": ("Nothing is silenced.", "没有静默。"),
    "view.silences.none_text": (
        "Make a silence when you know of noise in advance, such as a strike or a stocktake. It needs a reason and an end.",
        "事先知道会有干扰（例如罢工或盘点）时可以设静默，须写明理由和结束时间。",
    ),
    "view.silences.caption": ("Silences, those that end first on top", "静默，先结束的在前"),
    "view.silences.ended": ("Show those that have ended", "显示已结束的"),
    "view.silences.current": ("Only those that have not ended", "只显示未结束的"),
    "view.silences.what": ("Silenced", "静默范围"),
    "view.silences.hits": ("Open alerts", "未结告警"),
    "view.silences.by": ("By", "设置人"),
    "view.silences.state.in_force": ("in force", "生效中"),
    "view.silences.state.later": ("begins later", "尚未开始"),
    "view.silences.state.over": ("ended", "已结束"),
    "view.silences.state.ended_by": ("ended by {who}", "由 {who} 结束"),
    "view.silences.idle": ("ends early after {n} h without an alert", "{n} 小时没有告警则提前结束"),
    "view.silences.end": ("End it", "结束"),
    "view.silences.end.question": (
        "The alerts that it holds can call people again at once.",
        "被静默的告警将立即可以通知相关人员。",
    ),
    "view.silences.end.yes": ("End the silence now", "立即结束静默"),
    "view.silences.new": ("Make a silence", "设置静默"),
    "view.silences.new.lead": (
        "Fill in what shall be silent; several fields narrow it. `*` stands for any characters, a comma separates values.",
        "填写静默范围；填写多项则同时满足。`*` 代表任意字符，多个值用逗号分隔。",
    ),
    "view.silences.for": ("For how long", "时长"),
    "view.silences.for.h4": ("4 hours", "4 小时"),
    "view.silences.for.d1": ("1 day", "1 天"),
    "view.silences.for.d3": ("3 days", "3 天"),
    "view.silences.for.d7": ("7 days", "7 天"),
    "view.silences.for.d30": ("30 days, the longest", "30 天（最长）"),
    "view.silences.idle.field": (
        "End it early when nothing has matched for 24 hours",
        "24 小时没有符合的告警时提前结束",
    ),
    "view.silences.reason": ("Why", "理由"),
    "view.silences.reason.hint": (
        "Everybody sees it: `strike until Friday`.",
        "大家都会看到，例如 `罢工到周五`。",
    ),
    "view.silences.preview": ("What would it hit?", "会影响哪些告警？"),
    "view.silences.make": ("Silence it", "设为静默"),
    "view.silences.hit": (
        "This hits {open} now ({loss}), and {opened} of the last {days} days.",
        "现在影响未结告警 {open}（{loss}）；最近 {days} 天内共 {opened}。",
    ),
    "view.silences.hit_nothing": (
        "This hits no open alert now, and {opened} of the last {days} days. Is it spelt as in the queue?",
        "现在没有符合的未结告警；最近 {days} 天内共 {opened}。请核对写法是否与队列一致。",
    ),
    "view.silences.need.what": (
        "Say what shall be silent: fill in at least one of type, severity, SKU, category, supplier, department, "
        "region, store.",
        "请说明静默范围：至少填写类型、级别、SKU、品类、供应商、部门、区域、门店中的一项。",
    ),
    "view.silences.need.reason": ("Say why: a silence needs a reason.", "请写明理由：静默必须有理由。"),
    "view.silences.need.for": ("Choose for how long.", "请选择时长。"),
    "done.silenced": ("The silence holds from now on.", "静默已生效。"),
    "done.silence_ended": ("The silence has ended.", "静默已结束。"),
}
