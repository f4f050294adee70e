"""Scenes for exercises in PyTorch: a small model, its optimizer and its batches stand ready, the student's pieces act
in them, and numbers come back. No answer is known here.

A scene is given the pieces and a case's inputs (arrays and numbers) and yields (result, a call that gives it), in
order. Each result looks at one thing alone, so that a piece with several mistakes shows each of them.
"""

import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import nn

Results: TypeAlias = Iterator[tuple[str, Callable[[], Any]]]
Inputs: TypeAlias = Mapping[str, Any]


class Watched(nn.Module):
    """A model that notes of every forward call its mode, whether gradients are on, and how many examples came."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.training_calls: list[bool] = []
        self.gradient_calls: list[bool] = []
        self.sizes: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.training_calls.append(self.training)
        self.gradient_calls.append(torch.is_grad_enabled())
        self.sizes.append(len(x))
        return self.inner(x)


def network(inputs: Inputs, dropout: float = 0.0) -> Watched:
    """Two dense layers with the weights of the case: w1 (H, D), b1 (H,), w2 (K, H), b2 (K,)."""
    first, second = nn.Linear(*inputs["w1"].shape[::-1]), nn.Linear(*inputs["w2"].shape[::-1])
    with torch.no_grad():
        for p, name in zip((first.weight, first.bias, second.weight, second.bias), ("w1", "b1", "w2", "b2")):
            p.copy_(torch.as_tensor(inputs[name]))
    return Watched(nn.Sequential(first, nn.Tanh(), nn.Dropout(dropout), second))


def floats(array: Any) -> torch.Tensor:
    return torch.as_tensor(np.array(array), dtype=torch.float32)


def whole(array: Any) -> torch.Tensor:
    return torch.as_tensor(np.array(array), dtype=torch.int64)


def weights(model: nn.Module) -> torch.Tensor:
    """All parameters in one row; a copy."""
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def pairs(inputs: Inputs) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The case's examples in batches of `batch_size`; the last one may be smaller."""
    size = inputs["batch_size"]
    return list(zip(floats(inputs["x"]).split(size), whole(inputs["labels"]).split(size)))


