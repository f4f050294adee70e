"""The exercises of chapter 04: thirteen losses and their gradients, and the mistakes that students make with them."""

import math

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import cases
from autograder.sandbox.protocols import Call

VALUE, GRADIENT = Part("value", 2), Part("gradient", 2, result="gradient")
BATCH_HINT = "The loss is the mean over the N examples, so each example carries 1/N of it, in the gradient, too."


def _value_and_gradient(*names: str) -> Call:
    return Call(value=names, gradient=names)


def _exp_softmax(logits, axis=-1):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _log_softmax_of_shifted(logits, shift):
    return logits - shift - np.log(np.exp(logits - shift).sum(axis=-1, keepdims=True))


def _focal_unshifted(logits, labels, gamma):
    log_p = _picked(_log_softmax_of_shifted(logits, 0.0), labels)
    return -np.mean((1 - np.exp(log_p)) ** gamma * log_p)


def _one_hot(labels, logits):
    return np.eye(logits.shape[1])[labels]


def _picked(table, labels):
    return table[np.arange(len(labels)), labels]


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


mean_squared_error = Exercise(
    id="ch04.mean_squared_error",
    reference="losses.MeanSquaredError",
    protocol=_value_and_gradient("prediction", "target"),
    cases=cases.regression(zero_error=True),
    parts=[VALUE, GRADIENT],
    read_again="4.2 Squared error: what is the best guess?",
    misconceptions=[
        misconception(
            "an extra ½ in front of the squares",
            "The formula here has no ½. The ½ belongs to the Euclidean loss ½‖e‖², where it cancels the 2 of the derivative.",
            value=lambda prediction, target: np.mean((prediction - target) ** 2) / 2,
        ),
        misconception(
            "the square root is taken: that is the root mean squared error",
            "Your number is in the units of the target; the mean squared error is in their square. Leave out the root.",
            value=lambda prediction, target: np.sqrt(np.mean((prediction - target) ** 2)),
        ),
        misconception(
            "averaged before squaring",
            "Errors of +1 and −1 give 0 with your function: they cancel before they are squared. Square each error, then average.",
            value=lambda prediction, target: np.mean(prediction - target) ** 2,
        ),
        misconception(
            "the errors are not squared",
            "Positive and negative errors cancel in your mean. What makes every error count as positive here?",
            value=lambda prediction, target: np.mean(prediction - target),
        ),
        misconception(
            "the 2 from differentiating the square is missing",
            "The derivative of e² is 2e, not e.",
            "Check with one example: prediction 3, target 1. The loss is 4; at prediction 3.001 it is 4.004. What is the slope?",
            gradient=lambda prediction, target: (prediction - target) / len(prediction),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            "Double the batch by repeating it: the loss stays the same, so each entry of the gradient must halve.",
            gradient=lambda prediction, target: 2 * (prediction - target),
        ),
        misconception(
            "target − prediction in the gradient: the sign is reversed",
            "The square hides the sign in the value, not in the gradient. If a prediction is too high, raising it raises the loss: "
            "its gradient is positive.",
            gradient=lambda prediction, target: 2 * (target - prediction) / len(prediction),
        ),
        misconception(
            "the gradient is averaged to one number",
            "There is one slope for each prediction, so the gradient has the shape of the prediction. The 1/N stays; the sum does not.",
            gradient=lambda prediction, target: np.mean(2 * (prediction - target)),
        ),
        misconception(
            "the squares are subtracted, not the numbers: ŷ² − y²",
            "First the difference, then the square. Predict −3 for a target of 3: your loss is 0.",
            value=lambda prediction, target: np.mean(prediction**2 - target**2),
        ),
        misconception(
            "the sizes of the errors are averaged, not their squares",
            "That is the absolute error, the next loss of this chapter. Here an error twice as large costs four times as much.",
            value=lambda prediction, target: np.mean(np.abs(prediction - target)),
        ),
        misconception(
            "the square is still there in the gradient: 2e²",
            "The exponent comes down and becomes one smaller: the derivative of e² is 2e. A negative error needs a negative slope.",
            gradient=lambda prediction, target: 2 * (prediction - target) ** 2 / len(prediction),
        ),
        misconception(
            "the target is missing in the gradient",
            "The derivative of (ŷ − y)² for ŷ keeps the whole bracket. A prediction that has met its target must not be pulled at.",
            gradient=lambda prediction, target: 2 * prediction / len(prediction),
        ),
    ],
)

mean_absolute_error = Exercise(
    id="ch04.mean_absolute_error",
    reference="losses.MeanAbsoluteError",
    protocol=_value_and_gradient("prediction", "target"),
    cases=cases.regression(zero_error=True),
    parts=[Part("value", 1), GRADIENT],
    read_again="4.3 Absolute error: does every point get one vote?",
    misconceptions=[
        misconception(
            "the absolute value is missing: errors of both signs cancel",
            "Predict 1 and −1 for targets 0 and 0: your loss says 0. Take the absolute value of each error before the mean.",
            value=lambda prediction, target: np.mean(prediction - target),
        ),
        misconception(
            "the absolute value of the mean, not the mean of the absolute values",
            "Your errors cancel inside the mean, before they become positive. Exchange the two steps.",
            value=lambda prediction, target: np.abs(np.mean(prediction - target)),
        ),
        misconception(
            "the median of the absolute errors",
            "The mean absolute error is minimized by the median of the targets, but it is itself a mean.",
            value=lambda prediction, target: np.median(np.abs(prediction - target)),
        ),
        misconception(
            "0 divided by 0 where an error is exactly 0",
            "There is no e/|e| at e = 0. At the corner every slope between −1 and 1 would fit; the exercise asks for 0.",
            "Which NumPy function gives −1, 0 or 1 for an array?",
            gradient=lambda prediction, target: (prediction - target) / np.abs(prediction - target) / len(prediction),
        ),
        misconception(
            "a slope of 1 where the error is exactly 0",
            "An exact prediction should be left alone: the exercise asks for the slope 0 there.",
            gradient=lambda prediction, target: np.where(prediction >= target, 1.0, -1.0) / len(prediction),
        ),
        misconception(
            "a slope of −1 where the error is exactly 0",
            "An exact prediction should be left alone: the exercise asks for the slope 0 there.",
            gradient=lambda prediction, target: np.where(prediction > target, 1.0, -1.0) / len(prediction),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda prediction, target: np.sign(prediction - target),
        ),
        misconception(
            "target − prediction in the gradient: the sign is reversed",
            "If a prediction is too high, raising it raises the loss: its gradient is positive.",
            gradient=lambda prediction, target: np.sign(target - prediction) / len(prediction),
        ),
        misconception(
            "the gradient still grows with the error",
            "The curve |e| is a straight line on each side of 0. How steep is a straight line far out?",
            gradient=lambda prediction, target: (prediction - target) / len(prediction),
        ),
        misconception(
            "the sizes are subtracted: |ŷ| − |y|",
            "First the difference, then its size. Predict −3 for a target of 3: your loss is 0.",
            value=lambda prediction, target: np.mean(np.abs(prediction) - np.abs(target)),
        ),
        misconception(
            "the root of the mean square",
            "A root taken after the mean does not undo the squares: large errors still weigh more. Take |e| of each error.",
            value=lambda prediction, target: np.sqrt(np.mean((prediction - target) ** 2)),
        ),
        misconception(
            "a slope of 1 on both sides of the corner",
            "Left of the corner |e| falls: a prediction that is too low must be pulled up, with a slope of −1.",
            gradient=lambda prediction, target: np.ones(len(prediction)) / len(prediction),
        ),
        misconception(
            "predictions that are too low have slope 0",
            "Only where the error is exactly 0 the slope is 0. Where the prediction is too low, it is −1.",
            gradient=lambda prediction, target: np.where(prediction > target, 1.0, 0.0) / len(prediction),
        ),
        misconception(
            "the gradient is averaged to one number",
            "There is one slope for each prediction, so the gradient has the shape of the prediction. The 1/N stays; the sum does not.",
            gradient=lambda prediction, target: np.mean(np.sign(prediction - target)),
        ),
    ],
)

