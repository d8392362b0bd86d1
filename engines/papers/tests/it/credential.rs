//! Credentials, shown in part, bound to their holder, and everything that is none.

use jiff::Timestamp;
use papers::credential::{
    Binding, Claims, CredentialError, Expected, HolderKey, IssueError, Issuer, PresentError,
    Status, Verified, issue, present, verify,
};
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

const CITY: &str = "https://hanbit.example";
const BANK: &str = "https://bank.example";
const HOLDER: [u8; 32] = [9; 32];

pub fn city() -> Issuer {
    Issuer::new(CITY, "2026-1", &[7; 32])
}

pub fn issued() -> Timestamp {
    "2026-03-02T01:30:00Z".parse().unwrap()
}

fn holder() -> HolderKey {
    HolderKey::new(
        ed25519_dalek::SigningKey::from_bytes(&HOLDER)
            .verifying_key()
            .as_bytes(),
    )
    .unwrap()
}

pub fn claims() -> Claims {
    let mut claims = Claims::new("https://hanbit.example/credentials/resident", issued());
    claims
        .visible
        .insert("issuing_authority".to_owned(), json!("한빛시"));
    let hidden = [
        ("given_name", json!("하늘")),
        ("birthdate", json!("1994-05-17")),
        ("age_over_19", json!(true)),
        ("age_over_65", json!(false)),
        (
            "address",
            json!({"locality": "한빛시", "postal_code": "12345"}),
        ),
    ];
    claims
        .hidden
        .extend(hidden.map(|(name, value)| (name.to_owned(), value)));
    claims.decoys = 3;
    claims.holder = Some(holder());
    claims.status = Some(Status {
        uri: "https://hanbit.example/status/1".to_owned(),
        index: 4711,
    });
    claims.expires = Some("2027-03-02T00:00:00Z".parse().unwrap());
    claims
}

pub fn credential() -> String {
    issue(&claims(), &city(), &mut ChaCha12Rng::seed_from_u64(1)).unwrap()
}

pub fn binding() -> Binding<'static> {
    Binding {
        seed: &HOLDER,
        audience: BANK,
        nonce: "n-0S6",
        at: now(),
    }
}

pub fn now() -> Timestamp {
    "2026-04-01T09:00:00Z".parse().unwrap()
}

fn check(text: &str) -> Result<Verified, CredentialError> {
    verify(text, &[city().public()], &Expected::at(now()))
}

fn check_bound(text: &str, expected: &Expected<'_>) -> Result<Verified, CredentialError> {
    verify(text, &[city().public()], expected)
}

