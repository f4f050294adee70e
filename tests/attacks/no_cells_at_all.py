"""Hand in a notebook whose cells are numbers, lists and nothing."""

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    (folder / NOTEBOOK).write_text(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, null, [], "x", {}]}'
    )
