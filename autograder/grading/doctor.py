"""What this machine offers for the sandbox: every mechanism and every tier, tried."""

import os
import platform
import shutil

from autograder.grading.cage import Cage, CageError, tiers
from autograder.grading.withhold import interpreter, make_site
from autograder.grading.workspace import workspace
from autograder.sandbox import lock


def examine() -> tuple[list[str], bool]:
    """Lines for a person, and whether submissions can be graded in a sandbox here."""
    abi = lock.landlock_abi()
    try:
        calls = f"yes, {len(lock.seccomp_program()) // 8} rules by libseccomp"
    except lock.Unavailable as problem:
        calls = f"no: {problem}"
    system = f"{platform.system()} {platform.release()} on {platform.machine()}"
    lines = [
        f"system       {system}, Python {platform.python_version()}",
        f"interpreter  {interpreter()}",
        f"Landlock     {f'yes, version {abi}' if abi else 'no: it needs Linux 5.13 or later with Landlock enabled'}",
        f"seccomp      {calls}",
        f"own user     {'yes: we are root' if os.geteuid() == 0 else 'no: only root may change users'}",
        f"bubblewrap   {shutil.which('bwrap') or 'no: sudo apt-get install bubblewrap adds namespaces of its own'}",
        f"unshare      {shutil.which('unshare') or 'no'}",
    ]
    best = ""
    with workspace() as work:
        site = make_site(work / "site", "ch04_losses")
        for tier in tiers(locked=True):
            said = _tried(Cage(site, work), tier)
            best = best or (tier.describe() if not said else "")
            lines.append(f"{'holds' if not said else 'fails':<12} {tier.describe()}{': ' + said if said else ''}")
    lines.append(f"grading      {f'in the sandbox: {best}' if best else 'refused, unless with --no-sandbox'}")
    return lines, bool(best)


def _tried(cage: Cage, tier) -> str:
    """Why the tier cannot be used, or "" if it held against the self-attack."""
    try:
        cage.start_at(tier)
    except CageError as problem:
        return str(problem)
    finally:
        cage.close()
    return ""
