//! A whole server over a fresh database with one small, invented town.

use std::net::TcpListener;
use std::sync::Arc;

use base::ids::{AccountId, PersonId};
use base::{Clock, Entropy, SimulatedClock, SystemClock, Won};
use db::{Db, Durability, Place, Tx};
use jiff::civil::{Date, date};
use ledger::Validator;
use ledger::consensus::{LedgerId, Signer};
use spine::Cx;
use tempfile::TempDir;
use testkit::Client;
use web::accounts::{self, NewAccount};
use wise::app::ledger::{Federation, Founding, Ledger, LedgerError};
use wise::app::{App, Keeping, LanguageModel, Populations};
use wise::blocks::exchange;
use wise::blocks::notices::mail::{Security, Smtp};
use wise::blocks::notices::push::Push;
use wise::blocks::notices::{Channels, letter};
use wise::blocks::people::{
    self, NewAddress, NewDatum, NewHousehold, NewMember, Role, Sex, Source,
};
use wise::blocks::places::{self, NewPlace, PlaceKind, Point, Vacancy};
use wise::blocks::seals;
use wise::country::{Country, CountryFiles};
use wise::server::{self, Settings};

pub const PASSWORD: &str = "열려라 참깨 2026";

/// The server, its clock and its people.
pub struct House {
    pub app: App,
    pub db: Db,
    pub clock: SimulatedClock,
    pub client: Client,
    pub haneul: PersonId,
    pub stranger: PersonId,
    /// Where the language model of the settings would answer.
    pub model: TcpListener,
    pub folder: TempDir,
}

/// Runs a story on SQLite and, where it is installed, on PostgreSQL.
pub fn on_both<F: Future<Output = ()>>(story: impl Fn(House) -> F) {
    let postgres = testkit::postgres().map(|it| Place::Postgres(it.fresh_database()));
    if postgres.is_none() {
        testkit::skip("stories on PostgreSQL: it is not installed");
    }
    for place in [None, postgres].into_iter().take(2) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let is_sqlite = place.is_none();
        let folder = TempDir::new().unwrap();
        let place = place.unwrap_or_else(|| Place::File(folder.path().join("wise.db")));
        let house = House::build(&place, folder);
        runtime.block_on(story(house));
        if is_sqlite && testkit::postgres().is_none() {
            return;
        }
    }
}

impl House {
    pub fn build(place: &Place, folder: TempDir) -> Self {
        let db = Db::open(place, Durability::Relaxed).unwrap();
        db.migrate(&server::migrations()).unwrap();
        let clock = SimulatedClock::standing_at("2026-11-23T00:30:00Z".parse().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let country = Country::load(CountryFiles::built_in()).unwrap_or_else(|it| panic!("{it}"));
        let app = server::build(Settings {
            db: db.clone(),
            clock: shared,
            entropy: Entropy::seeded(7),
            country,
            instance: "test".into(),
            base_url: "http://127.0.0.1:8080".into(),
            behind_proxy: false,
            oidc: None,
            channels: every_channel(),
            demo: false,
        })
        .unwrap()
        .with_populations(Populations::in_folder(folder.path().join("populations")));
        let model = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", model.local_addr().unwrap());
        let app = app.with_language_model(Some(LanguageModel::new(&url, "test", None).unwrap()));
        let router = server::routes("/login").into_router(app.clone());
        let (haneul, stranger) = town(&db, clock.now());
        // People's data was known before today.
        clock.set("2026-11-23T01:00:00Z".parse().unwrap());
        Self {
            client: Client::new(router),
            app,
            db,
            clock,
            haneul,
            stranger,
            model,
            folder,
        }
    }

    /// Runs an action in a transaction of its own.
    pub fn act<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> T + Send + 'static,
    ) -> T {
        let now = self.clock.now();
        let done = tokio::task::block_in_place(|| {
            self.db.write_blocking(move |tx| {
                let mut rng = Entropy::system().rng();
                Ok::<_, db::Error>(work(&mut Cx {
                    tx,
                    now,
                    rng: &mut rng,
                    actor: None,
                }))
            })
        });
        done.unwrap()
    }

