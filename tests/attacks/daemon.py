"""Leave a daemon behind that writes into the next submission's folder."""

CELL = """\
import subprocess
import sys

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
"""
