"""Answers to the exercises of chapter 12: other right ones, and slips that are right all the same."""
