"""What is remembered from one message of a person to the next: topics, no texts.

People announce a secret in one message and send it in another, or send a number in two parts.
The memory is a pure fold over the messages as they were kept, with their secrets hidden already,
so every channel can make it anew from what it keeps anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from channels.redaction.forms import COMMAND, HIDDEN, normal_form
from channels.redaction.patterns import compiled
from channels.redaction.rule import Topic
from serving.placeholders import PLACEHOLDER

TOPIC_MESSAGES = 3  # for how many messages a topic stays
NUMBER_MESSAGES = 2  # and the expectation of the rest of a number
RECENT = 2 * TOPIC_MESSAGES  # as many of the last messages make the whole memory
MAX_SHORT = 16  # characters of a message that says little but a secret
_NUMBER_KINDS = {"id_number", "credit_code", "bank_card", "paper"}
_HAS_PASSWORD = compiled("{password_word}")
_HAS_CODE = compiled("{code_or_message}")
_ANNOUNCES_PASSWORD = compiled("{announces_password}")
_ANNOUNCES_CODE = compiled("{announces_code}")
_ANNOUNCES_NUMBER = compiled("{announces_number}")
_HAS_NUMBER_WORD = compiled("{number_words}")
_HANDS_OVER = compiled("{hands_over}")


@dataclass(frozen=True)
class Memory:
    """What the last messages of a person make the topic of the next.

    Attributes:
        password: messages in which a password is still the topic.
        code: the same of a code.
        password_next: whether the last message said that now the password comes.
        code_next: the same of a code.
        number_next: the same of a number of a person.
        number: messages in which the rest of a number may follow.
    """

    password: int = 0
    code: int = 0
    password_next: bool = False
    code_next: bool = False
    number_next: bool = False
    number: int = 0

    def topics(self, text: str) -> set[Topic]:
        """Returns what these messages make the topic of `text`.

        A password that they only mentioned counts for a short message: a longer one speaks for
        itself.
        """
        is_short = len(text.strip()) <= MAX_SHORT
        announced = {
            Topic.SECRET_BEFORE: is_short and self.password > 0,
            Topic.CODE_BEFORE: self.code > 0,
            Topic.SECRET_NEXT: self.password_next,
            Topic.CODE_NEXT: self.code_next,
            Topic.NUMBER_NEXT: self.number_next,
            Topic.NUMBER_REST: self.number > 0,
        }
        return {topic for topic, is_announced in announced.items() if is_announced}

    def after(self, text: str) -> Memory:
        """Returns the memory after one more message, given with its secrets hidden."""
        if COMMAND.match(text):
            text = ""
        form, kinds = normal_form(text), set(PLACEHOLDER.findall(text))
        has_password = "password" in kinds or bool(_HAS_PASSWORD.search(form))
        has_code = "code" in kinds or bool(_HAS_CODE.search(form))
        hands_over = bool(_HANDS_OVER.search(form))
        password_next = bool(_ANNOUNCES_PASSWORD.search(form)) or (
            hands_over and (has_password or self.password > 0)
        )
        code_next = bool(_ANNOUNCES_CODE.search(form)) or (
            hands_over and (has_code or self.code > 0)
        )
        number_next = bool(_ANNOUNCES_NUMBER.search(form)) or (
            hands_over and bool(_HAS_NUMBER_WORD.search(form))
        )
        begun = form.rstrip().endswith(HIDDEN) and not kinds.isdisjoint(_NUMBER_KINDS)
        return Memory(
            TOPIC_MESSAGES if has_password else max(0, self.password - 1),
            TOPIC_MESSAGES if has_code else max(0, self.code - 1),
            password_next,
            code_next and not password_next,
            number_next,
            NUMBER_MESSAGES if number_next or begun else max(0, self.number - 1),
        )


EMPTY = Memory()


def remember(texts: Iterable[str]) -> Memory:
    """Returns the memory after these messages of one person, the oldest first.

    The last RECENT of all are enough. They are given with their secrets hidden.
    """
    memory = EMPTY
    for text in texts:
        memory = memory.after(text)
    return memory
