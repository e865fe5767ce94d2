"""Help of the commands about maps: check, guess, ls, show, schema."""

from __future__ import annotations

MAP: dict[str, str] = {
    "Maps: how files, messages and tables of others become movements.": "映射：他人的文件、消息和表如何变成变动记录。",
    "Check a map, and try it on a sample: the first movements, sums, and every row that cannot be used.": (
        "检查映射并在样本上试用：最前面的变动、合计，以及每一条无法使用的行。"
    ),
    "Exit code 1 if a row cannot be used, 2 if the map is wrong.": "有行无法使用时退出码为 1，映射有误时为 2。",
    "Name of a map, or its path.": "映射的名称或路径。",
    "A document that the map reads; without it only the map.": "映射所读的文档；不给则只检查映射。",
    "Show so many movements, and so many rows that cannot be used.": "显示这么多笔变动和这么多条无法使用的行。",
    "Guess a first map of a sample. What nobody can tell from it is asked on a terminal, or marked NOT FOUND.": (
        "根据样本推测初始映射。无法从样本得知的内容在终端上询问，或标记为 NOT FOUND。"
    ),
    "CSV, xlsx, xls, ods, JSON, JSON lines or Parquet.": "CSV、xlsx、xls、ods、JSON、JSON 行或 Parquet 文件。",
    "Write the map to this file, and not to standard output.": "把映射写入此文件，而不是标准输出。",
    "Zone of the times, such as Europe/Berlin, or `locations`.": "时间的时区，例如 Asia/Shanghai，或 `locations`。",
    "What the rows are, where no column says it, such as sale.": "没有列说明时，这些行是什么，例如 sale。",
    "Who sends the rows: a name that stays the same.": "谁发送这些行：一个保持不变的名称。",
    "Where all rows happened, where no column says it.": "没有列说明时，所有行发生在哪里。",
    "List the maps that come with the program, and those of a folder.": "列出程序自带的映射和文件夹中的映射。",
    "Print the text of a map, to start a map of one's own from.": "输出映射的文本，作为编写自己映射的起点。",
    "Print the JSON Schema of a map, for editors.": "输出映射的 JSON Schema，供编辑器使用。",
}
