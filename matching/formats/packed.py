"""Arrays as one message of bytes: read in a tenth of the time that their JSON takes, by the version that wrote it."""

from dataclasses import fields
from typing import Any

import msgspec
import numpy as np

from matching.arrays.arrays import Arrays, Names

VERSION = 1


class Packed(msgspec.Struct, array_like=True):
    """The fields of `Arrays` by name: numbers and groups as they are, columns and names as bytes."""

    version: int
    plain: dict[str, Any]
    columns: dict[str, tuple[str, list[int], bytes]]
    names: dict[str, tuple[bytes, bytes]]


def pack(arrays: Arrays) -> bytes:
    """The arrays as bytes."""
    found = {each.name: getattr(arrays, each.name) for each in fields(Arrays)}
    columns = {name: each for name, each in found.items() if isinstance(each, np.ndarray)}
    names = {name: each for name, each in found.items() if isinstance(each, Names)}
    return msgspec.msgpack.encode(
        Packed(
            VERSION,
            {name: each for name, each in found.items() if name not in columns and name not in names},
            {name: (each.dtype.str, list(each.shape), each.tobytes()) for name, each in columns.items()},
            {name: each.packed() for name, each in names.items()},
        )
    )


def unpack(data: bytes) -> Arrays:
    """The arrays that were packed.

    Raises
    ------
    ValueError
        They were not, or by another version.
    """
    packed = msgspec.msgpack.decode(data, type=Packed)
    if packed.version != VERSION:
        raise ValueError(f"packed by version {packed.version}, read by version {VERSION}")
    columns = {
        name: np.frombuffer(each, dtype).reshape(shape).copy() for name, (dtype, shape, each) in packed.columns.items()
    }
    names = {name: Names.unpacked(*each) for name, each in packed.names.items()}
    groups = {name: tuple(map(tuple, packed.plain[name])) for name in ("together", "alternatives")}
    return Arrays(**{**packed.plain, **groups, **columns, **names})
