//! Pages, sessions, permissions, forms, texts and problems of a server that knows no government
//! words: roles, actions and texts are opaque and come from files.
//!
//! A product makes a [`Core`], merges its [`Routes`] with [`routes`], and serves
//! [`Routes::into_router`]. Handlers take [`Visitor`], [`Allowed`], [`Form`] or [`Fields`] and
//! [`Once`], act through [`Core::act`] or [`Core::once`], and return a page or a [`Problem`].

pub mod accounts;
mod assets;
mod authorize;
mod core;
mod csrf;
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
pub use core::{Actor, Core, CoreConfig, Navigate, Site, Unread};
pub use forms::{Cursor, Fields, Form, FormErrors, Page, PageQuery};
pub use i18n::{Arg, Texts, TextsError};
pub use oidc::OidcConfig;
pub use once::{Once, once};
pub use page::{
    Brand, Demo, Flash, Frame, FrameWords, IconLink, Inbox, Link, NavItem, Navigation, Person,
    Setting, SettingOption, respond, respond_again,
};
pub use problem::{FieldError, Problem};
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
    Routes::new()
        .get("/login", Public("whoever wants to sign in"), login::show)
        .post("/login", Public("whoever wants to sign in"), login::submit)
        .post(
            "/logout",
            Public("signing out twice is harmless"),
            login::logout,
        )
        .get(
            "/settings",
            Public("how pages look, kept in the browser"),
            settings_page::show,
        )
        .post(
            "/settings",
            Public("how pages look, kept in the browser"),
            settings_page::change,
        )
        .get("/events", SignedIn, live::events)
        .get(
            "/healthz",
            Public("monitoring; tells only that the store answers"),
            service::health,
        )
        .get("/offline", Public("names nobody"), service::offline)
        .get("/assets/{file}", Public("the look"), assets::asset)
        .get("/sw.js", Public("the look"), assets::service_worker)
        .get(
            "/manifest.webmanifest",
            Public("the look"),
            assets::manifest,
        )
        .get("/favicon.ico", Public("the look"), assets::favicon)
}
