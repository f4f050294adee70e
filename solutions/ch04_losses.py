# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Chapter 4 · Losses
#
# A loss turns "this prediction is wrong" into a number, and its gradient turns that number into "move this way". The
# rest of a network only follows. Choose a loss that asks the wrong question, and training will answer the wrong question well.
#
# **After this chapter you can**
#
# - write thirteen losses and their gradients in NumPy, and say what each of them asks for;
# - predict what an outlier, a rare class or an overconfident answer does to a fit, and choose a loss for it;
# - keep logarithms and exponentials finite where the obvious formula gives `inf` or `nan`;
# - read a training curve that stops at a strange height and know why.
#
# **You need** NumPy arrays, derivatives of $x^2$, $\log x$ and $e^x$, the chain rule, and the sigmoid and the softmax
# of chapter 3.
#
# **Time** about three and a half hours: 115 minutes for the thirteen exercises (50 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The course follows five texts. We call them by number: an overview of units, losses and activations (D0), the lecture
# slides *Deep Learning Basics* (D1), a chapter on the fundamentals of deep learning (D2), lecture slides on networks as
# modules (D3), and an article on the building blocks in PyTorch (D4). Where one of them is wrong as printed in our copy,
# a cell shows it; section 4.21 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import datasets, figures, losses

# %% [markdown]
# ## 4.1 What is a loss for?
#
# **The question.** A network has a million weights and has just made a mistake. Which way should each of them move?
#
# The optimizer wants one thing for an answer: the gradient of one number. So a loss is a function with two inputs, the
# prediction and the target, and one number out. It must do three jobs:
#
# 1. be smaller for better predictions;
# 2. have a slope nearly everywhere, which says how to get better;
# 3. mean something, so that a person can read it.
#
# In this course a loss is an object with `forward(prediction, target)`, the number, and `backward()`, its gradient for
# the prediction. One step against the gradient makes the loss smaller:

# %% tags=["demo"]
loss = losses.MeanSquaredError()
prediction, target = np.array([2.0, 5.0, 1.0]), np.array([1.0, 5.0, 3.0])

before = loss.forward(prediction, target)
gradient = loss.backward()
after = loss.forward(prediction - 0.1 * gradient, target)

print(f"loss {before:.3f}, gradient {gradient.round(3)}, loss after one step {after:.3f}")
assert after < before

# %% [markdown]
# Why not train on the accuracy, the share of right answers? It has no useful slope: a small step changes no answer, so
# the accuracy stays exactly where it was. A loss has to notice progress that is not yet visible in the answers.

# %% tags=["demo"]
labels = np.array([0, 1, 1])
logits = np.array([[0.3, 0.1], [0.9, 0.4], [-1.0, 1.0]])
# example 1 moves a little towards its label
nudged = logits + np.array([[0, 0], [0, 0.001], [0, 0]])

accuracy = [np.mean(z.argmax(axis=1) == labels) for z in (logits, nudged)]
cross_entropies = [losses.CrossEntropy().forward(z, labels) for z in (logits, nudged)]
print(f"accuracy      {accuracy[0]:.6f} -> {accuracy[1]:.6f}")
print(f"cross-entropy {cross_entropies[0]:.6f} -> {cross_entropies[1]:.6f}")
assert accuracy[0] == accuracy[1] and cross_entropies[1] < cross_entropies[0]

# %% [markdown]
# **What D1 asks of a loss**, and what we make of it:
#
# | D1's wish | how far it holds |
# |---|---|
# | continuous and differentiable | almost everywhere is enough (so D3): the absolute error has a corner and trains networks |
# | robust to outliers | a choice, not a duty: the most used regression loss, the squared error, is not robust (4.4) |
# | meaningful, to some extent | yes: dollars, percent, or nats of surprise |
# | cheap to compute | yes, and all losses here are: 4.9 measures them |
#
# **A little history.** D1 tells three phases: simple errors such as the mean squared error in the 1950s and 1960s;
# cross-entropy, hinge and Kullback–Leibler from the 1980s to the early 2000s; specialized losses such as focal, Dice and
# negative sampling since then. The ideas are often much older than their use in networks:
#
# | year | who | what |
# |---|---|---|
# | 1805, 1809 | Legendre; Gauss | least squares, and its link to the normal distribution |
# | 1951 | Kullback, Leibler | the divergence between two distributions |
# | 1964 | Huber | the robust loss between squares and absolute values |
# | 1995 | Cortes, Vapnik | support-vector networks, trained with the hinge |
# | 2013 | Mikolov and others | negative sampling for word vectors |
# | 2016 | Milletari and others | the Dice loss for segmentation |
# | 2017 | Lin and others | the focal loss |
#
# **Remember.** A loss asks a question. Its gradient is the only thing the network hears of it.

# %% [markdown]
# ---
# # Part one: regression
# The target is a number. Write $e = \hat y - y$ for the error, prediction minus target.
#
# ## 4.2 Squared error: what is the best guess?
#
# **The question.** Seven people earn 1, 2, 2, 3, 3, 4 and 20 thousand a month. You must guess one number for all of them. Which?
#
# **The picture.** It depends on the loss, and on nothing else.

# %% tags=["demo"]
figures.losses.best_constant()

# %% [markdown]
# **The mathematics.** The mean squared error of a guess $c$ is $\frac1N\sum (c - y_i)^2$. Its derivative,
# $\frac2N\sum(c - y_i)$, is zero where $c$ is the **mean**. Squares make the optimizer answer "the mean"; one person with
# 20 moves it from 2.5 to 5.
#
# The square also amplifies: an error twice as large costs four times as much and pulls twice as hard. In terms of
# probability, squared error is what you get from the assumption that the noise is normal.
#
# **The code.** Three losses of the texts are this one up to a constant: the sum of squared errors (D2), the mean squared
# error (D1, D2, D4), and the Euclidean loss $\tfrac12\lVert\hat y - y\rVert^2$ (D3). Their gradients point the same way. Their
# lengths differ, so the same learning rate makes steps of different size.

# %% tags=["demo"]
rng = np.random.default_rng(0)
prediction, target = rng.normal(size=50), rng.normal(size=50)

total, mean, euclidean = losses.SumSquaredError(), losses.MeanSquaredError(), losses.Euclidean()
values = [one.forward(prediction, target) for one in (total, mean, euclidean)]
gradients = [one.backward() for one in (total, mean, euclidean)]
print("sum {:.3f}   mean {:.3f}   Euclidean {:.3f}".format(*values))

np.testing.assert_allclose(values[0], 50 * values[1])
np.testing.assert_allclose(values[0], 2 * values[2])
np.testing.assert_allclose(gradients[0], 50 * gradients[1])
np.testing.assert_allclose(gradients[0], 2 * gradients[2])

# the negative logarithm of a normal density of the error: half the square, and a constant
e = np.array([0.0, 1.0, 3.0])
surprise = -np.log(np.exp(-(e**2) / 2) / np.sqrt(2 * np.pi))
np.testing.assert_allclose(surprise - surprise[0], e**2 / 2)

# D1's first claim: squares amplify large errors
one, two = (mean.forward(np.array([e]), np.array([0.0])) for e in (3.0, 6.0))
assert two == 4 * one


# %% [markdown]
# Why the mean and not the sum? The gradient of a sum grows with the number of examples. Whoever doubles the batch then
# doubles every step without having touched the learning rate. With a mean, the batch size and the learning rate are two
# separate choices. All losses that you write here are means. Those of `course_lib` are, too, unless they are told
# otherwise: `reduction="sum"` adds up, and `reduction="none"` answers one number for each example.

# %% [markdown] exercise="ch04.mean_squared_error" minutes=6 difficulty=1
# ### Exercise: the mean squared error
# Write the loss and its gradient. With the error $e_i = \hat y_i - y_i$ of example $i$ (prediction minus target),
#
# $$L = \frac1N \sum_{i=1}^N e_i^2 .$$
#
# The gradient has one entry for each prediction: how much $L$ changes when that prediction grows a little.
# Derive it from the formula before you type.
#
# <details><summary>Hint 1</summary>
#
# Every prediction appears in exactly one term of the sum. To get $\partial L / \partial \hat y_3$, cross out every
# other term and differentiate what is left.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The factor $1/N$ in front of the sum is still there after differentiating. So is the exponent, which came down.
# </details>
#
# <details><summary>My gradient is right but for its sign</summary>
#
# Your error is probably target minus prediction. The square hides that in the value, not in the gradient. Raise a
# prediction that is already too high: the loss must grow, so the gradient there must be positive.
# </details>
#
# <details><summary>My gradient is a single number</summary>
#
# The value is averaged, the gradient is not: it keeps the shape `(N,)` of the prediction.
# </details>

# %% exercise="ch04.mean_squared_error"
def mean_squared_error(prediction, target):
    """Mean over the examples of (prediction − target)².

    prediction, target (N,) -> float. No factor ½.
    """
    ### BEGIN SOLUTION
    return np.mean((prediction - target) ** 2)
    ### END SOLUTION


