//! Makes rows of the register out of records, or says what is wrong and where.

use base::Localized;
use jiff::Timestamp;
use jiff::civil::Date;
use rules::{Entity, FactType, RuleBook, Value, dates};

use crate::blocks::exchange::Catalogue;
use crate::blocks::people::model::{NewAddress, NewDatum, Role, Sex, Source};

/// The longest text of one field, in letters.
const LONGEST_FIELD: usize = 500;
const LONGEST_NAME: usize = 50;

/// What a column says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Household,
    Name,
    Born,
    Sex,
    Role,
    Municipality,
    Dong,
    Address,
    Latitude,
    Longitude,
    Since,
    Email,
    /// A fact of the vocabulary.
    Fact(Entity, String),
}

/// Columns without which no row can be entered.
pub(super) const NEEDED: [&str; 5] = ["household", "name", "born", "sex", "role"];

impl Column {
    /// The column of this name: one of the register's own, or a fact of the vocabulary, which may be
    /// written with its entity (`household.housing`).
    pub fn find(book: &RuleBook, name: &str) -> Option<Self> {
        let own = match name {
            "household" => Self::Household,
            "name" => Self::Name,
            "born" => Self::Born,
            "sex" => Self::Sex,
            "role" => Self::Role,
            "municipality" => Self::Municipality,
            "dong" => Self::Dong,
            "address" => Self::Address,
            "latitude" => Self::Latitude,
            "longitude" => Self::Longitude,
            "since" => Self::Since,
            "email" => Self::Email,
            _ => return Self::fact(book, name),
        };
        Some(own)
    }

    fn fact(book: &RuleBook, name: &str) -> Option<Self> {
        let known = |entity, name: &str| {
            let fact = book.vocabulary().fact(entity, name);
            fact.map(|it| Self::Fact(entity, it.name.clone()))
        };
        match name.split_once('.') {
            Some(("person", fact)) => known(Entity::Person, fact),
            Some(("household", fact)) => known(Entity::Household, fact),
            Some(_) => None,
            None => known(Entity::Person, name).or_else(|| known(Entity::Household, name)),
        }
    }
}

/// What is wrong, without the value: an error file goes through many hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    TooLong,
    OpenQuote,
    OpenObject,
    NotJson,
    NotText,
    Encoding,
    /// The row has so many fields, the head line so many.
    Fields(usize, usize),
    UnknownColumn,
    Missing,
    NotADate,
    Future,
    OneOf(String),
    NotANumber,
    OutOfRange,
    NotAnAddress,
    Value,
    AddressMissing,
}

impl Reason {
    /// The reason in words, with what to do.
    pub fn words(&self) -> Localized {
        let (ko, en) = match self {
            Self::TooLong => (
                "너무 깁니다. 나누거나 줄여 주세요.",
                "Too long. Please shorten it.",
            ),
            Self::OpenQuote => (
                "따옴표가 닫히지 않았습니다. \" 를 닫거나 \"\" 로 적어 주세요.",
                "A quotation mark is not closed. Close it, or write \"\" for a mark inside a field.",
            ),
            Self::OpenObject => ("} 로 닫히지 않았습니다.", "The object is not closed by }."),
            Self::NotJson => (
                "JSON 객체가 아닙니다. { } 로 적어 주세요.",
                "Not a JSON object. Write it between { and }.",
            ),
            Self::NotText => (
                "글, 수, true, false 가운데 하나여야 합니다.",
                "A text, a number, true or false is expected.",
            ),
            Self::Encoding => (
                "글자를 읽을 수 없습니다. UTF-8로 저장해 주세요.",
                "The letters cannot be read. Save the file as UTF-8.",
            ),
            Self::Fields(found, wanted) => {
                return Localized::new(
                    format!("칸이 {found}개입니다. 첫 줄처럼 {wanted}개여야 합니다."),
                    format!("{found} fields where the first line has {wanted}."),
                );
            }
            Self::UnknownColumn => ("모르는 이름입니다.", "The name is not known."),
            Self::Missing => ("비어 있습니다. 적어 주세요.", "Empty. It is needed."),
            Self::NotADate => (
                "있는 날짜를 연-월-일(2026-11-20)로 적어 주세요.",
                "Write a date that exists as year-month-day (2026-11-20).",
            ),
            Self::Future => ("오늘보다 뒤입니다.", "Later than today."),
            Self::OneOf(codes) => {
                return Localized::new(
                    format!("{codes} 가운데 하나여야 합니다."),
                    format!("One of {codes} is expected."),
                );
            }
            Self::NotANumber => (
                "정수여야 합니다. 모르면 비워 두세요.",
                "A whole number is expected. Leave it empty when it is not known.",
            ),
            Self::OutOfRange => ("있을 수 없는 값입니다.", "Out of range."),
            Self::NotAnAddress => ("전자우편 주소가 아닙니다.", "Not an e-mail address."),
            Self::Value => (
                "이 칸에 맞지 않는 값입니다.",
                "The value does not fit this column.",
            ),
            Self::AddressMissing => (
                "이 세대의 주소를 아는 줄이 없습니다. municipality, dong, address, latitude, \
                 longitude, since를 적어 주세요.",
                "No row of this household says where it lives. Write municipality, dong, address, \
                 latitude, longitude and since.",
            ),
        };
        Localized::new(ko, en)
    }
}

