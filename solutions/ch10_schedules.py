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
# # Chapter 10 · Learning rates and schedules
#
# The gradient says which way. The learning rate says how far. No other number of a training run matters as much, and
# no single value of it is right from the first step to the last. A schedule is a plan: a rate for each step.
#
# **After this chapter you can**
#
# - say from one curve whether a rate is too high, too low, or right but kept for too long;
# - write nine schedules, from the staircase to one cycle, and compose new ones out of them;
# - write a schedule that listens to the validation loss;
# - find the highest useful rate with a range test of a few hundred steps;
# - check that what was planned is what the optimizer applied.
#
# **You need** functions that return functions, the gradient step of chapter 9, and momentum.
#
# **Time** about three and a half hours: 97 minutes for the eleven exercises (41 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like.
#
# The chapter follows the lecture slides *Deep Learning Basics* (D1). Where they are wrong as printed in our copy, a cell
# shows it; section 10.14 collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses, metrics, optimizers, schedules, training

# %% [markdown]
# ## 10.1 How long may a step be?
#
# **The question.** The same valley, the same start, the same rule $w \leftarrow w - \eta\, L'(w)$. Only the rate $\eta$ differs. What happens?
#
# **The picture.**

# %% tags=["demo"]
def valley(w):
    return w**2 / 2


def roll(lr, start=-2.2, steps=12):
    """The places that gradient descent visits in the valley, whose slope at w is w."""
    places = [start]
    for _ in range(steps):
        places.append(places[-1] - lr * places[-1])
    return np.array(places)


paths = {f"rate {lr:g}": roll(lr) for lr in (0.05, 0.5, 1.9, 2.1)}
assert abs(paths["rate 0.05"][-1]) > 1  # far too slow
assert abs(paths["rate 0.5"][-1]) < 0.001
assert abs(paths["rate 2.1"][-1]) > abs(paths["rate 2.1"][0])  # away from the bottom
figures.schedules.descents(paths, valley)

# %% [markdown]
# **The mathematics.** In a valley $L = \tfrac12 h w^2$ of curvature $h$ the slope is $hw$, so one step is
#
# $$w \leftarrow w - \eta h w = (1 - \eta h)\, w .$$
#
# Each step multiplies by the same number, $1 - \eta h$. Its size must be below 1: $0 < \eta < 2/h$.
#
# | rate | factor $1 - \eta h$ | what you see |
# |---|---|---|
# | far below $1/h$ | a little below 1 | steady, and slow |
# | near $1/h$ | near 0 | there in a few steps |
# | between $1/h$ and $2/h$ | negative | from one wall to the other, but inwards |
# | above $2/h$ | below $-1$ | outwards: the loss explodes |
#
# A network has many directions with many curvatures. The steepest one sets the limit $2/h$. The flattest one sets how long it takes.
#
# **The code.** And now with noise. Mini-batches make each gradient a little wrong. Then a constant rate does not reach the bottom: it hovers, and the height at which it hovers grows with the rate.

# %% tags=["demo"]
def noisy(schedule, steps=400, runs=2000, noise=1.0, seed=0):
    """The mean of w² over many runs in the valley, after each step; the gradients are off by `noise`."""
    rng = np.random.default_rng(seed)
    w, seen = np.full(runs, 20.0), []
    for t in range(steps):
        w = w - schedule(t) * (w + noise * rng.normal(size=runs))
        seen.append(np.mean(w**2))
    return np.array(seen)


plans = {
    "0.5, constant": schedules.constant(0.5),
    "0.02, constant": schedules.constant(0.02),
    "0.5, falling": schedules.power(0.5, 1.0, decay_steps=4),
}
hovering = {name: noisy(plan) for name, plan in plans.items()}
floors = {f"{lr}, constant": lr / (2 - lr) for lr in (0.5, 0.02)}

np.testing.assert_allclose(hovering["0.5, constant"][100:].mean(), floors["0.5, constant"], rtol=0.05)
np.testing.assert_allclose(hovering["0.02, constant"][-50:].mean(), floors["0.02, constant"], rtol=0.1)
assert hovering["0.5, falling"][-1] < 0.5 * hovering["0.02, constant"][-1]  # deeper than the small rate
assert hovering["0.5, falling"][20] < 0.01 * hovering["0.02, constant"][20]  # and sooner there
figures.schedules.noisy_runs(hovering, floors)

# %% [markdown]
# The dotted lines are theory. Where the noise has spread $\sigma$, what one step adds and what it takes away are in balance at
#
# $$\overline{w^2} = \frac{\eta\,\sigma^2}{h\,(2 - \eta h)} .$$
#
# So a large rate gets there soon and stays high. A small one gets there late and deep. A rate that starts large and falls does both. That is the case for schedules, in one picture.
#
# D1 adds that a rate that is too low may get stuck in a local minimum. That is true as well, and section 10.7 measures it.
#
# **Remember.** Above $2/h$ it explodes. Below, a rate is a trade: speed at first, depth at last.

# %% [markdown]
# ## 10.2 A staircase: the piecewise constant rate
#
# **The question.** The simplest plan: a large rate, and a tenth of it for the end. How do we write down a plan?
#
# **The picture.** In this course a schedule is a function from a step to a rate. Steps count from 0.

# %% tags=["demo"]
staircase = schedules.piecewise_constant(0.4, [20, 35], [0.5, 0.1])
print([staircase(step) for step in (0, 19, 20, 34, 35, 50)])
np.testing.assert_allclose([staircase(19), staircase(20), staircase(35)], [0.4, 0.2, 0.02])
figures.schedules.rates({"constant": schedules.constant(0.4), "staircase": staircase}, 51, points=True)

# %% [markdown]
# **The mathematics.** Write $\eta_t$ for the rate at step $t$ and $\eta_0$ for the first one, `lr` in the code. The plan is a list of steps $s_i$ and, beside each, a factor $f_i$. From that step on the rate is multiplied by it:
#
# $$\eta_t = \eta_0 \prod_{i:\ s_i \le t} f_i .$$
#
# **The code.** A function that makes a schedule takes the numbers of the plan and returns a function of the step. The inner function remembers the numbers: that is called a closure.

# %% tags=["demo"]
def shrinking(lr, by):
    """An example of a maker: the rate shrinks by the same amount at every step, and never below 0."""

    def plan(t):
        return max(lr - by * t, 0.0)

    return plan


plan = shrinking(0.5, 0.1)
print([round(plan(t), 2) for t in range(7)])
assert plan(2) == 0.3 and plan(6) == 0.0


# %% [markdown] exercise="ch10.piecewise_constant" minutes=7 difficulty=1
# ### Exercise: the staircase
# Write `piecewise_constant(lr, steps, factors)`. It returns a function of the step.
#
# Before the first of the `steps` the rate is `lr`. At each of them, and from then on, it is multiplied by the factor beside it. One factor comes on top of the other: after two of them the rate is `lr · factors[0] · factors[1]`.
#
# <details><summary>Hint 1</summary>
#
# Start with the rate `lr`. Walk through steps and factors together (`zip`). Which of them have been reached at step t?
# </details>
#
# <details><summary>Hint 2</summary>
#
# "At this step, and from then on" is `step >= s`, with the equals sign.
# </details>
#
# <details><summary>My result is a number, and the check wants a function</summary>
#
# `piecewise_constant(0.4, [20], [0.5])` is called once, before training. It returns a function, and that one is called at each step. Write a `def` inside your `def`, and return its name without parentheses.
# </details>
#
# <details><summary>My rate is right at first and wrong the second time I ask</summary>
#
# The inner function must not change what it remembers. Give it a rate of its own: a new local name that starts as `lr` each time it is asked.
# </details>

