"""The store of several workers, in a Redis: what must be one step is one script there.

Times stand beside the values and are judged by the store's clock; Redis' own expiry comes a
little later and only sweeps. A Redis that loses its data at a restart (`appendonly no`), or
throws out keys for want of memory (`maxmemory-policy`), breaks the promises: `open` warns.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import async_timeout
import redis.asyncio  # type: ignore[import-untyped, unused-ignore]
from redis.exceptions import ConnectionError as NoConnection  # type: ignore[import-untyped, unused-ignore]
from redis.exceptions import RedisError  # type: ignore[import-untyped, unused-ignore]

from channels.wechat.store.base import KNOWN_KEY_SECONDS, Job, StoreError

logger = logging.getLogger(__name__)

CALL_SECONDS = 5.0
CONNECT_SECONDS = 3.0
HEALTH_SECONDS = 30  # a connection unused for so long is tried before it is used
MAX_CALLS = 32  # at once, each on a connection of its own
SWEEP_SECONDS = 60.0  # after its time, Redis removes a value by itself
PREFIX = "zhaohui:wechat:"

# A value is a hash: v the value, t until when (empty for ever), n by whom it was set. `is_there`
# judges it; every script below begins with it.
_IS_THERE = """
local function is_there(key, now)
  local t = redis.call('HGET', key, 't')
  return t and (t == '' or tonumber(t) > tonumber(now))
end
local function set(key, value, t, ttl, by)
  redis.call('DEL', key)
  redis.call('HSET', key, 'v', value, 't', t, 'n', by)
  if ttl ~= '' then redis.call('PEXPIRE', key, ttl) end
end
"""
# KEYS: value. ARGV: value, until, ttl.
_PUT = "set(KEYS[1], ARGV[1], ARGV[2], ARGV[3], '') return 1"
# KEYS: value. ARGV: now, value, until, ttl, by whom. To the same one it says yes again.
_PUT_NEW = """
if is_there(KEYS[1], ARGV[1]) then
  if redis.call('HGET', KEYS[1], 'n') == ARGV[5] then return 1 end
  return 0
