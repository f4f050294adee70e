"""Is every PyTorch twin right on this device, and how fast is it? `python benchmarks/gpu.py [--small] [--device cuda]`.

For each twin: its difference from the NumPy reference in float64, its time in float32 beside that of PyTorch's own
implementation, and the bandwidth it reaches of what a plain copy reaches.
"""

import argparse
import contextlib
import copy
import datetime
import importlib
import os
import pkgutil
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # when run as a script

import course_lib
from benchmarks.rows import LEFT_OUT, ROWS

TOLERANCE = 1e-10  # as the tests': two orders of the same float64 operations
CHECKED = 2**14  # numbers that go through reference and twin
PARTS = 8  # tensors that an optimizer or a clip is given


@dataclass(frozen=True)
class Result:
    id: str
    difference: float
    seconds: float
    ratio: float | None  # of PyTorch's own time
    share: float | None  # of a copy's bandwidth

    @property
    def agrees(self):
        return self.difference <= TOLERANCE


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="few numbers, short measurements: does it run?")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--out", type=Path, help="a Markdown file for the same table")
    options = parser.parse_args(arguments)
    assert_complete()
    n = 2**12 if options.small else 2 ** {"cpu": 20, "cuda": 24}[options.device]
    results, copies = [], []
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):  # as matrix products have it
        for row in sorted(ROWS, key=lambda row: row.topic):
            print(row.id, file=sys.stderr, flush=True)
            results.append(measure(row, options.device, n, 0.01 if options.small else 1.0, copies))
    text = report(results, options.device, n, statistics.median(copies))
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
    return results


def assert_complete():
    """Each name of each twin has a row, or its topic a reason."""
    names = []
    for module in pkgutil.iter_modules(course_lib.__path__):
        topic, is_twin = module.name.removesuffix("_torch"), module.name.endswith("_torch")
        if is_twin and topic not in LEFT_OUT:
            twins = importlib.import_module(f"course_lib.{module.name}")
            names += [f"{topic}.{name}" for name in twins.__all__]
    rows = [row.id for row in ROWS]
    assert sorted(rows) == sorted(names), f"without a row: {set(names) - set(rows)}, too many: {set(rows) - set(names)}"


def measure(row, device, n, seconds, copies):
    """-> Result; the bandwidth of the copy that was measured beside it is added to copies."""
    check, calls = KINDS.get(row.topic, (check_module, module_calls))
    difference = max(map(apart, *check(row, device)), key=lambda gap: (np.isnan(gap), gap))
    ours, own, moved = calls(row, n, device)
    source = torch.randn(4 * n, device=device)
    target = torch.empty_like(source)
    takes = medians([ours, own] if own else [ours], lambda: target.copy_(source), device, seconds)
    copy_takes, ours_takes, *own_takes = takes
    copies.append(2 * 4 * source.numel() / copy_takes)
    share = moved / ours_takes / copies[-1] if moved else None
    return Result(row.id, difference, ours_takes, ours_takes / own_takes[0] if own_takes else None, share)


def apart(got, expected):
    """The largest difference of two arrays, relative to the largest number."""
    got, expected = (np.asarray(x.detach().cpu() if torch.is_tensor(x) else x, float) for x in (got, expected))
    if got.shape != expected.shape:
        return np.inf
    gap, size = abs(got - expected).max(), abs(expected).max()
    return 0.0 if gap == 0 else float(gap / size) if size else np.inf


def medians(functions, copy, device, seconds):
    """Seconds that a copy takes, and each function: in turns, 5 or as many as there is time for, after 3 to warm up.

    Before each function a copy is made, so that all of them find the same, other numbers in the caches.
    """
    turn = [each for function in functions for each in (copy, function)]
    for function in turn * 3:
        function()
    turns, end = [], time.perf_counter() + seconds
    while len(turns) < 5 or (time.perf_counter() < end and len(turns) < 200):
        turns.append([timed(function, device) for function in turn])
    columns = list(zip(*turns))
    return [statistics.median(columns[0]), *map(statistics.median, columns[1::2])]


def timed(function, device):
    if device == "cpu":
        start = time.perf_counter()
        function()
        return time.perf_counter() - start
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    function()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1000


# Each kind of unit: check(row, device) -> what the twin and the reference answer, two lists in float64;
# calls(row, n, device) -> a call of the twin, one of PyTorch's own or None, and the bytes a call moves at least.