huber = Exercise(
    id="ch04.huber",
    reference="losses.Huber",
    protocol=_value_and_gradient("prediction", "target", "delta"),
    cases=cases.huber_errors(deltas=(0.25, 1.0, 4.0)),
    parts=[Part("value", 1), Part("far errors", 1, where="far"), GRADIENT],
    read_again="4.4 Huber: what should one wild point be allowed to do?",
    misconceptions=[
        misconception(
            "the linear branch is δ|e|; it misses −½δ², so the two branches do not meet at |e| = δ",
            "Plot your loss for errors from −3 to 3 with δ = 1 and look at |e| = 1: there is a jump.",
            "At |e| = δ the quadratic branch is ½δ². What must be subtracted from δ|e| to land there?",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= delta,
                (prediction - target) ** 2 / 2,
                delta * np.abs(prediction - target),
            ).mean(),
        ),
        misconception(
            "no ½ in the quadratic branch",
            "The slope of e² at δ is 2δ, that of the straight part is δ: your curve has a corner. A ½ makes the slopes agree.",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= delta,
                (prediction - target) ** 2,
                delta * (np.abs(prediction - target) - delta / 2),
            ).mean(),
        ),
        misconception(
            "the two branches are swapped",
            "Small errors are to be treated as in the squared loss, large ones as in the absolute loss. Which way does your condition go?",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) > delta,
                (prediction - target) ** 2 / 2,
                delta * (np.abs(prediction - target) - delta / 2),
            ).mean(),
            gradient=lambda prediction, target, delta: (
                np.where(
                    np.abs(prediction - target) > delta,
                    prediction - target,
                    delta * np.sign(prediction - target),
                )
                / len(prediction)
            ),
        ),
        misconception(
            "δ is ignored: it works for δ = 1 only",
            "Try δ = 4 and δ = 0.25. Your answer does not change, although the border between the branches moves.",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= 1,
                (prediction - target) ** 2 / 2,
                np.abs(prediction - target) - 0.5,
            ).mean(),
            gradient=lambda prediction, target, delta: np.clip(prediction - target, -1, 1) / len(prediction),
        ),
        misconception(
            "e is compared with δ, not |e|: large negative errors count as small",
            "An error of −7 is far from 0, but −7 ≤ 1 is true. Compare the size of the error.",
            value=lambda prediction, target, delta: np.where(
                prediction - target <= delta,
                (prediction - target) ** 2 / 2,
                delta * (prediction - target - delta / 2),
            ).mean(),
            gradient=lambda prediction, target, delta: (
                np.where(prediction - target <= delta, prediction - target, delta) / len(prediction)
            ),
        ),
        misconception(
            "|e| is missing in the linear branch: large negative errors give a negative loss",
            "The loss for an error of −7 must equal that for +7.",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= delta,
                (prediction - target) ** 2 / 2,
                delta * (prediction - target - delta / 2),
            ).mean(),
        ),
        misconception(
            "this is Smooth L1, which is Huber divided by δ",
            "Smooth L1 is ½e²/β near 0 and |e| − ½β beyond: slopes ±1. Huber's slopes beyond δ are ±δ.",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= delta,
                (prediction - target) ** 2 / (2 * delta),
                np.abs(prediction - target) - delta / 2,
            ).mean(),
            gradient=lambda prediction, target, delta: np.clip((prediction - target) / delta, -1, 1) / len(prediction),
        ),
        misconception(
            "beyond δ the slope is ±1 instead of ±δ",
            "Differentiate δ(|e| − ½δ): the δ in front stays. At |e| = δ the slope of the quadratic branch is δ, too.",
            gradient=lambda prediction, target, delta: (
                np.where(np.abs(prediction - target) <= delta, prediction - target, np.sign(prediction - target))
                / len(prediction)
            ),
        ),
        misconception(
            "beyond δ the slope has lost its sign",
            "For large negative errors the loss falls as the prediction grows: the slope there is −δ.",
            gradient=lambda prediction, target, delta: (
                np.where(np.abs(prediction - target) <= delta, prediction - target, delta) / len(prediction)
            ),
        ),
        misconception(
            "the gradient is never cut off: it is that of ½e²",
            "One wild point may pull with strength δ at the most. What happens to your gradient at an error of 1000?",
            gradient=lambda prediction, target, delta: (prediction - target) / len(prediction),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda prediction, target, delta: np.clip(prediction - target, -delta, delta),
        ),
        misconception(
            "one decision for the whole batch: an if where np.where belongs",
            "A batch may hold near errors and far ones side by side. Each error chooses its own branch: `np.where(condition, a, b)`.",
            value=lambda prediction, target, delta: (
                np.mean((prediction - target) ** 2) / 2
                if np.all(np.abs(prediction - target) <= delta)
                else np.mean(delta * (np.abs(prediction - target) - delta / 2))
            ),
            gradient=lambda prediction, target, delta: (
                (
                    prediction - target
                    if np.all(np.abs(prediction - target) <= delta)
                    else delta * np.sign(prediction - target)
                )
                / len(prediction)
            ),
        ),
        misconception(
            "½δ is subtracted in the linear branch, not ½δ²",
            "The δ in front multiplies the whole bracket: δ(|e| − ½δ) = δ|e| − ½δ². With δ = 1 one does not see it.",
            value=lambda prediction, target, delta: np.where(
                np.abs(prediction - target) <= delta,
                (prediction - target) ** 2 / 2,
                delta * np.abs(prediction - target) - delta / 2,
            ).mean(),
        ),
        misconception(
            "a slope of 2e for small errors",
            "The ½ in front of the square is there to cancel the 2. At |e| = δ the slopes of both branches must agree.",
            gradient=lambda prediction, target, delta: (
                np.where(
                    np.abs(prediction - target) <= delta,
                    2 * (prediction - target),
                    delta * np.sign(prediction - target),
                )
                / len(prediction)
            ),
        ),
        misconception(
            "the slope still grows with the error beyond δ: it is δ·e",
            "The linear branch is a straight line, so its slope is the same everywhere: +δ on the right, −δ on the left.",
            gradient=lambda prediction, target, delta: (
                np.where(np.abs(prediction - target) <= delta, prediction - target, delta * (prediction - target))
                / len(prediction)
            ),
        ),
        misconception(
            "far errors do not pull at all",
            "They pull, but no harder than at the border: with δ. A slope of 0 would mean that the loss is flat there.",
            gradient=lambda prediction, target, delta: (
                np.where(np.abs(prediction - target) <= delta, prediction - target, 0.0) / len(prediction)
            ),
        ),
    ],
)

