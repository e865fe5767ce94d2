"""Help of the commands that operate Lowtide: warehouse, state, settings, doctor."""

from __future__ import annotations

OPERATE: dict[str, str] = {
    "Show every setting: from `lowtide.yaml`, `LOWTIDE_*`, or the default.": (
        "显示每个设置：来自 `lowtide.yaml`、`LOWTIDE_*` 或默认值。"
    ),
    (
        "Look at what Lowtide needs: ok, warn or fail for each, and what to do. Exit code 1 if something fails."
    ): ("检查 Lowtide 所需的一切：逐项给出 ok、warn 或 fail，以及怎么办。有失败项时退出码为 1。"),
    "One JSON object for each finding.": "每项结果一个 JSON 对象。",
    "With a people file it also looks at what a desk needs: the file, the secrets of its targets, the desk's folder.": (
        "给出人员文件时，还会检查值守台所需：该文件、其发送目标的密钥、值守台文件夹。"
    ),
    "The store to look at.": "要检查的数据仓库。",
    "Serve the embedded store to other programs, as a ClickHouse server would.": (
        "像 ClickHouse 服务器一样向其他程序提供内嵌数据仓库。"
    ),
    (
        "One process has the store; runs, analysts and dashboards ask it over HTTP, with any client of "
        "ClickHouse. It ends with SIGTERM or Ctrl-C, when what runs has finished."
    ): (
        "由一个进程打开数据仓库；运行任务、分析人员和仪表板通过 HTTP 用任意 ClickHouse 客户端访问。收到 SIGTERM "
        "或 Ctrl-C 后，待正在执行的查询完成即结束。"
    ),
    "Where to listen; port 0: a free one.": "监听地址；端口 0 表示任选空闲端口。",
    "File with the password of `writer`.": "含 `writer` 密码的文件。",
    "File with the password of `reader`.": "含 `reader` 密码的文件。",
    "A reader's query runs no longer; 60.": "读者查询的最长秒数；默认 60。",
    "Memory of a reader's query; 2048.": "读者查询的内存；默认 2048。",
    "Rows of a reader's answer; 10 million.": "读者结果的行数；默认一千万。",
    "Size of a reader's answer; 1024.": "读者结果的大小；默认 1024。",
    "Readers' queries that run at once; half the cores.": "同时运行的读者查询数；默认为核心数的一半。",
    "A line on standard error for each request.": "每个请求在标准错误输出一行。",
    "Print what every table, view and column means, as Markdown; the tables say it themselves.": (
        "以 Markdown 输出每个表、视图和列的含义；内容取自表本身的注释。"
    ),
    "Tables and views; without any, a page of all.": "表和视图；不给出时输出全部。",
    "One table or view a line, for scripts.": "每行一个表或视图，供脚本使用。",
    "Look into a state folder: its checkpoints, its files, its stock.": (
        "查看状态文件夹：检查点、文件、库存。"
    ),
    "Show what a state holds: for each part of it the next record, its segments and their bytes.": (
        "显示状态的内容：每一部分的下一条记录、各段及其字节数。"
    ),
    "The folder of `lowtide run --state`.": "`lowtide run --state` 使用的文件夹。",
    (
        "Read every file of a state and check it: code 0 if a run can go on, 1 if not, with the file that is "
        "damaged."
    ): ("读取并检查状态的每个文件：可以继续运行时退出码为 0，否则为 1 并指出损坏的文件。"),
    (
        "Write the stock of every position at the last checkpoint, as JSON lines like `lowtide replay "
        "--positions`."
    ): ("写出最近检查点时每个库存点的库存，格式与 `lowtide replay --positions` 的 JSON 行相同。"),
    "Catalogue (CSV, Excel, Parquet).": "商品目录（CSV、Excel、Parquet）。",
}
