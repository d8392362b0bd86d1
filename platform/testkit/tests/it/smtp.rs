//! The mail server as the tests of notices use it, with the mail library that notices use.

use std::time::Duration;

use lettre::{
    Message, SmtpTransport, Transport, transport::smtp::Error, transport::smtp::response::Response,
};
use testkit::smtp::{Behaviour, SmtpServer};

const PATIENCE: Duration = Duration::from_secs(10);

fn send(server: &SmtpServer, subject: &str) -> Result<Response, Error> {
    let message = Message::builder()
        .from("한빛시 <notices@hanbit.example>".parse().unwrap())
        .to("김하늘 <sky@resident.example>".parse().unwrap())
        .message_id(Some(format!("<{subject}@hanbit.example>")))
        .subject("출생을 축하합니다. 받으실 수 있는 것을 모두 모았습니다. 한 번만 누르시면 됩니다")
        .body("hello\r\n.a line that starts with a dot\r\n".to_string())
        .unwrap();
    let address = server.address();
    let transport = SmtpTransport::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .timeout(Some(PATIENCE));
    transport.build().send(&message)
}

#[test]
fn what_is_accepted_is_kept_whole() {
    let server = SmtpServer::start();
    send(&server, "first").unwrap();
    send(&server, "second").unwrap();
    let mails = server.wait_for(2, PATIENCE);
    assert_eq!(mails.len(), 2);
    assert_eq!(
        (mails[0].from.as_str(), mails[0].to.as_slice()),
        (
            "notices@hanbit.example",
            &["sky@resident.example".to_string()][..]
        )
    );
    assert_eq!(
        mails[0].header("message-id").as_deref(),
        Some("<first@hanbit.example>")
    );
    assert!(
        mails[0].header("Subject").unwrap().contains("?= =?utf-8?"),
        "folded lines are joined"
    );
    assert!(
        mails[0]
            .text
            .contains("\r\n\r\nhello\r\n.a line that starts with a dot\r\n"),
        "{}",
        mails[0].text
    );
    assert!(mails.iter().all(|mail| mail.is_acknowledged));
    assert_eq!(mails[0].header("X-None"), None);
}

#[test]
fn a_cut_before_the_acknowledgement_leaves_the_sender_in_doubt() {
    let server = SmtpServer::start();
    server.next(Behaviour::CutAfterData);
    let error = send(&server, "doubt").unwrap_err();
    assert!(
        !error.is_permanent() && !error.is_transient(),
        "no answer came: {error}"
    );
    let mails = server.mails();
    assert_eq!((mails.len(), mails[0].is_acknowledged), (1, false));
    send(&server, "after").unwrap();
    assert_eq!(server.mails().len(), 2);
}

#[test]
fn refusals_reach_the_sender_and_keep_nothing() {
    let server = SmtpServer::start();
    server.next(Behaviour::RefuseRecipient("550 5.1.1 no such user".into()));
    server.next(Behaviour::RefuseMessage("451 4.3.0 try later".into()));
    server.next(Behaviour::CutBeforeData);
    assert!(send(&server, "a").unwrap_err().is_permanent());
    assert!(send(&server, "b").unwrap_err().is_transient());
    let cut = send(&server, "c").unwrap_err();
    assert!(!cut.is_permanent() && !cut.is_transient());
    assert_eq!(server.mails(), []);
    server.always(Behaviour::RefuseRecipient("450 4.2.1 busy".into()));
    assert!(send(&server, "d").unwrap_err().is_transient());
    assert!(send(&server, "e").unwrap_err().is_transient());
}

#[test]
fn a_dropped_server_is_gone() {
    let address = SmtpServer::start().address();
    assert!(std::net::TcpStream::connect(address).is_err());
}
