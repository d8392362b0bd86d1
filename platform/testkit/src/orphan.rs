//! Servers that end with the test process, however it ends.
//!
//! A shell reads a pipe whose other end only the test process holds. When the process exits, panics
//! or is killed, the kernel closes the pipe, the shell reads the end of file and cleans up. Statics are
//! never dropped in Rust, so this is the normal way out too, not only the emergency exit.

use std::{
    fs, io,
    os::unix::process::CommandExt,
    path::Path,
    process::{ChildStdin, Command, Stdio},
};

/// Holds the pipe; dropping it (or dying) starts the cleaning up.
#[derive(Debug)]
pub(crate) struct Watcher {
    _pipe: ChildStdin,
}

/// A system user, by the numbers that the kernel wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub uid: u32,
    pub gid: u32,
}

impl User {
    /// Looks a user up in `/etc/passwd`.
    pub(crate) fn named(name: &str) -> Option<User> {
        user_in(&fs::read_to_string("/etc/passwd").ok()?, name)
    }

    /// The user that this process runs as.
    pub(crate) fn current() -> io::Result<User> {
        use std::os::unix::fs::MetadataExt;
        // A file one has just made belongs to oneself: the safe way to learn the effective user.
        let made = tempfile::tempfile()?.metadata()?;
        Ok(User {
            uid: made.uid(),
            gid: made.gid(),
        })
    }
}

fn user_in(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(User { uid, gid })
    })
}

/// A shell command in its own process group, so that Ctrl-C at the terminal leaves the cleaning up
/// to the pipe, and with nothing inherited that would keep `cargo test`'s own pipes open.
pub(crate) fn shell(script: &str, folder: &Path, user: Option<User>) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(script)
        .arg("testkit")
        .current_dir(folder)
        .process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(User { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
    command
}

impl Watcher {
    /// Starts a [`shell`] command whose script waits with `cat` for the end of this process.
    pub(crate) fn start(command: &mut Command) -> io::Result<Watcher> {
        let mut child = command.spawn()?;
        let pipe = child
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("the watcher has no pipe"))?;
        Ok(Watcher { _pipe: pipe })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres2:x:9:9::/:/x\npostgres:x:101:104:a,b:/v:/b\n";
        assert_eq!(
            user_in(passwd, "postgres"),
            Some(User { uid: 101, gid: 104 })
        );
        assert_eq!(user_in(passwd, "post"), None);
    }
}