# %% exercise="ch10.piecewise_constant"
def piecewise_constant(lr, steps, factors):
    """lr, from each of the steps on multiplied by the factor beside it.

    lr a number; steps: growing whole numbers; factors: as many numbers
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        rate = lr
        for start, factor in zip(steps, factors):
            if step >= start:
                rate = rate * factor
        return rate

    return schedule
    ### END SOLUTION


# %% check="ch10.piecewise_constant" points=3
check("ch10.piecewise_constant", piecewise_constant)

# %% [markdown]
# **Remember.** A schedule is a function of the step. A step at which something changes belongs to what comes after it.

# %% [markdown]
# ## 10.3 Exponential decay: the same factor, again and again
#
# **The question.** A staircase has one hard edge after another. What is the smooth curve through it?
#
# **The picture.** On a logarithmic axis it is a straight line.

# %% tags=["demo"]
smooth = schedules.exponential(0.4, 0.5, 10)
stairs = schedules.piecewise_constant(0.4, [10, 20, 30, 40, 50], [0.5] * 5)
np.testing.assert_allclose([smooth(t) for t in (0, 10, 20, 50)], [stairs(t) for t in (0, 10, 20, 50)])
assert stairs(9) == 0.4 and smooth(9) < 0.22  # between the edges the smooth one is already lower
figures.schedules.rates({"exponential": smooth, "staircase": stairs}, 60, log=True)

# %% [markdown]
# **The mathematics.** With decay rate $\gamma$ below 1 and decay steps $s$,
#
# $$\eta_t = \eta_0\, \gamma^{t/s} .$$
#
# After $s$ steps the rate has become $\gamma$ times as large, after $2s$ steps $\gamma^2$ times. The exponent is a fraction, not rounded: there are no stairs.

# %% [markdown] exercise="ch10.exponential" minutes=5 difficulty=1
# ### Exercise: exponential decay
# Write `exponential(lr, gamma, decay_steps)` for the formula above. It returns a function of the step.
#
# <details><summary>Hint 1</summary>
#
# The inner function is one line. `**` binds more tightly than `*`, but also more tightly than `/`: put the exponent in parentheses.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Try it by hand: `lr = 0.4`, `gamma = 0.5`, `decay_steps = 10`. At step 10 the rate is 0.2. At step 5 it is $0.4/\sqrt2 \approx 0.283$.
# </details>
#
# <details><summary>My rate goes down in stairs</summary>
#
# `step // decay_steps` rounds down. Here the exponent is the fraction `step / decay_steps`.
# </details>

# %% exercise="ch10.exponential"
def exponential(lr, gamma, decay_steps):
    """lr·γ^(t/s) with s = decay_steps: every s steps the rate has become γ times as large, smoothly.

    lr, gamma (0 < gamma < 1), decay_steps: numbers
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        return lr * gamma ** (step / decay_steps)

    return schedule
    ### END SOLUTION


# %% check="ch10.exponential" points=2
check("ch10.exponential", exponential)

# %% [markdown]
# **Remember.** Equal factors in equal times: a straight line on a logarithmic axis.

# %% [markdown]
# ## 10.4 Power decay: never too tired to arrive
#
# **The question.** A run starts far from the bottom. Can a falling rate fall so fast that the run never arrives, however long you wait?
#
# **The picture.** A step is the rate times the slope. Where no slope is larger than some number, the sum of all rates times this number is the farthest that a run can travel. One of these sums stops growing.

# %% tags=["demo"]
fast = schedules.exponential(0.1, 0.5, 20)
slow = schedules.power(0.1, 1.0, 20)
far = np.arange(100_000)
print(f"sum of 100 000 rates: exponential {fast(far).sum():.2f}, power {slow(far).sum():.1f}")
np.testing.assert_allclose(fast(far).sum(), 0.1 / (1 - 0.5 ** (1 / 20)))  # a geometric series has an end
assert slow(far).sum() > slow(far[:50_000]).sum() + 1  # this one goes on
figures.schedules.weights_of_steps({"exponential": fast, "power": slow}, 600)

# %% [markdown]
# **The mathematics.** The inverse time decay and its power:
#
# $$\eta_t = \frac{\eta_0}{\left(1 + \gamma\, t/s\right)^p} .$$
#
# Robbins and Monro (1951) asked what a rate must do so that a noisy search surely arrives. Two things: the rates must add up to infinity (or it may stop too soon), and their squares must not (or the noise never dies). With $\tfrac12 < p \le 1$ the power decay does both. The exponential decay fails the first, the constant rate the second.
#
# **The code.** In a straight slope without end the step is the rate times a slope of 1. The exponential run stops short of a goal at 4, for ever.

# %% tags=["demo"]
goal = 4.0
arrived = {name: np.cumsum(plan(far)) for name, plan in {"exponential": fast, "power": slow}.items()}
for name, place in arrived.items():
    when = int(np.argmax(place >= goal))
    print(f"{name:12s}", f"arrives at step {when}" if when else f"stops at {place[-1]:.2f}, for ever")
assert arrived["exponential"].max() < goal < arrived["power"].max()
squares = {"power": np.sum(slow(far) ** 2), "constant": 0.1**2 * len(far)}
assert squares["power"] < 1 and squares["constant"] > 900  # of a constant 0.1


# %% [markdown] exercise="ch10.power" minutes=6 difficulty=2
# ### Exercise: power decay
# Write `power(lr, gamma, decay_steps, exponent)` for the formula above, with $p$ = `exponent`. It returns a function of the step.
#
# <details><summary>Hint 1</summary>
#
# The power belongs to the whole parenthesis, $(1 + \gamma t/s)^p$, and the rate is divided by it.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: `lr = 0.5`, `gamma = 1`, `decay_steps = 4`, `exponent = 2`. At step 4 the parenthesis is 2, its square 4, and the rate 0.125.
# </details>
#
# <details><summary>My first rate is not lr</summary>
#
# At step 0 the parenthesis is $1 + 0 = 1$, to any power. Did you lose the 1, or start to count at 1?
# </details>

