"""Other right answers: by other calls of PyTorch, other formulas, other places for the same lines."""

import numpy as np
import torch
from torch import nn


def batches(x, labels, batch_size, generator):
    order = torch.randperm(len(x), generator=generator)
    cut = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
    return tuple((x.index_select(0, part), labels.index_select(0, part)) for part in cut)


def train_step(model, loss_function, optimizer, x, labels):
    """As D4 has it: cleared at the end. The gradients are empty at the start."""
    loss = loss_function(model.train()(x), labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def train_epoch(model, loss_function, optimizer, batches):
    def train_step(x, labels):
        model.train()
        model.zero_grad()
        loss = loss_function(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    seen = [(train_step(x, labels), len(labels)) for x, labels in batches]
    return np.average([loss for loss, _ in seen], weights=[count for _, count in seen])


def accumulated_step(model, loss_function, optimizer, x, labels, micro):
    """Sums of losses, and one division of the gradients at the end."""
    optimizer.zero_grad(set_to_none=False)
    pieces = [(x[i : i + micro], labels[i : i + micro]) for i in range(0, len(x), micro)]
    sums = []
    for a, b in pieces:
        sums.append(loss_function(model(a), b) * len(a))
        sums[-1].backward()
    for p in model.parameters():
        p.grad /= len(x)
    optimizer.step()
    return sum(loss.item() for loss in sums) / len(x)


class NeuralNetwork(nn.Module):
    def __init__(self, input_size, C):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(input_size, 96), nn.ReLU(), nn.Dropout(0.3), nn.BatchNorm1d(96), nn.Linear(96, C)
        )

    def forward(self, x):
        return self.layers(x)


def split_data(x, labels, generator):
    order = torch.randperm(len(x), generator=generator)
    first, second = order[: 4 * len(x) // 5], order[4 * len(x) // 5 :]
    return [x[first], labels[first], x[second], labels[second]]


def run_epoch(model, loss_function, optimizer, scheduler, batches):
    model.train()
    losses, counts = [], []
    for x, labels in batches:
        loss = loss_function(model(x), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        counts.append(len(labels))
    scheduler.step()
    return (torch.stack(losses) * torch.tensor(counts)).sum() / sum(counts)


@torch.no_grad()
def measure_accuracy(model, x, labels):
    _, prediction = model.eval()(x).max(1)
    return int((prediction == labels).sum()) / len(labels)


def confusion(prediction, target, classes):
    return np.bincount(classes * target + prediction, minlength=classes**2).reshape(classes, classes)


def accuracy(table):
    (tn, fp), (fn, tp) = table
    return 1 - (fp + fn) / (tn + fp + fn + tp)


def precision(table):
    called = table[:, 1].sum()
    return table[1, 1] / called if called else 0


def recall(table):
    return table[1, 1] / table[1].sum() if table[1].any() else 0.0


def specificity(table):
    negatives = table[0].sum()
    return 1 - table[0, 1] / negatives if negatives else 0.0


def roc_auc(scores, target):
    """By ranks, as Mann and Whitney (1947) have it; ties share the middle one."""
    ordered = np.sort(scores)
    ranks = (np.searchsorted(ordered, scores) + np.searchsorted(ordered, scores, side="right") + 1) / 2
    positives = int(target.sum())
    return (ranks[target == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(target) - positives))


def evaluate(model, loss_function, x, labels, batch_size):
    mode = model.training
    with torch.inference_mode():
        scores = torch.cat([model.eval()(part) for part in torch.split(x, batch_size)])
        loss = loss_function(scores, labels)
        right = torch.eq(scores.max(dim=1).indices, labels).double().mean()
    model.train(mode)
    return loss, right


@torch.no_grad()
def answer(model, x, mean, std):
    model.train(False)
    scores = model(((x - mean) / std).reshape(1, -1)).squeeze(0)
    label = int(torch.argmax(scores))
    return label, torch.exp(scores[label] - torch.logsumexp(scores, dim=0))


def save_checkpoint(path, model, optimizer, epoch):
    with open(path, "wb") as file:
        torch.save([epoch, optimizer.state_dict(), list(model.state_dict().values())], file)


def load_checkpoint(path, model, optimizer):
    with open(path, "rb") as file:
        epoch, state, weights = torch.load(file, weights_only=True)
    with torch.no_grad():
        for p, kept in zip(model.state_dict().values(), weights):
            p.copy_(kept)
    optimizer.load_state_dict(state)
    return torch.tensor(epoch)
