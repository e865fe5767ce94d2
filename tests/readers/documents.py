"""Small documents of each format, with what makes them awkward in life, and a way to their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from lowtide.readers import Reading, rows_of
from tests.readers.sheets import Formula, xls, xlsx

Row = dict[str, Any]


def rows(source: Path | bytes | str, format: str, **reading: Any) -> list[Row]:
    """All rows and rejects of a document."""
    data = source.encode() if isinstance(source, str) else source
    chunks = list(rows_of(data, Reading(format=format, **reading), name="sample"))
    assert all(chunk.endswith(b"\n") and len(chunk) <= 1 << 20 for chunk in chunks)
    return [orjson.loads(line) for chunk in chunks for line in chunk.splitlines()]


def only(row: Row, *columns: str) -> Row:
    """Some columns of a row; an absent one is None."""
    return {column: row.get(column) for column in columns}


SENDER, RECEIVER = "SUPPLIERONE    ", "RETAILERTWO    "


def x12(*sets: str, end: str = "~", groups: int = 1) -> str:
    """An interchange with one group of sets; each set is its segments from ST on, without SE."""
    body = []
    for number, text in enumerate(sets, 1):
        segments = [segment for segment in text.split("~") if segment.strip()]
        control = segments[0].split("*")[2]
        body += [*segments, f"SE*{len(segments) + 1}*{control}"]
        assert int(control) == number
    head = f"ISA*00*          *00*SECRET    *ZZ*{SENDER}*ZZ*{RECEIVER}*261122*1630*U*00401*000000077*0*P*>"
    parts = [
        head,
        "GS*SH*ONE*TWO*20261122*1630*77*X*004010",
        *body,
        f"GE*{len(sets)}*77",
        f"IEA*{groups}*000000077",
    ]
    return end.join([*parts, ""])


def edifact(*messages: str, una: str = "UNA:+.? '") -> str:
    """An interchange of messages; each is its segments from UNH on, without UNT."""
    body = []
    for text in messages:
        segments = [segment for segment in text.split("'") if segment.strip()]
        body += [*segments, f"UNT+{len(segments) + 1}+{segments[0].split('+')[1]}"]
    head = "UNB+UNOC:3+4012345000009:14+4098765000004:14+261122:1630+REF1"
    return una + "'".join([head, *body, f"UNZ+{len(messages)}+REF1", ""])


ORDER = (
    "ST*850*0001~BEG*00*SA*PO-1**20261120~DTM*002*20261201~N1*ST*STORE 330*92*330~"
    "PO1*1*40*EA*2.5**UP*012345678905~PO1*2*6*CA***UP*012345678912~"
    "SDQ*CA*92*330*2*331*4~CTT*2~"
)
SHIP_NOTICE = (
    "ST*856*0001~BSN*00*ASN-1*20261122*162859~HL*1**S~DTM*011*20261122*1600*UT~N1*ST*STORE 330*92*330~"
    "HL*2*1*O~PRF*PO-1~HL*3*2*I~LIN**UP*012345678905~SN1**25*EA~HL*4*2*I~LIN**UP*012345678912~SN1**6*CA~"
    "HL*5*1*O~PRF*PO-2~HL*6*5*I~LIN**UP*012345678905~SN1**15*EA~CTT*6~"
)
DESPATCH = (
    "UNH+1+DESADV:D:96A:UN:EAN005'BGM+351+LS-1+9'DTM+137:202611221628:203'DTM+17:20261124:102'RFF+ON:PO-1'"
    "NAD+DP+4012345003307::9'CPS+1'CPS+2+1'PAC+1'LIN+1++4000000000013:EN'PIA+1+ABC?+1:SA'QTY+12:25:PCE'"
    "LIN+2++4000000000020:EN'QTY+12:7,5:KGM'RFF+ON:PO-2'CNT+2:2'"
)
EVENT: Row = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:1",
    "eventTime": "2026-11-22T08:00:00Z",
    "action": "OBSERVE",
    "bizStep": "urn:epcglobal:cbv:bizstep:shipping",
    "readPoint": {"id": "urn:epc:id:sgln:9521141.00900.0"},
    "epcList": ["urn:epc:id:sgtin:9521141.012345.1001", "urn:epc:id:sgtin:9521141.012345.1002"],
}
FULL_EVENT: Row = EVENT | {
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:9521141.054321.A", "quantity": 2.5, "uom": "KGM"}],
    "bizLocation": {"id": "https://id.gs1.org/414/9521141003305"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9521141009000:4711"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:9521141.00000"}],
    "destinationList": [{"type": "location", "destination": "urn:epc:id:sgln:9521141.00330.0"}],
    "errorDeclaration": {"declarationTime": "2026-11-23T00:00:00Z", "reason": "did_not_occur"},
}
POSLOG = """<?xml version="1.0" encoding="UTF-8"?>
<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:v="urn:vendor">
 <Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>34</WorkstationID><SequenceNumber>160</SequenceNumber>
  <BusinessDayDate>2026-11-21</BusinessDayDate><BeginDateTime>2026-11-22T00:01:10</BeginDateTime>
  <ControlTransaction><OperatorSignOn/></ControlTransaction></Transaction>
 <Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>34</WorkstationID><SequenceNumber>161</SequenceNumber>
  <BusinessDayDate>2026-11-21</BusinessDayDate><EndDateTime>2026-11-22T00:02:54</EndDateTime>
  <RetailTransaction>
   <LineItem VoidFlag="false"><SequenceNumber>1</SequenceNumber><v:Mood><Sale>x</Sale></v:Mood>
    <Sale><POSIdentity><POSItemID>02000000067591</POSItemID></POSIdentity><v:Quantity>9</v:Quantity>
     <Quantity UnitOfMeasureCode="KGM">0.42</Quantity></Sale></LineItem>
   <LineItem VoidFlag="true"><SequenceNumber>2</SequenceNumber>
    <Sale><ItemID>7</ItemID><Quantity>1</Quantity></Sale></LineItem>
   <LineItem><SequenceNumber>3</SequenceNumber><Tax><Amount>0.08</Amount></Tax></LineItem>
  </RetailTransaction></Transaction>
</POSLog>"""
ORDERS_XML = """<Orders xmlns="urn:x"><Order id="1"><Date>2026-11-22</Date>
<Line no="1"><Item><Code>A</Code></Item><Qty unit="EA">5</Qty><Note>one</Note><Note>two</Note></Line>
<Line no="2"><Item><Code>B &amp; C</Code></Item><Qty>7</Qty></Line></Order>
<Order id="2"><Line no="1"><Qty/></Line></Order></Orders>"""

SAMPLES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "x12": (x12(ORDER, SHIP_NOTICE.replace("*0001~", "*0002~", 1)).encode(), {}),
    "edifact": (edifact(DESPATCH).encode(), {}),
    "epcis": (
        orjson.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": [EVENT, FULL_EVENT]}}),
        {"ours": ("952*",)},
    ),
    "poslog": (POSLOG.encode(), {}),
    "xml": (ORDERS_XML.encode(), {"each": "Order/Line"}),
    "xlsx": (xlsx(("S", [["SKU", "Qty"], ["00123", 5], ["00124", True]])), {}),
    "xls": (xls([["SKU", "Qty"], ["00123", 5.0], ["00124", Formula("#N/A")]]), {}),
}
"""One document of each kind, and its reading: what the battery of mutations spoils. The format of xls is xlsx."""
