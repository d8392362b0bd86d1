//! A truth for each row, sixty-four rows to a word.

/// Rows as bits. Bits after the last row are always 0, so that whole words can be counted and compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

const WORD: usize = 64;

impl Bits {
    /// No row.
    pub fn none(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(WORD)],
            len,
        }
    }

    /// Every row.
    pub fn all(len: usize) -> Self {
        let mut bits = Self {
            words: vec![u64::MAX; len.div_ceil(WORD)],
            len,
        };
        bits.clear_tail();
        bits
    }

    /// The rows whose value passes a test.
    pub fn of<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Self {
        let word = |chunk: &[T]| {
            let mut bytes = [0_u8; WORD];
            for (byte, value) in bytes.iter_mut().zip(chunk) {
                *byte = u8::from(test(*value));
            }
            pack(&bytes)
        };
        Self {
            words: values.chunks(WORD).map(word).collect(),
            len: values.len(),
        }
    }

    /// The rows whose pair of values passes a test; both slices have the same length.
    pub fn of_pairs<T: Copy, U: Copy>(a: &[T], b: &[U], test: impl Fn(T, U) -> bool) -> Self {
        let word = |(a, b): (&[T], &[U])| {
            let mut bytes = [0_u8; WORD];
            for (byte, (a, b)) in bytes.iter_mut().zip(a.iter().zip(b)) {
                *byte = u8::from(test(*a, *b));
            }
            pack(&bytes)
        };
        Self {
            words: a.chunks(WORD).zip(b.chunks(WORD)).map(word).collect(),
            len: a.len(),
        }
    }

    /// From words whose bits after `len` may be anything.
    pub(super) fn from_words(words: Vec<u64>, len: usize) -> Self {
        let mut bits = Self { words, len };
        bits.words.truncate(len.div_ceil(WORD));
        bits.clear_tail();
        bits
    }

    fn clear_tail(&mut self) {
        let used = self.len % WORD;
        if let (true, Some(last)) = (used != 0, self.words.last_mut()) {
            *last &= (1 << used) - 1;
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a row is set; rows that do not exist are not.
    pub fn get(&self, row: usize) -> bool {
        let word = self.words.get(row / WORD);
        word.is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Sets one row.
    pub fn set(&mut self, row: usize) {
        self.words[row / WORD] |= 1 << (row % WORD);
    }

    /// How many rows are set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether no row is set.
    pub fn is_none(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether every row is set.
    pub fn is_all(&self) -> bool {
        let (last, whole) = match self.words.split_last() {
            Some((last, whole)) => (*last, whole),
            None => return true,
        };
        let used = self.len % WORD;
        let full = if used == 0 { u64::MAX } else { (1 << used) - 1 };
        last == full && whole.iter().all(|word| *word == u64::MAX)
    }

    /// The rows that are set, in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let row = index * WORD + left.trailing_zeros() as usize;
                    left &= left - 1;
                    row
                })
            })
        })
    }

    pub fn and(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    pub fn or(&self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    /// Rows of this that are not rows of the other.
    pub fn and_not(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    pub fn not(&self) -> Self {
        let words = self.words.iter().map(|word| !word).collect();
        Self::from_words(words, self.len)
    }

    fn with(&self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        debug_assert_eq!(self.len, other.len);
        let words = self.words.iter().zip(&other.words);
        Self {
            words: words.map(|(a, b)| both(*a, *b)).collect(),
            len: self.len,
        }
    }

    /// Sets the rows `from..to`.
    pub(super) fn set_range(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let end = to.min((at / WORD + 1) * WORD);
            self.words[at / WORD] |= mask(at, end);
            at = end;
        }
    }

    /// Whether any of the rows `from..to` is set.
    pub(super) fn any_in(&self, from: usize, to: usize) -> bool {
        let mut at = from;
        while at < to {
            let end = to.min((at / WORD + 1) * WORD);
            if self.words[at / WORD] & mask(at, end) != 0 {
                return true;
            }
            at = end;
        }
        false
    }

    /// How many of the rows `from..to` are set.
    pub fn count_in(&self, from: usize, to: usize) -> usize {
        let mut at = from;
        let mut count = 0;
        while at < to {
            let end = to.min((at / WORD + 1) * WORD);
            count += (self.words[at / WORD] & mask(at, end)).count_ones() as usize;
            at = end;
        }
        count
    }

    /// The rows at these places, in their order.
    pub(super) fn take(&self, rows: &[u32]) -> Self {
        Self::of(rows, |row| self.get(row as usize))
    }
}

/// Bits of the rows `from..to`, which lie in one word and are at least one.
fn mask(from: usize, to: usize) -> u64 {
    let count = to - from;
    (u64::MAX >> (WORD - count)) << (from % WORD)
}

/// Sixty-four bytes that are 0 or 1 as bits. Eight at a time: the product moves byte i to bit 56 + i.
fn pack(bytes: &[u8; WORD]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut word = 0;
    for (index, eight) in eights.iter().enumerate() {
        let moved = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080);
        word |= (moved >> 56) << (8 * index);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(len: usize, step: usize) -> Bits {
        let rows: Vec<usize> = (0..len).collect();
        Bits::of(&rows, |row| row % step == 0)
    }

    #[test]
    fn rows_are_where_they_were_put() {
        for len in [0, 1, 63, 64, 65, 200] {
            let bits = every(len, 3);
            assert_eq!(
                bits.rows().collect::<Vec<_>>(),
                (0..len).step_by(3).collect::<Vec<_>>()
            );
            assert_eq!(bits.count(), len.div_ceil(3));
            assert_eq!(bits.not().count(), len - bits.count());
            assert_eq!(bits.or(&bits.not()), Bits::all(len));
            assert!(bits.and(&bits.not()).is_none());
            assert!(Bits::all(len).is_all());
            assert_eq!(Bits::none(len).is_all(), len == 0);
        }
    }

    #[test]
    fn ranges_cross_words() {
        for (from, to) in [(0, 0), (0, 64), (60, 70), (63, 64), (64, 65), (1, 200)] {
            let mut bits = Bits::none(200);
            bits.set_range(from, to);
            assert_eq!(
                bits.rows().collect::<Vec<_>>(),
                (from..to).collect::<Vec<_>>()
            );
            assert_eq!(bits.any_in(from, to), from < to);
            assert!(!bits.any_in(0, from) && !bits.any_in(to, 200));
            assert_eq!(
                every(200, 3).count_in(from, to),
                (from..to).filter(|r| r % 3 == 0).count()
            );
        }
    }
}
