"""A trial of the WeChat channel without an account: `make wechat`, one person in this terminal."""

from __future__ import annotations

import argparse
import os
import sys

from scripts.console import ROOT, Failure, guarded
from tools.wechat_simulator.trial import Options, trial

KINDS = ("official_account", "mini_program", "kf")
MODES = ("plain", "compatible", "safe")


def check(options: Options) -> None:
    """Says which options do not go together."""
    official = options.kind == "official_account"
    if options.kind == "kf" and options.mode != "safe":
        raise Failure("--mode: pushes of kf are always encrypted; leave it out.")
    if options.unverified and not official:
        raise Failure("--unverified: only an official account may be unverified.")
    if options.unverified and options.agents:
        raise Failure("--agents: an unverified account has no agents; leave one of the two out.")
    if options.menus and not official:
        raise Failure("--menus: kf always has menus, a mini-program never; leave it out.")
    if options.menus and options.unverified:
        raise Failure("--menus: a passive answer carries no menu; leave one of the two out.")


def main() -> int:
    """Reads the command line and starts."""
    parser = argparse.ArgumentParser(prog="make wechat", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, default=KINDS[0], help="of the account")
    parser.add_argument("--mode", choices=MODES, default="safe", help="how pushes come")
    parser.add_argument("--unverified", action="store_true", help="it may answer passively only")
    parser.add_argument("--agents", action="store_true", help="people serve behind it")
    parser.add_argument("--menus", action="store_true", help="answers carry menus to click")
    options = Options(**vars(parser.parse_args()))
    os.chdir(ROOT)
    check(options)
    return trial(options)


if __name__ == "__main__":
    sys.exit(guarded(main))
