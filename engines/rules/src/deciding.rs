//! Which facts would decide an open outcome: the smallest sets of unknown facts some values of which leave only one
//! answer, whatever the other facts are.
//!
//! Values are tried, not all of them but representatives: both truths, every declared value, and for numbers and
//! dates those on both sides of each comparison's boundary, found by halving. Sets are tried from one fact upwards,
//! leaving out those that contain a set already found, so that what is found is minimal. A set is tried only where
//! it may matter: it lies within one clause (which it may make false), or it touches every open clause (which it
//! may make true). Only the clauses that it touches are asked again: the others stay as they are.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::conclude::settle;
use crate::dates;
use crate::evaluate::{Evaluator, Scope};
use crate::expression::{
    BoolExpr, Condition, DateExpr, DefinitionId, IntExpr, IntKind, Test, TextExpr,
};
use crate::finding::Outcome;
use crate::situation::{FactKey, FactRef, FactSet, Situation, Stored, Value};
use crate::truth::{Answer, Truth};
use crate::vocabulary::{Entity, FIRST_DATE, FactType, LAST_DATE};
use crate::walk::Part;

/// The most sets that are told.
const MAX_SETS: usize = 3;
/// The most facts in a set.
const MAX_FACTS: usize = 4;
/// The most facts that are tried; further ones are left out.
const MAX_TRIED: usize = 64;
/// The most values tried for one fact.
const MAX_VALUES: usize = 16;
/// In larger households nothing is looked for: each of hundreds of unknown members would be tried for each other.
const MAX_MEMBERS: usize = 24;
/// Evaluations after which no larger sets are looked for.
const BUDGET: usize = 250;

/// An unknown fact that bears on the outcome.
struct Bearing {
    key: FactKey,
    values: Vec<Stored>,
}

impl Evaluator<'_> {
    /// At most three sets of at most four unknown facts, the smallest first, then those that could make it
    /// eligible before those that could only rule it out.
    pub fn deciding(&self) -> Vec<Vec<FactRef>> {
        if self.situation.member_count() > MAX_MEMBERS {
            return Vec::new();
        }
        let mut search = Search::new(self);
        let mut found: Vec<u64> = Vec::new();
        for size in 1..=MAX_FACTS.min(search.facts.len()) {
            let (mut granting, mut refusing) = (Vec::new(), Vec::new());
            search.sets(size, 0, 0, &found, &mut |set, grants| {
                if grants {
                    granting.push(set);
                } else {
                    refusing.push(set);
                }
            });
            found.extend(granting.into_iter().chain(refusing));
            if found.len() >= MAX_SETS || search.used > BUDGET {
                break;
            }
        }
        found.truncate(MAX_SETS);
        found
            .into_iter()
            .map(|set| search.references(set))
            .collect()
    }

    /// The unknown facts that bear on the outcome, each with the values that [`Evaluator::deciding`] tries.
    pub fn representatives(&self) -> Vec<(FactRef, Vec<Value>)> {
        let search = Search::new(self);
        let name = |key| {
            let mut set = FactSet::default();
            set.add(key);
            self.situation.references(&set)
        };
        let facts = search.facts.iter().flat_map(|fact| {
            let values: Vec<Value> = fact
                .values
                .iter()
                .filter_map(|value| self.situation.told(fact.key, value))
                .collect();
            name(fact.key)
                .into_iter()
                .map(move |name| (name, values.clone()))
        });
        facts.collect()
    }
}

/// A part of the condition that is open; the outcome is open because all other parts are true.
struct Clause<'a> {
    /// The facts in it, as a set of bits.
    facts: u64,
    test: ClauseTest<'a>,
    /// What it is while its facts are unknown.
    truth: Truth,
}

#[derive(Clone, Copy)]
enum ClauseTest<'a> {
    Territory,
    Condition(&'a Condition),
    When(&'a BoolExpr),
}

impl ClauseTest<'_> {
    fn truth(self, evaluator: &Evaluator<'_>) -> Truth {
        match self {
            Self::Territory => evaluator.territory(),
            Self::Condition(condition) => evaluator.condition(condition),
            Self::When(when) => evaluator.bool(when, &evaluator.scope),
        }
    }
}

