//! Reading a file of `benefits/`: every expression is parsed and checked, every mistake reported in its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::benefit::{
    AmountLine, Application, Benefit, BenefitUnit, Deadline, Document, FactName, Frequency,
    InForce, Law, PaidFrom, Period, Recipient,
};
use crate::cases;
use crate::check::{Checked, Checker, Type};
use crate::conclude::TERRITORY_FACT;
use crate::definitions;
use crate::diagnostic::{Position, Problems, suggestion};
use crate::expression::{Condition, DateExpr, Expression, IntExpr, Piece, Template, Test};
use crate::parameters::Parameter;
use crate::parse::{Fault, Syntax, parse};
use crate::reader::{Fields, date, entries, items, scalar, text};
use crate::relations;
use crate::vocabulary::{Entity, FactType, Vocabulary};
use crate::yaml::{Kind, Node};

const KEYS: [&str; 24] = [
    "id",
    "name",
    "summary",
    "authority",
    "territory",
    "law",
    "events",
    "unit",
    "recipient",
    "in_force",
    "parameters",
    "define",
    "condition",
    "amount",
    "at_most",
    "in_kind",
    "period",
    "use_by",
    "needs",
    "documents",
    "apply",
    "deadline",
    "relations",
    "notes",
];

/// Reads one benefit. `None` where too much is wrong to go on; the problems say what.
pub(crate) fn read(
    root: &Node,
    vocabulary: &Arc<Vocabulary>,
    parameters: Vec<Arc<Parameter>>,
    problems: &mut Problems,
) -> Option<Benefit> {
    let allowed: Vec<&str> = KEYS.into_iter().chain(["cases"]).collect();
    let fields = Fields::read(root, &allowed, problems)?;
    let unit = read_unit(&fields, problems);
    let person = unit != Some(BenefitUnit::Household);
    let define = fields.get("define");
    let mut reader = Reader {
        vocabulary,
        parameters: &parameters,
        names: Vec::new(),
        person,
        problems,
    };
    let definitions = definitions::read(define, &mut reader);
    let condition = reader.top_condition(&fields);
    let amount = reader.amount(&fields);
    let period = reader.period(&fields);
    let use_by = fields.get("use_by").and_then(|node| reader.date(node));
    let deadline = reader.deadline(&fields);
    let needs = reader.needs(&fields);
    let in_kind = fields.optional_localized("in_kind", problems);
    if fields.get("amount").is_none() && in_kind.is_none() {
        problems.at(
            fields.at,
            "nothing is given",
            "Add `amount`, or `in_kind` for what is not money.",
        );
    }
    let cases = cases::read(&fields, person, vocabulary, problems);
    let in_force = read_in_force(&fields, problems);
    Some(Benefit {
        id: read_id(&fields, problems),
        file: problems.file.clone(),
        name: fields.localized("name", problems),
        summary: fields.localized("summary", problems),
        authority: fields.text("authority", problems),
        territory: read_territory(&fields, vocabulary, problems),
        law: read_law(&fields, problems),
        events: fields
            .texts("events", problems)
            .into_iter()
            .map(|(_, event)| event)
            .collect(),
        recipient: read_recipient(&fields, problems)?,
        at_most: fields.flag("at_most", problems),
        documents: read_documents(&fields, problems),
        apply: read_application(&fields, problems),
        relations: relations::read(&fields, problems),
        notes: fields.optional_text("notes", problems),
        unit: unit?,
        in_force: in_force?,
        definitions: definitions?,
        condition: condition?,
        amount: amount?,
        in_kind,
        period,
        use_by,
        needs,
        deadline,
        cases,
        parameters,
        digest: String::new(),
    })
}

