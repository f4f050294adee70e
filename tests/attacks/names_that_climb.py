"""Hand in files whose names climb out of the folder, hide, or look like flags."""

from tests.attacks import answer, save

STATUS = "graded"


def hand_in(folder, release):
    for name in ("..\\..\\evil.py", "-rf", "--force", "a\nb", "..."):
        (folder / name).write_text("raise SystemExit")
    answer(release, "import os\nprint(os.listdir('.'))")
    save(release, folder)