class Once:
    """A call that is made when the first result is asked for; the others read what it left."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.problem = act, ""
        self.told: list[Any] = []

    def __call__(self) -> Any:
        from autograder.sandbox.protocols import NotTried

        if self.problem:
            raise NotTried(f"it did not come to its end: {self.problem}")
        if not self.told:
            try:
                self.told.append(self.act())
            except Exception as problem:
                self.problem = type(problem).__name__
                raise
        return self.told[0]


def _batches(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """Two epochs of batches out of one generator."""
    (batches,) = pieces
    x, labels, size = floats(inputs["x"]), whole(inputs["labels"]), inputs["batch_size"]

    def act() -> list[list[Any]]:
        generator = torch.Generator().manual_seed(inputs["seed"])
        return [list(batches(x.clone(), labels.clone(), size, generator)) for _ in range(2)]

    epochs = Once(act)
    yield "examples", lambda: torch.cat([torch.column_stack([x, labels]) for x, labels in epochs()[0]])
    yield "sizes", lambda: [len(x) for x, _ in epochs()[0]]
    yield "next epoch", lambda: torch.cat([torch.as_tensor(x) for x, _ in epochs()[1]])


def _train_step(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """Two steps of plain gradient descent, with a model that an evaluation has left in its mode."""
    (train_step,) = pieces
    model = network(inputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=inputs["lr"])
    model.eval()
    told: list[Any] = []
    went_backward: list[int] = []
    steps = torch.zeros(3)  # of the optimizer; those after a backward; those that found a gradient

    def stepped(*_: Any) -> None:
        found = any(p.grad is not None and bool(p.grad.any()) for p in model.parameters())
        steps.add_(torch.tensor([1.0, bool(went_backward), found]))
        went_backward.clear()

    optimizer.register_step_pre_hook(stepped)
    next(model.parameters()).register_hook(lambda grad: went_backward.append(1))

    def act() -> float:
        for x, labels in pairs(inputs):
            told.append(train_step(model, nn.CrossEntropyLoss(), optimizer, x, labels))
        return float(_number(told[0]))

    first = Once(act)
    yield "loss", first
    yield "weights", lambda: (first(), torch.cat([weights(model), steps]))[1]
    yield "mode", lambda: (first(), [float(training) for training in model.training_calls[: len(told)]])[1]
    yield "graph", lambda: (first(), sum(float(getattr(loss, "requires_grad", False)) for loss in told))[1]


def _number(loss: Any) -> Any:
    if loss is None:
        raise TypeError("the function returned None: is a `return` missing?")
    return loss.detach() if isinstance(loss, torch.Tensor) else loss


def _train_epoch(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """One epoch over given batches, of which the last is small."""
    (train_epoch,) = pieces
    model = network(inputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=inputs["lr"])
    mean = Once(lambda: _number(train_epoch(model, nn.CrossEntropyLoss(), optimizer, pairs(inputs))))
    yield "loss", mean
    yield "weights", lambda: (mean(), weights(model))[1]


def _accumulate(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """The same batch twice, each time one step of the optimizer."""
    (accumulated_step,) = pieces
    model = network(inputs)
    optimizer = torch.optim.SGD(model.parameters(), lr=inputs["lr"])
    steps: list[int] = []
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    x, labels, size = floats(inputs["x"]), whole(inputs["labels"]), inputs["batch_size"]

    def act() -> list[float]:
        return [
            float(_number(accumulated_step(model, nn.CrossEntropyLoss(), optimizer, x, labels, size))) for _ in range(2)
        ]

    losses = Once(act)
    yield "losses", losses
    yield "weights", lambda: (losses(), weights(model))[1]
    yield "steps", lambda: (losses(), len(steps))[1]
    yield "sizes", lambda: (losses(), model.sizes)[1]


def _evaluate(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """An evaluation in the middle of a training, of a network with dropout; and one that finds the model at rest."""
    (evaluate,) = pieces
    model = network(inputs, dropout=0.5)
    model.train()
    x, labels = floats(inputs["x"]), whole(inputs["labels"])

    def act() -> Any:
        answer = evaluate(model, nn.CrossEntropyLoss(), x, labels, inputs["batch_size"])
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise TypeError(f"the function returned a {type(answer).__name__}; expected two numbers: loss, accuracy")
        return answer

    def at_rest() -> float:
        resting = network(inputs, dropout=0.5)
        resting.eval()
        evaluate(resting, nn.CrossEntropyLoss(), x, labels, inputs["batch_size"])
        return float(resting.training)

    told = Once(act)
    yield "loss", lambda: _number(told()[0])
    yield "accuracy", lambda: _number(told()[1])
    yield "gradients", lambda: (told(), sum(model.gradient_calls))[1]
    yield "sizes", lambda: (told(), model.sizes)[1]
    yield "mode", lambda: (told(), [float(model.training), at_rest()])[1]


def _answer(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """One example as a user sends it, to a model with dropout."""
    (answer,) = pieces
    model = network(inputs, dropout=0.5)
    model.train()

    def act() -> Any:
        told = answer(model, floats(inputs["x"]), floats(inputs["mean"]), floats(inputs["std"]))
        if not isinstance(told, tuple | list) or len(told) != 2:
            raise TypeError(f"the function returned a {type(told).__name__}; expected two: label, probability")
        return told

    told = Once(act)
    yield "label", lambda: _number(told()[0])
    yield "probability", lambda: _number(told()[1])


def _checkpoint(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """A run is saved and goes on; another one, begun with other weights and another rate, takes up what was saved."""
    save, load = pieces
    batches = pairs(inputs)

    def begun(shift: float) -> tuple[Watched, torch.optim.Optimizer]:
        model = network({**inputs, "w1": inputs["w1"] + shift})
        return model, torch.optim.Adam(model.parameters(), lr=inputs["lr"] * (1 + shift))

    def train(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        for x, labels in batches:
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(model(x), labels).backward()
            optimizer.step()

    def act() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.pt")
            first, second = begun(0.0), begun(1.0)
            train(*first)
            save(path, *first, inputs["epoch"])
            train(*first)
            epoch = load(path, *second)
        loaded = weights(second[0])
        train(*second)
        return {"epoch": epoch, "weights": loaded, "later": weights(second[0])}

    told = Once(act)
    for name in ("epoch", "weights", "later"):
        yield name, lambda name=name: told()[name]  # type: ignore[misc]


# A program with planted bugs. Every result looks at one of them.


class _Token:
    """Lives as long as the graph of one loss."""


class _Loss(torch.autograd.Function):
    """The value `told`, whatever comes in, with the gradient of what comes in; notes when it goes backward."""

    @staticmethod
    def forward(
        ctx: Any, loss: torch.Tensor, told: float, token: _Token, backward: Callable[[bool], None]
    ) -> torch.Tensor:
        ctx.token, ctx.on_backward = token, backward
        return torch.full_like(loss, told)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None, None, None]:
        ctx.on_backward(bool(grads[0] > 0))
        return grads[0], None, None, None


class _Rehearsal:
    """One epoch of a training loop with a model, a loss, an optimizer and a schedule that note what is done to them."""

    def __init__(self, train: Callable[..., Any], inputs: Inputs) -> None:
        self.train = train
        # One layer: with more of them, a step between forward and backward is an error that would hide the others.
        self.model = Watched(nn.Linear(inputs["x"].shape[1], int(inputs["classes"])))
        self.model.eval()  # as an evaluation has left it
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=inputs["lr"])
        self.optimizer.register_step_pre_hook(self._stepped)
        self.batches = pairs(inputs)
        self.in_training = 0
        self.model.register_forward_pre_hook(self._forward)
        self.told = iter(inputs["losses"])
        self.graphs: list[weakref.ref] = []
        self.dirty = self.fresh = self.steps = self.whole = self.kept = self.schedules = 0
        self.went_backward = False
        self.steps_before_schedule = -1

    def step(self, *_: Any) -> None:
        """The schedule's."""
        self.schedules += 1
        if self.steps_before_schedule < 0:
            self.steps_before_schedule = self.steps

    def _forward(self, model: nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        self.in_training += model.training and any(torch.equal(given[0], x) for x, _ in self.batches)

    def _stepped(self, *_: Any) -> None:
        self.steps += 1
        self.fresh += self.went_backward and any(bool(g.any()) for g in self._gradients())
        self.went_backward = False

    def _gradients(self) -> list[torch.Tensor]:
        return [p.grad for p in self.model.parameters() if p.grad is not None]

    def _backward(self, downhill: bool) -> None:
        self.dirty += any(bool(g.any()) for g in self._gradients())
        self.went_backward = downhill

    def loss(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        alive = sum(graph() is not None for graph in self.graphs)
        self.kept = max(self.kept, alive - 1)  # that of the batch before may still have its name
        self.whole += not target.is_floating_point()
        self.went_backward = False
        token = _Token()
        self.graphs.append(weakref.ref(token))
        real = nn.functional.cross_entropy(prediction, target.long())
        return _Loss.apply(real, float(next(self.told)), token, self._backward)

    def run(self) -> "_Rehearsal":
        self.answer = _number(self.train(self.model, self.loss, self.optimizer, self, self.batches))
        return self


def _mend(pieces: Sequence[Any], inputs: Inputs) -> Results:
    """The four pieces of a program, each looked at alone: network, split, train_epoch, evaluate."""
    make, split, train, evaluate = pieces
    inside = _Network(make, inputs)
    yield "input size", inside.sizes
    yield "return", inside.shape
    yield "logits", inside.logits
    parts = Once(lambda: _split(split, inputs))
    yield "pairs", lambda: parts()[0]
    yield "validation apart", lambda: parts()[1]
    epoch = Once(lambda: _Rehearsal(train, inputs).run())
    yield "training mode", lambda: epoch().in_training
    yield "targets", lambda: epoch().whole
    yield "clean gradients", lambda: epoch().dirty
    yield "fresh gradients", lambda: epoch().fresh
    yield "graphs kept", lambda: epoch().kept
    yield "mean loss", lambda: epoch().answer
    yield "schedule", lambda: [epoch().steps_before_schedule, epoch().schedules]
    model = Watched(_Fixed(floats(inputs["seen"]), floats(inputs["logits"])))
    model.train()  # as a training has left it
    accuracy = Once(lambda: _number(evaluate(model, floats(inputs["seen"]), whole(inputs["right"]))))
    yield "evaluation mode", lambda: (accuracy(), sum(model.training_calls))[1]
    yield "accuracy", accuracy


class _Fixed(nn.Module):
    """Knows one batch and its answer."""

    def __init__(self, x: torch.Tensor, answer: torch.Tensor) -> None:
        super().__init__()
        self.x, self.answer = x, answer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.answer if torch.equal(x, self.x) else -self.answer


class _Network:
    """A class of networks, `make(input_size, classes)`, as it is built and what it answers."""

    def __init__(self, make: Any, inputs: Inputs) -> None:
        self.make, self.x, self.classes = make, floats(inputs["x"]), int(inputs["classes"])

    def sizes(self) -> list[float]:
        """For two sizes of input: how many inputs the first layer takes; 0 where the network cannot be built."""
        found = []
        for size in (self.x.shape[1], self.x.shape[1] + 2):
            try:
                found.append(float(_first_layer(self.make(size, self.classes))))
            except (NameError, TypeError):
                found.append(0.0)
        return found

    def built(self) -> Any:
        """A network, also of a class that only lacks the name `input_size`."""
        size = self.x.shape[1]
        torch.manual_seed(0)
        try:
            return self.make(size, self.classes)
        except (NameError, TypeError):
            torch.manual_seed(0)
            space = self.make.__init__.__globals__
            before = space.get("input_size")
            space["input_size"] = size
            try:
                return self.make(self.classes)
            finally:
                if before is None:
                    del space["input_size"]
                else:
                    space["input_size"] = before

    def answer(self) -> tuple[Any, Any]:
        """What forward returns in training mode, and what the last of its layers answered."""
        unit = self.built()
        unit.train()
        torch.manual_seed(1)
        seen: list[Any] = []
        for layer in unit.modules():
            if not list(layer.children()):
                layer.register_forward_hook(lambda layer, given, answer: seen.append(answer))
        with torch.no_grad():
            return unit.forward(self.x), seen[-1] if seen else None

    def shape(self) -> list[int]:
        returned, _ = self.answer()
        return [0, 0] if returned is None else list(returned.shape)

    def logits(self) -> Any:
        returned, last = self.answer()
        return last if returned is None else returned


def _first_layer(unit: Any) -> int:
    return next(layer.in_features for layer in unit.modules() if isinstance(layer, nn.Linear))


def _split(split: Callable[..., Any], inputs: Inputs) -> tuple[list[int], list[int]]:
    """Pairs torn apart in both parts; (how many examples there are in each part, how many are in both)."""
    number = torch.arange(int(inputs["examples"]))
    generator = torch.Generator().manual_seed(int(inputs["seed"]))
    x, labels, x_val, labels_val = split(number.float()[:, None].repeat(1, 2), number.clone(), generator)
    ours = len(number) - len(x_val)  # of a training set that holds all examples, those that belong there
    torn = [int((x[:ours, 0].long() != labels[:ours]).sum()), int((x_val[:, 0].long() != labels_val).sum())]
    both = set(x[:, 0].tolist()) & set(x_val[:, 0].tolist())
    return torn, [len(x), len(x_val), len(both)]


SCENES: dict[str, Callable[[Sequence[Any], Inputs], Results]] = {
    "batches": _batches,
    "train_step": _train_step,
    "train_epoch": _train_epoch,
    "accumulate": _accumulate,
    "evaluate": _evaluate,
    "answer": _answer,
    "checkpoint": _checkpoint,
    "mend": _mend,
}
