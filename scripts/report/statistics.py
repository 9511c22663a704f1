"""Intervals for the figures of exams and evaluations: what a number of answers can show, and what it cannot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, fmean, stdev

CONFIDENCE = 0.95
POWER = 0.8
SCORE_BOUNDS = (0.0, 100.0)


@dataclass(frozen=True)
class Estimate:
    """A mean or rate with its two-sided interval, in the unit of the values."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class PairedDifference:
    """Second minus first on the same tests. `detectable` is the smallest true difference that this many tests would
    show with 80 % probability; a measured one below it may be chance."""

    mean: float
    low: float
    high: float
    n: int
    detectable: float

    @property
    def is_significant(self) -> bool:
        return self.low > 0 or self.high < 0


def wilson(hits: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """A rate as a fraction with Wilson's score interval (Wilson 1927), right for small n and rates near 0 and 1."""
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} hits of {n} are no rate")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = hits / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    # At 0 and 1 the bound is exact; rounding must not leave it a hair outside.
    return Estimate(rate, 0.0 if hits == 0 else centre - half, 1.0 if hits == n else centre + half, n)


def mean_ci(values: Sequence[float], confidence: float = CONFIDENCE, bounds: tuple[float, float] = SCORE_BOUNDS) -> Estimate:
    """A mean with Student's t interval, within what the values can be at all; one value tells no more than these bounds."""
    if not values:
        raise ValueError("no values, no mean")
    mean = fmean(values)
    if len(values) == 1:
        return Estimate(mean, *bounds, 1)
    half = student_t(confidence, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Estimate(mean, max(bounds[0], mean - half), min(bounds[1], mean + half), len(values))


def paired_difference(first: Sequence[float], second: Sequence[float], confidence: float = CONFIDENCE) -> PairedDifference:
    """The mean of second - first over the same tests in the same order."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} values are not pairs")
    differences = [b - a for a, b in zip(first, second)]
    span = SCORE_BOUNDS[1] - SCORE_BOUNDS[0]
    estimate = mean_ci(differences, confidence, (-span, span))
    return PairedDifference(estimate.mean, estimate.low, estimate.high, estimate.n, detectable_difference(differences, confidence))


def detectable_difference(differences: Sequence[float], confidence: float = CONFIDENCE, power: float = POWER) -> float:
    """The smallest true mean difference that a paired test of this size and spread detects with the given power."""
    n = len(differences)
    if n < 2:
        return math.inf
    return (student_t(confidence, n - 1) + NormalDist().inv_cdf(power)) * stdev(differences) / math.sqrt(n)


@lru_cache(maxsize=256)
def student_t(confidence: float, degrees: int) -> float:
    """Two-sided quantile of Student's t, by bisection on its distribution function."""
    wanted, low, high = (1 + confidence) / 2, 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, degrees) < wanted else (low, middle)
    return (low + high) / 2


def t_cdf(t: float, degrees: int) -> float:
    """Distribution function for t >= 0 in closed form (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    theta = math.atan(t / math.sqrt(degrees))
    cosine, sine = math.cos(theta), math.sin(theta)
    start, term = (0.0, cosine) if degrees % 2 else (0.0, 1.0)
    total = start
    for k in range(3 if degrees % 2 else 2, degrees + 1, 2):
        total += term
        term *= cosine * cosine * (k - 1) / k
    if degrees % 2:
        return 0.5 + (theta + sine * total) / math.pi
    return 0.5 + sine * total / 2
