"""For each topic of `course_lib.figures` the calls that its tests draw: CASES, and WIDGETS that have controls."""
