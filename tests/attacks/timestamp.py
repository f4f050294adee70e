"""Hand in a timestamp of the year one million, as a link to the secret."""

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    (folder / "timestamp.txt").write_text("999999-01-01 00:00:00 UTC" * 10**5)
    save(release, folder)
