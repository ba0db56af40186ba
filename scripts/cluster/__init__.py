"""All that serves a province, on this machine: what `make cluster` starts."""
