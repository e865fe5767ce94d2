"""One folder a story: `events.jsonl` as it arrived, `expect.yaml` as it must end, `ledger.jsonl` as accepted.

    expect.yaml   story        what happened, in a sentence or two
                  positions    final values, only the named columns
                  moments      after so many lines: positions
                  demand_days  every day with demand, late and very late together
                  counts       only the named ones
                  rejects      all of them; absent means none
                  alerts       each with entries ("..." is any number of changes), and opened / ended: a time,
                               or {from, to}, both inclusive
                  complete     types of which `alerts` is the whole list; "all" for every type
                  absent       alerts that must not be
                  at_least     alerts that must be there beside others of their type

`ledger.jsonl` is written by `pytest tests/scenarios --accept` and read by a person before it is committed.
"""
