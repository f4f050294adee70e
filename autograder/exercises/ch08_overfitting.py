"""The exercises of chapter 08: curves, early stopping, penalties, dropout, and the mistakes that students make with them."""

import numpy as np

from autograder.exercise import Case, Exercise, Part, misconception
from autograder.exercises.cases import both_signs, grid
from autograder.sandbox.protocols import Call, Listener, Module, Program

# Learning curves.


def _curves(
    best=lambda t, v: int(np.argmin(v)) + 1,
    gap=lambda t, v: v[-1] - t[-1],
    cost=lambda t, v: v[-1] - v.min(),
):
    return lambda training_losses, validation_losses: (
        best(training_losses, validation_losses),
        gap(training_losses, validation_losses),
        cost(training_losses, validation_losses),
    )


def _histories(rng):
    made = []
    for epochs, turn in ((4, 2), (9, 4), (9, 9), (15, 6)):
        down = np.cumsum(grid(rng.uniform(0.05, 0.3, epochs)))[::-1]
        seen = grid(down + 0.125)
        bend = np.abs(np.arange(1, epochs + 1) - turn) * grid(rng.uniform(0.05, 0.2, epochs))
        new = grid(0.75 + bend)
        about = "the best epoch is the last" if turn == epochs else f"{epochs} epochs"
        made.append(Case({"training_losses": seen, "validation_losses": new}, about))
    seen = grid(np.array([1.5, 1.0, 0.75, 0.5, 0.25, 0.125]))
    new = grid(np.array([1.75, 1.25, 1.5, 1.25, 1.5, 2.0]) + rng.uniform(0, 0.25))
    made.append(Case({"training_losses": seen, "validation_losses": new}, "two epochs are equally low", "tie"))
    new = grid(np.array([1.5, 0.875, 1.0]) + rng.uniform(0, 0.1))
    made.append(Case({"training_losses": new + 0.25, "validation_losses": new}, "training looks worse than validation"))
    return made


def _from_one(training_losses, validation_losses):
    best, gap, _ = _curves()(training_losses, validation_losses)
    return best, gap, validation_losses[-1] - validation_losses[best]


read_curves = Exercise(
    id="ch08.read_curves",
    reference="",
    protocol=Program(("training_losses", "validation_losses"), ("best epoch", "gap", "cost")),
    cases=_histories,
    answers=lambda reference, inputs: dict(zip(("best epoch", "gap", "cost"), _curves()(*inputs.values()))),
    parts=[
        Part("best epoch", 1, "best epoch", but="tie"),
        Part("best epoch of two", 0.5, "best epoch", where="tie"),
        Part("gap at the end", 0.75, "gap"),
        Part("cost of going on", 0.75, "cost"),
    ],
    read_again="8.2 Learning curves: how do I see it in a training run?",
    misconceptions=[
        misconception(
            "epochs counted from 0",
            "Python counts from 0, and so does `argmin`; epochs count from 1. After the very first epoch, the answer is 1.",
            unit=_curves(best=lambda t, v: int(np.argmin(v))),
        ),
        misconception(
            "the best epoch by the training loss",
            "The training loss falls to the end, with or without overfitting. Look for the lowest validation loss.",
            unit=_curves(best=lambda t, v: int(np.argmin(t)) + 1),
        ),
        misconception(
            "the later of two equally low epochs",
            "If two epochs are equally good, the earlier one is asked for: it costs less. `argmin` finds the first by itself.",
            unit=_curves(best=lambda t, v: len(v) - int(np.argmin(v[::-1]))),
        ),
        misconception(
            "the gap with its sign turned",
            "The gap says how much worse new examples are: validation minus training.",
            unit=_curves(gap=lambda t, v: t[-1] - v[-1]),
        ),
        misconception(
            "the gap at the best epoch, not at the end",
            "Asked for is the gap after the last epoch, `[-1]` in both arrays.",
            unit=_curves(gap=lambda t, v: v[np.argmin(v)] - t[np.argmin(v)]),
        ),
        misconception(
            "the largest validation loss in place of the last",
            "At the very start the loss is large, too. What going on has cost is counted from the last epoch.",
            unit=_curves(cost=lambda t, v: v.max() - v.min()),
        ),
        misconception(
            "the cost counted from the training loss",
            "Both numbers of the cost are validation losses: the last one and the lowest one.",
            unit=_curves(cost=lambda t, v: v[-1] - t.min()),
        ),
        misconception(
            "the gap without its sign",
            "With dropout the training loss can be the larger one. Then the gap is negative, and that is worth knowing.",
            unit=_curves(gap=lambda t, v: abs(v[-1] - t[-1])),
        ),
        misconception(
            "the number of the best epoch, used as its index",
            "Epoch 3 is element 2 of the array. For the lowest loss itself there is `validation_losses.min()`.",
            unit=_from_one,
        ),
    ],
)


# Early stopping.


class _Stopping:
    """The reference with one thing changed; the changes are below."""

    def __init__(self, patience, min_delta):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.kept, self.waited = np.inf, {}, 0

    def improved(self, metric):
        return metric < self.best - self.min_delta

    def keep(self, params):
        return {name: p.copy() for name, p in params.items()}

    def in_vain(self, metric, params):
        self.waited += 1

    def over(self):
        return self.waited >= self.patience

    def step(self, metric, params):
        if self.improved(metric):
            self.best, self.kept, self.waited = metric, self.keep(params), 0
        else:
            self.in_vain(metric, params)
        return self.over()

    def restore(self, params):
        for name, p in self.kept.items():
            params[name][...] = p


class _SecondNames(_Stopping):
    def keep(self, params):
        return params.copy()


class _OneLate(_Stopping):
    def over(self):
        return self.waited > self.patience


class _InAll(_Stopping):
    def step(self, metric, params):
        waited = self.waited
        super().step(metric, params)
        self.waited = max(self.waited, waited)
        return self.over()


