import Bytes
import Commands
import Keyspace
import Platform
import RESP

// Crashes, pauses, and switches of the running server.
extension DebugCommand {
    static let control: [DebugCommand] = [
        DebugCommand(
            "assert", 0...0, help: ["ASSERT", "    Ends the server by a failed assertion."]
        ) { _, session throws(CommandError) in
            session.server.crash("ASSERTION FAILED: DEBUG ASSERT was asked for")
        },
        DebugCommand(
            "oom", 0...0, help: ["OOM", "    Ends the server as if memory had run out."]
        ) { _, session throws(CommandError) in
            session.server.crash("Out Of Memory: DEBUG OOM was asked for")
        },
        DebugCommand(
            "panic", 0...0, help: ["PANIC", "    Ends the server as after a panic."]
        ) { _, session throws(CommandError) in
            session.server.crash("Guru Meditation: called by DEBUG PANIC")
        },
        DebugCommand(
            "segfault", 0...0, help: ["SEGFAULT", "    Ends the server by a signal."]
        ) { _, session throws(CommandError) in
            session.server.crash("DEBUG SEGFAULT was asked for")
        },
        DebugCommand(
            "sleep", 1...1,
            help: ["SLEEP <seconds>", "    Lets the whole server do nothing for so long."]
        ) { arguments, session throws(CommandError) in
            let seconds = max(0, arguments[0].double ?? 0)
            let longest = 9e9
            session.server.world.clock.sleep(
                microseconds: Int64(min(seconds, longest) * 1_000_000))
            session.replies.ok()
        },
        DebugCommand(
            "restart", 0...1,
            help: [
                "RESTART [<milliseconds>]",
                "    Shuts down as SHUTDOWN NOW does, waits, and begins anew.",
            ]
        ) { arguments, session throws(CommandError) in
            try session.server.restart(gracefully: true, after: arguments)
        },
        DebugCommand(
            "crash-and-recover", 0...1,
            help: [
                "CRASH-AND-RECOVER [<milliseconds>]",
                "    Waits and begins anew, with what the kernel was given and no more.",
            ]
        ) { arguments, session throws(CommandError) in
            try session.server.restart(gracefully: false, after: arguments)
        },
        DebugCommand(
            "leak", 1...1,
            help: ["LEAK <string>", "    Allocates memory for the string and forgets it."]
        ) { arguments, session throws(CommandError) in
            var text = ByteBuffer()
            text.append(arguments[0])
            // Nobody frees it: that is what was asked for.
            _ = Reference(to: text)
            session.replies.ok()
        },
        DebugCommand(
            "log", 1...1, help: ["LOG <message>", "    Writes a line to the server's log."]
        ) { arguments, session throws(CommandError) in
            session.server.log.warning("DEBUG LOG: \(arguments[0].text)")
            session.replies.ok()
        },
        DebugCommand(
            "change-repl-id", 0...0,
            help: ["CHANGE-REPL-ID", "    Begins another history of the data for replicas."]
        ) { _, session throws(CommandError) in
            session.server.log.notice("Changing replication IDs after receiving change-repl-id")
            session.server.identity.changeReplication(session.server.world.entropy)
            session.replies.ok()
        },
    ]

    static let outward: [DebugCommand] = [
        DebugCommand(
            "replicate", 1...Int.max,
            help: [
                "REPLICATE <string> [<string> ...]",
                "    Sends the words to the replicas, of which there are none.",
            ]
        ) { _, session throws(CommandError) in session.replies.ok() },
        DebugCommand(
            "config-rewrite-force-all", 0...0,
            help: [
                "CONFIG-REWRITE-FORCE-ALL",
                "    Like CONFIG REWRITE, with the directives that have their default values.",
            ]
        ) { _, session throws(CommandError) in
            try session.server.rewriteConfiguration(forcing: true)
            session.replies.ok()
        },
    ]