/// One thing that is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowError {
    pub line: u64,
    /// Empty when it is about the whole row.
    pub column: String,
    pub reason: Reason,
}

/// A person as a file describes them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub line: u64,
    pub key: String,
    pub name: String,
    pub born: Date,
    pub sex: Sex,
    pub role: Role,
    pub since: Option<Date>,
    pub address: Option<NewAddress>,
    pub email: Option<String>,
    pub person_facts: Vec<NewDatum>,
    pub household_facts: Vec<NewDatum>,
}

/// Checks rows against the vocabulary and the exchange catalogue.
pub(super) struct Checker<'a> {
    pub book: &'a RuleBook,
    pub catalogue: &'a Catalogue,
    pub today: Date,
    pub now: Timestamp,
}

/// A field of a row: its column, the column's name as the file has it, the text.
pub(super) type Field = (Column, String, String);

/// The fields of one row while they are read.
struct Reading<'a> {
    line: u64,
    fields: &'a [Field],
    errors: Vec<RowError>,
}

impl Reading<'_> {
    fn wrong(&mut self, column: &str, reason: Reason) {
        self.errors.push(RowError {
            line: self.line,
            column: column.to_owned(),
            reason,
        });
    }

    /// The text of a column; `None` when it is empty or not there.
    fn text(&self, column: &Column) -> Option<String> {
        let field = self.fields.iter().find(|(it, _, _)| it == column)?;
        let text = field.2.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn needed(&mut self, column: &Column, name: &str) -> String {
        self.text(column).unwrap_or_else(|| {
            self.wrong(name, Reason::Missing);
            String::new()
        })
    }

    /// A date up to `today`.
    fn date(&mut self, column: &Column, name: &str, today: Date) -> Option<Date> {
        let text = self.text(column)?;
        match dates::parse(&text) {
            Some(date) if date > today => self.wrong(name, Reason::Future),
            Some(date) => return Some(date),
            None => self.wrong(name, Reason::NotADate),
        }
        None
    }

    fn degrees(&mut self, column: &Column, name: &str, most: f64) -> Option<f64> {
        let text = self.text(column)?;
        match text.parse::<f64>() {
            Ok(degrees) if degrees.abs() <= most => return Some(degrees),
            Ok(_) => self.wrong(name, Reason::OutOfRange),
            Err(_) => self.wrong(name, Reason::Value),
        }
        None
    }

    fn word<T: std::str::FromStr>(
        &mut self,
        column: &Column,
        name: &str,
        codes: &str,
    ) -> Option<T> {
        let text = self.needed(column, name);
        let word = text.parse().ok();
        if word.is_none() && !text.is_empty() {
            self.wrong(name, Reason::OneOf(codes.to_owned()));
        }
        word
    }
}

