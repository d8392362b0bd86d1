//! Households drawn at random over the whole vocabulary, the same everywhere: for tests and benches.

use rules::{Entity, FactType, RuleBook, Situation, Value};

/// Steele and others, “Fast splittable pseudorandom number generators” (2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// A value as households have them: sums on every scale, dates of the last eighty years and the next.
fn random_value(book: &RuleBook, fact_type: FactType, random: &mut Random) -> Value {
    match fact_type {
        FactType::Bool => Value::Bool(random.below(2) == 0),
        FactType::Enum(id) => {
            let values = book.vocabulary().enum_values(id);
            let index = random.below(values.len() as u64) as usize;
            Value::Text(values[index].code.clone())
        }
        FactType::Text => Value::Text(["hanbit", "elsewhere"][random.below(2) as usize].to_owned()),
        FactType::Date => {
            let back = if random.below(2) == 0 { 1_500 } else { 29_000 };
            let days = 300 - random.below(back) as i64;
            let around = jiff::civil::date(2026, 11, 23);
            Value::Date(rules::dates::add_days(around, days).expect("a day"))
        }
        FactType::Integer(unit) => {
            let (_, greatest) = unit.bounds();
            let scale = 10_u64.pow(if unit.is_money() {
                5 + random.below(5) as u32
            } else {
                1 + random.below(2) as u32
            });
            Value::Integer((random.below(scale) as i64).min(greatest))
        }
    }
}

/// A household of at most so many members, of whose facts so many of twelve are unknown.
pub fn random_household(
    book: &RuleBook,
    random: &mut Random,
    most_members: u64,
    unknown_of_twelve: u64,
) -> Situation {
    let mut home = book.situation();
    let facts = |entity| book.vocabulary().facts(entity).to_vec();
    for fact in facts(Entity::Household) {
        if random.below(12) >= unknown_of_twelve {
            let value = random_value(book, fact.fact_type, random);
            home.set_household(&fact.name, value).expect("valid");
        }
    }
    for index in 0..=random.below(most_members) {
        let key = format!("m{index}");
        home.add_member(&key).expect("room");
        for fact in facts(Entity::Person) {
            if random.below(12) >= unknown_of_twelve {
                let value = random_value(book, fact.fact_type, random);
                home.set_member(&key, &fact.name, value).expect("valid");
            }
        }
    }
    home
}
