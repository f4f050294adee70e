"""Right answers by other, equal mathematics, or with other functions of NumPy."""

import numpy as np


def weighted_sum(x, weights, bias):
    return np.dot(np.append(x, 1.0), np.append(weights, bias))


def batch_sums(x, weights, bias):
    return np.einsum("nd,d->n", x, weights) + np.full(len(x), bias)


def chosen_years(years, kinds, kind, first, last):
    keep = np.logical_and(kinds == kind, ~((years < first) | (years > last)))
    return np.take(years, np.flatnonzero(keep))


def decades(years, first, count):
    """One more edge, whose bin takes the right end, is made and dropped."""
    counts, _ = np.histogram(years, bins=first + 10 * np.arange(count + 2))
    return counts[:count]


def standardize(train, new):
    """The variance as the mean of the squares minus the square of the mean, about the first row."""
    moved = train - train[0]
    variance = (moved**2).mean(axis=0) - moved.mean(axis=0) ** 2
    shifted = new - train[0] - moved.mean(axis=0)
    constant = np.ptp(train, axis=0) == 0
    return np.divide(shifted, np.sqrt(np.abs(variance)), out=shifted.copy(), where=~constant)


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def split(x, labels, order, test):
    """Labels travel as one more column."""
    table = np.column_stack([x, labels])[order]
    train, kept = table[test:], table[:test]
    return {
        "x_test": kept[:, :-1],
        "labels_test": kept[:, -1].astype(int),
        "x_train": train[:, :-1],
        "labels_train": train[:, -1].astype(int),
    }


def class_centers(x, labels, classes):
    """A table of one-hot rows, turned, adds up the examples of each class."""
    members = (np.arange(classes)[:, None] == labels).astype(float)
    return members @ x / members.sum(axis=1, keepdims=True)


def nearest_center(x, centers):
    """‖x − c‖² = ‖x‖² − 2xc + ‖c‖², of which ‖x‖² is the same for all centers."""
    return np.argmax(2 * x @ centers.T - (centers**2).sum(axis=1), axis=1)


def share_right(prediction, target):
    return 1 - np.count_nonzero(prediction - target) / np.size(target)
