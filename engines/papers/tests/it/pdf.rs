//! What is printed, and what is refused.

use papers::pdf::{Field, MOST_PAGES, Paper, PaperError, render};

use crate::paper::{paper, typeface};

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
    if let Some(folder) = std::env::var_os("WISE_PAPERS_KEPT") {
        std::fs::write(std::path::Path::new(&folder).join("paper.pdf"), &one).unwrap();
    }
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
