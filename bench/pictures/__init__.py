"""Invented screenshots and photographs, with what stands on each and what the right answer is.

    python -m bench.pictures FOLDER [--set first|second|third|fourth|fifth|sixth]

Real pages cannot be had: what is drawn is what such pages, chats and messages look like, from
`*.yml` and `html/` of a set. The first four sets may be used to improve what reads and understands;
the fifth was measured once and nothing was chosen by it; the sixth, with other sentences and looks
again, is the measured one. A spec of the first two is told in blocks, one of the others names a
`look`, a page of its own in `html/`. The same specs make the same pictures, apart from the fonts of
the machine. Nobody's number is on them: the secrets are made up, with right check digits.
"""
