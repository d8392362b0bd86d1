use arc_malachitebft_core_types::{Context, NilOrVal, Round, RoundCertificateType, VoteType};

use super::codec::Reader;
use super::*;
use crate::Hash;

fn ledger() -> LedgerId {
    LedgerId::of_origin("ledger.test/one")
}

fn signers(count: u8) -> Vec<Signer> {
    (1..=count)
        .map(|it| Signer::new(ledger(), &[it; 32]))
        .collect()
}

fn set(signers: &[Signer]) -> ValidatorSet {
    ValidatorSet::new(signers.iter().map(Signer::public_key)).unwrap()
}

fn vote(kind: VoteType, block: NilOrVal<Hash>, by: &Signer) -> SignedVote {
    by.sign_vote(Vote {
        kind,
        height: Height(7),
        round: Round::new(1),
        block,
        validator: by.id(),
    })
}

fn block() -> Hash {
    Hash::of(&[b"a block"])
}

fn certificate(by: &[Signer]) -> Certificate {
    let votes = by
        .iter()
        .map(|it| vote(VoteType::Precommit, NilOrVal::Val(block()), it))
        .collect();
    let commit = arc_malachitebft_core_types::CommitCertificate::new(
        Height(7),
        Round::new(1),
        block(),
        votes,
    );
    Certificate::from_commit(&commit).unwrap()
}

#[test]
fn messages_read_back_and_torn_or_longer_ones_do_not() {
    let by = &signers(1)[0];
    let signed = vote(VoteType::Prevote, NilOrVal::Nil, by);
    let mut bytes = Vec::new();
    codec::put_signed_vote(&mut bytes, &signed);
    assert_eq!(bytes.len(), 78 + 64);
    assert_eq!(Reader(&bytes).signed_vote(), Ok(signed));
    for end in 0..bytes.len() {
        assert_eq!(Reader(&bytes[..end]).signed_vote(), Err(CodecError::Length));
    }
    // A vote for no block that names one would be a second way to write the same.
    bytes[14] = 1;
    assert_eq!(Reader(&bytes).signed_vote(), Err(CodecError::Unknown));

    let proposal = by.sign_proposal(Proposal {
        height: Height(7),
        round: Round::new(2),
        block: block(),
        pol_round: Round::Nil,
        validator: by.id(),
    });
    let mut bytes = Vec::new();
    codec::put_signed_proposal(&mut bytes, &proposal);
    assert_eq!(bytes.len(), 80 + 64);
    assert_eq!(Reader(&bytes).signed_proposal(), Ok(proposal));
}

#[test]
fn a_signature_holds_for_its_kind_and_its_ledger_only() {
    let by = &signers(1)[0];
    let set = set(&signers(1));
    let key = set.voters()[0].key();
    let signed = vote(VoteType::Precommit, NilOrVal::Val(block()), by);
    let holds = |ledger: LedgerId, vote: &Vote| ledger.verify_vote(vote, &signed.signature, key);
    assert!(holds(ledger(), &signed.message));
    assert!(!holds(
        LedgerId::of_origin("ledger.test/two"),
        &signed.message
    ));
    let mut other = signed.message.clone();
    other.kind = VoteType::Prevote;
    assert!(!holds(ledger(), &other));
}

#[test]
fn a_certificate_proves_agreement_of_more_than_two_thirds() {
    let (signers, ledger) = (signers(4), ledger());
    let validators = set(&signers);
    let good = certificate(&signers[..3]);
    assert_eq!(good.verify(ledger, block(), &validators), Ok(()));
    assert_eq!(Certificate::decode(&good.encode()), Ok(good.clone()));

    let few = certificate(&signers[..2]);
    let wrong = few.verify(ledger, block(), &validators);
    assert!(matches!(
        wrong,
        Err(CertificateError::TooFew {
            signed: 2,
            quorum: 3,
            ..
        })
    ));

    let mut twice = good.clone();
    twice.signatures[1] = twice.signatures[0].clone();
    assert_eq!(
        twice.verify(ledger, block(), &validators),
        Err(CertificateError::Order)
    );

    let other = LedgerId::of_origin("ledger.test/two");
    let wrong = good.verify(other, block(), &validators);
    assert!(matches!(wrong, Err(CertificateError::Signature { .. })));

    let wrong = good.verify(ledger, Hash::default(), &validators);
    assert!(matches!(
        wrong,
        Err(CertificateError::Block { height: 7, .. })
    ));

    let stranger = set(&signers[1..]);
    let wrong = good.verify(ledger, block(), &stranger);
    assert!(matches!(wrong, Err(CertificateError::Unknown { .. })));
    assert!(certificate(&signers).encode().len() < MAX_CERTIFICATE_BYTES / 32);
}

