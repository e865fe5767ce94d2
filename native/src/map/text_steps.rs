//! Steps on texts: trim, case, zeros, pieces of a text, article numbers of GS1.

use std::borrow::Cow;

use crate::map::document::Case;
use crate::map::template::trimmed;

/// What is done with a text, in the order of the fields.
#[derive(Default)]
pub struct TextSteps {
    pub trim: bool,
    pub case: Case,
    pub strip_zeros: bool,
    /// Digits are filled with zeros to this length.
    pub pad: usize,
    /// What stands behind the first place of this text.
    pub after: Option<String>,
    /// What stands before the first place of this text.
    pub before: Option<String>,
    pub gtin: bool,
}

impl TextSteps {
    /// Whether there is none but `trim`.
    pub fn is_plain(&self) -> bool {
        self.case == Case::Keep
            && !self.strip_zeros
            && self.pad == 0
            && self.after.is_none()
            && self.before.is_none()
            && !self.gtin
    }

    /// The text after all steps, or what is wrong with it.
    #[inline]
    pub fn apply<'r>(&self, text: Cow<'r, str>) -> Result<Cow<'r, str>, String> {
        let text = if self.trim { trimmed(text) } else { text };
        if self.is_plain() || text.is_empty() { Ok(text) } else { self.changed(text) }
    }

    #[cold]
    fn changed<'r>(&self, mut text: Cow<'r, str>) -> Result<Cow<'r, str>, String> {
        match self.case {
            Case::Keep => {}
            Case::Upper => text = Cow::Owned(text.to_uppercase()),
            Case::Lower => text = Cow::Owned(text.to_lowercase()),
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if self.strip_zeros && digits(&text) {
            let rest = text.trim_start_matches('0');
            text = Cow::Owned(if rest.is_empty() { "0" } else { rest }.to_owned());
        }
        if text.len() < self.pad && digits(&text) {
            text = Cow::Owned(format!("{text:0>width$}", width = self.pad));
        }
        if let Some(mark) = &self.after {
            let (_, rest) = text.split_once(&**mark).ok_or_else(|| format!("has no {mark:?} for `after`"))?;
            text = Cow::Owned(rest.to_owned());
        }
        if let Some(mark) = &self.before {
            let (start, _) = text.split_once(&**mark).ok_or_else(|| format!("has no {mark:?} for `before`"))?;
            text = Cow::Owned(start.to_owned());
        }
        if self.gtin {
            text = Cow::Owned(gtin_14(&text)?);
        }
        Ok(if self.trim { trimmed(text) } else { text })
    }
}

/// An article number of 8, 12, 13 or 14 digits with a right check digit, in 14 digits.
fn gtin_14(text: &str) -> Result<String, String> {
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a GTIN: it has 8, 12, 13 or 14 digits".to_owned());
    }
    let gtin = format!("{text:0>14}");
    let (digits, check) = gtin.as_bytes().split_at(13);
    let weighed = digits.iter().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    let right = (10 - weighed.sum::<u32>() % 10) % 10;
    match right == u32::from(check[0] - b'0') {
        true => Ok(gtin),
        false => Err(format!("is not a GTIN: its check digit should be {right}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(steps: &TextSteps, text: &'static str) -> Result<String, String> {
        steps.apply(text.into()).map(Cow::into_owned)
    }

    #[test]
    fn each_step() {
        let plain = || TextSteps { trim: true, ..TextSteps::default() };
        assert_eq!(apply(&plain(), "\u{3000} a b\u{a0}"), Ok("a b".into()));
        assert_eq!(apply(&TextSteps { case: Case::Upper, ..plain() }, "äb"), Ok("ÄB".into()));
        assert_eq!(apply(&TextSteps { case: Case::Lower, ..plain() }, "Äb"), Ok("äb".into()));
        let strip = TextSteps { strip_zeros: true, ..plain() };
        for (text, right) in [("000123", "123"), ("000", "0"), ("0A1", "0A1"), ("7", "7")] {
            assert_eq!(apply(&strip, text), Ok(right.into()));
        }
        let pad = TextSteps { pad: 13, ..plain() };
        for (text, right) in
            [("691234567890", "0691234567890"), ("A1", "A1"), ("12345678901234", "12345678901234"), ("", "")]
        {
            assert_eq!(apply(&pad, text), Ok(right.into()));
        }
        let piece = TextSteps { after: Some(":".into()), before: Some(".".into()), ..plain() };
        assert_eq!(apply(&piece, "LOC: 330.1"), Ok("330".into()));
        assert!(apply(&piece, "LOC 330.1").unwrap_err().contains("after"));
        assert!(apply(&piece, "LOC:330").unwrap_err().contains("before"));
        assert_eq!(apply(&TextSteps { strip_zeros: true, pad: 4, ..plain() }, "0000012"), Ok("0012".into()));
    }

    #[test]
    fn article_numbers_have_their_check_digit() {
        let gtin = TextSteps { trim: true, gtin: true, ..TextSteps::default() };
        for (text, right) in [
            ("9521141123454", "09521141123454"),
            ("10614141073464", "10614141073464"),
            ("96385074", "00000096385074"),
            ("036000291452", "00036000291452"),
        ] {
            assert_eq!(apply(&gtin, text), Ok(right.into()));
        }
        assert!(apply(&gtin, "9521141123455").unwrap_err().contains("should be 4"));
        assert!(apply(&gtin, "952114112345").is_err() && apply(&gtin, "ABC").is_err());
    }
}
