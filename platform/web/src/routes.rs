//! Routes that name their permission. A route without one cannot be written.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::authorize::{Authorizer, Scope};
use crate::core::Core;
use crate::forms::Fields;
use crate::gate::{self, Reader};
use crate::problem::Problem;
use crate::visitor::Visitor;

/// Who may open a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Everybody; says why that is right.
    Public(&'static str),
    /// Whoever is signed in: their own settings, their own wake-ups.
    SignedIn,
    /// Whom the policies permit this action on anything at all. The handler asks [`Allowed`] on what.
    Action(&'static str),
}

/// One route, for tests and golden lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    pub path: &'static str,
    pub permission: Permission,
}

/// Routes under construction.
pub struct Routes<S = Core> {
    entries: Vec<(RouteInfo, MethodRouter<S>)>,
    list: Vec<RouteInfo>,
    /// Paths to which programs post without a secret.
    open: Vec<&'static str>,
}

impl<S> Default for Routes<S> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            list: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl<S> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Core: FromRef<S>,
{
    pub fn new() -> Self {
        Self::default()
    }

    /// A route that reads. It answers `HEAD` too.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, permission, handler)
    }

    /// A route that changes something: its form carries `csrf` and, for the extractor
    /// [`crate::Once`], `token`.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, permission, handler)
    }

    /// A route to which programs of strangers post, as a protocol has it: no form, no secret, and the handler must not ask who
    /// visits; says why that is right.
    #[must_use]
    pub fn post_open<H, T>(mut self, path: &'static str, why: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.open.push(path);
        self.post(path, Permission::Public(why), handler)
    }

    #[must_use]
    pub fn put<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::PUT, MethodFilter::PUT, path, permission, handler)
    }

    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(
            Method::DELETE,
            MethodFilter::DELETE,
            path,
            permission,
            handler,
        )
    }

    fn add<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        permission: Permission,
        handler: H,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let info = RouteInfo {
            method,
            path,
            permission,
        };
        self.list.push(info.clone());
        self.entries.push((info, on(filter, handler)));
        self
    }

    /// These routes and others.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self.list.extend(other.list);
        self.open.extend(other.open);
        self
    }

    /// All routes with their permissions.
    pub fn list(&self) -> &[RouteInfo] {
        &self.list
    }

    /// Routes whose action no policy file declares: nobody could ever open them.
    pub fn unknown_actions<'a>(
        &'a self,
        authorizer: &'a Authorizer,
    ) -> impl Iterator<Item = &'a RouteInfo> {
        self.list.iter().filter(|route| match route.permission {
            Permission::Action(action) => !authorizer.knows(action),
            Permission::Public(_) | Permission::SignedIn => false,
        })
    }

    /// The server: these routes behind the gate, which finds out who visits, refuses forged
    /// requests, gives problems their words and adds the security headers.
    pub fn into_router(self, state: S) -> Router {
        let core = Core::from_ref(&state);
        let mut router = Router::new();
        for (info, methods) in self.entries {
            let guard = Guard {
                core: core.clone(),
                permission: info.permission,
            };
            let methods = methods.route_layer(middleware::from_fn_with_state(guard, check));
            router = router.route(info.path, methods);
        }
        let router = router.fallback(async || Problem::not_found());
        gate::place(router, core, self.open.into()).with_state(state)
    }
}

#[derive(Clone)]
struct Guard {
    core: Core,
    permission: Permission,
}

/// Refuses before the handler runs.
async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let account = request.extensions().get::<Visitor>();
    let account = account.and_then(|it| it.account.as_ref());
    let scope = match (guard.permission, account) {
        (Permission::Public(_), _) | (Permission::SignedIn, Some(_)) => Scope::Nothing,
        (Permission::SignedIn | Permission::Action(_), None) => return sign_in(&request),
        (Permission::Action(action), Some(account)) => {
            match guard.core.authorizer().scope(account, action) {
                Scope::Nothing => return Problem::forbidden().into_response(),
                scope => scope,
            }
        }
    };
    request.extensions_mut().insert(Allowed(scope));
    next.run(request).await
}

/// Sends a person to the login page and back; keeps a form that was already filled in.
fn sign_in(request: &Request) -> Response {
    let reader = request.extensions().get::<Reader>();
    let here = request.uri().path_and_query().map_or("/", |it| it.as_str());
    if reader.is_none_or(|it| !it.wants_page) {
        return Problem::sign_in().into_response();
    }
    if let Some(fields) = request.extensions().get::<Fields>() {
        return Problem::expired(gate::keep(here, fields)).into_response();
    }
    let expired = request
        .extensions()
        .get::<Visitor>()
        .is_some_and(|it| it.expired);
    Redirect::to(&crate::login::address(here, expired)).into_response()
}

/// Over which records this visitor may do what the route is for. An extractor; on routes that name
/// no action it is [`Scope::Nothing`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for Allowed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let allowed = parts.extensions.get::<Self>().cloned();
        Ok(allowed.unwrap_or(Self(Scope::Nothing)))
    }
}
