"""What `lowtide topic` says."""

from __future__ import annotations

TOPIC: dict[str, tuple[str, str]] = {
    "partition.one": ("{n} partition", "{n} 个分区"),
    "partition.many": ("{n} partitions", "{n} 个分区"),
    "topic.created": ("Topic `{topic}` has {n}.", "主题 `{topic}` 有 {n}。"),
    "topic.next": (
        "Next: lowtide topic load FILE… {address}, or lowtide run {address} --follow --state STATE",
        "下一步：lowtide topic load FILE… {address}，或 lowtide run {address} --follow --state STATE",
    ),
    "topic.loading": ("{n} records sent", "已发送 {n} 条记录"),
    "topic.loaded": ("{records} sent, by partition {spread}", "已发送 {records}，各分区：{spread}"),
    "topic.unkeyed": (
        "{records} of them have no location that can be read: they are in partition 0, and the run says what is wrong.",
        "其中 {records} 没有可读的门店：它们在分区 0 中，运行时会说明错误所在。",
    ),
}