log_cosh = Exercise(
    id="ch04.log_cosh",
    reference="losses.LogCosh",
    protocol=_value_and_gradient("prediction", "target"),
    cases=cases.regression(large=8192.0),
    parts=[
        Part("value", 1),
        Part("large errors", 2, where=cases.LARGE),
        Part("gradient", 1, result="gradient"),
    ],
    read_again="4.5 Log-cosh: can we have that without a seam?",
    misconceptions=[
        misconception(
            "cosh overflows: it is infinite beyond an error of about 710",
            "The loss is close to |e| − log 2 there, a harmless number; only the way through cosh is not.",
            "Take exp(|e|) out of cosh e = ½(exp(e) + exp(−e)) and use log(ab) = log a + log b.",
            value=lambda prediction, target: np.mean(np.log(np.cosh(prediction - target))),
        ),
        misconception(
            "the − log 2 is missing",
            "At e = 0 the loss must be log cosh 0 = log 1 = 0. Yours is log 2 ≈ 0.693.",
            value=lambda prediction, target: np.mean(np.logaddexp(prediction - target, target - prediction)),
        ),
        misconception(
            "log1p(exp(−|e|)) in place of log1p(exp(−2|e|))",
            "Count the exponents once more: cosh e = ½ exp(|e|) · (1 + exp(−2|e|)).",
            value=lambda prediction, target: np.mean(
                np.abs(prediction - target) + np.log1p(np.exp(-np.abs(prediction - target))) - np.log(2)
            ),
        ),
        misconception(
            "the logarithm of the mean, not the mean of the logarithms",
            "Each example has its own log cosh; the mean comes last.",
            value=lambda prediction, target: np.log(np.mean(np.cosh(prediction - target))),
        ),
        misconception(
            "large errors are replaced by |e|; the − log 2 is forgotten there",
            "For large errors log cosh e tends to |e| − log 2, not to |e|: the shifted line matters at every large error.",
            value=lambda prediction, target: np.mean(
                np.where(
                    np.abs(prediction - target) > 20,
                    np.abs(prediction - target),
                    np.log(np.cosh(np.clip(prediction - target, -20, 20))),
                )
            ),
        ),
        misconception(
            "sinh/cosh is infinity over infinity for large errors",
            "The quotient sinh e / cosh e has a name, and NumPy computes it without overflow.",
            gradient=lambda prediction, target: (
                np.sinh(prediction - target) / np.cosh(prediction - target) / len(prediction)
            ),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda prediction, target: np.tanh(prediction - target),
        ),
        misconception(
            "one derivative too many: 1 − tanh² is the second derivative",
            "The derivative of log cosh e is sinh e / cosh e = tanh e. Stop there.",
            gradient=lambda prediction, target: (1 - np.tanh(prediction - target) ** 2) / len(prediction),
        ),
        misconception(
            "the size of the error is missing: e + log(1 + exp(−2e)) overflows for large negative errors",
            "For e = −1000 the exponential is exp(2000). The sign of the error does not matter to cosh: work with |e| from the beginning.",
            value=lambda prediction, target: np.mean(
                prediction - target + np.log1p(np.exp(-2 * (prediction - target))) - np.log(2)
            ),
        ),
        misconception(
            "the errors are clipped before cosh",
            "Then every error beyond the clip costs the same, and the loss no longer knows how far off it is. Rearrange the formula.",
            value=lambda prediction, target: np.mean(np.log(np.cosh(np.clip(prediction - target, -700, 700)))),
        ),
        misconception(
            "the slope has lost its sign: tanh of |e|",
            "Where the prediction is too low, raising it lowers the loss: the slope is negative there. The sign belongs into tanh.",
            gradient=lambda prediction, target: np.tanh(np.abs(prediction - target)) / len(prediction),
        ),
        misconception(
            "1/cosh e: the inner derivative is missing",
            "The derivative of log u is 1/u times the derivative of u. Here u is cosh e.",
            gradient=lambda prediction, target: 1 / np.cosh(prediction - target) / len(prediction),
        ),
        misconception(
            "sinh e: the outer derivative is missing",
            "The derivative of log u is 1/u times the derivative of u. You have the second factor; here u is cosh e.",
            gradient=lambda prediction, target: np.sinh(prediction - target) / len(prediction),
        ),
    ],
)

poisson_nll = Exercise(
    id="ch04.poisson_nll",
    reference="losses.PoissonNLL",
    protocol=_value_and_gradient("log_rate", "count"),
    cases=cases.counts(),
    parts=[VALUE, Part("gradient", 1, result="gradient")],
    read_again="4.7 Counts: how many calls in an hour?",
    misconceptions=[
        misconception(
            "the log-rate is used as if it were the rate",
            "The model's output is the logarithm of the expected count. Which function turns it into the expected count?",
            value=lambda log_rate, count: np.mean(log_rate - count * np.log(log_rate)),
            gradient=lambda log_rate, count: (1 - count / log_rate) / len(count),
        ),
        misconception(
            "the exponential is missing: s − k·s",
            "The expected count is e^s, not s: the first term of the loss is that count.",
            value=lambda log_rate, count: np.mean(log_rate - count * log_rate),
            gradient=lambda log_rate, count: (1 - count) / len(count),
        ),
        misconception(
            "plus in front of k·s",
            "The loss is the negative log-likelihood: where the count is high, a higher log-rate must make it smaller.",
            value=lambda log_rate, count: np.mean(np.exp(log_rate) + count * log_rate),
            gradient=lambda log_rate, count: (np.exp(log_rate) + count) / len(count),
        ),
        misconception(
            "log k! is included",
            "That term is right for the likelihood, but it does not depend on the prediction; the exercise leaves it out.",
            value=lambda log_rate, count: np.mean(
                np.exp(log_rate) - count * log_rate + np.array([math.lgamma(c + 1) for c in count])
            ),
        ),
        misconception(
            "the gradient for the rate instead of the log-rate",
            "Your 1 − k/λ is the slope for λ = e^s. The chain rule has one more factor, the slope of λ for s: e^s.",
            gradient=lambda log_rate, count: (1 - count / np.exp(log_rate)) / len(count),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda log_rate, count: np.exp(log_rate) - count,
        ),
        misconception(
            "the count multiplies the rate, not its logarithm",
            "The rate is raised to the power k in the probability, so its logarithm is multiplied by k: k·s, with s as it comes in.",
            value=lambda log_rate, count: np.mean(np.exp(log_rate) - count * np.exp(log_rate)),
        ),
        misconception(
            "the gradient is not derived: e^s − k·s is the loss",
            "The term k·s is a straight line in s. How steep is it?",
            gradient=lambda log_rate, count: (np.exp(log_rate) - count * log_rate) / len(count),
        ),
        misconception(
            "the log-rate is compared with the count",
            "The gradient is 0 where the rate equals the count. The rate is e^s, not s.",
            gradient=lambda log_rate, count: (log_rate - count) / len(count),
        ),
        misconception(
            "e^s is differentiated like a power",
            "In a power the variable stands below, in e^s it stands above: e^s is its own derivative.",
            gradient=lambda log_rate, count: (log_rate * np.exp(log_rate - 1) - count) / len(count),
        ),
    ],
)

