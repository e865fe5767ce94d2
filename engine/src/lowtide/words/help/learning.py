"""Help of the commands about inputs: learn, forecast, inputs."""

from __future__ import annotations

LEARN: dict[str, str] = {
    "Learn inputs from history: weekdays, season, promotions, priors, lateness, classes, horizon and lines.": (
        "从历史中学习输入：星期分布、季节、促销、先验、到货延迟、分类、展望期与界线。"
    ),
    "Each is judged on the last part of the history, which it was not learned from; what does not pay is dropped.": (
        "每项都用未参与学习的历史末段评判；无效的会舍弃。"
    ),
    (
        "Files of movements (`.jsonl`, `.csv`, `.parquet`, a folder), or a warehouse: its folder, `embedded:` or "
        "http://host:8123."
    ): "库存变动文件（`.jsonl`、`.csv`、`.parquet`、文件夹），或数据仓库：其文件夹、`embedded:` 或 http://host:8123。",
    "Folder of inputs: DIR/HASH and DIR/current are written.": "输入的文件夹：写入 DIR/HASH 和 DIR/current。",
    "Promotions (CSV): name, from, to, factor or class, where. May be given again.": (
        "促销（CSV）：name、from、to、factor 或 class，以及适用范围。可多次给出。"
    ),
    "Promotions (CSV): name, from, to, factor, where. May be given again.": (
        "促销（CSV）：name、from、to、factor，以及适用范围。可多次给出。"
    ),
    "Holidays and closed days (CSV): name, day, factor (0: closed), where.": (
        "节假日与休业日（CSV）：name、day、factor（0 为休业），以及适用范围。"
    ),
    "Other drivers (CSV): where, day, and a factor or a price.": (
        "其他驱动因素（CSV）：适用范围、day，以及 factor 或 price。"
    ),
    "Other drivers (CSV): where, day, factor.": "其他驱动因素（CSV）：适用范围、day、factor。",
    "Forecasts of others (Parquet, CSV): location, sku, day, mean, variance.": (
        "外部预测（Parquet、CSV）：location、sku、day、mean、variance。"
    ),
    "Classes of positions (Parquet, CSV): location, sku, abc, xyz.": (
        "库存点分类（Parquet、CSV）：location、sku、abc、xyz。"
    ),
    "The ABC and XYZ class of each position as CSV.": "以 CSV 输出每个库存点的 ABC 与 XYZ 分类。",
    "First day to learn from, such as 2026-01-01.": "学习的第一天，例如 2026-01-01。",
    "Last day to learn from.": "学习的最后一天。",
    "False alarms for each position and month that people accept.": "每个库存点每月人员可接受的误报数。",
    "Percent of a location's value that A ends at, and that B ends at.": "A 与 B 分别截止于地点金额的百分之几。",
    "Standard deviation of weekly demand over its mean that X stays below, and that Y stays below.": (
        "每周需求的标准差与均值之比：X 与 Y 各自的上限。"
    ),
    "What was learned as one JSON object.": "把学到的内容输出为一个 JSON 对象。",
    "Forecast daily demand with AutoARIMA, AutoETS or Croston's method, by category where it beats the built-in estimate.": (
        "用 AutoARIMA、AutoETS 或 Croston 方法预测每日需求，只用于优于内置估计的品类。"
    ),
    "Needs the library statsforecast: `pip install 'lowtide[forecast]'`.": (
        "需要 statsforecast 库：`pip install 'lowtide[forecast]'`。"
    ),
    "Where the forecast is written.": "预测写到哪里。",
    "auto_arima, auto_ets, croston_sba; auto: by category the one with the least loss.": (
        "auto_arima、auto_ets、croston_sba；auto 表示按品类取损失最小的模型。"
    ),
    "Days after the history to forecast.": "预测历史之后的天数。",
    "Write categories too in which the built-in estimate is as good.": "内置估计同样好的品类也写入。",
    "What came out as one JSON object.": "把结果输出为一个 JSON 对象。",
    "Inputs beside the policy: write them by hand, check them, see them, put them into a topic.": (
        "策略之外的输入：手工编写、检查、查看、写入主题。"
    ),
    "Folder of inputs, or DIR/HASH for one set.": "输入的文件夹，或其中一套 DIR/HASH。",
    "Check inputs: every file of every set, and that its content is what its hash says.": (
        "检查输入：每一套的每个文件，以及内容是否与其哈希一致。"
    ),
    "Show what a set of inputs says: its layers and its drivers. Of a folder the current set.": (
        "显示一套输入的内容：层与驱动因素。给出文件夹时为当前这一套。"
    ),
    "The document as JSON.": "以 JSON 输出文档。",
    "Write a set of inputs from files that people keep, under the hash of its content.": (
        "用人工维护的文件写出一套输入，以其内容的哈希命名。"
    ),
    "Documents of inputs (YAML or JSON), in order.": "输入的文档（YAML 或 JSON），按顺序。",
    "Put the hash of inputs into every partition of a topic: from there on they hold, now and in every replay.": (
        "把输入的哈希写入主题的每个分区：从该处起生效，现在和每次重放均如此。"
    ),
    "Every run that reads the topic needs the set under its `--inputs DIR`.": (
        "读取该主题的每次运行都需要在其 `--inputs DIR` 下有这一套输入。"
    ),
    "Hash of a set of inputs, or its folder DIR/HASH.": "一套输入的哈希，或其文件夹 DIR/HASH。",
}
