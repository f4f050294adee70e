"""The pictures with sliders."""

from course_lib.figures.controls import played
from course_lib.figures.introduction.history import KINDS, events
from course_lib.figures.introduction.timeline import timeline


def history_explorer():
    """Move the first and the last year, choose the kinds, and the text that names the event."""
    import ipywidgets

    def year(name, value):
        return ipywidgets.IntSlider(
            value=value, min=1940, max=2025, step=1, description=name, continuous_update=False, readout_format="d"
        )

    first, last = year("from", 2012), year("to", 2025)
    kind = ipywidgets.Dropdown(options=["all", *KINDS], description="kind")
    word = ipywidgets.Text(value="", placeholder="a name, a title, D0 …", description="contains")

    def picture(first, last, kind, word):
        return timeline(events(first, last, tuple(KINDS) if kind == "all" else (kind,), word))

    return played(picture, first, last, kind, word)