log_softmax = Exercise(
    id="ch04.log_softmax",
    reference="activations.LogSoftmax",
    protocol=Call(value=("logits",), gradient=("logits", "dy")),
    cases=cases.logits_and_upstream(large=8192.0),
    parts=[Part("value", 1), Part("large logits", 1, where=cases.LARGE), GRADIENT],
    read_again="4.14 Log-softmax: why start from logits?",
    misconceptions=[
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "Already exp(710) is infinite. Subtracting one constant from all logits of a row leaves the softmax as it is: which one makes "
            "every exponent at most 0?",
            value=lambda logits: np.log(_exp_softmax(logits)),
        ),
        misconception(
            "exp overflows in the log of the sum: the logits are not shifted by their maximum",
            "Shift first: with m the row's maximum, log Σ exp(z) = m + log Σ exp(z − m).",
            value=lambda logits: logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)),
        ),
        misconception(
            "the softmax underflows to 0 before its logarithm is taken",
            "You shift, but then take log of a softmax that is rounded to 0: −∞. Never form the softmax: subtract logarithms instead.",
            value=lambda logits: np.log(_softmax(logits)),
        ),
        misconception(
            "the logarithm is missing: this is the softmax",
            "Your numbers lie between 0 and 1; logarithms of probabilities are never positive.",
            value=lambda logits: _softmax(logits),
        ),
        misconception(
            "normalized over the examples (axis 0) instead of the classes",
            "The np.exp of your answer should sum to 1 in each row; yours does so in each column. Which axis are the classes?",
            value=lambda logits: _log_softmax(logits, axis=0),
            gradient=lambda logits, dy: dy - _softmax(logits, axis=0) * dy.sum(axis=0, keepdims=True),
        ),
        misconception(
            "the log of the sum is missing: only the maximum is subtracted",
            "The exp of your answer does not sum to 1. The shift changes nothing by itself; the normalizing term log Σ exp comes after it.",
            value=lambda logits: logits - logits.max(axis=-1, keepdims=True),
        ),
        misconception(
            "each logit through its own output only: dy·(1 − softmax)",
            "Every logit moves every output of its row, because they share one normalizer. Sum dy over the row.",
            gradient=lambda logits, dy: dy * (1 - _softmax(logits)),
        ),
        misconception(
            "dy − softmax: it takes the row's Σ dy for 1",
            "That is right only if the upstream gradient sums to 1 in each row. In general the softmax is multiplied by that sum.",
            gradient=lambda logits, dy: dy - _softmax(logits),
        ),
        misconception(
            "this is the gradient of the softmax, not of its logarithm",
            "This is what a softmax sends back. Differentiate z − log Σ exp(z) itself: two ways lead from each logit to the loss.",
            gradient=lambda logits, dy: _softmax(logits) * (dy - (dy * _softmax(logits)).sum(axis=-1, keepdims=True)),
        ),
        misconception(
            "dy is summed over the examples (axis 0) instead of the classes",
            "Examples do not touch each other. The sum runs over the classes of one row: axis=-1, keepdims=True.",
            gradient=lambda logits, dy: dy - _softmax(logits) * dy.sum(axis=0, keepdims=True),
        ),
        misconception(
            "the softmax inside the gradient overflows",
            "Your softmax takes exp of the logits as they are. Shift them by their maximum there, too.",
            gradient=lambda logits, dy: dy - _exp_softmax(logits) * dy.sum(axis=-1, keepdims=True),
        ),
        misconception(
            "one maximum for the whole table",
            "A row that lies far below it loses all its exponentials: log 0. Each row needs its own largest logit, axis=-1 with `keepdims=True`.",
            value=lambda logits: _log_softmax_of_shifted(logits, logits.max()),
        ),
        misconception(
            "one sum for the whole table",
            "Each row is a distribution of its own. Sum over its classes only: axis=-1, `keepdims=True`.",
            value=lambda logits: logits - logits.max() - np.log(np.exp(logits - logits.max()).sum()),
        ),
        misconception(
            "the shift is in the sum only",
            "The shifted exponentials belong to shifted logits: subtract the maximum from z in front, too, or add it to the logarithm.",
            value=lambda logits: (
                logits - np.log(np.exp(logits - logits.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))
            ),
        ),
        misconception(
            "a small number is added inside the logarithm",
            "It keeps the result finite and makes it wrong: −27.6 in place of −5 000. Form the logarithm without the probability.",
            value=lambda logits: np.log(_softmax(logits) + 1e-12),
        ),
        misconception(
            "dy is summed over the whole table",
            "Examples do not touch each other. Sum over the classes of one row: axis=-1, `keepdims=True`.",
            gradient=lambda logits, dy: dy - _softmax(logits) * dy.sum(),
        ),
    ],
)

cross_entropy = Exercise(
    id="ch04.cross_entropy",
    reference="losses.CrossEntropy",
    protocol=_value_and_gradient("logits", "labels"),
    cases=cases.logits_and_labels(large=8192.0),
    parts=[VALUE, Part("large logits", 1, where=cases.LARGE), GRADIENT],
    read_again="4.15 Cross-entropy from logits: the loss of most classifiers",
    misconceptions=[
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "Train a little longer and your loss will be NaN. Subtract each row's maximum before exp.",
            value=lambda logits, labels: -np.mean(np.log(_picked(_exp_softmax(logits), labels))),
        ),
        misconception(
            "exp overflows in the log of the sum: the logits are not shifted by their maximum",
            "With m the row's maximum, log Σ exp(z) = m + log Σ exp(z − m).",
            value=lambda logits, labels: np.mean(np.log(np.exp(logits).sum(axis=1)) - _picked(logits, labels)),
        ),
        misconception(
            "log of zero: the softmax is rounded to 0 before the logarithm",
            "Where the true class is very unlikely its softmax is 0 in the computer, and the loss infinite. Stay with logarithms: "
            "log-softmax, then pick.",
            value=lambda logits, labels: -np.mean(np.log(_picked(_softmax(logits), labels))),
        ),
        misconception(
            "the softmax is taken over the examples (axis 0) instead of the classes",
            "The probabilities of one example must sum to 1: along a row, axis=1.",
            value=lambda logits, labels: -np.mean(_picked(_log_softmax(logits, axis=0), labels)),
            gradient=lambda logits, labels: (_softmax(logits, axis=0) - _one_hot(labels, logits)) / len(labels),
        ),
        misconception(
            "softmax twice: the loss already contains one",
            "Your logits go through a softmax before a log-softmax. Then even a perfect prediction keeps a loss well above 0.",
            value=lambda logits, labels: -np.mean(_picked(_log_softmax(_softmax(logits)), labels)),
        ),
        misconception(
            "the logits are used as if they were probabilities",
            "Logits can be negative, and log of a negative number is NaN. Turn them into log-probabilities first.",
            value=lambda logits, labels: -np.mean(np.log(_picked(logits, labels))),
        ),
        misconception(
            "the logarithm is missing: this is minus the mean probability",
            "Your loss lies between −1 and 0. A confident wrong answer should cost much more than an unsure one: that is what log does.",
            value=lambda logits, labels: -np.mean(_picked(_softmax(logits), labels)),
        ),
        misconception(
            "divided by N·K instead of N",
            "The mean runs over the examples only. The sum over the K classes has one term that is not 0.",
            value=lambda logits, labels: -np.sum(_picked(_log_softmax(logits), labels)) / logits.size,
            gradient=lambda logits, labels: (_softmax(logits) - _one_hot(labels, logits)) / logits.size,
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda logits, labels: _softmax(logits) - _one_hot(labels, logits),
        ),
        misconception(
            "one-hot − softmax: the sign is reversed",
            "Raising the logit of the true class lowers the loss: its gradient is negative. Yours is positive.",
            gradient=lambda logits, labels: (_one_hot(labels, logits) - _softmax(logits)) / len(labels),
        ),
        misconception(
            "the gradient is the softmax alone; the true class is not subtracted",
            "The gradient of a row sums to 0: what the wrong classes are pushed down, the true one is pushed up.",
            gradient=lambda logits, labels: _softmax(logits) / len(labels),
        ),
        misconception(
            "the gradient is filled in for the true class only",
            "The other logits matter, too: they stand in the normalizer. Their gradient is their softmax.",
            gradient=lambda logits, labels: _one_hot(labels, logits) * (_softmax(logits) - 1) / len(labels),
        ),
        misconception(
            "the softmax inside the gradient overflows",
            "Shift the logits by their row's maximum in the gradient as well.",
            gradient=lambda logits, labels: (_exp_softmax(logits) - _one_hot(labels, logits)) / len(labels),
        ),
        misconception(
            "the labels' columns are taken in every row",
            "Each row has one label, its own. Use two index arrays of equal length: `[np.arange(N), labels]`.",
            value=lambda logits, labels: -np.mean(_log_softmax(logits)[:, labels]),
            gradient=lambda logits, labels: (_softmax(logits) - _one_hot(labels, logits).any(axis=0)) / len(labels),
        ),
        misconception(
            "a small number is added inside the logarithm",
            "It keeps the loss finite and makes it wrong: a hopeless example costs 27.6 and not 5 000. Take log-softmax in one piece.",
            value=lambda logits, labels: -np.mean(np.log(_picked(_softmax(logits), labels) + 1e-12)),
        ),
        misconception(
            "the probability is clipped before its logarithm",
            "From logits nothing need be clipped. Yours never costs more than 16.1, however wrong it is. Take log-softmax in one piece.",
            value=lambda logits, labels: -np.mean(np.log(np.clip(_picked(_softmax(logits), labels), 1e-7, 1))),
        ),
        misconception(
            "labels counted from 1",
            "The first class is number 0, as NumPy counts. With −1 label 0 picks the last class.",
            value=lambda logits, labels: -np.mean(_picked(_log_softmax(logits), labels - 1)),
            gradient=lambda logits, labels: (_softmax(logits) - _one_hot(labels - 1, logits)) / len(labels),
        ),
        misconception(
            "the logit of the label alone: nothing is normalized",
            "A logit is no probability. Raise all logits by 1: the answers are the same, and your loss falls. What must be subtracted?",
            value=lambda logits, labels: -np.mean(_picked(logits, labels)),
        ),
        misconception(
            "the label itself is subtracted, as if it were a row of probabilities",
            "Label 2 is the name of a class. What is subtracted is 1, in its column: `np.eye(K)[labels]` is such a table.",
            gradient=lambda logits, labels: (_softmax(logits) - labels[:, None]) / len(labels),
        ),
        misconception(
            "the gradient for the log-probabilities: −1/N at the label",
            "This is what reaches the log-softmax. It has to be carried back to the logits, as in 4.14.",
            gradient=lambda logits, labels: -_one_hot(labels, logits) / len(labels),
        ),
        misconception(
            "the gradient for the probabilities: −1/p at the label",
            "This is what reaches the probabilities. From there it goes back through the softmax, and p cancels.",
            gradient=lambda logits, labels: -_one_hot(labels, logits) / np.exp(_log_softmax(logits)) / len(labels),
        ),
        misconception(
            "the softmax is missing in the gradient",
            "What is compared with the one-hot row is a probability, not a logit.",
            gradient=lambda logits, labels: (logits - _one_hot(labels, logits)) / len(labels),
        ),
        misconception(
            "log-probabilities are compared with the one-hot row",
            "Probability minus target: take the exponential of the log-softmax first.",
            gradient=lambda logits, labels: (_log_softmax(logits) - _one_hot(labels, logits)) / len(labels),
        ),
    ],
)

