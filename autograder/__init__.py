"""The checks of *From Perceptrons to Optimizers*: a student needs `check`; a grader the command `autograder`."""

import sys

# jsonschema compiles a grammar of web addresses at import, which takes a second; no notebook's schema needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from autograder.checking import check  # noqa: E402

__all__ = ["check"]
