"""Orders on their way out: the document, the CSV, and each shipped form byte for byte.

`python -m tests.propose.test_export` writes the samples of the forms anew.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest

from lowtide.errors import FormError
from lowtide.propose import MARKS
from lowtide.propose.export import Line, Order, document, forms, load_form, shipped_form_text, table
from lowtide.propose.export.form import read_form
from lowtide.propose.export.form_file import HOLES
from lowtide.propose.life import REASONS

FORMS = Path(str(resources.files("lowtide.propose.export"))) / "forms"


def line(number: int = 1, **more) -> Line:
    given = {
        "sku": "6901234567892", "quantity": 24_000, "name": "纯牛奶 250ml", "unit": "盒", "unit_cost": 2.35, "cost": 56.4,
        "requested_at": datetime(2026, 12, 3, 16, tzinfo=UTC), "category": "DAIRY",
    }  # fmt: skip
    return Line(**{"proposal_id": f"PROPOSAL{number}", "ref": f"LT-LINE{number}", **given, **more})


def order(*lines: Line, **more) -> Order:
    given = {
        "number": "LT-6Z1KQ0M3XW", "kind": "order", "ordered_at": datetime(2026, 12, 2, 6, tzinfo=UTC), "supplier": "V002",
        "supplier_name": "光明乳业", "ship_to": "S01", "ship_to_name": "人民路店", "buyer": "小海超市", "approved_by":
        "wang",
        "currency": "CNY", "zone": "Asia/Shanghai",
    }  # fmt: skip
    weighed = line(
        2, sku="2001", name="苹果", unit="kg", quantity=12_500, unit_cost=6.125, cost=76.56, requested_at=None
    )
    return Order(lines=lines or (line(), weighed), **{**given, **more})


def test_the_document_says_the_order_once_and_each_line():
    """Days are days of the shop: 16:00 UTC is the next day in Shanghai."""
    found = document(order())
    assert {name: found[name] for name in ("document", "number", "ordered_on", "requested_on", "currency", "total")} == {
        "document": "purchase_order", "number": "LT-6Z1KQ0M3XW", "ordered_on": "2026-12-02", "requested_on": "2026-12-04",
        "currency": "CNY", "total": "132.96",
    }  # fmt: skip
    assert found["lines"][1] == {
        "line": 2, "ref": "LT-LINE2", "proposal_id": "PROPOSAL2", "sku": "2001", "name": "苹果", "quantity": "12.5",
        "unit": "kg", "unit_cost": "6.125", "amount": "76.56", "requested_on": None,
    }  # fmt: skip
    assert document(order(line(unit_cost=None, cost=None)))["total"] is None


def test_a_csv_reads_back_line_by_line():
    raw = table([order(), order(number="LT-OTHER")])
    assert raw.startswith(b"\xef\xbb\xbf") and not table([order()], excel=False).startswith(b"\xef")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["LT-6Z1KQ0M3XW"] * 2 + ["LT-OTHER"] * 2
    assert (
        rows[1]["quantity"] == "12.5" and rows[0]["name"] == "纯牛奶 250ml" and rows[1]["requested_on"] == ""
    )


@pytest.mark.parametrize("text", ["=1+1", "+8", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_no_text_becomes_a_formula(text):
    """A supplier's name such as =HYPERLINK(…) must not run in the buyer's spreadsheet. Our own numbers stay numbers."""
    evil = order(line(sku=text, name=text, quantity=-3_000), supplier_name=text, ship_to_name=text)
    row = next(iter(csv.DictReader(io.StringIO(table([evil]).decode("utf-8-sig")))))
    assert all(
        row[name].startswith("'") or not row[name].startswith(("=", "+", "-", "@", "＝"))
        for name in row
        if name != "quantity"
    )
    assert row["quantity"] == "-3"
    asked_for = csv.DictReader(io.StringIO(table([evil], raw=True).decode("utf-8-sig")))
    assert next(iter(asked_for))["sku"] == text.strip(), "a program gets the text itself"
    cells = load_form("u8").write([evil]).decode("gb18030").splitlines()[1].split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝")) and cell != "-3"]


@pytest.mark.parametrize("name", forms())
def test_each_shipped_form_writes_its_sample(name):
    assert load_form(name).write([order()]) == (FORMS / name / "sample.csv").read_bytes()


def test_shipped_forms_are_four_and_say_that_they_are_unconfirmed():
    assert forms() == ("kingdee", "odoo", "sap", "u8")
    for name in forms():
        form = load_form(name)
        assert not form.confirmed and form.title("zh") != form.title("en")
        assert read_form(shipped_form_text(name), "copy.yaml", name) == form


def test_a_form_of_the_shop(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "title: {en: Own, zh: 自有}\nkinds: [transfer]\n"
        "write: {delimiter: tab, header: false, newline: lf, date: '%d.%m.%Y', suffix: txt}\n"
        "columns:\n  - {name: a, text: '{from_location}>{ship_to}'}\n  - {name: b, text: '{quantity}'}\n"
        "  - {name: c, text: '{requested_on}'}\n  - {name: d, text: '{{}}'}\n",
        "utf-8",
    )
    form = load_form(path)
    assert (
        form.write([order(line(), kind="transfer", from_location="S02")]) == b"S02>S01\t24\t04.12.2026\t{}\n"
    )
    assert (form.name, form.suffix, form.media_type) == ("own", "txt", "text/plain; charset=utf-8")
    with pytest.raises(FormError, match="takes transfer, and `LT-6Z1KQ0M3XW` is of kind order"):
        form.write([order()])


def test_a_wrong_form_is_refused_with_all_its_lines():
    text = (
        "title: {en: Own, zh: 自有}\nkinds: [orders]\nwrite: {encoding: utf-9, date: today, newlines: lf, header: perhaps}\n"
        "columns:\n  - {name: a, text: '{skuu}'}\n  - {text: '{sku'}\nlowtide_form: 2\n"
    )
    with pytest.raises(FormError) as refused:
        read_form(text, "own.yaml", "own")
    for words in (
        "own.yaml:2:9: `kinds`: write `order`",
        "own.yaml:3:9: `encoding`: write the name of an encoding",
        "own.yaml:3:26: `date`: write a form of a day",
        "own.yaml:3:39: unknown word `newlines`: did you mean `newline`?",
        "own.yaml:3:53: `header`: write true or false",
        "own.yaml:5:15: `text`: nothing is called {skuu}: did you mean {sku}?",
        "`name` is missing",
        "`{` stands alone",
        "`lowtide_form`: write `1`",
    ):
        assert words in str(refused.value), f"{words}\n{refused.value}"
    with pytest.raises(FormError, match="Shipped are kingdee, odoo, sap, u8"):
        load_form("kingde")


def test_a_character_that_the_encoding_does_not_have_is_named():
    form = read_form(
        "title: {en: a, zh: b}\nwrite: {encoding: gb2312}\ncolumns: [{name: a, text: '{name}'}]", "f", "f"
    )
    with pytest.raises(FormError, match="gb2312, which has no character `🥛`"):
        form.write([order(line(name="牛奶🥛"))])


def test_the_page_of_proposals_tells_the_truth_about_forms_and_marks():
    page = (Path(__file__).parents[2] / "docs/proposals.md").read_text("utf-8")
    form = read_form(page.split("```yaml\n")[1].split("```")[0], "page", "page")
    assert form.confirmed and form.write([order()]).decode("gb18030").splitlines()[1].startswith(
        "LT-6Z1KQ0M3XW,690"
    )
    holes = page.split("Holes: ")[1].split(". A mistake")[0]
    assert sorted(holes.replace("`", "").replace(",", " ").split()) == sorted(HOLES)
    for word in (*MARKS, *REASONS, *forms()):
        assert f"`{word}`" in page, word


if __name__ == "__main__":
    for name in forms():
        (FORMS / name / "sample.csv").write_bytes(load_form(name).write([order()]))