fn read_id(fields: &Fields<'_>, problems: &mut Problems) -> String {
    let id = fields.text("id", problems);
    let at = fields.get("id").map_or(fields.at, |node| node.at);
    let stem = problems.file.rsplit('/').next().unwrap_or_default();
    let stem = stem.trim_end_matches(".yaml").to_owned();
    let kebab = id.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    });
    if !id.is_empty() && !kebab {
        problems.at(
            at,
            format!("`{id}` is not kebab-case"),
            "Use lower-case ASCII words joined by `-`.",
        );
    }
    if !id.is_empty() && id != stem {
        problems.at(
            at,
            format!("the id `{id}` differs from the file name `{stem}`"),
            format!("Name the file `{id}.yaml`, or write `id: {stem}`."),
        );
    }
    id
}

fn read_unit(fields: &Fields<'_>, problems: &mut Problems) -> Option<BenefitUnit> {
    let node = fields.require("unit", problems)?;
    match text(node, problems)?.as_str() {
        "person" => Some(BenefitUnit::Person),
        "household" => Some(BenefitUnit::Household),
        other => {
            problems.at(
                node.at,
                format!("unknown unit `{other}`"),
                suggestion(other, ["person", "household"]),
            );
            None
        }
    }
}

fn read_recipient(fields: &Fields<'_>, problems: &mut Problems) -> Option<Recipient> {
    let node = fields.require("recipient", problems)?;
    match text(node, problems)?.as_str() {
        "self" => Some(Recipient::Oneself),
        "guardian" => Some(Recipient::Guardian),
        "head" => Some(Recipient::Head),
        other => {
            problems.at(
                node.at,
                format!("unknown recipient `{other}`"),
                suggestion(other, ["self", "guardian", "head"]),
            );
            None
        }
    }
}

fn read_territory(
    fields: &Fields<'_>,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Vec<String> {
    let codes = fields.texts("territory", problems);
    let fact = vocabulary.fact(Entity::Household, TERRITORY_FACT);
    let known = fact.is_some_and(|fact| fact.fact_type == FactType::Text);
    if let (Some((at, _)), false) = (codes.first(), known) {
        problems.at(
            *at,
            format!("a territory needs the text fact `household.{TERRITORY_FACT}`"),
            "Declare it in the vocabulary.",
        );
    }
    codes.into_iter().map(|(_, code)| code).collect()
}

