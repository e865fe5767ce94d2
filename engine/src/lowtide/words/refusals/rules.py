"""Changes of rules and dry runs that cannot be, and mistakes in a text of rules."""

from __future__ import annotations

RULES: dict[str, str] = {
    "`{kind}` is not a kind of rules": "`{kind}` 不是规则的类别",
    "Kinds are policy and people.": "类别为 policy 和 people。",
    "the change changes nothing": "此变更没有改变任何内容",
    "Change a value, then send it again.": "请修改某个值后再提交。",
    "a viewer does not propose changes": "查看者不能提出变更",
    "there is no change `{id}`": "没有变更 `{id}`",
    "there is no change `{id}` of {kind}": "没有变更 `{id}`",
    "The page of rules lists all.": "“规则变更”页面列出所有变更。",
    "only an administrator approves a change of rules": "只有管理员可以批准规则变更",
    "nobody approves the own change, and a token is not a second person": (
        "任何人不得批准自己提出的变更，令牌也不能算作另一人"
    ),
    "Another administrator approves it, signed in. A shop with one user sets `second_person: false` in users.yaml.": (
        "请由另一位管理员登录后批准。只有一个用户的门店可在 users.yaml 中写 `second_person: false`。"
    ),
    "only an administrator or its author rejects a change": "只有管理员或提出人可以驳回变更",
    "the change was {state} by `{person}`": "该变更已由 `{person}` 处理（{state}）",
    "Propose it anew if it is still wanted.": "如仍需要，请重新提出。",
    "the {kind} in force is version {version}, and the change starts from {based_on}": (
        "当前生效版本为 {version}，而此变更基于 {based_on}"
    ),
    "Look at what is in force now, and propose the change anew from there.": "请查看当前生效内容，并据此重新提出变更。",
    "somebody else decided on it meanwhile": "其间已有他人作出决定",
    "it needs a reason": "须填写原因",
    "Say why in a sentence: whoever approves reads it.": "请用一句话说明原因，供批准人阅读。",
    "it needs a comment": "须填写说明",
    "Say why in a sentence: its author reads it.": "请用一句话说明原因，供提出人阅读。",
    "Send the whole text as `document` instead.": "请改为提交全文（`document`）。",
    "only an administrator replaces the whole text of people": "只有管理员可以替换人员文件全文",
    "Change single values: `edits`, or the form.": "请修改单个值：使用表单或 `edits`。",
    "`{key}` cannot be changed here": "`{key}` 不能在此修改",
    "`contacts`: nobody has the contact `{contact}` yet, so it cannot be given here": (
        "`contacts`：尚无人使用联系方式 `{contact}`，因此不能在此填写"
    ),
    "Change the file of people on the machine of the desk, and `lowtide people apply` it.": (
        "请在值守台所在机器上修改人员文件，然后执行 `lowtide people apply`。"
    ),
    "the policy is too large for a record: {n} bytes of {most}": "策略过大：{n} 字节，上限 {most}",
    "Let the user of the desk own it.": "请让运行值守台的用户拥有该文件。",
    "the desk does not know where the policy of the run is kept": "值守台不知道运行的策略保存在何处",
    "Start it with `--intake {address}`, with `--history` of the run's topic or journal, or set `policy:` in "
    "lowtide.yaml.": (
        "请用 `--intake {address}` 或运行的主题、日志（`--history`）启动，或在 lowtide.yaml 中设置 `policy:`。"
    ),
    "`remove` names no row of this file": "`remove` 未指向文件中的任何行",
    "`{text}` does not say what is matched": "`{text}` 未说明匹配对象",
    "Write it as `department: [PRODUCE, MEAT], location: 330`.": "请写成 `department: [PRODUCE, MEAT], location: 330`。",
    "{n} pieces of such work wait already": "已有 {n} 项同类任务在等待",
    "Try again in a minute.": "请一分钟后重试。",
    "the period ends before it begins": "结束时间早于开始时间",
    "Give an earlier start.": "请填写更早的开始时间。",
    "the period is longer than {days} days": "时间范围超过 {days} 天",
    "Give a later start.": "请填写更晚的开始时间。",
    "the desk has no log to replay": "值守台没有可重放的日志",
    "Start it with `lowtide desk --history SOURCE`: the files, the journal or the topic that the run reads.": (
        "请用 `lowtide desk --history SOURCE` 启动，SOURCE 为运行所读的文件、日志或主题。"
    ),
    "this dry run is not here any more": "此试算已不存在",
    "Begin it anew.": "请重新开始。",
    "a viewer makes no dry runs": "查看者不能试算",
    "Check it again with `lowtide policy check`; docs/policy.md has every field.": (
        "请用 `lowtide policy check` 再次检查；docs/policy.md 列出所有字段。"
    ),
    "Check it again with `lowtide people check`; docs/people.md has every key.": (
        "请用 `lowtide people check` 再次检查；docs/people.md 列出所有键。"
    ),
    "unknown word `{word}`: did you mean `{close}`?": "未知的词 `{word}`：是否指 `{close}`？",
    "unknown word `{word}`: use one of {known}": "未知的词 `{word}`：请使用 {known} 之一",
    "`{name}` is missing": "缺少 `{name}`",
    "`{name}` is empty: write a value, or leave the key out": "`{name}` 为空：请填写值，或去掉该键",
    "`{name}` stands twice: keep one": "`{name}` 出现两次：请保留一个",
    "a key must be a plain word": "键须为普通的词",
    "not YAML: {why}; check indentation, colons and quotes": "不是有效的 YAML：请检查缩进、冒号和引号",
    "`{place}` stands in a form that cannot be changed here: change it in the file itself": (
        "`{place}` 的写法不能在此修改：请直接修改文件"
    ),
    "there is no item {n} in `{place}`": "`{place}` 中没有第 {n} 项",
    "write a duration with its unit, such as 7d, 72h, 10m or 1d12h": "请填写带单位的时长，例如 7d、72h、10m 或 1d12h",
    "write a number of days from 0 to {n}, or a duration such as 7d": "请填写 0 至 {n} 的天数，或如 7d 的时长",
    "a duration is at most ten years": "时长最多十年",
    "write a number or a word; yes, no, on and off are not allowed here": "请填写数字或词；此处不能用 yes、no、on、off",
    'write a text or a list of texts, such as DAIRY or [330, "33*"]': '请填写文本或文本列表，例如 DAIRY 或 [330, "33*"]',
    "write the name of a time zone, such as {examples}": "请填写时区名称，例如 {examples}",
    "write a day such as 2026-12-07, or a local time such as 2026-12-07 13:00": (
        "请填写如 2026-12-07 的日期，或如 2026-12-07 13:00 的当地时间"
    ),
    "write how long a turn lasts, such as 1w or 1d": "请填写轮值周期，例如 1w 或 1d",
    "write weekdays such as mon-fri, sat or daily": "请填写如 mon-fri、sat 或 daily 的星期",
    "the times of the steps must rise": "各步骤的时间须递增",
    "input should be a valid number, unable to parse string as a number": "请填写数字",
    "input should be a valid integer, unable to parse string as an integer": "请填写整数",
    "input should be a valid string": "请填写文本",
    "input should be a valid list": "请填写列表",
    "input should be a valid dictionary": "请填写键与值",
    "input should be greater than {n}": "须大于 {n}",
    "input should be greater than or equal to {n}": "须不小于 {n}",
    "input should be less than {n}": "须小于 {n}",
    "input should be less than or equal to {n}": "须不大于 {n}",
    "input should be {words}": "须为 {words}",
}
"""By the English sentence: the Chinese one. A gap `{said}` is a sentence itself."""
