//! The fault table: one row, one test.

use std::time::Duration;

use federation::message::Message;
use federation::node::{Behaviour, Finding, Flaw, Input, Node, Offence, Output, Voting};
use federation::wal::Wal;
use ledger::Entry;
use ledger::consensus::LedgerId;

use crate::chain::{MemoryChain, MemoryLog};
use crate::simulation::{Federation, ledger};

const ALL: [usize; 4] = [0, 1, 2, 3];

/// Submits at everybody in turn for a while.
fn busy(federation: &mut Federation, at: &[usize], rounds: usize) {
    for round in 0..rounds {
        federation.submit(at[round % at.len()], 3);
        federation.run(100);
    }
}

#[test]
fn one_alone_agrees_with_itself_at_once_and_without_the_log() {
    let mut one = Federation::new(1, 1);
    for _ in 0..10 {
        one.submit(0, 5);
    }
    assert_eq!(one.height(0), 10);
    one.assert_complete(&[0]);
    // Its vote leaves nowhere before the block is durable, so the block is the only write once the log is begun.
    assert_eq!(one.members[0].log.log().appends, 1);
    assert!(one.status(0).findings.is_empty());
}

#[test]
fn four_agree_wherever_entries_are_submitted() {
    let mut four = Federation::new(4, 2);
    busy(&mut four, &ALL, 20);
    four.run(1_000);
    four.assert_complete(&ALL);
    four.assert_only_named(&[], &ALL);
    assert!(four.height(0) >= 10);
    // Two writes of the log for a block at most: the prevote, and the precommit; and its beginning.
    let writes = four.members[0].log.log().appends as u64 - 1;
    assert!(writes <= 2 * four.height(0), "{writes} writes");
}

#[test]
fn an_entry_submitted_twice_stands_once_and_is_known() {
    let mut four = Federation::new(4, 3);
    four.submit(0, 1);
    let again = || Input::Submit(vec![Entry::new("entry 0").unwrap()]);
    four.step(0, again());
    four.step(1, again());
    four.run(1_000);
    four.step(2, again());
    assert_eq!(four.members[2].known, 1);
    four.run(1_000);
    four.assert_complete(&ALL);
}

#[test]
fn an_entry_that_may_not_stand_in_the_log_is_refused_where_it_was_submitted() {
    let mut four = Federation::new(4, 4);
    let bad = Entry::new("!").unwrap();
    four.step(0, Input::Submit(vec![bad]));
    four.submit(0, 2);
    four.run(5_000);
    four.assert_complete(&ALL);
    four.assert_only_named(&[], &ALL);
    assert_eq!(four.members[0].refused.len(), 1);
}

#[test]
fn an_agency_that_does_not_vote_is_told_of_a_refusal_as_well() {
    let mut five = Federation::of(5, 4, 25);
    let bad = || Entry::new("!").unwrap();
    five.step(4, Input::Submit(vec![bad()]));
    assert_eq!(five.members[4].refused.len(), 1);
    // Told of it by others, nobody keeps it.
    let from = five.members[4].signer.id();
    let bytes = Message::Entries(vec![bad()]).encode(ledger());
    five.step(0, Input::Message { from, bytes });
    assert_eq!(five.status(0).waiting, 0);
    five.submit(4, 2);
    five.run(5_000);
    five.assert_complete(&[0, 1, 2, 3, 4]);
}

#[test]
fn blocks_are_not_sent_again_and_again_to_a_peer_that_asks_so() {
    let mut four = Federation::new(4, 26);
    busy(&mut four, &ALL, 5);
    four.run(2_000);
    let from = four.members[3].signer.id();
    let mut now_ms = four.now_ms;
    let mut sent = |node: &mut Node<MemoryChain, MemoryLog>, first, after_ms| {
        now_ms += after_ms;
        let bytes = Message::Wanted { from: first }.encode(ledger());
        let outputs = node.handle(now_ms, Input::Message { from, bytes }).unwrap();
        let blocks = |it: &&Output| matches!(it, Output::Send(_, Message::Blocks(_)));
        outputs.iter().filter(blocks).count()
    };
    let mut node = four.members[0].node.take().unwrap();
    let answers = [0, 10, 10, 10, 980].map(|after_ms| sent(&mut node, 1, after_ms));
    assert_eq!(answers, [1, 0, 0, 0, 1]);
}

