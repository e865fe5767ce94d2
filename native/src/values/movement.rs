//! One record is one movement: a fact that changed, or will change, a position.

use crate::values::deed::Deed;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// The kinds, in wire order: the number is part of the block format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Sale = 0,
    Return = 1,
    Void = 2,
    Receipt = 3,
    Order = 4,
    Shipment = 5,
    TransferOut = 6,
    TransferIn = 7,
    Adjustment = 8,
    Count = 9,
    Hold = 10,
    Release = 11,
    Reserve = 12,
    Unreserve = 13,
    Heartbeat = 14,
    /// A new policy from here on; its reference is the compiled policy.
    Policy = 15,
    /// New inputs from here on; its reference is their hash.
    Inputs = 16,
}

/// Every kind with its name on the wire.
pub const KINDS: [(&str, Kind); 17] = [
    ("sale", Kind::Sale),
    ("return", Kind::Return),
    ("void", Kind::Void),
    ("receipt", Kind::Receipt),
    ("order", Kind::Order),
    ("shipment", Kind::Shipment),
    ("transfer_out", Kind::TransferOut),
    ("transfer_in", Kind::TransferIn),
    ("adjustment", Kind::Adjustment),
    ("count", Kind::Count),
    ("hold", Kind::Hold),
    ("release", Kind::Release),
    ("reserve", Kind::Reserve),
    ("unreserve", Kind::Unreserve),
    ("heartbeat", Kind::Heartbeat),
    ("policy", Kind::Policy),
    ("inputs", Kind::Inputs),
];

impl Kind {
    pub fn from_name(name: &str) -> Option<Kind> {
        Some(match name.as_bytes() {
            b"sale" => Kind::Sale,
            b"return" => Kind::Return,
            b"void" => Kind::Void,
            b"receipt" => Kind::Receipt,
            b"order" => Kind::Order,
            b"shipment" => Kind::Shipment,
            b"transfer_out" => Kind::TransferOut,
            b"transfer_in" => Kind::TransferIn,
            b"adjustment" => Kind::Adjustment,
            b"count" => Kind::Count,
            b"hold" => Kind::Hold,
            b"release" => Kind::Release,
            b"reserve" => Kind::Reserve,
            b"unreserve" => Kind::Unreserve,
            b"heartbeat" => Kind::Heartbeat,
            b"policy" => Kind::Policy,
            b"inputs" => Kind::Inputs,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        KINDS[self as usize].0
    }

    /// Whether such a record is about one position.
    pub fn has_position(self) -> bool {
        !matches!(self, Kind::Heartbeat | Kind::Policy | Kind::Inputs)
    }

    /// Whether such a record changes what holds for the whole log.
    pub fn changes_rules(self) -> bool {
        matches!(self, Kind::Policy | Kind::Inputs)
    }

    /// Whether such a record shows that somebody plans: goods are ordered, sent or received.
    pub fn shows_a_plan(self) -> bool {
        matches!(self, Kind::Order | Kind::Shipment | Kind::Receipt | Kind::TransferIn)
    }

    pub fn from_code(code: u8) -> Option<Kind> {
        KINDS.get(code as usize).map(|(_, kind)| *kind)
    }

    /// Only an adjustment is signed; a negative sale is a return (section 2).
    pub fn allows_negative(self) -> bool {
        self == Kind::Adjustment
    }

    /// Whether a void can take a record of this kind back: it changed stock by adding to it.
    pub fn can_be_voided(self) -> bool {
        self.has_position() && !matches!(self, Kind::Count | Kind::Order | Kind::Void)
    }

    /// Whether its ref names supply, a hold or a reservation.
    pub fn keeps_ref(self) -> bool {
        matches!(
            self,
            Kind::Receipt
                | Kind::Shipment
                | Kind::TransferIn
                | Kind::Hold
                | Kind::Release
                | Kind::Reserve
                | Kind::Unreserve
        )
    }

    /// Orders and shipments are known by their reference alone.
    pub fn needs_reference(self) -> bool {
        matches!(self, Kind::Order | Kind::Shipment)
    }
}

/// A valid movement with its place in the log. Borrowed from the block it came in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Movement<'a> {
    pub kind: Kind,
    pub quantity: Milli,
    pub event_time: Millis,
    pub due: Option<Millis>,
    /// The clock of the partition after this record.
    pub clock: Millis,
    /// The record's number in its partition.
    pub offset: u64,
    pub id: &'a str,
    pub source: &'a str,
    pub location: &'a str,
    pub sku: &'a str,
    pub reference: Option<&'a str>,
    /// Of a void: what it takes back; `None` where that is nothing.
    pub deed: Option<Deed>,
    /// Whether its record gives a reason.
    pub has_reason: bool,
    /// Whether a record with the same offset follows in the block: the two are applied together or not at all.
    pub joined: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_name() {
        for (at, (name, kind)) in KINDS.iter().enumerate() {
            assert_eq!((Kind::from_name(name), kind.name(), *kind as usize), (Some(*kind), *name, at));
        }
        assert_eq!(Kind::from_name("Sale"), None);
    }
}
