"""The embedded store behind ClickHouse's HTTP protocol, so that many programs share one.

    server.py      over TCP: `lowtide warehouse`, and a process that has the store open and wants it
    app.py         routes, errors, metrics: the ASGI application
    query.py       one query, run: rows out, or rows in
    clickhouse.py  threads, turns of readers, sessions: what queries share
    handles.py     a handle on ClickHouse, and how a query is ended
    sessions.py    handles that live longer than a request
    request.py     a request, from URL, form and headers
    body.py        the body as it comes in, and whether the client has left
    spool.py       rows on their way in
    statement.py   first word, format and data of a statement
    users.py       who sends a request, and whether that is allowed
    limits.py      the limits of a reader's query, and which settings may change them
    streams.py     blocks of ClickHouse, joined to one answer
    native.py      the frame around Native blocks that Go's client and Grafana expect
    reply.py       the answer as it is sent
    encoding.py    compression of HTTP bodies, in both directions
    errors.py      errors with ClickHouse's numbers
    metrics.py     counters in Prometheus' text

    client ── HTTP (`lowtide.warehouse.share`) ── app ── query ── a handle of its own ── chDB ── FOLDER/store

Every request has its own handle (0.2 ms), so a setting of one does not reach another; a writer's `session_id` keeps a
handle for as long as it is used. A reader's handle is limited first and made read-only last, and each of its statements
goes through `lowtide.warehouse.guard`.
"""

from lowtide.warehouse.http.server import Options, serve, share

__all__ = ["Options", "serve", "share"]
