"""Reads the elements out of what DUMP gave where equal values may have other bytes: where the nodes
of a quicklist end is the server's own affair, and 7.2 writes the scores of a small sorted set with
fewer digits than 7.0."""

QUICKLIST = 18
PACKED_SORTED_SET = 17


def elements(payload):
    """The elements of a payload that holds a list as nodes, or those of a packed sorted set with
    their scores; nothing for any other."""
    if not payload or payload[0] not in (QUICKLIST, PACKED_SORTED_SET):
        return None
    reader = Reader(payload[1:-10])
    if payload[0] == PACKED_SORTED_SET:
        flat = listpack(reader.string())
        return list(zip(flat[0::2], map(float, flat[1::2])))
    found = []
    for _ in range(reader.length()[0]):
        container, _ = reader.length()
        text = reader.string()
        found += [text] if container == 1 else listpack(text)
    return found


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def length(self):
        """A length, and whether it is the code of a special string instead."""
        first = self.take(1)[0]
        kind, low = first >> 6, first & 63
        if kind == 0:
            return low, False
        if kind == 1:
            return low << 8 | self.take(1)[0], False
        if kind == 2:
            return int.from_bytes(self.take(4 if first == 0x80 else 8), "big"), False
        return low, True

    def string(self):
        length, is_special = self.length()
        if not is_special:
            return self.take(length)
        if length < 3:
            return b"%d" % int.from_bytes(self.take(1 << length), "little", signed=True)
        compressed, size = self.length()[0], self.length()[0]
        text = decompressed(self.take(compressed))
        assert len(text) == size, "what LZF made has the size that it says"
        return text


def decompressed(data):
    out, at = bytearray(), 0
    while at < len(data):
        control = data[at]
        at += 1
        if control < 32:
            out += data[at : at + control + 1]
            at += control + 1
            continue
        count = control >> 5
        if count == 7:
            count += data[at]
            at += 1
        start = len(out) - ((control & 31) << 8 | data[at]) - 1
        at += 1
        for place in range(start, start + count + 2):
            out.append(out[place])
    return bytes(out)


def listpack(data):
    """The elements of a listpack, integers as their digits."""
    found, at = [], 6
    while data[at] != 0xFF:
        first = data[at]
        if first < 0x80:
            size, text = 1, b"%d" % first
        elif first < 0xC0:
            size = 1 + (first & 63)
            text = data[at + 1 : at + size]
        elif first < 0xE0:
            number = (first & 31) << 8 | data[at + 1]
            size, text = 2, b"%d" % (number - (1 << 13) if number >> 12 else number)
        elif first < 0xF0:
            size = 2 + ((first & 15) << 8 | data[at + 1])
            text = data[at + 2 : at + size]
        elif first == 0xF0:
            size = 5 + int.from_bytes(data[at + 1 : at + 5], "little")
            text = data[at + 5 : at + size]
        else:
            size = {0xF1: 3, 0xF2: 4, 0xF3: 5, 0xF4: 9}[first]
            text = b"%d" % int.from_bytes(data[at + 1 : at + size], "little", signed=True)
        found.append(text)
        at += size + (1 if size <= 127 else 2 if size < 16383 else 3 if size < 2097151 else 4)
    return found
