"""The list of alerts: its heads, and what stands under it."""

from __future__ import annotations

LISTS: dict[str, tuple[str, str]] = {
    "list.severity": ("severity", "级别"),
    "list.type": ("type", "类型"),
    "list.location": ("location", "门店"),
    "list.place": ("place", "门店名称"),
    "list.sku": ("SKU", "SKU"),
    "list.name": ("name", "品名"),
    "list.available": ("available", "可用"),
    "list.on_order": ("on order", "已订"),
    "list.since_alert": ("since alert", "告警以来"),
    "list.chance": ("chance", "概率"),
    "list.out_in_days": ("out in days", "几天后缺货"),
    "list.expected_loss": ("loss", "预计损失"),
    "list.opened_at": ("opened at", "打开时间"),
    "list.status": ("status", "状况"),
    "list.state": ("state", "处理"),
    "list.owner": ("owner", "负责人"),
    "list.proposal": ("proposal", "建议单"),
    "list.alert_id": ("alert id", "告警编号"),
    "list.none": (
        "No alert matches. `lowtide alerts --all` shows those that have ended or are closed, too.",
        "没有符合条件的告警。`lowtide alerts --all` 也显示已结束或已关闭的告警。",
    ),
    "list.next": (
        "{count}. `lowtide explain {id}` says why the first one is there.",
        "共 {count}。用 `lowtide explain {id}` 查看第一个的原因。",
    ),
    "status.open": ("open", "未结束"),
    "status.cleared": ("cleared", "已解除"),
    "status.expired": ("expired", "已过期"),
    "status.superseded": ("superseded", "已被取代"),
}