def mean_squared_error_gradient(prediction, target):
    """Gradient of `mean_squared_error` for the prediction.

    prediction, target (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return 2 * (prediction - target) / len(prediction)
    ### END SOLUTION


# %% check="ch04.mean_squared_error" points=4
check("ch04.mean_squared_error", mean_squared_error, mean_squared_error_gradient)

# %% [markdown]
# **Remember.** Squared error asks for the mean. An error twice as large costs four times as much.

# %% [markdown]
# ## 4.3 Absolute error: does every point get one vote?
#
# **The question.** What if the person with 20 should count as one person and no more?
#
# **The picture.** Look at the slopes on the right. The squared error pulls harder the farther away a point is. The absolute
# error pulls everybody with the same strength.

# %% tags=["demo"]
figures.losses.value_and_gradient(["MeanSquaredError", "MeanAbsoluteError"])

# %% [markdown]
# **The mathematics.** The derivative of $|e|$ is $+1$ or $-1$. The slopes of $\frac1N\sum|c - y_i|$ cancel where as many
# points lie below $c$ as above: at the **median**. Move the 20 to 2 000 and the median stays at 3.

# %% tags=["demo"]
guesses = np.linspace(0, 400, 40_001)[:, None]
for richest in (20.0, 2000.0):
    incomes = np.array([1, 2, 2, 3, 3, 4, richest])
    by_squares = guesses[np.mean((guesses - incomes) ** 2, axis=1).argmin(), 0]
    by_absolute = guesses[np.mean(np.abs(guesses - incomes), axis=1).argmin(), 0]
    print(f"richest {richest:4g}: squared error {by_squares:6.2f}, absolute error {by_absolute:.2f}")
    np.testing.assert_allclose(by_squares, incomes.mean(), atol=0.01)
    np.testing.assert_allclose(by_absolute, np.median(incomes), atol=0.01)


# %% [markdown] exercise="ch04.mean_absolute_error" minutes=6 difficulty=1
# ### Exercise: the mean absolute error
# $$L = \frac1N \sum_{i=1}^N |e_i|, \qquad e_i = \hat y_i - y_i .$$
#
# At $e_i = 0$ the curve has a corner and no slope of its own. Use 0 there: a prediction that is exactly right
# should be left alone.
#
# <details><summary>Hint 1</summary>
#
# The slope of $|e|$ takes three values only. Which ones, and where?
# </details>
#
# <details><summary>Hint 2</summary>
#
# NumPy has one function that returns exactly these three values. Its name is a word you would use for "+" and "−".
# </details>
#
# <details><summary>My gradient is nan in one place</summary>
#
# $e/|e|$ is 0/0 where the error is 0.
# </details>
#
# <details><summary>My gradient does not change when I make the errors larger</summary>
#
# That is right. It is the whole character of this loss.
# </details>

# %% exercise="ch04.mean_absolute_error"
def mean_absolute_error(prediction, target):
    """Mean over the examples of |prediction − target|.

    prediction, target (N,) -> float.
    """
    ### BEGIN SOLUTION
    return np.mean(np.abs(prediction - target))
    ### END SOLUTION


def mean_absolute_error_gradient(prediction, target):
    """Gradient of `mean_absolute_error` for the prediction; 0 where the error is exactly 0.

    prediction, target (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return np.sign(prediction - target) / len(prediction)
    ### END SOLUTION


# %% check="ch04.mean_absolute_error" points=3
check("ch04.mean_absolute_error", mean_absolute_error, mean_absolute_error_gradient)


# %% [markdown]
# D1 calls the absolute error hard to optimize because it has no derivative at zero. Let us see whether that one point is
# the trouble. We walk down from an error of 1 with a fixed rate of 0.3, once on $e^2$ and once on $|e|$.

# %% tags=["demo"]
def descend(slope, rate, steps=100):
    """The errors on the way down from 1, when each step is rate(step)·slope(error)."""
    errors = [1.0]
    for step in range(steps):
        errors.append(errors[-1] - rate(step) * slope(errors[-1]))
    return np.abs(errors)


squared = descend(lambda e: 2 * e, rate=lambda step: 0.3)
absolute = descend(np.sign, rate=lambda step: 0.3)
shrinking = descend(np.sign, rate=lambda step: 0.3 * 0.95**step)

print("last |error|")
print(f"  squared                       {squared[-1]:.1e}")
print(f"  absolute                      {absolute[-1]:.2f}")
print(f"  absolute, with shrinking rate {shrinking[-1]:.4f}")
assert np.all(absolute > 0)  # the point without a derivative was never met …
assert absolute[-20:].max() > 0.1  # … and still it does not settle,
assert squared[-1] < 1e-12  # as the squared error does,
assert shrinking[-1] < 0.002  # until the rate shrinks

# %% [markdown]
# The corner was never touched. The trouble is that the pull does not weaken near the goal: the steps stay as long as they
# were, and the prediction hops around the target. A learning rate that shrinks cures it (chapter 10).
#
# **Remember.** Absolute error asks for the median. Its pull is the same for all errors, so the rate must shrink.

# %% [markdown]
# ## 4.4 Huber: what should one wild point be allowed to do?
#
# **The question.** Near the target the squared error is kind: its pull fades. Far away the absolute error is wise: it does
# not panic. Can one loss do both?
#
# **The picture.** Twelve points near a line of slope 2. One of them was typed in wrongly. On the right, see how hard that
# point pulls at each line.

# %% tags=["demo"]
figures.losses.outlier_fit(["MeanSquaredError", "MeanAbsoluteError", "Huber"])

# %% [markdown]
# Now drag the point upwards. Under the squared error the line follows without end. The others give a little, then stop
# listening.

# %% tags=["demo"]
figures.losses.outlier_drag(["MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"])

# %% tags=["demo"]
slopes = {}
print("slope for an outlier of     0     20     40")
for name in ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"):
    loss, slopes[name] = getattr(losses, name)(), []
    for lift in (0, 20, 40):
        x, y = datasets.line(np.random.default_rng(4), outlier=lift)
        slopes[name].append(figures.losses.fit_line(loss, x, y)[0])
    print("{:22s} {:6.2f} {:6.2f} {:6.2f}".format(name, *slopes[name]))

moved = {name: found[2] - found[1] for name, found in slopes.items()}
assert moved.pop("MeanSquaredError") > 0.5  # twice as far, and the line follows
assert max(abs(further) for further in moved.values()) < 0.02  # the others have stopped

# %% [markdown]
# **The mathematics.** Huber (1964) glued a parabola to two straight lines. The border $\delta$ says where "far" begins. The
# line is $\delta|e|$ moved down by $\tfrac12\delta^2$, so that both pieces meet, in height and in slope.

# %% tags=["demo"]
figures.losses.huber_seam()


# %% [markdown] exercise="ch04.huber" minutes=8 difficulty=2
# ### Exercise: the Huber loss
# $$L_\delta = \frac1N \sum_{i=1}^N \begin{cases} \tfrac12 e_i^2 & |e_i| \le \delta \\
# \delta\,\bigl(|e_i| - \tfrac12\delta\bigr) & |e_i| > \delta \end{cases}$$
#
# Then differentiate each branch. Check on paper that the two slopes agree at $|e| = \delta$.
#
# <details><summary>Hint 1</summary>
#
# Compute both branches for all errors and choose between them entry by entry. `np.where(condition, a, b)` does
# the choosing.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Compare $\delta$ with the size of the error, not with the error: an error of −7 is a far error too.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Draw the gradient against the error: a straight line through 0 that is cut off at two heights. NumPy has a
# function for cutting off.
# </details>
#
# <details><summary>My result is right for small errors and too large for far ones</summary>
#
# Put $|e| = \delta$ into both of your branches. They must give the same number, $\tfrac12\delta^2$. If the linear
# one gives $\delta^2$, it has lost its $-\tfrac12\delta^2$.
# </details>
#
# <details><summary>I get an error about the truth value of an array</summary>
#
# An `if` asks one question, and you have N errors: some near, some far. Let every error choose for itself, with `np.where`.
# </details>
#
# <details><summary>My far gradient has the wrong sign on one side</summary>
#
# The slope of $\delta|e|$ is $+\delta$ on the right and $-\delta$ on the left.
# </details>

# %% exercise="ch04.huber"
def huber(prediction, target, delta=1.0):
    """Mean Huber loss: ½e² where |e| ≤ delta, delta·(|e| − ½delta) elsewhere.

    prediction, target (N,), delta > 0 -> float. The error e is prediction − target.
    """
    ### BEGIN SOLUTION
    error = np.abs(prediction - target)
    return np.mean(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))
    ### END SOLUTION


