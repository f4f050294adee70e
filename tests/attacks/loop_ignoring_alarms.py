"""Turn off the clock, then loop forever in an answer."""

CELL = """\
import signal

def mean_squared_error(prediction, target):
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass


def mean_squared_error_gradient(prediction, target):
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass
"""
