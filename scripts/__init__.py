"""What `make` runs: set-up, training, starting; run each with `python -m scripts.<name>`."""
