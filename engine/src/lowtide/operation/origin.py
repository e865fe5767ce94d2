"""Whether the page that sent a request lies where the request went."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_of(origin: str, host: str, scheme: str | None = None) -> bool:
    """Whether an Origin is that of the host that was asked, and of its scheme if that is known.

    >>> is_of("https://desk.example.com", "Desk.example.com"), is_of("null", "null")
    (True, False)
    >>> is_of("http://desk.example.com", "desk.example.com", "https")
    False
    """
    named, place = parts(origin)
    return bool(place) and place == host.lower() and scheme in (None, named)


def parts(url: str) -> tuple[str, str]:
    """Scheme, and host with port, of a URL, in lower case; both are empty if it is not one."""
    try:
        split = urlsplit(url)
    except ValueError:
        return "", ""
    return split.scheme.lower(), split.netloc.lower()
