"""How many cases an evaluation needs."""

import math


def cases_for_share(share: float, margin: float, z: float) -> int:
    """Cases to measure a share to within ±margin: n = z² · p · (1 − p) / d².

    The normal approximation of a binomial share; `share` and `margin` as fractions, `z` the quantile of the
    confidence wanted (1.96 for 95 %). Shares nearer to 0 or 1 than the margin are taken at the margin.
    Source: Cochran, Sampling Techniques (1977), section 4.4.
    """
    bounded = min(max(share, margin), 1 - margin)
    return math.ceil(z**2 * bounded * (1 - bounded) / margin**2)


def cases_for_difference(share: float, drop: float, z: float, z_power: float) -> int:
    """Cases for each of two versions to notice a drop: n = (z + z_power)² · (p₁(1 − p₁) + p₂(1 − p₂)) / d².

    Two independent shares, p₂ = p₁ − d; `z_power` is the quantile of the power wanted (0.84 for 80 %).
    Source: Fleiss, Statistical Methods for Rates and Proportions (1981), chapter 3, without continuity correction.
    """
    after = max(share - drop, 0.0)
    return math.ceil((z + z_power) ** 2 * (share * (1 - share) + after * (1 - after)) / drop**2)
