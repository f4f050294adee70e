"""Training: `fit` a model to examples, `evaluate` it on others, `predict`, and watch it in TensorBoard.

A model has `forward(x)`, `backward(dy)`, `params` and `grads`, and obeys `training`; x holds N examples along its first
axis, and so does the target. Metrics are a dict of functions: {"accuracy": metrics.accuracy}.
"""

import time
from numbers import Integral

import numpy as np

__all__ = ["fit", "evaluate", "predict", "TensorBoardMonitor"]  # noqa: RUF022 in the order of the course's table


def fit(
    model, loss, optimizer, x, target, epochs=10, batch_size=32, *,
    validation=None, metrics=None, schedule=None, momentum=None, regularizer=None, clip=None, callbacks=(),
    progress=False, rng=None,
):  # fmt: skip
    """Epochs of mini-batches: forward, loss, backward, one step of the optimizer -> history, a dict of lists.

    history: for each epoch "loss" and the metrics, of the answers given while training; "validation_loss" and so on
    where validation = (x, target) is given; for each step "step_loss" and "lr".
    The examples are shuffled by rng at each epoch, or stay in their order without one.
    schedule: step from 0 -> the optimizer's lr, or an object with `step(metric)` as `schedules.PerformanceDecay`,
    which hears the validation loss (or else the loss) once an epoch; momentum: step -> the momentum, or Adam's beta1.
    regularizer: its penalty of all params with two axes or more joins the gradient, not the loss that is reported.
    clip: grads -> grads, e.g. lambda grads: gradients.clip_by_norm(grads, 1.0).
    callbacks: each `callback(model, history)` is called after every epoch; training stops when one answers True.
    """
    x, target = examples(np.asarray(x), np.asarray(target))
    epochs, batch_size = whole("epochs", epochs), whole("batch_size", batch_size)
    steps = epochs * -(-len(x) // batch_size)
    history: dict[str, list[float]] = {"step_loss": [], "lr": []}
    line = Progress(steps if progress else 0)
    model.training = True
    for _ in range(epochs):
        order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
        predictions = []
        for batch in np.split(order, range(batch_size, len(x), batch_size)):
            _set_rates(optimizer, len(history["lr"]), schedule, momentum)
            predictions.append(model.forward(x[batch]))
            history["step_loss"].append(float(loss.forward(predictions[-1], target[batch])))
            history["lr"].append(float(optimizer.lr))
            model.backward(loss.backward())
            optimizer.step(model.params, _gradients(model, regularizer, clip))
            line.show(len(history["lr"]), history)
        record(history, "", _measure(loss, metrics, np.concatenate(predictions), target[order]))
        if validation is not None:
            record(history, "validation_", evaluate(model, loss, validation[0], validation[1], metrics))
        if hasattr(schedule, "step"):
            schedule.step(history.get("validation_loss", history["loss"])[-1])
        if any([callback(model, history) for callback in callbacks]):  # a list, so that every callback is called
            break
    line.end(history)
    return history


def evaluate(model, loss, x, target, metrics=None, batch_size=256):
    """The loss and the metrics of the model's answers in evaluation -> {"loss": …, "accuracy": …}."""
    x, target = examples(np.asarray(x), np.asarray(target))
    return _measure(loss, metrics, predict(model, x, batch_size), target)


def predict(model, x, batch_size=256):
    """The model's answers in evaluation, batch by batch; batch_size=1 asks for one at a time, as live services do."""
    x = np.asarray(x)
    examples(x, x)
    batch_size, before = whole("batch_size", batch_size), getattr(model, "training", True)
    model.training = False
    try:
        return np.concatenate([model.forward(x[i : i + batch_size]) for i in range(0, len(x), batch_size)])
    finally:
        model.training = before


class TensorBoardMonitor:
    """A callback of `fit` that writes event files: all of history, and histograms of the params after each epoch.

        monitor = TensorBoardMonitor("runs/first")
        fit(…, callbacks=[monitor])
        monitor.close()

    and `tensorboard --logdir runs` shows them, also while the training goes on. Each fit needs a monitor and a folder
    of its own.
    """

    def __init__(self, folder):
        try:
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as error:
            raise ImportError("TensorBoard is missing; expected its package: try pip install tensorboard") from error
        self.writer, self.history, self.written = EventFileWriter(str(folder)), None, {}

    def __call__(self, model, history):
        from tensorboard.plugins.histogram.summary_v2 import histogram_pb
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb

        if self.history is not None and self.history is not history:
            raise ValueError(
                "this monitor watched another fit; expected a new one: try TensorBoardMonitor(a new folder)"
            )
        self.history = history
        for name, values in history.items():
            for step in range(self.written.get(name, 0), len(values)):
                self.write(scalar_pb(name, values[step]), step + 1)
            self.written[name] = len(values)
        for name, p in self.arrays(model).items():
            self.write(histogram_pb(f"params/{name}", p[np.isfinite(p)]), len(history["loss"]))
        self.writer.flush()

    def write(self, summary, step):
        from tensorboard.compat.proto.event_pb2 import Event

        self.writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))

    def arrays(self, model):
        return model.params

    def close(self):
        self.writer.close()


