"""The words of the headline figures, and of what to do next."""

from __future__ import annotations

FIGURES: dict[str, tuple[str, str]] = {
    "open_alerts": ("Open alerts", "未结告警"),
    "open_alerts.unit": ("alerts", "个"),
    "open_alerts.means": (
        "What somebody should look at, as the data stood at the end of the period.",
        "时段结束时，数据显示需要有人处理的事项。",
    ),
    "open_alerts.detail": (
        "{critical} critical, {warning} warning, {watch} watch",
        "紧急 {critical}，预警 {warning}，关注 {watch}",
    ),
    "expected_loss": ("Expected loss", "预计损失"),
    "expected_loss.means": (
        "What the open alerts will likely cost if nobody acts: units that meet an empty shelf × what one earns.",
        "若无人处理，未结告警可能造成的损失：预计缺货件数 × 单件收益。",
    ),
    "expected_loss.detail": ("Counted as {money}.", "计量口径：{money}。"),
    "in_stock": ("In stock", "有货率"),
    "in_stock.means": (
        "Of the positions (an item in a place) that sold in the last 28 days, the share with something to sell.",
        "近 28 天有销售的库存点（一个门店中的一个商品）中，有货可卖的比例。",
    ),
    "in_stock.detail": ("{in_stock} of {wanted}, as of {clock}", "{wanted}中的 {in_stock} 个，截至 {clock}"),
    "in_stock.none": (
        "Nothing has sold in the last 28 days, so no shelf is missed.",
        "近 28 天没有销售，无从计算。",
    ),
    "in_stock.same": (
        "The warehouse keeps only the stock of now: no comparison.",
        "仓库只保存当前库存，无从比较。",
    ),
    "precision": ("Precision", "准确率"),
    "precision.means": (
        "Of the alerts that people rated, the share they called right.",
        "在人工评价过的告警中，被评为“正确”的比例。",
    ),
    "precision.detail": (
        "{rated} of {alerts} rated ({share}); so many ratings put the true share between {low} and {high}.",
        "{alerts}中已评价 {rated} 个（{share}）。以此样本量，真实值可能在 {low} 至 {high} 之间。",
    ),
    "precision.none": (
        "Not enough rated: nobody has said of an alert of this period whether it was right.",
        "评价不足：本时段的告警还没有人评价是否正确。",
    ),
    "false_alarms": ("False alarms", "误报"),
    "false_alarms.unit": ("per 1,000 positions a day", "次/千库存点/天"),
    "false_alarms.means": (
        "Alerts that people called false and, of those nobody rated, projected stockouts that did not come true.",
        "被人工评为误报的告警，以及未评价且未应验的预计缺货。",
    ),
    "false_alarms.detail": (
        "{false}, {said} of them called false by people.",
        "{false}，其中 {said} 个由人工评定。",
    ),
    "false_alarms.none": (
        "No position is known, so there is no assortment to measure by.",
        "没有库存点，无从折算。",
    ),
    "warning_lead": ("Warning time", "预警提前量"),
    "warning_lead.means": (
        "Between the warning and the empty shelf, in the median of the warnings that came true.",
        "从发出告警到货架售空的时间（应验告警的中位数）。",
    ),
    "warning_lead.detail": (
        "{count} came true within 14 days.",
        "{count}在 14 天内应验。",
    ),
    "warning_lead.none": (
        "No warning of this period has come true yet, so there is no time to measure.",
        "本时段尚无应验的告警，无从计算提前量。",
    ),
    "mtta": ("Time to acknowledge", "确认用时"),
    "mtta.means": (
        "How long an alert waits until somebody takes it up (MTTA, median).",
        "告警等待有人接手的时间（MTTA，中位数）。",
    ),
    "mtta.detail": ("{count} taken up; nine in ten within {p90}.", "{count}已接手；九成在 {p90} 内。"),
    "mtta.none": (
        "Nobody has acknowledged an alert of this period, so there is no time to measure.",
        "本时段的告警尚无人确认，无从计算。",
    ),
    "mttr": ("Time to resolve", "解决用时"),
    "mttr.means": (
        "From the opening of an alert until somebody says it is done (MTTR, median).",
        "从告警产生到有人报告处理完毕的时间（MTTR，中位数）。",
    ),
    "mttr.detail": ("{count} resolved; nine in ten within {p90}.", "{count}已解决；九成在 {p90} 内。"),
    "mttr.none": (
        "Nobody has resolved an alert of this period, so there is no time to measure.",
        "本时段的告警尚无人解决，无从计算。",
    ),
    "missed_stockouts": ("Missed stockouts", "漏报缺货"),
    "missed_stockouts.unit": ("stockouts", "次"),
    "missed_stockouts.means": (
        "Shelves that ran empty without a warning before.",
        "事先没有告警就已售空的货架。",
    ),
    "missed_stockouts.detail": ("{share} of {stockouts}", "占{stockouts}的 {share}"),
    "missed_stockouts.quiet": ("There was no stockout.", "没有发生缺货。"),
    "change.better": ("better", "好转"),
    "change.worse": ("worse", "恶化"),
    "change.same": ("unchanged", "不变"),
    "change.was": ("was {before}", "此前 {before}"),
    "change.none": ("nothing to compare with", "无可比数据"),
}