def check_module(row, device):
    rng, draws = np.random.default_rng(0), np.random.default_rng(1)
    arrays, unit = row.inputs(rng, CHECKED), row.unit(draws)
    params = getattr(unit, "params", {})
    for name, p in params.items():
        params[name] = p + 0.1 * rng.normal(size=p.shape)  # 0 and 1 hide mistakes
    twin = row.twin(device, torch.float64)
    state = {**params, **getattr(unit, "buffers", {})}
    twin.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    leaves, tensors = list(twin.parameters()), on_device(arrays, row.trained, device, torch.float64)

    with replayed(copy.deepcopy(draws), device):
        got = twin(*tensors)
    value = unit.forward(*arrays)
    dy = rng.normal(size=np.shape(value))
    gradients = unit.backward(dy)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    upstream = torch.tensor(dy, device=device)
    got_gradients = torch.autograd.grad(got, [*tensors[: row.trained], *leaves], upstream)
    grads = [unit.grads[name] for name, _ in twin.named_parameters()]
    return [got, *got_gradients], [value, *gradients[: row.trained], *grads]


def module_calls(row, n, device, dtype=torch.float32):
    twin, rng = row.twin(device, dtype), np.random.default_rng(0)
    with torch.no_grad():
        for p in twin.parameters():
            p += torch.tensor(0.1 * rng.normal(size=p.shape)).to(p)
    tensors = on_device(row.inputs(rng, n), row.trained, device, dtype)
    y = twin(*tensors).detach()
    dy = torch.tensor(rng.normal(size=y.shape)).to(y)

    def forward_and_backward(function, params):
        leaves = [*tensors[: row.trained], *params]

        def call():
            y = function(*tensors)
            return y, *torch.autograd.grad(y, leaves, dy)

        return call

    own = row.own(dict(twin.named_parameters())) if row.own else None
    theirs = own.parameters() if isinstance(own, torch.nn.Module) else twin.parameters()
    params, inputs = bytes_of(*twin.parameters()), bytes_of(*tensors)
    forward = inputs + params + bytes_of(y)
    backward = bytes_of(dy) + row.again * inputs + params + bytes_of(*tensors[: row.trained]) + params
    moved = forward + backward if row.passes is None else row.passes * inputs
    ours = forward_and_backward(twin, twin.parameters())
    return ours, own and forward_and_backward(own, theirs), moved


def check_initializer(row, device):
    (shape,) = row.inputs(None, CHECKED)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with replayed(np.random.default_rng(1), device):
            got = row.of("_torch")(shape, torch.Generator(device))
    finally:
        torch.set_default_dtype(before)
    return [got], [row.of("")(shape, np.random.default_rng(1))]


def initializer_calls(row, n, device, dtype=torch.float32):
    (shape,), rng = row.inputs(None, n), torch.Generator(device).manual_seed(0)

    def own():
        return [row.own(torch.empty(shape, device=device), rng)]

    return lambda: [row.of("_torch")(shape, rng)], own, 4 * shape[0] * shape[1]


def check_optimizer(row, device, steps=3):
    """What three steps have moved, as what they have left where it was would hide it."""
    rng = np.random.default_rng(0)
    (start,) = row.inputs(rng, CHECKED)
    gradients = [rng.normal(size=start.shape) for _ in range(steps)]
    params, p = {"weight": start.copy()}, torch.tensor(start, device=device, requires_grad=True)
    unit, twin = row.of("")(), row.of("_torch")([p])
    for g in gradients:
        unit.step(params, {"weight": g})
        p.grad = torch.tensor(g, device=device)
        twin.step()
    return [p.detach().cpu().numpy() - start], [params["weight"] - start]


def optimizer_calls(row, n, device, dtype=torch.float32):
    ours, own = parts(row, n, device, dtype), parts(row, n, device, dtype)
    optimizers = row.of("_torch")(ours), row.own(own)

    def step(optimizer, params):
        def call():
            optimizer.step()
            return params

        return call

    buffers = len(row.of("_torch").buffers)  # each is read and written, as is the parameter; the gradient is read
    return step(optimizers[0], ours), step(optimizers[1], own), (3 + 2 * buffers) * bytes_of(*ours)


def check_clip(row, device):
    (array,) = row.inputs(np.random.default_rng(0), CHECKED)
    grads = {"weight": array, "bias": array[0]}
    got = row.of("_torch")({name: torch.tensor(g, device=device) for name, g in grads.items()}, **row.options)
    return list(got.values()), list(row.of("")(grads, **row.options).values())


def clip_calls(row, n, device, dtype=torch.float32):
    params, (limit,) = parts(row, n, device, dtype), row.options.values()
    grads = {str(i): p.grad.clone() for i, p in enumerate(params)}

    def own():
        row.own(params, limit)
        return [p.grad for p in params]

    return lambda: list(row.of("_torch")(grads, limit).values()), own, row.passes * bytes_of(*params)


def check_metric(row, device):
    arrays = row.inputs(np.random.default_rng(0), CHECKED)
    tensors = on_device(arrays, 0, device, torch.float64)
    return [row.of("_torch")(*tensors)], [row.of("")(*arrays)]


