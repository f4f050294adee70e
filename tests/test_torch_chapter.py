"""A chapter that is taught in PyTorch is graded in the same sandbox: warm, with one thread, alike for everybody."""

import linecache

import pytest

from autograder import exercises, judge
from autograder.build import source_notebook
from autograder.grading.cage import Cage, CageError, Ended
from autograder.grading.execute import Execution, Times
from autograder.grading.withhold import make_site
from autograder.grading.workspace import workspace
from autograder.sandbox.lock import Limits
from autograder.verdict import COULD_NOT_RUN, RIGHT, WRONG
from autograder.verify import source
from tests.test_project import HERE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TRAINING = """
import torch, time
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
started = time.process_time()
x, labels = torch.randn(64, 8), torch.randint(3, (64,))
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.BatchNorm1d(16), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(3):
    for batch, answers in DataLoader(TensorDataset(x, labels), 16, shuffle=True):
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(model(batch), answers).backward()
        optimizer.step()
torch.save(model.state_dict(), "model.pt")
model.load_state_dict(torch.load("model.pt", weights_only=True))
print(model, time.process_time() - started < 2, torch.get_num_threads())
"""


@pytest.fixture(scope="module")
def cage():
    """Of a chapter with IMPORTS = ("torch",), whatever chapters there are."""
    with pytest.MonkeyPatch.context() as patch, workspace() as work:
        patch.setattr(exercises, "imports", lambda chapter: ("torch",))
        with Cage(make_site(work / "site", "ch10_schedules"), work, limits=Limits(memory=2**30)) as cage:
            cage.start()
            yield cage


def said(cage, source, seconds=20.0):
    """What the cells print and raise, in a fresh process."""
    with cage.inmate() as inmate:
        outputs = inmate.ask({"do": "cell", "source": source}, seconds)["outputs"]
    return "\n".join(output.get("text") or f"{output['ename']}: {output['evalue']}" for output in outputs)


def test_a_small_net_is_trained_saved_and_loaded_in_a_locked_process(cage):
    told = said(cage, TRAINING)
    assert "Sequential(" in told and told.strip().endswith("True 1"), told
    assert "seccomp" in cage.tier.describe()


def test_everybody_draws_the_same_numbers(cage):
    drawn = [said(cage, "import torch\nprint(torch.rand(3))") for _ in range(2)]
    assert drawn[0] == drawn[1] and "tensor(" in drawn[0]


def test_what_one_process_does_to_torch_another_does_not_see(cage):
    said(cage, "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.nn.Linear.forward = None")
    assert "float32" in said(cage, "import torch\nprint(torch.nn.Linear(2, 2)(torch.zeros(1, 2)).dtype)")


@pytest.mark.parametrize(
    "source",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
        "import torch\ntorch.set_num_threads(4)\ntorch.ones(4000, 4000).exp().sum().backward",
        "import torch\nfrom torch.utils.data import DataLoader\nlist(DataLoader(torch.zeros(8, 2), 4, num_workers=2))",
        "import torch\ntorch.hub.download_url_to_file('http://127.0.0.1:9/page', 'page')",
    ],
    ids=["thread", "pool of threads", "workers", "download"],
)
def test_no_thread_no_process_and_no_network_can_be_had(cage, source):
    try:
        said(cage, source)
    except Ended as end:  # OpenMP ends a process in which it cannot have its threads
        assert end.kind == "crashed"
    assert said(cage, "print(1 + 1)") == "2\n", "the next one is not touched"


def test_a_file_of_a_trained_model_cannot_run_code_in_the_next_process(cage):
    save = "import torch, os\nclass Bad:\n    def __reduce__(self):\n        return os.system, ('true',)\n"
    assert "Error" in said(cage, f"{save}torch.save(Bad(), 'bad.pt')\ntorch.load('bad.pt')")
    assert said(cage, "import os\nprint(os.listdir('.'))") == "[]\n"


def test_memory_comes_on_top_of_what_torch_maps(cage):
    source = "import numpy as np\nkept = []\ntry:\n    while len(kept) < 60:\n        kept.append(np.ones(2**22))\n"
    source += "except MemoryError:\n    print(len(kept))"
    assert 20 <= int(said(cage, source)) <= 34  # blocks of 32 MB: about one gigabyte


def test_a_warm_process_that_has_a_thread_does_not_fork(cage, monkeypatch):
    """A lock that the other thread holds would stay closed in the child for ever."""
    warm = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    with workspace() as work:
        broken = Cage(cage.site, work)
        monkeypatch.setattr(broken, "_warm_up", lambda: [warm])
        with broken, pytest.raises(CageError, match="has 2 threads"):
            broken.start()


