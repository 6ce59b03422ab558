"""Users drawn at random: rules of access control as ACL SETUSER takes them, right ones and wrong ones."""


CATEGORIES = """keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast
slow blocking dangerous connection transaction scripting""".split()

NAMES = """get set mget del append getrange setex lpush lrange blpop sadd sinter zadd zunionstore hset hgetall copy rename
sort sort_ro bitfield xadd xreadgroup object config client memory acl select debug exec multi publish subscribe eval ping
dump restore lmpop zmpop""".split()

SUBCOMMANDS = ["config|get", "config|SET", "client|list", "CLIENT|kill", "object|encoding", "memory|usage", "acl|whoami", "xinfo|stream"]
FIRST_WORDS = ["select|0", "select|1", "get|a", "debug|sleep", "set|b"]
PATTERNS = ["*", "a", "b*", "key:*", "?", "[a-c]", "c*", "", "k*k", "counter", "x"]
CHANNELS = ["*", "news", "news.*", "", "a?"]
WRONG = ["+nosuch", "-nosuch", "+@nosuch", "-@nosuch", "+config|nosuch", "+config|get|x", "+get|", "+config|", "+", "-", "+@",
         "%", "%~a", "%X~a", "%RR~a", "%rw", "~a b", "&a b", "nonsense", "<never", "#00", "!00", "#" + "g" * 64, "!" + "0" * 64,
         "-select|0", "(+get", "(nonsense)", "(~* ~a)", "()", ")", "on off", "ON\x00x", "~\x00", "", ">", "<"]  # fmt: skip


def know(names):
    """Leaves out the commands that not every server of a comparison knows."""
    known = {name.decode().lower() for name in names}
    for words in (NAMES, SUBCOMMANDS):
        words[:] = [word for word in words if word.lower() in known]
    FIRST_WORDS[:] = [word for word in FIRST_WORDS if word.split("|")[0] in known]


def rule(random, depth=0):
    """One rule, mostly a right one."""
    draw = random.random()
    if draw < 0.06:
        return random.choice(WRONG)
    if draw < 0.30:
        return random.choice("+++-") + cased(random, random.choice(NAMES))
    if draw < 0.38:
        return random.choice("++-") + random.choice(SUBCOMMANDS)
    if draw < 0.42:
        return "+" + random.choice(FIRST_WORDS)
    if draw < 0.58:
        return random.choice("++-") + "@" + cased(random, random.choice(CATEGORIES))
    if draw < 0.63:
        return random.choice(["+@all", "-@all", "allcommands", "nocommands"])
    if draw < 0.76:
        return random.choice(["~", "~", "%R~", "%W~", "%RW~", "%wr~"]) + random.choice(PATTERNS)
    if draw < 0.79:
        return random.choice(["allkeys", "resetkeys", "resetkeys"])
    if draw < 0.85:
        return random.choice(["&" + random.choice(CHANNELS)] * 3 + ["allchannels", "resetchannels", "resetchannels"])
    if draw < 0.93 or depth:
        return random.choice(["on", "off", "nopass", "resetpass", ">pw", ">other", "<pw", "<other", "reset",
                              "sanitize-payload", "skip-sanitize-payload", "#" + "0a" * 32, "!" + "0a" * 32])  # fmt: skip
    if draw < 0.98:
        return "(" + " ".join(selector_rules(random)) + random.choice([")", ")", ")", " )"])
    return "clearselectors"


def selector_rules(random):
    """Rules that may stand between parentheses, mostly."""
    while True:
        rules = [rule(random, depth=1) for _ in range(random.randint(0, 4))]
        if random.random() < 0.1 or not any(text in USER_RULES or text[:1] in "><#!" for text in rules):
            return rules


USER_RULES = {"on", "off", "nopass", "resetpass", "reset", "sanitize-payload", "skip-sanitize-payload"}


def cased(random, word):
    return word.upper() if random.random() < 0.2 else word


def right_rules(random):
    """Rules of a user who can log in and may do some things."""
    rules = ["reset", "on", "nopass", *random.choice([["+@all"], ["-@all"], []])]
    rules += [text for text in (rule(random) for _ in range(random.randint(2, 9))) if is_harmless(text)]
    if random.random() < 0.5:
        rules.append("+@all")
        rules += [random.choice("-") + "@" + random.choice(CATEGORIES)]
    return rules


def is_harmless(text):
    """Whether a rule is right and leaves the user able to log in."""
    return text not in WRONG and text[:1] not in "><#!" and text.lower() not in USER_RULES and not text.startswith("(")


def pieces(random):
    """Rules as words: a selector may be spread over several."""
    words = []
    for _ in range(random.randint(1, 6)):
        text = rule(random)
        words += text.split(" ") if text.startswith("(") and random.random() < 0.5 else [text]
    return words


