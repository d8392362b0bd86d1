//! Every benefit of a household together: what excludes what, what is taken off, what comes first.
//!
//! All steps are three-valued like the conditions themselves. A benefit that gives way to another which is still open
//! is open as well: were it told as granted, the answer would turn once the other's facts are known. Where the law
//! leaves the choice to people, both findings stay as they are and tell of each other.

use jiff::civil::Date;

use crate::benefit::{Benefit, BenefitUnit};
use crate::conclude::findings;
use crate::finding::{Finding, Outcome, Reason, Related};
use crate::relations::{Link, Prefer, Relation, RelationKind, Relations};
use crate::situation::{FactRef, MEMBERS, Situation};
use crate::vocabulary::Entity;

/// The findings of every benefit, in the order in which they are applied for.
pub(crate) fn evaluate_all<'b>(
    benefits: &'b [Benefit],
    relations: &Relations,
    situation: &Situation,
    on: Date,
) -> Vec<(&'b Benefit, Finding)> {
    let found = benefits
        .iter()
        .map(|benefit| findings(benefit, situation, on));
    let mut household = Household {
        benefits,
        relations,
        found: found.collect(),
        members_known: situation.member_count() > 0,
        on,
    };
    household.tell(RelationKind::Excludes);
    household.give_way();
    household.compare();
    household.take_off();
    household.tell(RelationKind::After);
    let Household { mut found, .. } = household;
    let ordered = relations.applied.iter().flat_map(|index| {
        let own = std::mem::take(&mut found[*index]);
        own.into_iter().map(|finding| (&benefits[*index], finding))
    });
    ordered.collect()
}

struct Household<'a> {
    benefits: &'a [Benefit],
    relations: &'a Relations,
    /// By benefit, in the order of the book.
    found: Vec<Vec<Finding>>,
    members_known: bool,
    on: Date,
}