/// The facts to try and the parts of the condition they touch.
struct Search<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    trial: Situation,
    facts: Vec<Bearing>,
    clauses: Vec<Clause<'a>>,
    /// The facts of the amount: where the law has none to pay, nobody is eligible.
    amount: u64,
    used: usize,
}

impl<'e, 'a> Search<'e, 'a> {
    fn new(evaluator: &'e Evaluator<'a>) -> Self {
        let mut gather = Gather {
            evaluator,
            trial: evaluator.situation.clone(),
            facts: Vec::new(),
            entered: Vec::new(),
        };
        let mut clauses = Vec::new();
        gather.territory(&mut clauses);
        gather.condition(&evaluator.benefit.condition, &mut clauses);
        let mut amount = 0;
        for line in &evaluator.benefit.amount {
            let when = line.when.iter().map(Part::Bool);
            for part in when.chain([Part::Integer(&line.pay)]) {
                amount |= gather.mask(part);
            }
        }
        let Gather { trial, facts, .. } = gather;
        Self {
            evaluator,
            trial,
            facts,
            clauses,
            amount,
            used: 0,
        }
    }

    /// Calls `decides` for every set of `size` more facts that decides, and says whether it may grant.
    fn sets(
        &mut self,
        size: usize,
        from: usize,
        chosen: u64,
        found: &[u64],
        decides: &mut impl FnMut(u64, bool),
    ) {
        if size == 0 {
            let known = found.iter().any(|set| set & chosen == *set);
            if !known
                && self.may_decide(chosen)
                && let Some(grants) = self.decide(chosen)
            {
                decides(chosen, grants);
            }
            return;
        }
        for next in from..self.facts.len() {
            if self.used > BUDGET && chosen.count_ones() as usize + size > 1 {
                return;
            }
            self.sets(size - 1, next + 1, chosen | 1 << next, found, decides);
        }
    }

    fn may_decide(&self, set: u64) -> bool {
        let masks = self.clauses.iter().map(|clause| clause.facts);
        let mut masks = masks.chain([self.amount]);
        masks.any(|mask| set & !mask == 0) || self.may_grant(set)
    }

    /// Whether it touches every open clause.
    fn may_grant(&self, set: u64) -> bool {
        self.clauses.iter().all(|clause| set & clause.facts != 0)
    }

    /// The outcome with the values under trial, which are those of a set of facts.
    fn outcome(&self, set: u64) -> Outcome {
        let evaluator = self.evaluator.over(&self.trial);
        let clauses = self.clauses.iter().map(|clause| {
            if set & clause.facts == 0 {
                clause.truth
            } else {
                clause.test.truth(&evaluator)
            }
        });
        let truth = evaluator.all(clauses);
        if set & self.amount == 0 || truth.satisfied() == Some(false) {
            settle(truth, &None)
        } else {
            settle(truth, &evaluator.amount())
        }
    }

    /// Whether some values of these facts decide it, and then whether some grant it.
    fn decide(&mut self, set: u64) -> Option<bool> {
        let facts: Vec<usize> = (0..self.facts.len())
            .filter(|i| set & 1 << i != 0)
            .collect();
        let mut decided = None;
        let (may_grant, before) = (self.may_grant(set), self.used);
        let mut choice = vec![0; facts.len()];
        facts.iter().for_each(|fact| self.put(*fact, 0));
        'values: loop {
            self.used += 1;
            match self.outcome(set) {
                Outcome::Eligible => decided = Some(true),
                Outcome::NotEligible => decided = decided.or(Some(false)),
                Outcome::Unknown => {}
            }
            if decided == Some(true) || (self.used > BUDGET && facts.len() > 1) {
                break;
            }
            if decided == Some(false) && !may_grant {
                // Nothing more can come of it. The rest counts as tried all the same, so that how far the search
                // goes does not hang on the order of the values.
                let all: usize = facts
                    .iter()
                    .map(|fact| self.facts[*fact].values.len())
                    .product();
                self.used = before + all;
                break;
            }
            for (fact, value) in facts.iter().zip(&mut choice) {
                *value = (*value + 1) % self.facts[*fact].values.len().max(1);
                self.put(*fact, *value);
                if *value > 0 {
                    continue 'values;
                }
            }
            break;
        }
        for fact in facts {
            self.trial.put(self.facts[fact].key, None);
        }
        decided
    }

    /// Tries a value of a fact.
    fn put(&mut self, fact: usize, value: usize) {
        let fact = &self.facts[fact];
        self.trial.put(fact.key, fact.values.get(value).cloned());
    }

    fn references(&self, set: u64) -> Vec<FactRef> {
        let mut named = FactSet::default();
        for (index, fact) in self.facts.iter().enumerate() {
            if set & 1 << index != 0 {
                named.add(fact.key);
            }
        }
        self.evaluator.situation.references(&named)
    }
}

