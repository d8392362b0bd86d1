//! The ledger behind the server: what is done is sealed, whoever it concerns takes a proof along, strangers check it, and what
//! was altered is named.

mod others;

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use axum::http::StatusCode;
use base::ids::AccountId;
use db::values;
use flate2::read::GzDecoder;
use ledger::checkpoint::SignedCheckpoint;
use ledger::policy::Policy;
use ledger::receipt::{Receipt, ReceiptError};
use ledger::tree::{Tile, bundle};
use testkit::Client;
use wise::app::ledger::LedgerError;
use wise::blocks::people::{self, Looker};
use wise::blocks::seals::{self, Flaw};

use crate::house::{House, Whose, on_both};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/verify.py");

/// An official looks at 김하늘.
fn look(house: &House) {
    let person = house.haneul;
    house.act(move |cx| {
        let looker = Looker {
            account: AccountId::sample(1),
            name: "이서연".into(),
            agency: "hanbit-saebit".into(),
        };
        people::note_look(cx, &[person], &looker, "방문한 주민의 상담").unwrap();
    });
}

/// 김하늘 told of an arrival, so that there is something to apply for.
async fn applied(house: &House) -> (Client, String) {
    let person = house.haneul;
    house.act(move |cx| {
        let report = people::BirthReport {
            mother: person,
            born: jiff::civil::date(2026, 11, 20),
            sex: people::Sex::Female,
            hospital: Some("hanbit-hospital".into()),
            multiple: 1,
        };
        let birth = people::report_birth(cx, &report).unwrap();
        let name = "이봄".into();
        people::register_birth(cx, &people::Registration { birth, name }).unwrap();
    });
    house.rest().await;
    let parent = house.resident(person).await;
    let accepted = parent.send("/offers/accept", &[]).await;
    let receipt = accepted.header("location").to_owned();
    assert!(receipt.starts_with("/receipts/"), "{receipt}");
    (parent, receipt)
}

/// The first link to a proof on a page.
fn proof_link(body: &str) -> String {
    let (_, rest) = body.split_once("href=\"/proofs/").unwrap();
    let (id, _) = rest.split_once('"').unwrap();
    format!("/proofs/{id}")
}

/// Runs a program in a folder: whether it went well, and what it said.
fn ran(command: &mut Command, folder: &Path) -> (bool, String) {
    let output = command.current_dir(folder).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}

/// Whether our program believes a proof, and what it says; then the same of thirty lines of Python, where there is one.
fn verdicts(python: Option<&OsStr>, folder: &Path, proof: &str, key: &str) -> Vec<(bool, String)> {
    let path = folder.join("a.tlog-proof");
    std::fs::write(&path, proof).unwrap();
    let mut ours = Command::new(env!("CARGO_BIN_EXE_wise"));
    ours.arg("verify").arg(&path).args(["--key", key]);
    let theirs = python.map(|python| {
        let mut theirs = Command::new(python);
        theirs.arg(SCRIPT).arg(&path).arg(key);
        theirs.env("PYTHONIOENCODING", "utf-8");
        theirs
    });
    let all = [Some(ours), theirs].into_iter().flatten();
    all.map(|mut it| ran(&mut it, folder)).collect()
}

#[test]
fn every_proof_that_a_resident_takes_along_is_checked_offline_by_anybody() {
    let python = testkit::python("cryptography");
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        let (_, receipt) = applied(&house).await;
        look(&house);
        house.seal(&ledger).await;
        let parent = house
            .signed_in("haneul2", "resident", Whose::Person(house.haneul))
            .await;
        let key = ledger.log_key().to_string();
        let policy = house.client.get("/ledger/policy").await.body;
        assert!(policy.contains(&key), "{policy}");
        for (page, word) in [
            (receipt.as_str(), "benefits.accepted.v1"),
            ("/me/looks", "방문한"),
        ] {
            let page = parent.get(page).await;
            let answer = parent.get(&proof_link(&page.body)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            assert!(answer.header("content-disposition").contains(".tlog-proof"));
            let proof: Receipt = answer.body.parse().unwrap();
            let proven = proof.verify(&policy.parse::<Policy>().unwrap()).unwrap();
            assert!(proven.record.unwrap().to_string().contains(word));
            let folder = house.folder.path();
            for (holds, text) in verdicts(python.as_deref(), folder, &answer.body, &key) {
                assert!(holds && text.contains(word), "{text}");
            }
            let checked = parent
                .send("/ledger/check", &[("proof", &answer.body)])
                .await;
            assert!(checked.body.contains("alert good"), "{}", checked.body);
        }
        ledger.stop().await;
    });
}

