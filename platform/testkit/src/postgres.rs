//! A throw-away PostgreSQL: made on the first request, gone with the test process.

use std::{
    env, fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use crate::{
    orphan::{User, Watcher, shell},
    port::free_port,
    skip,
};

const OLDEST_MAJOR_VERSION: u32 = 15;
const MISSING: &str =
    "PostgreSQL 15 or newer not found; install it (Debian: apt-get install postgresql)";

/// A running server of this test process alone.
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    databases: AtomicU32,
    #[cfg(feature = "tls")]
    authority: PathBuf,
    _watcher: Watcher,
}

/// The PostgreSQL server of this test process, started on the first call (about 3 s); `None`, said
/// through [`skip`], where PostgreSQL 15 or newer is not installed or `WISE_TEST_POSTGRES=off`.
///
/// The programs are looked for in `PATH` and in `/usr/lib/postgresql/*/bin`. `initdb` refuses root,
/// so root starts the server as user `postgres` or `nobody`.
///
/// # Panics
/// When PostgreSQL is there but does not start: a broken installation must not look like a skip.
pub fn postgres() -> Option<&'static PostgresServer> {
    static SERVER: OnceLock<Result<PostgresServer, &'static str>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        if env::var_os("WISE_TEST_POSTGRES").is_some_and(|value| value == "off") {
            return Err("PostgreSQL is turned off by WISE_TEST_POSTGRES=off");
        }
        let programs = Programs::find().ok_or(MISSING)?;
        let server = start(&programs);
        Ok(server.unwrap_or_else(|error| panic!("PostgreSQL does not start: {error}")))
    });
    server.as_ref().map_err(|reason| skip(reason)).ok()
}

impl PostgresServer {
    /// Makes a new, empty UTF-8 database (about 50 ms) and gives its `postgres://` URL. May be called
    /// inside an async runtime.
    ///
    /// # Panics
    /// When the server refuses, which a test cannot repair.
    pub fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        // The synchronous client starts a runtime of its own, which a runtime's thread forbids.
        let outcome = thread::scope(|scope| {
            scope
                .spawn(|| self.administer(&format!("CREATE DATABASE {name} TEMPLATE template0")))
                .join()
        });
        match outcome {
            Ok(Ok(())) => self.url(&name),
            Ok(Err(error)) => panic!("cannot create the database {name}: {error}"),
            Err(_) => panic!("cannot create the database {name}: the client panicked"),
        }
    }

    /// The PEM file of the authority behind the server's certificate, which names `localhost`.
    #[cfg(feature = "tls")]
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn administer(&self, sql: &str) -> Result<(), postgres::Error> {
        postgres::Client::connect(&self.url("postgres"), postgres::NoTls)?.batch_execute(sql)
    }
}

/// The folder with `initdb`, `pg_ctl` and `postgres`.
#[derive(Debug)]
struct Programs(PathBuf);

impl Programs {
    fn find() -> Option<Programs> {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .collect();
        debian.sort();
        // The path first, as the developer chose it; then the newest of Debian's.
        env::split_paths(&path)
            .chain(debian.into_iter().rev())
            .map(Programs)
            .find(|programs| {
                programs
                    .version()
                    .is_some_and(|version| version >= OLDEST_MAJOR_VERSION)
            })
    }

    fn at(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }

    fn version(&self) -> Option<u32> {
        if !["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|program| self.at(program).is_file())
        {
            return None;
        }
        let output = Command::new(self.at("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        major_version(&String::from_utf8_lossy(&output.stdout))
    }
}

/// 15 from "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 18 from "… 18beta1".
fn major_version(text: &str) -> Option<u32> {
    let number = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn start(programs: &Programs) -> io::Result<PostgresServer> {
    let user = match User::current()?.uid {
        0 => Some(
            User::named("postgres")
                .or_else(|| User::named("nobody"))
                .ok_or_else(|| {
                    io::Error::other("root needs a user postgres or nobody to start it as")
                })?,
        ),
        _ => None,
    };
    // In the system's temporary directory, because another user must be able to reach it, and
    // because the path of a Unix socket is limited to about 100 bytes.
    let folder = tempfile::Builder::new()
        .prefix("wise-pg-")
        .tempdir()?
        .keep();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    if let Some(User { uid, gid }) = user {
        chown(&folder, Some(uid), Some(gid))?;
    }
    // Before there is anything to clean up, so that nothing can be left behind.
    let watcher = Watcher::start(
        shell(
            "cat >/dev/null; \"$1\" stop -D \"$2/data\" -m immediate; cd /; rm -rf \"$2\"",
            &folder,
            user,
        )
        .arg(programs.at("pg_ctl"))
        .arg(&folder),
    )?;
    let data = folder.join("data");
    run(
        shell("exec \"$@\" >\"$PWD/log\" 2>&1", &folder, user)
            .arg(programs.at("initdb"))
            .args([
                "--auth=trust",
                "--locale=C.UTF-8",
                "-E",
                "UTF8",
                "--no-sync",
                "-U",
                "postgres",
                "-D",
            ])
            .arg(&data),
        &folder,
    )?;
    #[cfg(feature = "tls")]
    let authority = certify(&folder, user)?;
    let port = start_on_free_port(programs, &folder, user)?;
    Ok(PostgresServer {
        port,
        databases: AtomicU32::new(0),
        #[cfg(feature = "tls")]
        authority,
        _watcher: watcher,
    })
}

/// Gives the server a certificate for `localhost` and turns TLS on; plain connections stay possible.
/// Returns the file of its authority, which tests read: it may not lie in the server's own folder.
#[cfg(feature = "tls")]
fn certify(folder: &Path, user: Option<User>) -> io::Result<PathBuf> {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).map_err(io::Error::other)?;
    let issuer = Issuer::new(params, key);
    let server_key = KeyPair::generate().map_err(io::Error::other)?;
    let server = CertificateParams::new(["localhost".to_owned()])
        .and_then(|params| params.signed_by(&server_key, &issuer))
        .map_err(io::Error::other)?;
    let data = folder.join("data");
    for (name, text) in [
        ("server.crt", server.pem()),
        ("server.key", server_key.serialize_pem()),
        ("root.crt", root.pem()),
    ] {
        let path = data.join(name);
        fs::write(&path, text)?;
        // PostgreSQL refuses a key that others may read.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        if let Some(User { uid, gid }) = user {
            chown(&path, Some(uid), Some(gid))?;
        }
    }
    let settings = data.join("postgresql.auto.conf");
    fs::write(&settings, "ssl = on\n")?;
    if let Some(User { uid, gid }) = user {
        chown(&settings, Some(uid), Some(gid))?;
    }
    Ok(data.join("root.crt"))
}

fn start_on_free_port(programs: &Programs, folder: &Path, user: Option<User>) -> io::Result<u16> {
    let mut last = io::Error::other("no port tried");
    // Between asking for a port and using it another process may take it.
    for _ in 0..5 {
        let port = free_port()?;
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=200",
            folder.display()
        );
        let started = run(
            shell("exec \"$@\" >>\"$PWD/log\" 2>&1", folder, user)
                .arg(programs.at("pg_ctl"))
                .args(["start", "-w", "-t", "60", "-o", &options, "-D"])
                .arg(folder.join("data")),
            folder,
        );
        match started {
            Ok(()) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn run(command: &mut Command, folder: &Path) -> io::Result<()> {
    let status = command.spawn()?.wait()?;
    if status.success() {
        return Ok(());
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(io::Error::other(format!("{status}\n{log}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_packagers_print_them() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("postgres"), None);
    }
}
