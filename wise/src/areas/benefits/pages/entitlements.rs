//! Everything the reader may have.

use askama::Template;
use web::Frame;

use super::Card;

/// A benefit that the household has, or may have.
#[derive(Clone, Debug, Default)]
pub struct EntitlementRow {
    pub benefit: String,
    /// Whom it is about; empty for the household.
    pub about: String,
    pub card: Card,
    /// What would decide it, where that is open: each line is enough.
    pub deciding: Vec<String>,
    /// How other benefits bear on it, and the law that says so.
    pub relations: Vec<(String, String)>,
}

/// Some of what is open; a part with a name is folded under it.
#[derive(Clone, Debug, Default)]
pub struct OpenPart {
    pub name: String,
    pub rows: Vec<EntitlementRow>,
}

#[derive(Template)]
#[template(path = "areas/benefits/pages/entitlements.html")]
pub struct EntitlementsPage {
    pub frame: Frame,
    /// Owed, and nobody was offered it.
    pub certain: Vec<EntitlementRow>,
    /// What a few answers would decide, in parts that hold something.
    pub open: Vec<OpenPart>,
    /// Offered already.
    pub standing: Vec<EntitlementRow>,
    pub phones: Vec<(String, String)>,
}

impl EntitlementsPage {
    pub fn sample(frame: Frame) -> Self {
        let row = EntitlementRow {
            benefit: "child-allowance".into(),
            about: String::new(),
            card: super::samples::asking(),
            deciding: Vec::new(),
            relations: vec![(
                "가정양육수당과 함께 받을 수 없습니다.".into(),
                "영유아보육법 제34조의2".into(),
            )],
        };
        Self {
            certain: vec![row.clone()],
            open: vec![
                OpenPart {
                    name: String::new(),
                    rows: vec![EntitlementRow {
                        deciding: vec!["연금 소득 + 혼인 여부".into(), "돌봄 시설에 있음".into()],
                        ..row.clone()
                    }],
                },
                OpenPart {
                    name: "한 가지 더 보기".into(),
                    rows: vec![row.clone()],
                },
            ],
            standing: vec![row],
            phones: super::samples::phones(),
            frame,
        }
    }
}
