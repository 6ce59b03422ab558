"""Compares a subject with the oracles over a session, and cuts a failing session down.

redis-server 7.0.15 is the first oracle. What 7.2 changed is listed in `changes.py`; for those
commands the second oracle, a valkey-server, decides.
"""

from dataclasses import replace

from harness.resp import CLOSED, SILENCE

from .changes import change_for
from .compare import TransactionWatch, has_scores, same
from .play import Player, contents, difference, stored
from .session import Close, Commands, Noise, described


# How many times as long a session that met silence waits when it is played again.
PATIENT = 25


class Mismatch(Exception):
    flaky = False
    #: Which command of the step it is.
    place = 0
    #: Whether a server said nothing in the time it was given.
    is_of_silence = False
    #: Whether the second oracle alone judged: 7.2 changed the command, or the first one agrees.
    is_of_second = False

    def __init__(self, step, command, subject, oracles):
        self.step, self.command, self.subject, self.oracles = step, command, subject, oracles
        super().__init__(str(self))

    def __str__(self):
        answers = "\n".join(f"  {kind} answered: {reply!r}" for kind, reply in self.oracles.items())
        subject = self.subject if isinstance(self.subject, str) else repr(self.subject)
        return f"{self.command}\n  the subject answered: {subject}\n{answers}"


def odd(score):
    """Whether a score has more digits than its shortest text."""
    shortest = repr(score)
    return abs(score) >= 1e17 or "%.17g" % score != shortest.removesuffix(".0")


