"""Right answers as plain loops over Python numbers, as somebody writes them who has never seen NumPy."""

import numpy as np


def weighted_sum(x, weights, bias):
    total = bias
    for i in range(len(x)):
        total += x[i] * weights[i]
    return total


def batch_sums(x, weights, bias):
    answers = []
    for row in x:
        total = bias
        for value, weight in zip(row, weights):
            total = total + value * weight
        answers.append(total)
    return answers


def chosen_years(years, kinds, kind, first, last):
    answer = []
    for i in range(len(years)):
        if kinds[i] == kind and first <= years[i] <= last:
            answer.append(years[i])
    return np.array(answer)


def decades(years, first, count):
    counts = [0] * count
    for year in years:
        for k in range(count):
            if first + 10 * k <= year <= first + 10 * k + 9:
                counts[k] += 1
    return counts


def standardize(train, new):
    columns = []
    for column, fresh in zip(train.T, new.T):
        mean = sum(column) / len(column)
        spread = (sum((value - mean) ** 2 for value in column) / len(column)) ** 0.5
        columns.append([(value - mean) / (spread or 1) for value in fresh])
    return np.array(columns).T


def one_hot(labels, classes):
    table = []
    for label in labels:
        row = [0] * classes
        row[label] = 1
        table.append(row)
    return table


def split(x, labels, order, test):
    x_train, labels_train, x_test, labels_test = [], [], [], []
    for rank, place in enumerate(order):
        if rank < test:
            x_test.append(x[place])
            labels_test.append(labels[place])
        else:
            x_train.append(x[place])
            labels_train.append(labels[place])
    return x_train, labels_train, x_test, labels_test


def class_centers(x, labels, classes):
    sums, sizes = np.zeros((classes, x.shape[1])), np.zeros(classes)
    for row, label in zip(x, labels):
        sums[label] += row
        sizes[label] += 1
    for k in range(classes):
        sums[k] /= sizes[k]
    return sums


def nearest_center(x, centers):
    answers = []
    for row in x:
        best, best_distance = None, float("inf")
        for k in range(len(centers)):
            distance = sum((a - b) ** 2 for a, b in zip(row, centers[k])) ** 0.5
            if distance < best_distance:
                best, best_distance = k, distance
        answers.append(best)
    return answers


def share_right(prediction, target):
    right = 0
    for yours, wanted in zip(prediction, target):
        if yours == wanted:
            right += 1
    return right / len(target)
