//! How many visits to which site: inspections and patrols where the next one averts most for its cost.
//!
//! A first visit helps more than a tenth. The model is the plainest that says so: of the harm `risk` that is expected at
//! a site, `v` visits avert the share 1 − exp(−k·v). What k is, and how surely, must come from a study of such
//! visits ([`Effect::source`]): a plan without it is refused.
//!
//! The risk of a site is what would happen without visits. Where it is learnt from what visits found, sites that are
//! visited often look riskier for that alone; [`Site::least`] keeps some visits for the others.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use thiserror::Error;

use crate::Band;
use crate::error::{InputError, is_amount, not_empty, setting};

/// More visits than these are not planned one by one.
pub const MAX_VISITS: u64 = 10_000_000;

/// A place that may be visited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// The harm expected without visits, in any unit that adds up (cases, won, days of life).
    pub risk: f64,
    /// What one visit costs, in the unit of the budget (won, minutes).
    pub cost: u64,
    /// Visits that are made in any case.
    pub least: u32,
    /// Visits beyond which there are none.
    pub most: u32,
}

/// What a visit does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// k: with 0.1 one visit averts 9.5 % of the harm, two 18 %. The plan is made for the middle value.
    pub per_visit: Band,
    /// The study that k comes from.
    pub source: String,
}

/// Visits to each site, and what is expected of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// One number for each site, in their order.
    pub visits: Vec<u32>,
    pub spent: u64,
    /// The harm averted, at the low, middle and high effect.
    pub averted: Band,
    /// No plan within the budget averts more than this at the middle effect.
    pub at_most: f64,
    /// Whether no other plan averts more at the middle effect. Otherwise compare `averted.mid` with `at_most`.
    pub is_optimal: bool,
    /// What the last visit that was planned averts at the middle effect for each unit of cost: what more budget would
    /// bring at first. 0 when none was planned beyond the least.
    pub last_per_cost: f64,
    /// Copied from the effect.
    pub source: String,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssignmentError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "the visits that are made in any case cost {needed}, the budget is {budget}; raise the budget or lower Site::least"
    )]
    BudgetTooSmall { needed: u128, budget: u64 },
}

/// Allocates a budget of visits: always the one that averts most for its cost, at the middle effect.
///
/// With equal costs the plan is optimal, as each further visit to a site averts less than the one before (Fox,
/// *Management Science* 13, 1966, 210–216). With unequal ones what is left at the end may be too little for the best
/// next visit; [`Plan::at_most`] then says how much a better plan could gain at most. Of equal visits the site that
/// stands first has the first.
///
/// # Errors
/// No site; negative or impossible risks, costs, limits or effects; an effect without a source; a budget below what is
/// visited in any case, or of more than [`MAX_VISITS`].
pub fn allocate(sites: &[Site], effect: &Effect, budget: u64) -> Result<Plan, AssignmentError> {
    check(sites, effect)?;
    let k = effect.per_visit.mid;
    let mut visits: Vec<u32> = sites.iter().map(|site| site.least).collect();
    let needed: u128 = sites
        .iter()
        .map(|site| u128::from(site.least) * u128::from(site.cost))
        .sum();
    let Some(mut left) = u64::try_from(needed)
        .ok()
        .and_then(|it| budget.checked_sub(it))
    else {
        return Err(AssignmentError::BudgetTooSmall { needed, budget });
    };
    check_size(sites, left)?;
    let mut heap: BinaryHeap<Next> = (0..sites.len())
        .filter_map(|at| Next::of(sites, at, visits[at], k))
        .collect();
    let mut bound = None;
    let mut last_per_cost = 0.0;
    while let Some(next) = heap.pop() {
        let site = &sites[next.site];
        if site.cost > left {
            // Were visits divisible, the rest would be spent here.
            let partly = next.per_cost * left as f64;
            bound.get_or_insert_with(|| averted(sites, &visits, k) + partly);
            continue;
        }
        left -= site.cost;
        visits[next.site] += 1;
        last_per_cost = next.per_cost;
        heap.extend(Next::of(sites, next.site, visits[next.site], k));
    }
    let at = |k: f64| averted(sites, &visits, k);
    let averted = Band {
        low: at(effect.per_visit.low),
        mid: at(k),
        high: at(effect.per_visit.high),
    };
    let is_optimal = bound.is_none() || have_one_cost(sites);
    Ok(Plan {
        at_most: match bound {
            Some(bound) if !is_optimal => bound.max(averted.mid),
            _ => averted.mid,
        },
        spent: budget - left,
        averted,
        is_optimal,
        last_per_cost,
        source: effect.source.clone(),
        visits,
    })
}