def huber_gradient(prediction, target, delta=1.0):
    """Gradient of `huber` for the prediction.

    prediction, target (N,), delta > 0 -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return np.clip(prediction - target, -delta, delta) / len(prediction)
    ### END SOLUTION


# %% check="ch04.huber" points=4
check("ch04.huber", huber, huber_gradient)

# %% [markdown]
# **Smooth L1** (Girshick, 2015) is the same curve with another scale: Huber with $\delta = \beta$, divided by $\beta$. At $\beta = 1$
# they are equal. As $\beta$ shrinks, smooth L1 becomes the absolute error, while Huber flattens to zero. D0 praises both as
# differentiable at 0 and limited for far errors; that is right.

# %% tags=["demo"]
prediction, target = np.linspace(-5, 5, 101), np.zeros(101)
for beta in (0.01, 0.5, 1.0, 3.0):
    smooth, huber_loss = losses.SmoothL1(beta), losses.Huber(beta)
    value, huber_value = smooth.forward(prediction, target), huber_loss.forward(prediction, target)
    np.testing.assert_allclose(value, huber_value / beta)
    np.testing.assert_allclose(smooth.backward(), huber_loss.backward() / beta)

at_zero = losses.SmoothL1(reduction="none")
at_zero.forward(np.array([-1e-6, 0.0, 1e-6]), np.zeros(3))
np.testing.assert_allclose(at_zero.backward(), [-1e-6, 0, 1e-6])  # no jump at 0


# %% [markdown]
# **Is Huber more robust than the absolute error**, as D1 says? A fair test: estimate the center of fifty numbers, a thousand
# times. The numbers are normal around 0, but a share of them is replaced by 10. We measure the typical distance from 0.

# %% tags=["demo"]
def center(samples, loss, steps=300):
    """The best constant for each row of samples, by gradient descent from the median."""
    guess = np.median(samples, axis=1, keepdims=True)
    for _ in range(steps):
        loss.forward(np.broadcast_to(guess, samples.shape), samples)
        guess = guess - loss.backward().mean(axis=1, keepdims=True)
    return guess[:, 0]


rng = np.random.default_rng(1)
huber_loss, distance = losses.Huber(reduction="none"), {}
print("share of outliers    mean   median (absolute error)   Huber, δ = 1")
for share in (0.0, 0.2, 0.4):
    samples = rng.normal(size=(1000, 50))
    samples[:, : int(share * 50)] = 10
    centers = samples.mean(axis=1), np.median(samples, axis=1), center(samples, huber_loss)
    distance[share] = [np.sqrt(np.mean(found**2)) for found in centers]
    print("{:10.0%} {:16.3f} {:12.3f} {:25.3f}".format(share, *distance[share]))

mean, median, huber_center = np.array(list(distance.values())).T
assert huber_center[0] < median[0]  # clean normal data: Huber is the more exact one
assert np.all(median[1:] < huber_center[1:])  # many outliers: the median is the more robust one
assert np.all(huber_center[1:] < mean[1:] / 3)  # both are far better than the mean

# %% [markdown]
# It is the other way round. The absolute error is the more robust one. Huber pays a little of that robustness and gets
# precision for it where the data are clean. It is more robust than the *squared* error, and that is what it was made for.
#
# D1 adds that Huber suits badly data that are not normal. That is too wide. With heavy tails, as in Student's
# $t$ distribution, Huber beats the mean. What is true: with *lopsided* data, mean, median and Huber's center are three
# different numbers, and you should know which one you want.

# %% tags=["demo"]
rng = np.random.default_rng(2)
tails, lopsided = rng.standard_t(df=3, size=(1000, 50)), rng.exponential(size=(1000, 50))
huber_loss = losses.Huber(reduction="none")

spread_of_mean, spread_of_huber = tails.mean(axis=1).std(), center(tails, huber_loss).std()
print(f"heavy tails: spread of the mean {spread_of_mean:.3f}, of Huber {spread_of_huber:.3f}")
assert spread_of_huber < 0.85 * spread_of_mean

found = np.median(lopsided, axis=1).mean(), center(lopsided, huber_loss).mean(), lopsided.mean()
print("lopsided:    median {:.2f} < Huber {:.2f} < mean {:.2f}".format(*found))
assert found[0] + 0.05 < found[1] < found[2] - 0.05

# %% [markdown]
# **How much does $\delta$ matter?** It is in the units of the target. Far below the noise, Huber is the absolute error times $\delta$;
# far above all errors, it is half the squared error. So D1 is right that $\delta$ must be chosen. It does not make the *descent*
# harder: the curve is convex and its slope never exceeds $\delta$.

# %% tags=["demo"]
x, y = datasets.line(np.random.default_rng(4), outlier=20)
by_absolute = figures.losses.fit_line(losses.MeanAbsoluteError(), x, y)[0]
by_squares = figures.losses.fit_line(losses.MeanSquaredError(), x, y)[0]
print(f"absolute {by_absolute:.3f}, squared {by_squares:.3f}")
slope_of = {}
for delta in (0.05, 1.0, 100.0):
    rate = 0.5 / min(delta, 1)  # a small δ makes small gradients
    slope_of[delta] = figures.losses.fit_line(losses.Huber(delta), x, y, lr=rate)[0]
    print(f"Huber, δ = {delta:6g}: slope {slope_of[delta]:.3f}")
assert abs(slope_of[0.05] - by_absolute) < 0.05
assert abs(slope_of[100.0] - by_squares) < 1e-3

# %% [markdown]
# **Remember.** Huber is quadratic up to $\delta$ and linear beyond. Robust beside the square, precise beside the absolute
# value, and $\delta$ carries the units of your target.

# %% [markdown]
# ## 4.5 Log-cosh: can we have that without a seam?
#
# **The question.** Huber has a border to choose and a second derivative that jumps there. Is there one smooth formula?
#
# **The picture.**

# %% tags=["demo"]
figures.losses.huber_and_log_cosh()

# %% [markdown]
# **The mathematics.** $\log\cosh e$ is near $\tfrac12e^2$ for small errors and near $|e| - \log 2$ for large ones. Its slope is
# $\tanh e$, which runs from −1 to 1.
#
# D1 calls it a smooth approximation of Huber. Measured: with $\delta = 1$ it stays within $\log 2 - \tfrac12 \approx 0.193$ below Huber. For
# another $\delta$ one must stretch it, $\delta^2\log\cosh(e/\delta)$; the plain formula knows only $\delta = 1$.

# %% tags=["demo"]
e = np.linspace(-50, 50, 10001)
for delta in (0.3, 1.0, 5.0):
    huber_value = losses.Huber(delta, reduction="none").forward(e, np.zeros_like(e))
    stretched = delta**2 * losses.LogCosh(reduction="none").forward(e / delta, np.zeros_like(e))
    gap = huber_value - stretched
    print(f"δ = {delta}: Huber minus stretched log-cosh is {gap.min():.3f} to {gap.max():.3f}")
    assert gap.min() > -1e-12 and gap.max() <= delta**2 * (np.log(2) - 0.5) + 1e-12

plain = losses.LogCosh(reduction="none").forward(e, np.zeros_like(e))
assert np.abs(huber_value - plain).max() > 100  # δ = 5 without stretching: far off

# %% [markdown]
# **The code.** The formula as it stands fails long before the mathematics does: $\cosh 1000$ has 434 digits, and a float
# has no room for a number with more than 309.

# %% tags=["demo"]
e = np.array([1.0, 100.0, 1000.0])
with np.errstate(over="ignore"):
    print("as it stands:", np.log(np.cosh(e)))
    assert np.isinf(np.log(np.cosh(e))[-1])
stable = losses.LogCosh(reduction="none").forward(e, np.zeros(3))
print("rearranged:  ", stable)
np.testing.assert_allclose(stable[1:], e[1:] - np.log(2))


# %% [markdown] exercise="ch04.log_cosh" minutes=10 difficulty=3
# ### Exercise: the log-cosh loss
# $$L = \frac1N \sum_{i=1}^N \log\cosh e_i, \qquad \cosh e = \tfrac12\bigl(\exp(e) + \exp(-e)\bigr),$$
#
# where $e_i = \hat y_i - y_i$ is the error again, and $\exp$ the exponential.
#
# Your function must be right for an error of 0.001 and for an error of 100 000. `np.cosh` alone does not get that far.
#
# <details><summary>Hint 1</summary>
#
# $\cosh$ does not care about the sign of the error. Call the size $a = |e|$ and take the larger of the two
# exponentials, $\exp(a)$, out of the bracket. What is left inside the bracket cannot overflow.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The logarithm of a product is a sum of logarithms. You should have three terms now, and one of them is just $a$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# $\log(1 + u)$ with a tiny $u$ loses digits. `np.log1p(u)` does not. For the gradient: the derivative of
# $\log\cosh e$ is $\sinh e / \cosh e$, and that fraction has a name of its own.
# </details>
#
# <details><summary>My result is inf</summary>
#
# Some exponential still grows with $|e|$. After the factoring, every exponent must be negative.
# </details>
#
# <details><summary>My gradient is nan for large errors</summary>
#
# inf divided by inf. Do not divide sinh by cosh yourself.
# </details>

# %% exercise="ch04.log_cosh"
def log_cosh(prediction, target):
    """Mean over the examples of log cosh(prediction − target).

    prediction, target (N,) -> float. Finite for errors of any finite size.
    """
    ### BEGIN SOLUTION
    error = np.abs(prediction - target)
    return np.mean(error + np.log1p(np.exp(-2 * error)) - np.log(2))
    ### END SOLUTION


def log_cosh_gradient(prediction, target):
    """Gradient of `log_cosh` for the prediction.

    prediction, target (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return np.tanh(prediction - target) / len(prediction)
    ### END SOLUTION


# %% check="ch04.log_cosh" points=4
check("ch04.log_cosh", log_cosh, log_cosh_gradient)


# %% [markdown]
# D1 says log-cosh is easier and faster to optimize than Huber. We count gradient steps on the same data with the same rate.

# %% tags=["demo"]
def steps_needed(loss, rate=0.3, tolerance=1e-6):
    """Steps until the gradient of the line's two weights is shorter than the tolerance."""
    x, y = datasets.line(np.random.default_rng(4), outlier=20)
    x = (x - x.mean()) / x.std()
    slope = level = 0.0
    for step in range(10_000):
        loss.forward(slope * x + level, y)
        g = loss.backward()
        if np.hypot(g @ x, g.sum()) < tolerance:
            return step
        slope, level = slope - rate * (g @ x), level - rate * g.sum()
    raise RuntimeError("no convergence in 10 000 steps")


needed = {name: steps_needed(getattr(losses, name)()) for name in ("Huber", "LogCosh")}
print(needed)
assert needed["LogCosh"] >= needed["Huber"]

# %% [markdown]
# Not faster here: the curvature of both never exceeds 1, so the same rate is safe for both, and near the goal Huber keeps the
# full curvature. The real gifts of log-cosh are that there is no $\delta$ to choose, and that every derivative exists, which methods with
# second derivatives like.
#
# **Remember.** Log-cosh is a smooth Huber with $\delta$ fixed at 1. Factor the large exponential out before you take the logarithm.

# %% [markdown]
# ## 4.6 Percentage and logarithmic errors: wrong by how much of it?
#
# **The question.** A forecast of 110 instead of 100 and one of 11 instead of 10: equally bad? If you say yes, you want a
# relative error.
#
# **The picture.**

# %% tags=["demo"]
figures.losses.relative_errors()

# %% [markdown]
# **The mathematics.**
# $$\text{MAPE} = \frac1N\sum\frac{|\hat y_i - y_i|}{|y_i|}, \qquad \text{MSLE} = \frac1N\sum\bigl(\log(1+\hat y_i) - \log(1+y_i)\bigr)^2 .$$
#
# The percentage error is an absolute error with a weight: $1/|y|$. The logarithmic error is a squared error between
# logarithms; it cares about the ratio, so that half and double cost the same.
#
# D0 says that both greatly mitigate outliers. We ask which constant each loss prefers for seven numbers around 100, when the largest
# becomes 12 000, and when the smallest becomes 0.8.

# %% tags=["demo"]
usual = np.array([80.0, 90, 95, 100, 105, 110, 120])
high, low = usual.copy(), usual.copy()
high[-1], low[0] = 12_000, 0.8

guesses = np.concatenate([np.geomspace(0.1, 15_000, 3000), usual, high, low])
relative = ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError")
best = {}
print("best constant for        usual     one is 12 000    one is 0.8")
for name in ("MeanSquaredError", "MeanAbsoluteError", *relative):
    loss, best[name] = getattr(losses, name)(), []
    for numbers in (usual, high, low):
        costs = [loss.forward(np.full(7, guess), numbers) for guess in guesses]
        best[name].append(float(guesses[np.argmin(costs)]))
    print("{:28s} {:8.1f} {:12.1f} {:14.1f}".format(name, *best[name]))

square, absolute, percent, log = best.values()
# one target far too large: the percentage error holds, the logarithmic one yields, the square gives in
assert percent[1] <= absolute[1] == 100 and 150 < log[1] < 250 and square[1] > 1500
# one target far too small: the percentage error gives itself up, the logarithmic one beats the square
assert percent[2] == 0.8 and log[2] < 65 < square[2]

# %% [markdown]
# So: they soften targets that are far too *large*. A target that is far too *small* rules them: its weight $1/|y|$ or its logarithm
# explodes. The percentage error also prefers guesses that are too low, because a guess between 0
# and a positive target never costs more than 100 %, and one above it may cost any amount.
#
# **Remember.** Relative losses ask "by what factor?". They need targets that stay clear of 0.

# %% [markdown]
# ## 4.7 Counts: how many calls in an hour?
#
# **The question.** Targets are 0, 1, 2, … A line can predict −1.5 calls. What should the network predict instead?
#
# **The picture.**

# %% tags=["demo"]
figures.losses.poisson_fit()

# %% [markdown]
# **The mathematics.** The Poisson distribution gives the count $k$ the probability $\lambda^k e^{-\lambda}/k!$. We let the network say
# $s = \log\lambda$: any real number is allowed, and the rate $e^s$ is positive. The negative logarithm of the probability is
# $e^s - k\,s + \log k!$. The last term does not depend on $s$, so it goes.
#
# **The code.** D0 says that counts can only be positive. A count may be *zero*, and often it is; the rate must be positive.
# The loss takes a zero without trouble:

# %% tags=["demo"]
x, counts = datasets.counts(np.random.default_rng(2))
zero = losses.PoissonNLL().forward(np.array([-0.7]), np.array([0.0]))
print(f"{np.mean(counts == 0):.0%} of the counts in the picture are 0")
print(f"loss of a 0 at rate {np.exp(-0.7):.2f}: {zero:.3f}")
assert np.mean(counts == 0) > 0.2 and np.isfinite(zero)


# %% [markdown] exercise="ch04.poisson_nll" minutes=6 difficulty=2
# ### Exercise: the Poisson loss
# A Poisson variable with rate $\lambda$ takes the value $k$ with probability $\lambda^k e^{-\lambda} / k!$.
# Your network gives the logarithm of the rate, $s = \log\lambda$. The loss is the mean of the negative
# log-probability, without the part that does not depend on $s$:
#
# $$L = \frac1N \sum_{i=1}^N \left(e^{s_i} - k_i\, s_i\right).$$
#
# <details><summary>Hint 1</summary>
#
# The first argument is already a logarithm. Which of the two terms needs the rate itself?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Differentiate for $s$, not for $\lambda$. The gradient is zero exactly where the rate equals the count.
# </details>
#
# <details><summary>My result is nan or inf where a count is 0</summary>
#
# You take the logarithm of a count or of the log-rate. Nothing here needs a logarithm: that work is done.
# </details>
#
# <details><summary>My loss is negative</summary>
#
# It may be. The dropped term $\log k!$ is what would keep it above zero. Only differences of this loss mean something.
# </details>

# %% exercise="ch04.poisson_nll"
def poisson_nll(log_rate, count):
    """Mean over the examples of exp(log_rate) − count·log_rate.

    log_rate (N,), count (N,) of whole numbers 0, 1, 2, … -> float, in nats.
    The constant log(count!) of the Poisson distribution is left out.
    """
    ### BEGIN SOLUTION
    return np.mean(np.exp(log_rate) - count * log_rate)
    ### END SOLUTION


def poisson_nll_gradient(log_rate, count):
    """Gradient of `poisson_nll` for the log-rate.

    log_rate, count (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return (np.exp(log_rate) - count) / len(log_rate)
    ### END SOLUTION


# %% check="ch04.poisson_nll" points=3
check("ch04.poisson_nll", poisson_nll, poisson_nll_gradient)

# %% [markdown]
# **Remember.** For counts, predict the logarithm of the rate. The gradient is rate minus count.

# %% [markdown]
# ## 4.8 Cosine: is the direction right?
#
# **The question.** Two texts on one subject, one short and one long, give vectors of one direction and different length. Should the
# length count?
#
# **The picture.**

# %% tags=["demo"]
figures.losses.cosine_angle()

# %% [markdown]
# **The mathematics.** $L = 1 - \dfrac{\hat y \cdot y}{\lVert\hat y\rVert\,\lVert y\rVert}$. It does not change when a vector is stretched, so the gradient
# stands at a right angle to the prediction: it only turns it.
#
# D2 lists the cosine *similarity* among the losses. The similarity itself is largest for the best prediction. Whoever minimizes it turns
# every prediction away from its target; the loss needs the minus sign.

# %% tags=["demo"]
rng = np.random.default_rng(3)
prediction, target = rng.normal(size=(20, 5)), rng.normal(size=(20, 5))
loss = losses.CosineSimilarity()
value = loss.forward(prediction, target)
gradient = loss.backward()

# the length does not count, and the gradient only turns
np.testing.assert_allclose(loss.forward(10 * prediction, target), value)
np.testing.assert_allclose(np.sum(gradient * prediction, axis=1), 0, atol=1e-12)


def turn(towards, steps=200):
    """Mean cosine after 200 steps along (+1) or against (−1) the gradient of the similarity."""
    turned = prediction.copy()
    for _ in range(steps):
        loss.forward(turned, target)
        turned -= 5 * towards * loss.backward()  # the loss is 1 − similarity
    return 1 - loss.forward(turned, target)


away, near = turn(-1), turn(+1)
print(f"mean cosine at first {1 - value:.2f}")
print(f"after minimizing the similarity {away:.2f}, after minimizing 1 − similarity {near:.2f}")
assert away < -0.95 and near > 0.95

# %% [markdown]
# **Remember.** The cosine loss is $1 - \cos$. It turns vectors and leaves their length alone.

# %% [markdown]
# ## 4.9 Play, and D1's table put to the test
#
# Choose losses (hold Ctrl or ⌘ for several), drag the outlier, move $\delta$. Try these:
#
# - Put the outlier at −40. Which lines notice?
# - Raise $\delta$ until Huber's line lies on the squared-error line. How large must $\delta$ be, and why that much?

# %% tags=["demo"]
figures.losses.explorer()

# %% [markdown]
# D1 says that Huber and log-cosh are slower than the two simple losses. They are. It hardly matters: the loss looks at one
# number per example, the network at thousands.

# %% tags=["demo"]
import time


def milliseconds(call, *arguments, repeats=7):
    """Time of the fastest of several calls: the least disturbed one."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(*arguments)
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def there_and_back(loss, prediction, target):
    loss.forward(prediction, target)
    return loss.backward()


rng = np.random.default_rng(5)
prediction, target = rng.normal(size=20_000), rng.normal(size=20_000)
taken = {}
for name in ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"):
    taken[name] = milliseconds(there_and_back, getattr(losses, name)(), prediction, target)
    print(f"{name:20s} {taken[name]:7.3f} ms")

examples, weights = rng.normal(size=(20_000, 256)), rng.normal(size=(256, 256))
layer = milliseconds(np.matmul, examples, weights)
print(f"{'one dense layer':20s} {layer:7.3f} ms, forward only, for the same 20 000 examples")
assert taken["LogCosh"] > taken["MeanSquaredError"] and layer > taken["LogCosh"]

# %% [markdown]
# | loss | D1's claim | verdict | seen in |
# |---|---|---|---|
# | squared | amplifies large errors | yes: error × 2, cost × 4 | 4.2 |
# | squared | sensitive to outliers | yes: the line follows the dragged point without end | 4.4 |
# | squared, absolute | simple and fast | yes | 4.9 |
# | absolute | less sensitive to outliers | yes: the median | 4.3, 4.4 |
# | absolute | hard to optimize because of the corner at 0 | not the corner: the pull that does not fade | 4.3 |
# | Huber | less sensitive than the squared error | yes | 4.4 |
# | Huber | more robust than the absolute error | no, the other way round; it is more *precise* on clean data | 4.4 |
# | Huber | $\delta$ must be tuned | yes; but the descent itself is no harder | 4.4 |
# | Huber, log-cosh | poor for data that are not normal | too wide: good with heavy tails, ambiguous for lopsided data | 4.4 |
# | Huber, log-cosh | slower than squared and absolute | yes, and small beside one layer | 4.9 |
# | log-cosh | less sensitive than the squared error | yes | 4.4 |
# | log-cosh | easier and faster to optimize than Huber | not faster here; no $\delta$ to choose | 4.5 |
# | squared | useful when outliers are rare and must count | yes: it is the one that follows them | 4.4 |
# | absolute | useful when outliers are common | yes: with 40 % of them it stays nearest | 4.4 |
# | Huber | useful when outliers exist and the rest is normal | yes: nearly the mean's precision, nearly the median's calm | 4.4 |
# | log-cosh | less easy to interpret | a matter of taste: no unit is left, where the absolute error has the target's | – |
#
# **Which one?** Start with the squared error. If single points rule your fit, take Huber. If many targets are wrong, take
# the absolute error. If only ratios count, predict logarithms. For counts, Poisson. For directions, cosine.

# %% [markdown]
# ## 4.10 The same in PyTorch
#
# Beside the folder `course_lib/losses/` lies `course_lib/losses_torch/`: same files, same names, same order. The twin writes only the forward step.
# Its gradient comes from PyTorch's automatic differentiation and so is a second opinion on the gradients derived by hand.

# %% tags=["demo"]
import inspect

import torch

from course_lib import losses_torch

print(inspect.getsource(losses.Huber))
print(inspect.getsource(losses_torch.Huber))


# %% tags=["demo"]
def twin_there_and_back(twin, p, t):
    p.grad = None
    value = twin(p, t)
    value.backward()
    if p.is_cuda:
        torch.cuda.synchronize()
    return value.item()


def compare(inputs, tolerance=1e-10):
    """Value, gradient and time of each loss and of its twin, on every device there is."""
    devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    print("loss                         device   Δ value  Δ gradient      NumPy    PyTorch")
    for name, (prediction, target) in inputs.items():
        reference = getattr(losses, name)()
        value = reference.forward(prediction, target)
        gradient = reference.backward()
        ours = milliseconds(there_and_back, reference, prediction, target)
        for device in devices:
            p = torch.tensor(prediction, device=device, requires_grad=True)
            t = torch.tensor(target, device=device)
            twin = getattr(losses_torch, name)()
            theirs = milliseconds(twin_there_and_back, twin, p, t)
            off = abs(twin_there_and_back(twin, p, t) - value) / max(1, abs(value))
            turned = np.abs(p.grad.cpu().numpy() - gradient).max() / np.abs(gradient).max()
            print(f"{name:28s} {device:>6s} {off:9.1e} {turned:11.1e} ", end="")
            print(f"{ours:7.2f} ms {theirs:7.2f} ms")
            assert off < tolerance and turned < tolerance
    if "cuda" not in devices:
        print("no GPU here: the CPU only")


rng = np.random.default_rng(6)
prediction, target = rng.normal(size=50_000), rng.normal(size=50_000)
counts = rng.poisson(2.0, size=50_000).astype(float)
positive, positive_target = rng.uniform(0.5, 9, size=(2, 50_000))
plain = ("SumSquaredError", "Euclidean", *slopes, "SmoothL1")
inputs = {name: (prediction, target) for name in plain}
inputs |= {name: (positive, positive_target) for name in relative}
inputs["PoissonNLL"] = prediction, counts
inputs["CosineSimilarity"] = prediction.reshape(-1, 50), target.reshape(-1, 50)
compare(inputs)

# %% [markdown]
# The differences are rounding in the last digits of a 64-bit float.

# %% [markdown]
# ---
# # Part two: classification
# The target is one of $K$ classes, or a yes or no.
#
# ## 4.11 Binary cross-entropy: what should a probability cost?
#
# **The question.** Two forecasters said "rain: 60 %" and "rain: 99 %". It rained. Then it did not. How should each be paid?
#
# **The picture.** Pay the logarithm of the probability that was given to what happened. Certainty is free when right
# and has no upper price when wrong.

# %% tags=["demo"]
figures.losses.surprise()

# %% [markdown]
# **The mathematics.** The network says $p$, the probability of class 1; the target $t$ is 0 or 1. The loss is $-\log p$ if $t = 1$ and
# $-\log(1-p)$ if $t = 0$. One formula holds both: $-\bigl(t\log p + (1-t)\log(1-p)\bigr)$. Its unit is the nat: the surprise of an event of
# probability $1/e$.
#
# D1 prints the two cases without their minus sign, "equal to $\log(1 - p_i)$". A loss of that kind would be lower for worse forecasts:

# %% tags=["demo"]
p = np.array([0.9, 0.5, 0.1])
loss = losses.BinaryCrossEntropy(reduction="none")
happened, did_not = loss.forward(p, np.ones(3)), loss.forward(p, np.zeros(3))
print("p          ", p)
print("target 1   ", happened.round(3), "  as printed:", np.log(p).round(3))
print("target 0   ", did_not.round(3), "  as printed:", np.log(1 - p).round(3))
np.testing.assert_allclose(happened, -np.log(p))
np.testing.assert_allclose(did_not, -np.log(1 - p))
# when it happened, a lower p must cost more; as printed, it costs less
assert np.all(np.diff(happened) > 0) and np.all(np.diff(np.log(p)) < 0)


# %% [markdown] exercise="ch04.binary_cross_entropy" minutes=8 difficulty=2
# ### Exercise: binary cross-entropy from probabilities
# $$L = -\frac1N \sum_{i=1}^N \bigl(t_i \log p_i + (1 - t_i)\log(1 - p_i)\bigr)$$
#
# A network can answer $p = 0$ for something that then happens. The logarithm of 0 would end the training, so first
# move every probability into $[\varepsilon, 1 - \varepsilon]$.
#
# <details><summary>Hint 1</summary>
#
# Clip once, at the top, and use the clipped probability in both logarithms.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Differentiate the two terms one at a time. The second has an inner derivative of −1, which turns its sign around.
# </details>
#
# <details><summary>My loss is negative</summary>
#
# The logarithm of a probability is negative or 0, so the sum is too. The minus sign in front makes the loss positive.
# </details>
#
# <details><summary>My loss is nan although I clip</summary>
#
# A clip at 0 and 1 does nothing. And $p = 1$ needs care just as $p = 0$ does: it gives $\log(1 - 1)$.
# </details>

# %% exercise="ch04.binary_cross_entropy"
def binary_cross_entropy(p, target, eps=1e-7):
    """Mean of −(t·log p + (1 − t)·log(1 − p)), with p clipped into [eps, 1 − eps] first.

    p (N,) probabilities of class 1, target (N,) of 0 and 1 -> float, in nats.
    Finite for p = 0 and p = 1.
    """
    ### BEGIN SOLUTION
    p = np.clip(p, eps, 1 - eps)
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))
    ### END SOLUTION


