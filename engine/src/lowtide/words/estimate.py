"""Why an estimate of demand is what it is, how late supply comes, and which order is expected."""

from __future__ import annotations

ESTIMATE: dict[str, tuple[str, str]] = {
    "explain.comma": (", ", "、"),
    "explain.level_none": (
        "Nothing is expected to be sold: no sale is known, or the last one is long ago.",
        "预计没有销售：没有已知的销售，或最近一次销售已过去很久。",
    ),
    "explain.level_one": (
        "Its level is {level} a day: the long run, the last month and the last week say the same.",
        "水平为每天 {level}：长期、最近一个月和最近一周的结果相同。",
    ),
    "explain.level.alike": (
        "Long run, last month and last week count about alike (at most {share}): none of them forecast past weeks better.",
        "长期、最近一个月和最近一周的权重相近（最多 {share}）：没有哪一个对过去各周预测得更好。",
    ),
    "explain.level.long_run": (
        "It leans on the long run (half-life 115 days) with {share}, because that forecast past weeks best or is "
        "least noisy.",
        "主要依据长期水平（半衰期 115 天），权重 {share}：它对过去各周预测得最好，或波动最小。",
    ),
    "explain.level.month": (
        "It leans on the last month (half-life 17 days) with {share}, because that forecast past weeks best.",
        "主要依据最近一个月的水平（半衰期 17 天），权重 {share}：它对过去各周预测得最好。",
    ),
    "explain.level.week": (
        "It leans on the last week (half-life 3 days) with {share}: demand has changed lately, and that forecast past "
        "weeks best.",
        "主要依据最近一周的水平（半衰期 3 天），权重 {share}：需求近来有变化，它对过去各周预测得最好。",
    ),
    "explain.levels": (
        "Units a day: long run {long_run} ({long_run_share}), month {month} ({month_share}), week {week} ({week_share}).",
        "每天的数量：长期 {long_run}（{long_run_share}），一个月 {month}（{month_share}），一周 {week}（{week_share}）。",
    ),
    "explain.evidence": ("{days} days in stock are behind it.", "依据 {days} 个有库存的日子。"),
    "explain.young": (
        "Only {days} days in stock are behind it: the estimate is young and may still move a lot.",
        "仅依据 {days} 个有库存的日子：估计尚不稳定，还可能明显变动。",
    ),
    "explain.prior": (
        "It began with {rate} a day, the usual rate of such goods, worth {days} days; that is {share} of all days.",
        "起点是同类商品的一般水平，每天 {rate}，相当于 {days} 天，占全部天数的 {share}。",
    ),
    "explain.even": (
        "Sales are even: the variance of a day is {ratio} times its mean (phi {phi}), nearly that of single buyers "
        "who come by chance.",
        "销售平稳：单日方差为均值的 {ratio} 倍（phi {phi}），接近顾客随机到来的情形。",
    ),
    "explain.even_days": (
        "Single days are even (phi {phi}): no more uneven than single buyers who come by chance.",
        "单日销售平稳（phi {phi}）：不比顾客随机到来更不均匀。",
    ),
    "explain.uneven": (
        "Sales are uneven: the variance of a day is {ratio} times its mean (phi {phi}).",
        "销售不太均匀：单日方差为均值的 {ratio} 倍（phi {phi}）。",
    ),
    "explain.lumpy": (
        "Sales come in lumps: the variance of a day is {ratio} times its mean (phi {phi}), so many days sell nothing "
        "and a few sell much.",
        "销售成批出现：单日方差为均值的 {ratio} 倍（phi {phi}），多数日子没有销售，少数日子卖得很多。",
    ),
    "explain.weeks": (
        "Whole weeks differ too, by about {share} of the mean beyond that of their days (kappa {kappa}).",
        "各周之间也有差异：在单日波动之外约为均值的 {share}（kappa {kappa}）。",
    ),
    "explain.weeks_unknown": (
        "How far whole weeks differ is hardly known yet: the estimate allows for {share} of the mean (kappa {kappa}).",
        "各周之间的差异尚不清楚：估计按均值的 {share} 留有余地（kappa {kappa}）。",
    ),
    "explain.plain_days": (
        "No season, promotion or closed day acts on the days of the horizon.",
        "预测期内没有季节、促销或停业的影响。",
    ),
    "explain.season": (
        "The season `{season}` acts: the {days} days of the horizon weigh as much as {weight} normal days.",
        "季节 `{season}` 起作用：预测期的 {days} 天相当于 {weight} 个普通日。",
    ),
    "explain.drivers": (
        "Promotions, holidays or other drivers act within the horizon: {names}.",
        "预测期内有促销、节假日或其他因素起作用：{names}。",
    ),
    "explain.heaviest": (
        "The heaviest day is {day}: {weight} normal days.",
        "影响最大的一天是 {day}：相当于 {weight} 个普通日。",
    ),
    "explain.lightest": (
        "The lightest day is {day}: {weight} normal days.",
        "影响最小的一天是 {day}：相当于 {weight} 个普通日。",
    ),
    "explain.others": (
        "A forecast from outside decides on the days that it covers: over {days} days {mean}, give or take {sd}; the "
        "own estimate would say {own}, give or take {own_sd}.",
        "外部预测决定其覆盖的日子：{days} 天内 {mean}，标准差 {sd}；自有估计为 {own}，标准差 {own_sd}。",
    ),
    "explain.no_days": (
        "The warehouse has no day of demand from before this entry, so the levels are not computed again.",
        "数据仓库中没有该记录之前的日需求，因此未复算水平。",
    ),
    "explain.again": (
        "Learned again from the {days} days of demand that the warehouse has since {since}, each as a whole day in "
        "stock: {rate} a day, levels {levels}. The core had {core_rate}, levels {core_levels}.",
        "用数据仓库自 {since} 起的 {days} 天需求重新学习，每天都按整日有库存计：每天 {rate}，水平 {levels}。引擎为 "
        "{core_rate}，水平 {core_levels}。",
    ),
    "explain.again_same": ("They agree.", "两者一致。"),
    "explain.again_differs": (
        "They are at most {apart} a day apart.",
        "两者最多相差每天 {apart}。",
    ),
    "explain.again_why": (
        "They may differ: the warehouse does not have days and parts of days out of stock, past seasons and promotions, "
        "records that came too late to learn from, or what was before its first day.",
        "两者可能不同：数据仓库中没有缺货的日子和时段、过去的季节和促销、来得太晚而未参与学习的记录，"
        "以及首日之前的情况。",
    ),
    "explain.lateness": (
        "Of such supply {on_time} comes by the due day, and {share} within {days} days after it (`lateness` from "
        "layer `{layer}`).",
        "此类供货有 {on_time} 按期到达，{share} 在到期后 {days} 天内到达（`lateness` 取自策略层 `{layer}`）。",
    ),
    "explain.lateness_none": (
        "Of such supply {on_time} comes by the due day (`lateness` from layer `{layer}`).",
        "此类供货有 {on_time} 按期到达（`lateness` 取自策略层 `{layer}`）。",
    ),
    "explain.expected_order": (
        "An order of {quantity} is expected on {day}, because stock and open orders of {position} fall to {point} by "
        "then, where this position is usually ordered for. It would be due {due}; chance to be here by day {days}: "
        "{chance}.",
        "预计 {day} 会订货 {quantity}：库存与未到订单共 {position}，届时降到 {point}，即该库存点通常订货的水平。应于 "
        "{due} 到货；第 {days} 天前到货的概率 {chance}。",
    ),
    "explain.expected_today": (
        "An order of {quantity} is expected today, {day}, because stock and open orders of {position} are down to "
        "{point} by the end of the day, where this position is usually ordered for. It would be due {due}; chance to "
        "be here by day {days}: {chance}.",
        "预计今天（{day}）会订货 {quantity}：库存与未到订单共 {position}，当天结束时降到 {point}，"
        "即该库存点通常订货的水平。应于 {due} 到货；第 {days} 天前到货的概率 {chance}。",
    ),
}
