//! Figures that can be worked out by hand, and brackets that must hold them.

use proptest::prelude::*;

use super::*;

const CENSUS: Collected = Collected::Census;

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
}

#[test]
fn gini_by_hand() {
    near(gini(&[5, 5, 5], &[1.0; 3], CENSUS).unwrap().value, 0.0);
    // One of four has everything.
    near(gini(&[0, 0, 0, 9], &[1.0; 4], CENSUS).unwrap().value, 0.75);
    // 1, 2, 3, 4: the mean difference is 20/16, the mean 5/2.
    near(gini(&[4, 2, 3, 1], &[1.0; 4], CENSUS).unwrap().value, 0.25);
    // Persons are as good as rows.
    let rows = gini(&[1, 1, 1, 7, 7], &[1.0; 5], CENSUS).unwrap();
    assert_eq!(
        gini(&[1, 7], &[3.0, 2.0], CENSUS).unwrap().value,
        rows.value
    );
    // Debts count: −1 and 3 differ by 4, half of that over a mean of 1, over all four pairs.
    near(gini(&[-1, 3], &[1.0; 2], CENSUS).unwrap().value, 1.0);
}

#[test]
fn poverty_by_hand() {
    let found = poverty(
        &[50, 100, 0, 300],
        &[2.0, 1.0, 1.0, 4.0],
        PovertyLine::Won(100),
        CENSUS,
    );
    let found = found.unwrap();
    // Who is on the line is not poor.
    near(found.headcount.value, 3.0 / 8.0);
    near(found.gap.value, (2.0 * 0.5 + 1.0) / 8.0);
    near(found.squared_gap.value, (2.0 * 0.25 + 1.0) / 8.0);
    assert_eq!(found.headcount.standard_error, 0.0);
    // Half of the median person's 100.
    let relative = poverty(
        &[50, 100, 0, 300],
        &[2.0, 1.0, 1.0, 4.0],
        PovertyLine::OfMedian(0.5),
        CENSUS,
    );
    let relative = relative.unwrap();
    assert_eq!(relative.line_won, 50.0);
    near(relative.headcount.value, 1.0 / 8.0);
}

#[test]
fn quantiles_and_deciles_by_hand() {
    let incomes = [30, 10, 20];
    let weights = [1.0, 1.0, 2.0];
    let found = quantiles(&incomes, &weights, &[0.0, 0.25, 0.26, 0.75, 1.0]).unwrap();
    assert_eq!(found, [10, 10, 20, 20, 30]);
    // 0.55 × 100 is a little more than 55 in binary.
    let hundred: Vec<i64> = (1..=100).collect();
    for percent in 1..=100 {
        let share = percent as f64 / 100.0;
        let found = quantiles(&hundred, &[1.0; 100], &[share]).unwrap();
        assert_eq!(found, [percent]);
    }
    // A third has nothing: they are one decile together, and the next two are empty.
    let incomes: Vec<i64> = (0..30).map(|it| if it < 10 { 0 } else { it }).collect();
    let cuts = decile_cuts(&incomes, &[1.0; 30]).unwrap();
    let deciles: Vec<u8> = incomes.iter().map(|&it| decile_of(&cuts, it)).collect();
    assert_eq!(deciles[..10], [1; 10]);
    assert_eq!(deciles[10..12], [4; 2]);
    assert_eq!(deciles[29], 10);
    assert_eq!(decile_of(&cuts, -5), 1);
}