def binary_cross_entropy_gradient(p, target, eps=1e-7):
    """Gradient of `binary_cross_entropy` for p.

    p, target (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    It is graded where eps < p < 1 − eps.
    """
    ### BEGIN SOLUTION
    inside = (p >= eps) & (p <= 1 - eps)
    p = np.clip(p, eps, 1 - eps)
    return np.where(inside, (1 - target) / (1 - p) - target / p, 0) / len(p)
    ### END SOLUTION


# %% check="ch04.binary_cross_entropy" points=4
check("ch04.binary_cross_entropy", binary_cross_entropy, binary_cross_entropy_gradient)

# %% [markdown]
# Clipping saves the value, not the training. Where $p$ was clipped, the loss is flat, and its gradient is 0: the worst mistake of all
# teaches nothing. Just inside the border the gradient is in the millions. Section 4.14 begins the cure.

# %% tags=["demo"]
loss = losses.BinaryCrossEntropy()
for p in (0.0, 1e-6, 0.01):
    value = loss.forward(np.array([p]), np.array([1.0]))
    print(f"p = {p:<6g} target 1: loss {value:6.2f}, gradient {loss.backward()[0] + 0.0:12.1f}")
loss.forward(np.array([0.0]), np.array([1.0]))
assert loss.backward()[0] == 0

# %% [markdown]
# **Remember.** The price of a probability is its negative logarithm. Being sure and wrong is the expensive thing.

# %% [markdown]
# ## 4.12 Categorical cross-entropy: and with more than two classes?
#
# **The question.** The network gives three probabilities, the truth is class 2. Do the other two matter?
#
# **The picture.** The first two predictions cost the same, though they disagree about class 0.

# %% tags=["demo"]
figures.losses.distributions(
    [0, 0, 1],
    {"spread": [0.2, 0.2, 0.6], "one-sided": [0.4, 0.0, 0.6], "more sure": [0.05, 0.05, 0.9]},
)

# %% [markdown]
# **The mathematics.** $-\sum_c t_c\log p_c$. With a one-hot target only one term is left: $-\log p$ of the true class. The others matter
# because all $p_c$ share a sum of 1. So a label and a one-hot row say the same. D1 calls the first form sparse.

# %% tags=["demo"]
probs = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3]])
labels = np.array([0, 2, 2])
one_hot = np.eye(3)[labels]
dense = losses.CategoricalCrossEntropy().forward(probs, one_hot)
picked = -np.mean(np.log(probs[np.arange(3), labels]))
print(f"one-hot rows {dense:.4f}, labels {picked:.4f}")
np.testing.assert_allclose(dense, picked)
# log-probabilities are logits too
np.testing.assert_allclose(losses.CrossEntropy().forward(np.log(probs), labels), dense)

