//! The law of the country itself: every file is valid and every case holds.

use std::path::PathBuf;

use rules::RuleBook;

use crate::fixture::{read, told};

pub fn book() -> RuleBook {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../country/kr");
    RuleBook::load(read(&folder)).unwrap_or_else(|diagnostics| panic!("{}", told(&diagnostics)))
}

#[test]
fn every_file_is_valid_and_every_case_holds() {
    let book = book();
    assert!(book.benefits().count() > 0);
    let mut failures = String::new();
    for benefit in book.benefits() {
        for case in book.run_cases(benefit).iter().filter(|case| !case.passed) {
            failures += &format!(
                "{}:{}: {}\n{}\n",
                benefit.file, case.line, case.name, case.explanation
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
