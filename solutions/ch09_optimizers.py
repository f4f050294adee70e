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
# # Chapter 9 · Optimizers: which way, and how far
#
# Backpropagation says how the loss changes with each weight. An optimizer decides what to do about it. This chapter
# starts with one line of code and mends it seven times. Each new rule has the one before it as its reason.
#
# **After this chapter you can**
#
# - write eight optimizers in NumPy, from gradient descent to AdamW and Nadam, each in one to eight lines;
# - say what each line is for, and show a loss surface on which it matters;
# - predict the size of the first step of a rule without running it;
# - explain bias correction and decoupled weight decay with numbers;
# - compare optimizers fairly: each at its own best rate, with several seeds.
#
# **You need** NumPy arrays, gradients as in chapter 6, and a little patience with subscripts.
#
# **Time** about three and a half hours: 93 minutes for the eleven exercises (44 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The course follows five texts. Here we need three of them: the lecture slides *Deep Learning Basics* (D1), a chapter on
# the fundamentals of deep learning (D2), and an article on the building blocks in PyTorch (D4). Where one of them is wrong
# as printed in our copy, a cell shows it; section 9.17 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import figures, optimizers

# %% [markdown]
# ## 9.1 What does a loss look like from above?
#
# **The question.** A network has millions of weights, and its loss is a surface over all of them. Nobody can draw that. What can go wrong on the way down?
#
# **The picture.** Five losses over only two weights. Each has one difficulty that real losses have in millions of directions at once. Dark is low, a star marks the lowest
# point, the small circle is where we will start.

# %% tags=["demo"]
SURFACES, path = figures.optimizers.SURFACES, figures.optimizers.path
for surface in SURFACES.values():  # the gradients are right: measured
    for w in np.random.default_rng(0).normal(size=(4, 2)):
        measured = [(surface.value(w + d) - surface.value(w - d)) / 2e-6 for d in 1e-6 * np.eye(2)]
        np.testing.assert_allclose(surface.gradient(w), measured, atol=1e-6)
figures.optimizers.gallery()

# %% [markdown]
# | surface | the difficulty |
# |---|---|
# | bowl | none: it is convex, and every way down ends at the bottom |
# | ravine | steep across, nearly flat along |
# | saddle | a point that is lowest in one direction and highest in the other; the slope there is 0 |
# | plateau | flat far out: hardly any slope to follow |
# | many minima | hollows that are not the lowest one |
#
# A function is convex if the line between any two points of its graph never runs below it. Then every hollow is a lowest place, and gradient descent finds one (with a rate that is small enough). D4 says so, and adds that losses of networks are not of this kind: they have hollows, saddles and plateaus.
#
# Of these, which are common? A place with slope 0 is a hollow only if the loss bends upwards in *every* direction. Let us toss: random curvatures in more and more dimensions. How often are they all positive?

# %% tags=["demo"]
rng = np.random.default_rng(0)
hollow = {}
for dimensions in (1, 2, 3, 5):
    bends = rng.normal(size=(4000, dimensions, dimensions))
    curvatures = np.linalg.eigvalsh(bends + bends.transpose(0, 2, 1))
    hollow[dimensions] = np.mean(np.all(curvatures > 0, axis=1))
    print(f"dimensions: {dimensions}, {hollow[dimensions]:.2%} bend upwards in every direction")
assert hollow[1] > 0.45 and hollow[2] < 0.2 and hollow[3] < 0.05 and hollow[5] < 0.002

# %% [markdown]
# A network has thousands of dimensions. Its curvatures are not tossed, but the reasoning holds up in experiments: high up, nearly all places with slope 0 are saddles (Dauphin and others, 2014).
#
# **Remember.** A loss can be steep, flat, bent both ways, or full of hollows. The optimizers of this chapter differ in what they make of each.

# %% [markdown]
# ---
# # Part one: one rate for all weights
#
# ## 9.2 Gradient descent: which way is down?
#
# **The question.** You stand on a slope in the fog. You can feel how steep it is under your feet, and nothing else. Where do you step?
#
# **The mathematics.** The gradient $g = \partial L/\partial p$ points to where the loss grows fastest. So go the other way, by a distance in proportion:
#
# $$p \leftarrow p - \eta\, g .$$
#
# $\eta$ is the learning rate, `lr` in code. In training, $g$ is the mean over a mini-batch, a few examples drawn at random; then the rule is called **stochastic** gradient descent, SGD. The rule is the same; what is stochastic is $g$. It is right on average, and its error falls with the root of the batch:

# %% tags=["demo"]
rng = np.random.default_rng(0)
x = rng.normal(size=1000)
each = 2 * (0.5 * x - (2 * x + rng.normal(size=1000))) * x  # gradients of (wx − y)² at w = 0.5
error = {}
for batch in (4, 16, 64):
    means = np.array([each[rng.integers(0, 1000, batch)].mean() for _ in range(4000)])
    error[batch] = means.std()
    print(f"batches of {batch:2d}: {means.mean():.2f} ± {error[batch]:.2f}", end="; ")
    print(f"all 1000 examples: {each.mean():.2f}")
    np.testing.assert_allclose(means.mean(), each.mean(), rtol=0.05)
np.testing.assert_allclose([error[4] / error[16], error[16] / error[64]], 2, rtol=0.1)

# %% [markdown]
# **The picture.** The ravine. Its curvature is 40 across and 1 along.

# %% tags=["demo"]
rates = {
    f"rate {lr:g}": path(optimizers.SGD(lr), SURFACES["ravine"], 60) for lr in (0.049, 0.04, 0.01)
}
figures.optimizers.paths("ravine", rates)

# %% [markdown]
# In a direction of curvature $h$ the slope is $h w$, and each step multiplies $w$ by $1 - \eta h$. So $\eta$ must stay below $2/h$, or $w$ grows. The *steepest* direction sets this limit, and the *flattest* one then has to live with it:

# %% tags=["demo"]
steep, flat = 40.0, 1.0
for lr in (0.049, 0.051):
    across = abs(path(optimizers.SGD(lr), SURFACES["ravine"], 60)[-1, 1])
    print(f"rate {lr}: across the ravine {0.7} becomes {across:.3g} after 60 steps")
    assert (across < 0.7) == (lr < 2 / steep)
needed = {}
for h in (10.0, 40.0, 160.0):
    hollow = figures.optimizers.quadratic("hollow", (1.0, h), (-2.0, 0.5))
    visited = path(optimizers.SGD(1 / h), hollow, 1000)
    needed[h] = int(np.argmax(np.abs(visited[:, 0]) < 0.02))
    print(f"curvatures 1 and {h:3g}: {needed[h]:3d} steps until weight 1 is at a hundredth")
np.testing.assert_allclose([needed[160.0] / needed[40.0], needed[40.0] / needed[10.0]], 4, rtol=0.1)

# %% [markdown]
# The ratio of the largest to the smallest curvature is the *condition number*. The steps that gradient descent needs grow in proportion to it. That is D1's first complaint about SGD: very slow convergence.
#
# **The code.** All optimizers of this course have the same shape. `init(p)` gives what the rule has to remember about one parameter, a dictionary. `update` makes one step: it gets the parameter, its gradient, that memory, the rate and the number of the step (counted from 1),
# and returns the new parameter. A walker goes through all parameters of a network and calls `update` for each:

# %% tags=["demo"]
import inspect

print(inspect.getsource(optimizers.Optimizer.step))


# %% [markdown] exercise="ch09.sgd" minutes=5 difficulty=1
# ### Exercise: gradient descent
# Write `update`. Gradient descent remembers nothing, so `init` is given: an empty dictionary. `update` returns the new parameter and leaves `p` and `g` as they are.
#
# <details><summary>Hint 1</summary>
#
# The rate is the argument `lr`. `state` and `t` are not needed here; other rules will want them.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `p -= …` changes the caller's array. `p - …` makes a new one.
# </details>
#
# <details><summary>My loss grows with every step</summary>
#
# Either the sign is wrong, or the rate is above $2/h$. The check knows the first; section 9.2 shows the second.
# </details>
#
# <details><summary>TypeError: update returned None</summary>
#
# The new parameter must be returned. Changing `p` inside the function is not enough, and not wanted.
# </details>


