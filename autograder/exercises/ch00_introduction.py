"""The exercises of chapter 00: a first day with NumPy, data and a classifier, and the mistakes of first days."""

import numpy as np

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch00_introduction_cases as cases
from autograder.sandbox.protocols import Call, Program

# Weighted sums.


weighted_sum = Exercise(
    id="ch00.weighted_sum",
    reference="",
    protocol=Call(value=("x", "weights", "bias")),
    cases=cases.one_example(),
    answers=cases.weighted_sum,
    parts=[Part("value", 2)],
    read_again="0.3 How do checks and points work?",
    misconceptions=[
        misconception(
            "inputs and weights are added, not multiplied",
            "A weight says how much an input counts. With weight 0 it should not count at all. Does it, in your sum?",
            "Multiply each input by its weight first; then add up the products.",
            value=lambda x, weights, bias: np.sum(x + weights) + bias,
        ),
        misconception(
            "the bias is missing",
            "Your number is off by the same amount whatever the inputs are. Which argument have you not used?",
            value=lambda x, weights, bias: np.sum(x * weights),
        ),
        misconception(
            "the bias is added once for every input",
            "One unit has one bias. Add it after the sum, not inside.",
            "With NumPy, an array + a number adds the number to every entry.",
            value=lambda x, weights, bias: np.sum(x * weights + bias),
        ),
        misconception(
            "the sum is multiplied by the bias",
            "The bias moves the sum up or down: it is added. A bias of 0 changes nothing.",
            value=lambda x, weights, bias: np.sum(x * weights) * bias,
        ),
        misconception(
            "the products are averaged, not added up",
            "With twice as many inputs of the same kind, a weighted sum doubles. A mean stays where it is.",
            value=lambda x, weights, bias: np.mean(x * weights) + bias,
        ),
        misconception(
            "the products are not added up",
            "You return one number for each input. What is asked for is one number: their sum.",
            value=lambda x, weights, bias: x * weights + bias,
        ),
        misconception(
            "the weights are not used",
            "Your number stays the same when the weights change. A unit that ignores its weights cannot learn.",
            value=lambda x, weights, bias: np.sum(x) + bias,
        ),
        misconception(
            "only the first input is counted",
            "Your number stays the same when a later input changes. Does a `return` stand inside the loop?",
            "A function ends at its first `return`. Move it to the left, so that it comes after the whole loop.",
            value=lambda x, weights, bias: x[0] * weights[0] + bias,
        ),
    ],
)

batch_sums = Exercise(
    id="ch00.batch_sums",
    reference="",
    protocol=Call(value=("x", "weights", "bias")),
    cases=cases.many_examples(),
    answers=cases.weighted_sum,
    parts=[Part("value", 2)],
    read_again="0.4 How does a network see many examples at once?",
    misconceptions=[
        misconception(
            "summed over the examples, not over the inputs",
            "A row is an example. Run along the row: the numbers of one example belong together.",
            "In an array (N, D), axis 0 runs over the N examples and axis 1 over the D inputs of each.",
            value=lambda x, weights, bias: np.sum(x * weights, axis=0) + bias,
        ),
        misconception(
            "one number for the whole batch",
            "Every example has its own answer, so N rows give N numbers. `np.sum` without an axis adds up everything.",
            value=lambda x, weights, bias: np.sum(x * weights) + bias,
        ),
        misconception(
            "the products are not added up",
            "Your answer still has D columns. Each row should become one number.",
            value=lambda x, weights, bias: x * weights + bias,
        ),
        misconception(
            "only the first example is answered",
            "The answer for the first row is right. `x[0]` is that row; `x` is all of them.",
            value=lambda x, weights, bias: x[0] @ weights + bias,
        ),
        misconception(
            "the bias is missing",
            "All your numbers are off by the same amount. Which argument have you not used?",
            value=lambda x, weights, bias: x @ weights,
        ),
        misconception(
            "the bias is added once for every input",
            "One unit has one bias. Add it after the sum, not inside: one bias for each example, not one for each input.",
            value=lambda x, weights, bias: np.sum(x * weights + bias, axis=1),
        ),
        misconception(
            "the products are averaged over the inputs",
            "It is a sum: with D inputs, your part before the bias is D times too small.",
            value=lambda x, weights, bias: np.mean(x * weights, axis=1) + bias,
        ),
        misconception(
            "the answer is a column, not a row of numbers",
            "Your shape is (N, 1), a table with one column; (N,) is asked for. They behave differently in later sums.",
            "Did you use `keepdims`, or reshape the weights into a column?",
            value=lambda x, weights, bias: x @ np.reshape(weights, (-1, 1)) + bias,
        ),
    ],
)

