//! Rooms import downwards only. A change stays small when it can be read from the bottom up.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Bottom up. Rooms on one floor do not know one another.
const FLOORS: [&[&str]; 9] = [
    &["values"],
    &["intake", "demand"],
    &["policy", "map"],
    &["alert"],
    &["log"],
    &["stock"],
    &["detect"],
    &["group"],
    &["python"],
];

/// Every `crate::room` in the code of a room, which is a folder or a file.
fn imports(room: &Path) -> BTreeSet<String> {
    if room.is_dir() {
        return fs::read_dir(room).unwrap().flat_map(|entry| imports(&entry.unwrap().path())).collect();
    }
    let text = fs::read_to_string(room).unwrap();
    let code = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|path| path.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_room_imports_only_from_the_floors_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut below = BTreeSet::new();
    for floor in FLOORS {
        for room in floor {
            let upward: Vec<_> =
                imports(&src.join(room)).into_iter().filter(|name| name != room && !below.contains(name)).collect();
            assert!(upward.is_empty(), "{room} imports {upward:?}");
        }
        below.extend(floor.iter().map(|room| (*room).to_owned()));
    }
    let names = fs::read_dir(&src).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let unnamed: Vec<_> = names.filter(|name| name != "lib.rs" && !below.contains(name)).collect();
    assert!(unnamed.is_empty(), "give these rooms a floor: {unnamed:?}");
}
