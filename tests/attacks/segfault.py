"""Crash the interpreter."""

CELL = """\
import ctypes

ctypes.string_at(0)
"""