#[test]
fn impossible_arguments_are_told() {
    let told =
        |incomes: &[i64], weights: &[f64]| gini(incomes, weights, CENSUS).unwrap_err().to_string();
    assert!(told(&[], &[]).starts_with("incomes is empty"));
    assert!(told(&[1], &[]).starts_with("weights has 0 values, but 1 are needed"));
    assert!(told(&[1, 2], &[1.0, -1.0]).starts_with("weights[1] is -1;"));
    assert!(told(&[1, 2], &[f64::INFINITY, 1.0]).starts_with("weights[0] is inf;"));
    assert!(told(&[1, 2], &[0.0, 0.0]).starts_with("the sum of weights is 0;"));
    assert!(told(&[1, -2], &[1.0, 1.0]).starts_with("the mean income is -0.5 won"));
    let line = |line| {
        poverty(&[0, 5], &[1.0, 1.0], line, CENSUS)
            .unwrap_err()
            .to_string()
    };
    assert!(line(PovertyLine::Won(0)).starts_with("the poverty line is 0 won"));
    assert!(line(PovertyLine::OfMedian(0.5)).starts_with("the poverty line is 0 won"));
    assert!(line(PovertyLine::OfMedian(f64::NAN)).starts_with("line is NaN"));
    assert!(quantiles(&[1], &[1.0], &[1.5]).is_err());
    let sample = Collected::Sample {
        replicates: 200,
        seed: 1,
    };
    assert_eq!(
        gini(&[1, 2, 3], &[1.0; 3], sample),
        Err(DistributionError::SampleTooSmall {
            found: 3,
            needed: MIN_SAMPLE
        })
    );
    let sample = Collected::Sample {
        replicates: 3,
        seed: 1,
    };
    assert!(
        gini(&[1, 2, 3], &[1.0; 3], sample)
            .unwrap_err()
            .to_string()
            .starts_with("replicates is 3")
    );
    assert!(Histogram::new(0).is_err() && PovertyTally::new(0).is_err());
    assert!(Histogram::new(5).unwrap().mean().is_err());
    assert!(PovertyTally::new(5).unwrap().poverty().is_err());
}

#[test]
fn a_sample_knows_how_far_it_may_be_off() {
    // A headcount of 30 % among 400 households: √(0.3 × 0.7 / 400) = 0.0229.
    let incomes: Vec<i64> = (0..400)
        .map(|it| if it % 10 < 3 { 50 } else { 200 })
        .collect();
    let sample = Collected::Sample {
        replicates: 2_000,
        seed: 9,
    };
    let found = poverty(&incomes, &[2.5; 400], PovertyLine::Won(100), sample).unwrap();
    assert!(
        (found.headcount.standard_error - 0.0229).abs() < 0.0012,
        "{found:?}"
    );
    assert!(found.headcount.low > 0.24 && found.headcount.high < 0.36);
    let again = poverty(&incomes, &[2.5; 400], PovertyLine::Won(100), sample).unwrap();
    assert_eq!(found, again);
    // And the Gini coefficient as the jackknife says.
    let incomes: Vec<i64> = (0..300).map(|it| (it * 7919) % 3_001).collect();
    let found = gini(&incomes, &[1.0; 300], sample).unwrap();
    let without: Vec<f64> = (0..300)
        .map(|left_out| {
            let mut weights = [1.0; 300];
            weights[left_out] = 0.0;
            gini(&incomes, &weights, CENSUS).unwrap().value
        })
        .collect();
    let mean = without.iter().sum::<f64>() / 300.0;
    let squares: f64 = without.iter().map(|it| (it - mean).powi(2)).sum();
    let jackknife = (squares * 299.0 / 300.0).sqrt();
    assert!(
        (found.standard_error / jackknife - 1.0).abs() < 0.08,
        "{found:?} {jackknife}"
    );
}

#[test]
fn few_buckets_hold_a_nation() {
    let mut histogram = Histogram::new(10_000).unwrap();
    for row in 0..400_000_i64 {
        // From debts to billions.
        let income = (row * 7_919 % 1_000_003).pow(2) / 100 - 20_000_000;
        histogram.add(income, 1 + row.unsigned_abs() % 4).unwrap();
    }
    // 2,000 below zero, 65,536 above, and 32,768 for each of not quite four doublings.
    assert!(histogram.buckets() < 2_001 + 65_536 + 4 * 32_768);
    let gini = histogram.gini().unwrap();
    assert!(gini.high - gini.low < 1e-5, "{gini:?}");
    let extreme = [i64::MIN, i64::MAX, 0, -1];
    let mut histogram = Histogram::new(1).unwrap();
    for income in extreme {
        histogram.add(income, 1).unwrap();
    }
    assert_eq!(histogram.buckets(), 4);
    let told = histogram
        .add(i64::MIN, u64::MAX - 4)
        .unwrap_err()
        .to_string();
    assert!(told.contains("too large"), "{told}");
    assert_eq!(histogram.persons(), 4);
}

