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
    "`{id}` is not a message": "没有消息 `{id}`",
    "there is no message `{id}`": "没有消息 `{id}`",
    "The page of messages lists them.": "“消息”页面列出所有消息。",
    "A message is kept for eight days.": "消息保留八天。",
    "a viewer cannot send a message again": "查看者不能重新发送消息",
    "message {id} is not dead: it is {state}": "消息 {id} 并非无法送达：其状态为 {state}",
    "Ask an operator or an admin.": "请联系操作员或管理员。",
    "there is no override `{id}`": "没有临时值班 `{id}`",
    "It may have been taken back already.": "可能已被撤销。",
    "`person`: nobody is `{person}`": "`person`：没有 `{person}`",
    "`team`: {said}": "`team`：{said}",
    "there is no team `{team}`": "没有团队 `{team}`",
    "`reason`: why?": "请填写原因",
    "Write it for those who ask later.": "供日后查询。",
    "`end_at` is not after `start_at`, or more than a year later": "结束时间须晚于开始时间，且不超过一年",
    "`end_at` has passed": "结束时间已过",
    "only an admin puts somebody on duty out of turn": "只有管理员可以安排临时值班",
    "Nothing was changed.": "没有任何更改。",
    "a viewer cannot make or end a silence": "查看者不能设置或结束静默",
    "there is no silence `{id}`": "没有静默 `{id}`",
    "`{column}`: a route cannot match on it": "`{column}`：路由不能按此匹配",
    "the password has {n} characters": "密码有 {n} 个字符",
    "It needs at least {n}.": "至少需要 {n} 个。",
    "It may have at most {n}.": "最多 {n} 个。",
    "another login has the subject `{subject}`": "另一用户已使用 `{subject}`",
    "`{path}` cannot be written: {why}": "无法写入 `{path}`：{why}",
    "Give another `--users`.": "请用 `--users` 指定其他文件。",
}
"""By the English sentence: the Chinese one."""