end
set(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return 1
"""
# KEYS: lock. ARGV: now, owner, until, ttl.
_EXTEND = """
if not is_there(KEYS[1], ARGV[1]) or redis.call('HGET', KEYS[1], 'v') ~= ARGV[2] then return 0 end
set(KEYS[1], ARGV[2], ARGV[3], ARGV[4], '')
return 1
"""
_RELEASE = """
if redis.call('HGET', KEYS[1], 'v') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
# A queue is a sorted set of "<number of arrival>:<key>", whose length sorts what has one time; its
# items stand in a hash: i:<key> the item, m:<key> its member, and begun.
# KEYS: seen, set, items, queues, counter. ARGV: now, until, ttl, by whom, key, item, order, queue.
_ADD = """
if is_there(KEYS[1], ARGV[1]) then
  if redis.call('HGET', KEYS[1], 'n') == ARGV[4] then return 1 end
  return 0
end
if redis.call('HEXISTS', KEYS[3], 'm:' .. ARGV[5]) == 1 then return 0 end
set(KEYS[1], '', ARGV[2], ARGV[3], ARGV[4])
local member = string.format('%016d:', redis.call('INCR', KEYS[5])) .. ARGV[5]
redis.call('ZADD', KEYS[2], ARGV[7], member)
redis.call('HSET', KEYS[3], 'i:' .. ARGV[5], ARGV[6], 'm:' .. ARGV[5], member)
redis.call('SADD', KEYS[4], ARGV[8])
return 1
"""
# KEYS: set, items.
_PEEK = """
local member = redis.call('HGET', KEYS[2], 'begun')
if not member then
  member = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not member then return false end
  redis.call('HSET', KEYS[2], 'begun', member)
end
local key = string.sub(member, 18)
return {key, redis.call('HGET', KEYS[2], 'i:' .. key)}
"""
# KEYS: set, items. ARGV: count.
_BEHIND = """
local begun = redis.call('HGET', KEYS[2], 'begun')
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1])) do
  if member ~= begun and #found < 2 * tonumber(ARGV[1]) then
    local key = string.sub(member, 18)
    table.insert(found, key)
    table.insert(found, redis.call('HGET', KEYS[2], 'i:' .. key))
  end
end
return found
"""
# KEYS: set, items, queues. ARGV: key, queue.
_ACK = """
local member = redis.call('HGET', KEYS[2], 'm:' .. ARGV[1])
if member then
  if redis.call('HGET', KEYS[2], 'begun') == member then redis.call('HDEL', KEYS[2], 'begun') end
  redis.call('ZREM', KEYS[1], member)
  redis.call('HDEL', KEYS[2], 'i:' .. ARGV[1], 'm:' .. ARGV[1])
end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[3], ARGV[2]) end
return 1
"""


class RedisStore:
    """See `Store`, whose promises it keeps for all workers at one Redis.

    Args:
        url: redis://, rediss:// or unix://, with the number of the database.
        clock: gives the time in seconds since 1970.
        prefix: begins the name of every key, so that others may use the same database.
    """

    def __init__(
        self, url: str, clock: Callable[[], float] = time.time, prefix: str = PREFIX
    ) -> None:
        self._url = url
        self._clock = clock
        self._prefix = prefix
        self._redis: Any = None
        self._scripts: dict[str, Any] = {}
        self._turns = asyncio.Semaphore(MAX_CALLS)

    async def open(self) -> None:
        """Connects; see `Store`."""
        try:
            client = redis.asyncio.Redis.from_url(
                self._url,
                decode_responses=True,
                socket_timeout=CALL_SECONDS,
                socket_connect_timeout=CONNECT_SECONDS,
                health_check_interval=HEALTH_SECONDS,
            )
        except ValueError:  # its message might show a part of the address
            client = None
        if client is None:
            raise StoreError("WeChat's store is no address like redis://host:6379/0.")
        self._redis = client
        self._turns = asyncio.Semaphore(MAX_CALLS)  # belongs to the loop that runs now
        try:
            await self._call(client.ping)
        except BaseException:
            await self.close()
            raise
        with contextlib.suppress(StoreError):  # not every user of a Redis may ask
            _warn(await self._call(client.info))

    async def close(self) -> None:
        """Disconnects; see `Store`."""
        client, self._redis = self._redis, None
        self._scripts.clear()
        if client is not None:
            await client.close()
            await client.connection_pool.disconnect()

    async def add(self, queue: str, key: str, item: str, order: float) -> bool:
        """See `Store`."""
        now = self._clock()
        seen = f"{self._prefix}seen:{len(queue)}:{queue}:{key}"
        keys = [seen, *self._queue(queue), f"{self._prefix}queues", f"{self._prefix}arrivals"]
        by = secrets.token_hex(8)
        args = [now, *self._times(KNOWN_KEY_SECONDS), by, key, item, order, queue]
        return bool(await self._run(_ADD, keys, args))

    async def peek(self, queue: str) -> Job | None:
        """See `Store`."""
        found = await self._run(_PEEK, self._queue(queue))
        return Job(*found) if found else None

    async def behind(self, queue: str, count: int) -> list[Job]:
        """See `Store`."""
        found = await self._run(_BEHIND, self._queue(queue), [count])
        return [Job(key, item) for key, item in zip(found[::2], found[1::2], strict=True)]

    async def ack(self, queue: str, key: str) -> None:
        """See `Store`."""
        await self._run(_ACK, [*self._queue(queue), f"{self._prefix}queues"], [key, queue])

    async def waiting(self) -> list[str]:
        """See `Store`."""
        return sorted(await self._call(lambda: self._redis.smembers(f"{self._prefix}queues")))

    async def get(self, name: str) -> str | None:
        """See `Store`."""
        return await self._get(f"value:{name}")

    async def put(self, name: str, value: str, seconds: float | None = None) -> None:
        """See `Store`."""
        await self._put(f"value:{name}", value, seconds)

    async def put_new(self, name: str, value: str, seconds: float | None = None) -> bool:
        """See `Store`."""
        return await self._put_new(f"value:{name}", value, seconds)

    async def drop(self, name: str) -> None:
        """See `Store`."""
        await self._call(lambda: self._redis.delete(f"{self._prefix}value:{name}"))

    async def cache_get(self, name: str) -> str | None:
        """See `Store`."""
        return await self._get(f"secret:{name}")

    async def cache_set(self, name: str, value: str, seconds: float) -> None:
        """See `Store`."""
        await self._put(f"secret:{name}", value, seconds)

    async def lock(self, name: str, seconds: float) -> str | None:
        """See `Store`."""
        owner = secrets.token_hex(8)
        return owner if await self._put_new(f"lock:{name}", owner, seconds) else None

    async def extend(self, name: str, owner: str, seconds: float) -> bool:
        """See `Store`."""
        args = [self._clock(), owner, *self._times(seconds)]
        return bool(await self._run(_EXTEND, [f"{self._prefix}lock:{name}"], args))

    async def release(self, name: str, owner: str) -> None:
        """See `Store`."""
        await self._run(_RELEASE, [f"{self._prefix}lock:{name}"], [owner])

    async def purge(self) -> None:
        """Does nothing: Redis sweeps by itself; see `Store`."""

    def _queue(self, queue: str) -> list[str]:
        return [f"{self._prefix}queue:{queue}", f"{self._prefix}items:{queue}"]

    def _times(self, seconds: float | None) -> list[float | int | str]:
        """Returns until when something is there, and after how many ms Redis may remove it."""
        if seconds is None:
            return ["", ""]
        return [self._clock() + seconds, int(max(seconds, 0) * 1000 + SWEEP_SECONDS * 1000)]

    async def _get(self, name: str) -> str | None:
        key = self._prefix + name
        value, until = await self._call(lambda: self._redis.hmget(key, "v", "t"))
        over = value is None or (until and float(until) <= self._clock())
        return None if over else str(value)

    async def _put(self, name: str, value: str, seconds: float | None) -> None:
        await self._run(_PUT, [self._prefix + name], [value, *self._times(seconds)])

    async def _put_new(self, name: str, value: str, seconds: float | None) -> bool:
        args = [self._clock(), value, *self._times(seconds), secrets.token_hex(8)]
        return bool(await self._run(_PUT_NEW, [self._prefix + name], args))

    async def _run(self, script: str, keys: Sequence[str], args: Sequence[object] = ()) -> Any:
        if self._redis is None:
            raise StoreError("WeChat's store is closed.")
        if script not in self._scripts:
            self._scripts[script] = self._redis.register_script(_IS_THERE + script)
        return await self._call(lambda: self._scripts[script](keys=keys, args=args))

    async def _call(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Returns what Redis answers in time.

        After a broken connection it is asked once more: that is safe, because every call either
        may be repeated or knows its own first try.
        """
        if self._redis is None:
            raise StoreError("WeChat's store is closed.")
        problem = ""
        for attempt in range(2):
            try:
                # `asyncio.wait_for` of Python 3.10 may swallow that the task is cancelled.
                async with async_timeout.timeout(CALL_SECONDS), self._turns:
                    return await call()
            except NoConnection as error:
                problem = type(error).__name__
                if type(error) is not NoConnection or attempt:  # a wrong password, for one
                    break
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                problem = type(error).__name__
                break
        raise StoreError(f"WeChat's Redis does not answer: {problem}.")


def _warn(info: dict[str, Any]) -> None:
    """Says what in the Redis' own settings breaks the promises of the store."""
    if not info.get("aof_enabled"):
        logger.warning(
            "WeChat's Redis keeps no log of its own (appendonly no): if it ends, messages that"
            " wait for an answer are lost."
        )
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if info.get("maxmemory") and policy != "noeviction":
        logger.warning(
            "WeChat's Redis throws out keys for want of memory (maxmemory-policy %s): answers"
            " may be given twice. Set noeviction.",
            policy,
        )
