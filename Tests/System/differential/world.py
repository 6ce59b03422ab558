"""The keys and values that generated sessions work on: few keys, so that commands meet, and values
at the borders where encodings and limits change."""

KEYS = [b"a", b"b", b"c", b"key:1", b"key:2", b"counter", b"", b"\x00\xff\r\n key", b"k" * 300]

INTEGERS = [
    0, 1, -1, 7, 10, 42, 127, -128, 128, 9999, 10000, 32767, 32768, 2147483647, 2147483648,
    -2147483649, 9223372036854775806, 9223372036854775807, -9223372036854775807,
    -9223372036854775808,
]  # fmt: skip


class World:
    def __init__(self):
        self.big_sizes = [1000, 4096, 16384, 70000]

    def key(self, random):
        draw = random.random()
        if draw < 0.85:
            return KEYS[min(int(random.expovariate(0.6)), len(KEYS) - 1)]
        return b"key:%d" % random.randint(1, 30)

    def value(self, random):
        draw = random.random()
        if draw < 0.3:
            return b"%d" % random.choice(INTEGERS)
        if draw < 0.4:
            return b"%d" % random.randint(-1000, 20000)
        if draw < 0.5:
            return random.choice([b"1.5", b"3.0e3", b"-0", b" 1", b"1 ", b"0.1", b"nan", b"1e400",
                                  b"9223372036854775808", b"inf", b"00", b"+5"])  # fmt: skip
        if draw < 0.7:
            return bytes(random.choice(b"abcd") for _ in range(random.randint(0, 12)))
        if draw < 0.8:
            return random.choice([b"x" * n for n in (20, 21, 32, 44, 45, 63, 64, 65, 255, 256)])
        if draw < 0.9:
            return random.randbytes(random.randint(1, 80))
        if draw < 0.97:
            return (b"the quick brown fox " * 20)[: random.randint(1, 400)]
        return b"z" * random.choice(self.big_sizes)
