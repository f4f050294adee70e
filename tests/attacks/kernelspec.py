"""Ask for a kernel of one's own that runs a program."""

from tests.attacks import save

STATUS = "graded"


def hand_in(folder, release):
    spec = {"display_name": "x", "language": "bash", "name": "../../evil", "argv": ["touch", "pwned"]}
    release.metadata = {"kernelspec": spec, "language_info": {"name": "bash"}, "autograder": {"status": "graded"}}
    save(release, folder)
