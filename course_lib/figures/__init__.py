"""Every picture of the course: functions that return a `Picture`, one file or folder for each chapter's topic.

`figures.losses` and the others are imported when they are first asked for.
"""

import importlib
import pkgutil

from course_lib.figures.moving import Moving
from course_lib.figures.picture import Picture

__all__ = ["Moving", "Picture", "topics"]


def topics() -> list[str]:
    """The modules that hold pictures: "losses", "perceptron", …"""
    own = {"controls", "moving", "picture"}
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in own)


def __getattr__(name: str):
    if name in topics():
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"there are no figures called {name!r}; there are: {', '.join(topics())}")
