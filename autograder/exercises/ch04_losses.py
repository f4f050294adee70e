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
            "There is no e/|e| at e = 0. At the corner any slope between −1 and 1 is a subgradient; the exercise asks for 0.",
            "Which NumPy function gives −1, 0 or 1 for an array?",
            gradient=lambda prediction, target: (prediction - target) / np.abs(prediction - target) / len(prediction),
        ),
        misconception(
            "a slope of 1 where the error is exactly 0",
            "An exact prediction should be left alone: the exercise asks for the subgradient 0 there.",
            gradient=lambda prediction, target: np.where(prediction >= target, 1.0, -1.0) / len(prediction),
        ),
        misconception(
            "a slope of −1 where the error is exactly 0",
            "An exact prediction should be left alone: the exercise asks for the subgradient 0 there.",
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
            "Take e^|e| out of cosh e = ½(eᵉ + e⁻ᵉ) and use log(ab) = log a + log b.",
            value=lambda prediction, target: np.mean(np.log(np.cosh(prediction - target))),
        ),
        misconception(
            "the − log 2 is missing",
            "At e = 0 the loss must be log cosh 0 = log 1 = 0. Yours is log 2 ≈ 0.693.",
            value=lambda prediction, target: np.mean(np.logaddexp(prediction - target, target - prediction)),
        ),
        misconception(
            "log1p(e^−|e|) in place of log1p(e^−2|e|)",
            "Count the exponents once more: cosh e = ½e^|e| (1 + e^(−2|e|)).",
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
            "the exponential is missing: x − t·x",
            "The expected count is eˣ, not x: the first term of the loss is that count.",
            value=lambda log_rate, count: np.mean(log_rate - count * log_rate),
            gradient=lambda log_rate, count: (1 - count) / len(count),
        ),
        misconception(
            "plus in front of t·x",
            "The loss is the negative log-likelihood: where the count is high, a higher log-rate must make it smaller.",
            value=lambda log_rate, count: np.mean(np.exp(log_rate) + count * log_rate),
            gradient=lambda log_rate, count: (np.exp(log_rate) + count) / len(count),
        ),
        misconception(
            "log t! is included",
            "That term is right for the likelihood, but it does not depend on the prediction; the exercise leaves it out.",
            value=lambda log_rate, count: np.mean(
                np.exp(log_rate) - count * log_rate + np.array([math.lgamma(c + 1) for c in count])
            ),
        ),
        misconception(
            "the gradient for the rate instead of the log-rate",
            "Your 1 − t/λ is the slope with respect to λ = eˣ. The chain rule has one more factor: dλ/dx = eˣ.",
            gradient=lambda log_rate, count: (1 - count / np.exp(log_rate)) / len(count),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda log_rate, count: np.exp(log_rate) - count,
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
            "only the diagonal of the Jacobian: dy·(1 − softmax)",
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
            "The Jacobian of log-softmax is I − 1·softmaxᵀ: simpler than that of the softmax.",
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
            "Differentiate −t log p with respect to p itself. The simple p − t appears only after multiplying by the softmax's Jacobian.",
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
            "In the computer σ(40) is exactly 1, and log(1 − 1) is −∞. Simplify log σ(x) on paper before you type it.",
            "You should find that −t log σ(x) − (1 − t) log(1 − σ(x)) is x − x·t + log(1 + e⁻ˣ). Which part overflows, and for which sign of x?",
            value=lambda logits, target: (
                -np.mean(target * np.log(_sigmoid(logits)) + (1 - target) * np.log(1 - _sigmoid(logits)))
            ),
        ),
        misconception(
            "e⁻ˣ overflows for large negative logits",
            "Your x − x·t + log(1 + e⁻ˣ) is right on paper, but e⁻ˣ is infinite at x = −1000. Use e^−|x| and mend the rest: max(x, 0) takes the place of x.",
            value=lambda logits, target: np.mean(logits - logits * target + np.log1p(np.exp(-logits))),
        ),
        misconception(
            "max(x, 0) goes with e^−|x|, not with e⁻ˣ",
            "For negative x your two terms belong to different formulas. Put |x| into the exponent.",
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
            "The σ(1 − σ) from the sigmoid cancels against 1/(p(1 − p)) from the logarithms. What is left is σ(x) − t.",
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
            "x − t: the sigmoid is missing in the gradient",
            "The gradient compares a probability with the target. Squash the logit first.",
            gradient=lambda logits, target: (logits - target) / logits.size,
        ),
        misconception(
            "the softmax is used where each label has its own sigmoid",
            "Labels are independent here: a row may have several ones or none, so its probabilities need not sum to 1.",
            value=lambda logits, target: -np.mean(target * _log_softmax(logits)),
            gradient=lambda logits, target: (_softmax(logits) - target) / logits.size,
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
            "At the corner both 0 and −t are subgradients; the exercise asks for 0: a point on the margin costs nothing and rests.",
            gradient=lambda score, target: np.where(target * score <= 1, -target, 0.0) / len(score),
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
    ],
)
