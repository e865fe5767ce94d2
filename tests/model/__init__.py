"""The semantics once more, in dictionaries: slow, short, and written without a look at the engine.

    wire.py       one line of text to a Record or a Reject
    quantity.py   text to thousandths and back
    instant.py    text to milliseconds and back
    policy.py     the few policy values the model needs, to and from YAML
    deeds.py      what one unit of a kind does to the sums of a position
    supply.py     the sums and the latest statements of one ref
    promises.py   holds and reservations: a base, and a window before it
    stock.py      a position: deeds, counts, statements
    voids.py      which record a void takes back, and the void that waits for its record
    detectors.py  negative_stock, overdue_supply, out_of_stock as far as it can be known
    log.py        a whole partition: duplicates, clock, timers, effects, detection
    outcome.py    what a log leaves behind, in one shape for everyone who replays it
    shuffles.py   logs whose order of arrival must not matter, and other orders of them
    estimate.py   what a position's days in stock teach of its demand
    ordering.py   how a position is ordered for, learned from its own orders
    decision.py   the chance to run out, over the days on which supply may come; trip and exit levels
    rhythm.py     when feeds are silent
    signs/        the signs of docs/alerts.md, on top of the model of stock
    formulas.py   the tail of demand and planning formulas, from scipy
    lines.py      ways to write one record down
    rejects.py    malformed records, with the reject each must give
    readable.py   odd but readable ones, with the stock they leave

`properties/` holds the engine against this model.
"""
