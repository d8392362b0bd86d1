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

/// The weights that minimise ‖A w − b‖² + η ‖w‖² over the simplex, and the relative gap that is left, by the
/// minimum-norm-point algorithm (Wolfe, *Mathematical Programming* 11, 1976, 128–149): the nearest point to the origin in
/// the convex hull of the columns A·j − b. It ends after finitely many steps.
///
/// The gap bounds how far the objective lies above its minimum, in units of the largest ‖A·j − b‖².
pub(super) fn nearest_point(columns: &[Vec<f64>], target: &[f64], eta: f64) -> (Vec<f64>, f64) {
    let points: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| column.iter().zip(target).map(|(a, b)| a - b).collect())
        .collect();
    let count = points.len();
    let mut gram = vec![vec![0.0; count]; count];
    for i in 0..count {
        for j in 0..=i {
            let ridge = if i == j { eta } else { 0.0 };
            let value = dot(&points[i], &points[j]) + ridge;
            gram[i][j] = value;
            gram[j][i] = value;
        }
    }
    let diagonal: Vec<f64> = (0..count).map(|at| gram[at][at]).collect();
    let scale = diagonal.iter().copied().fold(0.0, f64::max);
    let mut weights = vec![0.0; count];
    let start = first_smallest(&diagonal);
    weights[start] = 1.0;
    if scale == 0.0 {
        return (weights, 0.0);
    }
    let mut active = vec![start];
    let mut gap = f64::INFINITY;
    let mut best = (weights.clone(), gap);
    for _ in 0..50 * count + 100 {
        let gradient: Vec<f64> = gram.iter().map(|row| dot(row, &weights)).collect();
        let entering = first_smallest(&gradient);
        gap = (dot(&gradient, &weights) - gradient[entering]) / scale;
        if gap < best.1 {
            best = (weights.clone(), gap);
        }
        if gap <= TOLERANCE * 1e-3 || active.contains(&entering) {
            break;
        }
        active.push(entering);
        if !settle(&gram, scale, &mut active, &mut weights) {
            break;
        }
    }
    (best.0, best.1.max(0.0))
}

/// The relative gap up to which weights count as converged.
pub(super) const TOLERANCE: f64 = 1e-9;

/// Moves to the best affine combination of the active points, dropping those whose weight would turn negative.
/// False when the points are too nearly dependent to say.
fn settle(gram: &[Vec<f64>], scale: f64, active: &mut Vec<usize>, weights: &mut [f64]) -> bool {
    while !active.is_empty() {
        let Some(solved) = affine_minimum(gram, scale, active) else {
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

/// Weights, summing to one but of any sign, of the combination of active points nearest to the origin: solves
/// (G + 11ᵀ) u = 1 and divides by the sum, as Wolfe does.
fn affine_minimum(gram: &[Vec<f64>], scale: f64, active: &[usize]) -> Option<Vec<f64>> {
    let size = active.len();
    let mut lower = vec![vec![0.0; size]; size];
    for i in 0..size {
        for j in 0..=i {
            let (before, row) = lower.split_at_mut(i);
            let row = &mut row[0];
            let other: &[f64] = if i == j { row } else { &before[j] };
            let value = gram[active[i]][active[j]] / scale + 1.0 - dot(&row[..j], &other[..j]);
            if i != j {
                row[j] = value / before[j][j];
            } else if value > 1e-16 {
                row[j] = value.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut solved = vec![1.0; size];
    for i in 0..size {
        solved[i] = (solved[i] - dot(&lower[i][..i], &solved[..i])) / lower[i][i];
    }
    for i in (0..size).rev() {
        let later: f64 = (i + 1..size).map(|k| lower[k][i] * solved[k]).sum();
        solved[i] = (solved[i] - later) / lower[i][i];
    }
    let sum: f64 = solved.iter().sum();
    if !(sum.is_finite() && sum > 0.0) {
        return None;
    }
    Some(solved.into_iter().map(|value| value / sum).collect())
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

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
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
        assert!(gap < TOLERANCE, "{gap}");
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
            assert!(gap <= TOLERANCE, "seed {seed}: {gap}");
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
}
