//! Settings: `wise.toml`, then `WISE_*`, then flags; secrets come from files.

mod ledger;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use db::{Db, Durability, Place};
use serde::Deserialize;
use web::OidcConfig;

use ledger::LedgerFile;

use crate::app::LanguageModel;
use crate::app::ledger::Founding;
use crate::blocks::notices::Channels;
use crate::blocks::notices::letter::{self, Paper};
use crate::blocks::notices::mail::{Security, Smtp};
use crate::blocks::notices::push::{Push, USUAL_SERVICES};
use crate::blocks::notices::sms::{Sms, Template};
use crate::country::{Country, CountryFiles};
use crate::server::migrations;

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "WISE_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Folder of the embedded database [default: data]
    #[arg(long, global = true, env = "WISE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// postgres://… instead of the embedded database
    #[arg(
        long,
        global = true,
        env = "WISE_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    database: Option<String>,
    /// A country folder instead of the one built in
    #[arg(long, global = true, env = "WISE_COUNTRY", value_name = "DIR")]
    country: Option<PathBuf>,
    /// The settings file [default: wise.toml where it exists]
    #[arg(long, global = true, env = "WISE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Machine-readable output
    #[arg(long, global = true)]
    json: bool,
}

/// `wise.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<String>,
    data: Option<PathBuf>,
    database: Option<String>,
    country: Option<PathBuf>,
    /// The address people reach: `https://wise.city.kr`.
    base_url: Option<String>,
    behind_proxy: bool,
    /// Names this process among others on the same database.
    instance: Option<String>,
    smtp: Option<SmtpFile>,
    push: Option<PushFile>,
    sms: Option<SmsFile>,
    letter: Option<LetterFile>,
    oidc: Option<OidcFile>,
    language_model: Option<LanguageModelFile>,
    ledger: Option<LedgerFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpFile {
    host: String,
    port: u16,
    /// `tls`, `starttls` or `plain`.
    security: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
    from: String,
    from_name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PushFile {
    /// Whom a push service can ask: `mailto:…` or `https://…`.
    contact: String,
    /// Hosts of push services beside the usual ones.
    #[serde(default)]
    services: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsFile {
    url: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    success: String,
    token_file: Option<PathBuf>,
}

fn post() -> String {
    "POST".into()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LetterFile {
    font: Option<PathBuf>,
    window_left_mm: f32,
    window_top_mm: f32,
}

impl Default for LetterFile {
    fn default() -> Self {
        Self {
            font: None,
            window_left_mm: 20.0,
            window_top_mm: 45.0,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcFile {
    issuer: String,
    client_id: String,
    client_secret_file: PathBuf,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageModelFile {
    /// As OpenAI's, up to and with `/v1`.
    url: String,
    model: String,
    token_file: Option<PathBuf>,
}

/// All settings, each decided.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: String,
    pub data: PathBuf,
    pub database: Option<String>,
    pub country: Option<PathBuf>,
    pub base_url: Option<String>,
    pub behind_proxy: bool,
    pub instance: Option<String>,
    pub json: bool,
    pub channels: Channels,
    /// Why letters are off although they are set up.
    pub letter_problem: Option<String>,
    pub oidc: Option<OidcConfig>,
    /// What may put sentences into other words.
    pub language_model: Option<LanguageModel>,
    ledger: LedgerFile,
}

impl Config {
    /// Reads the file and lays variables and flags over it.
    pub fn read(flags: &Flags) -> Result<Self, String> {
        let file = match &flags.config {
            Some(path) => read_file(path)?,
            None if Path::new("wise.toml").exists() => read_file(Path::new("wise.toml"))?,
            None => File::default(),
        };
        let listen = flags.listen.clone().or(file.listen);
        let letter = file.letter.map(|it| it.read());
        let (letter, letter_problem) = match letter {
            Some(Ok(paper)) => (Some(paper), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        Ok(Self {
            listen: listen.unwrap_or_else(|| "127.0.0.1:8080".into()),
            data: flags
                .data
                .clone()
                .or(file.data)
                .unwrap_or_else(|| "data".into()),
            database: flags.database.clone().or(file.database),
            country: flags.country.clone().or(file.country),
            base_url: file.base_url,
            behind_proxy: file.behind_proxy,
            instance: file.instance,
            json: flags.json,
            channels: Channels {
                smtp: file.smtp.map(|it| it.read()).transpose()?,
                push: file.push.map(|it| it.read()).transpose()?,
                sms: file.sms.map(|it| it.read()).transpose()?,
                letter,
                ..Channels::default()
            },
            letter_problem,
            oidc: file.oidc.map(|it| it.read()).transpose()?,
            language_model: file.language_model.map(|it| it.read()).transpose()?,
            ledger: file.ledger.unwrap_or_default(),
        })
    }

    /// Where the ledger lies, of a real place.
    pub fn ledger_folder(&self) -> PathBuf {
        self.data.join("ledger")
    }

    /// How the ledger begins, and with whom it is kept.
    pub fn founding(&self) -> Result<Founding, String> {
        let country = self.country()?;
        let address = self.base_url.as_deref().unwrap_or(&self.listen);
        let host = address.split_once("://").map_or(address, |it| it.1);
        let host = host.split(['/', '+', ' ']).next().unwrap_or_default();
        let name = country.site.place.ko.clone();
        self.ledger.clone().read(name, host.to_owned())
    }

    /// Where the data lies; `name` is the embedded database's file.
    pub fn place(&self, name: &str) -> Result<Place, String> {
        match &self.database {
            None => Ok(Place::File(self.data.join(name))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Place::Postgres(url.clone()))
            }
            Some(_) => Err(
                "--database wants postgres://user@host/name; without it the embedded database in \
                 --data is used"
                    .into(),
            ),
        }
    }

    /// The country, checked.
    pub fn country(&self) -> Result<Country, String> {
        let files = match &self.country {
            Some(folder) => CountryFiles::read(folder).map_err(|it| it.to_string())?,
            None => CountryFiles::built_in(),
        };
        Country::load(files).map_err(|it| it.to_string())
    }

    /// The database, open for writing and up to date.
    pub fn open(&self, name: &str) -> Result<Db, String> {
        let db = Db::open(&self.place(name)?, Durability::Full).map_err(|it| it.to_string())?;
        db.migrate(&migrations()).map_err(|it| it.to_string())?;
        Ok(db)
    }
}

fn read_file(path: &Path) -> Result<File, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl SmtpFile {
    fn read(self) -> Result<Smtp, String> {
        let security = match self.security.as_str() {
            "tls" => Security::Tls,
            "starttls" => Security::StartTls,
            "plain" => Security::Plain,
            other => {
                return Err(format!(
                    "smtp.security is {other:?}; write tls, starttls or plain"
                ));
            }
        };
        let login = match (self.user, self.password_file) {
            (Some(user), Some(file)) => Some((user, secret(&file)?)),
            (None, None) => None,
            _ => return Err("smtp.user and smtp.password_file go together".into()),
        };
        let from = self.from.parse();
        Ok(Smtp {
            host: self.host,
            port: self.port,
            security,
            login,
            from: from.map_err(|_| format!("smtp.from is not an address: {:?}", self.from))?,
            from_name: self.from_name,
        })
    }
}

impl PushFile {
    fn read(self) -> Result<Push, String> {
        if !self.contact.starts_with("mailto:") && !self.contact.starts_with("https://") {
            return Err(format!(
                "push.contact is {:?}; write mailto:… or https://…, push services refuse others",
                self.contact
            ));
        }
        let usual = USUAL_SERVICES.iter().map(ToString::to_string);
        Ok(Push {
            contact: self.contact,
            services: usual.chain(self.services).collect(),
        })
    }
}

impl SmsFile {
    fn read(self) -> Result<Sms, String> {
        let token = self.token_file.as_deref().map(secret).transpose()?;
        Sms::new(Template {
            method: self.method,
            url: self.url,
            headers: self.headers.into_iter().collect(),
            body: self.body,
            success: self.success,
            token: token.unwrap_or_default(),
        })
    }
}

impl LetterFile {
    /// A font that is missing turns letters off; the server runs without.
    fn read(self) -> Result<Paper, String> {
        let (font, index) = letter::find_font(self.font.as_deref())?;
        Ok(Paper {
            font,
            index,
            window_left_mm: self.window_left_mm,
            window_top_mm: self.window_top_mm,
        })
    }
}

impl OidcFile {
    fn read(self) -> Result<OidcConfig, String> {
        Ok(OidcConfig {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: secret(&self.client_secret_file)?,
            default_roles: self.roles,
        })
    }
}

impl LanguageModelFile {
    fn read(self) -> Result<LanguageModel, String> {
        let token = self.token_file.as_deref().map(secret).transpose()?;
        LanguageModel::new(&self.url, &self.model, token)
    }
}

/// Structured log lines on standard error; `WISE_LOG=debug` says more.
pub(crate) fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("WISE_LOG")
        // Who votes twice is named by the node and on its page.
        .unwrap_or_else(|_| {
            EnvFilter::new("warn,tokio_postgres=off,arc_malachitebft_core_votekeeper=error")
        });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
