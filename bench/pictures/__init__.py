"""Invented screenshots and photographs, with what stands on each and what the right answer is.

    python -m bench.pictures FOLDER [--set first|second|third|...|tenth]

Real pages cannot be had: what is drawn is what such pages, chats and messages look like, from
`*.yml` and `html/` of a set. The first nine sets may be used to improve what reads and
understands; the tenth, with other sentences and looks again, is the measured one: nothing is
chosen by it. A spec of the first two is told in blocks, one of the
others names a `look`, a page of its own in `html/`; in the seventh, all of a page but its words is
left to chance. The same specs make the same pictures, apart from the fonts of the machine. Nobody's
number is on them: the secrets are made up, with right check digits.
"""
