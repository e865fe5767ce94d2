"""Help of `lowtide people`."""

from __future__ import annotations

PEOPLE: dict[str, str] = {
    "Check the file of people, ask who is on duty and who owns an alert, put it in force.": (
        "检查人员文件，查询谁在值班、谁负责某条告警，并使文件生效。"
    ),
    "Check a file of people: all that is wrong, with line and column; else a summary with the next 14 days.": (
        "检查人员文件：给出全部错误及其行列；若无错误，则显示未来 14 天的概要。"
    ),
    "File of people (YAML).": "人员文件（YAML）。",
    "The summary as one JSON object.": "以一个 JSON 对象给出概要。",
    "Print the JSON Schema of a file of people, for editors.": "输出人员文件的 JSON Schema，供编辑器使用。",
    (
        "Put a file of people in force: the desk goes on with it, and what it wrote before names the version before."
    ): "使人员文件生效：值守台此后按它工作，之前写入的记录仍指向之前的版本。",
    (
        "Open alerts of persons whom the file no longer names go to those who are on duty for them: it writes ASSIGNED "
        "entries."
    ): "文件中不再出现的人员，其未结告警转给当时值班的人：写入 ASSIGNED 记录。",
    "Show what would be done, and write nothing.": "只显示将要做什么，不写入。",
    "What was done as one JSON object.": "以一个 JSON 对象给出所做的事。",
    "File of people; without it the version in force in the warehouse.": (
        "人员文件；不给出时使用数据仓库中生效的版本。"
    ),
    "At which time, RFC 3339 with a zone; else now.": "时间，RFC 3339 带时区；默认现在。",
    "Only this team.": "只看这个团队。",
    "One JSON object a team.": "每个团队一个 JSON 对象。",
    "One JSON object.": "一个 JSON 对象。",
    "Say who is on duty in each team, and which row of the schedule says so.": (
        "显示各团队当前由谁值班，以及依据排班的哪一项。"
    ),
    (
        "Say who owns an alert: the route that wins, the team, the row of the schedule, the lead, the ladder with its times."
    ): "说明谁负责一条告警：胜出的路由、团队、排班依据、主管，以及升级规则和各步骤的时间。",
    "The times of the ladder count from when the owner was told; as long as nobody was told, from now.": (
        "各步骤的时间从负责人收到消息时起算；尚未通知任何人时从现在起算。"
    ),
    "Begin here, RFC 3339; else 7 days before the end.": "从此时开始，RFC 3339；默认为结束前 7 天。",
    "End here, RFC 3339; else with the last entry.": "到此时结束，RFC 3339；默认为最后一条记录。",
    "File of people to try; else the version in force.": "要试算的人员文件；不给出时使用生效的版本。",
    "All figures as one JSON object.": "以一个 JSON 对象给出全部数字。",
    "Live through a period of the ledger with a file of people: who would have been told what. Nothing is stored or sent.": (
        "用一份人员文件重演账本中的一段时间：谁会收到什么。不保存，也不发送。"
    ),
    (
        "With `--people` the file stands beside the version in force: messages, who gets what, the worth of what nobody "
        "hears of."
    ): "给出 `--people` 时，与生效的版本并列：消息数、谁得到什么、无人获知的金额。",
    "Write it to this file, and not to standard output.": "写入此文件，而非标准输出。",
    "Print the file of people in force, also where it was changed on the page.": (
        "输出生效的人员文件，包括在页面上修改的部分。"
    ),
    "Lists of people that came from a table are written out. `lowtide people apply` puts a file in force.": (
        "来自表格的人员清单会写出全文。`lowtide people apply` 使文件生效。"
    ),
}
