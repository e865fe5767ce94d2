"""Help of `lowtide shop`."""

from __future__ import annotations

SHOP: dict[str, str] = {
    "Run a small shop in one process: files from a folder, alerts, messages and the page, with no server.": (
        "用一个进程运行一家小店：读取文件夹中的文件，产生告警、消息和页面，无需服务器。"
    ),
    (
        "DIR holds the files of the shop: `in/MAP/` for each map of `maps/`, `policy.yaml`, `people.yaml`, "
        "and `items.csv`, `locations.csv`, `suppliers.csv`, `lanes.csv` as far as there are such files. The "
        "first start makes what is missing. Files that are put into DIR become alerts within seconds. It ends"
        " with SIGTERM or Ctrl-C, and goes on where it was."
    ): (
        "DIR 存放本店的文件：`maps/` 中每个映射对应一个 `in/MAP/`，`policy.yaml`、`people.yaml`，以及已有的 `items.csv`、"
        "`locations.csv`、`suppliers.csv`、`lanes.csv`。首次启动会创建缺少的内容。放入 DIR 的文件几秒内就会变成告警。"
        "用 SIGTERM 或 Ctrl-C 结束，下次从中断处继续。"
    ),
    "Folder of the shop; made if it is not there.": "店铺文件夹；不存在时自动创建。",
    "Where the page is; port 0: a free one. Not loopback: needs `users.yaml` or `--users`.": (
        "页面的监听地址；端口 0 表示任选空闲端口。非本机地址需要 `users.yaml` 或 `--users`。"
    ),
    "Who may sign in (YAML); without it DIR/users.yaml, if it is there.": (
        "允许登录的用户（YAML）；未给出时使用 DIR/users.yaml（如果存在）。"
    ),
    "Time zone of the shop, for the files that the first start makes; without it that of this machine.": (
        "本店的时区，用于首次启动创建的文件；未给出时使用本机时区。"
    ),
    "`wall`: the time of this machine; `log`: the time of the data, for files of the past.": (
        "`wall`：本机时间；`log`：数据的时间，用于过去的文件。"
    ),
    (
        "How far the clock stays behind the wall's while no file comes, so that yesterday's sales are not late."
    ): "没有新文件时，时钟比实际时间落后多久，以免昨天的销售被视为迟到。",
    "Serve /metrics of the run there, HOST:PORT; without it, nowhere. The desk has its own on the page's address.": (
        "在 HOST:PORT 提供运行的 /metrics；未给出时不提供。值守台的指标在页面地址上。"
    ),
    "The folder of `lowtide shop` to look at.": "要检查的 `lowtide shop` 文件夹。",
    "Then serve the page of the desk, on the clock of the data, until Ctrl-C.": (
        "随后按数据的时间提供值守台页面，直到按下 Ctrl-C。"
    ),
    "Where `--page` serves it; port 0: a free one.": "`--page` 的监听地址；端口 0 表示任选空闲端口。",
}
