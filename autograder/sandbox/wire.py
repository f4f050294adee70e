"""Values across the boundary: a JSON header and raw array bytes. No pickle, known dtypes only, sizes capped.

Layout: 8 bytes (length of the header, little endian) · header (UTF-8 JSON) · the arrays' bytes, one after the other.
In the header's tree an array stands as {"array": its number}; no other dictionary of the tree may have that one key.
"""

import json
from typing import Any

import numpy as np

MAX_BYTES = 32 * 2**20
MAX_HEADER_BYTES = 4 * 2**20
MAX_ARRAYS = 10_000
MAX_DIMENSIONS = 8
DTYPES = frozenset(["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"])


def pack(tree: Any) -> bytes:
    """Dictionaries, lists, strings, numbers, None and arrays -> bytes; TypeError for anything else."""
    arrays: list[np.ndarray] = []

    def strip(node: Any) -> Any:
        if isinstance(node, np.ndarray):
            array = np.ascontiguousarray(node).astype(node.dtype.newbyteorder("<"), copy=False).reshape(node.shape)
            if array.dtype.str not in DTYPES:
                raise TypeError(f"arrays of {node.dtype} cannot be sent; expected numbers or booleans")
            arrays.append(array)
            return {"array": len(arrays) - 1}
        if isinstance(node, np.generic):
            return strip(np.asarray(node))
        if isinstance(node, dict):
            return {str(key): strip(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [strip(item) for item in node]
        if node is None or isinstance(node, str | bool | int | float):
            return node
        raise TypeError(f"a {type(node).__name__} cannot be sent; expected numbers, strings, lists or arrays")

    stripped = strip(tree)
    header = json.dumps({"tree": stripped, "arrays": [[a.dtype.str, list(a.shape)] for a in arrays]}).encode()
    return len(header).to_bytes(8, "little") + header + b"".join(array.tobytes() for array in arrays)


def unpack(message: bytes) -> Any:
    """What `pack` packed; ValueError for anything malformed or too large."""
    if not 8 <= len(message) <= MAX_BYTES:
        raise ValueError(f"a message has 8 to {MAX_BYTES} bytes, this one has {len(message)}")
    length = int.from_bytes(message[:8], "little")
    if length > min(len(message) - 8, MAX_HEADER_BYTES):
        raise ValueError("the header is longer than the message, or than a header may be")
    try:
        header = json.loads(message[8 : 8 + length])
        tree, described = header["tree"], header["arrays"]
        if len(described) > MAX_ARRAYS:
            raise ValueError(f"{len(described)} arrays; at most {MAX_ARRAYS} are taken")
        arrays, at = [], 8 + length
        for dtype, shape in described:
            if dtype not in DTYPES or len(shape) > MAX_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
                raise ValueError(f"an array of dtype {dtype!r} and shape {shape!r} is not taken")
            count = 1
            for n in shape:
                count *= n
            size = count * np.dtype(dtype).itemsize
            if at + size > len(message):
                raise ValueError("the arrays are longer than the message")
            arrays.append(np.frombuffer(message, dtype, count, at).reshape(shape).copy())
            at += size
        if at != len(message):
            raise ValueError("bytes are left over after the last array")
        return _restore(tree, arrays)
    except (KeyError, TypeError, IndexError, RecursionError, UnicodeDecodeError) as problem:
        raise ValueError(f"malformed message: {problem}") from None


def _restore(node: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(node, dict):
        if set(node) == {"array"}:
            return arrays[node["array"]]
        return {key: _restore(value, arrays) for key, value in node.items()}
    if isinstance(node, list):
        return [_restore(item, arrays) for item in node]
    return node
