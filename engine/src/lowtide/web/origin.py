"""Whether a request that changes something comes from one of our own pages.

A browser says so with `Sec-Fetch-Site`, which no page can forge. An older one sends only `Origin`; then that must be the
host that it asked, with the scheme that a named proxy says, or `public_url`. The Origin `null` (a page in a sandbox, a
file) is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from lowtide.operation.origin import is_of, parts


def is_own(headers: Mapping[str, str], public_url: str | None, scheme: str | None = None) -> bool:
    """Whether a page of this desk sent the request. `headers` have names in lower case; `scheme` is None if not known.

    >>> is_own({"sec-fetch-site": "same-origin"}, None), is_own({"sec-fetch-site": "cross-site"}, None)
    (True, False)
    >>> is_own({"origin": "https://desk.example.com", "host": "desk.example.com"}, None), is_own({"origin": "null"}, None)
    (True, False)
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    if is_of(origin, headers.get("host", ""), scheme):
        return True
    # `public_url` itself says its scheme.
    return bool(public_url) and parts(origin) == parts(public_url or "")
