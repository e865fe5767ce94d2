"""The page of calibration."""

from __future__ import annotations

CALIBRATION: dict[str, tuple[str, str]] = {
    "view.calibration.days": ("All days of the sample", "抽样的全部天数"),
    "view.calibration.openings": ("Alerts at their opening", "告警产生时"),
    "view.calibration.which": ("Judged are", "评判对象"),
    "view.calibration.title": ("{name}: {days}", "{name}：{days}"),
    "view.calibration.all": ("All positions", "全部库存点"),
    "view.calibration.tenth": ("Tenth", "档"),
    "view.calibration.empty_text": (
        "Come back when the horizon of the first days has passed. `lowtide calibration` says the same on the command line.",
        "请等最初几天的预测期结束后再看。命令行 `lowtide calibration` 显示相同内容。",
    ),
}