def metric_calls(row, n, device, dtype=torch.float32):
    tensors = on_device(row.inputs(np.random.default_rng(0), n), 0, device, dtype)
    own = (lambda: [row.own(*tensors)]) if row.own else None
    return lambda: [row.of("_torch")(*tensors)], own, row.passes * bytes_of(*tensors)


KINDS = {
    "initializers": (check_initializer, initializer_calls),
    "optimizers": (check_optimizer, optimizer_calls),
    "gradients": (check_clip, clip_calls),
    "metrics": (check_metric, metric_calls),
}


def on_device(arrays, trained, device, dtype):
    """Tensors of the arrays: numbers in dtype, ids and labels as they are; the first so many get a gradient."""
    tensors = [torch.tensor(array, device=device) for array in arrays]
    tensors = [tensor.to(dtype) if tensor.is_floating_point() else tensor for tensor in tensors]
    return [tensor.requires_grad_(i < trained) for i, tensor in enumerate(tensors)]


def parts(row, n, device, dtype):
    """Several parameters with gradients, n numbers in all."""
    rng = np.random.default_rng(0)
    params = [on_device(row.inputs(rng, n // PARTS), 1, device, dtype)[0] for _ in range(PARTS)]
    for p in params:
        p.grad = torch.tensor(rng.normal(size=p.shape)).to(p)
    return params


def bytes_of(*tensors):
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@contextlib.contextmanager
def replayed(rng, device):
    """PyTorch draws what NumPy's generator draws next, so that what is left to chance can be compared."""

    def rand(shape, **_):
        return torch.tensor(rng.random(tuple(shape)), device=device)

    def randn(shape, **_):
        return torch.tensor(rng.normal(size=tuple(shape)), device=device)

    def uniform_(x, low=0.0, high=1.0, **_):
        return x.copy_(torch.tensor(rng.uniform(low, high, tuple(x.shape))))

    with mock.patch.multiple(torch, rand=rand, randn=randn), mock.patch.object(torch.Tensor, "uniform_", uniform_):
        yield


# The table


def report(results, device, n, bandwidth):
    lines = [
        f"# The twins on {machine(device)}",
        "",
        f"PyTorch {torch.__version__}, {datetime.date.today()}; a copy moves {bandwidth / 1e9:.1f} GB/s.{load()}",
        "",
        "- difference: the largest of |twin − reference| / max |reference| of value and each gradient, in float64,",
        f"  both given the same random numbers. Tolerance {TOLERANCE:.0e}; beyond it stands ✗.",
        f"- time: median of forward and backward, of one step or of one call, in float32, with about {n:,} numbers.",
        "- × PyTorch: that time over the time of PyTorch's own (torch.nn, functional, optim, init, clip_grad), both",
        "  measured in turns, each after a copy; below 1 the twin is faster. – where PyTorch has none.",
        "- of a copy: the bytes that must be moved at least (forward: inputs, parameters, answer; backward: what came",
        "  from above, what is needed again, gradients), over the time, over a copy's bandwidth. – where that is none.",
        "  Matrix products are bound by arithmetic, not by this.",
        *(f"- left out: {topic}, {reason}." for topic, reason in LEFT_OUT.items()),
        "",
    ]
    cells = [("unit", "difference", "time (ms)", "× PyTorch", "of a copy")]
    cells += [
        (
            result.id,
            f"{'' if result.agrees else '✗ '}{result.difference:.0e}" if result.difference else "0",
            f"{1000 * result.seconds:.3f}",
            "–" if result.ratio is None else f"{result.ratio:.2f}",
            "–" if result.share is None else f"{result.share:.0%}",
        )
        for result in results
    ]
    widths = [max(map(len, column)) for column in zip(*cells)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    padded = [[row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))] for row in cells]
    table = ["| " + " | ".join(row) + " |" for row in (padded[0], rule, *padded[1:])]
    wrong = [result.id for result in results if not result.agrees]
    end = f"{len(results)} twins, " + (f"beyond the tolerance: {', '.join(wrong)}." if wrong else "all agree.")
    return "\n".join([*lines, *table, "", end])


def machine(device):
    if device == "cuda":
        return torch.cuda.get_device_name()
    info = Path("/proc/cpuinfo")  # where platform.processor() says nothing
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    threads, gpu = torch.get_num_threads(), "" if torch.cuda.is_available() else "; no GPU was at hand"
    return f"a CPU, {name}, {threads} thread{'s' * (threads > 1)}{gpu}"


def load():
    """How many computed on the machine, the benchmark being one of them."""
    if not hasattr(os, "getloadavg"):
        return ""
    busy, cores = os.getloadavg()[0], os.cpu_count() or 1
    return f" Load {busy:.1f} on {cores} cores" + (": times are long, ratios rough." if busy > cores else ".")


if __name__ == "__main__":
    sys.exit(not all(result.agrees for result in main()))
