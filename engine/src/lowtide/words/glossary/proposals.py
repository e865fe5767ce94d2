"""Terms of proposals and of their stages."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

PROPOSALS = (
    Term(
        "proposal", "proposal", "建议单",
        "What Lowtide advises to do, with its arithmetic. Nothing happens before a person approves it.",
        "Lowtide 建议的做法及其计算过程。批准之前什么都不会发生。",
    ),
    Term(
        "order", "order proposal", "订货建议",
        "How much to order from which supplier, and by when.",
        "向哪个供应商订多少、最晚何时订。",
    ),
    Term(
        "transfer", "transfer proposal", "调拨建议单",
        "How much to move from a location that has too much.",
        "从有富余的门店调多少。",
    ),
    Term(
        "promised", "promised", "已答应调出",
        "Stock that a transfer to another location has asked for and that has not left yet. It is not promised twice.",
        "已列入调往其他门店的建议单、尚未发出的库存。不会重复答应。",
    ),
    Term(
        "place_that_gives", "place that gives", "调出方",
        "The location from which a transfer takes stock. Its owner is told, or is asked first if `donor` is `ask`.",
        "调拨中调出库存的门店。其负责人会得到通知；`donor` 为 `ask` 时须先征得其同意。",
    ),
    Term(
        "expedite", "expedite", "催货加急",
        "Ask for an open delivery to come sooner, where that saves more than it costs.",
        "请在途供货提前到达，前提是节省大于费用。",
    ),
    Term(
        "chase", "chase", "催交",
        "Ask a supplier for deliveries that are overdue, all on one list.",
        "向供应商催问逾期未到的供货，汇成一张单。",
    ),
    Term(
        "count", "count list", "盘点清单",
        "What to count in one location, the most expensive first.",
        "一个门店中需要盘点的商品，损失大的在前。",
    ),
    Term(
        "production", "production proposal", "生产建议单",
        "How much to make of an item that you make yourself.",
        "自产商品需要生产多少。",
    ),
    Term(
        "order_up_to", "order-up-to level", "订货目标水平",
        "The stock that is enough until the next delivery but one, at the service level. An order fills up to it.",
        "按服务水平足够维持到再下次到货的库存。订货补到此水平。",
    ),
    Term(
        "need", "need", "需要量",
        "The order-up-to level, less what is available and what is still expected.",
        "订货目标水平减可用库存，再减预计到货。",
    ),
    Term(
        "pack", "pack", "包装量",
        "The units in one case. An order is a multiple of it.",
        "一箱的件数。订货量为其整数倍。",
    ),
    Term(
        "moq", "minimum order (MOQ)", "最小订货量（MOQ）",
        "The fewest units that a supplier delivers.",
        "供应商供货的最少数量。",
    ),
    Term(
        "over_max", "over the maximum", "超出上限",
        "The order would fill the shelf above `max_stock`. The policy says whether it is cut, kept or asked.",
        "订货后会超过 `max_stock`（最大库存）。策略决定减少、保留还是询问。",
    ),
    Term(
        "cut_off", "cut-off", "截单时间",
        "The time of an order day after which a supplier takes no more orders.",
        "订货日中供应商不再接单的时间。",
    ),
    Term(
        "approve", "approve", "批准",
        "Say yes to a proposal, for the numbers that were shown. If the numbers have moved, you see both.",
        "同意建议单，以所显示的数字为准。数字已变化时，会同时显示两者。",
    ),
    Term(
        "reject", "reject", "驳回",
        "Say no to a proposal, with a reason.",
        "不同意建议单，并说明理由。",
    ),
    Term(
        "export", "export", "导出",
        "Give approved proposals to the system that orders: as a file, or sent to a program.",
        "把已批准的建议单交给订货系统：文件或发送给程序。",
    ),
    Term(
        "confirmed", "confirmed", "已下单确认",
        "The order came back in the data with its reference, so it was placed.",
        "订单带着其编号出现在数据中，说明已经下单。",
    ),
    Term(
        "approval_limit", "approval limit", "批准限额",
        "The money up to which a person may approve. Above it the proposal goes to the lead.",
        "个人可以批准的金额上限。超出则转给主管。",
    ),
    Term(
        "nudge", "nudge", "催办",
        "A reminder to the person who holds a stage for too long.",
        "对在某一环节停留过久的人的提醒。",
    ),
    Term(
        "stage", "stage", "环节",
        "How far an alert is on its way: open, proposed, approved, ordered, shipped, received, closed.",
        "告警处理到哪一步：未结、已建议、已批准、已下单、已发货、已收货、已关闭。",
    ),
    Term(
        "board", "board", "看板",
        "All alerts by stage, with who holds them and what is over its time.",
        "按环节列出全部告警，显示由谁处理、哪些超时。",
    ),
)  # fmt: skip
