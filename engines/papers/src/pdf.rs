//! A certificate on A4 paper as PDF/A-3b (ISO 19005-3:2012, level B): it looks the same in fifty years, and carries its
//! facts for machines as associated files.
//!
//! A letter is a glyph: nothing is shaped, so Hangul stands in composed syllables (Unicode NFC), and scripts that join
//! their letters are refused. Words of a certificate are the caller's, in the reader's language.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};

mod draw;
mod layout;
mod qr;
mod typeface;

pub use typeface::{FontError, Typeface};

/// What [`render`] prints. Every text is one paragraph without line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub title: String,
    /// Who issues it, as signed at the end.
    pub agency: String,
    /// The number under which it was issued, as it is to be read.
    pub number: String,
    /// What it says of whom: a label of one line, and a value of any length.
    pub holder: Vec<(String, String)>,
    pub paragraphs: Vec<String>,
    /// The day of issue, as it is to be read.
    pub issued: String,
    /// How a reader finds out whether it is genuine.
    pub how_to_check: String,
    /// What the QR code holds, and stands beneath it: an address.
    pub url: String,
    /// The language of all this: a tag of BCP 47, `ko`.
    pub language: String,
    /// The instant of issue, which the file's metadata names.
    pub at: Timestamp,
    pub attachments: Vec<Attachment>,
}

/// A file in the file (ISO 19005-3, 6.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// A file's name, without folders.
    pub name: String,
    /// `application/json`.
    pub mime_type: String,
    /// What it is, for a person.
    pub description: String,
    pub relationship: Relationship,
    pub bytes: Vec<u8>,
}

/// What an attachment is to the paper: `AFRelationship` of ISO 32000-2, 7.11.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// What the paper was made from.
    Source,
    /// The facts that the paper shows.
    Data,
    /// The same in another form.
    Alternative,
    Supplement,
    Unspecified,
}

/// A part of a [`Paper`], counted from zero where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Title,
    Agency,
    Number,
    Label(usize),
    Value(usize),
    Paragraph(usize),
    Issued,
    HowToCheck,
    Url,
    Language,
    Attachment(usize),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("title"),
            Self::Agency => f.write_str("agency"),
            Self::Number => f.write_str("number"),
            Self::Label(at) => write!(f, "holder[{at}] label"),
            Self::Value(at) => write!(f, "holder[{at}] value"),
            Self::Paragraph(at) => write!(f, "paragraphs[{at}]"),
            Self::Issued => f.write_str("issued"),
            Self::HowToCheck => f.write_str("how_to_check"),
            Self::Url => f.write_str("url"),
            Self::Language => f.write_str("language"),
            Self::Attachment(at) => write!(f, "attachments[{at}]"),
        }
    }
}

/// Why a paper is not printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    #[error("{0} is empty")]
    Empty(Field),
    #[error("{field} does not fit: it has room for {room}")]
    TooLong { field: Field, room: &'static str },
    #[error("{field} has {letter:?} (U+{:04X}), for which the font has no glyph that stands alone", *.letter as u32)]
    Letter { field: Field, letter: char },
    #[error("{field}: {why}")]
    Unfit { field: Field, why: &'static str },
    /// The library that writes PDF/A refused.
    #[error("no PDF/A-3b: {0}")]
    Archival(String),
}

/// The most pages that a certificate may have.
pub const MOST_PAGES: usize = 50;

/// Prints a paper: the bytes of a PDF/A-3b file, the same for the same paper and typeface.
///
/// # Errors
/// Names the field that is empty, does not fit or has a letter which the font lacks.
pub fn render(paper: &Paper, typeface: &Typeface) -> Result<Vec<u8>, PaperError> {
    let language = &paper.language;
    let is_tag = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if language.is_empty() || !language.chars().all(is_tag) {
        let (field, why) = (
            Field::Language,
            "a tag of BCP 47 is letters, digits and hyphens",
        );
        return Err(PaperError::Unfit { field, why });
    }
    let code = qr::Code::of(&paper.url)?;
    let pen = typeface.pen();
    let pages = layout::pages(paper, &pen)?;
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .map_err(|why| PaperError::Archival(format!("{why:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let at = written(paper.at);
    document.set_metadata(
        Metadata::new()
            .title(paper.title.clone())
            .description(paper.number.clone())
            .authors(vec![paper.agency.clone()])
            .creator("WISE".to_owned())
            .language(language.clone())
            .creation_date(at)
            .document_id(paper.url.clone()),
    );
    for (index, attachment) in paper.attachments.iter().enumerate() {
        embed(&mut document, attachment, at, Field::Attachment(index))?;
    }
    draw::pages(&mut document, &pages, &code, &pen)?;
    document
        .finish()
        .map_err(|why| PaperError::Archival(format!("{why:?}")))
}

/// Seconds in UTC, as PDF writes an instant.
fn written(at: Timestamp) -> DateTime {
    let at = at.to_zoned_datetime(TimeZone::UTC).datetime();
    let small = |it: i8| u8::try_from(it).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn embed(
    document: &mut Document,
    it: &Attachment,
    at: DateTime,
    field: Field,
) -> Result<(), PaperError> {
    let unfit = |why| PaperError::Unfit { field, why };
    let is_path = |it: char| matches!(it, '/' | '\\' | ':') || it.is_control();
    if it.name.is_empty() || it.name.len() > 255 || it.name.contains(is_path) {
        return Err(unfit(
            "a file's name has 1 to 255 bytes, no folders and no control characters",
        ));
    }
    if it.description.is_empty() {
        return Err(unfit("PDF/A wants a description of every file"));
    }
    let mime_type = MimeType::new(&it.mime_type).ok_or_else(|| unfit("no MIME type"))?;
    let file = EmbeddedFile {
        path: it.name.clone(),
        mime_type: Some(mime_type),
        description: Some(it.description.clone()),
        association_kind: match it.relationship {
            Relationship::Source => AssociationKind::Source,
            Relationship::Data => AssociationKind::Data,
            Relationship::Alternative => AssociationKind::Alternative,
            Relationship::Supplement => AssociationKind::Supplement,
            Relationship::Unspecified => AssociationKind::Unspecified,
        },
        data: it.bytes.clone().into(),
        modification_date: Some(at),
        compress: None,
        location: None,
    };
    document
        .embed_file(file)
        .ok_or_else(|| unfit("another file has this name"))
}
