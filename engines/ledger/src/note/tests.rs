use super::*;
use crate::Hash;
use crate::tree::TreeHead;

const KINDS: [Algorithm; 3] = [
    Algorithm::Ed25519,
    Algorithm::Ed25519Cosignature,
    Algorithm::MlDsa44,
];

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_seed("agency.example", algorithm, [7; 32]).unwrap()
}

fn checkpoint(size: u64) -> Checkpoint {
    let root = Hash::of(&[&size.to_be_bytes()]);
    Checkpoint::new("ledger.example", TreeHead { size, root }).unwrap()
}

#[test]
fn keys_read_back() {
    for algorithm in KINDS {
        let key = key(algorithm);
        let public = key.verifier();
        assert_eq!(
            public.to_string().parse::<VerifierKey>().as_ref(),
            Ok(public)
        );
        let again = SigningKey::parse(&key.secret()).unwrap();
        assert_eq!(again.verifier(), public);
        assert!(!format!("{key:?}").contains(&base64::encode(&[7; 32])[4..40]));
    }
}

#[test]
fn keys_of_others_are_read_and_spoiled_ones_are_not() {
    // From the tests of Go's sumdb/note.
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = SigningKey::parse(secret).unwrap();
    assert_eq!(key.verifier().to_string(), public);

    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert!(matches!(
        refused(&public.replace("c74", "c75")),
        KeyError::Id { .. }
    ));
    assert_eq!(refused(&public.replace("+AR", "+!R")), KeyError::Malformed);
    assert_eq!(
        refused(&public.replace("PeterN", "Peter N")),
        KeyError::Name
    );
    assert_eq!(
        refused("PeterNeumann+c74f20a3+AhAA"),
        KeyError::Algorithm(2)
    );
    assert!(matches!(
        refused("PeterNeumann+c74f20a3+ARAA"),
        KeyError::Key { .. }
    ));
    assert!(SigningKey::parse(public).is_err());
}

#[test]
fn a_signature_holds_for_its_checkpoint_its_key_and_its_time() {
    for algorithm in KINDS {
        let key = key(algorithm);
        let signature = key.sign(&checkpoint(5), 1_679_315_147).unwrap();
        let time = key.verifier().verify(&checkpoint(5), &signature);
        let expected = (algorithm != Algorithm::Ed25519).then_some(1_679_315_147);
        assert_eq!(time, Ok(expected));

        let name = "agency.example".to_owned();
        let invalid = Err(SignatureError::Invalid { name });
        assert_eq!(key.verifier().verify(&checkpoint(6), &signature), invalid);
        let other = SigningKey::from_seed("agency.example", algorithm, [8; 32]).unwrap();
        assert_eq!(other.verifier().verify(&checkpoint(5), &signature), invalid);
        for place in [0, 7, 8, 40, signature.signature().len() - 1] {
            let mut bytes = signature.signature().to_vec();
            bytes[place] ^= 1;
            let forged = Signature::new(signature.name().to_owned(), signature.id(), bytes);
            let refused = key.verifier().verify(&checkpoint(5), &forged.unwrap());
            assert_eq!(refused, invalid, "{algorithm:?} {place}");
        }
        let short = Signature::new(signature.name().to_owned(), signature.id(), vec![1; 9]);
        let refused = key.verifier().verify(&checkpoint(5), &short.unwrap());
        assert!(matches!(refused, Err(SignatureError::Length { .. })));
    }
}

#[test]
fn what_ml_dsa_signs_is_laid_out_as_specified() {
    let message = message(Algorithm::MlDsa44, "w.example", &checkpoint(5), 3);
    let expected = [
        b"subtree/v1\n\0\x09w.example\0\0\0\0\0\0\0\x03\x0eledger.example".as_slice(),
        &[0; 8],
        &[0, 0, 0, 0, 0, 0, 0, 5],
        &Hash::of(&[&5_u64.to_be_bytes()]).0,
    ];
    assert_eq!(message, expected.concat());
}
