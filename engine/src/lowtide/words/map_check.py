"""What `lowtide map check` says of a sample: sums, rows that cannot be used, what is missing."""

from __future__ import annotations

MAP_CHECK: dict[str, tuple[str, str]] = {
    "map.good": (
        "the map `{name}` is good: {rules} rules, hash {hash}",
        "映射 `{name}` 没有错误：{rules} 条规则，哈希 {hash}",
    ),
    "map.rows.one": ("{n} row", "{n} 行"),
    "map.rows.many": ("{n} rows", "{n} 行"),
    "map.movements.one": ("{n} movement", "{n} 笔变动"),
    "map.movements.many": ("{n} movements", "{n} 笔变动"),
    "map.sums": (
        "{rows} = {good} that became {movements} + {skipped} skipped + {rejects} rejected",
        "{rows} = {good} 行（成为 {movements}）+ 跳过 {skipped} 行 + 拒收 {rejects} 行",
    ),
    "map.by_rule": ("movements by rule", "按规则的变动数"),
    "map.by_kind": ("movements by kind", "按类型的变动数"),
    "map.by_location": ("movements by location", "按地点的变动数"),
    "map.by_skip": ("rows by rule of `skip`", "按 `skip` 规则的行数"),
    "map.by_code": ("rejects by code", "按代码的拒收数"),
    "map.rule": ("rule {n}", "规则 {n}"),
    "map.skip_step": (
        "none of them: `else: skip`, or an event without a row",
        "不属于任何规则：`else: skip`，或没有行的事件",
    ),
    "map.units.one": ("{n} unit", "{n} 件"),
    "map.units.many": ("{n} units", "{n} 件"),
    "map.kind": ("{kind} {n} ({units})", "{kind} {n}（{units}）"),
    "map.others": ("{n} more", "其余 {n} 个"),
    "map.unused": ("columns that the map does not use: {columns}", "映射未使用的列：{columns}"),
    "map.more_rejects": ("… and {n} more rows that cannot be used", "……另有 {n} 行无法使用"),
    "map.more_warnings": ("… and {n} more that are not expected", "……另有 {n} 行不符合预期"),
    "map.no_stock": (
        "no count, receipt or transfer_in: these rows do not say how much stock there is, so no stock is known from them",
        "没有 count、receipt 或 transfer_in：这些行没有说明有多少库存，因此无法得知库存",
    ),
    "map.no_supply": (
        "no order and no shipment: no supply is expected, and no overdue supply is found",
        "没有 order 和 shipment：没有预计的供货，也不会发现逾期供货",
    ),
    "map.no_demand": ("no sale: no demand is learned", "没有 sale：无法学习需求"),
    "map.constant": (
        "the text `{text}` in the map has no hole and is the name of a column: write `{{{text}}}` for its value",
        "映射中的文本 `{text}` 没有占位符，却是某列的名称：要取其值请写 `{{{text}}}`",
    ),
    "map.debezium_key": (
        "Debezium keys messages by primary key, so a position lands in several partitions: set the connector's "
        "`message.key.columns` to location and sku, or copy the topic with `lowtide repartition`",
        "Debezium 以主键作为消息键，同一库存点会落入多个分区：请将连接器的 `message.key.columns` 设为地点和 SKU，"
        "或用 `lowtide repartition` 复制主题",
    ),
    "map.debezium_before": (
        "the map reads `before.`: PostgreSQL sends it in full only with `ALTER TABLE … REPLICA IDENTITY FULL`",
        "映射读取 `before.`：PostgreSQL 只有在 `ALTER TABLE … REPLICA IDENTITY FULL` 时才完整发送",
    ),
    "map.snapshot": (
        "the map has `snapshot`: id, kind and what is missing come from `lowtide intake`; here every line is shown alone",
        "映射含有 `snapshot`：id、类型以及缺少的商品由 `lowtide intake` 给出；这里只逐行显示",
    ),
    "map.unconfirmed": (
        "the map is unconfirmed: nobody has compared it with a document of the vendor",
        "该映射未经确认：尚未与厂商的文档核对",
    ),
    "map.no_rows": ("the sample holds no row", "样本中没有行"),
    "map.head_name": ("map", "映射"),
    "map.head_format": ("format", "格式"),
    "map.head_about": ("what it is for", "用途"),
    "map.head_where": ("from", "来源"),
    "map.shipped": ("shipped", "自带"),
    "map.broken": ("cannot be read", "无法读取"),
    "map.mark_unconfirmed": ("unconfirmed", "未确认"),
}
