//! Messages whose schema is in a registry: each becomes JSON, which is read as any record; a reject keeps the message as it came.

use crate::intake::envelope::Envelope;
use crate::intake::message::{self, Between, Layout, Message};
use crate::intake::net::caught;
use crate::intake::registry::{Format, Schemas, Scratch, frame};
use crate::log::partition::{Partition, Routed};

impl Partition {
    /// Framed messages, one after another in `data`; they have numbers as in [`Partition::messages`]. The schemas that they name are
    /// in `schemas`, except for those that the registry does not have. `expected` is the only format that is accepted, if there is
    /// one; `envelope` is what each record is wrapped in, `None`: its own keys say it.
    pub fn framed(
        &mut self,
        schemas: &Schemas,
        data: &[u8],
        messages: &[Message],
        expected: Option<Format>,
        envelope: Option<Envelope>,
    ) -> Routed {
        self.envelope = envelope;
        let mut scratch = Scratch::default();
        let mut start = 0;
        for message in messages {
            let end = (start + message.length).min(data.len());
            let whole = &data[start..end];
            start = end;
            if !self.is_next(message.number) {
                continue;
            }
            match frame(whole) {
                Some((id, _)) if whole.len() > self.policy.max_record_bytes && !schemas.is_json(id) => {
                    self.line(whole, Some(""), message.arrival);
                }
                Some((id, body)) => match caught(|| schemas.text(id, body, expected, &mut scratch)) {
                    Ok(text) => self.records_of(whole, text, message),
                    Err(fault) if self.rows.is_some() => self.reject_line(fault, whole),
                    Err(fault) => self.set_aside(whole, fault),
                },
                None => self.tombstone(message.arrival),
            }
        }
        self.route(false)
    }

    /// The records of the text of a message. Of one that holds several, a reject keeps the text of the record.
    fn records_of(&mut self, whole: &[u8], text: &str, message: &Message) {
        if text.starts_with('{') {
            return self.line(whole, Some(text), message.arrival);
        }
        let mut records = message::records(text.as_bytes(), Layout::Auto).peekable();
        if records.peek().is_none() {
            self.tombstone(message.arrival);
        }
        self.read_message(Between::Commas, |log| {
            while let Some(record) = records.next() {
                let part = &text[record.clone()];
                let is_whole = record.start == 0 && records.peek().is_none();
                log.line(if is_whole { whole } else { part.as_bytes() }, Some(part), message.arrival);
            }
        });
    }
}
