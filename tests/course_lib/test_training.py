"""A fit is the loop one would write by hand, in NumPy and in PyTorch, and says truly what happened on the way."""

import ast
import contextlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.metrics import accuracy_score, log_loss
from torch import nn

from course_lib import (
    gradients,
    gradients_torch,
    losses,
    losses_torch,
    metrics,
    metrics_torch,
    optimizers,
    regularizers,
    regularizers_torch,
    schedules,
    training,
    training_torch,
)
from course_lib.datasets import iris
from course_lib.layers import BatchNorm, Dense, Dropout, Sequential
from tests.course_lib import contract

ORACLES = {
    "training.fit": "torch.nn.Sequential",
    "training.evaluate": "sklearn.metrics.accuracy_score",
    "training.predict": "torch.nn.Sequential",
    "training.TensorBoardMonitor": "tensorboard.backend.event_processing.event_accumulator.EventAccumulator",
}
IDS = tuple(ORACLES)
HERE = Path(__file__).resolve().parents[2]

TOLERANCE = {
    # Some hundred steps in another order of float64 operations; each may multiply what was rounded before it.
    "a whole training": {"rtol": 1e-9, "atol": 1e-12},
    # TensorBoard's scalars are float32.
    "event files": {"rtol": 1e-6},
}

every_device = pytest.mark.parametrize("device", contract.DEVICES)


def definitions(module):
    tree = ast.parse(Path(module.__file__).read_text())
    return [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def test_both_files_hold_what_the_course_promises():
    names = [id.removeprefix("training.") for id in IDS]
    for file in (training, training_torch):
        assert file.__all__ == names == [name for name in definitions(file) if name in names]
    for name in names:
        assert inspect.signature(getattr(training_torch, name)) == inspect.signature(getattr(training, name))
        assert getattr(training_torch, name).__doc__.startswith(f"See `training.{name}`.")


class TanhLayer:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)


def network(seed=0):
    rng = np.random.default_rng(seed)
    return Sequential(Dense(4, 5, rng), TanhLayer(), Dense(5, 3, rng))


def twin_of(model, device="cpu"):
    """The same network of PyTorch's own layers, with the same weights."""
    twin = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    twin.load_state_dict({name: torch.tensor(p) for name, p in model.params.items()})
    return twin.to(device)


def flowers(device=None):
    """-> training set, validation set"""
    x, labels = iris()
    order = np.random.default_rng(1).permutation(150)
    x, labels = x[order], labels[order]
    if device is not None:
        x, labels = torch.tensor(x, device=device), torch.tensor(labels, device=device)
    return (x[:50], labels[:50]), (x[50:90], labels[50:90])


@dataclass(frozen=True)
class Row:
    """One way to train: for the reference, for the twin, and by hand with PyTorch's own parts."""

    name: str
    optimizer: tuple[Callable, Callable] = (
        lambda: optimizers.SGD(0.1),
        lambda params: torch.optim.SGD(params, 0.1),
    )
    epochs: int = 3
    batch_size: int = 16  # 50 is three of them and 2
    reference: Callable = dict  # -> options
    twin: Callable = dict
    by_hand: dict = field(default_factory=dict)

    def __str__(self):
        return self.name


def rates(step):
    return 0.3 / (1 + step)


def momenta(step):
    return 0.9 - 0.05 * step


ROWS = (
    Row("plain"),
    Row("one at a time", batch_size=1, epochs=1),
    Row("all at once", batch_size=500),
    Row("a divisor", batch_size=25),
    Row("Adam", (lambda: optimizers.Adam(0.01), lambda params: torch.optim.Adam(params, 0.01))),
    Row("schedule", reference=lambda: {"schedule": rates}, twin=lambda: {"schedule": rates}, by_hand={"rates": rates}),
    Row(
        "schedule and momentum",
        (lambda: optimizers.Momentum(0.1), lambda params: torch.optim.SGD(params, 0.1, momentum=0.9)),
        reference=lambda: {"schedule": rates, "momentum": momenta},
        twin=lambda: {"schedule": rates, "momentum": momenta},
        by_hand={"rates": rates, "momenta": momenta},
    ),
    Row(
        "Adam's beta1",
        (lambda: optimizers.Adam(0.01), lambda params: torch.optim.Adam(params, 0.01)),
        reference=lambda: {"momentum": momenta},
        twin=lambda: {"momentum": momenta},
        by_hand={"momenta": momenta},
    ),
    Row(
        "L2",
        reference=lambda: {"regularizer": regularizers.L2(0.05)},
        twin=lambda: {"regularizer": regularizers_torch.L2(0.05)},
        by_hand={"penalty": lambda p: 0.05 * p.square().sum()},
    ),
    Row(
        "L1 and clipping",
        reference=lambda: {"regularizer": regularizers.L1(0.05), "clip": lambda g: gradients.clip_by_norm(g, 0.5)},
        twin=lambda: {
            "regularizer": regularizers_torch.L1(0.05),
            "clip": lambda g: gradients_torch.clip_by_norm(g, 0.5),
        },
        by_hand={"penalty": lambda p: 0.05 * p.abs().sum(), "max_norm": 0.5},
    ),
)
every_row = pytest.mark.parametrize("row", ROWS, ids=str)


