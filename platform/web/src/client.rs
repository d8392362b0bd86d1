//! Asking other servers over HTTP: over TLS (or on this machine), no redirects followed, bounded in
//! time and size.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

const ANSWER_TIME: Duration = Duration::from_secs(10);
const ANSWER_BYTES: usize = 1 << 20;

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// Nothing was handed over: asking again cannot do anything twice.
    #[error("{0}")]
    NotSent(String),
    /// The request may have arrived.
    #[error("{0}")]
    NoAnswer(String),
}

type Inner = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A client with a pool of connections; cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpClient {
    /// The client, or why there is none: a machine without any root certificate.
    inner: Result<Inner, ClientError>,
    patience: Duration,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpClient {
    pub fn new() -> Self {
        // Named, because other crates may bring another provider into the program.
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let connector = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider);
        let inner = connector
            .map(|it| {
                let connector = it.https_or_http().enable_http1().build();
                Client::builder(TokioExecutor::new()).build(connector)
            })
            .map_err(|e| ClientError::NotSent(format!("no root certificates: {e}")));
        Self {
            inner,
            patience: ANSWER_TIME,
        }
    }

    /// The same client, waiting this long for an answer instead of ten seconds.
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self {
            inner: self.inner.clone(),
            patience,
        }
    }

    /// Sends one request and reads the answer, of at most 1 MiB.
    ///
    /// # Errors
    /// [`ClientError::NotSent`] when nothing was handed over, [`ClientError::NoAnswer`] when that
    /// cannot be known.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ClientError> {
        let uri = request.uri();
        let here = matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if uri.scheme_str() != Some("https") && !here {
            // The path may carry a secret or a person's address: only the host is told.
            let host = uri.host().unwrap_or_default();
            return Err(ClientError::NotSent(format!("{host}: not https")));
        }
        let client = self.inner.clone()?;
        let request = request.map(|body| Full::new(body.into()));
        let exchange = async {
            let answer = client.request(request).await.map_err(|error| {
                let text = error.to_string();
                if error.is_connect() {
                    ClientError::NotSent(text)
                } else {
                    ClientError::NoAnswer(text)
                }
            })?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(|e| ClientError::NoAnswer(e.to_string()))?;
            Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
        };
        timeout(self.patience, exchange)
            .await
            .unwrap_or_else(|_| Err(ClientError::NoAnswer("no answer in time".into())))
    }
}
