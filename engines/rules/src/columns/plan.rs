//! Compiling a book for a day, and asking it of a batch.

use arrow_array::RecordBatch;
use jiff::civil::Date;

use crate::benefit::{Benefit, BenefitUnit};
use crate::book::RuleBook;
use crate::conclude::TERRITORY_FACT;
use crate::finding::Outcome;
use crate::question::Question;
use crate::vocabulary::Entity;

use super::batch::{self, BatchError};
use super::bits::Bits;
use super::build;
use super::column::{Column, Columns, owners};
use super::domain;
use super::graph::{FactId, Frame, Graph, Id, Number, Op};
use super::lower::{Lowering, Roots, Texts, Unsupported};
use super::run::Run;
use super::values::Numbers;

/// All benefits of a book that are law on a day, compiled.
#[derive(Debug)]
pub struct Plan<'a> {
    book: &'a RuleBook,
    on: Date,
    graph: Graph,
    texts: Texts,
    rules: Vec<Rule<'a>>,
    questions: Vec<Asked<'a>>,
    facts: Vec<FactId>,
    territory: Option<FactId>,
}

#[derive(Debug)]
struct Rule<'a> {
    benefit: &'a Benefit,
    /// What it compiles to, or why it is asked household by household.
    roots: Result<Roots, Unsupported>,
    amount_facts: Vec<FactId>,
    /// The codes of its territory, as texts of the plan; empty for the whole country.
    places: Vec<i64>,
    /// Nodes that nobody asks for after it.
    last: Vec<Id>,
}

/// A question beside the benefits.
#[derive(Debug)]
struct Asked<'a> {
    question: &'a Question,
    /// Without a root it is asked household by household.
    root: Option<Id>,
    /// Nodes that nobody asks for after it.
    last: Vec<Id>,
}

/// What the law says about the households of a batch.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// For each benefit that somebody may have, in the order of the book.
    pub granted: Vec<Granted>,
    /// For each question of the plan: the members of whom it is true, and those of whom it is false; of the others
    /// it is not known.
    pub answers: Vec<(Bits, Bits)>,
    /// Where the members of each household begin, and after the last household where they end.
    pub offsets: Vec<u32>,
}

impl Findings {
    /// The household of each member.
    pub fn owners(&self) -> Vec<u32> {
        owners(&self.offsets)
    }
}

/// A benefit and who has it.
#[derive(Clone, Debug)]
pub struct Granted {
    /// Its place among [`Plan::benefits`].
    pub benefit: usize,
    /// Whether rows are the members of the batch, one after the other, or its households.
    pub unit: BenefitUnit,
    /// The rows that are eligible.
    pub eligible: Bits,
    /// Those of whom the facts known do not decide it.
    pub open: Bits,
    pub amounts: Amounts,
}

/// What is paid, in won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amounts {
    /// Nothing that is told in won.
    None,
    /// The same for every row.
    Same(i64),
    /// For each row that is eligible or open, in order; `None` while it is not known.
    Rows(Vec<(u32, Option<i64>)>),
}

impl Granted {
    /// The rows that are eligible, in order, each with its sum where that is known.
    pub fn entitled(&self) -> impl Iterator<Item = (usize, Option<i64>)> + '_ {
        // Every eligible row stands among those that have amounts.
        let mut rest = match &self.amounts {
            Amounts::Rows(rows) => rows.iter(),
            Amounts::None | Amounts::Same(_) => [].iter(),
        };
        self.eligible.rows().map(move |row| {
            let amount = match &self.amounts {
                Amounts::None => None,
                Amounts::Same(amount) => Some(*amount),
                Amounts::Rows(_) => rest
                    .find(|(at, _)| *at as usize == row)
                    .and_then(|(_, amount)| *amount),
            };
            (row, amount)
        })
    }

    /// The rows that are eligible with a sum that is known, in order.
    pub fn paid(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        self.entitled()
            .filter_map(|(row, amount)| Some((row, amount?)))
    }

    /// The amount of a row that is eligible or open.
    pub fn amount(&self, row: usize) -> Option<i64> {
        match &self.amounts {
            Amounts::None => None,
            Amounts::Same(amount) => Some(*amount),
            Amounts::Rows(rows) => {
                let place = rows.binary_search_by_key(&(row as u32), |(row, _)| *row);
                place.ok().and_then(|place| rows[place].1)
            }
        }
    }
}