def fit_reference(row, **options):
    model, (train, validation) = network(), flowers()
    options = {**row.reference(), "validation": validation, "metrics": {"accuracy": metrics.accuracy}, **options}
    loss, optimizer = losses.CrossEntropy(), row.optimizer[0]()
    history = training.fit(model, loss, optimizer, *train, row.epochs, row.batch_size, **options)
    return history, dict(model.params)


def fit_twin(row, device="cpu", data_device=None, **options):
    model, (train, validation) = twin_of(network(), device), flowers(data_device or device)
    options = {**row.twin(), "validation": validation, "metrics": {"accuracy": metrics_torch.accuracy}, **options}
    loss, optimizer = losses_torch.CrossEntropy(), row.optimizer[1](model.parameters())
    history = training_torch.fit(model, loss, optimizer, *train, row.epochs, row.batch_size, **options)
    return history, {name: p.detach().cpu().numpy() for name, p in model.named_parameters()}


def by_hand(row, orders=None):
    """The loop of PyTorch's tutorials, of PyTorch's own parts."""
    model, ((x, labels), (validation_x, validation_labels)) = twin_of(network()), flowers("cpu")
    optimizer, criterion, history = row.optimizer[1](model.parameters()), nn.CrossEntropyLoss(), {}
    rates, momenta, penalty, max_norm = (row.by_hand.get(k) for k in ("rates", "momenta", "penalty", "max_norm"))
    step = 0
    for epoch in range(row.epochs):
        order = torch.arange(50) if orders is None else torch.tensor(orders[epoch])
        answers = []
        for start in range(0, 50, row.batch_size):
            batch = order[start : start + row.batch_size]
            for group in optimizer.param_groups:
                if rates:
                    group["lr"] = rates(step)
                if momenta and "betas" in group:
                    group["betas"] = (momenta(step), 0.999)
                elif momenta:
                    group["momentum"] = momenta(step)
            optimizer.zero_grad()
            logits = model(x[batch])
            loss = criterion(logits, labels[batch])
            history.setdefault("step_loss", []).append(loss.item())
            history.setdefault("lr", []).append(optimizer.param_groups[0]["lr"])
            if penalty:
                loss = loss + penalty(model[0].weight) + penalty(model[2].weight)
            loss.backward()
            if max_norm:
                norm = nn.utils.get_total_norm([p.grad for p in model.parameters()])
                nn.utils.clip_grads_with_norm_(model.parameters(), max_norm * (norm + 1e-6) / norm, norm)
            optimizer.step()
            answers.append(logits.detach())
            step += 1
        with torch.no_grad():
            validation_logits = model(validation_x)
        for prefix, logits, right in (
            ("", torch.cat(answers), labels[order]),
            ("validation_", validation_logits, validation_labels),
        ):
            probs = logits.softmax(dim=1).numpy()
            history.setdefault(prefix + "loss", []).append(log_loss(right, probs, labels=range(3)))
            history.setdefault(prefix + "accuracy", []).append(accuracy_score(right, probs.argmax(axis=1)))
    return history, {name: p.detach().numpy() for name, p in model.named_parameters()}


def assert_same_training(got, expected, kind="a whole training"):
    for one, other in zip(got, expected):
        assert one.keys() == other.keys()
        for name in other:
            assert_allclose(one[name], other[name], **TOLERANCE[kind], err_msg=name)