class _AnyLower(_Stopping):
    def improved(self, metric):
        return metric < self.best


class _Larger(_Stopping):
    def improved(self, metric):
        return self.best == np.inf or metric > self.best + self.min_delta


class _Yesterday(_Stopping):
    """The best is followed, not kept: each metric becomes what the next one is compared with."""

    def in_vain(self, metric, params):
        super().in_vain(metric, params)
        self.best = metric


class _Creeping(_Stopping):
    def in_vain(self, metric, params):
        super().in_vain(metric, params)
        self.best = min(self.best, metric)


class _OnlyOnce(_Stopping):
    def over(self):
        return self.waited == self.patience


class _NanImproves(_Stopping):
    def improved(self, metric):
        return not metric >= self.best - self.min_delta


class _Equal(_Stopping):
    def improved(self, metric):
        return metric <= self.best - self.min_delta


def _validations(rng):
    def case(patience, min_delta, metrics, about, tag=""):
        params = grid(rng.normal(size=(len(metrics), 3)))
        inputs = {
            "patience": patience,
            "min_delta": min_delta,
            "metrics": [float(m) for m in metrics],
            "params": params,
        }
        return Case(inputs, about, tag)

    made = [
        case(2, 0.0, [3.0, 2.0, 2.5, 1.5, 2.0, 2.5], "it improves, waits, and improves again"),
        case(2, 0.0, [2.0, 2.5, 1.0, 1.5, 0.5, 1.0, 0.75], "waiting that ends in time, twice"),
        case(1, 0.0, [1.0, 1.0, 0.5, 0.5], "the loss stands still"),
        case(2, 0.25, [2.0, 1.875, 1.8125, 1.625, 1.5, 1.125], "the loss falls by less than min_delta", "delta"),
        case(2, 0.25, [2.0, 1.75, 1.5, 1.0], "the loss falls by min_delta exactly", "delta"),
        case(3, 0.125, [2.0, 2.5, 2.25, 1.0, 1.5, 1.25, 1.375], "the loss rises and falls back", "delta"),
        case(2, 0.0, [2.0, float("nan"), 1.5, float("nan"), float("nan"), 1.0], "a loss of nan", "nan"),
        case(2, 0.0, [float("nan"), 2.0, 1.5, 1.75], "a loss of nan at the very first", "nan"),
    ]
    for patience in (1, 3):
        metrics = grid(np.concatenate([2 + rng.permutation(6) / 4, 1.5 + rng.permutation(6) / 4]))
        made.append(case(patience, 0.0, metrics, f"a trembling loss, patience {patience}"))
    return made


early_stopping = Exercise(
    id="ch08.early_stopping",
    reference="regularizers.EarlyStopping",
    protocol=Listener(("patience", "min_delta"), ("best",), restores=True),
    cases=_validations,
    parts=[
        Part("when to stop", 2, "answers"),
        Part("the minimal change", 1, "answers", where="delta"),
        Part("a loss of nan", 0.5, "answers", where="nan"),
        Part("the best metric", 1, "best"),
        Part("the best weights, restored", 1.5, "restored"),
    ],
    read_again="8.3 Early stopping: when is it enough?",
    withholds=("training.fit",),
    misconceptions=[
        misconception(
            "the last weights stay, not the best: kept without a copy, or not written back in place",
            "The optimizer goes on and changes the arrays in place, so what you kept changed along with them. "
            "Copy each array: `p.copy()`.",
            "Mind that `params.copy()` copies the dictionary and keeps the same arrays in it. And copy only when the metric has improved.",
            "If you do keep copies: `restore` must write into the arrays that it is given, `params[name][...] = …`. "
            "`params = …` and `params[name] = …` only give a name something new.",
            unit=_SecondNames,
        ),
        misconception(
            "it stops one epoch too late",
            "With a patience of 2, the second epoch in a row without improvement is the one to stop at: `>=`, not `>`.",
            unit=_OneLate,
        ),
        misconception(
            "epochs in vain are counted in all, not in a row",
            "An improvement ends the waiting. Set the counter back to 0 when it comes.",
            unit=_InAll,
        ),
        misconception(
            "any lower loss is an improvement: min_delta is not used",
            "A loss that falls by less than min_delta counts as waiting. Compare with `best - min_delta`.",
            unit=_AnyLower,
        ),
        misconception(
            "equal counts as an improvement",
            "Asked for is a metric below `best - min_delta`. A loss that stands still has not improved: `<`, not `<=`.",
            unit=_Equal,
        ),
        misconception(
            "larger is taken for better",
            "The metric is a loss. Less is better.",
            "For an accuracy you would hand in its negative.",
            unit=_Larger,
        ),
        misconception(
            "compared with the epoch before, not with the best",
            "A loss that rises and falls back has not improved. Leave `best` alone unless there is an improvement.",
            unit=_Yesterday,
        ),
        misconception(
            "`best` is lowered by every smaller loss, not by improvements only",
            "A fall of less than min_delta is no improvement, so it leaves `best` alone. "
            "Otherwise many small falls never add up to one that counts.",
            unit=_Creeping,
        ),
        misconception(
            "it says True once, and not again",
            "Whoever goes on after the first True gets a False, as if there were hope. Compare with `>=`, not with `==`.",
            unit=_OnlyOnce,
        ),
        misconception(
            "a loss of nan counts as an improvement",
            "Comparisons with nan are false. Ask `metric < …` for the improvement, and nan falls to the other side by itself.",
            unit=_NanImproves,
        ),
    ],
)


# Penalties.


def _weights(rng):
    made = [Case({"weight": grid(np.array([3.0, -1.0])), "strength": 0.125}, "two weights")]
    for shape in ((3,), (2, 3), (4, 5)):
        weight = grid(rng.uniform(0.25, 2, shape)) * both_signs(rng, shape)
        made.append(
            Case({"weight": weight, "strength": float(grid(rng.uniform(0.05, 0.9)))}, f"weights of shape {shape}")
        )
    with_zero = grid(rng.uniform(0.25, 2, (2, 3)))
    with_zero[0, 1] = 0.0
    made.append(Case({"weight": with_zero, "strength": 0.5}, "a weight that is exactly 0", "zero"))
    return made


