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
# # Chapter 8 · Overfitting, and what holds it back
#
# A network with enough weights can learn anything by heart, also what is wrong. A low training loss then says nothing. This chapter is about the loss that counts: the one on examples the network has never seen.
#
# **After this chapter you can**
#
# - tell from two curves whether a model underfits, overfits, or is about right;
# - stop a training at the right moment, and go back to the weights of its best moment;
# - write L1 and L2 penalties, and say why one makes zeros and the other only makes things small;
# - write dropout, in the two scalings that you meet in books, and show that they agree on average;
# - let a network say how sure it is, by asking it many times with dropout on.
#
# **You need** the training loop and backward passes of chapter 6, and losses from chapter 4.
#
# **Time** about three hours: 88 minutes for the ten exercises (38 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the lecture slides *Deep Learning Basics* (D1) and the primer on deep learning (D2). Where they are
# wrong as printed in our copy, a cell shows it; section 8.13 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses

# %% [markdown]
# ## 8.1 What does a model learn when it learns too much?
#
# **The question.** Fourteen points lie near a curve, each a little off. Polynomials of degree 1, 3 and 11 are fitted to them. Which one is closest to the points? Which one would you believe between them?
#
# **The picture.**

# %% tags=["demo"]
def truth(x):
    return np.sin(3 * x)