@every_row
def test_a_fit_is_the_loop_one_writes_by_hand(row):
    assert_same_training(fit_reference(row), by_hand(row))


@every_device
@every_row
def test_the_twin_trains_alike(row, device):
    assert_same_training(fit_twin(row, device), fit_reference(row))


@every_row
def test_the_twin_is_the_loop_one_writes_by_hand(row):
    assert_same_training(fit_twin(row), by_hand(row))


@every_device
def test_data_may_lie_elsewhere_than_the_model(device):
    assert_same_training(fit_twin(ROWS[0], device, data_device="cpu"), fit_reference(ROWS[0]))


def test_an_rng_shuffles_at_each_epoch():
    rng = np.random.default_rng(3)
    orders = [rng.permutation(50) for _ in range(3)]
    assert_same_training(fit_reference(ROWS[0], rng=np.random.default_rng(3)), by_hand(ROWS[0], orders))
    generator = torch.Generator().manual_seed(3)
    orders = [torch.randperm(50, generator=generator).numpy() for _ in range(3)]
    assert_same_training(fit_twin(ROWS[0], rng=torch.Generator().manual_seed(3)), by_hand(ROWS[0], orders))


class Diary:
    """A model without parameters that writes down which examples it is shown, in which mode and with which dy."""

    def __init__(self):
        self.params, self.grads, self.training, self.seen = {}, {}, False, []

    def forward(self, x):
        self.seen.append((self.training, x[:, 0].tolist()))
        return x * 1.0

    def backward(self, dy):
        return dy


class TorchDiary(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen, self.scale = [], nn.Parameter(torch.ones(()))

    def forward(self, x):
        self.seen.append((self.training, x[:, 0].tolist()))
        return x * self.scale


def fit_diary(**options):
    x, other = np.arange(10.0)[:, None], np.arange(20.0, 23)[:, None]
    model, validation = Diary(), (other, other)
    training.fit(model, losses.MeanSquaredError(), optimizers.SGD(), x, x, 2, 4, validation=validation, **options)
    return model.seen


def fit_torch_diary(**options):
    x, other = torch.arange(10.0)[:, None], torch.arange(20.0, 23)[:, None]
    model, validation = TorchDiary().eval(), (other, other)
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    training_torch.fit(model, losses_torch.MeanSquaredError(), optimizer, x, x, 2, 4, validation=validation, **options)
    return model.seen


@pytest.mark.parametrize("fit", [fit_diary, fit_torch_diary])
def test_without_an_rng_the_order_is_kept_and_validation_comes_after_each_epoch_in_evaluation(fit):
    epoch = [(True, [0, 1, 2, 3]), (True, [4, 5, 6, 7]), (True, [8, 9]), (False, [20, 21, 22])]
    assert fit() == epoch * 2


@pytest.mark.parametrize("fit, rng", [
    (fit_diary, lambda: np.random.default_rng(4)),
    (fit_torch_diary, lambda: torch.Generator().manual_seed(4)),
])  # fmt: skip
def test_each_example_comes_once_in_an_epoch_in_an_order_that_the_rng_alone_decides(fit, rng):
    states = np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    seen = epochs_of(fit(rng=rng()))
    assert sorted(seen[0]) == sorted(seen[1]) == [*range(10)]
    assert seen[0] != seen[1] and seen[0] != [*range(10)]
    assert epochs_of(fit(rng=rng())) == seen
    assert (np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == states


def epochs_of(seen):
    shown = [i for mode, batch in seen if mode for i in batch]
    return shown[:10], shown[10:]


@pytest.mark.parametrize("training_before", [True, False])
def test_a_fit_puts_the_model_into_training_and_leaves_it_so(training_before):
    x, target = flowers()[0]
    model, twin = network(), twin_of(network())
    model.training = training_before
    twin.train(training_before)
    training.fit(model, losses.CrossEntropy(), optimizers.SGD(), x, target, 1)
    optimizer = torch.optim.SGD(twin.parameters(), 0.1)
    training_torch.fit(twin, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0], 1)
    assert model.training and twin.training
    assert all(layer.training for layer in model.layers if isinstance(layer, Dense))


def test_inputs_are_left_alone():
    x, target = contract.read_only(flowers()[0])
    training.fit(network(), losses.CrossEntropy(), optimizers.SGD(0.1), x, target, 2, rng=np.random.default_rng(0))
    x, target = flowers("cpu")[0]
    before, twin = x.clone(), twin_of(network())
    optimizer, rng = torch.optim.SGD(twin.parameters(), 0.1), torch.Generator()
    training_torch.fit(twin, losses_torch.CrossEntropy(), optimizer, x, target, 2, rng=rng)
    assert torch.equal(x, before) and torch.equal(target, flowers("cpu")[0][1])


def test_float32_examples_are_trained_on_in_float32():
    (x, target), _ = flowers()
    model = network()
    history = training.fit(model, losses.CrossEntropy(), optimizers.SGD(0.1), x.astype(np.float32), target, 3)
    assert training.predict(model, x.astype(np.float32)).dtype == np.float32
    expected = training.fit(network(), losses.CrossEntropy(), optimizers.SGD(0.1), x, target, 3)
    assert_allclose(history["loss"], expected["loss"], rtol=1e-5)


def test_lists_will_do():
    (x, target), validation = flowers()
    lists = [[list(map(float, row)) for row in x], target.tolist()]
    options = {"validation": [part.tolist() for part in validation]}
    got = training.fit(network(), losses.CrossEntropy(), optimizers.SGD(), *lists, 2, **options)
    expected = training.fit(network(), losses.CrossEntropy(), optimizers.SGD(), x, target, 2, validation=validation)
    assert got == expected


def test_the_defaults_are_ten_epochs_of_batches_of_32():
    history = training.fit(network(), losses.CrossEntropy(), optimizers.SGD(), *flowers()[0])
    assert list(history) == ["step_loss", "lr", "loss"]
    assert (len(history["loss"]), len(history["step_loss"]), len(history["lr"])) == (10, 20, 20)
    assert history["lr"] == [0.01] * 20
    twin = twin_of(network())
    optimizer = torch.optim.SGD(twin.parameters(), 0.01)
    seen = training_torch.fit(twin, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0])
    assert_allclose(seen["step_loss"], history["step_loss"], **TOLERANCE["a whole training"])
    for values in (*history.values(), *seen.values()):
        assert all(type(value) is float for value in values)


