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
# # Chapter 11 · Hyperparameters
#
# Training finds the weights. It does not find the learning rate, the number of layers or the batch size: somebody chooses them before it starts. Such a choice is a hyperparameter. This chapter says which values to begin with, how to compare two of them without fooling yourself, and how to let a program search.
#
# **After this chapter you can**
#
# - name good defaults, and say for each of them what happens without it;
# - compare settings honestly: validation data to choose, test data to report, several seeds to know the spread;
# - draw from a logarithmic range, and say why a grid wastes trials;
# - write random search, successive halving and Hyperband's brackets;
# - write the heart of a Bayesian search, a genetic search, a particle swarm and population based training;
# - choose a search for a budget.
#
# **You need** the training loop of chapter 6, optimizers and schedules (chapters 9 and 10), and means and standard deviations.
#
# **Time** about five hours: 129 minutes for the twelve exercises (54 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the lecture slides *Deep Learning Basics* (D1) and the article on building blocks of deep networks (D4). Where D1 is wrong as printed in our copy, a cell shows it; section 11.16 collects these places.

# %% tags=["setup"]
import time

import numpy as np

from autograder import check
from course_lib import (
    activations,
    figures,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
    search,
    training,
)

# %% [markdown]
# ## 11.1 Where to begin: defaults
#
# **The question.** Layers, neurons, activation, initial weights, loss, optimizer, rate, schedule, batch size, regularization: ten choices with three options each are 59 049 networks. Where do you begin?
#
# With values that are rarely bad. D1 prints a table of them; D4 writes a program with some more. Here they are with the reason for each.
#
# | choice | default | why | what you see without it |
# |---|---|---|---|
# | optimizer | Adam (D1, D4) | each weight gets a step of its own size, so the rate you try first often works | plain SGD at its usual rate has hardly moved |
# | learning rate | 0.01 (D4's program), 0.001 in most libraries | steps of Adam are about as large as the rate | too low: slow; too high: it jumps and never settles (D4) |
# | loss | mean squared error for numbers, cross-entropy for classes (D1) | each is the likelihood of its noise (chapter 4) | classes with squared error learn more slowly |
# | hidden activation | ELU (D1), ReLU (D4) | no saturation for large sums; ELU keeps a slope below 0 | with sigmoids the slope shrinks layer by layer |
# | initial weights | He normal (D1) | keeps the size of the signal through ReLU-like layers | too small: it begins late; too large: it begins wrong |
# | schedule | exponential decay, performance decay or one cycle (D1) | high rates travel, low rates settle (chapter 10) | on a short budget, hardly anything: see below |
# | regularization | early stopping (D1); dropout 0.2 (D4) | costs nothing and needs no tuning | the validation loss turns and climbs |
# | layers, neurons | begin small, grow while it helps (D1) | small networks train fast and show the bugs | 11.3 |
# | batch size | 32 or so | many updates, and matrices that are large enough | 11.4 |
#
# Do not believe a table. Measure it. The data of this chapter are handwritten digits, made coarse so that a run takes a fraction of a second: 16 numbers for each picture, 256 pictures to train on, 500 to validate with, and 1041 that nobody touches until the end.

# %% tags=["demo"]
def digits():
    """-> training, validation and test set: x (N, 16), scaled by the first, and labels (N,)"""
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    x = x[order].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 16
    x = (x - x[:256].mean(axis=0)) / (x[:256].std(axis=0) + 1e-3)
    return [(x[a:b], labels[order][a:b]) for a, b in ((0, 256), (256, 756), (756, 1797))]


training_set, validation_set, test_set = digits()
print([x.shape for x, _ in (training_set, validation_set, test_set)])
assert sum(len(x) for x, _ in (training_set, validation_set, test_set)) == 1797

# %% [markdown]
# **The picture.** A network with three hidden layers, twelve epochs, batches of 32. First with the defaults; then one of them changed at a time, five seeds each. A point is one seed.


