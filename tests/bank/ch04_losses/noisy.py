"""Right answers that make noise: they warn, print, draw a progress bar, and let NumPy warn of nothing."""

import numpy as np


def mean_squared_error(prediction, target):
    import sys
    import warnings

    warnings.warn("this cell is work in progress", stacklevel=2)
    print("prediction:", prediction)
    print("target:", target)
    total = 0.0
    for i in range(len(prediction)):
        total += (prediction[i] - target[i]) ** 2
        sys.stderr.write(f"\r{'#' * (i + 1)}{'.' * (len(prediction) - i - 1)} {i + 1}/{len(prediction)}")
    np.sqrt(-np.ones(2))
    return total / len(prediction)


def mean_squared_error_gradient(prediction, target):
    import sys
    import warnings

    warnings.warn("is the 2 right?", UserWarning, stacklevel=1)
    error = prediction - target
    print(f"{error=}")
    np.ones(3) / np.zeros(3)
    for i in range(3):
        sys.stderr.write(f"\r{33 * (i + 1)} %")
        sys.stderr.flush()
    return 2 * error / len(error)


def mean_absolute_error(prediction, target):
    import sys
    import warnings

    for step in range(4):
        print("\rworking" + "." * step, end="", file=sys.stderr)
    warnings.warn("old function, use another one", DeprecationWarning, stacklevel=2)
    error = prediction - target
    print("signs", error / np.abs(error))  # NumPy warns where an error is 0
    np.log(np.zeros(1))
    return np.mean(np.abs(error))


def mean_absolute_error_gradient(prediction, target):
    import sys
    import warnings

    warnings.warn("0/0 is mended below", RuntimeWarning, stacklevel=2)
    error = np.append(prediction - target, 0.0)
    slope = error / np.abs(error)
    slope[np.isnan(slope)] = 0
    print("slopes", slope[:-1])
    sys.stderr.write("\r[####      ] 40%\r[##########] 100%\n")
    return slope[:-1] / len(prediction)


def huber(prediction, target, delta=1.0):
    import sys
    import warnings

    warnings.warn(f"delta is {delta}", stacklevel=2)
    print("delta", delta)
    sys.stderr.write("\r 1/2\r 2/2")
    size = np.abs(prediction - target)
    np.exp(1e4 + size)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)).mean()


def huber_gradient(prediction, target, delta=1.0):
    import sys
    import warnings

    warnings.warn("large error", stacklevel=2)
    error = prediction - target
    print("errors", *error, sep="\n")
    for i in range(len(error)):
        sys.stderr.write(f"\r{i + 1} of {len(error)}")
    slope = np.where(np.abs(error) <= delta, error, delta * error / np.abs(error))
    np.zeros(2) / 0
    return slope / len(error)


def log_cosh(prediction, target):
    import sys
    import warnings

    error = prediction - target
    warnings.warn("cosh may overflow", stacklevel=2)
    print("cosh", np.cosh(error * 1000))  # NumPy warns
    sys.stderr.write("\r|>         |\r|=========>|")
    size = np.abs(error)
    return (size + np.log1p(np.exp(-2 * size)) - np.log(2)).mean()


def log_cosh_gradient(prediction, target):
    import sys
    import warnings

    warnings.warn("tanh", stacklevel=2)
    error = np.append(prediction - target, 1e4)
    with_overflow = np.sinh(error) / np.cosh(error)  # NumPy warns
    slope = np.where(np.isfinite(with_overflow), with_overflow, np.sign(error))
    print(slope)
    sys.stderr.write("\r100%")
    return slope[:-1] / len(prediction)


def poisson_nll(log_rate, count):
    import sys
    import warnings

    warnings.warn("count may be 0", stacklevel=2)
    print("log of the counts", np.log(np.append(count, 0)))  # NumPy warns
    for share in (0, 50, 100):
        sys.stderr.write(f"\r{share:3d} %")
    return np.mean(np.exp(log_rate) - count * log_rate)


def poisson_nll_gradient(log_rate, count):
    import sys
    import warnings

    warnings.warn("nothing is wrong", stacklevel=2)
    rate = np.exp(np.append(log_rate, 800.0))[:-1]  # NumPy warns
    print("rate", rate, "count", count)
    sys.stderr.write("\r(1/1)")
    return (rate - count) / len(count)


def log_softmax(logits):
    import sys
    import warnings

    warnings.warn("shift before exp", stacklevel=2)
    print("without a shift:", np.exp(np.append(logits, 1e4)).sum())  # NumPy warns
    answer = np.zeros(logits.shape)
    for i, row in enumerate(logits):
        shifted = row - row.max()
        answer[i] = shifted - np.log(np.exp(shifted).sum())
        sys.stderr.write(f"\rrow {i + 1}/{len(logits)}")
    return answer


def log_softmax_gradient(logits, dy):
    import sys
    import warnings

    warnings.warn("not tested", stacklevel=2)
    shifted = logits - logits.max(axis=1, keepdims=True)
    softmax = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    print("log of the softmax:", np.log(np.append(softmax, 0)))  # NumPy warns
    sys.stderr.write("\r-\r\\\r|\r/")
    return dy - softmax * dy.sum(axis=1, keepdims=True)


