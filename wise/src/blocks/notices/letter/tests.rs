//! Letters as a reader of PDF sees them.

use lopdf::{Dictionary, Object};

use super::*;

/// The machine's font; a machine without one prints no letters, and says so.
fn paper() -> Option<Paper> {
    match find_font(None) {
        Ok((font, index)) => Some(Paper {
            font,
            index,
            window_left_mm: 20.0,
            window_top_mm: 45.0,
        }),
        Err(why) => {
            testkit::skip(&format!("letters: {why}"));
            None
        }
    }
}

fn sheet() -> Sheet {
    Sheet {
        sender: "한빛시 새빛동 주민센터".into(),
        to: vec!["한빛시 새벽길 1 (새빛동)".into(), "김하늘 귀하".into()],
        date: "2026년 11월 24일".into(),
        title: "받으실 수 있는 것 7가지".into(),
        body: vec!["출생신고가 끝났습니다. 똠방각하 Parental benefit".into()],
    }
}

/// Fonts of a page: name, whether the file is embedded, how many bytes it has.
fn embedded_fonts(pdf: &lopdf::Document) -> Vec<(String, usize)> {
    let of = |it: &Dictionary, key: &[u8]| -> Option<Dictionary> {
        let object = it.get(key).ok()?;
        let object = match object {
            Object::Array(all) => all.first()?,
            other => other,
        };
        let (_, object) = pdf.dereference(object).ok()?;
        object.as_dict().cloned().ok()
    };
    let mut found = Vec::new();
    for object in pdf.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        let Some(descriptor) =
            of(font, b"DescendantFonts").and_then(|it| of(&it, b"FontDescriptor"))
        else {
            continue;
        };
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap();
        for key in [b"FontFile2".as_slice(), b"FontFile3"] {
            if let Ok(file) = descriptor.get(key) {
                let (_, file) = pdf.dereference(file).unwrap();
                let stream = file.as_stream().unwrap();
                found.push((
                    String::from_utf8_lossy(name).into_owned(),
                    stream.content.len(),
                ));
            }
        }
    }
    found
}

#[test]
fn a_letter_can_be_read_and_carries_its_font() {
    let Some(paper) = paper() else { return };
    let bytes = print(
        &paper,
        &[
            sheet(),
            Sheet {
                title: "둘째".into(),
                ..sheet()
            },
        ],
    )
    .unwrap();
    let pdf = lopdf::Document::load_mem(&bytes).unwrap();
    assert_eq!(pdf.get_pages().len(), 2, "a page each");
    let text = pdf.extract_text(&[1]).unwrap();
    for part in [
        "김하늘 귀하",
        "새벽길 1",
        "받으실 수 있는 것 7가지",
        "똠방각하",
        "Parental benefit",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(pdf.extract_text(&[2]).unwrap().contains("둘째"));
    let fonts = embedded_fonts(&pdf);
    assert_eq!(fonts.len(), 1, "{fonts:?}");
    let (name, size) = &fonts[0];
    assert!(name.contains('+'), "{name} is no subset");
    assert!((1_000..200_000).contains(size), "{size} bytes of font");
}

#[test]
fn the_address_lies_in_the_window() {
    let Some(paper) = paper() else { return };
    let data = fs::read(&paper.font).unwrap();
    let metrics = FontRef::from_index(&data, paper.index).unwrap();
    let font = Font::new(data.clone().into(), paper.index).unwrap();
    let pen = Pen {
        font: &font,
        metrics: &metrics,
    };
    let long = Sheet {
        to: vec![
            "한빛광역시 새벽노을빛구 해오름달맞이길 123번길 45, 110동 1502호 (새빛동, 한빛아파트)"
                .into(),
            "김하늘 귀하".into(),
        ],
        ..sheet()
    };
    let pages = laid_out(&paper, &pen, &long);
    let small = |it: &&Line| it.foot_mm < FIRST_MM;
    let lines: Vec<&Line> = pages[0].lines.iter().filter(small).collect();
    assert!(lines.len() >= 4, "the address is broken into lines");
    for line in lines {
        let width: f32 = line.text.chars().map(|it| pen.advance(it)).sum();
        assert!(
            width * line.size_pt / MM <= WINDOW_WIDTH_MM,
            "{}",
            line.text
        );
        assert!(
            (45.0..=90.0).contains(&line.foot_mm),
            "{} at {}",
            line.text,
            line.foot_mm
        );
    }
}

#[test]
fn a_long_letter_goes_on_on_the_next_page_and_loses_nothing() {
    let Some(paper) = paper() else { return };
    let words: Vec<String> = (0..1_500).map(|it| format!("말{it}")).collect();
    let long = Sheet {
        body: vec![words.join(" ")],
        ..sheet()
    };
    let bytes = print(&paper, &[long]).unwrap();
    let pdf = lopdf::Document::load_mem(&bytes).unwrap();
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    assert!(pages.len() >= 2, "{pages:?}");
    let text = pdf.extract_text(&pages).unwrap();
    let read: Vec<&str> = text
        .split_whitespace()
        .filter(|it| it.starts_with('말'))
        .collect();
    assert_eq!(read, words);
}

#[test]
fn a_file_that_is_no_font_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("font.ttf");
    fs::write(&file, b"not a font").unwrap();
    let error = find_font(Some(&file)).unwrap_err();
    assert!(
        error.contains("letter.font") && error.contains("font.ttf"),
        "{error}"
    );
    let error = find_font(Some(&folder.path().join("none.ttf"))).unwrap_err();
    assert!(error.contains("none.ttf"), "{error}");
}
