"""What the server says about itself has the names and shapes that clients and dashboards know."""

from differential.compare import without_later_policies
from harness.context import equal, holds, need
from harness.resp import Reply
from harness.servers import available

COMMANDS = """
set get getdel getex getset setnx setex psetex mget mset msetnx append strlen setrange getrange substr
incr decr incrby decrby incrbyfloat lcs digest delex delifeq msetex del unlink exists type touch expire pexpire expireat pexpireat
ttl pttl expiretime pexpiretime persist rename renamenx copy move keys scan randomkey dbsize object
dump restore flushdb flushall swapdb select ping echo auth hello quit reset client multi exec discard
watch unwatch time info config command save bgsave lastsave bgrewriteaof wait waitaof shutdown memory
slowlog latency monitor lolwut role debug
lpush rpush lpushx rpushx lpop rpop llen lrange lindex lset linsert lrem ltrim lpos lmove rpoplpush lmpop
blpop brpop blmove brpoplpush blmpop
setbit getbit bitcount bitpos bitop bitfield bitfield_ro pfadd pfcount pfmerge pfdebug pfselftest
sadd srem smembers sismember smismember scard spop srandmember smove sinter sinterstore sintercard sunion
sunionstore sdiff sdiffstore sscan sort sort_ro
acl cluster readonly readwrite asking replicaof slaveof failover replconf psync sync module migrate restore-asking
eval evalsha eval_ro evalsha_ro script fcall fcall_ro function
xadd xlen xrange xrevrange xread xreadgroup xdel xtrim xsetid xgroup xack xpending xclaim xautoclaim xinfo
""".split()

SUBCOMMANDS = {
    "acl": "cat deluser dryrun genpass getuser help list load log save setuser users whoami",
    "cluster": "addslots addslotsrange bumpepoch count-failure-reports countkeysinslot delslots delslotsrange failover"
    " flushslots forget getkeysinslot help info keyslot links meet myid myshardid nodes replicas replicate reset saveconfig"
    " set-config-epoch setslot shards slaves slots",
    "module": "help list load loadex unload",
    "object": "encoding refcount idletime freq help",
    "client": "id info list kill setname getname setinfo getredir tracking trackinginfo caching no-evict no-touch pause unpause reply unblock help",
    "config": "get set rewrite resetstat help",
    "command": "count list info docs getkeys getkeysandflags help",
    "memory": "usage stats doctor malloc-stats purge help",
    "slowlog": "get len reset help",
    "xgroup": "create createconsumer delconsumer destroy setid help",
    "xinfo": "consumers groups stream help",
    "script": "exists flush load kill debug help",
    "function": "load delete list stats dump restore flush kill help",
    "latency": "doctor graph history latest reset histogram help",
}

# Fields of INFO that 7.2 has and 7.0 has not.
LATER_FIELDS = {
    "stats": ["acl_access_denied_auth", "acl_access_denied_cmd", "acl_access_denied_key", "acl_access_denied_channel"],
    "clients": ["total_blocking_keys", "total_blocking_keys_on_nokey"],
}  # fmt: skip


def sections(server, *names):
    """INFO as an ordered list of (section, [field names])."""
    with server.connect() as connection:
        text = connection.ask("INFO", *names).decode()
    found = []
    for line in text.split("\r\n"):
        if line.startswith("# "):
            found.append((line[2:].lower(), []))
        elif ":" in line:
            found[-1][1].append(line.split(":")[0])
    return found


def test_info_fields(context):
    ours = context.start("ledgerstone", appendonly="yes")
    redis = context.start("redis", appendonly="yes")
    for server in (ours, redis):
        with server.connect() as connection:
            connection.ask("SET", "a", "1", "EX", "1000")
            connection.call("GET", "a", "b")
            connection.call("CONFIG", "SET", "latency-tracking", "yes")
    complaints = []
    mine = dict(sections(ours, "everything"))
    for section, fields in sections(redis, "everything"):
        if section not in mine:
            complaints.append(f"no section {section}")
            continue
        if section in ("commandstats", "latencystats", "keyspace", "errorstats"):
            # These name commands and databases; what was called on both must be on both.
            wanted = [f for f in fields if f in ("cmdstat_set", "cmdstat_get", "latency_percentiles_usec_set", "db0", "errorstat_ERR")]
        else:
            wanted = fields + LATER_FIELDS.get(section, [])
        missing = [field for field in wanted if field not in mine[section]]
        if missing:
            complaints.append(f"section {section} lacks {missing}")
        order = [field for field in mine[section] if field in fields]
        if section == "persistence" and order != fields:
            complaints.append(f"persistence fields in another order: {order}")
    equal(complaints, [], "INFO against Redis 7.0")


