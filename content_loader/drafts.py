"""What a draft changes in `content/`: by topic a merge patch (RFC 7396), written as YAML.

A table is gone through, anything else is taken as a whole, and nothing in the place of a name means
that it is gone: no file may have that.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

Documents = Mapping[str, Any]  # by topic what stands in its file


def difference(before: Any, after: Any) -> Any:
    """Returns what `merged` has to be given to make one document of another."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    gone = {name: None for name in before if name not in after}
    changed = {
        name: difference(before.get(name), value)
        for name, value in after.items()
        if name not in before or before[name] != value
    }
    return {**changed, **gone}


def merged(document: Any, change: Any) -> Any:
    """Returns a document with a change in it; the document stays as it is."""
    if not isinstance(change, Mapping):
        return change
    result = dict(document) if isinstance(document, Mapping) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def with_draft(documents: Documents, draft: str) -> dict[str, Any]:
    """Returns the files with a draft in them.

    Raises:
        ValueError: if it is no draft.
    """
    try:
        changes = YAML(typ="safe").load(draft)
    except YAMLError as error:
        raise ValueError("the draft is no YAML") from error
    if not isinstance(changes, Mapping) or not set(changes) <= set(documents):
        raise ValueError("the draft names a file that is none")
    return {
        topic: merged(document, changes.get(topic, {})) for topic, document in documents.items()
    }


def write_draft(changes: Mapping[str, Any]) -> str:
    """Returns changes as a draft."""
    yaml: Any = YAML(typ="rt")
    yaml.allow_unicode = True
    yaml.width = 1_000_000
    written = StringIO()
    yaml.dump(_quoted(changes), written)
    return written.getvalue()


def _quoted(value: Any) -> Any:
    """Returns a value whose texts stand in quotes, so that any reader takes them for texts."""
    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        return {_quoted(name): _quoted(one) for name, one in value.items()}
    return [_quoted(one) for one in value] if isinstance(value, list | tuple) else value
