//! What the steps of a map make of one cell, and what a person reads where they cannot.

use crate::support::maps::{field, hole, lines, map_of, sale, text, with};
use lowtide_native::map::Mapping;
use serde_json::{Value, json};

/// The quantity of a row `{"a": …}` under these steps.
fn quantity(steps: Value, cell: &str) -> Result<Option<String>, (&'static str, String)> {
    field(&map_of(sale(json!({"quantity": with("a", steps)}))), &format!("{{\"a\":{cell}}}"), "quantity")
}

fn event_time(map: Value, cell: &str) -> Result<String, (&'static str, String)> {
    field(&map, &format!("{{\"a\":{cell}}}"), "event_time").map(|time| time.expect("it is required"))
}

#[test]
fn numbers_become_thousandths_with_their_marks_signs_and_factors() {
    for (steps, cell, right) in [
        (json!({}), "\"2.50\"", "2.5"),
        (json!({}), "2.50", "2.5"),
        (json!({}), "\"5-\"", "-5"),
        (json!({}), "\"(5)\"", "-5"),
        (json!({}), "0.30000000000000004", "0.3"),
        (json!({"decimal": ",", "thousands": "."}), "\"1.250,5\"", "1250.5"),
        (json!({"decimal": ",", "thousands": "."}), "1250.5", "1250.5"),
        (json!({"base64_scale": 3}), "\"B9A=\"", "2"),
        (json!({"base64_scale": 3}), "\"+iQ=\"", "-1.5"),
        (json!({"base64_scale": 3}), "2.5", "2.5"),
        (json!({"sign": "abs"}), "-2", "2"),
        (json!({"sign": "negate"}), "-2", "2"),
        (json!({"times": text("12")}), "2", "24"),
        (json!({"round": 3}), "\"1.23456\"", "1.235"),
        (json!({"round": 0}), "\"2.5\"", "3"),
        (json!({"times": text("0.3333"), "round": 2}), "1", "0.33"),
    ] {
        assert_eq!(quantity(steps, cell), Ok(Some(right.to_owned())), "{cell}");
    }
}

#[test]
fn a_number_that_is_none_names_its_column_and_shows_it() {
    for (steps, cell, code, message) in [
        (json!({}), "\"12,5x\"", "bad_quantity", "a \"12,5x\" is not a number"),
        (json!({}), "\"\"", "missing_field", "a is empty: `quantity` is required"),
        (json!({}), "null", "missing_field", "a is null: `quantity` is required"),
        (json!({}), "false", "missing_field", "a is empty: `quantity` is required"),
        (json!({}), "{}", "wrong_type", "a is an object or a list: name a path into it, such as `{a.b}` or `{a.0.b}`"),
        (json!({"base64_scale": 3}), "\"2.0\"", "bad_quantity", "a \"2.0\" is not a number"),
    ] {
        assert_eq!(quantity(steps, cell), Err((code, message.to_owned())), "{cell}");
    }
    let (code, message) = quantity(json!({}), "\"1.2345\"").unwrap_err();
    assert!(code == "bad_quantity" && message.starts_with("a \"1.2345\" has more than 3 decimal places"), "{message}");
    assert_eq!(
        quantity(json!({"times": text("1000000000000000000000000000")}), "123456789012").unwrap_err().0,
        "bad_quantity"
    );
}

