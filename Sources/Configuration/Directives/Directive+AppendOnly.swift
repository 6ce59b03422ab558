extension Directive {
    static let appendOnly = [
        Directive(
            "appendonly", flag: \.appendOnly.isEnabled, traits: .refusedWhileLoading,
            summary: "Keep the log; turned on at run time it begins with a rewrite."),
        Directive(
            "appendfsync", word: \.appendOnly.fsync,
            summary: "Force the log to the disk each second, before replies, or never."),
        Directive(
            "appendfilename", text: \.appendOnly.filename, change: .atStart,
            summary: "First part of the names of the log's files."
        ) { name in
            if name.isEmpty { return "appendfilename can't be empty" }
            return isPath(name) ? "appendfilename can't be a path, just a filename" : nil
        },
        Directive(
            "appenddirname", text: \.appendOnly.directoryName, change: .atStart,
            summary: "Directory of the log's files, inside `dir`."
        ) { name in
            if name.isEmpty { return "appenddirname can't be empty" }
            return isPath(name) ? "appenddirname can't be a path, just a dirname" : nil
        },
        Directive(
            "no-appendfsync-on-rewrite", flag: \.appendOnly.skipsFsyncOnRewrite,
            effect: .none("a rewrite runs without a fork, so nothing has to be weakened"),
            summary: "Skip forcing the log to the disk while it is rewritten."),
        Directive(
            "auto-aof-rewrite-percentage", integer: \.appendOnly.rewritePercentage, in: .int31,
            summary: "Growth in percent after which the log is rewritten; 0 is never."),
        Directive(
            "auto-aof-rewrite-min-size", memory: \.appendOnly.rewriteSizeMin,
            summary: "Size below which the log is not rewritten for its growth."),
        Directive(
            "aof-load-truncated", flag: \.appendOnly.loadsTruncated,
            summary: "Start with a log whose last record is torn, and cut that off."),
        Directive(
            "aof-use-rdb-preamble", flag: \.appendOnly.usesRDBPreamble,
            summary: "Rewrite the log's base as a snapshot instead of commands."),
        Directive(
            "aof-timestamp-enabled", flag: \.appendOnly.hasTimestamps,
            summary: "Note the time in the log, so that it can be cut at a moment."),
        Directive(
            "aof-rewrite-incremental-fsync", flag: \.appendOnly.rewriteFsyncsInSteps,
            summary: "Force a new base to the disk in steps while it is written."),
        Directive(
            "aof-disable-auto-gc", flag: \.appendOnly.keepsHistory, traits: .hidden,
            summary: "Keep files that a rewrite replaced, for tests."),
        Directive(
            "aof-checksum", flag: \.appendOnly.hasChecksum,
            summary: "Guard each batch of the log by its length and a chained checksum."),
        Directive(
            "aof-max-size", memory: \.appendOnly.sizeMax,
            summary: "Size at which the log is rewritten, or else growth refused; 0 is none."),
        Directive(
            "aof-scrub-rate", memory: \.appendOnly.scrubRate,
            summary: "Bytes of the log read again in a second to find damage; 0 is none."),
        Directive(
            "aof-heal-timeout", integer: \.appendOnly.healTimeout, in: .int31,
            summary: "Seconds for which a failing log may heal before waiting clients are told."),
        Directive(
            "aof-exit-on-heal-timeout", flag: \.appendOnly.exitsOnHealTimeout,
            summary: "Stop the server when a failing log did not heal in time."),
        Directive(
            "aof-unsynced-limit", memory: \.appendOnly.unsyncedLimit, in: 1 << 20...Int.max,
            summary: "Bytes that may wait for the disk before commands wait too."),
    ]
}