# The history.


def _numbers(years, first):
    return (years - first) // 10


chosen_years = Exercise(
    id="ch00.chosen_years",
    reference="",
    protocol=Call(value=("years", "kinds", "kind", "first", "last")),
    cases=cases.dated_events(),
    answers=cases.chosen_years,
    parts=[Part("value", 3)],
    read_again="0.5 How did we get here?",
    misconceptions=[
        misconception(
            "the last year is left out",
            "Both borders belong to the period here. Compare with `<=`, not with `<`.",
            value=lambda years, kinds, kind, first, last: years[(kinds == kind) & (years >= first) & (years < last)],
        ),
        misconception(
            "the first year is left out",
            "Both borders belong to the period here. Compare with `>=`, not with `>`.",
            value=lambda years, kinds, kind, first, last: years[(kinds == kind) & (years > first) & (years <= last)],
        ),
        misconception(
            "the kind is not looked at",
            "You return events of other kinds, too. There is a third condition beside the two on the year.",
            value=lambda years, kinds, kind, first, last: years[(years >= first) & (years <= last)],
        ),
        misconception(
            "the period is not looked at",
            "You return events of the right kind from all years. Which two conditions are about the year?",
            value=lambda years, kinds, kind, first, last: years[kinds == kind],
        ),
        misconception(
            "“or” where “and” is meant",
            "An event must fulfill all conditions at once. In NumPy, `|` is “or” and `&` is “and”.",
            value=lambda years, kinds, kind, first, last: years[(kinds == kind) | ((years >= first) & (years <= last))],
        ),
        misconception(
            "the mask itself is returned",
            "You return True or False for each event. The mask says which to take: put it in brackets after the array.",
            value=lambda years, kinds, kind, first, last: (kinds == kind) & (years >= first) & (years <= last),
        ),
        misconception(
            "the places in the table are returned, not the years",
            "Your numbers count the rows from 0. They are where the events stand; what is the year at each place?",
            value=lambda years, kinds, kind, first, last: np.flatnonzero(
                (kinds == kind) & (years >= first) & (years <= last)
            ),
        ),
        misconception(
            "events of the same year are merged",
            "Two events may share a year. `np.unique` and `set` keep one of them, and they sort.",
            value=lambda years, kinds, kind, first, last: np.unique(
                years[(kinds == kind) & (years >= first) & (years <= last)]
            ),
        ),
        misconception(
            "other events become 0 and stay in the list",
            "With three arguments, `np.where` keeps the length and fills in. To leave events out, index with the mask.",
            value=lambda years, kinds, kind, first, last: np.where(
                (kinds == kind) & (years >= first) & (years <= last), years, 0
            ),
        ),
    ],
)


def _counted_once(years, first, count):
    answer, number = np.zeros(count), _numbers(years, first)
    answer[number[(number >= 0) & (number < count)]] += 1
    return answer


def _wrapped(years, first, count):
    answer, number = np.zeros(count), _numbers(years, first)
    for k in number:  # IndexError for a year after the last decade, as Python has it
        answer[k] += 1
    return answer


def _histogram(number, count):
    inside = number[(number >= 0) & (number < count)].astype(int)
    return np.bincount(inside, minlength=count)


