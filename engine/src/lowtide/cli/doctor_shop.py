"""What a shop needs, for `lowtide doctor --shop DIR`: its folder, policy, lists, and a good map for each folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lowtide.cli.finding import Finding, guarded
from lowtide.errors import LowtideError
from lowtide.shop.places import POLICY, Places


def shop_parts(shop: Path, people: Path | None) -> tuple[str, Path | None, Path]:
    """Store, people file and desk folder of a shop."""
    places = Places(shop)
    return str(places.warehouse), people or places.named("people.yaml"), places.desk


def examine_shop(shop: Path | None) -> Iterator[Finding]:
    """Look at the folder of a shop; nothing is made."""
    if shop is None:
        return
    places = Places(shop)
    if not shop.is_dir():
        yield Finding("shop", "warn", "missing", "shop_missing", {"folder": str(shop)})
        return
    yield Finding("shop", "ok", str(shop))
    yield guarded("policy", lambda: _policy(places))
    yield guarded("shop_lists", lambda: _lists(places))
    yield from _inboxes(places)


def _policy(places: Places) -> Finding:
    from lowtide.policy import load_policy

    path = places.named(POLICY)
    load_policy(path)
    return Finding("policy", "ok", str(path) if path else "missing", "" if path else "will_be_made")


def _lists(places: Places) -> Finding:
    from lowtide.catalogue.files import FILES

    layouts = dict(FILES.values())
    found = {setting: path for setting, path in places.tables().items() if path is not None}
    for setting, path in found.items():
        layouts[setting].load(path)
    if "catalogue" not in found:
        return Finding(
            "shop_lists", "warn", ", ".join(map(str, found.values())) or "missing", "shop_no_items"
        )
    return Finding("shop_lists", "ok", ", ".join(map(str, found.values())))


def _inboxes(places: Places) -> Iterator[Finding]:
    """The folders of files: each needs a good map; what was refused waits for somebody to look."""
    from lowtide.map import load_map, map_files, map_name

    for path in map_files(places.maps):
        try:
            load_map(path, maps=places.maps)
        except LowtideError as error:
            yield Finding("map", "fail", error.message, "hint", {"hint": error.hint})
            continue
        refused = places.inbox / map_name(path) / "failed"
        bad = len([one for one in refused.iterdir() if one.is_file()]) if refused.is_dir() else 0
        name = f"{places.inbox / map_name(path)}"
        yield (
            Finding("map", "warn", name, "shop_failed", {"n": str(bad)})
            if bad
            else Finding("map", "ok", name)
        )