PENALTY = Call(value=("weight", "strength"), gradient=("weight", "strength"))


def _penalized(unit, inputs):
    made = unit(inputs["strength"])
    return {"value": made.forward({"weight": inputs["weight"]}), "gradient": made.backward()["weight"]}


l2 = Exercise(
    id="ch08.l2",
    reference="regularizers.L2",
    protocol=PENALTY,
    cases=_weights,
    answers=_penalized,
    parts=[Part("penalty", 2), Part("gradient", 2, "gradient")],
    read_again="8.4 A price for large weights: L2",
    misconceptions=[
        misconception(
            "the norm, with a square root, as D2 prints it",
            "Weight decay comes from the squared norm. With the root the pull does not fade as a weight gets small.",
            value=lambda weight, strength: strength * np.sqrt(np.sum(weight**2)),
            gradient=lambda weight, strength: strength * weight / np.sqrt(np.sum(weight**2)),
        ),
        misconception(
            "with a ½ in front of the sum",
            "Here the penalty is λ·Σθ² as D1 has it, without a ½. So its gradient keeps the factor 2.",
            value=lambda weight, strength: strength * np.sum(weight**2) / 2,
            gradient=lambda weight, strength: strength * weight,
        ),
        misconception(
            "the mean of the squares, not their sum",
            "The strength λ is the price of one unit of θ². The squares of all weights are added up, not averaged.",
            value=lambda weight, strength: strength * np.mean(weight**2),
            gradient=lambda weight, strength: 2 * strength * weight / weight.size,
        ),
        misconception(
            "the strength is left out",
            "The penalty is λ times the sum, and λ goes through the derivative as a constant factor.",
            value=lambda weight, strength: np.sum(weight**2),
            gradient=lambda weight, strength: 2 * weight,
        ),
        misconception(
            "the strength is squared along with the weight",
            "Only the weight is squared. λ stands in front.",
            value=lambda weight, strength: np.sum((strength * weight) ** 2),
            gradient=lambda weight, strength: 2 * strength**2 * weight,
        ),
        misconception(
            "absolute values: this is L1",
            "L2 takes the squares of the weights, L1 their sizes. Which one is asked for here?",
            value=lambda weight, strength: strength * np.sum(np.abs(weight)),
            gradient=lambda weight, strength: strength * np.sign(weight),
        ),
        misconception(
            "the penalty in place of its gradient: still squared",
            "The derivative of θ² is 2θ. The square goes down by one power.",
            gradient=lambda weight, strength: 2 * strength * weight**2,
        ),
        misconception(
            "the square of the sum, not the sum of the squares",
            "First the square of each weight, then the sum. In yours, weights of opposite signs cancel.",
            value=lambda weight, strength: strength * np.sum(weight) ** 2,
        ),
        misconception(
            "one number for each column, not one for all weights",
            "Python's `sum` adds up the rows of a matrix. `np.sum(…)` without an axis adds up all of its entries.",
            value=lambda weight, strength: strength * sum(weight**2),
        ),
        misconception(
            "the spectral norm of a matrix",
            "For a matrix, `np.linalg.norm(weight, 2)` is not the root of the sum of all squares. "
            "Square the entries and add them up.",
            value=lambda weight, strength: strength * np.linalg.norm(weight, 2) ** 2,
        ),
        misconception(
            "one number for all weights, not a gradient",
            "Each weight has a slope of its own, 2λ times this weight. Nothing is added up in the gradient.",
            gradient=lambda weight, strength: 2 * strength * np.sum(weight),
        ),
    ],
)

l1 = Exercise(
    id="ch08.l1",
    reference="regularizers.L1",
    protocol=PENALTY,
    cases=_weights,
    answers=_penalized,
    parts=[Part("penalty", 2), Part("gradient", 1.5, "gradient"), Part("gradient at 0", 0.5, "gradient", where="zero")],
    read_again="8.6 L1: a price that makes zeros",
    misconceptions=[
        misconception(
            "the weights themselves, not their sizes",
            "With 3 and −3 your sum is 0: a positive and a negative weight must not cancel. Take the absolute value of each.",
            value=lambda weight, strength: strength * np.sum(weight),
        ),
        misconception(
            "the same gradient for all weights, whatever their sign",
            "The slope is λ for a weight above 0. Below 0 the size grows the other way, and the slope is −λ.",
            gradient=lambda weight, strength: strength * np.ones_like(weight),
        ),
        misconception(
            "the largest column sum of a matrix",
            "That is what `np.linalg.norm(weight, 1)` is for a matrix. Take the size of each entry and add up all of them.",
            value=lambda weight, strength: strength * np.linalg.norm(weight, 1),
        ),
        misconception(
            "one number for each column, not one for all weights",
            "Python's `sum` adds up the rows of a matrix. `np.sum(…)` without an axis adds up all of its entries.",
            value=lambda weight, strength: strength * sum(np.abs(weight)),
        ),
        misconception(
            "the size of the sum, not the sum of the sizes",
            "First the absolute value of each weight, then the sum.",
            value=lambda weight, strength: strength * np.abs(np.sum(weight)),
        ),
        misconception(
            "squares: this is L2",
            "L1 takes the sizes of the weights. The square belongs to L2.",
            value=lambda weight, strength: strength * np.sum(weight**2),
            gradient=lambda weight, strength: 2 * strength * weight,
        ),
        misconception(
            "the mean of the sizes, not their sum",
            "The strength λ is the price of one unit of |θ|. The sizes are added up, not averaged.",
            value=lambda weight, strength: strength * np.mean(np.abs(weight)),
            gradient=lambda weight, strength: strength * np.sign(weight) / weight.size,
        ),
        misconception(
            "the gradient keeps the size of the weight",
            "The slope of |θ| is 1 or −1, however large θ is. Only the sign is left.",
            gradient=lambda weight, strength: strength * np.abs(weight),
        ),
        misconception(
            "the gradient grows with the weight",
            "The slope of |θ| is its sign. A large weight is pulled no harder than a small one.",
            gradient=lambda weight, strength: strength * weight,
        ),
        misconception(
            "at 0 the gradient is 1, not 0",
            "At 0 every number from −1 to 1 is a subgradient, and 0 is the one asked for: a weight that is 0 may stay.",
            gradient=lambda weight, strength: strength * np.where(weight >= 0, 1.0, -1.0),
        ),
        misconception(
            "at 0 the gradient is −1, not 0",
            "At 0 every number from −1 to 1 is a subgradient, and 0 is the one asked for: a weight that is 0 may stay.",
            gradient=lambda weight, strength: strength * np.where(weight > 0, 1.0, -1.0),
        ),
        misconception(
            "divided by the size: nan where a weight is 0",
            "Dividing 0 by 0 gives no number. `np.sign` knows that the sign of 0 is 0.",
            gradient=lambda weight, strength: strength * weight / np.abs(weight),
        ),
        misconception(
            "the strength is left out",
            "The penalty is λ times the sum, and λ goes through the derivative as a constant factor.",
            value=lambda weight, strength: np.sum(np.abs(weight)),
            gradient=lambda weight, strength: np.sign(weight),
        ),
    ],
)