# %% [markdown]
# D1 prints cross-entropy and focal loss as sums over the examples, its regression losses as means. Libraries average by default. It matters for
# your learning rate: give a sum the same data twice, and the gradient doubles.

# %% tags=["demo"]
logits, labels = np.array([[2.0, 0.0, 1.0], [0.0, 1.0, 0.5]]), np.array([0, 2])
twice = np.vstack([logits, logits]), np.concatenate([labels, labels])
for kind in (losses.CrossEntropy, losses.Focal):
    for reduction in ("sum", "mean"):
        loss = kind(reduction=reduction)
        once_value, twice_value = loss.forward(logits, labels), loss.forward(*twice)
        print(f"{kind.__name__:13s} {reduction:5s} once {once_value:.4f}, twice {twice_value:.4f}")
        np.testing.assert_allclose(twice_value, once_value * (2 if reduction == "sum" else 1))


# %% [markdown] exercise="ch04.categorical_cross_entropy" minutes=8 difficulty=2
# ### Exercise: cross-entropy from probabilities
# $$L = -\frac1N \sum_{i=1}^N \sum_{c=1}^K t_{ic} \log p_{ic}$$
#
# Each row of `probs` and of `target` is a distribution over $K$ classes. Clip the probabilities into
# $[\varepsilon, 1]$ before the logarithm.
#
# <details><summary>Hint 1</summary>
#
# Two sums, two different jobs: first over the classes of one example, then the mean over the examples. `axis=`
# tells NumPy which.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the gradient look at a single entry $p_{ic}$. It appears in one term only.
# </details>
#
# <details><summary>My loss is too small by a constant factor</summary>
#
# If the factor is the number of classes, you averaged over all $N \cdot K$ entries. The classes are summed, only the
# examples are averaged.
# </details>

# %% exercise="ch04.categorical_cross_entropy"
def categorical_cross_entropy(probs, target, eps=1e-7):
    """Mean over the examples of −Σ_c t_c·log p_c, with probs clipped into [eps, 1] first.

    probs, target (N, K), every row a distribution -> float, in nats.
    Finite where a probability is 0.
    """
    ### BEGIN SOLUTION
    return -np.mean(np.sum(target * np.log(np.clip(probs, eps, 1)), axis=1))
    ### END SOLUTION


def categorical_cross_entropy_gradient(probs, target, eps=1e-7):
    """Gradient of `categorical_cross_entropy` for probs, each entry on its own.

    probs, target (N, K) -> (N, K). It is the gradient of the mean, so it carries 1/N.
    It is graded where probs > eps.
    """
    ### BEGIN SOLUTION
    return np.where(probs >= eps, -target / np.clip(probs, eps, 1), 0) / len(probs)
    ### END SOLUTION


# %% check="ch04.categorical_cross_entropy" points=4
check(
    "ch04.categorical_cross_entropy",
    categorical_cross_entropy,
    categorical_cross_entropy_gradient,
)

# %% [markdown]
# **Remember.** Sum over the classes, average over the examples.

# %% [markdown]
# ## 4.13 Kullback–Leibler: how far is one distribution from another?
#
# **The question.** Sometimes the target is itself a distribution: three of four doctors said "benign". How far is the
# network's distribution from that one?
#
# **The picture.** Only the right distribution costs nothing. To be surer than the target is wrong too.

# %% tags=["demo"]
figures.losses.distributions(
    [0.75, 0.25, 0],
    {"right": [0.75, 0.25, 0.0], "unsure": [0.34, 0.33, 0.33], "too sure": [0.98, 0.01, 0.01]},
    loss="KLDivergence",
)


# %% [markdown]
# **The mathematics.**
# $$\text{KL}(t\,\|\,p) = \sum_c t_c\log\frac{t_c}{p_c} = \underbrace{-\sum_c t_c\log p_c}_{\text{cross-entropy}} - \underbrace{\Bigl(-\sum_c t_c\log t_c\Bigr)}_{\text{entropy of the target}}$$
#
# It is the cross-entropy minus a number that the network cannot change. It is 0 only for $p = t$. And it is not symmetric: the two
# distributions have different roles.

# %% [markdown] exercise="ch04.kl_divergence" minutes=8 difficulty=3
# ### Exercise: the Kullback–Leibler divergence
# $$L = \frac1N \sum_{i=1}^N \sum_{c=1}^K t_{ic} \log\frac{t_{ic}}{p_{ic}}, \qquad 0 \log 0 = 0 .$$
#
# A class with target 0 adds nothing. Every predicted probability is positive here.
#
# <details><summary>Hint 1</summary>
#
# Computers say `0 * np.log(0)` is nan. Make sure that the logarithm never meets a 0: put a harmless number in its
# place, one whose term is then multiplied by 0 anyway.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\log(t/p) = \log t - \log p$. Which of the two parts depends on the prediction? Only that one has a gradient.
# </details>
#
# <details><summary>My loss is negative</summary>
#
# Look at the fraction: target above, prediction below. A divergence of two distributions is never negative.
# </details>
#
# <details><summary>My loss is nan</summary>
#
# Print `np.log(target)`. One-hot targets are full of zeros.
# </details>

# %% exercise="ch04.kl_divergence"
def kl_divergence(probs, target):
    """Mean over the examples of Σ_c t_c·log(t_c / p_c), where 0·log 0 counts as 0.

    probs (N, K) > 0, target (N, K) ≥ 0, every row a distribution -> float, in nats.
    """
    ### BEGIN SOLUTION
    ratio = np.where(target > 0, target / probs, 1.0)
    return np.mean(np.sum(target * np.log(ratio), axis=1))
    ### END SOLUTION


def kl_divergence_gradient(probs, target):
    """Gradient of `kl_divergence` for probs, each entry on its own.

    probs, target (N, K) -> (N, K). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return -target / probs / len(probs)
    ### END SOLUTION


# %% check="ch04.kl_divergence" points=3
check("ch04.kl_divergence", kl_divergence, kl_divergence_gradient)

# %% [markdown]
# D0 assumes that the divergence is less stable than the cross-entropy in small batches. For fixed targets the two have the
# same gradient, in any batch, so no training run can tell them apart.

# %% tags=["demo"]
rng = np.random.default_rng(7)
kl, ce = losses.KLDivergence(), losses.CategoricalCrossEntropy()
for _ in range(200):  # 200 batches of four examples
    probs, target = rng.dirichlet(np.ones(5), size=4), rng.dirichlet(np.ones(5), size=4)
    divergence, crossed = kl.forward(probs, target), ce.forward(probs, target)
    np.testing.assert_allclose(kl.backward(), ce.backward(), rtol=1e-12)
    entropy = -np.mean(np.sum(target * np.log(target), axis=1))
    np.testing.assert_allclose(divergence, crossed - entropy, rtol=1e-9)
    assert divergence >= 0
print("gradients: equal in all 200 batches of four")

probs, target = np.array([[0.8, 0.1, 0.1]]), np.array([[0.4, 0.3, 0.3]])
there, back = kl.forward(probs, target), kl.forward(target, probs)
print(f"not symmetric: KL(t‖p) = {there:.3f}, KL(p‖t) = {back:.3f}")
assert abs(there - back) > 0.01

# %% [markdown]
# **Remember.** For fixed targets, divergence and cross-entropy train the same network. The divergence is easier to read: its best value is 0.

# %% [markdown]
# ## 4.14 Log-softmax: why start from logits?
#
# **The question.** Softmax makes probabilities, the loss takes their logarithm. Why not do both at once?
#
# **The picture.** Logits go in on the left. The gradient that comes back, on the right, has a bar for each class.

# %% tags=["demo"]
figures.losses.logits_to_loss()

# %% [markdown]
# Move the sliders. Watch the right panel: it shows probability minus one-hot target, and its bars always sum to 0. How large can a
# bar become? Then raise γ, which section 4.18 explains.

# %% tags=["demo"]
figures.losses.logit_explorer()

# %% [markdown]
# **The mathematics.** $\log\operatorname{softmax}(z)_c = z_c - \log\sum_k e^{z_k}$. The exponentials are the danger. But a constant added to all logits
# changes nothing, so we may subtract the largest one first; then the largest exponential is $e^0 = 1$. D3 gives this advice for softmax.
#
# **The code.** What goes wrong without it:

# %% tags=["demo"]
logits = np.array([[1000.0, 0.0, -1000.0]])
with np.errstate(all="ignore"):
    softmax = np.exp(logits) / np.exp(logits).sum()
    print("softmax, then log:", np.log(softmax))
assert np.isnan(softmax).any()

shifted = np.exp(logits - logits.max())
softmax = shifted / shifted.sum()
with np.errstate(divide="ignore"):
    print("shifted, then log:", np.log(softmax))
    assert np.isinf(np.log(softmax)).any()

from course_lib import activations

together = activations.LogSoftmax().forward(logits)
print("in one piece:     ", together)
np.testing.assert_allclose(together, [[0, -1000, -2000]], atol=1e-12)


# %% [markdown] exercise="ch04.log_softmax" minutes=12 difficulty=3
# ### Exercise: the log-softmax
# $$y_{ic} = z_{ic} - \log\sum_{k=1}^K e^{z_{ik}}$$
#
# Logits of 10 000 must work, and so must −10 000. Then the backward step: `dy` is the gradient of some loss with
# respect to $y$; return its gradient with respect to the logits $z$.
#
# <details><summary>Hint 1</summary>
#
# Adding the same number to all logits of a row does not change the answer. Choose the number so that the largest
# logit becomes 0. Then no exponential exceeds 1.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `keepdims=True` keeps a row's maximum and sum as a column `(N, 1)`, which NumPy then spreads over the classes.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Backward: logit $z_{ik}$ reaches the loss along two ways: directly through $y_{ik}$, and through the sum, which
# every $y_{ic}$ of its row contains. The derivative of $\log\sum e^{z}$ for $z_k$ is the softmax probability of
# class $k$. Add up what arrives along both ways.
# </details>
#
# <details><summary>My result is nan or inf for large logits</summary>
#
# An exponential of an unshifted logit is still somewhere, perhaps in the gradient.
# </details>
#
# <details><summary>My gradient is right only when each row of dy sums to 1 (or to −1)</summary>
#
# The second way carries the *sum* of the row of `dy`. You may have assumed what that sum is.
# </details>

# %% exercise="ch04.log_softmax"
def log_softmax(logits):
    """Logarithm of the softmax of every row: z − log Σ_k exp(z_k).

    logits (N, K) -> (N, K). Finite for logits of any finite size.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION


def log_softmax_gradient(logits, dy):
    """Gradient of a loss for the logits, given dy, its gradient for `log_softmax(logits)`.

    logits, dy (N, K) -> (N, K). Finite for logits of any finite size; dy may hold any numbers.
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax = exponentials / exponentials.sum(axis=1, keepdims=True)
    return dy - softmax * dy.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="ch04.log_softmax" points=4
check("ch04.log_softmax", log_softmax, log_softmax_gradient)


# %% [markdown]
# **Remember.** Never take the logarithm of a softmax. Shift, then form the log-softmax in one piece.

# %% [markdown]
# ## 4.15 Cross-entropy from logits: the loss of most classifiers
#
# **The question.** What does a classifier's last layer hear after a mistake?
#
# **The mathematics.** Put log-softmax and $-\log p$ together and differentiate. Almost everything cancels:
#
# $$\frac{\partial L}{\partial z_{ic}} = \frac1N\,(p_{ic} - t_{ic}) .$$
#
# Probability minus target. It is never larger than $1/N$, never 0 while the answer is wrong, and needs no clipping. This is what D3 means when
# it says that cross-entropy couples well with softmax and sigmoid.

# %% [markdown] exercise="ch04.cross_entropy" minutes=12 difficulty=3
# ### Exercise: cross-entropy from logits
# $$L = -\frac1N \sum_{i=1}^N \log\bigl(\operatorname{softmax}(z_i)_{c_i}\bigr), \qquad c_i \text{ the label of example } i .$$
#
# Labels are whole numbers from 0 to $K-1$. Write the function so that it stands alone: if your log-softmax has a
# mistake, it should not cost you twice.
#
# <details><summary>Hint 1</summary>
#
# Never form the softmax and take its logarithm afterwards. Form the log-softmax at once.
# </details>
#
# <details><summary>Hint 2</summary>
#
# One entry of each row is wanted: row 0 at column `labels[0]`, row 1 at column `labels[1]`, … NumPy does this with
# two index arrays of equal length, one for the rows and one for the columns.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Put together what you know: the gradient for the log-probabilities is −1/N at the label and 0 elsewhere, and
# log-softmax carries it back to the logits. The answer is shorter than its derivation: it compares the predicted
# probabilities with a one-hot row.
# </details>
#
# <details><summary>My gradient has the shape (N, N, K) or NumPy complains about shapes</summary>
#
# `x[:, labels]` picks all those columns in *every* row. You want one column per row.
# </details>
#
# <details><summary>My gradient changes the logits or the probabilities of the next call</summary>
#
# You subtracted in place from an array that someone else still holds. Make a new one.
# </details>

# %% exercise="ch04.cross_entropy"
def cross_entropy(logits, labels):
    """Mean over the examples of −log softmax(logits) at the label.

    logits (N, K), integer labels (N,) in 0 … K−1 -> float, in nats.
    Finite for logits of any finite size.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])
    ### END SOLUTION