decades = Exercise(
    id="ch00.decades",
    reference="",
    protocol=Call(value=("years", "first", "count")),
    cases=cases.years_and_decades(),
    answers=cases.decades,
    parts=[Part("counts", 1), Part("borders", 1, where="borders"), Part("other years", 1, where="outside")],
    read_again="0.5 How did we get here?",
    misconceptions=[
        misconception(
            "a decade with several events is counted once",
            "The line `counts[places] += 1` reads and writes each place once, however often it stands in places.",
            "Count decade by decade: how many years lie inside? Or look up `np.add.at` or `np.bincount`.",
            value=_counted_once,
        ),
        misconception(
            "years are rounded to the nearest decade",
            "The year 1957 belongs to the decade that begins in 1950. Round down: the operator `//` does it.",
            value=lambda years, first, count: _histogram(np.round((years - first) / 10), count),
        ),
        misconception(
            "the year that ends in 0 is counted with the decade before",
            "A decade here runs from 1950 to 1959: the first year is inside, 1960 is not.",
            value=lambda years, first, count: _histogram(np.ceil((years - first) / 10) - 1, count),
        ),
        misconception(
            "the year that ends in 0 is not counted",
            "The first year of a decade belongs to it. Compare with `>=`, not with `>`.",
            value=lambda years, first, count: _histogram(_numbers(years, first)[(years - first) % 10 > 0], count),
        ),
        misconception(
            "the years just before the first decade are counted with it",
            "The function `int` cuts off toward 0: −0.1 becomes 0, and 1939 slips into the 1940s. The operator `//` rounds down.",
            "Rounded down, −0.1 becomes −1. Leave out the numbers below 0.",
            value=lambda years, first, count: _histogram(np.trunc((years - first) / 10), count),
        ),
        misconception(
            "the last decade has eleven years",
            "Of all bins, `np.histogram` includes the right end only in the last. Which year slips in?",
            "Give it one more edge and drop the last count, or count with two comparisons.",
            value=lambda years, first, count: np.histogram(years, first + 10 * np.arange(count + 1))[0],
        ),
        misconception(
            "years outside are pushed into the first or the last decade",
            "A year before `first`, or after the last decade, is not counted at all. `np.clip` moves it inside.",
            value=lambda years, first, count: _histogram(np.clip(_numbers(years, first), 0, count - 1), count),
        ),
        misconception(
            "years before the first decade are counted at the end of the list",
            "A negative place counts from the end in Python: counts[-1] is the last one. Leave those years out.",
            value=_wrapped,
        ),
        misconception(
            "the counts are added up from decade to decade",
            "Each number should count its own decade only. Your last number counts all events.",
            value=lambda years, first, count: np.cumsum(_histogram(_numbers(years, first), count)),
        ),
        misconception(
            "shares, not counts",
            "Your numbers add up to 1. What is asked for are whole numbers of events.",
            value=lambda years, first, count: _histogram(_numbers(years, first), count) / len(years),
        ),
    ],
)

# Getting data ready.


def _scaled(new, middle, width):
    return (new - middle) / np.where(width == 0, 1, width)