#[test]
fn one_killed_the_others_go_on_and_it_catches_up() {
    let mut four = Federation::new(4, 5);
    busy(&mut four, &ALL, 5);
    four.kill(3);
    busy(&mut four, &[0, 1, 2], 30);
    four.run(5_000);
    four.assert_complete(&[0, 1, 2]);
    assert!(four.status(0).peers.iter().any(|it| !it.connected));
    four.start(3).unwrap();
    four.run(3_000);
    four.assert_complete(&ALL);
}

#[test]
fn two_killed_it_halts_and_resumes_without_loss() {
    let mut four = Federation::new(4, 6);
    busy(&mut four, &ALL, 5);
    four.run(1_000);
    four.kill(2);
    four.kill(3);
    four.run(100);
    let before = four.height(0);
    busy(&mut four, &[0, 1], 20);
    four.run(20_000);
    assert_eq!((four.height(0), four.height(1)), (before, before));
    four.start(2).unwrap();
    four.start(3).unwrap();
    four.run(30_000);
    four.assert_complete(&ALL);
    four.assert_only_named(&[2, 3], &ALL);
}

#[test]
fn all_killed_at_once_they_say_again_what_they_said() {
    for after in 0..60 {
        let mut four = Federation::new(4, 7 + after);
        busy(&mut four, &ALL, 2);
        four.submit(0, 5);
        four.run(after / 2);
        ALL.iter().for_each(|of| four.kill(*of));
        ALL.iter().for_each(|of| four.start(*of).unwrap());
        // What was not told to anybody died with the process; the submitter, not answered, submits again.
        let again = (0..11).map(|it| Entry::new(format!("entry {it}")).unwrap());
        four.step(1, Input::Submit(again.collect()));
        four.run(20_000);
        four.assert_complete(&ALL);
        four.assert_only_named(&[], &ALL);
    }
}

#[test]
fn a_partition_in_halves_halts_and_heals() {
    let mut four = Federation::new(4, 8);
    busy(&mut four, &ALL, 5);
    four.partition(&[0, 1]);
    four.run(100);
    let before = four.blocks.len();
    busy(&mut four, &ALL, 20);
    four.run(10_000);
    assert_eq!(four.blocks.len(), before);
    four.heal();
    four.run(30_000);
    four.assert_complete(&ALL);
}

#[test]
fn one_cut_off_follows_when_it_is_back() {
    let mut four = Federation::new(4, 9);
    four.partition(&[2]);
    busy(&mut four, &ALL, 40);
    four.run(5_000);
    assert_eq!(four.height(2), 0);
    four.heal();
    four.run(20_000);
    four.assert_complete(&ALL);
}

/// The last of four breaks the rules; the others go on without a fork, and name it.
fn misbehaves(behaviour: Behaviour, offences: &[Offence]) -> Federation {
    let mut four = Federation::new(4, 10);
    four.misbehave(3, behaviour);
    for _ in 0..60 {
        four.submit(0, 2);
        four.submit(1, 2);
        four.run(250);
    }
    four.run(20_000);
    four.assert_complete(&[0, 1, 2]);
    four.assert_only_named(&[3], &[0, 1, 2]);
    for by in 0..3 {
        let named = four.named(by, 3);
        let found = offences.iter().any(|it| named.contains(it));
        assert!(found, "{by} found {named:?}, not {offences:?}");
    }
    four
}

#[test]
fn a_silent_validator_is_named() {
    misbehaves(Behaviour::Silent, &[Offence::Silent]);
}

#[test]
fn a_proposer_of_two_blocks_is_proved_to_be_one() {
    let four = misbehaves(Behaviour::EquivocatingProposer, &[Offence::DoubleProposal]);
    assert!(
        four.status(0)
            .findings
            .iter()
            .any(|it| it.evidence.is_some())
    );
}

