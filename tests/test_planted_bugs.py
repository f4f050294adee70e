"""The program with planted bugs: each bug is seen alone, in any company, and named; what is mended is off the list."""

import ast
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn

from autograder import exercises, judge
from autograder.build import source_notebook
from autograder.verify import source
from tests.test_project import HERE

pytestmark = pytest.mark.slow

CHAPTER = "ch13_training_in_pytorch"
PIECES = ("NeuralNetwork", "split_data", "run_epoch", "measure_accuracy")
MEND = exercises.in_chapter(CHAPTER)["ch13.mend"]


def listing():
    """The four pieces as they are given, from the cell that prints them."""
    notebook = source_notebook(HERE / "solutions" / f"{CHAPTER}.py")
    (cell,) = (c for c in notebook.cells if "demo" in c.metadata.get("tags", ()) and "class NeuralNetwork" in c.source)
    space = {"np": np, "torch": torch, "nn": nn}
    tree = ast.parse(cell.source)
    tree.body = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    exec(compile(tree, "<cell>", "exec"), space)
    return {name: space[name] for name in PIECES}


def test_the_program_as_it_is_given_shows_all_fourteen_bugs_at_once_and_gets_no_point():
    verdict = judge.run_locally(MEND, list(listing().values()), 14.0, 0)
    assert verdict.points == 0
    assert [mistake.name for mistake in verdict.mistakes] == [known.name for known in MEND.misconceptions]


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_that_is_mended_takes_its_bugs_off_the_list_and_no_other(piece):
    right = source.solutions(CHAPTER)[piece]
    verdict = judge.run_locally(MEND, list((listing() | {piece: right}).values()), 14.0, 1)
    of_piece = [known.name for known in MEND.misconceptions if known.wrong[piece] is not MEND_RIGHT[piece]]
    left = [known.name for known in MEND.misconceptions if known.name not in of_piece]
    assert [mistake.name for mistake in verdict.mistakes] == left
    assert verdict.points == len(of_piece)


MEND_RIGHT = {  # of every piece most mistakes leave it right
    piece: max(
        (known.wrong[piece] for known in MEND.misconceptions), key=[k.wrong[piece] for k in MEND.misconceptions].count
    )
    for piece in PIECES
}

EPOCH = """
def run_epoch(model, loss_function, optimizer, scheduler, batches):
    {mode}
    {early_schedule}
    total, count = 0.0, 0
    for x, labels in batches:
        {zero}
        loss = loss_function(model(x), {labels})
        {lines}
        total += {loss} * {size}
        count += {size}
    {late_schedule}
    return total / count
"""
RIGHT_LINES = {
    "mode": "model.train()",
    "early_schedule": "",
    "zero": "optimizer.zero_grad()",
    "labels": "labels",
    "lines": "loss.backward(); optimizer.step()",
    "loss": "loss.item()",
    "size": "len(x)",
    "late_schedule": "scheduler.step()",
}
BUGS = {
    "the model is not put into training mode": {"mode": ""},
    "the labels are turned into floats": {"labels": "labels.float()"},
    "zero_grad is missing": {"zero": ""},
    "the step comes before backward": {"lines": "optimizer.step(); loss.backward()"},
    "the loss is added up with its graph": {"loss": "loss"},
    "each batch counts the same in the mean": {"size": "1"},
    "the scheduler steps before the optimizer": {"early_schedule": "scheduler.step()", "late_schedule": ""},
}


@pytest.mark.parametrize("pair", list(combinations(BUGS, 2)), ids=" and ".join)
def test_every_two_bugs_of_the_loop_are_both_named(pair):
    lines = RIGHT_LINES | BUGS[pair[0]] | BUGS[pair[1]]
    space = {"torch": torch}
    exec(EPOCH.format(**lines), space)
    pieces = {piece: source.solutions(CHAPTER)[piece] for piece in PIECES} | {"run_epoch": space["run_epoch"]}
    verdict = judge.run_locally(MEND, list(pieces.values()), 14.0, 2)
    assert [mistake.name for mistake in verdict.mistakes] == list(pair), verdict
    assert verdict.points == 12