/// Collects the unknown facts of what is still open, with the values to try.
struct Gather<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    trial: Situation,
    facts: Vec<Bearing>,
    entered: Vec<DefinitionId>,
}

impl<'a> Gather<'_, 'a> {
    fn territory(&mut self, clauses: &mut Vec<Clause<'a>>) {
        let benefit = self.evaluator.benefit;
        let (Some(slot), false) = (
            self.evaluator.territory_slot(),
            self.evaluator.territory().is_settled(),
        ) else {
            return;
        };
        let key = FactKey::household(slot);
        let Some(index) = self.note(key) else {
            return;
        };
        let elsewhere = Stored::Text("".into());
        let codes = benefit
            .territory
            .iter()
            .map(|code| Stored::Text(code.as_str().into()));
        self.facts[index].values = codes.chain([elsewhere]).take(MAX_VALUES).collect();
        clauses.push(self.open(1 << index, ClauseTest::Territory));
    }

    fn open(&self, facts: u64, test: ClauseTest<'a>) -> Clause<'a> {
        let truth = test.truth(self.evaluator);
        Clause { facts, test, truth }
    }

    /// Adds every open clause.
    fn condition(&mut self, condition: &'a Condition, clauses: &mut Vec<Clause<'a>>) {
        if self.evaluator.condition(condition).is_settled() {
            return;
        }
        match &condition.test {
            Test::All(parts) => parts.iter().for_each(|part| self.condition(part, clauses)),
            Test::When(BoolExpr::All(parts)) => {
                parts.iter().for_each(|part| self.clause(part, clauses));
            }
            Test::When(when) => self.clause(when, clauses),
            Test::Any(parts) => {
                let mut inner = Vec::new();
                parts
                    .iter()
                    .for_each(|part| self.condition(part, &mut inner));
                let facts = inner.iter().fold(0, |all, clause| all | clause.facts);
                clauses.push(self.open(facts, ClauseTest::Condition(condition)));
            }
        }
    }

    fn clause(&mut self, when: &'a BoolExpr, clauses: &mut Vec<Clause<'a>>) {
        let scope = self.evaluator.scope;
        if !self.evaluator.bool(when, &scope).is_settled() {
            self.part(Part::Bool(when), &scope);
            let facts = self.mask(Part::Bool(when));
            clauses.push(self.open(facts, ClauseTest::When(when)));
        }
    }

    /// The facts of a part among those collected.
    fn mask(&self, part: Part<'_>) -> u64 {
        let mut keys = FactSet::default();
        self.unknown(part, &self.evaluator.scope, &mut keys);
        let known = |key: &FactKey| self.facts.iter().position(|fact| fact.key == *key);
        let bits = keys.keys().iter().filter_map(known);
        bits.fold(0, |mask, index| mask | 1 << index)
    }

    /// Adds every unknown fact of a part, open or not; those of definitions once.
    fn unknown(&self, part: Part<'_>, scope: &Scope, keys: &mut FactSet) {
        if let Some(fact) = part.fact() {
            let key = FactKey::of(fact, scope.member(fact.subject));
            if self.evaluator.situation.stored(key).is_none() {
                keys.add(key);
            }
        }
        if let Some(id) = part.definition().filter(|id| keys.enter(*id)) {
            let definition = &self.evaluator.benefit.definitions[usize::from(id.0)];
            self.unknown((&definition.expression).into(), &self.evaluator.scope, keys);
        }
        self.inside(part, scope, &mut |part, scope| {
            self.unknown(part, scope, keys)
        });
    }

    /// The parts of a part; those of a quantifier once for each member.
    fn inside<'p>(&self, part: Part<'p>, scope: &Scope, visit: &mut dyn FnMut(Part<'p>, &Scope)) {
        let Some(variable) = binds(part) else {
            return part.children(&mut |child| visit(child, scope));
        };
        for member in self.evaluator.members().into_iter().flatten() {
            let scope = scope.bind(variable, member);
            part.children(&mut |child| visit(child, &scope));
        }
    }

    fn note(&mut self, key: FactKey) -> Option<usize> {
        if let Some(index) = self.facts.iter().position(|fact| fact.key == key) {
            return Some(index);
        }
        if self.facts.len() == MAX_TRIED || self.evaluator.situation.stored(key).is_some() {
            return None;
        }
        let values = self.ends(key);
        self.facts.push(Bearing { key, values });
        Some(self.facts.len() - 1)
    }

    /// What is tried of a fact even where no comparison has a boundary of it.
    fn ends(&self, key: FactKey) -> Vec<Stored> {
        let vocabulary = self.evaluator.situation.vocabulary();
        match self.evaluator.situation.fact_type(key) {
            FactType::Bool => vec![Stored::Bool(true), Stored::Bool(false)],
            FactType::Enum(id) => (0..vocabulary.enum_values(id).len())
                .map(|index| Stored::Enum(index as u16))
                .collect(),
            FactType::Text => vec![Stored::Text("".into())],
            FactType::Date => [FIRST_DATE, self.evaluator.on, LAST_DATE]
                .map(Stored::Date)
                .to_vec(),
            FactType::Integer(unit) => {
                let (least, greatest) = unit.bounds();
                let mut ends = vec![least, 0, greatest];
                ends.dedup();
                ends.into_iter().map(Stored::Integer).collect()
            }
        }
    }

    fn add(&mut self, index: usize, value: Stored) {
        let values = &mut self.facts[index].values;
        if values.len() < MAX_VALUES && !values.contains(&value) {
            values.push(value);
        }
    }

    fn part(&mut self, part: Part<'_>, scope: &Scope) {
        if let Part::Bool(expression) = part {
            if self.evaluator.bool(expression, scope).is_settled() {
                return;
            }
            self.boundaries(expression, scope);
        }
        if let Some(fact) = part.fact() {
            self.note(FactKey::of(fact, scope.member(fact.subject)));
        }
        if let Some(id) = part.definition().filter(|id| !self.entered.contains(id)) {
            self.entered.push(id);
            let benefit = self.evaluator.benefit;
            let definition = &benefit.definitions[usize::from(id.0)];
            self.part((&definition.expression).into(), &self.evaluator.scope);
        }
        let mut parts = Vec::new();
        self.inside(part, scope, &mut |part, scope| parts.push((part, *scope)));
        for (part, scope) in parts {
            self.part(part, &scope);
        }
    }

    /// Adds the values on both sides of a comparison's boundary to the facts it depends on.
    fn boundaries(&mut self, expression: &BoolExpr, scope: &Scope) {
        match expression {
            BoolExpr::Integer(_, left, right) => {
                self.boundary(Sides::Integers(left, right), scope);
            }
            BoolExpr::Date(_, left, right) => self.boundary(Sides::Dates(left, right), scope),
            BoolExpr::IntegerIn(value, list) => {
                for item in list {
                    self.boundary(Sides::Integers(value, item), scope);
                }
            }
            BoolExpr::DateIn(value, list) => {
                for item in list {
                    self.boundary(Sides::Dates(value, item), scope);
                }
            }
            BoolExpr::Text(_, left, right) => self.texts(&[left, right], scope),
            BoolExpr::TextIn(value, list) => {
                let all: Vec<&TextExpr> = [value].into_iter().chain(list).collect();
                self.texts(&all, scope);
            }
            _ => {}
        }
    }

    fn texts(&mut self, compared: &[&TextExpr], scope: &Scope) {
        let mut keys = FactSet::default();
        let mut constants = Vec::new();
        for text in compared {
            self.unknown(Part::Text(text), scope, &mut keys);
            if let Answer::Known(known) = self.evaluator.text(text, scope) {
                constants.push(known);
            }
        }
        for key in keys.keys() {
            if let Some(index) = self.note(*key) {
                for constant in &constants {
                    self.add(index, Stored::Text(constant.clone()));
                }
            }
        }
    }

    fn boundary(&mut self, sides: Sides<'_>, scope: &Scope) {
        let mut keys = FactSet::default();
        for part in sides.parts() {
            self.unknown(part, scope, &mut keys);
        }
        // With two facts unknown, the boundary of either depends on the other: their ends must do.
        let [key] = keys.keys() else {
            return;
        };
        let Some(index) = self.note(*key) else {
            return;
        };
        for value in self.crossings(*key, sides, scope) {
            self.add(index, value);
        }
    }

    /// Where the order of two sides changes as one fact grows, by halving: the last value before and the first
    /// after each change. Where the sides are not monotone in the fact, one of the changes.
    fn crossings(&mut self, key: FactKey, sides: Sides<'_>, scope: &Scope) -> Vec<Stored> {
        let (least, greatest, stored): (i64, i64, fn(i64) -> Option<Stored>) =
            match self.evaluator.situation.fact_type(key) {
                FactType::Integer(unit) => {
                    let (least, greatest) = unit.bounds();
                    (least, greatest, |n| Some(Stored::Integer(n)))
                }
                FactType::Date => (
                    dates::day_number(FIRST_DATE),
                    dates::day_number(LAST_DATE),
                    |n| dates::from_day_number(n).map(Stored::Date),
                ),
                _ => return Vec::new(),
            };
        if let Some(boundary) = sides.constant(self.evaluator, scope) {
            let around = boundary.saturating_sub(1)..=boundary.saturating_add(1);
            let around = around.filter(|value| (least..=greatest).contains(value));
            return around.filter_map(stored).collect();
        }
        let mut order = |value: i64| {
            self.trial.put(key, stored(value));
            sides.order(&self.evaluator.over(&self.trial), scope)
        };
        let (first, last) = (order(least), order(greatest));
        let mut found = Vec::new();
        let mut halve = |before: &dyn Fn(Option<Ordering>) -> bool| {
            let (mut low, mut high) = (least, greatest);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if before(order(middle)) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            found.extend([low, high]);
        };
        if first != last {
            halve(&|order| order == first);
            halve(&|order| order != last);
        }
        self.trial.put(key, None);
        found.into_iter().filter_map(stored).collect()
    }
}