# %% exercise="ch10.power"
def power(lr, gamma, decay_steps, exponent):
    """lr/(1 + γt/s)^p with s = decay_steps and p = exponent.

    lr, gamma, decay_steps, exponent: numbers above 0
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        return lr / (1 + gamma * step / decay_steps) ** exponent

    return schedule
    ### END SOLUTION


# %% check="ch10.power" points=3
check("ch10.power", power)

# %% [markdown]
# **Remember.** The sum of the rates is how far a run can go. An exponential decay has a horizon, a power decay has none.

# %% [markdown]
# ## 10.5 Polynomial decay: down to a given rate at a given step
#
# **The question.** You know that you will train for 100 steps and want to end at a rate of 0.01. Which curve gets there, and how bent should it be?
#
# **The picture.**

# %% tags=["demo"]
bends = {f"power {p:g}": schedules.polynomial(0.4, 100, 0.01, p) for p in (1.0, 2.0, 0.5)}
for name, bend in bends.items():
    print(f"{name}:", ", ".join(f"{bend(t):.3f} at step {t}" for t in (0, 50, 100, 150)))
    np.testing.assert_allclose([bend(0), bend(100), bend(150)], [0.4, 0.01, 0.01])
figures.schedules.rates(bends, 130)

# %% [markdown]
# **The mathematics.** From $\eta_0$ to the end rate $\eta_n$ in $s$ steps, with power $p$:
#
# $$\eta_t = (\eta_0 - \eta_n)\left(1 - \frac{t}{s}\right)^{p} + \eta_n, \qquad t \le s .$$
#
# With $p = 1$ it is a straight line. With $p = 2$ it falls early and lands softly; with $p = \tfrac12$ it stays high and drops at the end. After step $s$ the formula would climb again (even powers), sink below the end rate (odd powers), or have no value (fractions). So the rate stays at $\eta_n$.

# %% [markdown] exercise="ch10.polynomial" minutes=7 difficulty=2
# ### Exercise: polynomial decay
# Write `polynomial(lr, decay_steps, end_lr, exponent)`. It returns a function of the step. From step `decay_steps` on the rate is `end_lr`.
#
# <details><summary>Hint 1</summary>
#
# Use `min(step, decay_steps)` in place of the step. Then the parenthesis is 0 from the end on, and what is left is `end_lr`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The difference `lr - end_lr` is multiplied, and `end_lr` is added at the very end, outside the power.
# </details>
#
# <details><summary>My rate grows again after the end</summary>
#
# Beyond `decay_steps` the parenthesis is negative, and its square is positive again. Stop the step at `decay_steps`.
# </details>
#
# <details><summary>My result is a complex number or nan</summary>
#
# A negative number to the power ½ is not a real number. It is the same cause: the step went past `decay_steps`.
# </details>

# %% exercise="ch10.polynomial"
def polynomial(lr, decay_steps, end_lr, exponent):
    """(lr − end_lr)·(1 − t/s)^p + end_lr with s = decay_steps and p = exponent; end_lr from step s on.

    lr, decay_steps, end_lr, exponent: numbers -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        left = 1 - min(step, decay_steps) / decay_steps
        return (lr - end_lr) * left**exponent + end_lr

    return schedule
    ### END SOLUTION


# %% check="ch10.polynomial" points=3
check("ch10.polynomial", polynomial)

# %% [markdown]
# **Remember.** Polynomial decay knows its end: which step, and which rate. Say what happens afterwards.

# %% [markdown]
# ## 10.6 Cosine annealing: a soft start and a soft landing
#
# **The question.** A straight line has a corner where it ends. Half a wave of the cosine has none. What does that give?
#
# **The picture.**

# %% tags=["demo"]
wave = schedules.cosine_annealing(0.4, 100, 0.05)
figures.schedules.rates({"cosine": wave, "straight line": schedules.polynomial(0.4, 100, 0.02)}, 101)

# %% [markdown]
# **The mathematics.** $\cos$ goes from 1 to −1 while its angle goes from 0 to $\pi$. Add 1 and halve: from 1 to 0. With $\alpha$, the lowest rate as a *fraction* of the first one (Loshchilov and Hutter, 2017),
#
# $$\eta_t = \eta_0 \left( \frac{1 + \cos(\pi\, t/s)}{2}\,(1-\alpha) + \alpha \right) .$$
#
# It stays near the top for a while, falls fastest half-way, and lands with slope 0.
#
# **An error in print.** D1 calls $\alpha$ a fraction of the first rate and yet adds it outside, without $\eta_0$. Then the run does not start at $\eta_0$ and does not end at $\alpha\,\eta_0$:

# %% tags=["demo"]
def as_printed(t, lr=0.1, s=100, alpha=0.05):
    return lr * (1 + np.cos(np.pi * t / s)) / 2 * (1 - alpha) + alpha


mended = schedules.cosine_annealing(0.1, 100, 0.05)
for t in (0, 50, 100):
    print(f"step {t:3d}: printed {as_printed(t):.4f}, mended {mended(t):.4f}")
np.testing.assert_allclose([mended(0), mended(100)], [0.1, 0.005])
np.testing.assert_allclose([as_printed(0), as_printed(100)], [0.145, 0.05])  # at the end ten times too high


# %% [markdown] exercise="ch10.cosine_annealing" minutes=8 difficulty=2
# ### Exercise: cosine annealing
# Write `cosine_annealing(lr, decay_steps, alpha)` for the mended formula. It returns a function of the step. The check asks for steps from 0 to `decay_steps`.
#
# <details><summary>Hint 1</summary>
#
# `np.cos` wants radians, which is what $\pi t/s$ is: a half turn from step 0 to step $s$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# First the wave from 1 to 0. Then squeeze it between 1 and `alpha`: times `(1 - alpha)`, plus `alpha`. Then everything times `lr`.
# </details>
#
# <details><summary>My last rate is alpha, not alpha · lr</summary>
#
# `alpha` is a fraction of `lr`, so it is inside the parenthesis that `lr` multiplies. Outside is the misprint above.
# </details>
#
# <details><summary>My rate goes down and up again</summary>
#
# A whole turn, $2\pi t/s$, comes back up. Annealing is half a turn.
# </details>

# %% exercise="ch10.cosine_annealing"
def cosine_annealing(lr, decay_steps, alpha):
    """From lr at step 0 to alpha·lr at step decay_steps, along half a wave of the cosine.

    lr, decay_steps: numbers above 0; alpha: the lowest rate as a fraction of lr
    -> a function of the step (0 to decay_steps) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        wave = (1 + np.cos(np.pi * step / decay_steps)) / 2
        return lr * (wave * (1 - alpha) + alpha)

    return schedule
    ### END SOLUTION


# %% check="ch10.cosine_annealing" points=4
check("ch10.cosine_annealing", cosine_annealing)

# %% [markdown]
# **Remember.** Half a wave, from 1 to α, and all of it times the first rate.

# %% [markdown]
# ## 10.7 Warm restarts: down, and up again
#
# **The question.** A landscape with many valleys. Low rates settle in the first one that comes. How does a run get out?
#
# **The picture.** Five hundred runs start at 6.5, in a landscape with a valley about every two units and the deepest at 0. Which share ends in the deepest?

# %% tags=["demo"]
def hilly(w):
    return w**2 / 20 + (1 - np.cos(3 * w)) / 2


def wander(schedule, steps, runs=500, seed=0):
    """-> the runs' places (T, runs) in the hilly landscape; gradients are off by noise of spread 1."""
    rng = np.random.default_rng(seed)
    w, places = np.full(runs, 6.5), []
    for t in range(steps):
        w = w - schedule(t) * (w / 10 + 1.5 * np.sin(3 * w) + rng.normal(size=runs))
        places.append(w)
    return np.array(places)