fn read_law(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Law> {
    let Some(node) = fields.require("law", problems) else {
        return Vec::new();
    };
    let list = items(node, problems);
    if list.is_empty() {
        problems.at(
            node.at,
            "no legal basis",
            "Name at least one: `{act: …, article: …}`.",
        );
    }
    list.iter()
        .filter_map(|item| {
            let fields = Fields::read(item, &["act", "article"], problems)?;
            Some(Law {
                act: fields.text("act", problems),
                article: fields.optional_text("article", problems),
            })
        })
        .collect()
}

fn read_in_force(fields: &Fields<'_>, problems: &mut Problems) -> Option<InForce> {
    let node = fields.require("in_force", problems)?;
    let inner = Fields::read(node, &["from", "to"], problems)?;
    let from = inner
        .require("from", problems)
        .and_then(|node| date(node, problems))?;
    let to = inner.date("to", problems);
    if to.is_some_and(|to| to <= from) {
        problems.at(
            node.at,
            "it ends before it begins",
            "`to` is the first day on which it is no longer law: make it later than `from`.",
        );
    }
    Some(InForce { from, to })
}

fn read_documents(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Document> {
    let Some(node) = fields.get("documents") else {
        return Vec::new();
    };
    items(node, problems)
        .iter()
        .filter_map(|item| {
            let fields = Fields::read(item, &["ko", "en", "held_by"], problems)?;
            Some(Document {
                name: crate::reader::labels(&fields, problems),
                held_by: fields.optional_text("held_by", problems),
            })
        })
        .collect()
}

fn read_application(fields: &Fields<'_>, problems: &mut Problems) -> Option<Application> {
    let inner = Fields::read(fields.get("apply")?, &["ko", "en", "ex_officio"], problems)?;
    Some(Application {
        text: crate::reader::labels(&inner, problems),
        ex_officio: inner.flag("ex_officio", problems),
    })
}

/// What the expressions of one benefit are checked against.
pub(crate) struct Reader<'a, 'p> {
    pub vocabulary: &'a Vocabulary,
    pub parameters: &'a [Arc<Parameter>],
    /// The definitions, with the type of those that are valid.
    pub names: Vec<(String, Option<Type>)>,
    pub person: bool,
    pub problems: &'p mut Problems,
}

impl Reader<'_, '_> {
    fn checker(&self) -> Checker<'_> {
        Checker {
            vocabulary: self.vocabulary,
            parameters: self.parameters,
            definitions: &self.names,
            person: self.person,
        }
    }

    /// Parses the expression that a node holds.
    pub fn syntax(&mut self, node: &Node) -> Option<Syntax> {
        let source = &scalar(node, self.problems)?.text;
        match parse(source) {
            Ok(syntax) => Some(syntax),
            Err(fault) => {
                self.report(node, 0, fault);
                None
            }
        }
    }

    /// Reports a fault at its place in the node's text, which begins `skip` bytes into the node.
    fn report(&mut self, node: &Node, skip: usize, fault: Fault) {
        if !fault.is_follow_up() {
            let at = place(node, skip + fault.offset);
            self.problems.at(at, fault.message, fault.remedy);
        }
    }

    fn checked<T>(
        &mut self,
        node: &Node,
        check: impl FnOnce(&Checker<'_>, &Syntax) -> Checked<T>,
    ) -> Option<T> {
        let syntax = self.syntax(node)?;
        self.check(node, &syntax, check)
    }

    fn check<T>(
        &mut self,
        node: &Node,
        syntax: &Syntax,
        check: impl FnOnce(&Checker<'_>, &Syntax) -> Checked<T>,
    ) -> Option<T> {
        let result = check(&self.checker(), syntax);
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.report(node, 0, fault);
                None
            }
        }
    }

    /// Checks a definition that has been parsed.
    pub fn definition(&mut self, node: &Node, syntax: &Syntax) -> Option<Expression> {
        self.check(node, syntax, |checker, syntax| checker.expression(syntax))
    }

    fn date(&mut self, node: &Node) -> Option<DateExpr> {
        self.checked(node, |checker, syntax| checker.date_expression(syntax))
    }

    fn money(&mut self, node: &Node) -> Option<IntExpr> {
        self.checked(node, |checker, syntax| checker.money(syntax))
    }

    fn top_condition(&mut self, fields: &Fields<'_>) -> Option<Condition> {
        let node = fields.require("condition", self.problems)?;
        let mut ids = BTreeSet::new();
        let parts = self.conditions(node, &mut ids)?;
        Some(Condition {
            id: None,
            law: None,
            yes: None,
            no: None,
            ask: None,
            test: Test::All(parts),
            at: node.at,
        })
    }

    fn conditions(&mut self, node: &Node, ids: &mut BTreeSet<String>) -> Option<Vec<Condition>> {
        let list = items(node, self.problems);
        if list.is_empty() {
            self.problems.at(
                node.at,
                "no condition",
                "Add at least one clause: `- {id: …, when: …}`.",
            );
        }
        let parts: Vec<Option<Condition>> =
            list.iter().map(|item| self.condition(item, ids)).collect();
        parts.into_iter().collect()
    }

    fn condition(&mut self, node: &Node, ids: &mut BTreeSet<String>) -> Option<Condition> {
        let allowed = ["id", "when", "any", "all", "law", "yes", "no", "ask"];
        let fields = Fields::read(node, &allowed, self.problems)?;
        let id = fields.optional_text("id", self.problems);
        if let Some(id) = id.as_ref().filter(|id| !ids.insert((*id).clone())) {
            let at = fields.get("id").map_or(node.at, |id| id.at);
            self.problems.at(
                at,
                format!("a second clause `{id}`"),
                "Give every clause an id of its own.",
            );
        }
        let test = match (fields.get("when"), fields.get("any"), fields.get("all")) {
            (Some(when), None, None) => self
                .checked(when, |checker, syntax| checker.condition(syntax))
                .map(Test::When),
            (None, Some(any), None) => self.conditions(any, ids).map(Test::Any),
            (None, None, Some(all)) => self.conditions(all, ids).map(Test::All),
            _ => {
                self.problems.at(
                    node.at,
                    "a clause asks exactly one thing",
                    "Give it one of `when`, `any` and `all`.",
                );
                None
            }
        };
        let law = fields.optional_text("law", self.problems);
        let yes = self.template(fields.get("yes"));
        let no = self.template(fields.get("no"));
        let ask = self.template(fields.get("ask"));
        Some(Condition {
            id,
            law,
            yes,
            no,
            ask,
            test: test?,
            at: fields.get("when").map_or(node.at, |when| when.at),
        })
    }

    fn template(&mut self, node: Option<&Node>) -> Option<Template> {
        let fields = Fields::read(node?, &["ko", "en"], self.problems)?;
        let ko = fields.require("ko", self.problems);
        let en = fields.require("en", self.problems);
        Some(Template {
            ko: self.pieces(ko?)?,
            en: self.pieces(en?)?,
        })
    }

    fn pieces(&mut self, node: &Node) -> Option<Vec<Piece>> {
        let whole = text(node, self.problems)?;
        let mut pieces = Vec::new();
        let mut done = 0;
        while let Some(open) = whole[done..].find(['{', '}']).map(|found| done + found) {
            let close = whole[open..].find('}').map(|found| open + found);
            let Some(close) = close.filter(|_| whole[open..].starts_with('{')) else {
                self.problems.at(
                    place(node, open),
                    "a brace without its other half",
                    "Write placeholders as `{define.x}`.",
                );
                return None;
            };
            if open > done {
                pieces.push(Piece::Text(whole[done..open].to_owned()));
            }
            let parsed = parse(&whole[open + 1..close])
                .and_then(|syntax| self.checker().expression(&syntax));
            match parsed {
                Ok(expression) => pieces.push(Piece::Value(expression)),
                Err(fault) => self.report(node, open + 1, fault),
            }
            done = close + 1;
        }
        if done < whole.len() {
            pieces.push(Piece::Text(whole[done..].to_owned()));
        }
        Some(pieces)
    }

    fn amount(&mut self, fields: &Fields<'_>) -> Option<Vec<AmountLine>> {
        let Some(node) = fields.get("amount") else {
            return Some(Vec::new());
        };
        let list = items(node, self.problems);
        let read: Vec<Option<AmountLine>> = list.iter().map(|item| self.line(item)).collect();
        let lines: Vec<AmountLine> = read.into_iter().collect::<Option<_>>()?;
        for (index, line) in lines.iter().enumerate() {
            if line.when.is_none() && index + 1 < lines.len() {
                self.problems.at(
                    lines[index + 1].at,
                    "this line is never reached",
                    "Give the line before it a `when`, or remove this one.",
                );
            }
            if line.pay.unit != lines[0].pay.unit {
                self.problems.at(
                    line.at,
                    format!(
                        "this line pays {}, the first {}",
                        line.pay.unit, lines[0].pay.unit
                    ),
                    "Pay every line in one unit.",
                );
            }
        }
        Some(lines)
    }

    fn line(&mut self, node: &Node) -> Option<AmountLine> {
        let fields = Fields::read(node, &["when", "pay"], self.problems)?;
        let pay = fields.require("pay", self.problems);
        let when = match fields.get("when") {
            Some(when) => Some(self.checked(when, |checker, syntax| checker.condition(syntax))?),
            None => None,
        };
        Some(AmountLine {
            when,
            pay: self.money(pay?)?,
            at: node.at,
        })
    }

    fn period(&mut self, fields: &Fields<'_>) -> Option<Period> {
        let inner = Fields::read(
            fields.get("period")?,
            &["kind", "from", "until"],
            self.problems,
        )?;
        let node = inner.require("kind", self.problems)?;
        let kind = match text(node, self.problems)?.as_str() {
            "once" => Frequency::Once,
            "monthly" => Frequency::Monthly,
            "yearly" => Frequency::Yearly,
            other => {
                self.problems.at(
                    node.at,
                    format!("unknown kind `{other}`"),
                    suggestion(other, ["once", "monthly", "yearly"]),
                );
                return None;
            }
        };
        Some(Period {
            kind,
            from: inner.get("from").and_then(|node| self.date(node)),
            until: inner.get("until").and_then(|node| self.date(node)),
        })
    }

    fn deadline(&mut self, fields: &Fields<'_>) -> Option<Deadline> {
        let allowed = ["by", "ko", "en", "back_dated", "paid_from"];
        let inner = Fields::read(fields.get("deadline")?, &allowed, self.problems)?;
        Some(Deadline {
            by: inner.get("by").and_then(|node| self.date(node)),
            text: crate::reader::labels(&inner, self.problems),
            back_dated: inner.flag("back_dated", self.problems),
            paid_from: self.paid_from(&inner),
        })
    }

    fn paid_from(&mut self, deadline: &Fields<'_>) -> Option<PaidFrom> {
        let node = deadline.get("paid_from")?;
        match text(node, self.problems)?.as_str() {
            "claim_day" => Some(PaidFrom::ClaimDay),
            "claim_month" => Some(PaidFrom::ClaimMonth),
            "next_month" => Some(PaidFrom::NextMonth),
            other => {
                self.problems.at(
                    node.at,
                    format!("unknown beginning of payment `{other}`"),
                    suggestion(other, ["claim_day", "claim_month", "next_month"]),
                );
                None
            }
        }
    }

    fn needs(&mut self, fields: &Fields<'_>) -> Vec<FactName> {
        let mut needs = Vec::new();
        for (at, written) in fields.texts("needs", self.problems) {
            match fact_name(&written, self.vocabulary) {
                Ok(name) if name.entity == Entity::Person && !self.person => self.problems.at(
                    at,
                    format!("`{written}` in a benefit of the household"),
                    "Need a fact of the household, or set `unit: person`.",
                ),
                Ok(name) => needs.push(name),
                Err(remedy) => self
                    .problems
                    .at(at, format!("unknown fact `{written}`"), remedy),
            }
        }
        needs
    }

    /// The entries of `define:`.
    pub fn definition_entries<'n>(&mut self, node: &'n Node) -> Vec<(&'n str, Position, &'n Node)> {
        let read = entries(node, self.problems).unwrap_or_default();
        read.iter()
            .map(|entry| (entry.key.as_str(), entry.at, &entry.value))
            .collect()
    }
}

