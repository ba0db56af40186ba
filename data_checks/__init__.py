"""Reads and checks the training lines of `data/nlu`."""
