//! Signing in at an OpenID Connect provider.

/// How one signs in elsewhere.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The provider's issuer URL; its discovery document lies below.
    pub issuer: String,
    pub client_id: String,
    /// Empty for a public client.
    pub client_secret: String,
    /// The roles of accounts made at the first login; without any, only accounts that exist may enter.
    pub default_roles: Vec<String>,
}

/// Where one sets out for the provider.
pub(crate) const PATH: &str = "/login/oidc";

pub(crate) struct Oidc {
    config: OidcConfig,
}

impl Oidc {
    pub fn new(config: OidcConfig, _base_url: &str) -> Self {
        Self { config }
    }
}
