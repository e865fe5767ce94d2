"""What `lowtide learn`, `lowtide forecast` and `lowtide inputs` say."""

from __future__ import annotations

LEARNING: dict[str, tuple[str, str]] = {
    "learn.step.read": ("reading the history", "正在读取历史"),
    "learn.step.records": ("reading the history: {n} records", "正在读取历史：{n} 条记录"),
    "learn.step.supply": ("orders and receipts", "订单与收货"),
    "learn.step.factors": ("fitting weekdays, season and drivers", "正在拟合星期、季节与驱动因素"),
    "learn.step.weekday": ("judging weekdays", "正在评估星期分布"),
    "learn.step.season": ("judging the season", "正在评估季节"),
    "learn.step.drivers": ("judging promotions and other drivers", "正在评估促销与其他驱动因素"),
    "learn.step.prior": ("judging priors", "正在评估先验"),
    "learn.step.calm": ("judging how calm the estimate should be", "正在评估估计的平稳程度"),
    "learn.step.classes": ("ABC and XYZ classes", "ABC 与 XYZ 分类"),
    "learn.step.lines": (
        "replaying the history for horizon and lines {horizon}",
        "正在重放历史以选择展望期与界线 {horizon}",
    ),
    "learn.about": (
        "Learned from {days}, {n} positions. The days from {judged} on were left out of learning and judge it.",
        "学习范围：{days}，{n} 个库存点。{judged} 起的日子不参与学习，用于评判。",
    ),
    "learn.head.input": ("input", "输入"),
    "learn.head.before": ("without", "不用"),
    "learn.head.after": ("with", "使用"),
    "learn.head.worth": ("loss", "损失"),
    "learn.head.outcome": ("outcome", "结果"),
    "learn.input.weekday": ("weekdays", "星期分布"),
    "learn.input.season": ("season", "季节"),
    "learn.input.driver": ("driver", "驱动因素"),
    "learn.input.price": ("price", "价格"),
    "learn.input.prior": ("priors of new positions", "新库存点的先验"),
    "learn.input.calm": ("calm", "平稳程度"),
    "learn.input.lateness": ("lateness", "到货延迟"),
    "learn.input.remainder": ("rest of short deliveries", "短交的剩余部分"),
    "learn.input.lead_time": ("lead time", "提前期"),
    "learn.input.forecast": ("forecasts of others", "外部预测"),
    "learn.input.all": ("all that is kept, of demand", "保留的全部需求输入"),
    "learn.outcome.paid": ("kept: it pays", "保留：有效"),
    "learn.outcome.dropped": ("dropped: it does not pay", "舍弃：无效"),
    "learn.outcome.given": ("kept as given", "按给定保留"),
    "learn.outcome.unjudged": (
        "kept; the last part of the history cannot judge it",
        "保留；历史末段无法评判",
    ),
    "learn.outcome.all": ("on the last part of the history", "以历史末段计"),
    "learn.outcome.in": ("in {kept} of {of} categories", "（{of} 个品类中的 {kept} 个）"),
    "learn.outcome.figures": (": {figures}", "：{figures}"),
    "learn.figures.weekday": ("days weigh {least} to {most}", "各天权重 {least} 至 {most}"),
    "learn.figures.season": ("weeks weigh {least} to {most}", "各周权重 {least} 至 {most}"),
    "learn.figures.driver": ("demand x {factor}, {rows} rows", "需求 x {factor}，{rows} 行"),
    "learn.figures.price": ("elasticity {elasticity}", "价格弹性 {elasticity}"),
    "learn.figures.prior": (
        "{rate} units a day, worth {days} days; dispersion {dispersion}",
        "每天 {rate} 件，相当于 {days} 天；离散度 {dispersion}",
    ),
    "learn.figures.calm": ("{calm}", "取值 {calm}"),
    "learn.figures.lateness": (
        "{on_time} on time, {came} came at all, of {orders} orders",
        "{orders} 个订单：准时 {on_time}，最终到货 {came}",
    ),
    "learn.figures.remainder": ("{came} of {orders} came", "{orders} 个剩余部分中有 {came} 到货"),
    "learn.figures.lead_time": (
        "{days} days as promised, the policy says {policy}",
        "承诺 {days} 天，策略为 {policy} 天",
    ),
    "learn.figures.forecast": ("{rows} rows", "共 {rows} 行"),
    "learn.loss": (
        "Loss: units lost by wrong forecasts for each unit sold, at the 95 % and 99 % quantiles of demand over the lead "
        "time (of lateness: squared error of the share that has come; of priors: in the first four weeks). Less is better.",
        "损失：按提前期内需求的 95 % 与 99 % 分位数，每售出一件因预测错误损失的件数"
        "（到货延迟为已到份额的平方误差；先验取前四周）。越小越好。",
    ),
    "learn.lead.short": ("up to 4 days", "4 天以内"),
    "learn.lead.middle": ("of 5 to 10 days", "5 至 10 天"),
    "learn.lead.long": ("over 10 days", "10 天以上"),
    "learn.line.shipped": (
        "the longer of lead time + review period and 7 days",
        "提前期加盘查周期与 7 天中较长者",
    ),
    "learn.line.days": ("{n} days", "{n} 天"),
    "learn.line": (
        "Lead time {lead} ({n} positions): look ahead {horizon}; watch {watch}, warning {warning}, critical {critical}.",
        "提前期{lead}（{n} 个库存点）：展望期为{horizon}；关注 {watch}，预警 {warning}，紧急 {critical}。",
    ),
    "learn.line.caught": (
        "It would have announced {caught} of {episodes} stockouts with {opened} alerts, of which {true} came true: {month} "
        "false alarms for each position and month, F1 {f1} (shipped horizon {default}).",
        "本可用 {opened} 个告警（其中 {true} 个成真）预告 {episodes} 次缺货中的 {caught} 次：每个库存点每月 {month} 个误报，"
        "F1 {f1}（默认展望期 {default}）。",
    ),
    "learn.line.beyond": (
        "No line keeps the budget: this one costs the fewest false alarms. Raise `--budget`.",
        "没有界线能满足预算：此界线的误报最少。请提高 `--budget`。",
    ),
    "learn.classes.positions": ("positions", "库存点"),
    "learn.classes.X": ("X even", "X 稳定"),
    "learn.classes.Y": ("Y varies", "Y 波动"),
    "learn.classes.Z": ("Z irregular", "Z 不规则"),
    "learn.classes.share_of_value": ("of the value", "占金额"),
    "learn.classes.share_of_units": ("of the units", "占件数"),
    "learn.classes.by_value": (
        "Classes: A, B, C by the value of a year's sales, within each location; X, Y, Z by how even weekly demand is.",
        "分类：A、B、C 按各地点一年的销售金额；X、Y、Z 按每周需求的稳定程度。",
    ),
    "learn.classes.by_units": (
        "Classes: A, B, C by the units of a year's sales, within each location, because the catalogue has no prices: give "
        "`--catalogue` with `unit_price`. X, Y, Z by how even weekly demand is.",
        "分类：因商品目录没有价格，A、B、C 按各地点一年的销售件数：请用 `--catalogue` 提供含 `unit_price` 的目录。"
        "X、Y、Z 按每周需求的稳定程度。",
    ),
    "learn.classes.unpriced": (
        "{n} of the {of} positions that sold have neither price nor cost: their units count at the mean price of their "
        "location.",
        "{of} 个有销售的库存点中有 {n} 个既无售价也无成本：其件数按所在地点的平均价格计。",
    ),
    "learn.note.short": (
        "The history has {days} days: with fewer than {least} nothing about demand is learned. Give more files.",
        "历史只有 {days} 天：少于 {least} 天时不学习需求。请提供更多文件。",
    ),
    "learn.note.no_orders": (
        "The history has no orders: lateness is not learned, and that of the policy stays. Add movements of kind `order` "
        "with a `ref` and a `due`, and receipts with the same `ref`.",
        "历史中没有订单：不学习到货延迟，沿用策略中的值。"
        "请加入带 `ref` 和 `due` 的 `order` 记录，以及相同 `ref` 的收货记录。",
    ),
    "learn.note.few_orders": (
        "The history has only {orders} orders: lateness is not learned, and that of the policy stays.",
        "历史中只有 {orders} 个订单：不学习到货延迟，沿用策略中的值。",
    ),
    "learn.note.no_replay": (
        "Horizon and lines are not chosen: that needs the movements themselves. Give the files instead of the warehouse.",
        "未选择展望期与界线：这需要库存变动本身。请提供文件而不是数据仓库。",
    ),
    "learn.note.no_stockouts": (
        "Horizon and lines are not chosen: the shelf was empty only {n} times, and {least} are needed. Those of the policy "
        "stay.",
        "未选择展望期与界线：货架只空过 {n} 次，至少需要 {least} 次。沿用策略中的值。",
    ),
    "learn.note.no_lines": (
        "Horizon and lines are not chosen: no class of lead time had enough stockouts, or no key of a policy tells the "
        "classes apart. Those of the policy stay.",
        "未选择展望期与界线：各提前期类别的缺货次数不足，或策略的匹配键无法区分这些类别。沿用策略中的值。",
    ),
    "learn.written": ("written: {folder}", "已写入：{folder}"),
    "learn.use": (
        "use it:  lowtide run SOURCE… --inputs {out}",
        "使用：  lowtide run SOURCE… --inputs {out}",
    ),
    "learn.apply": (
        "in a log that runs already:  lowtide inputs apply {hash} kafka://host:9092/topic",
        "用于已在运行的日志：  lowtide inputs apply {hash} kafka://host:9092/topic",
    ),
    "forecast.step.judge": ("judging {model} on {n} positions", "正在用 {n} 个库存点评估 {model}"),
    "forecast.step.make": ("forecasting {n} positions", "正在预测 {n} 个库存点"),
    "forecast.head.category": ("category", "品类"),
    "forecast.head.model": ("model", "模型"),
    "forecast.head.own": ("built-in", "内置估计"),
    "forecast.head.theirs": ("model's loss", "模型损失"),
    "forecast.head.outcome": ("outcome", "结果"),
    "forecast.all": ("every position", "全部库存点"),
    "forecast.beats": ("beats the built-in estimate: written", "优于内置估计：已写入"),
    "forecast.loses": ("does not beat the built-in estimate: not written", "不优于内置估计：未写入"),
    "forecast.kept": (
        "does not beat the built-in estimate; written because of `--all`",
        "不优于内置估计；因 `--all` 写入",
    ),
    "forecast.loss": (
        "Loss: pinball loss of demand over the lead time at the 50 % and 95 % quantiles, for each unit sold, on the last "
        "days of the history. Less is better.",
        "损失：历史末段提前期内需求在 50 % 与 95 % 分位数的分位损失，按每售出一件计。越小越好。",
    ),
    "forecast.written": (
        "written: {file}, {rows} rows, {first} to {last}",
        "已写入：{file}，{rows} 行，{first} 至 {last}",
    ),
    "forecast.use": (
        "use it:  lowtide learn HISTORY… --forecast {file} --out inputs",
        "使用：  lowtide learn HISTORY… --forecast {file} --out inputs",
    ),
    "forecast.nothing": (
        "No category pays, so nothing is written: the built-in estimate is as good or better. `--all` writes it all the "
        "same.",
        "没有品类有效，因此未写入：内置估计同样好或更好。`--all` 仍可全部写入。",
    ),
    "inputs.good": (
        "`{folder}` is good: {profiles} profiles, {seasons} seasons, {layers} layers, {drivers} drivers, {forecast} "
        "forecast rows, {classes} classified positions",
        "`{folder}` 正确：{profiles} 个周分布、{seasons} 个季节、{layers} 个层、{drivers} 个驱动因素、{forecast} 行预测、"
        "{classes} 个已分类库存点",
    ),
    "inputs.current": ("current: {hash}", "当前：{hash}"),
    "inputs.no_current": (
        "no current set: a run with `--inputs DIR` starts without inputs, until the log names one",
        "没有当前集：使用 `--inputs DIR` 的运行在日志指定之前不带输入",
    ),
    "inputs.applied": ("inputs {hash} in each of {n} partitions", "输入 {hash} 已写入全部 {n} 个分区"),
    "inputs.layer": ("layers, the later one wins", "层（后面的优先）"),
    "inputs.where": ("where", "适用"),
    "inputs.values": ("values", "值"),
    "inputs.driver": ("drivers", "驱动因素"),
    "inputs.days": ("days", "日期"),
    "inputs.factor": ("factor", "系数"),
    "inputs.every": ("every position", "全部库存点"),
}
