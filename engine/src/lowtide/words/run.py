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
        "接受 {accepted} · 重复 {duplicates} · 迟到 {late}，其中严重迟到 {very_late} · 拒收 {rejects} · 预警记录 {entries}",
    ),
    "run.rejects": ("rejects: {reasons}", "拒收：{reasons}"),
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
