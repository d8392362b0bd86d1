//! Rows of `places.csv`: childcare centres, people for hire, offices, hospitals.

use csv::StringRecord;

use super::data::SampleError;

const FILE: &str = "places.csv";

/// A place, or a person for hire. Arrays are by the age of the children, 0 to 5 years.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub code: String,
    /// `daycare`, `kindergarten`, `sitter`, `postnatal_helper`, `shared_childcare`,
    /// `health_centre`, `community_centre` or `hospital`.
    pub kind: String,
    pub name: String,
    pub name_en: String,
    /// Code of `dongs.csv`.
    pub dong: String,
    /// Empty for people for hire who come to the house.
    pub address: String,
    pub lat: f64,
    pub lon: f64,
    pub phone: String,
    pub opening: String,
    /// Places in the class; `None` where the place has no such class.
    pub capacity: [Option<u32>; 6],
    /// Free places in the class.
    pub vacancy: [Option<u32>; 6],
    /// Children waiting for the class.
    pub waiting: [Option<u32>; 6],
    /// Won an hour, of people for hire.
    pub price_won_per_hour: Option<i64>,
    /// When people for hire can come.
    pub hours: String,
    /// ISO 639-1.
    pub languages: Vec<String>,
    pub note: String,
}

/// Reads `places.csv`.
pub(super) fn parse(text: &str) -> Result<Vec<Place>, SampleError> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(fault)?.clone();
    let places: Vec<Place> = reader
        .records()
        .map(|record| {
            let record = record.map_err(fault)?;
            Row(&headers, &record).place()
        })
        .collect::<Result<_, _>>()?;
    if places.is_empty() {
        return Err(SampleError::Empty { file: FILE });
    }
    Ok(places)
}

fn fault(error: impl ToString) -> SampleError {
    SampleError::File {
        file: FILE,
        message: error.to_string(),
    }
}

struct Row<'a>(&'a StringRecord, &'a StringRecord);

impl Row<'_> {
    fn place(&self) -> Result<Place, SampleError> {
        Ok(Place {
            code: self.text("code")?.to_owned(),
            kind: self.text("kind")?.to_owned(),
            name: self.text("name")?.to_owned(),
            name_en: self.text("name_en")?.to_owned(),
            dong: self.text("dong")?.to_owned(),
            address: self.text("address")?.to_owned(),
            lat: self.required("lat")?,
            lon: self.required("lon")?,
            phone: self.text("phone")?.to_owned(),
            opening: self.text("opening")?.to_owned(),
            capacity: self.by_age("capacity")?,
            vacancy: self.by_age("vacancy")?,
            waiting: self.by_age("waiting")?,
            price_won_per_hour: self.number("price_won_per_hour")?,
            hours: self.text("hours")?.to_owned(),
            languages: self
                .text("languages")?
                .split(';')
                .map(str::to_owned)
                .collect(),
            note: self.text("note")?.to_owned(),
        })
    }

    fn text(&self, column: &str) -> Result<&str, SampleError> {
        self.0
            .iter()
            .position(|h| h == column)
            .and_then(|i| self.1.get(i))
            .ok_or_else(|| fault(format!("column {column} is missing")))
    }

    fn number<T: std::str::FromStr>(&self, column: &str) -> Result<Option<T>, SampleError> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let line = self.1.position().map_or(0, |p| p.line());
        text.parse()
            .map(Some)
            .map_err(|_| fault(format!("line {line}: {column} “{text}” is not a number")))
    }

    fn required<T: std::str::FromStr>(&self, column: &str) -> Result<T, SampleError> {
        self.number(column)?
            .ok_or_else(|| fault(format!("column {column} must not be empty")))
    }

    fn by_age(&self, column: &str) -> Result<[Option<u32>; 6], SampleError> {
        let mut ages = [None; 6];
        for (age, slot) in ages.iter_mut().enumerate() {
            *slot = self.number(&format!("{column}_{age}"))?;
        }
        Ok(ages)
    }
}