standardize = Exercise(
    id="ch00.standardize",
    reference="",
    protocol=Call(value=("train", "new")),
    cases=cases.columns(),
    answers=cases.standardized,
    parts=[Part("value", 3), Part("constant columns", 1, where="constant")],
    read_again="0.9 What does data need before a network sees it?",
    misconceptions=[
        misconception(
            "the new examples are scaled with their own mean and spread",
            "A new example may come alone, and then its own spread is 0. Use what you know from the training examples.",
            "Whatever is learned from data is learned from the training examples: means and spreads, too.",
            value=lambda train, new: _scaled(new, new.mean(axis=0), new.std(axis=0)),
        ),
        misconception(
            "the training examples are returned",
            "The training examples give means and spreads. What is to be scaled with them are the new ones.",
            value=lambda train, new: _scaled(train, train.mean(axis=0), train.std(axis=0)),
        ),
        misconception(
            "one mean and one spread for the whole table",
            "A column in meters and one in grams need their own numbers. Tell `mean` and `std` along which axis to go.",
            value=lambda train, new: _scaled(new, train.mean(), train.std()),
        ),
        misconception(
            "the spread divides by N − 1",
            "Both conventions exist. Ours divides by N: it is `np.std` as it comes, without `ddof`.",
            value=lambda train, new: _scaled(new, train.mean(axis=0), train.std(axis=0, ddof=1)),
        ),
        misconception(
            "divided by the variance, not by the standard deviation",
            "Measure in centimeters instead of meters: your answer changes. Take the square root of the variance.",
            value=lambda train, new: _scaled(new, train.mean(axis=0), train.var(axis=0)),
        ),
        misconception(
            "the mean is not subtracted",
            "Your columns have the right width but not mean 0. Subtract first, then divide.",
            value=lambda train, new: _scaled(new, 0, train.std(axis=0)),
        ),
        misconception(
            "the columns are not divided by their spread",
            "Your columns have mean 0 but different widths. What is the second step?",
            value=lambda train, new: new - train.mean(axis=0),
        ),
        misconception(
            "scaled from 0 to 1 by smallest and largest",
            "That is another scaling, which one wild number can spoil. Here it is mean 0 and standard deviation 1.",
            value=lambda train, new: _scaled(new, train.min(axis=0), np.ptp(train, axis=0)),
        ),
        misconception(
            "a constant column is divided by 0",
            "A column that never changes has spread 0. Divide such a column by 1: it is only moved.",
            value=lambda train, new: (new - train.mean(axis=0)) / train.std(axis=0),
        ),
        misconception(
            "a tiny number is added to the standard deviation",
            "It avoids the division by 0, and the answer becomes huge instead. Divide a constant column by 1.",
            value=lambda train, new: (new - train.mean(axis=0)) / (train.std(axis=0) + 1e-8),
        ),
        misconception(
            "a constant column becomes 0",
            "It is constant in training; a new example may hold another number there. Divided by 1, the difference stays.",
            value=lambda train, new: np.where(
                train.std(axis=0) == 0, 0, _scaled(new, train.mean(axis=0), train.std(axis=0))
            ),
        ),
        misconception(
            "one constant column stops the division for all columns",
            "The other columns have a spread and are divided by it. Decide column by column: `np.where` does so.",
            value=lambda train, new: _scaled(
                new, train.mean(axis=0), train.std(axis=0) if train.std(axis=0).all() else np.array(1.0)
            ),
        ),
        misconception(
            "means and spreads of the rows, not of the columns",
            "Axis 1 goes across the columns and gives one number for each example. You want one for each column.",
            value=lambda train, new: _scaled(new, train.mean(axis=1), train.std(axis=1)),
        ),
        misconception(
            "only the mean is divided, not the difference",
            "Without parentheses, `/` goes before `−`. Write `(new − mean) / spread`.",
            value=lambda train, new: new - _scaled(train.mean(axis=0), 0, train.std(axis=0)),
        ),
    ],
)


def _labelled(labels, classes):
    return (np.asarray(labels)[:, None] == np.arange(classes)).astype(float)


def _everywhere(labels, classes):
    answer = np.zeros((len(labels), classes))
    answer[:, labels] = 1
    return answer


one_hot = Exercise(
    id="ch00.one_hot",
    reference="",
    protocol=Call(value=("labels", "classes")),
    cases=cases.labels_only(),
    answers=cases.one_hot,
    parts=[Part("value", 2)],
    read_again="0.9 What does data need before a network sees it?",
    misconceptions=[
        misconception(
            "every row has the ones of all labels",
            "The line `answer[:, labels] = 1` says: in all rows, these columns. Each row has a column of its own.",
            "Index with two lists of the same length: the row numbers 0, 1, 2, … and the labels.",
            "Or is your table `[[0] * classes] * N`? Then all its rows are one and the same list. Use `np.zeros`.",
            value=_everywhere,
        ),
        misconception(
            "labels are counted from 1",
            "Label 0 is the first class, and its 1 stands in the first column, which is column 0.",
            value=lambda labels, classes: _labelled(labels - 1, classes),
        ),
        misconception(
            "each 1 stands one column too far to the left",
            "Labels are counted from 0, as columns are: label 2 belongs to column 2. Nothing is to be subtracted.",
            "For label 0 you index with −1, and Python takes the last column.",
            value=lambda labels, classes: np.eye(classes)[labels - 1],
        ),
        misconception(
            "columns only for the classes that occur",
            "What occurs changes from batch to batch, and `np.unique` follows it. The number of columns is `classes`.",
            value=lambda labels, classes: (labels[:, None] == np.unique(labels)).astype(float),
        ),
        misconception(
            "as many columns as the largest label needs",
            "A class may not occur in a batch, and it has a column all the same. `classes` says how many there are.",
            value=lambda labels, classes: _labelled(labels, np.max(labels) + 1),
        ),
        misconception(
            "examples and classes are exchanged",
            "Your table has a column for each example. A row is an example: the shape is (N, classes).",
            value=lambda labels, classes: _labelled(labels, classes).T,
        ),
        misconception(
            "one row for all examples",
            "Your row marks which classes occur. Each of the N examples has a row of its own.",
            value=lambda labels, classes: _labelled(labels, classes).max(axis=0),
        ),
        misconception(
            "ones and zeros are exchanged",
            "Exactly one number of each row is 1: the one at the label.",
            value=lambda labels, classes: 1 - _labelled(labels, classes),
        ),
        misconception(
            "the label itself instead of 1",
            "The table holds 0 and 1 only. That a class has the number 3 does not make it three times as much.",
            value=lambda labels, classes: _labelled(labels, classes) * labels[:, None],
        ),
        misconception(
            "ones up to the label, not only there",
            "Your rows fill up from the left. Only the place of the label is 1.",
            value=lambda labels, classes: (np.arange(classes) <= labels[:, None]).astype(float),
        ),
    ],
)


