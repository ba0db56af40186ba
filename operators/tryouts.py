"""Changes that an editor tries in a private conversation before they are saved.

A draft is kept here only, in memory, for its editor only, and for an hour. With each message it
goes to the assistant, which uses it in that conversation and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from channels.senders import TRYOUT_PREFIX
from channels.tryout_tokens import KEY_FILE, MAX_SECONDS, read_key, sign
from content_loader.load import ContentError
from operators.assistant import Assistant, NoAnswer
from operators.fields import PLACEHOLDER
from operators.secret_key import SecretKey
from operators.words import Words
from serving.tenants import DEFAULT, prefix_of

MAX_TRYOUTS = 100
MAX_SAID = 400  # lines of a conversation that are shown
_MIN_PIECE = 4  # characters of a text between two things that are filled in


@dataclass(frozen=True)
class Line:
    """What was said once.

    Attributes:
        is_person: whether the editor said it.
        text: as it is shown; secrets are placeholders.
        uses_draft: whether it holds the words that are tried.
    """

    is_person: bool
    text: str
    uses_draft: bool = False


@dataclass(frozen=True)
class Subject:
    """What is tried, and the way back to its form.

    Attributes:
        title: what it is, for the editor.
        draft: as `content_loader/drafts.py` writes it.
        action: the address of the form.
        fields: of the form.
        words: the text that is tried, by which answers that use it are known.
        openings: what leads to it, sent one after the other: payloads, or one text.
    """

    title: str
    draft: str
    action: str
    fields: Mapping[str, str]
    words: str
    openings: Sequence[str] = ()


@dataclass
class Tryout:
    """One private conversation.

    Attributes:
        name: by which its editor finds it.
        account: whose it is.
        subject: what is tried.
        began: in seconds since 1970.
        conversation: the assistant's id of it; another one after starting over.
        said: so far.
        buttons: titles and payloads under the last answer.
    """

    name: str
    account: str
    subject: Subject
    began: float
    conversation: str
    said: list[Line] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Tryouts:
    """All of them; the key by which the assistant knows these pages is in a file beside theirs."""

    def __init__(
        self,
        folder: Path,
        words: Words,
        assistant: Assistant,
        clock: Callable[[], float] = time.time,
        tenant: str = DEFAULT,
    ) -> None:
        """Makes the key, if there is none.

        Args:
            folder: for the file of the key.
            words: against which a draft is checked before each message.
            assistant: is asked.
            clock: seconds since 1970.
            tenant: whose words are tried.

        Raises:
            OSError: if the file cannot be read or made.
            ValueError: if what stands in it is no key.
        """
        SecretKey.load(folder / KEY_FILE)
        self._key_file = folder / KEY_FILE
        self._words = words
        self._prefix = prefix_of(TRYOUT_PREFIX, tenant)
        self._assistant = assistant
        self._clock = clock
        self._lock = threading.Lock()
        self._all: dict[str, Tryout] = {}

    @property
    def is_possible(self) -> bool:
        """Whether it is known where the assistant is."""
        return self._assistant.is_known

    def start(self, account: str, subject: Subject) -> Tryout:
        """Begins a conversation in which a draft is in force."""
        name = secrets.token_urlsafe(16)
        tryout = Tryout(name, account, subject, self._clock(), _new_conversation(self._prefix))
        with self._lock:
            self._forget_old()
            self._all[name] = tryout
            for oldest in [*self._all][:-MAX_TRYOUTS]:
                del self._all[oldest]
        return tryout

    def find(self, name: str, account: str) -> Tryout | None:
        """Returns a conversation of an account; None if it is over, or somebody else's."""
        with self._lock:
            self._forget_old()
            tryout = self._all.get(name)
        return tryout if tryout and tryout.account == account else None

    def start_over(self, tryout: Tryout) -> None:
        """Begins the conversation anew, with the same draft."""
        tryout.conversation = _new_conversation(self._prefix)
        tryout.said, tryout.buttons = [], []

    def say(self, tryout: Tryout, text: str) -> None:
        """Says a text, and notes the answer.

        Raises:
            NoAnswer: if there is none.
        """
        self._ask(tryout, text, None)

    def click(self, tryout: Tryout, number: int) -> None:
        """Clicks a button under the last answer, by its position.

        Raises:
            NoAnswer: if there is no answer.
        """
        if 0 <= number < len(tryout.buttons):
            title, payload = tryout.buttons[number]
            self._ask(tryout, payload, title)

    def open(self, tryout: Tryout, title: str) -> None:
        """Goes to where the words that are tried are said, as far as a way there is known.

        Args:
            tryout: the conversation.
            title: what is shown as the editor's own word.

        Raises:
            NoAnswer: if there is no answer.
        """
        for opening in tryout.subject.openings:
            self._ask(tryout, opening, title if opening.startswith("/") else None)

    def _ask(self, tryout: Tryout, text: str, title: str | None) -> None:
        try:
            self._words.load(tryout.subject.draft)
        except ContentError as error:  # the files have changed since
            raise NoAnswer("outdated") from error
        key = read_key(self._key_file)
        if key is None:
            raise NoAnswer("no_key")
        expires = int(self._clock()) + MAX_SECONDS // 2
        said = {
            "sender": tryout.conversation,
            "expires": expires,
            "token": sign(key, tryout.conversation, expires),
            "draft": tryout.subject.draft,
            "message" if title is None else "payload": text,
        }
        shown, answers = self._assistant.say(said)
        tryout.said.append(Line(True, shown if title is None else title))
        for answer in answers:
            words = str(answer.get("text") or "")
            tryout.said.append(Line(False, words, _uses(words, tryout.subject.words)))
            tryout.buttons = [
                (str(button["title"]), str(button["payload"]))
                for button in answer.get("buttons") or ()
            ]
        del tryout.said[:-MAX_SAID]

    def _forget_old(self) -> None:
        before = self._clock() - MAX_SECONDS
        self._all = {name: one for name, one in self._all.items() if one.began >= before}


def _new_conversation(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(16)}"


def _uses(said: str, words: str) -> bool:
    """Tells whether an answer holds a text, whatever was filled into it."""
    pieces = [piece.strip() for piece in PLACEHOLDER.split(words)[::2]]
    telling = [piece for piece in pieces if len(piece) >= _MIN_PIECE] or [words.strip()]
    plain = "".join(said.split())
    return all("".join(piece.split()) in plain for piece in telling if piece)
