"""The reasons that `lowtide map guess` writes behind the lines of a map, and what it asks."""

from __future__ import annotations

MAP_GUESS: dict[str, tuple[str, str]] = {
    "guess.top": (
        "Guessed by `lowtide map guess` from {rows} rows of {name}. Read every line: it may be wrong.",
        "由 `lowtide map guess` 根据 {name} 的 {rows} 行推测。请逐行检查：可能有误。",
    ),
    "guess.then": (
        "Then try it: `lowtide map check THIS_FILE SAMPLE`. docs/maps.md has every step.",
        "然后试用：`lowtide map check THIS_FILE SAMPLE`。docs/maps.md 说明了每个步骤。",
    ),
    "guess.no_stock": (
        "Nothing here says how much stock there is: map a stock list (count) or receipts too.",
        "这里没有任何内容说明有多少库存：请另外映射库存清单（count）或收货。",
    ),
    "guess.no_orders": (
        "No orders: without them no supply is expected, and none is overdue.",
        "没有订单：没有订单就没有预计的供货，也不会有逾期。",
    ),
    "guess.file_name": ("the name of the file", "文件名"),
    "guess.you_said": ("as you said", "按你所说"),
    "guess.encoding_mark": ("it begins with a byte order mark", "以字节顺序标记开头"),
    "guess.encoding_best": ("it is not UTF-8, and reads best so", "不是 UTF-8，这样读取最合理"),
    "guess.delimiter": ("it gives {columns} columns", "得到 {columns} 列"),
    "guess.header": ("the line with the names of the columns", "列名所在的行"),
    "guess.no_header": ("no line has names; columns are c1, c2, …", "没有列名行；列名为 c1、c2……"),
    "guess.each": (
        "every element of this list is a row; ^ names what is around it",
        "此列表的每个元素是一行；^ 表示其外层的值",
    ),
    "guess.deeper": (
        "rows stand in `{deeper}` within `{each}`, and one list can be a row: write one object of `{each}` a line, as with "
        "`jq -c '.{each}[]'`, and guess again",
        "行位于 `{each}` 内的 `{deeper}`，而只能有一个列表作为行：请每行写一个 `{each}` 的对象，例如用 "
        "`jq -c '.{each}[]'`，再重新推测",
    ),
    "guess.fill_down": ("these stand only on the first line of a document", "这些只出现在单据的第一行"),
    "guess.zone": (
        "the zone of the times, such as Europe/Berlin, or `locations`",
        "时间的时区，例如 Asia/Shanghai，或 `locations`",
    ),
    "guess.source": (
        "who sends these rows; keep it for good: with the id it names a movement",
        "谁发送这些行；请一直保持不变：它与 id 一起标识一笔变动",
    ),
    "guess.totals": ("lines of totals", "合计行"),
    "guess.undone": ("documents in these states have moved nothing", "这些状态的单据没有产生变动"),
    "guess.no_article": ("rows of this sort have no article", "这类行没有商品"),
    "guess.snapshot": (
        "is this the whole stock of each place? Then take this line in, and send the list through `lowtide intake`",
        "这是每个地点的全部库存吗？若是，请启用此行，并通过 `lowtide intake` 发送清单",
    ),
    "guess.no_id": ("no column names a row", "没有能标识一行的列"),
    "guess.id_order": (
        "an order that changes must get a new id, or it is a duplicate",
        "变更的订单必须有新的 id，否则会被当作重复",
    ),
    "guess.id_row": ("it is different in every row", "每行都不同"),
    "guess.id_line": ("document and line are different in every row", "单据与行号的组合每行都不同"),
    "guess.id_hash": (
        "no columns name a row, so an equal line gets the number of its occurrence",
        "没有能标识一行的列，因此相同的行按出现次序编号",
    ),
    "guess.kinds": ("what the rows are: {kinds}", "这些行是什么：{kinds}"),
    "guess.kind_of": ("the kind of {text}: {kinds}", "{text} 的类型：{kinds}"),
    "guess.kind_void": (
        "{text}: a void needs `ref`, the id that it takes back; or skip such rows",
        "{text}：作废需要 `ref`，即被撤销的 id；或跳过这些行",
    ),
    "guess.kind_two_ways": (
        "is everything in {column} a {kind}, or are there transfers and losses too?",
        "{column} 中全部是 {kind} 吗，还是也有调拨和损耗？",
    ),
    "guess.kind_title": (
        "are all rows of the kind {kind}? `{title}` sounds like it",
        "每一行都是 {kind} 吗？`{title}` 像是如此",
    ),
    "guess.kind_column": (
        "are all rows of the kind {kind}? The column `{column}` sounds like it",
        "每一行都是 {kind} 吗？列 `{column}` 像是如此",
    ),
    "guess.kind_places": (
        "rows have a place where goods leave and one where they arrive",
        "每行都有货物离开的地点和到达的地点",
    ),
    "guess.column_of": ("which column is the {field}: {columns}", "哪一列是 {field}：{columns}"),
    "guess.no_columns": ("no column is left", "没有剩余的列"),
    "guess.sku_by_name": (
        "there is no number of the article, so its name stands for it",
        "没有商品编号，因此用名称代替",
    ),
    "guess.every_row": ("as you said, for every row", "按你所说，用于每一行"),
    "guess.location": (
        "where the rows happened: a column, or one name for every row",
        "这些行发生在哪里：某一列，或用于每一行的一个名称",
    ),
    "guess.sign": ("the sign is turned", "正负号取反"),
    "guess.marks": (
        "is `{example}` a whole number or a number with decimals?",
        "`{example}` 是整数还是带小数的数？",
    ),
    "guess.unit": ("how many units of stock is one {unit}?", "一{unit}等于多少库存单位？"),
    "guess.pieces": ("pieces in one {unit}", "一{unit}有多少件"),
    "guess.day_or_month": (
        "day first or month first? `{form}` and `{other}` both fit every row",
        "日在前还是月在前？`{form}` 和 `{other}` 都符合每一行",
    ),
    "guess.at_count": (
        "the dates have no time of day; a count is taken after the sales of its day",
        "日期没有时刻；盘点按当天销售之后计",
    ),
    "guess.at_noon": (
        "the dates have no time of day; noon, before the counts of the day",
        "日期没有时刻；取中午，在当天盘点之前",
    ),
    "guess.fits": ("fits {fits} of {rows} rows", "符合 {rows} 行中的 {fits} 行"),
    "guess.own": (
        "`{name}` holds movements already: read it without a map, `lowtide replay {name}{option}`.",
        "`{name}` 已经是变动记录：无需映射即可读取，`lowtide replay {name}{option}`。",
    ),
    "guess.shipped": (
        "`{name}` is {what}: use the map `{map}`, or start from its text, `lowtide map show {map}`.",
        "`{name}` 是 {what}：请使用映射 `{map}`，或以其文本为起点，`lowtide map show {map}`。",
    ),
    "guess.xml": (
        "`{name}` is XML: write a map with `format: xml` and `each:`; docs/maps.md has an example.",
        "`{name}` 是 XML：请编写含 `format: xml` 和 `each:` 的映射；docs/maps.md 有示例。",
    ),
    "guess.written": ("`{file}` is written.", "已写入 `{file}`。"),
    "guess.open": (
        "{missing} not found, {questions} to decide:",
        "未找到 {missing} 项，待决定 {questions} 项：",
    ),
    "guess.nothing_open": ("Nothing is left open: read it, and try it.", "没有未决事项：请检查并试用。"),
    "guess.next": (
        "Next: `lowtide map check {file} {sample}`",
        "下一步：`lowtide map check {file} {sample}`",
    ),
    "guess.ask_zone": (
        "Time zone of the times without one, such as Europe/Berlin",
        "没有时区的时间属于哪个时区，例如 Asia/Shanghai",
    ),
    "guess.ask_kind": (
        "What is a row: sale, return, receipt, order, shipment, count, transfer, adjustment",
        "一行是什么：sale、return、receipt、order、shipment、count、transfer、adjustment",
    ),
    "guess.ask_location": ("Where did all rows happen: the name of the place", "所有行发生在哪里：地点名称"),
    "guess.ask_source": (
        "Who sends the rows: a name that stays the same",
        "谁发送这些行：一个保持不变的名称",
    ),
    "guess.ask_stock": (
        "Where does opening stock come from? Map a stock list as `count`, or receipts from the first day on.",
        "期初库存从何而来？请把库存清单映射为 `count`，或映射自第一天起的收货。",
    ),
    "guess.empty_answer": ("Enter leaves it open", "直接回车则保留未决"),
}
