"""The report on pictures that were sent: shares, times, and each that went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from bench.pictures.judging import contains_secret, wanted
from bench.pictures.outcomes import Outcome, Run
from bench.report import table

MAX_CELL = 70  # characters of a text that are shown

TEMPLATE = """\
# Screenshots

Written by `make screenshots` on {date}.

{pictures} invented pictures, the {of_set} set: {clean} as screenshots come through and
{photographs} photographed; {others} of them have nothing to do with the matter. Real pages cannot
be had: `bench/pictures` draws what such pages, chats and messages look like, and nothing was learnt
from them or chosen by them. Each is read, understood and answered by the trained assistant; where
it asks whether this is the problem, the person says yes. What the right answers are stands with
each picture. "Exactly" leaves spaces and the width of letters and marks aside, and
lets the title of a dialog stand before its sentence; a number that the page itself covers with
stars is not kept and not compared.

{measured}
Secrets: {with_secrets} pictures with {secrets} secrets; kept anywhere (what was seen, its
metadata, the conversation, answers, logs): {kept}.
{kept_where}
Seconds for a person, from the bytes of the picture to the answer: half within {one:.2f}, 95 %
within {one_95:.2f}; with ten pictures at once half within {ten:.2f}, 95 % within {ten_95:.2f}.

## By variant

{variants}
## Errors whose sentence was not found exactly

{inexact}
## Wrong next turns

{wrong}
## Something else taken for a trouble

{taken}"""


def report_of(run: Run, of_set: str) -> str:
    """Returns the report of a set, in Markdown."""
    outcomes = run.outcomes
    errors = [outcome for outcome in outcomes if outcome.picture.says]
    pages = [outcome for outcome in outcomes if outcome.picture.pages]
    messages = [outcome for outcome in outcomes if outcome.picture.telling]
    others = [outcome for outcome in outcomes if outcome.picture.group == "others"]
    turns = [*errors, *pages, *messages]
    rows: list[tuple[object, ...]] = [
        ("error sentence found exactly", *_shares(errors, lambda outcome: outcome.is_exact)),
        ("error sentence among what was read", *_shares(errors, lambda outcome: outcome.was_read)),
        ("and left when secrets were hidden", *_shares(errors, lambda outcome: outcome.was_left)),
        ("right next turn", *_shares(turns, lambda outcome: outcome.is_right)),
        ("of errors", *_shares(errors, lambda outcome: outcome.is_right)),
        ("of pages", *_shares(pages, lambda outcome: outcome.is_right)),
        ("of messages", *_shares(messages, lambda outcome: outcome.is_right)),
        ("something else taken for a trouble", *_shares(others, lambda outcome: outcome.is_taken)),
    ]
    variants = defaultdict(list)
    for outcome in turns:
        variants[outcome.picture.way, outcome.picture.variant].append(outcome)
    by_variant = [
        (way, name, len(some), _exact(some), _share(some, lambda outcome: outcome.is_right))
        for (way, name), some in sorted(variants.items())
    ]
    with_secrets = [outcome for outcome in outcomes if outcome.picture.secrets]
    one = [outcome.seconds for outcome in outcomes]
    return TEMPLATE.format(
        of_set=of_set,
        date=date.today().isoformat(),
        pictures=len(outcomes),
        clean=sum(outcome.picture.is_clean for outcome in outcomes),
        photographs=sum(not outcome.picture.is_clean for outcome in outcomes),
        others=len(others),
        measured=table(("measured", "clean", "how many", "photographs", "how many"), rows),
        with_secrets=len(with_secrets),
        secrets=sum(len(outcome.picture.secrets) for outcome in with_secrets),
        kept=len(run.kept),
        kept_where="".join(f"- {name}: {where}\n" for name, where in run.kept),
        one=percentile(one, 0.5),
        one_95=percentile(one, 0.95),
        ten=percentile(run.at_once, 0.5),
        ten_95=percentile(run.at_once, 0.95),
        variants=table(("", "variant", "how many", "exact", "right next turn"), by_variant),
        inexact=_listed(outcome for outcome in errors if not outcome.is_exact),
        wrong=_listed(outcome for outcome in turns if not outcome.is_right),
        taken=_listed(outcome for outcome in others if outcome.is_taken),
    )


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float | str:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else "–"


def _shares(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> tuple[object, ...]:
    clean = [outcome for outcome in outcomes if outcome.picture.is_clean]
    photographs = [outcome for outcome in outcomes if not outcome.picture.is_clean]
    return _share(clean, holds), len(clean), _share(photographs, holds), len(photographs)


def _exact(outcomes: Sequence[Outcome]) -> float | str:
    return _share(
        [outcome for outcome in outcomes if outcome.picture.says], lambda outcome: outcome.is_exact
    )


def _listed(outcomes: Iterable[Outcome]) -> str:
    """Returns a table of outcomes: what stood there, what was seen, what came of it."""
    rows = [
        (
            outcome.picture.name,
            _cell(
                outcome.picture.says or outcome.picture.telling or ", ".join(outcome.picture.pages)
            ),
            " ".join(outcome.metadata[key] for key in ("kind", "page", "reason")).strip(),
            _cell(outcome.seen.shown, outcome.picture.secrets),
            _cell(", ".join(sorted(outcome.moves)) or outcome.replies[-1], outcome.picture.secrets),
        )
        for outcome in outcomes
    ]
    return (
        table(("picture", "stands there", "taken for", "seen", "did"), rows) if rows else "None.\n"
    )


def line_of(outcome: Outcome) -> str:
    """Returns what came of a picture as one line, nothing secret in it."""
    picture = outcome.picture
    judged = [
        word
        for word, holds in (
            ("exact", picture.says and outcome.is_exact),
            ("INEXACT", picture.says and not outcome.is_exact),
            ("right", wanted(picture) and outcome.is_right),
            ("WRONG", wanted(picture) and not outcome.is_right),
            ("TAKEN", picture.group == "others" and outcome.is_taken),
        )
        if holds
    ]
    metadata, seen = outcome.metadata, _cell(outcome.seen.shown, picture.secrets)
    did = ", ".join(sorted(outcome.moves))
    return (
        f"{picture.name}: {' '.join(judged)} {metadata['kind']} {metadata['page']} [{seen}] {did}"
    )


def _cell(text: str, secrets: Iterable[str] = ()) -> str:
    """Returns a text as one cell of a table, nothing secret in it."""
    line = " ".join(text.split()).replace("|", "/")
    if any(contains_secret(line, secret) for secret in secrets):
        return "(with a secret)"
    return line if len(line) <= MAX_CELL else line[: MAX_CELL - 1] + "\u2026"


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value within which this share of the values is."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
