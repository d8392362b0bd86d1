//! A server under test, over either store, and a browser that keeps cookies.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base::ids::AccountId;
use base::{Clock, Entropy, Localized, SimulatedClock};
use db::{Db, Durability, Place};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tower::ServiceExt;
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
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: Arc::default(),
            headers: vec![("accept".into(), "text/html".into())],
        }
    }

    /// A browser in which somebody has signed in.
    pub async fn signed_in(&self, login: &str) -> Browser {
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

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of a hidden field, of the first form that has one.
    pub fn field(&self, name: &str) -> String {
        let mark = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let from = self.body.find(&mark).map(|at| at + mark.len());
        let rest = from.map_or("", |at| &self.body[at..]);
        unescape(rest.split('"').next().unwrap_or_default())
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

/// Keeps cookies and sends forms as a page of ours would.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: Arc<Mutex<BTreeMap<String, String>>>,
    pub headers: Vec<(String, String)>,
}

impl Browser {
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(key, _)| key != name);
        other.headers.push((name.into(), value.into()));
        other
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Vec::new(), None).await
    }

    /// Sends a form as a page that was loaded just now would: with its csrf and token.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/settings").await;
        let mut fields = fields.to_vec();
        let (csrf, token) = (page.field("csrf"), page.field("token"));
        fields.push(("csrf", &csrf));
        fields.push(("token", &token));
        self.post(path, &fields).await
    }

    /// Sends a form with exactly these fields.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let kind = "application/x-www-form-urlencoded";
        self.ask("POST", path, body.into_bytes(), Some(kind)).await
    }

    pub async fn ask(&self, method: &str, path: &str, body: Vec<u8>, kind: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep(&parts.headers);
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }
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
