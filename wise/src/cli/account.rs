use base::Clock;
use base::{Entropy, SystemClock};
use clap::Args;
use rand::RngExt;
use spine::Cx;

use super::backup::FILE;
use super::config::Config;
use super::say;

/// Who may sign in.
#[derive(Args)]
pub struct AccountArgs {
    /// The name to sign in with
    login: String,
    /// The name that others read
    #[arg(long)]
    name: String,
    /// resident, counter, field, supervisor, decision_maker, operator or hospital; may be repeated
    #[arg(long = "role", required = true)]
    roles: Vec<String>,
    /// Code of the office, for officials and hospitals
    #[arg(long)]
    agency: Option<String>,
    /// Id of the person, for residents
    #[arg(long)]
    person: Option<String>,
}

const ROLES: [&str; 7] = [
    "resident",
    "counter",
    "field",
    "supervisor",
    "decision_maker",
    "operator",
    "hospital",
];

/// Adds an account with a password that is shown once.
pub(super) fn add(config: &Config, args: &AccountArgs) -> Result<(), String> {
    if let Some(wrong) = args.roles.iter().find(|it| !ROLES.contains(&it.as_str())) {
        return Err(format!(
            "{wrong:?} is no role; choose among {}",
            ROLES.join(", ")
        ));
    }
    let db = config.open(FILE)?;
    let password = password(&Entropy::system());
    let new = web::accounts::NewAccount {
        login: args.login.clone(),
        name: args.name.clone(),
        roles: args.roles.clone(),
        person: args.person.clone(),
        agency: args.agency.clone(),
        password_hash: Some(web::password::hash(&password, &mut Entropy::system().rng())),
        oidc: None,
    };
    let made = db.write_blocking(move |tx| {
        let mut rng = Entropy::system().rng();
        let mut cx = Cx {
            tx,
            now: SystemClock.now(),
            rng: &mut rng,
            actor: None,
        };
        web::accounts::create(&mut cx, &new)
    });
    made.map_err(|error| format!("{}: {error}; is the name taken?", args.login))?;
    if config.json {
        let line = serde_json::json!({"login": args.login, "password": password});
        say(&line.to_string());
    } else {
        say(&format!(
            "{} may sign in with the password {password}",
            args.login
        ));
        say("It is shown this once; change it after signing in.");
    }
    Ok(())
}

/// Twenty characters without look-alikes: more than 100 bits.
fn password(entropy: &Entropy) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = entropy.rng();
    (0..20)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}
