//! Letters on A4 paper, one PDF for a whole print, for envelopes with a window.
//!
//! The font is the machine's: none is part of this program. Hangul syllables stand composed in
//! notices, so a letter is a glyph and nothing has to be shaped.

use std::fs;
use std::path::{Path, PathBuf};

use krilla::Document;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
const PAGE_MM: (f32, f32) = (210.0, 297.0);
const LEFT_MM: f32 = 20.0;
const TEXT_WIDTH_MM: f32 = 170.0;
/// Where the text begins under the upper fold, and ends on every page.
const FIRST_MM: f32 = 110.0;
const NEXT_MM: f32 = 25.0;
const LAST_MM: f32 = 275.0;
/// Folded in three, the window of a long envelope shows the upper third.
const FOLDS_MM: [f32; 2] = [99.0, 198.0];
const WINDOW_WIDTH_MM: f32 = 85.0;

/// Where fonts with Hangul usually lie (Debian, Fedora, macOS), what is drawn for reading first.
const USUAL_FONTS: [&str; 8] = [
    "/usr/share/fonts/truetype/nanum/NanumMyeongjo.ttf",
    "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/unfonts-core/UnBatang.ttf",
    "/System/Library/Fonts/AppleSDGothicNeo.ttc",
];

/// How letters are printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    pub font: PathBuf,
    /// Which font of a collection.
    pub index: u32,
    /// The upper left corner of the address, from the paper's: millimetres. 20 and 45 lie in the window
    /// of DIN 5008 form A and of the Korean long envelope.
    pub window_left_mm: f32,
    pub window_top_mm: f32,
}

/// One letter, in the reader's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The sender, small above the address.
    pub sender: String,
    /// Name and address, a line each.
    pub to: Vec<String>,
    pub date: String,
    pub title: String,
    /// Paragraphs.
    pub body: Vec<String>,
}

/// The font of the settings, or the first usual one that has Hangul.
///
/// # Errors
/// Says which files were looked for, and the remedy.
pub fn find_font(configured: Option<&Path>) -> Result<(PathBuf, u32), String> {
    if let Some(path) = configured {
        let index = korean_index(path).map_err(|why| format!("letter.font: {why}"))?;
        return Ok((path.to_owned(), index));
    }
    let mut usual = USUAL_FONTS.iter().map(Path::new);
    usual
        .find_map(|path| Some((path.to_owned(), korean_index(path).ok()?)))
        .ok_or_else(|| {
            "no font with Hangul is installed; install fonts-noto-cjk or fonts-nanum, or name a \
             file in letter.font"
                .to_owned()
        })
}

/// The font in a file that has Hangul; of a collection the one whose name says KR.
fn korean_index(path: &Path) -> Result<u32, String> {
    let shown = path.display();
    let data = fs::read(path).map_err(|e| format!("{shown}: {e}"))?;
    let has_hangul = |font: &FontRef<'_>| font.charmap().map('가').is_some();
    let is_korean = |font: &FontRef<'_>| {
        let mut names = font.localized_strings(StringId::FAMILY_NAME);
        names.any(|name| name.chars().collect::<String>().contains("KR"))
    };
    let fonts: Vec<(u32, FontRef<'_>)> = (0..)
        .zip(FontRef::fonts(&data))
        .filter_map(|(index, font)| Some((index, font.ok()?)))
        .filter(|(_, font)| has_hangul(font))
        .collect();
    let best = fonts.iter().find(|(_, font)| is_korean(font));
    best.or(fonts.first())
        .map(|(index, _)| *index)
        .ok_or_else(|| format!("{shown} is no font with Hangul"))
}

/// Prints letters, each beginning on a page of its own.
///
/// # Errors
/// The font cannot be read any more, or the PDF cannot be made.
pub fn print(paper: &Paper, sheets: &[Sheet]) -> Result<Vec<u8>, String> {
    let data = fs::read(&paper.font).map_err(|e| format!("{}: {e}", paper.font.display()))?;
    let metrics = FontRef::from_index(&data, paper.index).map_err(|e| e.to_string())?;
    let font = Font::new(data.clone().into(), paper.index);
    let font = font.ok_or_else(|| format!("{}: cannot be embedded", paper.font.display()))?;
    let mut document = Document::new();
    document.set_metadata(Metadata::new().creator("WISE".into()).language("ko".into()));
    for sheet in sheets {
        let pen = Pen {
            font: &font,
            metrics: &metrics,
        };
        for page in laid_out(paper, &pen, sheet) {
            let (width, height) = PAGE_MM;
            let settings = PageSettings::from_wh(width * MM, height * MM);
            let settings = settings.ok_or("a page without size")?;
            let mut it = document.start_page_with(settings);
            let mut surface = it.surface();
            pen.draw(&mut surface, &page);
            surface.finish();
            it.finish();
        }
    }
    document.finish().map_err(|e| format!("{e:?}"))
}