def _step(
    pull=lambda weight, strength: 2 * strength * weight,
    bias_pull=lambda bias, strength: 0.0,
    lr_of_pull=lambda lr: lr,
    sign=1.0,
):
    def decayed_step(weight, bias, grad_weight, grad_bias, lr, strength):
        return (
            weight - lr * grad_weight - sign * lr_of_pull(lr) * pull(weight, strength),
            bias - lr * grad_bias - lr_of_pull(lr) * bias_pull(bias, strength),
        )

    return decayed_step


def _uphill(weight, bias, grad_weight, grad_bias, lr, strength):
    return weight + lr * (grad_weight + 2 * strength * weight), bias + lr * grad_bias


def _shrunk_after(weight, bias, grad_weight, grad_bias, lr, strength):
    return (weight - lr * grad_weight) * (1 - 2 * lr * strength), bias - lr * grad_bias


def _of_the_gradient(weight, bias, grad_weight, grad_bias, lr, strength):
    return weight - lr * (grad_weight + 2 * strength * grad_weight), bias - lr * grad_bias


def _bias_stays(weight, bias, grad_weight, grad_bias, lr, strength):
    return _step()(weight, bias, grad_weight, grad_bias, lr, strength)[0], bias


def _steps(rng):
    made = []
    for d, k in ((1, 2), (3, 2), (2, 5), (4, 3)):
        inputs = {
            "weight": grid(rng.uniform(0.5, 2, (d, k))) * both_signs(rng, (d, k)),
            "bias": grid(rng.uniform(0.5, 2, k)) * both_signs(rng, k),
            "grad_weight": grid(rng.normal(size=(d, k))),
            "grad_bias": grid(rng.normal(size=k)),
            "lr": float(grid(rng.uniform(0.05, 0.4))),
            "strength": float(grid(rng.uniform(0.1, 0.9))),
        }
        made.append(Case(inputs, f"a weight of shape {(d, k)}"))
    return made


decayed_step = Exercise(
    id="ch08.decayed_step",
    reference="",
    protocol=Program(("weight", "bias", "grad_weight", "grad_bias", "lr", "strength"), ("new weight", "new bias")),
    cases=_steps,
    answers=lambda reference, inputs: dict(zip(("new weight", "new bias"), _step()(**inputs))),
    parts=[Part("new weight", 2, "new weight"), Part("new bias", 1, "new bias")],
    read_again="8.4 A price for large weights: L2",
    withholds=("optimizers.SGD", "regularizers.L2"),
    misconceptions=[
        misconception(
            "the bias is penalized, too",
            "A bias shifts the answer and does not make it wiggle. Its step uses the gradient of the loss alone.",
            unit=_step(bias_pull=lambda bias, strength: 2 * strength * bias),
        ),
        misconception(
            "the penalty's gradient without its factor 2",
            "The derivative of λ·Σ weight² is 2·λ·weight.",
            unit=_step(pull=lambda weight, strength: strength * weight),
        ),
        misconception(
            "the penalty is not multiplied by the learning rate",
            "The learning rate multiplies the gradient of the total, penalty included.",
            unit=_step(lr_of_pull=lambda lr: 1.0),
        ),
        misconception(
            "the penalty pushes weights away from 0",
            "With a loss gradient of 0 a weight must shrink. Yours grows: look at the sign of the penalty's term.",
            unit=_step(sign=-1.0),
        ),
        misconception(
            "the penalty's value is added, not its gradient",
            "A step goes along gradients. Each weight has its own: 2·λ times this weight.",
            unit=_step(pull=lambda weight, strength: strength * np.sum(weight**2)),
        ),
        misconception(
            "the pull of L1: the sign of the weight",
            "The penalty here is Σ weight². Its slope is proportional to the weight.",
            unit=_step(pull=lambda weight, strength: strength * np.sign(weight)),
        ),
        misconception(
            "no penalty at all",
            "With a loss gradient of 0 your weight stays where it is. Add the penalty's gradient to that of the loss.",
            unit=_step(pull=lambda weight, strength: 0.0),
        ),
        misconception(
            "a step uphill",
            "Gradient descent subtracts the gradient: downhill is against the slope.",
            unit=_uphill,
        ),
        misconception(
            "shrunk after the step, not before",
            "Both gradients belong to the weight as it was given. Yours is decayed at the place where the step on the loss ended.",
            unit=_shrunk_after,
        ),
        misconception(
            "the penalty is taken of the gradient",
            "The penalty's gradient is 2·λ times the weight itself, not times the gradient of the loss.",
            unit=_of_the_gradient,
        ),
        misconception(
            "the bias stays where it is",
            "It is not penalized, but it does learn: it follows the gradient of the loss.",
            unit=_bias_stays,
        ),
    ],
)


