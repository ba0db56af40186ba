"""How the ids of senders begin that one channel alone may name: `rest` refuses them."""

from __future__ import annotations

WEBSITE_PREFIX = "website-"
WECHAT_PREFIX = "wechat-"
TRYOUT_PREFIX = "tryout-"  # of an editor who tries a change: kept in memory only, and not counted