# %% exercise="ch09.sgd"
class SGD:
    def init(self, p):
        """What the rule remembers about the parameter p: nothing."""
        return {}

    def update(self, p, g, state, lr, t):
        """One step of gradient descent.

        p, its gradient g: arrays of one shape; state: a dict; lr: a number; t: 1 in the first step
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        return p - lr * g
        ### END SOLUTION


# %% check="ch09.sgd" points=2
check("ch09.sgd", SGD)

# %% [markdown]
# **Remember.** Against the gradient, in proportion to it. The steepest direction limits the rate, the flattest one sets the time.

# %% [markdown]
# ## 9.3 Momentum: what if the ball may roll?
#
# **The question.** Across the ravine the gradient changes its sign at every step. Along it, it always says the same. Can a rule tell the two apart?
#
# **The picture.** The same rate, the same start. One of the two has a memory.

# %% tags=["demo"]
rolling = {
    "SGD": path(optimizers.SGD(0.02), SURFACES["ravine"], 80),
    "Momentum": path(optimizers.Momentum(0.02, momentum=0.8), SURFACES["ravine"], 80),
}
depth = {name: SURFACES["ravine"].value(visited[-1]) for name, visited in rolling.items()}
assert depth["Momentum"] < 0.01 * depth["SGD"]
figures.optimizers.race("ravine", rolling)

# %% [markdown]
# **The mathematics.** Keep a **velocity** $v$. At each step it loses a share of itself and takes in the new gradient:
#
# $$v \leftarrow \beta v + g, \qquad p \leftarrow p - \eta\, v, \qquad v = 0 \text{ at the start.}$$
#
# What changes its sign cancels in $v$. What stays the same adds up. A steady gradient $g$ ends in a velocity of
#
# $$g\,(1 + \beta + \beta^2 + \cdots) = \frac{g}{1 - \beta},$$
#
# ten times $g$ for the usual $\beta = 0.9$. So momentum is a ten times higher rate where the gradients agree. Boris Polyak (1964) called it the heavy ball.

# %% tags=["demo"]
ball = optimizers.Momentum(lr=1.0, momentum=0.9)
steady, wavering = np.ones(60), np.resize([1.0, -1.0], 60)
for name, pushes in {"steady": steady, "wavering": wavering}.items():
    state = ball.init(np.zeros(1))
    for t, push in enumerate(pushes, start=1):
        ball.update(np.zeros(1), np.array([push]), state, 1.0, t)
    reached = float(state["velocity"][0])
    print(f"{name:9s} gradients of size 1: velocity {reached:+.3f}")
    limit = 1 / (1 - 0.9) if name == "steady" else 1 / (1 + 0.9)
    np.testing.assert_allclose(abs(reached), limit, rtol=0.01)

# %% [markdown]
# **Where is the rate?** D1 prints $z \leftarrow \beta z - \eta g$ and $p \leftarrow p + z$: the rate is inside the memory. We keep it outside, as PyTorch does. While the rate stays the same, both take the same steps. When a schedule lowers it, ours obeys at once; the other one keeps rolling at the old speed:


# %% tags=["demo"]
def after(rate_inside, rates, momentum=0.9):
    """The places of a weight with a gradient of 1 at every step, in one form or the other."""
    place, memory, places = 0.0, 0.0, []
    for rate in rates:
        memory = momentum * memory + (rate if rate_inside else 1)
        place = place - memory * (1 if rate_inside else rate)
        places.append(place)
    return np.array(places)


constant, dropped = np.full(40, 0.1), np.r_[np.full(30, 0.1), np.zeros(10)]
np.testing.assert_allclose(after(True, constant), after(False, constant))
for inside, name in ((True, "rate inside "), (False, "rate outside")):
    moved = after(inside, dropped)[29] - after(inside, dropped)[-1]
    print(f"{name}: after the rate fell to 0 the weight still moves by {moved:.2f}")
    assert (moved > 1) == inside


# %% [markdown] exercise="ch09.momentum" minutes=8 difficulty=2
# ### Exercise: momentum
# Write `init` and `update`. The velocity lives in the state; the rate stays outside of it, and the gradient joins it in full: $v \leftarrow \beta v + g$, then $p \leftarrow p - \eta v$ with the *new* $v$. $\beta$ is `self.momentum`.
#
# One optimizer serves all the parameters of a network, and each of them has a state of its own. So nothing that changes from step to step may live on `self`.
#
# <details><summary>Hint 1</summary>
#
# `init` returns a dictionary with one entry, an array of zeros in the shape of `p`. You choose its name.
# </details>
#
# <details><summary>Hint 2</summary>
#
# What `update` writes into `state` is there again at the next step. What it only gives a local name is not.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two lines: renew the velocity in the state, then step with it.
# </details>
#
# <details><summary>My result is right for one step and wrong for two</summary>
#
# The memory starts at 0, so the first step is that of gradient descent whatever you do with the memory. Print the state after each step.
# </details>
#
# <details><summary>My result is right while the rate stays the same</summary>
#
# Then the rate is inside your velocity. Multiply by `lr` when you step, not when you remember.
# </details>


# %% exercise="ch09.momentum"
class Momentum:
    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        """What is kept of p before the first step: a dict with a velocity of zeros like p."""
        ### BEGIN SOLUTION
        return {"velocity": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """velocity ← momentum·velocity + g, kept in state; then a step of lr·velocity downhill.

        p, g of one shape; state: what init returned, to be changed; lr: a number, new at times
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * state["velocity"]
        ### END SOLUTION


# %% check="ch09.momentum" points=4
check("ch09.momentum", Momentum)

# %% [markdown]
# **Remember.** A velocity adds up what agrees and cancels what does not. Steady gradients count $1/(1-\beta)$ times. The rate stays outside.

# %% [markdown]
# ## 9.4 Nesterov: what if one looks before one leaps?
#
# **The question.** A rolling ball brakes only when it is past the bottom and the slope has turned against it. Could it brake earlier?
#
# **The picture.** One weight, a plain valley, the lowest point at 0. Both rules have the same rate and the same $\beta$.

# %% tags=["demo"]
valley = figures.optimizers.quadratic("valley", (1.0, 1.0), (2.0, 0.0))
swings = {
    name: path(rule(0.1, momentum=0.9), valley, 60)[1:, 0]
    for name, rule in (("Momentum", optimizers.Momentum), ("Nesterov", optimizers.Nesterov))
}
beyond = {name: -w.min() / 2 for name, w in swings.items()}
for name, share in beyond.items():
    print(f"{name}: swings past the bottom by {share:.0%} of the distance it started from")
assert beyond["Nesterov"] < 0.75 * beyond["Momentum"]
figures.optimizers.curves({"": swings}, "weight")

# %% [markdown]
# **The mathematics.** The ball of 9.3 steps with its velocity $v$. But at the next step the velocity will be about $\beta v + g$, if the gradient stays as it is. Yurii Nesterov (1983) steps with that one at once:
#
# $$v \leftarrow \beta v + g, \qquad p \leftarrow p - \eta\,(g + \beta v) \quad\text{with the new } v.$$
#
# So the newest gradient is weighted with $1 + \beta$ instead of 1. Past the bottom it is the newest gradient that points back. It counts sooner, and the swing is shorter.
#
# **Two forms.** D1 prints the rule with a gradient that is taken *ahead*, at $\theta + \beta z$, with the rate inside $z$. This needs a gradient at a place where the weights are not. Our form takes the gradient at the weights. Are they the same? The weights of our form are D1's places ahead:

# %% tags=["demo"]
rate, beta = 0.02, 0.9
theta, z, ahead = np.array(SURFACES["ravine"].start), np.zeros(2), []
for _ in range(60):
    z = beta * z - rate * SURFACES["ravine"].gradient(theta + beta * z)  # as D1 prints it
    theta = theta + z
    ahead.append(theta + beta * z)
ours = path(optimizers.Nesterov(rate, momentum=beta), SURFACES["ravine"], 60)[1:]
print(f"largest distance in 60 steps: {np.abs(ours - ahead).max():.1e}")
np.testing.assert_allclose(ours, ahead, atol=1e-12)

# %% [markdown]
# **A price.** Looking ahead is not for free. In a direction of curvature $h$ the highest rate is $2/h$ for gradient descent. With memory it is another one:

# %% tags=["demo"]
highest = {"SGD": 2.0, "Momentum": 2 * (1 + beta), "Nesterov": 2 * (1 + beta) / (1 + 2 * beta)}
for name, limit in highest.items():
    rule = getattr(optimizers, name)
    below, above = (abs(path(rule(f * limit), valley, 600)[-1, 0]) for f in (0.98, 1.02))
    print(f"{name:8s} highest rate {limit:.2f}/h: 2% below it {below:.0e}, 2% above it {above:.0e}")
    assert below < 1e-6 and above > 1e3


# %% [markdown]
# Momentum bears nearly twice the rate of gradient descent, Nesterov's rule only two thirds of it. If a run explodes after you set `nesterov=True`, this is why.

# %% [markdown] exercise="ch09.nesterov" minutes=7 difficulty=2
# ### Exercise: Nesterov momentum
# Write `init` and `update` in our form: the gradient is taken where the weights are, the rate stays outside of the velocity, and there is no $1-\beta$ before the gradient. $\beta$ is `self.momentum`.
#
# <details><summary>Hint 1</summary>
#
# The velocity is renewed exactly as in Momentum. Only the line with the step changes.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Try it by hand: $\beta = 0.5$, $\eta = 0.1$, $p = 1$, and a gradient of 1. The velocity becomes 1 and the step is $0.1\,(1 + 0.5)$, so $p$ becomes 0.85.
# </details>
#
# <details><summary>My result is that of Momentum</summary>
#
# Did you put the old velocity into $g + \beta v$? That gives the new velocity back, and so plain momentum. Renew it first.
# </details>
#
# <details><summary>My steps become longer and longer</summary>
#
# What is kept and what is stepped with are two things. Keep $\beta v + g$. Do not write $g + \beta v$ with the new $v$ into the state.
# </details>