def cross_entropy_gradient(logits, labels):
    """Gradient of `cross_entropy` for the logits.

    logits (N, K), integer labels (N,) -> (N, K). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exponentials / exponentials.sum(axis=1, keepdims=True)
    one_hot = np.eye(logits.shape[1])[labels]
    return (probs - one_hot) / len(labels)
    ### END SOLUTION


# %% check="ch04.cross_entropy" points=5
check("ch04.cross_entropy", cross_entropy, cross_entropy_gradient)

# %% [markdown]
# How gentle, and how awake? On logits of any size, nothing is pulled by more than $1/N$. And while another class is ahead, the true
# logit is pulled by at least half of that.

# %% tags=["demo"]
rng = np.random.default_rng(12)
logits, labels = 1e4 * rng.normal(size=(100, 5)), rng.integers(0, 5, size=100)
loss = losses.CrossEntropy()
value = loss.forward(logits, labels)
gradient = loss.backward()

missed = logits.argmax(axis=1) != labels
awake = np.abs(gradient[missed, labels[missed]]).min()
print(f"loss {value:.0f}; largest pull {np.abs(gradient).max():.4f}, ", end="")
print(f"smallest on a missed label {awake:.4f}")
assert np.abs(gradient).max() <= 1 / 100 and awake >= 0.5 / 100
np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)

# %% [markdown]
# **A softmax too many.** D4's example network ends with a softmax and is then given to PyTorch's `CrossEntropyLoss`, which applies a log-softmax
# of its own. No error appears. The second softmax sees "logits" between 0 and 1, so the best it can see is one 1 and the rest 0:
#
# $$L \ge -\log\frac{e^1}{e^1 + (K-1)\,e^0} = \log\Bigl(1 + \frac{K-1}{e}\Bigr).$$

# %% tags=["demo"]
figures.losses.softmax_floor(3)


# %% [markdown]
# On three species of iris flowers: the same linear model, the same number of steps, with and without the extra softmax.

# %% tags=["demo"]
def softmax(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def train_iris(softmax_first, steps=800, rate=1.0):
    """The loss of every step, and the accuracy at the end."""
    x, labels = datasets.iris()
    x = np.hstack([x, np.ones((len(x), 1))])
    weights, loss, history = np.zeros((5, 3)), losses.CrossEntropy(), []
    for _ in range(steps):
        z = x @ weights
        history.append(loss.forward(softmax(z) if softmax_first else z, labels))
        g = loss.backward()
        if softmax_first:  # back through the extra softmax
            p = softmax(z)
            g = p * (g - np.sum(g * p, axis=1, keepdims=True))
        weights -= rate * x.T @ g
    return history, np.mean((x @ weights).argmax(axis=1) == labels)


floor = np.log(1 + 2 / np.e)
logits_in, accuracy = train_iris(softmax_first=False)
softmax_in, accuracy_twice = train_iris(softmax_first=True)
print(f"logits:        loss {logits_in[-1]:.3f}, accuracy {accuracy:.1%}")
print(f"softmax first: loss {softmax_in[-1]:.3f}, accuracy {accuracy_twice:.1%}")
assert abs(accuracy - accuracy_twice) < 0.02
assert logits_in[-1] < 0.1 and floor < softmax_in[-1] < floor + 0.1
curves = {"logits into the loss": logits_in, "softmax first": softmax_in}
figures.losses.training_curves(curves, floor=floor)

# %% tags=["demo"]
import torch

# PyTorch agrees: perfect answers, and the floor for K classes
for classes in (2, 3, 10):
    perfect = torch.softmax(1000.0 * torch.eye(classes, dtype=torch.float64), dim=1)
    reached = torch.nn.CrossEntropyLoss()(perfect, torch.arange(classes)).item()
    print(f"{classes:3d} classes: softmax first cannot get below {reached:.4f}")
    np.testing.assert_allclose(reached, np.log(1 + (classes - 1) / np.e))

# %% [markdown]
# The accuracy hardly suffers, and that is what hides the mistake. A loss that stops at 0.551 for 3 classes, or at 1.461 for 10, is its fingerprint.
#
# **Remember.** Give logits to a loss that takes logits. The gradient is probability minus target.

# %% [markdown]
# ## 4.16 Binary cross-entropy from logits: and if several answers are right?
#
# **The question.** A photograph shows a dog and a beach. Which class is it?
#
# **The picture.** Classes 0 and 1 are both right. Probabilities that share a sum of 1 cannot say so.

# %% tags=["demo"]
figures.losses.distributions(
    [1, 1, 0],
    {
        "the best that a softmax can say": [0.5, 0.5, 0.0],
        "one sigmoid for each class": [0.99, 0.99, 0.01],
    },
    loss="BinaryCrossEntropy",
)


# %% [markdown]
# **The mathematics.** It is not one question with $K$ answers but $K$ questions with two answers. Each gets its own sigmoid and its own
# binary cross-entropy. From the logit, without a probability in between, it is $\log(1 + e^{z}) - t z$.

# %% [markdown] exercise="ch04.binary_cross_entropy_with_logits" minutes=12 difficulty=4
# ### Exercise: binary cross-entropy from logits
# An example may carry several labels: a photograph shows a dog *and* a beach. Each label has its own logit $z$ and its
# own target $t$, and each is a yes-or-no question:
#
# $$\ell(z, t) = -t \log\sigma(z) - (1 - t)\log\bigl(1 - \sigma(z)\bigr), \qquad \sigma(z) = \frac1{1 + e^{-z}} .$$
#
# The loss is the mean over all $N \cdot K$ entries. It must stay exact for logits of ±10 000: no clipping.
#
# <details><summary>Hint 1</summary>
#
# Write $-\log\sigma(z)$ and $-\log(1 - \sigma(z))$ without σ first. Both are a logarithm of 1 plus an exponential,
# and they differ by exactly $z$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# You should reach $\log(1 + e^{z}) - t z$. For large $z$ take $e^{z}$ out of the bracket, for negative $z$ leave it.
# Both cases in one formula: a maximum with 0, and an exponential of $-|z|$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The gradient for the logit is short: predicted probability minus target. The mean divides by the number of
# *entries*, not of rows.
# </details>
#
# <details><summary>My loss is right for small logits and inf or nan for large ones</summary>
#
# You are taking the logarithm of a σ that has become exactly 0 or 1. Start from the logits, not from σ.
# </details>
#
# <details><summary>My gradient is right but for a constant factor</summary>
#
# If the factor is $K$, you divided by $N$ where $N \cdot K$ was asked.
# </details>

# %% exercise="ch04.binary_cross_entropy_with_logits"
def binary_cross_entropy_with_logits(logits, target):
    """Mean over all entries of −t·log σ(z) − (1 − t)·log(1 − σ(z)).

    logits, target (N, K), one yes-or-no question per entry -> float, in nats.
    Exact for logits of any finite size.
    """
    ### BEGIN SOLUTION
    return np.mean(np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits))))
    ### END SOLUTION


def binary_cross_entropy_with_logits_gradient(logits, target):
    """Gradient of `binary_cross_entropy_with_logits` for the logits.

    logits, target (N, K) -> (N, K). It is the gradient of the mean over all entries,
    so it carries 1/(N·K).
    """
    ### BEGIN SOLUTION
    sigmoid = np.exp(-np.logaddexp(0, -logits))
    return (sigmoid - target) / logits.size
    ### END SOLUTION


# %% check="ch04.binary_cross_entropy_with_logits" points=5
check(
    "ch04.binary_cross_entropy_with_logits",
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_gradient,
)

# %% [markdown]
# D1 recommends categorical cross-entropy when an instance can belong to several classes, and shows rows such as 1 1 0. With a softmax
# that target cannot be reached: the probabilities share a sum of 1. And a row without any label has no loss and no gradient at all. We
# train the logits of three rows directly:

# %% tags=["demo"]
target = np.array([[1.0, 1, 0], [0, 1, 0], [0, 0, 0]])  # two labels, one label, none


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


z = np.zeros((3, 3))
for _ in range(4000):  # one distribution over the classes: −Σ t·log softmax(z)
    z -= 0.5 * (softmax(z) * target.sum(axis=1, keepdims=True) - target)
shared = softmax(z)
shared_loss = -np.sum(target * np.log(shared), axis=1)

z, loss = np.zeros((3, 3)), losses.BinaryCrossEntropyWithLogits(reduction="sum")
for _ in range(4000):  # one binary cross-entropy for each class
    loss.forward(z, target)
    z -= 0.5 * loss.backward()
separate = sigmoid(z)

print("softmax, one cross-entropy:", shared.round(2), sep="\n")
print("loss of each row:", shared_loss.round(3) + 0.0)
print("sigmoids, one binary cross-entropy for each class:", separate.round(2), sep="\n")
# two labels: stuck at a half each
np.testing.assert_allclose(shared[0], [0.5, 0.5, 0], atol=0.01)
np.testing.assert_allclose(shared_loss[0], 2 * np.log(2), atol=0.01)
np.testing.assert_allclose(shared[2], 1 / 3)  # no label: nothing was learned
assert np.all((separate > 0.5) == (target == 1)) and np.abs(separate - target).max() < 0.01

# %% [markdown]
# So the rule is: **one label of $K$ → softmax and categorical cross-entropy; several labels, or none → one binary cross-entropy for each class.**
#
# The clipped loss of 4.11 went silent on its worst mistakes. From logits it does not:

# %% tags=["demo"]
z, target = np.array([-40.0]), np.array([1.0])
from_logits, from_p = losses.BinaryCrossEntropyWithLogits(), losses.BinaryCrossEntropy()
print("logit −40, target 1          loss   gradient")
print(f"from logits  {from_logits.forward(z, target):19.2f} {from_logits.backward()[0]:10.2f}")
print(f"from p       {from_p.forward(sigmoid(z), target):19.2f} {from_p.backward()[0] + 0.0:10.2f}")
np.testing.assert_allclose(from_logits.backward(), [-1.0])
assert from_p.backward()[0] == 0

# %% [markdown]
# **Remember.** Several labels: a sigmoid for each class. From logits the gradient stays alive.

# %% [markdown]
# ## 4.17 The hinge family: is right by a little enough?
#
# **The question.** Must a classifier give probabilities? A support-vector machine only asks that each example lie on its side with room to spare.
#
# **The picture.** The horizontal axis is the margin, target times score: positive means right.

# %% tags=["demo"]
figures.losses.value_and_gradient(["Hinge", "SquaredHinge", "SoftMargin"])


# %% [markdown]
# **The mathematics.** With targets −1 and +1, $\max(0, 1 - t s)$. An example with a margin of at least 1 costs nothing and pulls at nothing. (Do not
# use targets 0 and 1 here, D1 warns rightly: a target 0 makes the loss 1 whatever the score.)

# %% [markdown] exercise="ch04.hinge" minutes=6 difficulty=2
# ### Exercise: the hinge loss
# $$L = \frac1N \sum_{i=1}^N \max(0,\; 1 - t_i s_i), \qquad t_i \in \{-1, +1\},$$
#
# where $s_i$ is the score, any real number. At the corner, $t_i s_i = 1$, use gradient 0.
#
# <details><summary>Hint 1</summary>
#
# The product $t \cdot s$ is called the margin. The loss asks one thing of it: is it at least 1?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Where the margin is too small, the loss is the straight line $1 - t s$. What is its slope in $s$? Elsewhere the
# loss is constant.
# </details>
#
# <details><summary>I get an error about the truth value of an array</summary>
#
# Python's `max` asks which of two things is the larger one as a whole. `np.maximum` asks it entry by entry.
# </details>
#
# <details><summary>My gradient has the same sign everywhere</summary>
#
# An example of class −1 must be pushed down, one of class +1 up. The target belongs into the gradient.
# </details>

# %% exercise="ch04.hinge"
def hinge(score, target):
    """Mean over the examples of max(0, 1 − target·score).

    score (N,) real numbers, target (N,) of −1 and +1 -> float.
    """
    ### BEGIN SOLUTION
    return np.mean(np.maximum(0, 1 - target * score))
    ### END SOLUTION


def hinge_gradient(score, target):
    """Gradient of `hinge` for the score, with 0 where target·score is exactly 1.

    score, target (N,) -> (N,). It is the gradient of the mean, so it carries 1/N.
    """
    ### BEGIN SOLUTION
    return np.where(target * score < 1, -target, 0.0) / len(score)
    ### END SOLUTION


# %% check="ch04.hinge" points=3
check("ch04.hinge", hinge, hinge_gradient)

# %% [markdown]
# The relatives that D0 names: the **squared hinge** squares each example's hinge (not their mean), and the **soft margin** $\log(1 + e^{-ts})$ rounds
# the corner off. You know the soft margin already: it is the binary cross-entropy from logits, with the targets written as −1 and +1.

# %% tags=["demo"]
rng = np.random.default_rng(8)
score, target = 2 * rng.normal(size=100), rng.choice([-1.0, 1.0], size=100)

each = losses.Hinge(reduction="none").forward(score, target)
squared = losses.SquaredHinge().forward(score, target)
print(f"squared hinge {squared:.3f}")
print(f"mean of the squares {np.mean(each**2):.3f}, square of the mean {np.mean(each) ** 2:.3f}")
np.testing.assert_allclose(squared, np.mean(each**2))

soft, binary = losses.SoftMargin(), losses.BinaryCrossEntropyWithLogits()
np.testing.assert_allclose(soft.forward(score, target), binary.forward(score, (target + 1) / 2))
np.testing.assert_allclose(soft.backward(), binary.backward(), atol=1e-15)

# %% [markdown]
# Three of D1's claims about the hinge, one cell each. **First**, that it is not differentiable at zero. The corner is at a margin of 1; at zero the
# hinge is as smooth as a line.

# %% tags=["demo"]
loss = losses.Hinge(reduction="none")
loss.forward(np.array([-1e-6, 0.0, 1e-6, 1 - 1e-6, 1 + 1e-6]), np.ones(5))
print("slope left of 0, at 0, right of 0:", loss.backward()[:3])
print("slope left and right of 1:        ", loss.backward()[3:] + 0.0)
np.testing.assert_array_equal(loss.backward(), [-1, -1, -1, -1, 0])

# %% [markdown]
# **Second**, that it is less sensitive to outliers than cross-entropy. For an example far on the wrong side both pull with the same strength of at
# most 1. It is the squared hinge that panics.

# %% tags=["demo"]
margins = np.array([-1.0, -5.0, -50.0])
pulls = {}
for name in ("Hinge", "SoftMargin", "SquaredHinge"):
    loss = getattr(losses, name)(reduction="none")
    loss.forward(margins, np.ones(3))
    pulls[name] = -loss.backward()
    print(f"{name:13s} pull at margin −1, −5, −50:", pulls[name].round(3))
assert np.all(pulls["SoftMargin"] <= pulls["Hinge"]) and pulls["SoftMargin"][-1] > 0.999
assert pulls["SquaredHinge"][-1] > 100

# %% [markdown]
# **Third**, that it maximizes the margin. The hinge alone does not: once every example has a margin of 1 it is 0 and has no opinion. Together with
# a small pull of the weights towards 0 (weight decay, chapter 8) it finds the widest street between the classes.

# %% tags=["demo"]
x = np.array([[2.0, 1], [2, -1], [-2, 1], [-2, -1]])
target = np.array([1.0, 1, -1, -1])
loss = losses.Hinge()


def street(w):
    """Distance of the nearest example from the line w·x = 0."""
    return np.min(target * (x @ w)) / np.linalg.norm(w)


tilted = np.array([1.0, 0.5])
# the hinge is content with a narrow street
assert loss.forward(x @ tilted, target) == 0 and np.all(loss.backward() == 0)
w = tilted.copy()
for step in range(3000):
    loss.forward(x @ w, target)
    w -= 0.1 / (1 + step / 300) * (x.T @ loss.backward() + 0.1 * w)
print(f"street: hinge alone {street(tilted):.3f}, with weight decay {street(w):.3f}, widest 2")
assert street(tilted) < 1.4 and street(w) > 1.98

# %% [markdown]
# **Remember.** The hinge asks for a margin of 1 and then is content. Its score is not a probability.

# %% [markdown]
# ## 4.18 Focal: should easy examples keep talking?
#
# **The question.** In a picture with one face there are ten thousand places without a face. Each of them is easy and costs almost nothing. Ten
# thousand times almost nothing is a lot. Can we turn them down?
#
# **The picture.**

# %% tags=["demo"]
figures.losses.focal_curves()


# %% [markdown]
# **The mathematics.** Multiply the cross-entropy by $(1 - p)^\gamma$, where $p$ is the probability of the true class (Lin and others, 2017). With $\gamma = 2$ an
# example with $p = 0.9$ counts a hundredth, one with $p = 0.1$ still four fifths. $\gamma = 0$ is the cross-entropy.

# %% [markdown] exercise="ch04.focal" minutes=13 difficulty=4
# ### Exercise: the focal loss
# $$L = -\frac1N \sum_{i=1}^N (1 - p_i)^{\gamma} \log p_i, \qquad p_i = \operatorname{softmax}(z_i)_{c_i} ,$$
#
# with $c_i$ the label of example $i$. Logits are given, and they can be large. No gradient this time.
#
# <details><summary>Hint 1</summary>
#
# Get $\log p_i$ first, stably, as in the cross-entropy. Everything else follows from that one number per example.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Test yourself with $\gamma = 0$: the result must be the plain cross-entropy. Then with $\gamma = 1$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For an easy example $p$ is so near 1 that $1 - p$ loses its digits. `np.expm1(x)` gives $e^{x} - 1$ with all of
# them. Which $x$ do you already have?
# </details>
#
# <details><summary>My result is nan for large logits</summary>
#
# $0 \cdot \infty$: a probability has become 0 and you took its logarithm. Keep log-probabilities.
# </details>
#
# <details><summary>My result grows with γ</summary>
#
# The factor is the probability of being *wrong*, $1 - p$, and it is below 1: raising γ can only make the loss smaller.
# </details>

# %% exercise="ch04.focal"
def focal(logits, labels, gamma=2.0):
    """Mean over the examples of −(1 − p)^gamma·log p, p the softmax probability of the label.

    logits (N, K), integer labels (N,) in 0 … K−1, gamma ≥ 0 -> float.
    Finite for logits of any finite size; gamma = 0 is the cross-entropy.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_p = log_p[np.arange(len(labels)), labels]
    return np.mean(-((-np.expm1(log_p)) ** gamma) * log_p)
    ### END SOLUTION


