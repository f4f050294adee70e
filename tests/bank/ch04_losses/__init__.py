"""Answers to the exercises of chapter 04.

Every module but `wrong` is a complete set of right answers in one style. Each function stands alone, as in a
student's notebook: `np` comes from the chapter's first cell, everything else is imported inside the function.
"""
