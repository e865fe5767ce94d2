"""The semantics once more, in dictionaries: slow, short, and written without a look at the engine.

    wire.py       one line of text to a Record or a Reject
    quantity.py   text to thousandths and back
    instant.py    text to milliseconds and back
    policy.py     the few policy values the model needs, to and from YAML
    stock.py      what each kind does to a position
    detectors.py  negative_stock, overdue_supply, out_of_stock as far as it can be known
    log.py        a whole partition: duplicates, clock, timers, effects, detection
    formulas.py   projection and planning formulas, from scipy
    lines.py      ways to write one record down
    rejects.py    malformed records, with the reject each must give
    readable.py   odd but readable ones, with the stock they leave

`properties/` holds the engine against this model.
"""