#[test]
fn a_voter_for_two_blocks_is_proved_to_be_one() {
    let four = misbehaves(Behaviour::EquivocatingVoter, &[Offence::DoubleVote]);
    assert!(
        four.status(0)
            .findings
            .iter()
            .any(|it| it.evidence.is_some())
    );
}

#[test]
fn what_was_found_and_its_evidence_outlive_the_process() {
    let mut four = misbehaves(Behaviour::EquivocatingVoter, &[Offence::DoubleVote]);
    let before = four.status(0).findings;
    four.kill(0);
    four.start(0).unwrap();
    let after = four.status(0).findings;
    // How often is known as of when it was first seen.
    let shown = |it: &Finding| (it.validator, it.offence, it.evidence.clone());
    assert!(before.iter().map(shown).eq(after.iter().map(shown)));
    four.assert_only_named(&[3], &[0]);
    // Altered it is not believed, and holds nobody up.
    four.kill(0);
    four.members[0].log.log().kept[9] ^= 1;
    four.start(0).unwrap();
    assert!(four.status(0).findings.is_empty());
}

#[test]
fn a_forger_is_named_and_not_whom_it_names() {
    misbehaves(Behaviour::Forger, &[Offence::Forgery]);
}

#[test]
fn a_delayer_is_named() {
    let delay = Behaviour::Delayer(Duration::from_millis(1_500));
    misbehaves(delay, &[Offence::Late]);
}

#[test]
fn a_replayer_of_old_votes_is_named() {
    misbehaves(Behaviour::Replayer, &[Offence::Replay]);
}

#[test]
fn a_voter_of_another_ledger_is_named() {
    misbehaves(Behaviour::Foreigner, &[Offence::Forgery]);
}

#[test]
fn a_proposer_of_a_wrong_root_is_named() {
    let flaw = Behaviour::InvalidProposer(Flaw::WrongRoot);
    misbehaves(flaw, &[Offence::InvalidBlock]);
}

#[test]
fn a_proposer_of_a_duplicate_is_named() {
    let flaw = Behaviour::InvalidProposer(Flaw::Duplicate);
    misbehaves(flaw, &[Offence::InvalidBlock]);
}

#[test]
fn a_proposer_of_too_much_is_named() {
    let flaw = Behaviour::InvalidProposer(Flaw::Oversize);
    misbehaves(flaw, &[Offence::Malformed]);
}

#[test]
fn a_proposer_a_year_ahead_is_named() {
    let flaw = Behaviour::InvalidProposer(Flaw::ClockAYearOff);
    misbehaves(flaw, &[Offence::InvalidBlock]);
}

#[test]
fn a_clock_a_year_behind_holds_nobody_up_and_is_told() {
    let mut four = Federation::new(4, 11);
    four.members[3].clock_ms = -365 * 24 * 3_600_000;
    busy(&mut four, &[0, 1, 2], 40);
    four.run(10_000);
    four.assert_complete(&ALL);
    four.assert_only_named(&[3], &[0, 1, 2]);
    // It finds its own clock at fault, and accuses nobody.
    four.assert_only_named(&[], &[3]);
    assert!(four.status(3).clock_ahead_ms.unwrap() < -300 * 24 * 3_600_000);
}

#[test]
fn messages_of_another_ledger_and_rubbish_end_the_connection() {
    let mut four = Federation::new(4, 12);
    let from = four.members[1].signer.id();
    let elsewhere = LedgerId::of_origin("ledger.test/elsewhere");
    let foreign = federation::message::Message::Status { height: 9 }.encode(elsewhere);
    four.step(
        0,
        Input::Message {
            from,
            bytes: foreign,
        },
    );
    let rubbish = vec![7; 100];
    four.step(
        0,
        Input::Message {
            from,
            bytes: rubbish,
        },
    );
    let named = four.named(0, 1);
    assert_eq!(named, [Offence::ForeignLedger, Offence::Malformed]);
}

