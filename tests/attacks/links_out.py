"""Make symbolic and hard links to what cannot be read, and read through them."""

CELL = """\
import os

for make in (os.symlink, os.link):
    try:
        make("{course}/solutions/ch04_losses.py", "answers.py")
        print(open("answers.py").read())
        import answers
    except OSError:
        pass
"""
