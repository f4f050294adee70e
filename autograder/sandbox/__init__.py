"""The only grading code that runs beside a student's: it uses a candidate, brings arrays back, and knows no answer."""
