//! A certificate for tests, in the Korean of a counter.

use std::sync::LazyLock;

use jiff::Timestamp;
use papers::pdf::{Attachment, Paper, Relationship, Typeface, render};
use papers::signature::{Seeds, Signer, Subject, sign};

const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
/// KR among JP, KR, SC, TC and HK.
const KOREAN: u32 = 1;

/// The font, or a skip that is said at the end.
pub fn typeface() -> Option<Typeface> {
    static READ: LazyLock<Option<Typeface>> = LazyLock::new(|| {
        let bytes = std::fs::read(FONT).ok()?;
        Some(Typeface::new(bytes, KOREAN).unwrap())
    });
    if READ.is_none() {
        testkit::skip(&format!("{FONT} is missing; install fonts-noto-cjk"));
    }
    READ.clone()
}

pub fn instant() -> Timestamp {
    "2026-03-02T01:30:00Z".parse().unwrap()
}

pub const FACTS: &[u8] = br#"{"benefit":"child-allowance","amount_krw":100000}"#;

pub fn paper() -> Paper {
    let line = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    Paper {
        title: "아동수당 수급자 증명서".to_owned(),
        agency: "한빛시장".to_owned(),
        number: "제 2026-000123 호".to_owned(),
        holder: vec![
            line("성명", "김하늘"),
            line("생년월일", "1994년 5월 17일"),
            line("주소", "한빛시 새봄구 은하로 27, 101동 1203호 (새봄동, 은하마을아파트)"),
            line("급여", "아동수당, 2026년 1월부터 매월 100,000원"),
        ],
        paragraphs: vec![
            "위 사람은 「아동수당법」 제4조에 따라 아동수당을 받고 있음을 증명합니다. 이 증명서는 발급일의 사실을 \
             나타내며, 그 뒤에 바뀐 사항은 담고 있지 않습니다."
                .to_owned(),
            "용도: 금융기관 제출".to_owned(),
        ],
        issued: "2026년 3월 2일".to_owned(),
        how_to_check: "이 문서는 전자서명되어 있습니다. QR 코드의 주소에서 또는 PDF 서명을 확인하는 어떤 프로그램으로도 진위를 \
                       확인할 수 있습니다."
            .to_owned(),
        url: "https://hanbit.example/papers/01JNA2ZK7T4R0Q".to_owned(),
        language: "ko".to_owned(),
        at: instant(),
        attachments: vec![Attachment {
            name: "facts.json".to_owned(),
            mime_type: "application/json".to_owned(),
            description: "이 증명서가 나타내는 사실".to_owned(),
            relationship: Relationship::Data,
            bytes: FACTS.to_vec(),
        }],
    }
}

pub fn keys(byte: u8, is_hybrid: bool) -> (Seeds, Subject) {
    let seeds = Seeds {
        ed25519: [byte; 32],
        ml_dsa_44: is_hybrid.then_some([byte; 32]),
    };
    let subject = Subject {
        agency: "한빛시".to_owned(),
        country: "KR".to_owned(),
    };
    (seeds, subject)
}

/// An agency whose keys are all of one byte; certified for the years 2026 and 2027.
pub fn agency(byte: u8, is_hybrid: bool) -> Signer {
    let (seeds, subject) = keys(byte, is_hybrid);
    let valid = ("2026-01-01T00:00:00Z", "2027-12-31T23:59:59Z");
    let valid = (valid.0.parse().unwrap(), valid.1.parse().unwrap());
    Signer::self_signed(&subject, &seeds, [byte; 16], valid).unwrap()
}

pub const REASON: &str = "아동수당 수급자 증명서 발급";

/// The paper, signed by [`agency`] 7.
pub fn signed(is_hybrid: bool) -> Option<Vec<u8>> {
    let pdf = render(&paper(), &typeface()?).unwrap();
    Some(sign(&pdf, &agency(7, is_hybrid), instant(), REASON).unwrap())
}
