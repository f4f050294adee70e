"""Mutants of course_lib that no test can notice, because they change nothing that counts; by the reason why."""

EQUIVALENT: dict[str, list[str]] = {}
