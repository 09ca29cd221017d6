//! Splitting an amount by weights.

use plumb_base::Nanos;

/// Splits an amount in proportion to weights, by largest remainder; ties go to the earlier share.
///
/// The shares sum to the amount exactly. Without any weight there is nobody to give it to: the shares are
/// zero, and the whole amount is the second result.
pub fn split(amount: Nanos, weights: &[u64]) -> (Vec<Nanos>, Nanos) {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total == 0 {
        return (vec![0; weights.len()], amount);
    }
    let (sign, size) = (amount.signum(), amount.unsigned_abs());
    let total = total.unsigned_abs();
    // An amount times a weight may pass 128 bits: whole shares first, remainders after.
    let (whole, rest) = (size / total, size % total);
    let mut shares: Vec<u128> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        let weight = u128::from(*weight);
        let part = rest * weight;
        shares.push(whole * weight + part / total);
        remainders.push((part % total, at));
    }
    let given: u128 = shares.iter().sum();
    remainders.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
    let left = usize::try_from(size - given).unwrap_or(usize::MAX);
    for (_, at) in remainders.iter().take(left) {
        shares[*at] += 1;
    }
    let signed = |share: u128| sign * i128::try_from(share).unwrap_or(i128::MAX);
    (shares.into_iter().map(signed).collect(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost() {
        assert_eq!(split(100, &[1, 1, 1]), (vec![34, 33, 33], 0));
        assert_eq!(split(-100, &[1, 1, 1]), (vec![-34, -33, -33], 0));
        assert_eq!(split(7, &[0, 0]), (vec![0, 0], 7));
        assert_eq!(split(0, &[3, 4]), (vec![0, 0], 0));
    }

    #[test]
    fn shares_sum_to_the_amount() {
        // A small generator in place of chance: the same cases every time.
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state >> 20
        };
        for _ in 0..2_000 {
            let weights: Vec<u64> = (0..next() % 9).map(|_| next() % 1_000_003).collect();
            let amount = i128::from(next()) * i128::from(next() % 1_000_000) - 500_000_000_000;
            let (shares, nobody) = split(amount, &weights);
            assert_eq!(shares.iter().sum::<i128>() + nobody, amount);
            assert!(shares.iter().all(|share| share.signum() * amount.signum() >= 0));
        }
    }
}
