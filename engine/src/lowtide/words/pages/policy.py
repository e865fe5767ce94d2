"""The policy in force, and the values of one position."""

from __future__ import annotations

POLICY: dict[str, tuple[str, str]] = {
    "view.policy.lead": (
        "The rules by which alerts open. The most specific layer wins.",
        "告警打开所依据的规则。最具体的层优先。",
    ),
    "view.policy.none": ("No policy is known.", "没有已知的策略。"),
    "view.policy.none_text": (
        "The policy comes with a run: `lowtide run FILE --policy policy.yaml`.",
        "策略随运行而来：`lowtide run 文件 --policy policy.yaml`。",
    ),
    "view.policy.in_force": ("Pipeline {pipeline}: version {version}", "数据管道 {pipeline}：版本 {version}"),
    "view.policy.since": ("In force since {at}.", "自 {at} 起生效。"),
    "view.policy.layers": ("Layers, the one that wins first", "各层，优先的在前"),
    "view.policy.layer": ("Layer", "层"),
    "view.policy.match": ("Matches", "范围"),
    "view.policy.sets": ("Sets", "设置"),
    "view.policy.everything": ("every position", "全部库存点"),
    "view.policy.default": ("default", "默认值"),
    "view.policy.ask": ("What holds for one position?", "某个库存点的值"),
    "view.policy.ask.lead": (
        "Give the store and the SKU; the page shows each value and the layer that sets it.",
        "填写门店和 SKU，本页显示每个值及其所在的层。",
    ),
    "view.policy.ask.show": ("Show", "显示"),
    "view.policy.values": ("Values of {item} at {place}", "{place} 的 {item} 的值"),
    "view.policy.key": ("Value of", "项目"),
    "view.policy.value": ("Value", "值"),
    "view.policy.from": ("Set by", "来自"),
    "view.policy.many": ("{n} values", "{n} 个值"),
    "view.policy.all_values": ("{n} values", "{n} 项"),
    "view.policy.open_position": ("Open the position", "打开库存点"),
    "view.policy.change": ("Change the policy", "更改策略"),
    "view.policy.try": ("Dry run", "试算"),
}