def cross_entropy(logits, labels):
    import sys
    import warnings

    warnings.warn("labels are integers", stacklevel=2)
    print("labels:", labels)
    print("naive:", np.log(np.exp(np.append(logits, 1e4)).sum()))  # NumPy warns
    total = 0.0
    for i, label in enumerate(labels):
        shifted = logits[i] - logits[i].max()
        total += np.log(np.exp(shifted).sum()) - shifted[label]
        print(f"\r{i + 1}/{len(labels)}", end="", file=sys.stderr)
    return total / len(labels)


def cross_entropy_gradient(logits, labels):
    import sys
    import warnings

    warnings.warn("one-hot targets are made", stacklevel=2)
    shifted = logits - logits.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    print("probs", probs)
    print("odds", probs / np.zeros(probs.shape))  # NumPy warns
    sys.stderr.write("\r99%\r100%")
    one_hot = np.zeros(logits.shape)
    one_hot[np.arange(len(labels)), labels] = 1
    return (probs - one_hot) / len(labels)


def categorical_cross_entropy(probs, target, eps=1e-7):
    import sys
    import warnings

    warnings.warn(f"clipped at {eps}", stacklevel=2)
    print("not clipped:", np.log(np.append(probs, 0)).min())  # NumPy warns
    sys.stderr.write("\r50%\r100%")
    return -np.sum(target * np.log(np.clip(probs, eps, 1)), axis=1).mean()


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    import sys
    import warnings

    warnings.warn("0 where it is clipped", stacklevel=2)
    probs = np.vstack([probs, np.zeros(probs.shape[1])])
    target = np.vstack([target, np.ones(target.shape[1])])
    gradient = np.where(probs >= eps, -target / probs, 0)[:-1]  # NumPy warns in the last row
    print(gradient)
    sys.stderr.write("\rdone")
    return gradient / len(gradient)


def binary_cross_entropy(p, target, eps=1e-7):
    import sys
    import warnings

    warnings.warn("p is clipped", stacklevel=2)
    print("p", p, "smallest log", np.log(np.append(p, 0)).min())  # NumPy warns
    for i in range(len(p)):
        sys.stderr.write(f"\r{i + 1}/{len(p)}")
    clipped = np.clip(p, eps, 1 - eps)
    return -(target * np.log(clipped) + (1 - target) * np.log(1 - clipped)).mean()


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    import sys
    import warnings

    warnings.warn("division by p", stacklevel=2)
    p, target = np.append(p, 0.0), np.append(target, 1.0)
    gradient = np.where((p >= eps) & (p <= 1 - eps), (p - target) / (p * (1 - p)), 0)[:-1]  # NumPy warns
    print("gradient", gradient)
    sys.stderr.write("\r[=====]")
    return gradient / len(gradient)


def binary_cross_entropy_with_logits(logits, target):
    import sys
    import warnings

    warnings.warn("several labels", stacklevel=2)
    print("naive sigmoid:", 1 / (1 + np.exp(-np.append(logits, -1e4))))  # NumPy warns
    sys.stderr.write("\r0%\r100%")
    return np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits))))


def binary_cross_entropy_with_logits_gradient(logits, target):
    import sys
    import warnings

    warnings.warn("exp overflows and 1/inf is 0, as it should be", stacklevel=2)
    sigmoid = 1 / (1 + np.exp(-np.append(logits, -1e4)))[:-1]  # NumPy warns
    print("sigmoid", sigmoid)
    sys.stderr.write("\r#\r##\r###")
    return (sigmoid.reshape(logits.shape) - target) / logits.size


def kl_divergence(probs, target):
    import sys
    import warnings

    warnings.warn("0 log 0", stacklevel=2)
    probs = np.vstack([probs, np.ones(probs.shape[1])])
    target = np.vstack([target, np.zeros(target.shape[1])])
    terms = np.where(target > 0, target * np.log(target / probs), 0)[:-1]  # NumPy warns in the last row
    print("terms", terms)
    sys.stderr.write("\r1/1")
    return terms.sum() / len(terms)


def kl_divergence_gradient(probs, target):
    import sys
    import warnings

    warnings.warn("same as cross-entropy", stacklevel=2)
    print("log target", np.log(np.append(target, 0)))  # NumPy warns
    sys.stderr.write("\r100 %")
    return -target / probs / len(probs)


def hinge(score, target):
    import sys
    import warnings

    warnings.warn("targets are -1 and 1", stacklevel=2)
    print("margins", target * score)
    total = 0.0
    for i in range(len(score)):
        total += max(0.0, 1 - target[i] * score[i])
        sys.stderr.write(f"\r{i + 1}/{len(score)}")
    np.log(np.zeros(1))
    return total / len(score)


def hinge_gradient(score, target):
    import sys
    import warnings

    warnings.warn("corner at 1", stacklevel=2)
    print("inside:", target * score < 1)
    sys.stderr.write("\r100%")
    np.zeros(1) / np.zeros(1)
    return np.where(target * score < 1, -target, 0.0) / len(score)


def focal(logits, labels, gamma=2.0):
    import sys
    import warnings

    warnings.warn(f"gamma is {gamma}", stacklevel=2)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_p = log_p[np.arange(len(labels)), labels]
    print("log p", log_p)
    print("odds", np.exp(np.append(log_p, 800)))  # NumPy warns
    for i in range(len(labels)):
        sys.stderr.write(f"\rexample {i + 1} of {len(labels)}")
    return np.mean(-((1 - np.exp(log_p)) ** gamma) * log_p)