def noisy_points(n, seed):
    """-> x (n,) between −1 and 1, y (n,): the truth, and noise of spread 0.3."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)
    return x, truth(x) + 0.3 * rng.normal(size=n)


def polynomial(x, y, degree):
    return np.polynomial.Chebyshev.fit(x, y, degree, domain=[-1, 1])


x, y = noisy_points(14, seed=1)
curves = {f"degree {degree}": polynomial(x, y, degree) for degree in (1, 3, 11)}
figures.overfitting.fits(x, y, curves, truth)

# %% [markdown]
# **The mathematics.** Two errors, of the same function $f$:
#
# $$E_{\text{training}} = \frac1N \sum_{i=1}^{N} \big(f(x_i) - y_i\big)^2 \qquad\quad E_{\text{new}} = \text{the same mean, over examples that } f \text{ was not fitted to.}$$
#
# Fitting makes the first one small. We want the second one small. Their difference is the **generalization gap**.
#
# - Both large: the model cannot even follow the examples it has. It **underfits**.
# - First small, second large: it has learned the noise of these fourteen points, too. It **overfits**.
#
# **The code.** Both errors over the degree, the median over forty sets of points:

# %% tags=["demo"]
degrees = [1, 3, 5, 7, 9, 11]
at_points, at_new = [], []
for degree in degrees:
    rows = []
    for seed in range(40):
        x, y = noisy_points(14, seed)
        x_new, y_new = noisy_points(300, seed + 1000)
        fit = polynomial(x, y, degree)
        rows.append([np.mean((fit(x) - y) ** 2), np.mean((fit(x_new) - y_new) ** 2)])
    at_points.append(np.median(rows, axis=0)[0])
    at_new.append(np.median(rows, axis=0)[1])
    print(f"degree {degree:2d}: error at the points {at_points[-1]:.3f}, new {at_new[-1]:.3g}")

assert np.all(np.diff(at_points) < 0)  # the training error only falls
assert degrees[int(np.argmin(at_new))] == 3  # the new error has its lowest place early
assert at_new[-1] > 10 * at_new[1]  # and then explodes

# %% [markdown]
# The training error falls with every degree. It would advise us to take the largest one. The error on new points falls, turns, and climbs. D1 names two causes: too many parameters for the amount of data, and training for too many epochs. The first is what you see here. The second comes next.
#
# **Remember.** The training error cannot tell you when to stop. Keep examples back that training never touches.

# %% [markdown]
# ## 8.2 Learning curves: how do I see it in a training run?
#
# **The question.** A network has no degree to turn. What do we look at?
#
# **The picture.** Three hundred handwritten digits, and every fifth label is drawn at random: real data has wrong labels. Three networks train on them. After each epoch we ask for the loss on these examples and on 597 others, whose labels are right.

# %% tags=["demo"]
from sklearn.datasets import load_digits

from course_lib import metrics, optimizers, regularizers, training


def digits(n=300, seed=0, wrong=0.2):
    """Training examples (x (n, 64), labels (n,)), and 597 others to validate with.

    A share `wrong` of the training labels is drawn anew; the others are right."""
    x, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    x, labels = x[order] / 16, labels[order]
    drawn = labels[:n].copy()
    some = rng.random(n) < wrong
    drawn[some] = rng.integers(0, 10, some.sum())
    return (x[:n], drawn), (x[-597:], labels[-597:])


def network(hidden=64, p=0.0, seed=0, last_only=False):
    """64 pixels, two hidden layers with dropout p behind each (or the last only), ten classes."""
    rng = np.random.default_rng(seed)
    chain = [layers.Dense(64, hidden, rng), activations.ReLU()]
    if p and not last_only:
        chain.append(layers.Dropout(p, rng))
    chain += [layers.Dense(hidden, hidden, rng), activations.ReLU()]
    if p:
        chain.append(layers.Dropout(p, rng))
    return layers.Sequential(*chain, layers.Dense(hidden, 10, rng))


def learn(model, n=300, seed=0, epochs=60, regularizer=None, callbacks=(), wrong=0.2):
    """Adam on the digits -> the history of the run."""
    seen, new = digits(n, seed, wrong)
    return training.fit(
        model, losses.CrossEntropy(), optimizers.Adam(lr=0.002), *seen, epochs, batch_size=25,
        validation=new, metrics={"accuracy": metrics.accuracy}, regularizer=regularizer,
        rng=np.random.default_rng(seed), callbacks=callbacks,
    )


runs = {
    "2 hidden units": learn(network(2)),
    "64, dropout 0.3": learn(network(64, p=0.3)),
    "64 hidden units": learn(network(64)),
}
plain = runs["64 hidden units"]
for name, run in runs.items():
    right, new = run["accuracy"][-1], run["validation_accuracy"][-1]
    print(f"{name:16s} right on the training labels {right:4.0%}, on new digits {new:4.0%}")

assert runs["2 hidden units"]["loss"][-1] > 1.2  # cannot even learn what it sees
assert plain["accuracy"][-1] > 0.9  # learns the wrong labels, too
assert plain["validation_loss"][-1] > 1.2 * min(plain["validation_loss"])
figures.overfitting.learning_curves(
    {name: (run["loss"], run["validation_loss"]) for name, run in runs.items()}
)

# %% [markdown]
# - **Left:** both losses stay high and close together. The model is too small: it underfits.
# - **Right:** the training loss goes towards 0, also on the wrong labels. The validation loss turns round. It overfits.
# - **Middle:** the same size as on the right, with a remedy of section 8.8. The validation loss hardly turns.
#
# The dot marks the lowest validation loss. In the middle picture training even looks worse than validation: dropout is on while training and off while validating, and a fifth of the training labels are wrong.
#
# **The mathematics.** With the losses $t_e$ and $v_e$ after epoch $e$, the best epoch is $e^* = \arg\min_e v_e$. The gap at the end is $v_E - t_E$. What was lost by going on is $v_E - v_{e^*}$.


# %% [markdown] exercise="ch08.read_curves" minutes=6 difficulty=1
# ### Exercise: read the curves
# Write `read_curves(training_losses, validation_losses)`. It returns three numbers, in this order:
#
# 1. the best epoch: the one after which the validation loss was lowest. Epochs count from 1. If two are equally low, the earlier one;
# 2. the gap at the end: validation loss minus training loss, after the last epoch. It is negative where training looks worse;
# 3. what going on has cost: the last validation loss minus the lowest one.
#
# <details><summary>Hint 1</summary>
#
# `np.argmin` gives the place of the lowest value, the first of several, and counts from 0. So epoch 3 is element 2 of the array.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The last element of an array is `a[-1]`. The lowest is `a.min()`. Which of the two arrays does the best epoch look at?
# </details>
#
# <details><summary>My best epoch is always the last one</summary>
#
# You look at the training loss. It falls to the end, with or without overfitting. That is why it cannot tell.
# </details>

# %% exercise="ch08.read_curves"
def read_curves(training_losses, validation_losses):
    """The best epoch (from 1), the gap at the end, and what going on has cost.

    training_losses, validation_losses: arrays (E,), one number for each epoch -> three numbers
    """
    ### BEGIN SOLUTION
    best = np.argmin(validation_losses) + 1
    gap = validation_losses[-1] - training_losses[-1]
    cost = validation_losses[-1] - np.min(validation_losses)
    return best, gap, cost
    ### END SOLUTION


# %% check="ch08.read_curves" points=3
check("ch08.read_curves", read_curves)

# %% [markdown]
# **More data** is the remedy that always works, when it can be had. The same network, on more and more digits (all labels right this time):

# %% tags=["demo"]
counts = [50, 100, 200, 400, 1000]
errors = {"seen": [], "new": []}
for n in counts:
    some = [learn(network(seed=s), n, s, epochs=6000 // n + 10, wrong=0.0) for s in range(3)]
    errors["seen"].append([1 - run["accuracy"][-1] for run in some])
    errors["new"].append([1 - run["validation_accuracy"][-1] for run in some])
gaps = np.mean(errors["new"], axis=1) - np.mean(errors["seen"], axis=1)
print("gap:", {n: f"{gap:.1%}" for n, gap in zip(counts, gaps)})
assert gaps[0] > 0.1 and gaps[-1] < 0.05 and np.mean(errors["seen"]) < 0.01
figures.overfitting.gap_over_examples(counts, errors["seen"], errors["new"], "wrong answers")

# %% [markdown]
# The training error is 0 throughout. It does not see any of this.
#
# **Remember.** Look at two curves, never at one. Both high: underfitting. A gap that grows: overfitting.

# %% [markdown]
# ## 8.3 Early stopping: when is it enough?
#
# **The question.** The validation loss falls, turns, and climbs. But it also trembles. How long do we wait before we believe that it has turned?
#
# **The picture.** The run from above, with a patience of eight epochs.

# %% tags=["demo"]
watch = regularizers.EarlyStopping(patience=8)
model = network(64)
history = learn(model, callbacks=[lambda m, h: watch.step(h["validation_loss"][-1], m.params)])
stop = len(history["loss"])
best = int(np.argmin(history["validation_loss"])) + 1

# the same run, cut off:
np.testing.assert_allclose(history["validation_loss"], plain["validation_loss"][:stop])
assert stop == best + 8 < 60 and watch.best == history["validation_loss"][best - 1]
figures.overfitting.stopped(plain["validation_loss"], best, stop, patience=8)

# %% [markdown]
# **The mathematics.** Remember the best validation loss so far, $b$, and count the epochs since. With a *minimal change* $\delta \ge 0$:
#
# $$v_e < b - \delta:\quad b \leftarrow v_e,\ \text{waited} \leftarrow 0 \qquad\qquad \text{otherwise:}\quad \text{waited} \leftarrow \text{waited} + 1$$
#
# Stop when *waited* reaches the **patience**. By then the weights are those of a bad moment, that many epochs too late. So keep a copy of the best ones, and put them back.
#
# **The code.** A reference is not a copy. It is the most common mistake here, so see it once before you write your own:

# %% tags=["demo"]
params = {"weight": np.array([1.0, 2.0])}
same, copied = params["weight"], params["weight"].copy()
params["weight"] -= 10  # the optimizer goes on, in place
print("a second name:", same, "  a copy:", copied)
assert same[0] == -9 and copied[0] == 1


# %% [markdown] exercise="ch08.early_stopping" minutes=15 difficulty=4
# ### Exercise: early stopping
# Write the class `EarlyStopping`.
#
# - `EarlyStopping(patience, min_delta)` is made once, before training. Its attribute `best` is the best metric so far; before the first one it is infinite.
# - `step(metric, params)` is called after every epoch with the validation loss (a number, less is better) and the weights (a dictionary of arrays). It returns `True` when it is time to stop and `False` otherwise. An improvement is a metric *below* `best - min_delta`. Only then are `best` and the copy of the weights renewed.
# - It says `True` when at least the last `patience` epochs have brought no improvement. If it is asked further, it goes on saying so until one does.
# - `restore(params)` writes the best weights back into the arrays of the dictionary, in place.
#
# A metric of `nan` is no improvement. (Comparing with `nan` is always false: if your condition asks for the improvement, this costs nothing.)
#
# <details><summary>Hint 1</summary>
#
# `__init__` keeps `patience`, `min_delta`, `best = np.inf`, a counter and a place for the copy.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `{name: p.copy() for name, p in params.items()}` copies a dictionary of arrays, arrays included. `params.copy()` copies only the dictionary.
# </details>
#
# <details><summary>Hint 3</summary>
#
# In place is `params[name][...] = best`. The network keeps its own name for the array; a new array under the old key would not reach it.
# </details>
#
# <details><summary>It stops right, but restore changes nothing</summary>
#
# Either you kept the arrays themselves: the optimizer changes them in place, so what you kept changed along with them. Keep copies. Or `restore` gives a name something new, as `params = …` and `params[name] = …` do, and the network's own arrays stay as they are. Write into them: `params[name][...] = …`.
# </details>
#
# <details><summary>It stops one epoch too late</summary>
#
# Count this epoch first, then compare the counter with the patience, with `>=`.
# </details>

# %% exercise="ch08.early_stopping"
class EarlyStopping:
    """Says when to stop, and gives the best weights back.

    step(metric, params): a number and a dictionary of arrays -> True or False
    restore(params) writes in place
    """

    def __init__(self, patience, min_delta):
        ### BEGIN SOLUTION
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_params, self.waited = np.inf, {}, 0
        ### END SOLUTION

    def step(self, metric, params):
        ### BEGIN SOLUTION
        if metric < self.best - self.min_delta:
            self.best = metric
            self.best_params = {name: p.copy() for name, p in params.items()}
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION

    def restore(self, params):
        ### BEGIN SOLUTION
        for name, p in self.best_params.items():
            params[name][...] = p
        ### END SOLUTION


# %% check="ch08.early_stopping" points=6
check("ch08.early_stopping", EarlyStopping)

# %% [markdown]
# What is it worth? Before and after `restore`, on the new digits:

# %% tags=["demo"]
_, new = digits()
late = training.evaluate(model, losses.CrossEntropy(), *new)["loss"]
watch.restore(model.params)
back = training.evaluate(model, losses.CrossEntropy(), *new)["loss"]
print(f"validation loss at the stop {late:.3f}, restored {back:.3f}")
print(f"after all 60 epochs {plain['validation_loss'][-1]:.3f}")
np.testing.assert_allclose(back, watch.best)
assert back < late < plain["validation_loss"][-1]

# %% [markdown]
# One warning. The restored loss is the lowest of many, picked by looking. It is a little too good. If you report a number, take it from a third set of examples that had no part in choosing.
#
# **Remember.** Patience for the noise, a copy for the way back. And what you used to choose, you cannot use to judge.

# %% [markdown]
# ## 8.4 A price for large weights: L2
#
# **The question.** The curve of degree 11 needs huge coefficients to swing through every point. What if large weights cost something?
#
# **The picture.** Two penalties, and how hard each pulls a weight towards 0.

# %% tags=["demo"]
penalties = {"L2: w²": (np.square, lambda w: 2 * w), "L1: |w|": (np.abs, np.sign)}
figures.overfitting.pulls(penalties)

# %% [markdown]
# **The mathematics.** The total that training minimizes is the loss plus a penalty (D1):
#
# $$\hat L(y, \hat y) = L(y, \hat y) + \lambda\, R(\theta), \qquad R_{L2}(\theta) = \sum_i \theta_i^2, \qquad \frac{\partial\, \lambda R_{L2}}{\partial \theta_i} = 2\lambda\,\theta_i .$$
#
# The pull is proportional to the weight. A weight that is large is pulled hard, one that is small is left nearly alone. There is no division by the number of weights or of examples: $\lambda$ is the price of one unit of $\theta^2$.
#
# **An error in print.** D2 takes the L2 *norm*, with its square root. Then the pull is just as hard near 0 as far away, and it couples all weights with each other. What is used everywhere as "L2" or "weight decay" is the *squared* norm:

# %% tags=["demo"]
from course_lib.errata import ERRATA

printed = {erratum.name: erratum for erratum in ERRATA}
seen = printed["l2_penalty"].show()
for name, value in seen.items():
    print(f"{name:16s} length of the pull {value:.3f}")
# the printed one does not let go:
np.testing.assert_allclose(seen["printed at w"], seen["printed at w/10"], rtol=1e-5)
np.testing.assert_allclose(seen["mended at w"], 10 * seen["mended at w/10"], rtol=1e-5)


# %% [markdown] exercise="ch08.l2" minutes=6 difficulty=2
# ### Exercise: the L2 penalty
# Write two functions of an array of weights and a strength λ: `l2_penalty(weight, strength)` returns the penalty $\lambda \sum \theta^2$, one number. `l2_gradient(weight, strength)` returns its gradient, an array of the weights' shape.
#
# Neither is divided by anything, and there is no ½.
#
# <details><summary>Hint 1</summary>
#
# Weights are often a matrix. `np.sum` without an axis adds up all of its entries.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: weights 3 and −1, λ = 0.1. The penalty is 0.1 · (9 + 1) = 1. The gradient is 0.6 and −0.2.
# </details>
#
# <details><summary>My gradient is half of the expected one</summary>
#
# With a ½ in front of the sum the 2 would vanish. Some books do that. Here the penalty has no ½, so its derivative keeps the 2.
# </details>

# %% exercise="ch08.l2"
def l2_penalty(weight, strength):
    """λ·Σθ² over all entries. weight: array of any shape, strength: number -> number"""
    ### BEGIN SOLUTION
    return strength * np.sum(weight**2)
    ### END SOLUTION


def l2_gradient(weight, strength):
    """The gradient of λ·Σθ². weight: array, strength: number -> array of the weight's shape"""
    ### BEGIN SOLUTION
    return 2 * strength * weight
    ### END SOLUTION


