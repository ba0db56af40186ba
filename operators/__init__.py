"""The operator's pages: a website for those who run the assistant, in a process of its own.

The folder is not called `operator`: that is a module of Python's standard library, which is loaded
before ours could be (`docs/decisions/0017-operators-pages.md`).
"""