def _ridge(pull=lambda n, d, s: n * s * np.eye(d), gram=lambda x: x.T @ x, right=lambda x, y: x.T @ y):
    def ridge(x, target, strength):
        n, d = x.shape
        return np.linalg.solve(gram(x) + pull(n, d, strength), right(x, target))

    return ridge


def _problems(rng):
    made = []
    for n, d in ((3, 1), (5, 2), (8, 3), (12, 4)):
        x = grid(rng.normal(size=(n, d)))
        target = grid(x @ rng.uniform(0.5, 2, d) + 0.3 * rng.normal(size=n) + 0.25)
        strength = float(grid(rng.uniform(0.1, 1.5)))
        made.append(Case({"x": x, "target": target, "strength": strength}, f"{n} examples, {d} feature(s)"))
    x = grid(rng.normal(size=(9, 3)) + 1.5 * np.eye(9, 3))
    made.append(
        Case({"x": x, "target": grid(rng.normal(size=9)), "strength": 0.0}, "no penalty: least squares", "zero")
    )
    x = grid(rng.normal(size=(3, 5)))
    made.append(
        Case({"x": x, "target": grid(rng.normal(size=3)), "strength": 0.5}, "more features than examples", "wide")
    )
    return made


ridge = Exercise(
    id="ch08.ridge",
    reference="",
    protocol=Call(value=("x", "target", "strength")),
    cases=_problems,
    answers=lambda reference, inputs: {"value": _ridge()(**inputs)},
    parts=[
        Part("weights", 2.5),
        Part("without a penalty", 0.5, where="zero"),
        Part("more features than examples", 1, where="wide"),
    ],
    read_again="8.5 Ridge regression: the whole path at once",
    withholds=("regularizers.L2",),
    misconceptions=[
        misconception(
            "the N is missing: the penalty is λI",
            "The error is a mean, so it carries 1/N. When you multiply the equation by N to get rid of it, the penalty "
            "gets the N.",
            value=_ridge(pull=lambda n, d, s: s * np.eye(d)),
        ),
        misconception(
            "the penalty is added to every entry, not to the diagonal",
            "The product λ·w is λ times the identity times w. Use `np.eye(D)`.",
            value=_ridge(pull=lambda n, d, s: n * s * np.ones((d, d))),
        ),
        misconception(
            "the penalty is divided by N",
            "Look at which side the N is on: XᵀX grows with the number of examples, and N·λ grows along.",
            value=_ridge(pull=lambda n, d, s: s / n * np.eye(d)),
        ),
        misconception(
            "twice the penalty",
            "Both terms of the gradient carry a 2. It cancels.",
            value=_ridge(pull=lambda n, d, s: 2 * n * s * np.eye(d)),
        ),
        misconception(
            "the penalty is subtracted",
            "The penalty makes weights smaller. With a minus the system is closer to having no solution.",
            value=_ridge(pull=lambda n, d, s: -n * s * np.eye(d)),
        ),
        misconception(
            "the strength is squared",
            "The equation has λ itself on the diagonal.",
            value=_ridge(pull=lambda n, d, s: n * s**2 * np.eye(d)),
        ),
        misconception(
            "no penalty: plain least squares",
            "Your weights do not depend on λ. Add N·λ on the diagonal of XᵀX.",
            value=lambda x, target, strength: np.linalg.lstsq(x, target, rcond=None)[0],
        ),
        misconception(
            "the number of features in place of the number of examples",
            "N is the number of rows of x, one for each example.",
            value=_ridge(pull=lambda n, d, s: d * s * np.eye(d)),
        ),
        misconception(
            "one side is divided by N, the other is not",
            "XᵀX/N and λ belong to Xᵀy/N; XᵀX and N·λ belong to Xᵀy. Your weights are N times too large.",
            value=_ridge(pull=lambda n, d, s: s * np.eye(d), gram=lambda x: x.T @ x / len(x)),
        ),
    ],
)


def _thresholds(rng):
    made = []
    for shape in ((2,), (5,), (3, 4)):
        weight = grid(rng.uniform(0.75, 2, shape)) * both_signs(rng, shape)
        made.append(
            Case({"weight": weight, "amount": float(grid(rng.uniform(0.1, 0.6)))}, "all beyond the amount", "far")
        )
    for shape in ((3,), (6,), (2, 5)):
        weight = grid(rng.uniform(0.05, 0.3, shape)) * both_signs(rng, shape)
        weight.flat[0] = grid(rng.uniform(1, 2))
        made.append(Case({"weight": weight, "amount": 0.375}, "some nearer than the amount"))
    weight = np.array([0.5, -0.5, 0.0, 1.25])
    made.append(Case({"weight": weight, "amount": 0.5}, "some exactly at the amount, one at 0"))
    return made


