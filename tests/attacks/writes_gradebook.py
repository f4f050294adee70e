"""Give oneself full marks in the gradebook's database."""

CELL = """\
import sqlite3

database = sqlite3.connect("{course}/gradebook.db")
database.execute("update grade set auto_score = 99, manual_score = 99")
database.commit()
"""
