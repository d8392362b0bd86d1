//! How many people of a population a service may be for: all whom nothing in its codes rules out, where its agency
//! is theirs. The same judgement as [`super::model::Answers::judge`], for many people at once.

use std::collections::BTreeMap;

use population::{Count, Found, Totals};
use rules::columns::Bits;
use rules::{Question, RuleBook};

use super::model::{
    Conditions, Nearby, Provider, Service, restricting_ages, restricting_codes, restricting_users,
};
use crate::country::{CodeTable, Excludes};

/// What a count of possible recipients is called in [`Totals`]: this and the service's number.
const PREFIX: &str = "gov24/";

/// Ages that some service asks for, as questions.
pub struct Ages(BTreeMap<(Option<i64>, Option<i64>), Question>);

/// Services, ready to be counted.
pub struct Recipients<'a> {
    /// To be given to the sweep, in this order.
    pub questions: Vec<&'a Question>,
    /// Of several codes one is enough.
    parts: Vec<Vec<Term>>,
    services: Vec<Counted>,
    tables: &'a BTreeMap<String, CodeTable>,
    /// By the code of a municipality: which services are its people's; for any other, the second.
    near: BTreeMap<String, Vec<bool>>,
    elsewhere: Vec<bool>,
}

struct Counted {
    name: String,
    /// All of them must leave somebody in.
    parts: Vec<usize>,
}

/// Who is left in by a code; numbers are places among the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Term {
    Everybody,
    Nobody,
    True(usize),
    NotTrue(usize),
    NotFalse(usize),
    NotTrueUnless(usize, usize),
}

impl Ages {
    /// The questions of some services.
    pub fn of(book: &RuleBook, services: &[Service]) -> Self {
        let conditions = services.iter().filter_map(|it| it.conditions.as_ref());
        let ranges = conditions.filter_map(restricting_ages);
        let questions = ranges.filter_map(|(from, to)| {
            let younger = from.map(|from| format!("age(person.born) < {from}"));
            let older = to.map(|to| format!("age(person.born) > {to}"));
            let outside: Vec<String> = younger.into_iter().chain(older).collect();
            // The vocabulary of a country without dates of birth has no such question.
            let question = book.question("gov24", &outside.join(" || ")).ok()?;
            Some(((from, to), question))
        });
        Self(questions.collect())
    }
}

impl<'a> Recipients<'a> {
    /// `offices` are the municipalities' own agencies by name, by the code of the municipality.
    pub fn new(
        tables: &'a BTreeMap<String, CodeTable>,
        ages: &'a Ages,
        services: &'a [Service],
        offices: BTreeMap<String, String>,
    ) -> Self {
        let mut providers: Vec<Provider> = Vec::new();
        for service in services {
            if !providers.iter().any(|it| it.code == service.agency_code) {
                providers.push(Provider {
                    code: service.agency_code.clone(),
                    name: service.agency_name.clone(),
                    kind: service.agency_kind.clone(),
                });
            }
        }
        let mut counted = Self {
            questions: Vec::new(),
            parts: Vec::new(),
            services: Vec::new(),
            tables,
            near: BTreeMap::new(),
            elsewhere: Vec::new(),
        };
        for service in services {
            let parts = counted.parts_of(service, ages);
            let name = format!("{PREFIX}{}", service.id);
            counted.services.push(Counted { name, parts });
        }
        let near = |office: Option<&str>| -> Vec<bool> {
            let nearby = Nearby::of(tables, &providers, office);
            services
                .iter()
                .map(|it| nearby.locality(it).is_some())
                .collect()
        };
        counted.near = offices
            .iter()
            .map(|(code, office)| (code.clone(), near(Some(office))))
            .collect();
        counted.elsewhere = near(None);
        counted
    }

    fn parts_of(&mut self, service: &Service, ages: &'a Ages) -> Vec<usize> {
        // Without its table the codes of a service say nothing.
        let Some(table) = self.tables.get(&service.api_version) else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        if let Some(users) = restricting_users(table, service) {
            let terms = users.iter().map(|user| {
                let code = table.users.get(user);
                code.map_or(Term::Everybody, |code| self.term(code.excludes()))
            });
            parts.push(terms.collect());
        }
        if let Some(conditions) = &service.conditions {
            parts.extend(self.coded(table, service, conditions, ages));
        }
        parts.into_iter().map(|part| self.part(part)).collect()
    }

