"""What to do about a shelf that runs empty: how much to order from whom by when, what another shop has to spare, what to
chase, count or make. Pure: no clock, no store; every time is an argument.

    position, item, supplier, lane, terms   what is known, as typed values
    order         order and production: order up to a level, min/max, or DDMRP
    transfer      from the nearest place with true excess
    expedite      an open order that should hurry
    chase         all overdue orders of a supplier
    count         what must be counted, dearest first
    life          proposed … confirmed: which verb is legal where
    identity      proposal_id, list, ref, version
    export        documents, CSV, and the import forms of other systems
"""

from lowtide.propose.chase import Overdue, chase
from lowtide.propose.count import count, dearest_first
from lowtide.propose.demand import Demand
from lowtide.propose.expedite import expedite
from lowtide.propose.identity import list_id, order_list, proposal_id, ref
from lowtide.propose.item import Item
from lowtide.propose.lane import Donor, Lane
from lowtide.propose.moved import moved
from lowtide.propose.order import order
from lowtide.propose.position import Position, Reservation, Supply, thousandths, units
from lowtide.propose.proposed import MARKS, Proposed
from lowtide.propose.supplier import OrderDay, Supplier
from lowtide.propose.terms import AutoApprove, Terms
from lowtide.propose.transfer import transfer

__all__ = [
    "MARKS", "AutoApprove", "Demand", "Donor", "Item", "Lane", "OrderDay", "Overdue", "Position", "Proposed", "Reservation",
    "Supplier", "Supply", "Terms", "chase", "count", "dearest_first", "expedite", "list_id", "moved", "order", "order_list",
    "proposal_id", "ref", "thousandths", "transfer", "units",
]  # fmt: skip
