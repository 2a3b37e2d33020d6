"""Blocks and results come out of their bytes as they went in."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.mip.block_mip import NO_LEAST, BlockMip, Interruption, MipResult
from matching.mip.messages import from_bytes, to_bytes

numbers = arrays(np.int64, st.integers(0, 40))


def assert_same(one: BlockMip | MipResult, other: BlockMip | MipResult) -> None:
    assert type(one) is type(other)
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


@given(st.tuples(*[numbers] * 8), st.floats(0, 1e6), st.integers(0, 2**31))
def test_a_block_comes_through(parts: tuple[np.ndarray, ...], work_limit: float, seed: int) -> None:
    block = BlockMip(*parts, work_limit, seed, Interruption(1, work_limit), relaxed=True, by_time=True)
    assert_same(from_bytes(to_bytes(block), BlockMip), block)


@given(numbers, numbers, numbers)
def test_a_result_comes_through(values: np.ndarray, component: np.ndarray, bounds: np.ndarray) -> None:
    result = MipResult(values, component, bounds, 0.5, Interruption(2, 0.25), values)
    assert_same(from_bytes(to_bytes(result), MipResult), result)


def test_the_least_that_there_is_not_comes_through_and_the_numbers_can_be_written() -> None:
    values = np.array([NO_LEAST, 2**62])
    there = from_bytes(to_bytes(MipResult(values, values, np.zeros(2, dtype=np.int64))), MipResult)
    there.values[0] = 1
    assert there.component[0] == NO_LEAST


@pytest.mark.parametrize("data", [b"", b"something else", to_bytes(MipResult(*[np.arange(3)] * 3))[:-4]])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no Block"):
        from_bytes(data, BlockMip)
