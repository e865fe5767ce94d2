//! The same rows in every form and in blocks of every size give the same movements; no bytes make a map panic or lose a row.

use std::sync::Arc;

use crate::support::logs::config;
use crate::support::maps::{assert_closes, hole, reader, text, with};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use lowtide_native::map::{DocumentReader, MappedRows};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const COLUMNS: [&str; 7] = ["单据", "行", "类型", "sku", "仓库", "数量", "日期"];

/// A map with most steps: a joined id, tables, a decimal comma, units, a zone, a skip, two rules.
fn export() -> Value {
    let id = |end: &str| json!({"parts": [{"hole": "单据"}, {"text": "#"}, {"hole": "行"}, {"text": end}]});
    let rule = |end: &str, kind: Value, when: Value| {
        json!({"when": when, "fields": {"id": id(end), "source": text("erp"), "kind": kind, "sku": with("sku", json!({"case": "upper"})),
            "location": with("仓库", json!({"map": {"中心店": "330", "东店": "331"}, "else": "keep"})),
            "quantity": with("数量", json!({"decimal": ",", "thousands": ".", "sign": "abs"})), "ref": hole("单据"),
            "event_time": with("日期", json!({"format": "%d.%m.%Y %H:%M"}))}})
    };
    let kinds = with("类型", json!({"map": {"出库": "sale", "入库": "receipt", "退货": "return"}}));
    json!({"format": 1, "name": "export", "zone": "Europe/Berlin",
        "skip": [{"hole": "单据", "in": ["合计", ""]}, {"hole": "数量", "lt": "-1000"}],
        "movements": [rule("", kinds, json!({"hole": "类型", "not_in": ["调拨"]})),
            rule("#out", text("transfer_out"), json!({"hole": "类型", "in": ["调拨"]})),
            rule("#in", text("transfer_in"), json!({"hole": "类型", "in": ["调拨"]}))]})
}

/// What is said of some rows: movements, then row, code and message of each reject, then counts.
type Said = (Vec<u8>, Vec<(usize, &'static str, String)>, [usize; 4], Vec<usize>, Vec<Option<i64>>);

fn said(rows: &MappedRows) -> Said {
    assert_closes(rows);
    let reject = |reject: &lowtide_native::map::RejectedRow| {
        (reject.row, reject.fault.code.name(), reject.fault.message.clone())
    };
    let counts = [rows.rows, rows.places, rows.good, rows.skipped];
    (rows.movements.clone(), rows.rejects.iter().map(reject).collect(), counts, rows.skips.clone(), rows.times.clone())
}

fn table() -> DocumentReader {
    let mut reader = reader(&export());
    assert_eq!(reader.csv_header(COLUMNS.join(";").as_bytes(), b';', 0), Vec::<String>::new());
    reader
}

fn csv_line(row: &[String]) -> String {
    let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    cells.join(";") + "\n"
}

fn json_line(row: &[String]) -> String {
    let object: serde_json::Map<String, Value> =
        COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.as_str().into())).collect();
    Value::Object(object).to_string() + "\n"
}

fn columns(rows: &[Vec<String>]) -> RecordBatch {
    let column = |at: usize| Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[at]))) as ArrayRef;
    RecordBatch::try_from_iter((0..COLUMNS.len()).map(|at| (COLUMNS[at], column(at)))).unwrap()
}

fn row() -> impl Strategy<Value = Vec<String>> {
    let of = |texts: &[&str]| select(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    (
        of(&["XS1", "XS2", "合计", " XS3 ", "x\"y", "a;b"]),
        of(&["1", "2", "", " 3"]),
        of(&["出库", "入库", "退货", "调拨", "盘盈", ""]),
        prop_oneof![3 => of(&["00123", "abc", "Cafe\u{301}", ""]), 1 => "\\PC{0,6}"],
        of(&["中心店", "东店", "南店", " "]),
        prop_oneof![3 => of(&["1.250,5", "2", "5-", "-2.000", "(3)", "12,5x", "", "1.25"]), 1 => "[-0-9.,e ]{0,8}"],
        prop_oneof![3 => of(&["22.11.2026 10:30", "1.7.2026 9:05", "25.10.2026 02:30", "22.11.2026", ""]), 1 => "[0-9.: ]{0,16}"],
    )
        .prop_map(|(a, b, c, d, e, f, g)| vec![a, b, c, d, e, f, g])
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn the_form_of_a_row_does_not_show(rows in vec(row(), 1..12)) {
        let text: String = rows.iter().map(|row| csv_line(row)).collect();
        let from_csv = table().csv(text.as_bytes());
        let lines: String = rows.iter().map(|row| json_line(row)).collect();
        let from_lines = reader(&export()).lines(lines.as_bytes());
        let from_columns = reader(&export()).columns(&columns(&rows)).unwrap();
        prop_assert_eq!(said(&from_csv), said(&from_lines));
        prop_assert_eq!(said(&from_csv), said(&from_columns));
        for journal in [&from_csv.ndjson, &from_columns.ndjson] {
            prop_assert_eq!(said(&from_csv), said(&reader(&export()).lines(journal)));
        }
    }

    #[test]
    fn the_size_of_a_block_does_not_show(rows in vec(row(), 1..16), size in select(vec![1usize, 7])) {
        let text: String = rows.iter().map(|row| csv_line(row)).collect();
        let whole = table().csv(text.as_bytes());
        let mut parts = table();
        let (mut movements, mut lines, mut places) = (Vec::new(), Vec::new(), 0);
        for block in rows.chunks(size) {
            let text: String = block.iter().map(|row| csv_line(row)).collect();
            let part = parts.csv(text.as_bytes());
            movements.extend_from_slice(&part.movements);
            lines.extend(part.rejects.iter().map(|reject| reject.line));
            places += part.places;
        }
        prop_assert_eq!((&whole.movements, whole.places), (&movements, places));
        prop_assert_eq!(whole.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), lines);
    }

    #[test]
    fn no_cell_makes_a_step_panic(cells in vec(any::<String>(), COLUMNS.len())) {
        let rows = reader(&every_step()).lines(json_line(&cells).as_bytes());
        assert_closes(&rows);
        prop_assert_eq!(rows.rows, 1);
    }
}

