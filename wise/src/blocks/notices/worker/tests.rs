//! Channels over real sockets, on both stores: e-mail here, the others in files of their own.

use std::collections::{BTreeMap, BTreeSet};

use base::ids::{NoticeId, PersonId};
use base::{Entropy, Locale, SimulatedClock};
use db::{Db, Durability, Place};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use testkit::http::HttpServer;
use testkit::smtp::{Behaviour, SmtpServer};
use web::{Authorizer, CoreConfig, Texts};

use super::*;
use crate::blocks::exchange;
use crate::blocks::notices::mail::Security;
use crate::blocks::notices::{
    Contact, Delivery, DeliveryState, NewNotice, Settlement, Urgency, deliveries, inbox,
    set_contact, settle, tell, uncertain,
};
use crate::blocks::people::{self, NewAddress, NewHousehold, NewMember, Role, Sex};
use crate::country::CountryFiles;

mod course;
mod push;
mod sms;

const LONG_ENOUGH: SignedDuration = SignedDuration::from_hours(2);

struct Post {
    core: Core,
    clock: SimulatedClock,
    server: SmtpServer,
    /// The gateway of text messages, or the push service.
    http: HttpServer,
    channels: Channels,
    person: PersonId,
    stop: Arc<AtomicBool>,
}

impl Post {
    fn new(db: Db) -> Self {
        let parts = [
            spine::MIGRATIONS,
            web::MIGRATIONS,
            exchange::MIGRATIONS,
            people::MIGRATIONS,
            crate::blocks::notices::MIGRATIONS,
        ];
        db.migrate(&parts.concat()).unwrap();
        let at: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let clock = SimulatedClock::standing_at(at);
        let files = CountryFiles::built_in();
        let core = Core::new(CoreConfig::new(
            db,
            Arc::new(clock.clone()),
            Entropy::seeded(7),
            Texts::load(files.under("texts/").cloned()).unwrap(),
            Authorizer::load(files.under("policies/").cloned()).unwrap(),
        ));
        let person = resident(&core);
        let server = SmtpServer::start();
        let smtp = Smtp {
            host: "127.0.0.1".into(),
            port: server.address().port(),
            security: Security::Plain,
            login: None,
            from: "notice@hanbit.example.kr".parse().unwrap(),
            from_name: "한빛시".into(),
        };
        Self {
            core,
            clock,
            server,
            http: HttpServer::start(),
            channels: Channels {
                smtp: Some(smtp),
                ..Channels::default()
            },
            person,
            stop: Arc::default(),
        }
    }

    /// Somebody who reads English and has an e-mail address alone.
    async fn reachable_by_email(&self) {
        self.reachable(Contact {
            email: Some("hanul@example.kr".into()),
            phone: None,
            locale: Locale::EN,
        })
        .await;
    }

    async fn reachable(&self, contact: Contact) {
        let person = self.person;
        let saved = self
            .core
            .act(None, move |cx| set_contact(cx, person, &contact));
        saved.await.unwrap();
    }

    /// A notice for somebody who reads English mail.
    async fn tell(&self, once_key: &str) {
        self.reachable_by_email().await;
        self.tell_only(once_key, Urgency::Routine).await;
    }

    /// A notice, however its person is reached.
    async fn tell_only(&self, once_key: &str, urgency: Urgency) {
        let (person, once_key) = (self.person, once_key.to_owned());
        let told = self.core.act(None, move |cx| {
            let new = NewNotice {
                person,
                subject: people::pseudonym_of(cx.tx, person)?,
                once_key: once_key.clone(),
                message: "benefits-case-granted",
                arguments: BTreeMap::from([
                    ("benefit_ko".to_owned(), "부모급여".to_owned()),
                    ("benefit_en".to_owned(), "Parental benefit".to_owned()),
                ]),
                link: "/cases/1".into(),
                urgency,
                answer_by: None,
            };
            tell(cx, &new)
        });
        told.await.unwrap();
    }

    async fn send(&self) -> usize {
        send_due(&self.core, &self.channels, &self.stop)
            .await
            .unwrap()
    }

    async fn delivery(&self) -> Delivery {
        self.all_deliveries().await.remove(0)
    }

    /// Of the latest notice.
    async fn all_deliveries(&self) -> Vec<Delivery> {
        let person = self.person;
        let read = self.core.look(move |tx| {
            let id: NoticeId = inbox(tx, person, None, 1)?[0].id;
            deliveries(tx, person, id)
        });
        read.await.unwrap()
    }

    async fn settle(&self, how: Settlement) {
        self.core
            .act(None, move |cx| {
                let id = uncertain(cx.tx)?[0].id;
                settle(cx, id, how)
            })
            .await
            .unwrap();
    }

    fn message_ids(&self) -> BTreeSet<String> {
        let mails = self.server.mails();
        mails
            .iter()
            .map(|it| it.header("Message-ID").unwrap())
            .collect()
    }
}

