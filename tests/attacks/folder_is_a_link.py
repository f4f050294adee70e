"""Hand in a folder that is a symbolic link to the folder of an honest student."""

from tests.attacks import CHAPTER

STATUS = "malformed"


def hand_in(folder, release):
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "honest-1" / CHAPTER)
