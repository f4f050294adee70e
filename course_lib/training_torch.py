"""The training of `training` in PyTorch: any nn.Module, any torch.optim.Optimizer, on the device of the model.

Data may lie elsewhere: each batch is moved. Losses and metrics stay on the device until an epoch is over, and nothing
waits for it before. Losses, metrics and regularizers are functions of tensors, as in `metrics_torch`.
"""

import torch

from course_lib import training
from course_lib.training import Progress, examples, momentum_name, rate, record, whole

__all__ = ["fit", "evaluate", "predict", "TensorBoardMonitor"]  # noqa: RUF022 in the order of the course's table


def fit(
    model, loss, optimizer, x, target, epochs=10, batch_size=32, *,
    validation=None, metrics=None, schedule=None, momentum=None, regularizer=None, clip=None, callbacks=(),
    progress=False, rng=None,
):  # fmt: skip
    """See `training.fit`. The rates go to all groups of parameters."""
    examples(x, target)
    epochs, batch_size, device = whole("epochs", epochs), whole("batch_size", batch_size), _device(model, x)
    steps = epochs * -(-len(x) // batch_size)
    history: dict[str, list[float]] = {"step_loss": [], "lr": []}
    line = Progress(steps if progress else 0)
    model.train()
    for _ in range(epochs):
        order = torch.arange(len(x)) if rng is None else torch.randperm(len(x), generator=rng, device=rng.device)
        order, predictions, losses = order.to(x.device), [], []
        for batch in order.split(batch_size):
            _set_rates(optimizer, len(history["lr"]), schedule, momentum)
            history["lr"].append(float(optimizer.param_groups[0]["lr"]))
            prediction = model(x[batch].to(device))
            value = loss(prediction, target[batch].to(device))
            optimizer.zero_grad()
            (value if regularizer is None else value + regularizer(_weights(model))).backward()
            _clip(model, clip)
            optimizer.step()
            predictions.append(prediction.detach())
            losses.append(value.detach())
            line.show(len(history["lr"]), history)
        history["step_loss"] += torch.stack(losses).tolist()
        record(history, "", _measure(loss, metrics, torch.cat(predictions), target[order].to(device)))
        if validation is not None:
            record(history, "validation_", evaluate(model, loss, validation[0], validation[1], metrics))
        if hasattr(schedule, "step"):
            schedule.step(history.get("validation_loss", history["loss"])[-1])
        if any([callback(model, history) for callback in callbacks]):  # a list, so that every callback is called
            break
    line.end(history)
    return history


def evaluate(model, loss, x, target, metrics=None, batch_size=256):
    """See `training.evaluate`."""
    examples(x, target)
    return _measure(loss, metrics, predict(model, x, batch_size), target.to(_device(model, x)))


def predict(model, x, batch_size=256):
    """See `training.predict`. The answers lie on the device of the model."""
    examples(x, x)
    batch_size, before, device = whole("batch_size", batch_size), model.training, _device(model, x)
    model.eval()
    try:
        with torch.no_grad():
            return torch.cat([model(batch.to(device)) for batch in x.split(batch_size)])
    finally:
        model.train(before)


class TensorBoardMonitor(training.TensorBoardMonitor):
    """See `training.TensorBoardMonitor`."""

    def arrays(self, model):
        return {name: p.detach().float().cpu().numpy() for name, p in model.named_parameters()}


def _device(model, x):
    return next((p.device for p in model.parameters()), x.device)


def _set_rates(optimizer, step, schedule, momentum):
    for group in optimizer.param_groups:
        if schedule is not None:
            group["lr"] = rate(schedule, step)
        if momentum is not None:
            name = momentum_name(type(optimizer).__name__, group)
            group[name] = (momentum(step), group["betas"][1]) if name == "betas" else momentum(step)


def _weights(model):
    return {name: p for name, p in model.named_parameters() if p.ndim > 1}


def _clip(model, clip):
    if clip is not None:
        params = {name: p for name, p in model.named_parameters() if p.grad is not None}
        for name, g in clip({name: p.grad for name, p in params.items()}).items():
            params[name].grad = g


def _measure(loss, metrics, prediction, target):
    with torch.no_grad():
        measures = {name: metric(prediction, target) for name, metric in {"loss": loss, **(metrics or {})}.items()}
    return {name: float(value) for name, value in measures.items()}