def test_the_loss_of_an_epoch_is_that_of_all_its_answers_also_where_losses_are_summed():
    x = np.arange(10.0)[:, None]
    for loss in (losses.SumSquaredError(), losses.MeanSquaredError()):
        history = training.fit(Diary(), loss, optimizers.SGD(), x, 3 * x, 1, 4)
        assert_allclose(history["loss"], [loss.forward(x, 3 * x)], rtol=1e-10)
        assert_allclose(history["step_loss"][2], loss.forward(x[8:], 3 * x[8:]), rtol=1e-10)


def test_a_network_learns_to_tell_flowers_apart():
    (x, target), validation = flowers()
    model, rng = network(), np.random.default_rng(5)
    history = training.fit(
        model, losses.CrossEntropy(), optimizers.Adam(0.02), x, target, 40, rng=rng,
        validation=validation, metrics={"accuracy": metrics.accuracy},
    )  # fmt: skip
    assert history["loss"][-1] < 0.3 < 0.8 < history["loss"][0]
    assert history["validation_accuracy"][-1] > 0.9


# Schedules that listen, early stopping, callbacks


class Listener:
    """A schedule that halves its rate whenever it hears something."""

    lr = 0.4

    def __init__(self):
        self.heard = []

    def step(self, metric):
        self.heard.append(metric)
        self.lr /= 2


@pytest.mark.parametrize("validated", [True, False])
@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_a_schedule_that_listens_hears_the_validation_loss_or_else_the_loss_once_an_epoch(fit, validated):
    schedule = Listener()
    history, _ = fit(ROWS[0], schedule=schedule, **({} if validated else {"validation": None}))
    assert schedule.heard == history["validation_loss" if validated else "loss"]
    assert history["lr"] == [0.4] * 4 + [0.2] * 4 + [0.1] * 4


@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_the_courses_own_schedules_drive_a_fit(fit):
    one_cycle, listening = schedules.one_cycle(0.5, 12), schedules.PerformanceDecay(0.2, 0.5, 1, 0.999, 1)
    assert fit(ROWS[0], schedule=one_cycle)[0]["lr"] == [one_cycle(step) for step in range(12)]
    assert_allclose(fit(ROWS[0], schedule=listening)[0]["lr"], np.repeat([0.2, 0.2, 0.1], 4), rtol=1e-10)


