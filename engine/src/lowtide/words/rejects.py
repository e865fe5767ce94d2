"""Why a record could not be used, and the sentences of `lowtide rejects`.

A reason keeps its code in every language: it is what one types after `--reason`.
"""

from __future__ import annotations

REJECTS: dict[str, tuple[str, str]] = {
    "reject.not_utf8": ("not_utf8", "not_utf8（不是 UTF-8）"),
    "reject.not_json": ("not_json", "not_json（不是 JSON）"),
    "reject.not_an_object": ("not_an_object", "not_an_object（不是 JSON 对象）"),
    "reject.duplicate_field": ("duplicate_field", "duplicate_field（字段重复）"),
    "reject.missing_field": ("missing_field", "missing_field（缺少字段）"),
    "reject.wrong_type": ("wrong_type", "wrong_type（类型错误）"),
    "reject.too_long": ("too_long", "too_long（过长）"),
    "reject.unknown_kind": ("unknown_kind", "unknown_kind（未知类别）"),
    "reject.bad_time": ("bad_time", "bad_time（时间有误）"),
    "reject.no_zone": ("no_zone", "no_zone（时间没有时区）"),
    "reject.bad_quantity": ("bad_quantity", "bad_quantity（数量有误）"),
    "reject.negative_quantity": ("negative_quantity", "negative_quantity（数量为负）"),
    "reject.clock_ahead": ("clock_ahead", "clock_ahead（时间超前）"),
    "reject.bad_row": ("bad_row", "bad_row（行有误）"),
    "reject.unreadable_file": ("unreadable_file", "unreadable_file（文件无法读取）"),
    "reject.bad_policy": ("bad_policy", "bad_policy（策略有误）"),
    "reject.void_of_what": ("void_of_what", "void_of_what（不能作废此类记录）"),
    "reject.unmapped": ("unmapped", "unmapped（没有规则接受此行）"),
    "reject.unknown_value": ("unknown_value", "unknown_value（未知的值）"),
    "reject.bad_unit": ("bad_unit", "bad_unit（单位有误）"),
    "reject.bad_encoding": ("bad_encoding", "bad_encoding（编码有误）"),
    "reject.bad_document": ("bad_document", "bad_document（文档无法读取）"),
    "reject.bad_message": ("bad_message", "bad_message（消息无法读取）"),
    "reject.unknown_schema": ("unknown_schema", "unknown_schema（未知的 schema）"),
    "reject.unmappable": ("unmappable", "unmappable（无法映射）"),
    "reject.unexpected_value": ("unexpected_value", "unexpected_value（超出预期的值）"),
    "reject.change_of_the_past": ("change_of_the_past", "change_of_the_past（改动了过去的记录）"),
    "rejects.none": ("No reject matches.", "没有符合条件的拒收记录。"),
    "rejects.total": ("{n} rejects: {reasons}", "共 {n} 条拒收记录：{reasons}"),
    "rejects.newest": (
        "The newest {shown} of {all}: `--limit`, `--reason` and `--partition` show others.",
        "共 {all} 条，显示最新的 {shown} 条：用 `--limit`、`--reason`、`--partition` 查看其他记录。",
    ),
    "rejects.partition": ("partition", "分区"),
    "rejects.offset": ("offset", "序号"),
    "rejects.file": ("file", "文件"),
    "rejects.line": ("line", "行"),
    "rejects.reason": ("reason", "原因"),
    "rejects.field": ("field", "字段"),
    "rejects.message": ("message", "说明"),
    "rejects.record": ("record", "记录"),
    "rejects.sent": ("{n} records sent to {to}", "已向 {to} 发送 {n} 条记录"),
    "rejects.would_send": ("{n} records would be sent to {to}", "将向 {to} 发送 {n} 条记录"),
    "rejects.standard_output": ("standard output", "标准输出"),
    "rejects.left": ("{n} left: {why}", "{n} 条未发送：{why}"),
}