categorical_cross_entropy = Exercise(
    id="ch04.categorical_cross_entropy",
    reference="losses.CategoricalCrossEntropy",
    protocol=_value_and_gradient("probs", "target", "eps"),
    cases=cases.probs_and_targets(zero="probs", eps=(1e-7, 1e-4)),
    parts=[
        VALUE,
        Part("zero probabilities", 1, where="zero"),
        Part("gradient", 1, result="gradient", but="zero"),
    ],
    read_again="4.12 Categorical cross-entropy: and with more than two classes?",
    misconceptions=[
        misconception(
            "log of zero: the probabilities are not clipped",
            "Log 0 is −∞, and −∞ · 0 is NaN. Keep the probabilities at eps or above before taking the logarithm.",
            value=lambda probs, target, eps: -np.sum(target * np.log(probs)) / len(probs),
        ),
        misconception(
            "eps is added to the probabilities: they are to be clipped",
            "The logarithm of p + eps is finite, too, but it moves every probability. np.clip changes only those below eps.",
            value=lambda probs, target, eps: -np.sum(target * np.log(probs + eps)) / len(probs),
        ),
        misconception(
            "divided by K instead of N: the sum runs over the examples, the mean over the classes",
            "Sum over the classes of one example, axis=1, then take the mean over the examples. Yours goes the other way.",
            value=lambda probs, target, eps: -np.mean(np.sum(target * np.log(np.clip(probs, eps, 1)), axis=0)),
        ),
        misconception(
            "averaged over N·K entries instead of N examples",
            "Sum over the classes of an example, then average over the examples. np.mean of the whole table divides by K as well.",
            value=lambda probs, target, eps: -np.mean(target * np.log(np.clip(probs, eps, 1))),
            gradient=lambda probs, target, eps: -target / np.clip(probs, eps, 1) / probs.size,
        ),
        misconception(
            "a softmax is applied to numbers that are probabilities already",
            "The rows of probs sum to 1. A second softmax flattens them. Which loss takes logits, and which takes probabilities?",
            value=lambda probs, target, eps: -np.sum(target * _log_softmax(probs)) / len(probs),
        ),
        misconception(
            "only the likeliest class of a soft target is used",
            "A target row may be (0.2, 0.5, 0.3): all three classes count, each by its share.",
            value=lambda probs, target, eps: -np.mean(np.log(np.clip(_picked(probs, target.argmax(axis=1)), eps, 1))),
        ),
        misconception(
            "prediction and target exchanged: Σ p log t",
            "The logarithm belongs to the prediction. For one-hot targets yours takes log 0.",
            value=lambda probs, target, eps: -np.sum(probs * np.log(np.clip(target, eps, 1))) / len(probs),
        ),
        misconception(
            "p − t is the gradient for the logits, not for the probabilities",
            "Differentiate −t log p with respect to p itself. The simple p − t appears only after going back through the softmax, too.",
            gradient=lambda probs, target, eps: (probs - target) / len(probs),
        ),
        misconception(
            "the target is missing in the gradient: −1/p for every class",
            "The derivative of −t log p is −t/p. Where the target is 0, the gradient is 0.",
            gradient=lambda probs, target, eps: -1 / np.clip(probs, eps, 1) / len(probs),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda probs, target, eps: -target / np.clip(probs, eps, 1),
        ),
        misconception(
            "the gradient's sign is reversed",
            "More probability for the true class makes the loss smaller: the gradient there is negative.",
            gradient=lambda probs, target, eps: target / np.clip(probs, eps, 1) / len(probs),
        ),
        misconception(
            "each class is a yes-or-no question: (1 − t) log(1 − p) is added",
            "The other classes matter already, as all p share a sum of 1. Here one term for each class is enough: t log p.",
            value=lambda probs, target, eps: (
                -np.sum(target * np.log(np.clip(probs, eps, 1)) + (1 - target) * np.log(np.clip(1 - probs, eps, 1)))
                / len(probs)
            ),
        ),
        misconception(
            "the logarithm of the sum, not the sum of the logarithms",
            "For one-hot targets both are the same. For soft ones each class has its own logarithm, weighted by its share.",
            value=lambda probs, target, eps: -np.mean(np.log(np.clip(np.sum(target * probs, axis=1), eps, 1))),
        ),
        misconception(
            "eps is fixed at 1e-7",
            "The argument eps may be any small number; 1e-7 is only its default.",
            value=lambda probs, target, eps: -np.sum(target * np.log(np.clip(probs, 1e-7, 1))) / len(probs),
        ),
    ],
)