/// The depth of the variable that a part binds to each member, if it does.
fn binds(part: Part<'_>) -> Option<u8> {
    match part {
        Part::Bool(BoolExpr::Exists(quantifier) | BoolExpr::Every(quantifier)) => {
            Some(quantifier.variable)
        }
        Part::Integer(IntExpr { kind, .. }) => match kind {
            IntKind::Count(quantifier) => Some(quantifier.variable),
            IntKind::Sum { variable, .. } => Some(*variable),
            _ => None,
        },
        _ => None,
    }
}

/// Two values that are compared.
#[derive(Clone, Copy)]
enum Sides<'a> {
    Integers(&'a IntExpr, &'a IntExpr),
    Dates(&'a DateExpr, &'a DateExpr),
}

impl<'a> Sides<'a> {
    fn parts(self) -> [Part<'a>; 2] {
        match self {
            Self::Integers(left, right) => [Part::Integer(left), Part::Integer(right)],
            Self::Dates(left, right) => [Part::Date(left), Part::Date(right)],
        }
    }

    /// The value that a fact standing alone is compared with, if it does and that is known.
    fn constant(self, evaluator: &Evaluator<'_>, scope: &Scope) -> Option<i64> {
        match self {
            Self::Integers(fact, other) | Self::Integers(other, fact)
                if matches!(fact.kind, IntKind::Fact(_)) =>
            {
                evaluator.integer(other, scope).known()
            }
            Self::Dates(DateExpr::Fact(_), other) | Self::Dates(other, DateExpr::Fact(_)) => {
                evaluator.date(other, scope).known().map(dates::day_number)
            }
            _ => None,
        }
    }

    fn order(self, evaluator: &Evaluator<'_>, scope: &Scope) -> Option<Ordering> {
        fn known<T: Ord>(left: Answer<T>, right: Answer<T>) -> Option<Ordering> {
            Some(left.known()?.cmp(&right.known()?))
        }
        match self {
            Self::Integers(left, right) => known(
                evaluator.integer(left, scope),
                evaluator.integer(right, scope),
            ),
            Self::Dates(left, right) => {
                known::<Date>(evaluator.date(left, scope), evaluator.date(right, scope))
            }
        }
    }
}

impl FactKey {
    fn household(slot: usize) -> Self {
        Self {
            entity: Entity::Household,
            member: None,
            slot: Some(slot as u16),
        }
    }
}
