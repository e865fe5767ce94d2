"""The review of a week or month: its figures and the heads of its tables."""

from __future__ import annotations

REVIEW: dict[str, tuple[str, str]] = {
    "review.title": ("Review of {period}", "{period}回顾"),
    "review.figure": ("figure", "指标"),
    "review.period": ("this period", "本期"),
    "review.before": ("period before", "上期"),
    "review.alerts": ("alerts", "告警"),
    "review.critical": ("critical", "紧急"),
    "review.acknowledged": ("acknowledged", "已确认"),
    "review.in_time": ("acknowledged in time", "按时确认"),
    "review.resolved_in_time": ("resolved in time", "按时解决"),
    "review.minutes": ("time to acknowledge, median", "确认用时（中位数）"),
    "review.hours": ("time to resolve, median", "解决用时（中位数）"),
    "review.steps": ("steps of the ladder", "升级步骤"),
    "review.pushes": ("messages", "消息"),
    "review.hours_over": ("hours with more than 6 messages to one person", "单人超过 6 条消息的小时数"),
    "review.rated": ("rated", "已评价"),
    "review.rated_false": ("of these, false", "其中误报"),
    "review.value": ("name", "名称"),
    "review.in_stock": ("in stock now", "当前有货率"),
    "review.turns": ("turns a year", "年周转次数"),
    "review.opened_at": ("opened", "打开时间"),
    "review.alert": ("alert", "告警"),
    "review.place": ("place", "门店"),
    "review.rule": ("rule (policy version)", "规则（策略版本）"),
    "review.comment": ("comment", "备注"),
    "review.stage": ("stage", "环节"),
    "review.waited": ("waited", "等待"),
    "review.who": ("who", "负责人"),
}