    /// Reads on one snapshot.
    pub fn read<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> T + Send + 'static,
    ) -> T {
        let read = tokio::task::block_in_place(|| {
            self.db
                .read_blocking(move |tx| Ok::<_, db::Error>(work(tx)))
        });
        read.unwrap()
    }

    /// Lets all followers come to rest.
    pub async fn rest(&self) {
        let followers = self.app.followers.clone();
        tokio::task::spawn_blocking(move || followers.drain())
            .await
            .unwrap()
            .unwrap();
    }

    /// Keeps the ledger in a folder of the house, alone.
    pub fn keep_ledger(&mut self) -> Ledger {
        self.keep_ledger_with("ledger", |_| ()).unwrap()
    }

    /// The same in another folder, or with others.
    pub fn keep_ledger_with(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Founding),
    ) -> Result<Ledger, LedgerError> {
        let mut founding = Founding {
            origin: None,
            name: "한빛시".into(),
            host: "hanbit.example.kr".into(),
            federation: Federation::default(),
            witnesses: Vec::new(),
            witness_of: None,
        };
        change(&mut founding);
        let known = self.read(|tx| seals::known_ledger(tx).unwrap());
        let folder = self.folder.path().join(name);
        let (clock, mut rng) = (Arc::new(SystemClock), Entropy::system().rng());
        let ledger = Ledger::open(&folder, &founding, known.as_ref(), clock, &mut rng)?;
        self.app = self.app.clone().with_ledger(Keeping::Here(ledger.clone()));
        self.client = Client::new(server::routes("/login").into_router(self.app.clone()));
        Ok(ledger)
    }

    /// Keeps the ledger alone, while the settings already say that three more are to join.
    pub async fn keep_ledger_before_others_join(&mut self) {
        let ledger = self.keep_ledger();
        let own = Validator {
            name: "한빛시".into(),
            key: ledger.keys().public(),
        };
        self.leave_ledger(ledger).await;
        let other = |number: u8| Validator {
            name: format!("기관 {number}"),
            key: Signer::new(LedgerId::of_origin("x"), &[number; 32]).public_key(),
        };
        let all = vec![own, other(2), other(3), other(4)];
        self.keep_ledger_with("ledger", |it| it.federation.agencies = all)
            .unwrap();
    }

    /// Ends the validator and closes the ledger's files.
    pub async fn leave_ledger(&mut self, ledger: Ledger) {
        ledger.stop().await;
        let away = Keeping::Absent("left".into());
        self.app = self.app.clone().with_ledger(away);
        self.client = Client::new(server::routes("/login").into_router(self.app.clone()));
    }

    /// Lets everything that was done be sealed and stand in the ledger.
    pub async fn seal(&self, ledger: &Ledger) {
        self.rest().await;
        while server::bring(&self.app.core, ledger).await.unwrap() {}
    }

    /// An account with [`PASSWORD`].
    pub fn account(&self, login: &str, role: &str, whose: Whose) -> AccountId {
        let (person, agency) = match whose {
            Whose::Person(person) => (Some(person.to_string()), None),
            Whose::Agency(agency) => (None, Some(agency.to_owned())),
        };
        let hash = web::password::hash(PASSWORD, &mut Entropy::system().rng());
        let new = NewAccount {
            login: login.into(),
            name: login.into(),
            roles: vec![role.into()],
            person,
            agency,
            password_hash: Some(hash),
            oidc: None,
        };
        self.act(move |cx| accounts::create(cx, &new).unwrap())
    }

    /// A browser in which somebody with this role has signed in.
    pub async fn signed_in(&self, login: &str, role: &str, whose: Whose) -> Client {
        self.account(login, role, whose);
        let mut client = self.client.clone();
        client.cookies = Arc::default();
        client.get("/login").await;
        let answer = client
            .send("/login", &[("login", login), ("password", PASSWORD)])
            .await;
        assert!(answer.status.is_redirection(), "{}", answer.body);
        client
    }

    pub async fn resident(&self, person: PersonId) -> Client {
        self.signed_in("resident", "resident", Whose::Person(person))
            .await
    }

    pub async fn counter(&self) -> Client {
        self.signed_in("counter", "counter", Whose::Agency("hanbit-saebit"))
            .await
    }
}

/// Every channel that needs no other server to be set up; letters where the machine has a font.
fn every_channel() -> Channels {
    let font = letter::find_font(None).ok();
    Channels {
        smtp: Some(Smtp {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::Plain,
            login: None,
            from: "notice@hanbit.example.kr".parse().unwrap(),
            from_name: "한빛시".into(),
        }),
        push: Some(Push {
            contact: "mailto:wise@hanbit.example.kr".into(),
            services: vec!["push.example".into()],
        }),
        letter: font.map(|(font, index)| letter::Paper {
            font,
            index,
            window_left_mm: 20.0,
            window_top_mm: 45.0,
        }),
        ..Channels::default()
    }
}

