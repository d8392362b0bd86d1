//! A font, read once for all papers.

use std::fmt;
use std::sync::Arc;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::{Field, PaperError};

/// Why bytes are no font for papers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    #[error("no font number {index} in these bytes: {why}")]
    Unreadable { index: u32, why: String },
    #[error("font number {0} cannot be embedded")]
    Unembeddable(u32),
}

/// A font in memory. Cheap to clone, and shared by threads.
#[derive(Clone)]
pub struct Typeface {
    bytes: Arc<Vec<u8>>,
    index: u32,
    font: Font,
}

impl fmt::Debug for Typeface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typeface({} bytes, {})", self.bytes.len(), self.index)
    }
}

impl Typeface {
    /// Of an OpenType or TrueType file, or of a collection of them.
    ///
    /// # Errors
    /// The bytes are no font, or there is none at `index`.
    pub fn new(bytes: Vec<u8>, index: u32) -> Result<Self, FontError> {
        if let Err(why) = FontRef::from_index(&bytes, index) {
            let why = why.to_string();
            return Err(FontError::Unreadable { index, why });
        }
        let bytes = Arc::new(bytes);
        let font = Font::new(bytes.clone().into(), index);
        let font = font.ok_or(FontError::Unembeddable(index))?;
        Ok(Self { bytes, index, font })
    }

    /// Whether the font has a glyph for every letter of a text.
    pub fn has(&self, text: &str) -> bool {
        let pen = self.pen();
        text.chars().all(|letter| pen.glyph(letter).is_some())
    }

    pub(super) fn pen(&self) -> Pen<'_> {
        let font = FontRef::from_index(&self.bytes, self.index).ok();
        let letters = font.as_ref().map(|it| {
            let widths = it.glyph_metrics(Size::unscaled(), LocationRef::default());
            (it.charmap(), widths)
        });
        Pen {
            font: &self.font,
            letters,
            units_per_em: self.font.units_per_em().max(1.0),
        }
    }
}

/// What measures and sets letters. Lengths are in parts of the font's size.
pub(super) struct Pen<'a> {
    pub font: &'a Font,
    letters: Option<(Charmap<'a>, GlyphMetrics<'a>)>,
    units_per_em: f32,
}

impl Pen<'_> {
    /// The glyph of a letter that stands alone.
    pub fn glyph(&self, letter: char) -> Option<GlyphId> {
        if letter.is_control() || is_joined(letter) {
            return None;
        }
        self.letters
            .as_ref()?
            .0
            .map(letter)
            .filter(|it| it.to_u32() != 0)
    }

    pub fn advance(&self, letter: char) -> f32 {
        let width = self.glyph(letter).and_then(|glyph| {
            let (_, widths) = self.letters.as_ref()?;
            widths.advance_width(glyph)
        });
        width.unwrap_or_default() / self.units_per_em
    }

    pub fn width(&self, text: &str) -> f32 {
        text.chars().map(|it| self.advance(it)).sum()
    }

    /// Nothing, where every letter of a field can be set.
    pub fn check(&self, text: &str, field: Field) -> Result<(), PaperError> {
        if text.trim().is_empty() {
            return Err(PaperError::Empty(field));
        }
        match text.chars().find(|it| self.glyph(*it).is_none()) {
            Some(letter) => Err(PaperError::Letter { field, letter }),
            None => Ok(()),
        }
    }

    /// Breaks a text into lines between words, as 한글 맞춤법 separates them; a word longer than a line breaks anywhere.
    /// `room` is in parts of the font's size.
    pub fn wrapped(&self, text: &str, room: f32) -> Vec<String> {
        let space = self.advance(' ');
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        for word in text.split_whitespace() {
            let width = self.width(word);
            if !line.is_empty() && used + space + width <= room {
                line.push(' ');
                line.push_str(word);
                used += space + width;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            for letter in word.chars() {
                let advance = self.advance(letter);
                if used + advance > room && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(letter);
                used += advance;
            }
        }
        lines.push(line);
        lines
    }
}

/// Letters that are drawn right only together with their neighbours: conjoining jamo, combining marks, joined and
/// reordered scripts from Hebrew to Khmer, marks of direction.
fn is_joined(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0300..=0x036f | 0x0590..=0x109f | 0x1100..=0x11ff | 0x1780..=0x18af | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x20d0..=0x20ff | 0xa960..=0xa97f | 0xd7b0..=0xd7ff
        | 0xfb1d..=0xfdff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xfe70..=0xfeff)
}