#[test]
fn an_altered_proof_is_refused_and_the_part_named() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        let (_, receipt) = applied(&house).await;
        house.seal(&ledger).await;
        let parent = house
            .signed_in("haneul2", "resident", Whose::Person(house.haneul))
            .await;
        let page = parent.get(&receipt).await;
        let good = parent.get(&proof_link(&page.body)).await.body;
        let other = parent.get("/ledger/check").await;
        assert_eq!(other.status, StatusCode::OK);
        let mut altered = 0;
        for (place, line) in good.lines().enumerate() {
            if line.is_empty() {
                continue;
            }
            // One letter of each line, in its middle.
            let middle = line.char_indices().nth(line.chars().count() / 2).unwrap();
            let letter = if middle.1 == 'A' { "B" } else { "A" };
            let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
            lines[place].replace_range(middle.0..middle.0 + middle.1.len_utf8(), letter);
            let text = lines.join("\n") + "\n";
            let is_mldsa = line.len() > 1_000 && line.starts_with('—');
            let read = text.parse::<Receipt>();
            let verdict = read.map(|it| it.verify(ledger.policy()).err());
            // The signature beside ours is for the day on which ours can be forged: the policy does not ask for it.
            if is_mldsa {
                assert!(matches!(verdict, Ok(None) | Err(_)), "{verdict:?}");
                continue;
            }
            assert!(
                !matches!(verdict, Ok(None)),
                "line {place} may be altered: {line}"
            );
            let checked = parent.send("/ledger/check", &[("proof", &text)]).await;
            assert!(checked.body.contains("alert bad"), "{}", checked.body);
            altered += 1;
        }
        assert!(altered >= 6, "{altered}");

        let mut forged: Receipt = good.parse().unwrap();
        let opening = forged.opening.take().unwrap();
        let mut record = opening.record().clone();
        record["at"] = "2020-01-01T00:00:00Z".into();
        let opening = ledger::commitment::Opening::new(*opening.salt(), record).unwrap();
        forged.opening = Some(opening);
        assert_eq!(forged.verify(ledger.policy()), Err(ReceiptError::Record));
        ledger.stop().await;
    });
}

#[test]
fn nobody_takes_the_proofs_of_others_along() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        look(&house);
        house.seal(&ledger).await;
        let parent = house.resident(house.haneul).await;
        let link = proof_link(&parent.get("/me/looks").await.body);
        let stranger = house
            .signed_in("other", "resident", Whose::Person(house.stranger))
            .await;
        assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND);
        let guest = Client::new(wise::server::routes("/login").into_router(house.app.clone()));
        let answer = guest.get(&link).await;
        assert!(answer.header("location").starts_with("/login"));
        // Each entry carries another tag: nothing in the ledger says that two are about one person.
        look(&house);
        house.seal(&ledger).await;
        let entries = ledger.store().read().entries(0..100).unwrap();
        let tags: Vec<_> = entries
            .iter()
            .filter_map(|it| ledger::commitment::Sealed::read(it)?.tag)
            .collect();
        assert_eq!(tags.len(), 2);
        assert_ne!(tags[0], tags[1]);
        for entry in &entries {
            let text = String::from_utf8_lossy(entry.bytes()).into_owned();
            let person = house.haneul.to_string();
            assert!(
                !text.contains(&person) && !text.contains("이서연"),
                "{text}"
            );
        }
        ledger.stop().await;
    });
}

#[test]
fn an_altered_row_is_named_and_gives_no_proof() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        let (parent, _) = applied(&house).await;
        look(&house);
        house.seal(&ledger).await;
        let link = proof_link(&parent.get("/me/looks").await.body);
        let sources = wise::server::sources();
        let audit = move |tx: &mut db::Tx<'_>| {
            let compared = seals::audit(tx, &sources, "", 1_000).unwrap();
            assert!(compared.seen > 0);
            compared.unsound
        };
        assert_eq!(house.read(audit.clone()), []);
        for (alter, kind) in [
            ("UPDATE people_look SET purpose = 'x'", "look"),
            (
                "UPDATE spine_fact SET data = '{}' WHERE kind = 'people.birth_registered.v1'",
                "fact",
            ),
            (
                "UPDATE benefits_receipt SET canonical = '{\"a\":1}'",
                "receipt",
            ),
        ] {
            let before = house.read(audit.clone()).len();
            house.act(move |cx| cx.tx.execute(alter, values![]).unwrap());
            let unsound = house.read(audit.clone());
            assert_eq!(unsound.len(), before + 1, "{alter}: {unsound:?}");
            let named = unsound.iter().find(|it| it.kind == kind).unwrap();
            assert_eq!(named.flaw, Flaw::Altered);
        }
        let answer = parent.get(&link).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            answer.body.contains("봉인한 것과 다릅니다"),
            "{}",
            answer.body
        );
        house.act(|cx| cx.tx.execute("DELETE FROM people_look", values![]).unwrap());
        let unsound = house.read(audit);
        let look = unsound.iter().find(|it| it.kind == "look").unwrap();
        assert_eq!(look.flaw, Flaw::Gone);
        ledger.stop().await;
    });
}

