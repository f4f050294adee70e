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
# # Chapter 5 · Specialized losses
#
# A number or a class is not always the answer. Some tasks ask for an order, some for nearness, some for a mask, a forgery
# or a good move. Each of them has losses of its own. They are short formulas, and each asks one clear question.
#
# **After this chapter you can**
#
# - write ten specialized losses and their gradients, from margin ranking to policy gradient;
# - rank a list with all its pairs and never write the pairs down;
# - train embeddings: with pairs, with triplets, and with a whole batch as the question;
# - say when Dice beats cross-entropy, why a GAN's gradient vanishes, and what must not be differentiated in Q-learning;
# - tell from a task which question its loss must ask.
#
# **You need** the losses of chapter 4, above all the hinge, the cross-entropy and its stable form; sorting with NumPy.
#
# **Time** about four hours: 145 minutes for the eleven exercises (57 points), the rest for reading and playing.
#
# Each exercise has a cell that you write and a cell that checks it. The check answers at once: what is right, what is
# wrong, and which mistake it looks like. Ask it as often as you like. Write your answers with NumPy alone: when they are graded,
# the losses of `course_lib` are not at hand.
#
# The chapter follows two texts: an overview of units, losses and activations (D0), which names the losses of ranking, of
# contrastive learning and of reinforcement learning, and the lecture slides *Deep Learning Basics* (D1), which name Dice,
# triplets, negative sampling and Wasserstein. Where one of them is wrong as printed in our copy, a cell shows it; section 5.18
# collects these places.

# %% tags=["setup"]
import numpy as np

from autograder import check
from course_lib import activations, figures, layers, losses, optimizers

# %% [markdown]
# ## 5.1 When does the usual loss ask the wrong question?
#
# **The question.** Eight judges grade twelve things each. One judge is strict and another generous; one uses a wide scale and another a narrow one. You want to learn what makes a thing good. Is the squared error to the grades the right loss?
#
# **The picture.** Three of the judges on the left. The same linear model is trained with three losses on the grades of all eight. On the right: how many pairs of new things it puts in the right order.

# %% tags=["demo"]
TRUTH = np.array([0.5, -0.25, 0.125, 0.375, -0.5, 0.25])


def graded(rng, judges, things=12):
    """-> features (judges, things, 6), true worth and grades (judges, things).

    Each judge has a zero and a scale of his own.
    """
    x = rng.normal(size=(judges, things, 6))
    worth = x @ TRUTH
    zero, scale = 3 * rng.normal(size=(judges, 1)), np.exp(0.5 * rng.normal(size=(judges, 1)))
    return x, worth, zero + scale * worth + 0.3 * rng.normal(size=worth.shape)


def fit_linear(loss, x, grades, steps=200, lr=0.3):
    """The weights of a linear model after gradient descent with a shrinking rate."""
    inputs = np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2)
    w = np.zeros(7)
    for t in range(steps):
        loss.forward(inputs @ w, grades)
        w -= lr / (1 + t / 100) * np.einsum("jt,jtd->d", loss.backward(), inputs)
    return w[:6]


def in_order(w, x, worth):
    """The share of pairs of one judge's things that the model puts in the right order."""
    better = worth[:, :, None] > worth[:, None, :]
    s = x @ w
    return float((s[:, :, None] > s[:, None, :])[better].mean())


rng = np.random.default_rng(0)
x, worth, grades = graded(rng, 8)
new_x, new_worth, _ = graded(rng, 200)
kinds = {
    "squared error": losses.MeanSquaredError(),
    "pairwise hinge": losses.PairwiseHinge(),
    "pairwise logistic": losses.PairwiseLogistic(),
}
fitted = {name: fit_linear(loss, x, grades) for name, loss in kinds.items()}
found = {name: in_order(w, new_x, new_worth) for name, w in fitted.items()}
assert min(found["pairwise hinge"], found["pairwise logistic"]) > found["squared error"] + 0.04
figures.specialized_losses.judges(worth[:3], grades[:3], found)

# %% [markdown]
# The squared error asks: *which number did the judge write?* So it must explain the judges' scales, which have nothing to do with the things. The ranking losses ask: *which of two is better?* A judge's zero and scale drop out of that question.
#
# Is a special loss always needed, then? D1 gives good advice: do not invent one, look first whether somebody has. One step further: look first whether *preparing the data* is enough. Here it is. Subtract each judge's mean grade, and the squared error is just as good:

# %% tags=["demo"]
centered = grades - grades.mean(axis=1, keepdims=True)
found["squared error, judges centered"] = in_order(
    fit_linear(losses.MeanSquaredError(), x, centered), new_x, new_worth
)
for name, share in found.items():
    print(f"{name:32s} {share:.1%}")
assert found["squared error, judges centered"] > found["pairwise hinge"] - 0.03

# %% [markdown]
# You had to know what to subtract. The ranking loss did not need to be told. That is what a specialized loss is: knowledge about the task, written into the question.
#
# | part | the task | the question of the loss | sections |
# |---|---|---|---|
# | one | put things in order | is the better one ahead? | 5.2 – 5.6 |
# | two | find out what is alike | is it nearer than what is different? | 5.7 – 5.11 |
# | three | mark a small thing in a picture | how much do the two masks overlap? | 5.12 |
# | four | invent what looks real | how far is one cloud from another? | 5.13 |
# | five | act, and be paid later | was it worth it? | 5.14, 5.15 |
#
# **Remember.** A loss asks a question. If the usual question contains things that do not matter, ask another one.

# %% [markdown]
# ---
# # Part one: order
# ## 5.2 Margin ranking: which of two comes first?
#
# **The question.** Two things, two scores, and somebody says which should be ahead. What should that cost?
#
# **The picture.** Look at the gap: the score of the better one minus that of the worse one. A positive gap is the right order.

# %% tags=["demo"]
figures.specialized_losses.pair_losses()

# %% [markdown]
# **The mathematics.** The blue line is the hinge of chapter 4, with the gap in the place of the score. It wants the better one to be ahead by a *margin*, and then it is content. The target says who is the better one:
#
# $$\ell = \max\bigl(0,\ m - t\,(x_1 - x_2)\bigr), \qquad t = \begin{cases} +1 & x_1 \text{ should be larger} \\ -1 & x_2 \text{ should be larger.} \end{cases}$$
#
# **The code.** With a margin of 0, equal scores cost nothing. Then the laziest model of all, which gives every thing the same score, has a perfect loss. The margin is what forbids it.

# %% tags=["demo"]
same = np.zeros(5)
target = np.array([1.0, -1, 1, 1, -1])
for margin in (0.0, 1.0):
    loss = losses.MarginRanking(margin)
    value = loss.forward(same, same, target)
    print(f"margin {margin:g}: equal scores cost {value:g}, gradient", loss.backward()[0] + 0.0)
    assert value == margin

# %% [markdown] exercise="ch05.margin_ranking" minutes=7 difficulty=1
# ### Exercise: the margin ranking loss
# Example $i$ has two scores $a_i$ (`x1`) and $b_i$ (`x2`), and a target $t_i$: $+1$ where the first should be the larger one, $-1$ where the second should.
#
# $$L = \frac1N \sum_{i=1}^N \max\bigl(0,\ m - t_i\,(a_i - b_i)\bigr)$$
#
# Write the loss and both gradients. A pair exactly on the margin (0 inside the maximum) has the gradient 0.
#
# <details><summary>Hint 1</summary>
#
# Multiply the difference by the target. Then "in order" means "positive", whichever of the two should win.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Where a pair pays, its term is the straight line $m - t\,a + t\,b$. What is its slope in $a$, and in $b$? Elsewhere both are 0.
# </details>
#
# <details><summary>My result is negative</summary>
#
# `np.max` gives one number, the largest of an array. `np.maximum(0, x)` cuts each entry at 0; do that before the mean.
# </details>
#
# <details><summary>My result is a gradient of the wrong shape</summary>
#
# Return two arrays of shape (N,), as `return first, second`: the one for `x1`, then the one for `x2`.
# </details>

# %% exercise="ch05.margin_ranking"
def margin_ranking(x1, x2, target, margin):
    """Mean over the examples of max(0, margin − target·(x1 − x2)).

    x1, x2 (N,) scores, target (N,) of −1 and +1, margin ≥ 0 -> float.
    """
    ### BEGIN SOLUTION
    return np.mean(np.maximum(0, margin - target * (x1 - x2)))
    ### END SOLUTION


def margin_ranking_gradient(x1, x2, target, margin):
    """Gradients of `margin_ranking` for x1 and for x2; 0 where a pair is exactly on the margin.

    x1, x2, target (N,), margin -> two arrays (N,), first that for x1. They carry 1/N.
    """
    ### BEGIN SOLUTION
    pays = target * (x1 - x2) < margin
    pull = target * pays / len(target)
    return -pull, pull
    ### END SOLUTION


# %% check="ch05.margin_ranking" points=4
check("ch05.margin_ranking", margin_ranking, margin_ranking_gradient)

# %% [markdown]
# **Remember.** The order is in the gap of two scores, never in one score alone. Without a margin, equal scores are a perfect answer.

# %% [markdown]
# ## 5.3 Pairwise hinge: is the whole list in order?
#
# **The question.** A search engine returns ten pages. Some fit very well, some a little, some not at all. How wrong is the order of the whole list?
#
# **The picture.** Take all pairs. Row: the item that should be ahead. Column: the item that should be behind. A dash: no pair, because the row's relevance is not the higher one. A number: what the pair pays.

# %% tags=["demo"]
scores, relevance = [2.0, 0.5, 1.8, -0.5, 1.0], [1, 2, 0, 0, 1]
table_loss = losses.PairwiseHinge(margin=1.0, form="pairs")
value = table_loss.forward(np.array(scores), np.array(relevance))
np.testing.assert_allclose(value, 8.9 / 8)
figures.specialized_losses.pair_table(scores, relevance)

# %% [markdown]
# **The mathematics.** The mean over the pairs that count (Herbrich and others, 1999):
#
# $$L = \frac1P \sum_{r_i > r_j} \max\bigl(0,\ m - (s_i - s_j)\bigr).$$
#
# Each pair that pays pulls with the same strength: the better item up, the worse item down. So the gradient of an item is a difference of two counts, divided by $P$.
#
# **The code.** One step against the gradient on the list above:

# %% tags=["demo"]
gradient = table_loss.backward()
print("times 8:", np.round(8 * gradient), "  sum:", round(gradient.sum(), 12))
counts = 8 * gradient  # whole numbers
np.testing.assert_allclose(counts, np.round(counts), atol=1e-12)
assert abs(gradient.sum()) < 1e-12  # nobody can rise without somebody falling
after = table_loss.forward(scores - 0.5 * gradient, np.array(relevance))
print(f"loss {value:.4f}, after one step {after:.4f}")
assert after < value

# %% [markdown] exercise="ch05.pairwise_hinge" minutes=13 difficulty=3
# ### Exercise: the pairwise hinge
# One list: scores $s$ and relevances $r$, both (N,). A pair $(i, j)$ counts if $r_i > r_j$. Let $P$ be the number of such pairs.
#
# $$L = \frac1P \sum_{r_i > r_j} \max\bigl(0,\ m - (s_i - s_j)\bigr)$$
#
# Equal relevances make no pair. Without any pair the loss is 0, and so are all gradients. At the kink (exactly 0 inside the maximum) a pair does not pull.
#
# <details><summary>Hint 1</summary>
#
# Make two tables of shape (N, N) with `s[:, None] - s` and `r[:, None] > r`. In both, the row says $i$ and the column $j$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: scores 1 and 3, relevances 2 and 0, margin 1. One pair, $i = 0$, $j = 1$. It pays $1 - (1 - 3) = 3$. The gradient is $(-1, 1)$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# For the gradient, count. Item $k$ is the better one in some pairs that pay: each pulls with $-1$. It is the worse one in others: each with $+1$. Row sums and column sums of one table of yes and no.
# </details>
#
# <details><summary>My result is nan for some lists</summary>
#
# A list of equally relevant items has no pair, and 0/0 is `nan`. Divide by `max(P, 1)`.
# </details>
#
# <details><summary>My result is much too small</summary>
#
# `np.mean` of the whole table divides by $N^2$. Most of its places are no pairs. Add up, and divide by $P$.
# </details>

# %% exercise="ch05.pairwise_hinge"
def pairwise_hinge(scores, relevance, margin):
    """Mean of max(0, margin − (s_i − s_j)) over the pairs with relevance_i > relevance_j, or 0.

    scores, relevance (N,), margin > 0 -> float.
    """
    ### BEGIN SOLUTION
    counts = relevance[:, None] > relevance
    slack = np.maximum(0, margin - (scores[:, None] - scores))
    return np.sum(slack * counts) / max(np.sum(counts), 1)
    ### END SOLUTION


def pairwise_hinge_gradient(scores, relevance, margin):
    """Gradient of `pairwise_hinge` for the scores; a pair exactly at the kink does not pull.

    scores, relevance (N,), margin -> (N,). It carries one over the number of pairs that count.
    """
    ### BEGIN SOLUTION
    counts = relevance[:, None] > relevance
    pays = counts & (scores[:, None] - scores < margin)
    return (np.sum(pays, axis=0) - np.sum(pays, axis=1)) / max(np.sum(counts), 1)
    ### END SOLUTION


