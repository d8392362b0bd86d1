//! How benefits bear on each other: reading what a file says of others, and checking it over the whole book.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use base::Localized;
use serde::{Deserialize, Serialize};

use crate::benefit::{Benefit, BenefitUnit};
use crate::diagnostic::{Diagnostic, Position, Problems, suggestion};
use crate::reader::{Fields, items, labels, text};

/// What one benefit is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Not both.
    Excludes,
    /// What the other pays is taken off this one, not below zero.
    Offset,
    /// The other is to be applied for first.
    After,
}

/// Which of two benefits that exclude each other is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prefer {
    This,
    Other,
    /// The one that pays more; this one where both pay the same.
    Higher,
}

/// One entry under `relations:`.
#[derive(Clone, Debug)]
pub struct Relation {
    pub kind: RelationKind,
    /// The id of the other benefit.
    pub benefit: String,
    /// Only for [`RelationKind::Excludes`]; `None` where people choose.
    pub prefer: Option<Prefer>,
    pub law: String,
    pub text: Localized,
    /// True where no first-hand source was at hand.
    pub unverified: bool,
    pub at: Position,
}

/// Reads `relations:`.
pub(crate) fn read(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Relation> {
    let Some(node) = fields.get("relations") else {
        return Vec::new();
    };
    items(node, problems)
        .iter()
        .filter_map(|item| {
            let allowed = ["kind", "benefit", "prefer", "law", "ko", "en", "unverified"];
            let inner = Fields::read(item, &allowed, problems)?;
            let law = inner.text("law", problems);
            let text = labels(&inner, problems);
            let unverified = inner.flag("unverified", problems);
            let benefit = inner.text("benefit", problems);
            let kind = read_kind(&inner, problems);
            let prefer = read_prefer(&inner, problems);
            if let (Some(node), Some(RelationKind::Offset | RelationKind::After)) =
                (inner.get("prefer"), kind)
            {
                problems.at(
                    node.at,
                    "`prefer` where nothing is excluded",
                    "Remove it, or write `kind: excludes`.",
                );
            }
            Some(Relation {
                kind: kind?,
                benefit,
                prefer,
                law,
                text,
                unverified,
                at: inner.get("benefit").map_or(item.at, |node| node.at),
            })
        })
        .collect()
}

fn read_kind(fields: &Fields<'_>, problems: &mut Problems) -> Option<RelationKind> {
    let node = fields.require("kind", problems)?;
    match text(node, problems)?.as_str() {
        "excludes" => Some(RelationKind::Excludes),
        "offset" => Some(RelationKind::Offset),
        "after" => Some(RelationKind::After),
        other => {
            problems.at(
                node.at,
                format!("unknown kind of relation `{other}`"),
                suggestion(other, ["excludes", "offset", "after"]),
            );
            None
        }
    }
}

fn read_prefer(fields: &Fields<'_>, problems: &mut Problems) -> Option<Prefer> {
    let node = fields.get("prefer")?;
    match text(node, problems)?.as_str() {
        "this" => Some(Prefer::This),
        "other" => Some(Prefer::Other),
        "higher" => Some(Prefer::Higher),
        other => {
            problems.at(
                node.at,
                format!("unknown preference `{other}`"),
                suggestion(other, ["this", "other", "higher"]),
            );
            None
        }
    }
}

/// A relation with the places of both benefits in the book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub this: usize,
    pub other: usize,
    /// Its place among the relations of `this`.
    pub relation: usize,
}

impl Link {
    pub fn relation<'b>(&self, benefits: &'b [Benefit]) -> &'b Relation {
        &benefits[self.this].relations[self.relation]
    }

    /// Who is given and who is not, where the law says so whatever the amounts.
    pub fn preferred(&self, benefits: &[Benefit]) -> Option<(usize, usize)> {
        match self.relation(benefits).prefer? {
            Prefer::This => Some((self.this, self.other)),
            Prefer::Other => Some((self.other, self.this)),
            Prefer::Higher => None,
        }
    }
}