impl<'a> Plan<'a> {
    /// Compiles every benefit that is law on the day.
    pub fn new(book: &'a RuleBook, on: Date) -> Self {
        Self::with_questions(book, on, &[])
    }

    /// Compiles some of the benefits that are law on the day.
    pub fn of(book: &'a RuleBook, on: Date, wanted: impl Fn(&Benefit) -> bool) -> Self {
        Self::compiled(book, on, wanted, &[])
    }

    /// The same with questions beside the benefits, which share their expressions.
    pub fn with_questions(book: &'a RuleBook, on: Date, questions: &[&'a Question]) -> Self {
        Self::compiled(book, on, |_| true, questions)
    }

    fn compiled(
        book: &'a RuleBook,
        on: Date,
        wanted: impl Fn(&Benefit) -> bool,
        questions: &[&'a Question],
    ) -> Self {
        let vocabulary = book.vocabulary();
        let territory = vocabulary.slot(Entity::Household, TERRITORY_FACT);
        let mut plan = Self {
            book,
            on,
            graph: Graph::default(),
            texts: Texts::default(),
            rules: Vec::new(),
            questions: Vec::new(),
            facts: Vec::new(),
            territory: territory.map(|slot| FactId {
                entity: Entity::Household,
                slot: slot as u16,
            }),
        };
        let law = book.benefits().filter(|it| it.in_force.contains(on));
        for benefit in law.filter(|it| wanted(it)) {
            let roots = plan.lower(benefit);
            let codes = benefit.territory.iter();
            plan.rules.push(Rule {
                benefit,
                roots,
                amount_facts: Vec::new(),
                places: codes.map(|code| plan.texts.code(code)).collect(),
                last: Vec::new(),
            });
        }
        for question in questions {
            let roots = plan.lower(question.benefit());
            plan.questions.push(Asked {
                question,
                root: roots.ok().map(|roots| roots.condition),
                last: Vec::new(),
            });
        }
        plan.finish();
        plan
    }

    fn lower(&mut self, benefit: &Benefit) -> Result<Roots, Unsupported> {
        let vocabulary = self.book.vocabulary();
        let lowering = Lowering::new(
            &mut self.graph,
            &mut self.texts,
            vocabulary,
            benefit,
            self.on,
        );
        lowering.roots(frame(benefit.unit))
    }

    /// Tables, the facts that are read, and after which benefit each column may go.
    fn finish(&mut self) {
        self.graph.seal();
        let mut steps: Vec<Vec<Id>> = Vec::new();
        for rule in &mut self.rules {
            let roots = rule.roots.as_ref().ok();
            let amount = roots.and_then(|roots| roots.amount);
            rule.amount_facts = self.graph.facts(amount.into_iter());
            steps.push(
                roots
                    .map(|it| it.condition)
                    .into_iter()
                    .chain(amount)
                    .collect(),
            );
        }
        steps.extend(
            self.questions
                .iter()
                .map(|it| it.root.into_iter().collect()),
        );
        let roots: Vec<Id> = steps.iter().flatten().copied().collect();
        domain::tabulate(&mut self.graph, &roots, self.book.vocabulary());
        let mut facts = self.graph.facts(roots.iter().copied());
        facts.extend(self.territory);
        facts.sort();
        facts.dedup();
        self.facts = facts;
        let mut last = self.graph.last_uses(&steps);
        let asked = last.split_off(self.rules.len());
        for (rule, last) in self.rules.iter_mut().zip(last) {
            rule.last = last;
        }
        for (question, last) in self.questions.iter_mut().zip(asked) {
            question.last = last;
        }
    }

    /// The book it was compiled from.
    pub fn book(&self) -> &'a RuleBook {
        self.book
    }

    /// The benefits that are law on the day, in the order of the book.
    pub fn benefits(&self) -> impl ExactSizeIterator<Item = &'a Benefit> + '_ {
        self.rules.iter().map(|rule| rule.benefit)
    }

    /// The benefits that are not worked out in columns, and why: they are asked household by household.
    pub fn unsupported(&self) -> impl Iterator<Item = (&'a Benefit, Unsupported)> + '_ {
        let reason = |rule: &Rule<'a>| Some((rule.benefit, rule.roots.as_ref().err().copied()?));
        self.rules.iter().filter_map(reason)
    }

    /// How many different expressions there are.
    pub fn nodes(&self) -> usize {
        self.graph.nodes.len()
    }

    /// The day asked about.
    pub fn on(&self) -> Date {
        self.on
    }

    /// The facts that are read, by entity and name. What is asked household by household reads any.
    pub fn facts(&self) -> impl Iterator<Item = (Entity, &str)> {
        let vocabulary = self.book.vocabulary();
        let all = self.unsupported().next().is_some()
            || self.questions.iter().any(|asked| asked.root.is_none());
        [Entity::Household, Entity::Person]
            .into_iter()
            .flat_map(move |entity| {
                let facts = vocabulary.facts(entity).iter().enumerate();
                facts.filter_map(move |(slot, fact)| {
                    let id = FactId {
                        entity,
                        slot: slot as u16,
                    };
                    (all || self.facts.contains(&id)).then_some((entity, fact.name.as_str()))
                })
            })
    }

    /// What the law says about each household of a batch and its members.
    ///
    /// # Errors
    /// A column of another type than the fact's, or a value that the fact cannot have, with its place.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<Findings, BatchError> {
        let vocabulary = self.book.vocabulary();
        let columns = batch::read(batch, vocabulary, &self.facts, &self.texts)?;
        let here = Places::of(
            self.territory.map(|fact| columns.column(fact)),
            self.texts.0.len(),
        );
        let mut run = Run::new(&self.graph, &columns);
        let mut findings = Findings::default();
        for (index, rule) in self.rules.iter().enumerate() {
            let granted = match &rule.roots {
                _ if !here.any_of(&rule.places) => None,
                Ok(roots) => self.granted(index, rule, roots, &mut run),
                Err(_) => Some(self.one_by_one(index, rule, batch, &columns)?),
            };
            findings.granted.extend(granted);
            run.forget(&rule.last);
        }
        for asked in &self.questions {
            let len = columns.members();
            findings.answers.push(match asked.root {
                Some(root) => {
                    let truths = run.truths(root);
                    let (may, fails) = (truths.may_be_true(len), truths.may_fail(len));
                    (may.and_not(&fails), truths.surely_false(len))
                }
                None => self.asked_one_by_one(asked.question, batch, &columns)?,
            });
            run.forget(&asked.last);
        }
        findings.offsets = columns.offsets;
        Ok(findings)
    }

    fn granted(
        &self,
        index: usize,
        rule: &Rule<'_>,
        roots: &Roots,
        run: &mut Run<'_>,
    ) -> Option<Granted> {
        let frame = frame(rule.benefit.unit);
        let len = run.columns().len(frame);
        let condition = run.condition(roots.condition);
        if condition.is_never_true() {
            return None;
        }
        let (may, fails) = (condition.may_be_true(len), condition.may_fail(len));
        let mut granted = Granted {
            benefit: index,
            unit: rule.benefit.unit,
            eligible: may.and_not(&fails),
            open: may.and(&fails),
            amounts: Amounts::None,
        };
        let Some(amount) = roots.amount else {
            return Some(granted);
        };
        match self.graph.op(amount) {
            Op::Number(Number::Known(amount)) => granted.amounts = Amounts::Same(*amount),
            Op::Number(Number::Unknown) => {}
            // Where the law has no value to pay, nobody is eligible.
            Op::Number(Number::Absent) => return None,
            _ => self.pay(rule, amount, &may, run, &mut granted),
        }
        Some(granted)
    }

    /// Works out the amounts of those who may have it; of a few, in a batch of their own.
    fn pay(
        &self,
        rule: &Rule<'_>,
        amount: Id,
        may: &Bits,
        run: &mut Run<'_>,
        granted: &mut Granted,
    ) {
        let columns = run.columns();
        let households = selected(may, rule.benefit.unit, columns);
        if households.len() * 4 > columns.households() {
            let numbers = run.numbers(amount);
            return granted.put(&numbers, may.rows().map(|row| (row, row)));
        }
        let few = columns.take(&households, &rule.amount_facts);
        let numbers = Run::new(&self.graph, &few).numbers(amount);
        let rows: Vec<u32> = match rule.benefit.unit {
            BenefitUnit::Household => households,
            BenefitUnit::Person => members_of(&households, columns),
        };
        let rows = rows.iter().enumerate();
        let rows = rows.map(|(place, row)| (place, *row as usize));
        granted.put(&numbers, rows.filter(|(_, row)| may.get(*row)));
    }

    /// A question that is not compiled, likewise.
    fn asked_one_by_one(
        &self,
        question: &Question,
        batch: &RecordBatch,
        columns: &Columns,
    ) -> Result<(Bits, Bits), BatchError> {
        let none = || Bits::none(columns.members());
        let (mut is_true, mut is_false) = (none(), none());
        for household in 0..columns.households() {
            let situation = build::situation(self.book, batch, household)?;
            let first = columns.offsets[household] as usize;
            for (row, reply) in (first..).zip(question.ask(&situation, self.on)) {
                if reply.truth.is_true() {
                    is_true.set(row);
                } else if reply.truth.is_false() {
                    is_false.set(row);
                }
            }
        }
        Ok((is_true, is_false))
    }

    /// A benefit that is not compiled, by the path of single households.
    fn one_by_one(
        &self,
        index: usize,
        rule: &Rule<'_>,
        batch: &RecordBatch,
        columns: &Columns,
    ) -> Result<Granted, BatchError> {
        let len = columns.len(frame(rule.benefit.unit));
        let mut granted = Granted {
            benefit: index,
            unit: rule.benefit.unit,
            eligible: Bits::none(len),
            open: Bits::none(len),
            amounts: Amounts::None,
        };
        let mut amounts = Vec::new();
        for household in 0..columns.households() {
            let situation = build::situation(self.book, batch, household)?;
            let first = match rule.benefit.unit {
                BenefitUnit::Household => household,
                BenefitUnit::Person => columns.offsets[household] as usize,
            };
            let decisions = self.book.decide(rule.benefit, &situation, self.on);
            for (row, decision) in (first..).zip(decisions) {
                match decision.outcome {
                    Outcome::Eligible => granted.eligible.set(row),
                    Outcome::Unknown => granted.open.set(row),
                    Outcome::NotEligible => continue,
                }
                amounts.push((row as u32, decision.amount));
            }
        }
        if !rule.benefit.amount.is_empty() {
            granted.amounts = Amounts::Rows(amounts);
        }
        Ok(granted)
    }
}