/// Whom an account stands for.
#[derive(Clone, Copy)]
pub enum Whose {
    Person(PersonId),
    Agency(&'static str),
}

fn datum(fact: &str, value: &str, since: Date, at: jiff::Timestamp) -> NewDatum {
    NewDatum {
        fact: fact.into(),
        value: Some(value.into()),
        since,
        until: None,
        source: Source {
            agency: "mois".into(),
            basis: "주민등록법 제30조".into(),
            told: false,
            checked_at: at,
        },
    }
}

fn member(name: &str, born: Date, sex: Sex, role: Role, facts: Vec<NewDatum>) -> NewMember {
    NewMember {
        name: name.into(),
        born,
        sex,
        role,
        facts,
    }
}

/// 김하늘's family of three in 새빛동, expecting a child; a stranger in another 동; childcare near by.
fn town(db: &Db, now: jiff::Timestamp) -> (PersonId, PersonId) {
    db.write_blocking(move |tx| {
        let mut rng = Entropy::seeded(1).rng();
        let mut cx = Cx {
            tx,
            now,
            rng: &mut rng,
            actor: None,
        };
        let long_ago = date(2020, 3, 1);
        let here = |fact: &str, value: &str| datum(fact, value, long_ago, now);
        let adult = || {
            vec![
                here("resident_since", "2020-03-01"),
                here("nationality", "korean"),
                here("birth_registered", "true"),
                here("disability", "none"),
            ]
        };
        let mut mother = adult();
        mother.push(here("pregnant", "true"));
        let family = NewHousehold {
            address: NewAddress {
                municipality: "hanbit".into(),
                dong: "hanbit-saebit".into(),
                line: "한빛시 새벽길 1 (새빛동)".into(),
                latitude: 36.612,
                longitude: 126.948,
            },
            since: long_ago,
            members: vec![
                member("이준호", date(1992, 5, 4), Sex::Male, Role::Head, adult()),
                member(
                    "김하늘",
                    date(1994, 2, 3),
                    Sex::Female,
                    Role::Spouse,
                    mother,
                ),
                member(
                    "이서아",
                    date(2023, 4, 1),
                    Sex::Female,
                    Role::Child,
                    vec![
                        datum("birth_order", "1", date(2023, 4, 1), now),
                        datum("birth_registered", "true", date(2023, 4, 1), now),
                        datum("childcare", "daycare", date(2023, 4, 1), now),
                        datum("nationality", "korean", date(2023, 4, 1), now),
                    ],
                ),
            ],
            facts: vec![
                here("income_recognised", "4000000"),
                here("income_assessed", "4000000"),
                here("single_parent", "false"),
                here("basic_livelihood", "none"),
                here("near_poor", "false"),
                here("bank_account", "한빛은행 000-00-0000"),
                here("region", "none"),
            ],
        };
        let (_, family) = people::register_household(&mut cx, &family).unwrap();
        exchange::give_consent(&mut cx, family[0], "household.bank_account").unwrap();
        let alone = NewHousehold {
            address: NewAddress {
                municipality: "hanbit".into(),
                dong: "hanbit-dalbit".into(),
                line: "한빛시 달빛길 9 (달빛동)".into(),
                latitude: 36.6,
                longitude: 126.9,
            },
            since: long_ago,
            members: vec![member(
                "박영순",
                date(1948, 1, 2),
                Sex::Female,
                Role::Head,
                adult(),
            )],
            facts: Vec::new(),
        };
        let (_, alone) = people::register_household(&mut cx, &alone).unwrap();
        for (code, kind, price, rooms) in [
            ("d1", PlaceKind::Daycare, None, Some((6, 2, 0))),
            ("d2", PlaceKind::Daycare, None, Some((6, 0, 4))),
            ("s1", PlaceKind::Sitter, Some(13_000), None),
            ("h1", PlaceKind::PostnatalHelper, Some(15_000), None),
        ] {
            let place = NewPlace {
                code: code.into(),
                kind,
                name: format!("이웃 {code}"),
                dong: "hanbit-saebit".into(),
                address: "한빛시 새벽길 3".into(),
                at: Point {
                    latitude: 36.613,
                    longitude: 126.949,
                },
                phone: "000-0000-0000".into(),
                hours: "07:30–19:30".into(),
                languages: "ko".into(),
                price_per_hour: price.map(Won),
                source: "test".into(),
                vacancies: rooms
                    .map(|(capacity, vacant, waiting)| Vacancy {
                        age: 0,
                        capacity,
                        vacant,
                        waiting,
                    })
                    .into_iter()
                    .collect(),
            };
            places::enter_place(&mut cx, &place).unwrap();
        }
        Ok::<_, db::Error>((family[1], alone[0]))
    })
    .unwrap()
}
