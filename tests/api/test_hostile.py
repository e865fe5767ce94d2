"""What a hostile caller may write: cursors, headers and ways to export that nobody gave."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lowtide.api.app import PREFIX
from lowtide.api.rule_edits import EditBody, edits_of
from lowtide.api.sheet import cell
from lowtide.desk.proposing import exporting
from lowtide.errors import SettingsError
from lowtide.page import form
from lowtide.page.csv_table import csv_table
from lowtide.propose.export import Order
from lowtide.service import Role
from tests.web.house import House

DEEP = "[" * 1_400
CURSORS = (
    "[Infinity, 1, 'a']", '["loss", NaN, "a"]', f'["loss", {"9" * 300}, "a"]', '["loss", 1e999, "a"]', DEEP,
    '[Infinity, 1, "a"]', f'[{"9" * 300}, 1, "a"]', '[1, NaN, "a"]', "null", "{}", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    one = House(tmp_path_factory.mktemp("hostile"))
    yield one
    one.store.close()


@pytest.mark.parametrize("path", ["/alerts", "/groups", "/proposals"])
def test_a_cursor_that_nobody_gave_is_no_mistake_of_the_server(house: House, path: str) -> None:
    token = house.token(f"cursors-{path[1:]}", Role.VIEWER)
    for text in CURSORS:
        packed = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for cursor in (text, packed):
            target = house.ask("GET", f"{PREFIX}{path}?cursor={_quoted(cursor)}", authorization=token)
            assert target.status in (200, 422), (path, text[:40], target.text[:200])


def test_a_language_with_a_strange_weight_is_passed_over(house: House) -> None:
    reply = house.get("/login", accept_language="en;q=\u00b2, zh;q=0.9")
    assert reply.status == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1900-01-01"])
@pytest.mark.parametrize("path", ["kpi", "trends"])
def test_a_period_at_the_end_of_time_is_told(house: House, path: str, day: str) -> None:
    token = house.token(f"days-{path}-{day}", Role.VIEWER)
    reply = house.ask("GET", f"{PREFIX}/{path}?from={day}&to={day}", authorization=token)
    assert reply.status == 422 and "too far away" in reply.text


@pytest.mark.parametrize("until", ["0001-01-01T00:00", "9999-12-31T23:59", "x"])
def test_a_snooze_until_the_end_of_time_is_told(house: House, until: str) -> None:
    cookie = house.sign_in("ada")
    with house.store.read() as rows:
        alert = rows.value("SELECT alert_id FROM alert LIMIT 1")
    fields = {"verb": "snooze", "id": alert, "until": until, "back": "/queue", "alert_id": alert}
    assert house.form("/queue", fields, cookie=cookie).status in (303, 409, 422)


def test_who_asks_over_http_names_no_form_file(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("secret: of another\n")
    order = Order("LT-1", "order", datetime(2026, 11, 30, tzinfo=UTC), ())
    with pytest.raises(SettingsError, match="there is no form"):
        exporting.written([order], f"form:{file}")
    with pytest.raises(SettingsError, match="not a way to export"):
        exporting.written([order], f"folder:{tmp_path}")
    with pytest.raises(SettingsError, match=r"own\.yaml"):
        exporting.written([order], f"form:{file}", own_forms=True)


@pytest.mark.parametrize("value", [1 << 70, -(1 << 70), "\ud800", [{"a\udfff": 1}], [[1 << 64]]])
def test_a_value_that_no_file_can_hold_is_told(value: Any) -> None:
    with pytest.raises(SettingsError, match="of an edit has"):
        edits_of([EditBody(path=["a"], value=value)])


def test_a_form_of_too_many_parts_is_refused_before_it_is_read() -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    begun = time.process_time()
    with pytest.raises(ValueError, match="too many parts"):
        form.fields(part * 60_000 + b"--x--", "multipart/form-data; boundary=x")
    assert time.process_time() - begun < 1.0
    found, _ = form.fields(part * 3 + b"--x--", "multipart/form-data; boundary=x")
    assert found == {"a": ["1", "1", "1"]}


def test_no_cell_is_a_formula_in_wide_letters_either() -> None:
    for text in ("=1", "\uff1d1+1", "\uff20SUM(A1)", "\n=1"):
        assert cell(text) == f"'{text}"
        assert f"'{text[:1]}".encode() in csv_table("a", ("b",), [(text,)]).body


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
