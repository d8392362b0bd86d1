use jiff::Timestamp;

use super::super::certificate::{Seeds, Subject};
use super::super::{Part, Policy, VerifyError, verify};
use super::*;

/// The least that is a PDF file with a page.
fn blank() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = "xref\n0 4\n0000000000 65535 f\r\n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n\r\n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = pdf.len();
    format!("{pdf}{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").into_bytes()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn agency() -> Signer {
    let subject = Subject {
        agency: "Hanbit".to_owned(),
        country: "KR".to_owned(),
    };
    let seeds = Seeds {
        ed25519: [1; 32],
        ml_dsa_44: Some([1; 32]),
    };
    let valid = (
        instant("2026-01-01T00:00:00Z"),
        instant("2026-12-31T00:00:00Z"),
    );
    Signer::self_signed(&subject, &seeds, [1; 16], valid).unwrap()
}

fn check(pdf: &[u8]) -> Result<super::super::Signed, VerifyError> {
    verify(pdf, &[agency().certificate().clone()], Policy::WhenPresent)
}

#[test]
fn an_instant_outside_the_certificates_time_is_refused_by_whoever_checks() {
    for (at, is_valid) in [
        ("2025-12-31T23:59:59Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2026-12-31T00:00:00Z", true),
        ("2026-12-31T00:00:01Z", false),
    ] {
        let at = instant(at);
        let pdf = signed(&blank(), &agency(), at, "").unwrap();
        match check(&pdf) {
            Ok(found) => assert!(is_valid && found.at == at && found.reason.is_none()),
            Err(VerifyError::NotValid { at: said, .. }) => assert!(!is_valid && said == at),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_second_signature_cannot_be_taken_away() {
    let agency = agency();
    let mut pdf = signed(&blank(), &agency, instant("2026-03-02T00:00:00Z"), "").unwrap();
    assert!(check(&pdf).unwrap().is_hybrid);
    let start = pdf.windows(10).position(|it| it == b"/Contents<").unwrap() + 10;
    let end = start + pdf[start..].iter().position(|it| *it == b'>').unwrap();
    let message: Vec<u8> = pdf[start..end]
        .chunks(2)
        .map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16).unwrap())
        .collect();
    // The length stands in the third and fourth byte.
    let length = 4 + usize::from(u16::from_be_bytes([message[2], message[3]]));
    let parts = cms::parts(&message[..length]).unwrap();
    let sha256 = &agency.certificate.sha256;
    let attributes = cms::signed_attributes(&parts.digest, sha256, true).unwrap();
    let without = cms::message(&agency.certificate, &attributes, &parts.signature, None).unwrap();
    let digits: String = without.iter().map(|it| format!("{it:02x}")).collect();
    let filled = format!("{digits:0<width$}", width = end - start);
    pdf.splice(start..end, filled.bytes());
    let altered = VerifyError::Altered(Part::QuantumSignature);
    assert_eq!(check(&pdf), Err(altered));
}

#[test]
fn files_that_are_not_ours_are_refused() {
    let at = instant("2026-03-02T00:00:00Z");
    let by = agency();
    // Texts of one length, so that every object stays where the table says.
    let refused = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let pdf = String::from_utf8(blank()).unwrap().replace(from, to);
        signed(pdf.as_bytes(), &by, at, "").unwrap_err()
    };
    let annotated = refused("/Type/Page/P", "/Annots[] /P");
    assert_eq!(annotated, SignError::HasAnnotations);
    let filled_in = refused("/Type/Catalog", "/AcroForm<<>>");
    assert_eq!(filled_in, SignError::HasFields);
    let no_table = FileError::Unsupported("its table of objects is no plain table");
    assert_eq!(refused("xref\n0 4", "xrxf\n0 4"), SignError::File(no_table));
    let no_page = FileError::Malformed("its catalogue or its first page cannot be read");
    assert_eq!(refused("/Kids[3", "/Kids[4"), SignError::File(no_page));
}