#[test]
fn units_are_multiplied_and_an_unknown_one_is_a_reject() {
    let by_unit = json!({"quantity": with("n", json!({"unit": hole("u"), "units": {"件": "1", "箱": "24"}}))});
    let of = |row: &str| field(&map_of(sale(by_unit.clone())), row, "quantity");
    assert_eq!(of(r#"{"n":2,"u":" 箱 "}"#), Ok(Some("48".into())));
    assert_eq!(of(r#"{"n":2,"u":"托"}"#), Err(("bad_unit", "u \"托\" is a unit that the map does not know".into())));
    assert_eq!(of(r#"{"n":2}"#).unwrap_err().0, "bad_unit");
    let catalogue = json!({"sku": hole("s"), "quantity": with("n", json!({"unit": hole("u"), "units_by_sku": {"BOX": {"9001": "24"}}}))});
    let of = |row: &str| field(&map_of(sale(catalogue.clone())), row, "quantity");
    assert_eq!(of(r#"{"s":"9001","n":"0.5","u":"BOX"}"#), Ok(Some("12".into())));
    let (code, message) = of(r#"{"s":"9002","n":"1","u":"BOX"}"#).unwrap_err();
    assert!(code == "bad_unit" && message.contains("SKU \"9002\""), "{message}");
}

#[test]
fn times_take_their_zone_from_the_value_the_map_or_the_location() {
    let map = |zone: Value, steps: Value| {
        let mut map = map_of(sale(json!({"event_time": with("a", steps), "location": text("330")})));
        map["zone"] = zone;
        map["zones"] = json!({"330": "Europe/Berlin"});
        map
    };
    let german = json!({"format": "%d.%m.%Y %H:%M"});
    for (zone, steps, cell, right) in [
        (json!("Asia/Shanghai"), json!({}), "\"2026-11-22T09:30:00+01:00\"", "2026-11-22T08:30:00.000Z"),
        (json!("Asia/Shanghai"), german.clone(), "\"22.11.2026 9:30\"", "2026-11-22T01:30:00.000Z"),
        (json!("locations"), german.clone(), "\"22.11.2026 09:30\"", "2026-11-22T08:30:00.000Z"),
        (json!("Asia/Shanghai"), json!({"zone": "UTC"}), "\"2026-11-22 09:30\"", "2026-11-22T09:30:00.000Z"),
        (json!("Europe/Berlin"), json!({"at": "12:00"}), "\"2026-11-22\"", "2026-11-22T11:00:00.000Z"),
        (
            json!("Europe/Berlin"),
            json!({"format": "%Y/%m/%d", "at": "23:59"}),
            "\"2026/7/1\"",
            "2026-07-01T21:59:00.000Z",
        ),
        (json!("Europe/Berlin"), json!({"format": "excel"}), "46348.4375", "2026-11-22T09:30:00.000Z"),
        (json!("Europe/Berlin"), json!({"format": "epoch_s"}), "1795339800", "2026-11-22T09:30:00.000Z"),
        (
            json!(null),
            json!({"format": "epoch_us", "zone": "Europe/Berlin"}),
            "1795339800000000",
            "2026-11-22T08:30:00.000Z",
        ),
        (json!("Europe/Berlin"), json!({}), "\"2026-03-29T02:30:00\"", "2026-03-29T01:30:00.000Z"), // never was
        (json!("Europe/Berlin"), json!({}), "\"2026-10-25T02:30:00\"", "2026-10-25T00:30:00.000Z"), // was twice
    ] {
        assert_eq!(event_time(map(zone, steps), cell), Ok(right.to_owned()), "{cell}");
    }
    for (zone, steps, cell, code, part) in [
        (json!(null), german.clone(), "\"22.11.2026 09:30\"", "no_zone", "write `zone:` in the map"),
        (
            json!("UTC"),
            german,
            "\"2026/11/22\"",
            "bad_time",
            "a \"2026/11/22\" is not a time in the format `%d.%m.%Y %H:%M`",
        ),
        (json!("UTC"), json!({}), "\"2026-11-22\"", "bad_time", "write `at:`"),
        (json!("UTC"), json!({}), "\"soon\"", "bad_time", "write its `format:`"),
        (json!("UTC"), json!({}), "\"1999-11-22T09:30:00Z\"", "bad_time", "is not a time"),
        (json!("UTC"), json!({"format": "epoch_us"}), "1795339800000", "bad_time", "from 2000 to 2100"),
    ] {
        let (seen, message) = event_time(map(zone, steps), cell).unwrap_err();
        assert!(seen == code && message.contains(part), "{cell}: {seen} {message}");
    }
}

#[test]
fn a_due_may_be_a_date_alone() {
    let fields =
        sale(json!({"kind": text("order"), "ref": text("PO-1"), "due": with("a", json!({"format": "%d.%m.%Y"}))}));
    assert_eq!(field(&map_of(fields.clone()), r#"{"a":"24.12.2026"}"#, "due"), Ok(Some("2026-12-24".into())));
    assert_eq!(field(&map_of(fields), r#"{"a":""}"#, "due"), Ok(None));
}

#[test]
fn tables_reject_keep_skip_or_name_another_value() {
    let of = |otherwise: Value, cell: &str| {
        let location = with("a", json!({"map": {"Cafe\u{301}": "330", "": "none"}, "else": otherwise}));
        let rows = lines(&map_of(sale(json!({"location": location}))), &format!("{{\"a\":{cell}}}"));
        let text = String::from_utf8(rows.movements).unwrap();
        let movement: Option<Value> = serde_json::from_str(&text).ok();
        (
            rows.skipped,
            rows.rejects.first().map(|reject| reject.fault.code.name()),
            movement.map(|m| m["location"].clone()),
        )
    };
    assert_eq!(of(json!("reject"), "\"Café\""), (0, None, Some(json!("330"))));
    assert_eq!(of(json!("reject"), "\"Bar\""), (0, Some("unknown_value"), None));
    assert_eq!(of(json!("reject"), "\" \""), (0, None, Some(json!("none"))));
    assert_eq!(of(json!("reject"), "null"), (0, Some("missing_field"), None));
    assert_eq!(of(json!("keep"), "\"Bar\""), (0, None, Some(json!("Bar"))));
    assert_eq!(of(json!("skip"), "\"Bar\""), (1, None, None));
    assert_eq!(of(json!({"text": "999"}), "\"Bar\""), (0, None, Some(json!("999"))));
    let kind = map_of(sale(json!({"kind": with("a", json!({"map": {"1": "sale", "true": "return"}}))})));
    assert_eq!(field(&kind, r#"{"a":1}"#, "kind"), Ok(Some("sale".into())));
    assert_eq!(field(&kind, r#"{"a":true}"#, "kind"), Ok(Some("return".into())));
    assert_eq!(
        field(&kind, r#"{"a":"2"}"#, "kind").unwrap_err(),
        ("unknown_kind", "a \"2\" is not in the table of the map".into())
    );
}

#[test]
fn a_map_that_cannot_be_used_says_why() {
    for (map, part) in [
        (json!({}), "cannot be read"),
        (json!({"format": 2, "name": "x", "movements": []}), "format 2"),
        (map_of(json!({"colour": hole("a")})), "`colour` is not a field"),
        (map_of(json!({"sku": with("a", json!({"colour": 1}))})), "cannot be read"),
        (map_of(json!({"sku": with("a", json!({"round": 3}))})), "`round` does nothing for `sku`"),
        (map_of(json!({"sku": with("a", json!({"hash": ["b"]}))})), "`hash` does nothing for `sku`"),
        (map_of(json!({"quantity": with("a", json!({"unit": hole("u")}))})), "needs `units`"),
        (map_of(json!({"quantity": with("a", json!({"decimal": ",", "thousands": ","}))})), "the same mark"),
        (map_of(json!({"quantity": with("a", json!({"decimal": "point"}))})), "not one mark"),
        (map_of(json!({"event_time": with("a", json!({"format": "%Q"}))})), "not a format"),
        (map_of(json!({"event_time": with("a", json!({"zone": "Mars"}))})), "not a time zone"),
        (map_of(json!({"event_time": with("a", json!({"at": "noon"}))})), "not a time of day"),
        (map_of(json!({"id": hole("_line")})), "not a column of the data"),
    ] {
        let error = Mapping::read(map.to_string().as_bytes()).err().expect("it is refused");
        assert!(error.message.contains(part), "{}: {part}", error.message);
    }
}
