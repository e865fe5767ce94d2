"""Help of the commands that look at things: alerts, explain, position, calibration, report, sql, dashboards."""

from __future__ import annotations

LOOK: dict[str, str] = {
    "Show current alerts, most expected loss first, with the stock of now.": "显示当前告警和当前库存，预计损失最大的在前。",
    "Show alerts that have ended or that somebody has closed, too.": "也显示已结束和已有人关闭的告警。",
    "Only this type, e.g. `projected_stockout`.": "只显示此类型，例如 `projected_stockout`。",
    "Only `watch`, `warning` or `critical`.": "只显示 `watch`、`warning` 或 `critical`。",
    "Only this location, given by its id, its name or a part of its name.": "只显示此门店：编号、名称或名称的一部分。",
    "Only this location.": "只显示此门店。",
    "Only this SKU.": "只显示此 SKU。",
    "At most this many.": "最多显示这么多。",
    "One JSON object a line: the columns of `alert_open`, and `proposal`: its ref.": (
        "每行一个 JSON 对象：`alert_open` 的列，以及 `proposal`（建议单的编号）。"
    ),
    "Say why an alert is there, with the stock of now, and compute its numbers again. Exit code 1 if one differs.": (
        "说明告警的原因和当前库存，并复算其数字。有数字不一致时退出码为 1。"
    ),
    "An alert, or the start of its id.": "告警，或其编号的开头。",
    "One JSON object a language.": "每种语言一个 JSON 对象。",
    "Show one position: stock, targets, open alerts, last entries, and its projection drawn day by day.": (
        "显示一个库存点：库存、目标值、未结束的告警、最近的记录，以及逐日绘制的预测。"
    ),
    "The SKU, its name or a part of its name.": "SKU、其名称或名称的一部分。",
    "The location, its name or a part of its name.": "门店、其名称或名称的一部分。",
    "Number of last ledger entries to show.": "显示最近多少条告警记录。",
    "Show whether the chances can be believed: what was said, against what came true, by tenths.": (
        "查看概率是否可信：按十档比较所说的概率与实际应验的比例。"
    ),
    "For each `category`, `supplier`, `department` or `location`.": (
        "分别按 `category`（品类）、`supplier`（供应商）、`department`（部门）或 `location`（门店）。"
    ),
    "Only alerts at their opening, instead of the days of the sample.": "只看告警产生时，而不是抽样的各天。",
    "One JSON object a line: from, to, positions, days, said, came_true, low, high.": (
        "每行一个 JSON 对象：from、to、positions、days、said、came_true、low、high。"
    ),
    (
        "Tell how stock and alerts are doing, and what to do next: here, or as one page to read, send and print."
    ): ("说明库存与告警的状况和下一步该做什么：在此显示，或写成一页供阅读、发送和打印。"),
    "Write one self-contained page with charts.": "写出一个自包含的图表页面。",
    "First day, e.g. 2026-11-01 (UTC); else by `--days`.": (
        "第一天，例如 2026-11-01（UTC）；否则由 `--days` 决定。"
    ),
    "Last day, included; else the day of the log's clock.": "最后一天（含）；否则为日志时钟所在的日期。",
    "Number of days; 28 without it.": "天数；默认 28。",
    "Which pipeline, if the warehouse has several.": "数据仓库中有多个数据管道时选择哪一个。",
    "Only this category.": "只显示此品类。",
    "What the prices of the catalogue are in, e.g. `EUR` or `¥`.": (
        "商品目录中价格的币种，例如 `EUR` 或 `¥`。"
    ),
    "All figures as one JSON object.": "所有指标输出为一个 JSON 对象。",
    (
        "Ask the warehouse in ClickHouse SQL; it can only be read. The prompt completes names and keeps a "
        "history."
    ): ("用 ClickHouse SQL 查询数据仓库（只读）。交互提示符会补全名称并保存历史。"),
    "Without it: a prompt, or standard input.": "不给出时：交互提示符，或标准输入。",
    "A ClickHouse format: JSONEachRow, CSVWithNames, …": "ClickHouse 的格式：JSONEachRow、CSVWithNames……",
    "Write to a file: .csv, .tsv, .json, .jsonl, .parquet, .arrow, .md, …": (
        "写入文件：.csv、.tsv、.json、.jsonl、.parquet、.arrow、.md……"
    ),
    "CSV for a program: no apostrophe before text that a spreadsheet would compute.": (
        "供程序使用的 CSV：电子表格会当作公式的文字前不加撇号。"
    ),
    "CSV or TSV for a program: no apostrophe before text that a spreadsheet would compute.": (
        "供程序使用的 CSV 或 TSV：电子表格会当作公式的文字前不加撇号。"
    ),
    "Dashboards for Grafana and Superset.": "Grafana 和 Superset 的仪表板。",
    (
        "Write the dashboards, and what Grafana needs to find them and the warehouse. No password is in them."
    ): ("写出仪表板，以及 Grafana 找到它们和数据仓库所需的文件。其中不含密码。"),
    "Where to write; made if it is missing.": "写到哪里；不存在时会创建。",
    "Only say what would be written.": "只说明会写出什么。",
}