# %% check="ch08.l2" points=4
check("ch08.l2", l2_penalty, l2_gradient)

# %% [markdown]
# In a step of gradient descent the penalty's gradient joins that of the loss:
#
# $$\theta \leftarrow \theta - \eta\Big(\frac{\partial L}{\partial \theta} + 2\lambda\theta\Big) = (1 - 2\eta\lambda)\,\theta - \eta\,\frac{\partial L}{\partial \theta}.$$
#
# Before each step every weight shrinks by the same factor. That is why it is called **weight decay**. Biases are left out: a bias shifts the answer and does not make it wiggle.


# %% [markdown] exercise="ch08.decayed_step" minutes=8 difficulty=2
# ### Exercise: a step with decay
# Write `decayed_step(weight, bias, grad_weight, grad_bias, lr, strength)`. It does one step of gradient descent on the loss plus λ·Σ weight², and returns the new weight and the new bias, in this order. The gradients that you are given are those of the loss alone. The bias is not penalized. Return new arrays: `weight - …` makes one, `weight -= …` would change the one you were given.
#
# <details><summary>Hint 1</summary>
#
# First make the gradient of the total: loss plus penalty. Then the step is the one you know.
# </details>
#
# <details><summary>Hint 2</summary>
#
# With lr = 0.1, λ = 0.5 and a loss gradient of 0, a weight of 2 becomes 1.8: it loses 2 · 0.1 · 0.5 = a tenth.
# </details>
#
# <details><summary>My bias is a little too small</summary>
#
# It is decayed, too. Penalize the weight only.
# </details>

# %% exercise="ch08.decayed_step"
def decayed_step(weight, bias, grad_weight, grad_bias, lr, strength):
    """One step of gradient descent with an L2 penalty on the weight.

    weight, grad_weight (D, K), bias, grad_bias (K,), lr, strength: numbers
    -> new weight (D, K), new bias (K,)
    """
    ### BEGIN SOLUTION
    weight = weight - lr * (grad_weight + 2 * strength * weight)
    bias = bias - lr * grad_bias
    return weight, bias
    ### END SOLUTION


# %% check="ch08.decayed_step" points=3
check("ch08.decayed_step", decayed_step)

# %% [markdown]
# **Remember.** L2 shrinks each weight by the same factor in each step. Large weights pay most. Biases are free.

# %% [markdown]
# ## 8.5 Ridge regression: the whole path at once
#
# **The question.** How strong should the penalty be? For a linear model we need not train again and again: there is a formula for every λ.
#
# **The picture.** A real set: 442 people with diabetes, ten measured features (age, body mass, blood pressure, six blood values …) and how the illness went on in a year. We fit to 60 of them and look at the others. But first a drawing: a loss of two weights, with its lowest place outside of two borders. A price on the weights works like a budget for them: the larger λ, the smaller the sum of squares (L2) or of sizes (L1) that is left. Which place on each border has the lowest loss?

# %% tags=["demo"]
bottom = (1.8, 0.3)


def bowl(w1, w2):
    a, b = w1 - bottom[0], w2 - bottom[1]
    return a**2 + 1.5 * b**2 + 0.8 * a * b


angle = np.linspace(0, 2 * np.pi, 4001)
circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
diamond = circle / np.abs(circle).sum(axis=1, keepdims=True)
budgets = {}
for name, border in {"L2: Σw² ≤ 1": circle, "L1: Σ|w| ≤ 1": diamond}.items():
    budgets[name] = (border, border[np.argmin(bowl(*border.T))])
