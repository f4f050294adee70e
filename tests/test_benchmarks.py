"""The benchmark covers every twin, compares like with like, and says so when one is wrong."""

import contextlib
import datetime
import importlib
import io

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from benchmarks import gpu
from course_lib import losses_torch
from tests.course_lib.contract import DEVICES

pytestmark = pytest.mark.slow

TOPICS = (
    "activations",
    "losses",
    "layers",
    "initializers",
    "optimizers",
    "regularizers",
    "gradients",
    "metrics",
)
ROWS = {row.id: row for row in gpu.ROWS}
RANDOM = {  # PyTorch's draws are its own: only their mean and spread can be compared
    "activations.RReLU",
    "layers.Dropout",
    "layers.FeatureDropout",
    "layers.AlphaDropout",
    *(id for id in ROWS if id.startswith("initializers.")),
}
LOOSER = {
    "optimizers.Nadam": 1e-5,  # PyTorch's keeps its product of momenta in float32
    "gradients.clip_by_norm": 1e-5,  # PyTorch's adds 1e-6 to the norm
}
COMPARED = [row for row in gpu.ROWS if row.own]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Many threads wait for each other more than they compute, at this size."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=DEVICES)
def run(request, tmp_path_factory):
    """-> device, results, what was printed, what was written"""
    path, printed = tmp_path_factory.mktemp("results") / "table.md", io.StringIO()
    with contextlib.redirect_stdout(printed):
        results = gpu.main(["--small", "--device", request.param, "--out", str(path)])
    return request.param, results, printed.getvalue(), path.read_text()


def calls(row, n=2**12, device="cpu", dtype=torch.float64):
    return gpu.KINDS.get(row.topic, (None, gpu.module_calls))[1](row, n, device, dtype)


def test_every_twin_has_a_line(run):
    twins = {topic: importlib.import_module(f"course_lib.{topic}_torch").__all__ for topic in TOPICS}
    assert {result.id for result in run[1]} == {f"{topic}.{name}" for topic in TOPICS for name in twins[topic]}
    assert len(run[1]) == len(ROWS)


def test_every_twin_agrees_with_its_reference(run):
    assert {result.id: result.difference for result in run[1] if not result.difference <= 1e-10} == {}


def test_pytorch_was_timed_wherever_it_has_its_own(run):
    for result in run[1]:
        assert result.seconds > 0
        assert (result.ratio is not None) == (ROWS[result.id].own is not None), result.id
        assert result.share is None or result.share > 0, result.id


def test_the_table_is_printed_and_written(run):
    device, results, printed, written = run
    assert printed == written
    head, *lines = [line for line in printed.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in head.split("|")[1:3]] == ["unit", "difference"]
    assert [line.split("|")[1].strip() for line in lines[1:]] == [result.id for result in results]
    assert [result.id.split(".")[0] for result in results] == sorted(result.id.split(".")[0] for result in results)
    for said in (str(torch.__version__), str(datetime.date.today()), gpu.machine(device), "GB/s", "all agree"):
        assert said in printed


def test_a_twin_without_a_row_and_a_row_without_a_twin_are_noticed(monkeypatch):
    gpu.assert_complete()
    monkeypatch.setattr(gpu, "ROWS", gpu.ROWS[1:])
    with pytest.raises(AssertionError, match=r"without a row: {'activations.Heaviside'}"):
        gpu.assert_complete()
    monkeypatch.undo()
    monkeypatch.setattr(losses_torch, "__all__", losses_torch.__all__[1:])
    with pytest.raises(AssertionError, match=r"too many: {'losses.SumSquaredError'}"):
        gpu.assert_complete()


@pytest.mark.parametrize("wrong", ["value", "gradient"])
def test_a_wrong_twin_is_flagged(monkeypatch, wrong):
    right = losses_torch.Huber.forward

    def forward(self, prediction, target):
        loss = right(self, prediction, target)
        return 1.000001 * loss if wrong == "value" else loss + 1e-6 * (prediction - prediction.detach()).sum()

    monkeypatch.setattr(losses_torch.Huber, "forward", forward)
    result = gpu.measure(ROWS["losses.Huber"], "cpu", 2**10, 0.01, [])
    assert not result.agrees
    text = gpu.report([result], "cpu", 2**10, 1e9)
    assert "✗" in text.split("of a copy |")[1]
    assert text.endswith("beyond the tolerance: losses.Huber.")


