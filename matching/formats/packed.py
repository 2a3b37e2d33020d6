"""A problem and a plan for it as one message of bytes, read in a tenth of the time that their JSON takes.

Only the version that wrote it reads it.
"""

from dataclasses import fields
from typing import Any

import msgspec
import numpy as np

from matching.arrays.arrays import Arrays, Ints, Names

VERSION = 2


class Packed(msgspec.Struct, array_like=True):
    """The fields of `Arrays` by name, and what is taken: numbers and groups as they are, columns and names as bytes."""

    version: int
    taken: bytes
    plain: dict[str, Any]
    columns: dict[str, tuple[str, list[int], bytes]]
    names: dict[str, tuple[bytes, bytes]]


def pack(arrays: Arrays, taken: Ints) -> bytes:
    """The arrays, and rows [option, amount] of what a plan takes, as bytes."""
    found = {each.name: getattr(arrays, each.name) for each in fields(Arrays)}
    columns = {name: each for name, each in found.items() if isinstance(each, np.ndarray)}
    names = {name: each for name, each in found.items() if isinstance(each, Names)}
    return msgspec.msgpack.encode(
        Packed(
            VERSION,
            taken.tobytes(),
            {name: each for name, each in found.items() if name not in columns and name not in names},
            {name: (each.dtype.str, list(each.shape), each.tobytes()) for name, each in columns.items()},
            {name: each.packed() for name, each in names.items()},
        )
    )


def unpack(data: bytes) -> tuple[Arrays, Ints]:
    """The arrays and rows that were packed.

    Raises
    ------
    ValueError
        They were not, or by another version.
    """
    packed = msgspec.msgpack.decode(data, type=Packed)
    if packed.version != VERSION:
        raise ValueError(f"packed by version {packed.version}, read by version {VERSION}")
    if {*packed.plain, *packed.columns, *packed.names} != {each.name for each in fields(Arrays)}:
        raise ValueError("packed of arrays that had other fields")
    columns = {
        name: np.frombuffer(each, dtype).reshape(shape).copy() for name, (dtype, shape, each) in packed.columns.items()
    }
    names = {name: Names.unpacked(*each) for name, each in packed.names.items()}
    groups = {name: tuple(map(tuple, packed.plain[name])) for name in ("together", "alternatives")}
    taken: Ints = np.frombuffer(packed.taken, np.int64).reshape(-1, 2)
    return Arrays(**{**packed.plain, **groups, **columns, **names}), taken
