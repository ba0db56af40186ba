"""Checks every file of `content/`, and of `tenants/`: `python -m content_loader`.

Prints what is wrong as `content/<file>:<line>: <field>: <what>` and exits with 1.
"""

from __future__ import annotations

import sys

from content_loader.load import FOLDER, ContentError, load
from serving import tenants


def main() -> int:
    """Checks all files and reports; returns the process's exit code."""
    problems = []
    said = ""
    try:
        content = load()
        said = f"content/ is fine: {len(content.ways)} ways, {len(content.troubles)} troubles\n"
    except ContentError as error:
        problems.append(str(error))
    for tenant in tenants.names() if said else ():
        try:
            name = tenants.read_tenant(tenant).name
            load(FOLDER, tenants.content_of(tenant), inherits_local=False)
            said += f"tenants/{tenant}/ is fine: {name}\n"
        except (ContentError, tenants.BadTenant) as error:
            problems.append(str(error))
    sys.stdout.write(said)
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
