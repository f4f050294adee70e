"""Generators of the cases of chapter 12. Axes that could be mixed up have different lengths; small cases come first."""

import numpy as np

from autograder.exercise import Case
from autograder.exercises.cases import LARGE, both_signs, grid

Shape = int | tuple[int, ...]


def signed(rng: np.random.Generator, shape: Shape, low: float = 0.25, high: float = 1.5) -> np.ndarray:
    """Multiples of 1/16 of both signs, none near 0: sums of their products are exact in float32, too."""
    size = np.round(rng.uniform(low, high, shape) * 16) / 16
    return size * both_signs(rng, shape)


def sequences_to_slide_over(rng: np.random.Generator) -> list[Case]:
    """x (N, C, L), weight (O, C, K), bias (O,), stride, padding."""
    made = []
    for n, c, size, o, k, stride, padding, tag in (
        (1, 1, 4, 1, 2, 1, 0, ""),
        (1, 2, 5, 1, 3, 1, 0, ""),
        (3, 2, 7, 4, 3, 1, 0, ""),
        (1, 1, 5, 1, 2, 2, 0, "stride"),
        (3, 2, 8, 4, 3, 2, 0, "stride"),
        (2, 3, 9, 4, 2, 3, 0, "stride"),
        (1, 1, 3, 1, 2, 1, 1, "padding"),
        (3, 2, 5, 4, 3, 1, 2, "padding"),
        (2, 3, 8, 5, 4, 3, 1, "padding"),
    ):
        inputs = {
            "x": signed(rng, (n, c, size)),
            "weight": signed(rng, (o, c, k)),
            "bias": signed(rng, o),
            "stride": stride,
            "padding": padding,
        }
        about = f"stride {stride} and padding {padding}" if padding else f"stride {stride}" if stride > 1 else ""
        made.append(Case(inputs, about, tag))
    return made


def stacks(rng: np.random.Generator) -> list[Case]:
    """One window (size, kernel_size, stride, padding, dilation) and a stack of layers (three lists)."""
    made = []
    for dilated in (False, True):
        for depth, stride, padding in ((1, 1, 0), (1, 2, 1), (2, 1, 2), (3, 2, 1), (3, 3, 2), (4, 2, 3)):
            kernel = int(rng.integers(3, 6))
            dilation = int(rng.integers(2, 4)) if dilated else 1
            size = int(rng.integers(18, 40))
            left_over = (size + 2 * padding - dilation * (kernel - 1) - 1) % stride
            size += stride - 1 - left_over  # something is left over wherever the stride is above 1
            inputs = {
                "size": size,
                "kernel_size": kernel,
                "stride": stride,
                "padding": padding,
                "dilation": dilation,
                "kernel_sizes": [int(k) for k in rng.integers(2, 6, depth)],
                "strides": [int(s) for s in rng.integers(2, 4, depth)],
                "dilations": [int(d) for d in (rng.integers(2, 5, depth) if dilated else np.ones(depth))],
            }
            about = f"{depth} layer{'s' * (depth > 1)}" + ", dilated" * dilated
            made.append(Case(inputs, about, "dilated" if dilated else ""))
    return made


def images_to_slide_over(rng: np.random.Generator) -> list[Case]:
    """x (N, C, H, W), weight (O, C, K, L), bias (O,), stride, padding, dilation."""
    made = []
    for n, c, (h, w), o, (k, m), stride, padding, dilation, tag in (
        (1, 1, (3, 4), 1, (2, 2), 1, 0, 1, ""),
        (1, 2, (4, 3), 1, (2, 2), 1, 0, 1, ""),
        (3, 2, (4, 6), 4, (3, 2), 1, 0, 1, ""),
        (1, 1, (5, 6), 1, (2, 2), 2, 0, 1, "stride"),
        (2, 3, (7, 6), 4, (2, 3), 3, 0, 1, "stride"),
        (1, 1, (2, 3), 1, (2, 2), 1, 1, 1, "padding"),
        (2, 3, (4, 5), 4, (3, 2), 2, 2, 1, "padding"),
        (1, 1, (4, 5), 1, (2, 2), 1, 0, 2, "dilation"),
        (2, 2, (8, 7), 3, (3, 2), 1, 0, 3, "dilation"),
        (3, 2, (8, 9), 4, (2, 3), 2, 1, 3, "dilation"),
    ):
        arrays = {"x": signed(rng, (n, c, h, w)), "weight": signed(rng, (o, c, k, m)), "bias": signed(rng, o)}
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        special = [f"{name} {value}" for name, value in options.items() if tag and value > 1]
        made.append(Case({**arrays, **options}, " and ".join(special) or ("padding 1" if tag else ""), tag))
    return made