#[test]
fn a_failed_write_of_the_log_stops_the_validator_before_the_vote_leaves() {
    for fails_at in 0..12 {
        let mut four = Federation::new(4, 13);
        four.members[3].log.log().fails_at = Some(fails_at);
        busy(&mut four, &ALL, 20);
        four.run(10_000);
        let halted = four.members[3].halted.clone().unwrap();
        assert!(halted.contains("write-ahead log"), "{halted}");
        // Nothing it did not log was seen by anybody: started again it contradicts nothing.
        four.kill(3);
        four.members[3].log.log().fails_at = None;
        four.start(3).unwrap();
        busy(&mut four, &ALL, 10);
        four.run(20_000);
        four.assert_acknowledged(3);
        four.assert_only_named(&[3], &[0, 1, 2]);
        assert!(!four.named(0, 3).contains(&Offence::DoubleVote));
        assert_eq!(four.height(3), four.height(0));
    }
}

#[test]
fn a_full_disk_in_a_commit_stops_the_validator_and_loses_nothing() {
    let mut four = Federation::new(4, 14);
    busy(&mut four, &ALL, 5);
    four.members[3].chain.disk().full = true;
    busy(&mut four, &[0, 1, 2], 10);
    let halted = four.members[3].halted.clone().unwrap();
    assert!(halted.contains("no space left"), "{halted}");
    assert!(four.status(3).halted.is_some());
    four.kill(3);
    four.members[3].chain.disk().full = false;
    four.start(3).unwrap();
    four.run(10_000);
    four.assert_complete(&ALL);
}

#[test]
fn one_alone_with_a_full_disk_acknowledges_nothing() {
    let mut one = Federation::new(1, 15);
    one.members[0].chain.disk().full = true;
    one.submit(0, 3);
    assert!(one.members[0].halted.is_some());
    assert!(one.acknowledged.is_empty());
    one.submit(0, 3);
    assert!(one.acknowledged.is_empty());
    one.kill(0);
    one.members[0].chain.disk().full = false;
    one.start(0).unwrap();
    one.submit(0, 3);
    one.assert_acknowledged(0);
    assert_eq!(one.acknowledged.len(), 3);
}

#[test]
fn a_corrupt_log_does_not_start_until_it_is_forgotten_and_then_abstains() {
    let mut four = Federation::new(4, 16);
    busy(&mut four, &ALL, 5);
    four.run(1_000);
    four.kill(3);
    four.members[3].log.log().bytes[30] ^= 1;
    let refused = four.start(3).unwrap_err().to_string();
    assert!(refused.contains("README"), "{refused}");
    // Emptied it is no new log.
    four.members[3].log.log().bytes.clear();
    let refused = four.start(3).unwrap_err().to_string();
    assert!(refused.contains("Wal::forget"), "{refused}");
    // Given up: it abstains where it may have voted, however often it is started, and votes again when the others passed that.
    let height = four.height(3);
    let through = Voting::AbstainsThrough(height + 1);
    forget(&four, 3, height);
    for _ in 0..3 {
        four.start(3).unwrap();
        assert_eq!(four.status(3).votes, through);
        four.kill(3);
    }
    four.start(3).unwrap();
    // It holds nobody up, and lends nobody its vote: without it two are too few.
    four.kill(2);
    busy(&mut four, &[0, 1, 3], 5);
    four.run(20_000);
    assert_eq!((four.height(0), four.status(3).votes), (height, through));
    four.start(2).unwrap();
    busy(&mut four, &[0, 1, 2], 10);
    four.run(5_000);
    assert_eq!(four.status(3).votes, Voting::Yes);
    four.assert_complete(&ALL);
    four.kill(2);
    busy(&mut four, &[0, 1], 10);
    four.run(10_000);
    four.assert_complete(&[0, 1, 3]);
    // The others have heard of no second vote.
    four.assert_only_named(&[2], &[0, 1, 3]);
}

fn forget(federation: &Federation, of: usize, height: u64) {
    let member = &federation.members[of];
    Wal::forget(member.log.clone(), &member.signer, height).unwrap();
}

#[test]
fn an_emptied_log_is_taken_for_a_new_one_only_where_nothing_was_agreed_on_yet() {
    let mut four = Federation::new(4, 21);
    let empty = |four: &Federation| four.members[3].log.log().bytes.clear();
    four.kill(3);
    empty(&four);
    four.start(3).unwrap();
    busy(&mut four, &ALL, 5);
    four.run(1_000);
    four.kill(3);
    empty(&four);
    let refused = four.start(3).unwrap_err().to_string();
    assert!(refused.contains("missing or empty"), "{refused}");
}

