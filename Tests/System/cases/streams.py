"""Clients that wait for entries of streams: the scenarios of `blocking.py`, for XREAD and XREADGROUP."""

from cases.blocking import compare

# Name: (text, whether Redis 7.0 plays it alike).
STREAMS = {
    "all who wait get the entry": ("""
        A: XREAD BLOCK 0 STREAMS s $
        B: XREAD BLOCK 0 STREAMS s 0
        C: XREAD COUNT 1 BLOCK 0 STREAMS t s $ $
        D: XADD s 1-1 f v
        D: XADD s 1-2 f v
        A: PING
        """, True),
    "what is there at the beginning does not count": ("""
        D: XADD s 1-1 f v
        A: XREAD BLOCK 0 STREAMS s $
        B: XREAD BLOCK 0 STREAMS s 0
        D: XADD s 1-2 f v
        """, True),
    "an entry that is not far enough": ("""
        A: XREAD BLOCK 0 STREAMS s 5
        D: XADD s 3 f v
        D: XADD s 5 f v
        D: MULTI | XADD s 6 f v | XADD s 7 f v | EXEC
        """, True),
    "an entry that is gone again": ("""
        A: XREAD BLOCK 0 STREAMS s $
        D: MULTI | XADD s 1 f v | XDEL s 1 | EXEC
        D: XADD s MAXLEN 0 2 f v
        D: XADD s 3 f v
        """, False),
    "a time is over": ("""
        A: until XREAD BLOCK 30 STREAMS s $
        A: until XREAD BLOCK 1 STREAMS s t 0 0
        D: XGROUP CREATE s g $ MKSTREAM
        A: until XREADGROUP GROUP g c BLOCK 30 STREAMS s >
        A: HELLO 3
        A: until XREAD BLOCK 30 STREAMS s $
        """, False),
    "the third protocol": ("""
        A: HELLO 3
        A: XREAD BLOCK 0 STREAMS s t $ $
        D: XADD t 1-1 f v
        """, False),
    "times that are none": ("""
        A: XREAD BLOCK x STREAMS s $
        A: XREAD BLOCK -1 STREAMS s $
        A: XREAD BLOCK 1.5 STREAMS s $
        """, True),
    "another type": ("""
        A: XREAD BLOCK 0 STREAMS s $
        D: SET s v
        D: DEL s
        D: LPUSH s v
        D: DEL s
        D: XADD s 1 f v
        """, True),
    "a stream that takes the place": ("""
        D: XADD t 5 f v
        A: XREAD BLOCK 0 STREAMS s 3
        D: RENAME t s
        """, True),
    "a transaction does not wait": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: MULTI | XREAD BLOCK 0 STREAMS s $ | XREADGROUP GROUP g c BLOCK 0 STREAMS s > | EXEC
        D: XADD s 1 f v
        """, True),
    "each consumer gets its own": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        B: XREADGROUP GROUP g b BLOCK 0 STREAMS s >
        D: XADD s 1 f v
        D: XADD s 2 f v
        D: XPENDING s g
        D: XADD s 3 f v
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s 0
        """, True),
    "two entries at once": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g a COUNT 1 BLOCK 0 STREAMS s >
        B: XREADGROUP GROUP g b COUNT 1 BLOCK 0 STREAMS s >
        D: MULTI | XADD s 1 f v | XADD s 2 f v | EXEC
        D: XPENDING s g
        """, True),
    "two groups and a reader": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        D: XGROUP CREATE s h $
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        B: XREADGROUP GROUP h b NOACK BLOCK 0 STREAMS s >
        C: XREAD BLOCK 0 STREAMS s $
        D: XADD s 1 f v
        D: XPENDING s g
        D: XPENDING s h
        """, True),
    "acknowledging wakes nobody": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        D: XADD s 1 f v
        D: XREADGROUP GROUP g d STREAMS s >
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        D: XACK s g 1
        D: XGROUP SETID s g 0
        D: XADD s 2 f v
        """, True),
    "the group goes": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        D: XGROUP DESTROY s g
        A: PING
        """, False),
    "the stream goes": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        B: XREAD BLOCK 0 STREAMS s $
        D: DEL s
        D: XADD s 1 f v
        """, False),
    "the stream becomes another value": ("""
        D: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g a BLOCK 0 STREAMS s >
        D: SET s v
        """, False),
}


def test_waiting(context):
    compare(context, STREAMS)


def test_waiting_under_always(context):
    """The same with replies that wait for the disk."""
    compare(context, STREAMS, appendonly="yes", appendfsync="always")
