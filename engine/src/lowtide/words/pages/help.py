"""The Help page: ten minutes of training, what to do for each type of alert, the keys, and questions."""

from __future__ import annotations

_TRAINING: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "1", "Why you are here", "为什么找您",
        "Lowtide watches the stock of every SKU in every shop. When something needs a person, it opens one alert, gives it "
        "to one owner, and tells this person once. If you got a message, you are that owner.",
        "Lowtide 监控每个门店的每个 SKU。需要人处理时，它打开一个告警，交给一位负责人，并通知此人一次。"
        "您收到消息，说明您就是负责人。",
    ),
    (
        "2", "You got a message", "收到消息以后",
        "The message says what, where, how likely, how much money, and what to do. Press its link. The page shows the same "
        "alerts as they stand now. Press Acknowledge if you take care of them: from then on nobody else is "
        "called. If now is "
        "not the time, press Snooze. If you do nothing, your lead hears of it.",
        "消息说明：什么商品、在哪里、可能性、金额和该做什么。点开链接，页面显示这些告警现在的情况。"
        "由您处理就按“确认”，之后不再通知他人。"
        "暂时没空就按“暂缓提醒”。什么都不做，您的主管会得到通知。",
    ),
    (
        "3", "The queue, from the top", "从上往下看队列",
        "The queue has all open alerts, the most expensive first. Begin at the top. A line under the first ones "
        "says how many "
        "were sent as messages; what is below it was not sent, because nobody can read more than about 6 messages an hour. "
        "Look at those when the top is done.",
        "队列列出全部未结告警，损失最大的在前，从上往下处理。队列中有一条线，线以上的已作为消息发出；线以下的没有发出，"
        "因为一个人每小时读不完太多消息（约 6 条）。上面处理完再看下面。",
    ),
    (
        "4", "One alert", "看一个告警",
        "Open an alert to see why it is there: what is available, what sells in a day, what is expected when, and "
        "the chance "
        "that the shelf runs empty. Each number is computed again by separate code. The chart shows the coming days: the "
        "band is what is likely, a mark is a delivery.",
        "打开一个告警可以看到原因：可用多少、每天卖多少、什么时候到货、货架售空的概率。每个数字都由另一段程序复算。"
        "图表显示未来几天：色带是可能的范围，标记是到货。",
    ),
    (
        "5", "Order, move or chase", "订货、调拨或催交",
        "Under many alerts stands a proposal: how much to order from whom and until when, or which shop has some to spare. "
        "It shows its arithmetic. Approve it, change the quantity, or reject it with a reason. Nothing is ordered before "
        "somebody approves, and approved orders are exported to the system that you order with.",
        "许多告警下面有建议单：向谁订多少、最晚何时，或哪个门店可以调出。它写明计算过程。您可以批准、修改数量，"
        "或说明理由驳回。"
        "批准之前不会下单；批准后的订单导出到您使用的订货系统。",
    ),
    (
        "6", "When the work is done", "处理完以后",
        "Usually you need not do anything: when the delivery or the count is in the data, the alert ends by itself. Press "
        "Resolve if you want it off your list before. Say whether it was right, false or unnecessary: this is how Lowtide "
        "learns to call you less.",
        "一般不必再做什么：到货或盘点进入数据后，告警自行结束。想提前从列表移除，可按“解决”。请评价它是正确、"
        "误报还是不必要：Lowtide 据此减少打扰。",
    ),
    (
        "7", "When it is too much", "消息太多怎么办",
        "Snooze one alert until tomorrow, or make a silence with a reason and an end for a whole supplier or "
        "shop. Both are "
        "seen by everybody, and both end by themselves. On the Messages page you see why a message came, or why "
        "it did not.",
        "可以把一个告警暂缓到明天，或对整个供应商或门店设静默，写明理由和结束时间。两者大家都能看到，到时自动结束。"
        "在“消息”页可以看到某条消息为什么发出或没有发出。",
    ),
)  # fmt: skip
_QUESTIONS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "sent", "Did my answer arrive?", "我的操作成功了吗？",
        "Yes, as soon as the page says so. Everybody sees it within two seconds. If a colleague was first, the "
        "page says who.",
        "页面提示后即成功，大家在两秒内看到。若同事先处理了，页面会说明是谁。",
    ),
    (
        "wrong", "What if I press the wrong button?", "按错了怎么办？",
        "Nothing is lost. An acknowledged alert can be assigned to somebody else, a resolved one can be opened again, a "
        "snooze and a silence can be ended. Everything stands in the ledger.",
        "不会丢失任何内容。已确认的告警可以指派给他人，已解决的可以重新打开，暂缓和静默可以提前结束。一切都记录在台账中。",
    ),
    (
        "data", "Why does the page say that the data ends earlier?", "为什么页面说数据只到较早的时间？",
        "Lowtide knows what the files and feeds told it. If the till or the export is late, the page is as old as the last "
        "record. Ask whoever looks after the data.",
        "Lowtide 只知道文件和数据源所提供的内容。收银或导出延迟时，页面只到最后一条记录为止。请联系数据负责人。",
    ),
    (
        "money", "Where does the money come from?", "金额是怎么算的？",
        "From the prices and costs in your catalogue. Without prices Lowtide counts units and says so.",
        "来自商品目录中的售价和成本。没有价格时按件数计，并会说明。",
    ),
)  # fmt: skip
_KEYS: dict[str, tuple[str, str]] = {
    "j": ("next row", "下一行"),
    "k": ("previous row", "上一行"),
    "x": ("select the row", "选择此行"),
    "a": ("acknowledge", "确认"),
    "s": ("start work", "开始处理"),
    "r": ("resolve", "解决"),
    "f": ("feedback", "评价"),
    "z": ("snooze", "暂缓提醒"),
    "e": ("assign", "指派"),
    "p": ("approve the proposal", "批准建议单"),
    "/": ("filter", "筛选"),
    "g q": ("go to the queue", "转到队列"),
    "g h": ("go to the heat map", "转到热力图"),
    "g k": ("go to the KPIs", "转到指标"),
    "Ctrl K": ("search for anything", "搜索"),
    "?": ("this help", "打开本帮助"),
}
KEYS = tuple(_KEYS)
"""The keys in the order in which the page lists them."""
TRAINING = tuple(part[0] for part in _TRAINING)
QUESTIONS = tuple(part[0] for part in _QUESTIONS)


