"""Until the core has `demand_days`, the estimator of tests/model stands in for it."""

from __future__ import annotations

import os

import pyarrow as pa
import pytest

from lowtide import core
from tests.model.estimate import Estimator


def demand_days(
    first_day, units, exposure, full=None, sold_out=None, *,
    prior_rate=0.0, prior_days=1.0, dispersion=1.5, calm=1.0, whole=True,
):  # fmt: skip
    one = Estimator(prior_rate, prior_days, dispersion, calm, "whole" if whole else "part")
    rows = []
    columns = [column.to_pylist() for column in (units, exposure, full, sold_out)]
    for day, values in enumerate(zip(*columns, strict=True), first_day):
        one.close(day, *values)
        rows.append((one.rate, one.phi, one.kappa))
    return pa.RecordBatch.from_arrays(
        [pa.array(values) for values in zip(*rows, strict=True)], ["rate", "phi", "kappa"]
    )


if not hasattr(core, "demand_days"):
    core.demand_days = demand_days


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("LOWTIDE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
