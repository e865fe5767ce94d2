//! What is on disk, on a wire or in somebody's table was computed by a drawing in `native/README.md`; here the drawing computes it.

use lowtide_native::alert::episode::alert_id;
use lowtide_native::log::dedup::fingerprint;
use lowtide_native::log::feed_wire::ToldChange;
use lowtide_native::log::partition::group_of;
use lowtide_native::log::wire::{Reader, Writer};
use lowtide_native::policy::alert_type::AlertType;
use lowtide_native::values::deed::Deed;
use lowtide_native::values::feed::{Evidence, FeedChange, FeedEvent};
use lowtide_native::values::movement::{KINDS, Kind, Movement};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

#[test]
fn a_fingerprint_is_the_hash_of_source_ff_id() {
    assert_eq!(fingerprint("till", "4711"), xxh3_64(b"till\xff4711"));
    assert_eq!(fingerprint("till", "4711"), 7_282_920_598_780_962_702);
    let long = "x".repeat(300);
    let text = [long.as_bytes(), b"\xff", long.as_bytes()].concat();
    assert_eq!(fingerprint(&long, &long), xxh3_64(&text), "the long way round is the same");
}

#[test]
fn a_key_group_is_the_hash_of_two_hashes() {
    let (location, sku) = (xxh3_64(b"330"), xxh3_64(b"1004906"));
    let mixed = location.rotate_left(32) ^ sku;
    assert_eq!(u64::from(group_of("330", "1004906", 7)), xxh3_64(&mixed.to_le_bytes()) % 7);
    let numbers = [2, 5, 64, 1000].map(|groups| group_of("330", "1004906", groups));
    assert_eq!(numbers, [0, 0, 8, 560]);
    assert_eq!(group_of("330", "1004906", 1), 0);
}

#[test]
fn an_alert_is_named_by_its_time_and_what_it_is_about() {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let opened_at = 1_795_339_800_000_i64;
    let mut about = Vec::new();
    for part in ["lowtide", "330", "1004906", "out_of_stock"] {
        about.extend((part.len() as u32).to_le_bytes());
        about.extend(part.as_bytes());
    }
    about.extend(1u32.to_le_bytes());
    let mut bits = ((opened_at as u128) << 80) | (xxh3_128(&about) % (1 << 80));
    let mut text = Vec::new();
    for _ in 0..26 {
        text.insert(0, ALPHABET[(bits % 32) as usize]);
        bits /= 32;
    }
    assert_eq!(alert_id("lowtide", "330", "1004906", AlertType::OutOfStock, 1, opened_at).as_slice(), text);
}

#[test]
fn a_kind_keeps_its_number() {
    let names = KINDS.map(|(name, _)| name);
    assert_eq!(names[0], "sale");
    for (number, (_, kind)) in KINDS.iter().enumerate() {
        assert_eq!((*kind as usize, Kind::from_code(number as u8)), (number, Some(*kind)));
    }
    assert_eq!(Kind::from_code(KINDS.len() as u8), None);
}

const CLOCK: i64 = 0x01a2_0c0d_0e0f;
const MOVEMENT: Movement<'_> = Movement {
    kind: Kind::Order,
    quantity: 1250,
    event_time: 0x0182_0304_0506,
    due: Some(0x01a4_0708_090a),
    expiry: None,
    clock: CLOCK,
    offset: 9,
    id: "i7",
    source: "till",
    location: "330",
    sku: "é",
    reference: Some("PO1"),
    deed: None,
    has_reason: false,
    joined: false,
};

/// Byte by byte, so that a block written by an older program is read by this one.
#[test]
fn a_block_is_what_it_is_drawn_as() {
    let mut writer = Writer::default();
    writer.push(&MOVEMENT);
    let block = writer.finish(0x01a2_0c0d_0e0f, 0x0182_0708_090a, true, &[]);
    let since = [10, 9, 8, 7, 0x82, 1, 0, 0];
    let header =
        [&b"LTB4"[..], &[15, 14, 13, 12, 0xa2, 1, 0, 0], &[1, 0, 0, 0], &[1, 0, 0, 0], &since, &[0; 8]].concat();
    let lengths = [&[4, 3][..], &[2, 0, 3, 0, 4, 0, 2, 0], &[0, 0], &[3, 0, 0, 0]].concat();
    let numbers = [9, 0x01a2_0c0d_0e0f, 0x0182_0304_0506, 1250, 0x01a4_0708_090a].map(i64::to_le_bytes).concat();
    assert_eq!((header.len(), lengths.len() + numbers.len()), (36, 56));
    assert_eq!(block, [&header[..], &lengths, &numbers, "é330tilli7PO1".as_bytes()].concat());
    let mut reader = Reader::new(&block).unwrap();
    assert_eq!((reader.clock, reader.planned_since, reader.last), (0x01a2_0c0d_0e0f, 0x0182_0708_090a, true));
    assert_eq!((reader.read(), reader.read()), (Ok(Some(MOVEMENT)), Ok(None)));
}

