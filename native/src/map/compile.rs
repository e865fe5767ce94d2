//! From the compiled form of a map to what runs: columns get numbers, texts become numbers, tables and formats.

use std::collections::BTreeMap;

use crate::intake::field::Field;
use crate::map::condition::{Comparison, Condition};
use crate::map::document::{self, Document, FORMAT};
use crate::map::expect::Expect;
use crate::map::identity::Identity;
use crate::map::lookup::{Lookup, nfc};
use crate::map::mapping::{Column, Mapping};
use crate::map::number_steps::NumberSteps;
use crate::map::paths::{Paths, RESERVED};
use crate::map::rule::{ORDER, Rule};
use crate::map::template::{Part, Template};
use crate::map::text_steps::TextSteps;
use crate::map::time_steps::{Epoch, Format, TimeSteps, ZoneChoice, time_of_day};
use crate::map::value::{Class, TextValue, Value};
use crate::values::calendar::Calendar;
use crate::values::decimal::{Decimal, Marks};
use crate::values::error::CoreError;
use crate::values::time_format::TimeFormat;

/// `zone:` of a map whose locations have each their own.
const OF_LOCATIONS: &str = "locations";

/// Compiles a map; its hash is added by the caller.
pub fn compile(document: &Document) -> Result<Mapping, CoreError> {
    if document.format != FORMAT {
        let message = format!("the map has format {}, this program reads {FORMAT}", document.format);
        return Err(CoreError::map(message));
    }
    let mut compiler = Compiler { document, columns: Vec::new(), zones: Vec::new(), marks: BTreeMap::new() };
    compiler.read_marks();
    let skip = document.skip.iter().map(|condition| compiler.condition(condition)).collect::<Result<_, _>>()?;
    let rules = document.movements.iter().map(|rule| compiler.rule(rule)).collect::<Result<Vec<_>, _>>()?;
    let names = document.read.fill_down.iter().flatten();
    let fill_down = names.map(|name| compiler.column(name, false)).collect::<Result<_, _>>()?;
    let mut zone_of_location = Vec::new();
    for (location, zone) in document.zones.iter().flatten() {
        zone_of_location.push((location.clone(), compiler.zone(zone)?));
    }
    let identities = rules.iter().flat_map(|rule| &rule.fields).filter_map(|(_, value)| match &value.class {
        Class::Identity(identity) => Some(identity.occurrence),
        _ => None,
    });
    let counts_occurrences = identities.into_iter().any(|occurrence| occurrence);
    let Compiler { columns, zones, .. } = compiler;
    Ok(Mapping {
        hash: String::new(),
        name: document.name.clone(),
        paths: Paths::new(&document.read, &columns),
        columns,
        fill_down,
        zones,
        zone_of_location: Lookup::new(zone_of_location),
        only_first: document.only_first,
        skip,
        rules,
        expect: document.expect.as_ref().map(Expect::new).transpose()?,
        counts_occurrences,
    })
}

struct Compiler<'d> {
    document: &'d Document,
    columns: Vec<Column>,
    zones: Vec<String>,
    /// How the numbers of a column are written, where a quantity is read from it: conditions read it the same way.
    marks: BTreeMap<String, Marks>,
}

