//! Files as they come: right, mended, repeated, and wrong in every way.

use std::path::Path;

use db::{Durability, Place};
use encoding_rs::EUC_KR;
use tempfile::TempDir;

use super::*;
use crate::blocks::people::actions::search::search;
use crate::country::{Country, CountryFiles};

const HEAD: &str = "household,name,born,sex,role,municipality,dong,address,latitude,longitude,\
                    since,email,employment,housing\n";
const FAMILY: &str = "\
h1,김하늘,1994-03-02,female,head,hanbit,hanbit-saebit,한빛로 24,37.1,127.2,2024-07-19,hanul@example.kr,employee,jeonse
h1,이준호,1992-05-11,male,spouse,,,,,,,,self_employed,
h1,이서아,2022-04-09,female,child,,,,,,,,,
";

struct Desk {
    folder: TempDir,
    db: Db,
    country: Country,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("wise.db"));
        let db = Db::open(&place, Durability::Relaxed).unwrap();
        let parts = [spine::MIGRATIONS, crate::blocks::people::MIGRATIONS];
        db.migrate(&parts.concat()).unwrap();
        Self {
            folder,
            db,
            country: Country::load(CountryFiles::built_in()).unwrap(),
        }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("people.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, bytes: impl AsRef<[u8]>) -> Result<ImportSummary, ImportError> {
        self.import_with(bytes, |_, _, _| Ok(()))
    }

    fn import_with(
        &self,
        bytes: impl AsRef<[u8]>,
        keep: KeepEmail,
    ) -> Result<ImportSummary, ImportError> {
        let country = &self.country;
        let (book, catalogue) = (&country.book, &country.catalogue);
        import(
            &self.db,
            book,
            catalogue,
            &self.file(bytes.as_ref()),
            keep,
            |_| {},
        )
    }

    fn errors(&self) -> Vec<(u64, String, String)> {
        let path = self.folder.path().join("people.csv.errors.csv");
        let text = read(&path);
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let lines = reader.records().map(|it| {
            let it = it.unwrap();
            (it[0].parse().unwrap(), it[1].to_owned(), it[3].to_owned())
        });
        lines.collect()
    }

    fn count(&self, name: &str) -> usize {
        let name = name.to_owned();
        let found = self
            .db
            .read_blocking(move |tx| search(tx, &web::Scope::Everything, &name, None));
        found.unwrap().len()
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn summary(read: u64, entered: u64, skipped: u64, errors: u64) -> ImportSummary {
    ImportSummary {
        read,
        entered,
        skipped,
        errors,
    }
}

#[test]
fn a_family_is_entered_once_however_often_its_file_comes() {
    let desk = Desk::new();
    let file = format!("{HEAD}{FAMILY}");
    assert_eq!(desk.import(&file).unwrap(), summary(3, 3, 0, 0));
    assert_eq!(desk.import(&file).unwrap(), summary(3, 0, 3, 0));
    let grown = format!("{file}h1,이안,2026-01-20,male,child,,,,,,,,,\n");
    assert_eq!(desk.import(&grown).unwrap(), summary(4, 1, 3, 0));
    assert_eq!(desk.count("김하늘"), 1);
    assert_eq!(desk.count("이안"), 1);
}

#[test]
fn what_a_row_says_is_kept_with_its_source() {
    let desk = Desk::new();
    desk.import(format!("{HEAD}{FAMILY}")).unwrap();
    let view = desk.db.read_blocking(|tx| {
        let found = search(tx, &web::Scope::Everything, "김하늘", None)?;
        let now = SystemClock.now();
        super::super::household::view(tx, found[0].household, base::seoul_date(now), now)
    });
    let view: crate::blocks::people::HouseholdView = view.unwrap();
    assert_eq!(view.members.len(), 3);
    assert_eq!(view.address.as_ref().unwrap().dong, "hanbit-saebit");
    let work = view.members[0].datum("employment").unwrap();
    assert_eq!(work.value.as_deref(), Some("employee"));
    assert_eq!(work.source.agency, "moel");
    assert!(!work.source.told && !work.source.basis.is_empty());
    let housing = view.facts.iter().find(|it| it.fact == "housing").unwrap();
    assert_eq!(housing.value.as_deref(), Some("jeonse"));
    assert!(view.members[1].datum("housing").is_none());
}

#[test]
fn wrong_rows_are_written_down_and_the_others_kept() {
    let desk = Desk::new();
    let file = format!(
        "{HEAD}{FAMILY}\
         h2,박서준,1990-02-30,male,head,hanbit,hanbit-gaon,노을길 1,37.1,127.2,2020-01-01,,none,owned\n\
         h2,최민지,1991-05-05,female,spouse,hanbit,hanbit-gaon,노을길 1,37.1,127.2,2020-01-01,,pilot,\n\
         h2,박도윤,2099-01-01,male,child,,,,,,,,,\n\
         h3,정대현,1980-01-01,male,head\n\
         h4,한지우,1980-01-01,,boss,,,,,,,nobody,,\n\
         h5,오세라,1980-01-01,female,head,,,,,,,,,\n"
    );
    assert_eq!(desk.import(&file).unwrap(), summary(9, 3, 0, 6));
    let found: Vec<_> = desk
        .errors()
        .into_iter()
        .map(|(line, column, _)| (line, column))
        .collect();
    let expected = [
        (5, "born"),
        (6, "employment"),
        (7, "born"),
        (8, ""),
        (9, "sex"),
        (9, "role"),
        (9, "email"),
        (10, "address"),
    ];
    assert_eq!(
        found,
        expected.map(|(line, column)| (line, column.to_owned()))
    );
    let text = read(&desk.folder.path().join("people.csv.errors.csv"));
    for value in ["1990-02-30", "박서준", "pilot", "nobody", "boss"] {
        assert!(!text.contains(value), "{value} leaked");
    }
    // The mended rows alone add what was missing, and the error file of the last import goes.
    let mended = format!(
        "{HEAD}h2,박서준,1990-02-28,male,head,hanbit,hanbit-gaon,노을길 1,37.1,127.2,2020-01-01,,none,owned\n"
    );
    assert_eq!(desk.import(&mended).unwrap(), summary(1, 1, 0, 0));
    assert!(!desk.folder.path().join("people.csv.errors.csv").exists());
}

#[test]
fn an_address_is_handed_on_and_a_refusal_undoes_the_batch() {
    let desk = Desk::new();
    let only_haneul: KeepEmail = |_, _, email| match email {
        "hanul@example.kr" => Ok(()),
        _ => Err(Error::NotFound("mailbox")),
    };
    let file = format!("{HEAD}{FAMILY}");
    let other = file.replace("hanul@", "other@");
    assert!(matches!(
        desk.import_with(&other, only_haneul),
        Err(ImportError::Register(Error::NotFound("mailbox")))
    ));
    assert_eq!(desk.count("김하늘"), 0);
    assert_eq!(
        desk.import_with(&file, only_haneul).unwrap(),
        summary(3, 3, 0, 0)
    );
}

#[test]
fn korean_spreadsheets_and_marks_are_read() {
    let file = format!("{HEAD}{FAMILY}");
    let (cp949, _, _) = EUC_KR.encode(&file);
    let marked = [b"\xEF\xBB\xBF", file.as_bytes()].concat();
    let windows = file.replace('\n', "\r\n");
    for bytes in [cp949.into_owned(), marked, windows.into_bytes()] {
        let desk = Desk::new();
        assert_eq!(desk.import(bytes).unwrap(), summary(3, 3, 0, 0));
        assert_eq!(desk.count("김하늘"), 1);
    }
}

#[test]
fn json_comes_as_an_array_or_line_by_line() {
    let one = r#"{"household":"h1","name":"김하늘","born":"1994-03-02","sex":"female","role":"head",
 "municipality":"hanbit","dong":"hanbit-saebit","address":"한빛로 24","latitude":37.1,"longitude":127.2,"since":"2024-07-19","pregnant":true}"#;
    let two = r#"{"household":"h1","name":"이준호 {\"}","born":"1992-05-11","sex":"male","role":"spouse","housing":null}"#;
    for file in [
        format!("[\n{one},\n{two}]\n"),
        format!("{one}\n{two}\n"),
        format!("[{one},{two}]"),
    ] {
        let desk = Desk::new();
        assert_eq!(desk.import(&file).unwrap(), summary(2, 2, 0, 0), "{file}");
        assert_eq!(desk.count("이준호 {\"}"), 1);
    }
}

