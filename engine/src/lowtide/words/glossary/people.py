"""Terms of people, messages and deadlines."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

PEOPLE = (
    Term(
        "owner", "owner", "负责人",
        "The one person who answers for an alert. There is always exactly one.",
        "对告警负责的人。任何时候都恰好有一位。",
    ),
    Term(
        "follower", "follower", "关注者",
        "A team that sees an alert in its queue and digest, and is not called.",
        "在队列和汇总中看到告警、但不被通知的团队。",
    ),
    Term(
        "lead", "lead", "主管",
        "Who hears of an alert next, when its owner does not answer.",
        "负责人没有答复时，下一个得到通知的人。",
    ),
    Term(
        "deputy", "deputy", "代理人",
        "Who takes the duty and the approvals of a person who is absent.",
        "在某人缺勤期间接替其值班和批准的人。",
    ),
    Term(
        "desk", "desk", "值守台",
        "The program that gives each alert an owner, sends the messages and shows these pages.",
        "为每个告警确定负责人、发送消息并提供这些页面的程序。",
    ),
    Term(
        "duty", "duty", "值班",
        "Who of a team takes new alerts now.",
        "团队中现在接收新告警的人。",
    ),
    Term(
        "rotation", "rotation", "轮班",
        "The persons of a team who take the duty in turn.",
        "团队成员依次值班的安排。",
    ),
    Term(
        "override", "override", "临时指定",
        "For some hours another person has the duty. It goes before everything else.",
        "在一段时间内由另一人值班，优先于其他安排。",
    ),
    Term(
        "absence", "absence", "缺勤",
        "Days on which a person gets no new alerts.",
        "某人不接收新告警的日子。",
    ),
    Term(
        "fallback", "fallback", "后备负责人",
        "Who takes the alerts of a team when nobody comes on duty within 7 days.",
        "7 天内无人值班时接收团队告警的人。",
    ),
    Term(
        "coverage_gap", "coverage gap", "值班空缺",
        "Hours for which a team has only its fallback.",
        "团队只有后备负责人的时段。",
    ),
    Term(
        "route", "route", "路由",
        "A rule that says which team gets which alerts. The most specific one wins.",
        "说明哪些告警交给哪个团队的规则。最具体的优先。",
    ),
    Term(
        "ladder", "ladder", "升级规则",
        "Who hears of an unanswered alert, and after how much working time.",
        "告警无人答复时，经过多少工作时间后通知谁。",
    ),
    Term(
        "step", "step", "升级步骤",
        "One rung of the ladder: one person is told at one time.",
        "升级规则中的一级：在某一时间通知一个人。",
    ),
    Term(
        "deadline", "deadline", "期限",
        "By when an alert must be acknowledged or resolved. It counts from when the owner was told.",
        "告警应被确认或解决的时间。从通知负责人时起算。",
    ),
    Term(
        "business_time", "working time", "工作时间",
        "Only the open hours of a calendar count, and not its holidays.",
        "只计日历中的上班时间，不计节假日。",
    ),
    Term(
        "message", "message", "消息",
        "What a person gets on the own channel: one message tells a group of alerts.",
        "发到个人渠道的通知：一条消息告知一组告警。",
    ),
    Term(
        "group", "group", "组",
        "Alerts that one message tells together, such as all of one supplier.",
        "由一条消息一并告知的告警，例如同一供应商的全部告警。",
    ),
    Term(
        "digest", "digest", "汇总",
        "One message at a fixed time with what waits, what is new and what was not pushed.",
        "在固定时间发送的一条消息：等待处理的、新增的和没有推送的。",
    ),
    Term(
        "budget", "budget", "推送预算",
        "The most messages an hour that a person gets, usually 6. The most expensive go first.",
        "每人每小时最多收到的消息数，通常为 6。损失大的优先。",
    ),
    Term(
        "cut", "cut", "推送截止线",
        "What lies below it was not pushed, because the budget was spent. It is still in the queue.",
        "线以下的告警因预算用完而没有推送，但仍在队列中。",
    ),
    Term(
        "flood", "flood", "告警潮",
        "More than 10 candidates for one person in 10 minutes.",
        "10 分钟内一人有超过 10 个待通知告警。",
    ),
    Term(
        "quiet_hours", "quiet hours", "免打扰时段",
        "Hours in which a person gets critical messages only.",
        "只接收紧急消息的时段。",
    ),
    Term(
        "target", "target", "目标（通知渠道）",
        "Where a message goes: WeCom, DingTalk, Feishu, mail, a program.",
        "消息发往何处：企业微信、钉钉、飞书、邮件或程序。",
    ),
    Term(
        "held", "held message", "暂不发送的消息",
        "A message that waits, with its reason: budget, quiet hours, or data that is still loading.",
        "正在等待的消息及其原因：预算、免打扰时段或数据仍在载入。",
    ),
    Term(
        "dead", "dead message", "无法送达的消息",
        "A message that the target refused for good, or for too long. The next contact of the person is used.",
        "被目标永久拒收或长时间拒收的消息。改用此人的下一个联系方式。",
    ),
    Term(
        "role", "role", "角色",
        "What a login may do: a viewer reads, an operator acts and approves, an admin changes people and rules.",
        "账号的权限：查看者阅读，操作员处理和批准，管理员更改人员和规则。",
    ),
    Term(
        "second_person", "second person", "第二人批准",
        "A change of rules is approved by somebody who did not propose it.",
        "规则更改须由非提出者批准。",
    ),
    Term(
        "audit", "audit", "审计记录",
        "The list of sign-ins, refused requests, approvals and changes. Nothing in it is ever changed.",
        "登录、被拒请求、批准和更改的清单。其中内容从不更改。",
    ),
)  # fmt: skip
