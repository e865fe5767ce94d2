"""Files that cannot be added, and maps that cannot be kept."""

from __future__ import annotations

DATA: dict[str, str] = {
    "`{name}` is empty": "`{name}` 为空",
    "Choose a file with rows.": "请选择有数据行的文件。",
    "`{name}` has {n} bytes; the page takes {most}": "`{name}` 有 {n} 字节，页面最多接收 {most}",
    "Put a larger file into a folder that `lowtide intake --folder` watches.": (
        "较大的文件请放入 `lowtide intake --folder` 监视的文件夹。"
    ),
    "`{name}` is of a kind that nothing reads": "`{name}` 的类型无法读取",
    "Choose a file of {kinds}.": "请选择以下类型的文件：{kinds}。",
    "the file was not checked yet": "文件尚未检查",
    "Check it first: then you see what becomes of it.": "请先检查，以便查看结果。",
    "the desk does not know where the rows go": "值守台不知道数据送往何处",
    "Start it with `--intake http://HOST:PORT` of `lowtide intake`, or `--intake journal:DIR`.": (
        "请用 `--intake http://HOST:PORT`（`lowtide intake` 的地址）或 `--intake journal:DIR` 启动。"
    ),
    "`{name}` is not the name of a map": "`{name}` 不能作为映射的名称",
    "A name has small letters, digits and hyphens, at most 64.": "名称由小写字母、数字和连字符组成，最多 64 个。",
    "there is a map `{name}` already": "已有映射 `{name}`",
    "Choose another name, or say that it may be replaced.": "请换一个名称，或允许替换。",
    "only an administrator adds data": "只有管理员可以添加数据",
    "this file is not here any more": "此文件已不存在",
    "Choose it again.": "请重新选择。",
    "`{name}` has no rows": "`{name}` 没有数据行",
    "`{name}`: the file is not one of its kind: {why}": "`{name}`：文件内容与类型不符：{why}",
    "`{name}` cannot be read: {why}": "无法读取 `{name}`：{why}",
    "the work took more than {n} s": "处理时间超过 {n} 秒",
    "the work ended without an answer": "处理未得到结果",
}
"""By the English sentence: the Chinese one."""