/// All steps that text can break.
fn every_step() -> Value {
    json!({"format": 1, "name": "steps", "zone": "locations", "zones": {"330": "Asia/Shanghai"}, "skip": [{"hole": "单据", "ge": "7"}],
        "movements": [{"fields": {
            "id": {"parts": [{"text": "x-"}], "hash": ["单据", "行"], "occurrence": true},
            "source": text("s"), "kind": text("order"), "ref": with("单据", json!({"after": "a", "before": "b"})),
            "sku": with("sku", json!({"strip_zeros": true, "pad": 9, "gtin": true, "map": {}, "else": "keep"})),
            "location": with("仓库", json!({"case": "lower"})),
            "quantity": with("数量", json!({"base64_scale": 3, "times": hole("行"), "unit": hole("类型"), "units": {"": "24"}, "round": 3})),
            "unit_value": with("数量", json!({"decimal": ",", "thousands": " "})),
            "event_time": with("日期", json!({"format": "excel", "at": "12:00"})),
            "due": with("日期", json!({"format": "%d %b %y %p %I"}))}}]})
}

/// Changes a document at a few places: one byte, a piece out, a piece twice.
fn spoiled(document: &[u8], state: &mut u64) -> Vec<u8> {
    let mut next = |end: usize| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize % end.max(1)
    };
    let mut bytes = document.to_vec();
    for _ in 0..1 + next(3) {
        let at = next(bytes.len());
        let end = (at + next(12)).min(bytes.len());
        match next(4) {
            0 => bytes[at] = next(256) as u8,
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => bytes.insert(at, b"\"\\,;{}[]\n\r\0\xff"[next(12)]),
        }
        if bytes.is_empty() {
            bytes.push(b'x');
        }
    }
    bytes
}

#[test]
fn five_thousand_spoiled_documents_of_each_form_lose_no_row() {
    let rows = [
        ["XS1", "1", "出库", "00123", "中心店", "1.250,5", "22.11.2026 10:30"],
        ["XS1", "2", "调拨", "Café", "东店", "2", "1.7.2026 9:05"],
        ["合计", "", "", "", "", "1.252,5", ""],
    ]
    .map(|row| row.map(str::to_owned).to_vec());
    let csv: String = rows.iter().map(|row| csv_line(row)).collect();
    let lines: String = rows.iter().map(|row| json_line(row)).collect();
    let events = "{\"specversion\":\"1.0\",\"id\":\"e1\",\"data\":{\"sku\":\"a\\u00e9\",\"lines\":[{\"n\":1.5},{\"n\":[2]}],\"数量\":\"2\"}}\n\
        {\"_line\":2,\"_reject\":\"bad_row\",\"_raw\":\"/w==\"}\n{\"_line\":3,\"_occurrence\":[1,2,0],\"单据\":\"7\"}\n";
    let mut enveloped = export();
    enveloped["read"] = json!({"format": "cloudevents", "root": "auto", "each": "lines"});
    let (mut csv_reader, mut line_reader, mut event_reader) = (table(), reader(&export()), reader(&enveloped));
    let mut state = 7;
    for _ in 0..5_000 {
        csv_reader.document();
        csv_reader.csv_header(COLUMNS.join(";").as_bytes(), b';', 0);
        assert_closes(&csv_reader.csv(&spoiled(csv.as_bytes(), &mut state)));
        line_reader.document();
        assert_closes(&line_reader.lines(&spoiled(lines.as_bytes(), &mut state)));
        event_reader.document();
        assert_closes(&event_reader.lines(&spoiled(events.as_bytes(), &mut state)));
    }
}
