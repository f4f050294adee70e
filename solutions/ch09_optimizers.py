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
# starts with one line of code and mends it eight times. Each new rule has the one before it as its reason.
#
# **After this chapter you can**
#
# - write eight optimizers in NumPy, from gradient descent to AdamW and Nadam, each in two to six lines;
# - say what each line is for, and show a loss surface on which it matters;
# - predict the size of the first step of a rule without running it;
# - explain bias correction and decoupled weight decay with numbers;
# - compare optimizers fairly: each at its own best rate, with several seeds.
#
# **You need** NumPy arrays, gradients as in chapter 6, and a little patience with subscripts.
#
# **Time** about three and a half hours: 95 minutes for the eleven exercises (42 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The course follows five texts. Here we need three of them: the lecture slides *Deep Learning Basics* (D1), a chapter on
# the fundamentals of deep learning (D2), and an article on the building blocks in PyTorch (D4). Where one of them is wrong
# as printed in our copy, a cell shows it; section 9.15 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import figures, optimizers
from course_lib.figures.optimizers import SURFACES, path

# %% [markdown]
# ## 9.1 What does a loss look like from above?
#
# **The question.** A network has millions of weights, and its loss is a surface over all of them. Nobody can draw that. What can go wrong on the way down?
#
# **The picture.** Five losses over only two weights. Each has one difficulty that real losses have in millions of directions at once. Dark is low, a star marks the lowest
# point, the small circle is where we will start.

# %% tags=["demo"]
for surface in SURFACES.values():  # the slopes that the optimizers will be given are those of the surfaces
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
# A function is convex if the line between any two of its points never runs below it. Then there is one lowest place, and gradient descent finds it (with a rate that is small enough). D4 says so, and
# adds that losses of networks are not of this kind. In many dimensions saddles are far more common than bad minima (Dauphin and others, 2014).
#
# **Remember.** A loss can be steep, flat, bent both ways, or full of hollows. Each optimizer in this chapter was made against one of these.

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
# $\eta$ is the learning rate, `lr` in code. If the gradient comes from a random part of the examples, a mini-batch, the rule is called **stochastic** gradient descent, SGD. The rule is the same; what is stochastic is $g$.
#
# **The picture.** The ravine. Its curvature is 40 across and 1 along.

# %% tags=["demo"]
rates = {f"rate {lr:g}": path(optimizers.SGD(lr), SURFACES["ravine"], 60) for lr in (0.01, 0.04, 0.049)}
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
    print(f"curvatures 1 and {h:3g}: {needed[h]:3d} steps until weight 1 is a hundredth of what it was")
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
    np.testing.assert_allclose(abs(reached), 1 / (1 - 0.9) if name == "steady" else 1 / (1 + 0.9), rtol=0.01)

# %% [markdown]
# **Where is the rate?** D1 prints $z \leftarrow \beta z - \eta g$ and $p \leftarrow p + z$: the rate is inside the memory. We keep it outside, as PyTorch does. While the rate stays the same, both take the same steps. When a schedule lowers it, ours obeys at once; the other one keeps rolling at the old speed:


# %% tags=["demo"]
def after(rate_inside, rates, momentum=0.9):
    """The places of a weight that is pushed by a gradient of 1 at every step, with one form or the other."""
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
        """What the rule remembers about p before the first step: a dict with a velocity of zeros like p."""
        ### BEGIN SOLUTION
        return {"velocity": np.zeros_like(p)}
        ### END SOLUTION

    def update(self, p, g, state, lr, t):
        """velocity ← momentum·velocity + g, kept in state; then a step of lr·velocity downhill.

        p, g of one shape; state: what init returned, to be changed; lr: a number, maybe another one at each step
        -> the new parameter, in the shape of p.
        """
        ### BEGIN SOLUTION
        state["velocity"] = self.momentum * state["velocity"] + g
        return p - lr * state["velocity"]
        ### END SOLUTION


# %% check="ch09.momentum" points=4
check("ch09.momentum", Momentum)
