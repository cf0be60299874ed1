"""End-to-end tests: the binary, a recording proxy, and an emulator behind it.

    def test_queue(emulator, cinfra, recording): …

runs once on each emulator; @pytest.mark.emulators("moto") limits it to those
that can show what the test is about.  Every request that a test made is checked
afterwards against botocore's models and signer: an invalid one fails the test.
"""

import pytest

from support import validate
from support.cinfra import Cinfra
from support.emulator import ACCESS_KEY, KINDS, SECRET_KEY, Emulator
from support.proxy import Proxy


def pytest_generate_tests(metafunc):
    given = any("emulator" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "emulator" in metafunc.fixturenames and not given:
        marker = metafunc.definition.get_closest_marker("emulators")
        metafunc.parametrize("emulator", marker.args if marker else KINDS, indirect=True)


@pytest.fixture(scope="session")
def emulators():
    """One server of each kind for the whole session, started when first needed."""
    running = {}
    yield running
    for emulator in running.values():
        emulator.stop()


@pytest.fixture
def emulator(request, emulators):
    """An empty emulator."""
    name = request.param
    if name not in emulators:
        emulators[name] = Emulator(name)
    emulators[name].reset()
    return emulators[name]


@pytest.fixture
def recording(emulator, tmp_path):
    """The proxy before the emulator; what it saw is checked when the test is over."""
    with Proxy(emulator.endpoint, tmp_path / "recording.jsonl") as proxy:
        yield proxy
    problems = validate.check_all(proxy.exchanges, {ACCESS_KEY: SECRET_KEY})
    if problems:
        distinct = list(dict.fromkeys(problems))
        pytest.fail("requests that AWS would refuse:\n" + "\n".join(distinct[:40]), pytrace=False)


@pytest.fixture
def cinfra(recording, tmp_path):
    """The binary in a folder of its own, talking to the emulator through the proxy."""
    return Cinfra(tmp_path / "stack", recording.endpoint)
