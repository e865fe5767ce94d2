"""The settings of the reader: language, look, single keys, browser notifications; and who is signed in."""

from __future__ import annotations

from lowtide.page.ask import Answer, Ask, Html, Page


def view(ask: Ask) -> Answer:
    """Every setting is a link, so that it works without script; the site keeps it in a cookie."""
    return Html("account", {"scripts": ("notify.js",)})


PAGES = (Page("/account", "account", view),)