def test_info_sections(context):
    ours = context.start("ledgerstone")
    redis = context.start("redis")
    for names in ([], ["default"], ["all"], ["server"], ["CPU", "memory"], ["nosuch"], ["keyspace", "nosuch", "stats"], ["everything", "server"]):
        mine, theirs = ([name for name, _ in sections(server, *names)] for server in (ours, redis))
        equal([name for name in mine if name != "ledgerstone"], theirs, f"sections of INFO {names}")


def test_info_values(context):
    """The values that scripts read most are true."""
    server = context.start("ledgerstone", appendonly="yes")
    info = server.info()
    holds(info["redis_version"].startswith("7.2."), "redis_version for clients that check")
    equal(int(info["tcp_port"]), server.port, "tcp_port")
    equal(int(info["process_id"]), server.process.pid, "process_id")
    equal(info["role"], "master", "role")
    equal(info["redis_mode"], "standalone", "redis_mode")
    equal(info.get("server_name"), "ledgerstone", "server_name")
    holds("ledgerstone_version" in info, "ledgerstone_version")
    commands = int(info["total_commands_processed"])
    with server.connect() as connection:
        for number in range(20):
            connection.ask("SET", f"k{number}", "v")
            connection.ask("GET", f"k{number}")
        connection.ask("GET", "missing")
        connection.ask("SET", "dying", "v", "EX", "100")
        connection.call("NOSUCH")
    info = server.info()
    holds(int(info["total_commands_processed"]) >= commands + 42, "total_commands_processed counts")
    equal(info["keyspace_hits"], "20", "keyspace_hits")
    equal(info["keyspace_misses"], "1", "keyspace_misses")
    holds(info["db0"].startswith("keys=21,expires=1,avg_ttl="), f"db0: {info['db0']}")
    equal(info["errorstat_ERR"], "count=1", "errorstat_ERR")
    holds(info["cmdstat_set"].startswith("calls=21,usec="), f"cmdstat_set: {info['cmdstat_set']}")
    holds(int(info["used_memory"]) > 100_000, "used_memory")
    holds(int(info["used_memory_rss"]) > 1_000_000, "used_memory_rss")
    equal(info["rdb_changes_since_last_save"], "21", "rdb_changes_since_last_save")
    server.ask("CONFIG", "RESETSTAT")
    holds(int(server.info()["total_commands_processed"]) < 5, "CONFIG RESETSTAT resets")


LOCAL = {"port", "dir", "pidfile", "logfile", "bind", "unixsocket", "enable-debug-command", "maxclients"}

# Names that 7.2 has beside those of 7.0, and defaults that it changed.
LATER_CONFIG = ["locale-collate"]


def test_config_names_and_defaults(context):
    ours = context.start("ledgerstone").ask("CONFIG", "GET", "*")
    theirs = context.start("redis").ask("CONFIG", "GET", "*")
    mine = dict(zip(ours[0::2], ours[1::2]))
    redis = dict(zip(theirs[0::2], theirs[1::2]))
    missing = sorted(name.decode() for name in redis if name not in mine)
    # Hidden from patterns since 7.2.
    equal([name for name in missing if name != "aof-disable-auto-gc"], [], "directives that are missing")
    wrong = {
        name.decode(): (mine[name].decode(), value.decode())
        for name, value in redis.items()
        if name in mine and mine[name] != value and name.decode() not in LOCAL
    }
    equal(wrong, {}, "defaults that differ (ours, Redis)")
    for name in LATER_CONFIG:
        holds(name.encode() in mine, f"{name} is new in 7.2")


