"""DUMP payloads made here, so that RESTORE sees right ones of every encoding and broken ones."""

POLYNOMIAL = 0x95AC9329AC4BC9B5


def _table():
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ POLYNOMIAL if value & 1 else value >> 1
        table.append(value)
    return table


TABLE = _table()


def crc64(data, value=0):
    """The CRC-64 of RDB files and DUMP payloads."""
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value


def length(number):
    if number < 64:
        return bytes([number])
    if number < 16384:
        return bytes([0x40 | number >> 8, number & 0xFF])
    return b"\x80" + number.to_bytes(4, "big")


def raw_string(data):
    return length(len(data)) + data


def integer_string(number):
    if -128 <= number < 128:
        return b"\xc0" + number.to_bytes(1, "little", signed=True)
    if -32768 <= number < 32768:
        return b"\xc1" + number.to_bytes(2, "little", signed=True)
    return b"\xc2" + number.to_bytes(4, "little", signed=True)


def literal_lzf_string(data):
    """An LZF string of literal runs only: valid for any reader, made by none."""
    runs = b"".join(
        bytes([len(data[at : at + 32]) - 1]) + data[at : at + 32]
        for at in range(0, len(data), 32)
    )
    return b"\xc3" + length(len(runs)) + length(len(data)) + runs


def sealed(body, version=10):
    data = body + version.to_bytes(2, "little")
    return data + crc64(data).to_bytes(8, "little")


def payload(random, world):
    """A payload of a string, one time in five spoiled."""
    draw = random.random()
    if draw < 0.35:
        body = b"\x00" + raw_string(world.value(random)[:5000])
    elif draw < 0.6:
        number = random.choice([0, 5, -5, 127, 128, -129, 12345, -32768, 70000, 2**31 - 1, -(2**31)])
        body = b"\x00" + integer_string(number)
    elif draw < 0.8:
        data = (world.value(random) or b"x")[:5000]
        body = b"\x00" + literal_lzf_string(data)
    else:
        body = b"\x00\x05hello"
    draw = random.random()
    if draw < 0.8:
        return sealed(body, random.choice([6, 9, 10, 10, 10]))
    if draw < 0.84:
        return sealed(body, 10)[:-1] + b"\x00"
    if draw < 0.87:
        return sealed(body, 999)
    if draw < 0.90:
        # Longer than all that follows, footer included: Redis reads on into the footer.
        return sealed(b"\x00\x3f" + body[2:8], 10)
    if draw < 0.93:
        return sealed(b"\x63" + body[1:], 10)
    if draw < 0.96:
        return sealed(b"\x00\xc3\x05\x05\xff\xff\xff\xff\xff", 10)
    return random.randbytes(random.randint(0, 20))