# %% check="ch05.pairwise_hinge" points=5
check("ch05.pairwise_hinge", pairwise_hinge, pairwise_hinge_gradient)

# %% [markdown]
# Only the *order* of the relevances matters. Two lists with relevances (0, 1, 2) and (0, 10, 1000) cost the same. And adding 5 to all scores changes nothing, which a squared error could never say:

# %% tags=["demo"]
rng = np.random.default_rng(1)
s, r = rng.normal(size=6), rng.integers(0, 3, 6).astype(float)
loss = losses.PairwiseHinge()
np.testing.assert_allclose(loss.forward(s, r), loss.forward(s, 10.0**r))
np.testing.assert_allclose(loss.forward(s, r), loss.forward(s + 5, r))

# %% [markdown]
# **Remember.** All pairs with unequal relevance, the mean of their hinges. The gradient of an item counts: beaten by how many it should beat, beating how many it should not.

# %% [markdown]
# ## 5.4 The same in O(N log N): must every pair be visited?
#
# **The question.** D0 calls ranking losses painfully slow, because the time grows with $N^2$. A list of 100 000 has five thousand million pairs. Is there no other way?
#
# **The picture.** Two degrees of relevance. Give each relevant item a *bar*, one margin below its score. It pays for the irrelevant scores that stand above its bar, and for nothing else.

# %% tags=["demo"]
s = np.array([2.0, 0.6, -0.4, 1.7, 1.2, 0.1, -0.3, -1.5])
relevant = np.array([1, 1, 1, 0, 0, 0, 0, 0])
by_bars = sum(np.sum(np.maximum(0, s[3:] - (one - 1.0))) for one in s[:3]) / 15
np.testing.assert_allclose(by_bars, losses.PairwiseHinge(1.0, form="pairs").forward(s, relevant))
figures.specialized_losses.bars(s, relevant)

# %% [markdown]
# **The mathematics.** Let $k_i$ be the number of irrelevant scores above the bar $b_i = s_i - m$, and $S_k$ the sum of the $k$ highest irrelevant scores. What item $i$ pays is
#
# $$\sum_{s_j > b_i} (s_j - b_i) = S_{k_i} - k_i\, b_i .$$
#
# No pair is left in this formula. If the irrelevant scores are sorted, $k_i$ is found by bisection, in $\log N$ steps. All the $S_k$ come from one running sum. Sorting takes $N \log N$ steps, and that is the cost of the whole.
#
# The hinge allows this because it is a straight line where it pays: sums and counts are all there is to know.
#
# **The code.** Measured on this machine, both forms of `losses.PairwiseHinge`, value and gradient. The lists have five degrees of relevance.

# %% tags=["demo"]
import time
import tracemalloc


def cost_of(loss, n):
    """Seconds (the fastest of two) and peak of memory in bytes, there and back, for n scores."""
    rng = np.random.default_rng(n)
    p, r = rng.normal(size=n), rng.integers(0, 5, n)

    def run():
        loss.forward(p, r)
        loss.backward()

    taken = []
    for _ in range(2):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return min(taken), peak


measured = {}
for name, largest in (("pairs", 11), ("sorted", 16)):
    sizes = 2 ** np.arange(6, largest + 1)
    seconds, peaks = zip(*(cost_of(losses.PairwiseHinge(form=name), n) for n in sizes))
    measured[name] = sizes, seconds, peaks
for name, (sizes, seconds, peaks) in measured.items():
    print(f"{name:7s} N = {sizes[-1]:6d}: {1000 * seconds[-1]:7.1f} ms, {peaks[-1] / 1e6:6.1f} MB")

growth = {name: peaks[-1] / peaks[-2] for name, (_, _, peaks) in measured.items()}
assert growth["pairs"] > 3.8  # twice the list, four times the memory
assert growth["sorted"] < 2.2  # twice the list, twice the memory
rng = np.random.default_rng(2)
p, r = rng.normal(size=700), rng.integers(0, 5, 700)
forms = [losses.PairwiseHinge(form=form) for form in ("pairs", "sorted")]
np.testing.assert_allclose(*(form.forward(p, r) for form in forms), rtol=1e-12)
np.testing.assert_allclose(*(form.backward() for form in forms), atol=1e-15)  # the same answer
figures.specialized_losses.growth(measured)

# %% [markdown]
# On logarithmic axes a power is a straight line, and its steepness is the power. The curve of the pairs climbs twice as steeply. For short lists the pairs are usually faster all the same: sorting has its price, too.
#
# So D0's sentence holds for the loss as it is written down, not for what it costs to compute. For a hinge it is $O(N \log N)$.

# %% [markdown] exercise="ch05.pairwise_hinge_sorted" minutes=18 difficulty=5
# ### Exercise: the pairwise hinge without the pairs
# The same loss for lists with two degrees of relevance: `relevant` holds 1 or 0. So each relevant item makes a pair with each irrelevant one. Compute the loss and its gradient without a table of N × N: sort, search, and sums.
#
# A relevant item has its *bar* at $s_i - m$. It pays for every irrelevant score above the bar, and for each of these the distance to the bar. The conventions are those of the exercise before: mean over the pairs, 0 without a pair, no pull at the kink.
#
# <details><summary>Hint 1</summary>
#
# `np.searchsorted(x, v, side="right")` says how many entries of the *sorted* array `x` are at most `v`; with `side="left"`, how many are below `v`. Both take an array of many `v` at once.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: bars 0 and 2, irrelevant scores −1, 1, 4, already sorted. Above the bar 0 stand 1 and 4: it pays $(1 + 4) - 2 \cdot 0 = 5$. Above the bar 2 stands 4: it pays $4 - 1 \cdot 2 = 2$. Six pairs, so the loss is $7/6$.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The sums of the last $k$ entries of a sorted array `x`, for all $k$ at once: `np.cumsum(x[::-1])`. Put a 0 in front for $k = 0$; then index it with $k$.
# </details>
#
# <details><summary>Hint 4</summary>
#
# The gradient needs counts only. A relevant item: minus the number of irrelevant scores above its bar. An irrelevant item: the number of bars below its score.
# </details>
#
# <details><summary>My result is right for short lists and wrong for the long one</summary>
#
# Did you sort before you searched? A short list can be in order by luck. In the gradient, do not sort the scores themselves: each slope belongs to the place of its item.
# </details>

# %% exercise="ch05.pairwise_hinge_sorted"
def pairwise_hinge_sorted(scores, relevant, margin):
    """The pairwise hinge of a list with two degrees of relevance, in O(N log N); 0 without a pair.

    scores (N,), relevant (N,) of 0 and 1, margin > 0 -> float, the mean over all pairs.
    """
    ### BEGIN SOLUTION
    bars, others = scores[relevant == 1] - margin, np.sort(scores[relevant == 0])
    above = len(others) - np.searchsorted(others, bars, side="right")
    sums = np.append(0, np.cumsum(others[::-1]))
    return np.sum(sums[above] - above * bars) / max(len(bars) * len(others), 1)
    ### END SOLUTION


def pairwise_hinge_sorted_gradient(scores, relevant, margin):
    """Gradient of `pairwise_hinge_sorted` in O(N log N); a pair at the kink does not pull.

    scores, relevant (N,), margin -> (N,), in the order of the scores. It carries 1/pairs.
    """
    ### BEGIN SOLUTION
    bars, others = np.sort(scores[relevant == 1] - margin), np.sort(scores[relevant == 0])
    above = len(others) - np.searchsorted(others, scores - margin, side="right")
    below = np.searchsorted(bars, scores, side="left")
    return np.where(relevant == 1, -above, below) / max(len(bars) * len(others), 1)
    ### END SOLUTION


# %% check="ch05.pairwise_hinge_sorted" points=6
check("ch05.pairwise_hinge_sorted", pairwise_hinge_sorted, pairwise_hinge_sorted_gradient)

# %% [markdown]
# The check compares numbers; it does not hold a watch. Try a watch yourself, when your answer is right:
#
# ```python
# s, r = np.random.default_rng(0).normal(size=100_000), np.arange(100_000) % 2
# %time pairwise_hinge_sorted(s, r, 1.0)
# ```
#
# And with more than two degrees of relevance? Then one sort is not enough, because an item is the better one in some pairs and the worse one in others. `losses.PairwiseHinge` writes the degrees as binary numbers. Two degrees that differ do so first in one bit, and for that bit there are only two sides, 0 and 1: your exercise, once for each bit.
#
# **Remember.** "All pairs" is a definition, not an algorithm. Where a loss is piecewise linear, sort and count.

# %% [markdown]
# ## 5.5 Pairwise logistic: a hinge without a corner
#
# **The question.** The hinge forgets a pair as soon as it is right by the margin. Can a pair say *how sure* it is of its order?
#
# **The mathematics.** Let the gap be a logit. The probability of the right order is then $\sigma(s_i - s_j)$, and minus its logarithm is the loss of RankNet (Burges and others, 2005):
#
# $$-\log \sigma(s_i - s_j) = \log\bigl(1 + e^{-(s_i - s_j)}\bigr).$$
#
# It is the dashed curve of 5.2. D0 calls it an extension of the hinge. Measured, it is rather a hinge with margin 0, rounded off: never more than $\log 2$ above it.

# %% tags=["demo"]
gap = np.linspace(-30, 30, 6001)
logistic = losses.SoftMargin(reduction="none").forward(gap, np.ones_like(gap))
above = logistic - np.maximum(0, -gap)
print(f"logistic minus hinge: from {above.min():.1e} to {above.max():.3f},", end=" ")
print(f"largest at gap {gap[above.argmax()]:.1f}")
np.testing.assert_allclose(above.max(), np.log(2))
assert above.min() >= 0

# %% [markdown]
# **The code.** This curve is no straight line, so sorting does not help: the time is $O(N^2)$. The *memory* need not be. The pairs can be visited in blocks of rows; each block is forgotten before the next one comes.

# %% tags=["demo"]
peaks = [cost_of(losses.PairwiseLogistic(block=32), n)[1] for n in (512, 1024)]
whole = [cost_of(losses.PairwiseLogistic(block=n), n)[1] for n in (512, 1024)]
for name, (short, long) in {"blocks of 32 rows": peaks, "all rows at once": whole}.items():
    print(f"{name:18s} {short / 1e6:5.1f} MB, and for twice the list {long / 1e6:5.1f} MB")
assert peaks[1] < 2.2 * peaks[0] and whole[1] > 3.5 * whole[0]

# %% [markdown] exercise="ch05.pairwise_logistic" minutes=12 difficulty=3
# ### Exercise: the pairwise logistic loss
# Over the same pairs, $P$ of them:
#
# $$L = \frac1P \sum_{r_i > r_j} \log\bigl(1 + e^{-(s_i - s_j)}\bigr)$$
#
# It is 0, with gradients 0, where no pair counts. Scores can be in the tens of thousands, of either sign, and then the loss and the gradient must still be right.
#
# <details><summary>Hint 1</summary>
#
# `np.logaddexp(a, b)` is $\log(e^a + e^b)$ without overflow. With which $a$ is it $\log(1 + e^b)$?
# </details>
#
# <details><summary>Hint 2</summary>
#
# With $x = s_i - s_j$ the slope of $\log(1 + e^{-x})$ is $-\sigma(-x)$. Each pair pulls item $i$ with minus that strength and item $j$ with plus that strength.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A sigmoid that never overflows: $\sigma(x) = \tfrac12 + \tfrac12\tanh\tfrac{x}{2}$. Make a table of strengths, 0 where no pair counts; then row sums and column sums, as before.
# </details>
#
# <details><summary>My result is inf or nan for large scores</summary>
#
# Some `np.exp` gets a large positive number. Also `np.exp(big) * False` is `nan`: it is infinity times 0. Use functions that stay finite, or choose with `np.where`.
# </details>

# %% exercise="ch05.pairwise_logistic"
def pairwise_logistic(scores, relevance):
    """Mean of log(1 + exp(−(s_i − s_j))) over the pairs with relevance_i > relevance_j, or 0.

    scores, relevance (N,) -> float. Right for scores of any finite size.
    """
    ### BEGIN SOLUTION
    counts = relevance[:, None] > relevance
    gap = scores[:, None] - scores
    return np.sum(np.logaddexp(0, -gap) * counts) / max(np.sum(counts), 1)
    ### END SOLUTION


def pairwise_logistic_gradient(scores, relevance):
    """Gradient of `pairwise_logistic` for the scores.

    scores, relevance (N,) -> (N,). It carries one over the number of pairs that count.
    """
    ### BEGIN SOLUTION
    counts = relevance[:, None] > relevance
    gap = scores[:, None] - scores
    pull = counts * (1 + np.tanh(-gap / 2)) / 2
    return (np.sum(pull, axis=0) - np.sum(pull, axis=1)) / max(np.sum(counts), 1)
    ### END SOLUTION


# %% check="ch05.pairwise_logistic" points=6
check("ch05.pairwise_logistic", pairwise_logistic, pairwise_logistic_gradient)

# %% [markdown]
# **Remember.** The gap as a logit gives a probability of the right order. Time $N^2$, memory as small as your block.