impl Compiler<'_> {
    /// The number of a column.
    fn column(&mut self, name: &str, optional: bool) -> Result<usize, CoreError> {
        let name = nfc(name.trim()).into_owned();
        if RESERVED.contains(&&*name) {
            return Err(CoreError::map(format!("`{{{name}}}` is not a column of the data: readers write it")));
        }
        if let Some(at) = self.columns.iter().position(|column| column.name == name) {
            self.columns[at].optional &= optional;
            return Ok(at);
        }
        self.columns.push(Column { name, optional });
        Ok(self.columns.len() - 1)
    }

    fn zone(&mut self, name: &str) -> Result<usize, CoreError> {
        if Calendar::new(name).is_none() {
            return Err(CoreError::map(format!("`{name}` is not a time zone: write one such as Europe/Berlin")));
        }
        Ok(self.zones.iter().position(|known| known == name).unwrap_or_else(|| {
            self.zones.push(name.to_owned());
            self.zones.len() - 1
        }))
    }

    fn read_marks(&mut self) {
        for (name, value) in self.document.movements.iter().flat_map(|rule| &rule.fields) {
            let number = Field::from_name(name).is_some_and(Field::is_quantity);
            if let ([document::Part::Hole { hole, .. }], true) = (&value.parts[..], number) {
                let marks = marks(value).unwrap_or_default();
                self.marks.entry(hole.clone()).or_insert(marks);
            }
        }
    }

    fn condition(&mut self, condition: &document::Condition) -> Result<Condition, CoreError> {
        let many = |compiler: &mut Self, parts: &[document::Condition]| {
            parts.iter().map(|part| compiler.condition(part)).collect::<Result<Vec<_>, _>>()
        };
        if let Some(parts) = &condition.all {
            return Ok(Condition::All(many(self, parts)?));
        }
        if let Some(parts) = &condition.any {
            return Ok(Condition::Any(many(self, parts)?));
        }
        let wrong = || CoreError::map("a condition of the compiled map has no column or no test");
        let hole = condition.hole.as_deref().ok_or_else(wrong)?;
        let at = self.column(hole, condition.optional)?;
        let texts = |texts: &[String]| Lookup::new(texts.iter().map(|text| (text.trim().to_owned(), ())));
        if let Some(within) = &condition.within {
            return Ok(Condition::In(at, texts(within)));
        }
        if let Some(not_in) = &condition.not_in {
            return Ok(Condition::NotIn(at, texts(not_in)));
        }
        if let Some(present) = condition.present {
            return Ok(Condition::Present(at, present));
        }
        let comparisons = [
            (&condition.gt, Comparison::Greater),
            (&condition.ge, Comparison::GreaterOrEqual),
            (&condition.lt, Comparison::Less),
            (&condition.le, Comparison::LessOrEqual),
        ];
        let marks = self.marks.get(hole).copied().unwrap_or_default();
        let mut tests = Vec::new();
        for (bound, comparison) in comparisons {
            if let Some(bound) = bound {
                tests.push(Condition::Compare(at, marks, comparison, decimal(bound)?));
            }
        }
        match tests.len() {
            0 => Err(wrong()),
            1 => Ok(tests.remove(0)),
            _ => Ok(Condition::All(tests)),
        }
    }

    fn rule(&mut self, rule: &document::Rule) -> Result<Rule, CoreError> {
        let when = rule.when.as_ref().map(|when| self.condition(when)).transpose()?;
        if let Some(name) = rule.fields.keys().find(|name| Field::from_name(name).is_none()) {
            return Err(CoreError::map(format!("`{name}` is not a field of a movement")));
        }
        let mut fields = Vec::new();
        for field in ORDER {
            if let Some(value) = rule.fields.get(field.name()) {
                fields.push((field, self.value(field, value)?));
            }
        }
        Ok(Rule { when, fields })
    }

    fn value(&mut self, field: Field, value: &document::Value) -> Result<Value, CoreError> {
        let text = self.text_value(value)?;
        let class = if field.is_quantity() {
            Class::Number(self.number_steps(value)?)
        } else if field.is_time() {
            Class::Time(self.time_steps(value)?)
        } else if let (Field::Id, Some(columns)) = (field, &value.hash) {
            let columns = columns.iter().map(|name| self.column(name, false)).collect::<Result<_, _>>()?;
            Class::Identity(Identity { columns, occurrence: value.occurrence })
        } else {
            Class::Text
        };
        check_steps(field, value)?;
        Ok(Value { text, class })
    }

    fn text_value(&mut self, value: &document::Value) -> Result<TextValue, CoreError> {
        let mut parts = Vec::new();
        for part in &value.parts {
            parts.push(match part {
                document::Part::Text { text } => Part::Text(text.clone()),
                document::Part::Hole { hole, optional } => Part::Hole(self.column(hole, *optional)?),
            });
        }
        let steps = TextSteps {
            trim: value.trim,
            case: value.case.unwrap_or_default(),
            strip_zeros: value.strip_zeros,
            pad: value.pad.unwrap_or(0),
            after: value.after.clone(),
            before: value.before.clone(),
            gtin: value.gtin,
        };
        let table = value.map.as_ref().map(|map| Lookup::new(map.clone()));
        Ok(TextValue::new(Template::new(parts), steps, table, value.otherwise.clone()))
    }

    fn number_steps(&mut self, value: &document::Value) -> Result<NumberSteps, CoreError> {
        let times = match &value.times {
            Some(times) => Some(Box::new((self.text_value(times)?, self.number_steps(times)?))),
            None => None,
        };
        let unit = value.unit.as_ref().map(|unit| self.text_value(unit)).transpose()?.map(Box::new);
        let by_unit = value.units_by_sku.iter().flatten();
        let by_unit = by_unit.map(|(unit, factors)| Ok((unit.clone(), factors_of(factors)?)));
        Ok(NumberSteps {
            marks: marks(value)?,
            base64_scale: value.base64_scale,
            sign: value.sign,
            times,
            unit,
            units: value.units.as_ref().map(factors_of).transpose()?.unwrap_or_default(),
            units_by_sku: Lookup::new(by_unit.collect::<Result<Vec<_>, CoreError>>()?),
            round: value.round,
        })
    }

    fn time_steps(&mut self, value: &document::Value) -> Result<TimeSteps, CoreError> {
        let name = value.format.clone().unwrap_or_else(|| "iso".to_owned());
        let format = match &*name {
            "iso" => Format::Iso,
            "epoch_s" => Format::Epoch(Epoch::Seconds),
            "epoch_ms" => Format::Epoch(Epoch::Millis),
            "epoch_us" => Format::Epoch(Epoch::Micros),
            "epoch_ns" => Format::Epoch(Epoch::Nanos),
            "epoch_days" => Format::EpochDays,
            "excel" => Format::Excel,
            pattern => Format::Pattern(TimeFormat::new(pattern).map_err(CoreError::map)?),
        };
        let zone = match value.zone.as_deref().or(self.document.zone.as_deref()) {
            None => ZoneChoice::Policy,
            Some(OF_LOCATIONS) => ZoneChoice::OfLocation,
            Some(name) => ZoneChoice::One(self.zone(name)?),
        };
        let at = match &value.at {
            None => None,
            Some(at) => {
                let wrong = || CoreError::map(format!("`at: {at}` is not a time of day: write one such as 12:00"));
                Some(time_of_day(at).ok_or_else(wrong)?)
            }
        };
        // Debezium writes a column without a zone as an epoch of its wall-clock time; elsewhere an epoch is an instant.
        let image = value.parts.iter().any(|part| match part {
            document::Part::Hole { hole, .. } => hole.starts_with("after.") || hole.starts_with("before."),
            document::Part::Text { .. } => false,
        });
        Ok(TimeSteps { format, name, zone, at, epoch_is_wall: image || value.zone.is_some() })
    }
}