on_circle, on_diamond = (place for _, place in budgets.values())
assert np.abs(on_circle).min() > 0.05  # both weights are left
assert np.abs(on_diamond).min() < 1e-9  # one weight is exactly 0: the lowest place is a corner
figures.overfitting.touching(bowl, bottom, budgets)

# %% [markdown]
# **The mathematics.** A linear model $\hat y = Xw$, the mean squared error and an L2 penalty:
#
# $$\hat L(w) = \frac1N \lVert Xw - y\rVert^2 + \lambda \lVert w \rVert^2 .$$
#
# Its gradient is $\frac2N X^\top(Xw - y) + 2\lambda w$. Set it to 0, multiply by $N/2$, and collect what has a $w$:
#
# $$\big(X^\top X + N\lambda I\big)\, w = X^\top y .$$
#
# A system of linear equations. For λ = 0 it is least squares. With λ > 0 it always has exactly one solution, also where there are more features than examples: for every $v \ne 0$, $v^\top (X^\top X + N\lambda I)\,v = \lVert Xv \rVert^2 + N\lambda \lVert v \rVert^2 > 0$, so the matrix sends no $v$ but 0 to 0. This is *ridge regression* (Hoerl and Kennard, 1970).


# %% [markdown] exercise="ch08.ridge" minutes=10 difficulty=3
# ### Exercise: ridge regression
# Write `ridge(x, target, strength)`. It returns the weights $w$ that solve the equation above. There is no bias.
#
# <details><summary>Hint 1</summary>
#
# `np.linalg.solve(A, b)` solves $Aw = b$. It is faster and more exact than the inverse.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\lambda I$ has λ on the diagonal and 0 elsewhere: `strength * np.eye(D)`. And do not lose the $N$: it is there because the error is a mean.
# </details>
#
# <details><summary>My weights are right for λ = 0 only</summary>
#
# Is the penalty on the diagonal only? `A + strength` adds it to every entry. Is the N there, and on the side of the penalty?
# </details>
#
# <details><summary>`solve` says that the sizes do not fit</summary>
#
# $X^\top X$ has D rows and D columns, and so has the identity: `x.T @ x`, `np.eye(D)`. The sign for the product of matrices is `@`; `*` multiplies entry by entry.
# </details>

# %% exercise="ch08.ridge"
def ridge(x, target, strength):
    """The weights of the lowest mean squared error plus λ·Σw².

    x (N, D), target (N,), strength: number -> w (D,) array
    """
    ### BEGIN SOLUTION
    N, D = x.shape
    return np.linalg.solve(x.T @ x + N * strength * np.eye(D), x.T @ target)
    ### END SOLUTION


# %% check="ch08.ridge" points=4
check("ch08.ridge", ridge)

# %% [markdown]
# **Remember.** A ridge on the diagonal makes every least squares problem solvable, and its answer smaller.

# %% [markdown]
# ## 8.6 L1: a price that makes zeros
#
# **The question.** L2 makes weights small but never 0. In the picture above the diamond has corners, and the best place was a corner. Where do the zeros come from?
#
# **The mathematics.** $R_{L1}(\theta) = \sum_i |\theta_i|$. Its slope is $+1$ for a positive weight and $-1$ for a negative one, however small it is. So the pull does not let go. At 0 the slope jumps from −1 to 1; every number between is a *subgradient*, and we take 0.


# %% [markdown] exercise="ch08.l1" minutes=6 difficulty=2
# ### Exercise: the L1 penalty
# Write `l1_penalty(weight, strength)`, which returns $\lambda \sum |\theta|$, one number, and `l1_gradient(weight, strength)`, an array of the weights' shape. Where a weight is exactly 0, the gradient is 0.
#
# <details><summary>Hint 1</summary>
#
# Which NumPy function is −1, 0 or 1 depending on the sign?
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: weights 3, −1 and 0 with λ = 0.1. The penalty is 0.4. The gradient is 0.1, −0.1 and 0.
# </details>
#
# <details><summary>My gradient has nan in it</summary>
#
# `weight / abs(weight)` divides 0 by 0. The sign has a function of its own that knows 0.
# </details>

# %% exercise="ch08.l1"
def l1_penalty(weight, strength):
    """λ·Σ|θ| over all entries. weight: array of any shape, strength: number -> number"""
    ### BEGIN SOLUTION
    return strength * np.sum(np.abs(weight))
    ### END SOLUTION


def l1_gradient(weight, strength):
    """The (sub)gradient of λ·Σ|θ|, 0 where θ is 0. weight: array -> array of the same shape"""
    ### BEGIN SOLUTION
    return strength * np.sign(weight)
    ### END SOLUTION


# %% check="ch08.l1" points=4
check("ch08.l1", l1_penalty, l1_gradient)

# %% [markdown]
# **The picture.** Walk along this slope with a weight that the data does not need. It comes near 0, jumps over it, and back: each step is ηλ long. It never rests on 0. The other curve is what we want.

# %% tags=["demo"]
def shrink_by(w, amount):
    return max(w - amount, 0.0) if w > 0 else min(w + amount, 0.0)


lr, strength = 0.1, 0.5
along, shrunk = [0.42], [0.42]
for _ in range(25):
    along.append(along[-1] - lr * strength * np.sign(along[-1]))
    shrunk.append(shrink_by(shrunk[-1], lr * strength))
assert along[-1] != 0 and abs(along[-1]) < lr * strength and shrunk[-1] == 0
runs_to_0 = {"steps along the slope": np.array(along), "shrinking": np.array(shrunk)}
figures.overfitting.landings(runs_to_0)

# %% [markdown]
# **The code.** The remedy is to split the step in two. First a step on the loss alone. Then every weight is moved towards 0 by $\eta\lambda$, and one that would cross 0 stays there. This second half is called **soft thresholding**:
#
# $$S(w, t) = \operatorname{sign}(w)\,\max(|w| - t,\ 0).$$


# %% [markdown] exercise="ch08.soft_threshold" minutes=7 difficulty=3
# ### Exercise: soft thresholding
# Write `soft_threshold(weight, amount)`. Every entry moves towards 0 by `amount` (0 or more). An entry that is not farther than `amount` from 0 becomes exactly 0. It returns a new array.
#
# <details><summary>Hint 1</summary>
#
# The size shrinks and the sign stays. So work on the size, `np.abs(weight)`, and put the sign back at the end.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.maximum(a, 0)` replaces what is below 0 by 0, entry by entry. (`np.max` is the largest entry of all.)
# </details>
#
# <details><summary>Small weights change their sign</summary>
#
# They cross 0. Cut the size off at 0 before the sign comes back.
# </details>

# %% exercise="ch08.soft_threshold"
def soft_threshold(weight, amount):
    """sign(w)·max(|w| − amount, 0), entry by entry.

    weight: array of any shape, amount: number -> array of the same shape
    """
    ### BEGIN SOLUTION
    return np.sign(weight) * np.maximum(np.abs(weight) - amount, 0)
    ### END SOLUTION


# %% check="ch08.soft_threshold" points=3
check("ch08.soft_threshold", soft_threshold)

# %% [markdown]
# With it, the paths of all ten weights on the diabetes data, for L2 by the formula and for L1 by steps and thresholds (Tibshirani, 1996, called it the *lasso*):

