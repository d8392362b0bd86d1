use std::collections::BTreeMap;

use db::{Error, Row, Tx, placeholders, values};
use jiff::Timestamp;

use super::model::{Conditions, Leaflet, Nearby, Provider, Service};

const SERVICE: &str = "id, name, summary, field, support, users, agency_code, agency_name, \
                       agency_kind, until_text, api_version, coded, codes, age_from, age_to";
const LEAFLET: &str = "target, criteria, content, how, documents, law, phone, reception, \
                       department, page_url, apply_url, updated_text";

/// Joins words that hold no bar themselves; the interface joins its own lists so.
const BAR: &str = "||";

fn read(row: &Row) -> Result<Service, Error> {
    let split = |text: String, by: &str| -> Vec<String> {
        let parts = text.split(by).filter(|it| !it.is_empty());
        parts.map(str::to_owned).collect()
    };
    let conditions = Conditions {
        codes: split(row.get(12)?, " "),
        age_from: row.get(13)?,
        age_to: row.get(14)?,
    };
    Ok(Service {
        id: row.get(0)?,
        name: row.get(1)?,
        summary: row.get(2)?,
        field: row.get(3)?,
        support: row.get(4)?,
        users: split(row.get(5)?, BAR),
        agency_code: row.get(6)?,
        agency_name: row.get(7)?,
        agency_kind: row.get(8)?,
        until: row.get(9)?,
        api_version: row.get(10)?,
        conditions: row.get::<bool>(11)?.then_some(conditions),
    })
}

fn read_leaflet(row: &Row, from: usize) -> Result<Leaflet, Error> {
    Ok(Leaflet {
        target: row.get(from)?,
        criteria: row.get(from + 1)?,
        content: row.get(from + 2)?,
        how: row.get(from + 3)?,
        documents: row.get(from + 4)?,
        law: row.get(from + 5)?,
        phone: row.get(from + 6)?,
        reception: row.get(from + 7)?,
        department: row.get(from + 8)?,
        page_url: row.get(from + 9)?,
        apply_url: row.get(from + 10)?,
        updated: row.get(from + 11)?,
    })
}

/// Every service, by its number.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Service>, Error> {
    let sql = format!("SELECT {SERVICE} FROM benefits_service ORDER BY id");
    tx.query_map(&sql, &[], read)
}

/// What is stored already: digests by id.
pub(super) fn digests(tx: &mut Tx<'_>) -> Result<BTreeMap<String, String>, Error> {
    let rows = tx.query_map("SELECT id, digest FROM benefits_service", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Keeps a service, in place of what was stored under its number.
pub(super) fn put(
    tx: &mut Tx<'_>,
    it: &Service,
    leaflet: &Leaflet,
    digest: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let none = Conditions::default();
    let conditions = it.conditions.as_ref().unwrap_or(&none);
    let words = [
        &it.name,
        &it.summary,
        &it.field,
        &it.agency_name,
        &leaflet.target,
    ];
    let words: Vec<String> = words.iter().map(|it| it.to_lowercase()).collect();
    let columns = format!("{SERVICE}, {LEAFLET}, words, digest, imported_at");
    let names: Vec<&str> = columns.split(',').map(str::trim).collect();
    let renewed: Vec<String> = names
        .iter()
        .skip(1)
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    tx.execute(
        &format!(
            "INSERT INTO benefits_service ({columns}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
            placeholders(1, names.len()),
            renewed.join(", ")
        ),
        values![
            &it.id,
            &it.name,
            &it.summary,
            &it.field,
            &it.support,
            it.users.join(BAR),
            &it.agency_code,
            &it.agency_name,
            &it.agency_kind,
            &it.until,
            &it.api_version,
            it.conditions.is_some(),
            conditions.codes.join(" "),
            conditions.age_from,
            conditions.age_to,
            &leaflet.target,
            &leaflet.criteria,
            &leaflet.content,
            &leaflet.how,
            &leaflet.documents,
            &leaflet.law,
            &leaflet.phone,
            &leaflet.reception,
            &leaflet.department,
            &leaflet.page_url,
            &leaflet.apply_url,
            &leaflet.updated,
            words.join("\n"),
            digest,
            now
        ],
    )?;
    Ok(())
}

/// Every agency that services name.
pub(super) fn providers(tx: &mut Tx<'_>) -> Result<Vec<Provider>, Error> {
    tx.query_map(
        "SELECT DISTINCT agency_code, agency_name, agency_kind FROM benefits_service \
         ORDER BY agency_code, agency_name, agency_kind",
        &[],
        |row| {
            Ok(Provider {
                code: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
            })
        },
    )
}

/// Services of the place and of the whole country in which all these words occur.
pub(super) fn near(
    tx: &mut Tx<'_>,
    nearby: &Nearby,
    words: &[String],
) -> Result<Vec<Service>, Error> {
    let mut params = Vec::new();
    let mut places = Vec::new();
    let codes = nearby.local.keys();
    for (column, wanted) in [
        ("agency_kind", nearby.national.iter().collect::<Vec<_>>()),
        ("agency_code", codes.collect()),
    ] {
        if !wanted.is_empty() {
            let marks = placeholders(params.len() + 1, wanted.len());
            places.push(format!("{column} IN ({marks})"));
            params.extend(wanted.into_iter().map(|it| it.as_str().into()));
        }
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut clauses = vec![format!("({})", places.join(" OR "))];
    for word in words {
        params.push(pattern(word).into());
        clauses.push(format!("words LIKE ${} ESCAPE '!'", params.len()));
    }
    tx.query_map(
        &format!(
            "SELECT {SERVICE} FROM benefits_service WHERE {} ORDER BY id",
            clauses.join(" AND ")
        ),
        &params,
        read,
    )
}

/// A word anywhere in a text, its own signs taken literally.
fn pattern(word: &str) -> String {
    let mut text = String::from("%");
    for letter in word.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            text.push('!');
        }
        text.push(letter);
    }
    text.push('%');
    text
}

/// One service with its texts and when it was imported.
pub(super) fn by_id(
    tx: &mut Tx<'_>,
    id: &str,
) -> Result<Option<(Service, Leaflet, Timestamp)>, Error> {
    tx.query_opt(
        &format!("SELECT {SERVICE}, {LEAFLET}, imported_at FROM benefits_service WHERE id = $1"),
        values![id],
    )?
    .map(|row| Ok((read(&row)?, read_leaflet(&row, 15)?, row.get(27)?)))
    .transpose()
}