    static let switches: [DebugCommand] = [
        DebugCommand(
            "set-active-expire", 1...1,
            help: [
                "SET-ACTIVE-EXPIRE <0|1>",
                "    Whether keys past their deadline go although nobody looks at them.",
            ]
        ) { arguments, session throws(CommandError) in
            session.server.expiresActively = isOn(arguments[0])
            session.replies.ok()
        },
        DebugCommand(
            "set-skip-checksum-validation", 1...1,
            help: [
                "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
                "    Whether checksums of dumps and of RESTORE's payloads are left unread.",
            ]
        ) { arguments, session throws(CommandError) in
            session.server.persistence.skipsChecksums = isOn(arguments[0])
            session.replies.ok()
        },
        DebugCommand("set-disable-deny-scripts", 1...1, help: []) {
            _, session throws(CommandError) in session.replies.ok()
        },
        DebugCommand(
            "pause-cron", 1...1,
            help: ["PAUSE-CRON <0|1>", "    Whether periodic work rests."]
        ) { arguments, session throws(CommandError) in
            session.server.isPeriodicWorkPaused = isOn(arguments[0])
            session.replies.ok()
        },
        DebugCommand(
            "aof-flush-sleep", 1...1,
            help: [
                "AOF-FLUSH-SLEEP <microseconds>",
                "    Rests for so long before the log is written.",
            ]
        ) { arguments, session throws(CommandError) in
            session.server.persistence.logRestMicroseconds = arguments[0].integer ?? 0
            session.replies.ok()
        },
        DebugCommand(
            "quicklist-packed-threshold", 1...1,
            help: [
                "QUICKLIST-PACKED-THRESHOLD <size>",
                "    Size from which on an element of a list has a node of its own.",
            ]
        ) { arguments, session throws(CommandError) in
            guard let size = MemorySize.parse(arguments[0]), size <= UInt64(UInt32.max) else {
                throw .text(
                    "ERR argument must be a memory value bigger than 1 and smaller than 4gb")
            }
            session.replies.ok()
        },
        DebugCommand(
            "replybuffer", 2...2,
            help: [
                "REPLYBUFFER PEAK-RESET-TIME <NEVER|RESET|milliseconds>",
                "    Accepted; buffers are freed as soon as they are empty.",
                "REPLYBUFFER RESIZING <0|1>",
                "    Accepted; buffers are freed as soon as they are empty.",
            ],
            when: { $0[0].isWord("peak-reset-time") || $0[0].isWord("resizing") }
        ) { arguments, session throws(CommandError) in
            let isWord = arguments[1].isWord("never") || arguments[1].isWord("reset")
            if arguments[0].isWord("peak-reset-time"), !isWord { _ = try arguments.integer(1) }
            session.replies.ok()
        },
        DebugCommand("drop-cluster-packet-filter", 1...1, help: []) {
            _, session throws(CommandError) in session.replies.ok()
        },
        DebugCommand("clusterlink", 2...3, help: []) { _, _ throws(CommandError) in
            throw .text("ERR Debug option only available for cluster mode enabled setup!")
        },
        DebugCommand("jmap", 0...0, help: ["JMAP", "    Does nothing."]) {
            _, session throws(CommandError) in session.replies.ok()
        },
    ]

    /// Any number but zero is yes, as C reads numbers.
    private static func isOn(_ word: ByteSlice) -> Bool { (word.integer ?? 0) != 0 }
}

extension Server {
    /// Begins the program anew.
    ///
    /// - Parameter arguments: milliseconds to wait before.
    fileprivate func restart(
        gracefully: Bool, after arguments: Slices
    ) throws(CommandError) {
        let failure = CommandError.text("ERR failed to restart the server. Check server logs.")
        let delay = arguments.count == 0 ? 0 : try arguments.integer(0)
        guard delay >= 0, delay <= Int64(Int32.max) else { throw .notAnInteger }
        if gracefully {
            if configuration.file != nil {
                do throws(CommandError) {
                    try rewriteConfiguration()
                } catch {
                    log.warning("Can't restart: configuration rewrite process failed")
                    throw failure
                }
            }
            guard shutDown(.now) else {
                log.warning("Can't restart: error preparing for shutdown")
                throw failure
            }
        }
        world.clock.sleep(microseconds: delay * 1000)
        log.warning("Beginning anew, as DEBUG asked for")
        let error = world.process.restart()
        log.warning("Can't restart: \(error)")
        world.process.exit(1)
    }

    /// Ends the process by a signal, with the report that a crash leaves.
    fileprivate func crash(_ reason: String) -> Never {
        log.warning("------------------------------------------------")
        log.warning("!!! \(reason)")
        log.warning("------------------------------------------------")
        world.process.crash()
    }
}