# %% tags=["demo"]
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
order = np.random.default_rng(0).permutation(len(x))
(x_few, y_few), (x_rest, y_rest) = (x[order[:60]], y[order[:60]]), (x[order[60:]], y[order[60:]])


def by_formula(strength):
    N, D = x_few.shape
    return np.linalg.solve(x_few.T @ x_few + N * strength * np.eye(D), x_few.T @ y_few)


def by_thresholds(strength, w, steps=1500):
    lr = 0.5 * len(x_few) / np.linalg.norm(x_few, 2) ** 2
    for _ in range(steps):
        w = w - lr * 2 / len(x_few) * x_few.T @ (x_few @ w - y_few)
        w = np.sign(w) * np.maximum(np.abs(w) - lr * strength, 0)
    return w


strengths = np.geomspace(0.001, 1, 25)
paths = {"L2": [by_formula(s) for s in strengths], "L1": []}
w = by_formula(0)
for s in strengths:  # each strength starts from where the one before came to rest
    w = by_thresholds(s, w)
    paths["L1"].append(w)
paths = {name: np.array(path) for name, path in paths.items()}
off = {name: np.mean((path @ x_rest.T - y_rest) ** 2, axis=1) for name, path in paths.items()}
plain_error = np.mean((x_rest @ by_formula(0) - y_rest) ** 2)

print(f"error on new people: without a penalty {plain_error:.3f}, "
      f"L2 at best {off['L2'].min():.3f}, L1 at best {off['L1'].min():.3f}")
zeros = (paths["L1"] == 0).sum(axis=1)
assert not np.any(paths["L2"] == 0)  # small, never 0
assert zeros[0] <= 2 and zeros[15] >= 3 and zeros[-1] >= 7  # exact zeros, more and more
assert off["L2"].min() < plain_error and off["L1"].min() < plain_error
assert np.all(np.diff(np.linalg.norm(paths["L2"], axis=1)) < 0)  # the length only falls
names = ["age", "sex", "bmi", "pressure", "s1", "s2", "s3", "s4", "s5", "s6"]
alike = np.corrcoef(x_few[:, 4], x_few[:, 5])[0, 1]
free, shared = by_formula(0)[4:6], by_formula(0.1)[4:6]
dropped_at = [strengths[np.argmax(paths["L1"][:, i] == 0)] for i in (4, 5)]
print(f"s1 and s2: correlation {alike:.2f}, weights {free.round(2)} without a penalty,")
print(f"{shared.round(2)} with L2 of 0.1; L1 drops them at λ =", *np.round(dropped_at, 3))
assert alike > 0.9 and free[0] < -1 and free[1] > 0.5 and np.ptp(shared) < 0.1
assert dropped_at[1] < dropped_at[0]
figures.overfitting.paths(strengths, paths, off, names)

# %% [markdown]
# Look at s1 and s2, two blood values that rise and fall together. Without a penalty they get large weights of opposite signs, which nearly cancel. L2 brings both close to each other, and down. L1 drops s2 first and keeps s1 for a while.
#
# | | L2 | L1 |
# |---|---|---|
# | pull | proportional to the weight | the same for all |
# | weights become | small | small, and many exactly 0 |
# | features that say the same | share the weight | one is kept |
# | take it when | most features matter a little | few features matter, or you want to read the model |
#
# **Remember.** L1 does not let go near 0. To land on 0 exactly, shrink; do not step.

# %% [markdown]
# ## 8.7 Dropout: a network that cannot rely on anyone
#
# **The question.** A hidden unit can learn to repair the mistakes of one particular other unit. On new examples that fails. How do we break up such agreements?
#
# **The picture.** In each forward pass of training every hidden unit is left out with probability $p$.

# %% tags=["demo"]
masks = (np.random.default_rng(3).random((7, 12)) >= 0.4).astype(float)
assert len(np.unique(masks, axis=0)) == 7
figures.overfitting.subnetworks(masks, p=0.4)

# %% [markdown]
# **An error in print.** D1 says that neurons are disabled "at each epoch". They are drawn anew **at each forward pass**, and for each example on its own. In an epoch of 100 passes that makes 100 networks, not one:

# %% tags=["demo"]
seen = printed["dropout_masks"].show()
print("different masks in an epoch of 100 passes:", seen)
assert seen["printed"] == 1 and seen["mended"] == 100

# %% [markdown]
# **The mathematics.** With $m_{ij} = 0$ with probability $p$ and 1 otherwise, drawn anew for each entry of $x$:
#
# $$y = \frac{m \odot x}{1 - p} \quad\text{while training}, \qquad y = x \quad\text{afterwards.}$$
#
# Why the division? On average the mask lets $1-p$ of each entry through: $\mathbb E[m \odot x] = (1-p)\,x$. Dividing makes the average $x$ again, so the next layer sees the same level in training and afterwards. Backward, what was dropped passes nothing and what was kept passes the same factor:
#
# $$dx = \frac{m \odot dy}{1 - p}.$$
#
# It must be the same mask as in the forward pass. So forward keeps it.
#
# Mind the letter: here, as in PyTorch, $p$ is the probability to *drop*. In the paper (Srivastava and others, 2014) it is the probability to keep.


# %% [markdown] exercise="ch08.dropout" minutes=12 difficulty=3
# ### Exercise: dropout
# Write the class `Dropout(p, rng)`; `rng` is a NumPy generator and `p` the probability to drop.
#
# - Its attribute `training` is `True` at first. Whoever uses the layer may set it to `False`.
# - `forward(x)`: while training, an entry is kept where `rng.random(x.shape) >= p`, and divided by $1 - p$; the others become 0. Otherwise `x` comes back as it is, and `rng` is not asked.
# - `backward(dy)` belongs to the last forward, with its mask.
#
# Draw with exactly this call, once for each forward pass, so that your numbers can be compared.
#
# <details><summary>Hint 1</summary>
#
# Keep `self.scale`: an array that is $1/(1-p)$ where an entry is kept and 0 where it is dropped. Forward and backward multiply by it.
# </details>
#
# <details><summary>Hint 2</summary>
#
# When not training the scale is simply 1.
# </details>
#
# <details><summary>My backward is right on some entries only</summary>
#
# Do not draw in backward. A second mask has nothing to do with the first.
# </details>
#
# <details><summary>My values are too small by a constant factor</summary>
#
# What is left must be divided by the probability to *keep*, $1-p$. With p = 0.5 that doubles it.
# </details>

# %% exercise="ch08.dropout"
class Dropout:
    """Inverted dropout. forward(x): array of any shape -> same shape; backward(dy) -> dx, too."""

    def __init__(self, p, rng):
        ### BEGIN SOLUTION
        self.p, self.rng, self.training = p, rng, True
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        self.scale = 1.0
        if self.training:
            self.scale = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.scale
        ### END SOLUTION

    def backward(self, dy):
        ### BEGIN SOLUTION
        return dy * self.scale
        ### END SOLUTION


# %% check="ch08.dropout" points=5
check("ch08.dropout", Dropout)

# %% [markdown]
# **Two scalings.** D1 tells it as the paper does: nothing is divided while training, and afterwards each output is scaled by the probability that it was present, $1-p$. Ours, with the division in training, is called *inverted* dropout. It leaves the finished network alone, and that is why libraries do it so.


