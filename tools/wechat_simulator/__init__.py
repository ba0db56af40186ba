"""A strict fake of the three WeChat platforms, for tests and for a trial without an account.

It knows nothing of `channels/`, so that it can catch the connector's mistakes. Each rule stands in
the docstring of its module, with its source: "wechat.md" is the project's collection of facts,
"the page on ..." the platform's own documentation.

In the test's own event loop:

    async with FakeWeChat(Clock()) as fake:
        account = fake.official_account(urls=[bot_url], mode="safe")
        person = account.person("Wang")
        answer = await person.ask("你好")

For a program in another process:

    with running(FakeWeChat()) as fake:
        account = fake.kf(urls=[bot_url])
        person = account.person("Wang")
        answer = fake.do(person.ask("你好"))
"""

from tools.wechat_simulator.clock import Clock
from tools.wechat_simulator.customer import Customer
from tools.wechat_simulator.follower import Follower
from tools.wechat_simulator.kf import Kf
from tools.wechat_simulator.messenger import MiniProgram, OfficialAccount
from tools.wechat_simulator.server import FakeWeChat, running
from tools.wechat_simulator.transcript import Item, Shown

__all__ = [
    "Clock",
    "Customer",
    "FakeWeChat",
    "Follower",
    "Item",
    "Kf",
    "MiniProgram",
    "OfficialAccount",
    "Shown",
    "running",
]
