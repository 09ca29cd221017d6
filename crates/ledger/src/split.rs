//! Splitting an amount by weights.

use plumb_base::Nanos;

/// Splits an amount in proportion to weights, by largest remainder; ties go to the earlier share.
///
/// The shares sum to the amount exactly. Without any weight there is nobody to give it to: the shares are
/// zero, and the whole amount is the second result.
pub fn split(amount: Nanos, weights: &[u64]) -> (Vec<Nanos>, Nanos) {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        return (vec![0; weights.len()], amount);
    }
    // Weights that together pass 64 bits lose their last bits: a product with a remainder must fit.
    let shift = (u128::BITS - total.leading_zeros()).saturating_sub(u64::BITS - 1);
    let weights: Vec<u64> = weights.iter().map(|weight| weight >> shift).collect();
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let (sign, size) = (amount.signum(), amount.unsigned_abs());
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
    let left = usize::try_from(size - given).unwrap_or(usize::MAX);
    if left > 0 {
        remainders.sort_unstable_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
    }
    for (_, at) in remainders.iter().take(left) {
        shares[*at] += 1;
    }
    let signed = |share: u128| sign * i128::try_from(share).unwrap_or(i128::MAX);
    (shares.into_iter().map(signed).collect(), 0)
}

/// A sum in larger units, rounded half away from zero.
pub fn in_units(sum: Nanos, unit: Nanos) -> i128 {
    (sum + sum.signum() * (unit / 2)) / unit
}

/// Amounts in larger units, so that what is printed sums to what is printed of the whole.
///
/// What is left over goes where the most was cut off, ties to the earlier amount; nothing stays nothing, as long
/// as the whole is no further than a unit from the sum of the amounts.
pub fn rounded(amounts: &[Nanos], unit: Nanos, whole: i128) -> Vec<i128> {
    let mut units: Vec<i128> = amounts.iter().map(|amount| amount.div_euclid(unit)).collect();
    let some = amounts.iter().enumerate().filter(|(_, amount)| **amount != 0);
    let mut cut: Vec<(Nanos, usize)> =
        some.map(|(at, amount)| (amount.rem_euclid(unit), at)).collect();
    cut.sort_unstable_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
    let left = whole - units.iter().sum::<i128>();
    let Ok(number) = i128::try_from(cut.len()) else { return units };
    if number > 0 {
        let (each, more) = (left.div_euclid(number), left.rem_euclid(number));
        for (rank, (_, at)) in (0..).zip(cut) {
            units[at] += each + i128::from(rank < more);
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_lost() {
        assert_eq!(split(100, &[1, 1, 1]), (vec![34, 33, 33], 0));
        assert_eq!(split(-100, &[1, 1, 1]), (vec![-34, -33, -33], 0));
        assert_eq!(split(7, &[0, 0]), (vec![0, 0], 7));
        assert_eq!(split(0, &[3, 4]), (vec![0, 0], 0));
    }

    #[test]
    fn what_is_printed_adds_up() {
        assert_eq!(rounded(&[333, 333, 334], 100, 10), vec![3, 3, 4]);
        assert_eq!(rounded(&[-333, 333, 50, 0], 100, 1), vec![-3, 3, 1, 0]);
        assert_eq!(rounded(&[200, 0], 100, 1), vec![1, 0]);
        assert_eq!(rounded(&[200, 0], 100, 3), vec![3, 0]);
        assert_eq!(rounded(&[], 100, 0), Vec::<i128>::new());
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_amount(
            amount in -(1_i128 << 90)..(1_i128 << 90),
            weights in prop::collection::vec(any::<u64>(), 0..12),
            shift in 14_u32..64,
        ) {
            let (shares, nobody) = split(amount, &weights);
            prop_assert_eq!(shares.iter().sum::<i128>() + nobody, amount);
            let weights: Vec<u64> = weights.iter().map(|weight| weight >> shift).collect();
            let (shares, nobody) = split(amount, &weights);
            prop_assert_eq!(shares.iter().sum::<i128>() + nobody, amount);
            prop_assert!(shares.iter().all(|share| share.signum() * amount.signum() >= 0));
            // No share is further than one unit from what it would be without rounding.
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (share, weight) in shares.iter().zip(&weights) {
                if total > 0 && amount.abs() < 1 << 60 {
                    prop_assert!((share * total - amount * i128::from(*weight)).abs() < total);
                }
            }
        }

        #[test]
        fn rounded_amounts_sum_to_the_rounded_sum(
            amounts in prop::collection::vec(-(1_i128 << 60)..(1_i128 << 60), 0..20),
        ) {
            let unit = 10_000_000;
            let whole = in_units(amounts.iter().sum(), unit);
            let cents = rounded(&amounts, unit, whole);
            prop_assert_eq!(cents.iter().sum::<i128>(), whole);
            for (cent, amount) in cents.iter().zip(&amounts) {
                prop_assert!((cent * unit - amount).abs() <= unit);
            }
        }
    }
}