#[test]
fn certificates_of_rounds_read_back_and_are_counted() {
    let (signers, ledger) = (signers(4), ledger());
    let validators = set(&signers);
    let votes = |kind, count: usize| -> Vec<_> {
        let by = signers[..count].iter();
        by.map(|it| vote(kind, NilOrVal::Val(block()), it))
            .collect()
    };
    let polka = |count| {
        let votes = votes(VoteType::Prevote, count);
        PolkaCertificate::new(Height(7), Round::new(1), block(), votes)
    };
    assert!(verify_polka(ledger, &polka(3), &validators).is_ok());
    assert!(verify_polka(ledger, &polka(2), &validators).is_err());
    let mut bytes = Vec::new();
    codec::put_polka(&mut bytes, &polka(3));
    assert_eq!(Reader(&bytes).polka(), Ok(polka(3)));
    assert_eq!(Reader(&bytes).round_certificate(), Err(CodecError::Unknown));

    let round = |kind, count, of| {
        RoundCertificate::new_from_votes(Height(7), Round::new(1), of, votes(kind, count))
    };
    let skip = round(VoteType::Prevote, 2, RoundCertificateType::Skip);
    assert!(verify_round(ledger, &skip, &validators).is_ok());
    let leave = round(VoteType::Prevote, 3, RoundCertificateType::Precommit);
    assert!(verify_round(ledger, &leave, &validators).is_err());
    let leave = round(VoteType::Precommit, 3, RoundCertificateType::Precommit);
    assert!(verify_round(ledger, &leave, &validators).is_ok());
    let mut bytes = Vec::new();
    codec::put_round(&mut bytes, &leave);
    assert_eq!(Reader(&bytes).round_certificate(), Ok(leave));
}

#[test]
fn evidence_holds_against_whoever_signed_both_and_nobody_else() {
    let signers = signers(2);
    let (ledger, validators) = (ledger(), set(&signers));
    let one = vote(VoteType::Prevote, NilOrVal::Nil, &signers[0]);
    let two = vote(VoteType::Prevote, NilOrVal::Val(block()), &signers[0]);
    let evidence = Evidence::Votes(one.clone(), two.clone());
    assert_eq!(evidence.validator(), signers[0].id());
    assert_eq!(evidence.verify(ledger, &validators), Ok(()));
    assert_eq!(Evidence::decode(&evidence.encode()), Ok(evidence));

    let same = Evidence::Votes(one.clone(), one.clone());
    assert_eq!(
        same.verify(ledger, &validators),
        Err(EvidenceError::NoConflict)
    );
    let later = vote(VoteType::Precommit, NilOrVal::Val(block()), &signers[0]);
    let apart = Evidence::Votes(one.clone(), later);
    assert_eq!(
        apart.verify(ledger, &validators),
        Err(EvidenceError::NoConflict)
    );
    let mut forged = two;
    forged.signature = one.signature.clone();
    let forged = Evidence::Votes(one, forged);
    assert_eq!(
        forged.verify(ledger, &validators),
        Err(EvidenceError::Signature)
    );
}

#[test]
fn validators_propose_in_turn_and_are_checked() {
    let signers = signers(4);
    let validators = set(&signers);
    let turn = |height, round| {
        let round = Round::new(round);
        BlockContext
            .select_proposer(&validators, Height(height), round)
            .id()
    };
    let four: std::collections::BTreeSet<_> = (0..4).map(|it| turn(9, it)).collect();
    assert_eq!(four.len(), 4);
    assert_eq!(turn(9, 1), turn(10, 0));
    assert_eq!(ValidatorSet::new([]), Err(InvalidValidators::Empty));
    let key = signers[0].public_key();
    let twice = ValidatorSet::new([key, key]);
    assert!(matches!(twice, Err(InvalidValidators::Twice { .. })));
}
