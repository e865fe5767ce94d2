"""What is proposed about an alert, in the sentence with which `lowtide explain ALERT` ends."""

from __future__ import annotations

from collections.abc import Mapping

from lowtide.explain.proposal import proposal_title
from lowtide.rows import Row
from lowtide.warehouse import Warehouse, proposal_rows, queries
from lowtide.words import Language


def proposal_of(warehouse: Warehouse, alert: Row) -> Row | None:
    """The live proposal of an alert or of its position, as `explain` takes one; None: nothing is proposed."""
    supplier = queries.supplier_of(warehouse, alert["sku"])
    found = proposal_rows.of_alerts(warehouse, [{**alert, "supplier": supplier}]).get(alert["alert_id"])
    if found is None:
        return None
    from lowtide.cli.proposals_show import whole

    return whole(warehouse, found["proposal_id"])


def proposal_sentence(proposal: Row, tell: Language, names: Mapping[str, str]) -> str:
    """Its ref, what it asks for until when, its state, who has it: `Proposal LT-…: order 24 of …; proposed, with Sam.`"""
    holder = proposal["holder"]
    key = "proposals.of_alert" if holder else "proposals.of_alert_done"
    return tell.say(
        key, ref=proposal["ref"], what=proposal_title(proposal, tell), state=tell.word("state", proposal["state"]),
        holder=names.get(holder, holder),
    )  # fmt: skip
