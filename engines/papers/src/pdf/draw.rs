//! Puts laid out pages into a document.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use super::PaperError;
use super::layout::{CODE_MM, Line, MM, PAGE_MM, Page};
use super::qr::Code;
use super::typeface::Pen;

/// The white margin of a QR code on each side, in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;
const RULE_PT: f32 = 0.4;

/// Draws every page.
///
/// # Errors
/// The library has no page of this size.
pub(super) fn pages(
    document: &mut Document,
    pages: &[Page],
    code: &Code,
    pen: &Pen<'_>,
) -> Result<(), PaperError> {
    for page in pages {
        let (width, height) = PAGE_MM;
        let settings = PageSettings::from_wh(width * MM, height * MM);
        let settings =
            settings.ok_or_else(|| PaperError::Archival("a page without size".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        surface.set_fill(Some(Fill {
            paint: rgb::Color::black().into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::default(),
        }));
        for it in &page.lines {
            line(&mut surface, it, pen);
        }
        let mut shapes = PathBuilder::new();
        for rule_mm in &page.rules_mm {
            let (left, width) = (Page::RULE_LEFT_MM * MM, Page::RULE_WIDTH_MM * MM);
            if let Some(rule) = Rect::from_xywh(left, rule_mm * MM, width, RULE_PT) {
                shapes.push_rect(rule);
            }
        }
        if let Some(corner_mm) = page.code_mm {
            modules(&mut shapes, code, corner_mm);
        }
        if let Some(shapes) = shapes.finish() {
            surface.draw_path(&shapes);
        }
        surface.finish();
        sheet.finish();
    }
    Ok(())
}

fn line(surface: &mut Surface<'_>, line: &Line, pen: &Pen<'_>) {
    let glyphs: Vec<KrillaGlyph> = line
        .text
        .char_indices()
        .filter_map(|(at, letter)| {
            let glyph = GlyphId::new(pen.glyph(letter)?.to_u32());
            let text = at..at + letter.len_utf8();
            Some(KrillaGlyph::new(
                glyph,
                pen.advance(letter),
                0.0,
                0.0,
                0.0,
                text,
                None,
            ))
        })
        .collect();
    let start = Point::from_xy(line.left_mm * MM, line.foot_mm * MM);
    surface.draw_glyphs(
        start,
        &glyphs,
        pen.font.clone(),
        &line.text,
        line.size_pt,
        false,
    );
}

fn modules(shapes: &mut PathBuilder, code: &Code, (left_mm, top_mm): (f32, f32)) {
    let short = |it: usize| u16::try_from(it).map_or(f32::MAX, f32::from);
    let module = CODE_MM * MM / short(code.side + 2 * QUIET);
    for (row, column, length) in &code.runs {
        let left = left_mm * MM + short(column + QUIET) * module;
        let top = top_mm * MM + short(row + QUIET) * module;
        if let Some(run) = Rect::from_xywh(left, top, short(*length) * module, module) {
            shapes.push_rect(run);
        }
    }
}