def images_and_upstream(rng: np.random.Generator) -> list[Case]:
    """x (N, C, H, W), weight (O, C, K, L), dy (N, O, H', W'), stride."""
    made = []
    for n, c, (h, w), o, (k, m), stride in (
        (1, 1, (3, 4), 1, (2, 2), 1),
        (1, 2, (3, 4), 3, (2, 2), 1),
        (3, 2, (4, 5), 4, (3, 2), 1),
        (5, 3, (4, 3), 2, (2, 3), 1),
        (1, 1, (5, 6), 1, (2, 2), 2),
        (3, 2, (7, 6), 4, (3, 2), 2),
        (2, 3, (8, 7), 2, (2, 3), 3),
    ):
        x, weight = signed(rng, (n, c, h, w)), signed(rng, (o, c, k, m))
        dy = signed(rng, (n, o, (h - k) // stride + 1, (w - m) // stride + 1))
        about = f"stride {stride}" if stride > 1 else "a single example" if n == 1 else ""
        inputs = {"x": x, "weight": weight, "dy": dy, "stride": stride}
        made.append(Case(inputs, about, "stride" if stride > 1 else ""))
    return made


def images_to_pool(rng: np.random.Generator) -> list[Case]:
    """x (N, C, H, W), kernel_size, stride, dy. No two entries of an image are equal, but for the tag "ties"."""
    made = []
    for n, c, h, w, k, s, tag in (
        (1, 1, 2, 4, 2, 2, ""),
        (1, 2, 4, 6, 2, 2, ""),
        (3, 2, 5, 7, 2, 2, ""),
        (2, 3, 7, 5, 2, 3, ""),
        (1, 1, 3, 4, 2, 1, "overlap"),
        (2, 3, 5, 7, 3, 2, "overlap"),
        (3, 2, 6, 5, 3, 1, "overlap"),
        (1, 1, 2, 4, 2, 2, "ties"),
        (2, 3, 4, 6, 2, 2, "ties"),
    ):
        ranks = rng.permuted(np.tile(np.arange(h * w), (n * c, 1)), axis=1).reshape(n, c, h, w)
        x = (ranks - h * w // 2) / 16
        if tag == "overlap":
            x[..., 1, 1] = h * w / 16  # the largest of all its windows
        if tag == "ties":
            x[...] = -rng.integers(0, 2, (n, c, h, w))
            x[..., 0, 1], x[..., 1, 0] = 1.5, 1.5  # in the first window of every image the largest stands there twice
        dy = signed(rng, (n, c, (h - k) // s + 1, (w - k) // s + 1))
        about = {"overlap": "windows that overlap", "ties": "equal entries", "": ""}[tag]
        made.append(Case({"x": x, "kernel_size": k, "stride": s, "dy": dy}, about, tag))
    return made


def sequences_with_upstream(rng: np.random.Generator) -> list[Case]:
    """x (N, T, D), the three parameters of an RNN, dy (N, T, H)."""
    made = []
    for n, t, d, h in ((1, 2, 1, 2), (1, 3, 2, 3), (3, 4, 3, 2), (5, 6, 2, 4), (2, 1, 3, 2)):
        inputs = {
            "inputs": d,
            "hidden": h,
            "x": signed(rng, (n, t, d), 0.25, 1.0),
            "input_weight": signed(rng, (h, d), 0.25, 0.75),
            "hidden_weight": signed(rng, (h, h), 0.25, 0.75),
            "bias": signed(rng, h, 0.125, 0.5),
            "dy": signed(rng, (n, t, h)),
        }
        about = f"{t} step{'s' * (t > 1)}"
        made.append(Case(inputs, about))
    return made


def gated_sequences(rng: np.random.Generator, gates: int, hidden_bias: bool) -> list[Case]:
    """x (N, T, D) and the parameters of an LSTM or a GRU; the first cases have one step only."""
    made = []
    for n, t, d, h in ((1, 1, 1, 2), (3, 1, 2, 3), (1, 2, 1, 2), (3, 4, 2, 3), (5, 6, 3, 2), (2, 3, 4, 4)):
        inputs = {
            "x": signed(rng, (n, t, d), 0.25, 1.25),
            "input_weight": signed(rng, (gates * h, d), 0.25, 1.0),
            "hidden_weight": signed(rng, (gates * h, h), 0.25, 1.0),
            "bias": signed(rng, gates * h, 0.25, 0.75),
        }
        if hidden_bias:
            inputs["hidden_bias"] = signed(rng, h, 0.25, 0.75)
        made.append(Case(inputs, "one step" if t == 1 else f"{t} steps", "" if t > 1 else "first"))
    return made


def look_ups(rng: np.random.Generator) -> list[Case]:
    """query (…, T, D), key (…, S, D), value (…, S, V) and, in most cases, a mask (…, T, S)."""

    def arrays(batch: tuple[int, ...], t: int, s: int, d: int, v: int, high: float = 1.5) -> dict[str, np.ndarray]:
        low = high / 4
        return {
            "query": signed(rng, (*batch, t, d), low, high),
            "key": signed(rng, (*batch, s, d), low, high),
            "value": signed(rng, (*batch, s, v)),
        }

    made = [
        Case(arrays((), 1, 2, 3, 1), "one query"),
        Case(arrays((), 3, 4, 2, 5)),
        Case(arrays((3,), 2, 5, 6, 3), "a batch"),
    ]
    for batch, t, s, d, v in (((), 1, 3, 2, 1), ((), 4, 5, 3, 2), ((3,), 3, 4, 2, 5)):
        mask = rng.random((*batch, t, s)) < 0.5
        mask[..., 0], mask[..., 1] = True, False  # each query may look somewhere, and not everywhere
        made.append(Case({**arrays(batch, t, s, d, v), "mask": mask}, "a mask", "masked"))
    for batch, t, s, d, v in (((), 1, 3, 2, 2), ((), 3, 4, 2, 3), ((2,), 4, 3, 5, 2)):
        mask = rng.random((*batch, t, s)) < 0.5
        mask[..., 1], mask[..., t // 2, :] = True, False
        made.append(Case({**arrays(batch, t, s, d, v), "mask": mask}, "a query that may look nowhere", "nowhere"))
    for t, s in ((1, 3), (3, 5)):
        large = arrays((), t, s, 4, 2, 60.0)
        large["key"][0] = large["query"][0]  # a score above 1000, whose exponential overflows
        large["query"][0], large["key"][0] = np.abs(large["query"][0]) + 20, np.abs(large["key"][0]) + 20
        made.append(Case(large, "large scores", LARGE))
    return made


def lengths(rng: np.random.Generator) -> list[Case]:
    """lengths (N,), each from 1 to steps; steps."""
    made = []
    for n, steps in ((1, 3), (3, 4), (5, 6), (2, 8)):
        some = rng.integers(1, steps, n)
        some[0] = max(1, steps // 2)
        if n > 1:
            some[-1] = steps
        made.append(Case({"lengths": some, "steps": steps}))
    return made


def rows_to_normalize(rng: np.random.Generator) -> list[Case]:
    """x (…, features), eps, weight and bias (features,), dy; some eps are large enough to matter."""
    made = []
    for shape, eps in (((1, 3), 0.5), ((3, 4), 1e-5), ((5, 3), 0.25), ((8, 5), 0.125), ((3, 2, 4), 0.5)):
        d = shape[-1]
        x = signed(rng, shape) + np.round(rng.uniform(-2, 2, (*shape[:-1], 1)) * 16) / 16
        inputs = {
            "features": d,
            "eps": eps,
            "x": x,
            "weight": signed(rng, d, 0.5, 2.0),
            "bias": signed(rng, d),
            "dy": signed(rng, shape),
        }
        made.append(Case(inputs, f"x of shape {shape}"))
    constant = {**made[1].inputs, "x": np.full((3, 4), 1.5)}
    constant["x"][1] = signed(rng, 4)
    made.append(Case(constant, "rows whose entries are all equal"))
    return made


def gated_rows(rng: np.random.Generator) -> list[Case]:
    """x (N, D), the four parameters of a gated unit, dy (N, M)."""
    made = []
    for n, d, m in ((1, 1, 2), (1, 3, 2), (3, 2, 4), (5, 4, 3), (8, 3, 5), (3, 3, 3)):
        made.append(
            Case(
                {
                    "x": signed(rng, (n, d)),
                    "gate_weight": signed(rng, (m, d), 0.25, 1.0),
                    "gate_bias": signed(rng, m, 0.25, 1.0),
                    "value_weight": signed(rng, (m, d), 0.25, 1.0),
                    "value_bias": signed(rng, m, 0.25, 1.0),
                    "dy": grid(signed(rng, (n, m))),
                },
                "a single example" if n == 1 else "",
            )
        )
    return made
