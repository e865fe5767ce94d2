"""Help of `lowtide tune`, and of what links a policy to it."""

from __future__ import annotations

TUNE: dict[str, str] = {
    "Propose lines, exits, horizons and exemptions by category from a history, and say what they are worth.": (
        "根据历史按品类建议界限、退出条件、展望期与豁免，并说明其价值。"
    ),
    (
        "The first part of the history chooses, the last part judges. Nothing changes by itself: `--out` writes a policy "
        "with a reason above each value, and `lowtide policy apply` puts it in force."
    ): (
        "历史的前一部分用来选择，最后一部分用来评判。什么都不会自行改变：`--out` 写出策略，每个值上方写有理由，"
        "由 `lowtide policy apply` 使其生效。"
    ),
    (
        "Warehouse with people's ratings of alerts (right, false, unnecessary); with `--review` also the promises."
    ): "含有人员对告警评价（对、误报、不必要）的仓库；与 `--review` 同用时还有承诺。",
    "The most pushes a day; else as many as the policy makes now.": "每天最多的推送数；不指定则与现有策略相同。",
    (
        "Which changes are tried, such as `lines,horizon`: lines, horizon, exit_ratio, clear_after, low_turnover."
    ): "试用哪些改动，如 `lines,horizon`：lines、horizon、exit_ratio、clear_after、low_turnover。",
    "First day (UTC) that judges; else that of the last third.": "用于评判的第一天（UTC）；不指定则为最后三分之一的第一天。",
    "Write DIR/policy.yaml, DIR/tune.json and the back-test DIR/backtests/HASH.": (
        "写出 DIR/policy.yaml、DIR/tune.json 和回测 DIR/backtests/HASH。"
    ),
    "Compare what applied policies promised with what the ledger shows since then.": (
        "将已生效策略的承诺与此后台账显示的结果对比。"
    ),
    "The whole document as one JSON object.": "整个文档输出为一个 JSON 对象。",
    "What the prices of the catalogue are in.": "商品目录价格的币种。",
    (
        "The kept back-test of this policy, DIR/HASH: `lowtide tune --review` compares with it later. A `tune.json` beside "
        "the policy names it too."
    ): "此策略已保存的回测 DIR/HASH：日后 `lowtide tune --review` 与之对比。策略旁边的 `tune.json` 也指明它。",
    "Where the link to the back-test is kept.": "保存与回测关联的位置。",
}
