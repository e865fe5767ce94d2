"""Help of the commands of the desk: owners are told, silences, snoozes."""

from __future__ import annotations

DESK: dict[str, str] = {
    "What to order, move, hurry, chase or count: proposals that wait, and what you decide about them.": (
        "订货、调拨、加急、催交或盘点：待处理的建议单，以及您的审批。"
    ),
    "Proposals: ids, the start of an id, refs, or the ref of a whole order.": (
        "建议单：编号、编号开头、单号，或整张订单的单号。"
    ),
    "Show the proposals that wait, by cut-off, then by what they avoid.": (
        "显示待处理的建议单，先按截止时间，再按可避免的损失排序。"
    ),
    "Only this kind, such as `order` or `transfer`.": "仅此类型，如 `order` 或 `transfer`。",
    "Only this supplier.": "仅此供应商。",
    "Only what this person has to do next.": "仅显示下一步由此人处理的。",
    "Tell proposals in sentences: the days, the arithmetic line by line, the value; the numbers are computed again.": (
        "用文字说明建议单：日期、逐行计算、价值；并重新计算数字。"
    ),
    "Exit code 1 if a number differs.": "如有数字不同，退出码为 1。",
    "Approve proposals; above your limit they go to the next lead. Numbers that have moved since are refused.": (
        "批准建议单；超出您的限额时提交给上一级主管。若数字此后已变化，则不予批准。"
    ),
    "The version that you have seen; another one is refused.": "您看到的版本；若已是其他版本则拒绝。",
    "Approve this quantity, of one proposal.": "按此数量批准（仅限一个建议单）。",
    "Why, for others to read.": "原因，供他人查看。",
    "Reject proposals, and say why.": "驳回建议单，并说明原因。",
    "ordered_already, not_needed, too_much, too_little, wrong_supplier, delisted, no_budget or other.": (
        "ordered_already（已下单）、not_needed（不需要）、too_much（过多）、too_little（过少）、"
        "wrong_supplier（供应商不对）、delisted（已下架）、no_budget（无预算）或 other（其他）。"
    ),
    "Write approved proposals as orders, for people or for another system.": (
        "把已批准的建议单写成订单，供人或其他系统使用。"
    ),
    "A form: kingdee, u8, sap, odoo, or a form file of your own.": (
        "表单：kingdee、u8、sap、odoo，或您自己的表单文件。"
    ),
    "A JSON document in place of CSV.": "输出 JSON 文档而非 CSV。",
    "File, or folder for one file an order; else standard output.": (
        "文件，或文件夹（每张订单一个文件）；否则输出到标准输出。"
    ),
    "Begin CSV with the mark by which Excel knows UTF-8.": "CSV 以 Excel 识别 UTF-8 的标记开头。",
    "An alert, or the start of its id; or the ref of a proposal, `LT-…`.": (
        "一个告警或其编号开头；或建议单的单号 `LT-…`。"
    ),
    "Tell each alert to the one person who is accountable, once, and take the answer.": (
        "把每个告警告诉对其负责的那个人，只说一次，并接收回应。"
    ),
    "It follows the ledger of a warehouse, decides by the people file who hears what and when, sends, and serves the "
    "page on which people answer. Start it beside a run, over the same warehouse. Killed at any moment, it goes on where "
    "it was. It ends with SIGTERM or Ctrl-C.": (
        "它读取数据仓库中的台账，依据人员文件决定谁在何时收到什么，发送消息，并提供用于回应的页面。请在运行旁边、对同一数据仓库启动。"
        "任何时刻被终止，都会从原处继续。以 SIGTERM 或 Ctrl-C 结束。"
    ),
    "Who is told what (YAML, docs/people.md).": "谁会收到什么（YAML，见 docs/people.md）。",
    "Where the page, /healthz, /readyz and /metrics are; port 0: a free one. Not loopback: needs `public_url` in the people "
    "file, users, and TLS or a proxy.": (
        "页面、/healthz、/readyz、/metrics 的地址；端口 0：任一空闲端口。"
        "非本机地址需要人员文件中的 `public_url`、用户文件，以及 TLS 或代理。"
    ),
    "Who may sign in (`lowtide user`); else users.yaml in the folder of the desk, if it is there. Without it only this "
    "machine reaches the page.": (
        "谁可以登录（`lowtide user`）；未给出时使用值守台文件夹中的 users.yaml（如有）。没有用户文件时仅本机可访问页面。"
    ),
    "Certificate in PEM: the page speaks HTTPS.": "PEM 格式的证书：页面使用 HTTPS。",
    "Private key of the certificate, in PEM.": "证书的私钥，PEM 格式。",
    "Log that a dry run of a policy replays: files, `journal:DIR` or a topic; may be given several times.": (
        "策略试算所回放的日志：文件、`journal:DIR` 或主题；可多次给出。"
    ),
    "Where rows go that an admin adds on the page, and changes of the policy: `http://HOST:PORT` of `lowtide intake`, or "
    "`journal:DIR`.": (
        "管理员在页面上添加的行以及策略更改写入何处：`lowtide intake` 的 `http://HOST:PORT`，或 `journal:DIR`。"
    ),
    "File with the token for that intake; it needs `--rules` for changes of the policy.": (
        "用于该 intake 的令牌文件；更改策略需要带 `--rules` 的令牌。"
    ),
    "Who may sign in to the desk.": "谁可以登录值守台。",
    "File of users; made if it is not there.": "用户文件；不存在则创建。",
    "Name with which the user signs in.": "用户登录所用的名称。",
    "What the user may do; each includes the ones before it. Needed for a new user.": (
        "用户的权限；后者包含前者。新用户必须给出。"
    ),
    "Who that is in the people file.": "此用户在人员文件中对应的人。",
    "The `sub` of the provider, in place of a password.": "身份提供方的 `sub`，代替密码。",
    "Make a user, or change role and person of one. The password is asked for, or read from standard input.": (
        "创建用户，或更改其角色与人员。密码通过提示输入，或从标准输入读取。"
    ),
    "A desk that runs reads the file again by itself.": "运行中的值守台会自动重新读取该文件。",
    "Give a user another password. All sessions of the user end.": "为用户设置新密码，其全部会话随即结束。",
    "List the users: login, role, person, and how each signs in; never a password.": (
        "列出用户：用户名、角色、人员与登录方式；不显示密码。"
    ),
    "Forget a user: with the next request all sessions of the user end.": "删除用户：下一次请求时其全部会话结束。",
    "Tokens with which programs ask the API of the desk.": "程序调用值守台 API 所用的令牌。",
    "What the token is for; its acts bear this name.": "令牌的用途；其操作以此名称记录。",
    "What its holder may do; each includes the ones before it.": "持有者的权限；后者包含前者。",
    "For how many days it is good.": "有效天数。",
    "Make a token, and print it once: only its hash is kept.": "创建令牌并仅显示一次：只保存其哈希。",
    "List the tokens: name, role and end; never a token.": "列出令牌：名称、角色与到期日；不显示令牌本身。",
    "`wall`: the time of this machine; `log`: the time of the pipeline's data, as for the demo.": (
        "`wall`：本机时间；`log`：数据流水线的时间，例如演示。"
    ),
    "Folder of what the desk works with; made if it is not there.": "值守台工作文件夹；不存在则创建。",
    "Serve the embedded store over HTTP too, HOST:PORT.": "同时通过 HTTP 提供内嵌存储，HOST:PORT。",
    "End the desk that is at work, and take its place at once.": "结束正在运行的值守台并立即接替。",
    "Tell what is due now, then end.": "发送当前到期的消息，然后结束。",
    "Say why a message was sent, or why an alert is quiet: stage by stage, with its tries and answers.": (
        "逐步说明为何发送某条消息，或某个告警为何不推送，以及各次尝试与答复。"
    ),
    "A message or an alert, or the start of its id.": "一条消息或一个告警，或其编号的开头。",
    "Messages that no contact of their person took.": "其人员的所有联系方式都未收下的消息。",
    "List the rows that the warehouse refuses, in place of messages.": "列出数据仓库拒收的行，而不是消息。",
    "List the messages that were refused for good or given up, with the refusal.": "列出被拒收或已放弃的消息及拒收原因。",
    "Send dead messages again: these, or all of them.": "重新发送这些（或全部）未送达的消息。",
    "Messages, or the starts of their ids; without them all.": "消息或其编号的开头；不给出则为全部。",
    "Make desk.db again from the warehouse: what is open, what was told and when, which steps were taken.": (
        "由数据仓库重建 desk.db：未结束的告警、已通知的内容与时间、已执行的步骤。"
    ),
    "The desk must not run. What was not yet in the warehouse is lost: at most a second of it.": (
        "值守台不得在运行。尚未写入数据仓库的内容会丢失：至多一秒。"
    ),
    "Send a test message to a target of the people file, and print its answer.": (
        "向人员文件中的目标发送测试消息，并显示其答复。"
    ),
    "Name of the target, or `mail:ADDRESS`, `file:PATH`, `console`.": (
        "目标名称，或 `mail:ADDRESS`、`file:PATH`、`console`。"
    ),
    "Print the review of a week or month: figures, alerts rated false, what waited longest.": (
        "显示周或月回顾：指标、被评为误报的告警、等待最久的事项。"
    ),
    "The month, such as 2026-10; without it the last whole one.": "月份，如 2026-10；不给出则为上一个完整月。",
    "The week that holds this day, such as 2026-11-23.": "包含此日的一周，如 2026-11-23。",
    "Only what this person sees: own teams and those below.": "仅此人可见的内容：本人及下属的团队。",
    "Keep known noise quiet for a while, with a reason and an end.": "在一段时间内屏蔽已知干扰，须有原因和结束时间。",
    "Send nothing about some alerts for at most 30 days. They stay open and listed, and their deadlines wait.": (
        "至多 30 天内不发送某些告警的消息。它们仍未结束并列出，其期限暂停。"
    ),
    "It says how many open alerts it hits now, and how many alerts of the last 30 days it would have hit. A desk knows it "
    "within seconds, wherever the desk runs.": (
        "会说明当前命中多少未结束的告警，以及过去 30 天会命中多少。无论值守台在何处运行，几秒内即生效。"
    ),
    "What to silence: type, severity, sku, category, supplier, abc, department, region, location. All must "
    "match; several values of one column are written `a,b`, and `*` stands for any characters.": (
        "静默内容：type、severity、sku、category、supplier、abc、department、region、location。须全部符合；"
        "同一列的多个值写作 `a,b`，`*` 代表任意字符。"
    ),
    "Why; others read it.": "原因；其他人会看到。",
    "When it ends, RFC 3339 with a zone.": "结束时间，RFC 3339 格式并带时区。",
    "How long it lasts from now, such as 2h or 3d.": "从现在起持续多久，如 2h 或 3d。",
    "When it begins, RFC 3339 with a zone; else now.": "开始时间，RFC 3339 格式并带时区；否则为现在。",
    "End it early when no open alert has matched for so long, such as 2h.": (
        "若在此时长内没有未结束的告警符合，则提前结束，如 2h。"
    ),
    "Show what it would hit, and write nothing.": "只显示会命中的内容，不写入。",
    "Show the silences: what they match, until when, who made them and why.": "显示静默：内容、截止时间、设定人和原因。",
    "Show those that have ended, too.": "也显示已结束的。",
    "End silences now. What they kept quiet and is still open is told as if it were new.": (
        "立即结束静默。其间未通知且仍未结束的告警将作为新告警通知。"
    ),
    "One or more, or the start of an id.": "一个或多个，或其编号的开头。",
    "Hear nothing more of alerts until a time, or until they get worse. It holds for the location, SKU and type.": (
        "在某一时间之前，或在告警加重之前，不再收到其消息。对该地点、SKU 和类型有效。"
    ),
}