def test_what_pytorch_has_not_implemented_is_not_taken_for_an_exercise_that_nobody_began():
    """It says so with Python's NotImplementedError, which the untouched cell raises, too."""
    line = "return loss_function(labels, model(x)).item()"
    cell = f"def exchanged(model, loss_function, optimizer, x, labels):\n    {line}\n"
    linecache.cache["<cell>"] = (len(cell), None, cell.splitlines(True), "<cell>")
    space: dict = {}
    exec(compile(cell, "<cell>", "exec"), space)
    told = judge.run_locally(exercises.find("ch13.train_step"), [space["exchanged"]], 4.0, 0)
    assert told.state == COULD_NOT_RUN and "not implemented" in told.message
    assert told.message.endswith(f"(at: {line})"), "the student's own line, not one of PyTorch"


# The chapter.

CHAPTER = "ch13_training_in_pytorch"
POINTS = source.points(CHAPTER)

HOSTILE = {
    "ch13.train_step": """
from course_lib import training_torch

def train_step(model, loss_function, optimizer, x, labels):
    return training_torch.fit(model, loss_function, optimizer, x, labels, 1, len(x))["loss"][0]
""",
    "ch13.roc_auc": """
from course_lib import metrics

def roc_auc(scores, target):
    return metrics.roc_auc(scores, target)
""",
    "ch13.batches": """
import threading, time

def batches(x, labels, batch_size, generator):
    threading.Thread(target=time.sleep, args=(600,)).start()
    order = torch.randperm(len(x), generator=generator)
    return list(zip(x[order].split(batch_size), labels[order].split(batch_size)))
""",
    "ch13.confusion": """
def confusion(prediction, target, classes):
    import os
    os._exit(0)
""",
    "ch13.checkpoint": """
import os

def save_checkpoint(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict()}, "/tmp/left-behind.pt")

def load_checkpoint(path, model, optimizer):
    return torch.load("/tmp/left-behind.pt")
""",
}
WRONG_ANSWERS = {
    "ch13.train_step": (
        """
def train_step(model, loss_function, optimizer, x, labels):
    model.train()
    loss = loss_function(model(x), labels)
    loss.backward()
    optimizer.step()
    return loss.item()
""",
        2.0,
        "gradients are never set back to zero",
    ),
    "ch13.evaluate": (
        """
def evaluate(model, loss_function, x, labels, batch_size):
    total = right = 0
    with torch.no_grad():
        for a, b in zip(x.split(batch_size), labels.split(batch_size)):
            scores = model(a)
            total += loss_function(scores, b).item() * len(a)
            right += (scores.argmax(dim=1) == b).sum().item()
    return total / len(x), right / len(x)
""",
        2.0,
        "the model is left in training mode for the evaluation",
    ),
}


@pytest.fixture(scope="module")
def own_cage():
    with workspace() as work, Cage(make_site(work / "site", CHAPTER), work) as cage:
        cage.start()
        yield cage


def graded(cage, answers):
    """The verdicts on the solved chapter with some answers replaced, and the execution."""
    notebook = source_notebook(HERE / "solutions" / f"{CHAPTER}.py")
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        name = marks.get("grade_id", "").replace("-", ".", 1)
        if marks.get("solution") and name in answers:
            cell.source = answers[name]
    execution = Execution(cage, b"secret" * 6, "student", times=Times(cell=20.0, check=20.0))
    status = execution.run(notebook)
    return execution, status


def test_right_answers_in_pytorch_get_all_their_points_in_the_sandbox(own_cage):
    execution, status = graded(own_cage, {})
    assert status == "graded", execution.why
    assert {name: verdict.points for name, verdict in execution.verdicts.items()} == POINTS
    assert {verdict.state for verdict in execution.verdicts.values()} == {RIGHT}


def test_wrong_answers_in_pytorch_lose_their_points_and_are_named(own_cage):
    execution, status = graded(own_cage, {name: answer for name, (answer, _, _) in WRONG_ANSWERS.items()})
    assert status == "graded"
    for name, (_, points, mistake) in WRONG_ANSWERS.items():
        verdict = execution.verdicts[name]
        assert (verdict.state, verdict.points) == (WRONG, points), verdict
        assert mistake in [known.name for known in verdict.mistakes], verdict
    others = set(POINTS) - set(WRONG_ANSWERS) - {"ch13.train_epoch"}
    assert {execution.verdicts[name].state for name in others} == {RIGHT}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_in_pytorch_gain_nothing_and_harm_no_other(own_cage, name):
    execution, _ = graded(own_cage, {name: HOSTILE[name]})
    assert execution.verdicts[name].points == 0, execution.verdicts[name]
    builders = {n for n, record in exercises.in_chapter(CHAPTER).items() if name in record.builds_on}
    rest = set(POINTS) - {name} - builders
    assert {n: execution.verdicts[n].points for n in rest} == {n: POINTS[n] for n in rest}
    if name in ("ch13.train_step", "ch13.roc_auc"):
        assert "is withheld while your work is graded" in str(execution.verdicts[name])
    if name == "ch13.batches":
        assert "start new thread" in str(execution.verdicts[name])