impl Granted {
    /// Takes amounts, given as places among the numbers and rows. Where the law has none, nobody is eligible.
    fn put(&mut self, numbers: &Numbers, rows: impl Iterator<Item = (usize, usize)>) {
        if let Numbers::Same(Number::Known(amount)) = numbers {
            self.amounts = Amounts::Same(*amount);
            return;
        }
        let mut absent = Bits::none(self.eligible.len());
        let mut amounts = Vec::new();
        for (place, row) in rows {
            match numbers.get(place) {
                Number::Known(amount) => amounts.push((row as u32, Some(amount))),
                Number::Unknown => amounts.push((row as u32, None)),
                Number::Absent => absent.set(row),
            }
        }
        self.eligible = self.eligible.and_not(&absent);
        self.open = self.open.and_not(&absent);
        self.amounts = Amounts::Rows(amounts);
    }
}

/// The households that have a row among these.
fn selected(rows: &Bits, unit: BenefitUnit, columns: &Columns) -> Vec<u32> {
    match unit {
        BenefitUnit::Household => rows.rows().map(|row| row as u32).collect(),
        BenefitUnit::Person => {
            let owner = columns.owner();
            let mut households: Vec<u32> = rows.rows().map(|row| owner[row]).collect();
            households.dedup();
            households
        }
    }
}

