//! What residents do with their offers, and officials with the cases that come of them.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

use super::chance::{self, percent};
use super::day::DayDraw;
use super::event::{Answer, Event, Verdict};
use super::hours::{awake, date_of};
use super::living::LivingHousehold;
use super::model::{FactPlan, PersonKey};

impl DayDraw<'_> {
    /// A resident sees what is offered and answers, or does not.
    ///
    /// Personas never react by chance: whoever plays them does.
    pub(super) fn react(
        &mut self,
        by: PersonKey,
        household: &LivingHousehold,
        after: Timestamp,
        keen: f64,
    ) {
        let opens = self.data.city.behaviour.opens_offers_percent * keen;
        if household.scripted || !percent(&mut self.chance, opens) {
            return;
        }
        let minutes = 4 + chance::wait(&mut self.chance, 1_100.0).min(9_000.0) as i64;
        let after_seven = self.chance.random_range(0..240);
        let opened = awake(after + SignedDuration::from_mins(minutes), after_seven);
        self.push(opened, Event::OffersOpened { by });
        let answered = opened + SignedDuration::from_mins(self.chance.random_range(2..35));
        self.answer(by, household, answered);
    }

    fn answer(&mut self, by: PersonKey, household: &LivingHousehold, answered: Timestamp) {
        let b = &self.data.city.behaviour;
        let shares = [
            b.accepts_ready_percent,
            b.accepts_all_percent,
            b.declines_some_percent,
            b.postpones_percent,
        ];
        let answer = match chance::weighted(&mut self.chance, &shares, |s| *s) {
            Some(1) => Answer::AcceptAll {
                told: self.told(household, answered),
            },
            Some(2) => Answer::DeclineSome {
                decline: self.chance.random_range(1..=2),
            },
            Some(3) => {
                let later =
                    answered + SignedDuration::from_hours(24 * self.chance.random_range(3..15));
                self.push(
                    answered,
                    Event::OffersAnswered {
                        by,
                        answer: Answer::Postpone {
                            until: date_of(later),
                        },
                    },
                );
                self.push(
                    later,
                    Event::OffersAnswered {
                        by,
                        answer: Answer::AcceptReady,
                    },
                );
                return self.decide(by, household, later);
            }
            _ => Answer::AcceptReady,
        };
        self.push(answered, Event::OffersAnswered { by, answer });
        self.decide(by, household, answered);
    }

    /// The facts that residents hold themselves: numbers from the bills on the table.
    fn told(&mut self, household: &LivingHousehold, at: Timestamp) -> Vec<FactPlan> {
        let key = household.key.0;
        let number = |kind: u32| format!("{kind:02}-{:04}-{:04}", key / 10_000, key % 10_000);
        let mut told = vec![FactPlan::new(
            "electricity_customer",
            number(0),
            date_of(at),
        )];
        if percent(&mut self.chance, 60.0) {
            told.push(FactPlan::new("gas_customer", number(1), date_of(at)));
        }
        told
    }

    fn decide(&mut self, applicant: PersonKey, household: &LivingHousehold, accepted: Timestamp) {
        let b = &self.data.city.behaviour;
        let (soonest, latest) = b.official_hours;
        let verdicts = [
            (Verdict::Grant, b.grants_percent),
            (Verdict::Ask, b.asks_percent),
            (Verdict::Refuse, b.refuses_percent),
        ];
        let first = chance::weighted(&mut self.chance, &verdicts, |v| v.1)
            .map_or(Verdict::Grant, |i| verdicts[i].0);
        let official = self.counter(&household.dong);
        let work =
            60 * self.chance.random_range(soonest..=latest) + self.chance.random_range(0..60);
        let decided = self.office.after(accepted, work);
        let worked = |first| Event::CasesWorked {
            official: official.clone(),
            applicant,
            first,
            rest: Verdict::Grant,
        };
        self.push(decided, worked(first));
        if first == Verdict::Ask {
            let wait = SignedDuration::from_hours(self.chance.random_range(20..110));
            let given = awake(decided + wait, self.chance.random_range(0..200));
            self.push(given, Event::PapersGiven { by: applicant });
            let work = 60 * self.chance.random_range(soonest..=latest);
            let decided = self.office.after(given, work);
            self.push(decided, worked(Verdict::Grant));
        }
    }
}
