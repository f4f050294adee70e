"""Other right answers: one example, one pair, one count at a time."""

import torch


def batches(x, labels, batch_size, generator):
    found, inputs, answers = [], [], []
    for i in torch.randperm(len(x), generator=generator).tolist():
        inputs.append(x[i])
        answers.append(labels[i])
        if len(inputs) == batch_size:
            found.append((torch.stack(inputs), torch.stack(answers)))
            inputs, answers = [], []
    if inputs:
        found.append((torch.stack(inputs), torch.stack(answers)))
    return found


def accumulated_step(model, loss_function, optimizer, x, labels, micro):
    for p in model.parameters():
        p.grad = None
    total, begin = 0.0, 0
    while begin < len(x):
        a, b = x[begin : begin + micro], labels[begin : begin + micro]
        loss = loss_function(model(a), b) * len(b) / len(labels)
        loss.backward()
        total += float(loss.detach())
        begin += micro
    optimizer.step()
    return total


def confusion(prediction, target, classes):
    return [
        [sum(1 for p, t in zip(prediction, target) if (t, p) == (row, column)) for column in range(classes)]
        for row in range(classes)
    ]


def roc_auc(scores, target):
    won = pairs = 0
    for score, positive in zip(scores, target):
        for other, also_positive in zip(scores, target):
            if positive and not also_positive:
                pairs += 1
                won += 1.0 if score > other else 0.5 if score == other else 0.0
    return won / pairs


def evaluate(model, loss_function, x, labels, batch_size):
    before, total, right, begin = model.training, 0.0, 0, 0
    model.eval()
    while begin < len(x):
        with torch.no_grad():
            scores = model(x[begin : begin + batch_size])
        some = labels[begin : begin + batch_size]
        for row, label in zip(scores, some):
            total += loss_function(row[None], label[None]).item()
            right += int(row.argmax() == label)
        begin += batch_size
    model.train(before)
    return total / len(x), right / len(x)
