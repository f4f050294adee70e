"""Grading on nbgrader: our preprocessors at its plug-in points, so that its commands and the formgrader use them."""

from typing import Any


def configure(config: Any) -> None:
    """Set the preprocessors and limits in an nbgrader configuration (`c` of nbgrader_config.py)."""
    from nbgrader.preprocessors import (
        AssignLatePenalties,
        CheckCellMetadata,
        ClearOutput,
        LimitOutput,
        OverwriteCells,
        OverwriteKernelspec,
        SaveAutoGrades,
    )

    from autograder.grading.preprocessors import GradeChecks, RepairCells

    config.Autograde.sanitize_preprocessors = [
        ClearOutput,
        RepairCells,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        GradeChecks,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
