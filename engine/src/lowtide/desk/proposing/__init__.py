"""Proposals in the desk: when they are made, what people decide about them, and how they end.

warehouse ──reading──▶ positions ──propose──▶ PROPOSED ─┐
person ──answering──▶ SUBMITTED, APPROVED, REJECTED ────┼─▶ ledger ──fold──▶ tables `proposal`, `proposal_entry`
targets ──delivery──▶ EXPORTED, orders ──▶ CONFIRMED ───┘

fold        what the entries of a proposal make of it (pure)
stages      who has to do the next step, and until when (pure)
consent     whether the place that gives agrees to a transfer (pure)
promises    what places that give have promised to others (pure)
limit       who may approve what (pure)
approval    which entry an approval is (pure)
verdict     what a person decides: SUBMITTED, APPROVED, REJECTED (pure)
entries     rows of the ledger about a proposal (pure)
mirror      the tables in desk.db
waiting     what happens as time passes: nudges, ends with the alert
taking      what becomes of a reckoned proposal beside those that wait
alerts      what alerts ask for at once
looking     what waits is looked at again
planner     the thread that reads, reckons and writes
"""
