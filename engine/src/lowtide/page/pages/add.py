"""Add data: choose a file, correct what its columns were taken for, look at what becomes of it, send it."""

from __future__ import annotations

from typing import Any

from lowtide.errors import LowtideError, SettingsError
from lowtide.map.rule import MAPPED_KINDS
from lowtide.page.ask import Answer, Ask, Html, Page, Redirect
from lowtide.service import Role, uploads

ROLES = (
    "sku", "name", "location", "quantity", "time", "kind", "document", "line", "row_id", "ref", "due", "expiry", "unit",
    "time_of_day", "from_location", "to_location", "quantity_in", "quantity_out", "counterparty", "reason",
)  # fmt: skip
"""What a column can be, in the order of the list."""
_WAIT_S = 4.0
"""So long a page waits for its step before it shows that the step is at work."""


def view(ask: Ask) -> Answer:
    """Where a file is chosen."""
    return Html("add", {"way": uploads.way_of(ask.context), "most": uploads.MOST_BYTES, "problem": ""})


def choose(ask: Ask) -> Answer:
    """A file was chosen."""
    file = ask.files.get("file")
    try:
        if file is None:
            raise SettingsError(ask.language.say("add.no_file"))
        one = uploads.add(ask.context, ask.caller, file.name, file.body, ask.language)
    except SettingsError as error:
        values = {
            "way": uploads.way_of(ask.context),
            "most": uploads.MOST_BYTES,
            "problem": ask.language.refusal(error.message, error.hint),
        }
        return Html("add", values, 422)
    return Redirect(f"/add/{one.id}")


def look(ask: Ask) -> Answer:
    """A file on its way in."""
    return _page(ask, uploads.wait(ask.context, ask.caller, ask.path["upload_id"], _WAIT_S))


def step(ask: Ask) -> Answer:
    """Correct, check, send or remove."""
    context, caller, upload_id = ask.context, ask.caller, ask.path["upload_id"]
    try:
        match ask.first("do"):
            case "remove":
                uploads.remove(context, caller, upload_id)
                return Redirect("/add?done=upload_removed")
            case "guess":
                uploads.guess(context, caller, upload_id, _answers(ask), ask.language)
            case "check":
                uploads.check(context, caller, upload_id, None, ask.language)
            case "map":
                uploads.check(context, caller, upload_id, ask.first("map"), ask.language)
            case "send":
                return _send(ask, upload_id)
    except LowtideError as error:
        if not isinstance(error, SettingsError):
            raise
        return _page(
            ask,
            uploads.look(context, caller, upload_id),
            ask.language.refusal(error.message, error.hint),
            422,
        )
    return Redirect(f"/add/{upload_id}")


def _send(ask: Ask, upload_id: str) -> Answer:
    name, again = ask.first("map_name").strip(), bool(ask.first("replace"))
    one = uploads.send(ask.context, ask.caller, upload_id, name, again=again)
    if not one.is_over:
        one = uploads.wait(ask.context, ask.caller, upload_id, 60.0)
    return Html("upload_sent", {"one": one}) if one.sent else _page(ask, one)


def _answers(ask: Ask) -> dict[str, Any]:
    """What the form says: a role of each column, a kind of each text, and what no column tells."""
    columns: dict[str, str] = {}
    for field, values in ask.form.items():
        if field.startswith("column:") and values[0]:
            columns[values[0]] = field.removeprefix("column:")
    for role in ask.all("had"):
        columns.setdefault(role, "")
    kinds = {
        field.removeprefix("kind:"): values[0]
        for field, values in ask.form.items()
        if field.startswith("kind:")
    }
    known = {name: ask.first(name).strip() for name in ("zone", "kind", "source", "location")}
    return {**known, "columns": columns, "kinds": kinds}


def _page(ask: Ask, one: uploads.Upload, problem: str = "", status: int = 200) -> Answer:
    if one.sent:
        return Html("upload_sent", {"one": one})
    if one.state == "failed":
        problem = problem or ask.language.refusal(one.error, one.hint)
    kinds = [(kind, ask.language.word("movement", kind)) for kind in (*MAPPED_KINDS, "transfer")]
    return Html("upload", {
        "one": one, "problem": problem, "roles": ROLES, "kinds": kinds, "way": uploads.way_of(ask.context),
        "map_name": ask.first("map_name") or _name(one), "zone": str(ask.context.book().zone),
    }, status)  # fmt: skip


def _name(one: uploads.Upload) -> str:
    """A name for the map, from that of the file."""
    from lowtide.map.guess.answers import name_of

    return name_of(one.name.rpartition(".")[0]) or "data"


PAGES = (
    Page("/add", "add", view, choose, Role.ADMIN, Role.ADMIN, uploads.MOST_BYTES + (64 << 10)),
    Page("/add/{upload_id}", "upload", look, step, Role.ADMIN, Role.ADMIN, 2 << 20),
)
