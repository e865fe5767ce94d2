"""What `lowtide doctor` looks at, what it finds, and what to do."""

from __future__ import annotations

DOCTOR: dict[str, tuple[str, str]] = {
    "doctor.what": ("what", "项目"),
    "doctor.found": ("found", "结果"),
    "doctor.to_do": ("what to do", "怎么办"),
    "thing.embedded": ("embedded ClickHouse", "内嵌 ClickHouse"),
    "thing.warehouse": ("warehouse", "数据仓库"),
    "thing.registry": ("schema registry", "模式注册中心（Schema Registry）"),
    "thing.store": ("store folder", "数据仓库文件夹"),
    "thing.people": ("people file", "人员文件"),
    "thing.targets": ("targets of messages", "消息的发送目标"),
    "thing.desk": ("desk folder", "值守台文件夹"),
    "found.no_contact": ("no contacts", "没有联系方式"),
    "thing.shop": ("shop folder", "店铺文件夹"),
    "thing.policy": ("policy", "策略"),
    "doctor.policy_needs_classes": (
        "{layers} match on ABC or XYZ classes, and nothing gives positions any, so these layers never hold: "
        "`lowtide learn HISTORY --out inputs`, then `inputs: inputs` in the settings.",
        "{layers} 按 ABC 或 XYZ 分类匹配，但没有任何分类来源，因此这些层不会生效：请执行 "
        "`lowtide learn HISTORY --out inputs`，再在设置中写入 `inputs: inputs`。",
    ),
    "thing.shop_lists": ("lists of the shop", "店铺资料文件"),
    "thing.map": ("map and its folder", "映射及其文件夹"),
    "doctor.shop_missing": (
        "`lowtide shop {folder}` makes it.",
        "执行 `lowtide shop {folder}` 即可创建。",
    ),
    "doctor.shop_no_items": (
        "Put `items.csv` into the folder, so that alerts have names and prices (docs/sources.md).",
        "请把 `items.csv` 放入该文件夹，告警才有名称和价格（见 docs/sources.md）。",
    ),
    "doctor.shop_failed": (
        "{n} files could not be read: look into `failed` inside it; FILE.errors.csv says why.",
        "有 {n} 个文件无法读取：请查看其中的 `failed`；文件名.errors.csv 说明原因。",
    ),
    "thing.disk": ("disk free", "磁盘可用空间"),
    "thing.time_zones": ("time zone data", "时区数据"),
    "thing.terminal": ("terminal encoding", "终端编码"),
    "found.here": ("here", "正常"),
    "found.missing": ("missing", "缺失"),
    "found.not_found": ("not found", "未找到"),
    "found.no_package": ("not installed as a package", "未作为软件包安装"),
    "found.direct": ("messages are taken directly", "直接取出消息"),
    "found.by_client": ("messages come through the Python client", "通过 Python 客户端接收消息"),
    "found.does_not_start": ("does not start", "无法启动"),
    "found.does_not_answer": ("does not answer", "没有响应"),
    "doctor.python": ("Use Python 3.11 or 3.12.", "请使用 Python 3.11 或 3.12。"),
    "doctor.native": (
        "Run `maturin develop --release`, or install the wheel.",
        "运行 `maturin develop --release`，或安装 wheel 包。",
    ),
    "doctor.package": ("Run `maturin develop --release`.", "运行 `maturin develop --release`。"),
    "doctor.install": ("Run `pip install '{what}'`.", "运行 `pip install '{what}'`。"),
    "doctor.other_version": (
        "Tested with {pinned}: `pip install '{name}=={pinned}'`.",
        "已测试的版本为 {pinned}：`pip install '{name}=={pinned}'`。",
    ),
    "doctor.embedded": (
        "Run `pip install --force-reinstall chdb`.",
        "运行 `pip install --force-reinstall chdb`。",
    ),
    "doctor.by_client": (
        "Topics give the same results and take more time: {why}.",
        "主题的结果相同，但耗时更多：{why}。",
    ),
    "doctor.not_writable": (
        "It is not writable: give `--warehouse` a folder of your own.",
        "该文件夹不可写：请用 `--warehouse` 指定您自己的文件夹。",
    ),
    "doctor.desk_not_writable": (
        "It is not writable: let the user of the desk own it, or give `--desk` another folder.",
        "不可写：请让值守台的用户拥有它，或用 `--desk` 指定其他文件夹。",
    ),
    "doctor.will_be_made": ("It will be made.", "将会创建。"),
    "doctor.served": (
        "It is open in {who}, which answers other commands.",
        "该文件夹正由{who}打开，该进程会响应其他命令。",
    ),
    "doctor.disk": (
        "Make room: a full disk stops the store.",
        "请腾出空间：磁盘写满时数据仓库会停止。",
    ),
    "doctor.hint": ("{hint}", "{hint}"),
    "doctor.ascii": (
        "Drawings use ASCII. Set `PYTHONUTF8=1` for Chinese words and finer marks.",
        "图形使用 ASCII。设置 `PYTHONUTF8=1` 可显示中文和更精细的符号。",
    ),
    "doctor.demo": (
        "For `lowtide demo` on real sales: `pip install 'lowtide[demo]'`.",
        "要用真实销售运行 `lowtide demo`：`pip install 'lowtide[demo]'`。",
    ),
    "doctor.for_building": ("Needed for building from source only.", "仅从源码构建时需要。"),
    "doctor.for_broker_tests": ("Needed for broker tests only.", "仅消息代理测试时需要。"),
}