fn check(sites: &[Site], effect: &Effect) -> Result<(), InputError> {
    not_empty("sites", sites, "name at least one site")?;
    let wrong = |index: usize, found: String, remedy: &'static str| {
        Err(InputError::Value {
            argument: "sites",
            index,
            found,
            remedy,
        })
    };
    for (index, site) in sites.iter().enumerate() {
        if !is_amount(site.risk) {
            let found = format!("of risk {}", site.risk);
            return wrong(
                index,
                found,
                "give the finite harm expected without visits, 0 or more",
            );
        }
        if site.cost == 0 {
            return wrong(
                index,
                "of cost 0".to_owned(),
                "give what a visit costs, at least 1",
            );
        }
        if site.least > site.most {
            let found = format!("visited at least {} and at most {}", site.least, site.most);
            return wrong(index, found, "give a least that is not above the most");
        }
    }
    effect.per_visit.check("per_visit", 0.0)?;
    setting(
        "source",
        "empty",
        !effect.source.trim().is_empty(),
        "name the study that the effect of a visit comes from",
    )
}

fn check_size(sites: &[Site], left: u64) -> Result<(), InputError> {
    let room: u64 = sites
        .iter()
        .map(|site| u64::from(site.most - site.least))
        .sum();
    let cheapest = sites.iter().map(|site| site.cost).min().unwrap_or(1);
    setting(
        "budget",
        left,
        room.min(left / cheapest) <= MAX_VISITS,
        "plan at most 10,000,000 visits: lower Site::most, or count costs in a larger unit",
    )
}

fn have_one_cost(sites: &[Site]) -> bool {
    let mut costs = sites
        .iter()
        .filter(|site| site.least < site.most)
        .map(|site| site.cost);
    let first = costs.next();
    costs.all(|cost| Some(cost) == first)
}

fn averted(sites: &[Site], visits: &[u32], k: f64) -> f64 {
    let each = sites.iter().zip(visits);
    // −expm1 keeps the digits of small effects.
    each.map(|(site, &visits)| -site.risk * (-k * f64::from(visits)).exp_m1())
        .sum()
}

/// The next visit to a site.
struct Next {
    per_cost: f64,
    site: usize,
}