class Judge:
    def __init__(self, subject, oracle, second=None):
        self.subject, self.oracle, self.second = subject, oracle, second
        self.servers = [server for server in (subject, oracle, second) if server]
        self.judges = self.servers[1:]
        self.players = {server: Player(server) for server in self.servers}
        #: Commands whose replies were compared, in all sessions.
        self.compared = 0

    def run(self, session, settings={}):
        """The mismatch that the session shows under these directives, or None."""
        mismatch = self.once(session, settings)
        if mismatch is None or not mismatch.is_of_silence:
            return mismatch
        # On a busy machine a server may have been late only.
        for player in self.players.values():
            player.patience = PATIENT
        try:
            return self.once(session, settings)
        finally:
            for player in self.players.values():
                player.patience = 1

    def once(self, session, settings):
        for player in self.players.values():
            player.reset(settings)
        watches = {}
        try:
            for number, step in enumerate(session):
                if not self.subject.running:
                    died = f"the process ended with {self.subject.process.returncode}\n{self.subject.log()[-2500:]}"
                    self.subject.start()
                    return Mismatch(number, "(the step before)", died, {})
                mismatch = self.step(number, step, watches)
                if mismatch is not None:
                    if mismatch.is_of_second and self.has_parted(session[:number], step, mismatch.place, settings):
                        return None
                    return mismatch
            return self.whole(len(session))
        finally:
            for player in self.players.values():
                player.close()

    def has_parted(self, before, step, place, settings):
        """Whether the second oracle came to a command with other data than the first, by an earlier
        difference of its own: then it cannot judge it, and nobody else can. The session ends there."""
        if isinstance(step, Commands):
            before = [*before, replace(step, commands=step.commands[:place], cuts=[], encoded=None)]
        for server in self.judges:
            self.players[server].reset(settings)
        for earlier in before:
            for server in self.judges:
                self.players[server].play(earlier)
        return difference(*map(stored, self.judges)) is not None

    def step(self, number, step, watches):
        ahead = {server: self.players[server].begin(step) for server in self.servers}
        answers = {server: self.players[server].play(step, ahead[server]) for server in self.servers}
        if isinstance(step, Close):
            watches.pop(step.connection, None)
            return None
        subject, oracle = answers[self.subject], answers[self.oracle]
        if isinstance(step, Noise):
            commands = [[b"(bytes)"]] * max(len(subject), len(oracle))
        else:
            commands = step.commands
        watch = watches.setdefault(step.connection, TransactionWatch())
        for place, command in enumerate(commands):
            replies = [reply_at(answers[server], place) for server in self.judges]
            self.compared += 1
            parts = watch.parts(command, [*replies, reply_at(subject, place)])
            for part, (*theirs, ours) in parts:
                if not self.agrees(part, ours, theirs):
                    oracles = dict(zip((server.kind for server in self.judges), theirs))
                    mismatch = Mismatch(number, spelled(part), ours, oracles)
                    mismatch.place = place
                    mismatch.is_of_silence = any(SILENCE in answers[server] for server in self.servers)
                    mismatch.is_of_second = len(theirs) > 1 and (
                        change_for(part) is not None or same(part, theirs[0], ours))
                    return mismatch
        if CLOSED in subject or CLOSED in oracle or isinstance(step, Noise):
            if step.connection not in self.players[self.oracle].connections:
                watches.pop(step.connection, None)
                for player in self.players.values():
                    connection = player.connections.pop(step.connection, None)
                    if connection is not None:
                        connection.close()
        return None

    def agrees(self, command, ours, theirs):
        change = change_for(command)
        if change is not None and self.second is not None and len(theirs) == 1:
            return True  # The second oracle, which would decide, aborted this transaction.
        if [word.upper() for word in command[:2]] == [b"OBJECT", b"ENCODING"] and len(theirs) > 1:
            if theirs[0].type != "-" and (theirs[0].value is None) != (theirs[1].value is None):
                # The oracles have parted; what the key holds is compared at the end.
                return (ours.value is None) == (theirs[0].value is None)
        if change is not None and len(theirs) > 1:
            if same(command, theirs[1], ours):
                return True
            if change.required:
                return False
        if has_scores(command) and len(theirs) > 1 and same(command, *theirs):
            return same(command, theirs[1], ours, digits=True)
        return same(command, theirs[0], ours)

    def whole(self, number):
        """Compares the data sets."""
        if self.oracle.kind == "valkey":
            # Valkey's encodings are its own.
            found = difference(stored(self.subject), stored(self.oracle))
            return Mismatch(number, "the data sets at the end", found, {}) if found else None
        # Encodings are those of 7.2: the second oracle's, but where it has gone its own way since.
        ours = contents(self.subject)
        found = difference(
            ours, contents(self.oracle),
            alternative=contents(self.second) if self.second else None,
        )
        if found is not None:
            return Mismatch(number, "the data sets at the end", found, {})
        judge = self.oracle
        if any(odd(score) for kind, _, value, _ in ours.values() if kind == b"zset" for _, score in value):
            # 7.2 digests the digits of a score that it answers, 7.0 seventeen.
            judge = self.second
            if judge is None or difference(*map(stored, self.judges)) is not None:
                return None
        digests = [server.ask("DEBUG", "DIGEST") for server in (self.subject, judge)]
        if digests[0] != digests[1]:
            return Mismatch(number, "DEBUG DIGEST", digests[0], {judge.kind: digests[1]})
        return None

    def shrink(self, session, mismatch, budget=400, settings={}):
        """A shorter session that still fails, and its mismatch."""
        best, reason = session[: mismatch.step + 1], mismatch
        tries = 0

        def fails(candidate):
            nonlocal tries, reason
            tries += 1
            found = self.run(candidate, settings)
            if found is not None:
                reason = found
            return found is not None

        if not fails(best):
            mismatch.flaky = True
            return best[-20:], mismatch
        size = max(1, len(best) // 2)
        while tries < budget:
            at, shortened = 0, False
            while at < len(best) and tries < budget:
                candidate = best[:at] + best[at + size :]
                if candidate and fails(candidate):
                    best, shortened = candidate, True
                else:
                    at += size
            if size == 1 and not shortened:
                break
            size = max(1, size // 2)
        return self.simplify(best, fails), reason

    def simplify(self, session, fails):
        """Replaces pipelines by single commands and drops cuts where it still fails."""
        single = []
        for step in session:
            if isinstance(step, Commands):
                single.extend(Commands(step.connection, [c], wait=step.wait) for c in step.commands)
            else:
                single.append(step)
        if single == session or not fails(single):
            return session
        at = 0
        while at < len(single) and len(single) < 60:
            candidate = single[:at] + single[at + 1 :]
            if candidate and fails(candidate):
                single = candidate
            else:
                at += 1
        return single


def reply_at(replies, place):
    return replies[place] if place < len(replies) else CLOSED


def spelled(command):
    text = " ".join(repr(argument)[2:-1] for argument in command)
    return text if len(text) < 300 else f"{text[:300]}… ({len(text)} characters)"


def report(session, mismatch):
    note = "(did not repeat; these are only its last steps)\n" if mismatch.flaky else ""
    return f"{note}{described(session)}\n→ differs at: {mismatch}"