/// The relations of a book in the orders in which they are worked out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relations {
    pub links: Vec<Link>,
    /// The benefits, each after those whose payment is taken off it and those to be applied for first.
    pub applied: Vec<usize>,
    /// The benefits, each after those that are preferred to it.
    pub preferred: Vec<usize>,
}

/// Links the relations of a book; its mistakes are added to `diagnostics`.
pub(crate) fn link(benefits: &[Benefit], diagnostics: &mut Vec<Diagnostic>) -> Relations {
    let mut check = Check {
        benefits,
        problems: BTreeMap::new(),
    };
    let links = check.links();
    for link in &links {
        check.amounts(link);
    }
    check.contradictions(&links);
    let wanted = |kind: RelationKind| kind == RelationKind::Offset || kind == RelationKind::After;
    let before: Vec<(usize, usize, Link)> = links
        .iter()
        .filter(|link| wanted(link.relation(benefits).kind))
        .map(|link| (link.other, link.this, *link))
        .collect();
    let applied = check.ordered(&before, "what comes first would come last");
    let preferences: Vec<(usize, usize, Link)> = links
        .iter()
        .filter_map(|link| {
            let (winner, loser) = link.preferred(benefits)?;
            Some((winner, loser, *link))
        })
        .collect();
    let preferred = check.ordered(&preferences, "each is preferred to the next");
    for (_, mut problems) in check.problems {
        diagnostics.append(&mut problems.list);
    }
    Relations {
        links,
        applied,
        preferred,
    }
}

struct Check<'a> {
    benefits: &'a [Benefit],
    /// By file.
    problems: BTreeMap<&'a str, Problems>,
}

impl<'a> Check<'a> {
    fn report(&mut self, link: &Link, message: String, remedy: &str) {
        let at = link.relation(self.benefits).at;
        self.report_at(link.this, at, message, remedy);
    }

    fn report_at(&mut self, benefit: usize, at: Position, message: String, remedy: &str) {
        let file = self.benefits[benefit].file.as_str();
        let problems = self.problems.entry(file);
        problems
            .or_insert_with(|| Problems::new(file))
            .at(at, message, remedy);
    }

    fn links(&mut self) -> Vec<Link> {
        let benefits = self.benefits;
        let mut links = Vec::new();
        let mut seen = BTreeSet::new();
        for (this, benefit) in benefits.iter().enumerate() {
            for (relation, told) in benefit.relations.iter().enumerate() {
                let other = benefits.iter().position(|other| other.id == told.benefit);
                let Some(other) = other else {
                    let ids: Vec<&str> = benefits.iter().map(|other| other.id.as_str()).collect();
                    let remedy = suggestion(&told.benefit, ids.iter().copied());
                    let message = format!("unknown benefit `{}`", told.benefit);
                    self.report_at(this, told.at, message, &remedy);
                    continue;
                };
                if other == this {
                    let message = "a relation of the benefit to itself".to_owned();
                    self.report_at(
                        this,
                        told.at,
                        message,
                        "Name another benefit, or remove it.",
                    );
                    continue;
                }
                if !seen.insert((this, other, told.kind)) {
                    let message = format!("a second relation of this kind to `{}`", told.benefit);
                    self.report_at(this, told.at, message, "Keep one of the two.");
                    continue;
                }
                links.push(Link {
                    this,
                    other,
                    relation,
                });
            }
        }
        links
    }