soft_threshold = Exercise(
    id="ch08.soft_threshold",
    reference="",
    protocol=Call(value=("weight", "amount")),
    cases=_thresholds,
    answers=lambda reference, inputs: {
        "value": np.sign(inputs["weight"]) * np.maximum(np.abs(inputs["weight"]) - inputs["amount"], 0)
    },
    parts=[Part("far from 0", 1, where="far"), Part("near 0", 2)],
    read_again="8.6 L1: a price that makes zeros",
    withholds=("regularizers.L1",),
    misconceptions=[
        misconception(
            "small weights cross 0",
            "A weight nearer to 0 than the amount stops at 0. Cut the size off there, with `np.maximum(…, 0)`.",
            value=lambda weight, amount: weight - amount * np.sign(weight),
        ),
        misconception(
            "hard thresholding: the large ones are not moved",
            "Here every weight moves towards 0 by the amount, the large ones, too.",
            value=lambda weight, amount: np.where(np.abs(weight) > amount, weight, 0.0),
        ),
        misconception(
            "the sign is lost",
            "A negative weight stays negative. Multiply the shrunk size by the sign.",
            value=lambda weight, amount: np.maximum(np.abs(weight) - amount, 0),
        ),
        misconception(
            "negative weights move away from 0",
            "Subtracting the amount moves −2 to −3. Towards 0 is up for a negative weight.",
            value=lambda weight, amount: np.where(np.abs(weight) > amount, weight - amount, 0.0),
        ),
        misconception(
            "all weights below 0 become 0",
            "That is a ReLU. A negative weight that is far from 0 moves towards 0 and stays negative.",
            value=lambda weight, amount: np.maximum(weight - amount, 0),
        ),
        misconception(
            "clipped to the amount",
            "Clipping keeps the small ones and cuts the large ones. It is the other way round.",
            value=lambda weight, amount: np.clip(weight, -amount, amount),
        ),
        misconception(
            "shrunk by a factor, as L2 does",
            "Every weight moves by the same amount, not by the same share of itself.",
            value=lambda weight, amount: weight * (1 - amount),
        ),
        misconception(
            "the largest entry for all: `np.max`, not `np.maximum`",
            "What `np.max(a, 0)` finds is the largest of each column. `np.maximum(a, 0)` compares each entry with 0.",
            value=lambda weight, amount: np.sign(weight) * np.max(np.abs(weight) - amount, 0),
        ),
        misconception(
            "multiplied by the weight, not by its sign",
            "The shrunk size needs only its sign back. `np.sign(weight)` is −1, 0 or 1.",
            value=lambda weight, amount: weight * np.maximum(np.abs(weight) - amount, 0),
        ),
    ],
)


# Dropout.


class _Drop:
    """The reference with one thing changed; the changes are below."""

    def __init__(self, p, rng):
        self.p, self.rng, self.training = p, rng, True

    def kept(self, x):
        return self.rng.random(x.shape) >= self.p

    def factor(self):
        return 1 / (1 - self.p)

    def after(self):
        return 1.0

    def forward(self, x):
        self.scale = self.kept(x) * self.factor() if self.training else self.after()
        return x * self.scale

    def backward(self, dy):
        return dy * self.scale


class _NotDivided(_Drop):
    def factor(self):
        return 1.0


class _DividedByP(_Drop):
    def factor(self):
        return 1 / self.p


class _Multiplied(_Drop):
    def factor(self):
        return 1 - self.p


class _KeepsWithP(_Drop):
    def kept(self, x):
        return self.rng.random(x.shape) < self.p


class _AlwaysOn(_Drop):
    def forward(self, x):
        self.scale = self.kept(x) * self.factor()
        return x * self.scale


class _ScaledAfter(_Drop):
    def after(self):
        return 1 - self.p


class _OneMaskForAll(_Drop):
    def kept(self, x):
        return self.rng.random(x.shape[1:]) >= self.p


class _OneMaskForEver(_Drop):
    mask = None

    def kept(self, x):
        if self.mask is None:
            self.mask = super().kept(x)
        return self.mask


class _DividesAlways(_Drop):
    def after(self):
        return 1 / (1 - self.p)


class _StaleMask(_Drop):
    scale = 1.0

    def forward(self, x):
        return super().forward(x) if self.training else x


class _DrawsAgain(_Drop):
    def backward(self, dy):
        return dy * self.kept(dy) * self.factor() if self.training else dy


class _PassesAll(_Drop):
    def backward(self, dy):
        return dy


def _activities(rng):
    made = []
    for shape, p in (((1, 6), 0.5), ((3, 5), 0.25), ((4, 7), 0.6), ((2, 3, 8), 0.3)):
        x = grid(rng.uniform(0.5, 2, shape)) * both_signs(rng, shape)
        dy = grid(rng.uniform(0.5, 2, shape)) * both_signs(rng, shape)
        inputs = {"p": p, "rng": int(rng.integers(2**31)), "x": x, "dy": dy}
        made.append(Case({**inputs, "training": True}, f"training, p = {p:g}"))
        if len(shape) == 2:
            made.append(Case({**inputs, "training": False}, f"evaluation, p = {p:g}", "evaluation"))
    x = grid(rng.normal(size=(3, 4)))
    inputs = {"p": 0.1, "rng": int(rng.integers(2**31)), "x": x, "dy": grid(rng.normal(size=(3, 4)))}
    made.append(Case({**inputs, "training": True}, "training, p = 0.1"))
    made.append(Case({**inputs, "p": 0.5}, "a new layer, which is in training", "new"))
    x = grid(rng.uniform(0.5, 2, (3, 6))) * both_signs(rng, (3, 6))
    inputs = {"p": 0.5, "rng": int(rng.integers(2**31)), "x": x, "dy": grid(rng.uniform(0.5, 2, (3, 6)))}
    inputs["before"] = [grid(rng.normal(size=(3, 6)))]
    made.append(Case({**inputs, "training": True}, "a second forward pass, which has a mask of its own", "again"))
    made.append(Case({**inputs, "training": False}, "evaluation after a pass of training", "again"))
    return made