def test_all_groups_of_parameters_get_the_rate_and_the_momentum():
    model = twin_of(network())
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 5.0}]
    optimizer = torch.optim.SGD(groups, 0.1, momentum=0.5)
    options = {"schedule": rates, "momentum": momenta}
    training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0], 1, 25, **options)
    assert [(group["lr"], group["momentum"]) for group in optimizer.param_groups] == [(rates(1), momenta(1))] * 2


def test_without_a_schedule_the_optimizers_own_rate_stays():
    model = twin_of(network())
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 5.0}]
    optimizer = torch.optim.SGD(groups, 0.1)
    training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0], 1)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 5.0]


@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_callbacks_are_called_after_every_epoch_and_stop_the_training_together(fit):
    seen = []

    def stop_after_two(model, history):
        seen.append(("first", len(history["loss"]), len(history["validation_loss"]), len(history["lr"])))
        return np.bool_(len(history["loss"]) == 2)

    def watch(model, history):
        seen.append(("second", hasattr(model, "forward")))

    history, _ = fit(ROWS[0], callbacks=[stop_after_two, watch])
    assert seen == [("first", 1, 1, 4), ("second", True), ("first", 2, 2, 8), ("second", True)]
    assert len(history["loss"]) == 2


@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_early_stopping_is_a_callback_and_restores_the_best_weights(fit):
    stopping, models, weights = regularizers.EarlyStopping(patience=2), [], []

    def arrays(model):
        return model.params if isinstance(model, Sequential) else model.state_dict()

    def stop(model, history):
        models.append(model)
        weights.append({name: p.tolist() for name, p in arrays(model).items()})
        return stopping.step(history["validation_loss"][-1], arrays(model))

    row = Row("too fast", (lambda: optimizers.SGD(5.0), lambda params: torch.optim.SGD(params, 5.0)), epochs=30)
    history, _ = fit(row, callbacks=[stop])
    best = int(np.argmin(history["validation_loss"]))
    assert len(history["loss"]) == best + 3 < 30
    stopping.restore(arrays(models[-1]))
    for name, p in arrays(models[-1]).items():
        assert p.tolist() == weights[best][name]


# evaluate and predict


