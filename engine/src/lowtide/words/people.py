"""Sentences of `lowtide people`: coverage, duty, and the account of an alert."""

from __future__ import annotations

PEOPLE: dict[str, tuple[str, str]] = {
    "people.person.one": ("{n} person", "{n} 人"),
    "people.person.many": ("{n} persons", "{n} 人"),
    "people.team.one": ("{n} team", "{n} 个团队"),
    "people.team.many": ("{n} teams", "{n} 个团队"),
    "people.route.one": ("{n} route", "{n} 条路由"),
    "people.route.many": ("{n} routes", "{n} 条路由"),
    "people.alert.one": ("{n} open alert", "{n} 条未结告警"),
    "people.alert.many": ("{n} open alerts", "{n} 条未结告警"),
    "people.good": (
        "`{file}` is good: version {version}, {people}, {teams}, {routes}",
        "`{file}` 正确：版本 {version}，{people}，{teams}，{routes}",
    ),
    "people.covered": (
        "{team}: now {person} ({row}); somebody works in {hours} of the next 336 hours",
        "{team}：当前值班 {person}（{row}）；未来 336 小时中有 {hours} 小时有人上班",
    ),
    "people.gap": (
        "{team}: from {start} to {end} only the fallback has it, because nobody comes on duty within 7 days",
        "{team}：{start} 至 {end} 只有后备负责人，因为 7 天内无人上班",
    ),
    "people.more": ("and {n} more teams: `--json` lists all", "另有 {n} 个团队：`--json` 列出全部"),
    "people.unconfirmed": (
        "calendar `{calendar}`: the holidays of {year} are not confirmed; add `holidays_file`, or `confirmed: [{year}]` "
        "when they are known",
        "日历 `{calendar}`：{year} 年的节假日尚未确认；请加入 `holidays_file`，或在公布后写 `confirmed: [{year}]`",
    ),
    "people.no_file": (
        "target `{target}`: there is no file `{path}` on this machine",
        "目标 `{target}`：本机没有文件 `{path}`",
    ),
    "people.applied": (
        "version {version} is in force; before it was {before}",
        "版本 {version} 已生效；之前为 {before}",
    ),
    "people.would_apply": (
        "version {version} would be in force; now it is {before}. Nothing was written",
        "将使版本 {version} 生效；当前为 {before}。未写入任何内容",
    ),
    "people.same": ("version {version} is in force already", "版本 {version} 已在生效中"),
    "people.nothing": ("none", "无"),
    "people.reassigned": (
        "{alerts} of `{old}`, whom the file does not name, went to `{new}`: {ids}",
        "`{old}` 不在文件中，其 {alerts}已转给 `{new}`：{ids}",
    ),
    "people.would_reassign": (
        "{alerts} of `{old}`, whom the file does not name, would go to `{new}`: {ids}",
        "`{old}` 不在文件中，其 {alerts}将转给 `{new}`：{ids}",
    ),
    "people.head.team": ("team", "团队"),
    "people.head.person": ("on duty", "值班"),
    "people.head.row": ("because of", "依据"),
    "people.head.lead": ("lead", "主管"),
    "people.row.override": ("override", "临时指定"),
    "people.row.absence": ("absence", "缺勤代班"),
    "people.row.rotation": ("rotation", "轮班"),
    "people.row.member": ("member", "成员"),
    "people.row.next open": ("next to open", "下一个上班"),
    "people.row.fallback": ("fallback", "后备"),
    "people.who.owner": ("owner", "负责人"),
    "people.who.lead": ("lead", "主管"),
    "people.who.manager": ("manager", "上级"),
    "people.who.digest": ("digest", "汇总"),
    "people.nobody": ("nobody", "无人"),
    "people.all": ("all alerts", "全部告警"),
    "people.alert": (
        "alert {id}: {type}, {severity}, SKU {sku} at {location}",
        "告警 {id}：{type}，{severity}，门店 {location} 的 SKU {sku}",
    ),
    "people.route": (
        "route {place} ({id}) wins: {match} → {team}",
        "路由 {place}（{id}）胜出：{match} → {team}",
    ),
    "people.duty": ("on duty now: {person} ({row})", "当前值班：{person}（{row}）"),
    "people.owner": ("owner: {person}", "负责人：{person}"),
    "people.leads": ("lead: {lead}; manager: {manager}", "主管：{lead}；上级：{manager}"),
    "people.followers": ("also seen by: {teams}", "同时可见：{teams}"),
    "people.told": (
        "ladder {severity}, hours of `{calendar}`; the owner was told {at}",
        "升级规则 {severity}，按 `{calendar}` 计时；负责人于 {at} 收到消息",
    ),
    "people.not_told": (
        "ladder {severity}, hours of `{calendar}`; nobody was told yet, so these times count from {at}",
        "升级规则 {severity}，按 `{calendar}` 计时；尚未通知任何人，以下时间从 {at} 起算",
    ),
    "people.step": (
        "  step {n}: {who} {person}, {at}{assigns}",
        "  第 {n} 级：{who} {person}，{at}{assigns}",
    ),
    "people.step_digest": (
        "  step {n}: in the digest of {person}, no push",
        "  第 {n} 级：列入 {person} 的汇总，不推送",
    ),
    "people.assigns": (" (and owns it from then on)", "（此后由其负责）"),
    "people.ack": ("  acknowledge until {at}", "  应在 {at} 前确认"),
    "people.resolve": (
        "  resolve within {time} of working time after that",
        "  此后应在 {time}工作时间内解决",
    ),
    "people.repeat": (
        "  after the last step a reminder each {time} of working time",
        "  最后一级之后每 {time}工作时间提醒一次",
    ),
    "people.not_confirmed": (" (holidays not confirmed)", "（节假日未确认）"),
}
