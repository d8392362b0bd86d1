//! Least squares with weights that are not negative and sum to one.

/// Minimises ‖A w − b‖² / rows + ζ² ‖w‖² over the simplex by Frank–Wolfe with exact line search, the iteration of
/// Arkhangelsky et al. (2021). `columns` holds the columns of A.
///
/// Stops when the objective falls by less than `min_decrease`², or after `max_steps`.
pub(super) fn frank_wolfe(
    columns: &[Vec<f64>],
    target: &[f64],
    zeta: f64,
    start: Vec<f64>,
    min_decrease: f64,
    max_steps: usize,
) -> Vec<f64> {
    let rows = target.len() as f64;
    let eta = rows * zeta * zeta;
    let mut weights = start;
    // A w − b, kept up to date.
    let mut error: Vec<f64> = target.iter().map(|value| -value).collect();
    for (column, weight) in columns.iter().zip(&weights) {
        add(&mut error, *weight, column);
    }
    let mut last = f64::NAN;
    for step in 0..max_steps {
        let gradient: Vec<f64> = columns
            .iter()
            .zip(&weights)
            .map(|(column, weight)| dot(&error, column) + eta * weight)
            .collect();
        let best = first_smallest(&gradient);
        // The direction: all weight moves to the best column.
        let change: Vec<f64> = columns[best]
            .iter()
            .zip(error.iter().zip(target))
            .map(|(value, (error, target))| value - (error + target))
            .collect();
        let ridge: f64 = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| if at == best { 1.0 - weight } else { *weight })
            .map(|change| change * change)
            .sum();
        let curvature = dot(&change, &change) + eta * ridge;
        if curvature > 0.0 {
            let slope = dot(&gradient, &weights) - gradient[best];
            let length = (slope / curvature).clamp(0.0, 1.0);
            for weight in &mut weights {
                *weight *= 1.0 - length;
            }
            weights[best] += length;
            add(&mut error, length, &change);
        }
        let value = zeta * zeta * dot(&weights, &weights) + dot(&error, &error) / rows;
        // NaN in the first step compares false, so that at least two are made.
        if step > 0 && last - value <= min_decrease * min_decrease {
            break;
        }
        last = value;
    }
    weights
}

/// The weights that minimise ‖A w − b‖² + η ‖w‖² over the simplex, and the gap that rounding leaves, by the
/// minimum-norm-point algorithm (Wolfe, *Mathematical Programming* 11, 1976, 128–149): the nearest point to the origin in
/// the convex hull of the columns A·j − b. It ends after finitely many steps.
///
/// The objective lies at most twice the gap above its minimum.
pub(super) fn nearest_point(columns: &[Vec<f64>], target: &[f64], eta: f64) -> (Vec<f64>, f64) {
    let count = columns.len();
    // The ridge is a further coordinate for each column.
    let points: Vec<Vec<f64>> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let own = column.iter().zip(target).map(|(a, b)| a - b);
            let ridge = (0..count).map(|it| if it == at { eta.sqrt() } else { 0.0 });
            own.chain(ridge).collect()
        })
        .collect();
    let norms: Vec<f64> = points.iter().map(|it| dot(it, it)).collect();
    let mut weights = vec![0.0; count];
    let start = first_smallest(&norms);
    weights[start] = 1.0;
    let mut active = vec![start];
    let mut best = (weights.clone(), f64::INFINITY);
    for _ in 0..50 * count + 100 {
        let mut nearest = vec![0.0; points[0].len()];
        for &at in &active {
            add(&mut nearest, weights[at], &points[at]);
        }
        let gradient: Vec<f64> = points.iter().map(|point| dot(point, &nearest)).collect();
        let entering = first_smallest(&gradient);
        let square = dot(&nearest, &nearest);
        let gap = square - gradient[entering];
        if gap < best.1 {
            best = (weights.clone(), gap);
        }
        let rounding = 1e-14 * (square + (square * norms[entering]).sqrt());
        if gap <= rounding || active.contains(&entering) {
            break;
        }
        active.push(entering);
        if !settle(&points, &mut active, &mut weights) {
            break;
        }
    }
    (best.0, best.1.max(0.0))
}

