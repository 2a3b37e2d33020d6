"""Blocks and answers as bytes, for carriers that reach other machines: MessagePack, compressed.

Only whole numbers travel, eight bytes each with the lowest first, so that bytes from anywhere can do no harm.
"""

import zlib
from typing import TypeVar

import msgspec
import numpy as np

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer, Block

QUICK = 1
"""zlib's fastest level: most of the bytes are zeros."""
WIRE = np.dtype("<i8")

M = TypeVar("M", Block, Answer)


def to_bytes(message: Block | Answer) -> bytes:
    """The message as bytes."""
    return zlib.compress(msgspec.msgpack.encode(message, enc_hook=_numbers_out), QUICK)


def from_bytes(data: bytes, kind: type[M]) -> M:
    """The message that became these bytes; ValueError if no such message did."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=kind, dec_hook=_numbers_in)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"these bytes are no {kind.__name__}: {error}") from error


def _numbers_out(numbers: Ints) -> bytes:
    return numbers.astype(WIRE).tobytes()


def _numbers_in(_kind: type, data: bytes) -> Ints:
    return np.frombuffer(data, WIRE).astype(np.int64)
