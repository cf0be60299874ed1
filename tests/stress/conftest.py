"""The binary against a small AWS of our own, which misbehaves as a test tells it."""

import pytest

from stress.cloud import ACCESS_KEY, SECRET_KEY, Cloud
from support.cinfra import Cinfra


@pytest.fixture
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def cinfra(cloud, tmp_path):
    return Cinfra(tmp_path / "stack", cloud.endpoint, AWS_ACCESS_KEY_ID=ACCESS_KEY,
                  AWS_SECRET_ACCESS_KEY=SECRET_KEY)