def _parts(name: str, parts: tuple[tuple[str, str, str, str, str], ...]) -> dict[str, tuple[str, str]]:
    heads = {f"help.{name}.{key}": (head, chinese) for key, head, chinese, _, _ in parts}
    return heads | {f"help.{name}.{key}.text": (text, chinese) for key, _, _, text, chinese in parts}


HELP_PAGE: dict[str, tuple[str, str]] = (
    {
        "help.title": ("Help", "帮助"),
        "help.lead": (
            "Ten minutes of reading, then you can work with it. Each term on a page leads to its place in the "
            "glossary below.",
            "十分钟读完即可上手。页面上的每个用语都链接到下面的词汇表。",
        ),
        "help.contents": ("On this page", "本页内容"),
        "help.training": ("Ten-minute training", "十分钟入门"),
        "help.types": ("What to do for each type of alert", "各类告警的处理方法"),
        "help.types.lead": (
            "If your shop has its own checklist for a type, it stands under the alert and here.",
            "如果本店对某类告警有自己的清单，会显示在告警下面和这里。",
        ),
        "help.types.own": ("The checklist of your shop", "本店的清单"),
        "help.keys": ("Keys", "快捷键"),
        "help.keys.lead": (
            "On a keyboard the queue is faster by keys. Single keys can be switched off under Settings.",
            "用键盘处理队列更快。单键可在“设置”中关闭。",
        ),
        "help.keys.key": ("Key", "按键"),
        "help.keys.does": ("What it does", "作用"),
        "help.questions": ("Questions", "常见问题"),
        "help.settings": ("Settings", "设置"),
    }
    | _parts("training", _TRAINING)
    | _parts("question", _QUESTIONS)
    | {f"help.key.{key}": said for key, said in _KEYS.items()}
)
