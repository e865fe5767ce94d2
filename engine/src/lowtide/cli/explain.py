"""`lowtide explain`: why there is an alert, with its arithmetic done again by separate plain code."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import orjson
import typer

from lowtide.cli.options import WarehouseOption, languages
from lowtide.operation.screen import Screen
from lowtide.rows import plain_row
from lowtide.settings import load_settings
from lowtide.warehouse import open_warehouse, queries
from lowtide.warehouse.names import names_of_places


def explain(
    alert_id: Annotated[
        str,
        typer.Argument(
            metavar="ALERT_ID", help="An alert, or the start of its id; or the ref of a proposal, `LT-…`."
        ),
    ],
    lang: Annotated[
        str | None, typer.Option(metavar="L", help="`en`, `zh`, or both: `en,zh`.", envvar="LOWTIDE_LANG")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a language.")] = False,
    warehouse: WarehouseOption = "embedded:",
) -> None:
    """Say why an alert is there, with the stock of now, and compute its numbers again. Exit code 1 if one differs.

    Examples:

        lowtide explain 01KAMJ3

        lowtide explain 01KAMJ3 --lang en,zh

        lowtide explain 01KAMJ3 --json | jq '.numbers[] | select(.ok | not)'
    """
    if alert_id.upper().startswith("LT-"):
        from lowtide.cli.proposals_show import show

        show([alert_id], json_, warehouse, languages(load_settings().lang if lang is None else lang)[0])
        return
    from lowtide.cli.alert_proposal import proposal_of, proposal_sentence
    from lowtide.explain import explain as explain_entries
    from lowtide.explain.learned import STORED_DAYS
    from lowtide.explain.render import render
    from lowtide.explain.terms import terms
    from lowtide.explain.zones import zones

    langs = languages(load_settings().lang if lang is None else lang)
    with open_warehouse(warehouse) as opened:
        entries = [plain_row(row) for row in queries.alert_entries(opened, alert_id)]
        item = queries.catalogue_item(opened, entries[0]["sku"])
        actions = [plain_row(row) for row in queries.alert_actions(opened, entries[0]["alert_id"])]
        desk = [plain_row(row) for row in queries.alert_desk(opened, entries[0]["alert_id"])]
        names = queries.names_of_people(opened)
        place = names_of_places(opened, [entries[0]["location"]]).get(entries[0]["location"])
        (zone,) = zones(opened, entries[:1])
        at = entries[0]["sku"], entries[0]["location"]
        stock = queries.position(opened, *at)
        orders = [plain_row(row) for row in queries.open_orders(opened, *at)]
        days = [plain_row(row) for row in queries.position_demand(opened, *at, days=STORED_DAYS)]
        values = terms(opened, entries[0])
        proposal = proposal_of(opened, entries[0])
    explanations = [
        explain_entries(
            entries,
            item,
            lang,
            actions,
            desk=desk,
            names=names,
            place=place,
            zone=zone,
            now=plain_row(stock) if stock else None,
            orders=orders,
            days=days,
            terms=values,
        )
        for lang in langs
    ]
    if proposal is not None:
        explanations = [
            replace(
                one, sections=one.sections | {"proposal": [proposal_sentence(proposal, one.language, names)]}
            )
            for one in explanations
        ]
    console = Screen()
    for number, explanation in enumerate(explanations):
        if json_:
            print(orjson.dumps(explanation.to_dict()).decode())
            continue
        if number:
            console.rule()
        render(explanation, console)
    if not explanations[0].agrees:
        raise typer.Exit(1)