T = 620
waves = schedules.cosine_restarts(0.6, 20, lower=1.0)
tries = {
    "0.1, constant": schedules.constant(0.1),
    "0.6, constant": schedules.constant(0.6),
    "cosine": schedules.cosine_annealing(0.6, T),
    "restarts": waves,
}
places = {name: wander(plan, T) for name, plan in tries.items()}
at_home = {name: np.mean(np.abs(seen[-1]) < 1) for name, seen in places.items()}
loss = {name: np.mean(hilly(seen), axis=1) for name, seen in places.items()}
for name in tries:
    print(f"{name:14s} {at_home[name]:4.0%} end in the deepest valley; mean loss {loss[name][-1]:.2f}")
assert at_home["0.1, constant"] == 0  # a low rate from the start stays where it is
assert loss["cosine"][-1] < 0.5 * loss["0.6, constant"][-1]  # a high rate to the end does not settle
assert at_home["cosine"] > 0.3 and at_home["restarts"] > 0.3

# %% [markdown]
# So D1's sentence holds: a rate that is too low gets stuck in a local minimum. High rates first, low ones last, is what helps here. One wave does it as well as many.
#
# What do restarts buy, then? An answer at any time. At the end of each cycle the rate is low and the loss is low, too. You may stop there. In one long wave there is nothing to take home until the end.

# %% tags=["demo"]
ends = [19, 59, 139, 299, 619]  # the last steps of the cycles
for end in ends[1:4]:
    print(f"step {end}: restarts {loss['restarts'][end]:.2f}, one long wave {loss['cosine'][end]:.2f}")
    assert waves(end) < 0.01 and waves(end + 1) == 0.6
assert loss["restarts"][139] < 0.7 * loss["cosine"][139]
figures.schedules.rates({"restarts, each from the same rate": waves, "one long wave": tries["cosine"]}, T)

# %% [markdown]
# **The mathematics.** D1's example makes each cycle twice as long as the one before, and lets it start from half the rate. With a first cycle of $s$ steps the cycles start at
#
# $$0,\quad s,\quad 3s,\quad 7s,\quad 15s,\ \dots$$
#
# and cycle number $k$ (from 0) is a cosine annealing over $2^k s$ steps from $\eta_0/2^k$ down to 0. The step that would end a cycle begins the next one, at its full rate.

# %% tags=["demo"]
halving = schedules.cosine_restarts(0.4, 10)
print({t: round(halving(t), 3) for t in (0, 5, 9, 10, 20, 29, 30, 50, 69, 70)})
np.testing.assert_allclose([halving(0), halving(10), halving(30), halving(70)], [0.4, 0.2, 0.1, 0.05])
figures.schedules.rates({"cosine with restarts": halving}, 150)


# %% [markdown] exercise="ch10.cosine_restarts" minutes=15 difficulty=4
# ### Exercise: cosine with restarts
# Write `cosine_restarts(lr, first_steps)` as D1's example has it: each cycle twice as long as the one before, from half its rate, down to 0. It returns a function of the step.
#
# <details><summary>Hint 1</summary>
#
# Given a step, find its cycle: begin with `start = 0`, `length = first_steps`. While the step is not inside this cycle, go to the next one.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Going to the next cycle changes three numbers: the start moves by the length, the length doubles, the rate halves. The step is inside when `step < start + length`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Inside, the cosine annealing counts its own steps: `step - start` of `length`. `alpha` is 0 here.
# </details>
#
# <details><summary>My first cycle is right and the second is not</summary>
#
# Print the start and the length for step `first_steps`. The start must be `first_steps` and the length `2 * first_steps`. Move the start before you double the length.
# </details>
#
# <details><summary>My rate at a restart is 0</summary>
#
# You end the cycle one step too late: step `start + length` belongs to the next cycle.
# </details>

# %% exercise="ch10.cosine_restarts"
def cosine_restarts(lr, first_steps):
    """Cycles of cosine annealing down to 0, each twice as long as the one before and from half its rate.

    lr: the rate of step 0; first_steps: the length of the first cycle, a whole number
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        start, length, rate = 0, first_steps, lr
        while step >= start + length:
            start, length, rate = start + length, 2 * length, rate / 2
        return rate * (1 + np.cos(np.pi * (step - start) / length)) / 2

    return schedule
    ### END SOLUTION


# %% check="ch10.cosine_restarts" points=5
check("ch10.cosine_restarts", cosine_restarts)

# %% [markdown]
# **Remember.** High rates leave valleys, low rates settle in them. A restart gives an answer at the end of each cycle.

# %% [markdown]
# ## 10.8 Warm-up, and schedules made of schedules
#
# **The question.** At the very first steps the weights are random, the gradients large, and Adam's averages have seen next to nothing. Why begin with the highest rate?
#
# **The picture.** Six hidden layers read the digits, with Adam at a rate that is three times too high. Once it starts with that rate, once it climbs to it over a hundred steps.

# %% tags=["demo"]
from sklearn.datasets import load_digits


def digits(seed=0):
    """Small pictures of digits: 1200 to train on and 597 to validate with; pixels between 0 and 1."""
    x, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    x, labels = x[order] / 16, labels[order]
    return (x[:1200], labels[:1200]), (x[1200:], labels[1200:])


training_set, validation_set = digits()
EPOCH = 38  # steps: 1200 examples in batches of 32


def learn(schedule, seed=0, epochs=10, hidden=1, optimizer=None, momentum=None):
    """Train a network on the digits under a schedule -> the history of the run."""
    rng = np.random.default_rng(seed)
    chain, inputs = [], 64
    for _ in range(hidden):
        chain += [layers.Dense(inputs, 32, rng), activations.ReLU()]
        inputs = 32
    model = layers.Sequential(*chain, layers.Dense(inputs, 10, rng))
    return training.fit(
        model, losses.CrossEntropy(), optimizer or optimizers.SGD(), *training_set,
        epochs=epochs, validation=validation_set, schedule=schedule, momentum=momentum,
        metrics={"accuracy": metrics.accuracy}, rng=np.random.default_rng(seed),
    )


def climbing(t):
    return 0.03 * min(1.0, (t + 1) / 100)


at_once = [learn(schedules.constant(0.03), seed, 6, 6, optimizers.Adam()) for seed in range(5)]
warmed = [learn(climbing, seed, 6, 6, optimizers.Adam()) for seed in range(5)]
accuracy = {
    name: np.mean([run["validation_accuracy"][-1] for run in runs])
    for name, runs in {"at once": at_once, "warm-up": warmed}.items()
}
for name, right in accuracy.items():
    print(f"{name:8s} accuracy on new digits, mean of five seeds: {right:.1%}")
assert accuracy["warm-up"] > accuracy["at once"] + 0.04
first = {"at once": at_once[0], "warm-up": warmed[0]}
figures.schedules.losses_and_rates({name: (run["validation_loss"], run["lr"]) for name, run in first.items()})

# %% [markdown]
# **The mathematics.** A linear warm-up over $m$ steps takes any schedule $\eta$ and multiplies its first rates:
#
# $$\tilde\eta_t = \eta_t \cdot \min\left(1, \frac{t+1}{m}\right) .$$
#
# Why $t + 1$? With $t$ the first step would have rate 0, and an epoch would begin with a step that does nothing. With $t+1$ the first factor is $1/m$, and step $m - 1$ is the first at full height.
#
# A warm-up takes a schedule and returns a schedule. Whatever does that can be stacked. That is all a composer needs.

# %% [markdown] exercise="ch10.warm_up" minutes=7 difficulty=2
# ### Exercise: warm-up
# Write `warm_up(schedule, warm_steps)`. It takes a schedule and returns a new one: the same rates, the first ones multiplied as above. The function below it is what the check calls: it hands yours a schedule of its own. Leave it as it is.
#
# <details><summary>Hint 1</summary>
#
# Inside, ask the schedule that you were given: `schedule(step)`. It knows its own numbers.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `min(1, (step + 1) / warm_steps)` is the factor, for all steps.
# </details>
#
# <details><summary>I get an error about a function and a number</summary>
#
# You multiply the schedule itself. A schedule is a function; its rate at this step is `schedule(step)`.
# </details>
#
# <details><summary>My rate after the warm-up is not the one of the schedule</summary>
#
# The schedule keeps counting from step 0 while it warms up. Ask it for `step`, not for `step - warm_steps`.
# </details>

# %% exercise="ch10.warm_up"
def warm_up(schedule, warm_steps):
    """The schedule, its rate at step t multiplied by (t + 1)/warm_steps until that is 1.

    schedule: a function of the step; warm_steps: a whole number, 1 or more
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def warmed(step):
        return schedule(step) * min(1, (step + 1) / warm_steps)

    return warmed
    ### END SOLUTION