/// Moves to the best affine combination of the active points, dropping those whose weight would turn negative.
/// False when the points are too nearly dependent to say.
fn settle(points: &[Vec<f64>], active: &mut Vec<usize>, weights: &mut [f64]) -> bool {
    while !active.is_empty() {
        let Some(solved) = affine_minimum(points, active) else {
            return false;
        };
        // As far towards it as all weights stay positive.
        let mut length = 1.0_f64;
        let mut leaving = None;
        for (place, (&at, &wanted)) in active.iter().zip(&solved).enumerate() {
            if wanted <= 1e-15 {
                let reach = weights[at] / (weights[at] - wanted).max(f64::MIN_POSITIVE);
                if leaving.is_none() || reach < length {
                    length = reach.clamp(0.0, 1.0);
                    leaving = Some(place);
                }
            }
        }
        for (&at, &wanted) in active.iter().zip(&solved) {
            weights[at] += length * (wanted - weights[at]);
        }
        match leaving {
            None => return true,
            Some(place) => {
                weights[active[place]] = 0.0;
                active.remove(place);
            }
        }
    }
    false
}

/// Weights, summing to one but of any sign, of the combination of active points nearest to the origin: least squares
/// on the differences to the first, by Gram–Schmidt. Differences are scaled to length one, so that a point far away
/// costs the others no digits.
fn affine_minimum(points: &[Vec<f64>], active: &[usize]) -> Option<Vec<f64>> {
    let (&base, others) = active.split_first()?;
    let mut rest: Vec<f64> = points[base].iter().map(|value| -value).collect();
    let mut axes: Vec<Vec<f64>> = Vec::with_capacity(others.len());
    // Of each difference, its share of every axis up to its own.
    let mut upper: Vec<Vec<f64>> = Vec::with_capacity(others.len());
    let mut lengths = Vec::with_capacity(others.len());
    for &other in others {
        let pairs = points[other].iter().zip(&points[base]);
        let mut axis: Vec<f64> = pairs.map(|(a, b)| a - b).collect();
        let length = dot(&axis, &axis).sqrt();
        if length == 0.0 {
            return None;
        }
        scale(&mut axis, 1.0 / length);
        let mut shares = vec![0.0; axes.len()];
        // Twice is enough.
        for _ in 0..2 {
            for (share, earlier) in shares.iter_mut().zip(&axes) {
                let more = dot(&axis, earlier);
                add(&mut axis, -more, earlier);
                *share += more;
            }
        }
        let left = dot(&axis, &axis).sqrt();
        if left < 1e-13 {
            return None;
        }
        scale(&mut axis, 1.0 / left);
        shares.push(left);
        upper.push(shares);
        lengths.push(length);
        axes.push(axis);
    }
    let mut solved: Vec<f64> = Vec::with_capacity(axes.len());
    for axis in &axes {
        let share = dot(&rest, axis);
        add(&mut rest, -share, axis);
        solved.push(share);
    }
    for at in (0..solved.len()).rev() {
        let later: f64 = (at + 1..solved.len())
            .map(|k| upper[k][at] * solved[k])
            .sum();
        solved[at] = (solved[at] - later) / upper[at][at];
    }
    for (value, length) in solved.iter_mut().zip(lengths) {
        *value /= length;
    }
    let first = 1.0 - solved.iter().sum::<f64>();
    solved.insert(0, first);
    solved.iter().all(|it| it.is_finite()).then_some(solved)
}

fn scale(values: &mut [f64], factor: f64) {
    for value in values {
        *value *= factor;
    }
}

fn first_smallest(values: &[f64]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if *value < values[best] {
            best = at;
        }
    }
    best
}

/// In four sums side by side, which do not wait for each other.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (left, left_rest) = left.as_chunks::<4>();
    let (right, right_rest) = right.as_chunks::<4>();
    for (a, b) in left.iter().zip(right) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

