"""Whether the chances can be believed: the words of `lowtide calibration` and of the charts that show the same."""

from __future__ import annotations

CALIBRATION: dict[str, tuple[str, str]] = {
    "calibration": ("Can the chances be believed?", "概率可信吗？"),
    "calibration.means": (
        "p is the chance that the shelf is empty at some moment before the horizon ends, if nobody does anything beyond the "
        "orders known or expected on that day.",
        "p 是在预测期结束之前货架某一时刻售空的概率，前提是除当日已知或预期的订单外，没有人采取其他措施。",
    ),
    "calibration.lead": (
        "At every midnight p is written down for a sample of positions, and judged when its horizon is over. Each point is "
        "a tenth of the scale: what was said, against the share of these days on which the shelf did run out. Where the "
        "interval meets the line, p can be believed; above it, p was too low, below it, too high.",
        "每天零点为抽样的库存点记下 p，待其预测期结束后评判。每个点代表一档概率：所说的概率，与这些天中货架实际售空的比例。"
        "区间与斜线相交，说明 p 可信；在线上方则 p 偏低，在线下方则 p 偏高。",
    ),
    "calibration.empty": (
        "No position-day of the sample and no projected stockout is old enough to be judged: its horizon must have passed.",
        "还没有可以评判的抽样库存点日或预计缺货：需待其预测期结束。",
    ),
    "calibration.no_days": (
        "No position-day of the sample can be judged yet, so only alerts at their opening are shown. The sample is off if "
        "the policy says calibration_sample: 0.",
        "还没有可以评判的抽样库存点日，因此只显示告警产生时的情况。策略中 calibration_sample: 0 表示不抽样。",
    ),
    "calibration.scope": (
        "Judged are {days} of the sample: of planned positions, whose horizon is over. Intervals are by position, "
        "since the days of one position are not independent.",
        "已评判抽样中的 {days}：有人订货的库存点，且预测期已结束。区间以库存点为单位，因为同一库存点的各天并不独立。",
    ),
    "calibration.days_series": ("Position-days of the sample", "抽样的库存点日"),
    "calibration.openings_series": ("Alerts at their opening", "告警产生时"),
    "calibration.openings": (
        "Alerts at their opening: these were days of large error (winner's curse), so they look worse",
        "告警产生时：这些都是误差较大的日子（赢家诅咒），所以看起来更差",
    ),
    "calibration.x": ("said: chance of a stockout", "所说的缺货概率"),
    "calibration.y": ("came true", "实际应验比例"),
    "calibration.kept": ("said = came true", "所说 = 应验"),
    "calibration.point": (
        "said {said}, came true {share} ({low} to {high}, {n})",
        "所说 {said}，应验 {share}（{low} 至 {high}，{n}）",
    ),
    "calibration.verdict": (
        "In {inside} of {all} tenths, what was said lies in the interval of what came true. The largest gap is {gap}: said "
        "{said}, came true {share}.",
        "{all} 档中有 {inside} 档，所说的概率在应验比例的区间内。最大差距为 {gap}：所说 {said}，应验 {share}。",
    ),
    "calibration.bar": ("0 to 100 %", "0 至 100 %"),
    "calibration.signs": (
        "{middle} came true  {band} its 95 % interval, by position  {said} said",
        "{middle} 应验  {band} 95 % 区间（按库存点）  {said} 所说",
    ),
    "calibration.groups": (
        "The {shown} with the most days, of {all}. `--json` has them all.",
        "列出天数最多的 {shown} 个，共 {all} 个。`--json` 包含全部。",
    ),
    "calibration.nothing": (
        "Nothing can be judged yet: the horizon of what was said must have passed on the clock of the log.",
        "还没有可以评判的内容：所说的预测期须在日志的时钟上结束。",
    ),
    "col.p": ("p", "p"),
    "col.position_days": ("Days", "天数"),
    "col.value_of_category": ("Category", "品类"),
    "col.value_of_department": ("Department", "部门"),
    "col.value_of_location": ("Place", "门店"),
    "col.value_of_supplier": ("Supplier", "供应商"),
}
