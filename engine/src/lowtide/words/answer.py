"""The page behind a link of a message: what it says about each alert, its buttons, and what went wrong."""

from __future__ import annotations

ANSWER: dict[str, tuple[str, str]] = {
    "answer.title.one": ("{type}: {item}", "{type}：{item}"),
    "answer.title.type": ("{type}: {alerts}", "{type}：{alerts}"),
    "answer.title.many": ("{alerts}", "{alerts}"),
    "answer.title.none": ("Nothing is left to do here", "这里已没有需要处理的事"),
    "answer.sent": ("Sent {at} to {person}.", "{at} 发给 {person}。"),
    "answer.all_open": ("All are still open.", "全部未结束。"),
    "answer.is_open": ("It is still open.", "尚未结束。"),
    "answer.some_open": ("{open} of {all} are still open.", "{all} 个中 {open} 个未结束。"),
    "answer.none_open": ("Nothing of it is open any more.", "均已不再需要处理。"),
    "answer.forgotten": (
        "{alerts} of it ended earlier and are not shown.",
        "另有 {alerts} 早已结束，不再显示。",
    ),
    "answer.do": ("Do this:", "建议处理："),
    "answer.more": ("{alerts} more", "另有 {alerts}"),
    "answer.unlisted": ("and the {alerts} that are not listed", "以及未列出的 {alerts}"),
    "answer.available": ("{n} available", "可用 {n}"),
    "answer.demand": ("sells {n} a day", "日均销售 {n}"),
    "answer.chance": ("{p} chance to run out", "缺货概率 {p}"),
    "answer.loss": ("expected loss {money}", "预计损失 {money}"),
    "answer.loss_units": ("{n} units of sales at risk", "预计少卖 {n} 件"),
    "answer.supplier": ("supplier {name}", "供应商 {name}"),
    "answer.by": ("{state} by {owner}", "{owner} {state}"),
    "answer.assigned": ("assigned to {owner}", "已指派给 {owner}"),
    "answer.snoozed": ("snoozed until {at}", "暂停提醒至 {at}"),
    "answer.ended": ("over: {status}", "已结束：{status}"),
    "answer.ack": ("I take care of it", "我来处理"),
    "answer.snooze_hour": ("Snooze 1 hour", "1 小时后提醒"),
    "answer.snooze_morning": ("Snooze to {when}", "{when} 提醒"),
    "answer.note_label": ("What others should know", "其他人应当知道的内容"),
    "answer.note": ("Write it down", "写下备注"),
    "answer.as": (
        "You answer as {person}. Whoever has this link can answer so: do not pass it on. It ends {at}.",
        "您以 {person} 的身份回应。持有此链接的人都能这样回应：请勿转发。链接于 {at} 失效。",
    ),
    "answer.number": (
        "Why it came: `lowtide desk explain {id}`",
        "为何收到：`lowtide desk explain {id}`",
    ),
    "answer.group_chat": (
        "This link came from a group chat, so it names nobody and cannot answer. Use the link in your own message, or "
        "type `lowtide ack {id}`.",
        "此链接来自群聊，不指明任何人，因此不能用来回应。请使用您本人消息中的链接，或输入 `lowtide ack {id}`。",
    ),
    "answer.left": (
        "You are not in the people file any more, so this link cannot answer.",
        "您已不在人员文件中，因此不能用此链接回应。",
    ),
    "answer.nothing": ("There is nothing to answer any more.", "已没有需要回应的告警。"),
    "answer.done.ack": ("Taken. The others see it now.", "已由您处理，其他人即可看到。"),
    "answer.done.snooze": (
        "Snoozed. It comes again then, or when it gets worse.",
        "已暂停提醒。到时或加重时会再提醒。",
    ),
    "answer.done.note": ("Written down. The others see it now.", "备注已写下，其他人即可看到。"),
    "answer.failed": (
        "{alerts} could not be changed, because somebody was faster. The list shows how each one stands.",
        "{alerts} 未能更改，因为已有人先行处理。列表显示各自的现状。",
    ),
    "answer.back": ("Back to the message", "返回消息"),
    "answer.which": ("No alert is chosen", "未选择告警"),
    "answer.which_text": (
        "Choose at least one alert that is still open, then press the button again.",
        "请至少选择一个未结束的告警，然后再按按钮。",
    ),
    "answer.empty_note": ("The note is empty", "备注为空"),
    "answer.empty_note_text": (
        "Write at least one word into the box, then press the button again.",
        "请在框中写下至少一个字，然后再按按钮。",
    ),
    "answer.first": ("Somebody was faster", "已有人先行处理"),
    "answer.first_text": ("Nothing was changed. {why}", "没有任何更改。{why}"),
    "answer.unknown": ("This link is not known here", "此链接在此无效"),
    "answer.unknown_text": (
        "It is not whole, or its key was replaced. Open it again from the newest message. "
        "`lowtide alerts` shows what is open.",
        "链接不完整，或其密钥已更换。请从最新消息中重新打开。`lowtide alerts` 显示未结束的告警。",
    ),
    "answer.expired": ("This link has ended", "此链接已失效"),
    "answer.expired_text": (
        "A link works for 7 days. Open a newer message; `lowtide alerts` shows what is open.",
        "链接有效期为 7 天。请打开较新的消息；`lowtide alerts` 显示未结束的告警。",
    ),
    "answer.gone": ("This message is not kept any more", "此消息已不再保存"),
    "answer.gone_text": (
        "It is more than a week old, or the desk has lost its file since. `lowtide alerts` shows what is open.",
        "消息已超过一周，或值守台的文件其间已丢失。`lowtide alerts` 显示未结束的告警。",
    ),
    "answer.too_often": ("Too many requests", "请求过多"),
    "answer.too_often_text": (
        "Wait a minute, then open the link again. Nothing was changed.",
        "请等一分钟，再打开链接。没有任何更改。",
    ),
    "answer.foreign": ("This did not come from our page", "请求不是来自本页面"),
    "answer.foreign_text": (
        "Nothing was changed. Open the link in a message and press the button there. If the desk stands behind a proxy, "
        "`public_url` in the people file must be the address that people see.",
        "没有任何更改。请打开消息中的链接，在那里按按钮。若服务在代理之后，人员文件中的 `public_url` 须为人们所见的地址。",
    ),
    "answer.malformed": ("This request cannot be understood", "无法理解此请求"),
    "answer.malformed_text": (
        "Nothing was changed. Open the link in a message and press the button there.",
        "没有任何更改。请打开消息中的链接，在那里按按钮。",
    ),
    "answer.broken": ("This is a mistake in Lowtide", "这是 Lowtide 的错误"),
    "answer.broken_text": (
        "The log of the desk says more. Until then answer with `lowtide ack ALERT_ID`.",
        "服务日志中有详情。在此之前，请用 `lowtide ack ALERT_ID` 回应。",
    ),
    "answer.home": ("The desk of Lowtide", "Lowtide 值守台"),
    "answer.home_text": (
        "It tells the right person about stock alerts, once. Links in its messages open the page on which to answer.",
        "它把库存告警告诉应当知道的人，只说一次。消息中的链接会打开用于回应的页面。",
    ),
    "answer.home.alerts": ("what is open", "未结束的告警"),
    "answer.home.explain": ("why an alert is there", "某个告警的原因"),
    "answer.home.ack": ("take care of it", "接手处理"),
    "answer.home.silence": ("keep known noise quiet", "屏蔽已知干扰"),
    "answer.home.desk": ("why a message came", "为何收到某条消息"),
    "answer.nowhere": ("There is nothing here", "这里没有内容"),
    "answer.nowhere_text": ("Open a link of a message, or `/`.", "请打开消息中的链接，或 `/`。"),
}