/// A resident with an address, and nothing else known.
fn resident(core: &Core) -> PersonId {
    let now = core.clock().now();
    let entered = core.db().write_blocking(move |tx| {
        let mut rng = Entropy::seeded(1).rng();
        let mut cx = spine::Cx {
            tx,
            now,
            rng: &mut rng,
            actor: None,
        };
        let household = NewHousehold {
            address: NewAddress {
                municipality: "hanbit".into(),
                dong: "hanbit-saebit".into(),
                line: "한빛시 새벽길 1 (새빛동)".into(),
                latitude: 36.612,
                longitude: 126.948,
            },
            since: date(2020, 3, 1),
            members: vec![NewMember {
                name: "김하늘".into(),
                born: date(1994, 2, 3),
                sex: Sex::Female,
                role: Role::Head,
                facts: Vec::new(),
            }],
            facts: Vec::new(),
        };
        people::register_household(&mut cx, &household)
    });
    entered.unwrap().1[0]
}

/// Runs a story on SQLite and, where it is installed, on PostgreSQL.
fn on_both(story: impl AsyncFn(&Post)) {
    let folder = tempfile::tempdir().unwrap();
    let mut places = vec![Place::File(folder.path().join("wise.db"))];
    if let Some(server) = testkit::postgres() {
        places.push(Place::Postgres(server.fresh_database()));
    }
    for place in places {
        let post = Post::new(Db::open(&place, Durability::Relaxed).unwrap());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(story(&post));
    }
}

#[test]
fn a_notice_is_sent_once_in_the_readers_language() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.tell("one").await;
        assert_eq!(post.send().await, 1);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(post.send().await, 0);
        let mails = post.server.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, ["hanul@example.kr"]);
        let id = mails[0].header("Message-ID").unwrap();
        let delivery = post.delivery().await;
        assert_eq!(id, format!("<{}@hanbit.example.kr>", delivery.id));
        assert_eq!(delivery.state, DeliveryState::Sent);
        assert!(
            mails[0]
                .header("Subject")
                .unwrap()
                .contains("Parental benefit")
        );
        assert!(mails[0].text.contains("/inbox/"), "{}", mails[0].text);
    });
}

#[test]
fn a_server_that_is_busy_is_asked_again_later() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.server
            .next(Behaviour::RefuseRecipient("450 4.2.1 busy".into()));
        post.server
            .next(Behaviour::RefuseMessage("451 4.3.0 try later".into()));
        post.server.next(Behaviour::CutBeforeData);
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Queued);
        assert_eq!(post.send().await, 0, "it rests before it tries again");
        post.clock.advance(SignedDuration::from_secs(31));
        assert_eq!(post.send().await, 1);
        post.clock.advance(SignedDuration::from_secs(61));
        assert_eq!(post.send().await, 1);
        assert!(post.server.mails().is_empty());
        let delivery = post.delivery().await;
        assert_eq!(
            (delivery.state, delivery.attempts),
            (DeliveryState::Uncertain, 3)
        );
        post.settle(Settlement::Repeat).await;
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Sent);
        assert_eq!(post.message_ids().len(), 1);
    });
}

#[test]
fn an_address_that_does_not_exist_is_not_tried_again() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.server
            .always(Behaviour::RefuseRecipient("550 5.1.1 no such user".into()));
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Failed);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(post.send().await, 0);
    });
}

#[test]
fn nobody_answers_and_it_waits() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        let mut closed = post.channels.clone();
        closed.smtp.as_mut().unwrap().port = 1;
        assert_eq!(send_due(&post.core, &closed, &post.stop).await.unwrap(), 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Queued);
    });
}

#[test]
fn a_cut_after_the_message_is_uncertain_until_a_human_decides() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.server.next(Behaviour::CutAfterData);
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Uncertain);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(post.send().await, 0, "it is never repeated by itself");
        assert_eq!(post.server.mails().len(), 1);
        post.settle(Settlement::Repeat).await;
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Sent);
        assert_eq!(post.server.mails().len(), 2);
        assert_eq!(post.message_ids().len(), 1, "the same Message-ID");
    });
}

#[test]
fn what_arrived_is_settled_without_another_mail() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.server.next(Behaviour::CutAfterData);
        post.send().await;
        post.settle(Settlement::Arrived).await;
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(post.send().await, 0);
        assert_eq!(post.delivery().await.state, DeliveryState::Sent);
        assert_eq!(post.server.mails().len(), 1);
    });
}

#[test]
fn a_process_that_died_while_sending_leaves_it_uncertain() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        let claimed = post
            .core
            .act(None, |cx| {
                plan_due(cx, &[Channel::Email])?;
                claim(cx, Channel::Email)
            })
            .await
            .unwrap();
        assert!(claimed.is_some());
        assert_eq!(post.send().await, 0, "somebody may still be sending it");
        post.clock.advance(SignedDuration::from_mins(3));
        assert_eq!(post.send().await, 0);
        assert_eq!(post.delivery().await.state, DeliveryState::Uncertain);
        assert!(post.server.mails().is_empty());
    });
}

#[test]
fn a_running_worker_sends_at_once_and_stops_when_told() {
    on_both(async |post: &Post| {
        let worker = start(
            post.core.clone(),
            post.channels.clone().into(),
            post.stop.clone(),
        );
        post.tell("one").await;
        let patience = std::time::Duration::from_secs(20);
        let arrived = tokio::task::block_in_place(|| post.server.wait_for(1, patience));
        assert_eq!(arrived.len(), 1);
        post.stop.store(true, Ordering::Relaxed);
        tokio::time::timeout(REST * 2, worker)
            .await
            .unwrap()
            .unwrap();
    });
}
