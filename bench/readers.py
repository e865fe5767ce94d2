"""Rows per second of processor time that each reader makes, on documents of about 50,000 rows made on the spot.

`python bench/readers.py [format …]`, medians of five. Decoding and mapping of the rows come on top (`bench/README.md`).
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from lowtide.readers import Reading, rows_of

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.readers.sheets import xlsx as workbook

ROWS = 50_000
ROUNDS = 5


def x12() -> tuple[bytes, str, int]:
    """Ship notices of 50 lines (HL, LIN, SN1 a line) over 3,000 articles."""
    out = [
        "ISA*00*          *00*          *ZZ*SUPPLIERONE    *ZZ*RETAILERTWO    *261122*1630*U*00401*000000077*0*P*>"
    ]
    out.append("GS*SH*ONE*TWO*20261122*1630*77*X*004010")
    sets = ROWS // 50
    for number in range(1, sets + 1):
        own = [f"ST*856*{number:04}", f"BSN*00*ASN-{number}*20261122*162859", "HL*1**S", "DTM*011*20261122"]
        own += ["N1*ST*STORE 330*92*330", "HL*2*1*O", f"PRF*PO-{number}"]
        for item in range(50):
            article = (number * 50 + item) % 3000
            own += [f"HL*{item + 3}*2*I", f"LIN**UP*{article:012}*BP*335S{article}", f"SN1**{item + 1}*EA"]
        out += [*own, "CTT*52", f"SE*{len(own) + 2}*{number:04}"]
    out += [f"GE*{sets}*77", "IEA*1*000000077", ""]
    return "~".join(out).encode(), "segments", len(out) - 1


def edifact() -> tuple[bytes, str, int]:
    """Despatch advices of 50 lines (LIN, PIA, QTY a line) over 3,000 articles."""
    out = ["UNB+UNOC:3+4012345000009:14+4098765000004:14+261122:1630+REF1"]
    sets = ROWS // 50
    for number in range(1, sets + 1):
        own = [f"UNH+{number}+DESADV:D:96A:UN:EAN005", f"BGM+351+LS-{number}+9", "DTM+137:202611221628:203"]
        own += [f"RFF+ON:PO-{number}", "NAD+DP+4012345003307::9", "CPS+1"]
        for item in range(50):
            article = (number * 50 + item) % 3000
            own += [f"LIN+{item + 1}++{article:013}:EN", f"PIA+1+ABC{article}:SA", f"QTY+12:{item + 1}:PCE"]
        out += [*own, f"UNT+{len(own) + 1}+{number}"]
    out += [f"UNZ+{sets}+REF1", ""]
    return "'".join(out).encode(), "segments", len(out) - 1


def epcis() -> tuple[bytes, str, int]:
    """Object events with two serial numbers each, one a line."""
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-22T08:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9521141009000:4711"}],
    }
    lines = []
    for number in range(ROWS):
        item = f"urn:epc:id:sgtin:9521141.{number % 3000:06}"
        place = {"id": f"urn:epc:id:sgln:9521141.{number % 300:05}.0"}
        own = {
            "eventID": f"urn:uuid:{number}",
            "epcList": [f"{item}.{number}", f"{item}.{number + 1}"],
            "readPoint": place,
        }
        lines.append(orjson.dumps(event | own))
    return b"\n".join(lines), "events", ROWS


def poslog() -> tuple[bytes, str, int]:
    """Transactions of five line items."""
    out = ['<?xml version="1.0"?>', '<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">']
    for number in range(ROWS // 5):
        out += ["<Transaction>", "<RetailStoreID>9</RetailStoreID>", "<WorkstationID>34</WorkstationID>"]
        out += [f"<SequenceNumber>{number}</SequenceNumber>", "<BusinessDayDate>2026-11-21</BusinessDayDate>"]
        out += ["<EndDateTime>2026-11-22T00:02:54</EndDateTime>", "<RetailTransaction>"]
        for item in range(5):
            out += ["<LineItem>", f"<SequenceNumber>{item}</SequenceNumber>", "<Sale>"]
            out += [f"<POSIdentity><POSItemID>{item:014}</POSItemID></POSIdentity>", "<Quantity>1</Quantity>"]
            out += ["<ExtendedAmount>1.26</ExtendedAmount>", "</Sale>", "</LineItem>"]
        out += ["</RetailTransaction>", "</Transaction>"]
    out += ["</POSLog>", ""]
    return "\n".join(out).encode(), "lines", len(out) - 1


def xlsx() -> tuple[bytes, str, int]:
    """A sheet of eight columns; the processor time is that of the child too."""
    rows: list[list[Any]] = [["Number", "SKU", "Name", "Location", "Quantity", "Unit", "Price", "Ok"]]
    rows += [
        [f"D{n}", f"{n % 3000:013}", "Name of a thing", "330", n % 50, "EA", "1.25", True]
        for n in range(ROWS)
    ]
    return workbook(("S", rows)), "rows", ROWS


DOCUMENTS: dict[str, Callable[[], tuple[bytes, str, int]]] = {
    "x12": x12,
    "edifact": edifact,
    "epcis": epcis,
    "poslog": poslog,
    "xlsx": xlsx,
}


def seconds() -> float:
    """Processor time of this process and its children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def calibration() -> float:
    """Seconds that `orjson.loads` and `dumps` take for an EPCIS event alone: what the machine gives at this moment."""
    lines = epcis()[0].split(b"\n")[:20_000]
    start = seconds()
    for line in lines:
        orjson.dumps(orjson.loads(line))
    return (seconds() - start) / len(lines)


def main() -> None:
    for format in sys.argv[1:] or DOCUMENTS:
        document, what, count = DOCUMENTS[format]()
        times, beside, rows = [], [], 0
        for _ in range(ROUNDS):
            start = seconds()
            rows = sum(
                chunk.count(b"\n") for chunk in rows_of(document, Reading(format=format), name="bench")
            )
            times.append(seconds() - start)
            beside.append(calibration())
        median, unit = statistics.median(times), statistics.median(beside)
        print(
            f"{format:8} {rows:7,} rows {rows / median:10,.0f} rows/s {count / median:10,.0f} {what}/s "
            f"{len(document) / median / 1e6:6.0f} MB/s; one of {what} takes {median / count / unit:.1f} times "
            f"the {unit * 1e6:.2f} µs of orjson.loads and dumps of an event",
            flush=True,
        )


if __name__ == "__main__":
    main()
