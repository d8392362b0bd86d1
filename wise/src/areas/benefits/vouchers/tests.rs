//! Whatever is sent in whatever order: the uses never sum up to more than was granted, and what is sent
//! again is recorded once.

use std::collections::BTreeMap;

use base::Entropy;
use base::ids::{CaseId, PersonId, VoucherId};
use db::{Db, Durability, Place};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use spine::Cx;

use super::model::Voucher;
use super::{Error, NewUse, actions, store, use_it, uses_of};
use crate::blocks::people::{self, NewAddress, NewHousehold, NewMember, Role, Sex};

const TOTAL: i64 = 1_000;
const USE_BY: Date = date(2027, 3, 31);

struct Bench {
    db: Db,
    holder: PersonId,
    household: base::ids::HouseholdId,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let place = Place::File(folder.path().join("wise.db"));
        let db = Db::open(&place, Durability::Relaxed).unwrap();
        db.migrate(&migrations()).unwrap();
        let home = NewHousehold {
            address: NewAddress {
                municipality: "here".into(),
                dong: "here-1".into(),
                line: "1".into(),
                latitude: 36.6,
                longitude: 126.9,
            },
            since: date(2020, 1, 1),
            members: vec![NewMember {
                name: "김하늘".into(),
                born: date(1994, 2, 3),
                sex: Sex::Female,
                role: Role::Head,
                facts: Vec::new(),
            }],
            facts: Vec::new(),
        };
        let (household, members) = act(&db, move |cx| {
            people::register_household(cx, &home).unwrap()
        });
        Self {
            holder: members[0],
            household,
            db,
            _folder: folder,
        }
    }

    fn voucher(&self) -> VoucherId {
        let (holder, household) = (self.holder, self.household);
        act(&self.db, move |cx| {
            let voucher = Voucher {
                id: cx.id(VoucherId::new),
                case: cx.id(CaseId::new),
                benefit: "first-meeting-voucher".into(),
                household,
                about: None,
                holder,
                office: "office".into(),
                payer: "payer".into(),
                total: TOTAL,
                used: 0,
                uses: 0,
                instalments: None,
                opened_on: date(2026, 11, 1),
                use_by: Some(USE_BY),
                warned_days: 0,
                closed_at: None,
                changed_at: cx.now,
            };
            actions::open(cx, &voucher).unwrap();
            voucher.id
        })
    }
}

/// The tables that a voucher's uses touch.
fn migrations() -> Vec<db::Migration> {
    let own = crate::areas::benefits::AREA.migrations;
    let parts = [spine::MIGRATIONS, people::MIGRATIONS, own];
    parts.concat()
}

fn act<T: Send + 'static>(
    db: &Db,
    mut work: impl FnMut(&mut Cx<'_, '_>) -> T + Send + 'static,
) -> T {
    db.write_blocking(move |tx| {
        let mut rng = Entropy::system().rng();
        Ok::<_, db::Error>(work(&mut Cx {
            tx,
            now: "2027-04-10T00:00:00Z".parse().unwrap(),
            rng: &mut rng,
            actor: None,
        }))
    })
    .unwrap()
}

fn sending() -> impl Strategy<Value = NewUse> {
    (0..12_u8, 0..12_u8, -5..600_i64, 0..3_u8).prop_map(|(key, reference, amount, day)| NewUse {
        once_key: format!("key-{key:04}"),
        reference: format!("approval-{reference}"),
        amount,
        used_on: [date(2026, 12, 1), USE_BY, date(2027, 4, 1)][usize::from(day)],
        place: String::new(),
        recorded_by: "payer".into(),
    })
}

#[test]
fn uses_never_exceed_what_was_granted_and_what_is_sent_again_is_once() {
    let bench = Bench::new();
    let mut runner = TestRunner::new(Config::with_cases(40));
    let sendings = proptest::collection::vec((sending(), any::<bool>()), 1..25);
    let done = runner.run(&sendings, |sendings| {
        let id = bench.voucher();
        let mut recorded: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for (new, twice) in sendings {
            for _ in 0..=u8::from(twice) {
                let sent = new.clone();
                let outcome = act(&bench.db, move |cx| use_it(cx, id, &sent));
                let known = recorded.get(&new.once_key).copied();
                match outcome {
                    Ok(done) if done.again => {
                        prop_assert_eq!(known, Some((done.used.number, done.used.amount)));
                    }
                    Ok(done) => {
                        prop_assert!(known.is_none(), "recorded twice under one key");
                        prop_assert!(new.amount > 0 && new.used_on <= USE_BY);
                        recorded.insert(new.once_key.clone(), (done.used.number, new.amount));
                    }
                    Err(Error::Over { left }) => prop_assert!(new.amount > left),
                    Err(Error::Expired { .. }) => prop_assert!(new.used_on > USE_BY),
                    Err(Error::Invalid { .. }) => prop_assert!(new.amount <= 0),
                    Err(Error::Twice { .. } | Error::KeyTaken { .. }) => {}
                    Err(other) => prop_assert!(false, "{other}"),
                }
            }
        }
        let (voucher, uses) = act(&bench.db, move |cx| {
            (
                store::by_id(cx.tx, id).unwrap().unwrap(),
                uses_of(cx.tx, id).unwrap(),
            )
        });
        let sum: i64 = uses.iter().map(|it| it.amount).sum();
        prop_assert_eq!(sum, voucher.used);
        prop_assert!(sum <= TOTAL);
        prop_assert_eq!(uses.len(), recorded.len());
        prop_assert_eq!(voucher.uses, i64::try_from(uses.len()).unwrap());
        Ok(())
    });
    done.unwrap();
}