binary_cross_entropy = Exercise(
    id="ch04.binary_cross_entropy",
    reference="losses.BinaryCrossEntropy",
    protocol=_value_and_gradient("p", "target", "eps"),
    cases=cases.binary_probs(eps=(2.0**-24, 2.0**-12)),  # 1 − eps is exact in float32, too
    parts=[
        VALUE,
        Part("zero probabilities", 1, where="zero"),
        Part("gradient", 1, result="gradient", but="zero"),
    ],
    read_again="4.11 Binary cross-entropy: what should a probability cost?",
    misconceptions=[
        misconception(
            "log of zero: the probabilities are not clipped",
            "A probability of 0 for a positive example makes the loss infinite, and 0 · log 0 makes it NaN. Clip p into [eps, 1 − eps] first.",
            value=lambda p, target, eps: -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)),
        ),
        misconception(
            "clipped from below only: log(1 − p) is still log 0 at p = 1",
            "Both logarithms must be safe: keep p at or below 1 − eps as well.",
            value=lambda p, target, eps: (
                -np.mean(target * np.log(np.maximum(p, eps)) + (1 - target) * np.log(1 - np.maximum(p, eps)))
            ),
        ),
        misconception(
            "eps is added inside the logarithms: the probabilities are to be clipped",
            "The logarithm of p + eps is finite, too, but it moves every probability. np.clip changes only those at the two ends.",
            value=lambda p, target, eps: -np.mean(target * np.log(p + eps) + (1 - target) * np.log(1 - p + eps)),
        ),
        misconception(
            "the examples with target 0 are left out",
            "The term −t log p is 0 wherever t is 0: your loss never complains about a false alarm. The second term does that.",
            value=lambda p, target, eps: -np.mean(target * np.log(np.clip(p, eps, 1 - eps))),
            gradient=lambda p, target, eps: -target / np.clip(p, eps, 1 - eps) / len(p),
        ),
        misconception(
            "the two terms are exchanged",
            "Where the target is 1, a probability near 1 must be cheap: that term is −log p.",
            value=lambda p, target, eps: (
                -np.mean(
                    (1 - target) * np.log(np.clip(p, eps, 1 - eps)) + target * np.log(1 - np.clip(p, eps, 1 - eps))
                )
            ),
        ),
        misconception(
            "a sigmoid is applied to numbers that are probabilities already",
            "Your p lies between 0 and 1 already; a second sigmoid squeezes it into 0.5 to 0.73, and the loss can never come near 0.",
            value=lambda p, target, eps: (
                -np.mean(target * np.log(_sigmoid(p)) + (1 - target) * np.log(1 - _sigmoid(p)))
            ),
        ),
        misconception(
            "(p − t)/N is the gradient for the logit, not for the probability",
            "Differentiate −t log p − (1 − t) log(1 − p) with respect to p. The factor p(1 − p) in the denominator "
            "cancels only against the sigmoid's derivative.",
            gradient=lambda p, target, eps: (p - target) / len(p),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda p, target, eps: (p - target) / (p * (1 - p)),
        ),
        misconception(
            "plus between the two parts of the gradient: the inner derivative of 1 − p is missing",
            "The derivative of log(1 − p) is −1/(1 − p): the inner derivative −1 turns the sign of the second part.",
            gradient=lambda p, target, eps: (-target / p - (1 - target) / (1 - p)) / len(p),
        ),
        misconception(
            "the minus sign is in front of the first term only",
            "It belongs in front of the bracket: the second logarithm is negative as well.",
            value=lambda p, target, eps: np.mean(
                -target * np.log(np.clip(p, eps, 1 - eps)) + (1 - target) * np.log(1 - np.clip(p, eps, 1 - eps))
            ),
        ),
        misconception(
            "eps is fixed at 1e-7",
            "The argument eps may be any small number; 1e-7 is only its default.",
            value=lambda p, target, eps: (
                -np.mean(
                    target * np.log(np.clip(p, 1e-7, 1 - 1e-7)) + (1 - target) * np.log(1 - np.clip(p, 1e-7, 1 - 1e-7))
                )
            ),
        ),
        misconception(
            "both parts of the gradient for every example: the targets are missing",
            "An example of class 1 has only the first part, −1/p, and one of class 0 only the second. The factors t and 1 − t stay.",
            gradient=lambda p, target, eps: (1 / (1 - p) - 1 / p) / len(p),
        ),
    ],
)

binary_cross_entropy_with_logits = Exercise(
    id="ch04.binary_cross_entropy_with_logits",
    reference="losses.BinaryCrossEntropyWithLogits",
    protocol=_value_and_gradient("logits", "target"),
    cases=cases.logits_and_multilabel(large=8192.0),
    parts=[VALUE, Part("large logits", 1, where=cases.LARGE), GRADIENT],
    read_again="4.16 Binary cross-entropy from logits: and if several answers are right?",
    misconceptions=[
        misconception(
            "log of zero: the sigmoid is rounded to 0 or 1 before the logarithm",
            "In the computer σ(40) is exactly 1, and log(1 − 1) is −∞. Simplify log σ(z) on paper before you type it.",
            "You should find log(1 + e^z) − t·z. Which part overflows, and for which sign of z?",
            value=lambda logits, target: (
                -np.mean(target * np.log(_sigmoid(logits)) + (1 - target) * np.log(1 - _sigmoid(logits)))
            ),
        ),
        misconception(
            "an exponential overflows for large logits of one sign",
            "Your log(1 + e^z) − t·z is right on paper, but e^z is infinite at z = 1000, as e^−z is at z = −1000. Take e^z out of the bracket where z is positive: then e^−|z| is left in it, and max(z, 0) in front.",
            value=lambda logits, target: np.mean(np.log1p(np.exp(logits)) - logits * target),
        ),
        misconception(
            "halves of two formulas: in front stands max(z, 0), in the exponent −|z|",
            "For negative z your terms do not fit together. In front stands max(z, 0), which is 0 there, and |z| stands in the exponent only.",
            value=lambda logits, target: np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-logits))),
        ),
        misconception(
            "the logits are used as if they were probabilities",
            "A logit of 3 is no probability: log(1 − 3) is NaN. Where is the sigmoid?",
            value=lambda logits, target: -np.mean(target * np.log(logits) + (1 - target) * np.log(1 - logits)),
        ),
        misconception(
            "summed over the labels of an example: the mean is to run over all N·K entries",
            "Your loss grows with the number of labels. The exercise takes the mean over every entry of the table.",
            value=lambda logits, target: (
                np.sum(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))) / len(logits)
            ),
            gradient=lambda logits, target: (0.5 + np.tanh(logits / 2) / 2 - target) / len(logits),
        ),
        misconception(
            "the sigmoid's derivative is multiplied on: it has cancelled already",
            "The σ(1 − σ) from the sigmoid cancels against 1/(p(1 − p)) from the logarithms. What is left is σ(z) − t.",
            gradient=lambda logits, target: (
                (0.5 + np.tanh(logits / 2) / 2 - target) * (1 - np.tanh(logits / 2) ** 2) / 4 / logits.size
            ),
        ),
        misconception(
            "the gradient is not divided by the number of entries",
            "The loss is the mean over the N·K entries, so each entry's gradient carries 1/(N·K).",
            gradient=lambda logits, target: 0.5 + np.tanh(logits / 2) / 2 - target,
        ),
        misconception(
            "z − t: the sigmoid is missing in the gradient",
            "The gradient compares a probability with the target. Squash the logit first.",
            gradient=lambda logits, target: (logits - target) / logits.size,
        ),
        misconception(
            "the softmax is used where each label has its own sigmoid",
            "Labels are independent here: a row may have several ones or none, so its probabilities need not sum to 1.",
            value=lambda logits, target: -np.mean(target * _log_softmax(logits)),
            gradient=lambda logits, target: (_softmax(logits) - target) / logits.size,
        ),
        misconception(
            "the probability is clipped before its logarithm",
            "From logits nothing need be clipped. Yours never costs more than 16.1, however wrong it is. Start from log(1 + e^z) − t·z.",
            value=lambda logits, target: (
                -np.mean(
                    target * np.log(np.clip(_sigmoid(logits), 1e-7, 1 - 1e-7))
                    + (1 - target) * np.log(1 - np.clip(_sigmoid(logits), 1e-7, 1 - 1e-7))
                )
            ),
        ),
        misconception(
            "plus in front of t·z",
            "Where the target is 1, a higher logit must make the loss smaller.",
            value=lambda logits, target: np.mean(
                np.maximum(logits, 0) + logits * target + np.log1p(np.exp(-np.abs(logits)))
            ),
        ),
        misconception(
            "z in front where max(z, 0) belongs",
            "For negative z nothing was taken out of the bracket, so nothing stands in front: max(z, 0) is 0 there.",
            value=lambda logits, target: np.mean(logits - logits * target + np.log1p(np.exp(-np.abs(logits)))),
        ),
        misconception(
            "the gradient for the probability: (p − t)/(p(1 − p))",
            "One more link leads from p to the logit, the slope of the sigmoid, p(1 − p). It cancels what stands below the line.",
            gradient=lambda logits, target: (
                (_sigmoid(logits) - target) / (_sigmoid(logits) * (1 - _sigmoid(logits))) / logits.size
            ),
        ),
        misconception(
            "the sigmoid inside the gradient overflows",
            "Written as e^z/(1 + e^z) it is infinity over infinity for large z. Written with e^−z it is right on both sides.",
            gradient=lambda logits, target: (np.exp(logits) / (1 + np.exp(logits)) - target) / logits.size,
        ),
    ],
)

