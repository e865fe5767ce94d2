"""What the sender of a file or of a stock list is told: the table of bad rows beside it, and why a list was not taken."""

from __future__ import annotations

FOLDERS: dict[str, tuple[str, str]] = {
    "errors.line": ("line", "行号"),
    "errors.column": ("column", "列"),
    "errors.code": ("code", "代码"),
    "errors.sentence": ("sentence", "说明"),
    "errors.more": ("Only the first {n} bad rows are shown.", "仅列出前 {n} 条有误的行。"),
    "errors.taken": ("{message} (taken all the same)", "{message}（仍已接收）"),
    "errors.not_opened": (
        "The file cannot be opened or read: {reason}. Check its permissions, and put it into the folder again.",
        "文件无法打开或读取：{reason}。请检查其权限后重新放入文件夹。",
    ),
    "list.short": (
        "The list of location {location} lacks {missing} of the {all} articles of the last one ({examples}), more than "
        "`max_absent: {share}` of the map allows: it looks cut off. Send the whole list, or raise `max_absent` if so many "
        "articles are really gone.",
        "门店 {location} 的清单缺少上一份清单 {all} 个商品中的 {missing} 个（{examples}），超过映射中 `max_absent: {share}` "
        "的限度：清单似乎被截断。请发送完整清单；若确有这么多商品不再存在，请调大 `max_absent`。",
    ),
    "list.bad_rows": (
        "The list has rows that cannot be used, so nothing is counted as zero: correct them, and send the list again.",
        "清单中有无法使用的行，因此没有商品被计为零：请更正后重新发送。",
    ),
    "list.older": (
        "The list of {locations} is not newer than the last one: it gives counts, and nothing is counted as zero.",
        "{locations} 的清单不比上一份新：只产生盘点记录，没有商品被计为零。",
    ),
}
