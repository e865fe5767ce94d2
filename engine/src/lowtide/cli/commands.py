"""The commands in the groups and the order of the help: of each its module, and the first sentence of its help.

The sentence stands beside the command too; it is here so that `lowtide --help` does not load fifty modules.
"""

from __future__ import annotations

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Run": {
        "run": (
            "run",
            "Run the dataflow over sources and keep alerts, positions and rejects in the warehouse.",
        ),
        "shop": (
            "shop",
            "Run a small shop in one process: files from a folder, alerts, messages and the page, with no server.",
        ),
        "replay": (
            "replay",
            "Replay sources and write every ledger entry to standard output, in order of event time.",
        ),
        "backtest": (
            "backtest",
            "Replay a history under one policy, or two beside each other, before one of them is put in force.",
        ),
        "tune": (
            "tune",
            "Propose lines, exits, horizons and exemptions by category from a history, and say what they are worth.",
        ),
        "demo": (
            "demo",
            "Run a year of real grocery sales beside a simulated supply side, and show what came of it.",
        ),
        "generate": (
            "generate",
            "Generate synthetic movements: sales, supply, lateness, counts; some twice, some late, some bad.",
        ),
    },
    "Look": {
        "alerts": ("alerts", "Show current alerts, most expected loss first, with the stock of now."),
        "explain": (
            "explain",
            "Say why an alert is there, with the stock of now, and compute its numbers again. Exit code 1 if one differs.",
        ),
        "position": (
            "position",
            "Show one position: stock, targets, open alerts, last entries, and its projection drawn day by day.",
        ),
        "calibration": (
            "calibration",
            "Show whether the chances can be believed: what was said, against what came true, by tenths.",
        ),
        "report": (
            "report",
            "Tell how stock and alerts are doing, and what to do next: here, or as one page to read, send and print.",
        ),
        "sql": (
            "sql",
            "Ask the warehouse in ClickHouse SQL; it can only be read. The prompt completes names and keeps a history.",
        ),
        "dashboards": ("dashboards", "Dashboards for Grafana and Superset."),
    },
    "Act": {
        "ack": (
            "act",
            "Acknowledge alerts: you have seen them, and own them from now on, also if they were a colleague's.",
        ),
        "assign": ("act", "Give alerts to the one person who is accountable for them."),
        "start": ("act", "Say that work on alerts has begun; you own them from now on."),
        "resolve": ("act", "Say that what alerts asked for has been done."),
        "close": (
            "act",
            "Close alerts that are resolved, or that the data have ended, and say what they were worth.",
        ),
        "reopen": ("act", "Take alerts up again that were resolved or closed too early."),
        "note": ("act", "Write down what others should know; nothing else changes."),
        "snooze": (
            "snooze",
            "Hear nothing more of alerts until a time, or until they get worse. It holds for the location, SKU and type.",
        ),
        "silence": ("silence", "Keep known noise quiet for a while, with a reason and an end."),
        "proposals": (
            "proposals",
            "What to order, move, hurry, chase or count: proposals that wait, and what you decide about them.",
        ),
    },
    "Data and policy": {
        "map": ("map", "Maps: how files, messages and tables of others become movements."),
        "policy": ("policy", "Check a policy, get its JSON Schema, show the values in force."),
        "people": (
            "people",
            "Check the file of people, ask who is on duty and who owns an alert, put it in force.",
        ),
        "inputs": (
            "inputs",
            "Inputs beside the policy: write them by hand, check them, see them, put them into a topic.",
        ),
        "learn": (
            "learn",
            "Learn inputs from history: weekdays, season, promotions, priors, lateness, classes, horizon and lines.",
        ),
        "forecast": (
            "forecast",
            "Forecast daily demand with AutoARIMA, AutoETS or Croston's method, by category where it beats the built-in "
            "estimate.",
        ),
        "rejects": ("rejects", "Records that could not be used: list them, send them again."),
        "heartbeat": (
            "topics",
            "Put a heartbeat into every partition of a topic, so that what is due fires where nothing moves.",
        ),
        "repartition": (
            "topics",
            "Copy a topic with each record keyed by its location, so that a position is in one partition.",
        ),
        "topic": ("topic", "A first topic: make it, and fill it from files."),
    },
    "Operate": {
        "desk": ("desk", "Tell each alert to the one person who is accountable, once, and take the answer."),
        "user": ("user", "Who may sign in to the desk."),
        "token": ("token", "Tokens with which programs ask the API of the desk."),
        "warehouse": (
            "warehouse",
            "Serve the embedded store to other programs, as a ClickHouse server would.",
        ),
        "state": ("state", "Look into a state folder: its checkpoints, its files, its stock."),
        "settings": ("settings", "Show every setting: from `lowtide.yaml`, `LOWTIDE_*`, or the default."),
        "doctor": (
            "doctor",
            "Look at what Lowtide needs: ok, warn or fail for each, and what to do. Exit code 1 if something fails.",
        ),
    },
    "Way in": {
        "intake": (
            "intake",
            "Take documents over HTTP, from folders and from databases into a journal, which a run reads like a topic.",
        ),
        "journal": ("journal", "Look into the journal of `lowtide intake`, and take its rows elsewhere."),
    },
}
COMMANDS = {name: module for group in GROUPS.values() for name, (module, _) in group.items()}
