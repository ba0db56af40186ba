"""One worker of the website in a process of its own: prints its address, serves until its end.

Called with a folder, in which it notes what it was asked, the URL of the database, and settings of
the channel as JSON. A text with a number of seconds at its end, as "text 2", is
answered after so long.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from serving.without_tensorflow import Placeholders

sys.meta_path.insert(0, Placeholders())  # else a start takes three times as long

from rasa.core.channels.channel import UserMessage  # noqa: E402

from tests.channels.website.small_server import echo, small_server  # noqa: E402


def main() -> None:
    """Serves."""
    folder, database = Path(sys.argv[1]), sys.argv[2]

    async def answer(message: UserMessage) -> None:
        text = str(message.text)
        with (folder / "asked").open("a", encoding="utf-8") as asked:
            asked.write(f"{text}\n")
        seconds = text.split()[-1]
        await asyncio.sleep(float(seconds) if seconds.isdecimal() else 0.02)
        await echo(message)

    settings = {"messages_per_minute": 0, **json.loads(sys.argv[3])}
    with small_server(folder, answer, database=database, **settings) as url:
        print(url, flush=True)
        signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    main()
