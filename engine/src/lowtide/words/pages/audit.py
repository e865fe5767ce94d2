"""The page of the audit."""

from __future__ import annotations

AUDIT: dict[str, tuple[str, str]] = {
    "view.audit.lead": (
        "Sign-ins, refused requests, approvals, and changes of people, silences, tokens and rules. Rows are only added.",
        "登录、被拒请求、批准，以及人员、静默、令牌和规则的更改。只增不改。",
    ),
    "view.audit.caption": ("Audit, the newest first", "审计记录，最新的在前"),
    "view.audit.none": ("Nothing is recorded.", "没有记录。"),
    "view.audit.none_text": (
        "The first sign-in, approval or change will stand here.",
        "第一次登录、批准或更改将显示在这里。",
    ),
    "view.audit.none_found": ("Nothing matches this filter.", "没有符合筛选的记录。"),
    "view.audit.actor": ("Who", "人员"),
    "view.audit.what": ("What", "操作"),
    "view.audit.subject": ("Of what", "对象"),
    "view.audit.detail": ("Details", "详情"),
    "view.audit.result": ("Result", "结果"),
    "audit.result.done": ("done", "已完成"),
}
