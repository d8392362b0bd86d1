//! Who signed, and everything that is no signature.

use papers::pdf::render;
use papers::signature::{Certificate, Part, Policy, SignError, Signed, VerifyError, sign, verify};

use crate::paper::{REASON, agency, instant, paper, signed, typeface};

fn trusted() -> Vec<Certificate> {
    [(3, true), (7, true), (7, false)]
        .map(|(byte, is_hybrid)| agency(byte, is_hybrid).certificate().clone())
        .to_vec()
}

fn check(pdf: &[u8]) -> Result<Signed, VerifyError> {
    verify(pdf, &trusted(), Policy::WhenPresent)
}

fn find(pdf: &[u8], word: &[u8]) -> usize {
    pdf.windows(word.len()).rposition(|it| it == word).unwrap()
}

#[test]
fn a_signed_paper_says_who_when_and_why() {
    for is_hybrid in [false, true] {
        let Some(pdf) = signed(is_hybrid) else { return };
        let unsigned = render(&paper(), &typeface().unwrap()).unwrap();
        assert!(pdf.starts_with(&unsigned), "what was there stays");
        let found = check(&pdf).unwrap();
        assert_eq!((found.by.as_str(), found.at), ("한빛시", instant()));
        assert_eq!(found.reason.as_deref(), Some(REASON));
        assert_eq!(
            (found.covers_whole_file, found.is_hybrid),
            (true, is_hybrid)
        );
    }
}

#[test]
fn the_same_signature_is_made_again() {
    let Some(pdf) = signed(true) else { return };
    assert_eq!(signed(true), Some(pdf));
}

#[test]
fn what_is_not_signed_says_so() {
    let Some(typeface) = typeface() else { return };
    let pdf = render(&paper(), &typeface).unwrap();
    assert_eq!(check(&pdf), Err(VerifyError::NotSigned));
    assert_eq!(check(&pdf[..pdf.len() / 2]), Err(VerifyError::Truncated));
    assert_eq!(check(b"GIF89a"), Err(VerifyError::NotPdf));
}

#[test]
fn alterations_say_of_what() {
    let Some(pdf) = signed(true) else { return };
    let altered = |at: usize| {
        let mut pdf = pdf.clone();
        pdf[at] ^= 1;
        check(&pdf)
    };
    assert_eq!(
        altered(find(&pdf, b":100000")),
        Err(VerifyError::Altered(Part::Document))
    );
    assert_eq!(
        altered(find(&pdf, b"/M(D:2026") + 8),
        Err(VerifyError::Altered(Part::Document))
    );
    let room = find(&pdf, b"0>>>\nendobj") + 1;
    // The second signature is the last in the message; zeros fill the room.
    let end = pdf[..room].iter().rposition(|it| *it != b'0').unwrap();
    assert_eq!(
        altered(end - 200),
        Err(VerifyError::Altered(Part::QuantumSignature))
    );
    assert_eq!(
        altered(room - 2),
        Err(VerifyError::Altered(Part::Signature))
    );
}

#[test]
fn bytes_after_the_signature_are_not_covered() {
    let Some(pdf) = signed(true) else { return };
    let by = "한빛시".to_owned();
    for added in [b"\n".as_slice(), b"5 0 obj\n<<>>\nendobj\n%%EOF\n"] {
        let pdf = [pdf.as_slice(), added].concat();
        let (by, bytes) = (by.clone(), added.len());
        assert_eq!(check(&pdf), Err(VerifyError::Added { by, bytes }));
    }
    // As an attacker would: an update with a signature of the attacker's own.
    let forged = pdf[find(&pdf, b"%%EOF")..].to_vec();
    let stranger = sign(
        &render(&paper(), &typeface().unwrap()).unwrap(),
        &agency(9, true),
        instant(),
        "",
    )
    .unwrap();
    let update = &stranger[find(&stranger, b"/Type/Sig") - 12..];
    let both = [pdf.as_slice(), &forged, update].concat();
    assert!(matches!(check(&both), Err(VerifyError::Added { .. })));
    assert!(matches!(
        sign(&pdf, &agency(7, true), instant(), ""),
        Err(SignError::HasFields)
    ));
}

