"""Help of the commands by which people act on alerts."""

from __future__ import annotations

ACT: dict[str, str] = {
    "Acknowledge alerts: you have seen them, and own them from now on, also if they were a colleague's.": (
        "确认告警：您已看到，并从现在起由您负责，即使原先由同事负责。"
    ),
    "You act for this person, who owns the alert and goes on owning it.": "您代此人操作，告警仍由此人负责。",
    "One or more alerts, or the start of an id.": "一个或多个告警，或其编号的开头。",
    "Who does it; else your user name.": "由谁执行；否则为您的用户名。",
    "What others should know.": "其他人应当知道的内容。",
    "When it was done, RFC 3339 with a zone; else now.": "何时完成，RFC 3339 格式并带时区；否则为现在。",
    "Your own name for the action: the same key again is a retry.": (
        "您为此操作取的名称：再次使用同一名称视为重试。"
    ),
    "The entry as a JSON object a line.": "每行一个 JSON 对象输出记录。",
    "Give alerts to the one person who is accountable for them.": "把告警交给对其负责的那个人。",
    "The one person who is accountable.": "对其负责的那个人。",
    "Say that work on alerts has begun; you own them from now on.": "说明已开始处理告警；从现在起由您负责。",
    "Say that what alerts asked for has been done.": "说明告警要求的事已经做完。",
    "Close alerts that are resolved, or that the data have ended, and say what they were worth.": (
        "关闭已解决或已由数据结束的告警，并评价其价值。"
    ),
    "`right`: true and needed; `false`: not true; `unnecessary`: true, not needed.": (
        "`right`：属实且需要；`false`：不属实；`unnecessary`：属实但不需要。"
    ),
    "Take alerts up again that were resolved or closed too early.": "重新打开过早解决或关闭的告警。",
    "Write down what others should know; nothing else changes.": "记下其他人应当知道的内容；其他不变。",
}
