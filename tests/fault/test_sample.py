"""The sample of each sweep that `make check` tries; `make check-fault` tries all of them."""

import pytest

from fault.points import sweeps, try_point

POINTS = [f"{name}/{point}" for name, sweep in sweeps().items() for point in sweep.SAMPLE]


@pytest.mark.parametrize("point", POINTS)
def test_point(lab, point):
    try_point(lab, point)
