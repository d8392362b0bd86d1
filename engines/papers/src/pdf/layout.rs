//! Where everything stands: millimetres from the paper's upper left corner, a text at its foot.

use super::typeface::Pen;
use super::{Field, MOST_PAGES, Paper, PaperError};

/// Points in a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;
pub(super) const PAGE_MM: (f32, f32) = (210.0, 297.0);
const LEFT_MM: f32 = 25.0;
const WIDTH_MM: f32 = 160.0;
const LABEL_MM: f32 = 38.0;
/// Where text begins and ends on a page.
const TOP_MM: f32 = 28.0;
const LAST_MM: f32 = 272.0;
const FOOT_MM: f32 = 285.0;
/// The QR code with its white margin of four modules.
pub(super) const CODE_MM: f32 = 28.0;
/// Between the code and the note beside it.
const GAP_MM: f32 = 6.0;
/// Day, agency, code and note, kept together.
const CLOSING_MM: f32 = 74.0;
const NOTE_LINES: usize = 6;

/// A line of text.
pub(super) struct Line {
    pub text: String,
    pub left_mm: f32,
    pub foot_mm: f32,
    pub size_pt: f32,
}

/// What stands on one page.
#[derive(Default)]
pub(super) struct Page {
    pub lines: Vec<Line>,
    /// Heights of thin lines across the text.
    pub rules_mm: Vec<f32>,
    /// Upper left corner of the QR code.
    pub code_mm: Option<(f32, f32)>,
}

impl Page {
    pub const RULE_LEFT_MM: f32 = LEFT_MM;
    pub const RULE_WIDTH_MM: f32 = WIDTH_MM;
}

/// Pages being filled from top to bottom.
struct Flow<'a> {
    pen: &'a Pen<'a>,
    done: Vec<Page>,
    page: Page,
    foot_mm: f32,
}

impl Flow<'_> {
    fn put(&mut self, text: String, left_mm: f32, size_pt: f32) {
        let foot_mm = self.foot_mm;
        self.page.lines.push(Line {
            text,
            left_mm,
            foot_mm,
            size_pt,
        });
    }

    fn centred(&mut self, text: String, size_pt: f32) {
        let width_mm = self.pen.width(&text) * size_pt / MM;
        self.put(text, (PAGE_MM.0 - width_mm) / 2.0, size_pt);
    }

    /// Goes to the next page where less than `need_mm` is left on this one.
    fn room(&mut self, need_mm: f32) {
        if self.foot_mm + need_mm > LAST_MM {
            self.done.push(std::mem::take(&mut self.page));
            self.foot_mm = TOP_MM;
        }
    }

    /// The lines of a checked text.
    fn lines(
        &self,
        text: &str,
        field: Field,
        width_mm: f32,
        size_pt: f32,
    ) -> Result<Vec<String>, PaperError> {
        self.pen.check(text, field)?;
        Ok(self.pen.wrapped(text, width_mm * MM / size_pt))
    }

    /// The same, of a text that may only have so many.
    fn few(
        &self,
        text: &str,
        field: Field,
        (most, room): (usize, &'static str),
        size_pt: f32,
        width_mm: f32,
    ) -> Result<Vec<String>, PaperError> {
        let lines = self.lines(text, field, width_mm, size_pt)?;
        if lines.len() > most {
            return Err(PaperError::TooLong { field, room });
        }
        Ok(lines)
    }
}

/// Lays a paper out.
///
/// # Errors
/// A field is empty, does not fit, or has a letter which the font lacks.
pub(super) fn pages(paper: &Paper, pen: &Pen<'_>) -> Result<Vec<Page>, PaperError> {
    let mut flow = Flow {
        pen,
        done: Vec::new(),
        page: Page::default(),
        foot_mm: TOP_MM,
    };
    head(&mut flow, paper)?;
    holder(&mut flow, paper)?;
    for (index, paragraph) in paper.paragraphs.iter().enumerate() {
        for line in flow.lines(paragraph, Field::Paragraph(index), WIDTH_MM, 11.5)? {
            flow.room(6.5);
            flow.put(line, LEFT_MM, 11.5);
            flow.foot_mm += 7.0;
        }
        flow.foot_mm += 3.0;
        if flow.done.len() >= MOST_PAGES {
            let (field, room) = (Field::Paragraph(index), "50 pages in all");
            return Err(PaperError::TooLong { field, room });
        }
    }
    flow.room(CLOSING_MM);
    closing(&mut flow, paper)?;
    let mut pages = flow.done;
    pages.push(flow.page);
    number(&mut pages, &paper.number, pen);
    Ok(pages)
}

