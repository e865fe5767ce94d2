"""Sentences of `lowtide tune`: what was tried, what is proposed and why, what it is worth, and whether a promise held."""

from __future__ import annotations

_FIGURES = (
    "Pushes in these days: {pushes_before} before, {pushes_after} after. Loss warned of: {loss_before} before, "
    "{loss_after} after. Of {stockouts} real stockouts, {in_time_before} were foretold a day before, {in_time_after} after.",
    "在这些天里，推送：之前 {pushes_before}，之后 {pushes_after}。已告警的损失：之前 {loss_before}，之后 {loss_after}。"
    "{stockouts} 次真实缺货中提前一天预告：之前 {in_time_before}，之后 {in_time_after}。",
)


def _reason(en: str, zh: str) -> tuple[str, str]:
    return f"{en} {{before}} {_FIGURES[0]}", f"{zh}{{before}}{_FIGURES[1]}"


TUNE: dict[str, tuple[str, str]] = {
    "tune.about": (
        "Chosen on {first} to {last}, judged on the days from {judged} on. {tried} changes were tried in {groups} groups "
        "of SKUs.",
        "用 {first} 至 {last} 选择，用 {judged} 起的日子评判。在 {groups} 组商品中试用了 {tried} 种改动。",
    ),
    "tune.left_out": (
        "Not tried, because they do not fit to the layers of the policy: {names}.",
        "以下改动与策略的图层不相容，未试用：{names}。",
    ),
    "tune.ratings": (
        "{rated} ratings of people were taken into account.",
        "已计入 {rated} 条人员评价。",
    ),
    "tune.no_ratings": (
        "No ratings of people: give `--warehouse W` to take them into account.",
        "没有人员评价：用 `--warehouse W` 计入。",
    ),
    "tune.nothing": (
        "Nothing was found that holds. No policy is written.",
        "没有找到能成立的改动。不写出策略。",
    ),
    "tune.nothing.no_change": (
        "No change gained in every part of the time within the budget.",
        "没有任何改动在预算之内于每个时段都有收益。",
    ),
    "tune.nothing.not_promised": (
        "What each part of the time chose did not do better on the part after it. The days that judge were not looked at.",
        "各时段的选择在其后的时段中并未更好。没有查看用于评判的日子。",
    ),
    "tune.nothing.not_held": (
        "What was chosen did not do better on the days that judge.",
        "选出的改动在用于评判的日子里并未更好。",
    ),
    "tune.found": (
        "Proposed: {n} layers. Nothing has changed yet.",
        "建议 {n} 个图层。目前什么都没有改变。",
    ),
    "tune.col.group": ("group", "组"),
    "tune.col.values": ("values", "取值"),
    "tune.col.pushes": ("pushes", "推送"),
    "tune.col.loss": ("loss warned of", "已告警的损失"),
    "tune.col.in_time": ("foretold in time", "及时预告"),
    "tune.more": (
        "… and {n} more, all in `tune.json` and with `--json`.",
        "……另有 {n} 个，全部见 `tune.json` 和 `--json`。",
    ),
    "tune.figure": ("By day", "每天"),
    "tune.promise": (
        "Promise: chosen on the parts before, measured on the part after ({days} days)",
        "承诺：用之前的时段选择，在其后的时段测量（{days} 天）",
    ),
    "tune.judged": ("Judged on the days that chose nothing ({days} days)", "用没有参与选择的日子评判（{days} 天）"),
    "tune.now": ("now", "现在"),
    "tune.proposed": ("proposed", "建议"),
    "tune.pushes_a_day": ("Pushes a day", "每天推送"),
    "tune.loss_a_day": ("Loss warned of a day, {money}", "每天已告警的损失，{money}"),
    "tune.value_a_day": ("… less what people rate as not right", "……扣除人员评价为不对的"),
    "tune.share_met": ("Warnings that came true", "应验的预告"),
    "tune.in_time": ("Real stockouts foretold a day before", "提前一天预告的真实缺货"),
    "tune.as_said": (
        "The back-test's own figure, what all alerts said at their greatest whether it came true or not: {before} now, "
        "{after} proposed.",
        "回测自身的指标，即所有告警的最大预计损失，不论是否应验：现在 {before}，建议 {after}。",
    ),
    "tune.written": ("The policy is in {file}, with a reason above each value.", "策略在 {file}，每个值上方写有理由。"),
    "tune.kept": ("Its back-test is in {folder}.", "其回测在 {folder}。"),
    "tune.next": (
        "Read it, then put it in force: `lowtide policy apply {file} TOPIC --warehouse W`. After four weeks "
        "`lowtide tune --review` says whether the promise held.",
        "请阅读后再使其生效：`lowtide policy apply {file} TOPIC --warehouse W`。四周后用 `lowtide tune --review` "
        "查看承诺是否兑现。",
    ),
    "tune.no_out": (
        "Nothing is written: give `--out DIR` for the policy and its back-test.",
        "没有写出任何文件：用 `--out DIR` 写出策略及其回测。",
    ),
    "tune.progress.span": ("how long the history is", "历史有多长"),
    "tune.file.about": (
        "Proposed by `lowtide tune`: chosen on {first} to {last}, judged on the days from {judged} on. "
        "`tune.json` beside this file has all figures. Figures are of the parts of the time that chose.",
        "由 `lowtide tune` 建议：用 {first} 至 {last} 选择，用 {judged} 起的日子评判。全部数字见旁边的 `tune.json`。"
        "下列数字属于参与选择的时段。",
    ),
    "tune.reason.was": ("It was {value}.", "原值为 {value}。"),
    "tune.reason.shipped": ("It was what is shipped for the horizon.", "原值为该展望期的出厂值。"),
    "tune.reason.beside": (
        "In the proportion to `watch` that is shipped. {before}",
        "与 `watch` 保持出厂比例。{before}",
    ),
    "tune.reason.watch": _reason("A projected stockout opens at this chance.", "缺货概率达到此值时产生预计缺货。"),
    "tune.reason.horizon": _reason("A projected stockout looks so far ahead.", "预计缺货向前看这么远。"),
    "tune.reason.exit_ratio": _reason(
        "A severity ends below its line times this ratio.", "概率低于界限乘以此比例时该级别结束。"
    ),
    "tune.reason.clear_after": _reason(
        "A condition must be false for this long before its alert ends.", "条件须不成立这么久，告警才结束。"
    ),
    "tune.reason.low_turnover_units": _reason(
        "A position that sold at most so many units has no reorder alerts.", "销量不超过此值的库存点不产生补货告警。"
    ),
    "tune.reason.off": (
        "People rated {rated} alerts `{type}` here, {right} of them as right: surely less than {most}.",
        "人员在此评价了 {rated} 个“{type}”告警，其中 {right} 个为对：肯定低于 {most}。",
    ),
    "tune.review.none": (
        "No policy with a promise was applied: `lowtide policy apply` links a policy of `lowtide tune` to its back-test.",
        "没有带承诺的策略生效过：`lowtide policy apply` 会把 `lowtide tune` 的策略与其回测关联。",
    ),
    "tune.review.policy": (
        "Policy {version}, applied {at} by {who}, back-test {backtest}",
        "策略 {version}，{who} 于 {at} 使其生效，回测 {backtest}",
    ),
    "tune.review.waits": (
        "The ledger has no alert under this policy yet: it is not in force, or nothing happened.",
        "台账中还没有此策略下的告警：策略尚未生效，或什么都没有发生。",
    ),
    "tune.review.young": (
        "In force for {days} days. It is judged after {least}: {left} are left.",
        "已生效 {days} 天。满 {least} 天后评判：还剩 {left} 天。",
    ),
    "tune.review.days": ("In force from {first} to {last}, {days} days.", "生效时间 {first} 至 {last}，共 {days} 天。"),
    "tune.review.promised": ("promised", "承诺"),
    "tune.review.came": ("came", "实际"),
    "tune.review.verdict": ("verdict", "结论"),
    "tune.review.held": ("held", "已兑现"),
    "tune.review.not_held": ("not held", "未兑现"),
    "tune.review.too_few": ("cannot be said: too few", "无法判断：数量太少"),
    "tune.review.whole.held": ("The promise held.", "承诺已兑现。"),
    "tune.review.whole.not_held": ("The promise did not hold.", "承诺未兑现。"),
    "tune.review.whole.too_few": (
        "It cannot be said whether the promise held: too few alerts and stockouts.",
        "无法判断承诺是否兑现：告警和缺货太少。",
    ),
    "tune.not_linked": (
        "The promise in {file} is not kept, because no warehouse is named: apply again with `--warehouse W`.",
        "{file} 中的承诺没有保存，因为没有指定仓库：用 `--warehouse W` 再次执行。",
    ),
    "tune.linked": (
        "policy {version} is linked to its back-test {backtest}; `lowtide tune --review` compares after four weeks",
        "策略 {version} 已与其回测 {backtest} 关联；四周后用 `lowtide tune --review` 对比",
    ),
}  # fmt: skip