# %% check="ch04.focal" points=4
check("ch04.focal", focal)

# %% [markdown]
# D0 says that focal loss gives more weight where the model is less confident. Nearly: it looks at the probability of the *true* class. The largest weight goes to
# examples where the model is confident and *wrong*. That is good for hard examples and bad for wrong labels. We give one example in twenty a
# wrong label and ask how much of the gradient comes from these.

# %% tags=["demo"]
factor = {p: (1 - p) ** 2 for p in (0.01, 0.5, 0.99)}
print("factor for p of the true class:", {p: round(f, 4) for p, f in factor.items()})
assert factor[0.01] > factor[0.5] > factor[0.99]  # sure and wrong > unsure > sure and right

rng = np.random.default_rng(9)
labels = rng.integers(0, 2, size=2000)
score = np.where(labels == 1, 2.5, -2.5) + rng.normal(size=2000)  # a decent model
wrong = np.arange(2000) % 20 == 0
logits, labels = np.stack([np.zeros(2000), score], axis=1), np.where(wrong, 1 - labels, labels)
share = {}
for gamma in (0.0, 1.0, 2.0, 5.0):
    loss = losses.Focal(gamma, reduction="none")
    loss.forward(logits, labels)
    pull = np.abs(loss.backward()[:, 1])
    share[gamma] = pull[wrong].sum() / pull.sum()
    print(f"γ = {gamma:g}: the 5 % wrong labels make {share[gamma]:.0%} of the gradient")
assert share[0.0] < share[1.0] < share[2.0] < share[5.0]


# %% [markdown]
# ### An experiment: one example in twenty
# Two overlapping classes, 950 examples against 50. The same linear model is trained with four losses. How many of the rare class does it find on new
# data? D1 says that cross-entropy is sensitive to the class distribution and that hinge and focal are less so.

# %% tags=["demo"]
def train(x, labels, loss, weight=None, steps=1500):
    """Weights (w1, w2, b) of a linear score. `weight` counts each example more or less."""
    margins = isinstance(loss, losses.Hinge)
    target = 2.0 * labels - 1 if margins else labels
    inputs = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(3)
    weight = np.ones(len(x)) if weight is None else weight
    for step in range(steps):
        score = inputs @ w
        loss.forward(score if margins else np.stack([np.zeros(len(x)), score], axis=1), target)
        g = loss.backward(weight / len(x))
        w -= 1 / (1 + step / 500) * (g if margins else g[:, 1]) @ inputs
    return w


def found(w, x, labels):
    """Share of the rare class and of the common class on the right side of the line."""
    right = (x @ w[:2] + w[2] > 0) == (labels == 1)
    return right[labels == 1].mean(), right[labels == 0].mean()


x, labels = datasets.two_classes(np.random.default_rng(0), majority=950, minority=50)
new_x, new_labels = datasets.two_classes(np.random.default_rng(1), majority=5000, minority=5000)
balanced = np.where(labels == 1, 10.0, 1000 / 1900)  # each class counts half of the total

ce, hinge_loss = losses.CrossEntropy(reduction="none"), losses.Hinge(reduction="none")
lines = {
    "cross-entropy": train(x, labels, ce),
    "hinge": train(x, labels, hinge_loss),
    "focal, γ = 2": train(x, labels, losses.Focal(2.0, reduction="none")),
    "cross-entropy,\nclasses weighted": train(x, labels, ce, weight=balanced),
}
print("found of the                       rare class   common class")
for name, w in lines.items():
    shares = found(w, new_x, new_labels)
    print("{:34s} {:10.0%} {:14.0%}".format(name.replace("\n", " "), *shares))
rare = {name: float(found(w, new_x, new_labels)[0]) for name, w in lines.items()}

plain, hinge_rare, focal_rare, weighted = rare.values()
assert plain < 0.4  # cross-entropy follows the class distribution: true
assert hinge_rare < plain  # hinge less so: false, it is the worst here
assert abs(focal_rare - plain) < 0.1  # focal: hardly
assert weighted > 0.75  # weights for the classes: yes

# %% tags=["demo"]
figures.losses.boundaries(x, labels, lines, rare)

