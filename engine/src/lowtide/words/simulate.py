"""Sentences of `lowtide people simulate`."""

from __future__ import annotations

SIMULATE: dict[str, tuple[str, str]] = {
    "people.alert_told.one": ("{n} alert", "{n} 条告警"),
    "people.alert_told.many": ("{n} alerts", "{n} 条告警"),
    "simulate.period": (
        "from {start} to {end}: {alerts} of severity warning or critical",
        "{start} 至 {end}：{alerts}达到预警或紧急",
    ),
    "simulate.head.person": ("person", "人员"),
    "simulate.head.hours": ("hours at work", "工作小时"),
    "simulate.head.pushes": ("messages", "消息"),
    "simulate.head.an_hour": ("messages an hour", "每小时消息"),
    "simulate.head.most": ("most in 60 minutes", "60 分钟内最多"),
    "simulate.head.digests": ("digests", "摘要"),
    "simulate.head.owned": ("alerts owned", "负责的告警"),
    "simulate.head.worth": ("expected loss told", "已通知的预计损失"),
    "simulate.pushes_an_owner_hour": ("messages an owner-hour: {value}", "负责人每小时收到的消息：{value}"),
    "simulate.worth_told": ("expected loss that somebody hears of: {value}", "有人获知的预计损失：{value}"),
    "simulate.worth_untold": ("expected loss that nobody hears of: {value}", "无人获知的预计损失：{value}"),
    "simulate.moves": ("{alerts} would go from {from} to {to}", "{alerts}将由 {from} 转给 {to}"),
    "simulate.no_more": ("nobody would hear any more of {alerts}", "不再有人获知：{alerts}"),
    "simulate.untold": (
        "  {id}  {type}, {name} in {location}, expected loss {worth}",
        "  {id}  {type}，{location} 的 {name}，预计损失 {worth}",
    ),
}
