//! The rules of a map are applied to the cells of one row.

use crate::intake::field::Field;
use crate::intake::reject::{Code, Fault};
use crate::map::cell::{Cell, quoted};
use crate::map::identity::Occurrences;
use crate::map::mapping::Mapping;
use crate::map::row::{Mapped, Rejection, Row};
use crate::map::rule::Outcome;
use crate::map::value::{Failure, RowContext};
use crate::map::zone::Zone;

/// So many columns are named in the message of a row that no rule takes.
const NAMED: usize = 4;

/// An element of a record that holds several rows.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// The element as JSON.
    pub text: &'a str,
    /// The record that it is in, as JSON.
    pub record: &'a str,
    /// Whether no element of this record was visited before it. What stands around the elements has to be read only then.
    pub is_first: bool,
}

/// A row with what is known of it beside its movements.
pub struct MappedRow<'a> {
    pub mapping: &'a Mapping,
    /// The line that the row itself names.
    pub line: Option<u64>,
    /// For each rule the number of its id in the document; 0 without one.
    pub occurrences: &'a [u32],
    pub cells: &'a [Cell<'a>],
    /// The row as JSON, where it is one element of a record.
    pub element: Option<Element<'a>>,
    pub row: Row<'a>,
}

/// Takes each row.
pub type Visit<'v> = &'v mut dyn FnMut(MappedRow<'_>);

/// What is kept of a document from row to row, and memory that is used again.
pub struct Tools {
    pub zones: Vec<Zone>,
    /// For each rule.
    pub occurrences: Vec<Occurrences>,
    numbers: Vec<u32>,
    buffer: Vec<u8>,
    movements: Vec<Mapped<'static>>,
}

impl Tools {
    pub fn new(mapping: &Mapping) -> Tools {
        let zones =
            mapping.zones.iter().map(|name| Zone::new(name).expect("the zone was there when the map was compiled"));
        Tools {
            zones: zones.collect(),
            occurrences: mapping.rules.iter().map(|_| Occurrences::default()).collect(),
            numbers: Vec::new(),
            buffer: Vec::new(),
            movements: Vec::new(),
        }
    }
}

/// What a reader knows of a row before its rules are applied.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    pub line: Option<u64>,
    /// Numbers of occurrence that the row brings with it.
    pub given: &'a [u32],
    pub element: Option<Element<'a>>,
}

/// A row that is decided without its rules.
pub fn visit_decided(mapping: &Mapping, about: About<'_>, row: Row<'_>, visit: Visit<'_>) {
    visit(MappedRow { mapping, line: about.line, occurrences: &[], cells: &[], element: about.element, row });
}

/// Applies the rules to a row.
pub fn visit_row(mapping: &Mapping, cells: &[Cell<'_>], about: About<'_>, tools: &mut Tools, visit: Visit<'_>) {
    let Tools { zones, occurrences, numbers, buffer, movements: memory } = tools;
    numbers.clear();
    if mapping.counts_occurrences {
        numbers.resize(mapping.rules.len(), 0);
    }
    let line = about.line;
    if let Some(number) = mapping.skip.iter().position(|skip| skip.holds(cells)) {
        let row = Row::Skipped(Some(number));
        return visit(MappedRow { mapping, line, occurrences: numbers, cells, element: about.element, row });
    }
    let mut movements: Vec<Mapped<'_>> = std::mem::take(memory);
    let (mut skip, mut failed) = (false, None);
    for (number, rule) in mapping.rules.iter().enumerate() {
        if !rule.holds(cells) {
            continue;
        }
        movements.resize_with(movements.len() + 1, Mapped::default); // in its place: a movement is large
        let movement = movements.last_mut().expect("one was added");
        movement.rule = Some(number);
        let mut context = RowContext {
            zones,
            zone_of_location: &mapping.zone_of_location,
            given_occurrence: about.given.get(number).copied(),
            occurrences: &mut occurrences[number],
            occurrence: 0,
            buffer,
        };
        match rule.make(cells, &mut movement.fields, &mut context) {
            Outcome::Movement => {}
            Outcome::Skip => skip = true,
            Outcome::Failed(field, failure) => {
                failed.get_or_insert((field, failure));
            }
        }
        if let Some(counted) = numbers.get_mut(number) {
            *counted = context.occurrence;
        }
        if mapping.only_first {
            break;
        }
    }
    let row = match failed {
        _ if skip => Row::Skipped(None),
        Some((field, failure)) => {
            let rejection = rejection(mapping, field, &failure);
            Row::Rejected(Rejection { fields: movements.first().map(|first| &first.fields), ..rejection })
        }
        None if movements.is_empty() => Row::Rejected(Rejection::new(unmapped(mapping, cells), None)),
        None => Row::Movements(&movements),
    };
    visit(MappedRow { mapping, line, occurrences: numbers, cells, element: about.element, row });
    *memory = emptied(movements);
}

/// The same memory for the movements of another row.
fn emptied<'b>(mut movements: Vec<Mapped<'_>>) -> Vec<Mapped<'b>> {
    movements.clear();
    movements.into_iter().map(|_| unreachable!("it is empty")).collect()
}

#[cold]
fn rejection<'r>(mapping: &'r Mapping, field: Field, failure: &Failure) -> Rejection<'r> {
    let column = mapping.column_name(failure.column);
    let sentence = match column {
        Some(column) => failure.sentence(column),
        None => failure.sentence(&format!("`{}`", field.name())),
    };
    Rejection::new(Fault::new(failure.code, field.name(), sentence), column)
}

#[cold]
fn unmapped(mapping: &Mapping, cells: &[Cell<'_>]) -> Fault {
    let mut columns: Vec<usize> = Vec::new();
    for when in mapping.rules.iter().filter_map(|rule| rule.when.as_ref()) {
        when.each_column(&mut |at| {
            if !columns.contains(&at) {
                columns.push(at);
            }
        });
    }
    let seen = columns.iter().take(NAMED).map(|at| {
        let name = &mapping.columns[*at].name;
        match cells[*at].text() {
            Some(text) => format!("{name} is {}", quoted(&text)),
            None => format!("{name} is absent"),
        }
    });
    let seen = seen.collect::<Vec<_>>().join(", ");
    let message = match seen.is_empty() {
        true => "the map has no rule that takes the row".to_owned(),
        false => format!("no rule of the map takes the row: {seen}"),
    };
    Fault::new(Code::Unmapped, None, message)
}
