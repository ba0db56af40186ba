"""Loads and checks `content/`, for the actions and whatever else reads it.

`load.py` reads and checks, `shapes.py` says what comes out, `live.py` reads again after a change.
"""
