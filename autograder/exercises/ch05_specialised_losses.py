"""The exercises of chapter 05: losses of rankings, embeddings, masks and rewards, and the mistakes with them."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch05_specialised_losses_cases as cases
from autograder.exercises.cases import LARGE
from autograder.sandbox.protocols import Call

VALUE, GRADIENT = Part("value", 2), Part("gradient", 2, result="gradient")
BATCH_HINT = "The loss is the mean over the N examples, so each example carries 1/N of it, in the gradient, too."
PAIRS_HINT = "The loss is a mean over the pairs that count, so the gradient is divided by their number, too."


def _value_and_gradient(*names: str) -> Call:
    return Call(value=names, gradient=names)


def _first_gradient(reference, inputs):
    """What a loss of two inputs says, but the gradient of the first input alone."""
    *arrays, option = inputs.values()
    loss = reference(option)
    return {"value": loss.forward(*arrays), "gradient": loss.backward()[0]}


def _each(values):
    """values (N,) as a column beside vectors (N, D)."""
    return values[:, None]


def _norm(x):
    return np.sqrt((x**2).sum(axis=-1))


def _unit(x):
    return x / _norm(x)[..., None]


def _heading(x):
    """The gradient of the length, 0 where the length is 0."""
    return x / np.where(_norm(x) > 0, _norm(x), 1)[..., None]


def _softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _picked(table, labels):
    return table[np.arange(len(labels)), labels]


def _one_hot(labels, table):
    return np.eye(table.shape[1])[labels]


# Rankings.


def _ranked(x1, x2, target, pays, over_n=True):
    pull = target * pays / (len(target) if over_n else 1)
    return -pull, pull


margin_ranking = Exercise(
    id="ch05.margin_ranking",
    reference="losses.MarginRanking",
    protocol=_value_and_gradient("x1", "x2", "target", "margin"),
    cases=cases.score_pairs(),
    parts=[VALUE, GRADIENT],
    read_again="5.2 Margin ranking: which of two comes first?",
    withholds=("losses.Hinge",),
    misconceptions=[
        misconception(
            "the target is ignored: the first score is always to be the larger",
            "Where the target is −1 the second one should win. Which sign must the difference have then?",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, margin - (x1 - x2))),
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, np.ones_like(x1), x1 - x2 < margin),
        ),
        misconception(
            "the margin is missing: a pair in the right order by a hair costs nothing",
            "Right by 0.01 is not yet right by the margin: such a pair still pays margin − 0.01.",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, -target * (x1 - x2))),
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, target * (x1 - x2) < 0),
        ),
        misconception(
            "the margin has the wrong sign: it forgives wrong orders",
            "A margin asks for more than the right order, so it makes the loss larger, not smaller.",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, -margin - target * (x1 - x2))),
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, target * (x1 - x2) < -margin),
        ),
        misconception(
            "plus in front of the target: right orders are punished",
            "Take x1 = 5, x2 = 1, target +1: the order is right and clear, so the loss is 0. What does yours say?",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, margin + target * (x1 - x2))),
        ),
        misconception(
            "the maximum is taken after the mean: good pairs pay for bad ones",
            "Cut each pair at 0 first. np.maximum works entry by entry; the mean comes after it.",
            value=lambda x1, x2, target, margin: np.maximum(0, np.mean(margin - target * (x1 - x2))),
        ),
        misconception(
            "the maximum with 0 is missing",
            "Beyond the margin nothing can be won: the loss of a pair is 0 there, never negative.",
            value=lambda x1, x2, target, margin: np.mean(margin - target * (x1 - x2)),
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, np.ones_like(x1)),
        ),
        misconception(
            "the target multiplies the first score only",
            "The target says which of the two should win, so it turns the whole difference round: put x1 − x2 in brackets.",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, margin - (target * x1 - x2))),
        ),
        misconception(
            "the brackets around x1 − x2 are missing",
            "Your second score is taken off whatever the target says. Multiply the target by the whole difference.",
            value=lambda x1, x2, target, margin: np.mean(np.maximum(0, margin - target * x1 - x2)),
        ),
        misconception(
            "the difference of the scores still stands in the gradient",
            "A pair that pays lies on a straight line, and the slope of a straight line is a constant: here −target for x1.",
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, (x1 - x2) * (target * (x1 - x2) < margin)),
        ),
        misconception(
            "who pays is decided without the target",
            "Where the target is −1 the pair pays if −(x1 − x2) is below the margin. Take the same expression as in the loss.",
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, x1 - x2 < margin),
        ),
        misconception(
            "both scores get the same gradient",
            "Only the difference counts. When x1 and x2 grow by the same amount nothing changes, so the two gradients add up to 0.",
            gradient=lambda x1, x2, target, margin: (_ranked(x1, x2, target, target * (x1 - x2) < margin)[0],) * 2,
        ),
        misconception(
            "the gradients of x1 and x2 are exchanged",
            "With target +1 a larger x1 lowers the loss: its gradient is negative. That of x2 is positive.",
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, target * (x1 - x2) < margin)[::-1],
        ),
        misconception(
            "a pair exactly on the margin is still pulled",
            "At the kink the exercise asks for the subgradient 0: what costs nothing is left alone. Is it < or ≤?",
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, target * (x1 - x2) <= margin),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda x1, x2, target, margin: _ranked(x1, x2, target, target * (x1 - x2) < margin, False),
        ),
    ],
)


def _pairs(scores, relevance, margin):
    """-> which pairs count, margin − (s_i − s_j), how many count (at least 1)."""
    counts = relevance[:, None] > relevance
    return counts, margin - (scores[:, None] - scores), max(counts.sum(), 1)


def _slopes(pays, n):
    """The gradient when the better item i of each pair that pays goes up and the worse one j down."""
    return (pays.sum(axis=0) - pays.sum(axis=1)) / n


def _hinged(scores, relevance, margin, change=lambda counts, slack, n: (np.maximum(0, slack) * counts).sum() / n):
    return change(*_pairs(scores, relevance, margin))


pairwise_hinge = Exercise(
    id="ch05.pairwise_hinge",
    reference="losses.PairwiseHinge",
    protocol=_value_and_gradient("scores", "relevance", "margin"),
    cases=cases.lists(levels=4),
    parts=[VALUE, Part("nothing to rank", 1, where=cases.EDGE), GRADIENT],
    read_again="5.3 Pairwise hinge: is the whole list in order?",
    misconceptions=[
        misconception(
            "divided by N², not by the number of pairs that count",
            "Most of the N² places of your table hold no pair at all. Count the pairs with relevance i above relevance j.",
            value=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: np.mean(np.maximum(0, x) * counts)),
        ),
        misconception(
            "items of equal relevance count as pairs",
            "Between two equally relevant items no order is right. A pair needs relevance i > relevance j, strictly.",
            value=lambda s, r, m: np.mean(np.maximum(0, m - (s[:, None] - s))[r[:, None] >= r]),
        ),
        misconception(
            "pairs are taken by their place in the list, not by relevance",
            "That item 0 comes before item 1 says nothing. Compare their relevance.",
            value=lambda s, r, m: (
                np.maximum(0, m - (s[:, None] - s))[np.triu_indices(len(s), 1)].sum()
                / max(len(s) * (len(s) - 1) / 2, 1)
            ),
        ),
        misconception(
            "the difference is taken the wrong way round: worse minus better",
            "With scores 5 for the better and 1 for the worse the loss must be 0. Which index runs over the better items?",
            value=lambda s, r, m: _hinged(s, r, -m, lambda counts, x, n: (np.maximum(0, -x) * counts).sum() / n),
        ),
        misconception(
            "only pairs whose better item comes first in the list",
            "The better item may stand anywhere. A loop over j > i alone leaves out the pairs where the later item is the better one.",
            value=lambda s, r, m: _hinged(
                s,
                r,
                m,
                lambda counts, x, n: (np.maximum(0, x) * np.triu(counts)).sum() / max(np.triu(counts).sum(), 1),
            ),
        ),
        misconception(
            "equal relevances pay the margin: the sign of their difference is 0",
            "With np.sign(r_i − r_j) in place of the target, a pair of equals, and each item with itself, pays the margin. No such pair counts.",
            value=lambda s, r, m: np.mean(np.maximum(0, m - np.sign(r[:, None] - r) * (s[:, None] - s))),
        ),
        misconception(
            "the maximum with 0 is missing",
            "A pair that is right by more than the margin costs 0. Yours gets a reward, and pays for the wrong pairs.",
            value=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: (x * counts).sum() / n),
        ),
        misconception(
            "the maximum is taken after the mean: good pairs pay for bad ones",
            "Cut each pair at 0 before you add up. With a gap far beyond the margin, one easy pair can now pay for a wrong one.",
            value=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: max(0, (x * counts).sum() / n)),
        ),
        misconception(
            "the pairs are added up, not averaged",
            "A list of 100 has about a hundred times as many pairs as a list of 10. Divide by their number, or long lists rule the training.",
            value=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: (np.maximum(0, x) * counts).sum()),
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: _slopes(counts & (x > 0), 1)),
        ),
        misconception(
            "0 divided by 0 where no pair counts",
            "In a list of equally relevant items there is nothing to rank, and the loss is 0. Divide by at least 1.",
            value=lambda s, r, m: np.maximum(0, m - (s[:, None] - s))[r[:, None] > r].sum() / np.sum(r[:, None] > r),
            gradient=lambda s, r, m: _slopes((r[:, None] > r) & (m > s[:, None] - s), np.sum(r[:, None] > r)),
        ),
        misconception(
            "divided by the number of pairs that pay, not of all that count",
            "A pair in the right order pays 0, and it still counts in the mean: otherwise a list with one wrong pair costs as much as one that is all wrong.",
            value=lambda s, r, m: _hinged(
                s, r, m, lambda counts, x, n: (np.maximum(0, x) * counts).sum() / max(np.sum(counts & (x > 0)), 1)
            ),
            gradient=lambda s, r, m: _hinged(
                s, r, m, lambda counts, x, n: _slopes(counts & (x > 0), max(np.sum(counts & (x > 0)), 1))
            ),
        ),
        misconception(
            "squared hinges",
            "Here a pair pays in a straight line. So all pairs that pay pull with the same strength, and the gradient counts them.",
            value=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: (np.maximum(0, x) ** 2 * counts).sum() / n),
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: _slopes(2 * counts * np.maximum(0, x), n)),
        ),
        misconception(
            "the gap of the relevances is taken for the margin",
            "Here each pair has the same margin, whether the relevances are 3 and 0 or 1 and 0.",
            value=lambda s, r, m: _hinged(
                s, r, 0, lambda counts, x, n: (np.maximum(0, m * (r[:, None] - r) + x) * counts).sum() / n
            ),
        ),
        misconception(
            "only the better item of each pair is moved",
            "The worse one stands in the loss as well: the same pair pushes it down. The gradients of a list add up to 0.",
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: -(counts & (x > 0)).sum(axis=1) / n),
        ),
        misconception(
            "pairs that are in order keep pulling",
            "Beyond the margin the hinge is flat. Count only pairs with a slack above 0.",
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: _slopes(counts, n)),
        ),
        misconception(
            "the gradient is divided by N, not by the number of pairs",
            PAIRS_HINT,
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: _slopes(counts & (x > 0), len(s))),
        ),
        misconception(
            "a pair exactly on the margin still pulls",
            "At the kink the exercise asks for 0: such a pair costs nothing and rests.",
            gradient=lambda s, r, m: _hinged(s, r, m, lambda counts, x, n: _slopes(counts & (x >= 0), n)),
        ),
    ],
)


def _sides(scores, relevant, margin):
    """-> bars of the relevant items, scores of the others, the number of pairs (at least 1)."""
    bars, others = scores[relevant == 1] - margin, scores[relevant == 0]
    return bars, others, max(len(bars) * len(others), 1)


def _sorted_value(scores, relevant, margin, change):
    """change(bar, the scores above it, their number, all other scores) is what one relevant item costs."""
    bars, others, n = _sides(scores, relevant, margin)
    return sum(change(bar, others[others > bar], np.sum(others > bar), others) for bar in bars) / n


def _sorted_slopes(scores, relevant, margin, up=None, down=None, n=None):
    """The counts of what pays, one of them replaced: up for relevant items, down for the others."""
    bars, others, pairs = _sides(scores, relevant, margin)
    up = np.array([np.sum(others > s - margin) for s in scores]) if up is None else up
    down = np.array([np.sum(bars < s) for s in scores]) if down is None else down
    return np.where(relevant == 1, -up, down) / (pairs if n is None else n)


def _unsorted(scores, relevant, margin):
    bars, others, n = _sides(scores, relevant, margin)
    below = np.searchsorted(others, bars, side="right")
    tail = np.append(np.cumsum(others[::-1])[::-1], 0)
    return np.sum(tail[below] - (len(others) - below) * bars) / n


def _sorted_sides(scores, relevant):
    """The scores with those of the relevant items put in order, and those of the others."""
    mixed = np.empty(len(scores))
    for side in (0, 1):
        mixed[relevant == side] = np.sort(scores[relevant == side])
    return mixed


def _unsorted_down(scores, relevant, margin):
    bars, others, _ = _sides(scores, relevant, margin)
    down = np.zeros(len(scores))
    down[relevant == 0] = np.searchsorted(bars, others)
    return down


pairwise_hinge_sorted = Exercise(
    id="ch05.pairwise_hinge_sorted",
    reference="losses.PairwiseHinge",
    protocol=_value_and_gradient("scores", "relevant", "margin"),
    cases=cases.lists(levels=2, name="relevant", long=300),
    parts=[
        VALUE,
        Part("nothing to rank", 1, where=cases.EDGE),
        Part("a long list", 1, where=cases.LONG),
        GRADIENT,
    ],
    read_again="5.4 The same in O(N log N): must every pair be visited?",
    misconceptions=[
        misconception(
            "the others are searched without having been sorted",
            "A search with np.searchsorted is like one in a dictionary: the list must be in order, or the place means nothing.",
            value=_unsorted,
        ),
        misconception(
            "the bars are subtracted once, not once for each score above them",
            "Three scores above one bar are three pairs, and each pays its own distance to the bar: the bar is subtracted three times.",
            value=lambda s, r, m: _sorted_value(s, r, m, lambda bar, above, k, others: above.sum() - bar * (k > 0)),
        ),
        misconception(
            "the scores below the bar are added up, not those above it",
            "A pair pays where the irrelevant item's score is above the bar s − margin. Which end of the sorted list is that?",
            value=lambda s, r, m: _sorted_value(
                s, r, m, lambda bar, above, k, others: others[others <= bar].sum() - bar * k
            ),
        ),
        misconception(
            "the scores below the bar are counted, not those above it",
            "What np.searchsorted tells is how many of the sorted scores lie below the bar. Those above it are the rest: take that number from the number of all.",
            value=lambda s, r, m: _sorted_value(
                s,
                r,
                m,
                lambda bar, above, k, others: np.sort(others)[k:].sum() - bar * (len(others) - k),
            ),
        ),
        misconception(
            "the lowest scores are added up, not the highest",
            "The scores above a bar are the last ones of the sorted array. A running sum from its front adds up the wrong end: turn it round.",
            value=lambda s, r, m: _sorted_value(
                s, r, m, lambda bar, above, k, others: np.sort(others)[:k].sum() - bar * k
            ),
        ),
        misconception(
            "the margin is missing: scores are compared with s_i, not with s_i − margin",
            "The bar of a relevant item lies one margin below its score. An irrelevant item between bar and score pays.",
            value=lambda s, r, m: _sorted_value(s, r, 0, lambda bar, above, k, others: above.sum() - bar * k),
            gradient=lambda s, r, m: _sorted_slopes(s, r, 0),
        ),
        misconception(
            "one place too far in the sums: the lowest score above the bar is left out",
            "Sums of the last k scores, for k from 0 to all of them, are one more number than there are scores. Does your list of sums hold a 0 at its end?",
            value=lambda s, r, m: _sorted_value(
                s, r, m, lambda bar, above, k, others: np.sort(above)[1:].sum() - bar * k
            ),
        ),
        misconception(
            "divided by the number of items, not of pairs",
            "Each relevant item forms a pair with each irrelevant one. How many pairs is that?",
            value=lambda s, r, m: (
                _sorted_value(s, r, m, lambda bar, above, k, others: above.sum() - bar * k)
                * max(np.sum(r == 1) * np.sum(r == 0), 1)
                / len(s)
            ),
            gradient=lambda s, r, m: _sorted_slopes(s, r, m, n=len(s)),
        ),
        misconception(
            "0 divided by 0 where there is no pair",
            "When all items are relevant, or none is, there is nothing to rank and the loss is 0. Divide by at least 1.",
            value=lambda s, r, m: (
                _sorted_value(s, r, m, lambda bar, above, k, others: above.sum() - bar * k)
                * (1.0 if np.sum(r == 1) * np.sum(r == 0) else np.nan)
            ),
            gradient=lambda s, r, m: _sorted_slopes(s, r, m) * (1.0 if np.sum(r == 1) * np.sum(r == 0) else np.nan),
        ),
        misconception(
            "the gradient comes back in the order of the sorted scores",
            "Each slope must stand at the place of its item. Sort the bars and the irrelevant scores on their own, and look up all scores in the order in which they came.",
            gradient=lambda s, r, m: _sorted_slopes(np.sort(s), r[np.argsort(s)], m),
        ),
        misconception(
            "the slopes of each side come back sorted",
            "Sort what you search in, and not what you look up: the slope of an item must stand at its own place.",
            gradient=lambda s, r, m: _sorted_slopes(_sorted_sides(s, r), r, m),
        ),
        misconception(
            "the bars are searched without having been sorted",
            "For the irrelevant items you search among the bars, so the bars must be in order: np.sort.",
            gradient=lambda s, r, m: _sorted_slopes(s, r, m, down=_unsorted_down(s, r, m)),
        ),
        misconception(
            "the irrelevant items get no gradient",
            "Each of them is pushed down by every bar that lies below its score. Sort the bars and search for the scores.",
            gradient=lambda s, r, m: _sorted_slopes(s, r, m, down=np.zeros(len(s))),
        ),
        misconception(
            "the bars above an irrelevant score are counted, not those below it",
            "The number of bars below a score s is np.searchsorted(bars, s). That is the count you need; do not subtract it from all.",
            gradient=lambda s, r, m: _sorted_slopes(
                s, r, m, down=np.array([np.sum(s[r == 1] - m >= one) for one in s])
            ),
        ),
        misconception(
            "a score exactly on a bar still pulls: the wrong side of searchsorted",
            'Where a score equals the bar the hinge is at its kink, and the exercise asks for 0. See what side="left" and side="right" do with equal numbers.',
            gradient=lambda s, r, m: _sorted_slopes(s, r, m, up=np.array([np.sum(s[r == 0] >= one - m) for one in s])),
        ),
        misconception(
            "the signs are exchanged: relevant items are pushed down",
            "A higher score of a relevant item makes the loss smaller, so its gradient is negative.",
            gradient=lambda s, r, m: -_sorted_slopes(s, r, m),
        ),
    ],
)


def _sigmoid(x):
    return 0.5 + np.tanh(x / 2) / 2


def _costs(scores, relevance, cost):
    """The mean over the pairs that count of cost(s_i − s_j), 0 without one."""
    counts, minus_gap, n = _pairs(scores, relevance, 0.0)
    return cost(-minus_gap[counts]).sum() / n


def _pulls(scores, relevance, pull):
    """The gradient, pull(s_i − s_j) being how strongly a pair pulls."""
    counts, minus_gap, n = _pairs(scores, relevance, 0.0)
    return _slopes(np.where(counts, pull(-minus_gap), 0), n)


pairwise_logistic = Exercise(
    id="ch05.pairwise_logistic",
    reference="losses.PairwiseLogistic",
    protocol=_value_and_gradient("scores", "relevance"),
    cases=cases.logistic_lists(large=8192.0),
    parts=[
        VALUE,
        Part("nothing to rank", 1, where=cases.EDGE),
        Part("large scores", 1, where=LARGE),
        GRADIENT,
    ],
    read_again="5.5 Pairwise logistic: a hinge without a corner",
    withholds=("losses.SoftMargin", "losses.BinaryCrossEntropyWithLogits"),
    misconceptions=[
        misconception(
            "exp overflows: log(1 + e^−gap) as it stands",
            "Where the order is badly wrong, the gap is very negative and e^−gap infinite. np.logaddexp(0, x) is log(1 + eˣ) for an x of any size.",
            value=lambda s, r: _costs(s, r, lambda gap: np.log(1 + np.exp(-gap))),
        ),
        misconception(
            "exp overflows where no pair counts: infinity times 0 is nan",
            "Your table holds each pair both ways round, and one of them overflows. np.logaddexp(0, x) is log(1 + eˣ) for an x of any size.",
            value=lambda s, r: (
                np.sum(np.log(1 + np.exp(s - s[:, None])) * (r[:, None] > r)) / max(np.sum(r[:, None] > r), 1)
            ),
        ),
        misconception(
            "places of the table that hold no pair pay log 2",
            "A gap set to 0 still costs log(1 + e⁰) = log 2. Set the costs to 0, not the gaps.",
            value=lambda s, r: (
                np.sum(np.logaddexp(0, (s - s[:, None]) * (r[:, None] > r))) / max(np.sum(r[:, None] > r), 1)
            ),
        ),
        misconception(
            "this is log(e + e^−gap): the first argument of np.logaddexp is an exponent",
            "The function np.logaddexp(a, b) is the logarithm of e^a + e^b. Which a makes e^a equal to 1?",
            value=lambda s, r: _costs(s, r, lambda gap: np.logaddexp(1, -gap)),
        ),
        misconception(
            "the gap has the wrong sign: good orders cost more",
            "With scores 5 for the better and 1 for the worse item the loss must be near 0. Yours is near 4.",
            value=lambda s, r: _costs(s, r, lambda gap: np.logaddexp(0, gap)),
        ),
        misconception(
            "this is the hinge with a margin of 0",
            "The logistic loss is smooth: a pair in the right order still costs a little, and a pair with equal scores costs log 2.",
            value=lambda s, r: _costs(s, r, lambda gap: np.maximum(0, -gap)),
        ),
        misconception(
            "the logarithm is missing: this is σ(−gap), the probability of a wrong order",
            "Your cost never exceeds 1. The loss is minus the logarithm of the probability of the right order.",
            value=lambda s, r: _costs(s, r, lambda gap: _sigmoid(-gap)),
        ),
        misconception(
            "items of equal relevance count as pairs",
            "No order of two equally relevant items is right, and no item is above itself. Compare with >, not ≥.",
            value=lambda s, r: np.mean(np.logaddexp(0, -(s[:, None] - s))[r[:, None] >= r]),
        ),
        misconception(
            "divided by N², not by the number of pairs that count",
            "Count the pairs with relevance i above relevance j; that is what the mean runs over.",
            value=lambda s, r: _costs(s, r, lambda gap: np.logaddexp(0, -gap)) * np.sum(r[:, None] > r) / len(s) ** 2,
        ),
        misconception(
            "0 divided by 0 where no pair counts",
            "Without a pair the loss is 0, and so is its gradient. Divide by at least 1.",
            value=lambda s, r: np.sum(np.logaddexp(0, s - s[:, None])[r[:, None] > r]) / np.sum(r[:, None] > r),
            gradient=lambda s, r: (
                _pulls(s, r, lambda gap: _sigmoid(-gap)) * (1.0 if np.any(r[:, None] > r) else np.nan)
            ),
        ),
        misconception(
            "the pull is σ(gap): it grows as the order gets better",
            "A pair far in the right order should hardly pull. The slope of log(1 + e^−x) is −σ(−x).",
            gradient=lambda s, r: _pulls(s, r, _sigmoid),
        ),
        misconception(
            "infinity over infinity in the sigmoid of the gradient",
            "For a large x the fraction e^x/(1 + e^x) is NaN. Write σ with an exponent that is never positive, or with np.tanh.",
            gradient=lambda s, r: _pulls(s, r, lambda gap: np.exp(-gap) / (1 + np.exp(-gap))),
        ),
        misconception(
            "only the better item of each pair is moved",
            "Every pair pulls at both of its items, in opposite directions. The gradients of a list add up to 0.",
            gradient=lambda s, r: (
                -np.where(r[:, None] > r, _sigmoid(s - s[:, None]), 0).sum(axis=1) / max(np.sum(r[:, None] > r), 1)
            ),
        ),
        misconception(
            "the gradient is divided by N, not by the number of pairs",
            PAIRS_HINT,
            gradient=lambda s, r: _pulls(s, r, lambda gap: _sigmoid(-gap)) * max(np.sum(r[:, None] > r), 1) / len(s),
        ),
        misconception(
            "the gradient is not divided by the number of pairs",
            PAIRS_HINT,
            gradient=lambda s, r: _pulls(s, r, lambda gap: _sigmoid(-gap)) * max(np.sum(r[:, None] > r), 1),
        ),
    ],
)


# Embeddings.


def _contrasted(
    x1, x2, target, margin, *, alike=lambda d, m: d**2 / 2, other=lambda d, m: np.maximum(0, m - d) ** 2 / 2
):
    d = _norm(x1 - x2)
    return np.mean(np.where(target > 0, alike(d, margin), other(d, margin)))


def _drawn(
    x1, x2, target, margin, *, alike=lambda e, d, m: e, other=lambda e, d, m: -np.maximum(0, m - d) * _heading(e)
):
    error = x1 - x2
    d = _each(_norm(error))
    g = np.where(_each(target) > 0, alike(error, d, margin), other(error, d, margin)) / len(x1)
    return g, -g


def _weighed(x1, x2, target, margin):
    """The two branches weighted by t and 1 − t, as if the target were 0 and 1."""
    error, weight = x1 - x2, _each(target)
    push = -np.maximum(0, margin - _each(_norm(error))) * _heading(error)
    g = (weight * error + (1 - weight) * push) / len(x1)
    return g, -g


contrastive = Exercise(
    id="ch05.contrastive",
    reference="losses.Contrastive",
    protocol=_value_and_gradient("x1", "x2", "target", "margin"),
    cases=cases.embedded_pairs(),
    parts=[VALUE, GRADIENT, Part("equal points", 1, result="gradient", where=cases.EDGE)],
    read_again="5.7 Contrastive pairs: together or apart?",
    misconceptions=[
        misconception(
            "the two branches are exchanged",
            "Here +1 is alike, and what is alike is drawn together: it pays ½d². The paper writes 0 for alike, which is easily mixed up.",
            value=lambda x1, x2, target, margin: _contrasted(x1, x2, -target, margin),
            gradient=lambda x1, x2, target, margin: _drawn(x1, x2, -target, margin),
        ),
        misconception(
            "the ½ is missing",
            "Both branches carry a ½, so that the derivative of the square has no 2.",
            value=lambda x1, x2, target, margin: 2 * _contrasted(x1, x2, target, margin),
        ),
        misconception(
            "the root is missing: the sum of squares is taken for the distance",
            "The distance is the root of the sum of the squared differences. Points (0, 0) and (3, 4) are 5 apart, not 25.",
            value=lambda x1, x2, target, margin: np.mean(
                np.where(
                    target > 0,
                    _norm(x1 - x2) ** 4 / 2,
                    np.maximum(0, margin - _norm(x1 - x2) ** 2) ** 2 / 2,
                )
            ),
        ),
        misconception(
            "one distance for the whole batch",
            "Each example has a distance of its own. np.linalg.norm of a whole table is one number: say axis=1.",
            value=lambda x1, x2, target, margin: np.mean(
                np.where(
                    target > 0,
                    np.linalg.norm(x1 - x2) ** 2 / 2,
                    np.maximum(0, margin - np.linalg.norm(x1 - x2)) ** 2 / 2,
                )
            ),
        ),
        misconception(
            "the target is used as if it were 0 and 1",
            "Here the target is +1 or −1. With t and 1 − t in front of the branches an unlike pair gets the weights −1 and 2. Choose with np.where(target == 1, …, …).",
            value=lambda x1, x2, target, margin: np.mean(
                target * _norm(x1 - x2) ** 2 / 2 + (1 - target) * np.maximum(0, margin - _norm(x1 - x2)) ** 2 / 2
            ),
            gradient=lambda x1, x2, target, margin: _weighed(x1, x2, target, margin),
        ),
        misconception(
            "the square of the distance stands in the push: max(0, margin − d²)²",
            "Alike pairs need d², unlike pairs d itself. The root belongs to the distance, before the margin comes in.",
            value=lambda *given: _contrasted(*given, other=lambda d, m: np.maximum(0, m - d**2) ** 2 / 2),
        ),
        misconception(
            "the hinge of unlike pairs is not squared",
            "Unlike pairs pay ½ times the square of margin − d, so that the push fades as the pair nears the margin.",
            value=lambda *given: _contrasted(*given, other=lambda d, m: np.maximum(0, m - d) / 2),
        ),
        misconception(
            "the squared distance is compared with the margin: max(0, margin − d²)",
            "The margin is a distance. Take it minus d first, then cut at 0, then square.",
            value=lambda *given: _contrasted(*given, other=lambda d, m: np.maximum(0, m - d**2) / 2),
        ),
        misconception(
            "the maximum with 0 is missing: far unlike pairs are drawn back to the margin",
            "Unlike pairs beyond the margin cost nothing. Without the maximum the square turns a negative number into a cost.",
            value=lambda *given: _contrasted(*given, other=lambda d, m: (m - d) ** 2 / 2),
            gradient=lambda *given: _drawn(*given, other=lambda e, d, m: -(m - d) * _heading(e)),
        ),
        misconception(
            "unlike pairs are drawn together: the sign of their push",
            "More distance makes the loss of an unlike pair smaller. So a step against the gradient must lead x1 away from x2.",
            gradient=lambda *given: _drawn(*given, other=lambda e, d, m: np.maximum(0, m - d) * _heading(e)),
        ),
        misconception(
            "the push of unlike pairs is not along a unit vector",
            "The gradient of d is (x1 − x2)/d, a vector of length 1. Without the division far pairs are pushed harder than near ones.",
            gradient=lambda *given: _drawn(*given, other=lambda e, d, m: -np.maximum(0, m - d) * e),
        ),
        misconception(
            "the pull of pairs that are alike is along a unit vector: that is the gradient of d",
            "The gradient of ½d² is d times the unit vector, which is simply x1 − x2.",
            gradient=lambda *given: _drawn(*given, alike=lambda e, d, m: _heading(e)),
        ),
        misconception(
            "0 divided by 0 where two points are equal",
            "Two equal points have a distance of 0 and no direction. The exercise asks for the gradient 0 there.",
            gradient=lambda *given: _drawn(*given, other=lambda e, d, m: -np.maximum(0, m - d) * e / d),
        ),
        misconception(
            "both points get the same gradient",
            "The loss knows only the difference x1 − x2. What moves x1 to the right moves x2 to the left.",
            gradient=lambda *given: (_drawn(*given)[0],) * 2,
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda *given: tuple(g * len(given[0]) for g in _drawn(*given)),
        ),
    ],
)


def _compared(anchor, positive, negative, margin, *, slack=None):
    near, far = _norm(anchor - positive), _norm(anchor - negative)
    return np.mean(np.maximum(0, (slack or (lambda near, far, m: near - far + m))(near, far, margin)))


def _torn(
    anchor, positive, negative, margin, *, pays=None, change=lambda near, far: (near - far, -near, far), over_n=True
):
    near, far = anchor - positive, anchor - negative
    each = (_norm(near) - _norm(far) + margin > 0) if pays is None else pays(_norm(near) - _norm(far) + margin)
    each = _each(each / (len(anchor) if over_n else 1))
    return change(each * _heading(near), each * _heading(far))


def _undirected(anchor, positive, negative, margin):
    """A gradient with 0/0 where a distance is 0."""
    near, far = anchor - positive, anchor - negative
    each = _each((_norm(near) - _norm(far) + margin > 0) / len(anchor))
    near, far = each * near / _each(_norm(near)), each * far / _each(_norm(far))
    return near - far, -near, far


def _stretched(anchor, positive, negative, margin):
    near, far = anchor - positive, anchor - negative
    each = _each((_norm(near) - _norm(far) + margin > 0) / len(anchor))
    return each * (near - far), -each * near, each * far


triplet_margin = Exercise(
    id="ch05.triplet_margin",
    reference="losses.TripletMargin",
    protocol=_value_and_gradient("anchor", "positive", "negative", "margin"),
    cases=cases.triplets(),
    parts=[VALUE, GRADIENT, Part("equal points, and the kink", 1, result="gradient", where=cases.EDGE)],
    read_again="5.8 Triplets: nearer to this one than to that one",
    misconceptions=[
        misconception(
            "positive and negative are exchanged",
            "The loss is large where the positive is far and the negative near. So the distance to the positive has the plus.",
            value=lambda a, p, n, m: _compared(a, n, p, m),
        ),
        misconception(
            "the margin is subtracted: it forgives wrong triplets",
            "A triplet that is right by less than the margin still pays, so the margin is added inside the maximum.",
            value=lambda a, p, n, m: _compared(a, p, n, -m),
        ),
        misconception(
            "squared distances",
            "This exercise takes the Euclidean distance itself, with the root. FaceNet takes squares; both are in use.",
            value=lambda *given: _compared(*given, slack=lambda near, far, m: near**2 - far**2 + m),
        ),
        misconception(
            "the negative is compared with the positive, not with the anchor",
            "Both distances start at the anchor: anchor to positive, and anchor to negative.",
            value=lambda a, p, n, m: np.mean(np.maximum(0, _norm(a - p) - _norm(p - n) + m)),
        ),
        misconception(
            "the maximum is taken after the mean: easy triplets pay for hard ones",
            "A triplet that is right by far has a slack of −5, say. It must count as 0, not cancel a wrong one: cut each triplet first, then average.",
            value=lambda a, p, n, m: max(0, np.mean(_norm(a - p) - _norm(a - n) + m)),
        ),
        misconception(
            "the mean over the triplets that pay only",
            "Triplets that are in order pay 0 and count in the mean: divide by N.",
            "With your mean the loss hardly falls while more and more triplets come in order. Some programs do this on purpose; here it is not asked for.",
            value=lambda a, p, n, m: (
                np.sum(np.maximum(0, _norm(a - p) - _norm(a - n) + m))
                / max(np.sum(_norm(a - p) - _norm(a - n) + m > 0), 1)
            ),
        ),
        misconception(
            "one distance for the whole batch",
            "Each triplet has distances of its own. np.linalg.norm of a whole table is one number: say axis=1.",
            value=lambda a, p, n, m: max(0, np.linalg.norm(a - p) - np.linalg.norm(a - n) + m),
        ),
        misconception(
            "the distance is a sum of absolute values",
            "The Euclidean distance is the root of the sum of squares, over the features of one example.",
            value=lambda a, p, n, m: np.mean(np.maximum(0, np.abs(a - p).sum(axis=1) - np.abs(a - n).sum(axis=1) + m)),
        ),
        misconception(
            "the anchor is moved by the positive only",
            "The anchor stands in both distances, so two arrows act on it: towards the positive and away from the negative.",
            gradient=lambda *given: _torn(*given, change=lambda near, far: (near, -near, far)),
        ),
        misconception(
            "the gradients of positive and negative have the wrong sign",
            "A step against the gradient must move the positive towards the anchor and the negative away from it.",
            gradient=lambda *given: _torn(*given, change=lambda near, far: (near - far, near, -far)),
        ),
        misconception(
            "triplets that are in order keep pulling",
            "Where the maximum is 0 the loss is flat, and all three gradients are 0.",
            gradient=lambda *given: _torn(*given, pays=np.ones_like),
        ),
        misconception(
            "the directions are not divided by their length: that is half the gradient of the squares",
            "The gradient of a distance has length 1, however far the points are. Divide the difference by the distance.",
            gradient=_stretched,
        ),
        misconception(
            "0 divided by 0 where two points are equal",
            "A distance of 0 has no direction; the exercise asks for 0 there. Divide by 1 where the distance is 0.",
            gradient=_undirected,
        ),
        misconception(
            "a triplet exactly at the kink still pulls",
            "Where the slack is exactly 0 the exercise asks for the subgradient 0.",
            gradient=lambda *given: _torn(*given, pays=lambda slack: slack >= 0),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda *given: _torn(*given, over_n=False),
        ),
    ],
)


def _angled(x1, x2, target, margin, *, alike=lambda c, m: 1 - c, other=lambda c, m: np.maximum(0, c - m), cos=None):
    c = (_unit(x1) * _unit(x2)).sum(axis=1) if cos is None else cos(x1, x2)
    return np.mean(np.where(target > 0, alike(c, margin), other(c, margin)))


def _turned(x1, x2, target, margin, *, pays=lambda c, m: c > m, sign=-1, turn=None):
    c = _each((_unit(x1) * _unit(x2)).sum(axis=1))
    each = np.where(_each(target) > 0, sign, pays(c, margin)) / len(x1)
    straight = (_unit(x2) - c * _unit(x1)) / _each(_norm(x1))
    return each * (straight if turn is None else turn(x1, x2, c))


cosine_embedding = Exercise(
    id="ch05.cosine_embedding",
    reference="losses.CosineEmbedding",
    protocol=_value_and_gradient("x1", "x2", "target", "margin"),
    cases=cases.directed_pairs(),
    answers=_first_gradient,
    parts=[VALUE, GRADIENT, Part("at the margin", 1, result="gradient", where=cases.EDGE)],
    read_again="5.9 Cosine embedding: does only the direction count?",
    withholds=("losses.CosineSimilarity",),
    misconceptions=[
        misconception(
            "the dot product is not divided by the two lengths",
            "A cosine lies between −1 and 1. Make x1 ten times as long: the loss must stay the same.",
            value=lambda *given: _angled(*given, cos=lambda x1, x2: (x1 * x2).sum(axis=1)),
        ),
        misconception(
            "divided by the length of the whole table, not of each row",
            "Each row is a vector with a length of its own. np.linalg.norm of a table is one number: say axis=1.",
            value=lambda *given: _angled(
                *given, cos=lambda x1, x2: (x1 * x2).sum(axis=1) / np.linalg.norm(x1) / np.linalg.norm(x2)
            ),
        ),
        misconception(
            "divided by one of the two lengths only",
            "Both vectors have a length, and the cosine knows neither of them.",
            value=lambda *given: _angled(*given, cos=lambda x1, x2: (_unit(x1) * x2).sum(axis=1)),
        ),
        misconception(
            "pairs that are alike pay −cos, not 1 − cos",
            "For a pair in the same direction the loss is 0, its smallest value. Yours is −1.",
            value=lambda *given: _angled(*given, alike=lambda c, m: -c),
        ),
        misconception(
            "all pairs pay 1 − cos: the target is ignored",
            "Where the target is −1 a large cosine is what costs: max(0, cos − margin).",
            value=lambda *given: _angled(*given, other=lambda c, m: 1 - c),
            gradient=lambda x1, x2, target, margin: _turned(x1, x2, np.ones_like(target), margin),
        ),
        misconception(
            "margin − cos for unlike pairs, as if the cosine were a distance",
            "A distance should be large for unlike pairs, a cosine small. What is above the margin pays.",
            value=lambda *given: _angled(*given, other=lambda c, m: np.maximum(0, m - c)),
        ),
        misconception(
            "the margin is missing",
            "Unlike pairs may be a little alike: up to a cosine of margin they cost nothing.",
            value=lambda x1, x2, target, margin: _angled(x1, x2, target, 0.0),
            gradient=lambda x1, x2, target, margin: _turned(x1, x2, target, 0.0),
        ),
        misconception(
            "the maximum with 0 is missing",
            "Unlike pairs whose cosine is below the margin cost 0, not less than 0.",
            value=lambda *given: _angled(*given, other=lambda c, m: c - m),
            gradient=lambda *given: _turned(*given, pays=lambda c, m: np.ones_like(c)),
        ),
        misconception(
            "the part along x1 is not taken out",
            "A longer x1 leaves the cosine as it is, so the gradient is at a right angle to x1. Subtract cos times its direction.",
            gradient=lambda *given: _turned(*given, turn=lambda x1, x2, c: _unit(x2) / _each(_norm(x1))),
        ),
        misconception(
            "the division by the length of x1 is missing",
            "A long vector turns less than a short one when its tip moves by the same amount.",
            gradient=lambda *given: _turned(*given, turn=lambda x1, x2, c: _unit(x2) - c * _unit(x1)),
        ),
        misconception(
            "the difference of the two directions: v − u in place of v − cos·u",
            "Only the part of v along u is taken out, and that part is cos long. Are your rows at a right angle to x1?",
            gradient=lambda *given: _turned(*given, turn=lambda x1, x2, c: (_unit(x2) - _unit(x1)) / _each(_norm(x1))),
        ),
        misconception(
            "divided by the length of x2, not of x1",
            "It is the tip of x1 that moves, so the length of x1 says how far the direction turns.",
            gradient=lambda *given: _turned(
                *given, turn=lambda x1, x2, c: (_unit(x2) - c * _unit(x1)) / _each(_norm(x2))
            ),
        ),
        misconception(
            "this is the gradient for x2",
            "The exercise asks for the gradient for x1. It points along x2, without its part along x1.",
            gradient=lambda x1, x2, target, margin: _turned(x2, x1, target, margin),
        ),
        misconception(
            "pairs that are alike are turned apart: the sign",
            "For target +1 the loss falls as the cosine grows: its slope in the cosine is −1.",
            gradient=lambda *given: _turned(*given, sign=1),
        ),
        misconception(
            "a pair exactly at the margin still turns",
            "Where the cosine equals the margin the exercise asks for the subgradient 0.",
            gradient=lambda *given: _turned(*given, pays=lambda c, m: c >= m),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda *given: len(given[0]) * _turned(*given),
        ),
    ],
)


def _similar(x1, x2, temperature):
    return _unit(x1) @ _unit(x2).T / temperature


def _both_ways(s, rows=0.5, columns=0.5):
    return -np.mean(rows * np.diag(_log_softmax(s, axis=1)) + columns * np.diag(_log_softmax(s, axis=0)))


def _to_x1(x1, x2, temperature, ds, project=True):
    dunit = ds / temperature @ _unit(x2)
    along = (dunit * _unit(x1)).sum(axis=1, keepdims=True) * _unit(x1)
    return (dunit - project * along) / _each(_norm(x1))


def _ds(x1, x2, temperature, rows=0.5, columns=0.5):
    s = _similar(x1, x2, temperature)
    return (rows * _softmax(s, axis=1) + columns * _softmax(s, axis=0) - (rows + columns) * np.eye(len(s))) / len(s)


def _overflowing(x1, x2, temperature):
    e = np.exp(_similar(x1, x2, temperature))
    return -np.mean(np.log(np.diag(e) / e.sum(axis=1)) + np.log(np.diag(e) / e.sum(axis=0))) / 2


def _overflowing_ds(x1, x2, temperature):
    e = np.exp(_similar(x1, x2, temperature))
    ways = [e / e.sum(axis=axis, keepdims=True) for axis in (0, 1)]
    return (sum(ways) / 2 - np.eye(len(e))) / len(e)


def _underflowing(x1, x2, temperature):
    s = _similar(x1, x2, temperature)
    return -np.mean(np.log(np.diag(_softmax(s, axis=1))) + np.log(np.diag(_softmax(s, axis=0)))) / 2


info_nce = Exercise(
    id="ch05.info_nce",
    reference="losses.InfoNCE",
    protocol=_value_and_gradient("x1", "x2", "temperature"),
    cases=cases.two_views(),
    answers=_first_gradient,
    parts=[VALUE, Part("tiny temperatures", 1, where=LARGE), Part("gradient", 3, result="gradient")],
    read_again="5.10 InfoNCE: which of all of these is my partner?",
    withholds=("losses.CrossEntropy", "losses.Focal", "activations.LogSoftmax"),
    misconceptions=[
        misconception(
            "one direction only: each x1 chooses, and no x2 does",
            "The loss is symmetric: also each x2 must find its x1 among all. Take the cross-entropy of the columns as well.",
            value=lambda x1, x2, t: _both_ways(_similar(x1, x2, t), 1, 0),
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t, 1, 0)),
        ),
        misconception(
            "one direction only: each x2 chooses, and no x1 does",
            "The loss is symmetric: also each x1 must find its x2 among all. Take the cross-entropy of the rows as well.",
            value=lambda x1, x2, t: _both_ways(_similar(x1, x2, t), 0, 1),
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t, 0, 1)),
        ),
        misconception(
            "the two directions are added, not averaged",
            "Half of each direction: otherwise the loss of blind guessing is 2 log N and not log N.",
            value=lambda x1, x2, t: _both_ways(_similar(x1, x2, t), 1, 1),
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t, 1, 1)),
        ),
        misconception(
            "dot products of vectors that were not scaled to length 1",
            "The similarities are cosines. Divide each row by its length first; then no vector can win by being long.",
            value=lambda x1, x2, t: _both_ways(x1 @ x2.T / t),
        ),
        misconception(
            "the columns are scaled to length 1, not the rows",
            "One row is one example, a vector of D features. Its length is taken along axis=1, with keepdims=True.",
            value=lambda x1, x2, t: _both_ways(_unit(x1.T).T @ _unit(x2.T) / t),
        ),
        misconception(
            "the whole table is averaged, not its diagonal",
            "Only the partner is the right answer: row i needs its entry i. Take the diagonal of the log-softmax, np.diag.",
            value=lambda x1, x2, t: (
                -np.mean(_log_softmax(_similar(x1, x2, t), axis=1) + _log_softmax(_similar(x1, x2, t), axis=0)) / 2
            ),
        ),
        misconception(
            "multiplied by the temperature, not divided",
            "A low temperature makes the softmax sharp, so the cosines become large logits: divide.",
            value=lambda x1, x2, t: _both_ways(_similar(x1, x2, 1 / t)),
        ),
        misconception(
            "the temperature is missing",
            "Cosines lie between −1 and 1. As logits they are too near each other for any softmax to be sure; that is what the temperature is for.",
            value=lambda x1, x2, t: _both_ways(_similar(x1, x2, 1)),
        ),
        misconception(
            "one softmax over all N² similarities",
            "Each row is a question of its own: which of these N is the partner? So each row has its own softmax.",
            value=lambda x1, x2, t: (
                -np.mean(np.diag(_log_softmax(_similar(x1, x2, t).reshape(1, -1)).reshape(len(x1), -1)))
            ),
        ),
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "With a temperature of 0.0005 the logits reach 2000. Subtract the maximum of the row (and of the column) before exp.",
            value=_overflowing,
        ),
        misconception(
            "log of zero: the softmax is rounded to 0 before the logarithm",
            "Where the partner is unlikely its softmax is 0 in the computer. Stay with logarithms: shifted logit minus log of the sum.",
            value=_underflowing,
        ),
        misconception(
            "the gradient is not divided by the temperature",
            "Cosines reach the loss divided by τ. The chain rule has that 1/τ, too.",
            gradient=lambda x1, x2, t: t * _to_x1(x1, x2, t, _ds(x1, x2, t)),
        ),
        misconception(
            "the softmax inside the gradient overflows",
            "Shift each row by its maximum before exp, and each column by its own, in the gradient as well.",
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _overflowing_ds(x1, x2, t)),
        ),
        misconception(
            "the part along x1 is not taken out",
            "A longer x1 changes no cosine. So each row of the gradient is at a right angle to its x1: subtract the part along it.",
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t), project=False),
        ),
        misconception(
            "this is the gradient for the scaled rows: the way back through the length is missing",
            "On the way in, x1 was divided by its length. On the way back: take out the part along x1, and divide by the length.",
            gradient=lambda x1, x2, t: _ds(x1, x2, t) / t @ _unit(x2),
        ),
        misconception(
            "the partner is not subtracted: softmax alone",
            "For the logits of a row the gradient is softmax − target, and the target is 1 on the diagonal.",
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t) + np.eye(len(x1)) / len(x1)),
        ),
        misconception(
            "the partner is subtracted once only, not from rows and from columns",
            "Rows and columns both have the target 1 on the diagonal: softmax − target for each, then half of each.",
            gradient=lambda x1, x2, t: _to_x1(x1, x2, t, _ds(x1, x2, t) + np.eye(len(x1)) / (2 * len(x1))),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda x1, x2, t: len(x1) * _to_x1(x1, x2, t, _ds(x1, x2, t)),
        ),
    ],
)


# Masks.


def _sums(p, t):
    return (p * t).sum(axis=(1, 2)), p.sum(axis=(1, 2)), t.sum(axis=(1, 2))


def _overlap(p, t, smooth, score):
    return 1 - np.mean(score(*_sums(p, t), smooth))


def _dice_slope(p, t, smooth, change=lambda score, t, size: (score - 2 * t) / size):
    both, ps, ts = (x[:, None, None] for x in _sums(p, t))
    size = ps + ts + smooth
    return change((2 * both + smooth) / size, t, size) / len(p)


dice = Exercise(
    id="ch05.dice",
    reference="losses.Dice",
    protocol=_value_and_gradient("prediction", "target", "smooth"),
    cases=cases.masks(),
    parts=[VALUE, Part("empty masks", 1, where=cases.EDGE), GRADIENT],
    read_again="5.12 Dice: how much do two masks overlap?",
    misconceptions=[
        misconception(
            "the score is returned, not 1 − score",
            "A perfect mask has a score of 1. A loss must be smallest there.",
            value=lambda p, t, s: 1 - _overlap(p, t, s, lambda both, ps, ts, s: (2 * both + s) / (ps + ts + s)),
        ),
        misconception(
            "the 2 in front of the overlap is missing",
            "For p equal to t the sums below the line are twice the overlap. Without the 2 a perfect mask scores only about ½.",
            value=lambda p, t, s: _overlap(p, t, s, lambda both, ps, ts, s: (both + s) / (ps + ts + s)),
        ),
        misconception(
            "this is the intersection over the union",
            "There the overlap is taken off below the line and there is no 2. Dice divides by the two sizes added up.",
            value=lambda p, t, s: _overlap(p, t, s, lambda both, ps, ts, s: (both + s) / (ps + ts - both + s)),
        ),
        misconception(
            "smooth stands below the line only",
            "With smooth above and below, an empty mask predicted empty scores s/s = 1. With it below only, such a mask scores 0.",
            value=lambda p, t, s: _overlap(p, t, s, lambda both, ps, ts, s: 2 * both / (ps + ts + s)),
        ),
        misconception(
            "smooth is missing: 0 divided by 0 for an empty mask",
            "A picture without the thing has an empty mask, and the network may be right to predict none. The exercise adds smooth above and below.",
            value=lambda p, t, s: _overlap(p, t, s, lambda both, ps, ts, s: 2 * both / (ps + ts)),
        ),
        misconception(
            "squares below the line, as in V-Net",
            "The paper on V-Net squares the probabilities below the line. This exercise adds them up as they are.",
            value=lambda p, t, s: (
                1
                - np.mean((2 * (p * t).sum(axis=(1, 2)) + s) / ((p**2).sum(axis=(1, 2)) + (t**2).sum(axis=(1, 2)) + s))
            ),
        ),
        misconception(
            "one score for the whole batch",
            "Each mask has its own score; then comes the mean. Otherwise a picture with a large thing outweighs all the small ones.",
            value=lambda p, t, s: 1 - (2 * (p * t).sum() + s) / (p.sum() + t.sum() + s),
        ),
        misconception(
            "the prediction is rounded to 0 or 1 first",
            "A rounded prediction has no slope: nothing could be learned. Use the probabilities as they are.",
            value=lambda p, t, s: _overlap(np.round(p), t, s, lambda both, ps, ts, s: (2 * both + s) / (ps + ts + s)),
        ),
        misconception(
            "the derivative of the lower line is missing in the gradient",
            "The prediction stands above and below the line: the quotient rule has two terms, and pixels outside the mask live from the second one.",
            gradient=lambda p, t, s: _dice_slope(p, t, s, lambda score, t, size: -2 * t / size),
        ),
        misconception(
            "the 2 of the overlap is missing in the gradient",
            "A pixel inside the mask counts twice above the line: 2·t. Only the slope of the lower line has the factor 1.",
            gradient=lambda p, t, s: _dice_slope(p, t, s, lambda score, t, size: (score - t) / size),
        ),
        misconception(
            "the gradient has the opposite sign: that of the score",
            "The loss is 1 − score. More probability inside the mask must lower it.",
            gradient=lambda p, t, s: -_dice_slope(p, t, s),
        ),
        misconception(
            "the gradient is divided by the number of pixels as well",
            "Only the N masks are averaged. Within a mask the pixels are added up.",
            gradient=lambda p, t, s: _dice_slope(p, t, s) / p[0].size,
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda p, t, s: len(p) * _dice_slope(p, t, s),
        ),
    ],
)


# Rewards.


def _target(reward, next_q, done, gamma, best=lambda next_q: next_q.max(axis=1)):
    return reward + gamma * (1 - done) * best(next_q)


def _residual(q, action, y):
    return _picked(q, action) - y


def _slope_of(q, action, error):
    return 2 * error[:, None] * _one_hot(action, q) / len(q)


bellman_mse = Exercise(
    id="ch05.bellman_mse",
    reference="losses.BellmanMSE",
    protocol=_value_and_gradient("q", "action", "reward", "next_q", "done", "gamma"),
    cases=cases.transitions(),
    parts=[VALUE, Part("the end of an episode", 1, where=cases.EDGE), GRADIENT],
    read_again="5.14 Bellman: what is a step worth?",
    misconceptions=[
        misconception(
            "the end is ignored: values are taken from beyond it",
            "Where done is 1 nothing comes after this step, so the target is the reward alone.",
            value=lambda q, a, r, nq, done, g: np.mean(_residual(q, a, _target(r, nq, 0, g)) ** 2),
            gradient=lambda q, a, r, nq, done, g: _slope_of(q, a, _residual(q, a, _target(r, nq, 0, g))),
        ),
        misconception(
            "done is used the wrong way round",
            "Done is 1 where the episode has ended. There the future counts 0 times, elsewhere once.",
            value=lambda q, a, r, nq, done, g: np.mean(_residual(q, a, _target(r, nq, 1 - done, g)) ** 2),
        ),
        misconception(
            "the discount γ is missing",
            "A reward one step later counts γ times as much. With γ = 0 the target would be the reward alone: does your answer change with γ?",
            value=lambda q, a, r, nq, done, g: np.mean(_residual(q, a, _target(r, nq, done, 1)) ** 2),
        ),
        misconception(
            "the mean over the next actions, not the best of them",
            "Q-learning takes for granted that the best action follows: the maximum over the row of next_q.",
            value=lambda q, a, r, nq, done, g: np.mean(
                _residual(q, a, _target(r, nq, done, g, lambda nq: nq.mean(axis=1))) ** 2
            ),
        ),
        misconception(
            "next_q is read at the action of this step",
            "What was done now need not be done next. Take the best entry of the row of next_q.",
            value=lambda q, a, r, nq, done, g: np.mean(
                _residual(q, a, _target(r, nq, done, g, lambda nq: _picked(nq, a))) ** 2
            ),
        ),
        misconception(
            "next_q is read at the best place of the whole table",
            "Each step goes on in its own row of next_q: the maximum of a row is max(axis=1).",
            value=lambda q, a, r, nq, done, g: np.mean(
                _residual(q, a, _target(r, nq, done, g, lambda nq: nq.max())) ** 2
            ),
        ),
        misconception(
            "the reward is cut off at the end, too",
            "The last step has a reward like any other. Only what would come after it counts 0 times.",
            value=lambda q, a, r, nq, done, g: np.mean(_residual(q, a, (1 - done) * _target(r, nq, 0, g)) ** 2),
            gradient=lambda q, a, r, nq, done, g: _slope_of(q, a, _residual(q, a, (1 - done) * _target(r, nq, 0, g))),
        ),
        misconception(
            "q[:, action] is a table of N × N, not one entry for each row",
            "It picks the actions of all steps from each row. q[np.arange(N), action] picks one entry from each.",
            value=lambda q, a, r, nq, done, g: np.mean((q[:, a] - _target(r, nq, done, g)) ** 2),
        ),
        misconception(
            "the best q is compared, not that of the action that was taken",
            "The reward tells something about the action that was taken, and about no other.",
            value=lambda q, a, r, nq, done, g: np.mean((q.max(axis=1) - _target(r, nq, done, g)) ** 2),
        ),
        misconception(
            "all actions are compared with the target",
            "Only the action that was taken has seen a reward. Pick its entry from each row of q.",
            value=lambda q, a, r, nq, done, g: np.mean((q - _target(r, nq, done, g)[:, None]) ** 2),
            gradient=lambda q, a, r, nq, done, g: 2 * (q - _target(r, nq, done, g)[:, None]) / len(q),
        ),
        misconception(
            "the index of the best next action is added, not its value",
            "While np.argmax says which action is the best, np.max says what it is worth. The target needs the worth.",
            value=lambda q, a, r, nq, done, g: np.mean(
                _residual(q, a, _target(r, nq, done, g, lambda nq: nq.argmax(axis=1))) ** 2
            ),
        ),
        misconception(
            "the residuals are not squared",
            "Residuals of +1 and −1 cancel in your mean, as if nothing were wrong. Square each one first.",
            value=lambda q, a, r, nq, done, g: np.mean(_residual(q, a, _target(r, nq, done, g))),
        ),
        misconception(
            "the 2 from differentiating the square is missing",
            "There is no ½ in this loss, so the exponent comes down as a 2.",
            gradient=lambda q, a, r, nq, done, g: _slope_of(q, a, _residual(q, a, _target(r, nq, done, g))) / 2,
        ),
        misconception(
            "the gradient of every action is filled in",
            "The value of an action that was not taken does not stand in the loss: its gradient is 0.",
            gradient=lambda q, a, r, nq, done, g: (
                np.repeat(2 * _residual(q, a, _target(r, nq, done, g))[:, None], q.shape[1], axis=1) / len(q)
            ),
        ),
        misconception(
            "target − q in the gradient: the sign is reversed",
            "Where q is too high, raising it raises the loss: the gradient is positive.",
            gradient=lambda q, a, r, nq, done, g: _slope_of(q, a, -_residual(q, a, _target(r, nq, done, g))),
        ),
        misconception(
            "the gradient is divided by all N × A entries",
            "The mean runs over the N steps, one residual each. The actions that were not taken are not counted.",
            gradient=lambda q, a, r, nq, done, g: (
                _slope_of(q, a, _residual(q, a, _target(r, nq, done, g))) / q.shape[1]
            ),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda q, a, r, nq, done, g: len(q) * _slope_of(q, a, _residual(q, a, _target(r, nq, done, g))),
        ),
    ],
)


def _exp_softmax(logits):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


policy_gradient = Exercise(
    id="ch05.policy_gradient",
    reference="losses.PolicyGradient",
    protocol=_value_and_gradient("logits", "action", "q"),
    cases=cases.actions_and_weights(large=4096.0),
    parts=[VALUE, Part("large logits", 1, where=LARGE), GRADIENT],
    read_again="5.15 Policy gradient: do more of what paid",
    withholds=("losses.CrossEntropy", "losses.Focal", "activations.LogSoftmax"),
    misconceptions=[
        misconception(
            "q is missing: this is the plain cross-entropy",
            "Without q the policy learns to repeat whatever it did, good or bad. q says how much the action was worth.",
            value=lambda z, a, q: -np.mean(_picked(_log_softmax(z), a)),
            gradient=lambda z, a, q: (_softmax(z) - _one_hot(a, z)) / len(z),
        ),
        misconception(
            "the logarithm is missing",
            "The gradient of log π is what makes rare actions count as often as common ones. Take the logarithm of the probability.",
            value=lambda z, a, q: -np.mean(q * _picked(_softmax(z), a)),
        ),
        misconception(
            "the softmax is missing: the logits are used as probabilities",
            "Logits can be negative and do not sum to 1. Where is the softmax?",
            value=lambda z, a, q: -np.mean(q * np.log(_picked(z, a))),
        ),
        misconception(
            "the logit is taken for log π",
            "From the logit to log π one thing is missing: minus the logarithm of the sum of all exponentials of its row. Without it, raising all logits of a row by 1 would change the loss, and the policy is still the same.",
            value=lambda z, a, q: -np.mean(q * _picked(z, a)),
        ),
        misconception(
            "the size of q is taken: punished actions are praised",
            "A negative q must make the action rarer. Its sign stays.",
            value=lambda z, a, q: -np.mean(np.abs(q) * _picked(_log_softmax(z), a)),
            gradient=lambda z, a, q: np.abs(q)[:, None] * (_softmax(z) - _one_hot(a, z)) / len(z),
        ),
        misconception(
            "the product of two means, not the mean of the products",
            "Each q belongs to the action of its own row. Multiply row by row, then average.",
            value=lambda z, a, q: -np.mean(q) * np.mean(_picked(_log_softmax(z), a)),
        ),
        misconception(
            "the likeliest action is used, not the one that was taken",
            "Actions are drawn by chance, and q belongs to the one that was drawn. Pick it from each row.",
            value=lambda z, a, q: -np.mean(q * _log_softmax(z).max(axis=1)),
        ),
        misconception(
            "exp overflows: the logits are not shifted by their maximum",
            "Subtract each row's maximum before exp; the softmax stays the same.",
            value=lambda z, a, q: -np.mean(q * np.log(_picked(_exp_softmax(z), a))),
        ),
        misconception(
            "log of zero: the softmax is rounded to 0 before the logarithm",
            "A policy that has become sure gives other actions a probability that is 0 in the computer. Compute log π without π.",
            value=lambda z, a, q: -np.mean(q * np.log(_picked(_softmax(z), a))),
        ),
        misconception(
            "a tiny number inside the logarithm: a rare action cannot cost more than 27.6",
            "Taking log(π + 1e-12) hides the underflow and keeps its harm: −log π should be above 1000 here. Subtract the logarithm of the sum from the logits, and no number need be added.",
            value=lambda z, a, q: -np.mean(q * np.log(_picked(_softmax(z), a) + 1e-12)),
        ),
        misconception(
            "the softmax is taken over the examples (axis 0) instead of the actions",
            "The probabilities of the actions in one row sum to 1: axis=1.",
            value=lambda z, a, q: -np.mean(q * _picked(_log_softmax(z, axis=0), a)),
            gradient=lambda z, a, q: q[:, None] * (_softmax(z, axis=0) - _one_hot(a, z)) / len(z),
        ),
        misconception(
            "only the logit of the action that was taken has a gradient",
            "When one action becomes likelier the others become rarer: their logits stand in the softmax, too.",
            gradient=lambda z, a, q: q[:, None] * _one_hot(a, z) * (_softmax(z) - 1) / len(z),
        ),
        misconception(
            "one-hot − softmax: the sign is reversed",
            "That is the direction in which to go. The gradient of the loss points the other way; the optimizer turns it round.",
            gradient=lambda z, a, q: q[:, None] * (_one_hot(a, z) - _softmax(z)) / len(z),
        ),
        misconception(
            "q multiplies the one-hot only",
            "The weight of an example stands in front of everything: q·(softmax − one-hot).",
            gradient=lambda z, a, q: (_softmax(z) - q[:, None] * _one_hot(a, z)) / len(z),
        ),
        misconception(
            "q multiplies the softmax only",
            "The weight of an example stands in front of everything: q·(softmax − one-hot).",
            gradient=lambda z, a, q: (q[:, None] * _softmax(z) - _one_hot(a, z)) / len(z),
        ),
        misconception(
            "the gradient is not divided by N",
            BATCH_HINT,
            gradient=lambda z, a, q: q[:, None] * (_softmax(z) - _one_hot(a, z)),
        ),
    ],
)
