"""The server as a process: start, log lines, signals, files, supervision, shutdown."""

import os
import signal
import socket
import subprocess
import time

from harness.context import equal, holds
from harness.directories import attempt
from harness.servers import PROGRAMS, Server, free_port, wait_until


def test_lines_at_start_in_order(context):
    server = context.start("ledgerstone", appendonly="yes")
    server.ask("SET", "a", "1")
    server.stop()
    server.start()
    log = server.log()
    lines = [f"PID: {server.process.pid}", "Server initialized", "DB loaded from append only file", "Ready to accept connections"]
    places = [log.find(line) for line in lines]
    if places[0] < 0:
        places[0] = log.find(f"pid={server.process.pid}")
    holds(all(place >= 0 for place in places), f"lines {lines} at {places} in\n{log}")
    equal(places, sorted(places), f"order of {lines}")


def test_form_of_log_lines(context):
    import re

    server = context.start("ledgerstone")
    server.stop()
    form = re.compile(r"^\d+:[MSCX] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.\-*#] .+")
    lines = [line for line in server.log().splitlines() if f"{server.process.pid}:" in line]
    odd = [line for line in lines if not form.match(line) and "signal-handler" not in line]
    holds(len(lines) > 3 and not odd, f"lines of another form: {odd[:3]}")


def test_port_taken(context):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = context.server("ledgerstone", port=port)
        server.launch()
        equal(server.wait_for_exit(), 1, "exit status")
        holds(f"Failed listening on port {port}" in server.log(), server.log())


def test_version_and_help(context):
    program = PROGRAMS["ledgerstone"]
    for word in ("--version", "-v"):
        result = subprocess.run([program, word], capture_output=True, timeout=10)
        equal(result.returncode, 0, word)
        holds(b"v=" in result.stdout, f"{word}: {result.stdout!r}")
    result = subprocess.run([program, "--help"], capture_output=True, timeout=10)
    holds(b"Usage" in result.stdout + result.stderr, "--help")


def test_sigterm_saves(context):
    server = context.start("ledgerstone", save="3600 1")
    server.ask("SET", "a", "1")
    equal(server.stop(), 0, "exit status")
    log = server.log()
    for line in ("User requested shutdown", "Saving the final RDB snapshot before exiting", "DB saved on disk", "ready to exit, bye bye"):
        holds(line in log, f"{line!r} in\n{log}")
    server.start()
    equal(server.ask("GET", "a"), b"1", "after the restart")


def test_sigint(context):
    server = context.start("ledgerstone", save="3600 1")
    server.ask("SET", "a", "1")
    server.process.send_signal(signal.SIGINT)
    equal(server.wait_for_exit(), 0, "exit status after one SIGINT")
    server.start()
    equal(server.ask("GET", "a"), b"1", "SIGINT saves")
    server.ask("DEBUG", "POPULATE", "3000")
    server.ask("CONFIG", "SET", "rdb-key-save-delay", "3000")
    server.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    started = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    equal(server.wait_for_exit(), 1, "exit status after a second SIGINT")
    holds(time.monotonic() - started < 3, "the second SIGINT ends it at once")


def shutdown(server, *words):
    with server.connect() as connection:
        return connection.call("SHUTDOWN", *words)


def test_shutdown_words(context):
    server = context.start("ledgerstone", "data", save="3600 1")
    server.ask("SET", "a", "1")
    equal(shutdown(server, "SAVE").type, "closed", "SHUTDOWN SAVE answers nothing")
    equal(server.wait_for_exit(), 0, "exit status")
    server.start()
    server.ask("SET", "b", "1")
    equal(shutdown(server, "NOSAVE").type, "closed", "SHUTDOWN NOSAVE")
    server.wait_for_exit()
    server.start()
    equal(server.ask("KEYS", "*"), [b"a"], "NOSAVE did not save")
    server.ask("SET", "c", "1")
    equal(shutdown(server).type, "closed", "SHUTDOWN")
    server.wait_for_exit()
    server.start()
    equal(server.ask("EXISTS", "c"), 1, "SHUTDOWN saves when save points exist")
    for words in (("SAVE", "NOSAVE"), ("BOGUS",), ("ABORT", "NOW")):
        equal(shutdown(server, *words).value, b"ERR syntax error", f"SHUTDOWN {words}")
    equal(shutdown(server, "ABORT").value, b"ERR No shutdown in progress.", "SHUTDOWN ABORT")
    equal(shutdown(server, "NOW", "FORCE", "NOSAVE").type, "closed", "SHUTDOWN NOW FORCE NOSAVE")
    equal(server.wait_for_exit(), 0, "exit status")


