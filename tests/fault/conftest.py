"""One lab for all tests of a process."""

import pytest

from fault.lab import Lab


@pytest.fixture(scope="session")
def lab():
    with Lab() as lab:
        yield lab