class Progress:
    """One line that is written over a hundred times from the first of the steps to the last; nothing for 0 steps."""

    def __init__(self, steps):
        self.steps, self.width = steps, 0

    def show(self, step, history):
        if self.steps and (step - 1) * 100 // self.steps < step * 100 // self.steps:
            self.write(step, history)

    def end(self, history):
        if self.steps:
            self.write(len(history["lr"]), history)
            print(flush=True)

    def write(self, step, history):
        each_epoch = {name: values[-1] for name, values in history.items() if name not in ("step_loss", "lr")}
        bar = f"{'█' * (20 * step // self.steps):░<20} {step}/{self.steps} steps"
        line = "  ".join([bar, *(f"{name} {value:.4g}" for name, value in each_epoch.items())])
        print(f"\r{line:<{self.width}}", end="", flush=True)
        self.width = max(self.width, len(line))


def _set_rates(optimizer, step, schedule, momentum):
    if schedule is not None:
        optimizer.lr = rate(schedule, step)
    if momentum is not None:
        name = momentum_name(type(optimizer).__name__, vars(optimizer))
        setattr(optimizer, name, momentum(step))


def _gradients(model, regularizer, clip):
    grads = dict(model.grads)
    if regularizer is not None:
        weights = {name: p for name, p in model.params.items() if np.ndim(p) > 1}
        regularizer.forward(weights)
        grads |= {name: grads[name] + g for name, g in regularizer.backward().items()}
    return grads if clip is None else clip(grads)


def _measure(loss, metrics, prediction, target):
    measures = {"loss": loss.forward, **(metrics or {})}
    return {name: float(measure(prediction, target)) for name, measure in measures.items()}


def record(history, prefix, measures):
    for name, value in measures.items():
        history.setdefault(prefix + name, []).append(value)


def rate(schedule, step):
    return schedule.lr if hasattr(schedule, "step") else schedule(step)


def momentum_name(optimizer, names):
    for name in ("momentum", "beta1", "betas"):
        if name in names:
            return name
    raise ValueError(f"{optimizer} has no momentum to set; expected an optimizer with momentum or beta1: try Momentum")


def examples(x, target):
    if x.ndim == 0 or len(x) == 0:
        shape = tuple(x.shape)
        raise ValueError(f"x has shape {shape}; expected examples along the first axis: try x[None] for a single one")
    if target.shape[:1] != x.shape[:1]:
        shapes = f"x has shape {tuple(x.shape)} and target {tuple(target.shape)}"
        raise ValueError(f"{shapes}; expected one target for each example")
    return x, target


def whole(name, value):
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} is {value!r}; expected a whole number, 1 or more")
    return int(value)