#[test]
fn one_alone_goes_on_at_once_without_its_log() {
    let mut one = Federation::new(1, 22);
    one.submit(0, 3);
    for given_up in [false, true] {
        one.kill(0);
        one.members[0].log.log().bytes.clear();
        if given_up {
            forget(&one, 0, one.height(0));
        }
        one.start(0).unwrap();
        assert_eq!(one.status(0).votes, Voting::Yes);
        one.submit(0, 3);
    }
    one.assert_complete(&[0]);
    // Where blocks are known to be missing here it waits for them: others may have had a part in them.
    one.kill(0);
    forget(&one, 0, 9);
    one.start(0).unwrap();
    assert_eq!(one.status(0).votes, Voting::AbstainsThrough(10));
}

#[test]
fn one_alone_votes_for_nothing_whatever_a_follower_says() {
    let mut two = Federation::of(2, 1, 27);
    let follower = two.members[1].signer.clone();
    let vote = follower.sign_vote(ledger::consensus::Vote {
        kind: arc_malachitebft_core_types::VoteType::Prevote,
        height: ledger::consensus::Height(1),
        round: arc_malachitebft_core_types::Round::new(0),
        block: arc_malachitebft_core_types::NilOrVal::Nil,
        validator: follower.id(),
    });
    let bytes = Message::Vote(vote).encode(ledger());
    let from = follower.id();
    two.step(0, Input::Message { from, bytes });
    two.run(10_000);
    assert_eq!(two.status(0).round, None);
    // Only the log's beginning was written: it has said nothing that its log would have to hold.
    assert_eq!(two.members[0].log.log().appends, 1);
    two.submit(0, 3);
    two.run(1_000);
    two.assert_complete(&[0, 1]);
    assert_eq!(two.members[0].log.log().appends, 1);
}

#[test]
fn one_that_lost_its_disk_fetches_all_and_does_not_vote_on_the_next_block() {
    let mut four = Federation::new(4, 23);
    busy(&mut four, &ALL, 10);
    four.run(1_000);
    four.kill(3);
    let keys = four.members[0].chain.disk().keys.clone();
    four.members[3].chain = MemoryChain::new(&keys);
    let seen = four.height(0);
    // Its operator just starts it with new files.
    four.members[3].log.log().bytes.clear();
    four.start(3).unwrap();
    four.run(3_000);
    assert_eq!(four.height(3), seen);
    let through = Voting::AbstainsThrough(seen + 1);
    assert_eq!(four.status(3).votes, through);
    four.kill(3);
    four.start(3).unwrap();
    assert_eq!(four.status(3).votes, through);
    busy(&mut four, &ALL, 5);
    four.run(3_000);
    assert_eq!(four.status(3).votes, Voting::Yes);
    four.assert_complete(&ALL);
    four.assert_only_named(&[], &ALL);
    // And it does vote.
    four.kill(0);
    busy(&mut four, &[1, 2, 3], 5);
    four.run(20_000);
    four.assert_complete(&[1, 2, 3]);
}

#[test]
fn a_follower_that_becomes_a_validator_votes_at_once() {
    let mut two = Federation::of(2, 1, 28);
    busy(&mut two, &[0], 5);
    two.run(2_000);
    let key = two.members[1].signer.public_key();
    let entry = Entry::new([b"+", &key[..]].concat()).unwrap();
    two.step(0, Input::Submit(vec![entry]));
    two.run(2_000);
    assert_eq!(two.status(1).votes, Voting::Yes);
    // Both must vote.
    busy(&mut two, &[0, 1], 5);
    two.run(5_000);
    two.assert_complete(&[0, 1]);
}

#[test]
fn all_logs_are_lost_and_given_up_for_the_block_before_they_vote_at_once() {
    let mut four = Federation::new(4, 24);
    busy(&mut four, &ALL, 10);
    four.run(1_000);
    ALL.iter().for_each(|of| four.kill(*of));
    let height = four.height(0);
    ALL.iter().for_each(|of| forget(&four, *of, height - 1));
    ALL.iter().for_each(|of| four.start(*of).unwrap());
    assert_eq!(four.status(0).votes, Voting::Yes);
    busy(&mut four, &ALL, 5);
    four.run(10_000);
    four.assert_complete(&ALL);
}