dropout = Exercise(
    id="ch08.dropout",
    reference="layers.Dropout",
    protocol=Module(("p", "rng"), ("x",), backward="dy", before="before"),
    cases=_activities,
    parts=[
        Part("training", 1),
        Part("a new layer trains", 0.5, where="new"),
        Part("evaluation", 1, where="evaluation"),
        Part("the second pass", 0.5, where="again"),
        Part("gradient", 1, "gradient", but="new"),
        Part("gradient in evaluation", 0.5, "gradient", where="evaluation"),
        Part("gradient of the second pass", 0.5, "gradient", where="again"),
    ],
    read_again="8.7 Dropout: a network that cannot rely on anyone",
    withholds=("layers.FeatureDropout", "layers.AlphaDropout", "layers.MonteCarloDropout"),
    misconceptions=[
        misconception(
            "not divided by the probability to keep",
            "On average only 1 − p of each entry comes through. Divide by 1 − p, so that the next layer sees the same level.",
            "Backward carries the same factor 1/(1 − p) as forward.",
            unit=_NotDivided,
        ),
        misconception(
            "divided by p, the probability to drop",
            "What is left must make up for what is gone: with p = 0.25 it grows to 4/3, not to 4. Divide by 1 − p.",
            unit=_DividedByP,
        ),
        misconception(
            "multiplied by 1 − p, not divided",
            "What is kept must grow, to make up for what was dropped.",
            unit=_Multiplied,
        ),
        misconception(
            "p is taken for the probability to keep",
            "Here p is the probability to drop, as in PyTorch: an entry stays where the random number is p or more.",
            unit=_KeepsWithP,
        ),
        misconception(
            "dropout is still on in evaluation",
            "When `training` is False, x comes back as it is. Ask for the flag in forward, at each call.",
            unit=_AlwaysOn,
        ),
        misconception(
            "scaled in evaluation, too",
            "The division in training has done it all. In evaluation nothing is left to scale.",
            "Scaling afterwards belongs to the paper's form, which does not divide in training.",
            unit=_ScaledAfter,
        ),
        misconception(
            "one mask for all examples",
            "Each entry of x has a draw of its own: `rng.random(x.shape)`, examples included.",
            unit=_OneMaskForAll,
        ),
        misconception(
            "backward draws a new mask",
            "What was dropped on the way there gets no gradient on the way back. Keep the mask of forward.",
            unit=_DrawsAgain,
        ),
        misconception(
            "backward lets everything through",
            "The derivative of what was dropped is 0. Multiply dy by the same factors as x.",
            unit=_PassesAll,
        ),
        misconception(
            "one mask for all passes",
            "Each forward pass has a mask of its own. Draw it in forward, at each call, not once and for all.",
            unit=_OneMaskForEver,
        ),
        misconception(
            "divided in evaluation, too",
            "The division makes up for what was dropped. In evaluation nothing is dropped: x comes back as it is.",
            unit=_DividesAlways,
        ),
        misconception(
            "backward uses the mask of training after a forward in evaluation",
            "Backward belongs to the last forward. In evaluation nothing was dropped there, so dy comes back as it is.",
            unit=_StaleMask,
        ),
    ],
)


def _paper(train=lambda x, keep, p: x * keep, after=lambda x, p: x * (1 - p), keeps=lambda u, p: u >= p):
    def paper_dropout(x, p, training, rng):
        return train(x, keeps(rng.random(x.shape), p), p) if training else after(x, p)

    return paper_dropout


def _always(x, p, training, rng):
    return x * (rng.random(x.shape) >= p)


def _paper_cases(rng):
    made = []
    for shape, p in (((4,), 0.25), ((3, 5), 0.6), ((2, 7), 0.4)):
        x = grid(rng.uniform(0.5, 2, shape)) * both_signs(rng, shape)
        inputs = {"x": x, "p": p}
        seed = int(rng.integers(2**31))
        made.append(Case({**inputs, "training": True, "rng": seed}, f"training, p = {p:g}"))
        made.append(Case({**inputs, "training": False, "rng": seed}, f"afterwards, p = {p:g}", "evaluation"))
    return made


paper_dropout = Exercise(
    id="ch08.paper_dropout",
    reference="",
    protocol=Call(value=("x", "p", "training", "rng")),
    cases=_paper_cases,
    answers=lambda reference, inputs: {
        "value": _paper()(inputs["x"], inputs["p"], inputs["training"], np.random.default_rng(inputs["rng"]))
    },
    parts=[Part("training", 1.5), Part("afterwards", 1.5, where="evaluation")],
    read_again="8.7 Dropout: a network that cannot rely on anyone",
    withholds=("layers.Dropout",),
    misconceptions=[
        misconception(
            "inverted dropout: divided in training",
            "In the paper's form nothing is divided while training. What is kept comes through as it is.",
            value=_paper(train=lambda x, keep, p: x * keep / (1 - p), after=lambda x, p: x),
        ),
        misconception(
            "divided in training and scaled afterwards: twice too much",
            "One of the two scalings is enough. In the paper's form it is the one afterwards.",
            value=_paper(train=lambda x, keep, p: x * keep / (1 - p)),
        ),
        misconception(
            "scaled by the probability to drop",
            "An entry was there with probability 1 − p. That is what it is multiplied by.",
            value=_paper(after=lambda x, p: x * p),
        ),
        misconception(
            "not scaled afterwards",
            "In training the next layer saw 1 − p of each entry on average. Afterwards it must see as much, not more.",
            value=_paper(after=lambda x, p: x),
        ),
        misconception(
            "divided afterwards, not multiplied",
            "Afterwards everything is there, more than in training. So it must shrink.",
            value=_paper(after=lambda x, p: x / (1 - p)),
        ),
        misconception(
            "scaled in training, too",
            "While training the mask alone takes away the share p. What is kept comes through as it is.",
            value=_paper(train=lambda x, keep, p: x * keep * (1 - p)),
        ),
        misconception(
            "p is taken for the probability to keep",
            "In the task p is the probability to drop: an entry stays where the random number is p or more.",
            value=_paper(keeps=lambda u, p: u < p, after=lambda x, p: x * p),
        ),
        misconception(
            "`training` is not looked at",
            "When `training` is false, nothing is drawn: every entry is multiplied by 1 − p.",
            value=_always,
        ),
    ],
)


