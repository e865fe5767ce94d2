"""`lowtide warehouse`: the embedded store behind ClickHouse's HTTP protocol, so that many programs share one.

    server.py      the process: socket, signals, exit code
    app.py         routes, errors, metrics: the ASGI application
    query.py       one query, run: rows out, or rows in
    engine.py      threads, turns of readers, sessions: what queries share
    handles.py     a handle on the engine, and ending what it runs
    sessions.py    handles that live longer than a request
    request.py     what is asked, from URL, form and headers
    body.py        the body as it comes in, and the client's leaving
    spool.py       rows on their way in
    statement.py   first word, format and data of a statement
    users.py       who asks, and whether they may from there
    limits.py      what a reader may set, and how much
    streams.py     blocks of the engine joined to one answer
    native.py      the frame that Go's client, and so Grafana, has around Native blocks
    reply.py       the answer on the wire
    encoding.py    compression of HTTP bodies, both ways
    faults.py      errors with ClickHouse's numbers
    metrics.py     what is counted

    client ── HTTP ── app ── query ── a handle of its own ── chDB ── FOLDER/store

Every request has its own handle (0.2 ms), so no setting of one reaches another; a writer's `session_id` keeps one
for as long as it is used. A reader's handle is limited first and made read-only last, and each of its statements
goes through `lowtide.warehouse.guard`.
"""

from lowtide.warehouse.http.server import Options, serve

__all__ = ["Options", "serve"]
