"""The signs once more, from docs/alerts.md: slow, plain, and looked at much too often.

    values.py     the policy values that signs go by, and the YAML that gives the core the same ones
    run.py        a whole log: what the model tells
    shelf.py      one position: days close, then every sign is asked
    days.py       what its local days teach: time in stock, sales, idle days, the estimate
    life.py       an alert from its opening to its end; verdict.py: what a sign says when it is asked
    near.py       comparisons that rounding decides, and what core and docs do not agree about yet
    silence.py    which feeds are silent when, from `rhythm.py`

    slip.py       slipping_supply          mismatch.py   transfer_mismatch
    variance.py   count_variance           holes.py      process_hole
    cover.py      overstock                idle.py       slow_moving, dead_stock
    quiet.py      phantom_stock, sales_drought           shift.py   level_shift
    lots.py       what is left of lots     expiring.py   expiring

Days are those of UTC. There is a flat profile, but neither a season, a catalogue, a forecast nor flapping.
"""
