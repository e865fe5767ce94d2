"""Help of `lowtide topic`: a first topic."""

from __future__ import annotations

TOPIC: dict[str, str] = {
    "A first topic: make it, and fill it from files.": "第一个主题：创建它，并用文件填充它。",
    "Make a topic for movements. A topic that is there already is left alone: exit code 4.": (
        "为库存变动创建主题。已存在的主题保持不变：退出码为 4。"
    ),
    (
        "Parts of the topic that are read side by side: as many as the run will ever have workers. A later change moves "
        "positions to other partitions."
    ): "主题中可并行读取的部分：与运行将来最多的工作线程一样多。以后更改会使库存点换到其他分区。",
    (
        "Brokers that keep each message: 3 in production, 1 where there is one broker; else as the broker is set."
    ): "保存每条消息的 broker 数：生产环境为 3，只有一个 broker 时为 1；不给出时按 broker 的设置。",
    (
        "How long messages stay, such as `90d`, or `forever`: a new run needs all of them, and a run that was away needs "
        "what came meanwhile."
    ): "消息保留多久，例如 `90d`，或 `forever`：新的运行需要全部消息，中断过的运行需要其间到达的消息。",
    (
        "How the broker keeps messages: `zstd`, `lz4`, `snappy`, `gzip`, `none`, or `producer`: as they were sent."
    ): "broker 保存消息的方式：`zstd`、`lz4`、`snappy`、`gzip`、`none`，或 `producer`：保持发送时的样子。",
    (
        "Send the records of files to a topic, each keyed by its location, so that a position stays in one partition."
    ): "把文件中的记录发送到主题，每条以其门店为键，使一个库存点始终在同一分区。",
    "Records keep the order of the files. Doing it twice does no harm: a run reads each record once.": (
        "记录保持文件中的顺序。重复执行没有害处：运行对每条记录只读一次。"
    ),
    "Files as `lowtide run` reads them, in this order; the last word is the topic.": (
        "`lowtide run` 能读取的文件，按此顺序；最后一项是主题。"
    ),
}
