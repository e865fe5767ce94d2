"""The key figures: response, correctness, load, stock; and those of one person."""

from __future__ import annotations

KPI: dict[str, tuple[str, str]] = {
    "view.kpi.counted": (
        "These figures count the alerts that the desk has routed since it was first started. The page Trends counts every "
        "alert that was opened, also before.",
        "此处只统计值守台首次启动以来分派过的告警；“趋势”页面统计所有开启过的告警，包括此前的。",
    ),
    "view.kpi.lead": (
        "How fast people answered, how often the alerts were right, how much anybody had to hear.",
        "响应有多快，告警有多准，每人收到多少消息。",
    ),
    "view.kpi.figures": ("Alerts and answers", "告警与响应"),
    "view.kpi.stock": ("Stock now", "当前库存"),
    "view.kpi.rows": ("Divided", "分组"),
    "view.kpi.rows.caption": ("Key figures by {by}", "关键指标，按{by}"),
    "view.kpi.load": ("How much people had to hear", "消息负荷"),
    "view.kpi.load.lead": (
        "Messages to one person in an hour. Up to 6 is acceptable, 12 is the most anybody can take (ISA-18.2).",
        "一人一小时内收到的消息。6 条以内可接受，12 条为上限（ISA-18.2）。",
    ),
    "view.kpi.load.none": (
        "No message was sent in this time, so nobody was loaded.",
        "此时段内没有发送消息，没有负荷。",
    ),
    "view.kpi.load.sum": (
        "{pushes} in {hours} person-hours with a message: up to 6 in {acceptable} of them, 7 to 12 in {high}, more than 12 "
        "in {overload}. Floods (more than 10 candidates in 10 minutes): {floods}.",
        "有消息的 {hours} 个人时中共 {pushes}：6 条以内 {acceptable} 小时，7 至 12 条 {high} 小时，超过 12 条 "
        "{overload} 小时。"
        "告警潮（10 分钟内超过 10 个）：{floods} 次。",
    ),
    "view.kpi.load.chart": (
        "Mean messages to one person by hour of the day",
        "一天中各小时每人的平均消息数",
    ),
    "view.kpi.load.describe": (
        "The busiest hour begins at {hour}:00, with {most} in the mean.",
        "最忙的是 {hour}:00 起的一小时，平均 {most}。",
    ),
    "view.kpi.load.six": ("6: acceptable", "6：可接受"),
    "view.kpi.load.twelve": ("12: the most", "12：上限"),
    "view.kpi.calibration": ("Can the chances be believed?", "概率可信吗？"),
    "view.kpi.calibration.said": (
        "Of {days} judged, {said} was said in the mean, and {came_true} came true. In {outside} of 10 tenths the "
        "two differ.",
        "已评判 {days}：平均所说 {said}，实际应验 {came_true}。10 档中有 {outside} 档两者不符。",
    ),
    "view.kpi.calibration.none": (
        "Nothing can be judged yet: the horizon of what was said must have passed.",
        "还没有可以评判的内容：所说的预测期须已结束。",
    ),
    "view.kpi.calibration.more": ("See the calibration", "查看概率校准"),
    "view.kpi.empty": ("No alert opened in this time.", "此时段内没有打开告警。"),
    "view.kpi.own": ("Own figures", "个人指标"),
    "view.kpi.precision_rated": (
        "{rated} of {alerts} rated ({share}); the true share is between {low} and {high}",
        "{alerts}中已评价 {rated} 个（{share}）；真实值在 {low} 至 {high} 之间",
    ),
    "view.kpi.p90": ("nine in ten within {p90}, of {count}", "九成在 {p90} 内，共 {count} 个"),
    "view.kpi.unknown": ("not known", "未知"),
    "view.kpi.unknown_yet": ("nothing to count in this period", "此时段内无可统计"),
    "view.kpi.row.response": ("Taken", "接手率"),
    "view.kpi.row.mtta": ("Time to acknowledge", "确认用时"),
    "view.kpi.row.mttr": ("Time to resolve", "解决用时"),
    "view.kpi.row.in_time": ("In time", "按时确认"),
    "view.kpi.row.precision": ("Precision", "准确率"),
    "view.kpi.row.rated": ("Rated", "已评价"),
    "view.kpi.row.in_stock": ("In stock", "有货率"),
    "view.kpi.row.excess": ("Excess", "过量"),
    "view.kpi.row.dead": ("Dead", "呆滞"),
    "view.kpi.row.turns": ("Turns a year", "年周转"),
    "figure.alerts": ("Alerts", "告警"),
    "figure.opened": ("Opened", "打开"),
    "figure.ended": ("Ended by the data", "由数据结束"),
    "figure.acknowledged": ("Acknowledged", "已确认"),
    "figure.loss": ("Expected loss", "预计损失"),
    "figure.out_of_stock": ("Stockouts", "缺货次数"),
    "figure.demand": ("Units sold", "销量"),
    "figure.response_rate": ("Taken up", "接手率"),
    "figure.mtta": ("Time to acknowledge", "确认用时"),
    "figure.mttr": ("Time to resolve", "解决用时"),
    "figure.in_time": ("Acknowledged in time", "按时确认"),
    "figure.resolved_in_time": ("Resolved in time", "按时解决"),
    "figure.precision": ("Precision", "准确率"),
    "figure.false_alarms": ("False alarms", "误报"),
    "figure.false_alarms.unit": ("per 1,000 positions a day", "次/千库存点/天"),
    "figure.reopen_rate": ("Opened again", "重开率"),
    "figure.missed_stockouts": ("Missed stockouts", "漏报缺货"),
    "figure.warning_lead": ("Warning time", "预警提前量"),
    "figure.pushes": ("Messages", "消息"),
    "figure.hours_over": ("Person-hours over 6 messages", "超过 6 条的人时"),
    "figure.in_stock": ("In stock", "有货率"),
    "figure.excess": ("Excess", "过量库存"),
    "figure.dead": ("Dead stock", "呆滞库存"),
    "figure.turns": ("Turns a year", "年周转次数"),
    "figure.stock_value": ("Stock value", "库存金额"),
    "view.person.lead": (
        "Only {name}, the lead and an administrator see these figures. They are load and response, not a ranking.",
        "只有{name}本人、主管和管理员可以看到这些指标。它们说明负荷和响应，不是排名。",
    ),
}
