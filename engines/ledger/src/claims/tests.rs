use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn thing(number: u8) -> Hash {
    Hash::of(&[&[number]])
}

fn claim(number: u8, things: &[u8], period: (i32, Option<i32>)) -> Claim {
    let lock = Claim::lock(&Hash([number; 32]));
    let things = things.iter().map(|it| thing(*it)).collect();
    let about = ("lease", period.0, period.1);
    Claim::new(Hash([number; 32]), about, things, lock).unwrap()
}

fn after(map: &ClaimMap, claim: &Claim) -> Result<ClaimMap, ClaimError> {
    apply(map, &claim.entry().unwrap()).map(Option::unwrap)
}

#[test]
fn of_two_claims_on_one_thing_at_one_time_the_first_stands() {
    let first = claim(1, &[7], (100, Some(200)));
    let map = after(&ClaimMap::default(), &first).unwrap();
    for (from, until) in [
        (100, Some(200)),
        (0, Some(101)),
        (199, None),
        (150, Some(160)),
        (0, None),
    ] {
        let refused = after(&map, &claim(2, &[7], (from, until))).unwrap_err();
        assert!(
            matches!(refused, ClaimError::Taken { from: 100, .. }),
            "{from}: {refused}"
        );
    }
    // The day on which one ends is the day on which the next begins.
    for (from, until) in [(200, None), (0, Some(100))] {
        after(&map, &claim(2, &[7], (from, until))).unwrap();
    }
    after(&map, &claim(2, &[8], (150, None))).unwrap();
    let mut sale = claim(2, &[7], (150, None));
    sale.right = "ownership".to_owned();
    after(&map, &sale).unwrap();
}

#[test]
fn a_claim_on_several_things_is_had_whole_or_not() {
    let map = after(&ClaimMap::default(), &claim(1, &[7], (0, None))).unwrap();
    let refused = after(&map, &claim(2, &[6, 7, 8], (0, None)));
    assert!(matches!(refused, Err(ClaimError::Taken { .. })));
    after(&map, &claim(2, &[6, 8], (0, None))).unwrap();
}

#[test]
fn whoever_made_a_claim_gives_it_back_and_nobody_else() {
    let first = claim(1, &[7, 8], (0, None));
    let leaf = first.entry().unwrap().leaf();
    let map = after(&ClaimMap::default(), &first).unwrap();
    let release = |key| {
        Release::new(&first, leaf, Hash([key; 32]), Hash([9; 32]))
            .entry()
            .unwrap()
    };
    assert_eq!(
        apply(&map, &release(2)),
        Err(ClaimError::Key { claim: leaf })
    );
    let free = apply(&map, &release(1)).unwrap().unwrap();
    assert!(free.is_empty());
    let again = apply(&free, &release(1));
    assert!(matches!(again, Err(ClaimError::NoClaim { .. })));
    after(&free, &claim(2, &[7], (5, None))).unwrap();
}

#[test]
fn what_is_not_written_as_it_must_be_stands_nowhere() {
    let good = String::from_utf8(
        claim(1, &[7], (0, Some(9)))
            .entry()
            .unwrap()
            .bytes()
            .to_vec(),
    )
    .unwrap();
    let map = ClaimMap::default();
    for (text, is_other) in [
        (good.replace('{', "{ "), false),
        (good.replace("\"until\":9", "\"until\":0"), false),
        (good.replace("lease", "Lease"), false),
        (good.replace("\"until\":9", "\"until\":9,\"x\":1"), false),
        (good.replace("claim.v1", "claim.v2"), true),
        ("ledger.claim.v1".to_owned(), true),
    ] {
        let applied = apply(&map, &Entry::new(text.clone()).unwrap());
        assert_eq!(applied == Ok(None), is_other, "{text}: {applied:?}");
        assert_eq!(applied.is_err(), !is_other, "{text}: {applied:?}");
    }
    let things = |count: u8| (0..count).map(thing).collect::<Vec<_>>();
    for (right, from, until, things, expected) in [
        ("lease", 0, None, things(0), ClaimError::Things),
        ("lease", 0, None, things(17), ClaimError::Things),
        (
            "lease",
            0,
            None,
            vec![thing(1), thing(1)],
            ClaimError::Things,
        ),
        ("", 0, None, things(1), ClaimError::Right),
        ("lease", 5, Some(5), things(1), ClaimError::Period),
    ] {
        let refused = Claim::new(
            Hash::default(),
            (right, from, until),
            things,
            Hash::default(),
        );
        assert_eq!(refused, Err(expected));
    }
}

#[test]
fn the_digests_are_fixed() {
    // Worked out with another program (Python's hashlib).
    let held = Held {
        from: 1,
        until: None,
        claim: Hash([2; 32]),
        lock: Hash([3; 32]),
    };
    let key = ClaimMap::key(&Hash([1; 32]), "lease");
    let map = ClaimMap::default().with(key, vec![held]);
    assert_eq!(key.to_string(), KEY);
    assert_eq!(map.root().to_string(), ROOT);
}

const KEY: &str = "20dada57f1cd475d8bb07652884d1632c6d7d1c3cb9a8f50cb22a964d85d03c0";
const ROOT: &str = "dc7251261e6972d6ae70d4809a8ce2933ae79438f0225d66f1b46343c9687aad";

proptest! {
    #[test]
    fn the_map_is_one_whatever_the_order_and_proves_presence_and_absence(
        keys in prop::collection::btree_set(any::<u8>(), 0..40),
        order in any::<prop::sample::Index>(),
        asked in any::<u8>(),
    ) {
        let held = |number: u8| vec![Held {
            from: i32::from(number),
            until: None,
            claim: thing(number),
            lock: Hash::default(),
        }];
        let mut all: Vec<_> = keys.iter().map(|it| (thing(*it), held(*it))).collect();
        let map: ClaimMap = all.clone().into_iter().collect();
        if !all.is_empty() {
            let turn = order.index(all.len());
            all.rotate_left(turn);
        }
        // Others come and go.
        let mut other: ClaimMap = all.clone().into_iter().collect();
        for number in 100..110 {
            other = other.with(Hash::of(&[&[number, 1]]), held(number));
        }
        for number in 100..110 {
            other = other.with(Hash::of(&[&[number, 1]]), Vec::new());
        }
        prop_assert_eq!(&map, &other);
        let model: BTreeMap<_, _> = all.into_iter().collect();
        let listed: BTreeMap<_, _> = map.iter().map(|(key, held)| (key, held.to_vec())).collect();
        prop_assert_eq!(&listed, &model);
        let key = thing(asked);
        let proof = map.prove(&key);
        let proven = proof.verify(&map.root(), &key).unwrap();
        prop_assert_eq!(proven, model.get(&key).map(|it| ClaimMap::value(it)));
        prop_assert!(proof.verify(&Hash([9; 32]), &key).is_err());
        // The proof of another's absence says nothing here.
        if let Some(found) = proof.found && found.0 == key {
            let hidden = MapProof { found: None, ..proof.clone() };
            prop_assert!(hidden.verify(&map.root(), &key).is_err());
        }
        for place in 0..proof.siblings.len() {
            let mut altered = proof.clone();
            altered.siblings[place].0[0] ^= 1;
            prop_assert!(altered.verify(&map.root(), &key).is_err());
        }
    }
}
