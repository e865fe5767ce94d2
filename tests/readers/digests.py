"""What the readers write, as one digest for each format: two checkouts that print the same digests write the same bytes.

`python -m tests.readers.digests 2000 [format …]`, with the package of each checkout on the path in turn. The documents are
the samples, those of the folder in SAMPLES_DIR (files named as their format), and 2,000 spoiled copies of each.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from lowtide.readers import BadDocument, Reading, rows_of
from tests.readers.documents import EVENT, FULL_EVENT, SAMPLES, SHIP_NOTICE, edifact, x12
from tests.readers.mutations import READERS, spoiled, spoiled_json, spoiled_workbook

_SPOIL = {"xlsx": spoiled_workbook, "epcis": spoiled_json}
_LINK = "https://id.gs1.org"
_SALE = EVENT | {
    "eventTimeZoneOffset": "+01:00",
    "action": "OBSERVE",
    "bizStep": "retail_selling",
    "disposition": "https://ref.gs1.org/cbv/Disp-retail_sold",
    "readPoint": {"id": f"{_LINK}/414/9521141003305/254/7"},
    "epcList": [
        f"{_LINK}/01/09521141123454/21/1",
        "urn:epc:id:sscc:9521141.1234567890",
        "urn:epc:id:grai:1.2.3",
    ],
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "a"},
        {"type": "urn:epcglobal:cbv:btt:po", "bizTransaction": "b"},
        {"bizTransaction": "c"},
    ],
}
_MORE: list[dict[str, Any]] = [
    _SALE,
    {
        "type": "AggregationEvent",
        "parentID": "urn:epc:id:sscc:1.2",
        "childEPCs": EVENT["epcList"],
        "action": "ADD",
    },
    {
        "type": "TransformationEvent",
        "inputEPCList": EVENT["epcList"],
        "outputQuantityList": FULL_EVENT["quantityList"],
    },
    FULL_EVENT | {"bizLocation": {"id": "urn:epc:id:sgln:0614141.07346.1234"}, "eventID": ""},
    EVENT
    | {"epcList": [], "quantityList": [{"epcClass": "urn:epc:class:lgtin:9521141.054321.A", "quantity": 3}]},
    EVENT | {"note": 'Ü \u2028 " \\ \x01'},
]
EVENTS = [EVENT, FULL_EVENT, *_MORE]


def documents() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """The format, the bytes and the reading of each good document."""
    for format, (good, reading) in SAMPLES.items():
        yield format, good, reading
    yield "epcis", orjson.dumps(EVENTS), {"making": True}
    yield "epcis", orjson.dumps(_SALE), {"ours": ("9521141003305*",)}
    yield "epcis lines", b"\n".join(map(orjson.dumps, EVENTS)), {"ours": ("952*",)}
    yield (
        "x12",
        x12(*(_SETS[at].replace("*0001~", f"*{at + 1:04}~", 1) for at in range(len(_SETS)))).encode(),
        {},
    )
    yield "edifact", edifact(*_MESSAGES, una="UNA:+,? '").encode(), {}
    folder = os.environ.get("SAMPLES_DIR")
    for path in sorted(Path(folder).iterdir()) if folder else ():
        yield path.name, path.read_bytes(), {"ours": ("952*",)} if path.name == "epcis" else {}


_SETS = (
    SHIP_NOTICE,
    "ST*855*0001~BAK*00*AC*PO-1*20261120~DTM*002*20261201~N1*ST*S*92*330~PO1*1*40*EA***UP*012~ACK*IA*30*EA*068*20261203~"
    "ACK*IB*10*EA*068*20261209~PO1*2*4*EA***UP*013~CTT*2~",
    "ST*852*0001~XQ*H*20261101*20261107~N9*IA*77~N1*ST*S*92*330~LIN**UP*012*BP*A 1~ZA*QS*5*EA~ZA*QA*9*EA~LIN**UP*013~"
    "ZA*QS*1*EA~CTT*2~",
    'ST*846*0001~BIA*00*SI*X*20261122*1200~DTM*007*20261122~REF*IA*9~LIN*1*VN*V1*SK*S "1"\\~QTY*33*7*EA~QTY*17*8*CA~'
    "LIN*2*IN*Ü1~QTY*33*4~",
    "ST*861*0001~BRA*1*20261122*00*2*1200~PRF*PO-1~RCD*1*5*EA~LIN**UP*012~MAN*GM*1~RCD*2*6*EA*1*EA*01~LIN**UP*013~",
    "ST*860*0001~BCH*04*SA*PO-1***20261122~POC*1*QI*5*2*EA***UP*012~POC*2*DI*0*2*EA***UP*013*BP*~",
)
_MESSAGES = (
    "UNH+1+INVRPT:D:96A:UN:EAN005'BGM+35+X+9'DTM+137:20261122:102'NAD+GY+1::9'LIN+1++400:EN'PIA+5+A:SA+B:IN'QTY+145:5:PCE'"
    "LOC+14+330::92'QTY+145:6:PCE'LOC+14+331::92'LIN+2++401:EN'QTY+145:7,5:KGM'LOC+14+330'",
    "UNH+2+SLSRPT:D:96A:UN:EAN005'BGM+73E+Y+9'DTM+137:202611221200:203'DTM+356:2026110120261107:718'LOC+162+330::92'"
    "LIN+1++400:EN'QTY+153:5'MOA+203:7,5'LOC+162+331::92'LIN+2++401:EN'QTY+153:?+5'QTY+145:2'PRI+AAA:2'",
    "UNH+3+ORDERS:D:96A:UN:EAN008'BGM+220+PO?'1+9'DTM+137:20261122:102'DTM+2:20261201:102'NAD+DP+1::9'"
    "LIN+1++400:EN'QTY+21:30'LOC+7+A'QTY+11:10'LOC+7+B'QTY+11:20'LIN+2'PIA+1+Z:SA'QTY+21:1'RFF+CT:9:2'UNS+S'CNT+2:2'",
)


def written(format: str, data: bytes, reading: dict[str, Any]) -> bytes:
    """All lines of a document; the sentence of a refusal after a line that no row has."""
    reader = format.split()[0]
    try:
        return b"".join(rows_of(data, Reading(format=READERS.get(reader, reader), **reading), name="sample"))
    except BadDocument as bad:
        return b"refused: " + str(bad).encode()


def variants(format: str, good: bytes, most: int) -> Iterator[bytes]:
    """A good document and its spoiled copies."""
    yield good
    spoil = _SPOIL.get(format, spoiled)
    for seed in range(most):
        yield spoil(good, seed)


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for format, good, reading in documents():
        if sys.argv[2:] and format.split()[0] not in sys.argv[2:]:
            continue
        total, size = hashlib.sha256(), 0
        for data in variants(format, good, most // 20 if format in READERS or format == "xlsx" else most):
            lines = written(format, data, reading)
            size += len(lines)
            total.update(len(lines).to_bytes(8, "little") + lines)
        print(f"{format:12} {len(good):7,} {size:12,} bytes {total.hexdigest()[:32]}", flush=True)


if __name__ == "__main__":
    main()
