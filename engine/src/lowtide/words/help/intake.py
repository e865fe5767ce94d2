"""Help of the way in: intake and its tokens, the journal."""

from __future__ import annotations

INTAKE: dict[str, str] = {
    "Take documents over HTTP, from folders and from databases into a journal, which a run reads like a topic.": (
        "通过 HTTP、文件夹和数据库接收单据并写入日志，运行时像读取主题一样读取它。"
    ),
    "A document is in the journal, safe on disk, before its sender gets an answer. It ends with SIGTERM or Ctrl-C.": (
        "单据安全写入磁盘上的日志之后，发送方才会收到答复。用 SIGTERM 或 Ctrl-C 结束。"
    ),
    "Where to listen; port 0: a free one.": "监听地址；端口 0 表示任选一个空闲端口。",
    "Folder of the journal; made if it is not there.": "日志文件夹；不存在时自动创建。",
    "A watched folder, IN=MAP; IN alone holds movements in our own form. May be given several times.": (
        "监视的文件夹，写作 IN=MAP；只写 IN 表示其中是本系统格式的库存变动。可多次给出。"
    ),
    "Tables that are read again and again (YAML).": "反复读取的数据库表（YAML）。",
    "File of the tokens of senders.": "发送方令牌文件。",
    "Folder of your own maps, beside the shipped ones.": "自己的映射所在文件夹，与自带的映射并用。",
    "Map of documents that name none: a path or a name. Without it they are in our own form.": (
        "未指明映射的单据所用的映射：路径或名称。不给出时按本系统格式读取。"
    ),
    "Remove files of the journal older than this, such as 30d, once every run has stored them.": (
        "所有运行都已保存后，删除早于此期限（例如 30d）的日志文件。"
    ),
    "A body has at most so many MiB.": "请求正文的上限（MiB）。",
    "A name by which this intake is reached; may be given several times.": "访问本服务所用的主机名；可多次给出。",
    "A line on standard error for each request.": "每个请求在标准错误输出一行。",
    "Who may send documents.": "谁可以发送单据。",
    "Make a token for a sender, and print it once.": "为发送方生成令牌，只显示一次。",
    "Name of the sender.": "发送方的名称。",
    "Map that it may use; may be given several times. Without it every map.": (
        "可用的映射；可多次给出。不给出时可用所有映射。"
    ),
    "Pattern of the sources that it may send, such as `shopify*`; may be given several times.": (
        "可发送的来源（source）的模式，例如 `shopify*`；可多次给出。"
    ),
    "Requests a second at most.": "每秒请求数上限。",
    "It may send records that change the policy or the inputs.": "可以发送更改策略或输入的记录。",
    "Show the tokens: names and rights, never the tokens themselves.": "列出令牌：名称和权限，绝不显示令牌本身。",
    "Forget a token: requests with it are refused from now on.": "删除令牌：此后使用它的请求被拒绝。",
    "Look into the journal of `lowtide intake`, and take its rows elsewhere.": (
        "查看 `lowtide intake` 的日志，或把其中的记录转到别处。"
    ),
    "Folder of the journal.": "日志文件夹。",
    "Show the files of a journal, its maps, and how far each run has stored it.": (
        "列出日志的文件、映射，以及每个运行已保存到何处。"
    ),
    "Read every frame of a journal and check it: code 0 if it is whole, 1 if not, with each damaged place.": (
        "读取并检查日志的每一帧：完整时返回 0，否则返回 1 并指出每个损坏处。"
    ),
    "Write the movements of a journal as JSON lines; what a map rejects or skips is left out.": (
        "把日志中的库存变动写成 JSON 行；被映射拒收或跳过的除外。"
    ),
    "File to write; `-`: standard output.": "写入的文件；`-` 表示标准输出。",
    "First place to take.": "从此位置开始。",
    "Send the movements of a journal to a topic, keyed by location: the way out when a shop grows.": (
        "把日志中的库存变动以门店为键发送到主题：门店规模变大时的出路。"
    ),
    "Topic, `kafka://host:port/topic`.": "主题：`kafka://host:port/topic`。",
    "Network or address of a proxy, which says who asks (X-Forwarded-For, X-Forwarded-Proto); may be given several times.": (
        "代理的网段或地址，由它说明请求者是谁（X-Forwarded-For、X-Forwarded-Proto）；可多次给出。"
    ),
    "Where `--intake` listens; port 0: a free one.": "`--intake` 的监听地址；端口 0 表示任选一个空闲端口。",
    "Take documents into the journal that it reads, in the same process.": "在同一进程中接收单据并写入所读取的日志。",
}