#[test]
fn strangers_read_the_whole_log_over_http_and_work_it_out_again() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        applied(&house).await;
        house.act(|cx| {
            for number in 0..600 {
                let record = serde_json::json!({ "number": number });
                let id = format!("n{number}");
                seals::seal(cx, wise::blocks::seals::FACTS, &id, "s", record).unwrap();
            }
        });
        house.seal(&ledger).await;
        let text = house.client.get("/ledger/checkpoint").await.body;
        let signed: SignedCheckpoint = text.parse().unwrap();
        let policy: Policy = house
            .client
            .get("/ledger/policy")
            .await
            .body
            .parse()
            .unwrap();
        let head = policy.check(&signed).unwrap().head;
        assert!(head.size > 600);
        let mut leaves = Vec::new();
        let mut first = 0;
        while first < head.size {
            let width = (head.size - first).min(256);
            let tile = Tile::entries(first / 256, width).unwrap();
            let answer = house.client.get(&format!("/ledger/{}", tile.path())).await;
            assert_eq!(answer.status, StatusCode::OK, "{tile}");
            let is_full = answer.header("cache-control").contains("immutable");
            assert_eq!(is_full, width == 256);
            leaves.extend(bundle(&answer.bytes).unwrap().iter().map(|it| it.leaf()));
            first += width;
        }
        assert_eq!(root(&leaves), head.root);
        let none = house.client.get("/ledger/tile/0/x999/999").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        let wrong = house.client.get("/ledger/tile/../../key").await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
        for (page, word) in [
            ("/ledger", "단독 운영"),
            ("/ledger/log", "verify.py"),
            ("/ledger/blocks/1", "tag"),
        ] {
            let page = house.client.get(page).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(word), "{}", page.body);
        }
        ledger.stop().await;
    });
}

/// RFC 9162, 2.1.1, written down once more.
fn root(leaves: &[ledger::Hash]) -> ledger::Hash {
    match leaves {
        [] => ledger::Hash::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            ledger::Hash::of(&[&[1], &root(left).0, &root(right).0])
        }
    }
}

#[test]
fn a_ledger_that_is_another_or_an_old_copy_is_not_written_to() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        look(&house);
        house.seal(&ledger).await;
        house.leave_ledger(ledger).await;
        copy(
            &house.folder.path().join("ledger"),
            &house.folder.path().join("old"),
        );
        let ledger = house.keep_ledger();
        look(&house);
        house.seal(&ledger).await;
        let size = ledger.head().size;
        let again = house.keep_ledger_with("ledger", |_| ()).err().unwrap();
        assert!(
            again.to_string().contains("in use by another process"),
            "{again}"
        );
        house.leave_ledger(ledger).await;

        let refused = house.keep_ledger_with("old", |_| ()).err().unwrap();
        assert!(
            matches!(refused, LedgerError::Old { known, found } if known == size && found < size),
            "{refused}"
        );
        let refused = house.keep_ledger_with("empty", |_| ()).err().unwrap();
        assert!(matches!(refused, LedgerError::Elsewhere(_)), "{refused}");
        assert!(!house.folder.path().join("empty").exists());
        // A ledger of somebody else's, in the place of ours.
        let stolen = house.folder.path().join("ledger/key");
        std::fs::write(&stolen, "00".repeat(32)).unwrap();
        let refused = house.keep_ledger_with("ledger", |_| ()).err().unwrap();
        assert!(matches!(refused, LedgerError::Elsewhere(_)), "{refused}");
        std::fs::remove_file(&stolen).unwrap();
        let refused = house.keep_ledger_with("ledger", |_| ()).err().unwrap();
        assert!(
            refused.to_string().contains("back from the backup"),
            "{refused}"
        );
        std::fs::write(&stolen, "no key").unwrap();
        let refused = house.keep_ledger_with("ledger", |_| ()).err().unwrap();
        assert!(
            refused.to_string().contains("64 hexadecimal digits"),
            "{refused}"
        );
    });
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
}

