//! The cells of a row of CSV: their texts, and where each ends.

/// The cells of a row.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'t> {
    text: &'t str,
    ends: &'t [usize],
    gap: usize,
}

impl<'t> Cells<'t> {
    /// `ends` are places in `text`; behind each but the last are `gap` bytes of a delimiter.
    pub fn new(text: &'t str, ends: &'t [usize], gap: usize) -> Cells<'t> {
        Cells { text, ends, gap }
    }

    /// The cell of this number, from 0.
    #[inline]
    pub fn get(&self, at: usize) -> Option<&'t str> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] + self.gap };
        Some(&self.text[start..end])
    }

    pub fn iter(&self) -> impl Iterator<Item = &'t str> {
        let cells = *self;
        (0..cells.ends.len()).filter_map(move |at| cells.get(at))
    }
}

/// Where the cells of a line without quotes end; gives how many there are. Eight bytes are compared at a time.
#[inline]
pub fn ends_of_cells(line: &[u8], delimiter: u8, ends: &mut Vec<usize>) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let mut fields = 0;
    let mut take = |end: usize| {
        if fields == ends.len() {
            ends.resize(fields * 2 + 8, 0);
        }
        ends[fields] = end;
        fields += 1;
    };
    let mut chunks = line.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes")) ^ (ONES * u64::from(delimiter));
        let mut equal = !(((word & LOW) + LOW) | word | LOW);
        while equal != 0 {
            take(at + (equal.trailing_zeros() / 8) as usize);
            equal &= equal - 1;
        }
        at += 8;
    }
    for (place, byte) in chunks.remainder().iter().enumerate() {
        if *byte == delimiter {
            take(at + place);
        }
    }
    take(line.len());
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_at_every_delimiter_and_nowhere_else() {
        for length in 0..40 {
            for delimiter in [b';', b'\t', b',', 1] {
                let letter = |at: usize| {
                    if at % 3 == length % 3 || at.is_multiple_of(7) { delimiter } else { delimiter ^ (1 << (at % 7)) }
                };
                let line: Vec<u8> = (0..length).map(letter).collect();
                let mut ends = Vec::new();
                let count = ends_of_cells(&line, delimiter, &mut ends);
                let mut right: Vec<usize> = (0..length).filter(|at| line[*at] == delimiter).collect();
                right.push(length);
                assert_eq!(ends[..count], right);
            }
        }
    }
}