def test_shutdown_that_cannot_save(context):
    """A final save that fails keeps the server alive; FORCE ends it."""
    server = context.start("ledgerstone", "data", save="3600 1", dbfilename="blocked")
    (server.directory / "blocked").mkdir()
    (server.directory / "blocked" / "x").write_text("")
    server.ask("SET", "a", "1")
    equal(shutdown(server).value, b"ERR Errors trying to SHUTDOWN. Check logs.", "SHUTDOWN")
    equal(server.ask("GET", "a"), b"1", "still serving")
    equal(shutdown(server, "FORCE").type, "closed", "SHUTDOWN FORCE")
    # Redis ends with 0 although the data is lost; a status that says so is better.
    holds(server.wait_for_exit() in (0, 1), "exit status")


def test_pidfile(context):
    server = context.server("ledgerstone", pidfile=None)
    path = server.directory / "server.pid"
    server.settings["pidfile"] = str(path)
    server.start()
    equal(path.read_text().strip(), str(server.process.pid), "content of the pid file")
    server.stop()
    holds(not path.exists(), "the pid file is removed")


def test_daemonize(context):
    server = context.server("ledgerstone", daemonize="yes", logfile="server.log")
    path = server.directory / "daemon.pid"
    server.settings["pidfile"] = str(path)
    server.launch()
    equal(server.wait_for_exit(), 0, "the parent ends")
    pid = int(wait_until(lambda: path.exists() and path.read_text().strip()))
    context.defer(lambda: end(pid))
    wait_until(lambda: (server.directory / "server.log").exists())
    wait_until(lambda: "Ready to accept" in (server.directory / "server.log").read_text())
    equal(server.ask("PING"), b"PONG", "the daemon serves")
    equal(int(server.info()["process_id"]), pid, "its process id")
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not path.exists())


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def test_log_file_can_be_moved_away(context):
    server = context.start("ledgerstone", logfile="server.log", loglevel="debug")
    path = server.directory / "server.log"
    wait_until(lambda: path.exists() and "Ready to accept" in path.read_text())
    path.rename(server.directory / "server.log.1")
    server.ask("DEBUG", "LOG", "after the move")
    wait_until(lambda: path.exists() and "after the move" in path.read_text(), 5, "no new log file")


def test_supervised_by_systemd(context):
    """Readiness is announced after loading, not before."""
    server = context.start("ledgerstone", "data", save="3600 1")
    server.ask("DEBUG", "POPULATE", "2000")
    server.stop()
    name = str(context.scratch / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name)
        receiver.settimeout(10)
        server.environment["NOTIFY_SOCKET"] = name
        server.settings.update({"supervised": "systemd", "key-load-delay": "200", "loading-process-events-interval-bytes": "1024"})
        server.launch()
        server.wait_until_ready(loaded=False)
        loading = server.info("persistence")["loading"]
        receiver.settimeout(0.05)
        early = b""
        try:
            early = receiver.recv(1000)
        except socket.timeout:
            pass
        holds(loading == "0" or b"READY=1" not in early, "READY=1 while loading")
        receiver.settimeout(10)
        texts = [early]
        while b"READY=1" not in texts[-1]:
            texts.append(receiver.recv(1000))
    server.wait_until_ready()
    equal(server.ask("DBSIZE"), 2000, "keys")


