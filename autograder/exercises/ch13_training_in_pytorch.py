"""The exercises of chapter 13: a training loop in PyTorch, its bugs, metrics, evaluation, and saved runs."""

from types import MappingProxyType

import numpy as np
import torch
from torch import nn

from autograder.exercise import Exercise, Part, misconception
from autograder.exercises import ch13_training_in_pytorch_cases as cases
from autograder.sandbox import scenes
from autograder.sandbox.protocols import Call, Scene
from course_lib import metrics, training_torch

IMPORTS = ("torch",)  # what submissions may use beside NumPy

RTOL, ATOL = 1e-4, 1e-5  # networks compute in float32
CROSS_ENTROPY = nn.CrossEntropyLoss()


def _parts(**shares):
    """Parts by result: loss=1 or sizes=("batch sizes", 1)."""
    told = {name: share if isinstance(share, tuple) else (name, share) for name, share in shares.items()}
    return [
        Part(words, share, result.replace("_", " "), rtol=RTOL, atol=ATOL) for result, (words, share) in told.items()
    ]


def _weighted(reference, model, inputs, batch_size, epochs=1, **options):
    """The reference's loop on a case's examples, in their order -> history."""
    optimizer = torch.optim.SGD(model.parameters(), lr=inputs["lr"])
    x, labels = scenes.floats(inputs["x"]), scenes.whole(inputs["labels"])
    return training_torch.fit(model, CROSS_ENTROPY, optimizer, x, labels, epochs, batch_size, **options)


# Batches.


def _batched(draw=None, pair=None, cut=None):
    """Wrong batches: the order drawn, the labels that go with it, or the cutting replaced."""
    draw = draw or (lambda n, generator: torch.randperm(n, generator=generator))
    pair = pair or (lambda labels, order, generator: labels[order])
    cut = cut or (lambda values, size: values.split(size))

    def batches(x, labels, batch_size, generator):
        order = draw(len(x), generator)
        return list(zip(cut(x[order], batch_size), cut(pair(labels, order, generator), batch_size)))

    return batches


def _pieces_shuffled(x, labels, batch_size, generator):
    pieces = list(zip(x.split(batch_size), labels.split(batch_size)))
    return [pieces[i] for i in torch.randperm(len(pieces), generator=generator)]


def _drawn_each_time(x, labels, batch_size, generator):
    orders = [torch.randperm(len(x), generator=generator)[:batch_size] for _ in range(0, len(x), batch_size)]
    return [(x[order], labels[order]) for order in orders]


def _batches_answer(reference, inputs):
    """The reference tells its order by the loss that it is given: a spy that notes what comes."""
    x, labels = scenes.floats(inputs["x"]), scenes.whole(inputs["labels"])
    model, seen = nn.Linear(x.shape[1], 1), []
    rows = torch.cat([x, labels[:, None].float()], dim=1)
    generator = torch.Generator().manual_seed(inputs["seed"])

    def spy(prediction, target):
        if torch.is_grad_enabled():  # a step, not the measuring at the end of an epoch
            seen.append(target)
        return prediction.sum()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    training_torch.fit(model, spy, optimizer, x, rows, 2, inputs["batch_size"], rng=generator)
    first, second = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    together = torch.cat(first)
    return {
        "examples": together,
        "sizes": [len(batch) for batch in first],
        "next epoch": torch.cat(second)[:, :-1],
    }


