"""Every picture says in words what it shows, fits its canvas, and leaves no trace in pyplot."""

import importlib
import inspect
import io
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from course_lib import datasets, figures
from course_lib.figures import Moving
from course_lib.figures.picture import SHORTEST_ALT, Picture

TOPICS = {topic: importlib.import_module(f"tests.figures.{topic}") for topic in figures.topics()}
EVERY = [
    pytest.param(f"{topic}.{name}", options, id=f"{topic}.{name}-{i}")
    for topic, table in TOPICS.items()
    for name, rows in table.CASES.items()
    for i, options in enumerate(rows)
]
WIDGETS = [f"{topic}.{name}" for topic, table in TOPICS.items() for name in table.WIDGETS]


def public_functions(topic):
    module = getattr(figures, topic)
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if inspect.unwrap(function).__module__.startswith(module.__name__) and not name.startswith("_")
    }


def called(name):
    topic, _, function = name.partition(".")
    return getattr(getattr(figures, topic), function)


def draw(name, options):
    """The picture; of one that moves the last frame."""
    drawn = called(name)(**options)
    return drawn.frames[-1] if isinstance(drawn, Moving) else drawn


@pytest.mark.parametrize("topic", TOPICS)
def test_every_function_that_returns_a_picture_has_a_row(topic):
    functions = public_functions(topic)
    pictures = {n for n, f in functions.items() if inspect.signature(f).return_annotation in (Picture, Moving)}
    assert pictures == set(TOPICS[topic].CASES)
    assert set(TOPICS[topic].WIDGETS) <= set(functions)


@pytest.mark.parametrize("name, options", EVERY)
def test_a_picture_says_what_it_shows(name, options):
    picture = draw(name, options)
    assert isinstance(picture, figures.Picture)
    assert len(picture.alt) >= SHORTEST_ALT
    assert any(character.isdigit() for character in picture.alt)
    assert "nan" not in picture.alt.split() and "inf" not in picture.alt.split()


@pytest.mark.parametrize("name, options", EVERY)
def test_no_text_is_cut_off_by_the_canvas(name, options):
    picture = draw(name, options)
    FigureCanvasAgg(picture).draw()
    seen = [text for text in picture.findobj(Text) if text.get_visible() and text.get_text().strip()]
    axis_ticks = {
        label
        for panel in picture.axes
        for axis in (panel.xaxis, panel.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for label in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    for text in set(seen) - axis_ticks:
        box = text.get_window_extent()
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.bbox.width and box.y1 <= picture.bbox.height
        assert inside, f"{text.get_text()!r} reaches {box} on a canvas of {picture.bbox}"


@pytest.mark.parametrize("name, options", EVERY)
def test_a_picture_leaves_no_pyplot_state_and_no_style(name, options):
    before = dict(matplotlib.rcParams)
    draw(name, options).png()
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_importing_the_figures_imports_nothing_heavy():
    heavy = {"matplotlib.pyplot", "torch", "ipywidgets", "sklearn"}
    code = f"import sys, course_lib.figures; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_html_of_a_picture_carries_its_words_and_a_png():
    class Images(HTMLParser):
        found: list[dict] = []  # noqa: RUF012

        def handle_starttag(self, tag, attrs):
            if tag == "img":
                self.found.append(dict(attrs))

    picture = Picture('A picture that "quotes" <something> & more, in forty characters and seven.')
    picture.panels("one")
    parser = Images()
    parser.feed(picture._repr_html_())
    (image,) = parser.found
    assert image["alt"] == picture.alt
    assert image["src"].startswith("data:image/png;base64,iVBORw0KGgo")


def test_a_dark_style_of_the_reader_does_not_reach_a_picture():
    plain = draw("losses.surprise", {}).png()
    with matplotlib.rc_context(
        {"axes.facecolor": "black", "text.color": "white", "savefig.bbox": "tight", "axes.grid": False}
    ):
        assert draw("losses.surprise", {}).png() == plain


def test_a_moving_picture_holds_every_frame_and_says_what_happens():
    def frame(height):
        picture = Picture("A bar that grows from one to three, in forty characters.")
        picture.panels("one")[0].bar([0], [height])
        return picture

    moving = Moving("A bar grows from 1 to 3 in three steps and rests there.", [frame(h) for h in (1, 2, 3)])
    with Image.open(io.BytesIO(moving.png())) as image:
        assert image.n_frames == 3
    assert f'alt="{moving.alt}"' in moving._repr_html_()
    with pytest.raises(ValueError, match="two or more"):
        Moving("One frame only, which is no movement at all, however long.", [frame(1)])


def test_a_picture_without_words_is_refused():
    with pytest.raises(ValueError, match="say in a sentence"):
        Picture("a plot")


def test_a_negative_number_in_the_words_has_a_minus_and_log_cosh_keeps_its_hyphen():
    assert Picture("The slope of log-cosh goes from -1.0 to 1.0, never beyond.").alt.count("−") == 1


def test_errors_and_margins_are_not_mixed_in_one_picture():
    with pytest.raises(ValueError, match="take them all from"):
        figures.losses.value_and_gradient(["Huber", "Hinge"])


def test_the_fitted_line_is_the_least_squares_line():
    x, y = datasets.line(np.random.default_rng(4), outlier=20)
    from course_lib import losses

    np.testing.assert_allclose(figures.losses.fit_line(losses.MeanSquaredError(), x, y), np.polyfit(x, y, 1), rtol=1e-8)


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_redraws_when_a_control_moves_and_has_a_still_picture(name):
    import ipywidgets

    widget = called(name)()
    still = widget._repr_mimebundle_()["text/html"]
    assert "data:image/png" in still and 'alt="' in still
    *controls, shown = widget.children
    assert isinstance(shown, ipywidgets.HTML) and shown.value == still
    sliders = [c for c in controls if isinstance(c, ipywidgets.FloatSlider | ipywidgets.IntSlider)]
    sliders[0].value += sliders[0].step
    assert shown.value != still


def test_the_datasets_are_what_they_say():
    x, y = datasets.line(np.random.default_rng(0), n=200, outlier=30.0)
    lifted = np.abs(y - (2 * x + 1)) > 10
    assert np.flatnonzero(lifted).tolist() == [198]
    x, counts = datasets.counts(np.random.default_rng(0), n=500)
    assert np.all(counts == counts.astype(int)) and counts.min() == 0 and x.shape == counts.shape
    x, labels = datasets.two_classes(np.random.default_rng(0), majority=3000, minority=1000, distance=2.0)
    assert (labels == 1).sum() == 1000 and x.shape == (4000, 2)
    np.testing.assert_allclose(x[labels == 1].mean(axis=0) - x[labels == 0].mean(axis=0), [2, 0], atol=0.15)
    x, labels = datasets.iris()
    assert x.shape == (150, 4) and np.bincount(labels).tolist() == [50, 50, 50]
    np.testing.assert_allclose([x.mean(), x.std()], [0, 1], atol=1e-12)
