"""Inputs stand beside the policy and were computed beforehand: profiles, seasons, promotions, lateness, forecasts.

    document    what `inputs.json` says, checked; a mistake names its place
    tables      `forecast.parquet` and `classes.parquet`: which columns they have, and their content as a hash
    folder      DIR/HASH/…, DIR/current: written whole or not at all, read and compared with the hash
    calendars   promotions, holidays and prices as people keep them: CSV
    building    files of people become one set of inputs
    record      the movement from which on a set holds

A set is named by the hash of its content, so that a log can say which one held, and a replay finds the same one.

>>> load_inputs("inputs").start                                                              # doctest: +SKIP
'3f1c0a7be882'
"""

from lowtide.inputs.building import Built, build
from lowtide.inputs.calendars import Effect, Price, read_effects, read_prices
from lowtide.inputs.document import Driver, InputLayer, Inputs, InputTerms, parse_json, read_document
from lowtide.inputs.folder import HASH, InputSet, InputsFolder, load_inputs, write_inputs
from lowtide.inputs.record import inputs_record
from lowtide.inputs.tables import read_classes, read_forecast

__all__ = [
    "HASH",
    "Built",
    "Driver",
    "Effect",
    "InputLayer",
    "InputSet",
    "InputTerms",
    "Inputs",
    "InputsFolder",
    "Price",
    "build",
    "inputs_record",
    "load_inputs",
    "parse_json",
    "read_classes",
    "read_document",
    "read_effects",
    "read_forecast",
    "read_prices",
    "write_inputs",
]
