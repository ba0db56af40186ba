"""Loads and checks `content/`, for the actions and whatever else reads it.

`files.py` declares the files and `shapes.py` what the actions take from them, in the words of
`declare.py`; `load.py` reads and checks, `live.py` reads again after a change.
"""