impl Next {
    fn of(sites: &[Site], at: usize, visits: u32, k: f64) -> Option<Self> {
        let site = &sites[at];
        let gain = -site.risk * (-k * f64::from(visits)).exp() * (-k).exp_m1();
        // What averts nothing is not visited.
        (visits < site.most && gain > 0.0).then_some(Self {
            per_cost: gain / site.cost as f64,
            site: at,
        })
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.per_cost
            .total_cmp(&other.per_cost)
            .then(other.site.cmp(&self.site))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn site(risk: f64, cost: u64) -> Site {
        Site {
            risk,
            cost,
            least: 0,
            most: 100,
        }
    }

    fn effect(low: f64, mid: f64, high: f64) -> Effect {
        Effect {
            per_visit: Band { low, mid, high },
            source: "a trial".to_owned(),
        }
    }

    #[test]
    fn visits_go_where_the_next_one_averts_most() {
        // Each visit halves what is left: 8 → 4 → 2, beside 3.
        let halving = effect(0.1, 2.0_f64.ln(), 1.0);
        let plan = allocate(&[site(3.0, 1), site(8.0, 1)], &halving, 3).unwrap();
        assert_eq!(plan.visits, [1, 2]);
        assert!((plan.averted.mid - (1.5 + 6.0)).abs() < 1e-12, "{plan:?}");
        assert!(plan.averted.low < plan.averted.mid && plan.averted.mid < plan.averted.high);
        assert!(plan.is_optimal && plan.spent == 3 && plan.at_most == plan.averted.mid);
        assert!((plan.last_per_cost - 1.5).abs() < 1e-12);
        assert_eq!(plan.source, "a trial");
    }

    #[test]
    fn least_and_most_are_kept() {
        let sites = [
            Site {
                least: 2,
                ..site(0.0, 3)
            },
            Site {
                most: 1,
                ..site(9.0, 1)
            },
        ];
        let plan = allocate(&sites, &effect(0.1, 0.2, 0.3), 100).unwrap();
        assert_eq!((&plan.visits[..], plan.spent), (&[2, 1][..], 7));
        assert_eq!(
            allocate(&sites, &effect(0.1, 0.2, 0.3), 5),
            Err(AssignmentError::BudgetTooSmall {
                needed: 6,
                budget: 5
            })
        );
    }

    #[test]
    fn impossible_arguments_are_told() {
        let told = |sites: &[Site], effect: &Effect, budget| {
            allocate(sites, effect, budget).unwrap_err().to_string()
        };
        let fine = effect(0.1, 0.2, 0.3);
        assert!(told(&[], &fine, 1).starts_with("sites is empty"));
        assert!(told(&[site(f64::NAN, 1)], &fine, 1).starts_with("sites[0] is of risk NaN;"));
        assert!(
            told(&[site(1.0, 1), site(1.0, 0)], &fine, 1).starts_with("sites[1] is of cost 0;")
        );
        let turned = Site {
            least: 3,
            most: 2,
            ..site(1.0, 1)
        };
        assert!(told(&[turned], &fine, 9).contains("at least 3 and at most 2"));
        assert!(
            told(&[site(1.0, 1)], &effect(0.3, 0.2, 0.1), 1)
                .starts_with("per_visit is 0.3 / 0.2 / 0.1;")
        );
        assert!(told(&[site(1.0, 1)], &effect(-0.1, 0.2, 0.3), 1).starts_with("per_visit"));
        let unsourced = Effect {
            source: " ".to_owned(),
            ..fine.clone()
        };
        assert!(told(&[site(1.0, 1)], &unsourced, 1).starts_with("source is empty;"));
        let endless = Site {
            most: u32::MAX,
            ..site(1.0, 1)
        };
        assert!(told(&[endless], &fine, u64::MAX).starts_with("budget is"));
    }

    /// The best of all plans.
    fn best(sites: &[Site], k: f64, budget: u64) -> f64 {
        let Some((last, others)) = sites.split_last() else {
            return 0.0;
        };
        (0..=u64::from(last.most))
            .take_while(|visits| visits * last.cost <= budget)
            .map(|visits| {
                let here = last.risk * (1.0 - (-k * visits as f64).exp());
                here + best(others, k, budget - visits * last.cost)
            })
            .fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn equal_costs_are_optimal_and_others_within_their_bound(
            risks in prop::collection::vec(0.0..9.0_f64, 1..4),
            costs in prop::collection::vec(1..5_u64, 4),
            k in 0.05..1.5_f64,
            budget in 0..12_u64,
        ) {
            let small = |risk: f64, cost: u64| Site { most: 6, ..site(risk, cost) };
            let even: Vec<Site> = risks.iter().map(|&risk| small(risk, costs[0])).collect();
            let plan = allocate(&even, &effect(k, k, k), budget).unwrap();
            prop_assert!(plan.is_optimal);
            prop_assert!((plan.averted.mid - best(&even, k, budget)).abs() < 1e-9);
            let uneven: Vec<Site> = risks.iter().zip(&costs).map(|(&risk, &cost)| small(risk, cost)).collect();
            let plan = allocate(&uneven, &effect(k, k, k), budget).unwrap();
            let best = best(&uneven, k, budget);
            prop_assert!(plan.spent <= budget);
            prop_assert!(plan.averted.mid <= best + 1e-9 && best <= plan.at_most + 1e-9);
            if plan.is_optimal {
                prop_assert!((plan.averted.mid - best).abs() < 1e-9);
            }
        }
    }
}