def warmed_exponential(lr, gamma, warm_steps):
    """Given, for the check: your warm-up on lr·γ^t."""
    return warm_up(lambda t: lr * gamma**t, warm_steps)


# %% check="ch10.warm_up" points=3
check("ch10.warm_up", warmed_exponential)

# %% [markdown] exercise="ch10.chain" minutes=9 difficulty=3
# ### Exercise: a schedule composer
# Write `chain(parts, lengths)`: the first schedule for so many steps, then the second, and so on. **Each counts its own steps from 0.** The last one has no length: it goes on for ever. So there is one length less than there are parts. The function below it is what the check calls; leave it as it is.
#
# For example, `chain([a, b, c], [10, 20])` asks `a` at the steps 0 to 9 with 0 to 9, `b` at the steps 10 to 29 with 0 to 19, and `c` from step 30 on with 0, 1, 2, …
#
# <details><summary>Hint 1</summary>
#
# Walk through parts and lengths together. If the step is below the length, this part answers. Otherwise take the length off the step and look at the next part.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `zip(parts, lengths)` ends with the shorter list, so the last part is left over. It answers for whatever is left of the step.
# </details>
#
# <details><summary>The check says that my rate is None</summary>
#
# At some step your function comes to its end without a `return`. Has the last part its turn after the loop, when all lengths are used up?
# </details>
#
# <details><summary>My second part does not start with its first rate</summary>
#
# It was asked with the step of the whole run. Take off what the parts before it have used.
# </details>