def _parted(x, labels, chosen, others):
    return x[others], labels[others], x[chosen], labels[chosen]


split = Exercise(
    id="ch00.split",
    reference="",
    protocol=Program(
        arguments=("x", "labels", "order", "test"), returns=("x_train", "labels_train", "x_test", "labels_test")
    ),
    cases=cases.shuffled(),
    answers=cases.split,
    parts=[
        Part("x_train", 1, result="x_train"),
        Part("labels_train", 1, result="labels_train"),
        Part("x_test", 1, result="x_test"),
        Part("labels_test", 1, result="labels_test"),
    ],
    read_again="0.9 What does data need before a network sees it?",
    misconceptions=[
        misconception(
            "the order is not used for everything that is returned",
            "Row and label belong together. What is done to the examples must be done to the labels.",
            "Tables are often sorted by class. Cut as it came, such a table gives a test with classes that training never saw.",
            unit=lambda x, labels, order, test: (x[test:], labels[test:], x[:test], labels[:test]),
        ),
        misconception(
            "the test examples are taken from the end of the order",
            "Both ways are good; here the first `test` numbers of `order` are for the test.",
            unit=lambda x, labels, order, test: _parted(x, labels, order[-test:], order[:-test]),
        ),
        misconception(
            "training and test are exchanged",
            "The small part is the test. Compare the order of what you return with the docstring.",
            unit=lambda x, labels, order, test: _parted(x, labels, order[test:], order[:test]),
        ),
        misconception(
            "the test examples are also trained on",
            "A network can learn examples by heart. If it has seen the test, the test tells nothing.",
            unit=lambda x, labels, order, test: _parted(x, labels, order[:test], order),
        ),
        misconception(
            "`test` is the size of the training set",
            "The argument `test` says how many examples are for the test. The others, N − test of them, are for training.",
            unit=lambda x, labels, order, test: _parted(x, labels, order[:-test], order[-test:]),
        ),
        misconception(
            "the order is read backwards",
            "In order[0] stands the place of the example that comes first, not the place to which example 0 goes.",
            "No `np.argsort` is needed: `x[order]` is the shuffled table.",
            unit=lambda x, labels, order, test: _parted(x, labels, np.argsort(order)[:test], np.argsort(order)[test:]),
        ),
        misconception(
            "one example is lost between the two parts",
            "A slice ends before its second number: `order[:3]` and `order[3:]` share nothing and miss nothing.",
            unit=lambda x, labels, order, test: _parted(x, labels, order[:test], order[test + 1 :]),
        ),
        misconception(
            "returned in another order: both tables, then both labels",
            "Examples and their labels stand together here: x_train, labels_train, x_test, labels_test.",
            "The library function `train_test_split` has your order. Both are conventions.",
            unit=lambda x, labels, order, test: (
                x[order[test:]],
                x[order[:test]],
                labels[order[test:]],
                labels[order[:test]],
            ),
        ),
        misconception(
            "both parts are in the order of the table",
            "The examples are the right ones, but a mask or a sort forgets who comes first. Index with slices of `order`.",
            unit=lambda x, labels, order, test: _parted(x, labels, np.sort(order[:test]), np.sort(order[test:])),
        ),
    ],
)

