"""Inputs are learned from history, and each is judged before it is kept.

    records        rows of a replay, or of a warehouse          chances     p at every midnight, by replaying
    history        grids of positions and days                  lines       horizon and lines under a budget
    factors        weekdays, seasons, drivers, fitted together  effects     calendars and prices on the grid
    estimates      the estimator of the core, and its loss      judging     does an input pay, and where
    priors lateness classes                                     forecasts   those of others, beside the estimate
    demanding supplying alerting                                what is learned of each, as findings and layers
    learn          all of it                                    findings    what came out

What is pooled is an input: a position updates it with its own records only (`native/src/demand`).
"""