impl<'a> Household<'a> {
    /// The relations of a kind.
    fn links(&self, kind: RelationKind) -> impl Iterator<Item = (Link, &'a Relation)> + use<'a> {
        let benefits = self.benefits;
        let links = self.relations.links.iter();
        links
            .map(|link| (*link, link.relation(benefits)))
            .filter(move |(_, relation)| relation.kind == kind)
    }

    /// The findings of `other` that concern a finding of `this`: of the same person where both are asked of
    /// persons, otherwise all.
    fn concerned(
        &self,
        this: usize,
        other: usize,
        member: Option<&str>,
    ) -> impl Iterator<Item = &Finding> {
        let unit = |benefit: usize| self.benefits[benefit].unit;
        let same = unit(this) == BenefitUnit::Person && unit(other) == BenefitUnit::Person;
        let member = member.map(str::to_owned);
        self.found[other]
            .iter()
            .filter(move |finding| !same || finding.member == member)
    }

    /// Whether nothing can be said of `other` because nobody's name is known.
    fn members_open(&self, other: usize) -> bool {
        let benefit = &self.benefits[other];
        let persons = benefit.unit == BenefitUnit::Person;
        persons && !self.members_known && benefit.in_force.contains(self.on)
    }

    /// Whether somebody concerned is eligible for `other`; `None` while that is open.
    fn granted(&self, this: usize, other: usize, member: Option<&str>) -> Option<bool> {
        let mut granted = if self.members_open(other) {
            None
        } else {
            Some(false)
        };
        for finding in self.concerned(this, other, member) {
            match finding.outcome {
                Outcome::Eligible => return Some(true),
                Outcome::Unknown => granted = None,
                Outcome::NotEligible => {}
            }
        }
        granted
    }

    /// Adds a relation to the findings it concerns, where neither side is ruled out; exclusions are told on both.
    fn tell(&mut self, kind: RelationKind) {
        let mut told: Vec<(usize, usize, Related)> = Vec::new();
        for (link, relation) in self.links(kind) {
            let sides = [(link.this, link.other), (link.other, link.this)];
            let mutual = kind == RelationKind::Excludes;
            for (this, other) in sides.into_iter().take(if mutual { 2 } else { 1 }) {
                for (index, finding) in self.found[this].iter().enumerate() {
                    let granted = self.granted(this, other, finding.member.as_deref());
                    if finding.outcome != Outcome::NotEligible && granted != Some(false) {
                        let related = self.related(other, relation, granted, None);
                        told.push((this, index, related));
                    }
                }
            }
        }
        for (benefit, index, related) in told {
            let relations = &mut self.found[benefit][index].relations;
            // Two files may tell of the same exclusion.
            let known =
                |known: &Related| (known.kind, &known.benefit) == (related.kind, &related.benefit);
            if !relations.iter().any(known) {
                relations.push(related);
            }
        }
    }

    fn related(
        &self,
        other: usize,
        relation: &Relation,
        granted: Option<bool>,
        taken_off: Option<i64>,
    ) -> Related {
        Related {
            kind: relation.kind,
            benefit: self.benefits[other].id.clone(),
            possible: granted.is_none(),
            taken_off,
            text: relation.text.clone(),
            law: relation.law.clone(),
        }
    }

    /// Benefits give way to those preferred to them; whoever has given way displaces nobody.
    fn give_way(&mut self) {
        let order = self.relations.preferred.clone();
        for loser in order {
            for (link, relation) in self.links(RelationKind::Excludes) {
                let Some((winner, other)) = link.preferred(self.benefits) else {
                    continue;
                };
                if other != loser {
                    continue;
                }
                for index in 0..self.found[loser].len() {
                    let member = self.found[loser][index].member.clone();
                    let beaten = self.granted(loser, winner, member.as_deref());
                    self.displace(loser, index, winner, relation, beaten);
                }
            }
        }
    }

    /// Of two benefits the one that pays more is given. Both sides are looked at before either gives way.
    fn compare(&mut self) {
        let mut displaced = Vec::new();
        for (link, relation) in self.links(RelationKind::Excludes) {
            if relation.prefer != Some(Prefer::Higher) {
                continue;
            }
            for (index, this) in self.found[link.this].iter().enumerate() {
                let others = self.found[link.other].iter().enumerate();
                for (place, other) in others.filter(|(_, other)| other.member == this.member) {
                    let more = payment(this).zip(payment(other)).map(|(a, b)| a >= b);
                    let beats = both(is_granted(this), more);
                    let beaten = both(is_granted(other), more.map(|more| !more));
                    displaced.push((link.other, place, link.this, relation, beats));
                    displaced.push((link.this, index, link.other, relation, beaten));
                }
            }
        }
        for (loser, index, winner, relation, beaten) in displaced {
            self.displace(loser, index, winner, relation, beaten);
        }
    }

    /// Rules a finding out where another is given instead of it, and leaves it open while that is.
    fn displace(
        &mut self,
        loser: usize,
        index: usize,
        winner: usize,
        relation: &Relation,
        beaten: Option<bool>,
    ) {
        let outcome = self.found[loser][index].outcome;
        if beaten == Some(false) || outcome == Outcome::NotEligible {
            return;
        }
        let member = self.found[loser][index].member.clone();
        let open: Vec<Finding> = self
            .concerned(loser, winner, member.as_deref())
            .filter(|finding| finding.outcome != Outcome::NotEligible)
            .cloned()
            .collect();
        let members_open = self.members_open(winner);
        let finding = &mut self.found[loser][index];
        let reason = |holds| Reason {
            holds,
            text: relation.text.clone(),
            law: Some(relation.law.clone()),
            children: Vec::new(),
            facts: Vec::new(),
        };
        if beaten == Some(true) {
            finding.reasons.push(reason(Some(false)));
            finding.rule_out();
            return;
        }
        // What decides one of several that are open does not decide this one.
        finding.deciding = match &open[..] {
            [only] if outcome == Outcome::Eligible => only.deciding.clone(),
            _ => Vec::new(),
        };
        finding.outcome = Outcome::Unknown;
        finding.reasons.push(reason(None));
        let members = members_open.then(|| FactRef {
            entity: Entity::Household,
            member: None,
            fact: MEMBERS.to_owned(),
        });
        let missing = open.into_iter().flat_map(|finding| finding.missing);
        for fact in missing.chain(members) {
            if !finding.missing.contains(&fact) {
                finding.missing.push(fact);
            }
        }
    }

    /// Takes what others pay off the benefits that say so, theirs being settled first.
    fn take_off(&mut self) {
        for this in self.relations.applied.clone() {
            for (link, relation) in self.links(RelationKind::Offset) {
                if link.this == this {
                    for index in 0..self.found[this].len() {
                        self.take_off_one(link, index, relation);
                    }
                }
            }
        }
    }

    fn take_off_one(&mut self, link: Link, index: usize, relation: &Relation) {
        let finding = &self.found[link.this][index];
        let granted = self.granted(link.this, link.other, finding.member.as_deref());
        if finding.outcome == Outcome::NotEligible || granted == Some(false) {
            return;
        }
        let mut off = if self.members_open(link.other) {
            None
        } else {
            Some(0_i64)
        };
        let mut missing = Vec::new();
        for other in self.concerned(link.this, link.other, finding.member.as_deref()) {
            let paid = match (other.outcome, payment(other)) {
                (Outcome::NotEligible, _) => Some(0),
                (Outcome::Eligible, paid) => paid.map(|paid| paid.max(0)),
                // Whether it is paid or not, it is nothing.
                (Outcome::Unknown, Some(paid)) if paid <= 0 => Some(0),
                (Outcome::Unknown, _) => None,
            };
            if paid.is_none() {
                missing.extend(other.missing.iter().cloned());
            }
            off = off.zip(paid).and_then(|(off, paid)| off.checked_add(paid));
        }
        let related = self.related(link.other, relation, granted, off);
        let finding = &mut self.found[link.this][index];
        finding.relations.push(related);
        let Some(amount) = finding.amount.as_mut().filter(|it| it.unit.is_some()) else {
            return;
        };
        // Of nothing nothing can be taken off.
        if amount.value.is_some_and(|value| value <= 0) {
            return;
        }
        let before = amount.value;
        amount.value = before
            .zip(off)
            .map(|(value, off)| value.saturating_sub(off).max(0));
        let granted = finding.outcome == Outcome::Eligible;
        if granted && before.is_some() && amount.value.is_none() {
            missing.retain(|fact| !finding.missing.contains(fact));
            missing.dedup();
            finding.missing.extend(missing);
        }
    }
}

fn is_granted(finding: &Finding) -> Option<bool> {
    match finding.outcome {
        Outcome::Eligible => Some(true),
        Outcome::NotEligible => Some(false),
        Outcome::Unknown => None,
    }
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// What a finding pays when it is granted; in kind alone that is nothing.
fn payment(finding: &Finding) -> Option<i64> {
    match &finding.amount {
        Some(amount) if amount.unit.is_some() => amount.value,
        _ => Some(0),
    }
}
