"""The words around the help of every command, and the sentences that many commands share."""

from __future__ import annotations

FRAME: dict[str, str] = {
    "Usage:": "用法：",
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "Example:": "示例：",
    "Examples:": "示例：",
    "env var": "环境变量",
    "default": "默认",
    "required": "必填",
    "Run": "运行",
    "Look": "查看",
    "Act": "处理",
    "Data and policy": "数据与策略",
    "Way in": "数据接入",
    "Operate": "运维",
    "Real-time projected inventory and explained alerts for retailers.": (
        "面向零售商的实时预计库存与可解释告警。"
    ),
    "Start with `lowtide demo`.": "从 `lowtide demo` 开始。",
    "Show the version.": "显示版本。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前 shell 的补全脚本，以便复制或自行安装。"
    ),
    "Show this message and exit.": "显示本帮助并退出。",
    "Language: `en` or `zh`.": "语言：`en` 或 `zh`。",
    "`en`, `zh`, or both: `en,zh`.": "`en`、`zh`，或两者：`en,zh`。",
    "One JSON object a line.": "每行一个 JSON 对象。",
    "One JSON object.": "一个 JSON 对象。",
    "`embedded:`, a folder, or http://host:8123": "`embedded:`、文件夹，或 http://host:8123",
    "kafka://host:port/topic": "kafka://host:port/topic（主题地址）",
}
