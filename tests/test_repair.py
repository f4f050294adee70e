"""Whatever happened to the chapter's cells, the answers are found and the checks stand where they belong."""

import copy

import nbformat
import pytest

from autograder.build import source_notebook
from autograder.grading.repair import repair
from tests.classes import ch04
from tests.test_project import HERE

SOURCE = source_notebook(HERE / "solutions" / "ch04_losses.py")


def submission():
    return copy.deepcopy(SOURCE)


def names(notebook):
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells]


def answers(notebook):
    return {name: cell.source for name, cell in ch04.answer_cells(notebook).items()}


def test_an_untouched_notebook_is_left_alone():
    notebook = submission()
    assert repair(notebook, SOURCE) == []
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [(c.cell_type, c.source) for c in SOURCE.cells]


@pytest.mark.parametrize(
    "change",
    [
        ch04.deleted_check,
        ch04.edited_check,
        ch04.damaged_marks,
        ch04.shuffled_checks,
        ch04.duplicated_cells,
        ch04.prints_in_cells,
    ],
)
def test_every_check_is_back_behind_its_answer(change):
    notebook = submission()
    change(notebook)
    repair(notebook, SOURCE)
    marks = [name for name in names(notebook) if name]
    assert len(marks) == len(set(marks))
    assert {name for name in names(SOURCE) if name} == set(marks)
    for exercise in answers(SOURCE):
        name = exercise.replace(".", "-")
        assert marks.index(name) < marks.index(name + "-check")
        assert ch04.check_cell(notebook, exercise).source == ch04.check_cell(SOURCE, exercise).source
        assert ch04.check_cell(notebook, exercise).metadata == ch04.check_cell(SOURCE, exercise).metadata
    nbformat.validate(notebook)


def test_answers_survive_damaged_marks():
    notebook = submission()
    ch04.damaged_marks(notebook)
    repairs = repair(notebook, SOURCE)
    assert answers(notebook) == answers(SOURCE)
    assert {"ch04-huber had lost its marks", "ch04-focal had lost its marks"} <= set(repairs)


def test_the_last_copy_of_an_answer_counts_and_the_first_still_runs():
    notebook = submission()
    ch04.duplicated_cells(notebook)
    repairs = repair(notebook, SOURCE)
    assert answers(notebook)["ch04.focal"] == answers(SOURCE)["ch04.focal"]
    assert any("return 0.0" in cell.source for cell in notebook.cells)
    assert {"ch04-focal was there twice", "ch04-focal-check was there twice"} == set(repairs)


def test_a_scratch_cell_with_the_same_function_is_not_the_answer():
    notebook = submission()
    scratch = nbformat.v4.new_code_cell("def focal(logits, labels, gamma=2.0):\n    return 1", id="scratch")
    notebook.cells.append(scratch)
    repair(notebook, SOURCE)
    assert answers(notebook)["ch04.focal"] == answers(SOURCE)["ch04.focal"]


def test_a_deleted_answer_is_noted_and_its_check_stays():
    notebook = submission()
    notebook.cells.remove(ch04.answer_cells(notebook)["ch04.hinge"])
    assert repair(notebook, SOURCE) == ["ch04-hinge, an answer, was deleted"]
    assert "ch04-hinge-check" in names(notebook)


@pytest.mark.parametrize("metadata", [None, [], "text", {"nbgrader": []}, {"nbgrader": {"grade_id": 7}}, {"tags": 3}])
def test_garbage_in_place_of_metadata_is_survived(metadata):
    notebook = submission()
    for cell in notebook.cells:
        cell["metadata"] = nbformat.from_dict(metadata)
    repair(notebook, SOURCE)
    assert answers(notebook) == answers(SOURCE)
