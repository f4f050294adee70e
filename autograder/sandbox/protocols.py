"""How to use a candidate and which named arrays to bring back: one protocol for each shape of unit.

A protocol has `takes`, what `check` is given, in order; `results`, the names of what comes back; and `calls`, which
yields for one set of inputs (result, the copies it is given, a call that computes it), in the order of `results`.
Later calls may build on
earlier ones: a backward follows its forward. An input called "rng" is a seed; the candidate gets a generator made
from it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar, TypeAlias

import numpy as np

Calls: TypeAlias = Iterator[tuple[str, dict[str, Any], Callable[[], Any]]]
Candidates: TypeAlias = Sequence[Callable[..., Any] | None]
Inputs: TypeAlias = Mapping[str, Any]


def _given(inputs: Inputs, names: Sequence[str]) -> dict[str, Any]:
    """Copies of the inputs with these names; those that a case does not have are left out."""
    return {
        name: np.random.default_rng(inputs[name]) if name == "rng" else deepcopy(inputs[name])
        for name in names
        if name in inputs
    }


class NotTried(RuntimeError):
    """Something else failed before; what would have come next was not tried."""


@dataclass(frozen=True)
class Protocol:
    """What all protocols share: they are sent across the boundary as a name and their fields."""

    kind: ClassVar[str]

    @property
    def takes(self) -> tuple[str, ...]:
        """What the candidates are called, in order."""
        return ("unit",)

    @property
    def results(self) -> tuple[str, ...]:
        raise NotImplementedError

    def given(self, result: str) -> tuple[str, ...]:
        """The inputs that matter to a result, for telling a student; () stands for all."""
        return ()

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        return {"protocol": self.kind, **asdict(self)}


class Call(Protocol):
    """Functions on arrays, one for each result, each called with the named inputs by position.

    `Call(value=("prediction", "target"), gradient=("prediction", "target"))` expects two candidates, in this order.
    """

    kind = "call"

    def __init__(self, **arguments: Sequence[str]) -> None:
        object.__setattr__(self, "arguments", {result: tuple(names) for result, names in arguments.items()})

    arguments: dict[str, tuple[str, ...]]

    @property
    def takes(self) -> tuple[str, ...]:
        return tuple(self.arguments)

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(self.arguments)

    def given(self, result: str) -> tuple[str, ...]:
        return self.arguments[result]

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        for (result, names), candidate in zip(self.arguments.items(), candidates):
            if candidate is not None:
                given = _given(inputs, names)
                yield result, given, partial(candidate, *given.values())

    def to_dict(self) -> dict[str, Any]:
        return {"protocol": self.kind, **{result: list(names) for result, names in self.arguments.items()}}


@dataclass(frozen=True)
class Program(Protocol):
    """One function that gives several named arrays, or a network or loop that is observed at named points.

    It is called with the inputs by position and returns a tuple in the order of `returns`, or a dictionary with
    these names.
    """

    kind = "program"
    arguments: Sequence[str]
    returns: Sequence[str]

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(self.returns)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        told: dict[str, Any] = {}
        given = _given(inputs, self.arguments)

        def run() -> Any:
            assert candidate is not None
            answer = candidate(*given.values())
            if isinstance(answer, Mapping):
                told.update(answer)
            elif isinstance(answer, tuple | list) and len(answer) == len(self.returns):
                told.update(zip(self.returns, answer))
            else:
                names = ", ".join(self.returns)
                got = f"{len(answer)} things" if isinstance(answer, tuple | list) else f"a {type(answer).__name__}"
                raise TypeError(f"the function returned {got}; expected {len(self.returns)}: {names}")
            return pick(self.returns[0])

        def pick(name: str) -> Any:
            if not told:
                raise NotTried("the function did not come to its return")
            if name not in told:
                raise LookupError(f"{name} was not returned; got {', '.join(map(str, told))}")
            return told[name]

        yield self.returns[0], given, run
        for name in self.returns[1:]:
            yield name, {}, partial(pick, name)


@dataclass(frozen=True)
class Module(Protocol):
    """A class: constructed, its parameters loaded, then forward, backward and what both leave behind.

    constructor, forward: the names of the inputs they are given, by position; those a case lacks are left out.
    parameters: inputs that are written into `unit.params`; their gradients come back from `unit.grads` as "grad NAME".
    backward: the input that is the upstream gradient; "" if there is no backward. `gradient` says what it returns.
    before: inputs (a list of arrays) for forward calls in training mode that come first, as batch norm's earlier
    batches.
    reads: attributes, or names in `unit.buffers`, read last. An input "training" sets `unit.training`.
    """

    kind = "module"
    constructor: Sequence[str] = ()
    forward: Sequence[str] = ("x",)
    parameters: Sequence[str] = ()
    backward: str = ""
    gradient: bool = True
    before: str = ""
    reads: Sequence[str] = ()

    @property
    def results(self) -> tuple[str, ...]:
        after = ("gradient",) * self.gradient + tuple(f"grad {name}" for name in self.parameters)
        return ("value", *(after if self.backward else ()), *self.reads)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        made: list[Any] = []
        given = _given(inputs, self.forward)

        def forward() -> Any:
            assert candidate is not None
            unit = candidate(*_given(inputs, self.constructor).values())
            for name in self.parameters:
                unit.params[name] = deepcopy(inputs[name])
            for x in inputs.get(self.before, ()):
                unit.forward(deepcopy(x))
            if "training" in inputs:
                unit.training = bool(inputs["training"])
            y = unit.forward(*given.values())
            made.append(unit)
            return y

        def unit() -> Any:
            if not made:
                raise NotTried("forward did not come to its end, so this was not tried")
            return made[0]

        yield "value", given, forward
        if self.backward:
            dy = _given(inputs, (self.backward,))
            dx: list[Any] = []

            def backward() -> Any:
                dx.append(unit().backward(*dy.values()))
                return dx[0]

            def grad(name: str) -> Any:
                if not dx and self.gradient:
                    raise NotTried("backward did not come to its end")
                return _left(unit(), name)

            if self.gradient:
                yield "gradient", dy, backward
            for number, name in enumerate(self.parameters):

                def first(name: str = name) -> Any:
                    unit().backward(*dy.values())
                    dx.append(None)
                    return _left(unit(), name)

                lone = not self.gradient and number == 0
                yield f"grad {name}", {}, first if lone else partial(grad, name)
        for name in self.reads:
            yield name, {}, partial(_read, unit, name)


def _left(unit: Any, name: str) -> Any:
    """The gradient that backward left for a parameter."""
    if name not in unit.grads:
        raise LookupError(f"backward left nothing in self.grads[{name!r}]")
    return unit.grads[name]


def _read(made: Callable[[], Any], name: str, within: str = "buffers") -> Any:
    """The attribute of the object that was made, or the entry of its dictionary `within`."""
    unit = made()
    known = getattr(unit, within, None)
    return known[name] if isinstance(known, Mapping) and name in known else getattr(unit, name)


@dataclass(frozen=True)
class Optimizer(Protocol):
    """A class with `init(p)` -> state and `update(p, g, state, lr, t)` -> the new parameter; t counts from 1.

    It is made with the inputs in `constructor` as keyword arguments and sees the gradients (T, …) one after the
    other, from the start `p`; `lr` is a number or (T,). With "curvature" (…) in a case the gradient is curvature·p +
    that step's gradient. With "neighbor" in a case the same optimizer also moves a second parameter, which starts
    there and whose gradient is itself, after every step of the first: a memory they share shows.
    "trajectory" (T, …) holds the first parameter after every step.
    """

    kind = "optimizer"
    constructor: Sequence[str] = ()

    @property
    def results(self) -> tuple[str, ...]:
        return ("trajectory",)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        given = _given(inputs, ("p", "gradients", "lr"))

        def run() -> Any:
            assert candidate is not None
            optimizer = candidate(**_given(inputs, self.constructor))
            p, gradients = given["p"], given["gradients"]
            rates = np.broadcast_to(given["lr"], len(gradients))
            state, trajectory = optimizer.init(p), []
            beside = _given(inputs, ("neighbor",)).get("neighbor")
            other = None if beside is None else optimizer.init(beside)
            for t, (g, lr) in enumerate(zip(gradients, rates), start=1):
                g = g + inputs["curvature"] * p if "curvature" in inputs else g.copy()
                p = optimizer.update(p, g, state, float(lr), t)
                if p is None:
                    raise TypeError("update returned None: is a `return` missing?")
                p = np.array(p, float)
                trajectory.append(p.copy())
                if beside is not None:
                    beside = np.array(optimizer.update(beside.copy(), beside.copy(), other, float(lr), t), float)
            return np.stack(trajectory)

        yield "trajectory", {name: given[name] for name in ("p",)}, run


@dataclass(frozen=True)
class Schedule(Protocol):
    """A function that makes a schedule: `make(…)` -> a function of the step (from 0). "rates" are those at `steps`.

    make is called with the inputs in `constructor` by position. The schedule is called with one step at a time.
    """

    kind = "schedule"
    constructor: Sequence[str] = ()

    @property
    def results(self) -> tuple[str, ...]:
        return ("rates",)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        given = _given(inputs, self.constructor)

        def run() -> Any:
            assert candidate is not None
            schedule = candidate(*given.values())
            if not callable(schedule):
                raise TypeError(f"make returned a {type(schedule).__name__}; expected a function of the step")
            rates = [schedule(int(step)) for step in inputs["steps"]]
            for step, rate in zip(inputs["steps"], rates):
                if rate is None:
                    raise TypeError(f"the schedule returned None at step {step}: is a `return` missing?")
            return [float(rate) for rate in rates]

        yield "rates", given, run


@dataclass(frozen=True)
class Listener(Protocol):
    """A class with `step(metric)`, or `step(metric, params)` where a case has "params" (T, …): what it answers, one
    for each metric.

    constructor: keyword arguments. "answers" (T,) are what step returned; `reads` are attributes read at the end. With
    `restores`, `restore(params)` is called last on a dictionary with one array "weight", which comes back as
    "restored".
    """

    kind = "listener"
    constructor: Sequence[str] = ()
    reads: Sequence[str] = ()
    restores: bool = False

    @property
    def results(self) -> tuple[str, ...]:
        return ("answers", *self.reads, *(("restored",) * self.restores))

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        made: list[Any] = []
        params = {"weight": np.zeros_like(inputs["params"][0])} if "params" in inputs else {}

        def run() -> Any:
            assert candidate is not None
            unit = candidate(**_given(inputs, self.constructor))
            answers = []
            for t, metric in enumerate(inputs["metrics"]):
                if params:
                    params["weight"][...] = inputs["params"][t]
                answers.append(unit.step(float(metric), *((params,) if params else ())))
            made.append(unit)
            silent = [t for t, answer in enumerate(answers) if answer is None]
            if silent:
                raise TypeError(f"step returned None after metric number {silent[0] + 1}: is a `return` missing?")
            return answers

        def listener() -> Any:
            if not made:
                raise NotTried("step did not come to its end, so this was not tried")
            return made[0]

        def restored() -> Any:
            array = params["weight"]  # a model keeps its own name for it: a new array under the key does not reach it
            listener().restore(params)
            return array

        yield "answers", {}, run
        for name in self.reads:
            yield name, {}, partial(_read, listener, name)
        if self.restores:
            yield "restored", {}, restored


@dataclass(frozen=True)
class Estimator(Protocol):
    """A class that is made with `constructor` (by position), fitted on `fit`, and answers for `predict`, which it
    has not seen.

    Results: what `fit` returned if `history` is set; "prediction"; then `reads`: attributes, or names in `unit.params`.
    `parameters` are inputs that are written into `unit.params` before fitting.
    """

    kind = "estimator"
    constructor: Sequence[str] = ()
    fit: Sequence[str] = ("x", "target")
    predict: Sequence[str] = ("x_new",)
    parameters: Sequence[str] = ()
    reads: Sequence[str] = ()
    history: bool = False
    method: str = "predict"

    @property
    def results(self) -> tuple[str, ...]:
        return (*(("history",) * self.history), "prediction", *self.reads)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        made: list[Any] = []
        given = _given(inputs, self.fit)
        asked = _given(inputs, self.predict)

        def fitted() -> Any:
            assert candidate is not None
            unit = candidate(*_given(inputs, self.constructor).values())
            for name in self.parameters:
                unit.params[name] = deepcopy(inputs[name])
            history = unit.fit(*given.values())
            made.append(unit)
            return history

        def unit() -> Any:
            if not made:
                raise NotTried("fit did not come to its end, so this was not tried")
            return made[0]

        def predict() -> Any:
            if not self.history:
                fitted()
            return getattr(unit(), self.method)(*asked.values())

        if self.history:
            yield "history", given, fitted
        yield "prediction", asked, predict
        for name in self.reads:
            yield name, {}, partial(_read, unit, name, "params")


@dataclass(frozen=True)
class Graph(Protocol):
    """A class of numbers that remember what they were made of: `Scalar(value)`, arithmetic, `backward()`, `.value`,
    `.grad`.

    `leaves` (n,) become Scalars. `program` is a list of steps [operation, operand, operand]: operands are the
    numbers of earlier values (the leaves come first) or, for "**", a plain number. The last one is the output.
    Results: "value" and "gradient" (n,), the output's derivative for each leaf.
    """

    kind = "graph"

    @property
    def results(self) -> tuple[str, ...]:
        return ("value", "gradient")

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        (candidate,) = candidates
        leaves: list[Any] = []
        output: list[Any] = []

        def forward() -> Any:
            assert candidate is not None
            leaves.extend(candidate(float(value)) for value in inputs["leaves"])
            nodes = list(leaves)
            for operation, *operands in inputs["program"]:
                nodes.append(_apply(operation, nodes, operands))
            output.append(nodes[-1])
            return nodes[-1].value

        def backward() -> Any:
            if not output:
                raise NotTried("the graph could not be built, so backward was not tried")
            output[0].backward()
            return [leaf.grad for leaf in leaves]

        yield "value", {}, forward
        yield "gradient", {}, backward


def _apply(operation: str, nodes: Sequence[Any], operands: Sequence[Any]) -> Any:
    first = nodes[operands[0]]
    if operation == "+":
        return first + nodes[operands[1]]
    if operation == "-":
        return first - nodes[operands[1]]
    if operation == "*":
        return first * nodes[operands[1]]
    if operation == "/":
        return first / nodes[operands[1]]
    if operation == "**":
        return first ** operands[1]
    return getattr(first, operation)()  # exp, log, tanh, sigmoid, relu


@dataclass(frozen=True)
class Scene(Protocol):
    """Pieces of a program in PyTorch, which act in one of `scenes.SCENES` and are observed there.

    `returns` are the scene's results in order; `shows` the inputs that are worth telling a student. Only playing a
    scene imports torch.
    """

    kind = "scene"
    name: str
    returns: Sequence[str]
    pieces: Sequence[str] = ("unit",)
    shows: Sequence[str] = ()

    def given(self, result: str) -> tuple[str, ...]:
        return tuple(self.shows)

    @property
    def takes(self) -> tuple[str, ...]:
        return tuple(self.pieces)

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(self.returns)

    def calls(self, candidates: Candidates, inputs: Inputs) -> Calls:
        import torch

        from autograder.sandbox.scenes import SCENES

        for result, call in SCENES[self.name](candidates, inputs):
            yield result, {}, partial(self._seeded, torch, call)

    @staticmethod
    def _seeded(torch: Any, call: Callable[[], Any]) -> Any:
        """The same random numbers for everybody, and those of the notebook left as they were."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            try:
                return call()
            except NotImplementedError as problem:
                if not str(problem):  # the line of an exercise that nobody has begun
                    raise
                # PyTorch's word for a type that a function cannot take
                raise RuntimeError(str(problem)).with_traceback(problem.__traceback__) from None


KINDS: dict[str, type[Protocol]] = {
    kind.kind: kind for kind in (Call, Program, Module, Optimizer, Schedule, Listener, Estimator, Graph, Scene)
}


def from_dict(description: Mapping[str, Any]) -> Protocol:
    """The protocol that `to_dict` described; ValueError for an unknown one."""
    fields = dict(description)
    kind = fields.pop("protocol", None)
    if kind not in KINDS:
        raise ValueError(f"unknown protocol {kind!r}; known: {', '.join(KINDS)}")
    return KINDS[kind](**fields)