NEXT: dict[str, tuple[str, str]] = {
    "next.feeds": (
        "No data: {count}, first {feed} at {location}. Fix the till or the feed; till then nobody knows what is sold there.",
        "没有数据：{count}，首先是 {location} 的{feed}。请修复收银机或数据源；在此之前无法知道那里的销售情况。",
    ),
    "next.counting": (
        "Count {item} at {location} first: the record has stock, and nothing sells. The list is a rank, not a chance.",
        "请先盘点 {location} 的 {item}：账面有货，却没有销售。清单是排名，不是概率。",
    ),
    "next.unowned": (
        "No owner: {count}, with {loss} at stake. Take up the most expensive first: {item} at {location}.",
        "{count}无人负责，涉及{loss}。先处理损失最大的：{location} 的 {item}。",
    ),
    "next.stale": (
        "{count} have been open for more than a day with nobody on them. Assign them, or raise the lines "
        "of the policy until what remains is worth somebody's time.",
        "{count}超过一天无人处理。请指派负责人，或提高策略界限，只保留值得处理的告警。",
    ),
    "next.overdue": (
        "Call supplier {supplier}: {count} overdue now.",
        "联系供应商 {supplier}：现有 {count}逾期未到。",
    ),
    "next.missed": (
        "{count} came without a warning ({share} of all). Most often in {category}: check its lead time "
        "and its orders in the policy.",
        "{count}没有事先告警（占 {share}），以 {category} 最多：请检查其提前期和订单设置。",
    ),
    "next.dead": (
        "Dead stock worth {value} lies in {count}. Begin with {item} at {location}: mark down, return or move it.",
        "{count}呆滞，价值{value}。先处理 {location} 的 {item}：降价、退货或调拨。",
    ),
    "next.overload": (
        "In {share} of the hours more than 12 came for {owner}: too many for one person. Share the work, or raise "
        "the line of `watch` in the policy.",
        "有 {share} 的小时，{owner}新增超过 12 个，超出一人的承受能力。请分担工作，或在策略中提高 `watch`（关注）的界限。",
    ),
    "next.unrated": (
        "No alert of this period has been rated. Say `right`, `false` or `unnecessary` when you close one: nothing "
        "else tells whether the lines are right.",
        "本时段还没有告警得到评价。关闭告警时请说明 `right`（正确）、`false`（误报）或 `unnecessary`（不必要）："
        "只有这样才能知道界限是否合适。",
    ),
    "next.rate": (
        "Only {share} of the alerts are rated. Say `right`, `false` or `unnecessary` when you close one: nothing "
        "else tells whether the lines are right.",
        "只有 {share} 的告警有评价。关闭告警时请说明 `right`（正确）、`false`（误报）或 `unnecessary`（不必要）："
        "只有这样才能知道界限是否合适。",
    ),
    "next.silent": (
        "{count} that sold almost every day sent nothing for more than a day, {location} among them. Check the till or "
        "its feed.",
        "{count}此前几乎每天都有销售，现已超过一天没有数据，例如 {location}。请检查收银机或数据源。",
    ),
    "next.rejects": (
        "{count} could not be used, most often for `{code}`. Show the owner of the data what is wrong.",
        "{count}无法使用，最常见原因 `{code}`。请将问题告知数据负责人。",
    ),
    "next.nothing": (
        "Nothing stands out: no critical alert without an owner, no supplier overdue, no place that has gone quiet.",
        "没有突出问题：没有无人负责的紧急告警，没有供应商逾期，没有停止上报的门店。",
    ),
}