def test_crash_report(context):
    server = context.start("ledgerstone")
    with server.connect() as connection:
        equal(connection.call("DEBUG", "SEGFAULT").type, "closed", "DEBUG SEGFAULT")
    status = server.wait_for_exit()
    equal(status, -signal.SIGSEGV, "ended by the signal")
    holds("crashed by signal: 11" in server.log(), f"the report names the signal\n{server.log()[-2000:]}")
    holds("STACK TRACE" in server.log().upper() or "BACKTRACE" in server.log().upper(), "the report has a stack trace")


def test_configuration_file(context):
    directory = context.directory("data")
    included = context.scratch / "more.conf"
    included.write_text("maxmemory-samples 7\nslowlog-max-len 11\n")
    path = context.scratch / "server.conf"
    port = free_port()
    path.write_text(
        f"""# The main file.
port {port}
bind 127.0.0.1
dir "{directory}"
enable-debug-command yes

# Included before the end, so the later line wins.
include {included}
slowlog-max-len 12
save 3600 1
rename-command FLUSHALL ""
rename-command GET "FETCH"
requirepass "with space and \\x41"
"""
    )
    server = Server("ledgerstone", directory, port=port)
    server.settings = {}
    server.leading_arguments = [str(path), "--hz", "20"]
    context.servers.append(server)
    server.start()
    with server.connect() as connection:
        equal(connection.call("PING").value, b"NOAUTH Authentication required.", "PING without password")
        connection.ask("AUTH", "with space and A")
        equal(connection.ask("CONFIG", "GET", "maxmemory-samples"), [b"maxmemory-samples", b"7"], "included")
        equal(connection.ask("CONFIG", "GET", "slowlog-max-len"), [b"slowlog-max-len", b"12"], "last wins")
        equal(connection.ask("CONFIG", "GET", "hz"), [b"hz", b"20"], "command line")
        equal(connection.ask("CONFIG", "GET", "save"), [b"save", b"3600 1"], "save")
        holds(b"unknown command" in connection.call("FLUSHALL").value, "a command renamed to nothing")
        connection.ask("SET", "a", "1")
        equal(connection.ask("FETCH", "a"), b"1", "a renamed command")
        holds(b"unknown command" in connection.call("GET", "a").value, "its old name")
        connection.ask("CONFIG", "SET", "maxmemory-samples", "9")
        connection.ask("CONFIG", "SET", "save", "100 1 60 1000")
        connection.ask("CONFIG", "SET", "latency-tracking", "no")
        connection.ask("CONFIG", "REWRITE")
    text = path.read_text()
    for line in ("# The main file.", "# Included before", f"include {included}", "maxmemory-samples 9", "save 100 1", "save 60 1000", "latency-tracking no", "hz 20"):
        holds(line in text, f"{line!r} in the rewritten file:\n{text}")
    holds("save 3600 1" not in text, "the old save point is gone")
    equal(oct(path.stat().st_mode & 0o777), oct(0o644 & ~umask()), "mode of the rewritten file")
    server.kill()
    server.leading_arguments = [str(path)]
    server.start()
    with server.connect() as connection:
        connection.ask("AUTH", "with space and A")
        equal(connection.ask("CONFIG", "GET", "save"), [b"save", b"100 1 60 1000"], "after the restart")
        equal(connection.ask("CONFIG", "GET", "maxmemory-samples"), [b"maxmemory-samples", b"9"], "after the restart")


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_configuration_from_standard_input(context):
    port = free_port()
    directory = context.directory("data")
    process = subprocess.Popen(
        [PROGRAMS["ledgerstone"], "-", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    context.defer(lambda: (process.kill(), process.wait()))
    process.stdin.write(b"maxmemory-samples 6\n")
    process.stdin.close()
    server = Server("ledgerstone", directory, port=port)
    server.process = process
    server.log_offset = 0
    server.wait_until_ready()
    equal(server.ask("CONFIG", "GET", "maxmemory-samples"), [b"maxmemory-samples", b"6"], "from stdin")


def test_configuration_errors(context):
    """A mistake in the configuration ends the start with Redis's message and status 1."""
    for text in (
        "bogus-directive 1", "port abc", "appendonly maybe", 'dir "unbalanced', "save 1", "maxmemory 1qb",
        "rename-command NOSUCH x", "dir /no/such/directory", "databases 0", "include /no/such/file.conf",
        "appendfilename a/b", "hz",
    ):  # fmt: skip
        outputs = []
        for kind in ("ledgerstone", "redis"):
            path = context.scratch / "broken.conf"
            path.write_text(f"# comment\n{text}\n")
            result = subprocess.run(
                [PROGRAMS[kind], str(path), "--port", "0"], capture_output=True, timeout=10, cwd=context.scratch
            )
            error = result.stderr.decode()
            known = ("FATAL CONFIG", "can't open config file")
            lines = [line for line in error.splitlines() if not any(text in line for text in known)]
            outputs.append((result.returncode, lines))
        equal(outputs[0], outputs[1], f"{text!r} (ours, Redis)")


def test_second_server_on_the_same_directory(context):
    for appendonly in ("yes", "no"):
        first = context.start("ledgerstone", f"data-{appendonly}", appendonly=appendonly)
        first.ask("SET", "a", "1")
        second = context.server("ledgerstone", f"data-{appendonly}", appendonly=appendonly)
        status = attempt(second)
        holds(status is not None and status > 0, f"the second server must refuse, got {status}")
        equal(first.ask("SET", "b", "1"), b"OK", "the first goes on")
        first.kill()
        equal(attempt(second), None, "after the first has died, the lock is free")
        second.kill()


def test_save_points(context):
    server = context.start("ledgerstone", save="1 3")
    with server.connect() as connection:
        connection.ask("SET", "a", "1")
        last = connection.ask("LASTSAVE")
        connection.ask("SET", "b", "1")
        connection.ask("SET", "c", "1")
    wait_until(lambda: server.info()["rdb_saves"] == "1", 10, "no automatic save")
    wait_until(lambda: server.info()["rdb_bgsave_in_progress"] == "0", 10)
    holds(server.ask("LASTSAVE") >= last, "LASTSAVE")
    equal(server.info()["rdb_changes_since_last_save"], "0", "changes after the save")
    server.kill()
    server.start()
    equal(server.ask("DBSIZE"), 3, "keys")


def test_save_and_bgsave_replies(context):
    servers = [context.start("ledgerstone"), context.start("redis")]
    for server in servers:
        server.ask("DEBUG", "POPULATE", "1000")
        server.ask("CONFIG", "SET", "rdb-key-save-delay", "1000")
    script = [
        ["BGSAVE"], ["BGSAVE"], ["BGSAVE", "SCHEDULE"], ["SAVE"], ["BGREWRITEAOF"], ["BGREWRITEAOF"],
        ["CONFIG", "SET", "rdb-key-save-delay", "0"],
    ]  # fmt: skip
    for words in script:
        answers = [server.connect().call(*words) for server in servers]
        equal(answers[0], answers[1], f"{words} (ours, Redis)")
    for server in servers:
        idle = lambda: (lambda i: i["rdb_bgsave_in_progress"] == i["aof_rewrite_in_progress"] == i["aof_rewrite_scheduled"] == "0")(server.info())  # noqa: E731
        wait_until(idle, 20)
        server.ask("CONFIG", "SET", "rdb-key-save-delay", "1000")
    for words in (["BGREWRITEAOF"], ["BGREWRITEAOF"], ["BGSAVE"], ["BGSAVE", "SCHEDULE"], ["BGSAVE", "SCHEDULE"]):
        answers = [server.connect().call(*words) for server in servers]
        equal(answers[0], answers[1], f"{words} (ours, Redis)")
    for words in (["SAVE"], ["BGSAVE"], ["BGREWRITEAOF"], ["WAIT", "0", "0"]):
        replies = []
        for server in servers:
            with server.connect() as connection:
                replies.append(connection.pipeline([["MULTI"], words, ["EXEC"]])[1:])
        equal(replies[0], replies[1], f"{words} inside MULTI (ours, Redis)")