class Noisy(nn.Module):
    """Answers that depend on the mode and on who else is in the batch while training."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 3)).double()

    def forward(self, x):
        return self.layers(x)


def noisy_model():
    rng = np.random.default_rng(6)
    model = Sequential(Dense(4, 6, rng), BatchNorm(6), Dropout(0.5, rng), Dense(6, 3, rng))
    (x, target), _ = flowers()
    training.fit(model, losses.CrossEntropy(), optimizers.SGD(0.1), x, target, 2)
    return model


def noisy_twin():
    torch.manual_seed(6)
    model = Noisy()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0], 2)
    return model


BOTH = {"reference": (training, noisy_model, None), "twin": (training_torch, noisy_twin, "cpu")}
both = pytest.mark.parametrize("file, make, device", BOTH.values(), ids=BOTH)


@both
def test_one_at_a_time_answers_what_batches_answer(file, make, device):
    model, (_, (x, _)) = make(), flowers(device)
    expected = np.asarray(file.predict(model, x))
    assert expected.shape == (40, 3)
    for batch_size in (1, 7, 40, 1000):
        contract.assert_same(np.asarray(file.predict(model, x, batch_size)), expected)
    for i in (0, 39):
        contract.assert_same(np.asarray(file.predict(model, x[i : i + 1])), expected[i : i + 1])


@both
def test_answers_are_given_in_evaluation_and_the_mode_is_put_back(file, make, device):
    model, (_, (x, _)) = make(), flowers(device)
    model.training = True
    while_training = [np.array(model.forward(x).tolist()) for _ in range(2)]
    assert abs(while_training[0] - while_training[1]).max() > 0.1  # the dropout
    first, second = (np.asarray(file.predict(model, x)) for _ in range(2))
    assert_allclose(first, second, rtol=0)
    assert model.training
    model.eval() if device else setattr(model, "training", False)
    assert_allclose(np.asarray(file.predict(model, x)), np.array(model.forward(x).tolist()), rtol=1e-10)
    assert not model.training


@both
def test_the_mode_is_put_back_also_when_something_went_wrong(file, make, device):
    model = make()
    with contextlib.suppress(ValueError, RuntimeError):
        file.predict(model, flowers(device)[0][0][:, :2])
        pytest.fail("two inputs went into a layer of four")
    assert model.training


def test_predict_keeps_no_graph():
    assert not training_torch.predict(noisy_twin(), flowers("cpu")[0][0]).requires_grad


def test_predict_asks_for_as_many_examples_as_it_was_told():
    for file, x, model in (
        (training, np.arange(10.0)[:, None], Diary()),
        (training_torch, torch.arange(10.0)[:, None], TorchDiary()),
    ):
        file.predict(model, x, 4)
        assert model.seen == [(False, [0, 1, 2, 3]), (False, [4, 5, 6, 7]), (False, [8, 9])]
        model.seen.clear()
        file.predict(model, x)
        assert len(model.seen) == 1


@both
def test_evaluation_is_that_of_scikit_learn(file, make, device):
    model, (_, (x, labels)) = make(), flowers(device)
    logits = np.asarray(file.predict(model, x))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss, metric = (losses_torch, metrics_torch) if device else (losses, metrics)
    for batch_size in (9, 256):
        got = file.evaluate(model, loss.CrossEntropy(), x, labels, {"right": metric.accuracy}, batch_size)
        assert list(got) == ["loss", "right"]
        assert all(type(value) is float for value in got.values())
        assert_allclose(got["loss"], log_loss(labels, probs), rtol=1e-10)
        assert_allclose(got["right"], accuracy_score(labels, probs.argmax(axis=1)), rtol=1e-10)
    assert list(file.evaluate(model, loss.CrossEntropy(), x, labels)) == ["loss"]


def test_a_whole_number_of_words_is_no_trouble_for_the_examples():
    """x may be ids: only the first axis matters."""
    model = nn.Sequential(nn.Embedding(5, 2), nn.Flatten(), nn.Linear(6, 2))
    ids, labels = torch.randint(0, 5, (8, 3)), torch.randint(0, 2, (8,))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    history = training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, ids, labels, 2)
    assert np.isfinite(history["loss"]).all()


def test_parameters_that_take_no_part_are_neither_clipped_nor_moved():
    model = twin_of(network())
    model.register_parameter("idle", nn.Parameter(torch.ones(2, 2)))
    options = {"clip": lambda grads: {name: g * 0.5 for name, g in grads.items()}}
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, *flowers("cpu")[0], 1, **options)
    assert_allclose(model.idle.detach().numpy(), np.ones((2, 2)), rtol=0)


def test_a_model_without_parameters_can_predict_where_its_examples_lie():
    x = torch.arange(6.0).reshape(3, 2)
    assert torch.equal(training_torch.predict(nn.Flatten(), x), x)


def test_nothing_waits_for_the_device_before_an_epoch_is_over(monkeypatch):
    """Counted are the ways from a tensor to a Python number."""
    count = []
    for name in ("item", "tolist", "__float__", "__bool__", "__int__", "numpy", "cpu"):
        of_torch = getattr(torch.Tensor, name)

        def counted(self, *args, name=name, of_torch=of_torch, **kwargs):
            count.append(name)
            return of_torch(self, *args, **kwargs)

        monkeypatch.setattr(torch.Tensor, name, counted)
    waits = []
    for batch_size in (50, 10, 1):
        count.clear()
        optimizer = (lambda: None, lambda params: PlainSGD(params, {"lr": 0.1}))
        fit_twin(Row("", optimizer, 2, batch_size, twin=ROWS[-1].twin))
        waits.append(len(count))
    assert waits[0] == waits[1] == waits[2] > 0


class PlainSGD(torch.optim.Optimizer):
    """PyTorch's own count their steps in ways that this count would count."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad


# The progress bar


