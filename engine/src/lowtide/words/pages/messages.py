"""The messages: sent, waiting, undeliverable, dropped; and one of them."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "view.messages.lead": (
        "What was sent to whom, what waits and why, and what could not be delivered.",
        "发给了谁，哪些在等待及原因，哪些无法送达。",
    ),
    "view.messages.box": ("Which messages", "消息类别"),
    "view.messages.sent": ("Sent", "已发送"),
    "view.messages.waiting": ("Waiting", "等待中"),
    "view.messages.dead": ("Not deliverable", "无法送达"),
    "view.messages.dropped": ("Dropped", "已取消"),
    "view.messages.counted": ("{name} {n}", "{name} {n}"),
    "view.messages.caption": ("Messages, the newest first", "消息，最新的在前"),
    "view.messages.to": ("To", "收件人"),
    "view.messages.why": ("Because", "原因"),
    "view.messages.target": ("Target", "渠道"),
    "view.messages.state": ("State", "状态"),
    "view.messages.decided": ("Decided", "决定时间"),
    "view.messages.sent_at": ("Sent", "发送时间"),
    "view.messages.tries": ("Tries", "尝试次数"),
    "view.messages.next": ("Next try", "下次尝试"),
    "view.messages.id": ("Message", "消息"),
    "view.messages.none": ("No message stands here.", "此处没有消息。"),
    "view.messages.none.sent": (
        "The desk has sent nothing yet. Without a people file there is nobody to tell: see `lowtide people check`.",
        "值守台尚未发送消息。没有人员文件时没有通知对象：请参阅 `lowtide people check`。",
    ),
    "view.messages.none.waiting": ("Nothing waits to be sent.", "没有等待发送的消息。"),
    "view.messages.none.dead": ("Every message reached its target.", "所有消息都已送达。"),
    "view.messages.none.dropped": ("No message was dropped.", "没有取消的消息。"),
    "view.messages.held": ("Open alerts that call nobody now, and why", "目前没有通知的未结告警及原因"),
    "view.messages.held.none": (
        "Every open alert was told to its owner.",
        "所有未结告警都已通知负责人。",
    ),
    "view.messages.retry": ("Send it again", "重新发送"),
    "view.messages.back": ("All messages", "全部消息"),
    "view.messages.text": ("As the person saw it", "收件人看到的内容"),
    "view.messages.text.none": (
        "The text is made when the message is sent first, so there is none yet.",
        "文本在首次发送时生成，目前还没有。",
    ),
    "view.messages.more": ("{n} more sentences, about each alert", "另有 {n} 句，关于各个告警"),
    "view.messages.told": ("Why it was sent, and what became of it", "为什么发送，结果如何"),
    "done.retried": ("The message is on its way again.", "消息已重新发送。"),
}