# %% [markdown] exercise="ch08.paper_dropout" minutes=6 difficulty=2
# ### Exercise: dropout as the paper has it
# Write `paper_dropout(x, p, training, rng)` with the scaling of the paper, `p` still the probability to drop. While training, an entry is kept where `rng.random(x.shape) >= p` and becomes 0 elsewhere; nothing is divided. When `training` is false, every entry is multiplied by the probability to keep, and `rng` is not asked.
#
# <details><summary>Hint 1</summary>
#
# Two cases, one line for each. A comparison gives an array of `True` and `False`; as a factor these are 1 and 0.
# </details>
#
# <details><summary>Hint 2</summary>
#
# With p = 0.25 a value of 4 becomes 4 or 0 while training. On average that is 3. So afterwards it is 3.
# </details>
#
# <details><summary>My numbers are right in training and too small afterwards</summary>
#
# `p` is the probability to drop. What an entry is scaled by is the probability that it was there.
# </details>

# %% exercise="ch08.paper_dropout"
def paper_dropout(x, p, training, rng):
    """Dropout that scales afterwards. x: array, p: number, training: True or False -> same shape"""
    ### BEGIN SOLUTION
    if training:
        return x * (rng.random(x.shape) >= p)
    return x * (1 - p)
    ### END SOLUTION


# %% check="ch08.paper_dropout" points=3
check("ch08.paper_dropout", paper_dropout)

# %% [markdown]
# Do the two agree? In expectation, exactly, for whatever comes before: both let the next layer see in training, on average, what it sees afterwards. Measured over 20 000 passes:

# %% tags=["demo"]
values, p = np.array([4.0, -2.0, 0.5]), 0.25
keep = np.random.default_rng(0).random((20_000, 3)) >= p
inverted, as_in_paper = values * keep / (1 - p), values * keep
print("inverted: mean", inverted.mean(axis=0).round(2), " afterwards", values)
print("paper:    mean", as_in_paper.mean(axis=0).round(2), " afterwards", values * (1 - p))
np.testing.assert_allclose(inverted.mean(axis=0), values, rtol=0.02)
np.testing.assert_allclose(as_in_paper.mean(axis=0), values * (1 - p), rtol=0.02)
bent = np.mean(np.maximum(inverted.sum(axis=1) - 2, 0))  # a ReLU behind the sum
straight = max(values.sum() - 2, 0)
print(f"behind a ReLU: mean of the passes {bent:.2f}, evaluation {straight:.2f}")
assert bent > straight + 0.3

# %% [markdown]
# The last line is honest bookkeeping. The averages agree for the layer itself and for anything linear behind it. Behind a bend they do not: the mean of the passes is not the pass of the mean. Evaluation without dropout is an approximation, a good one in practice.
#
# **Remember.** Drop anew at each pass, divide by the probability to keep, and use the same mask on the way back.

# %% [markdown]
# ## 8.8 Where, and how much?
#
# **The question.** D1 gives guidelines: behind each fully connected layer; only one at the end if that is too strong; rates from 0.1 to 0.5. What do they look like on the noisy digits?
#
# **The picture.** Sixty epochs, three seeds each.

# %% tags=["demo"]
settings = {
    "no dropout": {},
    "0.1": {"p": 0.1},
    "0.3": {"p": 0.3},
    "0.5": {"p": 0.5},
    "0.8": {"p": 0.8},
    "0.3, last layer only": {"p": 0.3, "last_only": True},
}
results = {
    name: [learn(network(seed=seed, **options), seed=seed) for seed in range(3)]
    for name, options in settings.items()
}
wrong = {
    name: [1 - run["validation_accuracy"][-1] for run in runs] for name, runs in results.items()
}
train = {name: np.mean([run["loss"][-1] for run in runs]) for name, runs in results.items()}
mean = {name: np.mean(values) for name, values in wrong.items()}
for name in settings:
    print(f"{name:21s} wrong on new digits {mean[name]:5.1%}, training loss {train[name]:.2f}")
assert mean["0.3"] < mean["no dropout"] - 0.04
assert mean["0.3"] < mean["0.3, last layer only"] < mean["no dropout"]  # D1's "weaker" version
assert train["0.8"] > train["0.5"] > train["0.3"] > train["0.1"] > train["no dropout"]
assert mean["0.8"] > mean["0.5"]  # too much: it underfits
figures.schedules.race(wrong, "share of wrong answers on new digits")

# %% [markdown]
# D1's guidelines hold here: a little helps, more helps more, too much hurts. One dropout at the end is the weaker form.
#
# **Two relatives.** *Feature dropout* (Tompson and others, 2015) drops whole channels of an image. Neighboring pixels say nearly the same, so a single missing pixel is hardly missed. *Alpha dropout* (Klambauer and others, 2017) belongs to SELU: it drops to SELU's lowest value, not to 0, and keeps mean and variance.

# %% tags=["demo"]
rng = np.random.default_rng(0)
images = np.ones((2, 3, 4, 4))
dropped = layers.FeatureDropout(0.5, rng).forward(images)
whole = dropped.reshape(6, 16)
assert np.all((whole == 0).all(axis=1) | (whole == 2).all(axis=1))  # a channel is there or not
print("channels left, of three in each of two images:", (dropped[:, :, 0, 0] > 0).sum(axis=1))

normal = rng.normal(size=(4000, 50))
for layer in (layers.Dropout(0.2, rng), layers.AlphaDropout(0.2, rng)):
    y = layer.forward(normal)
    name = type(layer).__name__
    print(f"{name:12s} of mean 0, variance 1: mean {y.mean():+.3f}, variance {y.var():.3f}")
assert abs(y.mean()) < 0.02 and abs(y.var() - 1) < 0.02  # AlphaDropout keeps both
assert layers.Dropout(0.2, rng).forward(normal).var() > 1.2  # Dropout does not

# %% [markdown]
# **Remember.** Start with 0.2 or 0.3 behind each hidden layer. If the training loss stays high, take less.

# %% [markdown]
# ## 8.9 Monte Carlo dropout: how sure are you?
#
# **The question.** A network answers everything, also questions far from all it has seen. Can it say when it is guessing?
#
# **The picture.** Leave dropout on, and ask a hundred times. Each pass is another network. Where there were examples they agree. Where there were none, they do not have to.

