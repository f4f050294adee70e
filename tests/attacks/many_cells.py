"""Hand in a notebook of a hundred thousand cells."""

from tests.attacks import NOTEBOOK

STATUS = "malformed"


def hand_in(folder, release):
    cell = '{"cell_type": "code", "source": "", "metadata": {}, "outputs": [], "execution_count": null}'
    cells = ",".join([cell] * 100_000)
    (folder / NOTEBOOK).write_text('{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [' + cells + "]}")