def test_config_rejects_the_same(context):
    """CONFIG SET on every directive with odd values: the same error, or the same success and value."""
    servers = [context.start("ledgerstone"), context.start("redis"), context.start("valkey")]
    names = servers[1].ask("CONFIG", "GET", "*")[0::2]
    skipped = {b"port", b"bind", b"dir", b"maxclients", b"logfile", b"pidfile", b"slaveof", b"replicaof",
               b"tls-port", b"appendonly", b"maxmemory", b"oom-score-adj", b"oom-score-adj-values", b"loglevel",
               b"client-query-buffer-limit", b"proto-max-bulk-len", b"requirepass", b"enable-debug-command"}  # fmt: skip
    connections = [server.connect() for server in servers]
    complaints = []
    for name in sorted(names):
        if name in skipped or name.startswith((b"tls-", b"cluster", b"repl", b"slave", b"master")):
            continue
        old = connections[1].ask("CONFIG", "GET", name)
        for value in (b"", b"abc", b"-1", b"0", b"yes", b"1", b"99999999999999999999", b"1mb", b"10 20", b"50"):
            if name in (b"save",) and value == b"10 20":
                continue
            answers = [connection.call("CONFIG", "SET", name, value) for connection in connections]
            answers[0] = without_later_policies(answers[0])
            if answers[0] != answers[1] and answers[0] == answers[2]:
                # 7.2 reads memory values more strictly than 7.0.
                for connection in connections:
                    connection.call("CONFIG", "SET", name, old[1])
                continue
            if answers[0] != answers[1]:
                complaints.append(f"{name.decode()} {value!r}: ours {answers[0]}, Redis {answers[1]}")
                continue
            if answers[0].type == "+":
                values = [connection.ask("CONFIG", "GET", name) for connection in connections]
                if dict(zip(values[0][::2], values[0][1::2])) != dict(zip(values[1][::2], values[1][1::2])):
                    complaints.append(f"{name.decode()} {value!r} became: ours {values[0]}, Redis {values[1]}")
        for connection in connections:
            connection.call("CONFIG", "SET", name, old[1])
    need("valkey")
    holds(not complaints, f"{len(complaints)} differences:\n  " + "\n  ".join(complaints[:40]))


def described(reply):
    """One entry of COMMAND INFO in a form that does not depend on the order of sets."""
    if reply.value is None:
        return None
    name, arity, flags, first, last, step, categories, tips, keys, subcommands = (e.plain() for e in reply.value[:10])
    return {
        "name": name,
        "arity": arity,
        "flags": sorted(flags),
        "keys": (first, last, step),
        "categories": sorted(categories),
        "tips": sorted(tips),
        "key specs": [normal(spec) for spec in keys],
        "subcommands": sorted(entry[0] for entry in subcommands),
    }


def normal(value):
    if isinstance(value, list):
        return [normal(element) for element in value]
    return value


def all_names():
    names = list(COMMANDS)
    for command, words in SUBCOMMANDS.items():
        names.extend(f"{command}|{word}" for word in words.split())
    return names


def test_command_info(context):
    oracles = [context.start(kind) for kind in ("redis", "valkey") if available(kind)]
    ours = context.start("ledgerstone")
    complaints = []
    for name in all_names():
        mine = described(ours.connect().call("COMMAND", "INFO", name).value[0])
        if mine is None:
            complaints.append(f"{name}: unknown")
            continue
        theirs = [described(server.connect().call("COMMAND", "INFO", name).value[0]) for server in oracles]
        theirs = [entry for entry in theirs if entry is not None]
        for field, value in mine.items():
            if field == "subcommands":
                continue
            expected = [entry[field] for entry in theirs]
            if name == "waitaof" and field in ("flags", "categories"):
                # 7.2 says `noscript`, later versions `blocking`.
                continue
            if name in ("client|setinfo", "client|no-touch") and field == "flags":
                # Only valkey knows them, and it has added a flag since.
                expected = [[flag for flag in flags if flag != b"allow_busy"] for flags in expected]
            if expected and value not in expected:
                complaints.append(f"{name} {field}: ours {value}, oracles {expected}")
    holds(not complaints, f"{len(complaints)} differences:\n  " + "\n  ".join(complaints[:60]))


IGNORED_DOCS = {b"summary", b"history", b"display_text", b"doc_flags", b"replaced_by", b"deprecated_since", b"subcommands"}


def documented(reply):
    """One entry of COMMAND DOCS without its own words."""

    def tidy(value):
        if isinstance(value, dict):
            return {k: tidy(v) for k, v in value.items() if k not in IGNORED_DOCS}
        if isinstance(value, list):
            if value and all(isinstance(v, bytes) for v in value[::2]) and b"name" in value[::2]:
                return tidy(dict(zip(value[::2], value[1::2])))
            return sorted(map(tidy, value), key=repr) if all(isinstance(v, bytes) for v in value) else list(map(tidy, value))
        return value

    return tidy(reply.plain())