@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_a_disabled_bar_writes_nothing_at_all(fit, capfd):
    fit(ROWS[0])
    fit(ROWS[0], progress=False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fit", [fit_reference, fit_twin])
def test_a_bar_is_one_line_that_ends_with_the_last_measures(fit, capfd):
    history, _ = fit(ROWS[0], progress=True)
    out, err = capfd.readouterr()
    assert err == ""
    assert out.count("\n") == 1 and out.endswith("\n")
    shown = out.rstrip("\n").split("\r")[1:]
    assert shown[0].split() == ["█" + "░" * 19, "1/12", "steps"]
    latest = "  ".join(
        f"{name} {history[name][-1]:.4g}" for name in ("loss", "accuracy", "validation_loss", "validation_accuracy")
    )
    assert shown[-1].rstrip() == f"{'█' * 20} 12/12 steps  {latest}"
    widths = [len(line) for line in shown]
    assert widths == sorted(widths), "a shorter line leaves the end of a longer one standing"


def test_a_bar_is_written_at_most_a_hundred_times_and_once_more(capfd):
    training.fit(network(), losses.CrossEntropy(), optimizers.SGD(), *flowers()[0], 20, 1, progress=True)
    assert capfd.readouterr().out.count("\r") == 101


def test_a_bar_that_stops_early_ends_its_line(capfd):
    fit_reference(ROWS[0], progress=True, callbacks=[lambda model, history: True])
    out = capfd.readouterr().out
    assert out.endswith("\n")
    assert "4/12 steps  loss" in out.split("\r")[-1]


# TensorBoard


def read_events(folder):
    """What TensorBoard itself reads: the scalars, and the histograms as (step, number of entries)."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    events = EventAccumulator(str(folder), size_guidance={"tensors": 0}).Reload()
    tags = {name: sorted(events.PluginTagToContent(name)) for name in ("scalars", "histograms")}
    each = [tag for tags_of_one in tags.values() for tag in tags_of_one]
    read = {tag: [(event.step, make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)] for tag in each}
    scalars = {tag: [(step, float(value)) for step, value in read[tag]] for tag in tags["scalars"]}
    histograms = {tag: [(step, buckets[:, 2].sum()) for step, buckets in read[tag]] for tag in tags["histograms"]}
    return scalars, histograms


@pytest.mark.parametrize("fit, file", [(fit_reference, training), (fit_twin, training_torch)])
def test_tensorboard_reads_the_history_and_the_params(fit, file, tmp_path):
    monitor = file.TensorBoardMonitor(tmp_path / "runs" / "first")
    history, params = fit(ROWS[0], callbacks=[monitor])
    monitor.close()
    scalars, histograms = read_events(tmp_path / "runs" / "first")
    assert scalars.keys() == history.keys()
    for name, values in history.items():
        steps, read = zip(*scalars[name])
        assert steps == tuple(range(1, len(values) + 1)), name
        assert_allclose(read, values, **TOLERANCE["event files"])
    assert histograms == {f"params/{name}": [(epoch, p.size) for epoch in (1, 2, 3)] for name, p in params.items()}


def test_the_histogram_is_that_of_the_weights(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    monitor = training.TensorBoardMonitor(tmp_path)
    _, params = fit_reference(ROWS[0], callbacks=[monitor])
    monitor.close()
    (*_, last) = EventAccumulator(str(tmp_path)).Reload().Tensors("params/0.weight")
    low, high, counts = make_ndarray(last.tensor_proto).T
    weight = params["0.weight"]
    assert_allclose([low[0], high[-1]], [weight.min(), weight.max()], rtol=1e-6)
    assert_allclose(counts, np.histogram(weight, len(counts))[0], rtol=0)


def test_tensorboard_sees_an_epoch_as_soon_as_it_is_over(tmp_path):
    monitor, seen, flushed = training.TensorBoardMonitor(tmp_path), [], []
    flush = monitor.writer.flush
    monitor.writer.flush = lambda: flushed.append(flush())  # its thread may be quick enough without, but need not be

    def look(model, history):
        seen.append((len(flushed), len(read_events(tmp_path)[0]["loss"])))

    fit_reference(ROWS[0], callbacks=[monitor, look])
    monitor.close()
    assert seen == [(1, 1), (2, 2), (3, 3)]


def test_a_training_that_diverges_is_monitored_too(tmp_path):
    monitor, model = training.TensorBoardMonitor(tmp_path), network()
    model.params["0.weight"][0] = np.nan
    model.params["0.bias"][...] = np.inf
    monitor(model, {"loss": [np.nan], "step_loss": [], "lr": []})
    monitor.close()
    scalars, histograms = read_events(tmp_path)
    assert np.isnan(scalars["loss"][0][1])
    assert histograms["params/0.weight"] == [(1, 16)]


def test_half_precision_is_monitored_too(tmp_path):
    monitor = training_torch.TensorBoardMonitor(tmp_path)
    monitor(nn.Linear(3, 2, dtype=torch.bfloat16), {"loss": [1.0]})
    monitor.close()
    assert read_events(tmp_path)[1] == {"params/bias": [(1, 2)], "params/weight": [(1, 6)]}


def test_a_monitor_of_another_fit_is_refused(tmp_path):
    monitor = training.TensorBoardMonitor(tmp_path)
    fit_reference(ROWS[0], callbacks=[monitor])
    with pytest.raises(
        ValueError, match=r"^this monitor watched another fit; expected a new one: try TensorBoardMonitor"
    ):
        fit_reference(ROWS[0], callbacks=[monitor])
    monitor.close()


def test_a_missing_tensorboard_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    for file in (training, training_torch):
        with pytest.raises(
            ImportError, match=r"^TensorBoard is missing; expected its package: try pip install tensorboard"
        ):
            file.TensorBoardMonitor(tmp_path)


def test_importing_the_reference_imports_neither_torch_nor_tensorboard():
    modules = "autodiff, gradients, metrics, perceptron, training"
    code = f"import sys; from course_lib import {modules}; print({{'torch', 'tensorboard'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE)
    assert done.stdout.strip() == "set()"


# What is refused, and in which words

X, Y = np.zeros((4, 4)), np.zeros(4, int)
TENSORS = torch.zeros(4, 4, dtype=torch.float64), torch.zeros(4, dtype=torch.long)


def fit(x=X, target=Y, optimizer=None, **options):
    return training.fit(network(), losses.CrossEntropy(), optimizer or optimizers.SGD(), x, target, **options)


def fit_torch(x=TENSORS[0], target=TENSORS[1], **options):
    model = nn.Linear(4, 3).double()
    optimizer = torch.optim.Adagrad(model.parameters())
    return training_torch.fit(model, losses_torch.CrossEntropy(), optimizer, x, target, **options)


WRONG = {
    "epochs": (lambda: fit(epochs=0), "epochs is 0; expected a whole number, 1 or more"),
    "batch_size": (lambda: fit(batch_size=2.5), r"batch_size is 2\.5; expected a whole number, 1 or more"),
    "batch_size of predict": (lambda: training.predict(network(), X, -1), "batch_size is -1; expected a whole number"),
    "targets": (
        lambda: fit(target=Y[:3]),
        r"x has shape \(4, 4\) and target \(3,\); expected one target for each example",
    ),
    "no examples": (
        lambda: training.predict(network(), np.empty((0, 4))),
        r"x has shape \(0, 4\); expected examples along the first axis: try x\[None\] for a single one",
    ),
    "a number": (lambda: training.predict(network(), 1.0), r"x has shape \(\); expected examples"),
    "targets of evaluate": (
        lambda: training.evaluate(network(), losses.CrossEntropy(), X, Y[:2]),
        r"x has shape \(4, 4\) and target \(2,\); expected one target",
    ),
    "validation": (lambda: fit(validation=(X, Y[:1])), r"x has shape \(4, 4\) and target \(1,\); expected one target"),
    "no momentum": (
        lambda: fit(momentum=momenta),
        "SGD has no momentum to set; expected an optimizer with momentum or beta1: try Momentum",
    ),
    "the twin's epochs": (lambda: fit_torch(epochs=-1), "epochs is -1; expected a whole number"),
    "the twin's batch_size": (lambda: fit_torch(batch_size=0), "batch_size is 0; expected a whole number"),
    "the twin's targets": (
        lambda: fit_torch(target=TENSORS[1][:3]),
        r"x has shape \(4, 4\) and target \(3,\); expected one target",
    ),
    "the twin's examples": (
        lambda: training_torch.predict(nn.Flatten(), torch.empty(0, 2)),
        r"x has shape \(0, 2\); expected examples",
    ),
    "the twin's targets of evaluate": (
        lambda: training_torch.evaluate(nn.Flatten(), losses_torch.CrossEntropy(), TENSORS[0], TENSORS[1][:2]),
        r"x has shape \(4, 4\) and target \(2,\); expected one target",
    ),
    "the twin's momentum": (lambda: fit_torch(momentum=momenta), "Adagrad has no momentum to set; expected"),
}


@pytest.mark.parametrize("wrong, message", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_refused_in_one_clear_sentence(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        wrong()
