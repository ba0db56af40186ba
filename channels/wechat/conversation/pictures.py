"""Looks at a picture that a person sent: how often, and what it says; see `channels.pictures`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from channels.pictures import Reads, Seen, look_at, unread
from channels.rate import Limit
from channels.wechat.client.media import Media
from channels.wechat.conversation.conversations import Conversations
from channels.wechat.conversation.turn import Turn
from screenshots.reading import NotRead

Admit = Callable[..., Awaitable[int]]  # as `channels.inbox.store.Store.admit`


class Pictures:
    """Looks at pictures.

    Args:
        admit: counts, and returns the seconds to wait.
        conversations: what persons have announced.
        media: fetches pictures.
        reader: reads them.
        per_minute: of one person; 0: they are not looked at.
        max_characters: of a text of the channel.
    """

    def __init__(
        self,
        admit: Admit,
        conversations: Conversations,
        media: Media,
        reader: Reads,
        per_minute: int,
        max_characters: int,
    ) -> None:
        self.is_on = per_minute > 0
        self._conversations = conversations
        self._media = media
        self._reader = reader
        self._admit = admit
        self._limit = Limit("pictures", per_minute)
        self._max_characters = max_characters

    def can_look(self, turn: Turn) -> bool:
        """Tells whether a picture can be looked at, as far as one knows before."""
        return self.is_on and self._media.is_there(turn.account, turn.incoming)

    async def admit(self, conversation_id: str) -> bool:
        """Counts one picture of a person; False if it is one too many."""
        return not await self._admit((self._limit, conversation_id))

    async def look(self, turn: Turn) -> Seen:
        """Returns what was seen on the picture of a message; what it says is remembered.

        Raises:
            StoreError: if the store does not answer.
        """
        try:
            picture = await self._media.fetch(turn.account, turn.incoming)
        except NotRead as problem:
            return unread(problem)
        before = await self._conversations.said(turn.conversation_id)
        seen = await look_at(picture, self._reader, self._max_characters, before)
        if seen.shown:  # what came meanwhile is remembered already
            memory = await self._conversations.said(turn.conversation_id)
            await self._conversations.save_said(turn.conversation_id, memory.after(seen.shown))
        return seen