# The classifier.


def _means(x, labels, classes):
    return np.stack([x[labels == k].mean(axis=0) for k in range(classes)])


class_centers = Exercise(
    id="ch00.class_centers",
    reference="",
    protocol=Call(value=("x", "labels", "classes")),
    cases=cases.classes_of_different_size(),
    answers=cases.centers,
    parts=[Part("value", 2)],
    read_again="0.10 What is the simplest classifier that learns?",
    misconceptions=[
        misconception(
            "the examples are added up, not averaged",
            "A class with many examples gets a center far away. Divide by how many there are in the class.",
            value=lambda x, labels, classes: np.stack([x[labels == k].sum(axis=0) for k in range(classes)]),
        ),
        misconception(
            "divided by the number of all examples",
            "Each class has its own number of examples. The mean of a class divides by that one.",
            value=lambda x, labels, classes: np.stack([x[labels == k].sum(axis=0) / len(x) for k in range(classes)]),
        ),
        misconception(
            "divided by the number of classes",
            "A mean divides by how many examples were added up. For class k: how many have the label k?",
            value=lambda x, labels, classes: np.stack([x[labels == k].sum(axis=0) / classes for k in range(classes)]),
        ),
        misconception(
            "all examples in every center",
            "Your rows are all alike. Take only the examples of class k for row k: a mask picks them.",
            value=lambda x, labels, classes: np.stack([x.mean(axis=0)] * classes),
        ),
        misconception(
            "one number for each class",
            "A center is a place among the examples, so it has D numbers. Average over the examples only: axis 0.",
            value=lambda x, labels, classes: np.array([x[labels == k].mean() for k in range(classes)]),
        ),
        misconception(
            "the examples of the other classes",
            "Row k should hold the mean of class k. Is the comparison in your mask the right one?",
            value=lambda x, labels, classes: np.stack([x[labels != k].mean(axis=0) for k in range(classes)]),
        ),
        misconception(
            "an example as center, not the mean of its class",
            "You return one example of each class. It may be an odd one: take the mean of them all.",
            value=lambda x, labels, classes: np.stack([x[labels == k][0] for k in range(classes)]),
        ),
        misconception(
            "the classes are counted from 1",
            "The first class has the label 0. `range(classes)` counts 0, 1, …, classes − 1.",
            value=lambda x, labels, classes: np.roll(_means(x, labels, classes), -1, axis=0),
        ),
    ],
)


def _gaps(x, centers):
    return x[:, None] - centers


