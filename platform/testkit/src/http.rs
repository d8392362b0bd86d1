//! A double of an HTTP service: keeps every request and answers as it was told, or does not.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The first header of this name, in any case; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// What happens to a request, which is kept in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpBehaviour {
    /// This status and body.
    Answer(u16, String),
    /// The connection ends without an answer.
    Cut,
    /// Nothing comes for this long, then the connection ends.
    Silent(Duration),
}

#[derive(Default)]
struct State {
    requests: Vec<HttpRequest>,
    next: VecDeque<HttpBehaviour>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    is_closing: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server on a port of its own until it is dropped. Without other word it answers 201.
pub struct HttpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Default for HttpServer {
    fn default() -> Self {
        Self::start()
    }
}

impl HttpServer {
    /// # Panics
    /// When no port is free on 127.0.0.1.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on 127.0.0.1");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let acceptor = thread::spawn(move || {
            for stream in listener.incoming() {
                if own.is_closing.load(Ordering::Acquire) {
                    return;
                }
                let shared = Arc::clone(&own);
                // A client that hangs up early is its own affair.
                thread::spawn(move || stream.and_then(|it| serve(it, &shared)));
            }
        });
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Decides about the next request not yet decided about.
    pub fn next(&self, behaviour: HttpBehaviour) {
        self.shared.lock().next.push_back(behaviour);
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.shared.lock().requests.clone()
    }
}

impl Drop for HttpServer {
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

/// Answers request after request on one connection.
fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        let behaviour = {
            let mut state = shared.lock();
            state.requests.push(request);
            state.next.pop_front()
        };
        match behaviour.unwrap_or(HttpBehaviour::Answer(201, String::new())) {
            HttpBehaviour::Answer(status, body) => {
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status} .\r\ncontent-length: {length}\r\n\r\n{body}");
                writer.write_all(answer.as_bytes())?;
            }
            HttpBehaviour::Cut => return Ok(()),
            HttpBehaviour::Silent(time) => {
                thread::sleep(time);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// `None` when the connection ended between two requests.
fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<HttpRequest>> {
    let Some(first) = line(reader)? else {
        return Ok(None);
    };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut headers = Vec::new();
    while let Some(text) = line(reader)?.filter(|it| !it.is_empty()) {
        if let Some((name, value)) = text.split_once(':') {
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    let mut request = HttpRequest {
        method,
        path,
        headers,
        body: Vec::new(),
    };
    request.body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn line(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut text = String::new();
    let count = reader.read_line(&mut text)?;
    Ok((count > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}
