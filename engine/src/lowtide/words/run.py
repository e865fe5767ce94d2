"""The summary of a run or a replay: what came in, what was wrong with it, what to do next."""

from __future__ import annotations

RUN: dict[str, tuple[str, str]] = {
    "run.stopped": ("stopped: the same command goes on from here", "已停止：重新执行同一命令即可从此处继续"),
    "run.records": (
        "{records} records in {seconds} s ({rate}/s), {positions} positions",
        "{records} 条记录，用时 {seconds} 秒（每秒 {rate} 条），{positions} 个库存点",
    ),
    "run.counts": (
        "{accepted} accepted · {duplicates} duplicates · {late} late, {very_late} of them very late · "
        "{rejects} rejects · {entries} ledger entries",
        "接受 {accepted} · 重复 {duplicates} · 迟到 {late}，其中严重迟到 {very_late} · 拒收 {rejects} · 告警记录 {entries}",
    ),
    "run.rows": (
        "rows: {rows} read with a map = {mapped} mapped + {skipped} skipped as the map says + {rejected_rows} rejected",
        "数据行：按映射读取 {rows} 行 = 转换 {mapped} + 按映射跳过 {skipped} + 拒收 {rejected_rows}",
    ),
    "run.unexpected": (
        "{n} values are not what `expect` of the map says; `lowtide map check` shows them",
        "有 {n} 个值不符合映射中 `expect` 的规定；用 `lowtide map check` 查看",
    ),
    "run.map_changed": (
        "`{log}`: the map has changed; from record {first} on the new one holds, what was read before stays as it was",
        "`{log}`：映射已更改；从第 {first} 条起使用新映射，之前读取的内容不变",
    ),
    "run.rejects": ("rejects: {reasons}", "拒收：{reasons}"),
    "run.first_reject": ("the first reject, {where}: {message}", "第一条拒收记录（{where}）：{message}"),
    "run.unreadable": ("not read from there on, {where}: {message}", "从此处起未读取（{where}）：{message}"),
    "run.at_line": ("`{file}` line {line}", "`{file}` 第 {line} 行"),
    "run.at_offset": ("`{partition}` record {offset}", "`{partition}` 第 {offset} 条"),
    "run.silent": (
        "{count} without reorder alerts: nobody plans them, for nothing was ever ordered for them, or received since the "
        "first count. `unplanned: alert` in the policy gives them alerts.",
        "{count}不发补货告警：无人为其补货，从未下单，首次盘点后也没有收货。在策略中设 `unplanned: alert` 可发出告警。",
    ),
    "run.useless": (
        "No record could be used: correct the source as the first reject says, and run it again.",
        "没有任何记录可用：请按第一条拒收记录的说明修正数据源后重新执行。",
    ),
    "run.useless_map": (
        "If it does not hold movements in Lowtide's own form: `lowtide map guess {file}` begins a map for it.",
        "如果其中不是 Lowtide 自有格式的库存变动：`lowtide map guess {file}` 可为它生成映射草稿。",
    ),
    "run.very_late": (
        "{n} of {all} records are very late, so their demand is not learned. {advice}",
        "{all} 条记录中有 {n} 条严重迟到，其需求不参与学习。{advice}",
    ),
    "run.very_late.arrival": (
        "The file is not in order of event time: run it again with `--order event`, into an empty state and warehouse.",
        "文件未按事件时间排序：请清空状态与数据仓库后加 `--order event` 重新执行。",
    ),
    "run.very_late.event": (
        "An earlier run with this state has read newer records: start with an empty state, and give all files in one run, "
        "or the oldest in the first run.",
        "使用同一状态的前一次运行已读过更新的记录：请清空状态，一次给出全部文件，或先运行最早的文件。",
    ),
    "run.very_late.offset": (
        "The log holds records out of order: send each position's records in order, or raise `late_window` in the policy.",
        "日志中的记录顺序混乱：请按顺序发送每个库存点的记录，或在策略中调大 `late_window`。",
    ),
    "run.shared_one": (
        "wrong: SKU {sku} at {location} has movements in {logs}",
        "错误：门店 {location} 的 SKU {sku} 的记录分散在 {logs} 中",
    ),
    "run.shared_all": (
        "{n} positions are in more than one partition, so their stock is wrong: "
        "key the topic by location (`lowtide repartition` copies it so).",
        "有 {n} 个库存点的记录分散在多个分区，其库存有误：主题应以门店为键（可用 `lowtide repartition` 复制）。",
    ),
    "run.unknown_skus": (
        "not in the catalogue: {count}, such as {examples}; name, category and price are not known",
        "不在商品目录中：{count}，例如 {examples}；名称、品类和价格未知",
    ),
    "run.damaged_skus": (
        "of these, probably changed by a spreadsheet: {count}, such as {examples}; export the column `sku` as text",
        "其中可能被电子表格改过：{count}，例如 {examples}；导出时请将 `sku` 列设为文本",
    ),
    "run.damaged_catalogue": (
        "in the catalogue, probably changed by a spreadsheet: {count}, such as {examples}; "
        "save it again with the column `sku` as text",
        "商品目录中可能被电子表格改过：{count}，例如 {examples}；请将 `sku` 列设为文本后重新保存",
    ),
    "run.next": (
        "next: `lowtide alerts`, `lowtide explain ALERT_ID`, `lowtide sql`",
        "下一步：`lowtide alerts`、`lowtide explain ALERT_ID`、`lowtide sql`",
    ),
    "run.and": (" and ", "和"),
}
