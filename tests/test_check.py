"""What a student sees: four states, words beside every color, text in a terminal, HTML in a notebook."""

import re
import subprocess
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder import check, judge
from autograder.exercise import Case, Exercise, Part
from autograder.sandbox.protocols import Call
from autograder.verdict import Mistake, PartVerdict, Verdict


def right(score, target):
    return np.maximum(0, 1 - target * score).mean()


def right_gradient(score, target):
    return np.where(target * score < 1, -target, 0) / len(score)


def untouched(score, target):
    raise NotImplementedError()


def broken(score, target):
    return score.no_such_thing


def test_the_four_states():
    answers = {
        "right": check("ch04.hinge", right, right_gradient),
        "wrong": check("ch04.hinge", right, right),
        "not attempted": check("ch04.hinge", untouched, untouched),
        "could not run": check("ch04.hinge", broken, broken),
    }
    assert [verdict.state for verdict in answers.values()] == list(answers)
    assert [verdict.points for verdict in answers.values()] == [3, 2, 0, 0]
    assert "no_such_thing" in answers["could not run"].message
    assert "the answer is one number, expected an array of shape" in repr(answers["wrong"])


@pytest.mark.parametrize("answer, state", [(1e-12, "right"), (-1e-10, "right"), (1e-6, "wrong"), (1.0, "wrong")])
def test_where_0_is_expected_a_rounding_error_is_right(answer, state):
    record = Exercise(
        id="ch00.of_nothing",
        reference="",
        protocol=Call(value=["x"]),
        cases=lambda rng: [Case({"x": np.ones(3)})],
        answers=lambda reference, inputs: {"value": np.zeros(3)},
        parts=[Part("value", 1)],
    )
    assert judge.run_locally(record, [lambda x: answer * x], 1.0, seed=0).state == state


@pytest.mark.parametrize("inputs", [["x", "weights"], ["weights"], ["x", "grads"]])
def test_a_wrong_answer_about_a_list_or_a_dictionary_of_arrays_is_judged(inputs):
    """The shapes differ inside: such inputs cannot be turned to see whether the wrong axis was taken."""
    weights = [np.ones((2, 3)), np.ones((4, 2))]
    every = {"x": np.ones((5, 3)), "weights": weights, "grads": {"weight": weights[0], "bias": np.ones(2)}}
    record = Exercise(
        id="ch00.of_arrays",
        reference="",
        protocol=Call(value=inputs),
        cases=lambda rng: [Case({name: every[name] for name in inputs})],
        answers=lambda reference, inputs: {"value": [1.0, 2.0]},
        parts=[Part("value", 1)],
    )
    verdict = judge.run_locally(record, [lambda *arrays: np.array([3.0, 5.0])], 1.0, seed=0)
    assert (verdict.state, verdict.points) == ("wrong", 0)


@pytest.mark.parametrize(
    "candidates, sentence",
    [
        ((right,), "takes 2 functions, for value and gradient; it got 1"),
        ((right, right_gradient, right), "it got 3"),
        (
            (right(np.ones(2), np.ones(2)), right_gradient),
            "the value given is a float64; pass the function or class itself",
        ),
    ],
)
def test_a_wrong_call_of_check_is_told(candidates, sentence):
    assert sentence in repr(check("ch04.hinge", *candidates))


def test_an_unknown_exercise_is_told_with_the_known_ones():
    with pytest.raises(KeyError, match=re.escape("no exercise 'ch04.hing'; known: ch04.mean_squared_error")):
        check("ch04.hing", right, right_gradient)


def test_points_are_those_of_the_notebook():
    assert check("ch04.hinge", right, untouched, points=6).points == 4
    assert check("ch04.hinge", right, right_gradient, points=6).points == 6


def test_prints_and_warnings_of_the_student_are_kept_out_of_the_output(capfd):
    def chatty(score, target):
        print("hello")
        print("progress", file=sys.stderr)
        np.log(np.zeros(1))
        return right(score, target)

    verdict = check("ch04.hinge", chatty, right_gradient)
    assert verdict.points == 3
    assert capfd.readouterr() == ("", "")
    assert "Your code printed (on one of the cases): hello" in repr(verdict)


def test_infinite_answers_raise_no_warning_of_the_check_itself():
    def crooked(weight, bias, x, target):  # infinite where it should be, wrong elsewhere, and no mistake with a name
        found = np.min(target * (x @ weight + bias)) / (np.linalg.norm(weight) + abs(bias))
        return found, np.inf if found <= 0 else 1 / found**2

    assert check("ch01.margin", crooked).state == "wrong"


def test_an_array_of_one_number_is_shown_as_an_array():
    told = repr(check("ch00.weighted_sum", lambda x, weights, bias: 0.0))
    assert re.search(r"\(x \[\S+\], weights \[\S+\], bias -?[\d.]+\)", told)


def test_plain_python_prints_text():
    code = "from autograder import check; print(check('ch04.hinge', lambda s, t: 0.0, lambda s, t: 0 * s))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("ch04.hinge · 0 of 3 points\n✗ value")
    assert "This looks like: always zero." in told


def test_a_terminal_gets_text_and_a_kernel_gets_points_and_html(monkeypatch):
    verdict = check("ch04.hinge", right, right_gradient)
    assert verdict._repr_mimebundle_() == {"text/plain": repr(verdict)}
    shell = InteractiveShell.instance()
    try:
        monkeypatch.setattr(shell, "kernel", object(), raising=False)
        bundle = verdict._repr_mimebundle_()
        assert bundle["text/plain"] == "3"
        assert "✓ right" in bundle["text/html"]
    finally:
        InteractiveShell.clear_instance()


def test_html_says_every_state_in_words_and_escapes_what_comes_from_the_student():
    from autograder.render import as_html, as_text

    evil = "<script>alert(1)</script>"
    part = PartVerdict("value", False, 0, 2, evil, evil, (Mistake(evil, (evil, evil)),))
    for state in ("right", "wrong", "not attempted", "could not run"):
        verdict = Verdict("ch04.hinge", state, 0, 2, (part,), evil, (evil,), "4.2 A section")
        html = as_html(verdict)
        assert state in html
        assert "<script" not in html and html.count("&lt;script&gt;") == 7
        assert html.count("<details>") == 1
        assert "4.2 A section" in as_text(verdict)


def test_what_a_process_tells_of_garbage_is_refused_and_text_loses_its_escape_sequences():
    from autograder.grading.execute import clean, outcome

    good = {"value": np.ones(2), "error": "", "message": "\x1b[31mred\x07", "printed": ""}
    good |= {"warnings": [], "changed": []}
    assert outcome(good).value.tolist() == [1, 1] and outcome(good).message == "red"
    for bad in ({}, good | {"value": [1, 2]}, good | {"warnings": None}):
        with pytest.raises((ValueError, KeyError, TypeError)):
            outcome(bad)
    page = {"output_type": "display_data", "data": {"text/html": "<script>", "text/plain": "x", "image/png": "QUJD"}}
    assert clean([page])[0].data == {"text/plain": "x"}
    for bad in (None, [{"output_type": "widget"}]):
        with pytest.raises(TypeError):
            clean(bad)