kl_divergence = Exercise(
    id="ch04.kl_divergence",
    reference="losses.KLDivergence",
    protocol=_value_and_gradient("probs", "target"),
    cases=cases.probs_and_targets(zero="target"),
    parts=[Part("value", 1), Part("zero targets", 1, where="zero"), Part("gradient", 1, result="gradient")],
    read_again="4.13 Kullback–Leibler: how far is one distribution from another?",
    misconceptions=[
        misconception(
            "this is the cross-entropy: the target's own Σ t log t is missing",
            "KL(t‖p) must be 0 where p equals t. Yours is the entropy of t there.",
            value=lambda probs, target: -np.sum(target * np.log(probs)) / len(probs),
        ),
        misconception(
            "the arguments are exchanged: KL(p‖t) instead of KL(t‖p)",
            "The divergence is not symmetric. The weights in front of the logarithm are the target's.",
            value=lambda probs, target: np.sum(probs * np.log(probs / target)) / len(probs),
        ),
        misconception(
            "0 · log 0 is NaN where a target is 0",
            "The limit of t log t at 0 is 0: those terms are to count nothing. Compute the logarithm only where t > 0.",
            value=lambda probs, target: np.sum(target * np.log(target / probs)) / len(probs),
        ),
        misconception(
            "log(p/t): the sign is reversed",
            "A divergence is never negative. Which of the two stands in the numerator?",
            value=lambda probs, target: np.sum(target * np.log(probs / target)) / len(probs),
        ),
        misconception(
            "averaged over N·K entries instead of N examples",
            "Sum over the classes of an example, average over the examples. PyTorch warns about exactly this; it calls the right one batchmean.",
            value=lambda probs, target: (
                np.sum(np.where(target > 0, target * np.log(np.where(target > 0, target, 1) / probs), 0)) / probs.size
            ),
            gradient=lambda probs, target: -target / probs / probs.size,
        ),
        misconception(
            "divided by K instead of N: the sum runs over the examples, the mean over the classes",
            "Sum over the classes of one example, axis=1, then take the mean over the examples. Yours goes the other way.",
            value=lambda probs, target: np.mean(
                np.sum(np.where(target > 0, target * np.log(np.where(target > 0, target, 1) / probs), 0), axis=0)
            ),
        ),
        misconception(
            "log(t/p) is differentiated for the target, not for the prediction",
            "The target is fixed; p is what the gradient is for. Only −t log p depends on it.",
            gradient=lambda probs, target: (np.log(target / probs) + 1) / len(probs),
        ),
        misconception(
            "the inner derivative of log(t/p) is missing",
            "The derivative of log u is 1/u, here p/t, times that of u = t/p, which is −t/p². Or take log t − log p and differentiate that.",
            gradient=lambda probs, target: np.where(target > 0, probs, 0) / len(probs),
        ),
        misconception(
            "p − t is the gradient for logits, not for probabilities",
            "Differentiate −t log p with respect to p.",
            gradient=lambda probs, target: (probs - target) / len(probs),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda probs, target: -target / probs,
        ),
    ],
)