# %% [markdown]
# ## 5.6 The ranking losses in PyTorch
#
# Beside each NumPy file lies its twin, `course_lib/losses_torch/ranking.py`: same names, forward only. The gradient comes from automatic differentiation and is a second opinion on the one derived by hand.

# %% tags=["demo"]
import torch

from course_lib import losses_torch


def best_of(call, repeats=3):
    """Milliseconds of the fastest of several calls."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return 1000 * min(taken)


def there_and_back(loss, moved, fixed):
    value, told = loss.forward(*moved, *fixed), loss.backward()
    return value, told if isinstance(told, tuple) else (told,)


def twin_there_and_back(twin, leaves, fixed):
    for leaf in leaves:
        leaf.grad = None
    value = twin(*leaves, *fixed)
    value.backward()
    if value.is_cuda:
        torch.cuda.synchronize()
    return value.item(), [leaf.grad.cpu().numpy() for leaf in leaves]


def compare(rows, tolerance=1e-9):
    """Value, gradients and time of each loss and of its twin, on every device there is.

    rows: name -> (arguments of the constructor, inputs with a gradient, other inputs)
    """
    devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    print("loss              device   Δ value  Δ gradient      NumPy     PyTorch")
    for name, (options, *inputs) in rows.items():
        ours, twin = getattr(losses, name)(*options), getattr(losses_torch, name)(*options)
        value, gradients = there_and_back(ours, *inputs)
        milliseconds = best_of(lambda run=(ours, *inputs): there_and_back(*run))
        for device in devices:
            leaves = [torch.tensor(a, device=device, requires_grad=True) for a in inputs[0]]
            fixed = [torch.tensor(a, device=device) for a in inputs[1]]
            told, others = twin_there_and_back(twin, leaves, fixed)
            off = abs(told - value) / max(1, abs(value))
            turned = max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(others, gradients))
            theirs = best_of(lambda run=(twin, leaves, fixed): twin_there_and_back(*run))
            print(f"{name:17s} {device:>6s} {off:9.1e} {turned:11.1e} ", end="")
            print(f"{milliseconds:7.2f} ms {theirs:8.2f} ms")
            assert off < tolerance and turned < tolerance
    if "cuda" not in devices:
        print("no GPU here: the CPU only")


rng = np.random.default_rng(3)
first, second = rng.normal(size=(2, 20_000))
list_scores, list_relevance = rng.normal(size=600), rng.integers(0, 5, 600).astype(float)
compare({
    "MarginRanking": ((1.0,), (first, second), (rng.choice([-1.0, 1.0], 20_000),)),
    "PairwiseHinge": ((1.0,), (list_scores,), (list_relevance,)),
    "PairwiseLogistic": ((), (list_scores,), (list_relevance,)),
})

# %% [markdown]
# ---
# # Part two: nearness
# ## 5.7 Contrastive pairs: together or apart?
#
# **The question.** A network turns each picture into a point. Nobody can say where the point of a "3" should be. But everybody can say that two threes should be near each other, and a three and an eight far apart. Is that enough to learn from?
#
# **The picture.** Two curves, one for each kind of pair, over the distance $d$ of the two points.

# %% tags=["demo"]
figures.specialized_losses.pair_distance()

# %% [markdown]
# **The mathematics.** Pairs that are alike pay $\tfrac12 d^2$: a spring. Pairs that are not pay $\tfrac12 \max(0, m - d)^2$: they are pushed until they are a margin apart, and then left alone (Hadsell, Chopra and LeCun, 2006). Both halves are needed. With the springs only, the best answer is one point for all:

# %% tags=["demo"]
rng = np.random.default_rng(4)
points, one_point = rng.normal(size=(6, 2)), np.zeros((6, 2))
loss = losses.Contrastive(margin=1.0)
alike, mixed = np.ones(6), np.array([1.0, 1, 1, -1, -1, -1])
collapsed = [loss.forward(one_point, one_point, target) for target in (alike, mixed)]
print(f"all in one point: springs alone {collapsed[0]:g}, with pushes {collapsed[1]:g}")
assert collapsed[0] == 0 and collapsed[1] == 0.25
last = loss.backward()[0][-1]
print("gradient where two unlike points are equal:", last + 0.0)
assert not last.any()  # no direction: 0

# %% [markdown]
# Where two points are exactly equal there is no direction to push in, so the gradient is 0. It matters little: points that come out of a network are hardly ever equal.

# %% [markdown] exercise="ch05.contrastive" minutes=12 difficulty=3
# ### Exercise: the contrastive loss
# With the distance $d_i = \lVert a_i - b_i \rVert$ (the root of the sum of squares over the D features; $a_i$ is row $i$ of `x1`, $b_i$ of `x2`):
#
# $$L = \frac1N \sum_{i=1}^N \begin{cases} \tfrac12 d_i^2 & t_i = +1 \text{ (alike)} \\ \tfrac12 \max(0,\, m - d_i)^2 & t_i = -1 \text{ (not alike)} \end{cases}$$
#
# Write the loss and the gradients for both inputs. Two equal points have no direction: where $d_i = 0$ the gradient is 0.
#
# <details><summary>Hint 1</summary>
#
# The gradient of $d$ for $a$ is $(a - b)/d$, an arrow of length 1 from $b$ to $a$. The gradient of $\tfrac12 d^2$ is simpler: which factor cancels?
# </details>
#
# <details><summary>Hint 2</summary>
#
# One number for each example beside D numbers for each example: give the first a second axis, `d[:, None]`, or take the length with `keepdims=True`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# The loss knows only $a - b$. So the gradient for `x2` is minus that for `x1`.
# </details>
#
# <details><summary>My result is nan in a row</summary>
#
# There the two points are equal, and you divide 0 by 0. Divide by `np.where(d > 0, d, 1)`: the difference is 0 anyway.
# </details>
#
# <details><summary>My result moves far points of different kind together</summary>
#
# Beyond the margin an unlike pair costs nothing. Cut $m - d$ at 0 before you square it, and in the gradient, too.
# </details>

# %% exercise="ch05.contrastive"
def contrastive(x1, x2, target, margin):
    """Mean of ½d² where target is +1 and ½max(0, margin − d)² where it is −1; d = ‖x1 − x2‖.

    x1, x2 (N, D), target (N,) of −1 and +1, margin > 0 -> float.
    """
    ### BEGIN SOLUTION
    d = np.sqrt(np.sum((x1 - x2) ** 2, axis=1))
    each = np.where(target > 0, d, np.maximum(0, margin - d))
    return np.mean(each**2) / 2
    ### END SOLUTION


def contrastive_gradient(x1, x2, target, margin):
    """Gradients of `contrastive` for x1 and for x2; 0 where the two points are equal.

    x1, x2 (N, D), target (N,), margin -> two arrays (N, D), first that for x1. They carry 1/N.
    """
    ### BEGIN SOLUTION
    error = x1 - x2
    d = np.sqrt(np.sum(error**2, axis=1, keepdims=True))
    push = -np.maximum(0, margin - d) * error / np.where(d > 0, d, 1)
    gradient = np.where(target[:, None] > 0, error, push) / len(x1)
    return gradient, -gradient
    ### END SOLUTION


# %% check="ch05.contrastive" points=5
check("ch05.contrastive", contrastive, contrastive_gradient)

# %% [markdown]
# **What it is good for.** A small network, 64 pixels → 64 units → 2 numbers, sees pairs of digits. Nobody tells it which digit is which, only whether two are the same. Watch the new digits, which it has never seen in any pair.

# %% tags=["demo"]
from course_lib.architectures.data import digits

(pictures, labels), (new_pictures, new_labels) = digits(np.random.default_rng(0))
members = [np.flatnonzero(labels == c) for c in range(10)]


def encoder(seed, outputs, inputs=64):
    rng = np.random.default_rng(seed)
    first, last = layers.Dense(inputs, 64, rng), layers.Dense(64, outputs, rng)
    return layers.Sequential(first, activations.ReLU(), last)


def partners(rng, i):
    """For each picture another one of the same digit."""
    chance = rng.random(len(i))
    return np.array([members[c][int(u * len(members[c]))] for c, u in zip(labels[i], chance)])


def learn_pairs(steps=400, batch=128, margin=4.0, look=()):
    """-> a network, and step -> where the new digits lay after it, for the steps in `look`."""
    rng, net = np.random.default_rng(0), encoder(0, 2)
    loss, optimizer, seen = losses.Contrastive(margin), optimizers.Adam(0.01), {}
    for step in range(steps + 1):
        if step in look:
            seen[step] = net.forward(new_pictures[:250])
        i = rng.integers(len(labels), size=batch)
        others = rng.integers(len(labels), size=batch)
        j = np.where(rng.random(batch) < 0.5, partners(rng, i), others)
        points = net.forward(pictures[np.concatenate([i, j])])
        loss.forward(*np.split(points, 2), np.where(labels[i] == labels[j], 1.0, -1.0))
        net.backward(np.concatenate(loss.backward()))
        optimizer.step(net.params, net.grads)
    return net, seen


by_pairs, moments = learn_pairs(look=(0, 20, 50, 100, 200, 400))
figures.specialized_losses.learning_film(moments, new_labels[:250])

# %% [markdown]
# How good is the map? Give each new digit the majority of its five nearest neighbors. For comparison: the best *linear* map to two numbers (principal components), and all 64 pixels.

# %% tags=["demo"]
def read_by_neighbors(points, new_points, k=5):
    """The share of new digits whose k nearest neighbors vote for the right one."""
    far = np.sum(points**2, axis=1) - 2 * new_points @ points.T  # d², but for a number for each row
    votes = labels[np.argsort(far, axis=1)[:, :k]]
    read = np.array([np.bincount(vote, minlength=10).argmax() for vote in votes])
    return float(np.mean(read == new_labels))


center = pictures.mean(axis=0)
axes = np.linalg.svd(pictures - center, full_matrices=False)[2][:2].T
maps = {
    "64 pixels": (pictures, new_pictures),
    "2 principal components": ((pictures - center) @ axes, (new_pictures - center) @ axes),
    "2 numbers, contrastive": (by_pairs.forward(pictures), by_pairs.forward(new_pictures)),
}
read = {name: read_by_neighbors(*points) for name, points in maps.items()}
for name, share in read.items():
    print(f"{name:24s} {share:.1%} of the new digits are read")
assert read["2 numbers, contrastive"] > read["2 principal components"] + 0.15
assert read["64 pixels"] > read["2 numbers, contrastive"]  # 2 numbers cannot hold all

# %% [markdown]
# **Remember.** A spring for what is alike, a push with an end for what is not. Without the push everything falls into one point.

# %% [markdown]
# ## 5.8 Triplets: nearer to this one than to that one
#
# **The question.** How far is "alike"? The pairs above had to be told: distance 0, or a margin. Yet often only a comparison is known: this face is more like that one than like the third.
#
# **The picture.** An anchor, a positive (alike), a negative (not alike). The dashed circle is where the negative must not be inside.

# %% tags=["demo"]
figures.specialized_losses.triplet_arrows()

# %% [markdown]
# **The mathematics.**
#
# $$\ell = \max\bigl(0,\ d(a, p) - d(a, n) + m\bigr)$$
#
# It is margin ranking of two distances. No distance has to be small, only smaller than the other. FaceNet (Schroff, Kalenichenko and Philbin, 2015) learned faces this way, with squared distances; D0 and D1 both name it. We take the distance itself.

# %% [markdown] exercise="ch05.triplet_margin" minutes=13 difficulty=3
# ### Exercise: the triplet margin loss
# $$L = \frac1N \sum_{i=1}^N \max\bigl(0,\ \lVert a_i - p_i\rVert - \lVert a_i - n_i\rVert + m\bigr)$$
#
# with anchors $a$, positives $p$, negatives $n$, all (N, D). The distance is Euclidean, with the root. Write the loss and the three gradients. A triplet with exactly 0 inside the maximum does not pull, and a distance of 0 has the gradient 0.
#
# <details><summary>Hint 1</summary>
#
# First the two unit arrows of each triplet: from the positive to the anchor, and from the negative to the anchor. All three gradients are made of these two.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The anchor stands in both distances, the positive and the negative in one each. And the three gradients of a triplet add up to 0: moving all points together changes nothing.
# </details>
#
# <details><summary>My result is nan in a row</summary>
#
# Anchor and positive are equal there, and 0/0 came out. Divide by 1 where the distance is 0.
# </details>
#
# <details><summary>My result has gradients for triplets that are fine</summary>
#
# Where the maximum is 0 the loss is flat. Multiply by a column of yes and no.
# </details>

# %% exercise="ch05.triplet_margin"
def triplet_margin(anchor, positive, negative, margin):
    """Mean over the examples of max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin).

    anchor, positive, negative (N, D), margin > 0 -> float.
    """
    ### BEGIN SOLUTION
    near = np.sqrt(np.sum((anchor - positive) ** 2, axis=1))
    far = np.sqrt(np.sum((anchor - negative) ** 2, axis=1))
    return np.mean(np.maximum(0, near - far + margin))
    ### END SOLUTION


def triplet_margin_gradient(anchor, positive, negative, margin):
    """Gradients of `triplet_margin` for all three; 0 at the kink and for a distance of 0.

    anchor, positive, negative (N, D), margin -> three arrays (N, D), in this order. They carry 1/N.
    """
    ### BEGIN SOLUTION
    to_near, to_far = anchor - positive, anchor - negative
    near = np.sqrt(np.sum(to_near**2, axis=1, keepdims=True))
    far = np.sqrt(np.sum(to_far**2, axis=1, keepdims=True))
    each = (near - far + margin > 0) / len(anchor)
    near_arrow = each * to_near / np.where(near > 0, near, 1)
    far_arrow = each * to_far / np.where(far > 0, far, 1)
    return near_arrow - far_arrow, -near_arrow, far_arrow
    ### END SOLUTION


# %% check="ch05.triplet_margin" points=5
check("ch05.triplet_margin", triplet_margin, triplet_margin_gradient)

# %% [markdown]
# **What it is good for.** The same network, the same new digits, triplets at random. Count how many of them still pay.

# %% tags=["demo"]
def learn_triplets(x, y, outputs=2, steps=400, batch=128, lr=0.01):
    """-> a network, and the share of triplets that paid at each step."""
    rng, net, loss = np.random.default_rng(0), encoder(0, outputs), losses.TripletMargin(1.0)
    optimizer, paid = optimizers.Adam(lr), []
    own = {c: np.flatnonzero(y == c) for c in np.unique(y)}
    for _ in range(steps):
        a = rng.integers(len(y), size=batch)
        p = np.array([own[c][int(u * len(own[c]))] for c, u in zip(y[a], rng.random(batch))])
        n = rng.integers(len(y), size=batch)
        while np.any(y[n] == y[a]):
            n = np.where(y[n] == y[a], rng.integers(len(y), size=batch), n)
        loss.forward(*np.split(net.forward(x[np.concatenate([a, p, n])]), 3))
        gradients = loss.backward()
        paid.append(np.mean(np.any(gradients[1] != 0, axis=1)))
        net.backward(np.concatenate(gradients))
        optimizer.step(net.params, net.grads)
    return net, np.array(paid)


by_triplets, paid = learn_triplets(pictures, labels)
shown = {"contrastive pairs": by_pairs, "triplets": by_triplets}
points = by_triplets.forward(pictures), by_triplets.forward(new_pictures)
read["2 numbers, triplets"] = read_by_neighbors(*points)
print(f"{read['2 numbers, triplets']:.1%} of the new digits are read")
print(f"triplets that paid: {paid[:5].mean():.0%} at first, {paid[-50:].mean():.0%} at the end")
assert read["2 numbers, triplets"] > read["2 principal components"] + 0.15
assert paid[-50:].mean() < 0.1 < 0.5 < paid[:5].mean()
figures.specialized_losses.embedding(
    {name: (net.forward(new_pictures[:250]), new_labels[:250]) for name, net in shown.items()}
)

# %% [markdown]
# At the end more than nine triplets in ten are already right and say nothing. That is the known weakness: random triplets soon are too easy. FaceNet looked for hard ones inside each batch.
#
# **A claim put to the test.** D1 names the triplet loss for few-shot learning: recognizing classes of which only a few examples exist. We train on the digits 0 to 5 only. Then we take 6, 7, 8 and 9, never seen, give five examples of each, and read the others by the nearest center. The rival is no network at all: the pixels.

# %% tags=["demo"]
every, every_label = np.concatenate([pictures, new_pictures]), np.concatenate([labels, new_labels])


def few_shots(points, names, shots=5, tries=40):
    """The share read right by the nearest center of `shots` examples of each class."""
    rng, right = np.random.default_rng(0), []
    classes = np.unique(names)
    for _ in range(tries):
        given = [rng.choice(np.flatnonzero(names == c), shots, replace=False) for c in classes]
        centers = np.array([points[g].mean(axis=0) for g in given])
        rest = np.setdiff1d(np.arange(len(names)), np.concatenate(given))
        far = np.sum(centers**2, axis=1) - 2 * points[rest] @ centers.T
        right.append(np.mean(classes[far.argmin(axis=1)] == names[rest]))
    return float(np.mean(right))


unseen = every_label > 5
few, _ = learn_triplets(every[~unseen], every_label[~unseen], outputs=16, lr=0.003)
both_maps = few.forward(every), every
old = [few_shots(points[~unseen], every_label[~unseen]) for points in both_maps]
new = [few_shots(points[unseen], every_label[unseen]) for points in both_maps]
print(f"digits it was trained on: embedding {old[0]:.1%}, pixels {old[1]:.1%}")
print(f"digits it never saw:      embedding {new[0]:.1%}, pixels {new[1]:.1%}")
assert old[0] > old[1] + 0.01 and new[1] > new[0] + 0.1

# %% [markdown]
# It did not work here. The embedding threw away what does not tell 0 to 5 apart, and that was what 6 to 9 need. Six classes do not teach what matters about classes in general. FaceNet had about eight million people to learn from. So D1's remark needs a condition: few examples of the *new* class, after many *other* classes.
#
# **Remember.** Triplets compare, so no scale must be known. Most random triplets soon are silent. An embedding keeps what its training asked for, and no more.

# %% [markdown]
# ## 5.9 Cosine embedding: does only the direction count?
#
# **The question.** Two texts on the same subject, one twice as long. Their vectors of word counts point the same way, and one is twice as long. Are they alike?
#
# **The picture.** If they are, compare directions. A cosine of 1 is the same direction, 0 a right angle, −1 the opposite.

# %% tags=["demo"]
figures.losses.cosine_angle()

# %% [markdown]
# **The mathematics.** For pairs that are alike $1 - \cos$, for others $\max(0, \cos - m)$. A longer vector has the same cosine, so the gradient never points along the vector itself. It is the other direction, without its part along this one.
#
# **The code.**

# %% tags=["demo"]
rng = np.random.default_rng(5)
a, b, target = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), np.array([1.0, -1, 1, -1])
loss = losses.CosineEmbedding(margin=-1.0)
value = loss.forward(a, b, target)
da, _ = loss.backward()
np.testing.assert_allclose(loss.forward(7 * a, b, target), value)  # length does not count
np.testing.assert_allclose(np.sum(da * a, axis=1), 0, atol=1e-12)  # at a right angle
loss.forward(7 * a, b, target)
np.testing.assert_allclose(loss.backward()[0], da / 7)  # a long vector turns slowly

# %% [markdown] exercise="ch05.cosine_embedding" minutes=14 difficulty=4
# ### Exercise: the cosine embedding loss
# With $c_i$ the cosine of the angle between row $i$ of `x1` and row $i$ of `x2`:
#
# $$L = \frac1N \sum_{i=1}^N \begin{cases} 1 - c_i & t_i = +1 \\ \max(0,\ c_i - m) & t_i = -1 \end{cases}$$
#
# Write the loss, and its gradient for `x1` only. No vector has the length 0 here. A cosine exactly at the margin has the gradient 0.
#
# <details><summary>Hint 1</summary>
#
# Scale each row to length 1, $u = a/\lVert a\rVert$ and $v = b/\lVert b\rVert$. Then the cosine is the plain dot product $u \cdot v$.
# </details>
#
# <details><summary>Hint 2</summary>
#
# When the tip of $a$ moves a little along $a$ itself, the cosine does not change. So its gradient has no part along $u$: it is $v$ without its part along $u$, and divided by the length of $a$,
# $$\frac{\partial c}{\partial a} = \frac{v - c\,u}{\lVert a\rVert} .$$
# </details>
#
# <details><summary>Hint 3</summary>
#
# Test yourself: `np.sum(gradient * x1, axis=1)` must be 0 in every row, up to rounding.
# </details>
#
# <details><summary>My result changes when I make a vector longer</summary>
#
# Then some length is missing in the cosine. `np.linalg.norm(x, axis=1, keepdims=True)` gives the length of each row, ready to divide by.
# </details>

# %% exercise="ch05.cosine_embedding"
def cosine_embedding(x1, x2, target, margin):
    """Mean of 1 − cos where target is +1 and max(0, cos − margin) where it is −1; cos of x1 and x2.

    x1, x2 (N, D), no row of length 0, target (N,) of −1 and +1, margin in −1 … 1 -> float.
    """
    ### BEGIN SOLUTION
    lengths = np.linalg.norm(x1, axis=1) * np.linalg.norm(x2, axis=1)
    cosine = np.sum(x1 * x2, axis=1) / lengths
    return np.mean(np.where(target > 0, 1 - cosine, np.maximum(0, cosine - margin)))
    ### END SOLUTION


def cosine_embedding_gradient(x1, x2, target, margin):
    """Gradient of `cosine_embedding` for x1; 0 for an unlike pair exactly at the margin.

    x1, x2 (N, D), target (N,), margin -> (N, D). It carries 1/N.
    """
    ### BEGIN SOLUTION
    length = np.linalg.norm(x1, axis=1, keepdims=True)
    u, v = x1 / length, x2 / np.linalg.norm(x2, axis=1, keepdims=True)
    cosine = np.sum(u * v, axis=1, keepdims=True)
    slope = np.where(target[:, None] > 0, -1, cosine > margin) / len(x1)
    return slope * (v - cosine * u) / length
    ### END SOLUTION


# %% check="ch05.cosine_embedding" points=5
check("ch05.cosine_embedding", cosine_embedding, cosine_embedding_gradient)

# %% [markdown]
# **The hinge embedding loss** is the relative that D0 names in the same breath. It takes a distance, made in any way you like: alike pay the distance, others $\max(0, m - d)$. D0 says that it has the Euclidean distance in place of the cosine. So it can, but note what turns round: a distance is small for what is alike, a cosine large. Beside the contrastive loss of 5.7 it lacks the squares, so its pull does not fade:

# %% tags=["demo"]
d = np.array([0.01, 0.5, 2.0])
hinge, squares = losses.HingeEmbedding(reduction="none"), losses.Contrastive(reduction="none")
zero, along = np.zeros((3, 1)), d[:, None]
for target in (np.ones(3), -np.ones(3)):
    hinge.forward(d, target)
    squares.forward(along, zero, target)
    pull = hinge.backward(np.ones(3)), squares.backward(np.ones(3))[0][:, 0]
    print(f"target {target[0]:+g}: hinge embedding {pull[0] + 0.0}, contrastive {pull[1] + 0.0}")
    assert set(np.abs(pull[0])) <= {0.0, 1.0}  # full strength or none

# %% [markdown]
# **Remember.** The cosine forgets the length. Scale to length 1, and a cosine is a dot product.

# %% [markdown]
# ## 5.10 InfoNCE: which of all of these is my partner?
#
# **The question.** Four hundred million pictures with captions, and no labels. Each picture has one right caption. Must we choose wrong ones for it, one by one?
#
# **The picture.** No. In a batch of N pairs, each picture has its own caption and N − 1 wrong ones for free. Divide the cosines by a temperature and apply a softmax: it is a classification with N classes. The loss is a cross-entropy.

# %% tags=["demo"]
row = np.array([0.9, 0.75, 0.4, 0.1, -0.3]) / 0.1  # the partner first, then four others
loss = losses.CrossEntropy()
loss.forward(row[None], np.array([0]))
pulls = loss.backward()[0]
assert pulls[1] > 0.9 * pulls[1:].sum()  # of all others the hardest hears nearly everything
figures.specialized_losses.temperature()

# %% [markdown]
# **The mathematics.** $s_{ij} = \cos(x_{1,i},\, x_{2,j})/\tau$. Row $i$ asks: which caption belongs to picture $i$? Column $i$ asks: which picture belongs to caption $i$? The loss is the mean of both cross-entropies, with the labels $0, 1, \dots, N-1$. The rows alone are InfoNCE (van den Oord, Li and Vinyals, 2018). Both ways together is what CLIP trains with (Radford and others, 2021).
#
# Cosines lie between −1 and 1. Without a small $\tau$ the softmax could never be sure:

# %% tags=["demo"]
perfect = np.eye(64)  # 64 pairs, each in a direction of its own
for tau in (1.0, 0.07):
    value = losses.InfoNCE(tau).forward(perfect, perfect)
    print(f"τ = {tau:4g}: a perfect answer costs {value:.4f} nats, blind guessing {np.log(64):.3f}")
    assert value > 3 if tau == 1 else value < 0.001

# %% [markdown]
# **An error in print.** D0 says that CLIP uses the cosine embedding loss. It does not. The difference is not one of taste. Take four pictures and four texts. Every picture finds its text: cosine 0.3 with the partner, 0 with others. Now add 0.5 to all cosines. Nothing has changed about who finds whom.

# %% tags=["demo"]
from course_lib.errata import ERRATA

(clip,) = (row for row in ERRATA if row.name == "clip_loss")
told = clip.show()
for name, number in told.items():
    print(f"{name:24s} {number:.4f}")
np.testing.assert_allclose(told["mended, all 0.5 more"], told["mended"])  # it compares
assert told["printed, all 0.5 more"] > 1.3 * told["printed"]  # it measures each pair on its own

# %% [markdown]
# The cosine embedding loss judges each pair on its own. InfoNCE *compares*: only the differences within a row or a column count, as in any softmax. And of the wrong partners the hardest counts most, as the picture above shows.

# %% [markdown] exercise="ch05.info_nce" minutes=20 difficulty=5
# ### Exercise: InfoNCE in both directions
# `x1` and `x2` are (N, D); row $i$ of one belongs to row $i$ of the other. Scale all rows to length 1, $u_i$ and $v_j$, and let $s_{ij} = u_i \cdot v_j / \tau$ with the temperature $\tau$. Then
#
# $$L = -\frac1N \sum_{i=1}^N \frac12 \left( \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}} + \log \frac{e^{s_{ii}}}{\sum_j e^{s_{ji}}} \right) .$$
#
# In words: the cross-entropy of the rows of $s$ and that of its columns, the labels being 0, 1, … N − 1, and the mean of the two. Write the loss, stable for a tiny $\tau$, and its gradient for `x1`.
#
# <details><summary>Hint 1</summary>
#
# Build the table `s` of shape (N, N) first: one matrix product. A log-softmax along the rows, `axis=1`, one along the columns, `axis=0`; each shifted by its own maximum.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the gradient go backwards through three steps: loss → $s$ → $u$ → `x1`. For $s$ you know it from chapter 4: softmax minus target, for rows and for columns, half of each, over N. The target is the identity matrix.
# </details>
#
# <details><summary>Hint 3</summary>
#
# From $s = u v^\top/\tau$: the gradient for $u$ is that for $s$ times $v$, divided by $\tau$. Call it $g$. From $u$ back to `x1`: take out the part along $u$ and divide by the length, $(g - (g \cdot u)\,u)/\lVert a\rVert$ in each row.
# </details>
#
# <details><summary>My result is log N, whatever I do</summary>
#
# That is blind guessing: all rows of `s` are flat. Is the temperature a divisor? Do the rows of your two inputs belong together?
# </details>
#
# <details><summary>My result is right for the value and my gradient is a little off</summary>
#
# Check that each row of the gradient is at a right angle to its row of `x1`. If not, the way back through the scaling is incomplete.
# </details>

# %% exercise="ch05.info_nce"
def info_nce(x1, x2, temperature):
    """Mean of the cross-entropies of the rows and of the columns of cos(x1_i, x2_j)/temperature.

    x1, x2 (N, D), no row of length 0, temperature > 0 -> float, in nats.
    """
    ### BEGIN SOLUTION
    u, v = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (x1, x2))
    s, loss = u @ v.T / temperature, 0.0
    for axis in (0, 1):
        shifted = s - np.max(s, axis=axis, keepdims=True)
        log_p = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
        loss = loss - np.mean(np.diag(log_p)) / 2
    return loss
    ### END SOLUTION


def info_nce_gradient(x1, x2, temperature):
    """Gradient of `info_nce` for x1.

    x1, x2 (N, D), temperature -> (N, D). It carries 1/N.
    """
    ### BEGIN SOLUTION
    length = np.linalg.norm(x1, axis=1, keepdims=True)
    u, v = x1 / length, x2 / np.linalg.norm(x2, axis=1, keepdims=True)
    s, ds = u @ v.T / temperature, -np.eye(len(x1))
    for axis in (0, 1):
        e = np.exp(s - np.max(s, axis=axis, keepdims=True))
        ds = ds + e / np.sum(e, axis=axis, keepdims=True) / 2
    g = ds @ v / temperature / len(x1)
    return (g - np.sum(g * u, axis=1, keepdims=True) * u) / length
    ### END SOLUTION


# %% check="ch05.info_nce" points=6
check("ch05.info_nce", info_nce, info_nce_gradient)

# %% [markdown]
# **What it is good for.** Two views of one thing: the left half and the right half of a digit. Two networks, one for each half, 400 steps each. Then 500 new digits are cut in two. For each left half, is the right one among the five nearest of the 500? Guessing finds 1 %.

# %% tags=["demo"]
def halves(x):
    squares = x.reshape(-1, 8, 8)
    return squares[:, :, :4].reshape(len(x), 32), squares[:, :, 4:].reshape(len(x), 32)


def learn_views(kind, steps=400, batch=128):
    """Two encoders of halves, trained with InfoNCE or with the cosine embedding loss."""
    rng, both = np.random.default_rng(0), (encoder(0, 16, 32), encoder(100, 16, 32))
    optimizer = [optimizers.Adam(0.005), optimizers.Adam(0.005)]
    views = halves(pictures)
    for _ in range(steps):
        i = rng.permutation(len(labels))[:batch]
        z1, z2 = (net.forward(view[i]) for net, view in zip(both, views))
        if kind == "InfoNCE":
            loss = losses.InfoNCE(0.1)
            loss.forward(z1, z2)
            gradients = loss.backward()
        else:
            loss, target = losses.CosineEmbedding(0.0), np.repeat([1.0, -1.0], batch)
            other = np.roll(np.arange(batch), 1)  # a wrong partner for each
            loss.forward(np.tile(z1, (2, 1)), np.concatenate([z2, z2[other]]), target)
            d1, d2 = loss.backward()
            gradients = d1[:batch] + d1[batch:], d2[:batch] + np.roll(d2[batch:], -1, axis=0)
        for net, each, g in zip(both, optimizer, gradients):
            net.backward(g)
            each.step(net.params, net.grads)
    return both


def cosines(both):
    z = [net.forward(view) for net, view in zip(both, halves(new_pictures))]
    u, v = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in z)
    return u @ v.T


tables = {kind: cosines(learn_views(kind)) for kind in ("cosine embedding", "InfoNCE")}
among_five = {}
for name, s in tables.items():
    nearer = np.sum(s > np.diag(s)[:, None], axis=1)  # how many are nearer than the right one
    among_five[name] = float(np.mean(nearer < 5))
    print(f"{name:17s} {among_five[name]:.1%}")
assert among_five["InfoNCE"] > 1.2 * among_five["cosine embedding"] > 0.1
order = np.argsort(new_labels[:60], kind="stable")
small = {name: s[np.ix_(order, order)] for name, s in tables.items()}
figures.specialized_losses.similarities(small, among_five)

# %% [markdown]
# The sixty digits in the tables are sorted: ten zeros or so, then the ones, and so on. Both tables show blocks along the diagonal, for halves of the same digit fit together. InfoNCE finds the right half more often. Its table is finer: it was asked to tell each half from 127 others, where the other loss judged one wrong partner at a time.
#
# So a larger batch is a harder question. The rest of D0's sentence is right: contrastive learning is a simple way to align two kinds of data. Only the loss is another one.

# %% tags=["demo"]
figures.specialized_losses.temperature_explorer()

# %% [markdown]
# Move the partner's cosine below 0.75 and above it. At which temperature does the loss look at one rival only, the hardest? At which does it treat all the same?
#
# **Remember.** The batch is the question, the diagonal the answer. Cosine, divided by a temperature, cross-entropy both ways.

# %% [markdown]
# ## 5.11 Negative sampling: when the classes are all the words there are
#
# **The question.** A word predicts its neighbors. A softmax over a hundred thousand words costs a hundred thousand dot products for every one of them. Can we ask less?
#
# **The mathematics.** Ask yes or no, a few times (Mikolov and others, 2013). Is this word $o$ really a neighbor of $c$? Yes. Are these $K$ random words? No. With $c$, $o$ and $n_k$ for the vectors of these words:
#
# $$\ell = -\log \sigma(o \cdot c) - \sum_{k=1}^{K} \log \sigma(-n_k \cdot c) .$$
#
# It is $1 + K$ times the binary cross-entropy of chapter 4. D1 names it among the specialized losses.

# %% tags=["demo"]
rng = np.random.default_rng(6)
c, o, negatives = rng.normal(size=(5, 8)), rng.normal(size=(5, 8)), rng.normal(size=(5, 3, 8))
value = losses.NegativeSampling().forward(c, o, negatives)
beside = np.concatenate([o[:, None], negatives], axis=1)  # the neighbor, then the random words
logits = np.einsum("nkd,nd->nk", beside, c)
yes_no = np.tile([1.0, 0, 0, 0], (5, 1))
np.testing.assert_allclose(value, 4 * losses.BinaryCrossEntropyWithLogits().forward(logits, yes_no))

# %% [markdown]
# **The picture.** A small made-up language: women and men see animals near places, cook foods, mend things with tools. Each word becomes a vector of 16 numbers, trained with five random words for each real neighbor. The loss is never told what a family is. Here are the cosines of all words, family by family.

# %% tags=["demo"]
from course_lib.architectures.data import FAMILIES
from course_lib.architectures.words import train_word2vec

model, history = train_word2vec(epochs=3)
place = {word: i for i, word in enumerate(history["words"])}
family = {word: k for k, name in enumerate(FAMILIES) for word in FAMILIES[name]}
vectors = np.array([model.vectors[place[word]] for word in family])
vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
kin = np.array(list(family.values()))
likeness = vectors @ vectors.T
nearest = np.argmax(likeness - 2 * np.eye(len(kin)), axis=1)
in_family = float(np.mean(kin[nearest] == kin))
print(f"nearest word of the same family: {in_family:.0%} of {len(kin)} words")
assert in_family > 0.8 and likeness[np.ix_(kin == 0, kin == 1)].min() > 0.8  # women and men
figures.specialized_losses.words(likeness, list(family), kin, list(FAMILIES))

# %% [markdown]
# Words of a family have found each other. Women and men make one block: nearly the same words stand beside them, and a window of three words seldom reaches the "she" or the "he".
#
# **The twins** of part two, as in 5.6:

# %% tags=["demo"]
rng = np.random.default_rng(7)
one, two, three = rng.normal(size=(3, 5000, 16))
sides = rng.choice([-1.0, 1.0], 5000)
compare({
    "TripletMargin": ((1.0,), (one, two, three), ()),
    "CosineEmbedding": ((0.2,), (one, two), (sides,)),
    "HingeEmbedding": ((1.0,), (np.abs(one[:, 0]),), (sides,)),
    "Contrastive": ((4.0,), (one, two), (sides,)),
    "InfoNCE": ((0.07,), (one[:500], two[:500]), ()),
    "NegativeSampling": ((), (one[:500], two[:500], rng.normal(size=(500, 5, 16))), ()),
})

# %% [markdown]
# **Remember.** Too many classes for a softmax? Ask yes or no about the right one and a few others.

# %% [markdown]
# ---
# # Part three: masks
# ## 5.12 Dice: how much do two masks overlap?
#
# **The question.** In each of these pictures a spot of a dozen pixels is hidden among 576. "No spot anywhere" is right on 98 % of the pixels. How do we tell a network that it is worth nothing?
#
# **The picture.** One linear filter of 5 × 5 pixels, trained twice: with the binary cross-entropy of each pixel, and with the Dice loss of each mask. A pixel is marked where its probability is above ½. Both begin with a bias of −3.9, the log-odds of 2 %. The three pictures are those at a quarter, a half and three quarters of the way, from the worst for the cross-entropy to the best.

# %% tags=["demo"]
def spots(rng, n, size=24):
    """-> images (n, size, size) with one noisy spot each, and their masks."""
    row, column = np.mgrid[:size, :size]
    y, x = rng.uniform(4, size - 4, (2, n, 1, 1))
    a, b = rng.uniform(1.3, 2.6, (2, n, 1, 1))
    masks = (((row - y) / a) ** 2 + ((column - x) / b) ** 2 <= 1).astype(float)
    return masks + rng.normal(size=masks.shape), masks


def patches(images):
    """The 5 × 5 pixels around each pixel, and a 1: (n, H, W, 26)."""
    h, w = images.shape[1:]
    wide = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    around = [wide[:, i : i + h, j : j + w] for i in range(5) for j in range(5)]
    return np.stack([*around, np.ones_like(images)], axis=-1)


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def learn_masks(kind, x, masks, start=-3.9, steps=100):
    """The 25 weights of the filter and a bias, which begins at `start`."""
    w, optimizer = {"w": np.append(np.zeros(25), start)}, optimizers.Adam(0.1)
    for _ in range(steps):
        z = x @ w["w"]
        if kind == "Dice":
            p, loss = sigmoid(z), losses.Dice()
            loss.forward(p, masks)
            dz = loss.backward() * p * (1 - p)
        else:
            loss = losses.BinaryCrossEntropyWithLogits()
            loss.forward(z, masks)
            dz = loss.backward()
        optimizer.step(w, {"w": np.einsum("nhw,nhwd->d", dz, x)})
    return w["w"]


def dice_score(marked, masks):
    """Mean over the masks of 2·overlap/(marked + true)."""
    both, sizes = np.sum(marked * masks, axis=(1, 2)), np.sum(marked + masks, axis=(1, 2))
    return float(np.mean(2 * both / np.maximum(sizes, 1)))


rng = np.random.default_rng(0)
(images, masks), (new_images, new_masks) = spots(rng, 80), spots(rng, 150)
x, new_x = patches(images), patches(new_images)
chances = {kind: sigmoid(new_x @ learn_masks(kind, x, masks)) for kind in ("cross-entropy", "Dice")}
at_half = {kind: dice_score(p > 0.5, new_masks) for kind, p in chances.items()}
nothing = float(np.mean(new_masks == 0))
print(f"marking nothing is right on {nothing:.1%} of the pixels, and its Dice score is 0")
for kind, score in at_half.items():
    print(f"{kind:13s} Dice score {score:.3f}")
assert nothing > 0.97 and at_half["Dice"] > at_half["cross-entropy"] + 0.04
each = [dice_score(p[None] > 0.5, t[None]) for p, t in zip(chances["cross-entropy"], new_masks)]
picked = np.argsort(each, kind="stable")[[37, 75, 112]]
shown = {kind: (p[picked] > 0.5).astype(float) for kind, p in chances.items()}
figures.specialized_losses.marked(new_images[picked], new_masks[picked], shown)

# %% [markdown]
# **The mathematics.** The score of Dice (1945) compares the overlap of two sets with their sizes: 1 if they are equal, 0 if they do not touch. With probabilities in place of yes and no it has a slope, and 1 − score is a loss (Milletari, Navab and Ahmadi, 2016; they square the terms below the line):
#
# $$1 - \frac{2\sum p\,t + c}{\sum p + \sum t + c} .$$
#
# The empty pixels outside the mask that are left empty appear nowhere in it. That is why their number does not matter. The $c$ makes an empty mask that is predicted empty a perfect answer, and not 0/0.

# %% [markdown] exercise="ch05.dice" minutes=12 difficulty=3
# ### Exercise: the soft Dice loss
# `prediction` and `target` are N masks of H × W pixels: probabilities $p$ in the one, 0 and 1 in the other, $t$. Sums run over all pixels of one mask:
#
# $$L = \frac1N \sum_{\text{masks}} \left( 1 - \frac{2 \sum p\,t + c}{\sum p + \sum t + c} \right)$$
#
# with $c$ = `smooth`, a positive number, which stands above and below the line. Write the loss and its gradient, (N, H, W).
#
# <details><summary>Hint 1</summary>
#
# Sum over the two axes of a mask at once: `np.sum(x, axis=(1, 2))`. For the gradient add `keepdims=True`, so that the sums stand beside their pixels.
# </details>
#
# <details><summary>Hint 2</summary>
#
# Call the fraction $S$ and its lower line $Z$. One pixel's $p$ stands above the line with the factor $2t$ and below with the factor 1. The quotient rule gives the slope of $S$: $(2t - S)/Z$.
# </details>
#
# <details><summary>My result is nan for an empty mask</summary>
#
# An empty mask predicted empty is 0/0 without `smooth`. With it, the fraction is 1 and the loss 0.
# </details>
#
# <details><summary>My result differs a little when N is above 1</summary>
#
# One fraction for each mask, then the mean of the fractions. A fraction of the sums over the whole batch is something else.
# </details>

# %% exercise="ch05.dice"
def dice(prediction, target, smooth):
    """Mean over the masks of 1 − (2Σpt + smooth)/(Σp + Σt + smooth).

    prediction (N, H, W) in 0 … 1, target (N, H, W) of 0 and 1, smooth > 0 -> float.
    """
    ### BEGIN SOLUTION
    both = np.sum(prediction * target, axis=(1, 2))
    size = np.sum(prediction + target, axis=(1, 2)) + smooth
    return np.mean(1 - (2 * both + smooth) / size)
    ### END SOLUTION


def dice_gradient(prediction, target, smooth):
    """Gradient of `dice` for the prediction.

    prediction, target (N, H, W), smooth -> (N, H, W). It carries 1/N, and not 1/pixels.
    """
    ### BEGIN SOLUTION
    both = np.sum(prediction * target, axis=(1, 2), keepdims=True)
    size = np.sum(prediction + target, axis=(1, 2), keepdims=True) + smooth
    score = (2 * both + smooth) / size
    return (score - 2 * target) / size / len(target)
    ### END SOLUTION


# %% check="ch05.dice" points=5
check("ch05.dice", dice, dice_gradient)

# %% [markdown]
# **Is cross-entropy at fault, then?** Not quite. Look at the pixels that were given a probability between 0.6 and 0.8. How many of them are in the mask? And what happens when the threshold is moved?

# %% tags=["demo"]
at = np.linspace(0.04, 0.96, 47)
curves = {kind: (at, [dice_score(p > t, new_masks) for t in at]) for kind, p in chances.items()}
best = {kind: (max(score), at[int(np.argmax(score))]) for kind, (_, score) in curves.items()}
for kind, (score, threshold) in best.items():
    print(f"{kind:14s} {at_half[kind]:.3f} at ½, {score:.3f} at {threshold:.2f}", end="; ")
    said = (chances[kind] > 0.6) & (chances[kind] < 0.8)
    promised, true = chances[kind][said].mean(), new_masks[said].mean()
    print(f"promised {promised:.0%}, true {true:.0%}")
    assert abs(promised - true) < 0.15 if kind == "cross-entropy" else promised - true > 0.3
assert best["cross-entropy"][0] > best["Dice"][0] - 0.03  # as good, at a threshold of its own
assert best["cross-entropy"][1] < 0.4
slow = sigmoid(new_x @ learn_masks("cross-entropy", x, masks, start=0.0))
from_zero = dice_score(slow > 0.5, new_masks)
print(f"cross-entropy with a bias of 0 at the start: {from_zero:.3f} at ½")
assert from_zero < at_half["cross-entropy"] - 0.05
figures.specialized_losses.thresholds(curves)

# %% [markdown]
# The cross-entropy is nearly honest: what it calls 70 % is true for about six pixels in ten. For Dice it is one in four. In this noise few pixels deserve more than ½, and the fault was ours, to ask for it. With the right threshold both filters are about equally good. What the Dice loss has done is to move its numbers so that ½ is about right. That is worth something: nobody has to look for a threshold. But its numbers are no probabilities anymore.
#
# One warning from making this experiment. With a bias of 0 at the start, the cross-entropy looks still worse, for a reason that has nothing to do with Dice: it spends its first steps on learning that spots are rare.
#
# **The twin:**

# %% tags=["demo"]
rng = np.random.default_rng(8)
soft, hard = rng.uniform(size=(64, 64, 64)), (rng.random((64, 64, 64)) < 0.02) * 1.0
compare({"Dice": ((1.0,), (soft,), (hard,))})

# %% [markdown]
# **Remember.** Dice looks at the overlap and not at the emptiness. It spares you the threshold and costs you the probabilities.

# %% [markdown]
# ---
# # Part four: forgery
# ## 5.13 Wasserstein: how does a forger learn from a judge who is never fooled?
#
# **The question.** A generator invents points, a judge tells them from real ones. The generator learns from the judge's gradient only. At first its points lie far off, and the judge is sure of itself. What does the generator hear?
#
# **The mathematics.** With $s$ the judge's score of an invented point and $D = \sigma(s)$ its probability of being real, three losses for the generator:
#
# | loss of the generator | slope for $s$ | where the judge is sure ($s \to -\infty$) |
# |---|---|---|
# | saturating: $\log(1 - \sigma(s))$ | $-\sigma(s)$ | 0 |
# | non-saturating: $-\log \sigma(s)$ | $-(1 - \sigma(s))$ | $-1$ |
# | Wasserstein: $-s$ | $-1$ | $-1$ |
#
# The first is the game as Goodfellow and others (2014) wrote it down; they advise the second for training. The third (Arjovsky, Chintala and Bottou, 2017) has a judge without a sigmoid, a *critic*. It gives high scores to real points and low ones to invented ones, `fake − real` is its loss, and its weights are kept small.
#
# **The picture.** Two clouds, far apart. The judge trains, the generator waits. How hard would it be pulled?

# %% tags=["demo"]
rng = np.random.default_rng(0)
fake = 0.6 * rng.normal(size=(100, 2))
real = np.array([6.0, 3.0]) + 0.6 * rng.normal(size=(100, 2))
ANSWER = np.repeat([1.0, 0.0], 100)


def train_judge(w, b, fake, steps, lr=1.0):
    """Steps of the linear judge: σ(w·x + b), real against invented."""
    loss, x = losses.BinaryCrossEntropyWithLogits(), np.concatenate([real, fake])
    for _ in range(steps):
        loss.forward(x @ w + b, ANSWER)
        g = loss.backward()
        w, b = w - lr * g @ x, b - lr * g.sum()
    return w, b


def train_critic(w, fake, steps, lr=1.0, clip=0.1):
    """Steps of the linear critic: w·x, each weight kept in ±clip."""
    loss = losses.Wasserstein("critic")
    for _ in range(steps):
        loss.forward(fake @ w, real @ w)
        d_fake, d_real = loss.backward()
        w = np.clip(w - lr * (d_fake @ fake + d_real @ real), -clip, clip)
    return w


def slope_for_scores(kind, s):
    if kind == "Wasserstein":
        loss = losses.Wasserstein("generator")
        loss.forward(s)
        return loss.backward()
    return -(sigmoid(s) if kind == "saturating" else sigmoid(-s)) / len(s)


def pull(kind, w, s):
    """The gradient for a shift of the whole invented cloud."""
    return slope_for_scores(kind, s).sum() * w


steps, before = 2 ** np.arange(12), 0
strength = {kind: [] for kind in ("saturating", "non-saturating", "Wasserstein")}
w, b, v = np.zeros(2), 0.0, np.zeros(2)
for step in steps:
    w, b = train_judge(w, b, fake, step - before)
    v, before = train_critic(v, fake, step - before), step
    strength["Wasserstein"].append(np.linalg.norm(pull("Wasserstein", v, fake @ v)))
    for kind in ("saturating", "non-saturating"):
        strength[kind].append(np.linalg.norm(pull(kind, w, fake @ w + b)))
for kind, curve in strength.items():
    print(f"{kind:15s} after 1 step {curve[0]:.4f}, after {steps[-1]} steps {curve[-1]:.4f}")
assert strength["saturating"][-1] < 0.02 * strength["saturating"][0]  # a better judge teaches less
assert 0.5 < strength["saturating"][-1] / strength["saturating"][-2] < 0.65
assert strength["non-saturating"][-1] > strength["non-saturating"][0]
np.testing.assert_allclose(strength["Wasserstein"], 0.1 * np.sqrt(2))  # the clip, in two directions
figures.specialized_losses.pulls(steps, strength)

# %% [markdown]
# The better the judge, the less the generator hears of the saturating loss. The slope is never exactly 0, but it falls in a straight line on logarithmic axes: twice the training, little more than half the gradient. The critic's does not fall: its slope is its weight.
#
# What is the critic's score a measure of? Let a critic be at most as steep as 1: its score rises by no more than the distance walked. For the best of these critics, mean(real) − mean(fake) is the *Wasserstein distance*: how far the earth of one heap must be carried to make the other. It knows how far away the clouds are. The saturating loss only knows that they are apart.

# %% tags=["demo"]
for far in (2.0, 4.0, 8.0):
    heap = real + far * np.array([0.6, 0.8])  # carried by `far`, all in one direction
    best_w = np.array([0.6, 0.8])  # the best critic of steepness 1 is a slope in that direction
    gain = -losses.Wasserstein("critic").forward(real @ best_w, heap @ best_w)
    print(f"carried by {far:g}: the critic gains {gain:.3f}")
    np.testing.assert_allclose(gain, far)

# %% [markdown]
# **The code.** Now both learn: thirty steps of the judge, one of the generator, sixty times. The generator can do one thing only, shift its cloud.

# %% tags=["demo"]
def play_game(kind, rounds=60, lr=1.0):
    """Where the invented cloud has been shifted to after each round, (rounds + 1, 2)."""
    shift, w, b = np.zeros(2), np.zeros(2), 0.0
    places = [shift]
    for _ in range(rounds):
        cloud = fake + shift
        if kind == "Wasserstein":
            w = train_critic(w, cloud, 30)
        else:
            w, b = train_judge(w, b, cloud, 30)
        shift = shift - lr * pull(kind, w, cloud @ w + b)
        places.append(shift)
    return np.array(places)


shifts = {kind: play_game(kind) for kind in ("saturating", "Wasserstein", "non-saturating")}
goal = real.mean(axis=0) - fake.mean(axis=0)
left = {kind: np.linalg.norm(goal - shift[-1]) for kind, shift in shifts.items()}
print(f"distance at first {np.linalg.norm(goal):.2f}")
for kind, distance in left.items():
    print(f"{kind:15s} {distance:.2f} in the end")
assert left["saturating"] > 4 and left["Wasserstein"] < 1 and left["non-saturating"] < 1.5
both_ways = {kind: shifts[kind] for kind in ("saturating", "Wasserstein")}
figures.specialized_losses.clouds(fake, real, both_ways, tuple(range(0, 61, 10)))

# %% [markdown]
# The saturating generator hardly moves. In fairness: the non-saturating loss arrives, too, in leaps. So the vanishing gradient is no argument against all GANs, only against this loss and a judge that is far ahead. The Wasserstein loss keeps its promise only while the critic's steepness is limited; without the clip its loss has no lower end:

# %% tags=["demo"]
loss = losses.Wasserstein("critic")
lowest = [loss.forward(fake @ w, real @ w) for w in np.array([[0.1, 0.1], [1, 1], [10, 10]])]
print("weights of 0.1, 1 and 10: critic's loss", np.round(lowest, 1))
np.testing.assert_allclose(np.array(lowest[1:]) / lowest[:-1], 10)  # down without an end

# %% [markdown]
# **The twin:**

# %% tags=["demo"]
rng = np.random.default_rng(9)
compare({"Wasserstein": (("critic",), tuple(rng.normal(size=(2, 50_000))), ())})

# %% [markdown]
# **Remember.** A loss can be right and its gradient useless. Ask what the learner hears while it is still bad.

# %% [markdown]
# ---
# # Part five: reward
# ## 5.14 Bellman: what is a step worth?
#
# **The question.** You walk through a grid. Each step costs 0.04, the goal pays 1, a pit costs 1. Nobody says which step was good. The reward comes once, at the end. How does the first step learn of it?
#
# **The picture.** Here is the grid, with what each cell is worth if every step is the best, and beside it what is known before the first walk: nothing.

# %% tags=["demo"]
from course_lib.architectures.data import GridWorld

GAMMA = 0.95
world = GridWorld()
best_values = world.values(GAMMA)
best_q = world.pay + GAMMA * np.where(world.ends, 0, best_values[world.next])
assert best_values[world.starts].min() > 0  # from everywhere the goal pays off
figures.specialized_losses.grid_world(
    world.letters, {"the best values": best_q, "before the first walk": np.zeros((25, 4))}
)

# %% [markdown]
# **The mathematics.** Let $q(s, a)$ be the return to be expected after action $a$ in cell $s$: this reward, and all later ones if the best action is taken each time, a step later counting $\gamma$ times as much. Then, on average over what may happen (Bellman, 1957):
#
# $$q(s, a) \;=\; r + \gamma \max_{a'} q(s', a') .$$
#
# So one step tells something. What stands on the right is a better guess than what stands on the left: a piece of it, $r$, has really been seen. So take the right side for a *target* $y$ and the squared error for the loss. That is Q-learning (Watkins, 1989; with networks, Mnih and others, 2015), and D0 says it in one sentence: the mean squared error of the residuals of the Bellman equation.
#
# One word is missing in that sentence. The target contains $q$ itself, and yet **it is not differentiated**.
#
# **The code.** Does that matter? A place A leads to B or to C, by the toss of a coin. B then pays 1, C pays 0, and all is over. With $\gamma = 0.9$ the values are A = 0.45, B = 1, C = 0.

# %% tags=["demo"]
# four steps: A to B, A to C, B to the end, C to the end
start, there = np.array([0, 0, 1, 2]), np.array([1, 2, 0, 0])
reward, done, only = np.array([0.0, 0, 1, 0]), np.array([0, 0, 1, 1]), np.zeros(4, int)


def learn_values(through_the_target, steps=3000, lr=0.2):
    v, loss = np.zeros((3, 1)), losses.BellmanMSE(0.9)
    for _ in range(steps):
        loss.forward(v[start], only, reward, v[there], done)
        residual_slope = loss.backward()
        step = np.zeros((3, 1))
        np.add.at(step, start, residual_slope)
        if through_the_target:
            np.add.at(step, there, -0.9 * (1 - done)[:, None] * residual_slope)
        v = v - lr * step
    return v[:, 0]


fixed, through = learn_values(False), learn_values(True)
print("target held fixed:    A, B, C =", fixed.round(3))
print("target differentiated: A, B, C =", through.round(3))
np.testing.assert_allclose(fixed, [0.45, 1, 0], atol=1e-6)
assert through[1] < 0.9 and through[2] > 0.1

# %% [markdown]
# With the target differentiated, B and C are drawn towards A: the loss gets smaller by making the *future* resemble the present. B always pays 1, and yet it is valued below 0.8. Information must flow from later to earlier, and holding the target fixed is how that is said in code.

# %% [markdown] exercise="ch05.bellman_mse" minutes=12 difficulty=3
# ### Exercise: the Bellman residual
# For N steps you have: `q` (N, A), the values of all A actions where each step began; the `action` taken (integers, 0 … A − 1); the `reward`; `next_q` (N, A), the values where the step led; and `done`, 1 where the episode ended with it and 0 elsewhere.
#
# $$L = \frac1N \sum_{i=1}^N \bigl( q_{i, a_i} - y_i \bigr)^2, \qquad y_i = \begin{cases} r_i & \text{done} \\ r_i + \gamma \max_a \text{next\_q}_{i,a} & \text{not done} \end{cases}$$
#
# The gradient is for `q` alone, (N, A): the target $y$ is a constant. There is no ½.
#
# <details><summary>Hint 1</summary>
#
# `q[np.arange(N), action]` picks one entry from each row. The same index on the left of `=` writes there.
# </details>
#
# <details><summary>Hint 2</summary>
#
# By hand: q = (1, 4), action 0, reward 2, next_q = (3, 5), γ = ½, not done. Then y = 2 + ½ · 5 = 4.5, the residual is −3.5, and the gradient is (−7, 0).
# </details>
#
# <details><summary>My result is too large where an episode ended</summary>
#
# There is no next step then. Multiply what comes after by `1 - done`.
# </details>
#
# <details><summary>My result for the gradient has numbers in every place</summary>
#
# A step says something about the action that was taken, and nothing about the others. Start from zeros and write N entries.
# </details>

# %% exercise="ch05.bellman_mse"
def bellman_mse(q, action, reward, next_q, done, gamma):
    """Mean of (q[action] − y)², y = reward + gamma·(best of next_q), the reward alone where done.

    q, next_q (N, A), integer action (N,), reward (N,), done (N,) of 0 and 1, gamma -> float.
    """
    ### BEGIN SOLUTION
    y = reward + gamma * (1 - done) * np.max(next_q, axis=1)
    return np.mean((q[np.arange(len(q)), action] - y) ** 2)
    ### END SOLUTION


def bellman_mse_gradient(q, action, reward, next_q, done, gamma):
    """Gradient of `bellman_mse` for q, y being held fixed; 0 for the actions that were not taken.

    The same arguments -> (N, A). It carries 1/N.
    """
    ### BEGIN SOLUTION
    y = reward + gamma * (1 - done) * np.max(next_q, axis=1)
    taken = np.arange(len(q)), action
    gradient = np.zeros(q.shape)
    gradient[taken] = 2 * (q[taken] - y) / len(q)
    return gradient
    ### END SOLUTION


# %% check="ch05.bellman_mse" points=5
check("ch05.bellman_mse", bellman_mse, bellman_mse_gradient)

# %% [markdown]
# **What it is good for.** Sixteen walkers, a table of 25 × 4 values, 300 steps. One action in five is random, so that new ways are tried. Watch the values spread from the goal backwards.

# %% tags=["demo"]
def return_of(policy):
    """The mean return over all starts when policy (25,) says which action to take in each cell."""
    cell, going = world.starts, np.ones(len(world.starts))
    total = np.zeros(len(cell))
    for _ in range(world.most_steps):
        action = policy[cell]
        total += going * world.pay[cell, action]
        going, cell = going * ~world.ends[cell, action], world.next[cell, action]
    return float(total.mean())


def q_learning(steps=300, walkers=16, lr=4.0, look=()):
    rng = np.random.default_rng(0)
    walk, q, loss = GridWorld(walkers, rng), np.zeros((25, 4)), losses.BellmanMSE(GAMMA)
    seen, earned = {}, []
    for step in range(steps + 1):
        if step in look:
            seen[step] = q.copy()
        if step % 5 == 0:
            earned.append((step * walkers, return_of(q.argmax(axis=1))))
        cell = walk.cell.copy()
        explore = rng.random(walkers) < 0.2
        action = np.where(explore, rng.integers(4, size=walkers), q[cell].argmax(axis=1))
        reached, reward, ends = walk.step(action)
        loss.forward(q[cell], action, reward, q[reached], ends)
        np.add.at(q, cell, -lr * loss.backward())
    return q, seen, np.array(earned)  # of the last: steps walked in all, and the return


best_return = world.values()[world.starts].mean()
q, moments, earned = q_learning(look=(0, 10, 25, 50, 100, 200, 300))
print(f"return of the learned way {earned[-1, 1]:.3f}, best possible {best_return:.3f}")
np.testing.assert_allclose(earned[-1, 1], best_return, atol=0.02)
figures.specialized_losses.values_spread(world.letters, moments)

# %% [markdown]
# The rate of 4 looks wild. The loss is a mean over 16 walkers, so each of them moves its entry by $4 \cdot 2/16$, half of the way to the target. With a rate of 8 each of them asks for the whole way. Three who take the same action in the same cell then go three times as far as they should, and the values explode. Measured:

# %% tags=["demo"]
wild, _, _ = q_learning(steps=100, lr=8.0)
print(f"largest value: {np.abs(q).max():.2f} with a rate of 4, {np.abs(wild).max():.1e} with 8")
assert np.abs(wild).max() > 10 > np.abs(q).max()

# %% [markdown]
# **Remember.** Reward now plus the best of what is promised next: that is the target, and it is a constant. Only the entry of the action that was taken is moved.

# %% [markdown]
# ## 5.15 Policy gradient: do more of what paid
#
# **The question.** Must we know what every action is worth? A policy could simply do more often what turned out well. But *which action* to take is a choice, and a choice has no slope.
#
# **The mathematics.** Its probability has one. Let $\pi = \operatorname{softmax}(z)$. Williams (1992) showed that the slope of the expected reward is the mean of $q \cdot \nabla \log \pi(a)$ over the actions that were drawn. So the loss is
#
# $$\ell = -\,q \,\log \pi(a) .$$
#
# D0 has it right: the cross-entropy of the action, weighted by its value. It is supervised learning with a twist. What was done is the label, and how good it was says how much the label is meant. Check it on three actions, whose expected reward we can also differentiate directly:

# %% tags=["demo"]
z, worth_of = np.array([0.2, -0.5, 0.9]), np.array([1.0, 3.0, -2.0])
p = np.exp(z) / np.exp(z).sum()
exact = p * (worth_of - p @ worth_of)  # the slope of Σ p·worth for the logits
loss = losses.PolicyGradient("none")
loss.forward(np.tile(z, (3, 1)), np.arange(3), worth_of)
expected = -p @ loss.backward(np.ones(3))  # each action as often as it is drawn
print("slope of the expected reward      ", exact.round(4))
print("minus the mean gradient of the loss", expected.round(4))
np.testing.assert_allclose(expected, exact)
loss.forward(np.tile(z, (3, 1)), np.arange(3), np.full(3, 10.0))
same_for_all = p @ loss.backward(np.ones(3))
np.testing.assert_allclose(same_for_all, 0, atol=1e-12)  # praise for everybody moves nothing

# %% [markdown] exercise="ch05.policy_gradient" minutes=12 difficulty=4
# ### Exercise: the policy gradient loss
# For N steps: `logits` (N, A), the `action` that was drawn (integers), and `q` (N,), how good it turned out, of either sign.
#
# $$L = -\frac1N \sum_{i=1}^N q_i \log \pi_i(a_i), \qquad \pi_i = \operatorname{softmax}(z_i)$$
#
# Write the loss, finite for logits of any size, and its gradient for the logits; $q$ is a constant.
#
# <details><summary>Hint 1</summary>
#
# This is the cross-entropy of chapter 4 with the action for a label, and each example weighted by $q_i$. Log-softmax first: shift by the maximum of the row, subtract the logarithm of the sum of the exponentials.
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gradient of $-\log \pi(a)$ for the logits is $\pi - \text{one-hot}(a)$. What does the weight do to it?
# </details>
#
# <details><summary>My result is nan or inf for large logits</summary>
#
# $e^{1000}$ overflows, and log 0 is −∞. Never take the logarithm of the finished softmax.
# </details>
#
# <details><summary>My result is negative, is that a mistake?</summary>
#
# No. With a negative $q$ an example may have a negative loss. This loss does not measure how good the policy is: only its gradient matters.
# </details>

# %% exercise="ch05.policy_gradient"
def policy_gradient(logits, action, q):
    """Mean over the steps of −q·log π(action), π the softmax of the row of logits.

    logits (N, A), integer action (N,), q (N,) of either sign -> float.
    """
    ### BEGIN SOLUTION
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(q * log_p[np.arange(len(q)), action])
    ### END SOLUTION


def policy_gradient_gradient(logits, action, q):
    """Gradient of `policy_gradient` for the logits; q is a constant.

    logits (N, A), integer action (N,), q (N,) -> (N, A). It carries 1/N.
    """
    ### BEGIN SOLUTION
    e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    p[np.arange(len(q)), action] -= 1
    return q[:, None] * p / len(q)
    ### END SOLUTION


# %% check="ch05.policy_gradient" points=5
check("ch05.policy_gradient", policy_gradient, policy_gradient_gradient)

# %% [markdown]
# **A bandit.** Three levers pay 0, 0.5 and 1 on average, with noise. Two hundred players learn for 400 pulls each. Then the same again, but every lever pays 10 more. That changes nothing about which is best.
#
# Some of the players subtract a *baseline*: the mean of what they have earned so far. The gradient stays right on average, because $\sum_a \pi(a)\,\nabla \log \pi(a) = 0$: what is the same for all actions cancels. It cancels on average only.

# %% tags=["demo"]
def bandit(extra, baseline, players=200, pulls=400, lr=0.1):
    """-> the mean probability of the best lever at each pull, the share of players sure of it."""
    rng, means = np.random.default_rng(0), np.array([0.0, 0.5, 1.0])
    z, loss, mean = np.zeros((players, 3)), losses.PolicyGradient("none"), np.zeros(players)
    curve = []
    for t in range(pulls):
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        curve.append(p[:, 2].mean())
        action = np.sum(p.cumsum(axis=1)[:, :2] < rng.random((players, 1)), axis=1)
        reward = extra + means[action] + 0.5 * rng.normal(size=players)
        if t == 0 and baseline:
            mean = reward.copy()
        loss.forward(z, action, reward - mean if baseline else reward)
        z = z - lr * loss.backward(np.ones(players))
        mean = mean + (reward - mean) / (t + 2)
    return np.array(curve), float(np.mean(p[:, 2] > 0.9))


pulls_so_far = np.arange(400)
learned, sure = {}, {}
for extra, baseline in ((0, False), (10, False), (10, True)):
    name = f"{extra} more{', baseline' if baseline else ''}"
    curve, sure[name] = bandit(extra, baseline)
    learned[name] = pulls_so_far, curve
for name, share in sure.items():
    print(f"{name:17s} {share:4.0%} of the players are nearly sure of the best lever")
assert sure["0 more"] > 0.9 and sure["10 more"] < 0.6 and sure["10 more, baseline"] > 0.9
figures.specialized_losses.returns(learned, xlabel="pulls", ylabel="probability of the best lever")

# %% [markdown]
# Without a baseline, and with ten points more for everybody, every pull is praised, and most players fall in love with the first lever they happened to pull. The loss is right on average and useless in its noise. So in practice $q$ is an *advantage*: better or worse than usual. With the baseline the curve lies on that of 0 more.
#
# **The grid world once more.** Now with a table of logits, a softmax in each cell, and no values at all. A batch of 64 walks; the return from each moment on, minus the mean return of all visits to the same cell, is the weight of that moment's action.

# %% tags=["demo"]
def walk_many(z, rng, walkers=64):
    """-> cells, actions and returns from there on of all moments of many walks."""
    cell, alive = rng.choice(world.starts, walkers), np.ones(walkers, bool)
    moments = []
    while alive.any() and len(moments) < world.most_steps:
        p = np.exp(z[cell] - z[cell].max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        action = np.sum(p.cumsum(axis=1)[:, :3] < rng.random((walkers, 1)), axis=1)
        moments.append((cell, action, alive * world.pay[cell, action], alive))
        alive = alive & ~world.ends[cell, action]
        cell = world.next[cell, action]
    cells, actions, returns, alive = map(np.array, zip(*moments))
    for t in range(len(returns) - 2, -1, -1):
        returns[t] += GAMMA * returns[t + 1]
    return cells[alive], actions[alive], returns[alive]


def learn_policy(rounds=60, lr=20.0):
    rng, z, loss = np.random.default_rng(0), np.zeros((25, 4)), losses.PolicyGradient()
    earned, walked = [], 0
    for _ in range(rounds + 1):
        earned.append((walked, return_of(z.argmax(axis=1))))
        cells, actions, returns = walk_many(z, rng)
        walked += len(cells)
        visits = np.maximum(np.bincount(cells, minlength=25), 1)
        usual = np.bincount(cells, returns, 25) / visits
        loss.forward(z[cells], actions, returns - usual[cells])
        np.add.at(z, cells, -lr * loss.backward())
    return z, np.array(earned)


z, by_policy = learn_policy()
print(f"best possible {best_return:.3f}")
ready = {}
for name, run in {"Q-learning": earned, "policy gradient": by_policy}.items():
    ready[name] = run[np.argmax(run[:, 1] > best_return - 0.05), 0]
    print(f"{name:16s} {run[-1, 1]:.3f}, and nearly the best way after {ready[name]:.0f} steps")
np.testing.assert_allclose(by_policy[-1, 1], best_return, atol=0.05)
assert ready["policy gradient"] > 2 * ready["Q-learning"]
curves = {"Q-learning": earned.T, "policy gradient": by_policy.T}
figures.specialized_losses.returns(curves, best_return, "steps walked in all", log=True)

# %% [markdown]
# Both find the way. Q-learning needs fewer steps: it uses each one at once, and steps of any policy will do. The policy gradient must wait for the end of a walk and can use it once. In return it needs no maximum over actions, and so it also works where there are infinitely many.
#
# **The twins:**

# %% tags=["demo"]
rng = np.random.default_rng(10)
q_now, q_next = rng.normal(size=(2, 20_000, 4))
taken, paid_now = rng.integers(0, 4, 20_000), rng.normal(size=20_000)
over = rng.random(20_000) < 0.1
compare({
    "BellmanMSE": ((0.95,), (q_now,), (taken, paid_now, q_next, over)),
    "PolicyGradient": ((), (q_now,), (taken, paid_now)),
})

# %% [markdown]
# **Remember.** Cross-entropy with the action for a label, weighted by how much better than usual it was. The value of this loss means nothing; its gradient does.

# %% [markdown]
# ## 5.16 Play
#
# The triplet loss. Move the positive and the negative nearer and farther, turn the negative round the anchor, and change the margin.

# %% tags=["demo"]
figures.specialized_losses.explorer()

# %% [markdown]
# - Bring the negative out of the dashed circle. What happens to the arrows, and how suddenly?
# - Turn the negative into the direction of the positive. The anchor now hears two wishes that contradict each other. Which of the arrows vanishes?
# - Put the negative at 0.1. How long is its arrow? Would you have expected it to be longer?

# %% [markdown]
# ## 5.17 What the texts say, put to the test
#
# | text | claim | verdict | seen in |
# |---|---|---|---|
# | D0 | ranking losses are painfully slow, $O(N^2)$ | as written, yes; the pairwise hinge is exact in $O(N\log N)$ | 5.4 |
# | D0 | margin ranking, pairwise hinge and pairwise logistic extend the hinge | the first two; the logistic one extends the soft margin, a hinge rounded off | 5.5 |
# | D0 | contrastive learning aligns two kinds of data simply | yes: halves of digits find each other | 5.10 |
# | D0 | triplet margin loss in FaceNet | yes, with squared distances | 5.8 |
# | D0 | cosine embedding loss in CLIP | no: InfoNCE in both directions | 5.10 |
# | D0 | hinge embedding: the Euclidean distance in place of the cosine | it takes any distance, and a distance turns the signs round | 5.9 |
# | D0 | Q-learning: squared residuals of the Bellman equation | yes, with the target held fixed | 5.14 |
# | D0 | policy gradient: cross-entropy weighted by the Q-value | yes; by an advantage, in practice | 5.15 |
# | D1 | Dice for segmentation | yes, where the threshold is ½; cross-entropy with a lower one is as good | 5.12 |
# | D1 | triplets for few-shot learning | not after six classes; FaceNet had millions | 5.8 |
# | D1 | Wasserstein for GANs | its gradient does not vanish, while the critic is limited | 5.13 |
# | D1 | never reinvent the wheel | yes; and try to prepare the data first | 5.1 |

# %% [markdown]
# ## 5.18 Errata of this chapter
#
# Each line is as printed in our copy of the text, and has a cell above that measures it.
#
# | text | what it prints | what is right | seen in |
# |---|---|---|---|
# | D0 | CLIP trains with the cosine embedding loss | symmetric cross-entropy over cosine similarities (InfoNCE) | 5.10 |
# | D0 | the time of ranking losses is $O(N^2)$ | that of the pairwise hinge is $O(N\log N)$; the memory of the logistic one $O(N)$ | 5.4, 5.5 |
# | D0 | Q-learning: the mean squared Bellman residual, with no word about the target | the target is a constant: differentiated, other values come out | 5.14 |

# %% [markdown]
# ## 5.19 The chapter on one screen
#
# | loss | for one example | asks |
# |---|---|---|
# | margin ranking | $\max(0, m - t(x_1 - x_2))$ | is the right one ahead? |
# | pairwise hinge | mean over $r_i > r_j$ of $\max(0, m - (s_i - s_j))$ | is the list in order? |
# | pairwise logistic | mean of $\log(1 + e^{-(s_i - s_j)})$ | how sure is the order? |
# | contrastive | $\tfrac12 d^2$, or $\tfrac12\max(0, m - d)^2$ | together or apart? |
# | triplet margin | $\max(0, d(a,p) - d(a,n) + m)$ | nearer to this than to that? |
# | cosine embedding | $1 - \cos$, or $\max(0, \cos - m)$ | the same direction? |
# | hinge embedding | $d$, or $\max(0, m - d)$ | together or apart, for any distance |
# | InfoNCE | cross-entropy of $\cos/\tau$, both ways | which of the batch is my partner? |
# | negative sampling | one yes, $K$ times no | a real neighbor? |
# | Dice | $1 - 2\sum pt/(\sum p + \sum t)$, smoothed | how much overlap? |
# | Wasserstein | fake − real; $-$fake | how far apart are two clouds? |
# | Bellman | $(q_a - y)^2$, $y = r + \gamma\max q'$ | what is this step worth? |
# | policy gradient | $-q\log\pi(a)$ | was it worth doing? |
#
# - Every margin has a reason: without it, all equal or all in one point is a perfect answer.
# - The mean is over what counts: pairs in a list, examples in a batch, masks.
# - A piecewise linear loss over pairs needs sorting, not pairs.
# - The target of Q-learning is a constant.
# - Before you take a special loss: center the data, move the threshold, weight the classes.

# %% [markdown]
# ### Do you remember?
#
# <details><summary>1. Why does margin ranking need a margin above 0?</summary>
#
# With margin 0, equal scores for everything cost nothing and have no gradient. The margin makes ties cost.
# </details>
#
# <details><summary>2. How can a loss over all N² pairs be computed in N log N steps?</summary>
#
# The hinge is a straight line where it pays, so each item needs only how many scores lie above its bar and their sum. Sort once, find the places by bisection, take running sums.
# </details>
#
# <details><summary>3. What does CLIP's loss do that the cosine embedding loss cannot?</summary>
#
# It compares the partner with all others of the batch. A constant added to all cosines changes nothing, and the hardest rival counts most.
# </details>
#
# <details><summary>4. Cross-entropy marks too few pixels of a rare thing. Name two cures.</summary>
#
# A lower threshold (its probabilities are honest, and few are above ½), or the Dice loss, which moves them so that ½ fits. Class weights are a third.
# </details>
#
# <details><summary>5. Why is the target of the Bellman residual not differentiated?</summary>
#
# Otherwise the loss can also shrink by making the later value resemble the earlier one. Then the values come out wrong wherever chance is at play.
# </details>

# %% [markdown]
# ### Help by symptom
#
# <details><summary>My embedding collapses: all points fall into one</summary>
#
# Nothing pushes apart. Are there pairs or triplets that are not alike in your batch? Is the margin above 0? Is the sign of the push right?
# </details>
#
# <details><summary>My triplet loss is nearly 0 after some steps, and the map is still poor</summary>
#
# Your triplets are too easy. Count how many pay. Choose harder negatives: the nearest of another class in the batch.
# </details>
#
# <details><summary>My contrastive loss stays at log N</summary>
#
# Every row is flat: the temperature is missing or too high, or the rows of the two views do not belong together. Check the order in which the batches are made.
# </details>
#
# <details><summary>My gradient is nan for some rows</summary>
#
# Two points are equal, or a vector has length 0: you divide by a distance or a length of 0. Divide by 1 there, or by a tiny number.
# </details>
#
# <details><summary>My network marks nothing</summary>
#
# The thing is rare and the threshold ½. Look at the highest probability; lower the threshold, or train with Dice.
# </details>
#
# <details><summary>My generator does not learn, and the judge is nearly perfect</summary>
#
# The saturating loss is silent then. Take $-\log \sigma(s)$ for the generator, or a critic with limited weights.
# </details>
#
# <details><summary>My values in Q-learning grow without end</summary>
#
# The rate is too high for the number of walkers in one cell, an end is not marked as `done`, or γ is 1 and some walk never ends.
# </details>
#
# <details><summary>My policy is sure of one action early, and it is the wrong one</summary>
#
# All rewards have the same sign, so whatever is tried first is praised. Subtract a baseline.
# </details>

# %% [markdown]
# ### Where to read more
#
# - Ralf Herbrich, Thore Graepel and Klaus Obermayer, 1999, *Support Vector Learning for Ordinal Regression*.
# - Christopher Burges and others, 2005, *Learning to Rank Using Gradient Descent*.
# - Antti Airola, Tapio Pahikkala and Tapio Salakoski, 2011, *Training Linear Ranking SVMs in Linearithmic Time Using Red-Black Trees*.
# - Raia Hadsell, Sumit Chopra and Yann LeCun, 2006, *Dimensionality Reduction by Learning an Invariant Mapping*.
# - Florian Schroff, Dmitry Kalenichenko and James Philbin, 2015, *FaceNet: A Unified Embedding for Face Recognition and Clustering*.
# - Alec Radford and others, 2021, *Learning Transferable Visual Models From Natural Language Supervision* (CLIP).
# - Fausto Milletari, Nassir Navab and Ahmad Ahmadi, 2016, *V-Net* (the Dice loss).
# - Martin Arjovsky, Soumith Chintala and Léon Bottou, 2017, *Wasserstein GAN*.
# - Volodymyr Mnih and others, 2015, *Human-Level Control through Deep Reinforcement Learning*.
# - Ronald Williams, 1992, *Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning*.