fn members_of(households: &[u32], columns: &Columns) -> Vec<u32> {
    let ends = |household: &u32| {
        let household = *household as usize;
        columns.offsets[household]..columns.offsets[household + 1]
    };
    households.iter().flat_map(ends).collect()
}

fn frame(unit: BenefitUnit) -> Frame {
    match unit {
        BenefitUnit::Household => Frame::Household,
        BenefitUnit::Person => Frame::Member,
    }
}

/// Where the households of a batch live, as far as rules name it.
struct Places {
    present: Vec<bool>,
    unknown: bool,
}

impl Places {
    fn of(column: Option<&Column>, texts: usize) -> Self {
        let mut places = Self {
            present: vec![false; texts],
            unknown: true,
        };
        if let Some(Column::Texts { codes, known }) = column {
            places.unknown = known.is_some();
            for code in codes {
                let place = usize::try_from(*code).ok();
                if let Some(present) = place.and_then(|place| places.present.get_mut(place)) {
                    *present = true;
                }
            }
        }
        places
    }

    /// Whether somebody may live in one of these places; in a benefit of the whole country everybody does.
    fn any_of(&self, places: &[i64]) -> bool {
        let present = |place: &i64| self.present.get(*place as usize).is_some_and(|it| *it);
        places.is_empty() || self.unknown || places.iter().any(present)
    }
}
