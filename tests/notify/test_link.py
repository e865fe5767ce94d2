"""A link names a message and a person, ends, and cannot be made or changed by anybody who has no key."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lowtide.errors import SettingsError
from lowtide.notify import link
from lowtide.secret import Secret

KEY = Secret(bytes(range(32)))
END = datetime(2026, 12, 7, 1, tzinfo=UTC)
TOKEN = "ASNFZ4mrze86vXLsaxYFEIZHbjMSnivBCbyk8g"
BEFORE = END - timedelta(seconds=1)


def test_the_vector_of_the_design() -> None:
    assert link.mark("chen").hex() == "3abd72ec"
    assert link.sign(KEY, bytes.fromhex("0123456789abcdef"), link.mark("chen"), END) == TOKEN
    assert link.read([KEY], TOKEN, BEFORE) == link.Claim(
        bytes.fromhex("0123456789abcdef"), link.mark("chen"), END
    )


def test_a_link_ends_at_its_second() -> None:
    assert link.read([KEY], TOKEN, BEFORE) is not None
    assert link.read([KEY], TOKEN, END) is None


def test_two_keys_are_valid_while_one_replaces_the_other() -> None:
    assert link.read([Secret(bytes(32)), KEY], TOKEN, BEFORE) is not None
    assert link.read([Secret(bytes(32))], TOKEN, BEFORE) is None
    assert link.read([], TOKEN, BEFORE) is None


@settings(max_examples=50)
@given(some.integers(0, 37), some.sampled_from("ABCDEFabcdef0123456789-_"))
def test_a_changed_sign_ends_it(at: int, sign: str) -> None:
    changed = TOKEN[:at] + sign + TOKEN[at + 1 :]
    assert (link.read([KEY], changed, BEFORE) is None) == (changed != TOKEN)


@settings(max_examples=50)
@given(some.text(max_size=60))
def test_any_other_text_is_no_link(text: str) -> None:
    assert link.read([KEY], text, BEFORE) is None


def test_the_notification_is_found_by_its_id() -> None:
    digest = bytes(range(200, 220))
    bits = int.from_bytes(digest, "big")
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    crockford = "".join(letters[bits >> 155 - 5 * at & 31] for at in range(20))
    assert link.start(crockford) == link.start(crockford.lower()) == digest[:8]
    with pytest.raises(ValueError, match="20 characters"):
        link.start("SHORT")


def test_in_a_group_a_link_carries_no_person() -> None:
    personal = link.address("https://stock.example.com/", TOKEN)
    nobody = link.address("https://stock.example.com", link.sign(KEY, bytes(8), link.mark(""), END))
    assert personal == f"https://stock.example.com/a/{TOKEN}"
    assert link.impersonal(personal) == "https://stock.example.com/"
    assert link.impersonal(nobody) == nobody
    assert link.impersonal("https://stock.example.com/a/broken") == "https://stock.example.com/"
    assert link.impersonal(None) is None


def test_the_key_file_is_made_once_for_its_owner_and_may_hold_two(tmp_path: Path) -> None:
    path = tmp_path / "link.key"
    (first,) = link.keys(path)
    assert len(first.reveal()) == 32 and path.stat().st_mode & 0o777 == 0o600 and link.keys(path) == (first,)
    assert [file.name for file in tmp_path.iterdir()] == ["link.key"]
    path.write_bytes(KEY.reveal() + first.reveal())
    assert link.keys(path) == (KEY, first)


@pytest.mark.parametrize(("content", "mode"), [(b"", 0o600), (b"x" * 33, 0o600), (b"x" * 32, 0o644)])
def test_a_key_file_that_is_damaged_or_open_to_others_is_refused(
    tmp_path: Path, content: bytes, mode: int
) -> None:
    path = tmp_path / "link.key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(SettingsError, match="mode 0600"):
        link.keys(path)


def test_a_token_is_short_and_stands_in_an_address_as_it_is() -> None:
    assert len(TOKEN) == 38 and len(base64.urlsafe_b64decode(TOKEN + "==")) == 28
    assert len(link.address("https://stock.example.com", TOKEN)) <= 90
