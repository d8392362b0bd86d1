//! What is printed, and what is refused.

use papers::pdf::{Field, MOST_PAGES, Paper, PaperError, render};

use lopdf::{Dictionary, Object};
use proptest::prelude::*;

use crate::paper::{paper, signed, typeface};

fn refused(change: impl FnOnce(&mut Paper)) -> Option<PaperError> {
    let mut paper = paper();
    change(&mut paper);
    Some(render(&paper, &typeface()?).expect_err("refused"))
}

#[test]
fn the_same_paper_is_the_same_file() {
    let Some(typeface) = typeface() else { return };
    let one = render(&paper(), &typeface).unwrap();
    assert_eq!(one, render(&paper(), &typeface).unwrap());
    assert!(one.starts_with(b"%PDF-1.7"));
    let has = |word: &[u8]| one.windows(word.len()).any(|it| it == word);
    assert!(
        has(b"<pdfaid:part>3</pdfaid:part>") && has(b"<pdfaid:conformance>B</pdfaid:conformance>")
    );
    assert!(has(b"/Lang(ko)") || has(b"/Lang (ko)"));
}

#[test]
fn a_long_paper_has_several_pages() {
    let Some(typeface) = typeface() else { return };
    let mut long = paper();
    long.paragraphs = vec![long.paragraphs[0].clone(); 40];
    let read = lopdf::Document::load_mem(&render(&long, &typeface).unwrap()).unwrap();
    assert!(read.get_pages().len() > 3);
    let one = lopdf::Document::load_mem(&render(&paper(), &typeface).unwrap()).unwrap();
    assert_eq!(one.get_pages().len(), 1);
}

#[test]
fn a_refusal_names_the_field() {
    if typeface().is_none() {
        return;
    }
    let too_long = |field| move |it: &Option<PaperError>| matches!(it, Some(PaperError::TooLong { field: found, .. }) if *found == field);
    assert!(too_long(Field::Title)(&refused(
        |it| it.title = "증명서 ".repeat(30)
    )));
    assert!(too_long(Field::Agency)(&refused(
        |it| it.agency = "한빛시장".repeat(20)
    )));
    assert!(too_long(Field::Label(1))(&refused(
        |it| it.holder[1].0 = "받는 사람의 생년월일과 태어난 곳".to_owned()
    )));
    assert!(too_long(Field::HowToCheck)(&refused(|it| it
        .how_to_check =
        "확인하십시오. ".repeat(90))));
    assert!(too_long(Field::Url)(&refused(
        |it| it.url = "https://hanbit.example/".repeat(20)
    )));
    let endless = refused(|it| it.paragraphs = vec!["가나다 ".repeat(900); 6 * MOST_PAGES]);
    assert!(matches!(
        endless,
        Some(PaperError::TooLong {
            field: Field::Paragraph(_),
            ..
        })
    ));
    assert_eq!(
        refused(|it| it.paragraphs[1].clear()),
        Some(PaperError::Empty(Field::Paragraph(1)))
    );
    let path = refused(|it| it.attachments[0].name = "../facts.json".to_owned());
    assert!(matches!(
        path,
        Some(PaperError::Unfit {
            field: Field::Attachment(0),
            ..
        })
    ));
}

#[test]
fn a_letter_that_cannot_be_set_is_named() {
    if typeface().is_none() {
        return;
    }
    for (text, letter) in [
        ("김\u{1F600}하늘", '\u{1F600}'),
        ("홍\n길동", '\n'),
        ("\u{1112}\u{1161}\u{11ab}", '\u{1112}'),
        ("שלום", 'ש'),
    ] {
        let field = Field::Value(0);
        let found = refused(|it| it.holder[0].1 = text.to_owned());
        assert_eq!(found, Some(PaperError::Letter { field, letter }));
    }
    let said = refused(|it| it.title = "증명서\u{1F600}".to_owned())
        .unwrap()
        .to_string();
    assert!(said.contains("title") && said.contains("U+1F600"), "{said}");
}

#[test]
fn bytes_that_are_no_font_are_refused() {
    assert!(papers::pdf::Typeface::new(vec![0; 40], 0).is_err());
}

/// What ISO 19005-3 wants and no library checks once a signature was added: read by other hands.
#[test]
fn a_signed_paper_keeps_what_pdf_a_wants() {
    let Some(pdf) = signed(true) else { return };
    let read = lopdf::Document::load_mem(&pdf).unwrap();
    let resolved = |of: &Dictionary, name: &[u8]| {
        let value = of.get(name).unwrap();
        read.dereference(value).unwrap().1.clone()
    };
    let dict = |of: &Dictionary, name: &[u8]| resolved(of, name).as_dict().unwrap().clone();
    let root = read.catalog().unwrap();
    // 6.2.3, 6.6.2.1, 6.8: the colours' profile, metadata not packed, associated files.
    let intents = resolved(root, b"OutputIntents");
    let (_, intent) = read.dereference(&intents.as_array().unwrap()[0]).unwrap();
    assert_eq!(
        intent
            .as_dict()
            .unwrap()
            .get(b"S")
            .unwrap()
            .as_name()
            .unwrap(),
        b"GTS_PDFA1"
    );
    let metadata = resolved(root, b"Metadata");
    assert!(!metadata.as_stream().unwrap().dict.has(b"Filter"));
    assert_eq!(resolved(root, b"AF").as_array().unwrap().len(), 1);
    // 6.4.1 and 6.3.2: no appearance is left to the reader; printed, not hidden, without a size.
    let form = dict(root, b"AcroForm");
    assert!(!form.has(b"NeedAppearances") && !form.has(b"XFA"));
    let page = read.get_dictionary(read.get_pages()[&1]).unwrap();
    let annotations = resolved(page, b"Annots");
    let (_, widget) = read
        .dereference(&annotations.as_array().unwrap()[0])
        .unwrap();
    let widget = widget.as_dict().unwrap();
    assert_eq!(widget.get(b"F").unwrap().as_i64().unwrap() & 0b111, 0b100);
    assert!(
        widget
            .get(b"Rect")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .all(|it| *it == Object::Integer(0))
    );
    // 6.2.11.4: every font is in the file.
    for font in read.get_page_fonts(read.get_pages()[&1]).unwrap().values() {
        let below = resolved(font, b"DescendantFonts");
        let (_, below) = read.dereference(&below.as_array().unwrap()[0]).unwrap();
        let descriptor = dict(below.as_dict().unwrap(), b"FontDescriptor");
        assert!(descriptor.has(b"FontFile3"));
    }
    // 6.1.3: an id, of which an update changes the second half (ISO 32000-2, 14.4).
    let ids = |pdf: &[u8]| {
        let read = lopdf::Document::load_mem(pdf).unwrap();
        let ids = read.trailer.get(b"ID").unwrap().as_array().unwrap().clone();
        [
            ids[0].as_str().unwrap().to_vec(),
            ids[1].as_str().unwrap().to_vec(),
        ]
    };
    let before = ids(&render(&paper(), &typeface().unwrap()).unwrap());
    let after = ids(&pdf);
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1], after[1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_words_are_printed_or_refused(value in "\\PC{1,40}", paragraph in "[ -~가-힣]{1,400}") {
        let Some(typeface) = typeface() else { return Ok(()) };
        let mut paper = paper();
        paper.holder[0].1 = value.clone();
        paper.paragraphs = vec![paragraph];
        let is_printed = render(&paper, &typeface).is_ok();
        let is_printable = typeface.has(&value) && !value.trim().is_empty() && !paper.paragraphs[0].trim().is_empty();
        prop_assert_eq!(is_printed, is_printable);
    }
}
