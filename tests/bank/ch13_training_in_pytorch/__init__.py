"""Answers to the exercises of chapter 13: other right ones, and slips that are right all the same."""
