//! Reasons: a tree of sentences from the conditions of the law down to each comparison and its boundary.

use base::Localized;

use crate::evaluate::{Evaluator, Scope};
use crate::expression::{
    BoolExpr, Condition, Expression, Piece, Quantifier, Subject, Template, Test,
};
use crate::finding::Reason;
use crate::sentences;
use crate::situation::{FactRef, FactSet};
use crate::truth::{Answer, Truth};
use crate::vocabulary::Unit;
use crate::walk::Part;
use crate::words;
use base::korean::settle;

/// Members of larger households are not all told one by one.
const MAX_MEMBERS_TOLD: usize = 8;

/// Definitions that refer to each other twice would make a tree of exponential size: what lies beyond this many
/// reasons is not taken apart any further.
const MAX_REASONS: usize = 500;

impl Evaluator<'_> {
    /// Why the outcome is what it is.
    pub(crate) fn reasons(&self, amount: &Option<(Answer<i64>, Unit)>) -> Vec<Reason> {
        if let Some(reason) = self.force_reason() {
            return vec![reason];
        }
        let mut reasons = Vec::new();
        reasons.extend(self.territory_reason());
        match &self.benefit.condition.test {
            Test::All(parts) => reasons.extend(parts.iter().map(|part| self.reason_of(part))),
            Test::When(_) | Test::Any(_) => reasons.push(self.reason_of(&self.benefit.condition)),
        }
        match amount {
            Some((Answer::Absent, _)) => reasons.push(self.absent_amount()),
            Some((Answer::Overflow, _)) => reasons.push(leaf(None, sentences::overflow())),
            _ => {}
        }
        reasons
    }

    /// Counts the reasons told so far.
    fn may_tell_more(&self) -> bool {
        self.told.set(self.told.get() + 1);
        self.told.get() <= MAX_REASONS
    }

    fn force_reason(&self) -> Option<Reason> {
        let in_force = self.benefit.in_force;
        if in_force.contains(self.on) {
            return None;
        }
        let text = match in_force.to {
            Some(to) if to <= self.on => {
                let day = words::date(to);
                Localized {
                    ko: format!("{}부터 없어진 제도입니다.", day.ko),
                    en: format!("This ended on {}.", day.en),
                }
            }
            _ => {
                let day = words::date(in_force.from);
                Localized {
                    ko: format!("{}부터 시행하는 제도입니다.", day.ko),
                    en: format!("This begins on {}.", day.en),
                }
            }
        };
        Some(leaf(Some(false), text))
    }

    fn territory_reason(&self) -> Option<Reason> {
        if self.benefit.territory.is_empty() {
            return None;
        }
        let holds = self.territory().satisfied();
        let text = match holds {
            Some(true) => words::text("이 지역에 삽니다.", "The household lives in this area."),
            Some(false) => words::text(
                "이 지역에 사는 분만 받을 수 있습니다.",
                "Only for those who live in this area.",
            ),
            None => words::text(
                "이 지역에 사는지 아직 모릅니다.",
                "Whether the household lives in this area is not known yet.",
            ),
        };
        let mut reason = leaf(holds, text);
        reason.facts.push(crate::conclude::territory_fact());
        Some(reason)
    }

    /// The law of the day has no value to pay: names the parameters concerned.
    fn absent_amount(&self) -> Reason {
        let mut names = Vec::new();
        for line in &self.benefit.amount {
            names.extend(self.absent_parameters(Part::Integer(&line.pay), &self.scope));
        }
        leaf(Some(false), sentences::absent(&names, self.on))
    }

    /// The labels of the parameters without a value that a part needs, directly or through definitions.
    fn absent_parameters(&self, part: Part<'_>, scope: &Scope) -> Vec<Localized> {
        let mut names: Vec<Localized> = Vec::new();
        let mut entered = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            part.walk(&mut |part| {
                if let (Some(id), Part::Integer(inner)) = (part.parameter(), part) {
                    let label = &self.benefit.parameters[usize::from(id.0)].label;
                    let absent = self.integer(inner, scope) == Answer::Absent;
                    if absent && !names.contains(label) {
                        names.push(label.clone());
                    }
                }
                if let Some(id) = part.definition().filter(|id| !entered.contains(id)) {
                    entered.push(id);
                    let definition = &self.benefit.definitions[usize::from(id.0)];
                    open.push((&definition.expression).into());
                }
            });
        }
        names
    }

    fn reason_of(&self, condition: &Condition) -> Reason {
        let holds = self.condition(condition).satisfied();
        let generated = match &condition.test {
            Test::When(when) => self.bool_reason(when, &self.scope),
            Test::All(parts) => {
                let children = parts.iter().map(|part| self.reason_of(part)).collect();
                self.gathered(condition, holds, sentences::all(holds), children)
            }
            Test::Any(parts) => {
                let children = parts.iter().map(|part| self.reason_of(part)).collect();
                self.gathered(condition, holds, sentences::any(holds), children)
            }
        };
        let template = match holds {
            Some(true) => &condition.yes,
            Some(false) => &condition.no,
            None => &condition.ask,
        };
        let written = template.as_ref().and_then(|template| self.render(template));
        let law = condition.law.clone();
        match written {
            None => Reason {
                holds,
                law,
                ..generated
            },
            // The comparison itself stays visible one level below the law's own words.
            Some(text) if generated.children.is_empty() => Reason {
                holds,
                text,
                law,
                facts: generated.facts.clone(),
                children: vec![generated],
            },
            Some(text) => Reason {
                holds,
                text,
                law,
                ..generated
            },
        }
    }

    /// A reason made of others, whose facts it shares.
    fn gathered(
        &self,
        condition: &Condition,
        holds: Option<bool>,
        text: Localized,
        children: Vec<Reason>,
    ) -> Reason {
        let mut facts = FactSet::default();
        self.collect_facts_of(condition, &mut facts);
        Reason {
            holds,
            text,
            law: None,
            children,
            facts: self.situation.references(&facts),
        }
    }

    fn collect_facts_of(&self, condition: &Condition, facts: &mut FactSet) {
        match &condition.test {
            Test::When(when) => self.collect_facts(Part::Bool(when), &self.scope, facts),
            Test::All(parts) | Test::Any(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.collect_facts_of(part, facts));
            }
        }
    }

    /// The text of a template; `None` while one of its values is not known.
    fn render(&self, template: &Template) -> Option<Localized> {
        Some(Localized {
            ko: settle(&self.render_pieces(&template.ko, true)?),
            en: self.render_pieces(&template.en, false)?,
        })
    }

    fn render_pieces(&self, pieces: &[Piece], korean: bool) -> Option<String> {
        let mut out = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(expression) => {
                    let next = match pieces.get(index + 1) {
                        Some(Piece::Text(text)) => text.as_str(),
                        _ => "",
                    };
                    out.push_str(&self.render_value(expression, korean, next)?);
                }
            }
        }
        Some(out)
    }

    /// A value as the text around it needs it: the word of its unit is left out where the text goes on with it.
    fn render_value(&self, expression: &Expression, korean: bool, next: &str) -> Option<String> {
        let scope = &self.scope;
        let told = match expression {
            Expression::Integer(inner) => {
                let value = self.integer(inner, scope).known()?;
                let suffix = if korean {
                    words::suffix_ko(inner.unit)
                } else {
                    words::suffix_en(value, inner.unit)
                };
                let counted =
                    inner.unit == Unit::Years && (next.starts_with('년') || next.starts_with('살'));
                let said = !suffix.is_empty() && next.trim_start().starts_with(suffix.trim_start());
                let suffix = if said || counted { "" } else { suffix };
                return Some(format!("{}{suffix}", words::grouped(value)));
            }
            Expression::Bool(inner) => words::yes_no(match self.bool(inner, scope) {
                Truth::TRUE => true,
                Truth::FALSE => false,
                _ => return None,
            }),
            Expression::Date(inner) => words::date(self.date(inner, scope).known()?),
            Expression::Text(inner) => {
                let text = self.text(inner, scope).known()?;
                words::text(&text, &text)
            }
            Expression::Enum(inner, id) => {
                self.enum_label(self.enumerated(inner, scope).known()?, *id)
            }
        };
        Some(if korean { told.ko } else { told.en })
    }

    /// The facts that a part reads, of whomever it reads them.
    fn facts_of(&self, part: Part<'_>, scope: &Scope) -> Vec<FactRef> {
        let mut facts = FactSet::default();
        self.collect_facts(part, scope, &mut facts);
        self.situation.references(&facts)
    }

    fn collect_facts(&self, part: Part<'_>, scope: &Scope, facts: &mut FactSet) {
        let mut definitions = Vec::new();
        part.walk(&mut |part| {
            if let Some(fact) = part.fact() {
                match fact.subject {
                    Subject::Variable(depth) if depth >= scope.bound => {
                        (0..self.situation.member_count())
                            .for_each(|m| facts.insert(fact, Some(m)));
                    }
                    subject => facts.insert(fact, scope.member(subject)),
                }
            }
            definitions.extend(part.definition());
        });
        for id in definitions {
            if facts.enter(id) {
                let definition = &self.benefit.definitions[usize::from(id.0)];
                self.collect_facts((&definition.expression).into(), &self.scope, facts);
            }
        }
    }

    pub(crate) fn bool_reason(&self, expression: &BoolExpr, scope: &Scope) -> Reason {
        let truth = self.bool(expression, scope);
        let holds = truth.satisfied();
        if !self.may_tell_more() {
            return leaf(holds, sentences::all(holds));
        }
        let facts = self.facts_of(Part::Bool(expression), scope);
        let made = |text: Localized, children: Vec<Reason>| Reason {
            holds,
            text,
            law: None,
            children,
            facts,
        };
        let each = |parts: &[BoolExpr]| {
            let reasons = parts.iter().map(|part| self.bool_reason(part, scope));
            reasons.collect()
        };
        match expression {
            BoolExpr::All(parts) => made(sentences::all(holds), each(parts)),
            BoolExpr::Any(parts) => made(sentences::any(holds), each(parts)),
            BoolExpr::Not(inner) => {
                // The sentence tells what is the case; only whether that suffices is turned round.
                let inner = self.bool_reason(inner, scope);
                made(inner.text, inner.children)
            }
            BoolExpr::If(condition, yes, no) => {
                let chosen = if self.bool(condition, scope).is_false() {
                    no
                } else {
                    yes
                };
                let chosen = self.bool_reason(chosen, scope);
                let condition = self.bool_reason(condition, scope);
                made(chosen.text.clone(), vec![condition, chosen])
            }
            BoolExpr::Definition(id) => {
                let definition = &self.benefit.definitions[usize::from(id.0)];
                match (&definition.expression, &definition.label) {
                    (Expression::Bool(inner), label) => {
                        let inner = self.bool_reason(inner, &self.scope);
                        match label {
                            Some(label) => made(sentences::applies(label, holds), vec![inner]),
                            None => made(inner.text, inner.children),
                        }
                    }
                    _ => made(sentences::any(holds), Vec::new()),
                }
            }
            BoolExpr::Exists(quantifier) => {
                let wanted = if holds == Some(true) {
                    Some(true)
                } else {
                    None
                };
                made(
                    sentences::exists(holds),
                    self.member_reasons(quantifier, scope, wanted),
                )
            }
            BoolExpr::Every(quantifier) => {
                let wanted = if holds == Some(false) {
                    Some(false)
                } else {
                    None
                };
                made(
                    sentences::every(holds),
                    self.member_reasons(quantifier, scope, wanted),
                )
            }
            _ if truth == Truth::VOID => {
                let names = self.absent_parameters(Part::Bool(expression), scope);
                made(sentences::absent(&names, self.on), Vec::new())
            }
            _ if !truth.is_settled() => made(self.unknown_sentence(expression, scope), Vec::new()),
            _ => made(
                self.sentence(expression, truth.is_true(), scope),
                Vec::new(),
            ),
        }
    }

    /// The members who decide a quantifier: the first that settles it, otherwise all.
    fn member_reasons(
        &self,
        quantifier: &Quantifier,
        scope: &Scope,
        deciding: Option<bool>,
    ) -> Vec<Reason> {
        let members = self.members().unwrap_or(0..0);
        let mut reasons = members.map(|member| {
            self.bool_reason(&quantifier.body, &scope.bind(quantifier.variable, member))
        });
        match deciding {
            Some(wanted) => {
                let found = reasons.find(|reason| reason.holds == Some(wanted));
                found.into_iter().collect()
            }
            None => reasons.take(MAX_MEMBERS_TOLD).collect(),
        }
    }

    fn unknown_sentence(&self, expression: &BoolExpr, scope: &Scope) -> Localized {
        let mut missing = FactSet::default();
        self.missing_bool(expression, scope, &mut missing);
        let members = words::text("가구원", "the members of the household");
        let mut labels: Vec<&Localized> = Vec::new();
        for key in missing.keys() {
            let label = match self.situation.declared(*key) {
                Some(declared) => &declared.label,
                None => &members,
            };
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        if labels.is_empty() {
            return sentences::overflow();
        }
        sentences::unknown(&labels)
    }
}

fn leaf(holds: Option<bool>, text: Localized) -> Reason {
    Reason {
        holds,
        text,
        law: None,
        children: Vec::new(),
        facts: Vec::new(),
    }
}
