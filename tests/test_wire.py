"""Values cross the boundary unharmed; anything else is refused with a sentence."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from autograder.sandbox import wire


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3)])
def test_an_array_arrives_as_it_was_sent(dtype, shape):
    sent = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    arrived = wire.unpack(wire.pack({"a": sent}))["a"]
    assert_array_equal(arrived, sent)
    assert arrived.dtype == sent.dtype and arrived.shape == sent.shape


def test_the_tree_around_the_arrays_arrives():
    tree = {"cases": [{"x": np.float64(2.5), "delta": 0.5, "n": 3}], "none": None, "text": "δ", "yes": True}
    arrived = wire.unpack(wire.pack(tree))
    assert arrived["cases"][0]["x"] == 2.5
    assert arrived["cases"][0]["delta"] == 0.5
    assert (arrived["none"], arrived["text"], arrived["yes"]) == (None, "δ", True)


def test_special_values_and_other_layouts_arrive():
    turned = np.array([[np.nan, np.inf], [-np.inf, -0.0]]).T
    big_endian = np.arange(3, dtype=">f8")
    arrived = wire.unpack(wire.pack([turned, big_endian, np.arange(10)[::2]]))
    assert_array_equal(arrived[0], turned)
    assert_array_equal(arrived[1], big_endian)
    assert_array_equal(arrived[2], [0, 2, 4, 6, 8])


@pytest.mark.parametrize("thing", [object(), np.array([object()]), np.array(["text"]), 1 + 2j, b"bytes", {1, 2}])
def test_anything_but_values_is_not_sent(thing):
    with pytest.raises(TypeError, match="cannot be sent"):
        wire.pack({"thing": thing})


def _message(header: object, body: bytes = b"") -> bytes:
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + body


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"1234567",
        (2**60).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{]",
        (2).to_bytes(8, "little") + b"\xff\xfe",
        _message([]),
        _message({"tree": {"array": 0}, "arrays": []}),
        _message({"tree": {"array": "x"}, "arrays": []}),
        _message({"tree": None, "arrays": [["|O", [1]]]}, b"12345678"),
        _message({"tree": None, "arrays": [["<f8", [2**40, 2**40]]]}, b"12345678"),
        _message({"tree": None, "arrays": [["<f8", [-1]]]}, b"12345678"),
        _message({"tree": None, "arrays": [["<f8", [True]]]}, b"12345678"),
        _message({"tree": None, "arrays": [["<f8", [0] * 9]]}),
        _message({"tree": None, "arrays": [["<f8", [1]]]}, b"123456789"),
        _message({"tree": None, "arrays": [["<f8", [0]]] * (wire.MAX_ARRAYS + 1)}),
        (10**6).to_bytes(8, "little") + b"[" * 10**6,
    ],
)
def test_a_malformed_message_is_refused(message):
    with pytest.raises(ValueError):
        wire.unpack(message)


def test_a_message_over_the_limit_is_refused():
    with pytest.raises(ValueError, match="bytes"):
        wire.unpack(bytes(wire.MAX_BYTES + 1))
