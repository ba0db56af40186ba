"""The vectors that the platforms publish, and an account for tests."""

from __future__ import annotations

from typing import NamedTuple


class Vector(NamedTuple):
    token: str
    key: str
    receiver: str
    timestamp: str
    nonce: str
    signature: str
    encrypted: str
    plain_signature: str = ""


WECOM = Vector(
    "QDG6eK",
    "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "wx5823bf96d3bd56c7",
    "1409659589",
    "263014780",
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
)
OFFICIAL = Vector(
    "spamtest",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wx2c2769f8efd9abc2",
    "1409735669",
    "1320562132",
    "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PG"
    "HQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6"
    "tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp"
    "3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhv"
    "Ql+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=",
    "16120ec1b8dbb870f510d87ce6bc2463eae6ca1a",
)
TOKEN = "a-token-for-tests"
KEY = "tEsT0123456789abcdefghijklmnopqrstuvwxyzABC"
OLD_KEY = "oLd0123456789abcdefghijklmnopqrstuvwxyzABCD"
RECEIVER = "wxtest0123456789ab"
