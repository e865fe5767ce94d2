"""The frame around every page: menu, switches, banners, what a refusal says, and the words of the islands."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "frame.skip": ("Go to the content", "跳到正文"),
    "frame.find": ("Find an item, a store, a supplier", "查找商品、门店、供应商"),
    "frame.menu": ("Menu", "菜单"),
    "frame.menu_short": ("Short menu", "快捷菜单"),
    "frame.more": ("More", "更多"),
    "frame.look": ("Look", "查看"),
    "frame.scheme.dark": ("Dark", "深色"),
    "frame.scheme.light": ("Light", "浅色"),
    "frame.as_table": ("The same as a table", "以表格显示"),
    "frame.filter": ("Filter", "筛选"),
    "frame.apply": ("Apply", "应用"),
    "frame.clear": ("Clear", "清除"),
    "frame.pages": ("Pages", "分页"),
    "frame.before": ("Before", "上一页"),
    "frame.after": ("Next", "下一页"),
    "frame.any": ("any", "全部"),
    "frame.worth_unknown": ("not known", "未知"),
    "frame.back": ("Back", "返回"),
    "frame.reload": ("Load again", "重新载入"),
    "frame.away": ("This part cannot be shown now: {why}", "此部分暂时无法显示：{why}"),
    "frame.section.work": ("To do", "待办"),
    "frame.section.look": ("Look", "概览"),
    "frame.section.desk": ("Desk", "值守台"),
    "frame.section.me": ("You", "本人"),
    "frame.banner.silent_at": ("{feed} at {place}", "{place} 的{feed}"),
    "frame.banner.silent.one": (
        "No data from {first}. Until it sends again, nobody knows what was sold there.",
        "{first}没有数据。恢复之前，无法知道那里的销售情况。",
    ),
    "frame.banner.silent.many": (
        "{n} send nothing, the last is {first}. Until they send again, nobody knows what was sold there.",
        "{n}没有数据，最近的是 {first}。恢复之前，无法知道那里的销售情况。",
    ),
    "frame.banner.dead": (
        "{n} could not be delivered to anybody. Somebody does not hear what they should.",
        "有 {n} 未能送达任何人，有人没有收到应收的通知。",
    ),
    "frame.banner.refused": (
        "The warehouse refuses {n}. `lowtide desk dead ls --rows` lists them.",
        "数据仓库拒收 {n}。`lowtide desk dead ls --rows` 可列出。",
    ),
    "frame.banner.away": (
        "The warehouse is away ({why}). You can go on working; what you do is written there when it is back.",
        "数据仓库暂时无法访问（{why}）。您可以继续工作；恢复后操作会写入。",
    ),
    "frame.banner.stale": (
        "Data end {day}. These alerts are listed and not pushed.",
        "数据截至{day}。这些告警只列出，不推送。",
    ),
    "frame.banner.standby": (
        "This desk stands by: the desk on {holder} is at work. Answer there.",
        "此值守台处于待命状态：{holder} 上的值守台正在工作。请在那里处理。",
    ),
    "role.viewer": ("viewer", "查看者"),
    "role.operator": ("operator", "操作员"),
    "role.admin": ("administrator", "管理员"),
    "page.notice": ("Notice", "提示"),
    "page.queue": ("Queue", "告警队列"),
    "page.alert": ("Alert", "告警"),
    "page.position": ("Position", "库存点"),
    "page.proposals": ("Proposals", "建议单"),
    "page.board": ("Board", "环节看板"),
    "refusal.400": ("This request cannot be understood", "无法理解此请求"),
    "refusal.400_text": (
        "Nothing was changed. Go back and send the form again.",
        "没有任何更改。请返回后重新提交表单。",
    ),
    "refusal.403": ("You may not do this", "您无权进行此操作"),
    "refusal.403_text": (
        "Nothing was changed. {why} Ask an administrator if you need it.",
        "没有任何更改。{why}如有需要，请联系管理员。",
    ),
    "refusal.foreign_text": (
        "The request did not come from a page of this desk, so nothing was changed. Open the page and press the button "
        "there. If the desk stands behind a proxy, `public_url` in the people file must be the address that people see.",
        "请求不是来自本值守台的页面，因此没有任何更改。请打开页面，在那里按按钮。"
        "若值守台在代理之后，人员文件中的 `public_url` 须为人们所见的地址。",
    ),
    "refusal.404": ("This page is not here", "没有此页面"),
    "refusal.404_text": (
        "The address is wrong, or what it names is not kept any more. The queue shows what is open.",
        "地址有误，或所指内容已不再保存。告警队列显示未结束的告警。",
    ),
    "refusal.409": ("Somebody was faster, or the numbers moved", "已有人先行处理，或数字已变化"),
    "refusal.409_text": ("Nothing was changed. {why}", "没有任何更改。{why}"),
    "refusal.422": ("This cannot be done as it was asked", "无法按此要求执行"),
    "refusal.422_text": ("Nothing was changed. {why}", "没有任何更改。{why}"),
    "refusal.413": ("This is too large", "内容过大"),
    "refusal.413_text": ("Nothing was changed. Send less at once.", "没有任何更改。请减少一次提交的内容。"),
    "refusal.415": ("This kind of request is not taken here", "此处不接受这类请求"),
    "refusal.415_text": (
        "Nothing was changed. Use the form of the page.",
        "没有任何更改。请使用页面上的表单。",
    ),
    "refusal.429": ("Too many requests", "请求过多"),
    "refusal.429_text": (
        "Wait a minute, then load the page again. Nothing was changed.",
        "请等一分钟，然后重新载入页面。没有任何更改。",
    ),
    "refusal.500": ("This is a mistake in Lowtide", "这是 Lowtide 的错误"),
    "refusal.500_text": (
        "The log of the desk says more. The other pages still work.",
        "值守台的日志中有详情。其他页面仍可使用。",
    ),
    "refusal.503": ("This cannot be shown now", "暂时无法显示"),
    "refusal.503_text": ("{why} Load the page again in a minute.", "{why}请过一分钟重新载入页面。"),
    "refusal.english": ("{text}", "操作未完成，程序的说明（英文）：{text}"),
    "refusal.queue": ("To the queue", "前往告警队列"),
}