#[test]
fn broken_json_costs_its_own_rows_alone() {
    let desk = Desk::new();
    let good = r#"{"household":"h1","name":"김하늘","born":"1994-03-02","sex":"female","role":"head","municipality":"hanbit","dong":"hanbit-saebit","address":"한빛로 24","latitude":37.1,"longitude":127.2,"since":"2024-07-19"}"#;
    let file = format!(
        "{{\"household\":\n{good}\nnothing\n{{\"household\":\"h9\",\"colour\":\"blue\",\"born\":[1]}}\n{{\"name\" 1}}\n{{\"open\":"
    );
    let done = desk.import(&file).unwrap();
    assert_eq!((done.entered, done.errors), (1, 5), "{:?}", desk.errors());
    assert_eq!(desk.count("김하늘"), 1);
}

#[test]
fn columns_are_checked_before_anything_is_entered() {
    let desk = Desk::new();
    let unknown = desk
        .import("household,name,born,sex,role,salary\n")
        .unwrap_err();
    assert!(unknown.to_string().contains("salary"), "{unknown}");
    let missing = desk.import("household,name,born\n").unwrap_err();
    assert!(missing.to_string().contains("sex, role"), "{missing}");
    let double = desk
        .import("household,name,name,born,sex,role\n")
        .unwrap_err();
    assert!(double.to_string().contains("name"), "{double}");
    assert!(matches!(desk.import("").unwrap_err(), ImportError::Empty));
    assert!(matches!(desk.import(HEAD).unwrap_err(), ImportError::Empty));
}

#[test]
fn a_field_of_ten_megabytes_and_an_open_quote_cost_one_row_each() {
    let desk = Desk::new();
    let long = "가".repeat(10 << 20);
    let file = format!(
        "{HEAD}h8,\"{long}\",1990-01-01,male,head,,,,,,,,,\nh9,\"박서준,1990-01-01,male,head,,,,,,,,,\n{FAMILY}"
    );
    assert_eq!(desk.import(&file).unwrap(), summary(5, 3, 0, 2));
    let lines: Vec<_> = desk.errors().into_iter().map(|it| it.0).collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn bytes_that_are_no_letters_are_an_error_and_no_panic() {
    let desk = Desk::new();
    let mut file = format!("{HEAD}{FAMILY}").into_bytes();
    file.extend_from_slice(b"h7,\xff\xfe\x80,1990-01-01,male,head,,,,,,,,,\n\0\0\0\n");
    let done = desk.import(&file).unwrap();
    assert_eq!((done.entered, done.errors), (3, 2));
}
