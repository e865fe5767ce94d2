"""The sentences that say what the projection of a position was drawn from."""

from __future__ import annotations

POSITION: dict[str, tuple[str, str]] = {
    "position.from_entry": (
        "Drawn from the demand and supply of the ledger entry of {time} UTC.",
        "按 {time} UTC 的预警记录中的需求和供货绘制。",
    ),
    "position.from_entry_since": (
        "Drawn from the demand and supply of the ledger entry of {time} UTC; available was {available} then, "
        "and is drawn as it is now.",
        "按 {time} UTC 的预警记录中的需求和供货绘制；当时可用库存为 {available}，图中为当前值。",
    ),
    "position.from_demand": (
        "No alert has left an estimate here: the mean demand of the last {days} days stands in.",
        "此处没有预警留下的估计：以最近 {days} 天的平均需求代替。",
    ),
    "position.from_demand_undated": (
        "No alert has left an estimate here: the mean demand of the last {days} days stands in; its open supply has "
        "no dates in the warehouse and is left out.",
        "此处没有预警留下的估计：以最近 {days} 天的平均需求代替；数据仓库中没有在途供货的日期，因此未计入。",
    ),
}
