//! Loads a benefit whose condition, amount and dates are the input: nothing may panic or exhaust the stack.
//!
//! `cd engines/rules && RUSTC_BOOTSTRAP=1 cargo fuzz run load`

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::RuleBook;

const VOCABULARY: &str = include_str!("../../tests/fixtures/book/vocabulary.yaml");
const MEDIAN: &str = include_str!("../../tests/fixtures/book/parameters/income.yaml");
const BENEFIT: &str = include_str!("../../tests/fixtures/book/benefits/child-money.yaml");

fuzz_target!(|expression: &str| {
    let quoted = format!("\"{}\"", expression.replace('\\', "\\\\").replace('"', "\\\""));
    let benefit = BENEFIT
        .replace("when: person.role == \"child\"", &format!("when: {quoted}"))
        .replace("pay: \"param.later[person.birth_order]\"", &format!("pay: {quoted}"));
    let files = [
        ("vocabulary.yaml", VOCABULARY),
        ("parameters/income.yaml", MEDIAN),
        ("benefits/child-money.yaml", &benefit),
        ("benefits/raw.yaml", expression),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    if let Ok(book) = RuleBook::load(files) {
        for benefit in book.benefits() {
            book.run_cases(benefit);
        }
    }
});