batches = Exercise(
    id="ch13.batches",
    reference="training.fit",
    protocol=Scene("batches", ("examples", "sizes", "next epoch"), shows=("x", "labels", "batch_size")),
    cases=cases.examples_to_batch,
    answers=_batches_answer,
    parts=_parts(
        examples=("inputs and labels, side by side", 2),
        sizes=("batch sizes", 0.5),
        next_epoch=("order of the next epoch", 0.5),
    ),
    read_again="13.2 Batches: shuffled, and never torn apart",
    misconceptions=[
        misconception(
            "the examples are not shuffled",
            "Your batches come in the order of the data set. If it is sorted by class, a batch holds one class only. Draw an order first.",
            unit=_batched(draw=lambda n, generator: torch.arange(n)),
        ),
        misconception(
            "inputs and labels are shuffled apart",
            "Each of them got an order of its own, so example and label no longer belong together. Draw one order and use it twice.",
            "The loss of such a run stands still near log K, the loss of guessing among K classes.",
            unit=_batched(
                pair=lambda labels, order, generator: labels[torch.randperm(len(labels), generator=generator)]
            ),
        ),
        misconception(
            "the inputs are shuffled and the labels are not",
            "Row 0 of the inputs is now another example, but label 0 is still the old one. Index both with the same order.",
            unit=_batched(pair=lambda labels, order, generator: labels),
        ),
        misconception(
            "the last, smaller batch is dropped",
            "The examples that are left over at the end belong to the epoch as well. With 5 examples and batches of 2 there are three batches.",
            unit=_batched(cut=lambda values, size: values[: len(values) // size * size].split(size)),
        ),
        misconception(
            "drawn with replacement: some examples twice, others never",
            "An epoch shows every example exactly once. A permutation does that; random indices do not.",
            unit=_batched(draw=lambda n, generator: torch.randint(n, (n,), generator=generator)),
        ),
        misconception(
            "the generator that was given is not used",
            "Without it a run cannot be repeated. `torch.randperm` takes it as `generator=generator`.",
            unit=_batched(draw=lambda n, generator: torch.randperm(n, generator=torch.Generator().manual_seed(0))),
        ),
        misconception(
            "as many batches as the batch size says, not batches of that size",
            "Of eight examples, `x.chunk(3)` makes three pieces, and `x.split(3)` makes pieces of three.",
            unit=_batched(cut=lambda values, size: values.chunk(size)),
        ),
        misconception(
            "whole batches are put into another order, and each holds what it always held",
            "You cut first and shuffled the pieces. In a sorted data set each of them still holds one class. Shuffle the examples, then cut.",
            unit=_pieces_shuffled,
        ),
        misconception(
            "a new order is drawn for each batch",
            "An example may then come twice in an epoch, and another one never. Draw one order before the loop, and cut it.",
            unit=_drawn_each_time,
        ),
    ],
)


# One step, one epoch.


def _stepped(
    mode=lambda model: model.train(),
    zero=lambda optimizer: optimizer.zero_grad(),
    prepare=lambda prediction: prediction,
    change=("backward", "step"),
    answer=lambda loss, again: loss.item(),
):
    """A wrong step: the mode, the zeroing, what the loss is given, the order of the changes, or the answer replaced."""

    def train_step(model, loss_function, optimizer, x, labels):
        mode(model)
        zero(optimizer)
        loss = loss_function(prepare(model(x)), labels)
        for what in change:
            if what == "backward":
                loss.backward()
            elif what == "step":
                optimizer.step()
            else:
                optimizer.zero_grad()
        return answer(loss, lambda: loss_function(model(x), labels).item())

    return train_step


def _steps_answer(reference, inputs):
    model = scenes.network(inputs)
    seen = _weighted(reference, model, inputs, inputs["batch_size"])["step_loss"]
    trained = torch.cat([scenes.weights(model), torch.full((3,), float(len(seen)))])
    return {"loss": seen[0], "weights": trained, "mode": [1.0] * len(seen), "graph": 0.0}


train_step = Exercise(
    id="ch13.train_step",
    reference="training.fit",
    protocol=Scene("train_step", ("loss", "weights", "mode", "graph"), shows=("labels", "lr", "batch_size")),
    cases=cases.networks((6, 3, 4, 2, 3), (8, 2, 5, 3, 4), (15, 4, 3, 4, 5)),
    answers=_steps_answer,
    parts=_parts(
        loss=("loss before the step", 1),
        weights=("weights after some steps", 2),
        mode=("training mode", 0.5),
        graph=("a plain number comes back", 0.5),
    ),
    read_again="13.3 One step: five lines in their order",
    misconceptions=[
        misconception(
            "gradients are never set back to zero",
            "Your first step is right and the second is not. `backward` adds to what is in `.grad` already, so the second step also contains the gradient of the first batch.",
            unit=_stepped(zero=lambda optimizer: None),
        ),
        misconception(
            "the step is taken before the gradients are there",
            "At the first call `.grad` is still empty, so `optimizer.step()` changes nothing. Which line fills `.grad`?",
            unit=_stepped(change=("step", "backward")),
        ),
        misconception(
            "the gradients are set to zero between backward and step",
            "The step finds gradients of 0 and the weights do not move. Clear them before `backward`, or after the step.",
            unit=_stepped(change=("backward", "zero", "step")),
        ),
        misconception(
            "no step at all: the weights stay as they are",
            "With `backward` alone you only compute gradients. Changing the weights is the optimizer's part.",
            unit=_stepped(change=("backward",)),
        ),
        misconception(
            "softmax before the cross-entropy loss",
            "The loss applies the softmax itself. It wants the raw scores; given probabilities, it squashes them a second time.",
            unit=_stepped(prepare=lambda prediction: prediction.softmax(dim=1)),
        ),
        misconception(
            "the model is not put into training mode",
            "The model may come out of an evaluation. In evaluation mode dropout does nothing and batch norm does not learn its averages. Say `model.train()` first.",
            unit=_stepped(mode=lambda model: None),
        ),
        misconception(
            "the loss is returned with its graph",
            "A tensor that remembers how it was made keeps everything alive that it was made of. `.item()` gives the plain number.",
            unit=_stepped(answer=lambda loss, again: loss),
        ),
        misconception(
            "the loss is measured again after the step",
            "Return the loss that `backward` started from. A second forward call costs time and answers another question.",
            unit=_stepped(answer=lambda loss, again: again()),
        ),
        misconception(
            "the sum of the losses, not their mean",
            "The loss function gives the mean over the batch. Return it as it is; the weighing by the number of examples comes in the next exercise.",
            unit=lambda model, loss_function, optimizer, x, labels: (
                _stepped()(model, loss_function, optimizer, x, labels) * len(x)
            ),
        ),
    ],
)


def _epoch(weigh=lambda loss, x: loss * len(x), divide=lambda count, number: count, use=lambda batches: batches):
    """A wrong epoch: what a batch adds, what the sum is divided by, or the batches that are used replaced."""

    def train_epoch(model, loss_function, optimizer, batches):
        total = count = number = 0
        for x, labels in use(batches):
            total += weigh(_stepped()(model, loss_function, optimizer, x, labels), x)
            count, number = count + len(x), number + 1
        return total / divide(count, number)

    return train_epoch


def _last_loss(model, loss_function, optimizer, batches):
    for x, labels in batches:
        loss = _stepped()(model, loss_function, optimizer, x, labels)
    return loss


def _last_sum(model, loss_function, optimizer, batches):
    last = _last_loss(model, loss_function, optimizer, batches)
    return last * len(batches[-1][0]) / sum(len(x) for x, _ in batches)


def _all_as_large_as_the_first(model, loss_function, optimizer, batches):
    mean = _epoch()(model, loss_function, optimizer, batches)
    return mean * sum(len(x) for x, _ in batches) / (len(batches) * len(batches[0][0]))


def _measured_at_the_end(model, loss_function, optimizer, batches):
    _epoch()(model, loss_function, optimizer, batches)
    x, labels = (torch.cat(part) for part in zip(*batches))
    return loss_function(model(x), labels).item()


def _epoch_answer(reference, inputs):
    model = scenes.network(inputs)
    history = _weighted(reference, model, inputs, inputs["batch_size"])
    return {"loss": history["loss"][0], "weights": scenes.weights(model)}


train_epoch = Exercise(
    id="ch13.train_epoch",
    reference="training.fit",
    protocol=Scene("train_epoch", ("loss", "weights"), shows=("labels", "lr", "batch_size")),
    cases=cases.networks((7, 3, 4, 2, 3), (9, 2, 5, 3, 4), (11, 4, 3, 4, 5)),
    answers=_epoch_answer,
    builds_on=("ch13.train_step",),
    parts=_parts(loss=("mean loss of the epoch", 2), weights=("weights afterwards", 1)),
    read_again="13.4 An epoch, and what its loss is the mean of",
    misconceptions=[
        misconception(
            "the mean of the batches' means: the last, small batch counts too much",
            "A batch of 1 got the same weight as a batch of 3. Multiply each batch's loss by its number of examples, and divide by the number of all.",
            unit=_epoch(weigh=lambda loss, x: loss, divide=lambda count, number: number),
        ),
        misconception(
            "the losses are added up and divided by the number of examples",
            "Each loss is already a mean over its batch. Before you add it up, turn it back into a sum: times the number of examples in the batch.",
            unit=_epoch(weigh=lambda loss, x: loss),
        ),
        misconception(
            "the sum of the losses, not their mean",
            "Your number grows with the number of batches. Then it cannot be compared with another epoch's, or with a validation loss.",
            unit=_epoch(weigh=lambda loss, x: loss, divide=lambda count, number: 1),
        ),
        misconception(
            "the sum over the examples is divided by the number of batches",
            "You multiplied by the number of examples, so divide by the number of examples: all that you have seen.",
            unit=_epoch(divide=lambda count, number: number),
        ),
        misconception(
            "only the loss of the last batch",
            "That is one batch's loss. It jumps from epoch to epoch with the luck of the last few examples.",
            unit=_last_loss,
        ),
        misconception(
            "each batch overwrites the sum: = where += belongs",
            "At the end your sum holds the last batch only, and is divided by the number of all examples. Add with +=.",
            unit=_last_sum,
        ),
        misconception(
            "all batches are taken to be as large as the first",
            "The last batch may be smaller, so the number of examples is not batches times batch size. Count it in the loop.",
            unit=_all_as_large_as_the_first,
        ),
        misconception(
            "only the first batch is used",
            "Your loop ends after one batch. Does a `return` stand inside it?",
            unit=_epoch(use=lambda batches: batches[:1]),
        ),
        misconception(
            "the loss is measured after the epoch, with its last weights",
            "Here we want the mean of the losses that the steps returned. Measuring again is what validation does.",
            unit=_measured_at_the_end,
        ),
    ],
)


# A large batch in small pieces.


def _accumulated(weigh=lambda part, whole, number: part / whole, zero="once", step="once", answer=None):
    def accumulated_step(model, loss_function, optimizer, x, labels, micro):
        pieces = list(zip(x.split(micro), labels.split(micro)))
        total, seen = 0.0, []
        if zero == "once":
            optimizer.zero_grad()
        for a, b in pieces:
            if zero == "each":
                optimizer.zero_grad()
            seen.append(loss_function(model(a), b))
            loss = seen[-1] * weigh(len(a), len(x), len(pieces))
            loss.backward()
            total += loss.item()
            if step == "each":
                optimizer.step()
        if step == "once":
            optimizer.step()
        return answer(seen) if answer else total

    return accumulated_step


def _in_one_piece(model, loss_function, optimizer, x, labels, micro):
    return _accumulated()(model, loss_function, optimizer, x, labels, len(x))


def _chunked(model, loss_function, optimizer, x, labels, micro):
    return _accumulated()(model, loss_function, optimizer, x, labels, -(-len(x) // micro))


def _each_as_full(model, loss_function, optimizer, x, labels, micro):
    return _accumulated(weigh=lambda part, whole, number: micro / whole)(
        model, loss_function, optimizer, x, labels, micro
    )


def _accumulate_answer(reference, inputs):
    model, n = scenes.network(inputs), len(inputs["x"])
    history = _weighted(reference, model, inputs, n, epochs=2)
    size, rest = divmod(n, inputs["batch_size"])
    sizes = [inputs["batch_size"]] * size + [rest] * (rest > 0)
    return {"losses": history["step_loss"], "weights": scenes.weights(model), "steps": 2, "sizes": 2 * sizes}


accumulated_step = Exercise(
    id="ch13.accumulated_step",
    reference="training.fit",
    protocol=Scene("accumulate", ("losses", "weights", "steps", "sizes"), shows=("labels", "lr", "batch_size")),
    cases=cases.networks((5, 3, 4, 2, 2), (7, 2, 5, 3, 3), (8, 4, 3, 4, 5), word="pieces"),
    answers=_accumulate_answer,
    parts=_parts(
        losses=("loss of the whole batch", 1),
        weights=("weights: the same step as with the whole batch", 2),
        steps=("one step for each batch", 0.5),
        sizes=("sizes of the pieces", 0.5),
    ),
    read_again="13.5 A batch that does not fit: accumulate",
    misconceptions=[
        misconception(
            "the pieces' losses are not weighted: the gradients add up to too much",
            "Each piece's loss is a mean over the piece. Three of them add up to three means. Weigh each by its share of the batch.",
            unit=_accumulated(weigh=lambda part, whole, number: 1),
        ),
        misconception(
            "every piece has the same weight, also the small last one",
            "Dividing by the number of pieces is right only if all have the same size. The share of a piece is its number of examples divided by that of the batch.",
            unit=_accumulated(weigh=lambda part, whole, number: 1 / number),
        ),
        misconception(
            "the gradients are cleared for each piece, so only the last one counts",
            "Here the adding up is wanted. Clear the gradients once, before the first piece.",
            unit=_accumulated(zero="each"),
        ),
        misconception(
            "a step after each piece",
            "That is training with small batches. All pieces must see the same weights: one step, after the last piece.",
            unit=_accumulated(step="each"),
        ),
        misconception(
            "the gradients are never cleared",
            "The first call is right, the second also contains the gradient of the first batch.",
            unit=_accumulated(zero="never"),
        ),
        misconception(
            "the loss that comes back is that of the last piece",
            "The loss of the batch is the weighted sum of the pieces' losses. Add up what you called backward on.",
            unit=_accumulated(answer=lambda seen: seen[-1].item()),
        ),
        misconception(
            "the whole batch in one piece",
            "The step is right, but the batch does not fit into the memory, so it has to be seen in pieces of `micro` examples: `x.split(micro)`.",
            unit=_in_one_piece,
        ),
        misconception(
            "as many pieces as `micro` says, not pieces of that size",
            "Of five examples, `x.chunk(2)` makes two pieces, and `x.split(2)` makes pieces of two.",
            unit=_chunked,
        ),
        misconception(
            "the last piece weighs as much as a full one: micro / N",
            "The last piece may be smaller. Its share is its own number of examples, len(piece), divided by that of the batch.",
            unit=_each_as_full,
        ),
    ],
)


# The program with planted bugs.


class _Net(nn.Module):
    """The right network; a subclass plants one bug."""

    def __init__(self, input_size, C):
        super().__init__()
        self.hidden, self.drop = nn.Linear(input_size, 96), nn.Dropout(0.3)
        self.norm, self.scores = nn.BatchNorm1d(96), nn.Linear(96, C)

    def forward(self, x):
        return self.scores(self.norm(self.drop(torch.relu(self.hidden(x)))))


class _NoInputSize(_Net):
    def __init__(self, C):
        super().__init__(input_size, C)  # type: ignore[name-defined]  # noqa: F821


class _NoReturn(_Net):
    def forward(self, x):
        super().forward(x)


class _Softmaxed(_Net):
    def forward(self, x):
        return super().forward(x).softmax(dim=1)


def _splitting(pair=None, first=lambda values, n: values[:n]):
    pair = pair or (lambda labels, order, generator: labels[order])

    def split(x, labels, generator):
        order = torch.randperm(len(x), generator=generator)
        n = len(x) * 4 // 5
        x, labels = x[order], pair(labels, order, generator)
        return first(x, n), first(labels, n), x[n:], labels[n:]

    return split


def _epoch_of(**changes):
    """The right epoch, or one with changes: mode, zero, early (step), early_schedule, cast, keep, plain (mean)."""

    def train_epoch(model, loss_function, optimizer, scheduler, batches):
        if changes.get("mode", True):
            model.train()
        if changes.get("early_schedule"):
            scheduler.step()
        total, count = 0.0, 0
        for x, labels in batches:
            if changes.get("zero", True):
                optimizer.zero_grad()
            loss = loss_function(model(x), labels.float() if changes.get("cast") else labels)
            if changes.get("early"):
                optimizer.step()
            loss.backward()
            if not changes.get("early"):
                optimizer.step()
            size = 1 if changes.get("plain") else len(x)
            total += (loss if changes.get("keep") else loss.item()) * size
            count += size
        if not changes.get("early_schedule"):
            scheduler.step()
        return total / count

    return train_epoch


def _evaluating(mode=True, axis=1):
    def evaluate(model, x, labels):
        if mode:
            model.eval()
        with torch.no_grad():
            prediction = model(x).argmax(dim=axis)
        return (prediction == labels).float().mean().item()

    return evaluate


RIGHT = MappingProxyType(
    {"NeuralNetwork": _Net, "split_data": _splitting(), "run_epoch": _epoch_of(), "measure_accuracy": _evaluating()}
)
PROBES = {
    "input size": "the network takes its input size",
    "return": "forward returns its answer",
    "logits": "the loss gets logits",
    "pairs": "inputs and labels stay together",
    "validation apart": "no validation example in the training set",
    "training mode": "training in training mode",
    "targets": "labels stay whole numbers",
    "clean gradients": "each batch begins with empty gradients",
    "fresh gradients": "each step uses its own batch's gradient",
    "graphs kept": "no graph outlives its batch",
    "mean loss": "the mean is over examples",
    "schedule": "the schedule moves after the optimizer",
    "evaluation mode": "evaluation in evaluation mode",
    "accuracy": "the answer is the largest of a row",
}


def _bug(name, *hints, **piece):
    return misconception(name, *hints, **{**RIGHT, **piece})


def _untrained(inputs):
    """The answers of the network that the docstring describes, new, in training mode."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        first, normed, last = (
            nn.Linear(inputs["x"].shape[1], 96), nn.BatchNorm1d(96), nn.Linear(96, int(inputs["classes"]))
        )  # fmt: skip
        torch.manual_seed(1)
        return last(normed(nn.functional.dropout(first(scenes.floats(inputs["x"])).clamp(min=0), 0.3)))


def _mend_answer(reference, inputs):
    n, size = len(inputs["x"]), inputs["batch_size"]
    sizes = [size] * (n // size) + [n % size] * (n % size > 0)
    examples = int(inputs["examples"])
    apart = [examples * 4 // 5, examples - examples * 4 // 5]
    features = inputs["x"].shape[1]
    right = metrics.accuracy(inputs["logits"], inputs["right"])
    return {
        "input size": [features, features + 2],
        "return": [n, inputs["classes"]],
        "logits": _untrained(inputs),
        "pairs": [0, 0],
        "validation apart": [*apart, 0],
        "training mode": len(sizes),
        "targets": len(sizes),
        "clean gradients": 0,
        "fresh gradients": len(sizes),
        "graphs kept": 0,
        "mean loss": np.average(inputs["losses"][: len(sizes)], weights=sizes),
        "schedule": [len(sizes), 1],
        "evaluation mode": 0,
        "accuracy": right,
    }


mend = Exercise(
    id="ch13.mend",
    reference="training.evaluate",
    protocol=Scene("mend", tuple(PROBES), tuple(RIGHT), ("examples", "classes", "batch_size")),
    cases=cases.planted,
    answers=_mend_answer,
    parts=[Part(words, 1, result, rtol=RTOL, atol=ATOL) for result, words in PROBES.items()],
    read_again="13.6 A program with fourteen bugs",
    misconceptions=[
        _bug(
            "input_size is defined nowhere",
            "Read the constructor: where does the name `input_size` come from? Make it an argument, before `C`.",
            NeuralNetwork=_NoInputSize,
        ),
        _bug(
            "forward has no return",
            "Print what the network answers. A Python function without `return` answers None.",
            NeuralNetwork=_NoReturn,
        ),
        _bug(
            "softmax before CrossEntropyLoss",
            "Each row of the answers adds up to 1: the network ends with a softmax. `nn.CrossEntropyLoss` applies one itself, so this is one too many.",
            NeuralNetwork=_Softmaxed,
        ),
        _bug(
            "inputs and labels are shuffled apart",
            "There are two random orders in `split_data`. How many may there be?",
            split_data=_splitting(
                pair=lambda labels, order, generator: labels[torch.randperm(len(labels), generator=generator)]
            ),
        ),
        _bug(
            "validation examples in the training set",
            "Count the examples that `split_data` returns, first part and second part. Their sum must be the number of all.",
            split_data=_splitting(first=lambda values, n: values),
        ),
        _bug(
            "the model is not put into training mode",
            "Before this epoch there was an evaluation. Who switches dropout and batch norm on again?",
            run_epoch=_epoch_of(mode=False),
        ),
        _bug(
            "the labels are turned into floats",
            "The class numbers for `nn.CrossEntropyLoss` are of type int64. A float target of shape (N,) is no class number, and PyTorch refuses it.",
            run_epoch=_epoch_of(cast=True),
        ),
        _bug(
            "zero_grad is missing",
            "Look into `.grad` before the second `backward`. It should be empty there.",
            run_epoch=_epoch_of(zero=False),
        ),
        _bug(
            "the step comes before backward",
            "Say aloud what each of the lines needs from the one before. What does the step need?",
            run_epoch=_epoch_of(early=True),
        ),
        _bug(
            "the loss is added up with its graph",
            "Your `total` becomes a tensor that remembers every batch. Memory grows from batch to batch. Add up plain numbers.",
            run_epoch=_epoch_of(keep=True),
        ),
        _bug(
            "each batch counts the same in the mean",
            "The last batch is smaller. Weigh each loss by the number of its examples, and divide by the number of all examples.",
            run_epoch=_epoch_of(plain=True),
        ),
        _bug(
            "the scheduler steps before the optimizer",
            "The first rate of the plan is skipped, and PyTorch warns about it. When should the plan move on?",
            run_epoch=_epoch_of(early_schedule=True),
        ),
        _bug(
            "the model stays in training mode for the evaluation",
            "With dropout on, the same example gets another answer at each call. Which line switches it off?",
            measure_accuracy=_evaluating(mode=False),
        ),
        _bug(
            "argmax over the examples instead of the classes",
            "The scores have shape (N, C). Axis 0 runs over the examples: it finds the best example for each class.",
            measure_accuracy=_evaluating(axis=0),
        ),
    ],
)


# Metrics.


def _table(at=lambda table, t, p: (t, p)):
    def confusion(prediction, target, classes):
        table = np.zeros((classes, classes), int)
        for p, t in zip(prediction, target):
            table[at(table, t, p)] += 1
        return table

    return confusion


def _each_cell_once(prediction, target, classes):
    table = np.zeros((classes, classes), int)
    table[target, prediction] += 1
    return table


confusion = Exercise(
    id="ch13.confusion",
    reference="metrics.confusion",
    protocol=Call(value=("prediction", "target", "classes")),
    cases=cases.labels_of_classes,
    parts=[Part("counts", 2), Part("classes that never occur", 1, where="empty")],
    read_again="13.7 Which mistakes? A table of four counts",
    misconceptions=[
        misconception(
            "rows and columns exchanged",
            "Here a row is what is true, a column what was predicted. In your table the false positives stand where the false negatives belong.",
            value=_table(lambda table, t, p: (p, t)),
        ),
        misconception(
            "each cell is counted once at most",
            "With a list of indices, `table[rows, columns] += 1` adds 1 to a cell only once, however often it is listed. `np.add.at` adds every time; a loop does, too.",
            value=_each_cell_once,
        ),
        misconception(
            "shares of each row where counts are asked for",
            "Counts can be added up over batches; shares cannot. Leave the division to the metrics.",
            value=lambda prediction, target, classes: (
                _table()(prediction, target, classes)
                / np.maximum(_table()(prediction, target, classes).sum(axis=1, keepdims=True), 1)
            ),
        ),
        misconception(
            "as large as the largest label, not as the number of classes",
            "A class that did not occur in this batch still has its row and its column, filled with 0. The size is `classes`.",
            value=lambda prediction, target, classes: _table()(
                prediction, target, 1 + max(prediction.max(), target.max())
            ),
        ),
        misconception(
            "only what is right is counted",
            "The cells off the diagonal tell which class is taken for which. They are the point of the table.",
            value=lambda prediction, target, classes: np.diag(np.diag(_table()(prediction, target, classes))),
        ),
        misconception(
            "shares of all examples where counts are asked for",
            "Counts can be added up over batches; shares cannot. Leave the division to the metrics.",
            value=lambda prediction, target, classes: _table()(prediction, target, classes) / len(target),
        ),
        misconception(
            "every prediction is paired with every target",
            "Your table counts N · N pairs. One loop is enough: the prediction of an example belongs to the target of the same example, as in zip(prediction, target).",
            value=lambda prediction, target, classes: np.outer(
                np.bincount(target, minlength=classes), np.bincount(prediction, minlength=classes)
            ),
        ),
    ],
)


def _share(part, whole):
    return float(part / whole) if whole else 0.0


def _bare_share(part, whole):
    return np.float64(part) / np.float64(whole)


def _of(formula):
    """A metric of the table from (tn, fp, fn, tp)."""
    return lambda table: formula(*(int(count) for count in np.asarray(table).ravel()))


def _metrics_answer(reference, inputs):
    """The metrics of labels of which there are as many as the table counts."""
    pairs = [(t, p) for t in (0, 1) for p in (0, 1) for _ in range(int(inputs["table"][t, p]))]
    target, prediction = np.array(pairs).T
    return {name: getattr(metrics, name)(prediction, target) for name in rates.protocol.results}


rates = Exercise(
    id="ch13.rates",
    reference="metrics.accuracy",
    protocol=Call(**{name: ("table",) for name in ("accuracy", "precision", "recall", "specificity")}),
    cases=cases.tables,
    answers=_metrics_answer,
    parts=[
        Part("accuracy", 1, "accuracy"),
        Part("precision", 1, "precision", but="empty"),
        Part("recall", 1, "recall", but="empty"),
        Part("specificity", 1, "specificity", but="empty"),
        Part("precision where nothing is called positive", 0.5, "precision", where="empty"),
        Part("recall where nothing is positive", 0.25, "recall", where="empty"),
        Part("specificity where nothing is negative", 0.25, "specificity", where="empty"),
    ],
    read_again="13.7 Which mistakes? A table of four counts",
    misconceptions=[
        misconception(
            "the recall where the precision is asked for",
            "Precision looks at a column: of all that was called positive, how much is? Divide by TP + FP.",
            "Is your recall the precision, too? Then FP and FN are exchanged where you unpack the table: (tn, fp), (fn, tp) = table.",
            precision=_of(lambda tn, fp, fn, tp: _share(tp, tp + fn)),
        ),
        misconception(
            "the precision where the recall is asked for",
            "Recall looks at a row: of all that is positive, how much was found? Divide by TP + FN.",
            "Is your precision the recall, too? Then FP and FN are exchanged where you unpack the table: (tn, fp), (fn, tp) = table.",
            recall=_of(lambda tn, fp, fn, tp: _share(tp, tp + fp)),
        ),
        misconception(
            "the share of false alarms where the specificity is asked for",
            "FP / (FP + TN) is 1 − specificity. Specificity counts the negatives that were called negative.",
            specificity=_of(lambda tn, fp, fn, tp: _share(fp, fp + tn)),
        ),
        misconception(
            "a column for the row: TN + FN under the specificity",
            "Specificity asks about all that is negative. In the table that is the first row, TN and FP.",
            specificity=_of(lambda tn, fp, fn, tp: _share(tn, tn + fn)),
        ),
        misconception(
            "only the positives that were found count as right",
            "A negative that was called negative is right as well: TP + TN is above the line.",
            accuracy=_of(lambda tn, fp, fn, tp: _share(tp, tn + fp + fn + tp)),
        ),
        misconception(
            "the mean of recall and specificity where the accuracy is asked for",
            "That is the balanced accuracy. The plain one counts every example alike, so the larger class counts more.",
            accuracy=_of(lambda tn, fp, fn, tp: (_share(tp, tp + fn) + _share(tn, tn + fp)) / 2),
        ),
        misconception(
            "the columns of the table exchanged: TN taken for positives",
            "The table is [[TN, FP], [FN, TP]]: the true positives stand at row 1, column 1.",
            precision=_of(lambda tn, fp, fn, tp: _share(tn, tn + fn)),
        ),
        misconception(
            "the table is unpacked as [[TP, FP], [FN, TN]]",
            "Many books print it so. Here class 0, the negatives, comes first: (tn, fp), (fn, tp) = table.",
            precision=_of(lambda tn, fp, fn, tp: _share(tn, tn + fp)),
            recall=_of(lambda tn, fp, fn, tp: _share(tn, tn + fn)),
            specificity=_of(lambda tn, fp, fn, tp: _share(tp, tp + fp)),
        ),
        misconception(
            "0 divided by 0 is not a number",
            "Where there is nothing to take a share of, the answer is 0. Divide by max(…, 1): the numerator is 0 there anyway.",
            precision=_of(lambda tn, fp, fn, tp: _bare_share(tp, tp + fp)),
            recall=_of(lambda tn, fp, fn, tp: _bare_share(tp, tp + fn)),
            specificity=_of(lambda tn, fp, fn, tp: _bare_share(tn, tn + fp)),
        ),
        misconception(
            "1 where there is nothing to take a share of",
            "Nothing was called positive, so nothing was called wrongly: one may see it so. Here it is agreed to be 0.",
            precision=_of(lambda tn, fp, fn, tp: _share(tp, tp + fp) if tp + fp else 1.0),
            recall=_of(lambda tn, fp, fn, tp: _share(tp, tp + fn) if tp + fn else 1.0),
            specificity=_of(lambda tn, fp, fn, tp: _share(tn, tn + fp) if tn + fp else 1.0),
        ),
    ],
)


def _ranked(tie=0.5, better=lambda positive, negative: positive > negative, divide=None):
    def roc_auc(scores, target):
        positives, negatives = scores[target == 1], scores[target == 0]
        won = [better(p, n) + tie * (p == n) for p in positives for n in negatives]
        return float(np.sum(won)) / (divide(len(positives), len(negatives)) if divide else len(won))

    return roc_auc


roc_auc = Exercise(
    id="ch13.roc_auc",
    reference="metrics.roc_auc",
    protocol=Call(value=("scores", "target")),
    cases=cases.scores,
    parts=[Part("area", 2), Part("area with ties", 2, where="ties")],
    read_again="13.8 All thresholds at once: the ROC curve and its area",
    misconceptions=[
        misconception(
            "a tie counts as lost",
            "Two equal scores are neither right nor wrong. A tie is worth one half; then a model that scores all alike has an area of ½.",
            value=_ranked(tie=0.0),
        ),
        misconception(
            "a tie counts as won",
            "With `>=` a model that gives all the same score would be perfect. A tie is worth one half.",
            value=_ranked(tie=1.0),
        ),
        misconception(
            "the lower score wins",
            "Your number and the right one add up to 1. Positives should score higher than negatives.",
            value=_ranked(better=lambda positive, negative: positive < negative),
        ),
        misconception(
            "the pairs are counted and not divided by their number",
            "It is a share: of all pairs of one positive and one negative.",
            value=_ranked(divide=lambda p, n: 1),
        ),
        misconception(
            "divided by the number of all pairs of examples",
            "Only pairs of one positive and one negative are compared: P · N of them.",
            value=_ranked(divide=lambda p, n: (p + n) * (p + n - 1) / 2),
        ),
        misconception(
            "the accuracy at one threshold",
            "The area looks at all thresholds. No threshold occurs in it: only the order of the scores counts.",
            value=lambda scores, target: float(((scores > scores.mean()) == target).mean()),
        ),
        misconception(
            "the mean of the signs: from −1 to 1",
            "A lost pair counts 0, not −1, and a tie one half. Your number is 2 · area − 1.",
            value=lambda scores, target: 2 * _ranked()(scores, target) - 1,
        ),
        misconception(
            "each positive meets one negative only",
            "The sum runs over all pairs: every positive meets every negative, P · N of them. `zip` pairs the first with the first, the second with the second.",
            value=lambda scores, target: float(
                np.mean([(p > n) + 0.5 * (p == n) for p, n in zip(scores[target == 1], scores[target == 0])])
            ),
        ),
    ],
)


# Evaluation and inference.


def _evaluated(
    enter=lambda model: model.eval(),
    leave=lambda model, before: model.train(before),
    quiet=torch.no_grad,
    cut=lambda values, size: values.split(size),
    axis=1,
    weigh=len,
    percent=1.0,
):
    def evaluate(model, loss_function, x, labels, batch_size):
        before = model.training
        enter(model)
        total = right = weight = 0
        with quiet():
            for a, b in zip(cut(x, batch_size), cut(labels, batch_size)):
                prediction = model(a)
                total += loss_function(prediction, b).item() * weigh(a)
                right += (prediction.argmax(dim=axis) == b).float().mean().item() * weigh(a)
                weight += weigh(a)
        leave(model, before)
        return total / weight, percent * right / weight

    return evaluate


def _unweighed(model, loss_function, x, labels, batch_size):
    _, accuracy = _evaluated()(model, loss_function, x, labels, batch_size)
    mean, _ = _evaluated(weigh=lambda x: 1)(model, loss_function, x, labels, batch_size)
    return mean * -(-len(x) // batch_size) / len(x), accuracy


def _evaluate_answer(reference, inputs):
    model = scenes.network(inputs, dropout=0.5)
    x, labels = scenes.floats(inputs["x"]), scenes.whole(inputs["labels"])

    def accuracy(prediction, target):
        return (prediction.argmax(dim=1) == target).double().mean()

    told = training_torch.evaluate(
        model, CROSS_ENTROPY, x, labels, {"accuracy": accuracy}, batch_size=inputs["batch_size"]
    )
    return {**told, "gradients": sum(model.gradient_calls), "sizes": model.sizes, "mode": [1.0, 0.0]}


evaluate = Exercise(
    id="ch13.evaluate",
    reference="training.evaluate",
    protocol=Scene("evaluate", ("loss", "accuracy", "gradients", "sizes", "mode"), shows=("labels", "batch_size")),
    cases=cases.networks((6, 3, 4, 3, 3), (9, 2, 5, 4, 4), (13, 4, 3, 4, 5), (8, 3, 4, 4, 4)),
    answers=_evaluate_answer,
    parts=_parts(
        loss=1.5,
        accuracy=1.5,
        gradients=("no gradients are recorded", 1),
        sizes=("batch by batch", 0.5),
        mode=("the mode is as before", 0.5),
    ),
    read_again="13.9 Evaluation: the same weights, another mode",
    misconceptions=[
        misconception(
            "the model is left in training mode for the evaluation",
            "Dropout is still throwing away half of the units. Switch to `model.eval()` before the first batch.",
            unit=_evaluated(enter=lambda model: None),
        ),
        misconception(
            "the mode is not set back",
            "Whoever calls you in the middle of a training goes on without dropout. Note `model.training` first, and give it back at the end.",
            unit=_evaluated(leave=lambda model, before: None),
        ),
        misconception(
            "gradients are recorded",
            "Nobody will call backward here. Inside `with torch.no_grad():` no graph is kept, which saves memory and time.",
            unit=_evaluated(quiet=torch.enable_grad),
        ),
        misconception(
            "everything in one batch",
            "A test set may be larger than the memory. Go through it in batches of `batch_size`.",
            unit=_evaluated(cut=lambda values, size: [values]),
        ),
        misconception(
            "argmax over the examples instead of the classes",
            "Scores have shape (N, K). The answer is the largest of each row, so the axis is 1.",
            unit=_evaluated(axis=0),
        ),
        misconception(
            "every batch counts the same, also the small last one",
            "Weigh each batch by its number of examples, as in an epoch.",
            unit=_evaluated(weigh=lambda x: 1),
        ),
        misconception(
            "the accuracy in percent",
            'Here the accuracy is a share between 0 and 1. Percent are for printing, as in `f"{share:.1%}"`.',
            unit=_evaluated(percent=100.0),
        ),
        misconception(
            "at the end always training mode",
            "A model that came in evaluation mode goes away with dropout on. Note `model.training` first, and call `model.train(noted)` at the end.",
            unit=_evaluated(leave=lambda model, before: model.train()),
        ),
        misconception(
            "loss and accuracy are exchanged",
            "First the loss, then the accuracy: return loss, accuracy.",
            unit=lambda *given: _evaluated()(*given)[::-1],
        ),
        misconception(
            "the losses of the batches are added up and divided by the number of examples",
            "Each loss is already a mean over its batch. Before you add it up, multiply it by the number of examples in the batch.",
            unit=_unweighed,
        ),
    ],
)


def _answering(
    mode=lambda model: model.eval(),
    scale=lambda x, mean, std: (x - mean) / std,
    probs=lambda logits: logits.softmax(dim=1),
    choose=lambda probs: (probs.argmax().item(), probs.max().item()),
):
    def answer(model, x, mean, std):
        mode(model)
        with torch.no_grad():
            return choose(probs(model(scale(x, mean, std)[None])))

    return answer


def _answer_answer(reference, inputs):
    model = scenes.network(inputs, dropout=0.5)
    x = (scenes.floats(inputs["x"]) - scenes.floats(inputs["mean"])) / scenes.floats(inputs["std"])
    logits = training_torch.predict(model, x[None])[0].double().numpy()
    probs = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    return {"label": probs.argmax(), "probability": probs.max()}


answer = Exercise(
    id="ch13.answer",
    reference="training.predict",
    protocol=Scene("answer", ("label", "probability"), shows=("x", "mean", "std")),
    cases=cases.single_examples,
    answers=_answer_answer,
    parts=_parts(label=1, probability=2),
    read_again="13.10 Inference: a thousand at once, or one at a time",
    misconceptions=[
        misconception(
            "the example is not scaled as the training set was",
            "The network has only seen inputs from which the mean was taken and that were divided by the standard deviation. Do the same here, with the same numbers.",
            unit=_answering(scale=lambda x, mean, std: x),
        ),
        misconception(
            "scaled with the mean and spread of this one example",
            "The two numbers belong to the training set, feature by feature. They are part of the model and are saved with it.",
            unit=_answering(scale=lambda x, mean, std: (x - x.mean()) / x.std()),
        ),
        misconception(
            "the mean is taken off, the division by std is missing",
            "Scaling is two steps: minus the mean, divided by the standard deviation.",
            unit=_answering(scale=lambda x, mean, std: x - mean),
        ),
        misconception(
            "divided first, the mean taken off afterwards",
            "The mean has the unit of the input. Take it off before you divide.",
            unit=_answering(scale=lambda x, mean, std: x / std - mean),
        ),
        misconception(
            "a raw score where a probability is asked for",
            "Scores can be any numbers. The softmax turns a row of them into probabilities.",
            unit=_answering(probs=lambda logits: logits),
        ),
        misconception(
            "softmax over the batch: with one example every probability is 1",
            "Your batch has shape (1, K). The classes are along axis 1.",
            unit=_answering(probs=lambda logits: logits.softmax(dim=0)),
        ),
        misconception(
            "the model answers in training mode",
            "Dropout is on, so the same example gets another answer each time. Users would notice.",
            unit=_answering(mode=lambda model: None),
        ),
        misconception(
            "brackets are missing: x − mean / std",
            "Python divides first. The difference belongs in brackets: (x - mean) / std.",
            unit=_answering(scale=lambda x, mean, std: x - mean / std),
        ),
        misconception(
            "scaled back: x · std + mean",
            "That is the way back from scaled numbers to the original ones. Here a raw example comes in: (x - mean) / std.",
            unit=_answering(scale=lambda x, mean, std: x * std + mean),
        ),
        misconception(
            "a sigmoid of each score where a softmax is asked for",
            "Each sigmoid looks at one score alone, so they do not add up to 1. The softmax compares all classes.",
            unit=_answering(probs=lambda logits: logits.sigmoid()),
        ),
        misconception(
            "class and probability are exchanged",
            "First the class number, `.argmax()`, then its probability, `.max()`.",
            unit=_answering(choose=lambda probs: (probs.max().item(), probs.argmax().item())),
        ),
    ],
)


# Saved runs.


def _saving(*names):
    def save_checkpoint(path, model, optimizer, epoch):
        every = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
        torch.save({name: every[name] for name in names}, path)

    return save_checkpoint


def _loading(model_too=True, whole_optimizer=True, told=lambda saved: saved.get("epoch", 0)):
    def load_checkpoint(path, model, optimizer):
        saved = torch.load(path, weights_only=True)
        if model_too and "model" in saved:
            model.load_state_dict(saved["model"])
        if "optimizer" in saved:
            state = saved["optimizer"]
            groups = state["param_groups"] if whole_optimizer else optimizer.state_dict()["param_groups"]
            optimizer.load_state_dict({"state": state["state"], "param_groups": groups})
        return told(saved)

    return load_checkpoint


def _kept_in_memory():
    kept = {}

    def save_checkpoint(path, model, optimizer, epoch):
        kept[path] = model.state_dict(), optimizer.state_dict(), epoch

    def load_checkpoint(path, model, optimizer):
        weights, state, epoch = kept[path]
        model.load_state_dict(weights)
        optimizer.load_state_dict(state)
        return epoch

    return {"save": save_checkpoint, "load": load_checkpoint}


EVERYTHING = ("model", "optimizer", "epoch")


def _checkpoint_answer(reference, inputs):
    """One run without a break: a first half, and the second after it."""
    model = scenes.network(inputs)
    optimizer = torch.optim.Adam(model.parameters(), lr=inputs["lr"])
    x, labels = scenes.floats(inputs["x"]), scenes.whole(inputs["labels"])
    seen = []
    training_torch.fit(
        model, CROSS_ENTROPY, optimizer, x, labels, 2, inputs["batch_size"],
        callbacks=[lambda model, history: seen.append(scenes.weights(model))],
    )  # fmt: skip
    return {"epoch": inputs["epoch"], "weights": seen[0], "later": seen[1]}


checkpoint = Exercise(
    id="ch13.checkpoint",
    reference="training.fit",
    protocol=Scene("checkpoint", ("epoch", "weights", "later"), ("save", "load"), ("epoch", "lr", "batch_size")),
    cases=cases.checkpoints,
    answers=_checkpoint_answer,
    parts=_parts(
        weights=("weights after loading", 1.5),
        later=("the run goes on as if it had never stopped", 2),
        epoch=("the epoch", 0.5),
    ),
    read_again="13.11 Saving a run, and taking it up again",
    misconceptions=[
        misconception(
            "the optimizer does not come back",
            "Right after loading all is well, and one epoch later the weights differ. Adam's running means began anew. They are part of the run.",
            "Is its state in the file? And does anybody load it? The optimizer has a `state_dict` and a `load_state_dict`, too.",
            save=_saving("model", "epoch"),
            load=_loading(),
        ),
        misconception(
            "the optimizer's means come back, its learning rate does not",
            "The rate is part of the optimizer's state as well, under `param_groups`. Load the whole `state_dict`, not a piece of it.",
            save=_saving(*EVERYTHING),
            load=_loading(whole_optimizer=False),
        ),
        misconception(
            "the weights are read and never put into the model",
            "All that `torch.load` gives you is a dictionary. The model changes only when it is told to: `model.load_state_dict(…)`.",
            save=_saving(*EVERYTHING),
            load=_loading(model_too=False),
        ),
        misconception(
            "the epoch is not saved",
            "Without it a schedule begins anew, and so does the count of epochs. Save it and return it.",
            save=_saving("model", "optimizer"),
            load=_loading(),
        ),
        misconception(
            "the epoch comes back one too high",
            "Return what was saved. Whether the next epoch is this one or the one after is for the loop to decide.",
            save=_saving(*EVERYTHING),
            load=_loading(told=lambda saved: saved["epoch"] + 1),
        ),
        misconception(
            "kept in memory, not in a file: what was kept goes on changing",
            "A `state_dict` does not copy the weights, it points to them. While the run goes on, they change. Write them to the file.",
            **_kept_in_memory(),
        ),
    ],
)
