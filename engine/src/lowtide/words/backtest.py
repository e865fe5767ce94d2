"""Sentences of `lowtide backtest`: the figures beside each other, the lists, the page."""

from __future__ import annotations

BACKTEST: dict[str, tuple[str, str]] = {
    "backtest.title": ("Back-test", "回测"),
    "backtest.made_by": ("Lowtide back-test", "Lowtide 回测"),
    "backtest.one": (
        "What the policy {a} ({a_version}) would have done in this period.",
        "策略 {a}（{a_version}）在本时段会产生的结果。",
    ),
    "backtest.two": (
        "The policy {a} ({a_version}) beside {b} ({b_version}). Added, gone and moved say what changes if {b} takes the "
        "place of {a}.",
        "策略 {a}（{a_version}）与 {b}（{b_version}）对比。新增、消失和变动表示以 {b} 取代 {a} 后的变化。",
    ),
    "backtest.scope": (
        "{name}: {positions}, movements from {first} to {last}.",
        "{name}：{positions}，库存变动从 {first} 至 {last}。",
    ),
    "backtest.figures": ("Figures", "指标"),
    "backtest.figure": ("Figure", "指标"),
    "backtest.difference": ("Difference", "差异"),
    "backtest.fig.alerts": ("Alerts opened", "产生的告警"),
    "backtest.fig.severity": ("… {severity} at the opening", "……产生时为{severity}"),
    "backtest.fig.pushes": ("Pushes: a warning or critical", "推送（预警或紧急）"),
    "backtest.fig.pushes_an_hour": ("Pushes an owner-hour", "负责人每小时推送"),
    "backtest.fig.foretold": ("Real stockouts foretold", "预告到的真实缺货"),
    "backtest.fig.told_while_empty": ("Told only while empty", "售空后才告警"),
    "backtest.fig.never_told": ("Never told", "从未告警"),
    "backtest.fig.lead_median": ("Foretold how early, median", "提前时间，中位数"),
    "backtest.fig.lead_p10": ("… nine in ten at least", "……十次中九次至少"),
    "backtest.fig.lead_p90": ("… one in ten at least (P90)", "……十次中一次至少（P90）"),
    "backtest.fig.share_met": ("Warnings that came true", "应验的预告"),
    "backtest.fig.false": ("False alarms", "误报"),
    "backtest.fig.false_rate": ("False alarms a day by 1,000 positions", "每千个库存点每天误报"),
    "backtest.fig.loss": ("Expected loss warned of", "已告警的预计损失"),
    "backtest.fig.calibration": ("Tenths of the chances that held", "可信的概率档"),
    "backtest.means.pushes": (
        "Alerts that were a warning or critical at some time. A group of them may be one message.",
        "曾达到预警或紧急的告警。同组的可能合为一条消息。",
    ),
    "backtest.means.pushes_an_hour": (
        "Pushes by the hours of the calendars of their owners.",
        "推送数除以其负责人工作日历中的小时数。",
    ),
    "backtest.means.foretold": (
        "An alert that foretells stockouts opened before the shelf was empty and was open when it was.",
        "在售空之前已产生预告缺货的告警，且售空时仍未结束。",
    ),
    "backtest.means.share_met": (
        "Of the alerts that foretell a stockout, those that a real one followed while they were open.",
        "预告缺货的告警中，未结束时真的发生缺货的。",
    ),
    "backtest.means.false": (
        "Projected stockouts that did not come true within 14 days, as in the report.",
        "14 天内未应验的预计缺货，口径同报告。",
    ),
    "backtest.means.loss": ("Each alert at its greatest, {money}.", "每个告警取最大值，{money}。"),
    "backtest.means.calibration": (
        "What was said lies in the interval of what came true, as in `lowtide calibration`.",
        "所说的概率落在应验比例的区间内，口径同 `lowtide calibration`。",
    ),
    "backtest.of": ("{n} of {all}", "{all} 中的 {n}"),
    "backtest.of_share": ("{n} of {all} ({share})", "{all} 中的 {n}（{share}）"),
    "backtest.by_type": ("Alerts by type", "按类型统计"),
    "backtest.by_type.lead": (
        "Alerts that opened, how many of them were pushed, and the expected loss, each alert at its greatest.",
        "产生的告警、其中推送的数量及预计损失（每个告警取最大值）。",
    ),
    "backtest.owners": ("For whom", "由谁负责"),
    "backtest.owners.lead": (
        "Owners by the routes of the file of people, at the time at which each alert opens.",
        "按人员文件的路由，以每个告警产生时为准。",
    ),
    "backtest.calibration.a": ("{a}: hollow", "{a}：空心"),
    "backtest.calibration.b": ("{b}: full, with its interval", "{b}：实心，带区间"),
    "backtest.seen": ("Real stockouts that only one of them foretold", "只有其中一个策略预告到的真实缺货"),
    "backtest.seen.lead": (
        "Stockouts that {a} foretold and {b} did not: {only_a}; that {b} foretold and {a} did not: {only_b}.",
        "{a} 预告到而 {b} 没有的：{only_a}；{b} 预告到而 {a} 没有的：{only_b}。",
    ),
    "backtest.seen.none": ("Both foretold the same stockouts.", "两个策略预告到的缺货相同。"),
    "backtest.list.added": ("Added: only {b} opens these", "新增：只有 {b} 会产生"),
    "backtest.list.gone": ("Gone: only {a} opened these", "消失：只有 {a} 产生过"),
    "backtest.list.moved": ("Moved: both open these, differently", "变动：两者都产生，但不相同"),
    "backtest.list.opened": ("The alerts", "告警"),
    "backtest.list.lead": (
        "{alerts}, the greatest expected loss first. Each opens to its explanation.",
        "{alerts}，预计损失最大的在前。点开可见说明。",
    ),
    "backtest.list.left_out": (
        "{shown} are shown, {left} are left out. `--most N` shows more, `--json` has them all.",
        "列出 {shown} 个，另有 {left} 个未列出。用 `--most N` 可列出更多，`--json` 包含全部。",
    ),
    "backtest.list.empty": ("None.", "无。"),
    "backtest.changes": (
        "{same} as before, {added} added, {gone} gone, {moved} moved ({earlier} earlier, {later} later, {graver} graver, "
        "{milder} milder).",
        "不变 {same}，新增 {added}，消失 {gone}，变动 {moved}"
        "（提前 {earlier}，推后 {later}，加重 {graver}，减轻 {milder}）。",
    ),
    "backtest.earlier": ("{n} earlier", "提前 {n}"),
    "backtest.later": ("{n} later", "推后 {n}"),
    "backtest.severity_moved": ("{old}, then {new}", "由{old}变为{new}"),
    "backtest.under": ("Under {name}", "按 {name}"),
    "backtest.loss_of": ("loss {n}", "损失 {n}"),
    "backtest.to_owner": ("for {owner}", "由 {owner} 负责"),
    "backtest.col.type": ("Type", "类型"),
    "backtest.col.alerts": ("Alerts", "告警"),
    "backtest.col.pushes": ("Pushes", "推送"),
    "backtest.col.loss": ("Expected loss", "预计损失"),
    "backtest.col.person": ("Owner", "负责人"),
    "backtest.col.hours": ("Hours at work", "工作小时"),
    "backtest.col.an_hour": ("Pushes an hour", "每小时推送"),
    "backtest.col.most": ("Most in 60 minutes", "60 分钟内最多"),
    "backtest.first_second": (
        "Where two values stand, the first is that of {a} and the second that of {b}.",
        "有两个值时，前者为 {a}，后者为 {b}。",
    ),
    "backtest.col.item": ("Item", "商品"),
    "backtest.col.where": ("Place", "门店"),
    "backtest.col.began": ("Empty from", "售空时间"),
    "backtest.col.lead": ("Foretold by {name}", "{name} 提前"),
    "backtest.about.truth": ("Real stockouts", "真实缺货"),
    "backtest.about.truth_text": (
        "They are the same for every policy: found by a neutral one ({version}) without dwell and without exemptions. It "
        "takes the zones of places from {a} and learns demand by the defaults. A real stockout is a time in which a planned "
        "position had nothing available although something would be sold.",
        "对所有策略都相同：由一个没有持续时间要求、没有豁免的中立策略（{version}）找出。其门店时区取自 {a}，"
        "需求按默认值学习。真实缺货是指有人订货的库存点没有可用库存，而本应有销售的时间。",
    ),
    "backtest.about.history": ("History", "历史"),
    "backtest.about.history_text": (
        "{sources}; {records}; SHA-256 {hash}. Records that change the policy are passed over.",
        "{sources}；{records}；SHA-256 {hash}。其中更改策略的记录被略过。",
    ),
    "backtest.about.history_part": ("read until the period was over", "读到本时段结束为止"),
    "backtest.about.no_hash": ("not known", "未知"),
    "backtest.about.limits": ("What it cannot say", "不能说明的"),
    "backtest.about.limits_text": (
        "The past is taken as it was. A back-test does not know what people would have ordered under other alerts, and what "
        "would have been sold then.",
        "过去按其原样回放。在其他告警之下人们会订什么货、因此会卖出多少，回测并不知道。",
    ),
    "backtest.about.made": ("Made by", "生成"),
    "backtest.about.made_text": (
        "Lowtide {version}. The same history and the same policies give the same page. Days are days of UTC.",
        "Lowtide {version}。相同的历史和策略得到相同的页面。日期按 UTC 计。",
    ),
    "backtest.progress.truth": ("real stockouts", "真实缺货"),
    "backtest.progress.figures": ("figures", "计算指标"),
    "backtest.kept": ("{folder}: kept; the page is `{page}`", "{folder}：已保存；页面为 `{page}`"),
    "backtest.page_written": (
        "{file}: open it in a browser, send it, print it",
        "{file}：可在浏览器中打开、发送或打印",
    ),
}