nearest_center = Exercise(
    id="ch00.nearest_center",
    reference="",
    protocol=Call(value=("x", "centers")),
    cases=cases.points_and_centers(),
    answers=cases.nearest,
    parts=[Part("value", 2), Part("ties", 1, where="ties")],
    read_again="0.10 What is the simplest classifier that learns?",
    misconceptions=[
        misconception(
            "the farthest center",
            "Near means that the distance is small. Is it `argmin` or `argmax` that finds it?",
            value=lambda x, centers: np.argmax(np.sum(_gaps(x, centers) ** 2, axis=2), axis=1),
        ),
        misconception(
            "the distance is returned, not the class",
            "With `min` you learn how small the smallest is, with `argmin` where it stands: the number of the class.",
            value=lambda x, centers: np.sqrt(np.min(np.sum(_gaps(x, centers) ** 2, axis=2), axis=1)),
        ),
        misconception(
            "the squared distance is returned, not the class",
            "With `min` you learn how small the smallest is, with `argmin` where it stands: the number of the class.",
            value=lambda x, centers: np.min(np.sum(_gaps(x, centers) ** 2, axis=2), axis=1),
        ),
        misconception(
            "the center is returned, not its number",
            "You return the place of the nearest center, D numbers. Which row of `centers` is it?",
            value=lambda x, centers: centers[np.argmin(np.sum(_gaps(x, centers) ** 2, axis=2), axis=1)],
        ),
        misconception(
            "one answer for all examples",
            "Without an axis, `argmin` looks through the whole table of distances. Each example has its own nearest center.",
            value=lambda x, centers: np.argmin(np.sum(_gaps(x, centers) ** 2, axis=2)),
        ),
        misconception(
            "always center 0",
            "Is your sum taken without an axis? It adds up over all centers; `argmin` of that single number is 0.",
            "Add up along each row of the squared differences: one distance for each center.",
            value=lambda x, centers: np.zeros(len(x)),
        ),
        misconception(
            "the squared differences are not added up",
            "A distance takes all D columns together. Without the sum, `argmin` finds the column that fits best, and counts through the whole table.",
            value=lambda x, centers: np.argmin((_gaps(x, centers) ** 2).reshape(len(x), -1), axis=1),
        ),
        misconception(
            "the nearest example for each center",
            "You answer once for each center. Each example asks which center is nearest: which axis holds the centers?",
            value=lambda x, centers: np.argmin(np.sum(_gaps(x, centers) ** 2, axis=2), axis=0),
        ),
        misconception(
            "the differences are added up with their signs",
            "A difference of +3 and one of −3 give 0 together, as if the center were here. Square them first.",
            value=lambda x, centers: np.argmin(np.sum(_gaps(x, centers), axis=2), axis=1),
        ),
        misconception(
            "distances along the axes, not in a straight line",
            "You add up absolute differences. The straight line adds up their squares (Pythagoras).",
            value=lambda x, centers: np.argmin(np.sum(np.abs(_gaps(x, centers)), axis=2), axis=1),
        ),
        misconception(
            "the largest product, not the smallest distance",
            "A center far out has large products with everything on its side, near or not. Measure distances.",
            value=lambda x, centers: np.argmax(x @ centers.T, axis=1),
        ),
        misconception(
            "of two centers that are equally near, the later one",
            "A tie goes to the smaller label here. That is what `argmin` does when it runs through the centers in order.",
            value=lambda x, centers: len(centers) - 1 - np.argmin(np.sum(_gaps(x, centers[::-1]) ** 2, axis=2), axis=1),
        ),
        misconception(
            "classes are counted from 1",
            "The first center belongs to label 0. `argmin` counts from 0 already.",
            value=lambda x, centers: 1 + np.argmin(np.sum(_gaps(x, centers) ** 2, axis=2), axis=1),
        ),
    ],
)

share_right = Exercise(
    id="ch00.share_right",
    reference="metrics.accuracy",
    protocol=Call(value=("prediction", "target")),
    cases=cases.guesses(),
    parts=[Part("value", 2)],
    read_again="0.10 What is the simplest classifier that learns?",
    misconceptions=[
        misconception(
            "a count, not a share",
            "You return how many are right. Of how many? A share lies between 0 and 1.",
            value=lambda prediction, target: np.sum(prediction == target),
        ),
        misconception(
            "the share of wrong answers",
            "Your number is 0 when all is right. That is the error rate; the accuracy is the rest to 1.",
            value=lambda prediction, target: np.mean(prediction != target),
        ),
        misconception(
            "in percent",
            "The accuracy is a share: 0.95, not 95. The sign % is for the reader, not for the number.",
            value=lambda prediction, target: 100 * np.mean(prediction == target),
        ),
        misconception(
            "labels are taken for quantities",
            "Calling a 3 an 8 is one mistake, not five. Ask whether labels are equal, not how far apart they are.",
            value=lambda prediction, target: 1 - np.mean(np.abs(prediction - target)),
        ),
        misconception(
            "one answer for each example",
            "You return True or False for each. Averaged, they give one number: True counts as 1.",
            value=lambda prediction, target: prediction == target,
        ),
        misconception(
            "right only if all are right",
            "Both `np.array_equal` and `all` tell whether nothing is wrong. How much is right?",
            "Or do you divide with `//`? It rounds down, and every share below 1 becomes 0. Use `/`.",
            value=lambda prediction, target: float(np.array_equal(prediction, target)),
        ),
    ],
)
