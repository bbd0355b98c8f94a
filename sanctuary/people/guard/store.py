"""What the guard counts, in Valkey alone and for a while. Nothing here ever fails: without it nothing is counted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.core.cache import cache as django_cache
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
T = TypeVar("T")

PATIENCE_SECONDS = 0.25
REST_SECONDS = 5
TALLY_KEPT_SECONDS = 40 * 86400
# A bucket that overflows is clean again after at most so long without a drop, or when it has let one drop out.
GRUDGE_SECONDS = 60

# Buckets that leak. Each drop is counted; a bucket over its brim says so. The strong ones come first, and behind the
# first of them that overflows nothing more is counted: a robot must not fill what other people share with it.
_POUR = """
local now, strong = tonumber(ARGV[1]), tonumber(ARGV[2])
local over = {}
for i, key in ipairs(KEYS) do
  local most, rate, drop = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local kept = redis.call('HMGET', key, 'level', 'at')
  local passed = math.max(0, now - (tonumber(kept[2]) or now))
  local level = math.max(0, (tonumber(kept[1]) or 0) - passed * rate) + drop
  level = math.min(level, most + math.max(1, rate * tonumber(ARGV[#ARGV])))
  redis.call('HSET', key, 'level', tostring(level), 'at', tostring(now))
  redis.call('EXPIRE', key, rate > 0 and math.ceil(level / rate) + 1 or 90000)
  over[i] = level > most and 1 or 0
  if over[i] == 1 and i <= strong then break end
end
return over
"""


@dataclass(frozen=True)
class Limit:
    """So many at once, and so many a second after that."""

    most: float
    a_second: float = 0


@dataclass(frozen=True)
class Bucket:
    name: str
    limit: Limit
    drop: int = 1


@cache
def _client(url: str) -> redis.Redis:
    # Once more for a connection that a restart of Valkey has closed; otherwise the visitor waits for nothing.
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


class _Rest:
    """After a failure nobody asks for some seconds, so that not each visitor waits."""

    until = 0.0


def _ask(question: Callable[[redis.Redis], T], otherwise: T) -> T:
    if time.monotonic() < _Rest.until:
        return otherwise
    try:
        return question(_client(settings.REDIS_URL))
    except redis.RedisError as error:
        _Rest.until = time.monotonic() + REST_SECONDS
        logger.warning("Forms are not guarded for %s s: %s", REST_SECONDS, type(error).__name__)
        return otherwise


def pour(buckets: list[Bucket], *, strong: int, now: float) -> list[bool]:
    """One drop into each bucket. Says which are over their brim, in order; the first `strong` end it."""
    keys = [_key(bucket.name) for bucket in buckets]
    numbers: list[float] = [now, strong]
    for bucket in buckets:
        numbers += [bucket.limit.most, bucket.limit.a_second, bucket.drop]
    over = _ask(lambda client: client.register_script(_POUR)(keys=keys, args=[*numbers, GRUDGE_SECONDS]), [])
    return [bool(mark) for mark in over] + [False] * (len(buckets) - len(over))


def count(day: date, purpose: str, verdict: str) -> None:
    """One more of these today. Says nothing about who."""

    def add(client: redis.Redis) -> Any:
        key = _tally_key(day)
        return (
            client.pipeline(transaction=False)
            .hincrby(key, f"{purpose} {verdict}")
            .expire(key, TALLY_KEPT_SECONDS)
            .execute()
        )

    _ask(add, None)


def tallies(day: date) -> dict[tuple[str, str], int] | None:
    """How many of each (purpose, verdict) there were on a day; None while nobody can say."""
    kept = _ask(lambda client: client.hgetall(_tally_key(day)), None)
    if kept is None:
        return None
    return {tuple(name.decode().split(" ", 1)): int(number) for name, number in kept.items()}


def keep(name: str, text: str, *, seconds: int, only_new: bool = False) -> bool:
    """False when it could not be kept, or was there and `only_new`."""
    return bool(_ask(lambda client: client.set(_key(name), text, ex=seconds, nx=only_new), False))


def kept(name: str) -> str | None:
    found = _ask(lambda client: client.get(_key(name)), None)
    return found.decode() if found else None


def _key(name: str) -> str:
    return django_cache.make_key(f"guard:{name}")


def _tally_key(day: date) -> str:
    return _key(f"tally:{day:%Y-%m-%d}")