def _passes(
    keep=lambda u, p: (u >= p) / (1 - p),
    relu=lambda z: np.maximum(z, 0),
    mean=lambda answers: np.mean(answers, axis=0),
    spread=lambda answers: np.std(answers, axis=0),
    once=False,
    on_input=False,
):
    def monte_carlo(x, w1, b1, w2, b2, p, passes, rng):
        h = relu(x @ w1 + b1)
        answers, mask = [], None
        for _ in range(passes):
            if mask is None or not once:
                mask = keep(rng.random(x.shape if on_input else h.shape), p)
            hidden = relu((x * mask) @ w1 + b1) if on_input else h * mask
            answers.append(hidden @ w2 + b2)
        return mean(answers), spread(answers)

    return monte_carlo


def _bias_dropped(x, w1, b1, w2, b2, p, passes, rng):
    h = np.maximum(x @ w1 + b1, 0)
    answers = [(h @ w2 + b2) * ((rng.random((len(x), w2.shape[1])) >= p) / (1 - p)) for _ in range(passes)]
    return np.mean(answers, axis=0), np.std(answers, axis=0)


def _dropped_again(x, w1, b1, w2, b2, p, passes, rng):
    h, answers = np.maximum(x @ w1 + b1, 0), []
    for _ in range(passes):
        h = h * ((rng.random(h.shape) >= p) / (1 - p))
        answers.append(h @ w2 + b2)
    return np.mean(answers, axis=0), np.std(answers, axis=0)


def _without_dropout(x, w1, b1, w2, b2, p, passes, rng):
    spread = _passes()(x, w1, b1, w2, b2, p, passes, rng)[1]
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2, spread


def _no_last_bias(x, w1, b1, w2, b2, p, passes, rng):
    return _passes()(x, w1, b1, w2, 0 * b2, p, passes, rng)


def _networks(rng):
    made = []
    for n, d, hidden, k, p, passes in ((1, 2, 4, 1, 0.5, 4), (3, 2, 6, 1, 0.25, 7), (5, 3, 8, 2, 0.4, 12)):
        inputs = {
            "x": grid(rng.uniform(0.25, 1.5, (n, d))) * both_signs(rng, (n, d)),
            "w1": grid(rng.normal(size=(d, hidden))),
            "b1": grid(rng.uniform(0.1, 0.5, hidden)),
            "w2": grid(rng.uniform(0.5, 1.5, (hidden, k))) * both_signs(rng, (hidden, k)),
            "b2": grid(rng.uniform(0.5, 1, k)),
            "p": p,
            "passes": passes,
            "rng": int(rng.integers(2**31)),
        }
        made.append(Case(inputs, f"{passes} passes, p = {p:g}"))
    return made


MONTE_CARLO = ("x", "w1", "b1", "w2", "b2", "p", "passes", "rng")

monte_carlo = Exercise(
    id="ch08.monte_carlo",
    reference="",
    protocol=Program(MONTE_CARLO, ("mean", "spread")),
    cases=_networks,
    answers=lambda reference, inputs: dict(
        zip(("mean", "spread"), _passes()(**{**inputs, "rng": np.random.default_rng(inputs["rng"])}))
    ),
    parts=[Part("mean", 1.5, "mean"), Part("spread", 1.5, "spread")],
    read_again="8.9 Monte Carlo dropout: how sure are you?",
    withholds=("layers.MonteCarloDropout", "layers.Dropout"),
    misconceptions=[
        misconception(
            "one mask for all passes: the spread is 0",
            "Each pass is another network. Draw inside the loop, once for each pass.",
            unit=_passes(once=True),
        ),
        misconception(
            "the variance, not the spread",
            "The spread is the root of the mean squared difference, in the units of the answer.",
            unit=_passes(spread=lambda answers: np.var(answers, axis=0)),
        ),
        misconception(
            "divided by the number of passes minus 1",
            "Here the mean of the squared differences divides by the number of passes. That is what `np.std` does by itself.",
            unit=_passes(spread=lambda answers: np.std(answers, axis=0, ddof=1)),
        ),
        misconception(
            "what is kept is not divided by 1 − p",
            "Dropout is on as it was in training, with its division by the probability to keep.",
            unit=_passes(keep=lambda u, p: u >= p),
        ),
        misconception(
            "p is taken for the probability to keep",
            "An entry of h stays where the random number is p or more.",
            unit=_passes(keep=lambda u, p: (u < p) / p),
        ),
        misconception(
            "dropout on the inputs, not on the hidden layer",
            "The mask belongs to h, behind the ReLU. Its shape is that of h.",
            unit=_passes(on_input=True),
        ),
        misconception(
            "dropout on the answers, not on the hidden layer",
            "The mask belongs to h. The last layer, with its bias, comes afterwards and stays whole.",
            unit=_bias_dropped,
        ),
        misconception(
            "one number for all examples",
            "Average over the passes only, `axis=0`. Each example has a mean and a spread of its own.",
            unit=_passes(mean=np.mean, spread=np.std),
        ),
        misconception(
            "no ReLU",
            "The hidden layer is max(0, x·W₁ + b₁), entry by entry.",
            unit=_passes(relu=lambda z: z),
        ),
        misconception(
            "the sum of the passes, not their mean",
            "Your answer grows with the number of passes. Divide by it.",
            unit=_passes(mean=lambda answers: np.sum(answers, axis=0)),
        ),
        misconception(
            "what should be dropped is kept",
            "An entry of h stays where the random number is p or more: `>=`, not `<`.",
            unit=_passes(keep=lambda u, p: (u < p) / (1 - p)),
        ),
        misconception(
            "each pass drops from what the pass before has left",
            "Your loop changes h, so fewer and fewer entries are left. "
            "Give the dropped one another name: every pass starts from the same h.",
            unit=_dropped_again,
        ),
        misconception(
            "the pass without dropout in place of the mean",
            "Asked for is the mean of the passes that you made. With few of them it is not yet the answer without dropout.",
            unit=_without_dropout,
        ),
        misconception(
            "the last bias is left out",
            "Each pass ends with h·W₂ + b₂. The spread does not see the bias, the mean does.",
            unit=_no_last_bias,
        ),
    ],
)
