"""Terms of figures and charts."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

FIGURES = (
    Term(
        "mtta", "time to acknowledge (MTTA)", "确认用时（MTTA）",
        "How long an alert waits until somebody takes it up. The median is said: half of them wait less.",
        "告警等待有人接手的时间。取中位数：一半少于此值。",
    ),
    Term(
        "mttr", "time to resolve (MTTR)", "解决用时（MTTR）",
        "From the opening of an alert until somebody says it is done. The median is said.",
        "从告警打开到有人报告处理完毕的时间。取中位数。",
    ),
    Term(
        "in_time", "in time", "按时率",
        "The share that was acknowledged or resolved before its deadline.",
        "在期限之前确认或解决的比例。",
    ),
    Term(
        "precision", "precision", "准确率",
        "Of the alerts that people rated, the share that they called right.",
        "在人工评价过的告警中，被评为“正确”的比例。",
    ),
    Term(
        "rated_share", "rated share", "评价比例",
        "The share of alerts that people rated. With few ratings, precision says little.",
        "有人评价的告警比例。评价很少时，准确率意义不大。",
    ),
    Term(
        "false_alarm", "false alarm", "误报",
        "An alert that people called false.",
        "被人工评为误报的告警。",
    ),
    Term(
        "reopen_rate", "reopen rate", "重开率",
        "The share of resolved alerts that were opened again.",
        "解决后又重新打开的告警比例。",
    ),
    Term(
        "load", "load", "负荷",
        "Messages to one person in an hour. Up to 6 is acceptable, 12 is the most anybody can take.",
        "一人一小时内收到的消息数。6 条以内可接受，12 条为上限。",
    ),
    Term(
        "calibration", "calibration", "概率校准",
        "Whether the chances can be believed: of alerts that say 60 %, about 60 in 100 should come true.",
        "概率是否可信：说 60 % 的告警，100 个中应有约 60 个应验。",
    ),
    Term(
        "interval", "interval", "区间",
        "With so few cases the true value can lie anywhere between the two ends, in 95 of 100 times.",
        "以此样本量，真实值在 100 次中有 95 次落在两端之间。",
    ),
    Term(
        "warning_time", "warning time", "预警提前量",
        "The time between the warning and the empty shelf.",
        "从告警到货架售空的时间。",
    ),
    Term(
        "missed_stockout", "missed stockout", "漏报缺货",
        "A shelf that ran empty without a warning before.",
        "事先没有告警就已售空的货架。",
    ),
    Term(
        "heat_map", "heat map", "热力图",
        "A grid of shops and categories. The stronger the colour, the more is at stake; each cell says its number.",
        "门店与品类的表格。颜色越重，损失越大；每格都写有数字。",
    ),
    Term(
        "trend", "trend", "趋势",
        "How a figure went from day to day, or from week to week.",
        "某个指标逐日或逐周的变化。",
    ),
    Term(
        "median", "median", "中位数",
        "The middle value: half of the cases are below it.",
        "居中的数值：一半的情况低于它。",
    ),
    Term(
        "p90", "P90", "P90",
        "The value that 9 of 10 cases stay below.",
        "10 次中有 9 次不超过的数值。",
    ),
)  # fmt: skip