fn head(flow: &mut Flow<'_>, paper: &Paper) -> Result<(), PaperError> {
    let one = (1, "one line");
    for line in flow.few(&paper.number, Field::Number, one, 10.5, WIDTH_MM)? {
        flow.put(line, LEFT_MM, 10.5);
    }
    flow.foot_mm += 24.0;
    for line in flow.few(&paper.title, Field::Title, (2, "two lines"), 24.0, WIDTH_MM)? {
        flow.centred(line, 24.0);
        flow.foot_mm += 12.0;
    }
    flow.foot_mm += 8.0;
    Ok(())
}

/// A table of two columns, with a thin line under every row.
fn holder(flow: &mut Flow<'_>, paper: &Paper) -> Result<(), PaperError> {
    for (index, (label, value)) in paper.holder.iter().enumerate() {
        let one = (1, "one line of 34 mm");
        let label = flow.few(label, Field::Label(index), one, 11.0, LABEL_MM - 4.0)?;
        let value = flow.lines(value, Field::Value(index), WIDTH_MM - LABEL_MM, 11.5)?;
        flow.room(7.0);
        for line in label {
            flow.put(line, LEFT_MM, 11.0);
        }
        for line in value {
            flow.room(2.0);
            flow.put(line, LEFT_MM + LABEL_MM, 11.5);
            flow.foot_mm += 7.0;
        }
        flow.page.rules_mm.push(flow.foot_mm - 4.0);
        flow.foot_mm += 2.0;
        if flow.done.len() >= MOST_PAGES {
            let (field, room) = (Field::Value(index), "50 pages in all");
            return Err(PaperError::TooLong { field, room });
        }
    }
    flow.foot_mm += 8.0;
    Ok(())
}

/// Day and agency after the text; the code and its note at the foot of the last page.
fn closing(flow: &mut Flow<'_>, paper: &Paper) -> Result<(), PaperError> {
    flow.foot_mm += 8.0;
    let one = (1, "one line");
    for line in flow.few(&paper.issued, Field::Issued, one, 13.0, WIDTH_MM)? {
        flow.centred(line, 13.0);
    }
    flow.foot_mm += 14.0;
    for line in flow.few(&paper.agency, Field::Agency, one, 18.0, WIDTH_MM)? {
        flow.centred(line, 18.0);
    }
    let top_mm = LAST_MM - CODE_MM;
    flow.page.rules_mm.push(top_mm - 2.0);
    flow.page.code_mm = Some((LEFT_MM, top_mm));
    let (left_mm, width_mm) = (LEFT_MM + CODE_MM + GAP_MM, WIDTH_MM - CODE_MM - GAP_MM);
    let some = (NOTE_LINES, "six lines beside the code, with the address");
    let url = flow.lines(&paper.url, Field::Url, width_mm, 9.0)?;
    let note = flow.few(&paper.how_to_check, Field::HowToCheck, some, 9.0, width_mm)?;
    if note.len() + url.len() > NOTE_LINES {
        let (field, room) = (Field::HowToCheck, some.1);
        return Err(PaperError::TooLong { field, room });
    }
    flow.foot_mm = top_mm + 5.0;
    for line in note.into_iter().chain(url) {
        flow.put(line, left_mm, 9.0);
        flow.foot_mm += 4.5;
    }
    Ok(())
}

/// The number of the document and the page's at the foot of each.
fn number(pages: &mut [Page], document: &str, pen: &Pen<'_>) {
    let all = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        let shown = format!("{} / {all}", index + 1);
        let right_mm = LEFT_MM + WIDTH_MM - pen.width(&shown) * 8.5 / MM;
        let mut put = |text: String, left_mm| {
            page.lines.push(Line {
                text,
                left_mm,
                foot_mm: FOOT_MM,
                size_pt: 8.5,
            });
        };
        put(shown, right_mm);
        put(document.to_owned(), LEFT_MM);
    }
}
