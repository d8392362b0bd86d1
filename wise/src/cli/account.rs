use base::Entropy;
use clap::Args;
use jiff::SignedDuration;
use rand::RngExt;

use super::backup::FILE;
use super::config::Config;
use super::{act, say};

/// Who may sign in.
#[derive(Args)]
pub struct AccountArgs {
    /// The name to sign in with
    login: String,
    /// The name that others read
    #[arg(long)]
    name: String,
    /// resident, counter, field, supervisor, decision_maker, operator, hospital or agency (another
    /// agency's system); may be repeated
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    /// Code of the office, for officials and hospitals
    #[arg(long)]
    agency: Option<String>,
    /// Id of the person, for residents
    #[arg(long)]
    person: Option<String>,
    /// A bearer token for a system instead of a password, good for this many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    token: Option<i64>,
}

const ROLES: [&str; 8] = [
    "resident",
    "counter",
    "field",
    "supervisor",
    "decision_maker",
    "operator",
    "hospital",
    "agency",
];

/// Adds an account with a password, or a system's bearer token, that is shown once.
pub(super) fn add(config: &Config, args: &AccountArgs) -> Result<(), String> {
    if let Some(wrong) = args.roles.iter().find(|it| !ROLES.contains(&it.as_str())) {
        return Err(format!(
            "{wrong:?} is no role; choose among {}",
            ROLES.join(", ")
        ));
    }
    if args.roles.iter().any(|it| it == "agency") && args.agency.is_none() {
        return Err("a system of another agency acts for it: add --agency CODE".into());
    }
    let db = config.open(FILE)?;
    let password = password(&Entropy::system());
    let new = web::accounts::NewAccount {
        login: args.login.clone(),
        name: args.name.clone(),
        roles: args.roles.clone(),
        person: args.person.clone(),
        agency: args.agency.clone(),
        password_hash: args
            .token
            .is_none()
            .then(|| web::password::hash(&password, &mut Entropy::system().rng())),
        oidc: None,
    };
    let (token_days, login) = (args.token, args.login.clone());
    let made = act(&db, move |cx| {
        let account = web::accounts::create(cx, &new)?;
        let Some(days) = token_days else {
            return Ok(None);
        };
        let until = cx.now + SignedDuration::from_hours(24 * days);
        web::accounts::create_api_token(cx, account, &login, Some(until)).map(Some)
    });
    let token =
        made.map_err(|error: db::Error| format!("{}: {error}; is the name taken?", args.login))?;
    tell(config, &args.login, &password, token.as_deref());
    Ok(())
}

/// The one time that the secret is shown.
fn tell(config: &Config, login: &str, password: &str, token: Option<&str>) {
    match (token, config.json) {
        (Some(token), true) => {
            say(&serde_json::json!({"login": login, "token": token}).to_string());
        }
        (Some(token), false) => {
            say(&format!(
                "{login} may call the API with the header\nAuthorization: Bearer {token}"
            ));
            say("It is shown this once; only its digest is kept.");
        }
        (None, true) => {
            say(&serde_json::json!({"login": login, "password": password}).to_string());
        }
        (None, false) => {
            say(&format!("{login} may sign in with the password {password}"));
            say("It is shown this once; change it after signing in.");
        }
    }
}

/// Twenty characters without look-alikes: more than 100 bits.
fn password(entropy: &Entropy) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = entropy.rng();
    (0..20)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}
