//! Other people's programs, where they are installed: pyHanko checks the signature, poppler reads the text, the reference
//! implementation of SD-JWT in Python checks the credential.

use std::path::Path;
use std::process::Command;

use crate::paper::{agency, signed};

/// Whether a program of poppler answers.
fn poppler(program: &str) -> bool {
    let is_there = Command::new(program).arg("-v").output().is_ok();
    if !is_there {
        testkit::skip(&format!("{program} is missing; install poppler-utils"));
    }
    is_there
}

fn ran(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaint}");
    said
}

const PYHANKO: &str = r#"
import sys
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.general import load_cert_from_pemder
from pyhanko_certvalidator import ValidationContext
from pyhanko.sign.validation.ades import ades_basic_validation
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from datetime import datetime, timezone
import asyncio
folder = sys.argv[1]
cert = load_cert_from_pemder(folder + '/agency.der')
moment = datetime(2026, 3, 2, 2, tzinfo=timezone.utc)
for name in ['good', 'altered', 'added']:
    with open(f'{folder}/{name}.pdf', 'rb') as f:
        reader = PdfFileReader(f)
        signature = reader.embedded_signatures[0]
        context = ValidationContext(trust_roots=[cert], moment=moment, allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        print(name, status.intact, status.valid, status.trusted, status.bottom_line,
              status.coverage.name, signature.sig_object['/SubFilter'], status.signer_reported_dt.isoformat(),
              status.signing_cert.subject.native['common_name'], status.pkcs7_signature_mechanism, status.md_algorithm)
# The procedure of ETSI EN 319 102-1, 5.3, which is stricter about the attributes.
with open(folder + '/good.pdf', 'rb') as f:
    signature = PdfFileReader(f).embedded_signatures[0]
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([cert]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy('soft-fail')))
    found = asyncio.run(ades_basic_validation(
        signature.signed_data, SignatureValidationSpec(policy), raw_digest=signature.compute_digest(),
        timing_info=ValidationTimingInfo(moment, moment, True)))
    print('basic', found.ades_subindic)
"#;

#[test]
fn pyhanko_trusts_what_was_signed_and_sees_what_was_altered() {
    let Some(python) = testkit::python("pyhanko.sign, pyhanko_certvalidator") else {
        return;
    };
    for is_hybrid in [false, true] {
        let Some(pdf) = signed(is_hybrid) else { return };
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("agency.der", agency(7, is_hybrid).certificate().der());
        write("good.pdf", &pdf);
        let mut altered = pdf.clone();
        let amount = pdf.windows(6).position(|it| it == b"100000").unwrap();
        altered[amount] = b'9';
        write("altered.pdf", &altered);
        write("added.pdf", &[pdf.as_slice(), b"% more\n"].concat());
        let said = ran(Command::new(&python)
            .args(["-c", PYHANKO])
            .arg(folder.path()));
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[0],
            "good True True True True ENTIRE_FILE /ETSI.CAdES.detached 2026-03-02T01:30:00+00:00 한빛시 ed25519 sha512"
        );
        assert_eq!(lines[3], "basic AdESPassed.OK");
        assert!(lines[1].starts_with("altered False "), "{said}");
        assert!(
            lines[2].starts_with("added ") && !lines[2].contains("ENTIRE_FILE"),
            "{said}"
        );
    }
}

/// Whether Ed25519 holds it cannot say: its NSS (as of 22.12) does not know the algorithm.
#[test]
fn poppler_finds_one_signature_over_the_whole_file() {
    if !poppler("pdfsig") {
        return;
    }
    let Some(pdf) = signed(true) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    let said = Command::new("pdfsig")
        .arg("-nocert")
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        said.contains("ETSI.CAdES.detached") && said.contains("Total document signed"),
        "{said}"
    );
}

fn text(path: &Path) -> String {
    ran(Command::new("pdftotext").arg("-layout").arg(path).arg("-"))
}

#[test]
fn what_was_left_out_is_not_in_the_file() {
    if !poppler("pdftotext") {
        return;
    }
    let Some(typeface) = crate::paper::typeface() else {
        return;
    };
    let mut paper = crate::paper::paper();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    let mut texts = Vec::new();
    for _ in 0..2 {
        std::fs::write(&path, papers::pdf::render(&paper, &typeface).unwrap()).unwrap();
        texts.push(text(&path));
        paper.holder.retain(|(label, _)| label != "생년월일");
    }
    for (text, is_there) in texts.iter().zip([true, false]) {
        assert!(
            text.contains("김하늘") && text.contains("「아동수당법」 제4조"),
            "{text}"
        );
        assert_eq!(
            text.contains("1994") && text.contains("생년월일"),
            is_there,
            "{text}"
        );
        assert!(is_there || !text.contains("1994"));
    }
}

const SD_JWT: &str = r#"
import json, sys
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
text, key, audience, nonce = sys.argv[1:5]
wanted = []
def issuer_key(issuer, header=None):
    wanted.append(issuer)
    return JWK.from_json(key)
class Verifier(SDJWTVerifier):
    # The library asks for ES256 here unless it is told otherwise, and its constructor has no way to.
    def _verify_key_binding_jwt(self, *asked):
        super()._verify_key_binding_jwt(*asked, sign_alg='EdDSA')
asked = {'expected_aud': audience, 'expected_nonce': nonce} if audience else {}
print(json.dumps(Verifier(text, issuer_key, **asked).get_verified_payload(), sort_keys=True))
print(wanted[0])
"#;

#[test]
fn python_sd_jwt_accepts_ours_and_sees_only_what_was_shown() {
    use crate::credential::{binding, city, credential};
    let Some(python) = testkit::python("sd_jwt.verifier, jwcrypto.jwk") else {
        return;
    };
    let key = city().public().jwk().to_string();
    let verified = |text: &str, audience: &str, nonce: &str| {
        Command::new(&python)
            .args(["-c", SD_JWT, text, &key, audience, nonce])
            .output()
            .unwrap()
    };
    let shown =
        papers::credential::present(&credential(), &["age_over_19"], Some(binding())).unwrap();
    let output = verified(&shown, binding().audience, binding().nonce);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    let mut lines = said.lines();
    let payload: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let names: Vec<&str> = payload
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "age_over_19",
            "cnf",
            "exp",
            "iat",
            "iss",
            "issuing_authority",
            "status",
            "vct"
        ]
    );
    assert_eq!(lines.next(), Some("https://hanbit.example"));
    assert!(
        !verified(&shown, binding().audience, "another")
            .status
            .success()
    );
    let whole = String::from_utf8(verified(&credential(), "", "").stdout).unwrap();
    assert!(
        whole.contains("1994-05-17") && whole.contains("postal_code"),
        "{whole}"
    );
    let altered = shown.replacen("~W", "~X", 1);
    assert!(altered != shown && !verified(&altered, "", "").status.success());
}