# %% [markdown]
# The hinge gave up on the rare class: where the classes overlap, "always common" costs it least. Focal loss alone moved the boundary little; it
# turns down *easy* examples, and in an overlap the common ones are not all easy. Weights for the classes did what was
# wanted. Lin and others use such weights together with γ. The price is on the other side: more false alarms.
#
# Does γ matter much? And is the loss expensive, as D1 says?

# %% tags=["demo"]
by_gamma = {}
for gamma in (0.5, 2.0, 5.0):
    w = train(x, labels, losses.Focal(gamma, reduction="none"))
    by_gamma[gamma] = found(w, new_x, new_labels)[0]
    print(f"γ = {gamma:g}: {by_gamma[gamma]:.0%} of the rare class found")

rng = np.random.default_rng(10)
logits, labels_many = rng.normal(size=(20_000, 10)), rng.integers(0, 10, size=20_000)
taken = {}
for kind in (losses.CrossEntropy, losses.Focal):
    taken[kind.__name__] = milliseconds(there_and_back, kind(), logits, labels_many)
    print(f"{kind.__name__:13s} {taken[kind.__name__]:6.2f} ms")
print(f"dense layer   {layer:6.2f} ms (4.9)")
assert max(by_gamma.values()) - min(by_gamma.values()) < 0.1
assert taken["Focal"] < 5 * taken["CrossEntropy"]

# %% [markdown]
# **Remember.** Focal loss turns down what is already right. Against a rare class, weight the classes or move the threshold first.

# %% [markdown]
# ## 4.19 D1's second table put to the test
#
# | loss | D1's claim | verdict | seen in |
# |---|---|---|---|
# | cross-entropy | simple and fast | yes | 4.18, 4.20 |
# | cross-entropy | sensitive to the class distribution | yes: 30 % of the rare class found, with class weights most of it | 4.18 |
# | cross-entropy | useful for balanced classes | yes; for others, weight the classes | 4.18 |
# | cross-entropy | sensitive to outliers | the value has no upper limit; the pull on a logit has: 1 | 4.15, 4.17 |
# | hinge | less sensitive to outliers | than the squared hinge, yes; than cross-entropy, no: both pull with 1 | 4.17 |
# | hinge | less sensitive to the class distribution | no: it found none of the rare class in our overlap | 4.18 |
# | hinge | hard to optimize, no derivative at zero | the corner is at margin 1, and one point is harmless | 4.17 |
# | hinge | maximizes the margin | together with weight decay | 4.17 |
# | hinge | puts the emphasis on hard examples | yes: beyond a margin of 1 an example is silent | 4.17 |
# | hinge | useful for outliers and unbalanced classes | neither was seen; useful where no probability is needed | 4.17, 4.18 |
# | focal | less sensitive to the class distribution | little on its own; with class weights | 4.18 |
# | focal | handles hard instances well | it turns to them, wrong labels included | 4.18 |
# | focal | computationally expensive | no: a small multiple of cross-entropy, which is itself small | 4.18 |
# | focal | sensitive to the choice of γ | not in our experiment; γ changes the share of hard examples strongly | 4.18 |

# %% [markdown]
# ## 4.20 The same in PyTorch

# %% tags=["demo"]
print(inspect.getsource(losses.CrossEntropy))
print(inspect.getsource(losses_torch.CrossEntropy))

# %% tags=["demo"]
rng = np.random.default_rng(11)
logits, labels = 3 * rng.normal(size=(5000, 10)), rng.integers(0, 10, size=5000)
probs, soft_target = rng.dirichlet(np.ones(10), size=(2, 5000))
yes_no = rng.integers(0, 2, size=(5000, 10)).astype(float)
score, side = rng.normal(size=50_000), rng.choice([-1.0, 1.0], size=50_000)

inputs = {"CrossEntropy": (logits, labels)}
inputs |= dict.fromkeys(("CategoricalCrossEntropy", "KLDivergence"), (probs, soft_target))
inputs["BinaryCrossEntropy"] = rng.uniform(0.01, 0.99, size=(5000, 10)), yes_no
inputs["BinaryCrossEntropyWithLogits"] = logits, yes_no
inputs |= dict.fromkeys(("Hinge", "SquaredHinge", "SoftMargin"), (score, side))
inputs["Focal"] = logits, labels
compare(inputs)

# %% [markdown]
# ---
# ## 4.21 Errata of this chapter
#
# Each line is as printed in our copy of the text, and each has a cell above that fails for the printed form and holds for the mended one.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | categorical cross-entropy for instances of several classes | one binary cross-entropy for each class | 4.16 |
# | D1 | Huber is more robust than the absolute error | less robust, more precise on clean data | 4.4 |
# | D1 | binary cross-entropy equals $\log p$ or $\log(1 - p)$ | $-\log p$ or $-\log(1 - p)$ | 4.11 |
# | D1 | cross-entropy and focal loss as sums | means, or the step grows with the batch | 4.12 |
# | D1 | log-cosh is a smooth approximation of Huber | for $\delta = 1$, within 0.193; stretched for other $\delta$ | 4.5 |
# | D1 | log-cosh is faster to optimize than Huber | it needed as many steps or more | 4.5 |
# | D1 | the absolute error is hard to optimize because of its corner | because its pull does not fade | 4.3 |
# | D1 | the hinge is not differentiable at zero | at a margin of 1 | 4.17 |
# | D1 | the hinge maximizes the margin | together with weight decay | 4.17 |
# | D1 | hinge and focal are less sensitive to the class distribution | not on their own | 4.18 |
# | D0 | the divergence is less stable than cross-entropy in small batches | same gradient for fixed targets | 4.13 |
# | D0 | percentage and logarithmic errors greatly mitigate outliers | large ones; small targets rule them | 4.6 |
# | D0 | counts can only be positive | counts may be 0, the rate is positive | 4.7 |
# | D0 | focal loss favors samples where the model is less confident | where the *true class* has a low probability | 4.18 |
# | D2 | cosine similarity as a loss | 1 − similarity | 4.8 |
# | D4 | softmax before `CrossEntropyLoss` | logits; else the loss stops at $\log(1 + (K-1)/e)$ | 4.15 |

# %% [markdown]
# ## 4.22 The chapter on one screen
#
# | loss | for one example | gradient | asks for | use it when |
# |---|---|---|---|---|
# | squared | $e^2$ | $2e$ | the mean | noise is tame |
# | absolute | $\lvert e\rvert$ | $\pm1$ | the median | many targets are wrong |
# | Huber | $\tfrac12e^2$, then a line | $e$, cut at $\pm\delta$ | in between | some targets are wrong |
# | log-cosh | $\log\cosh e$ | $\tanh e$ | in between | the same, without $\delta$ |
# | Poisson | $e^{s} - ks$ | $e^{s} - k$ | the log-rate | counts |
# | cosine | $1 - \cos$ | turns only | the direction | lengths mean nothing |
# | cross-entropy | $-\log p_\text{true}$ | $p - t$ | the probabilities | one label of $K$ |
# | binary, from logits | $\log(1 + e^z) - tz$ | $p - t$ | a probability for each label | yes or no, several labels |
# | KL divergence | $\sum t\log(t/p)$ | as cross-entropy | the distribution | targets are distributions |
# | hinge | $\max(0, 1 - ts)$ | $-t$ or 0 | a margin of 1 | no probabilities needed |
# | focal | $-(1-p)^\gamma\log p$ | | the hard ones | easy examples drown the rest |
#
# - Average over the examples. Sum over the classes.
# - Take logits, not probabilities, wherever you can.
# - No exponential with a positive exponent, no logarithm of something that can be 0.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Seven targets, one of them absurdly large. Which constant do squared and absolute error choose?</summary>
#
# The mean and the median. The absurd one moves the mean as far as you like and the median not at all.
# </details>
#
# <details><summary>2. Why is the linear branch of Huber's loss δ(|e| − ½δ) and not δ|e|?</summary>
#
# So that both branches give ½δ² at |e| = δ. Otherwise the loss would jump there.
# </details>
#
# <details><summary>3. You train on batches of 32 with a summed loss and go to batches of 64. What happens, and what would a mean have done?</summary>
#
# Every step doubles, as if the learning rate had doubled. With a mean the typical step keeps its length.
# </details>
#
# <details><summary>4. What is the gradient of the cross-entropy for a logit, and how large can it become?</summary>
#
# Predicted probability minus target, divided by the number of examples. Its size is never above 1/N.
# </details>
#
# <details><summary>5. Your 10-class loss has been flat at 1.46 for hours, and the accuracy is fine. What do you look for?</summary>
#
# A softmax before a loss that has its own: log(1 + 9/e) = 1.461.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My loss is NaN</summary>
#
# Look for a logarithm of 0, 0/0, or infinity minus infinity. The usual places: `log(softmax(z))`, `log(1 - p)` with $p = 1$,
# `t * log(t)` with $t = 0$, `e / abs(e)` with $e = 0$. Start from logits. If the loss was fine for a while and then
# became NaN, the weights have probably exploded: print the largest logit, lower the learning rate.
# </details>
#
# <details><summary>My loss is inf</summary>
#
# An exponential overflowed (`exp` above 709 in 64 bits, above 88 in 32 bits), or a logarithm met 0. Shift by the maximum. For Poisson, make sure
# that you give the log-rate and not the rate: `exp(rate)` grows quickly.
# </details>
#
# <details><summary>My loss does not go below 0.55 (3 classes), 1.46 (10 classes)</summary>
#
# There is a softmax before a loss that applies its own. Remove yours. The floor is log(1 + (K − 1)/e); see 4.15.
# </details>
#
# <details><summary>My loss stays at 0.693, or at 1.099, or at 2.303</summary>
#
# These are log 2, log 3 and log 10: the network guesses blindly. Either nothing is learned yet (learning rate, gradient of 0, labels shuffled
# against the examples), or the inputs say nothing about the labels.
# </details>
#
# <details><summary>My loss is negative</summary>
#
# Cross-entropies, divergences and errors cannot be. A minus sign is missing, or the "probabilities" are not between 0 and 1. The Poisson loss
# without its constant, and a cosine similarity with a minus sign, may be negative.
# </details>
#
# <details><summary>My loss falls, and the predictions become worse</summary>
#
# You minimize something that should grow, such as a similarity; or target and prediction have changed places.
# </details>
#
# <details><summary>My gradient is right but for a factor</summary>
#
# The factor names the mistake: $N$, the mean is missing; $K$, you averaged over the classes too, or forgot to; 2, the exponent did not come
# down, or a ½ is missing or too many; −1, target minus prediction.
# </details>
#
# <details><summary>My loss jumps about near the end</summary>
#
# An absolute error or a hinge pulls with full strength to the last. Let the learning rate shrink, or take Huber.
# </details>
#
# <details><summary>My classifier never answers with the rare class</summary>
#
# Count the classes. Weight them, or move the threshold; see 4.18. A hinge may ignore a rare class altogether where the classes overlap.
# </details>
#
# <details><summary>My hinge loss is exactly 1 for half of the examples</summary>
#
# Your targets are 0 and 1. Use `2 * target - 1`.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Peter J. Huber, 1964, *Robust Estimation of a Location Parameter*, Annals of Mathematical Statistics.
# - Solomon Kullback and Richard A. Leibler, 1951, *On Information and Sufficiency*, Annals of Mathematical Statistics.
# - Corinna Cortes and Vladimir Vapnik, 1995, *Support-Vector Networks*, Machine Learning.
# - Ross Girshick, 2015, *Fast R-CNN* (smooth L1), ICCV.
# - Tsung-Yi Lin, Priya Goyal, Ross Girshick, Kaiming He and Piotr Dollár, 2017, *Focal Loss for Dense Object Detection*, ICCV.
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, 2016, *Deep Learning*, MIT Press; chapters 3, 5 and 6 for information theory, maximum
#   likelihood and output units.
# - Kevin P. Murphy, 2022, *Probabilistic Machine Learning: An Introduction*, MIT Press; for losses as negative log-likelihoods.