# %% exercise="ch09.nesterov"
class Nesterov:
    def __init__(self, momentum=0.9):
        self.momentum = momentum

    def init(self, p):
        """What is kept of p before the first step: a dict with a velocity of zeros like p."""
        ### BEGIN SOLUTION
        return {"velocity": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """velocity ← momentum·velocity + g, kept in state; then down by lr·(g + momentum·velocity).

        p, g of one shape; state: what init returned, to be changed; lr: a number, new at times
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * (g + self.momentum * state["velocity"])
        ### END SOLUTION


# %% check="ch09.nesterov" points=4
check("ch09.nesterov", Nesterov)

# %% [markdown]
# **Remember.** Step with the velocity of the next moment. The newest gradient counts $1 + \beta$ times, so the ball brakes sooner; the highest rate is lower.

# %% [markdown]
# ---
# # Part two: a rate for each weight
#
# ## 9.5 AdaGrad: a rate of its own for every weight
#
# **The question.** A model reads texts, one weight for each word. The word "the" is in every text, the word "zebra" in one of two hundred. Where a word is missing, the gradient of its weight is exactly 0. Should both weights have the same rate?
#
# **The picture.** Thirty features that are there in half of the examples, ten that are there in one of 200. One example for each step. Each rule has the best of five rates.

# %% tags=["demo"]
how_often = np.array([0.5] * 30 + [0.005] * 10)


def sparse_run(rule, steps=1500, runs=10, seed=0):
    """How far the weights are from the true ones, after each step, a mean of runs: (steps, 40)."""
    rng = np.random.default_rng(seed)
    true = rng.choice([-1.0, 1.0], (runs, 40))
    w = np.zeros((runs, 40))
    state, off = rule.init(w), []
    for t in range(1, steps + 1):
        x = (rng.random((runs, 40)) < how_often) * 1.0
        error = np.sum(x * (w - true), axis=1, keepdims=True) + 0.3 * rng.normal(size=(runs, 1))
        w = rule.update(w, error * x, state, rule.lr, t)
        off.append(np.abs(w - true).mean(axis=0))
    return np.array(off)


sparse = {}
tried_rates = {"SGD": (0.01, 0.02, 0.05, 0.1, 0.15), "AdaGrad": (0.1, 0.2, 0.3, 0.5, 1.0)}
for name, rates in tried_rates.items():
    each = [sparse_run(getattr(optimizers, name)(lr)) for lr in rates]
    chosen = int(np.argmin([off[-100:].mean() for off in each]))
    sparse[name] = each[chosen]
    frequent, rare = sparse[name][-100:, :30].mean(), sparse[name][-100:, 30:].mean()
    print(f"{name:8s} best rate {rates[chosen]:4g}; error of the frequent weights", end=" ")
    print(f"{frequent:.3f}, of the rare ones {rare:.3f}")
ends = {name: off[-100:] for name, off in sparse.items()}
assert ends["AdaGrad"][:, 30:].mean() < 0.75 * ends["SGD"][:, 30:].mean()
assert ends["AdaGrad"][:, :30].mean() < 0.6 * ends["SGD"][:, :30].mean()  # nobody pays for it
figures.optimizers.curves({
    "frequent features": {name: off[:, :30].mean(axis=1) for name, off in sparse.items()},
    "rare features": {name: off[:, 30:].mean(axis=1) for name, off in sparse.items()},
}, "distance from the true weights")

# %% [markdown]
# D1 is right here: plain SGD "does not handle well sparse data". Its one rate must be small enough for the frequent weights, whose noise it has to bear. Then the rare ones hardly move.
#
# **The mathematics.** John Duchi, Elad Hazan and Yoram Singer (2011): sum up the squares of all gradients so far, for each weight by itself, and divide by the root:
#
# $$s \leftarrow s + g^2, \qquad p \leftarrow p - \eta\, \frac{g}{\sqrt{s} + \varepsilon}, \qquad s = 0 \text{ at the start.}$$
#
# All of it entry by entry. $\eta/(\sqrt s + \varepsilon)$ is the rate of one weight. Who has seen much goes slowly; who has seen little goes far. And the size of the gradient no longer matters: if all gradients are a thousand times as large, so is the root.

# %% tags=["demo"]
ravine = SURFACES["ravine"]
steeper = figures.optimizers.quadratic("steeper", (1000.0, 40_000.0), ravine.start)
plain, scaled = (path(optimizers.AdaGrad(0.5), s, 40) for s in (ravine, steeper))
np.testing.assert_allclose(plain, scaled, atol=1e-6)
with np.errstate(over="ignore"):
    lost = path(optimizers.SGD(0.01), steeper, 40)
print("after 40 steps on a loss times 1000: AdaGrad", scaled[-1].round(3), " SGD", *(f"{w:.0e}" for w in lost[-1]))
assert np.abs(lost[-1]).max() > 1e6

# %% [markdown]
# It even sees no ravine: it divides each direction by its own steepness. But "each direction" means *each weight*. Turn the ravine by 45°, so that it runs across both weights, and the advantage shrinks. Gradient descent does not notice the turn.

# %% tags=["demo"]
askew = figures.optimizers.turned(ravine, 45)
depths = {}
for name, lr in {"SGD": 0.04, "Nesterov": 0.02, "AdaGrad": 1.0}.items():
    runs = [path(getattr(optimizers, name)(lr), surface, 60) for surface in (ravine, askew)]
    depths[name] = [float(s.value(run[-1])) for s, run in zip((ravine, askew), runs)]
    print(f"{name:8s} height after 60 steps: along the axes {depths[name][0]:.1e}", end=", ")
    print(f"turned {depths[name][1]:.1e}")
for name in ("SGD", "Nesterov"):
    np.testing.assert_allclose(depths[name][0], depths[name][1], rtol=1e-6)
assert depths["AdaGrad"][1] > 1000 * depths["AdaGrad"][0]

# %% [markdown]
# **An error in print.** D1 multiplies by $\sqrt{s_n + \varepsilon}$ where it must divide. Three steps on $\tfrac12(\theta_1^2 + 100\,\theta_2^2)$, which starts at 50.5:

# %% tags=["demo"]
from course_lib.errata import ERRATA

erratum = {row.name: row for row in ERRATA}
seen = erratum["adagrad"].show()
print(f"as printed: {seen['printed']:.1e}, divided: {seen['mended']:.3f}")
assert seen["printed"] > 1e20 and seen["mended"] < 50.5

# %% [markdown]
# **Where is ε?** It keeps the division sound while $s$ is still 0. D1 puts it inside the root, we put it outside, as PyTorch does. It matters when it is large: inside, an ε of $10^{-4}$ acts as $10^{-2}$.

# %% [markdown] exercise="ch09.adagrad" minutes=8 difficulty=2
# ### Exercise: AdaGrad
# Write `init` and `update`. The sum $s$ lives in the state, starts at 0, and is renewed *before* the step. ε is `self.eps` and stands outside the root.
#
# <details><summary>Hint 1</summary>
#
# Start from gradient descent. One line is new (the sum), and the gradient gets a divisor.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `g**2` and `np.sqrt` work entry by entry: `s` has the shape of `p`, and no axis is summed over.
# </details>
#
# <details><summary>My result is nan in some places</summary>
#
# A weight without any gradient so far has $s = 0$ and $g = 0$. Is ε added to the root, inside the parentheses of the divisor?
# </details>
#
# <details><summary>My first step is gigantic</summary>
#
# You divide by the root of the old sum, which is 0, plus ε. Add $g^2$ first.
# </details>


# %% exercise="ch09.adagrad"
class AdaGrad:
    def __init__(self, eps=1e-10):
        self.eps = eps

    def init(self, p):
        """What is kept of p before the first step: a dict, a sum of squares, zeros like p."""
        ### BEGIN SOLUTION
        return {"s": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """s ← s + g², kept in state; then down by lr·g/(√s + eps), entry by entry.

        p, g of one shape; state: what init returned, to be changed; lr: a number, new at times
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["s"] = state["s"] + g**2
        return p - lr * g / (np.sqrt(state["s"]) + self.eps)
        ### END SOLUTION


# %% check="ch09.adagrad" points=4
check("ch09.adagrad", AdaGrad)

# %% [markdown]
# **Remember.** Divide by the root of the summed squares. Rare features get long steps, the scale of the loss drops out, and turned ravines stay ravines.

# %% [markdown]
# ## 9.6 RMSprop: what if old slopes are forgotten?
#
# **The question.** AdaGrad's sum never shrinks. What happens after a wild beginning?
#
# **The picture.** Six hundred gradients of size about 1, but the first fifty are twenty times as large. Drawn is the rate $\eta/\sqrt s$ that one weight has.

# %% tags=["demo"]
rng = np.random.default_rng(0)
storm = rng.normal(size=600)
storm[:50] *= 20
own_rates = {}
for rule in (optimizers.AdaGrad(0.01), optimizers.RMSprop(0.01)):
    state, seen = rule.init(np.zeros(1)), []
    for t, g in enumerate(storm, start=1):
        rule.update(np.zeros(1), np.array([g]), state, 0.01, t)
        seen.append(0.01 / (float(np.sqrt(state["s"][0])) + rule.eps))
    own_rates[type(rule).__name__] = np.array(seen)
for name, seen in own_rates.items():
    print(f"{name:8s} after the storm {seen[49]:.5f}, 550 steps later {seen[-1]:.5f}")
assert own_rates["AdaGrad"][-1] < 1.2 * own_rates["AdaGrad"][49]  # it does not recover
assert own_rates["RMSprop"][-100:].mean() > 0.005
figures.optimizers.curves({"": own_rates}, "rate of the weight", log=True)

# %% [markdown]
# Even without a storm AdaGrad gets tired: with steady gradients of 1 the sum after $t$ steps is $t$, so its rate falls as $\eta/\sqrt t$, for ever.
#
# **The mathematics.** Geoffrey Hinton and Tijmen Tieleman (2012) replace the sum by an average that forgets. The memory keeps the share $\beta$, the newest square gets the rest:
#
# $$s \leftarrow \beta s + (1 - \beta)\, g^2, \qquad p \leftarrow p - \eta\,\frac{g}{\sqrt s + \varepsilon} .$$
#
# Now $\sqrt s$ is the root of the mean square of about the last $1/(1-\beta)$ gradients, hence the name (RMS). With steady gradients the step is $\eta$, at step 10 as at step 10 000.
#
# **The price.** What never tires never rests. Near the bottom gradients become small, but they are divided by their own size:

# %% tags=["demo"]
valley = figures.optimizers.quadratic("valley", (1.0, 1.0), (2.0, 1.0))
for name in ("AdaGrad", "RMSprop"):
    visited = path(getattr(optimizers, name)(0.1), valley, 2000)
    moved = np.abs(np.diff(visited[-100:, 0])).max()
    print(f"{name:8s} longest of the last 100 of 2000 steps: {moved:.1e}")
    assert (moved > 0.05) == (name == "RMSprop")

# %% [markdown]
# So RMSprop hovers at a distance of about its rate. It needs a rate that falls, which is the matter of chapter 10.
#
# A last surprise. A weight without gradients for a while loses its memory. When a gradient comes at last, its step is $\eta/\sqrt{1-\beta}$, three times the rate. AdaGrad would take a small one. For rare words that difference is large.

# %% tags=["demo"]
pushes = np.r_[np.ones(200), np.zeros(200), 1.0]  # 200 gradients, a long pause, one more
for name in ("AdaGrad", "RMSprop"):
    rule, p = getattr(optimizers, name)(0.01), np.zeros(1)
    state = rule.init(p)
    for t, push in enumerate(pushes, start=1):
        before, p = p, rule.update(p, np.array([push]), state, 0.01, t)
    length = abs(float(p[0] - before[0])) / 0.01
    print(f"{name:8s} the step after the pause: {length:.2f} times the rate")
    assert (length > 3) == (name == "RMSprop")


# %% [markdown] exercise="ch09.rmsprop" minutes=6 difficulty=2
# ### Exercise: RMSprop
# Write `init` and `update`. $\beta$ is `self.beta`, ε is `self.eps` and stands outside the root. The average starts at 0 and is **not** corrected for that. It is renewed before the step.
#
# <details><summary>Hint 1</summary>
#
# One line differs from AdaGrad. The two shares, $\beta$ and $1 - \beta$, sum to 1.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: $\beta = 0.75$, $\eta = 0.1$, a gradient of 2. Then $s = 0.25 \cdot 4 = 1$, and the step is $0.1 \cdot 2/1 = 0.2$.
# </details>
#
# <details><summary>My result is a step of lr at first, and it should be longer</summary>
#
# With $s = g^2$ the step is lr. But the first square joins with the share $1 - \beta$ only, so the root is too small and the step longer. That is so in RMSprop; the next section mends it.
# </details>


# %% exercise="ch09.rmsprop"
class RMSprop:
    def __init__(self, beta=0.9, eps=1e-8):
        self.beta, self.eps = beta, eps

    def init(self, p):
        """What is kept of p before the first step: a dict, an average of squares, zeros like p."""
        ### BEGIN SOLUTION
        return {"s": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """s ← beta·s + (1 − beta)·g², kept in state; then down by lr·g/(√s + eps), entry by entry.

        p, g of one shape; state: what init returned, to be changed; lr: a number, new at times
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["s"] = self.beta * state["s"] + (1 - self.beta) * g**2
        return p - lr * g / (np.sqrt(state["s"]) + self.eps)
        ### END SOLUTION


# %% check="ch09.rmsprop" points=3
check("ch09.rmsprop", RMSprop)

# %% [markdown]
# **Remember.** An average in place of the sum: it forgets, so the steps never die, and never come to rest by themselves.

# %% [markdown]
# ---
# # Part three: the family of Adam
#
# ## 9.7 What is wrong with an average that starts at 0?
#
# **The question.** RMSprop's average starts at 0, although no gradient was 0. How wrong is it, and for how long?
#
# **The picture.** Sixty numbers around 1, and their running average with $\beta = 0.9$.

# %% tags=["demo"]
numbers = 1 + 0.3 * np.random.default_rng(4).normal(size=60)
average = np.convolve(numbers, 0.1 * 0.9 ** np.arange(60))[:60]  # 0.1, 0.09, 0.081 …
corrected = average / (1 - 0.9 ** np.arange(1, 61))
assert abs(average[0]) < 0.2 and abs(corrected[0] - numbers[0]) < 1e-12
np.testing.assert_allclose(average[-1], corrected[-1], rtol=0.01)  # at last they agree
figures.optimizers.averages(numbers, average, corrected, 0.9)

# %% [markdown]
# **The mathematics.** Write out the average after $t$ numbers $x_1, \dots, x_t$:
#
# $$m_t = (1-\beta)\left(x_t + \beta x_{t-1} + \beta^2 x_{t-2} + \dots + \beta^{t-1} x_1\right) + \beta^t \cdot 0 .$$
#
# The shares of the numbers sum to $1 - \beta^t$. The rest, $\beta^t$, belongs to the 0 at the start. Divide by what the shares sum to, and the 0 is gone:
#
# $$\hat m_t = \frac{m_t}{1 - \beta^t} .$$
#
# This is called **bias correction**. After one number it gives that number. Its effect is gone after a few times $1/(1-\beta)$ steps: some dozens with $\beta = 0.9$, some thousands with $\beta = 0.999$.

# %% tags=["demo"]
for beta in (0.9, 0.99, 0.999):
    t = np.arange(1, 20_001)
    needed = int(np.argmax(1 - beta**t > 0.99)) + 1
    print(f"beta {beta}: the average is within 1% of where it belongs after {needed} steps")
    np.testing.assert_allclose(needed * (1 - beta), 4.6, atol=0.2)  # log 100 times 1/(1 − β)


# %% [markdown] exercise="ch09.bias_correction" minutes=8 difficulty=2
# ### Exercise: an average and its correction
# Write two functions. `running_average(values, beta)` gives the average $m$ after each of the numbers, starting from $m = 0$. `corrected_average(values, beta)` gives $\hat m$ after each of them. The first number has $t = 1$. Both return an array as long as `values`. The second may call the first.
#
# <details><summary>Hint 1</summary>
#
# Keep the average in a variable outside of the loop. Renew it, then append it to a list.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.arange(1, len(values) + 1)` are the values of $t$. `beta**t` takes all the powers at once.
# </details>
#
# <details><summary>My result is inf at first</summary>
#
# Your $t$ starts at 0, where $1 - \beta^0 = 0$. After the first number $t$ is 1.
# </details>
#
# <details><summary>My corrected average is right for one number and too large afterwards</summary>
#
# The corrected number must not go back into the average. Correct a copy; the average runs on as it was.
# </details>


# %% exercise="ch09.bias_correction"
def running_average(values, beta):
    """The average m after each of the numbers; m starts at 0, and m ← beta·m + (1 − beta)·value.

    values: an array (T,) of numbers; beta: a number from 0 to below 1 -> an array (T,).
    """
    ### BEGIN SOLUTION
    m, averages = 0.0, []
    for value in values:
        m = beta * m + (1 - beta) * value
        averages.append(m)
    return np.array(averages)
    ### END SOLUTION


def corrected_average(values, beta):
    """The same averages, the one after t numbers divided by 1 − beta^t.

    values: an array (T,) of numbers; beta: a number from 0 to below 1 -> an array (T,).
    """
    ### BEGIN SOLUTION
    t = np.arange(1, len(values) + 1)
    return running_average(values, beta) / (1 - beta**t)
    ### END SOLUTION


# %% check="ch09.bias_correction" points=4
check("ch09.bias_correction", running_average, corrected_average)

# %% [markdown]
# **Remember.** An average that starts at 0 is too small by the factor $1 - \beta^t$. Divide by it, in a copy.

# %% [markdown]
# ## 9.8 Adam: momentum, with a rate for every weight
#
# **The question.** Momentum improves the *direction*: it averages over time. RMSprop improves the *size*: it divides by what is usual for each weight. Can a rule have both?
#
# **The picture.** The ravine, turned by 20° so that neither has it easy. Each rule has a rate that suits it.

# %% tags=["demo"]
slanted = figures.optimizers.turned(SURFACES["ravine"], 20)
chosen = {
    "Momentum": optimizers.Momentum(0.02, momentum=0.8),
    "RMSprop": optimizers.RMSprop(0.07),
    "Adam": optimizers.Adam(0.3, beta1=0.8, beta2=0.95),
}
tried = {name: path(rule, slanted, 60) for name, rule in chosen.items()}
assert slanted.value(tried["Adam"][-1]) < slanted.value(tried["RMSprop"][-1])
assert np.ptp(np.abs(tried["Adam"][1] - tried["Adam"][0])) < 1e-6  # at first equal steps
figures.optimizers.paths(slanted, tried, "Ravine, turned by 20°")

# %% [markdown]
# Momentum falls down the steep wall first and swings. RMSprop sets off with equal steps in both weights and then creeps. Adam sets off like RMSprop and rolls like Momentum.
#
# **The mathematics.** Diederik Kingma and Jimmy Ba (2015) keep two averages, one of the gradients and one of their squares, correct both for their start, and divide:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2,$$
# $$\hat m = \frac{m}{1-\beta_1^t}, \qquad \hat v = \frac{v}{1-\beta_2^t}, \qquad p \leftarrow p - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon} .$$
#
# Compare with the rules before it. $m$ is a velocity with $1-\beta_1$ in front: an average, not a sum. $v$ is RMSprop's $s$ with a longer memory, usually $\beta_2 = 0.999$. ε stands outside the root, after the correction.
#
# **What the step means.** If all gradients agree, $\hat m/\sqrt{\hat v}$ is ±1 and the step is $\eta$. If they are pure noise, $\hat m$ is small and $\sqrt{\hat v}$ is not. So Adam's step is the rate times *how sure the direction is*:

# %% tags=["demo"]
sure = {}
for signal, noise in ((1.0, 0.0), (1.0, 1.0), (0.3, 1.0), (0.0, 1.0)):
    rng, rule, p = np.random.default_rng(0), optimizers.Adam(1.0), np.zeros(2000)
    state, steps = rule.init(p), []
    for t in range(1, 301):
        before, p = p, rule.update(p, signal + noise * rng.normal(size=2000), state, 1.0, t)
        steps.append(before - p)
    sure[signal, noise] = float(np.sqrt(np.mean(np.square(steps[100:]))))
    print(f"gradients {signal:g} ± {noise:g}: a typical step is {sure[signal, noise]:.2f} rates")
np.testing.assert_allclose(sure[1.0, 0.0], 1, rtol=1e-6)
np.testing.assert_allclose(sure[0.0, 1.0], np.sqrt(0.1 / 1.9), rtol=0.05)  # √((1 − β₁)/(1 + β₁))
assert sure[1.0, 1.0] > sure[0.3, 1.0] > sure[0.0, 1.0]

# %% [markdown]
# D2 says of RMSprop and Adam that they "somehow normalize the gradient so that the direction counts more than the value". This is what it means, and as with AdaGrad, a loss that is a thousand times as large changes nothing.
#
# **Errors in print.** D1's momentum for Adam is $z_n = \beta_z z_{n-1} - (1-\beta_z)\,g$, and then it subtracts $z$. Two minus signs lead uphill. It also multiplies by $\sqrt{\hat s} + \varepsilon$ where it must divide. From $\theta = 1$ on $\tfrac12\theta^2$, fifty steps:

# %% tags=["demo"]
seen = erratum["adam"].show()
print(f"as printed θ becomes {seen['printed']:.2f}, mended {seen['mended']:.2f}")
assert seen["printed"] > 1 > seen["mended"] > 0


# %% [markdown] exercise="ch09.adam" minutes=12 difficulty=3
# ### Exercise: Adam
# Write `init` and `update`. The state holds the two averages *as they run*; the corrected ones serve the step and are not kept. `t` is 1 in the first step. The betas are `self.beta1` and `self.beta2`; ε is `self.eps`, outside the root and after the correction. The check also tries a beta of 0, which takes one of the two memories away: so you see which half is wrong.
#
# <details><summary>Hint 1</summary>
#
# Five lines, one for each formula: $m$, $v$, $\hat m$, $\hat v$, the step. You have written the first four before.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand, the first step with a gradient of 2: $m = 0.2$, $v = 0.004$, corrected $\hat m = 2$ and $\hat v = 4$. The step is $\eta \cdot 2/2 = \eta$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two averages, two names in the dictionary. `m_hat` and `v_hat` can be local names.
# </details>
#
# <details><summary>My result is right for the first step and wrong from the second on</summary>
#
# Either the corrected averages were written back into the state, or one of the two is not kept at all. Print the state after each step: with gradients of 1 and the usual betas, $m$ must be 0.1, 0.19, 0.271.
# </details>
#
# <details><summary>My first step is not lr</summary>
#
# Without a correction it is 3.16 lr. With only one of them corrected it is 0.1 lr or 31.6 lr.
# </details>


# %% exercise="ch09.adam"
class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def init(self, p):
        """What is kept of p before the first step: a dict with two averages, zeros like p."""
        ### BEGIN SOLUTION
        return {"m": np.zeros_like(p), "v": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """m and v, kept in state as they run; then down by lr·m̂/(√v̂ + eps), entry by entry.

        p, g of one shape; state: what init returned, to be changed; lr: a number; t: 1 at first
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = state["m"] / (1 - self.beta1**t)
        v_hat = state["v"] / (1 - self.beta2**t)
        return p - lr * m_hat / (np.sqrt(v_hat) + self.eps)
        ### END SOLUTION


# %% check="ch09.adam" points=6
check("ch09.adam", Adam)

# %% [markdown]
# **Remember.** Momentum above the line, RMSprop below it, both corrected for their start. The step is the rate times how sure the direction is.

# %% [markdown]
# ## 9.9 How long is the first step?
#
# **The question.** Before a run you choose a rate. Can you say how far the weights will move at first, without running anything?
#
# **The picture.** The first step of all eight rules, measured, for gradients from tiny to huge. The rate is 0.01.

# %% tags=["demo"]
RULES = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Nadam", "AdamW")
sizes = np.geomspace(1e-3, 1e3, 25)
first = {}
for name in RULES:
    rule, p = getattr(optimizers, name)(0.01), np.zeros(25)  # at 0 there is nothing to decay
    first[name] = -rule.update(p, sizes, rule.init(p), 0.01, 1)
np.testing.assert_allclose(first["Adam"], 0.01, rtol=1e-4)
np.testing.assert_allclose(first["RMSprop"], 0.01 / np.sqrt(0.1), rtol=1e-4)
np.testing.assert_allclose(first["Nesterov"], 1.9 * 0.01 * sizes)
figures.optimizers.scaling(sizes, first, "size of the gradient", "length of the first step")

# %% [markdown]
# Two worlds. In part one a step grows with the gradient: the rate is a factor. From part two on a step has a length of its own: the rate *is* the length. That is why one usually sees rates around 0.1 with SGD and around 0.001 with Adam, and why a rate must never be carried over from one to the other.
#
# **The mathematics.** Put $t = 1$ and memories of 0 into each rule. For Momentum the velocity is $g$; the step is $\eta g$. The others are yours to find.
#
# **What the correction is for.** Without it, Adam's first step is not $\eta$. Worse, the two averages grow up at different speeds, and so the steps become longer still:

# %% tags=["demo"]
t = np.arange(1, 101)
steady = {
    "corrected": np.ones(100),
    "not corrected": (1 - 0.9**t) / np.sqrt(1 - 0.999**t),  # m/√v for gradients that are all 1
}
long = steady["not corrected"]
print(f"not corrected: up to {long.max():.2f} times the rate, at step {long.argmax() + 1}")
np.testing.assert_allclose(long[0], 0.1 / np.sqrt(0.001))
assert 6 < long.max() < 7
figures.optimizers.curves({"": steady}, "step, in units of the rate")


# %% [markdown] exercise="ch09.first_steps" minutes=10 difficulty=3
# ### Exercise: first steps
# Write `first_steps`. For a first gradient `g` it returns how far each weight moves in the first step of five rules, in this order: Nesterov, AdaGrad, RMSprop, Adam, and Adam without its correction ($p - \eta\, m/\sqrt v$).
#
# Take ε as 0. RMSprop's $\beta$ is `beta2`, as Adam's. Return five arrays in the shape of `g`, also where all entries are equal. A length is never below 0. Nothing needs to be run: put $t = 1$ into the formulas.
#
# <details><summary>Hint 1</summary>
#
# With memories of 0, the first $v$ of Nesterov is $g$, the first $s$ of AdaGrad $g^2$, that of RMSprop $(1-\beta)\,g^2$. Put these into the steps.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\sqrt{g^2} = |g|$, and $|g|/|g| = 1$. What is left of Adam after the correction?
# </details>
#
# <details><summary>My result is one number, and the check wants an array</summary>
#
# Where the length is the same for all weights, repeat it: `lr * np.ones_like(g)`.
# </details>
#
# <details><summary>My result has the wrong sign in some places</summary>
#
# Lengths, please: `np.abs`.
# </details>


# %% exercise="ch09.first_steps"
def first_steps(g, lr, momentum, beta1, beta2):
    """How far the first step moves each weight, with eps = 0: lengths, never below 0.

    g (N,): the first gradients, none of them 0; lr, momentum, beta1, beta2: numbers
    -> nesterov, adagrad, rmsprop, adam, uncorrected: five arrays (N,).
    """
    ### BEGIN SOLUTION
    same = lr * np.ones_like(g)
    nesterov = lr * (1 + momentum) * np.abs(g)
    rmsprop = same / np.sqrt(1 - beta2)
    return nesterov, same, rmsprop, same, (1 - beta1) * rmsprop
    ### END SOLUTION


# %% check="ch09.first_steps" points=5
check("ch09.first_steps", first_steps)

# %% [markdown]
# **Remember.** In SGD's family the first step is the rate times the gradient. In Adam's family it *is* the rate. Rates do not carry over.

# %% [markdown]
# ## 9.10 AdamW: where does weight decay belong?
#
# **The question.** Large weights overfit (chapter 8), so one lets them decay. There are two ways: add $\lambda p$ to the *gradient*, which is what a penalty $\tfrac12\lambda p^2$ in the loss does, called **L2**; or take $\eta\lambda p$ off the *weight* at each step, called **decoupled decay**. Is there a difference?
#
# For gradient descent there is none: $p - \eta\,(g + \lambda p) = p - \eta g - \eta\lambda p$.
#
# **The code.** A weight of 1. How much does the decay alone shrink it in the first step? The rate is 0.01 and $\lambda = 0.1$, so decoupled decay takes off 0.001.

# %% tags=["demo"]
lr, decay, weight = 0.01, 0.1, np.ones(25)
slopes = np.geomspace(1, 1000, 25)


def after_one(rule, g):
    return rule.update(weight, g, rule.init(weight), lr, 1)


sgd, adam, adamw = optimizers.SGD(lr), optimizers.Adam(lr), optimizers.AdamW(lr, weight_decay=decay)
with_l2 = slopes + decay * weight
pull = {
    "SGD with L2": after_one(sgd, slopes) - after_one(sgd, with_l2),
    "Adam with L2": after_one(adam, slopes) - after_one(adam, with_l2),
    "AdamW": after_one(adam, slopes) - after_one(adamw, slopes),
}
np.testing.assert_allclose(pull["SGD with L2"], lr * decay)
np.testing.assert_allclose(pull["AdamW"], lr * decay)
assert np.abs(pull["Adam with L2"]).max() < 1e-9  # nothing at all is left
for name, taken in pull.items():
    small, large = abs(taken[0]), abs(taken[-1])
    print(f"{name:12s} takes off {small:.0e} for a gradient of 1, {large:.0e} for one of 1000")

# %% [markdown]
# In its first step Adam with L2 does not decay at all. Adam divides by the size of what it averages, and so only the *sign* of $g + \lambda p$ is left. Later in a run there is some decay, but divided by $\sqrt{\hat v}$: weights with large gradients decay least.
#
# **The picture.** A thousand steps with noisy gradients of different sizes around 0, so that only the decay has a direction:

# %% tags=["demo"]
rng = np.random.default_rng(0)
spread = np.repeat([0.1, 1.0, 10.0], 200)  # 200 weights for each size of the noise
weights = {"Adam with L2": np.full(600, 3.0), "AdamW": np.full(600, 3.0)}
rules = {"Adam with L2": optimizers.Adam(0.002), "AdamW": optimizers.AdamW(0.002, weight_decay=0.1)}
states = {name: rule.init(weights[name]) for name, rule in rules.items()}
shrinking = {name: [] for name in rules}
for t in range(1, 1001):
    noise = spread * rng.normal(size=600)
    for name, rule in rules.items():
        g = noise + 0.1 * weights[name] if name == "Adam with L2" else noise
        weights[name] = rule.update(weights[name], g, states[name], 0.002, t)
        shrinking[name].append(weights[name].reshape(3, 200).mean(axis=1))
lost = {name: 3 - shrinking[name][-1] for name in rules}
for name, by_size in lost.items():
    print(f"{name:12s} shrank by", " ".join(f"{d:.2f}" for d in by_size), "(noise 0.1, 1, 10)")
np.testing.assert_allclose(lost["AdamW"], 3 * (1 - (1 - 0.0002) ** 1000), atol=0.06)  # all alike
assert lost["Adam with L2"][0] > 5 * lost["Adam with L2"][2]
figures.optimizers.curves({
    name: dict(zip(("noise 0.1", "noise 1", "noise 10"), np.transpose(seen)))
    for name, seen in shrinking.items()
}, "mean weight")

# %% [markdown]
# **The mathematics.** Ilya Loshchilov and Frank Hutter (2019) take the decay out of the gradient:
#
# $$p \leftarrow \underbrace{p - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}}_{\text{Adam}} - \eta\,\lambda\, p ,$$
#
# where both $p$ on the right are the weight before the step. The decay follows the rate $\eta$, as in PyTorch. Neither $m$ nor $v$ ever see it.
#
# **An error in print.** D1 says that AdamW adds a weight decay term "to the loss function". That would be Adam with L2, the very thing AdamW was made against. D1's own formula has $\lambda\theta$ beside the fraction and is right in this. The first step with a gradient of 10:

# %% tags=["demo"]
seen = erratum["adamw"].show()
print(f"a weight of 1 shrinks by {seen['printed']:.0e} with the decay in the loss", end=", ")
print(f"by {seen['mended']:.4f} in AdamW")
assert abs(seen["printed"]) < 1e-9 < seen["mended"]


# %% [markdown] exercise="ch09.one_step" minutes=9 difficulty=3
# ### Exercise: one step of each
# Predict the first step. `one_step(p, g, lr, decay)` returns the weights after the first step of Adam with L2, whose gradient is `g + decay * p` (no ½, no 2), and after the first step of AdamW. Take ε as 0. No betas are needed; ask yourself why.
#
# <details><summary>Hint 1</summary>
#
# You know the first step of Adam from 9.9: its length is `lr`, whatever the gradient and the betas, for the correction takes the betas out of the first averages. Which way does it go? `np.sign`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In Adam with L2 the sign is that of the sum. In AdamW it is that of `g`, and the decay comes as a second step.
# </details>
#
# <details><summary>My result agrees with the check but for one case</summary>
#
# Where the decay is larger than the gradient and against it, the sign of the sum is that of the decay. Did you take the sign of `g` for both?
# </details>
#
# <details><summary>My result for AdamW is off by a hair</summary>
#
# The decay is that of the weight *before* the step: `lr * decay * p`.
# </details>


# %% exercise="ch09.one_step"
def one_step(p, g, lr, decay):
    """The weights after the first step of Adam with L2 and of AdamW, with eps = 0.

    p, g (N,): weights and their gradients; lr, decay: numbers; neither g nor g + decay·p holds a 0
    -> with_l2, decoupled: two arrays (N,).
    """
    ### BEGIN SOLUTION
    with_l2 = p - lr * np.sign(g + decay * p)
    decoupled = p - lr * np.sign(g) - lr * decay * p
    return with_l2, decoupled
    ### END SOLUTION


# %% check="ch09.one_step" points=4
check("ch09.one_step", one_step)

# %% [markdown] exercise="ch09.adamw" minutes=6 difficulty=3
# ### Exercise: AdamW
# Write `update`. The class has an Adam of its own, `self.adam`, the one that you wrote above: it keeps $m$ and $v$ in the state and answers the new parameter. $\lambda$ is `self.weight_decay`.
#
# <details><summary>Hint 1</summary>
#
# Ask `self.adam.update(…)` with the gradient as it is. What is still missing in its answer?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Subtract `lr * self.weight_decay * p`, with the old `p`: Adam's `update` has left it alone.
# </details>
#
# <details><summary>My result is wrong though my Adam is right</summary>
#
# Did you call Adam's `update` twice? Each call is one step for the averages.
# </details>


# %% exercise="ch09.adamw"
class AdamW:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        self.weight_decay = weight_decay
        self.adam = Adam(beta1, beta2, eps)

    def init(self, p):
        """What Adam remembers about p: the decay has no memory of its own."""
        return self.adam.init(p)

    def update(self, p, g, state, lr, t):
        """Adam's new parameter, less lr·weight_decay·p, where p is the parameter before the step.

        p, g of one shape; state: what init returned, to be changed; lr: a number; t: 1 at first
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        stepped = self.adam.update(p, g, state, lr, t)
        return stepped - lr * self.weight_decay * p
        ### END SOLUTION


# %% check="ch09.adamw" points=3
check("ch09.adamw", AdamW)

# %% [markdown]
# **Remember.** A penalty in the loss goes through Adam's division and is lost there. Decoupled decay pulls all weights in proportion.

# %% [markdown]
# ## 9.11 Nadam: Adam that looks ahead
#
# **The question.** Nesterov made the ball brake sooner. Can Adam have that, too?
#
# **The picture.** The valley of 9.4, and both rules with the same rate.

# %% tags=["demo"]
swings = {}
for name in ("Adam", "Nadam"):
    swings[name] = path(getattr(optimizers, name)(0.3), valley, 60)[1:, 0]
beyond = {name: -w.min() / 2 for name, w in swings.items()}
for name, share in beyond.items():
    print(f"{name:5s} swings past the bottom by {share:.0%} of the distance it started from")
assert beyond["Nadam"] < 0.5 * beyond["Adam"]
figures.optimizers.curves({"": swings}, "weight")

# %% [markdown]
# **The mathematics.** Timothy Dozat (2016). Adam steps with $m$, which is $\beta_1 m_{old} + (1-\beta_1)\,g$. Nesterov's trick is to put the new $m$ in place of the old one: step with $\beta_1 m + (1-\beta_1)\,g$. Each of the two terms is then corrected by what its shares sum to.
#
# Dozat adds one thing. In this mixture the momentum is not $\beta_1$ but $\mu_t$, which grows from about half of $\beta_1$ to $\beta_1$:
#
# $$\mu_t = \beta_1\left(1 - \tfrac12\cdot 0.96^{\,t\,\psi}\right), \qquad \psi = 0.004 .$$
#
# A power $\beta_1^t$ then becomes a product $\mu_1\mu_2\cdots\mu_t$. Let $\Pi$ be this product up to the present step. All together, with $m$, $v$ and $\hat v$ as in Adam (with $\beta_1$ and $\beta_2$):
#
# $$\hat m = \frac{\mu_{t+1}\, m}{1 - \Pi\,\mu_{t+1}} + \frac{(1 - \mu_t)\, g}{1 - \Pi}, \qquad p \leftarrow p - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon} .$$
#
# Some libraries keep $\mu = \beta_1$. We follow the paper and PyTorch. How slowly $\mu$ grows:

# %% tags=["demo"]
def momentum_of(t, beta1=0.9, psi=0.004):
    return beta1 * (1 - 0.5 * 0.96 ** (t * psi))


print("step ", "  ".join(f"{t}: {momentum_of(t):.3f}" for t in (1, 100, 1000, 10_000, 100_000)))
assert momentum_of(1) < 0.46 and momentum_of(1000) < 0.53 and momentum_of(100_000) > 0.899


# %% [markdown] exercise="ch09.nadam" minutes=14 difficulty=4
# ### Exercise: Nadam
# Write `update`. `init` and `mu(t)` are given. The state holds $m$, $v$ and `mu_product`, the product $\Pi$ of all $\mu$ so far, 1 before the first step. In step $t$ multiply it by $\mu_t$ first; then it is the $\Pi$ of the formula. ε stands outside the root.
#
# <details><summary>Hint 1</summary>
#
# `self.mu(t)` is the momentum of this step, `self.mu(t + 1)` that of the next one. Give them names.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $m$, $v$ and $\hat v$ are three lines of your Adam. New are the product and the two terms of $\hat m$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The first term looks one step ahead, so its correction contains $\mu_{t+1}$ as well. Keep only the product up to $\mu_t$ in the state.
# </details>
#
# <details><summary>My first step is inf or nan</summary>
#
# The product is 1 before the first step, and $1 - 1$ is 0. Multiply it by $\mu_t$ before you divide.
# </details>
#
# <details><summary>My result is right for the first step only</summary>
#
# Is the product kept in the state, and multiplied by exactly one new factor at each step? With a local variable it would start from 1 each time.
# </details>


# %% exercise="ch09.nadam"
class Nadam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=0.004):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.momentum_decay = momentum_decay

    def init(self, p):
        """What is kept of p before the first step: Adam's averages, and the product of all μ."""
        return {"m": np.zeros_like(p), "v": np.zeros_like(p), "mu_product": 1.0}

    def mu(self, t):
        """The momentum of step t, a number."""
        return self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def update(self, p, g, state, lr, t):
        """m, v and mu_product, kept in state; then down by lr·m̂/(√v̂ + eps), m̂ looking ahead.

        p, g of one shape; state: what init returned, to be changed; lr: a number; t: 1 at first
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        now, soon = self.mu(t), self.mu(t + 1)
        state["mu_product"] = state["mu_product"] * now
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        ahead = soon * state["m"] / (1 - state["mu_product"] * soon)
        m_hat = ahead + (1 - now) * g / (1 - state["mu_product"])
        v_hat = state["v"] / (1 - self.beta2**t)
        return p - lr * m_hat / (np.sqrt(v_hat) + self.eps)
        ### END SOLUTION


# %% check="ch09.nadam" points=5
check("ch09.nadam", Nadam)

# %% [markdown]
# **Remember.** Nadam is Adam whose newest gradient counts more. It brakes sooner.

# %% [markdown]
# ---
# # Part four: which one?
#
# ## 9.12 All eight on all five surfaces
#
# **The question.** Each rule was made against one difficulty. Is there one for all?
#
# To be fair, each rule gets the best of thirteen rates from 0.002 to 0.5 on each surface, and its usual betas. The best is the one whose last ten of a hundred steps are lowest.
#
# **The picture.** All start at the same place. The steps are shown faster and faster.

# %% tags=["demo"]
def at_best_rate(name, surface, steps=100):
    """The path with the best of the rates, and that rate."""
    best = (np.inf, None, None)
    with np.errstate(all="ignore"):
        for lr in np.geomspace(0.002, 0.5, 13):
            visited = path(getattr(optimizers, name)(lr), surface, steps)
            height = surface.value(visited[-10:]).mean()
            if height < best[0]:
                best = (height, visited, lr)
    return best[1], best[2]


tracks = {
    name: {rule: at_best_rate(rule, surface)[0] for rule in RULES}
    for name, surface in SURFACES.items()
}
figures.optimizers.contest(tracks)

# %% tags=["demo"]
def height_at_end(surface, visited):
    return float(surface.value(visited[-10:]).mean()) - surface.depth


ends = {
    surface: {name: height_at_end(SURFACES[surface], visited) for name, visited in each.items()}
    for surface, each in tracks.items()
}
print(f"{'mean of the last 10':20s}" + "".join(f"{surface:>13s}" for surface in SURFACES))
for name in RULES:
    print(f"{name:20s}" + "".join(f"{max(each[name], 1e-16):13.0e}" for each in ends.values()))
assert ends["ravine"]["SGD"] > 100 * ends["ravine"]["RMSprop"]  # the adaptive rules see no ravine …
assert max(ends["bowl"]["SGD"], ends["plateau"]["SGD"]) < 1e-10  # … and elsewhere SGD needs no help
assert ends["many minima"]["SGD"] > 0.1 > ends["many minima"]["Momentum"]
for lr in (0.03, 0.2):
    flat, rules = SURFACES["plateau"], (optimizers.SGD(lr), optimizers.RMSprop(lr))
    far = [float(flat.value(path(rule, flat, 100)[-1])) for rule in rules]
    print(f"plateau, rate {lr}: height after 100 steps SGD {far[0]:.3f}, RMSprop {far[1]:.3f}")
    assert far[1] < 0.1 and (far[0] > 0.9) == (lr == 0.03)

# %% [markdown]
# Read the table by column. In the bowl, at the saddle and on the plateau, plain gradient descent with a good rate is as deep as any. On the plateau this rate has to be large: with 0.03 it is still out there after a hundred steps, while RMSprop does not care how flat it is. The ravine is where the adaptive rules shine, because it lies along the axes. Momentum and Adam are still swinging after a hundred steps: their usual $\beta = 0.9$ is made for long and noisy runs. Among the many minima most rules are caught.
#
# **Do memories help out of hollows?** D4 says that momentum helps to overcome local minima. 400 starts all over the map, and for each rule the same falling rate from 0.1 to 0. Which share ends in the lowest of the hollows?

# %% tags=["demo"]
starts = np.random.default_rng(0).uniform(-2.4, 2.4, (400, 2))
home = {}
for name in RULES:
    rule, p = getattr(optimizers, name)(0.1), starts.copy()
    state = rule.init(p)
    for t in range(1, 301):
        p = rule.update(p, SURFACES["many minima"].gradient(p), state, 0.1 * (1 - (t - 1) / 300), t)
    home[name] = float(np.mean(np.linalg.norm(p, axis=1) < 0.5))
    print(f"{name:8s} {home[name]:4.0%} end in the lowest hollow")
assert home["Momentum"] > 1.5 * home["SGD"]
np.testing.assert_allclose([home["Adam"], home["AdaGrad"]], home["SGD"], atol=0.05)

# %% [markdown]
# At this rate momentum reaches it more than twice as often as SGD: a ball with speed rolls through a shallow hollow. It is a matter of speed: Adam's momentum has none to spare, since its steps are no longer than the rate.
#
# **Remember.** The order depends on the surface and on the rate. There is no winner on all five.

# %% [markdown]
# ## 9.13 Speed and quality: a table, put to the test
#
# **The question.** D1 closes its optimizers with this table. Does it hold?
#
# | D1 | convergence speed | convergence quality | comment |
# |---|---|---|---|
# | SGD | slow | excellent | the rate needs to be tuned carefully |
# | SGD with momentum, with Nesterov | average | excellent | better than SGD |
# | AdaGrad | fast | poor | do not use |
# | RMSprop | fast | good to excellent | very good |
# | Adam | fast | good to excellent | should be the default |
# | Nadam | fast | good to excellent | more expensive than Adam |
# | AdamW | fast | good to excellent | effective against overfitting |
#
# A table of words needs an experiment before it can be right or wrong. Ours: the handwritten digits of scikit-learn, a network of 64, 32 and 10 units, mini-batches of 48, six epochs. Each rule tries four or five rates with one seed and keeps the one with the lowest validation loss, mean of the last three epochs. Then it runs with four *other* seeds. We do this twice: with the pixels as they are, and with each pixel multiplied by a number of its own between 1/10 and 10, as data look that nobody has scaled.

# %% tags=["demo"]
from sklearn.datasets import load_digits

from course_lib import activations, layers, losses, metrics, training

pixels, labels = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(pixels))
pixels, labels = pixels[order] / 16, labels[order]
stretch = np.exp(np.random.default_rng(1).uniform(-np.log(10), np.log(10), 64))
TASKS = {"pixels as they are": pixels, "badly scaled": pixels * stretch}


def learn(name, lr, x, seed):
    """Six epochs on the digits: 1200 to learn from, 597 to validate with -> the history."""
    rng = np.random.default_rng(seed)
    hidden, output = layers.Dense(64, 32, rng), layers.Dense(32, 10, rng)
    model = layers.Sequential(hidden, activations.ReLU(), output)
    return training.fit(
        model, losses.CrossEntropy(), getattr(optimizers, name)(lr), x[:1200], labels[:1200],
        epochs=6, batch_size=48, validation=(x[1200:], labels[1200:]),
        metrics={"accuracy": metrics.accuracy}, rng=rng,
    )


GRIDS = {
    "SGD": (0.03, 0.1, 0.3, 0.6, 1.2),
    "Momentum": (0.01, 0.03, 0.1, 0.3),
    "Nesterov": (0.01, 0.03, 0.1, 0.3, 1.0),
    "AdaGrad": (0.03, 0.1, 0.3, 1.0),
    "RMSprop": (0.003, 0.01, 0.03, 0.1),
    "Adam": (0.003, 0.01, 0.03, 0.1),
    "Nadam": (0.003, 0.01, 0.03, 0.1),
    "AdamW": (0.003, 0.01, 0.03, 0.1),
}
searched = {}
for task, x in TASKS.items():
    for name, rates in GRIDS.items():
        tries = [learn(name, lr, x, seed=100)["validation_loss"][-3:] for lr in rates]
        searched.setdefault(task, {})[name] = np.array(rates), np.mean(tries, axis=1)
        assert searched[task][name][1].argmin() not in (0, len(rates) - 1)  # a wall on both sides
figures.optimizers.tuning(searched, "validation loss")

# %% [markdown]
# Every curve has the same form: too low, right, too high. So *every* rule needs its rate to be tuned, not SGD alone. And see where the valleys stand: in the left picture a rate of 0.1 is low for SGD and too high for Adam.

# %% tags=["demo"]
import time

best = {
    task: {name: rates[loss.argmin()] for name, (rates, loss) in runs.items()}
    for task, runs in searched.items()
}
measured, seconds = {}, {}
for task, x in TASKS.items():
    for name in RULES:
        began = time.perf_counter()
        runs = [learn(name, best[task][name], x, seed) for seed in range(4)]
        seconds[name] = seconds.get(name, 0) + time.perf_counter() - began
        early = [run["validation_loss"][1] for run in runs]  # after two epochs
        late = [100 * run["validation_accuracy"][-1] for run in runs]
        measured.setdefault(task, {})[name] = np.array([early, late])
for task, runs in measured.items():
    print(f"{task:20s} rate   loss after 2 epochs   accuracy after 6 epochs")
    for name, (early, late) in runs.items():
        print(f"  {name:16s} {best[task][name]:6g}", end="   ")
        print(f"{early.mean():5.2f} ± {early.std():.2f}", end="          ")
        print(f"{late.mean():5.1f} ± {late.std():.1f} %")
figures.optimizers.quality(measured, ("loss after 2 epochs", "accuracy after 6 epochs, percent"))

# %% [markdown]
# Now the words of the table, one by one, as assertions:

# %% tags=["demo"]
speed = {task: {n: runs[n][0].mean() for n in RULES} for task, runs in measured.items()}
good = {task: {n: runs[n][1].mean() for n in RULES} for task, runs in measured.items()}
plain, scaled = TASKS
# "SGD is slow": on badly scaled data, yes; on data as they are it is near AdaGrad, which is "fast"
assert speed[scaled]["SGD"] > 1.5 * speed[scaled]["Adam"]
assert speed[plain]["SGD"] < 1.7 * speed[plain]["AdaGrad"]
# "Nesterov is better than SGD": on both
assert all(speed[task]["Nesterov"] < speed[task]["SGD"] for task in TASKS)
# "the quality of SGD is excellent, that of AdaGrad poor": no such order on one task,
# the reverse on the other
assert max(good[plain].values()) - min(good[plain].values()) < 4
assert good[scaled]["AdaGrad"] > good[scaled]["SGD"] + 2
# "Adam should be the default": it is never far from the fastest
assert all(speed[task]["Adam"] < 2 * min(speed[task].values()) for task in TASKS)
print("seconds for eight runs each:")
print(", ".join(f"{name} {s:.1f}" for name, s in seconds.items()))

# %% [markdown]
# | the table says | measured here |
# |---|---|
# | SGD is slow | on badly scaled data, yes. On the pixels as they are it is only a little slower than AdaGrad and RMSprop, at a rate of 0.6 |
# | its quality is excellent | within the spread of the others on the pixels as they are; the worst on badly scaled data, where six epochs are too few for it |
# | with momentum, with Nesterov: average speed, better than SGD | better than SGD, yes; but Nesterov is as fast as Adam on the pixels as they are. Plain momentum lies between it and SGD |
# | AdaGrad: fast, poor, do not use | on a par with RMSprop in speed, and not poor: within the spread on one task, far above SGD on the other |
# | RMSprop, Adam, Nadam, AdamW: fast, good to excellent | yes, on both tasks |
# | SGD's rate must be tuned carefully | so must every rule's: all valleys have two walls |
# | Adam should be the default | it is never far from the fastest, scaled or not: a sound choice for a first run |
# | Nadam is more expensive | by a few operations in each step: see the seconds here and in 9.15 |
# | AdamW is effective against overfitting | cannot be seen here: with λ = 0.01 it is Adam within the spread |
#
# And look at the dots. On the pixels as they are, the four seeds of one rule lie about as far apart as the means of different rules. A table of means alone would have an order, and it would say nothing. Even the best rate is a matter of luck: where the bottom of a valley is wide, other seeds choose the rate beside it.
#
# Two warnings. This is one small network. On large language models Adam is far ahead of SGD; on image networks a tuned SGD with momentum is often the better one (Wilson and others, 2017). And we could have spared ourselves the second task by *scaling the data*. That is cheaper than any optimizer.
#
# **Remember.** Compare rules at their own best rates, with several seeds, and look at the spread before you look at the order.

# %% [markdown]
# ## 9.14 Noise, batches, and three kinds of methods
#
# **The question.** SGD is called stochastic because each gradient comes from a mini-batch. Is its noise only a nuisance?
#
# D1 lists, under batch size, that "larger batch sizes can help the model escape from local minima". A double well, 500 runs in its shallow half, and the noise of one example divided by the root of the batch:

# %% tags=["demo"]
seen = erratum["batch_size"].show()
for batch, share in seen.items():
    print(f"{batch}: {share:.0%} of the runs leave the shallow well")
assert seen["batch of 8"] > 0.5 and seen["batch of 512"] < 0.05

# %% [markdown]
# It is the other way round. The mean over a large batch is nearly the true gradient, and the true gradient in a hollow points to its bottom. It is the noise of *small* batches that throws a run out. (Whether that is good depends on the hollow.)
#
# D2 names momentum, AdaGrad, RMSprop and Adam as methods for a learning rate that decreases. They are three different things. A schedule changes the length of the step, momentum its direction, and an adaptive method the step of each weight by itself:

# %% tags=["demo"]
for what, value in erratum["learning_rate_methods"].show().items():
    print(f"{what:28s} {value:.2f}")
kinds = erratum["learning_rate_methods"].show()
assert kinds["schedule, degrees"] < 1e-3 < 10 < kinds["momentum, degrees"]
assert kinds["RMSprop, rate of weight 2"] > 5 * kinds["RMSprop, rate of weight 1"]

# %% [markdown]
# **Remember.** Schedule: how far. Momentum: which way. Adaptive methods: how far for each weight. They can be combined, and usually are.

# %% [markdown]
# ## 9.15 The same in PyTorch
#
# The twins in `optimizers_torch` are real PyTorch optimizers, in place, for many parameters at once. Beside them PyTorch's own: fifty steps on one layer of 256 by 128 weights, the same gradients for all three.

# %% tags=["demo"]
import torch

from course_lib import optimizers_torch

device = "cuda" if torch.cuda.is_available() else "cpu"
OWN = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.01),
    "Momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "Nesterov": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True),
    "AdaGrad": lambda p: torch.optim.Adagrad(p, lr=0.01),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "Nadam": lambda p: torch.optim.NAdam(p, lr=0.01),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=0.01),
}
start = np.random.default_rng(0).normal(size=(256, 128))
gradients = np.random.default_rng(1).normal(size=(50, 256, 128))


def in_numpy(name):
    rule, params = getattr(optimizers, name)(0.01), {"weight": start.copy()}
    began = time.perf_counter()
    for g in gradients:
        rule.step(params, {"weight": g})
    return params["weight"], 1e3 * (time.perf_counter() - began)


def in_torch(make):
    weight = torch.nn.Parameter(torch.tensor(start, device=device))
    given, rule = torch.tensor(gradients, device=device), make([weight])
    began = time.perf_counter()
    for g in given:
        weight.grad = g
        rule.step()
    told = weight.detach().cpu().numpy()  # this also waits for a GPU to be ready
    return told, 1e3 * (time.perf_counter() - began)


in_torch(OWN["Adam"])  # the first step of a process loads what the later ones use
print(f"{'':10s} largest difference      milliseconds for 50 steps ({device})")
print(f"{'':10s}   twin    PyTorch       NumPy    twin  PyTorch")
for name, own in OWN.items():
    here, ms = in_numpy(name)
    twin, twin_ms = in_torch(lambda p, name=name: getattr(optimizers_torch, name)(p, lr=0.01))
    theirs, their_ms = in_torch(own)
    off, their_off = np.abs(here - twin).max(), np.abs(here - theirs).max()
    print(f"{name:10s} {off:.0e}   {their_off:.0e}  {ms:10.1f} {twin_ms:7.1f} {their_ms:7.1f}")
    assert off < 1e-9 and their_off < (1e-5 if name == "Nadam" else 1e-9)
if device == "cpu":
    print("no GPU here: the CPU only")

# %% [markdown]
# PyTorch's NAdam keeps its product of momenta in single precision, and so it agrees to fewer digits. Names differ: RMSprop's $\beta$ is called `alpha` there and is 0.99 by default, and AdaGrad is `Adagrad`.
#
# **Remember.** Our conventions are PyTorch's, but for two defaults: RMSprop's $\beta$ is 0.9 here and 0.99 there; `NAdam` and `Adagrad` are spelled otherwise.

# %% [markdown]
# ## 9.16 Play
#
# Choose a surface and a rule. The memory is $\beta$, the momentum or $\beta_1$; SGD and AdaGrad have none to set.

# %% tags=["demo"]
figures.optimizers.explorer()

# %% [markdown]
# - In the ravine, find the highest rate at which SGD does not explode. Compare with 2/40. Then do the same for Momentum with a memory of 0.9.
# - On the plateau, which rules arrive with a rate of 0.1, and why those?
# - Set Adam's memory to 0. Which rule is it now, nearly? What is the difference at the first step?
# - In the many minima, find a rule and a rate that end in the middle. Change the rate a little. Was it skill or luck?

# %% [markdown]
# ## 9.17 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | AdaGrad: $\dots \odot \sqrt{s_n + \varepsilon}$, a product | a quotient: $\dots \oslash \sqrt{s_n + \varepsilon}$ | 9.5 |
# | D1 | Adam: $z_n = \beta_z z_{n-1} - (1-\beta_z)\,g$, and $-\eta\,\hat z$ | plus in the average: the two minus signs go uphill | 9.8 |
# | D1 | Adam: $\hat z \otimes \sqrt{\hat s} + \varepsilon$, a product, and ε added to the weights | divided by $(\sqrt{\hat s} + \varepsilon)$ | 9.8 |
# | D1 | AdamW: weight decay is added to the loss | to the update: in the loss Adam would divide it away | 9.10 |
# | D1 | speed and quality: SGD slow, AdaGrad fast and poor | not on scaled data, and not at tuned rates | 9.13 |
# | D1 | large batches help to escape from local minima | small ones do, by their noise | 9.14 |
# | D2 | momentum, AdaGrad, RMSprop, Adam as methods for a decreasing rate | direction, each weight's step, and the rate are three things | 9.14 |

# %% tags=["demo"]
for row in ERRATA:
    if row.chapter == 9:
        print(row.document, row.name)
        for name, value in row.show().items():
            print(f"    {name:28s} {value:.3g}")
assert sum(row.chapter == 9 for row in ERRATA) >= 4

# %% [markdown]
# ## 9.18 The chapter on one screen
#
# | rule | memory | step (times $-\eta$) | first step |
# |---|---|---|---|
# | SGD | none | $g$ | $\eta\lvert g\rvert$ |
# | Momentum | $v \leftarrow \beta v + g$ | $v$ | $\eta\lvert g\rvert$ |
# | Nesterov | the same | $g + \beta v$ | $(1+\beta)\,\eta\lvert g\rvert$ |
# | AdaGrad | $s \leftarrow s + g^2$ | $g/(\sqrt s + \varepsilon)$ | $\eta$ |
# | RMSprop | $s \leftarrow \beta s + (1-\beta)g^2$ | $g/(\sqrt s + \varepsilon)$ | $\eta/\sqrt{1-\beta}$ |
# | Adam | $m \leftarrow \beta_1 m + (1-\beta_1)g$, $v \leftarrow \beta_2 v + (1-\beta_2)g^2$ | $\hat m/(\sqrt{\hat v} + \varepsilon)$ | $\eta$ |
# | AdamW | as Adam | Adam's, and $\lambda p$ | $\eta$, and $\eta\lambda\lvert p\rvert$ |
# | Nadam | as Adam, and $\mu_1\cdots\mu_t$ | Adam's with a look ahead | near $\eta$ |
#
# - The steepest direction limits the rate ($2/h$), the flattest one sets the time.
# - Momentum multiplies steady gradients by $1/(1-\beta)$.
# - Adaptive rules divide by what is usual for each weight: rare features, bad scales.
# - They do so along the axes only: a turned ravine stays one.
# - An average that starts at 0 is too small by $1 - \beta^t$.
# - L2 goes through Adam's division, decoupled decay does not.
# - Tune the rate of each rule, use seeds, look at the spread.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. In a ravine, what sets the highest rate of gradient descent, and what the number of steps?</summary>
#
# The steepest curvature sets the highest rate, $2/h$. The flattest one sets the number of steps. Their ratio is the condition number.
# </details>
#
# <details><summary>2. Gradients are all 1 and β is 0.9. Where do Momentum's velocity and Adam's m end?</summary>
#
# The velocity is a sum and ends at 10. Adam's $m$ is an average and ends at 1.
# </details>
#
# <details><summary>3. Why does AdaGrad help with rare features, and why may it stop too soon?</summary>
#
# Rare features have a small sum of squares, so their steps are long. The sum never shrinks, so all steps become shorter and shorter.
# </details>
#
# <details><summary>4. What would the first step of Adam be without the bias correction?</summary>
#
# $(1-\beta_1)/\sqrt{1-\beta_2}$ times the rate: 3.16 times with the usual betas, and nearly 7 times some steps later.
# </details>
#
# <details><summary>5. What does Adam do to an L2 penalty, and what does AdamW do instead?</summary>
#
# Adam divides the penalty's gradient by $\sqrt{\hat v}$ with all the rest, so weights with large gradients hardly decay. AdamW takes $\eta\lambda p$ off beside Adam's step.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My loss becomes nan or grows from the first step on</summary>
#
# The rate is above what the steepest direction bears. Divide it by ten. If you have just changed from Adam to SGD or back: rates do not carry over. If you have just switched on Nesterov: its limit is lower than that of plain momentum.
# </details>
#
# <details><summary>My loss falls, and then swings up and down in a slow wave</summary>
#
# The momentum is too high for so short a run. A memory of $\beta$ swings for some multiple of $1/(1-\beta)$ steps. Lower β, or take Nesterov's form.
# </details>
#
# <details><summary>My loss with Adam stops falling and trembles</summary>
#
# Adam's steps do not shrink with the gradient. They need a rate that falls: chapter 10.
# </details>
#
# <details><summary>My weight decay seems to do nothing</summary>
#
# Is it a penalty in the loss, under Adam? Adam divides it away. Use AdamW, and expect the values of λ to be different: 0.01 and more.
# </details>
#
# <details><summary>My run is worse after I loaded a saved model</summary>
#
# The state belongs to the run: velocities, averages, and the number of the step. Save and load it together with the weights.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Boris Polyak, 1964, *Some Methods of Speeding Up the Convergence of Iteration Methods* (the heavy ball).
# - Yurii Nesterov, 1983, *A Method of Solving a Convex Programming Problem with Convergence Rate O(1/k²)*.
# - John Duchi, Elad Hazan and Yoram Singer, 2011, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*.
# - Ilya Sutskever and others, 2013, *On the Importance of Initialization and Momentum in Deep Learning*.
# - Yann Dauphin and others, 2014, *Identifying and Attacking the Saddle Point Problem in High-Dimensional Non-Convex Optimization*.
# - Diederik Kingma and Jimmy Ba, 2015, *Adam: A Method for Stochastic Optimization*.
# - Timothy Dozat, 2016, *Incorporating Nesterov Momentum into Adam*.
# - Ashia Wilson and others, 2017, *The Marginal Value of Adaptive Gradient Methods in Machine Learning*.
# - Ilya Loshchilov and Frank Hutter, 2019, *Decoupled Weight Decay Regularization*.