#[test]
fn blocks_older_than_the_log_are_fetched_before_it_votes() {
    let mut four = Federation::new(4, 17);
    busy(&mut four, &ALL, 20);
    four.run(1_000);
    four.kill(3);
    // An old copy of the blocks was put back.
    let keys: Vec<_> = four
        .members
        .iter()
        .map(|it| it.signer.public_key())
        .collect();
    four.members[3].chain = MemoryChain::new(&keys);
    four.start(3).unwrap();
    assert!(matches!(four.status(3).votes, Voting::AbstainsThrough(_)));
    four.run(3_000);
    busy(&mut four, &ALL, 5);
    four.run(3_000);
    four.assert_complete(&ALL);
    four.assert_only_named(&[], &ALL);
}

#[test]
fn a_second_process_with_the_same_key_stops_itself() {
    let mut four = Federation::new(4, 18);
    busy(&mut four, &ALL, 5);
    let twin = &four.members[3];
    let (config, signer) = (twin.config.clone(), twin.signer.clone());
    let (chain, log) = (twin.chain.clone(), MemoryLog::default());
    log.log().bytes = twin.log.log().bytes.clone();
    let (mut twin, _) = Node::open(config, signer, chain, log, four.now_ms).unwrap();
    let mine = four.members[3].signer.id();
    let height = four.height(0) + 1;
    let sign = |block| {
        let vote = ledger::consensus::Vote {
            kind: arc_malachitebft_core_types::VoteType::Prevote,
            height: ledger::consensus::Height(height),
            round: arc_malachitebft_core_types::Round::new(0),
            block,
            validator: mine,
        };
        four.members[3].signer.sign_vote(vote)
    };
    let votes = [
        sign(arc_malachitebft_core_types::NilOrVal::Nil),
        sign(arc_malachitebft_core_types::NilOrVal::Val(
            ledger::Hash::default(),
        )),
    ];
    let from = four.members[0].signer.id();
    let mut ends = votes.map(|vote| {
        let bytes = federation::message::Message::Vote(vote).encode(crate::simulation::ledger());
        twin.handle(four.now_ms, Input::Message { from, bytes })
    });
    assert!(
        ends[1]
            .as_mut()
            .unwrap_err()
            .to_string()
            .contains("same key")
    );
}

#[test]
fn a_validator_joins_and_another_leaves_by_entries_of_the_ledger() {
    let mut five = Federation::of(5, 4, 19);
    busy(&mut five, &ALL, 5);
    five.run(1_000);
    assert_eq!(five.status(4).votes, Voting::NoValidator);
    let (fifth, first) = (
        five.members[4].signer.public_key(),
        five.members[0].signer.public_key(),
    );
    let entry = |sign: u8, key: [u8; 32]| Entry::new([&[sign][..], &key].concat()).unwrap();
    five.step(0, Input::Submit(vec![entry(b'+', fifth)]));
    five.run(1_000);
    assert_eq!(five.status(4).votes, Voting::Yes);
    five.step(4, Input::Submit(vec![entry(b'-', first)]));
    five.run(1_000);
    assert_eq!(five.status(0).votes, Voting::NoValidator);
    // Without the fifth three of four would be the least that agree.
    five.kill(1);
    busy(&mut five, &[2, 3, 4], 10);
    five.run(10_000);
    five.assert_complete(&[0, 2, 3, 4]);
}

#[test]
fn a_block_interval_is_kept_and_entries_wait_for_it() {
    let mut one = Federation::new(1, 20);
    one.kill(0);
    one.members[0].config.block_interval = Duration::from_millis(500);
    one.start(0).unwrap();
    for _ in 0..100 {
        one.submit(0, 1);
        one.run(50);
    }
    one.run(1_000);
    one.assert_complete(&[0]);
    assert!((9..=12).contains(&one.height(0)), "{}", one.height(0));
}