/// In the order of the alphabet: JSON has none, and other crates of a build may turn one on.
fn names(found: &Verified) -> Vec<&str> {
    let mut names: Vec<_> = found.claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn an_age_is_shown_without_the_birth_date() {
    let shown = present(&credential(), &["age_over_19"], Some(binding())).unwrap();
    let expected = Expected::from_holder(now(), BANK, "n-0S6");
    let found = check_bound(&shown, &expected).unwrap();
    assert_eq!(names(&found), ["age_over_19", "issuing_authority"]);
    assert_eq!(found.claims["age_over_19"], json!(true));
    assert!(found.is_from_holder && found.holder == Some(holder()));
    assert_eq!(
        (found.issuer.as_str(), found.status),
        (CITY, claims().status)
    );
    assert_eq!(
        (found.issued, found.expires),
        (Some(issued()), claims().expires)
    );
    assert_eq!(found.kind, claims().kind);
    // Neither as text nor in the base64 of its disclosure.
    let whole = credential();
    let birth = whole
        .split('~')
        .find(|it| decoded(it).is_some_and(|it| it.contains("1994-05-17")))
        .unwrap();
    assert!(!shown.contains(birth));
    for part in shown.split(['~', '.']) {
        assert!(!decoded(part).unwrap_or_default().contains("1994"));
    }
}

fn decoded(part: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .ok()?;
    String::from_utf8(bytes).ok()
}

#[test]
fn all_or_nothing_may_be_shown() {
    let found = check(&credential()).unwrap();
    assert_eq!(found.claims["address"], claims().hidden["address"]);
    assert_eq!((found.claims.len(), found.is_from_holder), (6, false));
    let found = check(&present(&credential(), &[], None).unwrap()).unwrap();
    assert_eq!(names(&found), ["issuing_authority"]);
    let unknown = present(&credential(), &["shoe_size"], None);
    assert_eq!(unknown, Err(PresentError::Unknown("shoe_size".to_owned())));
    let stranger = Binding {
        seed: &[1; 32],
        ..binding()
    };
    assert_eq!(
        present(&credential(), &[], Some(stranger)),
        Err(PresentError::Key)
    );
}

#[test]
fn decoys_hide_how_much_is_hidden() {
    let jwt = credential();
    let payload: Value =
        serde_json::from_str(&decoded(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap();
    let digests = payload["_sd"].as_array().unwrap();
    assert_eq!(digests.len(), 8);
    assert!(digests.is_sorted_by_key(|it| it.as_str().unwrap().to_owned()));
    let header: Value =
        serde_json::from_str(&decoded(jwt.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(
        header,
        json!({"alg": "EdDSA", "kid": "2026-1", "typ": "dc+sd-jwt"})
    );
    assert_eq!(
        payload["status"],
        json!({"status_list": {"idx": 4711, "uri": "https://hanbit.example/status/1"}})
    );
}

#[test]
fn the_holder_signs_for_one_verifier_and_once() {
    let shown = present(&credential(), &["age_over_19"], Some(binding())).unwrap();
    let asked = |at: Timestamp, audience, nonce| {
        check_bound(&shown, &Expected::from_holder(at, audience, nonce)).unwrap_err()
    };
    assert_eq!(asked(now(), CITY, "n-0S6"), CredentialError::Audience);
    assert_eq!(asked(now(), BANK, "n-0S7"), CredentialError::Nonce);
    let late = "2026-04-01T10:00:00Z".parse().unwrap();
    assert_eq!(asked(late, BANK, "n-0S6"), CredentialError::Stale(now()));
    let expected = Expected::from_holder(now(), BANK, "n-0S6");
    let unbound = present(&credential(), &["age_over_19"], None).unwrap();
    assert_eq!(
        check_bound(&unbound, &expected),
        Err(CredentialError::NotBound)
    );
    // Less shown than was signed for, and the signature of another presentation.
    let (most, binding) = shown.rsplit_once('~').unwrap();
    let (less, _) = most.rsplit_once('~').unwrap();
    assert_eq!(
        check_bound(&format!("{less}~{binding}"), &expected),
        Err(CredentialError::Binding)
    );
}

#[test]
fn strangers_time_and_foreign_disclosures_are_refused() {
    let other = Issuer::new("https://other.example", "1", &[7; 32]);
    let by_other = issue(&claims(), &other, &mut ChaCha12Rng::seed_from_u64(1)).unwrap();
    assert_eq!(
        check(&by_other),
        Err(CredentialError::UnknownIssuer(
            "https://other.example".to_owned()
        ))
    );
    let pretended = Issuer::new(CITY, "2026-1", &[8; 32]);
    let pretended = issue(&claims(), &pretended, &mut ChaCha12Rng::seed_from_u64(1)).unwrap();
    assert_eq!(
        check(&pretended),
        Err(CredentialError::Signature(CITY.to_owned()))
    );
    let at = |at: &str| check_bound(&credential(), &Expected::at(at.parse().unwrap())).unwrap_err();
    assert_eq!(
        at("2027-03-02T00:00:00Z"),
        CredentialError::Expired(claims().expires.unwrap())
    );
    assert_eq!(
        at("2026-03-01T00:00:00Z"),
        CredentialError::NotYet(issued())
    );
    let foreign = issue(&claims(), &city(), &mut ChaCha12Rng::seed_from_u64(2)).unwrap();
    let added = format!("{}{}~", credential(), foreign.split('~').nth(1).unwrap());
    assert_eq!(check(&added), Err(CredentialError::Disclosure));
    let doubled = format!(
        "{}{}~",
        credential(),
        credential().split('~').nth(1).unwrap()
    );
    assert_eq!(check(&doubled), Err(CredentialError::Disclosure));
}

#[test]
fn claims_with_a_meaning_of_their_own_are_not_hidden() {
    for name in ["iss", "exp", "cnf", "vct", "status", "_sd", "..."] {
        let mut claims = claims();
        claims.hidden.insert(name.to_owned(), json!(1));
        let refused = issue(&claims, &city(), &mut ChaCha12Rng::seed_from_u64(1));
        assert_eq!(refused, Err(IssueError::Reserved(name.to_owned())));
    }
    let mut twice = claims();
    twice.visible.insert("birthdate".to_owned(), json!("?"));
    let refused = issue(&twice, &city(), &mut ChaCha12Rng::seed_from_u64(1));
    assert_eq!(refused, Err(IssueError::Twice("birthdate".to_owned())));
    let mut marked = claims();
    marked
        .visible
        .insert("address".to_owned(), json!([{"...": "x"}]));
    marked.hidden.remove("address");
    assert!(issue(&marked, &city(), &mut ChaCha12Rng::seed_from_u64(1)).is_err());
}

#[test]
fn the_algorithm_none_and_other_types_are_refused() {
    use base64::Engine as _;
    let encode = |it: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(it);
    let whole = credential();
    let (_, rest) = whole.split_once('.').unwrap();
    for header in [
        r#"{"alg":"none","typ":"dc+sd-jwt"}"#,
        r#"{"alg":"EdDSA","typ":"JWT"}"#,
        r#"{"alg":"HS256","typ":"dc+sd-jwt"}"#,
    ] {
        assert_eq!(
            check(&format!("{}.{rest}", encode(header))),
            Err(CredentialError::Type)
        );
    }
}

/// The credential of RFC 9901, section 5.1 has lists and objects within; this is one like it, by our key.
#[test]
fn disclosures_within_disclosures_and_lists_are_put_in_place() {
    use base64::Engine as _;
    use ed25519_dalek::Signer as _;
    use sha2::{Digest, Sha256};
    let encode = |it: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(it);
    let digest = |it: &str| encode(&Sha256::digest(it));
    let street = encode(json!(["a", "street", "은하로 27"]).to_string().as_bytes());
    let address = json!(["b", "address", {"_sd": [digest(&street)], "city": "한빛시"}]);
    let address = encode(address.to_string().as_bytes());
    let korean = encode(json!(["c", "KR"]).to_string().as_bytes());
    let payload = json!({"iss": CITY, "vct": "x", "_sd": [digest(&address)], "nationalities": [{"...": digest(&korean)}, {"...": "decoy"}]});
    let header = json!({"alg": "EdDSA", "typ": "dc+sd-jwt"});
    let input = format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(payload.to_string().as_bytes())
    );
    let signature = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).sign(input.as_bytes());
    let jwt = format!("{input}.{}", encode(&signature.to_bytes()));
    let found = check(&format!("{jwt}~{street}~{korean}~{address}~")).unwrap();
    assert_eq!(
        Value::Object(found.claims),
        json!({"address": {"city": "한빛시", "street": "은하로 27"}, "nationalities": ["KR"]})
    );
    let found = check(&format!("{jwt}~{address}~")).unwrap();
    assert_eq!(
        Value::Object(found.claims),
        json!({"address": {"city": "한빛시"}, "nationalities": []})
    );
    // A disclosure without the one it stands in.
    assert_eq!(
        check(&format!("{jwt}~{street}~")),
        Err(CredentialError::Disclosure)
    );
}

#[test]
fn altered_and_cut_credentials_are_never_accepted() {
    let shown = present(&credential(), &["age_over_19"], Some(binding())).unwrap();
    let expected = Expected::from_holder(now(), BANK, "n-0S6");
    assert!(check_bound(&shown, &expected).is_ok());
    for end in 0..shown.len() {
        assert!(check_bound(&shown[..end], &expected).is_err(), "{end}");
    }
    for at in 0..shown.len() {
        for bit in [0, 5] {
            let mut bytes = shown.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let text = String::from_utf8(bytes).unwrap();
            assert!(check_bound(&text, &expected).is_err(), "bit {bit} of {at}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[A-Za-z0-9_.~-]{0,200}") {
        let _ = check(&text);
        let _ = present(&text, &["a"], None);
        let _ = check(&format!("{}{text}~", credential()));
    }
}
