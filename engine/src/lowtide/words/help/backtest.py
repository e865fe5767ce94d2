"""Help of `lowtide backtest`."""

from __future__ import annotations

BACKTEST: dict[str, str] = {
    "Replay a history under one policy, or two beside each other, before one of them is put in force.": (
        "在策略生效之前，用一个或两个策略回放历史并对比。"
    ),
    (
        "It says which alerts would have opened, when and for whom, which real stockouts were seen and how early, false "
        "alarms, calibration and expected loss; with two policies also the alerts that are added, gone and moved. Each "
        "policy is replayed in a process of its own, and nothing is stored but what `--out` and `--html` name."
    ): (
        "说明会产生哪些告警、何时产生、由谁负责，哪些真实缺货被预告、提前多久，以及误报、概率可信度和预计损失；有两个策略时还列出"
        "新增、消失和变动的告警。每个策略在各自的进程中回放，除 `--out` 和 `--html` 指定的内容外不保存任何东西。"
    ),
    "Policy file (YAML) to try; give it twice to compare two.": "要试用的策略文件（YAML）；给出两次则对比两个策略。",
    "File of people: who would have owned each alert, and their load.": (
        "人员文件：每个告警会由谁负责，以及他们的负荷。"
    ),
    "First day of the figures (UTC); else the first of the history.": (
        "指标的第一天（UTC）；不指定则为历史的第一天。"
    ),
    "Last day, included (UTC); else the last of the history.": "最后一天，包含在内（UTC）；不指定则为历史的最后一天。",
    "Write one self-contained page.": "写出一个自包含的网页。",
    "Keep the result: DIR/HASH with `backtest.json` and the page.": (
        "保存结果：DIR/HASH，内含 `backtest.json` 和网页。"
    ),
    "All figures and lists as one JSON object.": "所有指标和列表输出为一个 JSON 对象。",
    "Alerts of each list that the page explains.": "网页在每个列表中说明的告警数。",
    "What the prices of the catalogue are in; else as the file of people says.": (
        "商品目录价格的币种；不指定则按人员文件。"
    ),
}