# %% tags=["demo"]
def with_a_gap(seed=0):
    """40 points left and 40 right of a gap, near a sine -> x (80, 1), y (80, 1)."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(-4, -1.5, 40), rng.uniform(1, 4, 40)])
    return x[:, None], np.sin(x[:, None]) + 0.1 * rng.normal(size=(80, 1))


x, y = with_a_gap()
rng = np.random.default_rng(0)
model = layers.Sequential(
    layers.Dense(1, 64, rng), activations.ReLU(), layers.Dropout(0.2, rng),
    layers.Dense(64, 64, rng), activations.ReLU(), layers.Dropout(0.2, rng),
    layers.Dense(64, 1, rng),
)
training.fit(model, losses.MeanSquaredError(), optimizers.Adam(lr=0.003), x, y, 300, 20, rng=rng)

asked = layers.MonteCarloDropout(model, passes=200)
asked.training = False
grid = np.linspace(-6, 6, 97)
mean = asked.forward(grid[:, None])[:, 0]
spread = asked.spread[:, 0]
in_gap = (grid > -1.2) & (grid < 0.7)
at_points = ((grid > -4) & (grid < -1.5)) | ((grid > 1) & (grid < 4))
print(f"spread at the points {spread[at_points].mean():.2f}, in the gap {spread[in_gap].mean():.2f}")
assert spread[in_gap].mean() > 1.25 * spread[at_points].mean()
figures.overfitting.bands(x[:, 0], y[:, 0], grid, mean, spread, np.sin, (-1.5, 1.0))

# %% [markdown]
# **The mathematics.** $T$ passes $\hat y^{(1)}, \dots, \hat y^{(T)}$ of the same input, each with masks of its own (Gal and Ghahramani, 2016):
#
# $$\bar y = \frac1T \sum_{t=1}^{T} \hat y^{(t)}, \qquad s = \sqrt{\frac1T \sum_{t=1}^{T} \big(\hat y^{(t)} - \bar y\big)^2} .$$
#
# Read $s$ with care. It is the disagreement of the subnetworks. It grows in the gap, but it depends on $p$ and on the size of the network, and it does not include the noise of the data. It ranks questions by how sure the network is. It is not a probability.


# %% [markdown] exercise="ch08.monte_carlo" minutes=12 difficulty=4
# ### Exercise: Monte Carlo dropout
# Write `monte_carlo(x, w1, b1, w2, b2, p, passes, rng)` for a network with one hidden layer of ReLU units: $h = \max(0,\ x\,W_1 + b_1)$, dropout on $h$, $\hat y = h\,W_2 + b_2$.
#
# It makes `passes` forward passes with dropout on. In each pass an entry of $h$ is kept where `rng.random(h.shape) >= p`, and divided by $1-p$. It returns the mean of the passes and their spread (the root of the mean squared difference from the mean, divided by the number of passes), both of shape (N, K).
#
# One draw for each pass, in order. The hidden layer's $h$ before dropout is the same in all passes.
#
# <details><summary>Hint 1</summary>
#
# Collect the answers of the passes in a list. `np.mean(answers, axis=0)` is their mean, example by example.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.std` divides by the number of passes, as asked. Which axis counts the passes?
# </details>
#
# <details><summary>My spread is 0</summary>
#
# Is the mask drawn inside the loop? One mask for all passes gives the same answer each time.
# </details>
#
# <details><summary>My results are single numbers</summary>
#
# Without `axis=0` the mean runs over examples and outputs, too.
# </details>

# %% exercise="ch08.monte_carlo"
def monte_carlo(x, w1, b1, w2, b2, p, passes, rng):
    """Mean and spread of many passes with dropout on.

    x (N, D), w1 (D, H), b1 (H,), w2 (H, K), b2 (K,), p, passes: numbers
    -> mean (N, K), spread (N, K)
    """
    ### BEGIN SOLUTION
    h = np.maximum(0, x @ w1 + b1)
    answers = []
    for _ in range(passes):
        keep = rng.random(h.shape) >= p
        answers.append((h * keep / (1 - p)) @ w2 + b2)
    return np.mean(answers, axis=0), np.std(answers, axis=0)
    ### END SOLUTION


# %% check="ch08.monte_carlo" points=3
check("ch08.monte_carlo", monte_carlo)

# %% [markdown]
# Is the spread good for anything? Ask a network that has learned 150 digits, all labels right, and sort the new ones by how much the passes disagree. If the spread means something, the mistakes are among the unsure ones:

# %% tags=["demo"]
model = network(p=0.3)
learn(model, n=150, wrong=0.0)
_, (x_new, labels_new) = digits()
asked = layers.MonteCarloDropout(layers.Sequential(model, activations.Softmax()), passes=100)
asked.training = False
probs = asked.forward(x_new)
answers = probs.argmax(axis=1)
unsure = asked.spread.sum(axis=1)
order = np.argsort(unsure)
right = answers[order] == labels_new[order]
sure_half, unsure_half = right[: len(right) // 2].mean(), right[len(right) // 2 :].mean()
print(f"right among the surer half {sure_half:.1%}, among the others {unsure_half:.1%}")
assert sure_half > 0.97 and unsure_half < 0.94

# %% [markdown]
# **Remember.** Many passes with dropout on: their mean is the answer, their spread says how much to trust it.

# %% [markdown]
# ## 8.10 All remedies in one race
#
# **The question.** Which of them is the best? On this data, with this network, three seeds each.

# %% tags=["demo"]
def stopped_early(seed):
    watch, model = regularizers.EarlyStopping(patience=8), network(seed=seed)
    learn(model, seed=seed, callbacks=[lambda m, h: watch.step(h["validation_loss"][-1], m.params)])
    watch.restore(model.params)
    _, new = digits(seed=seed)
    asked = {"accuracy": metrics.accuracy}
    return 1 - training.evaluate(model, losses.CrossEntropy(), *new, asked)["accuracy"]


def penalized(seed, regularizer, **options):
    run = learn(network(seed=seed, **options), seed=seed, regularizer=regularizer)
    return 1 - run["validation_accuracy"][-1]


race = {
    "nothing": wrong["no dropout"],
    "early stopping": [stopped_early(seed) for seed in range(3)],
    "L2, 0.01": [penalized(seed, regularizers.L2(0.01)) for seed in range(3)],
    "L1, 0.003": [penalized(seed, regularizers.L1(0.003)) for seed in range(3)],
    "dropout 0.3": wrong["0.3"],
    "dropout 0.3 and L2, 0.003": [
        penalized(seed, regularizers.L2(0.003), p=0.3) for seed in range(3)
    ],
    "three times the data": [
        1 - learn(network(seed=seed), 900, seed)["validation_accuracy"][-1] for seed in range(3)
    ],
}
mean = {name: np.mean(values) for name, values in race.items()}
for name in sorted(mean, key=mean.get):
    print(f"{name:26s} {mean[name]:.1%} wrong")
assert all(mean[name] < mean["nothing"] - 0.03 for name in race if name != "nothing")
figures.schedules.race(race, "share of wrong answers on new digits")

# %% [markdown]
# Every remedy helps. Penalties and dropout end so close together that three seeds cannot rank them. The strengths above were chosen by trying a few; chapter 11 is about doing that honestly. Three times the data, with a fifth of the labels still wrong and no other remedy, is not the best here: sixty epochs are long enough to learn 900 labels by heart, too.
#
# | you see | try first |
# |---|---|
# | training loss high, too | a larger model, longer training, *less* regularization |
# | validation loss turns round | early stopping: it even saves epochs |
# | a large gap from early on | more data, dropout, L2 |
# | many features, few of which matter | L1 |
# | a need to know how sure it is | Monte Carlo dropout |
#
# **Remember.** Regularization trades training loss for new loss. Without a gap there is nothing to trade.

# %% [markdown]
# ## 8.11 The same in PyTorch
#
# Penalties and dropout beside their twins. The penalties must agree to the last digits. The masks of two random generators do not, so dropout is compared by its mean and by the share that it keeps.

# %% tags=["demo"]
import time

import torch

from course_lib import layers_torch, regularizers_torch

device = "cuda" if torch.cuda.is_available() else "cpu"
weights = {"weight": np.random.default_rng(0).normal(size=(400, 300))}
for name in ("L1", "L2"):
    ours, twin = getattr(regularizers, name)(0.01), getattr(regularizers_torch, name)(0.01)
    tensor = torch.tensor(weights["weight"], device=device, requires_grad=True)
    began = time.perf_counter()
    value, gradient = ours.forward(weights), ours.backward()["weight"]
    middle = time.perf_counter()
    told = twin.forward({"weight": tensor})
    told.backward()
    ended = time.perf_counter()
    off = np.abs(gradient - tensor.grad.cpu().numpy()).max()
    print(f"{name}: Δ value {abs(value - told.item()):.1e}, Δ gradient {off:.1e}", end="   ")
    here, there = 1e3 * (middle - began), 1e3 * (ended - middle)
    print(f"NumPy {here:.1f} ms, PyTorch on {device} {there:.1f} ms")
    np.testing.assert_allclose(value, told.item(), rtol=1e-10)
    np.testing.assert_allclose(gradient, tensor.grad.cpu().numpy(), rtol=1e-10)

x = np.ones((500, 400))
began = time.perf_counter()
ours = layers.Dropout(0.3, np.random.default_rng(0)).forward(x)
middle = time.perf_counter()
generator = torch.Generator(device).manual_seed(0)
twin = layers_torch.Dropout(0.3, generator)(torch.ones(500, 400, device=device)).cpu().numpy()
ended = time.perf_counter()
both = (("NumPy", ours, middle - began), (f"PyTorch on {device}", twin, ended - middle))
for name, y, seconds in both:
    print(f"dropout, {name}: mean {y.mean():.3f}, kept {np.mean(y > 0):.3f}, {1e3 * seconds:.1f} ms")
    assert abs(y.mean() - 1) < 0.01 and abs(np.mean(y > 0) - 0.7) < 0.01
if device == "cpu":
    print("no GPU here: the CPU only")

# %% [markdown]
# In PyTorch itself: `torch.nn.Dropout(p)`, `model.train()` and `model.eval()` set the flag for all layers, and `weight_decay=w` of `torch.optim.SGD` adds $w\,\theta$ to the gradient. That is our L2 with $\lambda = w/2$, and it takes the biases along unless you put them in a group of their own:

# %% tags=["demo"]
start, push = np.array([[2.0, -1.0]]), np.array([[0.3, 0.4]])
tensor = torch.tensor(start, requires_grad=True)
tensor.grad = torch.tensor(push)
torch.optim.SGD([tensor], lr=0.1, weight_decay=0.5).step()
penalty = regularizers.L2(0.25)
penalty.forward({"weight": start})
by_hand = start - 0.1 * (push + penalty.backward()["weight"])
np.testing.assert_allclose(tensor.detach().numpy(), by_hand, rtol=1e-12)
print("weight_decay=0.5 and L2(0.25):", tensor.detach().numpy(), by_hand)

# %% [markdown]
# **Remember.** `model.eval()` before you validate, `model.train()` before you go on. Forgetting the first makes your validation noisy. Forgetting the second switches dropout off for good.

# %% [markdown]
# ## 8.12 Play
#
# Choose the degree of the polynomial, the strength of an L2 penalty on its coefficients, and the number of points.

# %% tags=["demo"]
figures.overfitting.explorer()

# %% [markdown]
# - With degree 11 and next to no penalty, how many points does it take until the curve calms down?
# - With 14 points and degree 15, which λ gives the lowest error for new points? Is it far from the one for degree 5?
# - Make the penalty large. What is this curve's mistake, and is it over- or underfitting?

# %% [markdown]
# ## 8.13 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D2 | the L2 penalty is the L2 norm, with a square root | the squared norm: its pull fades with the weight | 8.4 |
# | D1 | dropout disables neurons "at each epoch" | at each forward pass, for each example | 8.7 |

# %% [markdown]
# ## 8.14 The chapter on one screen
#
# | remedy | in training | afterwards |
# |---|---|---|
# | early stopping | stop when the validation loss has not improved for a while | the weights of the best epoch |
# | L2 | $+\,\lambda\sum\theta^2$, gradient $2\lambda\theta$ | weights small |
# | L1 | $+\,\lambda\sum\lvert\theta\rvert$, gradient $\lambda\operatorname{sign}\theta$, or shrink by $\eta\lambda$ | many weights exactly 0 |
# | dropout | $m \odot x/(1-p)$, the mask drawn at each pass | $x$ |
# | Monte Carlo dropout | as dropout | many passes with dropout on: mean and spread |
# | more data | the gap shrinks | |
#
# - The training loss cannot see overfitting. The validation loss can; it needs examples of its own.
# - Both losses high: underfitting. A growing gap: overfitting.
# - What was used to choose cannot be used to judge.
# - Biases are not penalized.
# - The same mask forward and backward; a new one at each pass.
# - Dropout is on in training, off in evaluation, and on again when you ask how sure.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. The training loss is 0.9, the validation loss 1.0, and both have stopped falling. What do you try?</summary>
#
# A larger model or longer training. There is hardly a gap: it underfits, and regularization would make it worse.
# </details>
#
# <details><summary>2. Why does early stopping need a copy of the weights?</summary>
#
# When it stops, the best moment is as many epochs ago as the patience. The optimizer has changed the weights in place since.
# </details>
#
# <details><summary>3. Two weights are 4 and 0.1. Which one does L2 pull harder, which one L1?</summary>
#
# L2 pulls the 4 forty times as hard. L1 pulls both alike, so the small one reaches 0 soon.
# </details>
#
# <details><summary>4. Why is what dropout keeps divided by 1 − p?</summary>
#
# So that the next layer sees, on average, what it will see in evaluation, when nothing is dropped.
# </details>
#
# <details><summary>5. Is the spread of Monte Carlo dropout a probability of being wrong?</summary>
#
# No. It says how much the subnetworks disagree. It ranks answers, and it depends on p and on the network.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My validation loss is lower than my training loss</summary>
#
# With dropout that is usual: the training loss is measured with dropout on. It can also be that the validation examples are easier, or that training examples have leaked into them.
# </details>
#
# <details><summary>My validation numbers change each time I ask</summary>
#
# Dropout is still on. Set `training = False` (in PyTorch, `model.eval()`) before you ask.
# </details>
#
# <details><summary>With the penalty nothing is learned at all</summary>
#
# The strength is too large for the number of weights: the penalty is a sum, not a mean. Divide λ by ten until the training loss moves.
# </details>
#
# <details><summary>L1 gives me many tiny weights and no zeros</summary>
#
# Steps along the slope jump over 0 and back. Use soft thresholding after each step.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Arthur Hoerl and Robert Kennard, 1970, *Ridge Regression: Biased Estimation for Nonorthogonal Problems*.
# - Robert Tibshirani, 1996, *Regression Shrinkage and Selection via the Lasso*.
# - Lutz Prechelt, 1998, *Early Stopping – But When?*
# - Geoffrey Hinton and others, 2012, *Improving Neural Networks by Preventing Co-adaptation of Feature Detectors*.
# - Nitish Srivastava and others, 2014, *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*.
# - Yarin Gal and Zoubin Ghahramani, 2016, *Dropout as a Bayesian Approximation*.
