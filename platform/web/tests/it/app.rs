//! A server under test, over either store.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use base::ids::AccountId;
use base::{Clock, Entropy, Localized, SimulatedClock};
use db::{Db, Durability, Place};
use tempfile::TempDir;
use testkit::Client;
use web::accounts::{self, NewAccount};
use web::{
    Allowed, Authorizer, Core, CoreConfig, Fields, Frame, Json, Once, Permission, Problem, Routes,
    Texts, Visitor, password,
};

pub const PASSWORD: &str = " 열려라 참깨 ";

const ACTIONS: &str = r#"
action "note.read", "note.write", "note.own", "never"
  appliesTo { principal: [Account], resource: [Everything, Agency, Person, Item] };
"#;
const POLICIES: &str = r#"
permit (principal in Role::"clerk", action in [Action::"note.read", Action::"note.write"], resource)
  when { principal has agency && resource in principal.agency };
permit (principal in Role::"chief", action == Action::"note.read", resource);
permit (principal in Role::"reader", action in [Action::"note.own", Action::"note.write"], resource)
  when { principal has person && resource in principal.person };
forbid (principal, action == Action::"note.write", resource)
  when { resource is Item && resource.kind == "sealed" };
"#;

pub fn authorizer() -> Authorizer {
    Authorizer::load([("a.cedarschema", ACTIONS), ("a.cedar", POLICIES)]).unwrap()
}

pub fn texts() -> Texts {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../country/kr/texts");
    let files = ["ko", "en"].map(|lang| {
        let path = format!("{folder}/{lang}/web.ftl");
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    });
    Texts::load(files).unwrap()
}

/// One server.
pub struct App {
    pub core: Core,
    pub clock: SimulatedClock,
    pub router: Router,
    _folder: TempDir,
}

/// Runs a story on SQLite and, where it is installed, on PostgreSQL.
pub fn on_both_stores<F: Future<Output = ()>>(story: impl Fn(App) -> F) {
    on_both_stores_with(|_| {}, story);
}

pub fn on_both_stores_with<F: Future<Output = ()>>(
    change: impl Fn(&mut CoreConfig),
    story: impl Fn(App) -> F,
) {
    let folder = TempDir::new().unwrap();
    let file = Place::File(folder.path().join("wise.db"));
    let postgres = testkit::postgres().map(|it| Place::Postgres(it.fresh_database()));
    let mut folder = Some(folder);
    for place in [Some(file), postgres].into_iter().flatten() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let folder = folder.take().unwrap_or_else(|| TempDir::new().unwrap());
        let app = App::start(&place, folder, &change);
        runtime.block_on(story(app));
    }
}

impl App {
    fn start(place: &Place, folder: TempDir, change: &impl Fn(&mut CoreConfig)) -> Self {
        let db = Db::open(place, Durability::Relaxed).unwrap();
        let mut migrations = spine::MIGRATIONS.to_vec();
        migrations.extend(web::MIGRATIONS);
        db.migrate(&migrations).unwrap();
        let clock = SimulatedClock::standing_at("2026-11-23T00:00:00Z".parse().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let mut config = CoreConfig::new(db, shared, Entropy::system(), texts(), authorizer());
        config.site.place = Localized::new("한빛시", "Hanbit");
        change(&mut config);
        let core = Core::new(config);
        let router = routes().into_router(core.clone());
        Self {
            core,
            clock,
            router,
            _folder: folder,
        }
    }

    /// Makes an account with [`PASSWORD`].
    pub async fn account(&self, new: NewAccount) -> AccountId {
        let mut new = new;
        new.password_hash = Some(password::hash(PASSWORD, &mut self.core.entropy().rng()));
        let made = self.core.act(None, move |cx| accounts::create(cx, &new));
        made.await.map_err(|e: db::Error| e).unwrap()
    }

    pub async fn clerk(&self) -> AccountId {
        self.account(NewAccount {
            login: "clerk".into(),
            name: "이서연".into(),
            roles: vec!["clerk".into()],
            agency: Some("A1".into()),
            ..NewAccount::default()
        })
        .await
    }

    /// A browser that has been nowhere.
    pub fn browser(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, login: &str) -> Client {
        let browser = self.browser();
        browser.get("/login").await;
        let answer = browser
            .send("/login", &[("login", login), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }
}

/// The routes of the tests: an area with notes, and handlers that go wrong.
pub fn routes() -> Routes<Core> {
    web::routes()
        .get("/", Permission::Public("the first page"), async || "hello")
        .get(
            "/notes",
            Permission::Action("note.read"),
            async |Allowed(scope): Allowed| format!("{scope:?}"),
        )
        .post("/notes", Permission::SignedIn, write_note)
        .get("/api/notes", Permission::Action("note.read"), async || "[]")
        .post(
            "/api/notes",
            Permission::Action("note.write"),
            async |once: Once| format!("{once:?}"),
        )
        .post(
            "/api/echo",
            Permission::Public("reads a body"),
            async |Json(birth): Json<Birth>| birth.child.weight_g.to_string(),
        )
        .get("/never", Permission::Action("never"), async || "never")
        .get("/panic", Permission::Public("goes wrong"), panics)
        .get("/secret", Permission::Public("goes wrong"), async || {
            Err::<(), _>(Problem::internal("table web_account is on fire"))
        })
        .get(
            "/frame",
            Permission::Public("words"),
            async |core: axum::extract::State<Core>, visitor: Visitor| {
                let frame = Frame::of(&core, &visitor);
                format!("{} {} {}", frame.lang, frame.theme, frame.t("web-sign-in"))
            },
        )
}

#[derive(serde::Deserialize)]
struct Birth {
    child: Child,
}

#[derive(serde::Deserialize)]
struct Child {
    weight_g: i64,
}

async fn panics() -> &'static str {
    panic!("the handler's own secret")
}

async fn write_note(
    core: axum::extract::State<Core>,
    visitor: Visitor,
    once: Once,
    fields: Fields,
) -> Result<String, Problem> {
    let text = fields.text("text").to_owned();
    let outcome = core
        .once(&visitor, once, move |cx| {
            // Any table will do to count how often this ran.
            let new = NewAccount {
                login: format!("note-{}", cx.id(AccountId::new)),
                name: text.clone(),
                ..NewAccount::default()
            };
            accounts::create(cx, &new).map(|id| id.to_string())
        })
        .await;
    outcome.map_err(|error: db::Error| error.into())
}

/// How many notes were written.
pub async fn notes(core: &Core) -> usize {
    let all = core.look(|tx| accounts::list(tx, &[])).await;
    let all: Result<Vec<web::Account>, db::Error> = all;
    all.unwrap()
        .iter()
        .filter(|it| it.login.starts_with("note-"))
        .count()
}