impl Checker<'_> {
    /// Makes a row of the fields, or says everything that is wrong with them.
    pub fn row(&self, line: u64, fields: &[Field]) -> Result<Row, Vec<RowError>> {
        let mut reading = Reading {
            line,
            fields,
            errors: Vec::new(),
        };
        for (_, name, text) in fields {
            if text.chars().count() > LONGEST_FIELD {
                reading.wrong(name, Reason::TooLong);
            }
        }
        if !reading.errors.is_empty() {
            return Err(reading.errors);
        }
        let key = reading.needed(&Column::Household, "household");
        let name = reading.needed(&Column::Name, "name");
        if name.chars().count() > LONGEST_NAME {
            reading.wrong("name", Reason::TooLong);
        }
        if reading.text(&Column::Born).is_none() {
            reading.wrong("born", Reason::Missing);
        }
        let born = reading.date(&Column::Born, "born", self.today);
        let sex = reading.word(&Column::Sex, "sex", "male, female");
        let roles = "head, spouse, child, parent, grandchild, other";
        let role = reading.word(&Column::Role, "role", roles);
        let since = reading.date(&Column::Since, "since", self.today);
        let address = self.address(&mut reading);
        let email = self.email(&mut reading);
        let from = since.or(born).unwrap_or(self.today);
        let (person_facts, household_facts) = self.facts(&mut reading, from);
        match (born, sex, role) {
            (Some(born), Some(sex), Some(role)) if reading.errors.is_empty() => Ok(Row {
                line,
                key,
                name,
                born,
                sex,
                role,
                since,
                address,
                email,
                person_facts,
                household_facts,
            }),
            _ => Err(reading.errors),
        }
    }

    /// The address, when the row has one: then all of it must be there.
    fn address(&self, reading: &mut Reading<'_>) -> Option<NewAddress> {
        let latitude = reading.degrees(&Column::Latitude, "latitude", 90.0);
        let longitude = reading.degrees(&Column::Longitude, "longitude", 180.0);
        let line = reading.text(&Column::Address)?;
        for (column, name) in [
            (Column::Municipality, "municipality"),
            (Column::Dong, "dong"),
            (Column::Latitude, "latitude"),
            (Column::Longitude, "longitude"),
            (Column::Since, "since"),
        ] {
            if reading.text(&column).is_none() {
                reading.wrong(name, Reason::Missing);
            }
        }
        Some(NewAddress {
            municipality: reading.text(&Column::Municipality)?,
            dong: reading.text(&Column::Dong)?,
            line,
            latitude: latitude?,
            longitude: longitude?,
        })
    }

    fn email(&self, reading: &mut Reading<'_>) -> Option<String> {
        let text = reading.text(&Column::Email)?;
        if text.parse::<lettre::Address>().is_err() {
            reading.wrong("email", Reason::NotAnAddress);
        }
        Some(text)
    }

    /// The facts of the person and of the household; an empty field is not known.
    fn facts(&self, reading: &mut Reading<'_>, since: Date) -> (Vec<NewDatum>, Vec<NewDatum>) {
        let (mut person, mut household) = (Vec::new(), Vec::new());
        let fields = reading.fields;
        for (column, name, text) in fields {
            let (Column::Fact(entity, fact), text) = (column, text.trim()) else {
                continue;
            };
            if text.is_empty() {
                continue;
            }
            let Ok(value) = self.book.parse_value(*entity, fact, text) else {
                reading.wrong(name, self.refusal(*entity, fact));
                continue;
            };
            let datum = NewDatum {
                fact: fact.clone(),
                value: Some(written(&value)),
                since,
                until: None,
                source: self.source(*entity, fact),
            };
            match entity {
                Entity::Person => person.push(datum),
                Entity::Household => household.push(datum),
            }
        }
        (person, household)
    }

    /// What a fact's type expects.
    fn refusal(&self, entity: Entity, fact: &str) -> Reason {
        let vocabulary = self.book.vocabulary();
        match vocabulary.fact(entity, fact).map(|it| it.fact_type) {
            Some(FactType::Bool) => Reason::OneOf("true, false".into()),
            Some(FactType::Date) => Reason::NotADate,
            Some(FactType::Integer(_)) => Reason::NotANumber,
            Some(FactType::Enum(id)) => {
                let codes = vocabulary.enum_values(id).iter().map(|it| it.code.as_str());
                Reason::OneOf(codes.collect::<Vec<_>>().join(", "))
            }
            Some(FactType::Text) | None => Reason::Value,
        }
    }

    /// Who holds the fact and under which law it is here; what nobody holds was told.
    fn source(&self, entity: Entity, fact: &str) -> Source {
        match self.catalogue.holding(&format!("{entity}.{fact}")) {
            Some(holding) => Source {
                agency: holding.agency.clone(),
                basis: holding.law.clone(),
                told: false,
                checked_at: self.now,
            },
            None => Source {
                agency: "resident".into(),
                basis: "본인이 알림".into(),
                told: true,
                checked_at: self.now,
            },
        }
    }
}

/// A value as the register keeps it.
fn written(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Text(value) => value.clone(),
    }
}
