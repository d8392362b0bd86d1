//! Pages, sessions, permissions, forms, texts and problems of a server that knows no government
//! words: roles, actions and texts are opaque and come from files.
//!
//! A product makes a [`Core`], merges its [`Routes`] with [`routes`], and serves
//! [`Routes::into_router`]. Handlers take [`Visitor`], [`Allowed`], [`Form`] or [`Fields`] and
//! [`Once`], act through [`Core::act`] or [`Core::once`], and return a page or a [`Problem`].

pub mod accounts;
mod api;
mod assets;
mod authorize;
pub mod charts;
mod client;
mod core;
mod csrf;
pub mod export;
pub mod format;
mod forms;
mod gate;
mod i18n;
mod live;
mod login;
mod oidc;
mod once;
mod page;
pub mod password;
mod problem;
mod problem_page;
mod rate;
mod routes;
mod secret;
mod service;
mod session;
mod settings;
mod settings_page;
mod visitor;

use axum::extract::FromRef;

pub use accounts::Account;
pub use authorize::{Authorizer, PolicyError, Resource, Scope};
pub use client::{ClientError, HttpClient};
pub use core::{Actor, Core, CoreConfig, Navigate, Site, Unread};
pub use export::{Export, Format};
pub use forms::{Cursor, Fields, Form, FormErrors, Json, Page, PageQuery};
pub use i18n::{Arg, MACHINE_DRAFTED, Texts, TextsError};
pub use login::is_local;
pub use oidc::OidcConfig;
pub use once::{Once, once};
pub use page::{
    Brand, Demo, Drafted, Flash, Frame, FrameWords, IconLink, Inbox, Link, NavItem, Navigation,
    Person, Said, Setting, SettingOption, respond, respond_again,
};
pub use problem::{FieldError, Problem, ProblemDetails};
pub use routes::{Allowed, Permission, RouteInfo, Routes};
pub use session::{COOKIE as SESSION_COOKIE, SessionLimits};
pub use settings::Settings;
pub use visitor::Visitor;

/// This crate's own tables.
pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    id: "202611231810_web_accounts",
    sql: include_str!("../migrations/202611231810_web_accounts.sql"),
}];

/// The routes of this crate: login, settings, wake-ups, the look, health.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Core: FromRef<S>,
{
    use Permission::{Public, SignedIn};
    const SIGN_IN: Permission = Public("whoever wants to sign in");
    const LOOK: Permission = Public("how pages look; names nobody");
    Routes::new()
        .get(login::PATH, SIGN_IN, login::show)
        .post(login::PATH, SIGN_IN, login::submit)
        .get(oidc::PATH, SIGN_IN, oidc::set_out)
        .get(oidc::CALLBACK, SIGN_IN, oidc::callback)
        .post(
            "/logout",
            Public("signing out twice is harmless"),
            login::logout,
        )
        .get("/settings", LOOK, settings_page::show)
        .post("/settings", LOOK, settings_page::change)
        .get("/events", SignedIn, live::events)
        .get(
            "/healthz",
            Public("tells only that the store answers"),
            service::health,
        )
        .get("/api", Public("the description of the API"), api::read)
        .get(
            "/openapi.json",
            Public("the description of the API"),
            api::document,
        )
        .get("/offline", LOOK, service::offline)
        .get("/assets/{file}", LOOK, assets::asset)
        .get("/sw.js", LOOK, assets::service_worker)
        .get("/manifest.webmanifest", LOOK, assets::manifest)
        .get("/favicon.ico", LOOK, assets::favicon)
}