def test_the_difference_is_relative_and_hides_nothing():
    assert_allclose(gpu.apart(np.array([1.0, 4.5]), np.array([1.0, 5.0])), 0.1)
    assert gpu.apart(torch.zeros(2), np.zeros(2)) == 0
    assert gpu.apart(np.ones(2), np.zeros(2)) == np.inf
    assert gpu.apart(np.ones(2), np.ones((2, 1))) == np.inf
    assert np.isnan(gpu.apart(np.array([1.0, np.nan]), np.ones(2)))
    assert not gpu.Result("losses.Huber", np.nan, 1.0, None, None).agrees


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("row", COMPARED, ids=lambda row: row.id)
def test_pytorchs_own_does_the_same_work(row, device):
    """The third answer, as momentum shows late, and the inputs' gradients; modules have parameters of their own."""
    ours, own, _ = calls(row, 2**20 if row.id in RANDOM else 2**12, device)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        answers = [(ours(), own()) for _ in range(3)]
    for got, expected in list(zip(*answers[-1]))[: 1 + row.trained]:
        assert got.shape == expected.shape
        if row.id in RANDOM:
            for of in (torch.mean, torch.std):
                spread = expected.std().item()
                assert_allclose(of(got).item(), of(expected).item(), atol=0.15 * spread + 1e-12)
        else:
            assert_allclose(got.detach().cpu(), expected.detach().cpu(), rtol=LOOSER.get(row.id, 1e-9), atol=1e-12)


@pytest.mark.parametrize(
    "id, floats",
    [
        ("activations.Sigmoid", lambda n: 2 * n + 3 * n),
        ("activations.ReLU", lambda n: 2 * n + (2 + 1 / 32) * n),
        ("activations.Identity", lambda n: 0),
        ("losses.Huber", lambda n: (2 * n + 1) + (1 + 2 * n + n)),
        ("layers.Dense", lambda n: (2 * n + 256 * 257) + (3 * n + 2 * 256 * 257)),
        ("layers.AveragePool2d", lambda n: (n + n / 4) + (n / 4 + n)),
        ("initializers.he_normal", lambda n: n),
        ("optimizers.SGD", lambda n: 3 * n),
        ("optimizers.Momentum", lambda n: 5 * n),
        ("optimizers.Adam", lambda n: 7 * n),
        ("gradients.clip_by_norm", lambda n: 3 * n),
        ("metrics.accuracy", lambda n: 4 * n),  # two whole numbers of 8 bytes each
    ],
)
def test_the_bytes_are_those_counted_by_hand(id, floats):
    n = 2**15
    assert_allclose(calls(ROWS[id], n, dtype=torch.float32)[2], 4 * floats(n))


def test_ratio_and_share_come_from_the_times(monkeypatch):
    monkeypatch.setattr(gpu, "medians", lambda functions, copy, device, seconds: [1.0, 2.0, 4.0])  # copy, ours, own
    n, copies = 2**12, []
    result = gpu.measure(ROWS["activations.Sigmoid"], "cpu", n, 0, copies)
    assert (result.seconds, result.ratio) == (2, 0.5)
    assert copies == [2 * 4 * 4 * n]
    assert_allclose(result.share, 5 * 4 * n / 2 / copies[0])


def test_what_is_compared_takes_turns_and_finds_the_same_caches(monkeypatch):
    calls, seconds = [], {"copy": 1.0, "ours": 2.0, "own": 3.0}
    late = lambda: 100 * (len(calls) in (13, 14, 15, 16))  # noqa: E731 one turn was disturbed
    monkeypatch.setattr(gpu, "timed", lambda function, device: seconds[function()] + late())
    ours, own, copy = (lambda name=name: calls.append(name) or name for name in ("ours", "own", "copy"))
    assert gpu.medians([ours, own], copy, "cpu", 0) == [1, 2, 3]
    assert calls == ["copy", "ours", "copy", "own"] * (3 + 5)
