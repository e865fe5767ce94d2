"""Mistakes in the text of a policy or of people, as a form can make them."""

from __future__ import annotations

FILES: dict[str, str] = {
    "`{name}`: {said}": "`{name}`：{said}",
    "{said} (it is {value})": "{said}（当前为 {value}）",
    "the shift `{text}` has no length: {said}, or 00:00-24:00": "时段 `{text}` 没有长度：{said}，或 00:00-24:00",
    "there is no {what} `{name}`: did you mean `{close}`?": "没有 `{name}`：是否指 `{close}`？",
    "there is no {what} `{name}`: use one of {known}": "没有 `{name}`：请使用 {known} 之一",
    "unknown word `{word}`": "未知的词 `{word}`",
    'write hours such as "09:00-18:00"': '请填写如 "09:00-18:00" 的时段',
    "write a time of day, such as 09:00": "请填写如 09:00 的时间",
    "write 00:00 in place of 24:00": "请用 00:00 代替 24:00",
    "write at least 1m": "至少 1m",
    "write at least 1s": "至少 1s",
    "write a step such as `owner 0m`, `lead 30m`, `assign lead 2h` or `digest`": (
        "请填写如 `owner 0m`、`lead 30m`、`assign lead 2h` 或 `digest` 的步骤"
    ),
    "`assign` names the lead or the manager: {said}": "`assign` 只能指派给 lead 或 manager：{said}",
    "`digest` stands alone: an alert is either pushed or only listed": "`digest` 须单独使用：告警要么推送，要么只列出",
    "the ladder goes to the lead, and team `{team}` has no `lead`": "升级规则会通知 lead，而团队 `{team}` 没有 `lead`",
    "the ladder goes to the manager, and `{lead}`, who leads `{team}`, has no `lead`": (
        "升级规则会通知 manager，而 `{team}` 的主管 `{lead}` 没有 `lead`"
    ),
    "the key `{key}` of a person has letters, digits, `-`, `_` and `.` only": (
        "人员的键 `{key}` 只能含字母、数字、`-`、`_` 和 `.`"
    ),
    "the name `{name}` of a team has letters, digits, `-`, `_`, `.` and one `{hole}` only": (
        "团队名 `{name}` 只能含字母、数字、`-`、`_`、`.` 和一个 `{hole}`"
    ),
    "`{key}` cannot be the {word} of `{other}`": "`{key}` 不能作为 `{other}` 的 `{word}`",
    "leads form a circle: {circle}": "主管关系形成循环：{circle}",
    "`{key}` has no contact: write such as `contacts: [{example}]`": (
        "`{key}` 没有联系方式：请填写如 `contacts: [{example}]`"
    ),
    "`{contact}` is personal and a contact of {persons}: it may reach one person only": (
        "`{contact}` 为个人目标，却是 {persons} 的联系方式：只能用于一人"
    ),
    "write an address such as mail:chen@example.com": "请填写如 mail:chen@example.com 的地址",
    "write the name of a target, mail:ADDRESS, file:PATH or console": (
        "请填写目标名称、mail:ADDRESS、file:PATH 或 console"
    ),
    "route {n} matches what route {before} matches, so that one never wins: keep one": (
        "路由 {n} 与路由 {before} 的匹配相同，前者永不生效：请保留一个"
    ),
    "`routes` has no last resort: end with `- {to}`, which takes what no other route takes": (
        "`routes` 没有兜底路由：请以 `- {to}` 结尾，接收其他路由未匹配的告警"
    ),
    "`routes` is missing: write at least `routes: [{to}]`": "缺少 `routes`：请至少填写 `routes: [{to}]`",
    "`{name}` is a person and a team: give one of them another name": "`{name}` 既是人员又是团队：请改其一",
    "team `{team}` takes turns: say since when, such as `from: 2026-11-30`": (
        "团队 `{team}` 轮值：请填写起始日，例如 `from: 2026-11-30`"
    ),
    "team `{team}` has a gap: {said}": "团队 `{team}` 有值班空档：{said}",
    "it has no `members`, no `rotate`, no `lead` and no `fallback`": "没有 `members`、`rotate`、`lead` 和 `fallback`",
    "a location may have no manager; name a `fallback`": "地点可能没有经理：请填写 `fallback`",
    "holidays or absences may last longer than 7 days; name a `fallback` or a `lead`": (
        "假期或缺勤可能超过 7 天：请填写 `fallback` 或 `lead`"
    ),
    "`to` is before `from`: {start} to {end}": "`to` 早于 `from`：{start} 至 {end}",
    "overrides of `{team}` overlap: {other} and {person}": "`{team}` 的临时值班重叠：{other} 与 {person}",
    "calendar `{name}` has holidays and no `work`: write its hours": "日历 `{name}` 有假期而无 `work`：请填写工作时间",
    "a file cannot be added here: change the file of people and `lowtide people apply` it": (
        "不能在此添加文件：请修改人员文件并执行 `lowtide people apply`"
    ),
    "`people` names nobody: write at least one person with a contact": "`people` 为空：请至少填写一名有联系方式的人员",
    "`time_zone` is missing: write such as `time_zone: Asia/Shanghai`": (
        "缺少 `time_zone`：请填写如 `time_zone: Asia/Shanghai`"
    ),
    "the file of people is a mapping, such as `people:` and `routes:`": "人员文件由键和值组成，例如 `people:` 和 `routes:`",
    "a policy is a mapping, such as `defaults:` and `layers:`": "策略由键和值组成，例如 `defaults:` 和 `layers:`",
    "lines must rise from watch to warning to critical": "watch、warning、critical 须依次升高",
    "lead_time + review_period is at most 365 days": "lead_time 与 review_period 之和最多 365 天",
    "max_level is at least min_level": "max_level 须不小于 min_level",
    "{said}, but `{first}` is {one} and `{second}` is {other}": "{said}，而 `{first}` 为 {one}、`{second}` 为 {other}",
    "{said}, in a position that layer `{layer}` matches as well: set `{first}` and `{second}` in this layer": (
        "{said}（层 `{layer}` 也匹配的库存点）：请在此层设置 `{first}` 和 `{second}`"
    ),
    "layer `{name}` stands twice: give each its own name": "层 `{name}` 出现两次：请各用不同名称",
    "profile `{name}` is built in: give yours another name": "`{name}` 为内置曲线：请换一个名称",
    "there is no class `{name}`: use one of {known}": "没有分类 `{name}`：请使用 {known} 之一",
    "there is no class `{name}`: did you mean `{close}`?": "没有分类 `{name}`：是否指 `{close}`？",
    "name at least one of {known}; or use `defaults:`": "请至少填写 {known} 之一；或使用 `defaults:`",
    "the locations file says which region a place is in: give it with `--locations F`": (
        "地点所属区域由地点文件给出：请用 `--locations F` 指定"
    ),
    "no place of the locations file is in the region `{region}`: {why}": "地点文件中没有区域 `{region}`",
}
"""By the English sentence: the Chinese one. A gap `{said}` is a sentence itself."""
