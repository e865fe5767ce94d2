"""Terms of signs: faults that the record of stock does not show."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

SIGNS = (
    Term(
        "sign", "sign", "征兆",
        "What gives away a fault that the record of stock does not show. A policy names the signs that it looks for.",
        "暴露账面看不到的问题的迹象。策略写明要检查哪些征兆。",
    ),
    Term(
        "slipping_supply", "slipping supply", "供货推迟",
        "A supply comes later than first promised, and that makes a stockout likely. Chase the supplier.",
        "供货晚于最初承诺，因此可能缺货。请催促供应商。",
    ),
    Term(
        "transfer_mismatch", "transfer mismatch", "发收不符",
        "Another quantity was received than was shipped. Reconcile the two.",
        "收货数量与发货数量不同。请核对。",
    ),
    Term(
        "count_variance", "count variance", "盘点差异",
        "A count is far from the record. Find out why.",
        "盘点与账面相差很大。请查明原因。",
    ),
    Term(
        "phantom_stock", "phantom stock", "虚假库存",
        "The record says that there is stock, and the shelf is probably empty. Go and count.",
        "账面有货，但货架很可能是空的。请去盘点。",
    ),
    Term(
        "sales_drought", "sales drought", "销售中断",
        "Far less was sold in several days than is likely. Check the shelf, the price and the till.",
        "连续几天的销量远低于正常。请检查货架、价格和收银。",
    ),
    Term(
        "level_shift", "level shift", "销量水平变化",
        "An item sells much more or much less than before, for weeks. Find the cause, and order accordingly.",
        "商品数周来的销量明显高于或低于以前。请查找原因并相应订货。",
    ),
    Term(
        "overstock", "overstock", "库存过高",
        "More is in stock than will be sold in a long time. Order less, move or return it.",
        "库存多到很久才能卖完。请少订、调拨或退货。",
    ),
    Term(
        "slow_moving", "slow-moving stock", "滞销库存",
        "Stock of which nothing was sold for weeks. Check its place and price.",
        "数周没有销售的库存。请检查陈列和价格。",
    ),
    Term(
        "dead_stock", "dead stock", "呆滞库存",
        "Stock of which nothing was sold for months. Mark down, return or move it.",
        "数月没有销售的库存。请降价、退货或调拨。",
    ),
    Term(
        "expiring", "expiring stock", "临期库存",
        "Goods that will probably expire before they are sold. Mark down or move them.",
        "很可能在售出前到期的商品。请降价或调拨。",
    ),
    Term(
        "holding_cost", "holding cost", "持有成本",
        "What it costs to keep stock: capital, room, loss. The policy says it as a share of the value in a year.",
        "保有库存的成本：资金、场地、损耗。策略以每年占货值的比例表示。",
    ),
    Term(
        "process_hole", "hole in the process", "流程漏洞",
        "A record without the one that should come before it, such as a receipt without an order.",
        "缺少前置记录的单据，例如没有订单的收货。",
    ),
    Term(
        "silent_feed", "silent feed", "数据源静默",
        "A till or a shop sends nothing, against its own rhythm. Fix the feed.",
        "收银机或门店一反常态地没有数据。请修复数据源。",
    ),
)  # fmt: skip
