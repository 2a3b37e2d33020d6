"""Blocks and results as bytes, for executors that reach other machines: MessagePack, compressed.

Only whole numbers travel, eight bytes each with the lowest first, so that bytes from anywhere can do no harm.
"""

import zlib
from typing import TypeVar

import msgspec
import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import BlockMip, MipResult

QUICK = 1
"""zlib's fastest level: most of the bytes are zeros."""
WIRE = np.dtype("<i8")

M = TypeVar("M", BlockMip, MipResult)


def to_bytes(message: BlockMip | MipResult) -> bytes:
    """The message as bytes."""
    return zlib.compress(msgspec.msgpack.encode(message, enc_hook=_numbers_out), QUICK)


def from_bytes(data: bytes, kind: type[M]) -> M:
    """The message that became these bytes.

    Raises
    ------
    ValueError
        No such message did.
    """
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=kind, dec_hook=_numbers_in)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"these bytes are no {kind.__name__}: {error}") from error


def _numbers_out(numbers: Ints) -> bytes:
    return numbers.astype(WIRE).tobytes()


def _numbers_in(_kind: type, data: bytes) -> Ints:
    return np.frombuffer(data, WIRE).astype(np.int64)
