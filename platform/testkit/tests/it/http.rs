//! The double of an HTTP service.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use testkit::http::{HttpBehaviour, HttpServer};

fn ask(server: &HttpServer, request: &str) -> String {
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const REQUEST: &str = "POST /a?b=c HTTP/1.1\r\nX-Thing: 7\r\ncontent-length: 2\r\n\r\nhi";

#[test]
fn it_keeps_what_it_was_asked_and_answers_as_told() {
    let server = HttpServer::start();
    server.next(HttpBehaviour::Answer(418, "teapot".into()));
    server.next(HttpBehaviour::Cut);
    let two = format!("{REQUEST}{REQUEST}");
    let answer = ask(&server, &two);
    assert!(answer.starts_with("HTTP/1.1 418 "), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\nteapot"),
        "the second is cut: {answer}"
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.as_str()),
        ("POST", "/a?b=c")
    );
    assert_eq!(requests[0].header("x-thing"), "7");
    assert_eq!(requests[1].body, b"hi");
}

#[test]
fn silence_ends_without_an_answer() {
    let server = HttpServer::start();
    server.next(HttpBehaviour::Silent(Duration::from_millis(50)));
    assert_eq!(ask(&server, REQUEST), "");
}