/// A line at its place: millimetres from the paper's upper left corner to the line's foot.
struct Line {
    text: String,
    left_mm: f32,
    foot_mm: f32,
    size_pt: f32,
}

#[derive(Default)]
struct PageLines {
    lines: Vec<Line>,
    folds: bool,
}

struct Pen<'a> {
    font: &'a Font,
    metrics: &'a FontRef<'a>,
}

impl Pen<'_> {
    fn glyph(&self, letter: char) -> skrifa::GlyphId {
        let map = self.metrics.charmap();
        let known = map.map(letter).or_else(|| map.map('?'));
        known.unwrap_or_default()
    }

    /// Advance of a letter, in parts of the font's size.
    fn advance(&self, letter: char) -> f32 {
        let metrics = self
            .metrics
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = self
            .metrics
            .metrics(Size::unscaled(), LocationRef::default());
        let width = metrics.advance_width(self.glyph(letter)).unwrap_or(0.0);
        width / f32::from(units.units_per_em.max(1))
    }

    /// Breaks a paragraph into lines: at a space where one is in reach, else anywhere, as Korean may.
    fn wrapped(&self, text: &str, width_mm: f32, size_pt: f32) -> Vec<String> {
        let room = width_mm * MM / size_pt;
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
        for letter in text.chars() {
            let advance = self.advance(letter);
            if used + advance > room && !line.is_empty() {
                let rest = match line.rfind(' ') {
                    Some(at) if letter != ' ' => line.split_off(at + 1),
                    _ => String::new(),
                };
                lines.push(line.trim_end().to_owned());
                used = rest.chars().map(|it| self.advance(it)).sum();
                line = rest;
            }
            if letter != ' ' || !line.is_empty() {
                line.push(letter);
                used += advance;
            }
        }
        lines.push(line);
        lines
    }

    fn draw(&self, surface: &mut Surface<'_>, page: &PageLines) {
        surface.set_fill(Some(Fill {
            paint: krilla::color::rgb::Color::black().into(),
            opacity: NormalizedF32::ONE,
            rule: krilla::paint::FillRule::default(),
        }));
        for line in &page.lines {
            let mut glyphs = Vec::new();
            for (at, letter) in line.text.char_indices() {
                glyphs.push(KrillaGlyph::new(
                    GlyphId::new(self.glyph(letter).to_u32()),
                    self.advance(letter),
                    0.0,
                    0.0,
                    0.0,
                    at..at + letter.len_utf8(),
                    None,
                ));
            }
            let start = Point::from_xy(line.left_mm * MM, line.foot_mm * MM);
            let (font, size) = (self.font.clone(), line.size_pt);
            surface.draw_glyphs(start, &glyphs, font, &line.text, size, false);
        }
        if page.folds {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                width: 0.4,
                ..Stroke::default()
            }));
            for fold in FOLDS_MM {
                let mut mark = PathBuilder::new();
                mark.move_to(5.0 * MM, fold * MM);
                mark.line_to(9.0 * MM, fold * MM);
                if let Some(path) = mark.finish() {
                    surface.draw_path(&path);
                }
            }
            surface.set_stroke(None);
        }
    }
}

/// The pages of one letter.
fn laid_out(paper: &Paper, pen: &Pen<'_>, sheet: &Sheet) -> Vec<PageLines> {
    let mut page = PageLines {
        lines: Vec::new(),
        folds: true,
    };
    let mut place = |text: String, left_mm, foot_mm, size_pt| {
        page.lines.push(Line {
            text,
            left_mm,
            foot_mm,
            size_pt,
        });
    };
    let (left, mut foot) = (paper.window_left_mm, paper.window_top_mm + 3.0);
    for line in pen.wrapped(&sheet.sender, WINDOW_WIDTH_MM, 7.5) {
        place(line, left, foot, 7.5);
        foot += 3.2;
    }
    foot += 4.0;
    for line in &sheet.to {
        for line in pen.wrapped(line, WINDOW_WIDTH_MM, 11.0) {
            place(line, left, foot, 11.0);
            foot += 5.5;
        }
    }
    place(sheet.date.clone(), LEFT_MM, FIRST_MM, 10.5);
    let mut foot = FIRST_MM + 12.0;
    for line in pen.wrapped(&sheet.title, TEXT_WIDTH_MM, 16.0) {
        place(line, LEFT_MM, foot, 16.0);
        foot += 8.0;
    }
    foot += 4.0;
    let mut pages = vec![page];
    for paragraph in &sheet.body {
        for text in pen.wrapped(paragraph, TEXT_WIDTH_MM, 11.5) {
            if foot > LAST_MM {
                pages.push(PageLines::default());
                foot = NEXT_MM;
            }
            if let Some(page) = pages.last_mut() {
                page.lines.push(Line {
                    text,
                    left_mm: LEFT_MM,
                    foot_mm: foot,
                    size_pt: 11.5,
                });
            }
            foot += 6.5;
        }
        foot += 3.0;
    }
    pages
}

#[cfg(test)]
mod tests;