fn add(sum: &mut [f64], factor: f64, values: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha12Rng;

    use super::*;

    fn drawn(seed: u64, columns: usize, rows: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let mut column = || -> Vec<f64> { (0..rows).map(|_| rng.random::<f64>() * 10.0).collect() };
        let target = column();
        ((0..columns).map(|_| column()).collect(), target)
    }

    fn objective(columns: &[Vec<f64>], target: &[f64], eta: f64, weights: &[f64]) -> f64 {
        let mut error: Vec<f64> = target.iter().map(|value| -value).collect();
        for (column, weight) in columns.iter().zip(weights) {
            add(&mut error, *weight, column);
        }
        dot(&error, &error) + eta * dot(weights, weights)
    }

    #[test]
    fn a_target_inside_the_hull_is_met() {
        let columns = vec![vec![0.0, 0.0], vec![4.0, 0.0], vec![0.0, 4.0]];
        let (weights, gap) = nearest_point(&columns, &[1.0, 2.0], 0.0);
        assert!(gap < 1e-12, "{gap}");
        for (found, wanted) in weights.iter().zip([0.25, 0.25, 0.5]) {
            assert!((found - wanted).abs() < 1e-9, "{weights:?}");
        }
    }

    #[test]
    fn a_target_outside_the_hull_meets_its_border() {
        let columns = vec![vec![0.0, 0.0], vec![4.0, 0.0], vec![0.0, 4.0]];
        let (weights, _) = nearest_point(&columns, &[3.0, -5.0], 0.0);
        for (found, wanted) in weights.iter().zip([0.25, 0.75, 0.0]) {
            assert!((found - wanted).abs() < 1e-9, "{weights:?}");
        }
    }

    #[test]
    fn equal_columns_share_when_a_ridge_says_so() {
        let columns = vec![vec![1.0, 2.0]; 4];
        let (weights, gap) = nearest_point(&columns, &[1.0, 2.0], 1e-6);
        assert!(gap < 1e-12, "{gap}");
        for found in weights {
            assert!((found - 0.25).abs() < 1e-6);
        }
    }

    #[test]
    fn it_is_optimal_for_drawn_problems_wide_and_tall() {
        for seed in 0..60 {
            let (count, rows) = [(5, 3), (12, 30), (40, 19), (60, 8)][seed as usize % 4];
            let (columns, target) = drawn(seed, count, rows);
            let eta = [0.0, 1e-9, 0.5][seed as usize % 3];
            let (weights, gap) = nearest_point(&columns, &target, eta);
            assert!(gap <= 1e-9, "seed {seed}: {gap}");
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!(weights.iter().all(|weight| *weight >= 0.0));
            // Frank–Wolfe comes close and never below.
            let start = vec![1.0 / count as f64; count];
            let zeta = (eta / rows as f64).sqrt();
            let rough = frank_wolfe(&columns, &target, zeta, start, 1e-9, 20_000);
            let exact = objective(&columns, &target, eta, &weights);
            let found = objective(&columns, &target, eta, &rough);
            assert!(exact <= found + 1e-9, "seed {seed}: {exact} > {found}");
            assert!(
                found <= exact + 0.05 * (1.0 + exact),
                "seed {seed}: {found} ≫ {exact}"
            );
        }
    }
    #[test]
    fn one_column_far_from_all_others_does_no_harm() {
        for seed in 0..20 {
            let (mut columns, target) = drawn(seed, 30, 12);
            let (without, _) = nearest_point(&columns, &target, 1e-9);
            columns.push(vec![3e6; 12]);
            let (weights, gap) = nearest_point(&columns, &target, 1e-9);
            let least = objective(&columns[..30], &target, 1e-9, &without);
            let found = objective(&columns, &target, 1e-9, &weights);
            // It may even help, with a share of a millionth.
            assert!(
                found <= least + 1e-6 && gap < 1e-6,
                "seed {seed}: {found} {least} {gap}"
            );
        }
    }
}