def test_command_docs(context):
    oracles = [context.start(kind) for kind in ("redis", "valkey") if available(kind)]
    ours = context.start("ledgerstone")
    complaints = []
    for name in all_names():
        mine = docs_of(ours, name)
        if mine is None:
            complaints.append(f"{name}: no entry")
            continue
        theirs = [entry for entry in (docs_of(server, name) for server in oracles) if entry is not None]
        for field in (b"since", b"group", b"complexity", b"arguments"):
            expected = [entry.get(field) for entry in theirs]
            if field == b"arguments":
                expected += [pruned(value) for value in expected]
                # What Redis 8.4 added to a command, the oracles do not know.
                known = [nameless(mine.get(field)), nameless(pruned(mine.get(field)))]
                if any(nameless(value) in known for value in expected):
                    continue
            if expected and name not in UNCLEAR and mine.get(field) not in expected:
                complaints.append(f"{name} {field.decode()}: ours {mine.get(field)}, oracles {expected[:1]}")
    holds(not complaints, f"{len(complaints)} differences:\n  " + "\n  ".join(c[:400] for c in complaints[:40]))


# 7.2 stands between both oracles in CLIENT KILL: its filters with the names of later versions. MSETEX
# came to Redis before Valkey.
UNCLEAR = {"client|kill", "msetex"}


def pruned(arguments):
    """Without what came after 7.2."""
    if not isinstance(arguments, list):
        return arguments
    kept = [entry for entry in arguments if not (isinstance(entry, dict) and entry.get(b"since", b"0") >= b"8")]
    return [
        {key: pruned(value) if key == b"arguments" else value for key, value in entry.items()}
        if isinstance(entry, dict)
        else entry
        for entry in kept
    ]


def nameless(value):
    """Without the names of arguments, which 7.2 changed and nothing depends on."""
    if isinstance(value, dict):
        return {key: nameless(v) for key, v in value.items() if key != b"name"}
    if isinstance(value, list):
        return [nameless(v) for v in value]
    return value


def docs_of(server, name):
    with server.connect(protocol=3) as connection:
        entries = documented(connection.call("COMMAND", "DOCS", name))
    return next(iter(entries.values()), None) if entries else None


def test_command_list(context):
    server = context.start("ledgerstone")
    with server.connect() as connection:
        names = connection.ask("COMMAND", "LIST")
        whole = [name for name in names if b"|" not in name]
        equal(connection.ask("COMMAND", "COUNT"), len(whole), "COMMAND COUNT")
        equal(len(connection.ask("COMMAND")), len(whole), "entries of COMMAND")
        missing = [name for name in COMMANDS if name.encode() not in names]
        equal(missing, [], "commands that are missing")
        equal(sorted(connection.ask("COMMAND", "LIST", "FILTERBY", "PATTERN", "getr*")), [b"getrange"], "filter by pattern")
        strings = connection.ask("COMMAND", "LIST", "FILTERBY", "ACLCAT", "string")
        holds(b"append" in strings and b"del" not in strings, "filter by category")
        equal(connection.ask("COMMAND", "LIST", "FILTERBY", "ACLCAT", "nosuch"), [], "unknown category")
        equal(connection.ask("COMMAND", "LIST", "FILTERBY", "MODULE", "nosuch"), [], "unknown module")
        equal(connection.call("COMMAND", "LIST", "FILTERBY", "X", "y").type, "-", "unknown filter")


def test_help_of_containers(context):
    """HELP answers in Redis's form: an array of simple strings that starts with a usage line."""
    ours, redis = context.start("ledgerstone"), context.start("redis")
    for name in ("OBJECT", "CLIENT", "CONFIG", "COMMAND", "MEMORY", "SLOWLOG", "LATENCY", "DEBUG", "ACL", "MODULE"):
        mine, theirs = (server.connect().call(name, "HELP") for server in (ours, redis))
        equal(mine.type, theirs.type, f"{name} HELP")
        equal({line.type for line in mine.value}, {"+"}, f"{name} HELP lines")
        equal(mine.value[0], theirs.value[0], f"{name} HELP, first line")
        equal(mine.value[-2:], theirs.value[-2:], f"{name} HELP, last lines")


def test_hello(context):
    need("redis")
    ours, redis = context.start("ledgerstone"), context.start("redis")
    for words in (["HELLO"], ["HELLO", "3"], ["HELLO", "2"], ["HELLO", "3", "SETNAME", "x"]):
        mine, theirs = (server.connect().call(*words) for server in (ours, redis))
        equal(mine.type, theirs.type, f"{words}")
        equal([f.value for f in mine.value[::2]], [f.value for f in theirs.value[::2]], f"fields of {words}")
        equal(mine.value[1], Reply("$", b"redis"), "server, for clients that check")