/// A step that does nothing for the field would be a mistake that nobody sees.
fn check_steps(field: Field, value: &document::Value) -> Result<(), CoreError> {
    let number = [
        ("base64_scale", value.base64_scale.is_some()),
        ("times", value.times.is_some()),
        ("unit", value.unit.is_some()),
        ("units", value.units.is_some() || value.units_by_sku.is_some()),
        ("round", value.round.is_some()),
        ("thousands", value.thousands.is_some()),
        ("sign", value.sign != document::Sign::Keep),
    ];
    let time = [("format", value.format.is_some()), ("zone", value.zone.is_some()), ("at", value.at.is_some())];
    let id = [("hash", value.hash.is_some()), ("occurrence", value.occurrence)];
    let name = field.name();
    let stray = |steps: &[(&'static str, bool)], fits: bool| {
        steps.iter().find(|(_, there)| *there && !fits).map(|(step, _)| *step)
    };
    let step = stray(&number, field.is_quantity())
        .or(stray(&time, field.is_time()))
        .or(stray(&id, field == Field::Id))
        .or((value.occurrence && value.hash.is_none()).then_some("occurrence"));
    match (step, value.unit.is_some(), value.units.is_some() || value.units_by_sku.is_some()) {
        (Some(step), ..) => Err(CoreError::map(format!("`{step}` does nothing for `{name}`"))),
        (None, true, false) => Err(CoreError::map(format!("`unit` of `{name}` needs `units`"))),
        (None, false, true) => Err(CoreError::map(format!("`units` of `{name}` needs `unit`"))),
        _ => Ok(()),
    }
}

fn factors_of(factors: &BTreeMap<String, String>) -> Result<Lookup<Decimal>, CoreError> {
    let factors = factors.iter().map(|(unit, factor)| Ok((unit.clone(), decimal(factor)?)));
    Ok(Lookup::new(factors.collect::<Result<Vec<_>, CoreError>>()?))
}

/// A number of the map itself.
pub(super) fn decimal(text: &str) -> Result<Decimal, CoreError> {
    Decimal::parse(text.trim()).ok_or_else(|| CoreError::map(format!("`{text}` is not a number")))
}

fn marks(value: &document::Value) -> Result<Marks, CoreError> {
    let letter = |step: &str, text: &str| {
        let mut letters = text.chars();
        let mark = letters.next().filter(|mark| letters.next().is_none() && !mark.is_alphanumeric());
        mark.ok_or_else(|| CoreError::map(format!("`{step}: {text}` is not one mark such as a comma")))
    };
    let decimal = letter("decimal", &value.decimal)?;
    let thousands = value.thousands.as_deref().map(|text| letter("thousands", text)).transpose()?;
    if thousands == Some(decimal) {
        return Err(CoreError::map("`decimal` and `thousands` are the same mark"));
    }
    Ok(Marks { decimal, thousands })
}
