"""What `lowtide shop` says, and the files that its first start makes."""

from __future__ import annotations

LISTS = {
    "catalogue": ("items", "articles", "catalogue", "商品", "物料"),
    "locations": ("locations", "places", "门店", "仓库"),
    "suppliers": ("suppliers", "供应商"),
    "lanes": ("lanes", "调拨路线"),
}
"""By setting: how people may call the file of a list, without its ending."""

SHOP: dict[str, tuple[str, str]] = {
    "shop.made": ("Made: {paths}", "已创建：{paths}"),
    "shop.found": ("Read: {files}", "已读取：{files}"),
    "shop.missing.catalogue": (
        "Names, prices and case sizes of articles are not known: put `items.csv` into {folder} (docs/sources.md).",
        "商品名称、价格和箱规未知：请把 `items.csv` 放入 {folder}（见 docs/sources.md）。",
    ),
    "shop.missing.suppliers": (
        "Order days of suppliers are not known, so each takes orders daily: `suppliers.csv` says more.",
        "供应商的订货日未知，按每天可订处理：可用 `suppliers.csv` 说明。",
    ),
    "shop.inboxes": (
        "Put files into {folders}; each folder has its map. What was read goes to `done` inside the folder.",
        "请把文件放入 {folders}；每个文件夹对应一个映射。读完的文件会移到其中的 `done`。",
    ),
    "shop.no_map": (
        "There is no map yet: `lowtide map guess FILE --out {maps}/sales.yaml` makes one from a file of your software, and "
        "its folder `{inbox}/sales` appears at once.",
        "还没有映射：用 `lowtide map guess 文件 --out {maps}/sales.yaml` 由软件导出的文件生成一个，文件夹 "
        "`{inbox}/sales` 会立即出现。",
    ),
    "shop.ready": (
        "The page is at {address}. Ctrl-C ends the shop.",
        "页面地址：{address}。按 Ctrl-C 结束。",
    ),
    "shop.ready_alone": (
        "The page is at {address}. Nobody is told anything: `people.yaml` names no contact. Ctrl-C ends the shop.",
        "页面地址：{address}。`people.yaml` 中没有联系方式，因此不会发送消息。按 Ctrl-C 结束。",
    ),
    "shop.ended": (
        "The shop has ended. The same command goes on from here.",
        "已结束。再次执行同一命令即可从此处继续。",
    ),
    "shop.first.policy": (
        """# The rules of this shop. docs/policy.md explains every field; `lowtide policy check policy.yaml` finds mistakes.
defaults:
  # Days and opening hours are counted in this zone.
  time_zone: {zone}
  # How long an order takes to arrive, where the order itself does not say when it is due.
  lead_time: 7d
  # The chance with which the stock is to last until the delivery after the next one.
  service_level: 0.95
""",
        """# 本店的规则。docs/policy.md 逐项说明；用 `lowtide policy check policy.yaml` 检查错误。
defaults:
  # 按此时区计算日期和营业时间。
  time_zone: {zone}
  # 订单本身没有到货日期时，从下单到到货的天数。
  lead_time: 7d
  # 库存撑到下一批之后那次到货的概率。
  service_level: 0.95
""",
    ),
    "shop.first.people": (
        """# Who is told what. docs/people.md explains every line.
# docs/targets.md connects WeCom, DingTalk, Feishu, mail and SMS.
time_zone: {zone}
people:
  # Messages go into the file messages.jsonl beside this one, until you name another contact.
  owner: {{name: Owner, contacts: ["file:messages.jsonl"]}}
teams:
  shop: {{members: [owner], fallback: owner}}
routes:
  # Late orders of one supplier are one message.
  - {{match: {{type: overdue_supply}}, to: shop, group_by: [supplier]}}
  - {{to: shop, group_by: [type]}}
""",
        """# 把什么通知给谁。docs/people.md 逐行说明；docs/targets.md 说明如何接入企业微信、钉钉、飞书、邮件和短信。
time_zone: {zone}
currency: ¥
people:
  # 在填写其他联系方式之前，消息写入旁边的 messages.jsonl。
  owner: {{name: 店主, lang: zh, contacts: ["file:messages.jsonl"]}}
teams:
  shop: {{members: [owner], fallback: owner}}
routes:
  # 同一供应商的逾期订单合并为一条消息。
  - {{match: {{type: overdue_supply}}, to: shop, group_by: [supplier]}}
  - {{to: shop, group_by: [type]}}
""",
    ),
}