    /// What is taken off or compared must be exact won of the same period.
    fn amounts(&mut self, link: &Link) {
        let relation = link.relation(self.benefits);
        let higher = relation.prefer == Some(Prefer::Higher);
        if relation.kind != RelationKind::Offset && !higher {
            return;
        }
        let (this, other) = (&self.benefits[link.this], &self.benefits[link.other]);
        let unit = |benefit: &Benefit| benefit.amount.first().map(|line| line.pay.unit);
        let kind = |benefit: &Benefit| benefit.period.as_ref().map(|period| period.kind);
        let upper = if higher {
            this.at_most || other.at_most
        } else {
            other.at_most
        };
        let persons = this.unit == BenefitUnit::Person && other.unit == BenefitUnit::Household;
        let (id, what) = (&other.id, if higher { "compared" } else { "taken off" });
        if unit(this).is_none() || unit(other).is_none() {
            let message = format!("without sums on both sides nothing of `{id}` can be {what}");
            self.report(
                link,
                message,
                "Give both an `amount`, or remove the relation.",
            );
        } else if unit(this) != unit(other) || kind(this) != kind(other) {
            let message = format!("`{id}` pays by another period, so it cannot be {what}");
            self.report(
                link,
                message,
                "Relate only sums of one unit and one `period.kind`.",
            );
        } else if upper {
            let message = format!("an upper bound (`at_most`) cannot be {what} exactly");
            self.report(
                link,
                message,
                "State the exact sums, or remove the relation.",
            );
        } else if persons || higher && this.unit != other.unit {
            let message = format!("`{id}` is asked of another unit, so it cannot be {what}");
            self.report(
                link,
                message,
                "Ask both of persons, or both of the household.",
            );
        }
    }

    /// Two files may tell of one exclusion, but not prefer different sides; and what excludes is not taken off.
    fn contradictions(&mut self, links: &[Link]) {
        let benefits = self.benefits;
        for (index, link) in links.iter().enumerate() {
            let told = link.relation(benefits);
            for earlier in &links[..index] {
                let same = (earlier.this, earlier.other) == (link.this, link.other);
                let mirrored = (earlier.this, earlier.other) == (link.other, link.this);
                let before = earlier.relation(benefits);
                let kinds = [told.kind, before.kind];
                let other = &benefits[link.other].id;
                if mirrored
                    && kinds == [RelationKind::Excludes; 2]
                    && let (Some(now), Some(then)) = (told.prefer, before.prefer)
                {
                    let sides = (link.preferred(benefits), earlier.preferred(benefits));
                    if sides.0 != sides.1 || (now == Prefer::Higher) != (then == Prefer::Higher) {
                        let message =
                            format!("`{other}` says otherwise which of the two is preferred");
                        self.report(
                            link,
                            message,
                            "Say the same in both files, or in one of them.",
                        );
                    }
                }
                let excludes = kinds.contains(&RelationKind::Excludes);
                if (same || mirrored) && excludes && kinds.contains(&RelationKind::Offset) {
                    let message = format!("`{other}` is excluded and taken off at once");
                    self.report(link, message, "Keep one of the two relations.");
                }
            }
        }
    }

    /// The benefits with each after those before it; a circle is an error.
    fn ordered(&mut self, before: &[(usize, usize, Link)], meaning: &str) -> Vec<usize> {
        let count = self.benefits.len();
        let mut waiting = vec![0; count];
        for (_, later, _) in before {
            waiting[*later] += 1;
        }
        let ready = (0..count).filter(|benefit| waiting[*benefit] == 0);
        let mut ready: BinaryHeap<Reverse<usize>> = ready.map(Reverse).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(Reverse(next)) = ready.pop() {
            order.push(next);
            for (_, later, _) in before.iter().filter(|(earlier, ..)| *earlier == next) {
                waiting[*later] -= 1;
                if waiting[*later] == 0 {
                    ready.push(Reverse(*later));
                }
            }
        }
        let stuck = before
            .iter()
            .find(|(earlier, later, _)| waiting[*earlier] > 0 && waiting[*later] > 0);
        if let Some((_, start, _)) = stuck {
            // Going back from one that waits ends in the circle.
            let back = |from: usize| {
                let mut edges = before.iter();
                edges.find(|(earlier, later, _)| *later == from && waiting[*earlier] > 0)
            };
            let mut circle = vec![*start];
            while let Some((earlier, _, link)) = circle.last().and_then(|last| back(*last)) {
                if let Some(begin) = circle.iter().position(|known| known == earlier) {
                    let ids = circle[begin..].iter().rev().chain([earlier]);
                    let ids = ids.map(|index| format!("`{}`", self.benefits[*index].id));
                    let ids: Vec<String> = ids.collect();
                    let message = format!("a circle of relations, {}: {meaning}", ids.join(", "));
                    self.report(link, message, "Remove one of these relations.");
                    break;
                }
                circle.push(*earlier);
            }
        }
        order
    }
}
