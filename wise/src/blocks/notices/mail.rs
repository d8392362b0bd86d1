//! E-mail over SMTP. One Message-ID a delivery, whatever the number of attempts.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};

use super::model::{Outcome, Outgoing};

/// How the mail server is reached.
#[derive(Clone, Debug)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<(String, String)>,
    /// The sender's address.
    pub from: Address,
    /// The sender's name.
    pub from_name: String,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS, required (port 587).
    StartTls,
    /// None: a relay on the same machine.
    Plain,
}

const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends one notice with its rendered title and body. Blocks.
pub fn send(smtp: &Smtp, outgoing: &Outgoing, title: &str, body: &str) -> Outcome {
    let message = match compose(smtp, outgoing, title, body) {
        Ok(message) => message,
        Err(reason) => return Outcome::Refused(reason),
    };
    // Until the envelope is handed over, nothing can have been delivered.
    let mut connection = match connect(smtp) {
        Ok(connection) => connection,
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let outcome = match connection.send(message.envelope(), &message.formatted()) {
        Ok(response) if response.is_positive() => Outcome::Sent,
        Ok(response) => Outcome::Again(response.code().to_string()),
        Err(error) if error.is_permanent() => Outcome::Refused(error.to_string()),
        Err(error) if error.is_transient() => Outcome::Again(error.to_string()),
        Err(error) => Outcome::Uncertain(error.to_string()),
    };
    connection.abort();
    outcome
}

fn compose(smtp: &Smtp, outgoing: &Outgoing, title: &str, body: &str) -> Result<Message, String> {
    let to: Address = outgoing
        .delivery
        .address
        .parse()
        .map_err(|_| "the address is not an e-mail address".to_owned())?;
    let host = smtp.from.domain();
    Message::builder()
        .from(Mailbox::new(
            Some(smtp.from_name.clone()),
            smtp.from.clone(),
        ))
        .to(Mailbox::new(None, to))
        .message_id(Some(format!("<{}@{host}>", outgoing.delivery.id)))
        .subject(title)
        .header(ContentType::TEXT_PLAIN)
        .body(body.to_owned())
        .map_err(|error| error.to_string())
}

fn connect(smtp: &Smtp) -> Result<SmtpConnection, lettre::transport::smtp::Error> {
    let hello = ClientId::default();
    let address = (smtp.host.as_str(), smtp.port);
    let mut connection = match smtp.security {
        Security::Tls => {
            let tls = TlsParameters::new(smtp.host.clone())?;
            SmtpConnection::connect(address, Some(TIMEOUT), &hello, Some(&tls), None)?
        }
        Security::StartTls => {
            let tls = TlsParameters::new(smtp.host.clone())?;
            let mut plain = SmtpConnection::connect(address, Some(TIMEOUT), &hello, None, None)?;
            plain.starttls(&tls, &hello)?;
            plain
        }
        Security::Plain => SmtpConnection::connect(address, Some(TIMEOUT), &hello, None, None)?,
    };
    if let Some((user, password)) = &smtp.login {
        let credentials = Credentials::new(user.clone(), password.clone());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)?;
    }
    Ok(connection)
}
