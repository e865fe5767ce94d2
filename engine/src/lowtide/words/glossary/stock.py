"""Terms of stock and supply."""

from __future__ import annotations

from lowtide.words.glossary.term import Term

STOCK = (
    Term(
        "sku", "SKU", "SKU（商品）",
        "One article that is counted and sold: a kind of milk in one size.",
        "一种单独计数和销售的商品，例如某一规格的牛奶。",
    ),
    Term(
        "location", "location", "门店（地点）",
        "A shop or a warehouse that has stock.",
        "有库存的门店或仓库。",
    ),
    Term(
        "position", "position", "库存点",
        "One SKU in one location. Lowtide watches each position by itself.",
        "一个门店中的一个 SKU。Lowtide 分别监控每个库存点。",
    ),
    Term(
        "movement", "movement", "库存变动",
        "One fact that changes the stock, or will change it: a sale, a return, a receipt, an order, a count.",
        "一条改变（或将要改变）库存的记录：销售、退货、收货、订货、盘点等。",
    ),
    Term(
        "on_hand", "on hand", "现有库存",
        "The units that are there according to the records. It can be below zero; then the record is wrong.",
        "账面上的实物数量。可能为负数，此时账面有误。",
    ),
    Term(
        "allocated", "allocated", "已分配",
        "Units that are promised to customers' orders and have not left yet.",
        "已承诺给客户订单、尚未发出的数量。",
    ),
    Term(
        "available", "available", "可用库存",
        "What can be sold now: on hand, less allocated, less held (damaged, expired, recalled).",
        "现在可以销售的数量：现有库存减已分配，再减冻结（破损、过期、召回）。",
    ),
    Term(
        "on_order", "on order", "已订未到",
        "Units that were ordered from a supplier and have not arrived.",
        "已向供应商订货、尚未到货的数量。",
    ),
    Term(
        "in_transit", "in transit", "在途",
        "The part of what is on order that has been shipped.",
        "已订货中供方已经发出的部分。",
    ),
    Term(
        "inventory_position", "inventory position", "库存头寸",
        "On hand plus on order, less what customers still wait for. Orders are decided by it.",
        "现有库存加已订未到，减欠交客户的数量。订货以它为准。",
    ),
    Term(
        "pab", "projected available", "预计可用库存",
        "How much will be available on each coming day: what there is, plus deliveries, less expected demand.",
        "未来每一天预计可用的数量：现有加预计到货减预计需求。",
    ),
    Term(
        "atp", "available to promise", "可承诺量",
        "Stock and expected deliveries that are not promised to anybody yet.",
        "库存与预计到货中尚未承诺出去的数量。",
    ),
    Term(
        "days_of_cover", "days of cover", "可售天数",
        "For how many days the stock lasts, if the forecast is right.",
        "按预测，现有库存还能卖多少天。",
    ),
    Term(
        "stockout", "stockout", "缺货",
        "Nothing is available, so a customer who wants it cannot buy it.",
        "可用库存为零或以下，顾客想买也买不到。",
    ),
    Term(
        "time_to_stockout", "time to stockout", "距缺货时间",
        "When the stock will run out. P10, P50 and P90 are the days before which it happens in 10, 50 and 90 of 100 cases.",
        "库存将在何时售空。P10、P50、P90 指在 100 次中有 10、50、90 次会在该日之前发生。",
    ),
    Term(
        "chance", "chance of a stockout (p)", "缺货概率（p）",
        "How likely the shelf is empty at some moment before the horizon ends, if nobody does anything new.",
        "若无人采取新的措施，在预测期结束前货架某一时刻售空的可能性。",
    ),
    Term(
        "horizon", "horizon", "预测期",
        "How many days ahead Lowtide looks at a position: at least until a new order could arrive.",
        "Lowtide 对库存点向前看的天数，至少到新订货能够到达为止。",
    ),
    Term(
        "demand", "demand", "需求",
        "The units that customers want in a day. It is learned from sales, and never from days without stock.",
        "顾客每天想买的数量。由销售学得，缺货期间的数据不用于学习。",
    ),
    Term(
        "lead_time", "lead time", "提前期",
        "The days from an order to its arrival.",
        "从订货到到货的天数。",
    ),
    Term(
        "review_period", "review period", "订货周期",
        "The days between two chances to order.",
        "两次订货机会之间的天数。",
    ),
    Term(
        "service_level", "service level", "服务水平",
        "The chance that stock lasts until the next delivery. 95 % means that 5 of 100 times it does not.",
        "库存能维持到下次到货的概率。95 % 表示 100 次中有 5 次不够。",
    ),
    Term(
        "fill_rate", "fill rate", "需求满足率",
        "The share of demand that was served from stock. It is not the same as the service level.",
        "由库存直接满足的需求比例，与服务水平不同。",
    ),
    Term(
        "safety_stock", "safety stock", "安全库存",
        "Units that are kept because demand and deliveries are uncertain.",
        "为应对需求和到货的不确定而保留的数量。",
    ),
    Term(
        "reorder_point", "reorder point", "再订货点",
        "When the inventory position falls below this many units, it is time to order.",
        "库存头寸低于此数量时应当订货。",
    ),
    Term(
        "abc", "ABC class", "ABC 分类",
        "A: the few SKUs that earn most; C: the many that earn little; B: between them.",
        "A：贡献最大的少数商品；C：贡献很小的多数商品；B：介于两者之间。",
    ),
    Term(
        "xyz", "XYZ class", "XYZ 分类",
        "X: demand is steady; Y: it varies; Z: it is irregular.",
        "X：需求稳定；Y：需求有波动；Z：需求不规则。",
    ),
    Term(
        "ddmrp", "DDMRP", "DDMRP（需求驱动）",
        "A method that orders by three buffer zones (red, yellow, green) in place of a forecast.",
        "一种按红、黄、绿三个缓冲区而不是按预测订货的方法。",
    ),
    Term(
        "adu", "average daily usage (ADU)", "日均用量（ADU）",
        "The units that leave in a mean day. A word of DDMRP.",
        "平均每天消耗的数量。DDMRP 用语。",
    ),
    Term(
        "dlt", "decoupled lead time (DLT)", "解耦提前期（DLT）",
        "The longest part of the lead time that no buffer covers. A word of DDMRP.",
        "没有缓冲覆盖的最长一段提前期。DDMRP 用语。",
    ),
    Term(
        "buffer_zones", "buffer zones", "缓冲区",
        "Red keeps you safe, yellow covers the lead time, green is the size of an order. A word of DDMRP.",
        "红区保证安全，黄区覆盖提前期，绿区为一次订货的大小。DDMRP 用语。",
    ),
    Term(
        "net_flow", "net flow", "净流量",
        "On hand plus on order, less the demand that is sure. DDMRP orders when it is not in the green zone.",
        "现有库存加已订未到，减确定的需求。不在绿区时，DDMRP 建议订货。",
    ),
    Term(
        "in_stock", "in-stock share", "有货率",
        "Of the positions that sold in the last 28 days, the share with something to sell.",
        "近 28 天有销售的库存点中，有货可卖的比例。",
    ),
    Term(
        "excess", "excess stock", "过量库存",
        "Stock above what will sell in the time that the policy allows.",
        "超出策略规定时间内可售数量的库存。",
    ),
    Term(
        "turnover", "turnover", "周转",
        "How often the stock is sold and replaced in a year.",
        "库存一年内售出并补充的次数。",
    ),
    Term(
        "supplier", "supplier", "供应商",
        "Who delivers a SKU to a location.",
        "向门店供货的一方。",
    ),
    Term(
        "lateness", "lateness", "逾期天数",
        "The days between the promised and the actual arrival. Below zero means early.",
        "承诺到货与实际到货之间的天数。负数表示提前。",
    ),
)  # fmt: skip
