"""What is a person's, a team's or an admin's: who may not do or see it, and passwords."""

from __future__ import annotations

PEOPLE: dict[str, str] = {
    "`{actor}` does not belong to team `{team}`, which has this": "`{actor}` 不属于团队 `{team}`，此项由该团队负责",
    "`{actor}` does not belong to team `{team}`, which has proposal {ref}": (
        "`{actor}` 不属于团队 `{team}`，建议单 {ref} 由该团队负责"
    ),
    "Its members, its lead, the leads above and an admin may act; `lowtide people show` names them.": (
        "团队成员、主管、上级主管和管理员可以操作；`lowtide people show` 可查看。"
    ),
    "Its members, its lead, the leads above and an admin may decide.": "团队成员、主管、上级主管和管理员可以决定。",
    "the figures of `{person}` are shown to that person and the leads above": (
        "`{person}` 的个人数据只对本人及其上级主管显示"
    ),
    "the messages of `{person}` are shown to that person and the leads above": (
        "`{person}` 的消息只对本人及其上级主管显示"
    ),
    "Ask the person, or a lead.": "请询问本人或主管。",
    "nobody has the key `{person}` in the people file": "人员文件中没有 `{person}`",
    "`/people` lists them.": "`/people` 列出所有人员。",
    "the audit is for admins": "审计记录仅管理员可见",
    "no message or alert of this desk begins with `{id}`": "值守台没有以 `{id}` 开头的消息或告警",
    "more than one message or alert begins with `{id}`": "以 `{id}` 开头的消息或告警不止一个",
    "`lowtide alerts` lists the alerts, `{command}` the messages.": (
        "`lowtide alerts` 列出告警，`{command}` 列出消息。"
    ),
    "`{id}` is not a message": "没有消息 `{id}`",
    "there is no message `{id}`": "没有消息 `{id}`",
    "The page of messages lists them.": "“消息”页面列出所有消息。",
    "A message is kept for eight days.": "消息保留八天。",
    "a viewer cannot send a message again": "查看者不能重新发送消息",
    "message `{id}` is not dead": "消息 `{id}` 并非无法送达",
    "`lowtide desk dead ls` lists those that are.": "`lowtide desk dead ls` 列出无法送达的消息。",
    "Ask an operator or an admin.": "请联系操作员或管理员。",
    "there is no override `{id}`": "没有临时值班 `{id}`",
    "It may have been taken back already.": "可能已被撤销。",
    "`person`: nobody is `{person}`": "`person`：没有 `{person}`",
    "there is no team `{team}`": "没有团队 `{team}`",
    "`reason`: why?": "请填写原因",
    "Write it for those who ask later.": "供日后查询。",
    "`end_at` is not after `start_at`, or more than a year later": "结束时间须晚于开始时间，且不超过一年",
    "`end_at` has passed": "结束时间已过",
    "only an admin puts somebody on duty out of turn": "只有管理员可以安排临时值班",
    "Nothing was changed.": "没有任何更改。",
    "a viewer cannot make or end a silence": "查看者不能设置或结束静默",
    "what shall be silent?": "请指明要静默的对象",
    "Give at least one COLUMN=VALUE, such as `supplier=V002`.": "请至少填写一项，例如 `supplier=V002`。",
    "not a matcher: `{text}`": "匹配条件无效：`{text}`",
    "Write COLUMN=VALUE or COLUMN=VALUE,VALUE, such as `supplier=V002`; `*` stands for any characters.": (
        "请填写“列=值”或“列=值,值”，例如 `supplier=V002`；`*` 代表任意字符。"
    ),
    "a silence cannot match on `{column}`": "静默不能按 `{column}` 匹配",
    "Did you mean `{close}`?": "是否指 `{close}`？",
    "not a {column}: `{value}`": "`{column}` 没有 `{value}`",
    "a silence needs a reason": "静默须填写原因",
    "Say why: `--reason 'strike until Friday'`.": "请说明原因，例如“罢工至周五”。",
    "nobody makes the silence": "未指明静默的设置人",
    "the silence would end {at}, before it begins or before now": "静默的结束时间 {at} 早于开始时间或当前时间",
    "a silence lasts at most 30 days": "静默最多 30 天",
    "Give an earlier end, and write the next one when that one ends.": "请填写更早的结束时间，到期后再设置下一个。",
    "no silence begins with `{id}`": "没有以 `{id}` 开头的静默",
    "more than one silence begins with `{id}`": "以 `{id}` 开头的静默不止一个",
    "`lowtide silence ls` lists them.": "`lowtide silence ls` 列出所有静默。",
    "nobody is on duty in team `{team}`": "团队 `{team}` 无人值班",
    "Give the team a `fallback`.": "请为团队设置后备负责人（`fallback`）。",
    "`{column}`: a route cannot match on it": "`{column}`：路由不能按此匹配",
    "the password has {n} characters": "密码有 {n} 个字符",
    "It needs at least {n}.": "至少需要 {n} 个。",
    "It may have at most {n}.": "最多 {n} 个。",
    "another login has the subject `{subject}`": "另一用户已使用 `{subject}`",
    "`{path}` cannot be written: {why}": "无法写入 `{path}`：{why}",
    "Give another `--users`.": "请用 `--users` 指定其他文件。",
}
"""By the English sentence: the Chinese one."""
