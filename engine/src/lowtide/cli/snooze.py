"""`lowtide snooze`: hear of an alert later."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from lowtide.actions import Snooze, snooze_many
from lowtide.cli.options import ActorOption, LangOption, WarehouseOption, language_of
from lowtide.cli.silence import ForOption, UntilOption, end_of
from lowtide.errors import LowtideError
from lowtide.operation.screen import echo
from lowtide.rows import as_json
from lowtide.warehouse import open_warehouse


def snooze(
    alert: Annotated[
        list[str], typer.Argument(metavar="ALERT_ID…", help="One or more alerts, or the start of an id.")
    ],
    until: UntilOption = "",
    for_: ForOption = "",
    as_: ActorOption = "",
    comment: Annotated[
        str, typer.Option("--comment", "-m", metavar="TEXT", help="What others should know.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="The entry as a JSON object a line.")] = False,
    warehouse: WarehouseOption = "embedded:",
    lang: LangOption = None,
) -> None:
    """Hear nothing more of alerts until a time, or until they get worse. It holds for the location, SKU and type.

    Examples:

        lowtide snooze 01C07FGZ --for 2h

        lowtide snooze 01C07FGZ 01C08BBZ --until 2026-12-04T09:00:00+08:00 -m 'truck comes on Thursday'
    """
    language, now = language_of(lang), datetime.now(UTC)
    end = end_of(until, for_, now)
    with open_warehouse(warehouse) as opened:
        results = snooze_many(opened, alert, as_ or getpass.getuser(), end, at=now, comment=comment)
    failed = [result for result in results if isinstance(result, LowtideError)]
    for result in results:
        if isinstance(result, Snooze):
            said = language.say(
                "snooze.done",
                id=result.alert_id,
                until=language.instant(result.until),
                actor=result.action.actor,
            )
            if json_:
                print(as_json(result.to_dict()))
            else:
                echo(said)
    for other in failed[1:]:
        echo(f"error: {other}", err=True)
    if failed:
        raise failed[0]