/// All rows of all tables, as a backup has them.
fn dump(house: &House) -> String {
    let path = house.folder.path().join("dump");
    let file = std::fs::File::create(&path).unwrap();
    tokio::task::block_in_place(|| house.db.backup(file)).unwrap();
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn an_erased_person_leaves_nothing_but_entries_that_say_nothing() {
    on_both(async |mut house| {
        let ledger = house.keep_ledger();
        let (parent, receipt) = applied(&house).await;
        let person = house.stranger;
        let stranger = house
            .signed_in("young-soon", "resident", Whose::Person(person))
            .await;
        stranger
            .send(
                "/contact",
                &[("email", "youngsoon@example.kr"), ("locale", "ko")],
            )
            .await;
        house.act(move |cx| {
            let looker = Looker {
                account: AccountId::sample(1),
                name: "이서연".into(),
                agency: "hanbit-saebit".into(),
            };
            people::note_look(cx, &[person], &looker, "안부 확인").unwrap();
        });
        house.seal(&ledger).await;
        let theirs = stranger
            .get(&proof_link(&stranger.get("/me/looks").await.body))
            .await
            .body;
        let pseudonym = house.read(move |tx| people::pseudonym_of(tx, person).unwrap());
        let refused = house.act(move |cx| wise::server::erase(cx, person, "연습").err());
        let refused = refused.unwrap().to_string();
        assert!(
            refused.contains("still belongs to a household"),
            "{refused}"
        );
        assert!(dump(&house).contains("박영순"));

        house.act(move |cx| {
            let day = jiff::civil::date(2026, 11, 22);
            people::register_death(cx, person, day).unwrap();
            wise::server::erase(cx, person, "개인정보 보호법 제21조").unwrap();
        });
        let text = dump(&house);
        for gone in [
            "박영순",
            "달빛길 9",
            "youngsoon@example.kr",
            "young-soon",
            "안부 확인",
            &person.to_string(),
        ] {
            let left: Vec<_> = text.lines().filter(|it| it.contains(gone)).collect();
            assert!(left.is_empty(), "{gone} is still there: {left:?}");
        }
        // Facts still speak of somebody, and nothing says of whom.
        assert!(text.contains(&pseudonym.to_string()));

        // What was given out before holds, others' proofs hold, nothing is named as altered, and the log goes on.
        let held: Receipt = theirs.parse().unwrap();
        held.verify(ledger.policy()).unwrap();
        house.seal(&ledger).await;
        let own = parent
            .get(&proof_link(&parent.get(&receipt).await.body))
            .await
            .body;
        let own: Receipt = own.parse().unwrap();
        own.verify(ledger.policy()).unwrap();
        let sources = wise::server::sources();
        let unsound = house.read(move |tx| seals::audit(tx, &sources, "", 10_000).unwrap().unsound);
        assert_eq!(unsound, []);
        ledger.store().read().audit().unwrap();
        ledger.stop().await;
    });
}

/// Runs our program over the data of a folder.
fn wise(arguments: &[&str], data: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wise"));
    ran(command.args(arguments).arg("--data").arg(data), data)
}

#[test]
fn a_backup_brings_the_ledger_back_and_the_doctor_names_what_was_altered() {
    on_both(async |mut house| {
        if house.db.dialect() != db::Dialect::Sqlite {
            return;
        }
        let ledger = house.keep_ledger();
        look(&house);
        house.seal(&ledger).await;
        // Both while the ledger is at work.
        let data = house.folder.path().to_owned();
        let (went_well, text) = wise(&["backup", "a.backup"], &data);
        assert!(
            went_well && text.contains("a.backup.ledger.tar.gz"),
            "{text}"
        );
        let (_, text) = wise(&["doctor"], &data);
        assert!(text.contains("in use by the running server"), "{text}");
        assert!(
            text.contains("sealed records are as they were sealed"),
            "{text}"
        );
        let head = ledger.head();

        let other = tempfile::TempDir::new().unwrap();
        let file = data.join("a.backup");
        let (went_well, text) = wise(&["restore", file.to_str().unwrap()], other.path());
        assert!(went_well, "{text}");
        let (again, text) = wise(&["restore", file.to_str().unwrap()], other.path());
        assert!(!again && text.contains("holds a ledger already"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let key = std::fs::metadata(other.path().join("ledger/key")).unwrap();
            assert_eq!(
                key.permissions().mode() & 0o077,
                0,
                "others may read the key"
            );
        }
        let (_, text) = wise(&["doctor"], other.path());
        let whole = format!("{} entries", head.size);
        assert!(
            text.contains("as it was agreed on") && text.contains(&whole),
            "{text}"
        );

        let blocks = other.path().join("ledger/log/blocks");
        let block = std::fs::read_dir(blocks)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        let mut bytes = std::fs::read(&block).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&block, bytes).unwrap();
        let (went_well, text) = wise(&["doctor"], other.path());
        assert!(
            !went_well && text.contains("[wrong]") && text.contains("block"),
            "{text}"
        );
        let (went_well, text) = wise(&["ledger", "audit"], other.path());
        assert!(!went_well && text.contains("block"), "{text}");
        ledger.stop().await;
    });
}
