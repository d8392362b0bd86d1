//! The vectors of `transparency-dev/merkle`: proofs that hold, and the many ways in which they may be forged.

use ledger::Hash;
use ledger::tree::{TreeHead, verify_consistency, verify_inclusion};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    name: String,
    leaf_idx: u64,
    tree_size: u64,
    root: Option<Base64>,
    leaf_hash: Option<Base64>,
    proof: Option<Vec<Base64>>,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Consistency {
    name: String,
    size1: u64,
    size2: u64,
    root1: Option<Base64>,
    root2: Option<Base64>,
    proof: Option<Vec<Base64>>,
    want_err: bool,
}

#[derive(Deserialize)]
struct Base64(String);

fn bytes(text: Option<Base64>) -> Option<Vec<u8>> {
    use base64::Engine as _;
    Some(
        base64::engine::general_purpose::STANDARD
            .decode(text?.0)
            .unwrap(),
    )
}

/// Nothing where the vector has no digest, or one of another length: our type has no room for it.
fn hash(text: Option<Base64>) -> Option<Hash> {
    Some(Hash(bytes(text)?.try_into().ok()?))
}

/// Some vectors of consistency have a text in place of a root: its digest then.
fn any_root(text: Option<Base64>) -> Option<Hash> {
    let bytes = bytes(text)?;
    let digest = bytes.as_slice().try_into();
    Some(digest.map_or_else(|_| Hash::of(&[&bytes]), Hash))
}

fn hashes(proof: Option<Vec<Base64>>) -> Option<Vec<Hash>> {
    let proof = proof.unwrap_or_default();
    proof.into_iter().map(|it| hash(Some(it))).collect()
}

#[test]
fn proofs_of_inclusion_hold_or_are_refused_as_the_vectors_say() {
    let text = include_str!("rfc6962/inclusion.json");
    let vectors: Vec<Inclusion> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 98);
    for it in vectors {
        let holds = || {
            let (size, root) = (it.tree_size, hash(it.root)?);
            let (leaf, proof) = (hash(it.leaf_hash)?, hashes(it.proof)?);
            verify_inclusion(&TreeHead { size, root }, it.leaf_idx, &leaf, &proof).ok()
        };
        assert_eq!(holds().is_none(), it.want_err, "{}", it.name);
    }
}

#[test]
fn proofs_of_consistency_hold_or_are_refused_as_the_vectors_say() {
    let text = include_str!("rfc6962/consistency.json");
    let vectors: Vec<Consistency> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 98);
    for it in vectors {
        let holds = || {
            let (size, root) = (it.size1, any_root(it.root1)?);
            let old = TreeHead { size, root };
            let (size, root) = (it.size2, any_root(it.root2)?);
            let new = TreeHead { size, root };
            verify_consistency(&old, &new, &hashes(it.proof)?).ok()
        };
        assert_eq!(holds().is_none(), it.want_err, "{}", it.name);
    }
}
