"""TCP doors to servers that listen elsewhere: how a node in another network namespace reaches PostgreSQL and Valkey.

`python -m tests.bench.doors '[["10.0.0.1", 5432, "/run/…/.s.PGSQL.5432"], …]'`: where to listen, and what to reach: a
socket's path, or a host and a port.
"""

import asyncio
import contextlib
import json
import sys

_PIECE = 65536


async def open_door(host: str, port: int, target) -> None:
    async def through(reader, writer):
        there = await _reach(target)
        await asyncio.gather(_carry(reader, there[1]), _carry(there[0], writer))

    await asyncio.start_server(through, host, port)


async def _reach(target):
    if isinstance(target, str):
        return await asyncio.open_unix_connection(target)
    return await asyncio.open_connection(*target)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_PIECE):
            writer.write(data)
            await writer.drain()
    writer.close()


async def main(doors: list) -> None:
    for host, port, target in doors:
        await open_door(host, port, target)
    print("open", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
