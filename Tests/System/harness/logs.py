"""Reading a log file as commands, for comparison; strict about the format."""


class BadLog(AssertionError):
    pass


def commands(data):
    """The commands of an increment, without annotations."""
    found, place = [], 0
    while place < len(data):
        if data[place : place + 1] == b"#":
            end = data.find(b"\r\n", place)
            if end < 0 or end - place > 1021:
                raise BadLog(f"annotation at {place} is too long or has no end")
            place = end + 2
            continue
        if data[place : place + 1] != b"*":
            raise BadLog(f"neither command nor annotation at {place}: {data[place:place + 40]!r}")
        count, place = number(data, place + 1)
        words = []
        for _ in range(count):
            if data[place : place + 1] != b"$":
                raise BadLog(f"no argument at {place}")
            size, place = number(data, place + 1)
            words.append(data[place : place + size])
            if data[place + size : place + size + 2] != b"\r\n":
                raise BadLog(f"no line end at {place + size}")
            place += size + 2
        found.append(words)
    return found


def number(data, place):
    end = data.find(b"\r\n", place)
    if end < 0 or not data[place:end].isdigit():
        raise BadLog(f"no number at {place}")
    return int(data[place:end]), end + 2


def annotations(data):
    """The annotation lines of an increment."""
    return [line for line in data.split(b"\r\n") if line.startswith(b"#")]
