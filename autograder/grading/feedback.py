"""The feedback page of one student: what was right and wrong, the named mistake, the hint, the section to read again.

One self-contained file. Hidden inputs, seeds and reference source are not in it; what comes from the student is text.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from nbformat import NotebookNode

from autograder.grading.execute import CRASHED, GRADED, NOTES, OUT_OF_MEMORY, TAMPERED, TIMED_OUT
from autograder.marks import CHECK_SUFFIX, grade_id
from autograder.render import as_html
from autograder.verdict import Verdict, from_dict

MAX_CODE = 6000  # characters shown of an answer

FOR_STUDENTS = {
    GRADED: "",
    TIMED_OUT: "Something in your notebook did not come to its end in time and was stopped. The rest was graded.",
    OUT_OF_MEMORY: "Something in your notebook asked for more memory than it may use. The rest was graded.",
    CRASHED: "The Python process of your notebook ended before its time. What could be graded was graded.",
    TAMPERED: "Your notebook answered the grader as no answer of an exercise does. Your teacher will look at it.",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: light-dark(#1f2328, #e6edf3); background: light-dark(#fff, #0d1117); }}
h1 {{ font-size: 1.5rem; margin-bottom: .2rem; }} h2 {{ font-size: 1.05rem; margin: 2rem 0 .3rem; }}
.score {{ font-size: 1.15rem; }} .soft {{ color: light-dark(#57606a, #9da7b1); }}
pre {{ overflow: auto; padding: .7rem 1rem; border-radius: 6px; font-size: 13px; line-height: 1.45;
  background: light-dark(#f3f4f6, #161b22); }}
table {{ border-collapse: collapse; margin: 1rem 0; }} td, th {{ text-align: left; padding: .25rem 1rem .25rem 0; }}
td.n, th.n {{ text-align: right; }} summary {{ cursor: pointer; }}
.verdict {{ --jp-content-font-color1: light-dark(#1f2328, #e6edf3);
  --jp-content-font-color2: light-dark(#57606a, #9da7b1);
  --jp-layout-color1: light-dark(#fff, #0d1117); --jp-border-color2: light-dark(#d0d7de, #30363d); }}
a {{ color: light-dark(#0969da, #58a6ff); }}
</style></head><body>
{body}
</body></html>
"""


def feedback_page(
    student: str,
    chapter: str,
    notebook: NotebookNode,
    score: float,
    max_score: float,
    penalty: float,
    manual: Sequence[str] = (),
) -> str:
    """The page for a graded notebook. `manual`: remarks of a person who graded, if any."""
    notes = notebook.metadata.get(NOTES, {})
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    verdicts = [verdict for verdict in map(_verdict, notebook.cells) if verdict]
    titles = _titles(notebook)
    first = notebook.cells[0].source.splitlines()[0].lstrip("# ") if notebook.cells and notebook.cells[0].source else ""
    title = first if titles and first else chapter
    body = [f"<h1>{escape(title)}</h1>", f'<div class="soft">{escape(student)} · {escape(chapter)}</div>']
    late = f", {penalty:g} of them lost for handing in late" if penalty else ""
    body.append(f'<p class="score"><b>{score - penalty:g} of {max_score:g} points</b>{late}</p>')
    status = FOR_STUDENTS.get(notes.get("status", GRADED), "")
    if status:
        body.append(f"<p>{escape(status)}</p>")
    if notes.get("repairs"):
        restored = escape("; ".join(notes["repairs"][:20]))
        body.append(f'<p class="soft">Cells that were changed and have been restored: {restored}.</p>')
    rows = "".join(
        f'<tr><td><a href="#{escape(grade_id(v.exercise))}">{escape(titles.get(v.exercise, v.exercise))}</a></td>'
        f'<td class="n">{v.points:g}</td><td class="n">{v.max_points:g}</td><td>{escape(v.state)}</td></tr>'
        for v in verdicts
    )
    if rows:
        head = '<tr><th>exercise</th><th class="n">points</th><th class="n">of</th><th></th></tr>'
        body.append(f"<table>{head}{rows}</table>")
    for verdict in verdicts:
        name = grade_id(verdict.exercise)
        body.append(f'<h2 id="{escape(name)}">{escape(titles.get(verdict.exercise, verdict.exercise))}</h2>')
        body.append(f'<div class="verdict">{as_html(verdict, linked=False)}</div>')
        code = answers.get(name, "")
        if code:
            shown = code[:MAX_CODE] + ("\n… cut off here" if len(code) > MAX_CODE else "")
            body.append(f"<details><summary>Your answer</summary><pre>{escape(shown)}</pre></details>")
    body += [f"<p><b>Your teacher:</b> {escape(remark)}</p>" for remark in manual]
    body += _others(notebook)
    return PAGE.format(title=escape(f"{chapter}: {student}"), body="\n".join(body))


def _verdict(cell: NotebookNode) -> Verdict | None:
    for output in cell.get("outputs", ()):
        told: Any = output.get("metadata", {}).get(NOTES)
        if told:
            return from_dict(told)
    return None


def _titles(notebook: NotebookNode) -> dict[str, str]:
    """The heading above each exercise's answer."""
    found = {}
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.lstrip().startswith("#"):
            heading = cell.source.lstrip().splitlines()[0].lstrip("# ").removeprefix("Exercise: ")
            heading = heading[:1].upper() + heading[1:]
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            found[cell.metadata.nbgrader.grade_id.replace("-", ".", 1)] = heading
    return found


def _others(notebook: NotebookNode) -> list[str]:
    """Tests that a notebook of another course brings with it: passed or not; their text stays with the teacher."""
    rows = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and not marks.get("solution") and not marks.grade_id.endswith(CHECK_SUFFIX):
            errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
            said = f"failed: {errors[0].ename}" if errors else "passed"
            rows.append(f"<tr><td>{escape(marks.grade_id)}</td><td>{escape(said)}</td></tr>")
    return [f"<h2>Tests</h2><table>{''.join(rows)}</table>"] if rows else []
