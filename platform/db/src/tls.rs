//! TLS to PostgreSQL, asked for in the URL with libpq's words.
//!
//! `sslmode=require` and `sslmode=verify-full` both encrypt **and** verify the server's certificate and
//! name: an encrypted line to nobody knows whom protects no resident. Roots are those of the machine
//! (`SSL_CERT_FILE` replaces them), or of the PEM file named by `sslrootcert`. Without `sslmode`, and with
//! `disable`, the line is plain, for databases on the same machine.

use std::sync::Arc;

use postgres::Config;
use postgres::config::SslMode;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How to reach a server.
#[derive(Clone)]
pub(crate) struct Target {
    pub config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Target {
    /// Reads a `postgres://` URL.
    ///
    /// # Errors
    /// What is wrong with the URL or with the certificates it names, in words.
    pub fn parse(url: &str) -> Result<Self, String> {
        let wish = Wish::read(url)?;
        let mut config: Config = wish.url.parse().map_err(|e| crate::pg::explain(&e))?;
        config.ssl_mode(if wish.encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = wish
            .encrypted
            .then(|| connector(wish.roots.as_deref()))
            .transpose()?;
        Ok(Self { config, tls })
    }

    /// Opens a connection.
    pub fn connect(&self) -> Result<postgres::Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(postgres::NoTls),
        }
    }
}

/// What a URL says of TLS, and the URL without the words that the driver does not know.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    url: String,
    encrypted: bool,
    roots: Option<String>,
}

impl Wish {
    fn read(url: &str) -> Result<Self, String> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut encrypted, mut roots, mut rest) = (false, None, Vec::new());
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", "require" | "verify-full")) => encrypted = true,
                Some(("sslmode", "disable" | "prefer")) => encrypted = false,
                Some(("sslmode", other)) => {
                    return Err(format!(
                        "sslmode={other} is not known; write require (encrypted and verified) or disable"
                    ));
                }
                Some(("sslrootcert", path)) => roots = Some(path.to_owned()),
                _ => rest.push(pair),
            }
        }
        if roots.is_some() && !encrypted {
            return Err("sslrootcert wants sslmode=require beside it".into());
        }
        let url = if rest.is_empty() {
            address.to_owned()
        } else {
            format!("{address}?{}", rest.join("&"))
        };
        Ok(Self {
            url,
            encrypted,
            roots,
        })
    }
}

fn connector(file: Option<&str>) -> Result<MakeRustlsConnect, String> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(path) => {
            let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
            let certificates: Vec<_> = read.map_err(|e| format!("sslrootcert {path}: {e}"))?;
            roots.add_parsable_certificates(certificates);
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(format!(
            "no certificate authority found in {}; name a PEM file with sslrootcert=",
            file.unwrap_or("this machine's store")
        ));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("TLS: {e}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(url: &str) -> Wish {
        Wish::read(url).unwrap()
    }

    #[test]
    fn libpq_words_are_taken_out_of_the_url() {
        let read = wish("postgres://a@b/c?sslmode=verify-full&connect_timeout=3&sslrootcert=/ca");
        assert_eq!(read.url, "postgres://a@b/c?connect_timeout=3");
        assert!(read.encrypted);
        assert_eq!(read.roots.as_deref(), Some("/ca"));
        assert!(!wish("postgres://a@b/c").encrypted);
    }

    #[test]
    fn a_wish_that_cannot_be_kept_is_an_error() {
        for url in [
            "postgres://a@b/c?sslmode=allow",
            "postgres://a@b/c?sslrootcert=/ca",
        ] {
            assert!(Wish::read(url).unwrap_err().contains("require"), "{url}");
        }
        let missing = Target::parse("postgres://a@b/c?sslmode=require&sslrootcert=/nowhere.pem");
        assert!(missing.err().unwrap().contains("/nowhere.pem"));
    }
}
