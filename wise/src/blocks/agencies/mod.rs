//! Organisations: who is responsible for what, and how to reach them.
//!
//! They are data of the country (`agencies.csv`), read once; officials are accounts that carry an
//! agency's code.

use std::collections::BTreeMap;

use base::Localized;
use serde::Deserialize;

/// An organisation that holds data, pays benefits or employs officials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    pub code: String,
    pub name: Localized,
    pub kind: String,
    pub phone: String,
}

/// All agencies by code.
#[derive(Clone, Debug, Default)]
pub struct Agencies(BTreeMap<String, Agency>);

#[derive(Deserialize)]
struct Line {
    code: String,
    name_ko: String,
    name_en: String,
    kind: String,
    phone: String,
}

impl Agencies {
    /// Reads `agencies.csv`.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        for line in csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes())
            .deserialize::<Line>()
        {
            let line = line.map_err(|e| format!("agencies.csv: {e}"))?;
            let agency = Agency {
                code: line.code.clone(),
                name: Localized::new(line.name_ko, line.name_en),
                kind: line.kind,
                phone: line.phone,
            };
            if all.insert(line.code.clone(), agency).is_some() {
                return Err(format!("agencies.csv: the code {} stands twice", line.code));
            }
        }
        Ok(Self(all))
    }

    /// The agency with this code.
    pub fn get(&self, code: &str) -> Option<&Agency> {
        self.0.get(code)
    }

    /// Its name, or the code itself where the table does not know it.
    pub fn name(&self, code: &str) -> Localized {
        self.get(code)
            .map_or_else(|| Localized::new(code, code), |agency| agency.name.clone())
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Agency> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_stands_twice_is_refused() {
        let text = "code,name_ko,name_en,kind,phone\na,가,A,central,1\na,나,B,local,2\n";
        assert!(Agencies::read(text).unwrap_err().contains("twice"));
    }
}
