"""The tables of places that are kept by hand, row by row. No I/O.

The others (`places.tsv`, `townships.tsv`, `pinyin.tsv`) are written by `make places` and are not
edited. What a row may hold is checked by the gazetteer when it reads the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: The columns of each table, by the name of its file; the first is unique.
TABLES: Mapping[str, tuple[str, ...]] = {
    "bureau_names": ("code", "name", "note"),
    "websites": ("code", "bureau", "website"),
    "place_aliases": ("name", "codes", "kind"),
}
_SEPARATOR = "\t"


def rows(table: str, file: str) -> dict[str, tuple[str, ...]]:
    """Returns the rows of a table by their first columns, which they have as well.

    Lines that are no row of this table are left out: a file may be edited by hand.
    """
    return {fields[0]: fields for _, fields in _lines(table, file)}


def flat(table: str, file: str) -> dict[str, str]:
    """Returns what stands in a table behind its first column, by row and column."""
    columns = TABLES[table]
    return {
        f"{key}.{column}": text
        for key, fields in rows(table, file).items()
        for column, text in zip(columns[1:], fields[1:], strict=True)
    }


def with_row(table: str, file: str, key: str, row: tuple[str, ...] | None) -> str:
    """Returns a table in which one row is another; every other line stays as it is.

    Args:
        table: which.
        file: its text.
        key: the first column of the row; of one that is not there yet, empty.
        row: as it shall be, or None to take it out.
    """
    lines = file.splitlines(keepends=True)
    written = _SEPARATOR.join(row) + "\n" if row else ""
    for number, fields in _lines(table, file):
        if fields[0] == key:
            lines[number] = written
            return "".join(lines)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines, written])


def _lines(table: str, file: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the rows with the index of their lines."""
    columns = TABLES[table]
    for number, line in enumerate(file.splitlines()):
        fields = tuple(line.split(_SEPARATOR))
        if not line.startswith("#") and len(fields) == len(columns) and fields != columns:
            yield number, fields
