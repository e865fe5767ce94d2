"""Tokens and signatures: who may send what, and that nobody can read a token out of anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import orjson
import pytest

from lowtide.core import Job
from lowtide.errors import SettingsError
from lowtide.intake.http.app import Access
from lowtide.intake.refusal import Refusal
from lowtide.intake.tokens import Token, Tokens, add_token, read_tokens, remove_token

from .documents import movement
from .http_client import JSON, client

SHOP = """
lowtide_map: 1
name: shop
read: {format: json}
source: shop
verify: {header: X-Shop-Signature, of: body, secret_env: SHOP_SECRET}
movements:
  - id: "{id}"
    kind: receipt
    sku: "{sku}"
    location: "330"
    quantity: "{quantity}"
    event_time: "{at}"
"""


def posted(intake, token: str, **changes: object):
    return intake.post(orjson.dumps(movement(1, **changes)), authorization=f"Bearer {token}")


def test_a_token_is_printed_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "tokens.json"
    token = add_token(file, Token("till-7", ""))
    assert token not in file.read_text() and file.stat().st_mode & 0o077 == 0
    (kept,) = read_tokens(file)
    assert kept.hash == hashlib.sha256(token.encode()).hexdigest()
    with pytest.raises(SettingsError, match="already"):
        add_token(file, Token("till-7", ""))
    with pytest.raises(SettingsError, match="no token"):
        remove_token(file, "till-8")
    file.write_text('{"format":2}')
    with pytest.raises(SettingsError, match="cannot be read"):
        read_tokens(file)


def test_with_tokens_everybody_needs_one_and_changes_hold_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    token = add_token(file, Token("till-7", ""))
    with client(tmp_path / "j", Access(Tokens(file))) as intake:
        missing = intake.post(orjson.dumps(movement(1)))
        assert (missing.status, missing.json["error"]) == (401, "no_token")
        assert missing.headers["www-authenticate"] == "Bearer"
        assert posted(intake, "lt_wrong").status == 401
        assert intake.get("/metrics").status == 401 and intake.get("/healthz").status == 200
        assert posted(intake, token).status == 200
        other = add_token(file, Token("till-8", ""))
        assert posted(intake, other).status == 200
        remove_token(file, "till-7")
        assert posted(intake, token).status == 401
        remove_token(file, "till-8")
        assert intake.post(orjson.dumps(movement(1))).status == 401, "the last token that goes opens no door"
        file.write_text("rubbish")
        assert posted(intake, other).status == 401 and intake.get("/healthz").status == 200
        assert len(intake.rows) == 2


def test_a_token_limits_sources_maps_and_rules(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    shop = add_token(file, Token("shop", "", sources=("shopify*",)))
    mapped = add_token(file, Token("mapped", "", maps=("shopify",)))
    chief = add_token(file, Token("chief", "", rules=True))
    policy = movement(1, kind="policy", sku=None, location=None, quantity=None)
    with client(tmp_path / "j", Access(Tokens(file))) as intake:
        assert posted(intake, shop).json["error"] == "not_allowed"
        assert posted(intake, shop, source="shopify-3").status == 200
        wrapped = {"specversion": "1.0", "id": "1", "source": "shopify", "type": "t", "data": movement(2)}
        envelope = intake.post(orjson.dumps(wrapped), authorization=f"Bearer {shop}")
        assert envelope.status == 403 or envelope.json["rejected"] == 1
        assert posted(intake, mapped).json["error"] == "not_allowed"
        inputs = {
            "id": "i",
            "source": "x",
            "kind": "inputs",
            "ref": "0" * 32,
            "event_time": "2000-01-01T00:00:00Z",
        }
        for record in (inputs,):
            refused = intake.post(orjson.dumps(record), authorization=f"Bearer {mapped}")
            assert refused.status == 403, policy
            answer = intake.post(orjson.dumps(record), authorization=f"Bearer {shop}")
            assert answer.json["error"] == "not_allowed"
            assert intake.post(orjson.dumps(record), authorization=f"Bearer {chief}").status == 200


RULES = [
    b"id,source,kind,event_time,ref\n1,s,inputs,2026-11-22T09:30:00Z,0123456789ab\n",
    b"id,source,kind,event_time,ref\n1,s,policy,2026-11-22T09:30:00Z,{}\n",
    b'{"id":"1","source":"s","kind":"inputs","event_time":"2026-11-22T09:30:00Z","ref":"0123456789ab"}',
    b'{"id":"1","source":"s","kind":"inputs","event_time":"2026-11-22T09:30:00Z"}',
    b'{"id":"1","source":"s","kind":"\\u0070olicy","event_time":"2026-11-22T09:30:00Z","ref":"POLICY"}',
    b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":'
    b'{"id":"1","source":"s","kind":"policy","event_time":"2026-11-22T09:30:00Z","ref":"POLICY"}}',
]
"""Records that change rules. POLICY stands for the policy that the intake itself is under, and the run perhaps not."""


@pytest.mark.parametrize("body", RULES)
def test_no_form_of_a_document_brings_rules_without_the_right(tmp_path: Path, body: bytes) -> None:
    """What was seen before: in CSV anybody could change the policy, and in JSON set it to that of the intake."""
    policy = orjson.dumps(Job.of().config.decode())
    body = body.replace(b'"POLICY"', policy)
    file = tmp_path / "tokens.json"
    plain, chief = add_token(file, Token("plain", "")), add_token(file, Token("chief", "", rules=True))
    type_ = JSON if body.startswith(b"{") else "text/csv"
    with client(tmp_path / "j", Access(Tokens(file))) as intake:
        refused = intake.post(body, type_=type_, authorization=f"Bearer {plain}")
        assert (refused.status, refused.json["error"]) == (403, "not_allowed"), refused.body
        assert not intake.rows
        assert intake.post(body, type_=type_, authorization=f"Bearer {chief}").status == 200


def test_the_rate_of_a_token(tmp_path: Path) -> None:
    token = Token("till", "", rate=2)
    tokens = Tokens(None)
    for _ in range(2):
        tokens.spend(token, 100.0)
    with pytest.raises(Refusal) as over:
        tokens.spend(token, 100.0)
    assert over.value.status == 429
    tokens.spend(token, 100.6)
    tokens.spend(Token("free", ""), 100.6)


@pytest.mark.parametrize("form", ["base64", "hex", "sha256="])
def test_a_webhook_is_checked_by_its_signature(tmp_path: Path, monkeypatch, form: str) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s3cret")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "shop.yaml").write_text(SHOP)
    file = tmp_path / "tokens.json"
    add_token(file, Token("till-7", ""))
    body = orjson.dumps({"id": "1", "sku": "9001", "quantity": 2, "at": "2026-11-22T09:30:00Z"})
    digest = hmac.new(b"s3cret", body, hashlib.sha256).digest()
    good = {
        "base64": base64.b64encode(digest).decode(),
        "hex": digest.hex(),
        "sha256=": f"sha256={digest.hex()}",
    }[form]
    with client(tmp_path / "j", Access(Tokens(file)), maps=tmp_path / "maps") as intake:
        assert intake.post(body, "/movements/shop", x_shop_signature=good).status == 200
        for wrong in ("", good[:-1], good.swapcase() if form == "base64" else "00" * 32):
            refused = intake.post(body, "/movements/shop", x_shop_signature=wrong)
            assert (refused.status, refused.json["error"]) == (401, "bad_signature")
        assert intake.post(body + b" ", "/movements/shop", x_shop_signature=good).status == 401
        assert intake.post(body, x_shop_signature=good).status == 401, "it is a signature for its map alone"
        monkeypatch.delenv("SHOP_SECRET")
        assert intake.post(body, "/movements/shop", x_shop_signature=good).status == 503
        assert len(intake.rows) == 1


def test_without_tokens_a_map_with_a_signature_still_needs_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s3cret")
    (tmp_path / "shop.yaml").write_text(SHOP)
    with client(tmp_path / "j", maps=tmp_path) as intake:
        assert intake.post(b"{}", "/movements/shop").status == 401
