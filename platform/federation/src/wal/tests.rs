use arc_malachitebft_core_types::{NilOrVal, Round, Timeout, VoteType};
use ledger::consensus::{Height, LedgerId, Vote};

use super::*;

#[derive(Debug, Default)]
struct Bytes(Vec<u8>);

impl Storage for &mut Bytes {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.0.clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend(bytes);
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.truncate(length as usize);
        Ok(())
    }

    fn kept(&mut self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn keep(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

fn signer(secret: u8) -> Signer {
    Signer::new(LedgerId::of_origin("ledger.test/one"), &[secret; 32])
}

fn records() -> [Record; 2] {
    let by = signer(1);
    let vote = by.sign_vote(Vote {
        kind: VoteType::Prevote,
        height: Height(7),
        round: Round::new(0),
        block: NilOrVal::Nil,
        validator: by.id(),
    });
    let timeout = Timeout::propose(Round::new(0));
    [Record::Timeout(timeout), Record::Vote(vote)]
}

fn opened(bytes: &mut Bytes) -> Logged {
    Wal::open(bytes, &signer(1)).unwrap().1
}

/// Two frames of height 7, and where the second begins.
fn written(bytes: &mut Bytes) -> usize {
    let (mut wal, logged) = Wal::open(&mut *bytes, &signer(1)).unwrap();
    assert_eq!(logged.unknown_through, None);
    wal.begin(0).unwrap();
    wal.push(&records()[0]);
    wal.flush(7).unwrap();
    let second = wal.storage.0.len();
    wal.push(&records()[1]);
    wal.flush(7).unwrap();
    second
}

#[test]
fn records_read_back_and_a_new_height_replaces_them() {
    let mut bytes = Bytes::default();
    written(&mut bytes);
    let (mut wal, logged) = Wal::open(&mut bytes, &signer(1)).unwrap();
    assert_eq!((logged.height, logged.records), (7, records().to_vec()));
    wal.push(&records()[0]);
    wal.pass();
    wal.flush(7).unwrap();
    wal.push(&records()[1]);
    wal.flush(8).unwrap();
    let logged = opened(&mut bytes);
    assert_eq!(
        (logged.height, logged.records),
        (8, records()[1..].to_vec())
    );
    assert_eq!(logged.unknown_through, Some(0));
}

#[test]
fn a_log_that_was_given_up_says_so_whatever_is_written_later() {
    let mut bytes = Bytes(b"rubbish".to_vec());
    assert!(Wal::open(&mut bytes, &signer(1)).is_err() || bytes.0.is_empty());
    Wal::forget(&mut bytes, &signer(1), 2).unwrap();
    let (mut wal, logged) = Wal::open(&mut bytes, &signer(1)).unwrap();
    assert_eq!((logged.unknown_through, logged.height), (Some(3), 0));
    assert!(wal.is_unused());
    wal.doubt(7).unwrap();
    for height in [8, 9] {
        wal.push(&records()[0]);
        wal.flush(height).unwrap();
    }
    let logged = opened(&mut bytes);
    assert_eq!((logged.unknown_through, logged.height), (Some(7), 9));
}

#[test]
fn a_crash_between_two_heights_does_not_look_like_a_log_that_somebody_emptied() {
    let mut bytes = Bytes::default();
    let (mut wal, _) = Wal::open(&mut bytes, &signer(1)).unwrap();
    wal.begin(0).unwrap();
    let first = wal.first;
    wal.push(&records()[0]);
    wal.flush(7).unwrap();
    let frame = bytes.0.clone();
    for end in first..frame.len() {
        let mut torn = Bytes(frame[..end].to_vec());
        let logged = opened(&mut torn);
        assert_eq!((logged.unknown_through, logged.height), (Some(0), 0));
    }
    let mut emptied = Bytes::default();
    assert_eq!(opened(&mut emptied).unknown_through, None);
}

#[test]
fn a_torn_tail_is_cut_wherever_it_was_torn() {
    let mut whole = Bytes::default();
    let second = written(&mut whole);
    for end in second..whole.0.len() {
        for zeros in [0, 40] {
            let mut torn = Bytes(whole.0[..end].to_vec());
            torn.0.extend(vec![0; zeros]);
            let short = end + zeros < whole.0.len() || zeros == 0;
            match Wal::open(&mut torn, &signer(1)) {
                Ok((_, logged)) => assert_eq!(logged.records, records()[..1], "{end}"),
                // Zeros where the seal should be half written: it cannot be told from damage.
                Err(WalError::Corrupt { .. }) => assert!(!short || zeros > 0, "{end}"),
                Err(other) => panic!("{other}"),
            }
            if zeros == 0 {
                assert_eq!(torn.0.len(), second);
            }
        }
    }
}

#[test]
fn corruption_in_the_middle_is_refused() {
    let mut whole = Bytes::default();
    let second = written(&mut whole);
    for at in 0..second {
        let mut bad = Bytes(whole.0.clone());
        bad.0[at] ^= 1;
        let refused = Wal::open(&mut bad, &signer(1));
        assert!(
            matches!(refused, Err(WalError::Corrupt { at: found, .. }) if found <= at),
            "{at}"
        );
    }
    let other = Wal::open(&mut whole, &signer(2));
    assert!(matches!(other, Err(WalError::Corrupt { .. })));
}

#[test]
fn what_is_kept_beside_the_log_in_a_file_reads_back_unless_it_was_altered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wal");
    let open = || {
        let storage = FileStorage::open(&path).unwrap();
        Wal::open(storage, &signer(1)).unwrap().0
    };
    let mut wal = open();
    assert_eq!(wal.kept().unwrap(), Some(Vec::new()));
    wal.keep(b"first").unwrap();
    wal.keep(b"second").unwrap();
    drop(wal);
    assert_eq!(open().kept().unwrap(), Some(b"second".to_vec()));
    let beside = folder.path().join("wal.findings");
    let mut bytes = std::fs::read(&beside).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&beside, bytes).unwrap();
    assert_eq!(open().kept().unwrap(), None);
}
