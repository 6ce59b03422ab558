"""Nothing is lost: after sessions over every family and FLUSHALL the allocator reports what it
reported before them."""

import time

from differential.families import FAMILIES
from differential.play import Player
from differential.session import Commands, Generator
from harness.context import holds
from harness.servers import parse_info, wait_until

PIPELINE = 100
# What buffers and statistics may add; a leak of a small block in every tenth command is more.
TOLERANCE = 64 << 10


def settled(server, player):
    """Bytes that the allocator has handed out when no data, no client but one is there."""
    player.reset()
    with server.connect() as connection:
        connection.ask("FLUSHALL", "SYNC")
        connection.ask("CONFIG", "RESETSTAT")
        wait_until(lambda: len(connection.ask("CLIENT", "LIST").splitlines()) == 1)
        # The figure is read again in a round of periodic work.
        for _ in range(2):
            connection.ask("MEMORY", "PURGE")
            time.sleep(1.1)
        return int(parse_info(connection.ask("INFO", "memory"))["used_memory"])


def play(context, player, family, count):
    """Sends commands of a family and reads the replies, whatever they are."""
    for _ in range(count // PIPELINE):
        if context.random.random() < 0.1:
            player.reset(context.random.choice(family.settings))
        generator = Generator(context.random, connections=1, families=family.commands)
        commands = [generator.command(0, last=False) for _ in range(PIPELINE)]
        player.play(Commands(0, commands))


def lose_nothing(context, name):
    family = FAMILIES[name]
    server = context.start("ledgerstone")
    player = Player(server)
    context.defer(player.close)
    # What is made once and stays, as tables of statistics, is made in the first part.
    play(context, player, family, 10_000)
    before = settled(server, player)
    after = []
    # What is lost shows after each part, and more of it after the second.
    for _ in range(2):
        play(context, player, family, context.rounds(15_000, 250_000))
        after.append(settled(server, player))
    lost = min(after) - before
    if lost >= TOLERANCE:
        # What was freed late is handed back now; what is lost stays lost.
        time.sleep(5)
        lost = settled(server, player) - before
    holds(lost < TOLERANCE, f"{name}: {before} bytes before, {after} after: {lost:+} for nothing")


def case(name):
    def test(context):
        lose_nothing(context, name)

    test.__module__ = __name__
    return test


for each in FAMILIES:
    globals()[f"test_{each}"] = case(each)