    fn coded(
        &mut self,
        table: &'a CodeTable,
        service: &Service,
        conditions: &Conditions,
        ages: &'a Ages,
    ) -> Vec<Vec<Term>> {
        let mut parts = Vec::new();
        let outside = restricting_ages(conditions).and_then(|range| ages.0.get(&range));
        if let Some(outside) = outside {
            parts.push(vec![Term::NotTrue(self.question(outside))]);
        }
        for group in table.groups.keys() {
            if let Some(codes) = restricting_codes(table, group, service, conditions) {
                let terms = codes
                    .iter()
                    .map(|code| self.term(table.codes[*code].excludes()));
                parts.push(terms.collect());
            }
        }
        parts
    }

    fn part(&mut self, terms: Vec<Term>) -> usize {
        let known = self.parts.iter().position(|part| *part == terms);
        known.unwrap_or_else(|| {
            self.parts.push(terms);
            self.parts.len() - 1
        })
    }

    fn question(&mut self, question: &'a Question) -> usize {
        let known = self
            .questions
            .iter()
            .position(|it| std::ptr::eq(*it, question));
        known.unwrap_or_else(|| {
            self.questions.push(question);
            self.questions.len() - 1
        })
    }

    fn term(&mut self, excludes: Excludes<'a>) -> Term {
        match excludes {
            Excludes::Nobody => Term::Everybody,
            Excludes::Unless(None) => Term::Nobody,
            Excludes::Unless(Some(question)) => Term::True(self.question(question)),
            Excludes::WhereFalse(question) => Term::NotFalse(self.question(question)),
            Excludes::WhereTrue { no, yes: None } => Term::NotTrue(self.question(no)),
            Excludes::WhereTrue { no, yes: Some(yes) } => {
                Term::NotTrueUnless(self.question(no), self.question(yes))
            }
        }
    }

    /// Adds the possible recipients of a batch to the totals, by service and place.
    pub fn count(&self, found: &Found<'_>, totals: &mut Totals) {
        let offsets = &found.findings.offsets;
        let members = offsets.last().map_or(0, |last| *last as usize);
        let parts: Vec<Bits> = self
            .parts
            .iter()
            .map(|part| left_in(part, found, members))
            .collect();
        let names: Vec<_> = self
            .services
            .iter()
            .map(|it| totals.name(&it.name))
            .collect();
        for place in found.places.all() {
            let id = totals.place(place.municipality, place.district);
            let near = self.near.get(place.municipality).unwrap_or(&self.elsewhere);
            for ((counted, name), _) in self
                .services
                .iter()
                .zip(&names)
                .zip(near)
                .filter(|(_, near)| **near)
            {
                let mut left: Option<Bits> = None;
                for part in &counted.parts {
                    left = Some(
                        left.map_or_else(|| parts[*part].clone(), |left| left.and(&parts[*part])),
                    );
                }
                let open = match left {
                    Some(left) => left.count_in(place.members.start, place.members.end),
                    None => place.members.len(),
                };
                if open > 0 {
                    let count = Count {
                        open: open as u64,
                        ..Count::default()
                    };
                    totals.add(*name, id, &count);
                }
            }
        }
    }
}

/// The members whom one of the codes leaves in.
fn left_in(terms: &[Term], found: &Found<'_>, members: usize) -> Bits {
    let answers = &found.findings.answers;
    let left = terms.iter().map(|term| match *term {
        Term::Everybody => Bits::all(members),
        Term::Nobody => Bits::none(members),
        Term::True(question) => answers[question].0.clone(),
        Term::NotTrue(question) => answers[question].0.not(),
        Term::NotFalse(question) => answers[question].1.not(),
        Term::NotTrueUnless(no, yes) => answers[no].0.not().or(&answers[yes].0),
    });
    left.reduce(|a, b| a.or(&b))
        .unwrap_or_else(|| Bits::all(members))
}
