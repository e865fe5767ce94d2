//! A record in JSON becomes a movement, also where it is in the envelope of CloudEvents, Kafka Connect or Debezium.

use crate::intake::envelope::{self, Contents};
use crate::intake::field::Fields;
use crate::intake::layout::Layouts;
use crate::intake::net::caught;
use crate::intake::record::{self, Checks, Valid};
use crate::intake::reject::{Code, Fault};
use crate::log::partition::Partition;
use crate::values::instant::Millis;

impl Partition {
    /// Takes a record in JSON; one that is in an envelope is taken out of it. `bytes` are the record as it came.
    pub(crate) fn json(&mut self, text: &str, bytes: &[u8], arrival: Option<Millis>) {
        if self.stopped.is_some() {
            return;
        }
        if let Some(envelope) = self.envelope {
            return self.open(envelope::open_as(text, envelope), bytes, arrival);
        }
        let mut fields = Fields::default();
        match read(&mut self.layouts, text, &mut fields, arrival, &self.checks) {
            Ok(valid) => self.take(&valid, || bytes.to_vec()),
            Err(fault) => self.refuse(text, bytes, fault, arrival),
        }
    }

    /// A record that is not a valid movement: it may be in an envelope, everything else is a reject.
    #[cold]
    fn refuse(&mut self, text: &str, bytes: &[u8], mut fault: Fault, arrival: Option<Millis>) {
        match fault.code {
            Code::MissingField => match envelope::open(text) {
                None => self.reject(bytes, fault),
                Some(contents) => self.open(contents, bytes, arrival),
            },
            Code::NotJson => {
                if let Some(what) = envelope::of_bytes(bytes) {
                    fault.message = what.to_owned();
                }
                self.reject(bytes, fault);
            }
            _ => self.reject(bytes, fault),
        }
    }

    /// What an envelope holds; `bytes` are the whole message.
    #[cold]
    fn open(&mut self, contents: Contents<'_>, bytes: &[u8], arrival: Option<Millis>) {
        let (movement, place) = match contents {
            Contents::Movement(movement, place) => (movement, place),
            Contents::Nothing => return self.offset += 1,
            Contents::Refused(fault) => return self.reject(bytes, fault),
        };
        let mut fields = Fields::default();
        match read(&mut self.layouts, movement, &mut fields, arrival, &self.checks) {
            Ok(valid) => self.take(&valid, || bytes.to_vec()),
            Err(mut fault) => {
                fault.message = format!("{} ({place})", fault.message);
                self.reject(bytes, fault);
            }
        }
    }
}

/// The record of a text, if it passes every check.
#[inline]
fn read<'f, 't: 'f>(
    layouts: &mut Layouts,
    text: &'t str,
    fields: &'f mut Fields<'t>,
    arrival: Option<Millis>,
    checks: &Checks,
) -> Result<Valid<'f>, Fault> {
    caught(move || {
        layouts.decode(text, fields)?;
        record::validate(fields, arrival, checks)
    })
}
