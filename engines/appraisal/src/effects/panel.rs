//! The outcomes that effects are estimated from.

use super::block::Block;
use super::mean;
use crate::error::{InputError, all_values, is_quantity, not_empty, setting};

/// A balanced panel: one outcome for every unit at every time, and a block of treated units from one time on.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    outcomes: Vec<f64>,
    units: usize,
    times: usize,
    pre: usize,
    treated: Vec<usize>,
    controls: Vec<usize>,
}

impl Panel {
    /// `outcomes` has `units` × times values, the times of unit 0 first; `treated` lists the units that are treated
    /// from time `pre_periods` on (so many times lie before). All others are controls.
    ///
    /// # Errors
    /// Outcomes that are not finite or do not fill whole units; no treated unit or no control; a treated unit that
    /// does not exist or stands twice; no time before or none after.
    pub fn new(
        outcomes: &[f64],
        units: usize,
        treated: &[usize],
        pre_periods: usize,
    ) -> Result<Self, InputError> {
        not_empty("outcomes", outcomes, "give the outcomes unit by unit")?;
        setting(
            "units",
            units,
            units > 0 && outcomes.len().is_multiple_of(units),
            "give the number of units, so that outcomes holds the same number of times for each",
        )?;
        all_values(
            "outcomes",
            outcomes,
            is_quantity,
            "give a finite number for every unit at every time; leave out units that lack one",
        )?;
        let times = outcomes.len() / units;
        setting(
            "pre_periods",
            pre_periods,
            pre_periods > 0 && pre_periods < times,
            "at least one time lies before the treatment and one after its start",
        )?;
        not_empty("treated", treated, "name at least one treated unit")?;
        let mut is_treated = vec![false; units];
        for (index, &unit) in treated.iter().enumerate() {
            if unit >= units || is_treated[unit] {
                return Err(InputError::Value {
                    argument: "treated",
                    index,
                    found: unit.to_string(),
                    remedy: "name each treated unit once, counted from 0",
                });
            }
            is_treated[unit] = true;
        }
        let (treated, controls): (Vec<_>, Vec<_>) = (0..units).partition(|&unit| is_treated[unit]);
        not_empty("controls", &controls, "leave some units untreated")?;
        Ok(Self {
            outcomes: outcomes.to_vec(),
            units,
            times,
            pre: pre_periods,
            treated,
            controls,
        })
    }

    pub fn units(&self) -> usize {
        self.units
    }

    pub fn times(&self) -> usize {
        self.times
    }

    /// The times before the treatment.
    pub fn pre_periods(&self) -> usize {
        self.pre
    }

    /// The treated units, ascending.
    pub fn treated(&self) -> &[usize] {
        &self.treated
    }

    /// The units that were never treated, ascending.
    pub fn controls(&self) -> &[usize] {
        &self.controls
    }

    /// The outcomes of one unit, time by time; `None` when there is no such unit.
    pub fn outcomes(&self, unit: usize) -> Option<&[f64]> {
        self.outcomes.chunks_exact(self.times).nth(unit)
    }

    pub(super) fn block(&self) -> Block {
        self.block_of(&self.treated, &self.controls)
    }

    /// As if these units had been treated, and these were the controls.
    pub(super) fn block_of(&self, treated: &[usize], controls: &[usize]) -> Block {
        let row = |unit: usize| &self.outcomes[unit * self.times..][..self.times];
        let treated_mean = (0..self.times)
            .map(|time| {
                let values: Vec<f64> = treated.iter().map(|&unit| row(unit)[time]).collect();
                mean(&values)
            })
            .collect();
        Block {
            controls: controls.iter().map(|&unit| row(unit).to_vec()).collect(),
            treated_mean,
            treated: treated.len(),
            pre: self.pre,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_that_is_no_panel_is_refused_with_a_remedy() {
        let told = |outcomes: &[f64], units, treated: &[usize], pre| {
            Panel::new(outcomes, units, treated, pre)
                .unwrap_err()
                .to_string()
        };
        let four = [1.0, 2.0, 3.0, 4.0];
        assert!(told(&[], 2, &[0], 1).starts_with("outcomes is empty"));
        assert!(told(&four, 3, &[0], 1).starts_with("units is 3;"));
        assert!(told(&four, 0, &[0], 1).starts_with("units is 0;"));
        assert!(told(&[1.0, f64::NAN, 3.0, 4.0], 2, &[0], 1).starts_with("outcomes[1] is NaN;"));
        assert!(told(&four, 2, &[0], 2).starts_with("pre_periods is 2;"));
        assert!(told(&four, 2, &[], 1).starts_with("treated is empty"));
        assert!(told(&four, 2, &[2], 1).starts_with("treated[0] is 2;"));
        assert!(told(&four, 2, &[1, 1], 1).starts_with("treated[1] is 1;"));
        assert!(told(&four, 2, &[1, 0], 1).starts_with("controls is empty"));
    }

    #[test]
    fn units_keep_their_numbers() {
        let panel = Panel::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3, &[1], 1).unwrap();
        assert_eq!(
            (panel.units(), panel.times(), panel.pre_periods()),
            (3, 2, 1)
        );
        assert_eq!((panel.treated(), panel.controls()), (&[1][..], &[0, 2][..]));
        assert_eq!(panel.outcomes(1), Some(&[3.0, 4.0][..]));
        assert_eq!(panel.outcomes(3), None);
    }
}
