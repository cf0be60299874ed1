"""What a plan that finds no changes may cost: calls and memory, of which a busy machine is no excuse."""

import pytest

import bench

MB = 1e6


def is_sanitized(binary):
    text = binary.read_bytes()
    return b"__asan_init" in text or b"__tsan_init" in text


def measure(wanted):
    """{resources: (peak RSS, counts)} of plans of stacks of the wanted sizes."""
    found = {}
    with bench.bench(bench.BINARY) as (cinfra, server):
        for size in wanted:
            resources = bench.apply_stack(cinfra, server, size)
            _, _, rss, counts = bench.measure_plan(cinfra, server, 20)
            assert counts["misses"] == 0
            found[resources] = rss, counts
    return found


@pytest.mark.skipif(is_sanitized(bench.BINARY), reason="a sanitizer's memory is not ours")
def test_plans():
    plans = measure((200, 1000))
    (small, few), (large, many) = plans[200], plans[1000]
    assert many["calls"] <= 1.6 * 1000, many
    assert many["calls"] <= 5 * few["calls"], "more calls a resource in a larger stack"
    assert bench.IN_FLIGHT * 3 // 4 <= many["peak"] <= bench.IN_FLIGHT
    assert large < 50 * MB, f"{large / MB:.1f} MB"
    assert large <= 5 * small


def test_size():
    assert bench.measure_size(bench.BINARY) < 5 * MB
