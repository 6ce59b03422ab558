"""What a start over a directory gives, in words."""

from harness.directories import attempt, state

from .comparison import count


def started(context, kind, directory, read=("DBSIZE",), **settings):
    """What a start gives, as (words, value): the value of a command, or None when it refuses.

    The server is killed again. The words say also whether a refusal has changed what lay there.
    """
    settings = {"appendonly": "yes", **settings}
    server = context.server(kind, directory, **settings)
    before = state(server.directory)
    status = attempt(server)
    if status is None:
        value = server.ask(*read)
        server.kill()
        return count(value, "key") if read == ("DBSIZE",) else repr(value), value
    after = state(server.directory)
    changed = [name for name, digest in before.items() if after.get(name) != digest]
    words = "refused" if status > 0 else f"ended by signal {-status}"
    if changed:
        words += f" (and changed {', '.join(name.split('/')[-1] for name in changed)})"
    return words, None
