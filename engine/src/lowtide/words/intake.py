"""What `lowtide intake` and `lowtide journal` say."""

from __future__ import annotations

INTAKE: dict[str, tuple[str, str]] = {
    "intake.ready": (
        "Intake listens on {address}; documents go to the journal `{journal}`",
        "正在监听 {address}；单据写入日志 `{journal}`",
    ),
    "intake.next": (
        "  next   lowtide run journal:{journal} --follow --state .lowtide/state",
        "  下一步   lowtide run journal:{journal} --follow --state .lowtide/state",
    ),
    "journal.whole": (
        "{frames} frames in {files} files are whole, places {first} to {next}",
        "{files} 个文件中的 {frames} 帧完好，位置 {first} 至 {next}",
    ),
    "journal.damaged": ("damaged: {place}", "损坏：{place}"),
    "journal.name": (
        "journal {id}, begun {created}; places {first} to {next}, {size} MiB",
        "日志 {id}，始于 {created}；位置 {first} 至 {next}，{size} MiB",
    ),
    "journal.reader": (
        "{name} has stored everything before place {next} ({behind} wait)",
        "{name} 已保存位置 {next} 之前的全部内容（还有 {behind} 条等待）",
    ),
    "journal.exported": (
        "{movements} movements of {rows} rows written; {skipped} rows skipped, {rejected} rejected",
        "由 {rows} 行写出 {movements} 条库存变动；跳过 {skipped} 行，拒收 {rejected} 行",
    ),
}
