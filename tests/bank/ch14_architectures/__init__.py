"""Answers to the exercises of chapter 14: other right ones, and slips that are right all the same."""
