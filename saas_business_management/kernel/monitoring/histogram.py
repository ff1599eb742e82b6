"""What a histogram of response times says: buckets add up, percentiles are made of the sum.

Owns: percentiles. Does not own: the bounds, counting.
"""

from collections.abc import Sequence


def percentile(bounds: Sequence[float], counts: Sequence[int], share: float) -> float | None:
    """Return the value that `share` (0 to 1) of all lie at or below; None without any.

    `counts` has one more than `bounds`: those above the last bound, of which nothing is known but
    that they are not below it. Inside a bucket values are taken as spread evenly.
    """
    total = sum(counts)
    if not total:
        return None
    wanted, passed, lower = share * total, 0, 0.0
    for bound, count in zip(bounds, counts, strict=False):
        if count and passed + count >= wanted:
            return lower + (bound - lower) * (wanted - passed) / count
        passed, lower = passed + count, float(bound)
    return lower
