"""Help of the commands about data and policy: policy, rejects, heartbeat, repartition."""

from __future__ import annotations

DATA: dict[str, str] = {
    "Put a heartbeat into every partition of a topic, so that what is due fires where nothing moves.": (
        "向主题的每个分区写入心跳，使没有变动的地方也能按时触发。"
    ),
    "Source that the records name.": "记录中注明的来源。",
    "Event time, RFC 3339 with a zone; else now.": "事件时间，RFC 3339 格式并带时区；否则为现在。",
    "Again and again, until stopped.": "反复写入，直到停止。",
    "Copy a topic with each record keyed by its location, so that a position is in one partition.": (
        "复制主题，每条记录以其门店为键，使每个库存点只在一个分区中。"
    ),
    "kafka://host:port/topic, read to its present end": "kafka://host:port/topic，读到当前末尾",
    "Make TO with so many partitions; else it is there.": "创建有这么多分区的 TO；否则它应已存在。",
    "Check a policy, get its JSON Schema, show the values in force.": (
        "检查策略、获取其 JSON Schema、显示生效的值。"
    ),
    "Check a policy: all that is wrong, with line and column, and what would be right.": (
        "检查策略：列出所有错误及其行列，并说明正确写法。"
    ),
    "The compiled policy as JSON.": "以 JSON 输出编译后的策略。",
    "Print the JSON Schema of a policy, for editors.": "输出策略的 JSON Schema，供编辑器使用。",
    "Put a policy into every partition of a topic, or into a journal: from there on it holds, now and in every replay.": (
        "向主题的每个分区或日志写入策略：从该处起生效，现在和每次重放均如此。"
    ),
    (
        "kafka://host:port/topic, journal:DIR, or http://HOST:PORT of `lowtide intake`; `-` writes the record here."
    ): (
        "kafka://host:port/topic、journal:DIR 或 `lowtide intake` 的 http://HOST:PORT；`-` 表示把记录写到这里。"
    ),
    "Event time of the record; else one that moves no clock.": "记录的事件时间；否则为不推动时钟的时间。",
    "Show the values in force for a position and the layer each came from, and its classes.": (
        "显示一个库存点生效的值、每个值来自哪一层，以及它的分类。"
    ),
    "Catalogue, for layers that match on it.": "商品目录，供按其匹配的策略层使用。",
    "Records that could not be used: list them, send them again.": "无法使用的记录：列出，或重新发送。",
    "List rejects, newest first.": "列出拒收记录，最新的在前。",
    "Only this reason; may be given again.": "只列出此原因；可多次给出。",
    "Only of this log, such as `sales/3` or `sales.jsonl`.": (
        "只列出此日志的记录，例如 `sales/3` 或 `sales.jsonl`。"
    ),
    "Only records that state a time from T on, or none that can be read.": (
        "只列出时间不早于 T 或没有可读时间的记录。"
    ),
    "At most this many; else 20, with --json all.": "最多列出这么多；默认 20，使用 --json 时为全部。",
    "Only how many there are of each reason.": "只列出每种原因的数量。",
    "One JSON object a line, records in full.": "每行一个 JSON 对象，含完整记录。",
    "Send rejected records again, after their fault was corrected. Sent twice, a record counts once.": (
        "错误更正后重新发送拒收记录。记录发送两次也只计一次。"
    ),
    "kafka://host:port/topic that they came from, a new `.jsonl` file, or `-`": (
        "它们来自的 kafka://host:port/topic、新的 `.jsonl` 文件，或 `-`"
    ),
    "`warehouse`, kafka://host:port/dead-letters, or JSON lines as of `ls --json`: a file or `-`.": (
        "`warehouse`、kafka://host:port/dead-letters，或 `ls --json` 格式的 JSON 行：文件或 `-`。"
    ),
    "Only say what would be sent.": "只说明会发送什么。",
    "Say it as one JSON object.": "输出为一个 JSON 对象。",
}