hinge = Exercise(
    id="ch04.hinge",
    reference="losses.Hinge",
    protocol=_value_and_gradient("score", "target"),
    cases=cases.scores(),
    parts=[VALUE, Part("gradient", 1, result="gradient")],
    read_again="4.17 The hinge family: is right by a little enough?",
    misconceptions=[
        misconception(
            "targets are taken as 0 and 1",
            "Here they are −1 and +1 already. Turning them with 2t − 1 makes −3 out of −1.",
            value=lambda score, target: np.mean(np.maximum(0, 1 - (2 * target - 1) * score)),
        ),
        misconception(
            "examples with target −1 are skipped, as if they were 0",
            "The loss of a negative example is max(0, 1 + score). Test your function with target −1 and score 2: it should be 3.",
            value=lambda score, target: np.mean(np.where(target > 0, np.maximum(0, 1 - score), 0)),
            gradient=lambda score, target: np.where((target > 0) & (score < 1), -1.0, 0.0) / len(score),
        ),
        misconception(
            "no margin: max(0, −t·s) is the perceptron's loss",
            "A point on the right side but close to the line still costs something: the 1 is the margin.",
            value=lambda score, target: np.mean(np.maximum(0, -target * score)),
            gradient=lambda score, target: np.where(target * score < 0, -target, 0) / len(score),
        ),
        misconception(
            "squared hinge",
            "The hinge itself grows in a straight line; the square is another loss of this chapter.",
            value=lambda score, target: np.mean(np.maximum(0, 1 - target * score) ** 2),
            gradient=lambda score, target: -2 * target * np.maximum(0, 1 - target * score) / len(score),
        ),
        misconception(
            "the maximum is taken after the mean: good examples pay for bad ones",
            "Clip each example at 0 first: np.maximum works entry by entry, then comes the mean.",
            value=lambda score, target: np.maximum(0, np.mean(1 - target * score)),
        ),
        misconception(
            "the maximum with 0 is missing",
            "Beyond the margin the loss is 0, never negative: there is nothing to win by being even more certain.",
            value=lambda score, target: np.mean(1 - target * score),
            gradient=lambda score, target: -target / len(score),
        ),
        misconception(
            "the gradient has the opposite sign",
            "For target +1 a higher score lowers the loss: the gradient is −1 there.",
            gradient=lambda score, target: np.where(target * score < 1, target, 0) / len(score),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda score, target: np.where(target * score < 1, -target, 0),
        ),
        misconception(
            "−1 for every example inside the margin: the target is missing in the gradient",
            "The inner derivative of 1 − t·s for s is −t, which is +1 for negative examples.",
            gradient=lambda score, target: np.where(target * score < 1, -1.0, 0.0) / len(score),
        ),
        misconception(
            "a slope of −t where the margin is exactly 1",
            "At the corner both slopes, 0 and −t, would fit; the exercise asks for 0: a point on the margin costs nothing and rests.",
            gradient=lambda score, target: np.where(target * score <= 1, -target, 0.0) / len(score),
        ),
        misconception(
            "plus in front of t·s",
            "A larger margin must cost less. Test your function with target 1 and score 2: the loss should be 0.",
            value=lambda score, target: np.mean(np.maximum(0, 1 + target * score)),
            gradient=lambda score, target: np.where(target * score > -1, target, 0.0) / len(score),
        ),
        misconception(
            "the absolute value where the maximum with 0 belongs",
            "Beyond a margin of 1 nothing is to be paid. Yours asks for a margin of exactly 1.",
            value=lambda score, target: np.mean(np.abs(1 - target * score)),
            gradient=lambda score, target: -target * np.sign(1 - target * score) / len(score),
        ),
        misconception(
            "the score is still in the gradient: −t·s",
            "The line 1 − t·s has the same slope at every score. Differentiate for s: what stands beside it?",
            gradient=lambda score, target: np.where(target * score < 1, -target * score, 0.0) / len(score),
        ),
        misconception(
            "the gradient for the target: −s",
            "It is the score that the network can change. Beside s stands t in 1 − t·s.",
            gradient=lambda score, target: np.where(target * score < 1, -score, 0.0) / len(score),
        ),
        misconception(
            "the score is compared with 1, not the margin",
            "For a target of −1 a score of −3 is safely right. Compare t·s with 1.",
            gradient=lambda score, target: np.where(score < 1, -target, 0.0) / len(score),
        ),
        misconception(
            "divided by the number of examples that still cost something",
            "The loss is the mean over all N examples, the silent ones too.",
            gradient=lambda score, target: (
                np.where(target * score < 1, -target, 0.0) / max(1, np.sum(target * score < 1))
            ),
        ),
    ],
)

focal = Exercise(
    id="ch04.focal",
    reference="losses.Focal",
    protocol=Call(value=("logits", "labels", "gamma")),
    cases=cases.logits_and_labels(large=8192.0, gammas=(2.0, 0.0, 1.0, 5.0)),
    parts=[Part("value", 3), Part("large logits", 1, where=cases.LARGE)],
    read_again="4.18 Focal: should easy examples keep talking?",
    misconceptions=[
        misconception(
            "γ is ignored: this is the cross-entropy",
            "Your loss does not change with γ. The factor (1 − p)^γ is what makes easy examples cheap.",
            value=lambda logits, labels, gamma: -np.mean(_picked(_log_softmax(logits), labels)),
        ),
        misconception(
            "p^γ instead of (1 − p)^γ: the easy examples are the ones that count",
            "At p = 0.99 the loss is to be almost nothing. Which of the two factors is small there?",
            value=lambda logits, labels, gamma: (
                -np.mean(_picked(_softmax(logits), labels) ** gamma * _picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "γ multiplies instead of being an exponent",
            "The factor is (1 − p)^γ, not γ·(1 − p). With γ = 0 the focal loss is the cross-entropy; yours is 0 there.",
            value=lambda logits, labels, gamma: (
                -np.mean(gamma * (1 - _picked(_softmax(logits), labels)) * _picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "γ is fixed at 2",
            "The argument γ may be any number from 0 on; 2 is only its default.",
            value=lambda logits, labels, gamma: (
                -np.mean((1 - _picked(_softmax(logits), labels)) ** 2 * _picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "the logarithm is missing: (1 − p)^γ alone",
            "The focal loss is the cross-entropy times a factor: the −log p is still there.",
            value=lambda logits, labels, gamma: np.mean((1 - _picked(_softmax(logits), labels)) ** gamma),
        ),
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "Subtract each row's maximum before exp; the softmax stays the same.",
            value=lambda logits, labels, gamma: (
                -np.mean(
                    (1 - _picked(_exp_softmax(logits), labels)) ** gamma * np.log(_picked(_exp_softmax(logits), labels))
                )
            ),
        ),
        misconception(
            "log of zero: the softmax is rounded to 0 before the logarithm",
            "Take log p from the log-softmax, and p as its exponential. Then log p is finite even where p is rounded to 0.",
            value=lambda logits, labels, gamma: (
                -np.mean((1 - _picked(_softmax(logits), labels)) ** gamma * np.log(_picked(_softmax(logits), labels)))
            ),
        ),
        misconception(
            "the softmax is taken over the examples (axis 0) instead of the classes",
            "The probabilities of one example must sum to 1: along a row, axis=1.",
            value=lambda logits, labels, gamma: (
                -np.mean(
                    (1 - _picked(_softmax(logits, axis=0), labels)) ** gamma
                    * _picked(_log_softmax(logits, axis=0), labels)
                )
            ),
        ),
        misconception(
            "1 − p^γ in place of (1 − p)^γ",
            "First the probability of being wrong, 1 − p, then the power. With γ = 0 your factor is 0, and it should be 1.",
            value=lambda logits, labels, gamma: (
                -np.mean((1 - _picked(_softmax(logits), labels) ** gamma) * _picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "the largest probability in the factor, not that of the label",
            "An example that is sure and wrong must keep its full weight. Its largest probability is not that of the label.",
            value=lambda logits, labels, gamma: (
                -np.mean((1 - _softmax(logits).max(axis=1)) ** gamma * _picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "one factor for the whole batch, from the mean of the losses",
            "Each example has its own p, its own factor and its own loss. The mean comes last.",
            value=lambda logits, labels, gamma: (
                -((1 - np.exp(np.mean(_picked(_log_softmax(logits), labels)))) ** gamma)
                * np.mean(_picked(_log_softmax(logits), labels))
            ),
        ),
        misconception(
            "all classes are added up, not only the label's",
            "Only the label's class has a loss, as in the cross-entropy. Pick one log-probability for each row.",
            value=lambda logits, labels, gamma: (
                -np.mean(np.sum((1 - _softmax(logits)) ** gamma * _log_softmax(logits), axis=1))
            ),
        ),
        misconception(
            "the labels' columns are taken in every row",
            "Each row has one label, its own. Use two index arrays of equal length: `[np.arange(N), labels]`.",
            value=lambda logits, labels, gamma: (
                -np.mean((1 - _softmax(logits)[:, labels]) ** gamma * _log_softmax(logits)[:, labels])
            ),
        ),
        misconception(
            "exp overflows in the log of the sum: the logits are not shifted by their maximum",
            "With m the row's maximum, log Σ exp(z) = m + log Σ exp(z − m).",
            value=lambda logits, labels, gamma: _focal_unshifted(logits, labels, gamma),
        ),
    ],
)
