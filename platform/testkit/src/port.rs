//! A port for a server that cannot choose one itself.

use std::{io, net::TcpListener};

/// A TCP port on 127.0.0.1 that was free a moment ago. Another process may take it before it is
/// used, so whoever asks must be ready to ask again.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
