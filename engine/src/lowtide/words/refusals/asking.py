"""A question or an order that cannot be: a value that is not one of a list, an id that nobody knows, too much at once."""

from __future__ import annotations

ASKING: dict[str, str] = {
    "`{field}`: there is no `{value}`": "`{field}`：没有 `{value}`",
    "`{field}`: {n} values are too many": "`{field}`：{n} 个值过多",
    "`{field}`: {n} characters are too many": "`{field}`：{n} 个字符过多",
    "Write one of {known}.": "请填写以下之一：{known}。",
    "Give at most {n}.": "最多 {n} 个。",
    "There are {known}.": "可用：{known}。",
    "`ids`: which alerts?": "`ids`：请指明告警",
    "Name at least one.": "请至少指明一个。",
    "`ids`: {n} alerts are too many": "`ids`：{n} 个告警过多",
    "Name at most {n}.": "最多 {n} 个。",
    "`until`: a snooze ends at some time": "`until`：暂缓须有结束时间",
    "`until` is not a time": "`until` 不是时间",
    "Give milliseconds since 1970 UTC.": "请给出自 1970 年（UTC）起的毫秒数。",
    "Write one such as 2026-12-01T09:00.": "请填写如 2026-12-01T09:00 的时间。",
    "`owner`: nobody is `{person}` in the people file": "`owner`：人员文件中没有 `{person}`",
    "alert {alert} is not open, and ended days ago": "告警 {alert} 已于数日前结束",
    "`lowtide explain` tells its whole story.": "`lowtide explain` 可查看其全部经过。",
    "no alert begins with `{text}`": "没有以 `{text}` 开头的告警",
    "more than one alert begins with `{text}`": "以 `{text}` 开头的告警不止一个",
    "The queue and the search field list the alerts.": "告警队列和搜索框可查到告警。",
    "Type more of its id.": "请多输入几位编号。",
    "no such position: SKU `{sku}` in location `{location}`": "没有此库存点：地点 `{location}` 的商品 `{sku}`",
    "Ids are compared letter by letter. The queue and the search field find names.": (
        "编号须逐字相符。告警队列和搜索框可按名称查找。"
    ),
    "not a stage: `{stage}`": "没有此阶段：`{stage}`",
    "the cursor is not one of this list": "该游标不属于此列表",
    "`cursor` is not one of this list": "`cursor` 不属于此列表",
    "`cursor`: it is not of this list": "`cursor` 不属于此列表",
    "Begin again without a cursor.": "请去掉游标重新开始。",
    "Take `next_cursor` of the window before.": "请使用上一页的 `next_cursor`。",
    "Leave it out to begin at the top; take it from the answer before.": "留空则从头开始；否则取自上一次的回答。",
    "`period`: there is no `{period}`": "`period`：没有 `{period}`",
    "`{field}`: `{text}` is not a day": "`{field}`：`{text}` 不是日期",
    "Write `{field}=2026-11-30`.": "请填写如 `{field}=2026-11-30`。",
    "`{field}`: `{text}` is too far away": "`{field}`：`{text}` 超出范围",
    "Write a day from {first} to {last}.": "请填写 {first} 至 {last} 之间的日期。",
    "`from`: {first} is after `to`: {last}": "`from` {first} 晚于 `to` {last}",
    "Give the earlier day as `from`.": "`from` 请填较早的日期。",
    "`from`: more than two years before `to`": "`from` 早于 `to` 两年以上",
    "Give at most two years.": "最多两年。",
    "nothing is known of supplier `{supplier}`": "没有供应商 `{supplier}` 的信息",
    "The page of suppliers lists those that are known.": "“供应商”页面列出已知的供应商。",
    "not an action: `{verb}`": "没有此操作：`{verb}`",
    "`{verb}` is not possible: alert {alert} is {state} by `{owner}`": (
        "无法执行 `{verb}`：告警 {alert} 的状态为{state}，由 `{owner}` 负责"
    ),
    "`{verb}` is not possible: alert {alert} is {state}": "无法执行 `{verb}`：告警 {alert} 的状态为{state}",
    "`snooze` is not possible: alert {alert} has ended ({state})": "无法暂缓：告警 {alert} 已结束",
    "Nobody is told of an alert that has ended.": "已结束的告警不再通知任何人。",
    "Possible now: {verbs}.": "目前可执行：{verbs}。",
    "assign to whom?": "请选择指派给谁",
    "`lowtide assign ALERT_ID --to NAME`.": "命令：`lowtide assign ALERT_ID --to NAME`。",
    "an empty note": "备注为空",
    "`lowtide note ALERT_ID --comment TEXT`.": "命令：`lowtide note ALERT_ID --comment TEXT`。",
    "not a feedback: `{feedback}`": "没有此评价：`{feedback}`",
    "closing an alert says what it was worth": "关闭告警时须评价其价值",
    "`--feedback right` (it was true and needed), `false` (it was not true) or `unnecessary` (true, not needed).": (
        "`right`（属实且有用）、`false`（不属实）或 `unnecessary`（属实但不需要）。"
    ),
    "the comment has {n} characters": "说明有 {n} 个字符",
    "the text has {n} characters": "文本有 {n} 个字符",
    "It may have {n}.": "最多 {n} 个。",
    "`{actor}` does not own alert {alert}: its owner is `{owner}`": (
        "`{actor}` 不是告警 {alert} 的负责人：负责人是 `{owner}`"
    ),
    "the snooze would end at {until}, which has passed": "暂缓的结束时间 {until} 已过",
    "the snooze would end at {until}, more than {days} days from now": "暂缓的结束时间 {until} 在 {days} 天以后",
    "A snooze lasts at most {days} days; a rule that is wrong is changed in the policy.": (
        "暂缓最多 {days} 天；若规则有误，请修改策略。"
    ),
    "Give a later end.": "请填写更晚的结束时间。",
    "Load the page again.": "请重新载入页面。",
    "Ask an admin.": "请联系管理员。",
    "Ask an administrator for the role operator.": "请向管理员申请 operator 角色。",
    "the warehouse refused: {why}": "数据仓库拒绝执行：{why}",
    "the warehouse `{address}` cannot be reached: {why}": "无法连接数据仓库 `{address}`：{why}",
    "Check that it runs, and the address, user and password of `--warehouse`.": (
        "请检查其是否在运行，以及 `--warehouse` 的地址、用户和密码。"
    ),
    "Move the folder away and run again: the warehouse can be rebuilt from the log.": (
        "请移走该文件夹后重新运行：数据仓库可由日志重建。"
    ),
    "the warehouse `{address}` is open, and {holder} does not answer on the socket `{name}` in the folder": (
        "数据仓库 `{address}` 已被 {holder} 打开，而它在文件夹的套接字 `{name}` 上没有响应"
    ),
    "End that process, or wait until it ends. If it runs on another machine or in another container that shares the folder, "
    "start `lowtide warehouse --listen` there, and give its address.": (
        "请结束该进程或等待其结束。若它在共享此文件夹的另一台机器或容器上，"
        "请在那里启动 `lowtide warehouse --listen` 并给出其地址。"
    ),
    "connection refused": "连接被拒绝",
    "connection reset": "连接被重置",
    "connection timed out": "连接超时",
    "read timed out": "读取超时",
    "remote end closed": "对方关闭了连接",
    "no route to host": "无法到达主机",
    "name or service not known": "找不到主机名",
}
"""By the English sentence: the Chinese one. `{gaps}` are what the sentence names."""