#[test]
fn other_widths_and_lines_do_not_mix() {
    let mut histogram = Histogram::new(5).unwrap();
    assert!(histogram.merge(&Histogram::new(6).unwrap()).is_err());
    let mut tally = PovertyTally::new(5).unwrap();
    assert!(tally.merge(&PovertyTally::new(6).unwrap()).is_err());
}

fn rows() -> impl Strategy<Value = Vec<(i64, u32)>> {
    let income = prop_oneof![
        -500..3_000_i64,
        (0..40_i64).prop_map(|it| it * 100),
        10_000_000..20_000_000_i64,
    ];
    prop::collection::vec((income, 1..6_u32), 1..60)
}

fn filled(width: i64, rows: &[(i64, u32)]) -> Histogram {
    let mut histogram = Histogram::new(width).unwrap();
    let (incomes, persons): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
    histogram.extend(&incomes, &persons).unwrap();
    histogram
}

fn holds(bracket: Bracket<f64>, exact: f64) {
    let slack = 1e-9 * (1.0 + exact.abs());
    assert!(
        bracket.low - slack <= exact && exact <= bracket.high + slack,
        "{exact} is not in {bracket:?}"
    );
}

proptest! {
    #[test]
    fn brackets_hold_the_exact_answer(rows in rows(), width in prop_oneof![Just(1_i64), Just(7), Just(1_000)], line in 1..4_000_i64) {
        let (incomes, weights): (Vec<i64>, Vec<f64>) = rows.iter().map(|(it, persons)| (*it, f64::from(*persons))).unzip();
        let histogram = filled(width, &rows);
        if let Ok(exact) = gini(&incomes, &weights, CENSUS) {
            holds(histogram.gini().unwrap(), exact.value);
        }
        let exact = poverty(&incomes, &weights, PovertyLine::Won(line), CENSUS).unwrap();
        let found = histogram.poverty(line as f64).unwrap();
        holds(found.headcount, exact.headcount.value);
        holds(found.gap, exact.gap.value);
        holds(found.squared_gap, exact.squared_gap.value);
        let shares = [0.0, 0.1, 0.5, 0.77, 1.0];
        for (share, exact) in shares.iter().zip(quantiles(&incomes, &weights, &shares).unwrap()) {
            let found = histogram.quantile(*share).unwrap();
            prop_assert!(found.low <= exact && exact <= found.high);
            // Less than one bucket: a width, or 1/32,768 of the income.
            prop_assert!(found.high - found.low < width.max(exact / 32_768 + 1));
        }
        // A tally for the line is exact.
        let mut tally = PovertyTally::new(line).unwrap();
        for (income, persons) in &rows {
            tally.add(*income, u64::from(*persons)).unwrap();
        }
        let tallied = tally.poverty().unwrap();
        prop_assert!((tallied.headcount - exact.headcount.value).abs() < 1e-12);
        prop_assert!((tallied.gap - exact.gap.value).abs() < 1e-9 * (1.0 + tallied.gap));
        prop_assert!((tallied.squared_gap - exact.squared_gap.value).abs() < 1e-9 * (1.0 + tallied.squared_gap));
    }

    #[test]
    fn parts_merge_in_any_order(rows in rows(), cut in 0..60_usize, seam in 0..60_usize) {
        let whole = filled(100, &rows);
        let cut = cut.min(rows.len());
        let seam = seam.min(cut);
        let parts = [&rows[..seam], &rows[seam..cut], &rows[cut..]].map(|part| filled(100, part));
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let mut merged = Histogram::new(100).unwrap();
            for part in order {
                merged.merge(&parts[part]).unwrap();
            }
            prop_assert_eq!(&merged, &whole);
        }
        let mut backwards = rows.clone();
        backwards.reverse();
        prop_assert_eq!(&filled(100, &backwards), &whole);
    }

    #[test]
    fn the_order_of_rows_does_not_change_a_digit(rows in rows()) {
        let split = |rows: &[(i64, u32)]| -> (Vec<i64>, Vec<f64>) {
            rows.iter().map(|(it, persons)| (*it, f64::from(*persons) * 0.37)).unzip()
        };
        let (incomes, weights) = split(&rows);
        let mut backwards = rows.clone();
        backwards.reverse();
        let (turned, turned_weights) = split(&backwards);
        prop_assert_eq!(gini(&incomes, &weights, CENSUS), gini(&turned, &turned_weights, CENSUS));
    }
}
