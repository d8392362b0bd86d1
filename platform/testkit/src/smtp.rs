//! A mail server for tests, which misbehaves on request.
//!
//! It speaks as much of SMTP (RFC 5321) as a sender needs, on a free port of 127.0.0.1, without TLS or
//! accounts, and keeps what it was given.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// What happens to one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Kept, and acknowledged with 250.
    #[default]
    Accept,
    /// Kept, but the connection ends before the 250: the sender cannot know.
    CutAfterData,
    /// Not kept: the connection ends when the sender announces the message.
    CutBeforeData,
    /// The recipient is refused: 4xx for now ("450 4.2.1 busy"), 5xx for good ("550 5.1.1 no such user").
    RefuseRecipient(String),
    /// The message is refused after it was sent: "451 4.3.0 try later", "554 5.7.1 looks like spam".
    RefuseMessage(String),
}

/// A message as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address of the envelope, without angle brackets.
    pub from: String,
    /// The recipients' addresses of the envelope.
    pub to: Vec<String>,
    /// Headers and body, lines ended by `\r\n`, dots unstuffed.
    pub text: String,
    /// Whether the sender was told that it arrived.
    pub is_acknowledged: bool,
}

impl Mail {
    /// The first header of this name (any case), unfolded: `mail.header("Message-ID")`.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next()?;
        let mut lines = head.split("\r\n").skip_while(|line| {
            !line
                .split_once(':')
                .is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
        });
        let mut value = lines.next()?.split_once(':')?.1.trim().to_string();
        for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(line.trim());
        }
        Some(value)
    }
}

/// A mail server that ends when dropped.
///
/// ```
/// let server = testkit::smtp::SmtpServer::start();
/// server.next(testkit::smtp::Behaviour::CutAfterData);
/// assert!(server.url().starts_with("smtp://127.0.0.1:"));
/// assert_eq!(server.mails(), []);
/// ```
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    is_closing: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<Mail>,
    next: VecDeque<Behaviour>,
    otherwise: Behaviour,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, mail: Mail) {
        self.lock().mails.push(mail);
        self.changed.notify_all();
    }
}

impl SmtpServer {
    /// Starts a server that accepts everything.
    ///
    /// # Panics
    /// When 127.0.0.1 has no free port.
    pub fn start() -> SmtpServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let for_sessions = Arc::clone(&shared);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if for_sessions.is_closing.load(Ordering::Acquire) {
                    return;
                }
                let shared = Arc::clone(&for_sessions);
                // A sender that hangs up early is its own affair; what it sent is kept or not by then.
                thread::spawn(move || {
                    stream.and_then(|stream| Session::new(stream, &shared)?.run())
                });
            }
        });
        SmtpServer {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// "smtp://127.0.0.1:PORT".
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Decides about the next message not yet decided about; several calls decide about several.
    pub fn next(&self, behaviour: Behaviour) {
        self.shared.lock().next.push_back(behaviour);
    }

    /// Decides about all messages that [`SmtpServer::next`] says nothing about.
    pub fn always(&self, behaviour: Behaviour) {
        self.shared.lock().otherwise = behaviour;
    }

    /// All messages kept so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.lock().mails.clone()
    }

    /// Waits until `count` messages are kept, and gives them; fewer when `patience` ran out.
    pub fn wait_for(&self, count: usize, patience: Duration) -> Vec<Mail> {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, patience, |state| state.mails.len() < count);
        waited
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .mails
            .clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.is_closing.store(true, Ordering::Release);
        // The acceptor sits in accept(): one last visitor lets it see the flag.
        if TcpStream::connect(self.address).is_ok()
            && let Some(acceptor) = self.acceptor.take()
        {
            let _ = acceptor.join();
        }
    }
}

/// One connection, which may carry several messages.
struct Session<'a> {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    shared: &'a Shared,
    from: String,
    to: Vec<String>,
    /// Decided at MAIL FROM, for one message.
    behaviour: Behaviour,
}

impl<'a> Session<'a> {
    fn new(stream: TcpStream, shared: &'a Shared) -> io::Result<Session<'a>> {
        // A forgotten connection must not keep a thread for ever.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let writer = stream.try_clone()?;
        let (from, to, behaviour) = (String::new(), Vec::new(), Behaviour::Accept);
        Ok(Session {
            reader: BufReader::new(stream),
            writer,
            shared,
            from,
            to,
            behaviour,
        })
    }

    fn run(mut self) -> io::Result<()> {
        self.reply("220 testkit ESMTP")?;
        while let Some(line) = self.line()? {
            let command = line.to_ascii_uppercase();
            if command.starts_with("EHLO") {
                self.reply(
                    "250-testkit\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES",
                )?;
            } else if command.starts_with("MAIL FROM:") {
                self.begin(&line)?;
            } else if command.starts_with("RCPT TO:") {
                self.recipient(&line)?;
            } else if command == "DATA" {
                if self.data()?.is_none() {
                    return Ok(());
                }
            } else if command == "QUIT" {
                return self.reply("221 2.0.0 bye");
            } else if command.starts_with("HELO") || command == "RSET" || command == "NOOP" {
                self.to.clear();
                self.reply("250 2.0.0 ok")?;
            } else {
                self.reply("502 5.5.1 not known here")?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, line: &str) -> io::Result<()> {
        self.from = address(line);
        self.to.clear();
        let mut state = self.shared.lock();
        let otherwise = state.otherwise.clone();
        self.behaviour = state.next.pop_front().unwrap_or(otherwise);
        drop(state);
        self.reply("250 2.1.0 ok")
    }

    fn recipient(&mut self, line: &str) -> io::Result<()> {
        if let Behaviour::RefuseRecipient(refusal) = &self.behaviour {
            let refusal = refusal.clone();
            return self.reply(&refusal);
        }
        self.to.push(address(line));
        self.reply("250 2.1.5 ok")
    }

    /// Takes a message; `None` when the connection is to end.
    fn data(&mut self) -> io::Result<Option<()>> {
        if self.behaviour == Behaviour::CutBeforeData {
            return Ok(None);
        }
        if self.to.is_empty() {
            self.reply("503 5.5.1 no recipient")?;
            return Ok(Some(()));
        }
        self.reply("354 go on")?;
        let mut text = String::new();
        loop {
            let Some(line) = self.line()? else {
                return Ok(None);
            };
            if line == "." {
                break;
            }
            text += line.strip_prefix('.').unwrap_or(&line);
            text += "\r\n";
        }
        if let Behaviour::RefuseMessage(refusal) = self.behaviour.clone() {
            self.reply(&refusal)?;
            return Ok(Some(()));
        }
        let is_acknowledged = self.behaviour != Behaviour::CutAfterData;
        let (from, to) = (self.from.clone(), std::mem::take(&mut self.to));
        self.shared.keep(Mail {
            from,
            to,
            text,
            is_acknowledged,
        });
        if !is_acknowledged {
            return Ok(None);
        }
        self.reply("250 2.0.0 kept")?;
        Ok(Some(()))
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if self.reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&bytes);
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_string()))
    }

    fn reply(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(format!("{text}\r\n").as_bytes())
    }
}

/// The address between the angle brackets of MAIL FROM and RCPT TO.
fn address(line: &str) -> String {
    let rest = line.split_once('<').map_or("", |(_, rest)| rest);
    rest.split_once('>')
        .map_or(rest, |(address, _)| address)
        .to_string()
}