#[test]
fn a_change_of_a_feed_stands_behind_the_movements() {
    let silent = FeedChange {
        event: FeedEvent::Silent,
        time: CLOCK,
        offset: 9,
        location: "330".into(),
        source: "till".into(),
        cause: None,
        evidence: Some(Evidence {
            since: 0x01a0_0000_0001,
            due: 0x01a0_0000_0002,
            needed: 20.0,
            least_ms: 7,
            learned_hours: 500,
            expected: vec![12.5],
        }),
    };
    let cause = Some(("till".into(), "t1".into()));
    let back = FeedChange { event: FeedEvent::Back, cause, evidence: None, ..silent.clone() };
    let told = [(&silent, true), (&back, false)].map(|(change, here)| ToldChange { change, here });
    let block = Writer::default().finish(CLOCK, i64::MAX, false, &told);
    let lengths = |of: [u16; 4]| of.map(u16::to_le_bytes).concat();
    let head = |event, told, of, flags, hours| [&[event, told][..], &lengths(of), &[flags, 0, hours, 0, 0, 0]].concat();
    let evidence =
        [0x01a0_0000_0001, 0x01a0_0000_0002, 20.0f64.to_bits() as i64, 7, 500].map(i64::to_le_bytes).concat();
    let numbers = [9, CLOCK].map(i64::to_le_bytes).concat();
    let first = [&head(0, 1, [3, 4, 0, 0], 2, 1)[..], &numbers, &evidence, b"330till", &12.5f32.to_le_bytes()].concat();
    let second = [&head(1, 0, [3, 4, 4, 2], 1, 0)[..], &numbers, &[0; 40], b"330tilltillt1"].concat();
    assert_eq!((&block[28..32], &block[32..36]), (&[2, 0, 0, 0][..], &[168, 0, 0, 0][..]));
    assert_eq!(block[36..], [first, second].concat());
    assert_eq!(Reader::new(&block).unwrap().changes, [(silent, true), (back, false)]);
}

#[test]
fn a_void_says_what_it_takes_back_in_the_place_of_a_due() {
    let deed = Deed::new(Kind::Receipt, false, false, Some("PO1"), 0x1234);
    let bits = 3 | 1 << 7 | (0x1234 >> 2) << 8 | (xxh3_64(b"PO1") >> 24) << 24;
    assert_eq!(deed.bits(), bits);
    let void = Movement { kind: Kind::Void, due: None, deed: Some(deed), joined: true, ..MOVEMENT };
    let mut writer = Writer::default();
    let at = writer.push(&Movement { deed: None, ..void });
    writer.set_deed(at, Some(deed));
    let block = writer.finish(CLOCK, i64::MAX, false, &[]);
    assert_eq!((block[37], &block[84..92]), (1 | 4 | 8, &bits.to_le_bytes()[..]));
    assert_eq!(Reader::new(&block).unwrap().read(), Ok(Some(void)));
}

#[test]
fn a_receipt_says_its_expiry_in_the_place_of_a_due() {
    let receipt = Movement { kind: Kind::Receipt, due: None, expiry: MOVEMENT.due, ..MOVEMENT };
    let mut writer = Writer::default();
    writer.push(&receipt);
    let block = writer.finish(CLOCK, i64::MAX, false, &[]);
    assert_eq!((block[37], &block[84..92]), (1 | 32, &0x01a4_0708_090a_i64.to_le_bytes()[..]));
    assert_eq!(Reader::new(&block).unwrap().read(), Ok(Some(receipt)));
}

#[test]
fn a_cancelled_movement_is_passed_over() {
    let mut writer = Writer::default();
    let first = writer.push(&MOVEMENT);
    let second = writer.push(&MOVEMENT);
    writer.cancel(first);
    writer.set_clock(second, CLOCK + 77);
    let block = writer.finish(CLOCK + 77, i64::MAX, false, &[]);
    assert_eq!((block[36], block[16]), (255, 2), "it keeps its place and its count");
    let mut reader = Reader::new(&block).unwrap();
    assert_eq!((reader.read(), reader.read()), (Ok(Some(Movement { clock: CLOCK + 77, ..MOVEMENT })), Ok(None)));
}

#[test]
fn a_block_of_another_version_is_refused() {
    let mut block = Writer::default().finish(0, i64::MAX, false, &[]);
    block[3] = b'1';
    assert!(Reader::new(&block).is_err());
}

/// Such a block comes from no partition: its days would be counted one by one, or its sums would overflow.
#[test]
fn a_block_with_a_time_or_a_quantity_that_no_record_may_have_is_refused() {
    let block = |change: fn(&mut Movement<'static>)| {
        let (mut writer, mut movement) = (Writer::default(), MOVEMENT);
        change(&mut movement);
        writer.push(&movement);
        writer.finish(CLOCK, i64::MAX, false, &[])
    };
    let read = |block: &[u8]| Reader::new(block).and_then(|mut reader| reader.read().map(|_| ()));
    assert_eq!(read(&block(|_| ())), Ok(()));
    for change in [
        (|m| m.clock = i64::MAX) as fn(&mut Movement<'static>),
        |m| m.event_time = i64::MIN,
        |m| m.due = Some(1 << 50),
        |m| (m.due, m.expiry) = (None, Some(1 << 50)),
        |m| m.quantity = i64::MIN,
        |m| m.offset = u64::MAX,
        |m| m.quantity = 1_000_000_000_000_001,
    ] {
        assert!(read(&block(change)).is_err());
    }
    assert!(Reader::new(&Writer::default().finish(1 << 60, i64::MAX, false, &[])).is_err());
}
