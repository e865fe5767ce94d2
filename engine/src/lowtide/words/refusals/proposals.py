"""Proposals that cannot be decided or exported as it was asked."""

from __future__ import annotations

PROPOSALS: dict[str, str] = {
    "no proposal is named": "未指明建议单",
    "Name at least one id.": "请至少指明一个编号。",
    "{n} proposals in one request": "一次请求包含 {n} 张建议单",
    "Send at most {n} at a time.": "一次最多 {n} 张。",
    "there is no webhook `{name}`": "没有 webhook `{name}`",
    "The people file has {known}.": "人员文件中有：{known}。",
    "there is no proposal `{id}`": "没有建议单 `{id}`",
    "It may have ended long ago.": "可能早已结束。",
    "`lowtide proposals ls` lists those that wait.": "`lowtide proposals ls` 列出待处理的建议单。",
    "`{verb}` is not possible: proposal {ref} is {state}": "无法执行 `{verb}`：建议单 {ref} 的状态为{state}",
    "not a way to export: `{way}`": "没有此导出方式：`{way}`",
    "Write {ways}.": "请填写 {ways}。",
    "there is no form `{name}`": "没有格式 `{name}`",
    "not a reason: `{reason}`": "没有此原因：`{reason}`",
    "rejecting asks for a reason": "驳回须填写原因",
    "the reason `other` needs a comment": "选择“其他”时须填写说明",
    "Say in a few words why.": "请简要说明原因。",
    "`{actor}` is not a person of the people file, so no limit says what it may approve": (
        "`{actor}` 不在人员文件中，因此没有批准限额"
    ),
    "Say who approves: `--as NAME`, or sign in as a person; an admin has no limit.": (
        "请以人员身份登录后批准，或用 `--as NAME` 指明批准人；管理员没有限额。"
    ),
    "nobody does it": "未指明操作人",
    "Say who you are: `--as NAME`, or set `LOWTIDE_ACTOR`.": "请用 `--as NAME` 或 `LOWTIDE_ACTOR` 指明身份。",
    "not a quantity: `{quantity}`": "数量无效：`{quantity}`",
    "Write a number above 0 with at most three decimals, such as 24.": "请填写大于 0、最多三位小数的数，例如 24。",
    "`do`: there is no `{do}`": "`do`：没有 `{do}`",
    "Write approve, reject or export.": "请填写 approve、reject 或 export。",
    "the numbers of the proposal have moved": "建议单的数字已变化",
    "Look at both, then approve again.": "请对比两者后再次批准。",
}
"""By the English sentence: the Chinese one."""