/// The place of a byte of the text of a scalar.
fn place(node: &Node, offset: usize) -> Position {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.first {
            Some(first) => Position {
                line: first.line,
                column: first.column + scalar.text.get(..offset).map_or(0, |t| t.chars().count()),
            },
            None => node.at,
        },
        _ => node.at,
    }
}

/// `person.x` or `household.x`; a name that only one of the two has may stand alone. The error is a remedy.
pub(crate) fn fact_name(written: &str, vocabulary: &Vocabulary) -> Result<FactName, String> {
    let entities = [Entity::Person, Entity::Household];
    let (wanted, name) = match written.split_once('.') {
        Some((entity, name)) => {
            let entity = entities.into_iter().find(|known| known.name() == entity);
            match entity {
                Some(entity) => (vec![entity], name),
                None => return Err("Write `person.x` or `household.x`.".to_owned()),
            }
        }
        None => (entities.to_vec(), written),
    };
    let found: Vec<Entity> = wanted
        .iter()
        .copied()
        .filter(|entity| vocabulary.slot(*entity, name).is_some())
        .collect();
    match found[..] {
        [entity] => Ok(FactName {
            entity,
            name: name.to_owned(),
        }),
        [_, _] => Err("Say whose: `person.x` or `household.x`.".to_owned()),
        _ => {
            let names: Vec<&str> = wanted.iter().flat_map(|e| vocabulary.names(*e)).collect();
            Err(suggestion(name, names.iter().copied()))
        }
    }
}