# %% tags=["demo"]
def wrong_share(
    seed, optimizer=optimizers.Adam, rate=0.01, schedule="one cycle", loss=losses.CrossEntropy,
    activation=activations.ELU, initial=initializers.he_normal, epochs=12,
):  # fmt: skip
    """The share of validation digits that a network gets wrong after its training."""
    rng, chain, inputs = np.random.default_rng(seed), [], 16
    for _ in range(3):
        dense = layers.Dense(inputs, 32, rng)
        dense.params["weight"] = initial((32, inputs), rng)
        chain += [dense, activation()]
        inputs = 32
    model = layers.Sequential(*chain, layers.Dense(inputs, 10, rng))
    plans = {"one cycle": schedules.one_cycle(rate, 8 * epochs), "constant": None}
    x, labels = training_set
    target = labels if loss is losses.CrossEntropy else np.eye(10)[labels]
    training.fit(
        model, loss(), optimizer(rate), x, target, epochs, 32, schedule=plans[schedule],
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return 1 - metrics.accuracy(training.predict(model, validation_set[0]), validation_set[1])


def noise_of(std):
    return lambda shape, rng: std * rng.normal(size=shape)


changes = {
    "the defaults": {},
    "constant rate": {"schedule": "constant"},
    "Adam, constant 0.001": {"schedule": "constant", "rate": 0.001},
    "SGD, constant 0.01": {"schedule": "constant", "optimizer": optimizers.SGD},
    "squared error": {"loss": losses.MeanSquaredError},
    "ReLU": {"activation": activations.ReLU},
    "sigmoid": {"activation": activations.Sigmoid},
    "weights of std 0.01": {"initial": noise_of(0.01)},
    "weights of std 1": {"initial": noise_of(1.0)},
}
changed = {name: [wrong_share(seed, **one) for seed in range(5)] for name, one in changes.items()}
mean_wrong = {name: float(np.mean(seen)) for name, seen in changed.items()}
for name in ("SGD, constant 0.01", "squared error", "sigmoid", "weights of std 1"):
    assert mean_wrong[name] > mean_wrong["the defaults"] + 0.08
assert mean_wrong["weights of std 0.01"] > mean_wrong["the defaults"] + 0.02
assert abs(mean_wrong["ReLU"] - mean_wrong["the defaults"]) < 0.05  # no difference worth a quarrel
assert mean_wrong["constant rate"] < mean_wrong["the defaults"] + 0.03  # nor here
figures.search.ranked(changed, "share of validation digits wrong", "the defaults")

# %% [markdown]
# Read it as three groups.
#
# - **It matters:** SGD at its usual rate, squared error for classes, sigmoids, initial weights that are far too large. Each makes about twice as many errors or more.
# - **It matters somewhat:** initial weights that are too small; a rate of 0.001, the default of most libraries, which is slow for twelve epochs.
# - **It does not matter here:** ELU or ReLU. And the schedule: a constant 0.01, D4's choice, is at least as good as one cycle up to 0.01. Chapter 10 said why: a schedule is a plan for a budget, and on twelve short epochs there is nothing to cool down.
#
# So the defaults are a good place to begin. They are no proof that you are done. And SGD is not bad: its *rate* was. D1's own table calls the quality of its results excellent, once it is tuned:

# %% tags=["demo"]
tuned = [wrong_share(seed, optimizers.SGD, 0.3, "constant") for seed in range(5)]
print(
    f"SGD at 0.3: {np.mean(tuned):.3f} wrong; at 0.01: {mean_wrong['SGD, constant 0.01']:.3f}",
    end="; ",
)
print(f"the defaults: {mean_wrong['the defaults']:.3f}")
assert np.mean(tuned) < 0.6 * mean_wrong["SGD, constant 0.01"]

# %% [markdown]
# **The code.** The rest of the chapter trains some thousands of tiny networks. One after the other that would take long. But NumPy multiplies stacks of matrices as easily as single ones: `(K, N, D) @ (K, D, H)`. So we train K networks of one shape side by side, each with its own start, rate, momentum and decay. (Weight decay here is added to the gradient: chapter 8.) The last lines check that one of them is exactly what `training.fit` makes of the same start.


# %% tags=["demo"]
class Stack:
    """K networks of one shape with ReLU, trained side by side: SGD with momentum, cross-entropy."""

    def __init__(self, sizes, seeds):
        shapes, rngs = list(zip(sizes[1:], sizes)), [np.random.default_rng(seed) for seed in seeds]
        self.w = [
            np.stack([initializers.he_normal(shape, rng).T for rng in rngs]) for shape in shapes
        ]
        self.b = [np.zeros((len(rngs), 1, outputs)) for outputs, _ in shapes]
        self.v = [np.zeros_like(p) for p in self.w + self.b]

    def logits(self, x):
        self.h = [np.broadcast_to(x, (len(self.b[0]), *x.shape))]
        for w, b in zip(self.w[:-1], self.b):
            self.h.append(np.maximum(self.h[-1] @ w + b, 0))
        return self.h[-1] @ self.w[-1] + self.b[-1]

    def loss(self, x, labels):
        """-> (K,)"""
        z = self.logits(x)
        z = z - z.max(axis=-1, keepdims=True)
        return np.mean(np.log(np.exp(z).sum(axis=-1)) - z[:, np.arange(len(x)), labels], axis=-1)

    def step(self, x, labels, lr, momentum, decay):
        z = self.logits(x)
        p = np.exp(z - z.max(axis=-1, keepdims=True))
        dz = (p / p.sum(axis=-1, keepdims=True) - np.eye(z.shape[-1])[labels]) / len(x)
        dw, db = [], []
        for w, h in zip(self.w[::-1], self.h[::-1]):
            dw.insert(0, h.swapaxes(1, 2) @ dz + decay * w)
            db.insert(0, dz.sum(axis=1, keepdims=True))
            dz = dz @ w.swapaxes(1, 2) * (h > 0)
        for p, v, g in zip(self.w + self.b, self.v, dw + db):
            v[...] = momentum * v + g
            p -= lr * v

    def train(
        self, epochs, batch=32, lr=0.1, momentum=0.9, decay=0.0, rng=None, examples=training_set
    ):
        """lr, momentum, decay: one number, or one for each network (K,)."""
        lr, momentum, decay = (np.reshape(one, (-1, 1, 1)) for one in (lr, momentum, decay))
        x, labels = examples
        with np.errstate(all="ignore"):  # some of them blow up, and are meant to
            for _ in range(epochs):
                for chosen in np.split(rng.permutation(len(x)), range(batch, len(x), batch)):
                    self.step(x[chosen], labels[chosen], lr, momentum, decay)
        return self


stack = Stack([16, 12, 10], [7, 8])
rng = np.random.default_rng(0)
alone = layers.Sequential(layers.Dense(16, 12, rng), activations.ReLU(), layers.Dense(12, 10, rng))
for name, w in zip(("0.weight", "2.weight"), stack.w):
    alone.params[name] = w[1].T.copy()
stack.train(3, 64, [0.05, 0.1], 0.9, [0.0, 0.001], np.random.default_rng(5))
training.fit(
    alone, losses.CrossEntropy(), optimizers.Momentum(0.1, 0.9), *training_set, 3, 64,
    regularizer=regularizers.L2(0.0005), rng=np.random.default_rng(5),
)  # fmt: skip
both = (
    stack.loss(*validation_set)[1],
    training.evaluate(alone, losses.CrossEntropy(), *validation_set)["loss"],
)
print("in the stack and alone:", *(f"{loss:.6f}" for loss in both))
np.testing.assert_allclose(*both, rtol=1e-9)

# %% [markdown]
# **Early stopping** is the default that costs nothing: keep the weights of the epoch with the lowest validation loss. Eight networks, sixty epochs:

# %% tags=["demo"]
eight, rng, curve = Stack([16, 32, 32, 10], range(8)), np.random.default_rng(0), []
for _ in range(60):
    eight.train(1, rng=rng)
    curve.append(eight.loss(*validation_set))
stopped, last = np.min(curve, axis=0), np.array(curve[-1])
print("the lowest validation loss came after epoch", np.argmin(curve, axis=0) + 1)
print(f"mean loss there {stopped.mean():.3f}, after 60 epochs {last.mean():.3f}")
assert np.all(np.argmin(curve, axis=0) < 30) and last.mean() > 1.1 * stopped.mean()

# %% [markdown]
# **Dropout** has a hyperparameter, too. D4 says that a higher rate makes the model more robust. Here a rate of 0.2 or 0.5 makes hardly a difference, and a high one does harm:


# %% tags=["demo"]
def with_dropout(p, seed):
    """The validation loss of a network that drops a share p of its hidden neurons in training."""
    rng = np.random.default_rng(seed)
    chain = [
        layers.Dense(16, 64, rng),
        activations.ReLU(),
        layers.Dropout(p, rng),
        layers.Dense(64, 10, rng),
    ]
    model = layers.Sequential(*chain)
    training.fit(
        model,
        losses.CrossEntropy(),
        optimizers.Adam(0.01),
        *training_set,
        20,
        32,
        rng=np.random.default_rng(seed),
    )
    return training.evaluate(model, losses.CrossEntropy(), *validation_set)["loss"]


drops = [0.0, 0.2, 0.5, 0.8, 0.95]
dropped = np.array([[with_dropout(p, seed) for seed in range(3)] for p in drops])
print({p: round(float(mean), 3) for p, mean in zip(drops, dropped.mean(axis=1))})
assert dropped[1:4].mean(axis=1).min() < dropped[0].mean() + 0.03  # some does no harm
assert dropped[-1].mean() > dropped[1:4].mean(axis=1).min() + 0.1  # too much does
assert dropped[3:].mean(axis=1).min() > dropped[0].mean() + 0.03  # 0.8 is worse than none
figures.search.sweep(drops, {"validation": dropped}, "dropout rate", "loss", log=False)

# %% [markdown]
# **Remember.** Begin with defaults, change one thing at a time, and look at several seeds before you believe a difference.
# %% [markdown]
# ## 11.2 Who won, and is it true?
#
# **The question.** You try a hundred settings and take the one with the best validation accuracy. How good is it really?
#
# **The picture.** Suppose all settings are equally good: each gets 90 % of all digits right. You measure each on 200 validation digits, so luck adds or takes away about 2 %. Then you take the best of n.

# %% tags=["demo"]
rng, truth, repeats = np.random.default_rng(0), 0.9, 2000
counts = [1, 3, 10, 30, 100, 300]
seen = (
    rng.binomial(200, truth, (repeats, max(counts))) / 200
)  # what each trial shows on validation data
fresh = rng.binomial(200, truth, (repeats, max(counts))) / 200
winners = [seen[:, :n].argmax(axis=1) for n in counts]
on_chosen = [float(seen[np.arange(repeats), best].mean()) for best in winners]
on_fresh = [float(fresh[np.arange(repeats), best].mean()) for best in winners]
print("best of", ", ".join(f"{n}: {score:.3f}" for n, score in zip(counts, on_chosen)))
assert on_chosen[-1] > truth + 0.045  # promised
np.testing.assert_allclose(on_fresh, truth, atol=0.003)  # delivered
figures.search.winners_luck(counts, on_chosen, on_fresh, truth)

# %% [markdown]
# The best of a hundred looks 5 % better than it is. Nothing was cheated: a maximum of noisy numbers is too high. The more you search, the more it flatters. So:
#
# - **choose** by validation data;
# - **report** on test data, for the chosen setting only, once;
# - **repeat** with several seeds, and report the spread as well.
#
# **The mathematics.** From S seeds with losses $\ell_1, \dots, \ell_S$ come two numbers that are often mixed up:
#
# $$\bar\ell = \frac1S\sum_s \ell_s, \qquad s = \sqrt{\frac{1}{S-1}\sum_s (\ell_s - \bar\ell)^2}, \qquad \text{standard error} = \frac{s}{\sqrt S} .$$
#
# The spread $s$ says how far *one* run may be from the mean: it does not shrink with more seeds. The standard error says how sure you are of the *mean*. The $S-1$ makes up for measuring the distances from a mean that was fitted to the same runs.
#
# **The code.** Without the $-1$ the spread of a few runs is too small:

# %% tags=["demo"]
three = np.random.default_rng(1).normal(size=(20000, 3))  # three runs each, of true spread 1
variances = [float(three.var(axis=1, ddof=ddof).mean()) for ddof in (0, 1)]
print("mean squared spread of three runs, the truth being 1:")
print(f"dividing by S {variances[0]:.3f}, by S − 1 {variances[1]:.3f}")
np.testing.assert_allclose(variances, [2 / 3, 1], atol=0.03)
# %% [markdown] exercise="ch11.best_trial" minutes=9 difficulty=2
# ### Exercise: the best trial, reported honestly
# Two tables of losses: one row for each trial (one setting), one column for each seed. `validation` was measured on validation data, `test` on test data that nobody looked at.
#
# Write `best_trial(validation, test)`. It returns three things, in this order:
#
# 1. the number of the trial with the smallest **mean validation loss** over its seeds (rows count from 0). A trial that has a `nan` among its validation losses is never chosen, however good its other seeds are;
# 2. the mean of the **test** losses of that trial over its seeds;
# 3. the standard deviation of these test losses, **with $S-1$ in the denominator** for $S$ seeds: the spread of single runs.
#
# <details><summary>Hint 1</summary>
#
# `validation.mean(axis=1)` is one number for each trial. If one of the seeds is `nan`, so is this mean.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.argmin` stops at `nan`. There is a sister that passes over it: `np.nanargmin`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.std` divides by S. With `ddof=1` it divides by S − 1.
# </details>
#
# <details><summary>My result is the right trial with the wrong mean</summary>
#
# The row that you average must be a row of `test`. The validation losses of the winner are low because it was chosen for them.
# </details>
#
# <details><summary>My result is a trial with nan in it</summary>
#
# No comparison with `nan` is true, so it is easy to let one through. Look at the means before you choose.
# </details>

# %% exercise="ch11.best_trial"
def best_trial(validation, test):
    """The trial with the smallest mean validation loss, and how it does on test data.

    validation, test (T, S): losses of T trials with S seeds each, S ≥ 2
    -> number of the trial, mean of its test losses, their standard deviation (divided by S − 1)
    """
    ### BEGIN SOLUTION
    means = validation.mean(axis=1)
    best = np.nanargmin(means)
    return best, test[best].mean(), test[best].std(ddof=1)
    ### END SOLUTION


# %% check="ch11.best_trial" points=5
check("ch11.best_trial", best_trial)

# %% [markdown]
# **Remember.** The score by which something was chosen is no longer a fair score of it.
# %% [markdown]
# ## 11.3 How deep, how wide?
#
# **The question.** D1's advice: begin with one hidden layer, and add layers until the performance no longer improves. The same for neurons. And it warns that too many lead to overfitting. Does this hold here?
#
# **The picture.** Ten seeds each, thirty epochs. First the depth, with 16 neurons in each hidden layer.

# %% tags=["demo"]
def over_seeds(sizes, epochs=30, batch=32, lr=0.03, seeds=10, momentum=0.9):
    """-> training losses and validation losses of as many networks as seeds"""
    nets = Stack(sizes, range(seeds)).train(
        epochs, batch, lr, momentum, rng=np.random.default_rng(0)
    )
    return nets.loss(*training_set), nets.loss(*validation_set)


depths = [0, 1, 2, 4, 8, 12]
fits, generalizes = np.array([over_seeds([16, *[16] * depth, 10]) for depth in depths]).transpose(
    1, 0, 2
)
for depth, fit, new in zip(depths, fits, generalizes):
    print(
        f"{depth:2d} hidden layers: training {fit.mean():.3f},",
        f"validation {new.mean():.3f} ± {new.std(ddof=1):.3f}",
    )
by_depth = generalizes.mean(axis=1)
assert by_depth.argmin() in (0, 1)  # one hidden layer is enough here, or none
assert (
    by_depth[3] > 1.5 * by_depth[1] and fits[3].mean() < fits[1].mean()
)  # four: fits better, does worse
assert fits[5].mean() > 5 * fits[3].mean()  # twelve: it does not even fit
guess = ("guessing", float(np.log(10)))
figures.search.sweep(
    depths, {"training": fits, "validation": generalizes}, "hidden layers", "loss", False, guess
)

# %% [markdown]
# One hidden layer is best, if by little. Then two different things go wrong:
#
# - With two and four layers the training loss falls and the validation loss climbs. That is **overfitting**, as D1 says.
# - With eight and twelve layers the *training* loss climbs, too. A larger network could represent all that a smaller one can, so this is no overfitting. It is a network that **does not train**. Chapter 7 follows its gradient through the layers, and has the cures.
#
# Look at both curves, always. The validation loss alone does not tell the two apart.
#
# Now the width, with one hidden layer:

# %% tags=["demo"]
widths = [1, 2, 4, 8, 16, 32, 64, 128]
fits, generalizes = np.array([over_seeds([16, width, 10]) for width in widths]).transpose(1, 0, 2)
for width, fit, new in zip(widths, fits, generalizes):
    print(
        f"{width:3d} neurons: training {fit.mean():.3f},",
        f"validation {new.mean():.3f} ± {new.std(ddof=1):.3f}",
    )
by_width = generalizes.mean(axis=1)
assert by_width[:5].argmin() == 4 and by_width[0] > 3 * by_width[4]  # too few neurons underfit
assert by_width[-1] < by_width[4]  # and 128 of them do not overfit: 3 466 numbers from 256 pictures
assert fits[-1].mean() < 0.5 * fits[4].mean()
figures.search.sweep(
    widths, {"training": fits, "validation": generalizes}, "neurons in the hidden layer", "loss"
)

# %% [markdown]
# Too few neurons underfit, as D1 says. But the other half of its warning does not show: with 128 neurons the network has 3 466 parameters for 256 pictures, fits them almost perfectly, and the validation loss is the lowest of all. Wide networks often behave so. What they cost for certain is time and memory. D1's rule of thumb, the same number for all layers and more of them while it helps, ends here at 32: beyond that the gain is smaller than the spread of the seeds.
#
# **Remember.** Grow a network while the validation loss falls. When it stops, ask first whether the training loss fell, too: if not, the trouble is the training, not the size.
# %% [markdown]
# ## 11.4 Batch size: how many examples for one step?
#
# **The question.** D1 says of larger batches that they train faster and converge faster, of smaller ones that they generalize better and are less stable. It depends on what is kept the same. The examples seen? The updates? The rate?
#
# **The picture.** Plain SGD, ten seeds. First the same number of *epochs*, so the same number of examples seen, and one rate for all.

# %% tags=["demo"]
batches = [4, 16, 64, 256]
same_epochs = np.array(
    [over_seeds([16, 16, 10], 20, batch, 0.1, momentum=0.0)[1] for batch in batches]
)
same_updates = np.array(
    [over_seeds([16, 16, 10], 320 * batch // 256, batch, 0.1, momentum=0.0)[1] for batch in batches]
)
scaled = np.array(
    [over_seeds([16, 16, 10], 20, batch, 0.05 * batch / 4, momentum=0.0)[1] for batch in batches]
)
tries = {
    "same epochs": same_epochs,
    "same updates": same_updates,
    "same epochs, rate × batch": scaled,
}
for name, runs in tries.items():
    print(
        f"{name:26s}",
        "  ".join(f"{runs[i].mean():.3f} ± {runs[i].std(ddof=1):.3f}" for i in range(4)),
    )
assert same_epochs[3].mean() > 2 * same_epochs[0].mean()  # few updates, far from done
assert np.ptp(same_updates.mean(axis=1)) < 0.06  # as many updates: no difference
assert np.ptp(scaled.mean(axis=1)) < 0.1  # a rate that grows with the batch makes up for it
for batch in (4, 256):
    began = time.perf_counter()
    over_seeds([16, 16, 10], 5, batch, 0.1)
    print(f"five epochs in batches of {batch}: {1e3 * (time.perf_counter() - began):.0f} ms")
figures.search.sweep(batches, tries, "batch size", "validation loss")

# %% [markdown]
# Three curves, three answers to the same question:
#
# - **Same epochs, same rate:** the large batch is far behind. It is not worse, it is *unfinished*: 20 updates against 1280. D1's faster convergence of large batches is not to be seen at one rate.
# - **Same number of updates:** no difference worth a name, though the large batch has read 64 times as many examples for it. The better generalization of small batches, which D1 promises and others have measured on large networks (Keskar and others, 2017), does not show on this small one.
# - **Same epochs, and a rate that grows with the batch** (Goyal and others, 2017, call it linear scaling): nearly no difference up to 64, a little at 256. There the rate has grown to 3.2, near the highest that trains at all.
#
# So the rate and the batch size belong together: change one, and tune the other again. And the price? D1 is right that an epoch in large batches is faster: see the milliseconds. On a GPU, which works on a whole batch at once, still more so.
#
# **The mathematics.** In an epoch every example is used once. N examples in batches of B give
#
# $$\left\lceil \frac{N}{B} \right\rceil \text{ updates in an epoch,}\qquad E \left\lceil \frac{N}{B} \right\rceil \text{ in } E \text{ epochs.}$$
#
# The brackets ⌈ ⌉ mean: round up. What is left over makes a last, smaller batch. The gradient of a batch is a mean over B examples, so its noise shrinks like $1/\sqrt B$: four times the examples, half the noise.
#
# **The code.** `training.fit` counts its steps. We can count with it:

# %% tags=["demo"]
counting = layers.Sequential(layers.Dense(16, 10, np.random.default_rng(0)))
noted = training.fit(counting, losses.CrossEntropy(), optimizers.SGD(0.1), *training_set, 3, 100)
print(len(noted["lr"]), "updates in 3 epochs of 256 examples in batches of 100")
assert len(noted["lr"]) == 9  # 100, 100 and 56, three times

noise = [
    np.std([training_set[0][np.random.default_rng(i).choice(256, b)].mean() for i in range(400)])
    for b in (4, 16, 64)
]
print("spread of the mean of a batch of 4, 16, 64:", np.round(noise, 3))
np.testing.assert_allclose([noise[0] / noise[1], noise[1] / noise[2]], 2, rtol=0.2)

# %% [markdown]
# **An error in print.** D1 says that *large* batches help to escape from local minima. Noise helps to escape, and small batches have more of it. Five hundred runs start in a shallow valley, with a deeper one beside it:

# %% tags=["demo"]
from course_lib import errata

(erratum,) = (row for row in errata.ERRATA if row.document == "D1" and row.chapter == 11)
escaped = erratum.show()
print({name: f"{share:.0%} escape" for name, share in escaped.items()})
assert escaped["batch of 8"] > 0.5 > 0.1 > escaped["batch of 512"]
# %% [markdown] exercise="ch11.updates" minutes=7 difficulty=1
# ### Exercise: batches, updates, epochs
# Write `updates(examples, batch_size, updates_wanted)`. In each epoch every example is used once. The examples are cut into batches of `batch_size`; what is left over makes one smaller batch at the end, and it counts as an update, too. Return three whole numbers, in this order:
#
# 1. the updates in one epoch;
# 2. how many examples the last batch of an epoch has (at least 1);
# 3. how many **whole** epochs it takes until there are at least `updates_wanted` updates.
#
# <details><summary>Hint 1</summary>
#
# By hand: 10 examples in batches of 4 are 4, 4 and 2. That is 3 updates, the last batch has 2, and 7 updates take 3 epochs.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Rounding up in whole numbers: `-(-a // b)`. Or `int(np.ceil(a / b))`.
# </details>
#
# <details><summary>My result is 0 for the last batch</summary>
#
# The remainder `examples % batch_size` is 0 when the batches fit exactly. Then the last batch is a whole one. It is easier to take off what the batches before it hold.
# </details>

# %% exercise="ch11.updates"
def updates(examples, batch_size, updates_wanted):
    """Updates in one epoch, size of its last batch, whole epochs until there are enough updates.

    examples, batch_size, updates_wanted: whole numbers, 1 or more
    -> three whole numbers, in this order
    """
    ### BEGIN SOLUTION
    per_epoch = -(-examples // batch_size)
    last_batch = examples - (per_epoch - 1) * batch_size
    epochs = -(-updates_wanted // per_epoch)
    return per_epoch, last_batch, epochs
    ### END SOLUTION


# %% check="ch11.updates" points=3
check("ch11.updates", updates)

# %% [markdown]
# **Remember.** Say what you keep the same: epochs, updates, or seconds. Small batches buy many noisy updates, large ones few exact ones.
# %% [markdown]
# ## 11.5 On which scale does a range live?
#
# **The question.** The rate may lie anywhere between 0.0001 and 1. You draw 40 values evenly. How many are below 0.1?
#
# **The picture.** About four. Nine tenths of a linear range lie in its last factor of ten, here between 0.1 and 1.

# %% tags=["demo"]
u = np.random.default_rng(0).uniform(size=40)
even = [search.Uniform(1e-4, 1.0).at(one) for one in u]
by_factors = [search.LogUniform(1e-4, 1.0).at(one) for one in u]
below_a_tenth = [float(np.mean(np.array(x) < 0.1)) for x in (even, by_factors)]
print(
    f"below 0.1: {below_a_tenth[0]:.0%} of the linear draws,",
    f"{below_a_tenth[1]:.0%} of the logarithmic ones",
)
assert below_a_tenth[0] < 0.25 and below_a_tenth[1] > 0.6
figures.search.scales(even, by_factors, 1e-4, 1.0, (1e-3, 1e-1))

# %% [markdown]
# **The mathematics.** What matters about a rate is its factor: from 0.001 to 0.002 is as large a change as from 0.1 to 0.2. So the *logarithm* should be even. With $u$ even between 0 and 1,
#
# $$\log x = \log a + u\,(\log b - \log a) \qquad\Longleftrightarrow\qquad x = a \left(\frac ba\right)^{u} .$$
#
# | hyperparameter | scale |
# |---|---|
# | learning rate, weight decay, $1 - \beta$ of a momentum | logarithmic |
# | neurons, batch size | logarithmic, or powers of two |
# | dropout rate, number of layers | linear |
# | activation, optimizer | a choice, in no order |
#
# **The code.** In `course_lib.search` a range knows its scale: `at(u)` is the value at u.

# %% tags=["demo"]
ranges = {
    "rate": search.LogUniform(1e-4, 1.0),
    "dropout": search.Uniform(0.0, 0.8),
    "layers": search.Integer(1, 4),
    "activation": search.Choice(["relu", "elu", "tanh"]),
}
for name, span in ranges.items():
    places = map(span.at, (0, 0.25, 0.5, 0.75, 1))
    print(f"{name:11s}", *(f"{v:.3g}" if isinstance(v, float) else v for v in places))
np.testing.assert_allclose([ranges["rate"].at(u) for u in (0, 0.5, 1)], [1e-4, 1e-2, 1])
# %% [markdown] exercise="ch11.log_uniform" minutes=6 difficulty=1
# ### Exercise: a log-uniform range
# Write `log_uniform(low, high, u)`. It turns numbers `u` between 0 and 1 into values of the range: 0 becomes `low`, 1 becomes `high`, and equal steps of `u` are equal **factors** of the value. Nothing is drawn here: `u` is given. It is one number or an array of them.
#
# <details><summary>Hint 1</summary>
#
# From `low` to `high` is a factor of `high / low`. Half-way in `u` is half of that in the exponent: $(high/low)^{1/2}$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: from 0.01 to 100, `u = 0.5` gives 1 and `u = 0.25` gives 0.1.
# </details>
#
# <details><summary>My result is right for one number, and an array raises an error</summary>
#
# If it is a `TypeError`: the functions of `math` take a single number. NumPy's take arrays, too, and so does the power `**`.
# </details>
#
# <details><summary>My result is almost always near high</summary>
#
# Then the range is linear. Between 0.0001 and 1, nine tenths of a linear range lie above 0.1.
# </details>

# %% exercise="ch11.log_uniform"
def log_uniform(low, high, u):
    """Values between low and high on a logarithmic scale, at the places u.

    low, high: numbers, 0 < low < high; u: a number or an array (N,) in [0, 1]
    -> the same shape as u
    """
    ### BEGIN SOLUTION
    return low * (high / low) ** u
    ### END SOLUTION


# %% check="ch11.log_uniform" points=3
check("ch11.log_uniform", log_uniform)

# %% [markdown]
# **Remember.** Where factors matter, draw the exponent.

# %% [markdown]
# ## 11.6 A grid, and what it wastes
#
# **The question.** Two hyperparameters, sixteen trainings. The obvious plan is four values of each. What is wrong with it?
#
# **The picture.** Bergstra and Bengio (2012) made one drawing of it; this is ours. The loss depends on both ranges, but on one of them a lot and on the other hardly. The ticks at the edges are the distinct values that were tried of each.

# %% tags=["demo"]
def lopsided(x, y):
    """A loss with a narrow valley along x; y hardly matters."""
    return 1.5 - np.exp(-(((x - 0.5) / 0.1) ** 2)) - 0.05 * np.exp(-(((y - 0.3) / 0.15) ** 2))


square = {"x": search.Uniform(0.0, 1.0), "y": search.Uniform(0.0, 1.0)}


def tried(method, seed=None, trials=16):
    rng = None if seed is None else np.random.default_rng(seed)
    history = method(lambda point: lopsided(**point), square, trials, rng).history
    return np.array([list(trial.point.values()) for trial in history])


on_grid, at_random = tried(search.grid), tried(search.random, 1)
distinct = [[len(np.unique(axis)) for axis in points.T] for points in (on_grid, at_random)]
print("distinct values of each range: grid", distinct[0], "random", distinct[1])
assert distinct == [[4, 4], [16, 16]]
wins = np.mean(
    [lopsided(*tried(search.random, s).T).min() < lopsided(*on_grid.T).min() for s in range(200)]
)
print(f"random finds a lower loss than the grid in {wins:.0%} of 200 tries")
assert wins > 0.85
figures.search.grid_and_random(on_grid, at_random, lopsided)

# %% [markdown]
# Sixteen trainings, and the grid has tried **four** different values of the range that matters. Four times each: the trainings in one column differ only in what does not matter. Random points try sixteen. The valley lies between two columns of the grid, and there the grid never looks. Random points find it almost always. (Had the valley been at a third, the grid would have won by luck.)
#
# **The mathematics.** With a budget of B trainings and D ranges a grid has
#
# $$n = \left\lfloor B^{1/D} \right\rfloor \text{ values of each range, random search has } B .$$
#
# With a budget of 100: ten values for two ranges, four for three, one for seven. The grid pays for every range that you *might* need. Random search pays for none.
#
# How unequal are real hyperparameters? Below, a table of 195 settings of the small digit network: 13 learning rates, 5 momenta, 3 weight decays, each trained for 27 epochs, the validation loss noted after 1, 3, 9 and 27. A loss above log 10 (guessing) counts as log 10. The same settings are trained a second time, from another start, and measured on the test set: for the report at the end. The rest of the chapter searches in this table. (Benchmarks for searches are made so: Klein and Hutter, 2019.)

# %% tags=["demo"]
EPOCHS = [1, 3, 9, 27]
space = {
    "lr": search.LogUniform(1e-3, 10.0),
    "momentum": search.Uniform(0.0, 0.96),
    "decay": search.LogUniform(1e-5, 1e-2),
}
values = {name: np.array(span.ladder(n)) for (name, span), n in zip(space.items(), (13, 5, 3))}
every = [axis.ravel() for axis in np.meshgrid(*values.values(), indexing="ij")]


def capped(loss):
    """A loss of nan, or worse than guessing, counts as guessing."""
    return np.nan_to_num(np.minimum(loss, np.log(10)), nan=np.log(10))


def measured(seed, examples):
    """-> losses (4, 13, 5, 3): after 1, 3, 9, 27 epochs, for each rate, momentum and decay"""
    nets, rng = Stack([16, 12, 10], [seed] * len(every[0])), np.random.default_rng(seed)
    seen = []
    for before, after in zip([0, *EPOCHS], EPOCHS):
        nets.train(after - before, 64, *every, rng)
        with np.errstate(all="ignore"):
            seen.append(capped(nets.loss(*examples)))
    return np.array(seen).reshape(4, 13, 5, 3)


began = time.perf_counter()
table, test_table = measured(0, validation_set), measured(1, test_set)
print(f"{2 * table[0].size} networks trained in {time.perf_counter() - began:.1f} s")
explained = {
    name: float(table[-1].mean(axis=tuple({0, 1, 2} - {axis})).var() / table[-1].var())
    for axis, name in enumerate(space)
}
print(
    {name: f"{share:.1%}" for name, share in explained.items()},
    "of the variance over the whole table",
)
assert table[-1][0].mean() > 2 and table[-1][-1].mean() > 2  # too low: slow; too high: lost
assert explained["lr"] > 0.4 and explained["momentum"] < 0.05 and explained["decay"] < 0.05
figures.search.landscape(values["lr"], values["momentum"], table[-1].mean(axis=2), "momentum")

# %% [markdown]
# Both ends of the learning rate are bad, as D4 says: too low is slow, too high never settles. It alone explains more than half of all differences. The other two, taken alone, explain next to nothing. The rest is interplay: the dashed line through the best rate of each momentum runs to the left, because a step is about $\eta/(1-\beta)$ times the gradient (chapter 9).
#
# But be careful with "does not matter". Among the good rates the decay does matter:

# %% tags=["demo"]
good = table[-1][7:11, :3].mean(axis=(0, 1))
print({f"decay {decay:g}": round(float(loss), 3) for decay, loss in zip(values["decay"], good)})
assert good[2] < 0.9 * good[0]

# %% [markdown]
# First the rate, then the rest. That is also the order in which to search by hand.
# %% [markdown] exercise="ch11.grid_points" minutes=10 difficulty=3
# ### Exercise: the points of a grid
# Write `grid_points(low, high, budget)` for D linear ranges, range d from `low[d]` to `high[d]`, both ends included. All ranges get the same number n of values, in equal steps: the largest n whose grid of $n^D$ points the budget still pays for. With n = 1 the single value is the **middle** of the range.
#
# Return an array with one row for each point. The **last** range moves fastest: two rows that follow each other differ in their last number, as on a counter.
#
# <details><summary>Hint 1</summary>
#
# Find n by counting up: start with 1, and as long as (n + 1) to the power D still fits the budget, take it. Roots in floating point round the wrong way: `64 ** (1/3)` is 3.9999999999999996.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linspace(a, b, n)` makes one range. `itertools.product(*ranges)` makes all combinations in the right order; so does `np.meshgrid(*ranges, indexing="ij")`, if you prefer arrays.
# </details>
#
# <details><summary>My result is an array with D rows</summary>
#
# One row is one point. Transpose.
# </details>
#
# <details><summary>My result is the lower ends, with a budget of 1</summary>
#
# `np.linspace(a, b, 1)` is `[a]`. One value for a range is asked for in the middle, $(a + b)/2$.
# </details>

# %% exercise="ch11.grid_points"
def grid_points(low, high, budget):
    """All combinations of n values of each range, the last range fastest.

    n is as large as the budget allows; a single value is the middle of its range.
    low, high (D,): the ends of D linear ranges; budget: a whole number, 1 or more
    -> an array (n**D, D)
    """
    ### BEGIN SOLUTION
    n = 1
    while (n + 1) ** len(low) <= budget:
        n += 1
    axes = [np.linspace(a, b, n) if n > 1 else [(a + b) / 2] for a, b in zip(low, high)]
    return np.array(np.meshgrid(*axes, indexing="ij")).reshape(len(low), -1).T
    ### END SOLUTION


# %% check="ch11.grid_points" points=4
check("ch11.grid_points", grid_points)

# %% [markdown]
# **Remember.** A grid of B trainings tries $B^{1/D}$ values of each range. Random search tries B.

# %% [markdown]
# ## 11.7 Random search: it does not listen, and is hard to beat
#
# **The question.** Random search learns nothing from what it saw. How many trials does it need to be good all the same?
#
# **The picture.** Call the best 5 % of all settings good. One trial misses them with a chance of 95 %.

# %% tags=["demo"]
figures.search.coverage((0.2, 0.05, 0.01), 320)

# %% [markdown]
# **The mathematics.** All n trials miss with a chance of $(1-q)^n$, if q is the share of good settings. Say you want at least one hit with a chance of p. Then n must be so large that
#
# $$1 - (1 - q)^n \ge p .$$
#
# The dimension does not occur. That is the charm of it: 5 % of the settings are 5 % of the settings, with two ranges or with ten. (What gets harder with more ranges is to be *much* better than the best 5 %.)
#
# **The code.** In our table:


# %% tags=["demo"]
def cell(point):
    """The place of a point in the table: the nearest setting that was measured."""
    return tuple(round(space[name].place(point[name]) * (len(values[name]) - 1)) for name in space)


def whole_training(point):
    return table[-1][cell(point)]


threshold = np.quantile(table[-1], 0.05)
hits = [
    search.random(whole_training, space, 59, np.random.default_rng(seed)).best_value <= threshold
    for seed in range(100)
]
print(f"59 random trials hit the best 5 % of the table in {np.mean(hits):.0%} of 100 searches")
assert 0.8 < np.mean(hits) <= 1.0

# %% [markdown]
# Somewhat below the 95 % that were promised, and for a reason: we look up the *nearest* setting, so settings at the ends of a range have half the room of the others, and some of the good ones lie there. The formula counts the share of the space, not the share of the table.

# %% [markdown] exercise="ch11.trials_needed" minutes=7 difficulty=2
# ### Exercise: how many trials are enough?
# A share of all settings is good: the best 5 %, say. Random trials are drawn independently. Write `trials_needed(share, chance)`: the smallest whole number of trials that hits the good share at least once with at least this chance.
#
# <details><summary>Hint 1</summary>
#
# Ask for the opposite. One trial misses with $1 - share$, and n trials all miss with $(1 - share)^n$. That must be at most $1 - chance$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Take logarithms on both sides. Both are negative: when you divide by a negative number, ≤ becomes ≥. So round up.
# </details>
#
# <details><summary>My result is 19 for 5 % and 95 %</summary>
#
# You added the chances up. Twenty trials hit twice sometimes, and not at all at other times. Multiply the chances to miss.
# </details>

# %% exercise="ch11.trials_needed"
def trials_needed(share, chance):
    """The smallest n with 1 − (1 − share)^n ≥ chance.

    share, chance: numbers between 0 and 1 -> a whole number
    """
    ### BEGIN SOLUTION
    return np.ceil(np.log(1 - chance) / np.log(1 - share))
    ### END SOLUTION


# %% check="ch11.trials_needed" points=3
check("ch11.trials_needed", trials_needed)

# %% [markdown] exercise="ch11.random_search" minutes=12 difficulty=3
# ### Exercise: random search
# Write `random_search(objective, space, budget, rng)`. The space is a dictionary from names to log-uniform ranges `(low, high)`; a point is a dictionary with the same names and one value for each. `objective(point)` answers a loss.
#
# **The order of the draws.** One trial after the other. For each trial draw one number `rng.uniform()` for each name, in the order of the space, and turn it into a value with your `log_uniform`. Ask the objective exactly `budget` times.
#
# Return the best point and its value, the smallest. A loss of `nan` comes from a training that blew up: it is never the best.
#
# <details><summary>Hint 1</summary>
#
# A dictionary from a dictionary: `{name: … for name, (low, high) in space.items()}`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Start with `best_value = np.inf` and no point. A comparison with `nan` is false, so `value < best_value` never lets `nan` in.
# </details>
#
# <details><summary>My result is nan</summary>
#
# You began with the value of the first trial, and it was `nan`. Nothing is smaller than `nan`. Begin with infinity.
# </details>
#
# <details><summary>The check says that my answer has no attribute 'values'</summary>
#
# It takes the first thing that you return for the best point, a dictionary. Return the point first, then its value.
# </details>
#
# <details><summary>My result is a good value, but what was tried is called wrong</summary>
#
# Then the numbers were drawn in another order, or too many of them. One call of `rng.uniform()` for each name of each trial.
# </details>

# %% exercise="ch11.random_search"
def random_search(objective, space, budget, rng):
    """The best of `budget` points drawn independently.

    objective: a function of a point that returns a number; budget: a whole number;
    space: {name: (low, high)}, log-uniform ranges; rng: a NumPy generator
    -> the best point, a dictionary {name: value}, and its value, a number
    """
    ### BEGIN SOLUTION
    best_point, best_value = None, np.inf
    for _ in range(budget):
        point = {name: log_uniform(low, high, rng.uniform()) for name, (low, high) in space.items()}
        value = objective(point)
        if value < best_value:
            best_point, best_value = point, value
    return best_point, best_value
    ### END SOLUTION


def search_a_valley(low, high, center, limit, budget, rng):
    """Given, for the check: your search around center; a first value above limit blows up."""
    asked = []

    def valley(point):
        x = np.array(list(point.values()), float)
        asked.append(x)
        return np.nan if x[0] > limit else np.sum(np.log(x / center) ** 2)

    space = {f"x{i}": (low[i], high[i]) for i in range(len(low))}
    point, value = random_search(valley, space, budget, rng)
    return np.array(asked), [*point.values(), value]


# %% check="ch11.random_search" points=5
check("ch11.random_search", search_a_valley)

# %% [markdown]
# **Remember.** Fifty-nine random trials hit the best 5 % with 95 %, whatever the number of ranges. A search that listens must beat that.

# %% [markdown]
# ## 11.8 Bayesian search: where would it pay to look?
#
# **The question.** You have tried three rates. A training is expensive, thinking is cheap. Which rate should be the fourth?
#
# **The picture.** Let a model draw what it believes about the loss: a mean, and a band that is narrow where it has looked and wide where it has not. Then ask for each rate how much of an improvement is to be expected there. Take the rate with the most, train, believe anew.

# %% tags=["demo"]
def believe(x, seen, length=0.7, noise=0.05):
    """A Gaussian process: mean and standard deviation at x, after places and losses seen (m, 2)."""

    def alike(a, b):
        return np.exp(-((a[:, None] - b) ** 2) / (2 * length**2))

    at, loss = np.array(seen).T
    scale = loss.std() + 1e-9
    inverse = np.linalg.inv(alike(at, at) + noise**2 * np.eye(len(at)))
    weights = alike(x, at) @ inverse
    mean = loss.mean() + weights @ (loss - loss.mean())
    std = scale * np.sqrt(np.maximum(1 - np.sum(weights * alike(x, at), axis=1), 0))
    return mean, std


def worth(mean, std, best):
    """The mean improvement over 999 equally likely values: the definition, without a formula."""
    normal = np.sort(np.random.default_rng(0).normal(size=999))
    return np.mean([np.maximum(best - (mean + std * z), 0) for z in normal], axis=0)


def loss_at(exponent):
    """The loss of the small network at a rate of 10^exponent, after nine epochs."""
    net = Stack([16, 12, 10], [0]).train(9, 64, 10**exponent, 0.5, rng=np.random.default_rng(0))
    return float(capped(net.loss(*validation_set))[0])


exponents = np.linspace(-3, 1, 161)
seen, steps = [(e, loss_at(e)) for e in (-2.6, -1.2, 0.9)], []
for _ in range(6):
    mean, std = believe(exponents, seen)
    gain = worth(mean, std, min(loss for _, loss in seen))
    steps.append((mean, std, list(seen), gain))
    seen.append((exponents[gain.argmax()], loss_at(exponents[gain.argmax()])))
print("rates in the order of the trials:", ", ".join(f"{10**e:.2g}" for e, _ in seen))
truth = min(loss_at(e) for e in np.linspace(-3, 1, 41))
print(f"best of nine {min(loss for _, loss in seen):.3f}; best of a fine grid of 41: {truth:.3f}")
assert min(loss for _, loss in seen) < truth + 0.1
figures.search.beliefs(exponents, steps, "logarithm of the learning rate, to base 10")

# %% [markdown]
# The model looks where the mean is low *or* where the band is wide. The first is exploiting, the second exploring, and one number weighs them.
#
# **The mathematics.** Say the model expects at some point a normal value with mean $\mu$ and standard deviation $\sigma$, and the best loss so far is $b$. An improvement is $b - y$ where that is positive, and 0 where it is not. Its mean has a closed form:
#
# $$\mathrm{EI} = \mathbb E\left[\max(b - y, 0)\right] = (b - \mu)\,\Phi(z) + \sigma\,\varphi(z), \qquad z = \frac{b - \mu}{\sigma} .$$
#
# $\Phi$ is the probability that a standard normal number is below z, and $\varphi$ its density. The first term is large where the mean is low, the second where the band is wide. With $\sigma = 0$ there is no luck, and what is left is $\max(b - \mu, 0)$.
# %% [markdown] exercise="ch11.expected_improvement" minutes=12 difficulty=4
# ### Exercise: expected improvement
# Write `expected_improvement(mean, std, best)` for the formula above, for N points at once. `best` is the smallest value so far; smaller is better. Where the standard deviation is 0, nothing is left to chance: there the answer is $\max(best - mean, 0)$.
#
# The density $\varphi$ and the distribution function $\Phi$ of the standard normal are given as `density` and `below`.
#
# <details><summary>Hint 1</summary>
#
# Three lines: the gain `best - mean`, then z, then the two terms. Arrays go through all of it at once.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Dividing by a standard deviation of 0 gives `nan` or infinity. Divide by `np.where(std > 0, std, 1)` instead, and choose with `np.where` at the end.
# </details>
#
# <details><summary>My result is negative for some points</summary>
#
# An expected improvement is never below 0. Is the second term there? Is the gain `best - mean`, not the other way round?
# </details>

# %% exercise="ch11.expected_improvement"
def density(z):
    """Given: φ(z) of the standard normal. z: a number or an array -> the same shape"""
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def below(z):
    """Given: Φ(z), the probability that a standard normal number is below z. Same shape as z."""
    import math

    return np.vectorize(lambda one: (1 + math.erf(one / math.sqrt(2))) / 2, otypes=[float])(z)


def expected_improvement(mean, std, best):
    """The mean of max(best − y, 0) for y normal with this mean and standard deviation.

    mean, std (N,), std ≥ 0: what the model expects at N points; best: a number -> an array (N,)
    """
    ### BEGIN SOLUTION
    gain = best - mean
    z = gain / np.where(std > 0, std, 1)
    uncertain = gain * below(z) + std * density(z)
    return np.where(std > 0, uncertain, np.maximum(gain, 0))
    ### END SOLUTION


# %% check="ch11.expected_improvement" points=5
check("ch11.expected_improvement", expected_improvement)

# %% [markdown]
# **A second model: TPE.** The tree-structured Parzen estimator (Bergstra and others, 2011) turns the question around. It does not model the loss at a point. It divides the trials into a good part and the rest, models how *points* of each part are distributed, $\ell(x)$ and $g(x)$, and looks where $\ell(x)/g(x)$ is large. That works for choices and mixed ranges, and costs little.

# %% tags=["demo"]
def density_of(points, x, width=0.35):
    return np.mean(np.exp(-((x[:, None] - points) ** 2) / (2 * width**2)), axis=1)


drawn = np.random.default_rng(3).uniform(-3, 1, 40)
told = np.array([loss_at(e) for e in drawn])
better = told <= np.quantile(told, 0.25)
ratio = density_of(drawn[better], exponents) / (density_of(drawn[~better], exponents) + 1e-3)
pointed = exponents[ratio.argmax()]
print(f"l/g is largest at a rate of {10**pointed:.2g}, where the loss is {loss_at(pointed):.3f}")
assert loss_at(pointed) < np.quantile(told, 0.4)

# %% [markdown]
# `search.tpe` and `search.gaussian_process` are Optuna's samplers behind the course's signature. Section 11.13 lets them run. A Gaussian process thinks much longer before each trial than TPE; section 11.13 prints the seconds.
#
# **Remember.** A model of what was seen says where to look: where the mean is low, or where it knows nothing.
# %% [markdown]
# ## 11.9 A population learns: genes and flocks
#
# **The question.** Nature searches without a model. It keeps many tries at once, and the better ones have more influence. Can that find hyperparameters?
#
# **The picture.** First a flock. Each particle has a place and a velocity. It is drawn to the best place it has seen itself, and to the best that anyone has seen.

# %% tags=["demo"]
def many_valleys(x, y):
    """A bowl with its bottom at (0.3, 0.7), and ripples."""
    return 4 * ((x - 0.3) ** 2 + (y - 0.7) ** 2) + 0.3 * (
        2 - np.cos(20 * (x - 0.3)) - np.cos(20 * (y - 0.7))
    )


rounds, flock = 10, 12
flown = search.particle_swarm(
    lambda point: many_valleys(**point),
    square,
    rounds * flock,
    np.random.default_rng(4),
    particles=flock,
)
places = np.array([list(trial.point.values()) for trial in flown.history]).reshape(rounds, flock, 2)
print(
    f"best loss {flown.best_value:.4f} at",
    {name: round(value, 3) for name, value in flown.best_point.items()},
)
assert flown.best_value < 0.1 and places[-1].std() < places[0].std()
figures.search.flock(places, many_valleys)

# %% [markdown]
# **The mathematics.** Kennedy and Eberhart (1995). In each direction, with fresh random numbers $r_1, r_2$ between 0 and 1,
#
# $$v \leftarrow w\,v + c\,r_1\,(\text{own best} - x) + c\,r_2\,(\text{best of all} - x), \qquad x \leftarrow x + v .$$
#
# The inertia $w$ keeps a part of the old velocity: below 1, so that the flock comes to rest. The attraction $c$ says how strongly the two places pull. All hyperparameters are first mapped to [0, 1], on their own scale, so that "one step" means the same in each direction.
#
# **The code.** Nothing more is in `search.particle_swarm`. Its first moves, replayed by hand with the same random numbers:

# %% tags=["demo"]
rng, two = np.random.default_rng(9), []
again = search.particle_swarm(
    lambda point: many_valleys(**point),
    square,
    6,
    np.random.default_rng(9),
    particles=3,
    inertia=0.5,
    attraction=1.2,
)
start = rng.uniform(size=(3, 2))
best_start = start[np.argmin(many_valleys(*start.T))]
pull_own, pull_best = rng.uniform(
    size=(2, 2)
)  # the first to move has no velocity yet, and is at its own best place
by_hand = np.clip(start[0] + 1.2 * pull_best * (best_start - start[0]), 0, 1)
np.testing.assert_allclose(list(again.history[3].point.values()), by_hand, rtol=1e-12)
searched = np.round(list(again.history[3].point.values()), 4)
print("the fourth trial, by hand and by the search:", by_hand.round(4), searched)
# %% [markdown] exercise="ch11.particle_step" minutes=8 difficulty=2
# ### Exercise: one step of a particle
# Write `particle_step(x, v, own, best, r1, r2, inertia, attraction)` for the two formulas above. All but the last two are arrays with one number for each direction; `r1` and `r2` are the random numbers, handed in. After the step the place is stopped at the walls of the unit cube, 0 and 1. The velocity is not changed by a wall.
#
# Return the new velocity and the new place, in this order. Do not change the arrays you were given.
#
# <details><summary>Hint 1</summary>
#
# The way from where you are to where you want to go is *goal minus place*.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Compute the new velocity first and step with the new one. `np.clip(…, 0, 1)` stops at the walls.
# </details>
#
# <details><summary>My result is a particle that flies away</summary>
#
# A sign: `x - own` points away from the own best place. Or the attraction multiplies the old velocity as well.
# </details>

# %% exercise="ch11.particle_step"
def particle_step(x, v, own, best, r1, r2, inertia, attraction):
    """v ← inertia·v + attraction·(r1·(own − x) + r2·(best − x)), then x + v, stopped at 0 and 1.

    x, v, own, best, r1, r2 (D,); inertia, attraction: numbers -> new velocity (D,), new place (D,)
    """
    ### BEGIN SOLUTION
    v = inertia * v + attraction * r1 * (own - x) + attraction * r2 * (best - x)
    return v, np.clip(x + v, 0, 1)
    ### END SOLUTION


# %% check="ch11.particle_step" points=4
check("ch11.particle_step", particle_step)

# %% [markdown]
# **Genes.** A genetic search (Holland, 1975) has no velocities. A point is a list of genes, one for each hyperparameter. A child takes each gene from one of two parents (**crossover**), sometimes a fresh one instead (**mutation**), and parents are the winners of small contests (**selection**). Then the worst of the population dies. Choices and numbers are treated alike, since genes are only copied.

# %% tags=["demo"]
bred = search.genetic(
    lambda point: many_valleys(**point), square, 192, np.random.default_rng(4), population=12
)
unchanged = search.genetic(
    lambda point: many_valleys(**point),
    square,
    192,
    np.random.default_rng(4),
    population=12,
    mutation=0.0,
)
genes = {name: [trial.point[name] for trial in unchanged.history] for name in square}
print(f"best {bred.best_value:.4f}; without mutation {unchanged.best_value:.4f}")
print(
    "distinct genes without mutation:",
    {name: len(set(seen)) for name, seen in genes.items()},
    "in 192 points",
)
assert all(
    len(set(seen)) == 12 for seen in genes.values()
)  # only what the first generation brought along
assert bred.best_value < unchanged.best_value
# %% [markdown] exercise="ch11.genetic_child" minutes=12 difficulty=3
# ### Exercise: one child
# Write `genetic_child(points, values, pairs, source, fresh, u, mutation)`. All random numbers are handed in, so you draw nothing.
#
# - `points` (P, D) is the population, one row for each point, and `values` (P,) are their losses.
# - **Selection.** `pairs` (2, 2) holds two pairs of row numbers. From each pair the point with the smaller loss becomes a parent: the first parent from the first pair, the second from the second.
# - **Crossover.** Gene d of the child comes from the first parent where `source[d]` is 0, from the second where it is 1.
# - **Mutation.** Where `u[d]` is below `mutation`, gene d is `fresh[d]` instead.
#
# Return the two row numbers of the parents and the child, in this order.
#
# <details><summary>Hint 1</summary>
#
# Of a pair `i, j` the winner is `i if values[i] < values[j] else j`. It is a row number, not 0 or 1.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where(source == 0, first, second)` picks gene by gene. A second `np.where` does the mutation.
# </details>
#
# <details><summary>My result is 0 or 1 for both parents</summary>
#
# `np.argmin(values[pair])` says which place in the pair won. The parent is `pair[that place]`.
# </details>

# %% exercise="ch11.genetic_child"
def genetic_child(points, values, pairs, source, fresh, u, mutation):
    """Selection, crossover and mutation for one child, with every random number handed in.

    points (P, D); values (P,): losses; pairs (2, 2): row numbers; source (D,): 0 or 1;
    fresh (D,), u (D,): numbers; mutation: a number
    -> row numbers of the two parents (2,), the child (D,)
    """
    ### BEGIN SOLUTION
    parents = [i if values[i] < values[j] else j for i, j in pairs]
    first, second = points[parents]
    inherited = np.where(source == 0, first, second)
    return parents, np.where(u < mutation, fresh, inherited)
    ### END SOLUTION


# %% check="ch11.genetic_child" points=5
check("ch11.genetic_child", genetic_child)

# %% [markdown]
# **Remember.** A swarm moves points, a genetic search recombines them. Without mutation nothing new is ever tried.

# %% [markdown]
# ## 11.10 Stop early: successive halving, Hyperband, ASHA
#
# **The question.** After one epoch you often see that a setting is hopeless. Why train it for another 26?
#
# **The picture.** Twenty-seven settings from our table, drawn at random. All get one epoch. The best third gets three, the best third of those nine, the last one 27.

# %% tags=["demo"]
drawn = [
    trial.point
    for trial in search.random(whole_training, space, 27, np.random.default_rng(2)).history
]
settings = [[point[name] for point in drawn] for name in ("lr", "momentum", "decay")]
nets, curves, rng = Stack([16, 12, 10], [0] * 27), [], np.random.default_rng(0)
for _ in range(27):
    nets.train(1, 64, *settings, rng)
    with np.errstate(all="ignore"):
        curves.append(capped(nets.loss(*validation_set)))
curves = np.array(curves).T


def look_up(point, epochs):
    return curves[drawn.index(point), epochs - 1]


halved = search.successive_halving(look_up, space, 108, np.random.default_rng(2)).history
ladder = [(27, 1), (9, 3), (3, 9), (1, 27)]
assert [trial.resource for trial in halved] == [
    epochs for count, epochs in ladder for _ in range(count)
]
spent = sum(trial.resource for trial in halved)
place = int(np.sum(curves[:, -1] < halved[-1].value)) + 1
print(f"spent {spent} epochs of {27 * 27}; the winner is number {place} of 27 after full training")
assert spent == 108 and place <= 6
figures.search.survivors(curves, ladder, "validation loss")

# %% [markdown]
# A seventh of the price, and a good setting. Not always the best: some curves cross. A slow starter, a low rate say, is cut before its time.
#
# **The mathematics.** A rung holds $\eta$ times fewer points than the one below it, and each gets $\eta$ times as much resource: every rung costs about the same. With $R$ the largest resource and $\eta^S$ the largest power of $\eta$ up to $R$ (Jamieson and Talwalkar, 2016):
#
# | rung $i$ | 0 | 1 | … | S |
# |---|---|---|---|---|
# | points | $\eta^S$ | $\eta^{S-1}$ | … | 1 |
# | resource of each | $\lfloor R/\eta^S \rfloor$ | $\lfloor R/\eta^{S-1} \rfloor$ | … | $R$ |
#
# In the course each rung trains from the start, as in the paper's simplest form. With saved weights it would be cheaper still.
# %% [markdown] exercise="ch11.successive_halving" minutes=20 difficulty=5
# ### Exercise: successive halving
# Two functions. Write `rungs(max_resource, eta)`: a list of `(count, resource)`, the first rung first. With $R$ = `max_resource`, $\eta$ = `eta` and $\eta^S$ the largest power of $\eta$ that is not above $R$, rung $i$ has $\eta^{S-i}$ points with the resource $\lfloor R/\eta^{S-i} \rfloor$ each, for $i = 0, \dots, S$. Both are whole numbers.
#
# Then write `successive_halving(train, max_resource, eta, rng)`. A point is one number between 0 and 1, and `train(x, resource)` answers its loss after training **from the start** with this resource.
#
# 1. Draw all points of the first rung at once: `rng.uniform(size=count)`. Nothing is drawn afterwards.
# 2. On each rung train its points with its resource. The best of them, as many as the next rung has, go on.
# 3. Return the point that is trained on the last rung.
#
# A loss of `nan` counts as the worst. In which order the points of a rung are trained does not matter.
#
# <details><summary>Hint 1</summary>
#
# Find S by multiplying: as long as `eta ** (top + 1)` is not above R, count `top` up. Logarithms in floating point round the wrong way: `np.log(243) / np.log(3)` is 4.999999999999999.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `alive[:count]` are the points of a rung when `alive` is sorted, best first. So: train, sort, go on to the next rung.
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.argsort(values)` gives the places of the smallest value, the second smallest, … and puts `nan` at the end. `points[order]` is the points in this order, if `points` is an array.
# </details>
#
# <details><summary>My result is right for R = 27 and not for R = 100</summary>
#
# Divide R for each rung anew. 100 // 27 is 3, 100 // 9 is 11, 100 // 3 is 33: the resources are 1, 3, 11, 33, 100.
# </details>
#
# <details><summary>My result is a point whose loss is nan</summary>
#
# Python's `sorted` and `min` are lost with `nan`, since no comparison with it is true. `np.argsort` puts it last.
# </details>

# %% exercise="ch11.successive_halving"
def rungs(max_resource, eta):
    """[(η^S, ⌊R/η^S⌋), …, (1, R)]: how many points, and the resource of each.

    max_resource R ≥ 1, eta η ≥ 2: whole numbers -> a list of pairs of whole numbers
    """
    ### BEGIN SOLUTION
    top = 0
    while eta ** (top + 1) <= max_resource:
        top += 1
    counts = [eta ** (top - i) for i in range(top + 1)]
    return [(count, max_resource // count) for count in counts]
    ### END SOLUTION


def successive_halving(train, max_resource, eta, rng):
    """The survivor of the rungs.

    train: (x, resource) -> loss, a number; max_resource, eta: whole numbers; rng: a NumPy generator
    -> the point of the last rung, a number in [0, 1]
    """
    ### BEGIN SOLUTION
    table = rungs(max_resource, eta)
    alive = rng.uniform(size=table[0][0])
    for count, resource in table:
        alive = alive[:count]
        values = [train(x, resource) for x in alive]
        alive = alive[np.argsort(values)]
    return alive[0]
    ### END SOLUTION


def halve_a_valley(max_resource, eta, center, wobble, limit, rng):
    """Given, for the check: your rungs, all that your search trained, the point it returns."""
    trained = []

    def train(x, resource):
        trained.append([x, resource])
        return np.nan if x > limit else (x - center) ** 2 + wobble * np.sin(40 * x) / resource

    winner = successive_halving(train, max_resource, eta, rng)
    return np.array(rungs(max_resource, eta)), np.array(trained), winner


# %% check="ch11.successive_halving" points=7
check("ch11.successive_halving", halve_a_valley)

# %% [markdown]
# **Hyperband: how bold?** Successive halving believes the first epoch. If early losses mislead, it would be better to start with fewer points and more resource. How misleading are they here? The rank correlation between the loss after few epochs and the loss after 27:

# %% tags=["demo"]
def ranks(x):
    return np.argsort(np.argsort(x.ravel(), kind="stable"))


agreement = {
    e: float(np.corrcoef(ranks(table[i]), ranks(table[-1]))[0, 1]) for i, e in enumerate(EPOCHS)
}
print({f"after {e}": round(r, 2) for e, r in agreement.items()})
assert agreement[1] < agreement[3] < agreement[9] < agreement[27]

# %% [markdown]
# You do not know this number before. Hyperband (Li and others, 2018) does not want to know it: it runs a bracket for each degree of boldness. Bracket $s$ starts with
#
# $$n_s = \left\lceil \frac{(S+1)\,\eta^s}{s+1} \right\rceil \text{ points with the resource } \left\lfloor \frac{R}{\eta^s} \right\rfloor$$
#
# and is halved $s$ times: rung $i$ has $\lfloor n_s/\eta^i \rfloor$ points with $\lfloor R/\eta^{s-i} \rfloor$. The bracket $s = S$ is successive halving. The bracket $s = 0$ is random search with full training. All cost about the same, $(S+1) R$.
# %% [markdown] exercise="ch11.brackets" minutes=12 difficulty=4
# ### Exercise: Hyperband's brackets
# Write `brackets(max_resource, eta)`: an array with one row for each bracket, $s = S, S-1, \dots, 0$, and three columns:
#
# 1. the points at its start, $n_s = \left\lceil \frac{(S+1)\,\eta^s}{s+1} \right\rceil$;
# 2. the resource of each at the start, $\lfloor R/\eta^s \rfloor$;
# 3. the price of the whole bracket: its rungs $i = 0, \dots, s$ have $\lfloor n_s/\eta^i \rfloor$ points with the resource $\lfloor R/\eta^{s-i} \rfloor$ each. Add up points times resource.
#
# Your `rungs` knows $S$: it is one less than their number.
#
# <details><summary>Hint 1</summary>
#
# A loop over `range(top, -1, -1)`, and inside a sum over `range(s + 1)`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# ⌈a/b⌉ in whole numbers is `-(-a // b)`. Take care of the parentheses: the minus in front belongs to the whole numerator.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For R = 9 and η = 3 the rows are (9, 1, 27), (5, 3, 24) and (3, 9, 27). In the second, 5 points get 3 each, and ⌊5/3⌋ = 1 point gets 9.
# </details>
#
# <details><summary>My result has one row too few</summary>
#
# The last bracket is s = 0, and `range(top, 0, -1)` stops before it. Or S came out of a logarithm that was rounded down.
# </details>

# %% exercise="ch11.brackets"
def brackets(max_resource, eta):
    """For s = S, …, 0: points at the start, resource of each there, price of the bracket.

    max_resource R ≥ 1, eta η ≥ 2: whole numbers -> an array (S + 1, 3) of whole numbers
    """
    ### BEGIN SOLUTION
    top, table = len(rungs(max_resource, eta)) - 1, []
    for s in range(top, -1, -1):
        n = -(-(top + 1) * eta**s // (s + 1))
        price = sum(n // eta**i * (max_resource // eta ** (s - i)) for i in range(s + 1))
        table.append((n, max_resource // eta**s, price))
    return np.array(table)
    ### END SOLUTION


# %% check="ch11.brackets" points=5
check("ch11.brackets", brackets)

# %% [markdown]
# **ASHA: without waiting.** With many workers, successive halving wastes time at each rung: the next rung cannot begin before the slowest training of this one has ended. ASHA (Li and others, 2020) does not wait. A free worker promotes a point that is among the best $1/\eta$ of those that are *finished* on its rung, and if there is none it starts a new point. Sometimes it promotes one that would not have made it. It never stands still.

# %% tags=["demo"]
def part_of_training(point, epochs):
    return table[EPOCHS.index(epochs)][cell(point)]


def waiting(workers):
    """The share of worker time that is idle in one bracket; a training lasts its epochs."""
    clock = sum(-(-count // workers) * epochs for count, epochs in ladder)
    return 1 - spent / (workers * clock)


print({f"{workers} workers": f"{waiting(workers):.0%} idle" for workers in (1, 4, 9, 27)})
assert waiting(1) == 0 and waiting(9) > 0.6
promoted = search.asha(part_of_training, space, 729, np.random.default_rng(0), workers=9).history
per_rung = {epochs: sum(trial.resource == epochs for trial in promoted) for epochs in EPOCHS}
print("trainings of ASHA with 9 workers on each rung:", per_rung)
assert per_rung[1] > 2 * per_rung[3] > 2 * per_rung[9] and per_rung[27] > 3

# %% [markdown]
# **Remember.** Cheap tries for many, dear ones for few. Hyperband hedges the bet; ASHA keeps the workers busy.
# %% [markdown]
# ## 11.11 Population based training: copy the best, change a little
#
# **The question.** All searches so far look for a *point*. Chapter 10 said that a rate should change on the way. Can a search find a schedule?
#
# **The picture.** Train a population side by side. After each round the worst go on **from the weights of the best**, with hyperparameters that are a little changed. Nothing starts anew. Population based training is by Jaderberg and others (2017).

# %% tags=["demo"]
def go_on(point, epochs, state):
    """Train on from a state, or from the start -> validation loss and state. It is logged."""
    if state is None:
        state = {
            "net": Stack([16, 12, 10], [len(log)]),
            "rng": np.random.default_rng(len(log)),
            "trial": None,
        }
    net = state["net"].train(
        epochs, 64, point["lr"], point["momentum"], point["decay"], state["rng"]
    )
    with np.errstate(all="ignore"):
        log.append((state["trial"], point["lr"], float(net.loss(*test_set)[0])))
        loss = float(capped(net.loss(*validation_set))[0])
    return loss, {**state, "trial": len(log) - 1}


log: list = []
members, turns = 12, 9
rng = np.random.default_rng(1)
found = search.population_based_training(
    go_on, space, members * turns * 3, rng, population=members, resource=3, fraction=0.25
)
rates = np.array([rate for _, rate, _ in log]).reshape(turns, members)
origin = np.array([[-1 if one is None else one % members for one, _, _ in log]]).reshape(
    turns, members
)
origin[0] = np.arange(members)
found_losses = np.array([trial.value for trial in found.history]).reshape(turns, members)
print(
    f"best loss {found.best_value:.3f};",
    f"the best fixed setting of the table has {table[-1].min():.3f}",
)
assert found_losses[-1].mean() < 0.7 * found_losses[0].mean()
assert np.ptp(np.log(rates[-1])) < np.ptp(np.log(rates[0]))
figures.search.population(rates, origin, found_losses)

# %% [markdown]
# Does it find schedules? Jaderberg and others have a toy that shows it. The loss is $\theta_1^2 + \theta_2^2$ from (0.9, 0.9), and there are two settings: each of them moves only one of the two weights. Every fixed setting ends at 0.81. A training that switches gets to 0.


# %% tags=["demo"]
def toy(point, steps, theta):
    theta = np.array([0.9, 0.9]) if theta is None else theta
    for _ in range(steps):
        theta = theta - 0.1 * np.array(point["moves"]) * theta
    return float(theta @ theta), theta


both_ways = {"moves": search.Choice([(1, 0), (0, 1)])}
fixed = [toy({"moves": moves}, 1000, None)[0] for moves in both_ways["moves"].options]
switching = [
    search.population_based_training(toy, both_ways, 400, np.random.default_rng(seed)).best_value
    for seed in range(5)
]
print("a fixed setting:", np.round(fixed, 3), " population based:", np.round(switching, 4))
np.testing.assert_allclose(fixed, 0.81)
assert max(switching) < 0.15

# %% [markdown]
# **The mathematics.** There is hardly any. After a round, rank the members. **Exploit:** each of the worst k takes over weights and hyperparameters of one of the best k, drawn at random. **Explore:** it multiplies each hyperparameter by 0.8 or 1.2. (With some probability a value is drawn anew instead; we leave that out in the exercise.) What a member has lived through, from round to round, is a schedule.
#
# One condition: the hyperparameters must be such that training can go on when they change. Rates, momenta, decays and dropout rates can. The number of neurons cannot.
# %% [markdown] exercise="ch11.exploit_explore" minutes=14 difficulty=4
# ### Exercise: exploit and explore
# Write `exploit_explore(lr, values, k, picks, factors, low, high)`: what happens to a population of N members after a round of training. All random numbers are handed in.
#
# - `lr` (N,) are the learning rates and `values` (N,) the losses. A loss of `nan` counts as the worst.
# - Rank the members, the smallest loss first. The last k of this ranking are replaced. The first k are the ones that may be copied.
# - **Exploit.** Count those who are replaced in the order of the ranking: the j-th of them, `order[-k:][j]`, copies weights and rate of the member in place `picks[j]` of the ranking (0 is the best of all).
# - **Explore.** Its new rate is the copied one times `factors[j]`, stopped at `low` and `high`.
# - All others keep weights and rate.
#
# Return two arrays: for each member the **number of the member whose weights it goes on with** (its own number where nothing changes), and the new rates. Do not change `lr`.
#
# <details><summary>Hint 1</summary>
#
# `np.argsort(values)` is the ranking, with `nan` at its end. If you call it `order`, then `order[-k:]` are the numbers of those who are replaced.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `order[picks]` are the numbers of those who are copied, one for each who is replaced. Start from `np.arange(len(lr))` and a copy of `lr`, and write into the places of the replaced ones.
# </details>
#
# <details><summary>My result copies the wrong members</summary>
#
# A pick is a place in the ranking, not a number in the population. With the pick 0 the best member is copied, whichever it is.
# </details>
#
# <details><summary>My result changes the rates of all</summary>
#
# `lr * factors` has the wrong length, or repeats. The factors belong to the k who are replaced.
# </details>

# %% exercise="ch11.exploit_explore"
def exploit_explore(lr, values, k, picks, factors, low, high):
    """The worst k copy some of the best k, with rates that are a little changed.

    lr (N,); values (N,): losses; k: a whole number, at most N/2;
    picks (k,): places in the ranking, 0 is the best; factors (k,); low, high: the rates' range
    -> whose weights (N,), whole numbers, and new rates (N,)
    """
    ### BEGIN SOLUTION
    order = np.argsort(values)
    losers, winners = order[-k:], order[picks]
    parents, rates = np.arange(len(lr)), lr.copy()
    parents[losers] = winners
    rates[losers] = np.clip(lr[winners] * factors, low, high)
    return parents, rates
    ### END SOLUTION


# %% check="ch11.exploit_explore" points=5
check("ch11.exploit_explore", exploit_explore)

# %% [markdown]
# **Remember.** Copies inherit weights, so nothing that was learned is lost. The result is a trained network and the schedule that led to it.

# %% [markdown]
# ## 11.12 A policy that draws settings
#
# **The question.** D1 ends its list with reinforcement learning. What are action, reward and policy here?
#
# **The picture.** The action is a setting. The reward is minus its loss. The policy is a probability for each option, and it moves towards what was rewarded. Here are its probabilities for thirteen learning rates.

# %% tags=["demo"]
def policy_run(updates, batch=10, lr=0.5, seed=0):
    """REINFORCE on the rates of the table, the other two in the middle -> (updates + 1, 13)"""
    rng, theta = np.random.default_rng(seed), np.zeros(13)
    path = [np.full(13, 1 / 13)]
    for _ in range(updates):
        drawn = rng.choice(13, batch, p=path[-1])
        reward = -table[-1][drawn, 2, 1]
        advantage = (reward - reward.mean()) / (reward.std() + 1e-9)
        theta += lr * np.mean(advantage[:, None] * (np.eye(13)[drawn] - path[-1]), axis=0)
        path.append(np.exp(theta) / np.exp(theta).sum())
    return np.array(path)


path = policy_run(80)
favorite = int(path[-1].argmax())
standing = int(np.argsort(np.argsort(table[-1][:, 2, 1]))[favorite]) + 1
print(
    f"favorite rate {values['lr'][favorite]:.2g}, number {standing} of 13;",
    f"it cost {80 * 10} trainings",
)
assert standing <= 4 and path[-1].max() > 3 / 13
figures.search.policy(path, list(values["lr"]), "the learning rate")

# %% [markdown]
# **The mathematics.** With $\pi = \mathrm{softmax}(\theta)$ and an advantage $A$ (the reward minus its mean over the batch, in units of its spread), Williams (1992) moves $\theta$ by
#
# $$\theta \leftarrow \theta + \alpha \,\overline{A\,\nabla_\theta \log \pi(k)}, \qquad \nabla_\theta \log \pi(k) = e_k - \pi .$$
#
# $e_k$ is 1 at the option that was drawn and 0 elsewhere. A better option than the mean becomes likelier, a worse one less likely. Zoph and Le (2017) found whole architectures so, with thousands of trainings. That is the weak point: a policy learns slowly.
#
# **Remember.** Policy gradients search where nothing else applies, and pay for it in trials.
# %% [markdown]
# ## 11.13 All on one budget
#
# **The question.** Which search is the best?
#
# Each gets the price of 27 full trainings: 729 epochs. Those that train in full get 27 trials; those that stop early spend the same epochs in their own way. Population based training trains 27 members for 27 epochs each. All but it read the table; it trains, since it changes its mind on the way. Each search runs with twenty seeds, the Gaussian process and population based training with three, because they take longest, and the grid once, because it draws nothing.
#
# Chosen is by validation loss. **Reported is the test loss** of the chosen setting, trained again from another start (for population based training: of the network that it found).

# %% tags=["demo"]
BUDGET = 27
choices = {name: search.Choice(list(values[name])) for name in space}


def best_of_population(seed):
    """-> the best validation loss, and the test loss of that network"""
    log.clear()
    result = search.population_based_training(
        go_on, space, 27 * BUDGET, np.random.default_rng(seed), population=27, resource=3
    )
    best = int(np.argmin([trial.value for trial in result.history]))
    return result, log[best][2]


searches = {
    "grid": lambda rng: search.grid(whole_training, space, BUDGET),
    "random": lambda rng: search.random(whole_training, space, BUDGET, rng),
    "TPE": lambda rng: search.tpe(whole_training, space, BUDGET, rng),
    "Gaussian process": lambda rng: search.gaussian_process(whole_training, space, BUDGET, rng),
    "genetic": lambda rng: search.genetic(whole_training, space, BUDGET, rng, population=8),
    "particle swarm": lambda rng: search.particle_swarm(
        whole_training, space, BUDGET, rng, particles=5
    ),
    "successive halving": lambda rng: search.successive_halving(
        part_of_training, space, 27 * BUDGET, rng
    ),
    "Hyperband": lambda rng: search.hyperband(part_of_training, space, 27 * BUDGET, rng),
    "ASHA": lambda rng: search.asha(part_of_training, space, 27 * BUDGET, rng),
    "policy gradient": lambda rng: search.reinforcement(
        whole_training, choices, BUDGET, rng, batch=5, lr=1.0
    ),
}
SEEDS = {"grid": 1, "Gaussian process": 3}
results, tested = {}, {}
for name, method in searches.items():
    began = time.perf_counter()
    results[name] = [method(np.random.default_rng(seed)) for seed in range(SEEDS.get(name, 20))]
    seconds = (time.perf_counter() - began) / len(results[name])
    tested[name] = [float(test_table[-1][cell(one.best_point)]) for one in results[name]]
    chosen = np.mean([table[-1][cell(one.best_point)] for one in results[name]])
    print(f"{name:20s} chosen by {chosen:.3f}, test {np.mean(tested[name]):.3f},", end=" ")
    print(f"worst {max(tested[name]):.3f}, {seconds:.3f} s for a search")
bred_nets = [best_of_population(seed) for seed in range(3)]
results["population based"] = [result for result, _ in bred_nets]
tested["population based"] = [loss for _, loss in bred_nets]
chosen = np.mean([result.best_value for result, _ in bred_nets])
print(
    f"{'population based':20s} chosen by {chosen:.3f},",
    f"test {np.mean(tested['population based']):.3f}",
)
for name in ("successive halving", "Hyperband", "ASHA", "population based"):
    assert np.mean(tested[name]) < np.mean(tested["random"])
assert np.mean(tested["Gaussian process"]) < np.mean(tested["random"])
assert max(tested["Hyperband"]) < max(tested["random"])  # and less depends on luck
figures.search.ranked(tested, "test loss of what was chosen", "random")

# %% [markdown]
# What the race says, and what it does not:
#
# - **Population based training** is ahead. Do not give all the credit to schedules: in the picture of 11.11 the line of the best keeps its rate near 1. It also looks at 243 networks on the way and keeps the best of them, and it is not bound to the settings of the table. What it hands over is a trained network; the others hand over a setting.
# - The **Gaussian process** gets the most out of 27 full trainings. It also thinks the longest: a second or more for a search, here longer than all its trainings. Where one training takes an hour, that is nothing.
# - **Successive halving, Hyperband and ASHA** are close together, better than random search, and their worst runs are much better than its worst runs: they have seen some ninety settings and more.
# - **TPE** is between them and random search. It begins with ten random trials of its 27.
# - The **genetic search, the swarm and the policy** are hardly better than random search here, or not at all. Twenty-seven trials are about three generations, four moves of each particle, six updates of the policy. They are made for hundreds.
# - And the **grid**? It is good here, and was lucky: it tries three rates only, but 0.1 is one of them, and the best decay lies at the end of its range, where grids always look. Raise the lower end of the rate from 0.001 to 0.01, a better range, and it is gone:


# %% tags=["demo"]
def grid_on(low, high):
    """The test loss that a grid chooses when the range of the rate is another one."""
    moved = {**space, "lr": search.LogUniform(low, high)}
    return float(test_table[-1][cell(search.grid(whole_training, moved, BUDGET).best_point)])


shifted = {low: grid_on(low, 10.0) for low in (0.001, 0.01)}
print(
    "test loss of the grid, by the lower end of the rate:",
    {low: round(x, 3) for low, x in shifted.items()},
)
assert shifted[0.01] > shifted[0.001] + 0.08

# %% [markdown]
# The same race over time, for five of them: the best validation loss so far. A search that can be stopped at any time should be good early.

# %% tags=["demo"]
marks = np.arange(27, 27 * BUDGET + 1, 27)


def so_far(history, unit):
    """The lowest validation loss known when so many epochs are spent, at each mark."""
    ends = np.cumsum([unit * trial.resource for trial in history])
    lowest = np.minimum.accumulate([trial.value for trial in history])
    return [lowest[np.searchsorted(ends, mark, side="right") - 1] for mark in marks]


units = {"random": 27, "TPE": 27, "Gaussian process": 27, "Hyperband": 1, "population based": 1}
shown = {
    name: np.array([so_far(one.history, unit) for one in results[name]])
    for name, unit in units.items()
}
at_end = {name: float(np.median(runs[:, -1])) for name, runs in shown.items()}
print(", ".join(f"{name} {loss:.3f}" for name, loss in at_end.items()))
assert at_end["population based"] < min(at_end["random"], at_end["Hyperband"])
figures.search.progress(marks, shown, "validation loss", 27)

# %% [markdown]
# | you have | take |
# |---|---|
# | an afternoon, a new problem | defaults, then the rate by hand on a logarithmic scale |
# | a few dozen trainings, one after the other | TPE, or a Gaussian process where a training costs hours |
# | trainings that show early what they are worth | Hyperband; with many workers ASHA |
# | a long training whose rates should change on the way | population based training |
# | choices without order, many of them | TPE or genetic |
# | nothing to lose but time on a cluster | random search: no waiting, no tuning, hard to beat |
#
# **Remember.** Compare searches on one budget, with several seeds, by data that chose nothing. And always put random search into the race.
# %% [markdown]
# ## 11.14 The same trial in PyTorch
#
# **The question.** A search is plain arithmetic and has no twin. What it calls has one: the training. Does the same setting give the same loss there?
#
# **The code.** The same start, the same order of the examples, the same setting; once with `training.fit`, once with `training_torch.fit`, on the GPU too where there is one.

# %% tags=["demo"]
import torch

from course_lib import losses_torch, training_torch


def numpy_trial(lr, epochs=9):
    rng = np.random.default_rng(0)
    model = layers.Sequential(
        layers.Dense(16, 12, rng), activations.ReLU(), layers.Dense(12, 10, rng)
    )
    start = {name: p.copy() for name, p in model.params.items()}
    began = time.perf_counter()
    training.fit(model, losses.CrossEntropy(), optimizers.Adam(lr), *training_set, epochs, 64)
    seconds = time.perf_counter() - began
    return training.evaluate(model, losses.CrossEntropy(), *validation_set)["loss"], seconds, start


def torch_trial(lr, start, device, epochs=9):
    linear = [torch.nn.Linear(16, 12), torch.nn.Linear(12, 10)]
    for one, number in zip(linear, (0, 2)):
        one.weight.data = torch.tensor(start[f"{number}.weight"])
        one.bias.data = torch.tensor(start[f"{number}.bias"])
    model = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1]).to(device)
    sets = [
        [torch.tensor(one, device=device) for one in pair]
        for pair in (training_set, validation_set)
    ]
    loss, adam = losses_torch.CrossEntropy(), torch.optim.Adam(model.parameters(), lr)
    began = time.perf_counter()
    training_torch.fit(model, loss, adam, *sets[0], epochs, 64)
    if device == "cuda":
        torch.cuda.synchronize()
    seconds = time.perf_counter() - began
    return training_torch.evaluate(model, loss, *sets[1])["loss"], seconds


devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
for lr in search.LogUniform(1e-3, 1e-1).ladder(3):
    here, seconds, start = numpy_trial(lr)
    for device in devices:
        torch_trial(lr, start, device, 1)  # the first call of a device is slow
        there, their_seconds = torch_trial(lr, start, device)
        print(f"rate {lr:.3f}, {device}: NumPy {here:.6f} in {1e3 * seconds:.0f} ms,", end=" ")
        print(
            f"PyTorch {there:.6f} in {1e3 * their_seconds:.0f} ms,",
            f"difference {abs(here - there):.1e}",
        )
        assert abs(here - there) < 1e-6
if devices == ["cpu"]:
    print("no GPU here: the CPU only")

# %% [markdown]
# On networks as small as these do not expect a GPU to help: each step waits for its start, not for its sums. A search over *large* networks is the other case, and there the course's searches work unchanged: their objective is any function.
#
# **Remember.** The search does not care who trains. Fix the start and the order of the examples, and two libraries agree.

# %% [markdown]
# ## 11.15 Play
#
# Choose the number of trials, how much the second range matters, and a seed.

# %% tags=["demo"]
figures.search.explorer()

# %% [markdown]
# - With the second axis at 0: at how many trials does the grid win, and why just there?
# - Set the second axis to 1. How much of the advantage of random points is left?
# - Move the seed. How large is the spread of random search with 8 trials, how large with 64?

# %% [markdown]
# ## 11.16 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | larger batches help to escape from local minima | small ones do: their gradients are noisy | 11.4 |
# | D1 | more layers lead to overfitting | some do; far more do not even fit the training data | 11.3 |
# | D1 | more neurons increase the risk of overfitting | here the widest network has the lowest validation loss | 11.3 |
# | D4 | a higher dropout rate makes the model more robust | up to a point, if at all: 0.8 and 0.95 are worse than none | 11.1 |
#
# The first is an error. The others are rules of thumb that hold in part: the cells show where they end.

# %% [markdown]
# ## 11.17 The chapter on one screen
#
# | search | idea | learns from | needs |
# |---|---|---|---|
# | grid | all combinations | nothing | few ranges |
# | random | independent draws | nothing | nothing |
# | Gaussian process | expected improvement of a model | all trials | smooth ranges, dear trainings |
# | TPE | $\ell(x)/g(x)$ of good and other points | all trials | a dozen trials to begin |
# | genetic | selection, crossover, mutation | the living | a few generations |
# | particle swarm | own best, best of all | the flock | numbers, no choices |
# | successive halving | cut the worst, give the rest more | early losses | curves that do not cross much |
# | Hyperband | several brackets of it | early losses | less trust in them |
# | ASHA | promote without waiting | what is finished | many workers |
# | population based | copy weights, change rates | the population | rates that may change on the way |
# | policy gradient | likelier what was rewarded | rewards | very many trials |
#
# - Defaults first; change one thing at a time; several seeds.
# - Choose by validation, report by test, with the spread.
# - Rates live on a logarithmic scale: $x = a\,(b/a)^u$.
# - $\lceil N/B \rceil$ updates in an epoch.
# - $1 - (1-q)^n$: 59 trials hit the best 5 % with 95 %.
# - $\mathrm{EI} = (b-\mu)\Phi(z) + \sigma\varphi(z)$.
# - Look at the training loss before you call it overfitting.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. The best of a hundred settings has a validation accuracy of 95 %. Why do you not report that?</summary>
#
# It was chosen because it is high, so it contains luck. Report the test accuracy of this one setting, with the spread over seeds.
# </details>
#
# <details><summary>2. Why does random search beat a grid when one range of three matters?</summary>
#
# With 27 trainings the grid tries three values of that range, nine times each. Random search tries 27.
# </details>
#
# <details><summary>3. A network with twelve layers is worse than one with two. What do you look at before you say "overfitting"?</summary>
#
# At the training loss. If it is high, too, the network did not train, and chapter 7 has the cures.
# </details>
#
# <details><summary>4. Where is the expected improvement large?</summary>
#
# Where the mean is well below the best loss so far, and where the model knows little: low mean or wide band.
# </details>
#
# <details><summary>5. What does population based training find that no other search of this chapter finds?</summary>
#
# A schedule: hyperparameters that change during one training. The others look for one setting from start to end.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My search returns a setting that is bad when I train it again</summary>
#
# The winner was lucky. Train the best few again with other seeds before you choose, and make the validation set larger.
# </details>
#
# <details><summary>My search always ends at the edge of a range</summary>
#
# Then the best value lies outside. Widen the range on that side. If it is a rate, look at the scale, too.
# </details>
#
# <details><summary>My trials are nan half of the time</summary>
#
# The range reaches too far up. Let a trial that blew up count as the worst, keep it, and lower the upper end by a factor of 3.
# </details>
#
# <details><summary>My Hyperband picks settings with high rates, and full training prefers low ones</summary>
#
# High rates are fast at first, so early losses mislead. Start with a larger smallest resource, or a smaller number of rungs.
# </details>
#
# <details><summary>My two runs of the same setting differ more than two settings do</summary>
#
# That is the spread over seeds. Differences below it mean nothing. Take more seeds, and compare means with their standard errors.
# </details>

# %% [markdown]
# ### Where to read more
#
# - James Bergstra and Yoshua Bengio, 2012, *Random Search for Hyper-Parameter Optimization*.
# - James Bergstra and others, 2011, *Algorithms for Hyper-Parameter Optimization* (TPE).
# - Jasper Snoek, Hugo Larochelle and Ryan Adams, 2012, *Practical Bayesian Optimization of Machine Learning Algorithms*.
# - Lisha Li and others, 2018, *Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization*.
# - Lisha Li and others, 2020, *A System for Massively Parallel Hyperparameter Tuning* (ASHA).
# - Max Jaderberg and others, 2017, *Population Based Training of Neural Networks*.
# - Nitish Keskar and others, 2017, *On Large-Batch Training for Deep Learning*.