#[test]
fn strangers_and_expired_certificates_are_refused() {
    let Some(pdf) = signed(true) else { return };
    let name = Some("한빛시".to_owned());
    let unknown = verify(
        &pdf,
        &[agency(3, true).certificate().clone()],
        Policy::WhenPresent,
    );
    assert_eq!(unknown, Err(VerifyError::UnknownSigner { name }));
    let unsigned = render(&paper(), &typeface().unwrap()).unwrap();
    let late = "2028-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        sign(&unsigned, &agency(7, true), late, ""),
        Err(SignError::NotValid)
    );
    // An agency whose certificate ran out, and that signs nonetheless: with the same keys, certified for longer.
    let certified = |until: &str| {
        let (seeds, subject) = crate::paper::keys(7, true);
        let valid = (
            "2026-01-01T00:00:00Z".parse().unwrap(),
            until.parse().unwrap(),
        );
        papers::signature::Signer::self_signed(&subject, &seeds, [7; 16], valid).unwrap()
    };
    let short = certified("2026-02-01T00:00:00Z");
    let Err(VerifyError::UnknownSigner { .. }) =
        verify(&pdf, &[short.certificate().clone()], Policy::WhenPresent)
    else {
        panic!("another certificate of the same key is another certificate");
    };
    let backdated = papers::signature::sign(
        &unsigned,
        &short,
        "2026-01-15T00:00:00Z".parse().unwrap(),
        "",
    )
    .unwrap();
    assert!(verify(&backdated, &[short.certificate().clone()], Policy::Hybrid).is_ok());
}

#[test]
fn a_second_signature_is_demanded_where_policy_says_so() {
    let (Some(one), Some(both)) = (signed(false), signed(true)) else {
        return;
    };
    assert_eq!(
        verify(&one, &trusted(), Policy::Hybrid),
        Err(VerifyError::NoQuantumSignature)
    );
    assert!(verify(&both, &trusted(), Policy::Hybrid).unwrap().is_hybrid);
}

#[test]
fn half_a_paper_is_never_accepted() {
    for is_hybrid in [false, true] {
        let Some(pdf) = signed(is_hybrid) else { return };
        for end in (0..pdf.len()).step_by(41).chain(pdf.len() - 200..pdf.len()) {
            let found = check(&pdf[..end]);
            let is_said = matches!(
                found,
                Err(VerifyError::Truncated | VerifyError::NotSigned | VerifyError::NotPdf)
            );
            assert!(is_said, "{end} of {}: {found:?}", pdf.len());
        }
    }
}

#[test]
fn a_paper_with_any_byte_altered_is_never_accepted() {
    for is_hybrid in [false, true] {
        let Some(mut pdf) = signed(is_hybrid) else {
            return;
        };
        assert!(check(&pdf).is_ok());
        let message = find(&pdf, b"/ByteRange")..find(&pdf, b"0>>>\nendobj") + 4;
        let everywhere = (0..pdf.len()).step_by(97);
        for at in everywhere.chain(message.step_by(if is_hybrid { 37 } else { 5 })) {
            // The sixth bit makes capitals of letters: the same digit in another spelling.
            for bit in [at % 5, 5] {
                pdf[at] ^= 1 << bit;
                assert!(check(&pdf).is_err(), "bit {bit} of byte {at}");
                pdf[at] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn certificates_come_back_from_their_bytes() {
    for is_hybrid in [false, true] {
        let made = agency(7, is_hybrid);
        let read = Certificate::from_der(made.certificate().der()).unwrap();
        assert_eq!((read.name(), read.is_hybrid()), ("한빛시", is_hybrid));
        assert_eq!(read.validity(), made.certificate().validity());
        let der = read.der();
        for end in 0..der.len() {
            assert!(Certificate::from_der(&der[..end]).is_err());
        }
    }
}
