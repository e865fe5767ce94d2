//! Whole documents through a map: records inside envelopes, lists of rows, rows of readers, rows that several rules take.

use crate::support::maps::{assert_closes, field, hole, lines, map_of, reader, sale, text, with};
use lowtide_native::map::MappedRows;
use serde_json::{Value, json};

/// The ids of the movements.
fn ids(rows: &MappedRows) -> Vec<String> {
    let movements = String::from_utf8(rows.movements.clone()).unwrap();
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    movements.lines().map(id).collect()
}

fn rejects(rows: &MappedRows) -> Vec<&'static str> {
    rows.rejects.iter().map(|reject| reject.fault.code.name()).collect()
}

fn with_read(read: Value, fields: Value) -> Value {
    let mut map = map_of(sale(fields));
    map["read"] = read;
    map
}

#[test]
fn a_transfer_is_two_movements_or_one_reject() {
    let rule = |kind: &str, place: &str, end: &str| {
        let id = json!({"parts": [{"hole": "doc"}, {"text": end}]});
        json!({"when": {"hole": "type", "in": ["调拨"]},
            "fields": sale(json!({"id": id, "kind": text(kind), "location": hole(place), "ref": hole("doc"), "quantity": hole("n")}))})
    };
    let map = json!({"format": 1, "name": "t", "movements": [rule("transfer_out", "from", "#out"), rule("transfer_in", "to", "#in")]});
    let rows = lines(
        &map,
        "{\"type\":\"调拨\",\"doc\":\"D1\",\"from\":\"330\",\"to\":\"331\",\"n\":2}\n\
         {\"type\":\"调拨\",\"doc\":\"D2\",\"from\":\"330\",\"to\":\"\",\"n\":2}\n\
         {\"type\":\"盘点\",\"doc\":\"D3\"}",
    );
    assert_eq!((ids(&rows), rows.places), (vec!["D1#out".to_owned(), "D1#in".to_owned()], 4));
    assert_eq!(rows.rules, [1, 1]);
    assert_eq!(rejects(&rows), ["missing_field", "unmapped"]);
    assert_eq!(rows.rejects[0].fault.message, "to is empty: `location` is required");
    assert_eq!(rows.rejects[1].fault.message, "no rule of the map takes the row: type is \"盘点\"");
    let mut first = map;
    first["only_first"] = json!(true);
    let rows = lines(&first, r#"{"type":"调拨","doc":"D1","from":"330","to":"331","n":2}"#);
    assert_eq!(ids(&rows), ["D1#out"]);
}

#[test]
fn every_line_of_an_order_is_a_row_with_the_order_around_it() {
    let id = json!({"parts": [{"hole": "^id"}, {"text": "/"}, {"hole": "n"}]});
    let map = with_read(
        json!({"format": "json", "each": "lines"}),
        json!({"id": id, "sku": hole("sku"), "location": hole("^shop.code")}),
    );
    let order = r#"{"id":7,"shop":{"code":"330"},"lines":[{"n":1,"sku":"a"},{"n":2,"sku":"b"}],"n":9}"#;
    let rows = lines(&map, order);
    assert_eq!(ids(&rows), ["7/1", "7/2"]);
    // The journal keeps one row for each line, and reads the same from it.
    let again = lines(&map, std::str::from_utf8(&rows.ndjson).unwrap());
    assert_eq!((again.rows, &again.movements), (2, &rows.movements));
    let rows = lines(
        &map,
        "{\"id\":8,\"lines\":[]}\n{\"id\":9}\n{\"id\":10,\"lines\":[3,{\"n\":1}]}\n{\"id\":11,\"lines\":{}}",
    );
    assert_eq!(rows.skipped, 1);
    assert_eq!(rejects(&rows), ["missing_field", "not_an_object", "missing_field", "missing_field"]);
}

#[test]
fn records_are_found_in_their_envelopes() {
    let map = with_read(
        json!({"format": "cloudevents", "root": "auto"}),
        json!({"id": hole("ce.id"), "source": hole("ce.source"), "sku": hole("sku")}),
    );
    let rows = lines(
        &map,
        "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/dc\",\"data\":{\"sku\":\"a\",\"id\":\"x\"}}\n\
         {\"data_base64\":\"eyJza3UiOiJiIn0=\",\"specversion\":\"1.0\",\"id\":\"e2\",\"source\":\"/dc\"}\n\
         {\"ce.id\":\"e3\",\"ce.source\":\"/dc\",\"sku\":\"c\"}\n\
         [{\"specversion\":\"1.0\",\"id\":\"e4\",\"source\":\"/dc\",\"data\":{\"sku\":\"d\"}}]\n\
         {\"specversion\":\"1.0\",\"id\":\"e5\",\"source\":\"/dc\"}\n\
         {\"specversion\":\"1.0\",\"id\":\"e6\",\"source\":\"/dc\",\"data\":\"text\"}",
    );
    assert_eq!(ids(&rows), ["e1", "e2", "e3", "e4"]);
    assert_eq!(rejects(&rows), ["not_an_object", "not_an_object"]);
    let map = with_read(json!({"format": "connect", "root": "auto"}), json!({"id": hole("id")}));
    let rows = lines(
        &map,
        "{\"schema\":{\"id\":\"no\"},\"payload\":{\"id\":\"1\"}}\n{\"payload\":{\"id\":\"2\"},\"schema\":null}\n\
         {\"id\":\"3\",\"payload\":{\"id\":\"no\"}}\n{\"schema\":null,\"payload\":null}\nnull",
    );
    assert_eq!(ids(&rows), ["1", "3"]);
    assert_eq!((rejects(&rows), rows.skipped), (vec!["missing_field"], 2)); // without a schema it is a payload like any other
    let map = with_read(json!({"format": "json", "root": "a.b"}), json!({"id": hole("id")}));
    let rows = lines(
        &map,
        "{\"a\":{\"b\":{\"id\":\"1\"}}}\n{\"a\":{\"b\":[{\"id\":\"2\"},{\"id\":\"3\"}]}}\n{\"a\":{\"b\":[]}}\n{\"a\":1}",
    );
    assert_eq!(ids(&rows), ["1", "2", "3"]);
    assert_eq!((rejects(&rows), rows.skipped), (vec!["not_an_object"], 1));
}

#[test]
fn change_events_with_and_without_a_schema_and_messages_about_the_database() {
    let map = with_read(
        json!({"format": "debezium", "root": "auto"}),
        json!({"id": hole("after.id"), "event_time": with("after.at", json!({"format": "epoch_us", "zone": "Asia/Shanghai"}))}),
    );
    let change = r#"{"before":null,"after":{"id":7,"at":1795339800000000},"op":"c","source":{"table":"t"},"ts_ms":1}"#;
    let rows = lines(
        &map,
        &format!(
            "{change}\n{{\"schema\":{{\"after\":{{\"id\":1}}}},\"payload\":{change}}}\n{{\"payload\":{change}}}\nnull\n\
             {{\"op\":\"t\",\"before\":null,\"after\":null,\"source\":{{}}}}\n{{\"ts_ms\":1795339800000}}\n\
             {{\"schema\":{{}},\"payload\":{{\"ts_ms\":1795339800000}}}}\n{{\"source\":{{}},\"ddl\":\"create\",\"ts_ms\":1}}\n\
             {{\"status\":\"END\",\"id\":\"1\",\"event_count\":2,\"ts_ms\":1}}\n{{\"op\":\"d\",\"before\":{{\"id\":7}},\"after\":null}}"
        ),
    );
    assert_eq!(ids(&rows), ["7", "7", "7"]);
    assert_eq!(rows.times[0], Some(1_795_339_800_000 - 8 * 3_600_000));
    assert_eq!((rows.skipped, rejects(&rows)), (6, vec!["missing_field"]));
}

#[test]
fn names_with_points_are_keys_first_and_then_paths() {
    let map = map_of(sale(json!({"id": hole("a.b"), "sku": hole("list.1.s")})));
    assert_eq!(field(&map, r#"{"a":{"b":"path"},"list":[{"s":"x"},{"s":"y"}]}"#, "id"), Ok(Some("path".into())));
    assert_eq!(field(&map, r#"{"a":{"b":"path"},"a.b":"key","list.1.s":"z"}"#, "id"), Ok(Some("key".into())));
    assert_eq!(field(&map, r#"{"a":{"b":"path"},"list":[{"s":"x"},{"s":"y"}]}"#, "sku"), Ok(Some("y".into())));
    assert_eq!(
        field(&map, r#"{"a":{"b":"1"},"list":[{}]}"#, "sku").unwrap_err().1,
        "list.1.s is not in the row: `sku` is required"
    );
}

#[test]
fn json_is_strict() {
    let map = map_of(sale(json!({"id": hole("a.b"), "sku": hole("s")})));
    let deep = |levels: usize| {
        format!("{{\"s\":\"x\",\"a\":{{\"b\":\"1\"}},\"z\":{}{}}}", "[".repeat(levels), "]".repeat(levels))
    };
    for (record, code) in [
        ("{\"a\":{\"b\":1},\"s\":\"x\",\"s\":\"y\"}".to_owned(), Some("duplicate_field")),
        ("{\"a\":{\"b\":1},\"s\":null,\"s\":\"y\"}".to_owned(), Some("duplicate_field")),
        ("{\"a\":{\"b\":1},\"s\":\"x\",}".to_owned(), Some("not_json")),
        ("{\"a\":{\"b\":01},\"s\":\"x\"}".to_owned(), Some("not_json")),
        ("{\"a\":{\"b\":1},\"s\":\"x\",\"z\":[1,}]}".to_owned(), Some("not_json")),
        ("{\"a\":{\"b\":1},\"s\":\"x\"} x".to_owned(), Some("not_json")),
        ("7".to_owned(), Some("not_an_object")),
        (deep(63), None),
        (deep(64), Some("not_json")),
        (deep(20_000), Some("not_json")),
    ] {
        let rows = lines(&map, &record);
        assert_eq!(rows.rejects.first().map(|reject| reject.fault.code.name()), code, "{:.60}", record);
    }
}

#[test]
fn rows_of_readers_name_their_line_and_bring_what_is_decided() {
    let rows = lines(
        &map_of(sale(json!({"id": hole("id")}))),
        "{\"_line\":17,\"id\":\"1\",\"quantity\":\"many\"}\n\
         {\"_line\":18,\"_reject\":\"bad_document\",\"_message\":\"it breaks off\",\"_raw\":\"/w==\"}\n\
         {\"_line\":19,\"_movement\":{\"id\":\"330/9001@1\",\"source\":\"s\",\"kind\":\"count\",\"sku\":\"9001\",\"location\":\"330\",\"quantity\":\"0\",\"event_time\":\"2026-11-22T09:30:00Z\"}}\n\
         {\"_line\":20}\n{\"_line\":21,\"_movement\":{\"id\":\"1\"}}\n{\"_line\":22,\"id\":\"\"}",
    );
    assert_eq!(ids(&rows), ["1", "330/9001@1"]);
    assert_eq!(rows.skipped, 1);
    let seen: Vec<_> = rows.rejects.iter().map(|r| (r.row, r.line, r.fault.code.name(), &*r.column)).collect();
    assert_eq!(seen, [(1, 18, "bad_document", ""), (4, 21, "missing_field", ""), (5, 22, "missing_field", "id")]);
    assert_eq!((&*rows.rejects[0].fault.message, &rows.rejects[0].bytes[..]), ("it breaks off", &b"\xff"[..]));
}

#[test]
fn cells_are_filled_down_and_equal_lines_are_numbered_in_the_document() {
    let id = json!({"parts": [], "hash": ["doc", "n"], "occurrence": true});
    let mut map = with_read(
        json!({"format": "csv", "fill_down": ["doc"]}),
        json!({"id": id, "ref": hole("doc"), "quantity": hole("n")}),
    );
    map["skip"] = json!([{"hole": "doc", "in": ["合计"]}]);
    let mut reader = reader(&map);
    assert_eq!(reader.csv_header(b"doc,n", b',', 0), Vec::<String>::new());
    let rows = reader.csv("D1,2\n,2\n,3\nD2,2\n,,\n合计,9\n".as_bytes());
    assert_closes(&rows);
    let ids = ids(&rows);
    assert_eq!((ids[1] == format!("{}-2", ids[0]), ids.len(), rows.skips.clone()), (true, 4, vec![1, 1]));
    assert_eq!(rows.occurrences.as_ref().unwrap()[..3], [vec![1], vec![2], vec![1]]);
    // Rows of the journal may be read in any order: they bring their numbers and their filled cells.
    let text = String::from_utf8(rows.ndjson.clone()).unwrap();
    let mut turned: Vec<&str> = text.lines().collect();
    turned.reverse();
    let again = lines(&map, &turned.join("\n"));
    let mut movements: Vec<_> = again.movements.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
    movements.reverse();
    let first: Vec<_> = rows.movements.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(movements, first);
    reader.document();
    reader.csv_header(b"doc,n", b',', 0);
    assert_eq!(rejects(&reader.csv(b",2\n")), Vec::<&str>::new()); // nothing to fill down: the ref is absent
}

#[test]
fn columns_that_the_header_lacks_or_has_twice() {
    let map = map_of(sale(
        json!({"id": hole("No."), "sku": hole("Art"), "reason": json!({"parts": [{"hole": "note", "optional": true}]})}),
    ));
    let mut reader = reader(&map);
    assert_eq!(reader.csv_header("\u{feff}no.; Art ".as_bytes(), b';', 2), ["No."]);
    assert_eq!(reader.csv_header(b"No.;Art;x", b';', 0), Vec::<String>::new());
    let rows = reader.csv(b"1;a\n2;b;c;d\n\"3;c\n");
    assert_eq!((ids(&rows), rejects(&rows)), (vec!["1".to_owned()], vec!["bad_row", "missing_field"]));
    assert_eq!(rows.rejects[0].line, 6);
    reader.document();
    assert_eq!(reader.csv_header(b"No.;Art;Art", b';', 0), Vec::<String>::new());
    let rows = reader.csv(b"1;a;b\n");
    assert_eq!((rejects(&rows), &*rows.rejects[0].column), (vec!["duplicate_field"], "Art"));
    let map = map_of(sale(json!({"id": hole("c2")})));
    let mut headless = crate::support::maps::reader(&map);
    assert_eq!(headless.csv_header(b"", b',', 0), Vec::<String>::new());
    assert_eq!(ids(&headless.csv(b"a,1\nb,2,3,4\n")), ["1", "2"]);
}

#[test]
fn what_is_unexpected_is_warned_of_or_rejected() {
    let mut map = map_of(sale(json!({"quantity": hole("n"), "sku": hole("s")})));
    map["expect"] = json!({"on": "warn", "quantity": {"max": "100"}, "sku": ["9001"], "kind": ["sale", "return"]});
    let rows = lines(&map, "{\"n\":5,\"s\":\"9001\"}\n{\"n\":101,\"s\":\"9001\"}\n{\"n\":1,\"s\":\"9002\"}");
    let seen: Vec<_> = rows.warnings.iter().map(|warning| (warning.0, warning.2)).collect();
    assert_eq!((rows.good, seen), (3, vec![(1, "quantity"), (2, "sku")]));
    map["expect"]["on"] = json!("reject");
    let rows = lines(&map, "{\"n\":5,\"s\":\"9001\"}\n{\"n\":101,\"s\":\"9001\"}");
    assert_eq!((rows.good, rejects(&rows), &*rows.rejects[0].column), (1, vec!["unexpected_value"], "n"));
}
