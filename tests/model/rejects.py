"""Malformed records, with the reject each must give.

Each line is one record on its own, under the key (reason, field), in the order of checks. `READINGS` are
cases where the page is silent and one reading was chosen; they are kept apart so that a changed mind is a
changed row.
"""

from tests.model.lines import HEARTBEAT, but, raw, tail

REJECTS = {
    ("not_utf8", None): [
        b"\xff",
        b"\xfe\xff{}",
        but()[:-2] + b'\xc3"}',
        but().replace(b"till", b"ti\x80ll"),
        tail(',"x":"\0"').replace(b"\0", b"\xf5"),
        but().replace(b"till", b"\xed\xa0\x80"),
        but().replace(b"till", b"\xc0\xaf"),
        b"nonsense \xe9",
        b"[\xff]",
    ],
    ("not_json", None): [
        b"{",
        b"nonsense",
        but()[:-1],
        but() + b"}",
        but() + but(),
        tail(","),
        but().replace(b'"', b"'"),
        b'{"id" "1"}',
        raw(quantity="NaN"),
        raw(quantity="Infinity"),
        raw(quantity="-Infinity"),
        raw(quantity="01"),
        raw(quantity="1."),
        raw(quantity=".5"),
        raw(quantity="+1"),
        raw(quantity="0x10"),
        raw(quantity="1e"),
        raw(id='"a\tb"'),
        raw(id=r'"\x41"'),
        raw(id="True"),
        b"{id:1}",
        b"id,source,kind",
    ],
    ("not_an_object", None): [b"[]", b"[" + but() + b"]", b'"text"', b"5", b"null", b"true", b" [1, 2] "],
    ("duplicate_field", "id"): [
        tail(',"id":"1"'),
        tail(',"id":"2"'),
        tail(',"id":null'),
        tail(r',"\u0069d":"1"'),
        tail(',"id":5'),
    ],
    ("duplicate_field", "quantity"): [
        tail(',"quantity":2'),
        tail(',"quantity":"x"'),
        but(kind=...)[:-1] + b',"quantity":2}',
    ],
    ("duplicate_field", "due"): [tail(',"due":null,"due":null'), tail(',"due":1,"due":2')],
    ("missing_field", "id"): [
        but(id=...),
        but(id=""),
        but(id=None),
        but(id=False),
        but(id=..., kind="nonsense", quantity="x"),
    ],
    ("missing_field", "source"): [
        but(source=...),
        but(source=""),
        but(source=None),
        but(source=False),
        but(source=..., sku=5.5),
    ],
    ("missing_field", "kind"): [but(kind=...), but(kind=None), but(kind=..., event_time="never")],
    ("missing_field", "sku"): [
        but(sku=...),
        but(sku=""),
        but(sku=None),
        but(sku=..., kind="nonsense"),
        but(sku=..., kind="count"),
    ],
    ("missing_field", "location"): [
        but(location=...),
        but(location=""),
        but(location=None),
        but(location=False),
        but(location="", location_name="Bordeaux"),
    ],
    ("missing_field", "quantity"): [
        but(quantity=...),
        but(quantity=None),
        but(quantity=..., kind="adjustment"),
        but(quantity=..., event_time="never"),
        but(quantity=..., qty=5),
        but(quantity=False),
    ],
    ("missing_field", "event_time"): [
        but(event_time=...),
        but(event_time=None),
        but(**HEARTBEAT, event_time=...),
        but(event_time=..., due="2026-11-22"),
    ],
    ("wrong_type", "id"): [
        but(id=5.0),
        but(id=10**18),
        but(id=-(10**18)),
        but(id=["1"]),
        but(id={}),
        but(id=True),
    ],
    ("wrong_type", "source"): [but(source=7.5), but(source={}), but(source=True)],
    ("wrong_type", "kind"): [
        but(kind=1),
        but(kind=["sale"]),
        but(kind=True),
        but(kind=1, event_time="never"),
    ],
    ("wrong_type", "sku"): [
        raw(sku="1e3"),
        but(sku=1.5),
        but(sku=[]),
        but(sku=True, id="x" * 129),
    ],
    ("wrong_type", "location"): [raw(location="330.0"), but(location=[330]), but(location=True)],
    ("wrong_type", "quantity"): [
        but(quantity=True),
        but(quantity=[2]),
        but(quantity={"value": 2}),
        but(quantity=[], kind="x"),
    ],
    ("wrong_type", "event_time"): [but(event_time=True), but(event_time=[1]), but(event_time={"$date": 1})],
    ("wrong_type", "ref"): [but(ref=5.5), but(ref=["PO1"]), but(ref=True), but(kind="order", ref=10**18)],
    ("wrong_type", "due"): [but(due=True), but(due=[]), but(due={})],
    ("wrong_type", "counterparty"): [but(counterparty=5.5), but(counterparty=[]), but(counterparty=True)],
    ("wrong_type", "reason"): [but(reason=5), but(reason={}), but(reason=True)],
    ("wrong_type", "of"): [but(of=5), but(kind="void", ref="r", of=True), but(of=["sale"])],
    ("wrong_type", "unit_value"): [but(unit_value=True), but(unit_value=[]), but(unit_value={"EUR": 1})],
    ("too_long", "id"): [
        but(id="x" * 129),
        but(id="é" * 129),
        but(id="x" * 129, kind="nonsense"),
        but(id="é" * 5000),
    ],
    ("too_long", "source"): [but(source="x" * 129), but(source="店" * 129), but(source="x" * 60_000)],
    ("too_long", "sku"): [but(sku="x" * 129), but(sku="\U0001f34e" * 129), but(sku="x" * 129, quantity="x")],
    ("too_long", "location"): [but(location="x" * 129), but(location="ß" * 129), but(location=" " * 129)],
    ("too_long", None): [
        but(note="x" * 65_536),
        b"{" + b" " * 65_536,
        b"\xff" * 65_537,
        but() + b" " * (65_537 - len(but())),
        b"x" * 200_000,
    ],
    ("unknown_kind", "kind"): [
        but(kind="nonsense"),
        but(kind="SALE"),
        but(kind="sale "),
        but(kind="sold"),
        but(kind="销售"),
        but(kind="transfer"),
        but(kind="nonsense", event_time="never", quantity="x"),
    ],
    ("unknown_kind", "of"): [
        but(kind="void", ref="r", of="nonsense"),
        but(kind="void", ref="r", of="SALE"),
        but(kind="void", of="sold", event_time="never"),
    ],
    ("bad_time", "event_time"): [
        but(event_time=text)
        for text in (
            "never",
            "2026-11-22",
            "2026-11-22T09",
            "2026-11-22T09:30.5Z",
            "2026-11-22T09:30:00+8",
            "2026-11-22T09:30:00 +0800",
            "2026-11-22T09:30:00+080",
            "2026-11-22T09:30:00+2400",
            "2026-11-22T25:30",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T09:60:00Z",
            "2026-11-22T09:30:61Z",
            "2026-11-22T09:30:00+0100x",
            "22/11/2026 09:30",
            "1999-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "2000-01-01T00:30:00+01:00",
            "0026-11-22T09:30:00Z",
            "2025-02-29T12:00:00Z",
            "2026-02-30T00:00:00",
            "2026-11-22T09:30:00+24:00",
            "2026-11-22T09:30:00+01:60",
            "2026/11/22T09:30:00Z",
            "１９９９-12-31T23:59:59Z",
            "946684799999",
            946684799999,
            4133980800000,
            -1,
            0,
            1795340000,
            "yesterday at noon",
        )
    ]
    + [
        but(event_time="never", quantity="x"),
        but(event_time="never", kind="heartbeat"),
        raw(event_time="9" * 40),
    ],
    ("bad_time", "due"): [
        but(kind="order", ref="PO1", due="Friday"),
        but(kind="shipment", ref="PO1", due=0),
        but(kind="order", ref="PO1", due="2026-11-31T00:00:00Z"),
        but(kind="order", ref="PO1", due="2026-11-31"),
        but(kind="order", ref="PO1", due="1999-12-31"),
        but(kind="order", ref="PO1", due="27/11/2026"),
        but(due="tomorrow"),
        but(due="soon", event_time="2026-11-22T09:30:00"),
    ],
    ("no_zone", "event_time"): [
        but(event_time="2026-11-22T09:30:00"),
        but(event_time="2026-11-22 09:30:00"),
        but(event_time="2026-11-22 09:30"),
        but(event_time="2026-11-22T09:30:00.123456"),
        but(event_time="2026-11-22T09:30:00", quantity="x"),
    ],
    ("no_zone", "due"): [
        but(kind="order", ref="PO1", due="2026-11-27T06:00:00"),
        but(kind="shipment", ref="PO1", due="2026-11-27 06:00:00"),
        but(kind="order", ref="PO1", due="2026-11-27T06:00:00.5", quantity=-1),
    ],
    ("bad_quantity", "quantity"): [
        but(quantity=text)
        for text in (
            "NaN",
            "nan",
            "Infinity",
            "-Infinity",
            "inf",
            "x",
            "1,5",
            "1.2.3",
            "1.0001",
            "0.0004",
            "-0.0004",
            "0.001000002",
            "0.00000000101",
            "1e",
            "+-1",
            "1..",
            "1,000.5",
            "1000000000000.0004",
            "0x10",
            "1000000000000.001",
            "-1000000000001",
            "1000000000001",
            "9" * 400,
            "1 000",
            "١٢",
            "２",
            "--1",
            "1-",
            "-",
            ".",
            "3 units",
            "1/2",
            1000000000001,
            -1000000000001,
        )
    ]
    + [
        raw(quantity=text)
        for text in (
            "1.0001",
            "1e13",
            "1e400",
            "1e-4",
            "1.5e-3",
            "1000000000000.0010",
            "-1e12000",
            "12345678901234567890",
        )
    ]
    + [but(quantity="-1.0001", kind="count")],
    ("negative_quantity", "quantity"): [
        but(quantity=-1, kind=kind, ref="r")
        for kind in (
            "return",
            "void",
            "receipt",
            "order",
            "shipment",
            "transfer_out",
            "transfer_in",
            "count",
            "hold",
            "release",
            "reserve",
            "unreserve",
        )
    ]
    + [
        but(quantity="-0.001", kind="count"),
        raw(quantity="-1e12", kind='"return"'),
        raw(quantity="-1e-3", kind='"void"'),
    ],
}

REJECTS[("void_of_what", "of")] = [
    but(kind="void", ref="r", of=kind) for kind in ("count", "order", "heartbeat", "policy", "void")
]

READINGS = {
    ("missing_field", "ref"): [
        but(kind="order"),
        but(kind="shipment"),
        but(kind="order", ref=None),
        but(kind="order", ref=""),
    ],
    ("missing_field", "kind"): [but(kind=""), but(kind="", event_time="never")],
    ("missing_field", "quantity"): [but(quantity="")],
    ("missing_field", "event_time"): [but(event_time=""), but(event_time=False)],
    ("not_json", None): [raw(id=r'"\ud800"'), raw(sku=r'"\udc00\ud800"'), b"\xef\xbb\xbf" + but()],
    ("bad_time", "event_time"): [raw(event_time="1795339800000.5")],
    ("bad_quantity", "unit_value"): [but(unit_value="x"), but(unit_value="NaN")],
    ("wrong_type", "quantity"): [but(kind="heartbeat", quantity=[]), but(kind="heartbeat", quantity=True)],
}

REJECT_ROWS = [
    (line, *key) for table in (REJECTS, READINGS) for key, lines in table.items() for line in lines
]
