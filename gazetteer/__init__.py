"""The places of mainland China, their names and their bureaus: pure Python, no import of ours.

`places.py` answers questions, `build/` makes the tables in `content/` that it reads.
"""
