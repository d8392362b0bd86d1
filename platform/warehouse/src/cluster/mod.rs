//! A Ballista cluster: one scheduler, and executors that ask it for work.
//!
//! Executors pull: they open no port that takes orders, only the one that hands out what they have worked out.

mod executor;
mod gate;
mod scheduler;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::Failure;

pub use executor::Executor;
pub use scheduler::Scheduler;

/// The port of a scheduler whose address names none.
pub const SCHEDULER_PORT: u16 = 50050;
/// How long a sweep waits for the first executor.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a scheduler is: `http://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no address of a scheduler; write http://HOST:PORT");
        let rest = match text.split_once("://") {
            Some(("http", rest)) => rest,
            Some(("https", _)) => {
                return Err(
                    "https is not spoken here: put scheduler and executors on a network of their own, or behind a \
                     tunnel, and write http://HOST:PORT"
                        .to_owned(),
                );
            }
            Some(_) => return Err(wrong()),
            None => text,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => {
                (host, port.parse().map_err(|_| wrong())?)
            }
            _ => (rest, SCHEDULER_PORT),
        };
        let is_name = !host.is_empty()
            && host
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "-._[]:".contains(it));
        if !is_name {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

impl Address {
    pub(crate) fn url(&self) -> String {
        self.to_string()
    }

    /// Waits until a scheduler answers that it has executors.
    pub(crate) async fn wait_until_ready(&self) -> Result<(), Failure> {
        let waiting = async {
            loop {
                match self.is_ready().await {
                    Ok(true) => return Ok(()),
                    Ok(false) => tokio::time::sleep(Duration::from_millis(200)).await,
                    Err(error) => {
                        return Err(Failure::Cluster(format!(
                            "no scheduler answers at {self} ({error}); start one with `wise-warehouse scheduler`, or \
                             sweep in this process with --cluster local"
                        )));
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| {
                Err(Failure::Cluster(format!(
                    "the scheduler at {self} has no executor; start one or more with `wise-warehouse executor \
                     --scheduler {self}`"
                )))
            })
    }

    async fn is_ready(&self) -> std::io::Result<bool> {
        let host = self.host.trim_matches(['[', ']']);
        let mut stream = TcpStream::connect((host, self.port)).await?;
        let request = format!("GET /readyz HTTP/1.0\r\nHost: {}\r\n\r\n", self.host);
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        match answer.split_whitespace().nth(1) {
            Some("200") => Ok(true),
            Some("503") => Ok(false),
            _ => Err(std::io::Error::other("something else answers there")),
        }
    }
}

/// Ballista knows no sign-in and no encryption; who hears beyond this machine is told so.
fn warn_when_open(what: &str, bind: SocketAddr) {
    if !bind.ip().is_loopback() {
        tracing::warn!(
            %bind,
            "the {what} answers whoever reaches its port, unencrypted: let only the machines of the cluster reach it"
        );
    }
}

/// What others are told to call an address: nothing for “all interfaces”.
fn host_of(ip: IpAddr) -> Option<String> {
    (!ip.is_unspecified()).then(|| ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduler_is_named_by_url() {
        for (text, shown) in [
            ("http://10.0.0.7:9000", "http://10.0.0.7:9000"),
            (
                "http://scheduler.city.kr/",
                "http://scheduler.city.kr:50050",
            ),
            ("127.0.0.1:1", "http://127.0.0.1:1"),
            ("http://[::1]:8", "http://[::1]:8"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), shown);
        }
        for wrong in [
            "",
            "http://",
            "ftp://a:1",
            "http://a:b",
            "http://a b:1",
            "https://a:1",
        ] {
            let error = wrong.parse::<Address>().unwrap_err();
            assert!(error.contains("http://HOST:PORT"), "{error}");
        }
    }
}