# %% exercise="ch10.chain"
def chain(parts, lengths):
    """One schedule after the other; each counts its own steps from 0, and the last one has no end.

    parts: schedules, functions of the step; lengths: how many steps each has but the last, whole numbers
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    def schedule(step):
        for part, length in zip(parts, lengths):
            if step < length:
                return part(step)
            step = step - length
        return parts[-1](step)

    return schedule
    ### END SOLUTION


def chain_of_lines(starts, slopes, lengths):
    """Given, for the check: your chain of straight lines start + slope·t."""
    return chain([lambda t, a=a, b=b: a + b * t for a, b in zip(starts, slopes)], lengths)


# %% check="ch10.chain" points=4
check("ch10.chain", chain_of_lines)

# %% [markdown]
# **Remember.** A schedule in, a schedule out: then plans can be stacked. Say who counts from where.

# %% [markdown]
# ## 10.9 The range test, and one cycle
#
# **The question.** How high may the rate go? The steepest direction of the network knows (10.1), but nobody has told us its curvature.
#
# **The picture.** Ask the network. Begin with a tiny rate and multiply it at every step by the same factor. First nothing happens, then the loss falls, then it explodes. Smith (2017) calls this a range test. It costs a few hundred steps.

# %% tags=["demo"]
def range_run(low, high, steps, seed=0):
    """One run with growing rates -> (rates, losses), up to where it explodes."""
    rng = np.random.default_rng(seed)
    model = layers.Sequential(layers.Dense(64, 32, rng), activations.ReLU(), layers.Dense(32, 10, rng))
    loss, sgd, seen = losses.CrossEntropy(), optimizers.SGD(), []
    plan = schedules.range_test(low, high, steps)
    for t in range(steps):
        batch = rng.choice(1200, 32, replace=False)
        seen.append(loss.forward(model.forward(training_set[0][batch]), training_set[1][batch]))
        if seen[-1] > 2 * seen[0]:
            break
        model.backward(loss.backward())
        sgd.lr = plan(t)
        sgd.step(model.params, model.grads)
    return plan(np.arange(len(seen))), np.array(seen)


tested_rates, tested_losses = range_run(1e-3, 10, 200)
around = [tested_losses[max(0, t - 8) : t + 9] for t in range(len(tested_losses))]
smooth_losses = np.array([near.mean() for near in around])
highest = float(tested_rates[smooth_losses.argmin()])
print(f"{len(tested_rates)} steps; the smoothed loss falls up to a rate of about {highest:.2f}")
assert 0.2 < highest < 2
figures.schedules.range_test(tested_rates, tested_losses, smooth_losses, highest)

# %% [markdown]
# The largest rate at which the loss still falls is a good highest rate for a schedule that visits it only briefly. For a constant rate take a third of it, or less.
#
# **The mathematics.** One cycle (Smith, 2018) has three phases. **Warm-up**: the rate climbs from a low start to the highest rate. **Annealing**: it goes back down by the same path. **Cool-down**: it sinks far below the start. The momentum moves against it: from high to low while the rate climbs, back while it falls, and then high to the end.
#
# Why against it? A step is about $\eta/(1-\beta)$ times the gradient when gradients agree (chapter 9). Where the rate is highest, a lower momentum keeps the step in bounds, and makes the run forget old directions sooner.
#
# With $T$ steps and a warm-up of a fraction $u$ of them, the corners are at
#
# | step | 0 | $a = uT - 1$ | $2a$ | $T - 1$ |
# |---|---|---|---|---|
# | rate | $\eta_{max}/25$ | $\eta_{max}$ | $\eta_{max}/25$ | $\eta_{max}/25/10\,000$ |
# | momentum | high | low | high | high |
#
# with straight lines between them. (The −1 is there because steps count from 0: the first $uT$ steps are the steps 0 to $uT - 1$.) After step $T-1$ the last value stays.

# %% tags=["demo"]
T = 380
up_and_down, against = schedules.one_cycle(0.8, T), schedules.one_cycle_momentum(T)
corner = 0.45 * T - 1
np.testing.assert_allclose([up_and_down(0), up_and_down(T - 1)], [0.8 / 25, 0.8 / 25 / 10_000])
assert up_and_down(int(corner)) == 0.8 and against(int(corner)) == 0.85
figures.schedules.cycle(up_and_down, against, T, (corner, 2 * corner, T - 1))

# %% [markdown]
# **What is it worth?** Ten epochs on the digits, three seeds each, always the same number of steps. A constant rate that is safe, the highest rate from the range test kept constant, and one cycle up to it.

# %% tags=["demo"]
plans = {
    "constant, a tenth": schedules.constant(highest / 10),
    "constant, highest": schedules.constant(highest),
    "one cycle": schedules.one_cycle(highest, 10 * EPOCH),
}
runs = {name: [learn(plan, seed) for seed in range(3)] for name, plan in plans.items()}
for name, three in runs.items():
    print(f"{name:18s} validation loss", [f"{run['validation_loss'][-1]:.3f}" for run in three])
final = {name: np.array([run["validation_loss"][-1] for run in three]) for name, three in runs.items()}
assert final["one cycle"].max() < final["constant, a tenth"].min()
assert np.ptp(final["one cycle"]) < np.ptp(final["constant, highest"])  # and it depends less on luck
first = {name: three[0] for name, three in runs.items()}
figures.schedules.losses_and_rates({name: (run["validation_loss"], run["lr"]) for name, run in first.items()})


# %% [markdown] exercise="ch10.one_cycle" minutes=11 difficulty=3
# ### Exercise: one cycle
# Write `one_cycle(max_lr, total_steps, warm_up)`: straight lines between the four corners of the table, $u$ = `warm_up`. It returns a function of the step. After the last corner the rate stays.
#
# <details><summary>Hint 1</summary>
#
# Write down two lists of four numbers: the steps of the corners, and the rates at them. They come from the table, line by line.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.interp(step, corners, rates)` draws straight lines between the corners and stays at the last one. Its result is a number when the step is a number.
# </details>
#
# <details><summary>My peak is one step too late</summary>
#
# The corner is at `warm_up * total_steps - 1`. It need not be a whole number: between two steps is fine.
# </details>
#
# <details><summary>My last rate is not far below the first</summary>
#
# It is the first rate again divided by 10 000, so `max_lr / 25 / 10_000`.
# </details>

# %% exercise="ch10.one_cycle"
def one_cycle(max_lr, total_steps, warm_up):
    """Straight lines: max_lr/25 at 0, max_lr at a, max_lr/25 at 2a, max_lr/25/10000 at total_steps − 1.

    a = warm_up·total_steps − 1; max_lr a number, total_steps a whole number, warm_up a fraction below ½
    -> a function of the step (from 0) that returns a number; after the last corner it stays.
    """
    ### BEGIN SOLUTION
    peak = warm_up * total_steps - 1
    corners = [0, peak, 2 * peak, total_steps - 1]
    rates = [max_lr / 25, max_lr, max_lr / 25, max_lr / 25 / 10_000]

    def schedule(step):
        return np.interp(step, corners, rates)

    return schedule
    ### END SOLUTION


# %% check="ch10.one_cycle" points=5
check("ch10.one_cycle", one_cycle)

# %% [markdown] exercise="ch10.one_cycle_momentum" minutes=7 difficulty=2
# ### Exercise: the momentum beside it
# Write `one_cycle_momentum(total_steps, warm_up, low, high)`: straight lines between the same four steps, from `high` to `low`, back to `high`, and `high` to the end.
#
# <details><summary>Hint 1</summary>
#
# The corners are those of `one_cycle`. Only the second list is another one.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The momentum is *lowest* where the rate is highest, at `warm_up * total_steps - 1`.
# </details>
#
# <details><summary>My momentum is right at first and then sinks in the cool-down</summary>
#
# In the cool-down the rate sinks and the momentum stays `high`: the last two corners have the same value.
# </details>

# %% exercise="ch10.one_cycle_momentum"
def one_cycle_momentum(total_steps, warm_up, low, high):
    """Straight lines: high at step 0, low at a, high at 2a and from there on; a = warm_up·total_steps − 1.

    total_steps a whole number, warm_up a fraction below ½, low and high numbers between 0 and 1
    -> a function of the step (from 0) that returns a number.
    """
    ### BEGIN SOLUTION
    lowest = warm_up * total_steps - 1
    corners = [0, lowest, 2 * lowest]

    def momentum(step):
        return np.interp(step, corners, [high, low, high])

    return momentum
    ### END SOLUTION


# %% check="ch10.one_cycle_momentum" points=3
check("ch10.one_cycle_momentum", one_cycle_momentum)

# %% [markdown]
# **Remember.** A range test finds the highest rate. One cycle climbs to it, comes back, and sinks; the momentum does the opposite.

# %% [markdown]
# ## 10.10 Performance decay: a schedule that listens
#
# **The question.** All plans so far are made before the run. Why not look at the validation loss, and lower the rate when it has stopped falling?
#
# **The picture.** Two runs at a rate that is too high for the end. One keeps it. The other listens once an epoch.

# %% tags=["demo"]
kept = learn(schedules.constant(0.1), seed=1, epochs=24, hidden=3, optimizer=optimizers.Momentum(0.1, 0.9))
listener = schedules.PerformanceDecay(0.1, factor=0.2, patience=3, threshold=0.01, check_every=1)
heard = learn(listener, seed=1, epochs=24, hidden=3, optimizer=optimizers.Momentum(0.1, 0.9))
both = {"constant": kept, "performance decay": heard}
for name, run in both.items():
    print(f"{name:18s} last validation losses", [f"{value:.3f}" for value in run["validation_loss"][-5:]])
assert heard["lr"][0] == 0.1 and heard["lr"][-1] < 0.1 / 4
unrest = {name: np.std(run["validation_loss"][-8:]) for name, run in both.items()}
assert unrest["performance decay"] < 0.5 * unrest["constant"]
figures.schedules.losses_and_rates({name: (run["validation_loss"], run["lr"]) for name, run in both.items()})

# %% [markdown]
# **The mathematics.** D1's rule, made exact. It has five numbers: the rate, a factor, a patience, a threshold, and how often to look.
#
# 1. Count the calls. Only every `check_every`-th call is a **check**; the others answer the rate and nothing else.
# 2. At a check, the metric is an **improvement** if it is below `best · (1 − threshold)`. Then it is the new best, and the waiting is over. (The first check is always an improvement: nothing was best before it.)
# 3. If not, one more check has waited in vain. After `patience` of them in a row the rate is multiplied by `factor`, and the waiting starts anew.
#
# D1's own example looks every 10 epochs, asks for 1 % (threshold 0.01), and lowers the rate to a tenth after three checks in vain.

# %% tags=["demo"]
example = schedules.PerformanceDecay(0.5, factor=0.1, patience=2, threshold=0.01, check_every=1)
for metric in (1.0, 0.8, 0.799, 0.85, 0.7, 0.71, 0.72):
    answer = example.step(metric)
    print(f"loss {metric:.3f} -> rate {answer:.4g}, best {example.best:g}, waited {example.waited}")
np.testing.assert_allclose(answer, 0.005)  # 0.799 is below 0.8, but not by 1 %: that is waiting


# %% [markdown] exercise="ch10.performance_decay" minutes=15 difficulty=4
# ### Exercise: performance decay
# Write the class with the three rules above. `step(metric)` is called once an epoch with the validation loss, which is above 0, and answers the rate from now on. The first call is call number 1, so with `check_every=10` the first check is the tenth call.
#
# <details><summary>Hint 1</summary>
#
# Four things must be remembered between calls: the rate, the number of calls, the best loss so far, and how many checks have waited. Set them in `__init__`; begin with `np.inf` as the best.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In `step`, count first. If the number of calls is not a multiple of `check_every`, answer at once.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A loss that is `nan` is no improvement. A comparison with `nan` is false, so ask "is it an improvement?" and put the waiting into the `else`.
# </details>
#
# <details><summary>My rate falls one check too late</summary>
#
# It falls at the check that makes the waiting equal to `patience`, not at the next one. Count first, then compare with `>=`.
# </details>
#
# <details><summary>The check says that my function returned a list, not numbers</summary>
#
# It has collected your answers, and one of them is None: one way through `step` ends without returning the rate.
# </details>
#
# <details><summary>My rate falls at every epoch once it has begun</summary>
#
# After a decay the waiting starts from 0 again.
# </details>

# %% exercise="ch10.performance_decay"
class PerformanceDecay:
    """step(metric) -> the rate, lowered by factor after `patience` checks in a row without improvement.

    Every check_every-th call is a check. An improvement is a loss below best·(1 − threshold); nan is none.
    """

    def __init__(self, lr, factor, patience, threshold, check_every):
        """lr, factor, threshold: numbers; patience and check_every: whole numbers, 1 or more."""
        ### BEGIN SOLUTION
        self.lr, self.factor, self.patience = lr, factor, patience
        self.threshold, self.check_every = threshold, check_every
        self.best, self.calls, self.waited = np.inf, 0, 0
        ### END SOLUTION

    def step(self, metric):
        """metric: the validation loss, a number above 0 -> the rate, a number."""
        ### BEGIN SOLUTION
        self.calls += 1
        if self.calls % self.check_every:
            return self.lr
        if metric < self.best * (1 - self.threshold):
            self.best, self.waited = metric, 0
        else:
            self.waited += 1
            if self.waited >= self.patience:
                self.lr, self.waited = self.lr * self.factor, 0
        return self.lr
        ### END SOLUTION


# %% check="ch10.performance_decay" points=6
check("ch10.performance_decay", PerformanceDecay)

# %% [markdown]
# **Remember.** It reacts to what happens, so it needs no plan of the length. It needs a validation loss that can be trusted: noise looks like waiting.

# %% [markdown]
# ## 10.11 Fixed, scheduled, adaptive: all on one budget
#
# **The question.** D1 lists three strategies: a fixed rate, a scheduled rate, an adaptive rate. Which should you take?
#
# They are not rivals. A schedule changes one number for all weights. An adaptive method (chapter 9) gives each weight a rate of its own, and a schedule may still multiply them all. Measured on one step:

# %% tags=["demo"]
g = np.array([1.0, 0.01])
sgd_steps = [lr * g for lr in (0.1, 0.05)]
turned = []
for lr in (0.1, 0.05):
    weights, adam = {"w": np.zeros(2)}, optimizers.Adam(lr)
    adam.step(weights, {"w": g})
    turned.append(-weights["w"])
print("SGD, rate and half of it:", sgd_steps, "  Adam:", [step.round(4) for step in turned])
np.testing.assert_allclose(sgd_steps[0], 2 * sgd_steps[1])  # half the step, the same direction
np.testing.assert_allclose(turned[0], 2 * turned[1])  # for Adam, too
assert turned[0][0] / turned[0][1] < 1.01  # but Adam itself has made both weights move alike

# %% [markdown]
# **The picture.** Every schedule on the digits: plain SGD, ten epochs, three seeds, the same start. The highest rate is 0.5 for all but one. One cycle may climb to 1: that is past the bottom of the range test's curve and before its explosion, and the run is there for a moment only.

# %% tags=["demo"]
T = 10 * EPOCH
budget = {
    "constant": schedules.constant(0.5),
    "piecewise": schedules.piecewise_constant(0.5, [T // 2, 3 * T // 4], [0.2, 0.2]),
    "exponential": schedules.exponential(0.5, 0.1, T / 2),
    "power": schedules.power(0.5, 10.0, T),
    "polynomial": schedules.polynomial(0.5, T),
    "cosine": schedules.cosine_annealing(0.5, T),
    "restarts": schedules.cosine_restarts(0.5, T // 7),
    "one cycle": schedules.one_cycle(1.0, T),
}
assert smooth_losses[np.searchsorted(tested_rates, 1.0)] < 0.8 * smooth_losses[0]
race = {}
for name, plan in budget.items():
    race[name] = [learn(plan, seed)["validation_loss"][-1] for seed in range(3)]
means = {name: np.mean(seen) for name, seen in race.items()}
travelled = {name: float(np.sum(plan(np.arange(T)))) for name, plan in budget.items()}
for name in sorted(means, key=means.get):
    spread = np.ptp(race[name])
    print(f"{name:12s} loss {means[name]:.3f}, spread {spread:.3f}, sum of the rates {travelled[name]:5.1f}")
assert min(means, key=means.get) == "one cycle"
assert np.ptp(race["constant"]) > 2 * np.ptp(race["cosine"])  # a rate that stays high depends on luck
assert means["exponential"] > means["polynomial"]  # too low too soon, on this budget
figures.schedules.race(race, "validation loss")

# %% [markdown]
# Read it with care. The losers here fell too fast for ten epochs: look at the sums of their rates. With four times the epochs they would have time. What the race shows is that a schedule is a plan *for a budget*. D1 recommends exponential decay, performance decay or one cycle as defaults. On a short budget, one cycle is the one that plans the end.
#
# | you know | take |
# |---|---|
# | how many steps you have | one cycle, or cosine with a warm-up |
# | nothing but the validation loss | performance decay |
# | that you will stop at some time, but not when | restarts |
# | a recipe with its staircase | the staircase |
# | nothing, and want a first look | a constant rate, a third of what the range test says |
#
# **Remember.** A schedule is a plan for a budget. Change the number of epochs, and the plan must change, too.

# %% [markdown]
# ## 10.12 What was planned is what was applied; and the same in PyTorch
#
# **The question.** Your plan is right. Does the optimizer see it? Most bugs with schedules are not in the formula. They are in who calls whom, and when.
#
# **The picture.** `training.fit` notes the rate that the optimizer had at each step. Compare it with the plan.

# %% tags=["demo"]
plan = schedules.one_cycle(highest, T)
run = learn(plan)
np.testing.assert_allclose(run["lr"], plan(np.arange(T)), rtol=1e-12)
figures.schedules.applied(plan(np.arange(T)), np.array(run["lr"]))

# %% [markdown]
# Three ways to get it wrong, each measured: the plan is asked once an epoch though it was made for steps; the step counts from 1; and the rate is set after the update, so that the first step has a rate of its own.

# %% tags=["demo"]
planned = plan(np.arange(T))
mistakes = {
    "once an epoch": plan(np.arange(T) // EPOCH),
    "from 1": plan(np.arange(T) + 1),
    "set after the step": np.concatenate([[0.01], plan(np.arange(T - 1))]),
}
for name, seen in mistakes.items():
    off = np.abs(seen - planned).max()
    print(f"{name:20s} highest rate {seen.max():.3f}, largest difference {off:.4f}")
assert mistakes["once an epoch"].max() < 0.1 * planned.max()  # the cycle hardly begins
assert not np.allclose(mistakes["from 1"], planned) and mistakes["set after the step"][0] == 0.01

# %% [markdown]
# **The twin.** Schedules are plain arithmetic, so they have no twin of their own. `schedules_torch.ScheduleLR` puts any of them on any PyTorch optimizer. PyTorch's own schedulers are a second opinion: each beside ours, 380 steps, the largest difference and the time of both. Rates live on the CPU, wherever the weights are.

# %% tags=["demo"]
import time
import warnings

import torch

from course_lib import schedules_torch

device = "cuda" if torch.cuda.is_available() else "cpu"
own = torch.optim.lr_scheduler
pairs = {
    "piecewise": (
        schedules.piecewise_constant(0.1, [100, 200], [0.5, 0.5]),
        lambda o: own.MultiStepLR(o, [100, 200], 0.5),
    ),
    "exponential": (schedules.exponential(0.1, 0.99), lambda o: own.ExponentialLR(o, 0.99)),
    "polynomial": (schedules.polynomial(0.1, 380, 0.0, 2.0), lambda o: own.PolynomialLR(o, 380, 2.0)),
    "cosine": (schedules.cosine_annealing(0.1, 380, 0.1), lambda o: own.CosineAnnealingLR(o, 380, 0.01)),
    "restarts": (
        schedules.cosine_restarts(0.1, 40, lower=1.0),
        lambda o: own.CosineAnnealingWarmRestarts(o, 40, 2),
    ),
    "one cycle": (
        schedules.one_cycle(0.1, 380),
        lambda o: own.OneCycleLR(
            o, 0.1, total_steps=380, pct_start=0.45, three_phase=True,
            anneal_strategy="linear", cycle_momentum=False,
        ),
    ),
}


def walk(make_scheduler):
    """The rates that a PyTorch optimizer had at 380 steps, and the seconds that they took."""
    weight = torch.zeros(3, requires_grad=True, device=device)
    sgd = torch.optim.SGD([weight], lr=0.1)
    seen, scheduler = [], make_scheduler(sgd)
    began = time.perf_counter()
    for _ in range(380):
        seen.append(sgd.param_groups[0]["lr"])
        sgd.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # OneCycleLR complains about the step after its last
            if len(seen) < 380:
                scheduler.step()
    return np.array(seen), time.perf_counter() - began


for name, (ours, theirs) in pairs.items():
    here, seconds = walk(lambda o, plan=ours: schedules_torch.ScheduleLR(o, plan))
    there, their_seconds = walk(theirs)
    off = np.abs(here - there).max()
    print(f"{name:12s} {device}  Δ {off:.1e}", end="   ")
    print(f"ours {1e3 * seconds:5.1f} ms, PyTorch's own {1e3 * their_seconds:5.1f} ms")
    assert off < 1e-10
if device == "cpu":
    print("no GPU here: the CPU only")

# %% [markdown]
# **Remember.** Plot what the optimizer had, not what you planned. In PyTorch, call `scheduler.step()` after `optimizer.step()`, once for each step the plan was made for.

# %% [markdown]
# ## 10.13 Play
#
# Choose a schedule, its highest rate and its decay. Watch the curve on the left, and on the right how far the run may travel.

# %% tags=["demo"]
figures.schedules.explorer()

# %% [markdown]
# - Which schedule travels farthest for the same highest rate? Which has half its way behind it first?
# - Set the decay to 0.95 and then to 0.05. Which schedule changes most, which least?
# - Find a power decay and an exponential decay that travel equally far. Where do they differ?

# %% [markdown]
# ## 10.14 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D1 | cosine annealing "… + α", α a fraction of the first rate | α times the first rate: the parenthesis holds both | 10.6 |
# | D2 | momentum and the adaptive methods as methods for a falling rate | momentum changes the direction, adaptive methods each weight's own step, schedules the rate of all | 10.11 |

# %% [markdown]
# ## 10.15 The chapter on one screen
#
# | schedule | rate at step $t$ | knows its end? |
# |---|---|---|
# | piecewise constant | $\eta_0$ times the factors reached | no |
# | exponential | $\eta_0 \gamma^{t/s}$ | no, and it has a horizon |
# | power | $\eta_0 / (1 + \gamma t/s)^p$ | no |
# | polynomial | $(\eta_0 - \eta_n)(1 - t/s)^p + \eta_n$ | yes |
# | cosine | $\eta_0\left(\frac{1 + \cos(\pi t/s)}{2}(1-\alpha) + \alpha\right)$ | yes |
# | restarts | cosine, twice as long, half as high | at the end of each cycle |
# | one cycle | up, down, far down; momentum against it | yes |
# | performance decay | times a factor when the loss stands still | it listens |
#
# - A rate above $2/h$ explodes, $h$ the steepest curvature.
# - With noise a constant rate hovers at a height that grows with the rate.
# - High rates travel and leave valleys, low rates settle.
# - The sum of the rates says how far a run can go.
# - A schedule is a plan for a budget of steps.
# - Plot what was applied.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. The loss jumps from one side to the other and grows. What does that say about the rate?</summary>
#
# It is above $2/h$ for the steepest direction: each step overshoots by more than it came from.
# </details>
#
# <details><summary>2. The loss has stopped falling and trembles. What do you try first?</summary>
#
# A lower rate. The run hovers at the height that belongs to this rate and this noise.
# </details>
#
# <details><summary>3. Why can a run with exponential decay stop short of its goal?</summary>
#
# Its rates add up to a finite number. When they are used up, no number of further steps gets it any farther.
# </details>
#
# <details><summary>4. In one cycle, what does the momentum do while the rate climbs, and why?</summary>
#
# It falls. The step is about $\eta/(1-\beta)$ times the gradient; less momentum keeps it in bounds where the rate is highest.
# </details>
#
# <details><summary>5. You double the number of epochs. Which schedules do you have to change?</summary>
#
# All that know their end: polynomial, cosine, one cycle. And those whose steps were placed for the old length: the staircase, and the decay steps of exponential and power. Performance decay goes on as it is.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My loss becomes nan after a few steps</summary>
#
# The rate is too high, at least at the start. Divide it by ten to be sure that this is the cause; then make a range test, or add a warm-up.
# </details>
#
# <details><summary>My loss falls for an epoch and then stands still</summary>
#
# Print the rates that were applied. A schedule made for steps but asked once an epoch stays at its start. One made for epochs but asked at each step is at its end after a few dozen steps.
# </details>
#
# <details><summary>My schedule works alone and fails after a restart of the program</summary>
#
# The step is part of the state. Save and load it with the optimizer; otherwise the plan begins anew with its highest rate.
# </details>
#
# <details><summary>My performance decay lowers the rate again and again</summary>
#
# The validation loss is noisier than the threshold. Use more validation data, more patience, or look less often.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Herbert Robbins and Sutton Monro, 1951, *A Stochastic Approximation Method*.
# - Leslie Smith, 2017, *Cyclical Learning Rates for Training Neural Networks* (the range test).
# - Ilya Loshchilov and Frank Hutter, 2017, *SGDR: Stochastic Gradient Descent with Warm Restarts*.
# - Leslie Smith, 2018, *A Disciplined Approach to Neural Network Hyper-Parameters: Part 1* (one cycle).
# - Priya Goyal and others, 2017, *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour* (warm-up).
