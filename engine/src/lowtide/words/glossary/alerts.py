"""Terms of alerts and of what people do with them."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

ALERTS = (
    Term(
        "alert", "alert", "告警",
        "One problem of one position, from the moment it opens until it ends. It asks for an action.",
        "一个库存点的一个问题，从打开到结束。每个告警都要求采取行动。",
    ),
    Term(
        "signal", "signal", "信号",
        "What a detector says about a position at one moment, with its numbers. Signals open, change and end alerts.",
        "检测器在某一时刻对库存点的判断及其数字。信号使告警打开、变化和结束。",
    ),
    Term(
        "severity", "severity", "级别",
        "How urgent an alert is: watch, warning or critical. It changes while the alert is open.",
        "告警的紧急程度：关注、预警或紧急。告警打开期间可以变化。",
    ),
    Term(
        "watch", "watch", "关注",
        "The lowest severity: know about it. It stands in lists and digests, and nobody is called.",
        "最低级别：知道即可。只列入列表和汇总，不推送。",
    ),
    Term(
        "warning", "warning", "预警",
        "The middle severity: act within the working day.",
        "中间级别：在工作日内处理。",
    ),
    Term(
        "critical", "critical", "紧急",
        "The highest severity: act now. It goes out even when the budget of messages is spent.",
        "最高级别：立即处理。即使推送预算用完也会发送。",
    ),
    Term(
        "projected_stockout", "projected stockout", "预计缺货",
        "The shelf will probably be empty before the next delivery. Order, expedite or transfer.",
        "下次到货前货架很可能售空。请订货、催货或调拨。",
    ),
    Term(
        "out_of_stock", "out of stock", "缺货（已发生）",
        "Nothing is available now. Expedite what is on its way, or offer a substitute.",
        "现在没有可用库存。请催促在途供货，或提供替代品。",
    ),
    Term(
        "below_reorder_point", "below reorder point", "低于再订货点",
        "Stock and open orders together are below the line at which you order. Order.",
        "库存与已订合计低于订货界限。请订货。",
    ),
    Term(
        "overdue_supply", "overdue supply", "到货逾期",
        "A delivery should have arrived and has not. Chase the supplier.",
        "应到的供货没有到。请催促供应商。",
    ),
    Term(
        "sales_spike", "sales spike", "销量激增",
        "Far more was sold in a day than is likely. Check the price, the shelf and the till; if it is real, order.",
        "一天的销量远超正常。请检查价格、货架和收银；若属实，请订货。",
    ),
    Term(
        "negative_stock", "negative stock", "负库存",
        "The record says less than zero, which cannot be. Count the shelf and correct the record.",
        "账面小于零，这不可能。请盘点并更正账面。",
    ),
    Term(
        "expected_loss", "expected loss", "预计损失",
        "What an alert will probably cost if nobody acts: units that meet an empty shelf, times what one earns.",
        "若无人处理，告警可能造成的损失：预计缺货件数乘以单件收益。",
    ),
    Term(
        "expected_shortfall", "expected shortfall", "预期缺口",
        "The units that customers will probably want and not find.",
        "顾客想买而买不到的预计数量。",
    ),
    Term(
        "line", "line", "界限",
        "The value at which an alert opens or changes its severity. Lines stand in the policy.",
        "告警打开或改变级别的数值。界限写在策略中。",
    ),
    Term(
        "exit_line", "exit line", "解除线",
        "The value at which an alert ends. It is apart from the line at which it opens, so that it does not flicker.",
        "告警结束的数值。它与打开界限分开，以免反复开关。",
    ),
    Term(
        "flapping", "flapping", "反复",
        "An alert that opened and ended too often lately. It is marked and calls nobody again.",
        "近期反复打开和结束的告警。会被标记，不再重复通知。",
    ),
    Term(
        "acknowledge", "acknowledge", "确认",
        "Say: I have seen it and I take care of it. You become the owner, and nobody is called again for it.",
        "表示：我看到了，由我处理。您成为负责人，不再为此通知他人。",
    ),
    Term(
        "assign", "assign", "指派",
        "Give the alert to another person, who becomes the owner.",
        "把告警交给另一人，此人成为负责人。",
    ),
    Term(
        "resolve", "resolve", "解决",
        "Say: the work is done. The alert ends by itself when the data shows it.",
        "表示：处理完毕。数据证实后告警自行结束。",
    ),
    Term(
        "feedback", "feedback", "评价",
        "When you close an alert you say whether it was right, false or unnecessary. Lowtide learns its lines from it.",
        "关闭告警时说明它是正确、误报还是不必要。Lowtide 据此学习界限。",
    ),
    Term(
        "snooze", "snooze", "暂缓提醒",
        "Be left alone by one alert until a time. It ends early when the alert gets worse.",
        "在某一时间之前不再提醒此告警。告警加重时提前结束。",
    ),
    Term(
        "silence", "silence", "静默",
        "A rule with a reason and an end: alerts that match it call nobody. They stay in the queue.",
        "带有理由和结束时间的规则：符合的告警不通知任何人，但仍在队列中。",
    ),
    Term(
        "inhibition", "inhibition", "抑制",
        "One alert makes others quiet, because they have the same cause: an empty warehouse mutes its shops.",
        "一个告警使同因的其他告警不再通知：仓库缺货时，其门店的告警不再通知。",
    ),
    Term(
        "because", "why it is quiet", "未通知原因",
        "Every alert that calls nobody says why: silence, snooze, inhibition, budget, quiet hours.",
        "每个没有通知人的告警都说明原因：静默、暂缓、抑制、预算或免打扰时段。",
    ),
    Term(
        "queue", "queue", "队列",
        "The open alerts, those that cost most first.",
        "未结告警的列表，损失最大的在前。",
    ),
    Term(
        "ledger", "ledger", "台账",
        "The record of everything that happened to every alert. Nothing in it is ever changed.",
        "每个告警全部经过的记录。其中内容从不更改。",
    ),
    Term(
        "event_time", "event time", "事件时间",
        "When something happened in the shop, not when its record arrived.",
        "事情在门店发生的时间，而不是记录到达的时间。",
    ),
    Term(
        "watermark", "watermark", "水位线",
        "Up to which event time the data is complete. A record that comes after it is late.",
        "数据已完整到的事件时间。此后到达的更早记录为迟到。",
    ),
    Term(
        "policy", "policy", "策略",
        "The rules in force: what is watched, by which lines. Each change is a new version with an author.",
        "生效的规则：监控什么，按什么界限。每次更改都是新版本，并记录作者。",
    ),
    Term(
        "layer", "layer", "层",
        "One rule of the policy and what it matches: all, a region, a shop, a category, a SKU. The most specific wins.",
        "策略中的一条规则及其范围：全部、区域、门店、品类、SKU。最具体的优先。",
    ),
    Term(
        "map", "map", "映射",
        "A small file that says which column of your table means what.",
        "说明表格中每一列含义的小文件。",
    ),
    Term(
        "dry_run", "dry run", "试算",
        "Try changed rules on a past period and see the difference. Nothing is stored and nobody is told.",
        "用更改后的规则重算过去一段时间并查看差异。不保存，也不通知任何人。",
    ),
)  # fmt: skip
