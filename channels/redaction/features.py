"""What the tagger sees of each character of a message.

The characters around, the shape of the run of letters and digits, the words of `vocabulary.yml`
nearby, and what the messages before announced. What the rules decide it does not see: two voices
that know nothing of each other find more than one that repeats the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from channels.redaction.patterns import compiled
from channels.redaction.rule import Topic
from channels.redaction.vocabulary import is_known

_CUE_LISTS = (
    "password code code_cues tried id_number credit_code bank_card card_check paper phone contact "
    "address tails error_codes errors numbered brands descriptions questions amounts units "
    "displays announcements requirements talk signs dates offices places"
).split()
_CUES = {name: compiled(f"{{{name}}}") for name in _CUE_LISTS}
_MISSPELT_PASSWORD = compiled("{password_word}")
_RUN = re.compile(r"[A-Za-z0-9@#$%^&*_!+.\-]+")
_QUOTED = compiled("{quoted}")
_CLAUSE_SIGN = compiled("{clause_sign}")
_HAN = range(0x3400, 0xA000)
_WINDOW = 5  # characters to each side that a character sees
_REACH = 12  # characters to each side in which a word counts as near
_STEPS = (6, 9, 14, 25)  # distances and lengths from 6 on count as the step below them
_MAX_WORD = 64  # letters and digits; a longer run is no word
_EDGE = ("<", ">")  # stands for what is before and behind the message


def features(form: str, topics: set[Topic]) -> list[list[str]]:
    """Returns for each character of a normal form its features."""
    form = form.encode(errors="replace").decode()  # half of a pair has no UTF-8
    length = len(form)
    classes = [_class(character) for character in form]
    signs = [
        character if kind in "hs" else kind for character, kind in zip(form, classes, strict=True)
    ]
    padded = [_EDGE[0]] * _WINDOW + signs + [_EDGE[1]] * (_WINDOW + 1)
    pairs = [first + second for first, second in pairwise(padded)]
    triples = [pair + third for pair, third in zip(pairs, padded[2:], strict=False)]
    cues = list(_cues(form))
    clauses = _clauses(form)
    cues_of_clause: dict[int, set[str]] = {}
    for start, _, name in cues:
        cues_of_clause.setdefault(clauses[start], set()).add(name)
    whole = sorted({f"L{name}" for _, _, name in cues})
    whole += sorted(f"T{topic.value}" for topic in topics)
    whole.append(f"len{_step(length)}")
    quoted = {index for match in _QUOTED.finditer(form) for index in range(*match.span())}
    runs: dict[int, tuple[re.Match[str], list[str]]] = {}
    for match in _RUN.finditer(form):
        seen = match, _of_run(match, padded, topics)
        runs.update(dict.fromkeys(range(*match.span()), seen))
    near = _near(cues, length)
    rows = []
    for index in range(length):
        kind = classes[index]
        row = ["bias", f"c={kind}"]
        row += [f"g{at}={padded[index + at]}" for at in range(2 * _WINDOW + 1)]
        row += [f"b{at}={pairs[index + at]}" for at in range(1, 2 * _WINDOW - 1)]
        row += [f"t{at}={triples[index + at]}" for at in range(1, 2 * _WINDOW - 2)]
        row += [name + kind for name in whole]
        clause = clauses[index]
        row.append(f"ci{min(clause, 3)}{kind}")
        row += [f"C{name}{kind}" for name in sorted(cues_of_clause.get(clause, ()))]
        row += [f"P{name}{kind}" for name in sorted(cues_of_clause.get(clause - 1, ()))]
        if index in quoted:
            row.append("quoted")
        for side_and_name, distance in near[index].items():
            row += [f"n{side_and_name}", f"n{side_and_name}{_step(distance)}{kind}"]
        if index in runs:
            match, of_run = runs[index]
            row += of_run
            row.append(f"rl={_step(match.end() - match.start())}{kind}")
            row += [f"s{side_and_name}{of_run[0][3:]}" for side_and_name in near[index]]
        rows.append(row)
    return rows


def _of_run(match: re.Match[str], padded: list[str], topics: set[Topic]) -> list[str]:
    """Returns what each character of a run of letters and digits sees of it, its shape first."""
    start, end = match.start() + _WINDOW, match.end() + _WINDOW
    run = match.group()
    look, before, behind = shape(run), padded[start - 1], padded[end]
    row = [f"sh={look}", f"kn={len(run) <= _MAX_WORD and is_known(run)}"]
    row += [f"rb={padded[start - 2]}{before}", f"rb1={before}", f"shrb={look}{before}"]
    row += [f"ra={behind}{padded[end + 1]}", f"ra1={behind}", f"shra={look}{behind}"]
    row.append(f"rb3={padded[start - 3]}{padded[start - 2]}{before}{look}")
    if before == _EDGE[0] and behind == _EDGE[1]:
        row += [f"alone={look}", *sorted(f"aloneT{topic.value}" for topic in topics)]
    return row


def _cues(form: str) -> Iterator[tuple[int, int, str]]:
    """Yields start, end and list of each word of the lists that stands in a text."""
    for name, pattern in _CUES.items():
        for match in pattern.finditer(form):
            yield match.start(), match.end(), name
    for match in _MISSPELT_PASSWORD.finditer(form):
        yield match.start(), match.end(), "password"


def _near(cues: list[tuple[int, int, str]], length: int) -> list[dict[str, int]]:
    """Returns for each character the distance to the nearest word of each list.

    The keys are the names of the lists behind b (the word is before), a (behind) or i (around).
    """
    near: list[dict[str, int]] = [{} for _ in range(length)]
    for start, end, name in cues:
        for index in range(max(0, start - _REACH), min(length, end + _REACH + 1)):
            if index >= end:
                distance, key = index - end, "b" + name
            elif index < start:
                distance, key = start - index, "a" + name
            else:
                distance, key = 0, "i" + name
            if distance < near[index].get(key, _REACH + 1):
                near[index][key] = distance
    return near


def _clauses(form: str) -> list[int]:
    """Returns for each character the number of its clause, from 0 on."""
    clauses, clause = [], 0
    for character in form:
        clause += bool(_CLAUSE_SIGN.match(character))
        clauses.append(clause)
    return clauses


@lru_cache(maxsize=4096)
def _class(character: str) -> str:
    if character.isdigit() and character.isascii():
        return "9"
    if character.isascii() and character.isalpha():
        return "a" if character.islower() else "A"
    if character.isspace():
        return "_"
    return "h" if ord(character) in _HAN else "s"


def shape(run: str) -> str:
    """Returns a run as the classes of its characters and how many of each follow: a3 9 4."""
    parts: list[list[str]] = []
    for character in run:
        kind = _class(character)
        sign = character if kind == "s" else kind
        if parts and parts[-1][0] == sign:
            parts[-1].append(sign)
        else:
            parts.append([sign])
    return "".join(part[0] + str(min(len(part), 9)) for part in parts[:6])


def _step(number: int) -> int:
    return number if number < _STEPS[0] else max(step for step in _STEPS if step <= number)
