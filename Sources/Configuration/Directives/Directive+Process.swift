import Bytes

extension Directive {
    static let process = [
        Directive(
            "daemonize", flag: \.process.isDaemon, change: .atStart,
            summary: "Detach from the terminal and run in the background."),
        Directive(
            "pidfile", text: \.process.pidFile, change: .atStart,
            summary: "File that holds the process id while the server runs."),
        Directive(
            "supervised", word: \.process.supervision, change: .atStart,
            summary: "Which service manager is told when the server is ready."),
        Directive(
            "set-proc-title", flag: \.process.setsTitle, change: .atStart,
            summary: "Show what the server is in the list of processes."),
        Directive(
            "proc-title-template", text: \.process.titleTemplate,
            summary: "What the list of processes shows.", refusal: refusal(ofTitle:)),
        Directive(
            "always-show-logo", flag: \.process.alwaysShowsLogo, change: .atStart,
            effect: .none("there is no logo"),
            summary: "Print the logo also when the log is not a terminal."),
        Directive(
            "hz", integer: \.process.frequency, in: .int31, clamp: 1...500,
            summary: "Rounds of periodic work per second; taken as 1 to 500."),
        Directive(
            "dynamic-hz", flag: \.process.hasDynamicFrequency,
            summary: "More rounds of periodic work when there are many clients."),
        Directive(
            "shutdown-timeout", integer: \.process.shutdownTimeout, in: .int31,
            effect: .none("there are no replicas to wait for"),
            summary: "Seconds that a shutdown waits for replicas that are behind."),
        Directive(
            "shutdown-on-sigint", shutdownWords: \.process.shutdownOnInterrupt,
            summary: "How the server ends on SIGINT, in words of SHUTDOWN."),
        Directive(
            "shutdown-on-sigterm", shutdownWords: \.process.shutdownOnTerminate,
            summary: "How the server ends on SIGTERM, in words of SHUTDOWN."),
        Directive(
            "crash-log-enabled", flag: \.process.logsCrashes,
            summary: "Write a report with a stack trace when the server crashes."),
        Directive(
            "crash-memcheck-enabled", flag: \.process.testsMemoryAfterCrash,
            effect: .none("a crash report tests no memory"),
            summary: "Test the memory after a crash."),
        Directive(
            "use-exit-on-panic", flag: \.process.exitsOnPanic, traits: .hidden,
            effect: .none("a panic always aborts, so that its trace is kept"),
            summary: "End with an exit status instead of an abort on a panic."),
        Directive(
            "watchdog-period", integer: \.process.watchdogPeriod, in: .int31, traits: .hidden,
            effect: .none("there is no watchdog"),
            summary: "Milliseconds after which a stuck event loop is reported."),
        Directive(
            "enable-debug-command", word: \.process.debugCommand, change: .atStart,
            summary: "Who may use DEBUG."),
        Directive(
            "enable-protected-configs", word: \.process.protectedConfigs, change: .atStart,
            summary: "Who may change protected directives at run time."),
        Directive(
            "enable-module-command", word: \.process.moduleCommand, change: .atStart,
            effect: .none("modules are not supported"), summary: "Who may use MODULE."),
    ]

    /// Directives that tune what the operating system does for the process.
    static let system = [
        Directive(
            "server_cpulist", "server-cpulist", text: \.process.serverProcessors,
            change: .atStart, effect: .withoutPinning,
            summary: "Processors of the data thread."),
        Directive(
            "bio_cpulist", "bio-cpulist", text: \.process.backgroundProcessors,
            change: .atStart, effect: .withoutPinning,
            summary: "Processors of the background threads."),
        Directive(
            "aof_rewrite_cpulist", "aof-rewrite-cpulist", text: \.process.rewriteProcessors,
            change: .atStart, effect: .withoutPinning,
            summary: "Processors of the rewrite of the log."),
        Directive(
            "bgsave_cpulist", "bgsave-cpulist", text: \.process.snapshotProcessors,
            change: .atStart, effect: .withoutPinning, summary: "Processors of the snapshot."),
        Directive(
            "oom-score-adj", word: \.process.killScore,
            effect: .none("the kernel's score is left alone"),
            summary: "Whether to tell the kernel how readily to kill the process."),
        killScores,
        Directive(
            "disable-thp", flag: \.process.disablesHugePages, change: .atStart,
            effect: .none("without a fork, huge pages do no harm and are left on"),
            summary: "Opt out of transparent huge pages."),
        Directive(
            "jemalloc-bg-thread", flag: \.process.allocatorHasThread,
            effect: .none("the allocator's own configuration decides"),
            summary: "Let the allocator give memory back from a thread of its own."),
        Directive(
            "ignore-warnings", text: \.process.ignoredWarnings,
            effect: .none("no warning of that kind is raised"),
            summary: "Names of warnings at start that do not stop the server."),
        Directive(
            "locale-collate", text: \.process.collation,
            effect: .none("texts are ordered by their bytes"),
            summary: "Locale by which texts are ordered."),
    ]

    private static let killScores = Directive(
        name: "oom-score-adj-values", aliases: [], kind: .special("three integers, -2000 to 2000"),
        change: .atRuntime, traits: .multiWord, effect: .none("the kernel's score is left alone"),
        summary: "The kernel's score for a master, a replica and a background child.",
        place: DirectivePlace(
            read: { ByteString($0.process.killScores.map(String.init).joined(separator: " ")) },
            write: { settings, words throws(RefusedValue) in
                guard words.count == 3 else { throw RefusedValue("wrong number of arguments") }
                var scores: [Int] = []
                for word in words {
                    let score = word.withSlice { $0.integer }.map { Int($0) }
                    guard let score, (-2000...2000).contains(score) else {
                        throw RefusedValue(
                            "Invalid oom-score-adj-values, elements must be between -2000 and "
                                + "2000.")
                    }
                    scores.append(score)
                }
                settings.process.killScores = scores
            },
            lines: { [ByteString($0.process.killScores.map(String.init).joined(separator: " "))] }))

    /// Variables that a title may hold, between braces.
    private static let titleVariables: Set<String> = [
        "title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file",
    ]

    private static func refusal(ofTitle template: String) -> String? {
        let reason = "template format is invalid or contains unknown variables"
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return reason }
            guard titleVariables.contains(String(rest[rest.index(after: open)..<close])) else {
                return reason
            }
            rest = rest[rest.index(after: close)...]
        }
        return template.isEmpty ? reason : nil
    }
}

extension Directive.Effect {
    fileprivate static let withoutPinning = Directive.Effect.none("threads are not pinned")
}
