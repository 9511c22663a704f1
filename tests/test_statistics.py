"""Intervals cover what they claim to cover, and agree with the published tables."""

import math
import random
from statistics import fmean

import pytest
from report.statistics import detectable_difference, mean_ci, paired_difference, student_t, wilson


@pytest.mark.parametrize(("degrees", "quantile"), [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (29, 2.045), (30, 2.042),
                                                    (100, 1.984), (1000, 1.962)])
def test_students_t_agrees_with_the_table(degrees, quantile):
    assert student_t(0.95, degrees) == pytest.approx(quantile, abs=6e-4)


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (12, 20, 0.3866, 0.7812), (81, 263, 0.2553, 0.3662)])
def test_wilsons_interval_agrees_with_published_values(hits, n, low, high):
    estimate = wilson(hits, n)
    assert (estimate.low, estimate.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert estimate.low <= estimate.mean <= estimate.high


def coverage(rate: float, n: int) -> float:
    """Exact probability that the interval holds the true rate."""
    return sum(math.comb(n, hits) * rate**hits * (1 - rate) ** (n - hits) for hits in range(n + 1)
               if wilson(hits, n).low <= rate <= wilson(hits, n).high)


def test_wilsons_interval_covers_the_true_rate_95_times_in_100_on_average():
    for n in (10, 25, 60):
        assert fmean(coverage(rate / 100, n) for rate in range(5, 96)) == pytest.approx(0.95, abs=0.01)


def test_the_interval_of_a_mean_covers_the_true_mean_about_95_times_in_100():
    rng, covered = random.Random(2), 0
    for _ in range(2_000):
        estimate = mean_ci([rng.gauss(50, 10) for _ in range(8)])
        covered += estimate.low <= 50 <= estimate.high
    assert 0.93 < covered / 2_000 < 0.97


def test_a_mean_stays_within_what_a_score_can_be_and_one_value_says_no_more_than_that():
    assert mean_ci([95.0, 100.0, 100.0]).high == 100.0
    assert (mean_ci([60.0]).low, mean_ci([60.0]).high) == (0.0, 100.0)


def test_pairs_show_a_difference_that_unpaired_means_hide():
    rng = random.Random(3)
    first = [rng.uniform(0, 90) for _ in range(40)]
    second = [value + 5 + rng.gauss(0, 3) for value in first]
    found = paired_difference(first, second)
    assert found.is_significant and found.low < 5 < found.high
    assert mean_ci(first).high > mean_ci(second).low


def test_no_difference_is_not_significant():
    found = paired_difference([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0])
    assert found.mean == 0 and not found.is_significant


def test_a_detectable_difference_is_detected_in_about_four_of_five_experiments():
    rng = random.Random(4)
    spread = [rng.gauss(0, 10) for _ in range(30)]
    smallest = detectable_difference(spread)
    scale = math.sqrt(sum((value - fmean(spread)) ** 2 for value in spread) / 29)
    shown = sum(paired_difference([0.0] * 30, [rng.gauss(smallest, scale) for _ in range(30)]).is_significant for _ in range(1_000))
    assert 0.74 < shown / 1_000 < 0.88


def test_what_is_no_sample_is_refused():
    for call in (lambda: mean_ci([]), lambda: wilson(0, 0), lambda: wilson(3, 2), lambda: paired_difference([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError):
            call()
    assert detectable_difference([5.0]) == math.inf
